"""Queues: elements wait in them between the runs, and the threads, that put them in and take them out.

What waits blocks its own thread only. `queue_kinds.py` says in which order elements come out.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, infer, mode, seeds
from hornbeam.graph.call import convert_to_tensor, graph_for
from hornbeam.graph.dtypes import DType
from hornbeam.graph.names import public, register
from hornbeam.graph.op import Op, never, op
from hornbeam.graph.resources import handle, held, kept, waits
from hornbeam.graph.shapes import TensorShape, TensorShapeV1
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import queue_kinds
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.gathering import gather
from hornbeam.ops.joining import stack
from hornbeam.ops.queue_kinds import Queue, component

_HANDLE = never("a handle of a queue")
_KEPT = {"samples": "its result is a handle"}
_TYPES = {"component_types": "list(type)"}
_WAITS = {"samples": "waits for other threads"}


# Making queues -----------------------------------------------------------------------------------------


def _dims(shapes: Any) -> list[Any]:
    return [None if s is None else TensorShape(s)._dims for s in shapes]


@op("FIFOQueueV2", inputs="", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT,
    attr_types=_TYPES)
def fifo_queue_op(*, component_types: Any, shapes: Any = (), capacity: int = -1, container: str = "",
                  shared_name: str = ""):
    """The handle of a queue whose elements come out in the order they went in."""
    return handle(queue_kinds.FIFOQueue("fifo_queue", capacity, component_types, _dims(shapes)))


@op("PaddingFIFOQueueV2", inputs="", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT,
    attr_types=_TYPES)
def padding_fifo_queue_op(*, component_types: Any, shapes: Any = (), capacity: int = -1, container: str = "",
                          shared_name: str = ""):
    """The handle of a queue that fills elements up to one shape where they come out together."""
    return handle(queue_kinds.PaddingFIFOQueue("padding_fifo_queue", capacity, component_types,
                                               _dims(shapes)))


@op("RandomShuffleQueueV2", inputs="", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT,
    attr_types=_TYPES)
def random_shuffle_queue_op(*, component_types: Any, shapes: Any = (), capacity: int = -1, min_after_dequeue: int = 0,
                            seed: int = 0, seed2: int = 0, container: str = "", shared_name: str = ""):
    """The handle of a queue whose elements come out in a random order."""
    return handle(queue_kinds.RandomShuffleQueue("random_shuffle_queue", capacity, component_types,
                                                 _dims(shapes), min_after_dequeue, (seed, seed2)))


@op("PriorityQueueV2", inputs="", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT,
    attr_types=_TYPES)
def priority_queue_op(*, shapes: Any, component_types: Any = (), capacity: int = -1, container: str = "",
                      shared_name: str = ""):
    """The handle of a queue whose element with the least first component comes out first."""
    return handle(queue_kinds.PriorityQueue("priority_queue", capacity,
                                            (dtypes.int64, *component_types), [(), *_dims(shapes)] if shapes else []))


for _op in (fifo_queue_op, padding_fifo_queue_op, random_shuffle_queue_op, priority_queue_op):
    kept(_op)


# Using them --------------------------------------------------------------------------------------------


@op("QueueEnqueueV2", inputs="handle: resource, components: list", host=True, stateful=True, differentiable=_HANDLE,
    waive=_WAITS)
def queue_enqueue(handle, components, *, timeout_ms: int = -1, Tcomponents: Any = ()):
    """Puts one element into a queue."""
    queue: Queue = held(handle)
    queue.check(components, many=False)
    queue.enqueue([tuple([np.array(c) for c in components])])  # copies: the caller may write to what it fed
    return ()


@op("QueueEnqueueManyV2", inputs="handle: resource, components: list", host=True, stateful=True,
    differentiable=_HANDLE, waive=_WAITS)
def queue_enqueue_many(handle, components, *, timeout_ms: int = -1, Tcomponents: Any = ()):
    """Puts the rows of tensors into a queue, one element each."""
    queue: Queue = held(handle)
    queue.check(components, many=True)
    queue.enqueue(list(zip(*[list(np.array(c)) for c in components], strict=True)))
    return ()


@op("QueueDequeueV2", inputs="handle: resource", host=True, stateful=True, returns_list=True, differentiable=_HANDLE,
    waive=_WAITS)
def queue_dequeue(handle, *, component_types: Any, timeout_ms: int = -1):
    """Takes one element out of a queue."""
    queue: Queue = held(handle)
    (element,) = queue.dequeue(1)
    return [component(item) for item in element]


def _dequeued_many(handle: Any, n: Any, kind: str, fewer: bool) -> list[np.ndarray]:
    queue: Queue = held(handle)
    if n.ndim:
        raise ShapeFault(f"Shape must be rank 0 but is rank {n.ndim}")
    if n < 0:
        raise ShapeFault(f"{kind} requested {int(n)} < 0 elements")
    if not queue.shapes:
        queue.batch([])
    return queue.batch(queue.dequeue(int(n), fewer))


@op("QueueDequeueManyV2", inputs="handle: resource, n: int32", host=True, stateful=True, returns_list=True,
    differentiable=_HANDLE, waive=_WAITS)
def queue_dequeue_many(handle, n, *, component_types: Any, timeout_ms: int = -1):
    """Takes `n` elements out of a queue, along a new first dimension."""
    return _dequeued_many(handle, n, "DequeueManyOp", fewer=False)


@op("QueueDequeueUpToV2", inputs="handle: resource, n: int32", host=True, stateful=True, returns_list=True,
    differentiable=_HANDLE, waive=_WAITS)
def queue_dequeue_up_to(handle, n, *, component_types: Any, timeout_ms: int = -1):
    """Takes `n` elements out of a queue, or what is left where it is closed."""
    return _dequeued_many(handle, n, "DequeueUpToOp", fewer=True)


@op("QueueCloseV2", inputs="handle: resource", host=True, stateful=True, differentiable=_HANDLE, waive=_WAITS)
def queue_close(handle, *, cancel_pending_enqueues: bool = False):
    """Closes a queue."""
    held(handle).close(cancel_pending_enqueues)
    return ()


@op("QueueSizeV2", inputs="handle: resource", host=True, stateful=True, differentiable=_HANDLE, waive=_WAITS)
def queue_size(handle):
    """How many elements a queue holds."""
    return np.array(len(held(handle)), np.int32)


@op("QueueIsClosedV2", inputs="handle: resource", host=True, stateful=True, differentiable=_HANDLE, waive=_WAITS)
def queue_is_closed(handle):
    """Whether a queue is closed."""
    return np.array(held(handle).closed)


def _components(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(None, dtype) for dtype in attrs["component_types"]]


queue_enqueue.shape(lambda inputs, attrs: [])
queue_enqueue_many.shape(lambda inputs, attrs: [])
queue_close.shape(lambda inputs, attrs: [])
queue_size.shape(lambda inputs, attrs: [((), dtypes.int32)])
queue_is_closed.shape(lambda inputs, attrs: [((), dtypes.bool)])
for _op in (queue_dequeue, queue_dequeue_many, queue_dequeue_up_to):
    _op.shape(_components)
for _op in (queue_enqueue, queue_enqueue_many, queue_dequeue, queue_dequeue_many, queue_dequeue_up_to, queue_close):
    waits(_op)


# What users hold ---------------------------------------------------------------------------------------


@public("queue.QueueBase", v1=("io.QueueBase", "QueueBase"))
class QueueBase:
    """A queue of elements that have one or several components; `FIFOQueue` and its like make them.

    dtypes: of the components. shapes: of the components, or None where they may differ. names: of the components, or
    None; elements of a queue with names are dictionaries. queue_ref: the handle.
    """

    def __init__(self, dtypes: Sequence[DType], shapes: Any, names: Sequence[str] | None, queue_ref: Any) -> None:
        shape = TensorShapeV1 if isinstance(queue_ref, GraphTensor) and queue_ref.graph.v1 else TensorShape
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError("Queue shapes must have the same length as dtypes, received "
                             f"len(shapes)={len(shapes)}, len(dtypes)={len(dtypes)}")
        if names is not None and len(names) != len(dtypes):
            raise ValueError("Queue names must have the same length as dtypes, received "
                             f"len(names)={len(names)}, len(dtypes)={len(dtypes)}")
        self._dtypes = dtypes
        self._shapes = [shape(None) for _ in dtypes] if shapes is None else [shape(s) for s in shapes]
        self._names = names
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.rpartition("/")[2] if isinstance(queue_ref, GraphTensor) else "queue"

    @staticmethod
    def from_list(index: Any, queues: Any) -> QueueBase:
        """The queue at place `index`, a scalar integer tensor, of a list of queues that have the same components.

        Raises TypeError where it is no list of queues, or their components differ in dtypes or names.
        """
        if not queues or not isinstance(queues, list) or not all(isinstance(q, QueueBase) for q in queues):
            raise TypeError("A list of queues expected")
        first = queues[0]
        if not all(first.dtypes == q.dtypes for q in queues[1:]):
            raise TypeError("Queues do not have matching component dtypes.")
        if not all(first.names == q.names for q in queues[1:]):
            raise TypeError("Queues do not have matching component names.")
        shapes = [functools.reduce(_common_shape, of_one) for of_one in zip(*(q.shapes for q in queues), strict=True)]
        return QueueBase(first.dtypes, shapes, first.names, gather(stack([q.queue_ref for q in queues]), index))

    @property
    def queue_ref(self) -> Any:
        """The handle: a scalar tensor of dtype `resource`."""
        return self._queue_ref

    @property
    def name(self) -> str:
        """The name of the operation that stands for the queue."""
        return self._queue_ref.op.name if isinstance(self._queue_ref, GraphTensor) else self._name

    @property
    def dtypes(self) -> Sequence[DType]:
        """The dtypes of the components."""
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        """The static shapes of the components."""
        return self._shapes

    @property
    def names(self) -> Sequence[str] | None:
        """The names of the components, or None."""
        return self._names

    def enqueue(self, vals: Any, name: str | None = None) -> Any:
        """Put in one element, waiting while the queue is full. In a graph, the operation that does it.

        vals: a tensor, a list of them, one a component, or a dictionary for a queue with names. Raises ValueError for
        what does not fit; when it runs, CancelledError where the queue is closed.
        """
        with self._scope(name, "enqueue", vals) as scope:
            tensors = self._tensors(vals)
            for tensor, shape in zip(tensors, self._shapes, strict=False):
                tensor.shape.assert_is_compatible_with(shape)
            return queue_enqueue(self._queue_ref, tensors, Tcomponents=[t.dtype.base_dtype for t in tensors],
                                 name=scope)

    def enqueue_many(self, vals: Any, name: str | None = None) -> Any:
        """Put in the rows of tensors, one element each, waiting while the queue is full.

        vals: as for `enqueue`; all have the same first dimension. Raises as `enqueue` does.
        """
        with self._scope(name, "EnqueueMany", vals) as scope:
            tensors = self._tensors(vals)
            rows = TensorShape([None])
            for tensor, shape in zip(tensors, self._shapes, strict=False):
                own = tensor.shape.with_rank_at_least(1)
                rows = rows.merge_with(own[:1])
                own[1:].assert_is_compatible_with(shape)
            return queue_enqueue_many(self._queue_ref, tensors, Tcomponents=[t.dtype.base_dtype for t in tensors],
                                      name=scope)

    def dequeue(self, name: str | None = None) -> Any:
        """Take out one element, waiting for it: a tensor, a list of them, or a dictionary for a queue with names.

        Raises, when it runs, OutOfRangeError where the queue is closed and empty.
        """
        found = queue_dequeue(self._queue_ref, component_types=self._dtypes, name=name or f"{self._name}_Dequeue")
        return self._element(found, TensorShape([]))

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Take out `n` elements, waiting for them, along a new first dimension.

        Raises, when it runs, OutOfRangeError where the queue is closed and has fewer, InvalidArgumentError where the
        queue was made without shapes.
        """
        found = queue_dequeue_many(self._queue_ref, n, component_types=self._dtypes,
                                   name=name or f"{self._name}_DequeueMany")
        count = None
        if found and isinstance(found[0], GraphTensor):
            known = infer.constant_value(found[0].op.inputs[1])
            count = None if known is None else int(known)
        return self._element(found, TensorShape([count]))

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """As `dequeue_many`; of a closed queue that has fewer than `n` elements, what is left."""
        found = queue_dequeue_up_to(self._queue_ref, n, component_types=self._dtypes,
                                    name=name or f"{self._name}_DequeueUpTo")
        return self._element(found, TensorShape([None]))

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Any:
        """Say that no more elements come: later `enqueue`s fail, and `dequeue`s do once nothing is left.

        cancel_pending_enqueues: also end, with CancelledError, what waits to be put in.
        """
        return queue_close(self._queue_ref, cancel_pending_enqueues=cancel_pending_enqueues,
                           name=name or f"{self._name}_Close")

    def is_closed(self, name: str | None = None) -> Any:
        """Whether the queue is closed: a scalar bool."""
        return queue_is_closed(self._queue_ref, name=name or f"{self._name}_Is_Closed")

    def size(self, name: str | None = None) -> Any:
        """How many elements the queue holds: a scalar int32."""
        return queue_size(self._queue_ref, name=name or f"{self._name}_Size")

    def _scope(self, name: str | None, what: str, vals: Any) -> AbstractContextManager[Any]:
        graph = graph_for(self._queue_ref, vals)
        return nullcontext() if graph is None else graph.name_scope(name or f"{self._name}_{what}")

    def _tensors(self, vals: Any) -> list[Any]:
        if isinstance(vals, Mapping):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError("Keys in dictionary to enqueue do not match names of Queue.  Dictionary: "
                                 f"{sorted(vals)}, Queue: {sorted(self._names)}")
            vals = [vals[key] for key in self._names]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(vals, (list, tuple)):
            vals = [vals]
        with mode.opened(graph) if (graph := graph_for(self._queue_ref)) is not None else nullcontext():
            return [convert_to_tensor(value, dtype.base_dtype, name=f"component_{i}")
                    for i, (value, dtype) in enumerate(zip(vals, self._dtypes, strict=False))]

    def _element(self, found: Sequence[Any], rows: TensorShape) -> Any:
        for tensor, shape in zip(found, self._shapes, strict=True):
            if isinstance(tensor, GraphTensor):
                tensor.set_shape(rows.concatenate(shape))
        if self._names:
            return dict(zip(self._names, found, strict=True))
        return found[0] if len(found) == 1 else found


def _common_shape(one: TensorShape, other: TensorShape) -> TensorShape:
    """What two shapes have in common."""
    if one.rank is None or one.rank != other.rank:
        return TensorShape(None)
    return TensorShape([a if a == b else None for a, b in zip(one.as_list(), other.as_list(), strict=True)])


def _type_list(types: Any) -> list[DType]:
    return [dtypes.as_dtype(t).base_dtype for t in (types if isinstance(types, (list, tuple)) else [types])]


def _shape_list(shapes: Any, partial: bool = False) -> list[TensorShape] | None:
    """Shapes as a list of them: a single one may be given as it is. Raises ValueError where they must say more."""
    if partial and (not isinstance(shapes, Sequence) or not shapes or any(s is None or isinstance(s, int)
                                                                          for s in shapes)):
        raise ValueError("When providing partial shapes, a list of shapes must be provided.")
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (tuple, list)):
        raise TypeError("Shapes must be a TensorShape or a list or tuple of TensorShapes, got "
                        f"{type(shapes)} instead.")
    if all(s is None or isinstance(s, int) for s in shapes):
        shapes = [shapes]
    made = [TensorShape(s) for s in shapes]
    if not partial and not all(s.is_fully_defined() for s in made):
        raise ValueError(f"All shapes must be fully defined: {made}")
    if not all(s.rank is not None for s in made):
        raise ValueError(f"All shapes must have a defined rank: {made}")
    return made


def _name_list(names: Any, types: Sequence[DType]) -> list[str] | None:
    if names is None:
        return None
    names = list(names) if isinstance(names, (list, tuple)) else [names]
    if len(names) != len(types):
        raise ValueError("List of names must have the same length as the list of dtypes, received "
                         f"len(names)={len(names)}, len(dtypes)={len(types)}")
    return names


def _make(declaration: Op, types: Sequence[DType], shapes: Sequence[TensorShape] | None, shared_name: str | None,
          name: str, **attrs: Any) -> Any:
    """The handle of a new queue. Raises ValueError where shapes and dtypes differ in number, or are none."""
    if not types:
        raise ValueError(f"Attr 'component_types' of '{declaration.type}' Op passed list of length 0 less than "
                         "minimum 1.")
    if shapes is not None and len(shapes) != len(types):
        raise ValueError("Queue shapes must have the same length as dtypes, received "
                         f"len(shapes)={len(shapes)}, len(dtypes)={len(types)}")
    return declaration(component_types=types, shapes=shapes or (), shared_name=shared_name or "", name=name, **attrs)


@public(v2=("queue.FIFOQueue",))
class FIFOQueue(QueueBase):
    """A queue whose elements come out in the order they went in.

    capacity: how many elements it holds at most. dtypes: of the components of an element. shapes: fully known, one a
    component, or None where elements may differ (`dequeue_many` is then refused). names: of the components.
    shared_name: queues of this name are one within a session.

    >>> queue = FIFOQueue(10, dtypes.int32, shapes=[[]])
    >>> queue.enqueue_many([[1, 2, 3]])
    >>> queue.dequeue_many(2).numpy().tolist()
    [1, 2]
    """

    def __init__(self, capacity: int, dtypes: Any, shapes: Any = None, names: Any = None,
                 shared_name: str | None = None, name: str = "fifo_queue") -> None:
        types, dims = _type_list(dtypes), _shape_list(shapes)
        names = _name_list(names, types)
        super().__init__(types, dims, names, _make(fifo_queue_op, types, dims, shared_name, name, capacity=capacity))


@public(v2=("queue.PaddingFIFOQueue",))
class PaddingFIFOQueue(QueueBase):
    """A FIFO queue whose shapes may have unknown dimensions: `dequeue_many` fills elements up with zeros.

    Arguments as for `FIFOQueue`; `shapes` has known ranks and is needed.

    >>> queue = PaddingFIFOQueue(10, dtypes.int32, shapes=[[None]])
    >>> queue.enqueue([[1, 2]]); queue.enqueue([[3]])
    >>> queue.dequeue_many(2).numpy().tolist()
    [[1, 2], [3, 0]]
    """

    def __init__(self, capacity: int, dtypes: Any, shapes: Any, names: Any = None, shared_name: str | None = None,
                 name: str = "padding_fifo_queue") -> None:
        types, dims = _type_list(dtypes), _shape_list(shapes, partial=True)
        names = _name_list(names, types)
        if dims is not None and len(types) != len(dims):
            raise ValueError(f"Shapes must be provided for all components, but received {len(types)} dtypes and "
                             f"{len(dims)} shapes.")
        super().__init__(types, dims, names,
                         _make(padding_fifo_queue_op, types, dims, shared_name, name, capacity=capacity))


@public(v2=("queue.RandomShuffleQueue",))
class RandomShuffleQueue(QueueBase):
    """A queue whose elements come out in a random order.

    min_after_dequeue: how many elements stay in, for a good mixture, until the queue is closed. seed: the same seeds
    give the same order. The other arguments as for `FIFOQueue`.
    """

    def __init__(self, capacity: int, min_after_dequeue: int, dtypes: Any, shapes: Any = None, names: Any = None,
                 seed: int | None = None, shared_name: str | None = None, name: str = "random_shuffle_queue") -> None:
        types, dims = _type_list(dtypes), _shape_list(shapes)
        names = _name_list(names, types)
        seed1, seed2 = seeds.op_seeds(seed)
        if seed is None and seed1 is not None and shared_name is not None:
            digest = hashlib.md5(f"{seed1}{shared_name}".encode(), usedforsecurity=False).hexdigest()
            seed2 = int(digest[:8], 16) & 0x7FFFFFFF
        made = _make(random_shuffle_queue_op, types, dims, shared_name, name, capacity=capacity,
                     min_after_dequeue=min_after_dequeue, seed=seed1 or 0, seed2=seed2 or 0)
        super().__init__(types, dims, names, made)


@public(v2=("queue.PriorityQueue",))
class PriorityQueue(QueueBase):
    """A queue whose element of the least priority comes out first: an int64 that is put in before the components.

    types, shapes, names: of the components besides the priority; `shapes` may be None or empty.

    >>> queue = PriorityQueue(10, dtypes.string, shapes=[[]])
    >>> queue.enqueue([2, "late"]); queue.enqueue([1, "soon"])
    >>> priority, text = queue.dequeue()
    >>> int(priority), text.numpy()
    (1, b'soon')
    """

    def __init__(self, capacity: int, types: Any, shapes: Any = None, names: Any = None,
                 shared_name: str | None = None, name: str = "priority_queue") -> None:
        kinds, dims = _type_list(types), _shape_list(shapes)
        made = _make(priority_queue_op, kinds, dims, shared_name, name, capacity=capacity)
        super().__init__([dtypes.int64, *kinds], [(), *dims] if dims else None, names, made)


def _of_v1(kind: type[QueueBase], *names: str) -> None:
    """TF1's name of a queue: the same, made in the default graph where no argument says otherwise."""
    def make(self: Any, *args: Any, **kwargs: Any) -> None:
        with mode.graph_first():
            kind.__init__(self, *args, **kwargs)

    functools.update_wrapper(make, kind.__init__)
    register(type(kind.__name__, (kind,), {"__doc__": kind.__doc__, "__init__": make, "__module__": kind.__module__}),
             v1=[f"queue.{kind.__name__}", kind.__name__, *names])


_of_v1(FIFOQueue)
_of_v1(PaddingFIFOQueue, "io.PaddingFIFOQueue")
_of_v1(RandomShuffleQueue, "io.RandomShuffleQueue")
_of_v1(PriorityQueue, "io.PriorityQueue")
