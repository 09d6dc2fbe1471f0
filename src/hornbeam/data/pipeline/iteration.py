"""IteratorResource: where an iterator stands, and the operations of graphs that move it.

A dataset is an attribute of the operations that start iterators; the tensors it depends on are their inputs. Graphs
keep one resource in each session for an iterator's operation (`graph/resources.py`).
"""

from __future__ import annotations

import threading
import uuid
import weakref
from collections.abc import Iterator, Sequence
from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.codec import decoded, encoded
from hornbeam.data.pipeline.node import Context, Elements, Made, Node, arrays_of, boxed
from hornbeam.graph import dtypes, errors
from hornbeam.graph.op import never, op
from hornbeam.graph.operation import Operation
from hornbeam.graph.resources import Resource, handle, held, kept

_UNSET = ("GetNext() failed because the iterator has not been initialized. Ensure that you have run the initializer "
          "operation for this iterator before getting the next element.")
_HANDLE = never("a handle of an iterator")
_KEPT = {"samples": "its result is a handle"}
_MOVES = {"samples": "moves an iterator"}

_passes: weakref.WeakKeyDictionary[Node, int] = weakref.WeakKeyDictionary()
_memory: weakref.WeakKeyDictionary[Node, Any] = weakref.WeakKeyDictionary()
_counting = threading.Lock()


def new_context(node: Node) -> Context:
    """The context of one more pass over a dataset in eager code: shuffles go on, caches are kept.

    Passes are counted for each node, as a shuffle may be part of several datasets.
    """
    with _counting:
        bases = {n: _passes.get(n, 0) for n in reachable(node)}
        for n, count in bases.items():
            _passes[n] = count + 1
    return Context(bases=bases, memory=_memory)


def reachable(node: Node) -> Iterator[Node]:
    """A node, those it takes elements from, and those that its functions make; each once, in a fixed order."""
    seen: set[Node] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        yield current
        made = [inner for function in current.functions for inner in function.nodes()]
        stack.extend(reversed([*current.parents, *made]))


def _draws_of(node: Node) -> list[Operation]:
    return [draw for n in reachable(node) for function in n.functions for draw in function.random]


@final
class IteratorResource(Resource):
    """A pass over a dataset that is under way, or none yet. Threads take turns."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.node: Node | None = None
        self.context = Context()
        self.elements: Elements | None = None
        self.id = uuid.uuid4().hex
        _by_id[self.string] = self

    @property
    def string(self) -> bytes:
        """What `string_handle` gives for it."""
        return f"hornbeam:iterator:{self.id}".encode()

    def start(self, node: Node, context: Context) -> None:
        """Begin a pass over a dataset."""
        with self.lock:
            self.stop()
            self.node, self.context = node, context
            self.elements = node.elements(context)

    def next(self) -> list[Any] | None:
        """The next element, or None at the end. Raises FailedPreconditionError before the start."""
        with self.lock:
            if self.elements is None:
                raise errors.FailedPreconditionError(None, None, _UNSET)
            return self.elements.next()

    def saved(self) -> bytes:
        """Where the pass stands, as bytes."""
        with self.lock:
            if self.elements is None or self.node is None:
                raise errors.FailedPreconditionError(None, None, _UNSET)
            context = self.context
            nodes = list(reachable(self.node))
            passes = [context.passes.get(n, 0) for n in nodes]
            bases = [context.bases.get(n, 0) for n in nodes]
            return encoded({"bases": bases, "passes": passes, "elements": self.elements.state(),
                            "draws": context.store.draws(_draws_of(self.node))})

    def restore(self, data: bytes) -> None:
        """Go to where a pass over the same dataset stood. Raises DataLossError for bytes that tell nothing of it."""
        with self.lock:
            node = self.node
            if node is None:
                raise errors.FailedPreconditionError(None, None, _UNSET)
            try:
                state = decoded(data)
                bases = dict(zip(reachable(node), state["bases"], strict=True))
                context = Context(self.context.values, bases, memory=self.context.memory)
                elements = node.elements(context)
                elements.restore(state["elements"])
                context.passes.clear()
                context.passes.update({n: p for n, p in zip(reachable(node), state["passes"], strict=True) if p})
                context.store.set_draws(_draws_of(node), state["draws"])
            except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, MemoryError) as error:
                raise errors.DataLossError(None, None, f"the saved position does not fit this dataset: {error}"
                                           ) from error
            self.stop()
            self.context, self.elements = context, elements

    def stop(self) -> None:
        """Give back threads and files."""
        if self.elements is not None:
            self.elements.close()

    def release(self) -> None:
        self.stop()

    def __del__(self) -> None:
        elements = getattr(self, "elements", None)
        if elements is not None:
            elements.close()


_by_id: weakref.WeakValueDictionary[bytes, IteratorResource] = weakref.WeakValueDictionary()


def started(node: Node) -> IteratorResource:
    """An iterator of eager code at the start of a dataset."""
    made = IteratorResource()
    made.start(node, new_context(node))
    return made


# Operations -------------------------------------------------------------------------------------------


def _handle(inputs: Any, attrs: Any) -> Any:
    return [((), dtypes.resource)]


def _context(dataset: Node, inputs: Sequence[Any]) -> Context:
    return Context(dict(zip(dataset.symbols(), [np.asarray(i) for i in inputs], strict=True)))


@op("IteratorV2", inputs="", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT)
def iterator_op(*, output_types: Any = (), output_shapes: Any = (), container: str = "", shared_name: str = ""):
    """The handle of an iterator that an initializer starts."""
    return handle(IteratorResource())


@op("OneShotIterator", inputs="inputs: list", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT)
def one_shot_iterator_op(inputs, *, dataset: Any, output_types: Any = (), output_shapes: Any = (),
                         container: str = "", shared_name: str = ""):
    """The handle of an iterator that starts by itself."""
    made = IteratorResource()
    made.start(dataset, _context(dataset, inputs))
    return handle(made)


for _op in (iterator_op, one_shot_iterator_op):
    kept(_op)


@op("AnonymousIteratorV3", inputs="inputs: list", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT)
def anonymous_iterator_op(inputs, *, dataset: Any, output_types: Any = (), output_shapes: Any = ()):
    """The handle of a new iterator at the start of a dataset."""
    made = IteratorResource()
    context = _context(dataset, inputs)
    made.start(dataset, context if context.values else new_context(dataset))
    return (handle(made),)


@op("HeldIterator", inputs="", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT)
def held_iterator_op(*, iterator: Any):
    """The handle of an iterator that eager code made."""
    return (handle(iterator),)


for _op in (anonymous_iterator_op, held_iterator_op):
    _op.shape(_handle)


@op("MakeIterator", inputs="iterator: resource, inputs: list", host=True, stateful=True, differentiable=_HANDLE,
    waive=_MOVES)
def make_iterator_op(iterator, inputs, *, dataset: Any):
    """Starts an iterator at the beginning of a dataset."""
    held(iterator).start(dataset, _context(dataset, inputs))
    return ()


@make_iterator_op.shape
def _(inputs, attrs):
    return []


def _outputs(inputs: Any, attrs: Any) -> Any:
    return list(zip(attrs["output_shapes"], attrs["output_types"], strict=True))


@op("IteratorGetNext", inputs="iterator: resource", host=True, stateful=True, returns_list=True,
    differentiable=_HANDLE, waive=_MOVES)
def iterator_get_next_op(iterator, *, output_types: Any, output_shapes: Any):
    """The tensors of an iterator's next element."""
    resource: IteratorResource = held(iterator)
    element = resource.next()
    if element is None:
        raise errors.OutOfRangeError(None, None, "End of sequence")
    return arrays_of(element)


iterator_get_next_op.shape(_outputs)


@op("IteratorToStringHandle", inputs="resource_handle: resource", host=True, stateful=True, differentiable=_HANDLE,
    waive=_MOVES)
def iterator_to_string_handle_op(resource_handle):
    """A string that stands for an iterator."""
    return (boxed(held(resource_handle).string),)


@iterator_to_string_handle_op.shape
def _(inputs, attrs):
    return [((), dtypes.string)]


@op("IteratorFromStringHandleV2", inputs="string_handle: string", host=True, stateful=True, differentiable=_HANDLE,
    waive=_MOVES)
def iterator_from_string_handle_op(string_handle, *, output_types: Any = (), output_shapes: Any = ()):
    """The handle of the iterator that a string stands for."""
    text = np.asarray(string_handle).item()
    found = _by_id.get(text)
    if found is None:
        raise errors.InvalidArgumentError(None, None, f"String handle {text!r} stands for no iterator: it was not "
                                          "made by `string_handle()` of one whose session is open.")
    if found.node is not None:
        _compare(found.node, output_types, output_shapes)
    return (handle(found),)


iterator_from_string_handle_op.shape(_handle)


def _compare(node: Node, types: Any, shapes: Any) -> None:
    parts = structure.part_specs(node.spec)
    if len(parts) != len(types):
        raise errors.InvalidArgumentError(None, None, f"Number of components does not match: expected {len(types)} "
                                          f"types but got {len(parts)}.")
    for i, ((_, dtype), wanted) in enumerate(zip(parts, types, strict=True)):
        if dtype is not wanted:
            raise errors.InvalidArgumentError(None, None, f"Data type mismatch at component {i}: expected "
                                              f"{wanted.name} but got {dtype.name}.")


@op("SerializeIterator", inputs="resource_handle: resource", host=True, stateful=True, differentiable=_HANDLE,
    waive=_MOVES)
def serialize_iterator_op(resource_handle):
    """Where an iterator stands, as a string."""
    return (boxed(held(resource_handle).saved()),)


@serialize_iterator_op.shape
def _(inputs, attrs):
    return [((), dtypes.string)]


@op("DeserializeIterator", inputs="resource_handle: resource, serialized: string", host=True, stateful=True,
    differentiable=_HANDLE, waive=_MOVES)
def deserialize_iterator_op(resource_handle, serialized):
    """Takes an iterator to where another stood."""
    held(resource_handle).restore(np.asarray(serialized).reshape(-1)[0])
    return ()


@deserialize_iterator_op.shape
def _(inputs, attrs):
    return []


# Whole datasets -----------------------------------------------------------------------------------------


@op("DatasetCardinality", inputs="inputs: list", host=True, stateful=True, differentiable=_HANDLE, waive=_MOVES)
def dataset_cardinality_op(inputs, *, dataset: Any):
    """How many elements a dataset has."""
    return (np.array(dataset.cardinality(_context(dataset, inputs)), np.int64),)


@dataset_cardinality_op.shape
def _(inputs, attrs):
    return [((), dtypes.int64)]


@op("WrapDatasetVariant", inputs="inputs: list", host=True, stateful=True, differentiable=_HANDLE, waive=_KEPT)
def dataset_variant_op(inputs, *, dataset: Any):
    """A dataset as the value of a tensor."""
    return (boxed(Made(dataset, _context(dataset, inputs))),)


@dataset_variant_op.shape
def _(inputs, attrs):
    return [((), dtypes.variant)]


@op("DatasetToSingleElement", inputs="inputs: list", host=True, stateful=True, returns_list=True,
    differentiable=_HANDLE, waive=_MOVES)
def single_element_op(inputs, *, dataset: Any, output_types: Any, output_shapes: Any):
    """The only element of a dataset."""
    return arrays_of(single_element(dataset, _context(dataset, inputs)))


single_element_op.shape(_outputs)


def single_element(node: Node, context: Context) -> list[Any]:
    """The only element of a dataset. Raises InvalidArgumentError where there is none or more than one."""
    elements = node.elements(context)
    try:
        first = elements.next()
        if first is None:
            raise errors.InvalidArgumentError(None, None, "Dataset was empty.")
        if elements.next() is not None:
            raise errors.InvalidArgumentError(None, None, "Dataset had more than one element.")
        return first
    finally:
        elements.close()


@op("ReduceDataset", inputs="inputs: list, initial: list", host=True, stateful=True, returns_list=True,
    differentiable=_HANDLE, waive=_MOVES)
def reduce_dataset_op(inputs, initial, *, dataset: Any, function: Any, output_types: Any, output_shapes: Any,
                      list_lengths: Any = ()):
    """What a function of a state and each element makes of an initial state."""
    count = len(dataset.symbols())
    context = _context(dataset, inputs[:count])
    context.values.update(zip(function.captures, [np.asarray(i) for i in inputs[count:]], strict=True))
    return arrays_of(reduced(dataset, context, function, [np.asarray(i) for i in initial]))


reduce_dataset_op.shape(_outputs)


def reduced(node: Node, context: Context, function: Any, initial: list[Any]) -> list[Any]:
    """What a function of a state and each element makes of an initial state."""
    bound = function.bind(context)
    elements = node.elements(context)
    state = initial
    try:
        while (element := elements.next()) is not None:
            state = arrays_of(bound([*state, *arrays_of(element)]))
        return state
    finally:
        elements.close()


def resource_of(tensor: Any) -> IteratorResource:
    """The iterator behind a handle with a value."""
    return held(tensor)

