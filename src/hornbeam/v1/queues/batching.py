"""Batches: elements that threads put into a queue come out of it many at once.

One scheme, `_batches`, for all eight functions: `_Settings` says what is particular to one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.graph.names import public
from hornbeam.v1.layers.core import smart_cond
from hornbeam.v1.queues import sparse_elements

_EAGER = ("Input pipelines based on Queues are not supported when eager execution is enabled. Please use tf.data to "
          "ingest data into your model instead.")


class _Settings(NamedTuple):
    """What the functions have in common; `threads` of None: one for each set of tensors."""

    scope: str
    name: str | None
    batch_size: Any
    keep_input: Any
    capacity: int
    enqueue_many: bool
    shapes: Any
    allow_smaller_final_batch: bool
    shared_name: str | None
    threads: int | None = None
    dynamic_pad: bool = False
    min_after_dequeue: int | None = None
    seed: int | None = None


def _batches(sets: Sequence[Any], given: _Settings) -> Any:
    """Batches of elements of one or several sets of tensors, in the structure of the first set."""
    if mode.executing_eagerly():
        raise ValueError(_EAGER)
    lists = _as_lists(sets)
    with tf.name_scope(given.name, given.scope, [t for tensors in lists for t in tensors]) as scope:
        if given.min_after_dequeue is not None and given.capacity <= given.min_after_dequeue:
            raise ValueError(f"capacity {given.capacity} must be bigger than min_after_dequeue "
                             f"{given.min_after_dequeue}.")
        lists = [_converted(tensors) for tensors in lists]
        if not lists[0]:
            raise ValueError(f"Expected at least one tensor in {given.scope}().")
        keep = _keeping(given.keep_input, given.enqueue_many)
        lists, sparse = sparse_elements.stored(lists, given.enqueue_many, keep)
        types = _types(lists)
        queue = _queue(given, types, _shapes(lists, given.shapes, given.enqueue_many))
        _fill(queue, lists, given, keep)
        _summarize(queue, given)
        take = queue.dequeue_up_to if given.allow_smaller_final_batch else queue.dequeue_many
        found = take(given.batch_size, name=scope)
        found = sparse_elements.restored(found if isinstance(found, list) else [found], sparse)
        if isinstance(sets[0], Mapping):
            return dict(zip(sorted(sets[0], key=str), found, strict=True))
        return found[0] if len(found) == 1 else found


def _as_lists(sets: Sequence[Any]) -> list[list[Any]]:
    if not sets:
        raise ValueError("Expected at least one set of tensors")
    first = sets[0]
    if isinstance(first, Mapping):
        if any(set(other) != set(first) for other in sets[1:]):
            raise ValueError("All dictionaries in tensors_list must have the same keys")
        return [[one[key] for key in sorted(first, key=str)] for one in sets]
    return [list(one) if isinstance(one, (list, tuple)) else [one] for one in sets]


def _converted(tensors: Sequence[Any]) -> list[Any]:
    return [t if isinstance(t, tf.SparseTensor) else tf.convert_to_tensor(t) for t in tensors]


def _keeping(keep_input: Any, enqueue_many: bool) -> Any:
    keep = tf.convert_to_tensor(keep_input)
    if keep.shape.ndims is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if not enqueue_many and keep.shape.ndims == 1:
        raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
    if keep.shape.ndims > 1:
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return keep


def _types(lists: Sequence[Sequence[Any]]) -> list[Any]:
    first = [t.dtype for t in lists[0]]
    for other in lists[1:]:
        types = [t.dtype for t in other]
        if types != first:
            raise TypeError(f"Expected types to be consistent: {', '.join(t.name for t in first)} vs. "
                            f"{', '.join(t.name for t in types)}.")
    return first


def _shapes(lists: Sequence[Sequence[Any]], shapes: Any, enqueue_many: bool) -> Any:
    """The shapes of an element: as given, or what the tensors' shapes agree on."""
    if shapes is not None:
        return shapes
    for tensor in (t for tensors in lists for t in tensors):
        if tensor.shape.ndims is None:
            raise ValueError(f"Cannot infer Tensor's rank: {tensor}")
    merged = []
    for tensors in zip(*lists, strict=True):
        own = [t.shape.with_rank_at_least(1)[1:] if enqueue_many else t.shape for t in tensors]
        for other in own[1:]:
            own[0].merge_with(other)
        merged.append(own[0].as_list())
    return merged


def _queue(given: _Settings, types: Sequence[Any], shapes: Any) -> Any:
    common = {"capacity": given.capacity, "dtypes": types, "shapes": shapes, "shared_name": given.shared_name}
    if given.min_after_dequeue is not None:
        return tf.RandomShuffleQueue(min_after_dequeue=given.min_after_dequeue, seed=given.seed, **common)
    return tf.PaddingFIFOQueue(**common) if given.dynamic_pad else tf.FIFOQueue(**common)


def _fill(queue: Any, lists: Sequence[Sequence[Any]], given: _Settings, keep: Any) -> None:
    """A queue runner that puts the tensors in: those that are to be kept."""
    put: Callable[[Any], Any] = queue.enqueue_many if given.enqueue_many else queue.enqueue
    operations = []
    for tensors in lists:
        if keep.shape.ndims == 1:
            which = tf.cast(keep, tf.int32)
            operations.append(put([tf.dynamic_partition(t, which, num_partitions=2)[1] for t in tensors]))
        else:
            operations.append(smart_cond(keep, lambda tensors=tensors: put(tensors), tf.no_op))
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, operations * (given.threads or 1)))


def _summarize(queue: Any, given: _Settings) -> None:
    least = given.min_after_dequeue
    if least is None:
        name = f"fraction_of_{given.capacity}_full"
        full = tf.cast(queue.size(), tf.float32) * (1.0 / given.capacity)
    else:
        room = given.capacity - least
        name = f"fraction_over_{least}_of_{room}_full"
        full = tf.cast(tf.maximum(0, queue.size() - least), tf.float32) * (1.0 / room)
    tf.summary.scalar(name, full)


@public(v1=("train.batch",))
def batch(tensors: Any, batch_size: Any, num_threads: int = 1, capacity: int = 32, enqueue_many: bool = False,
          shapes: Any = None, dynamic_pad: bool = False, allow_smaller_final_batch: bool = False,
          shared_name: str | None = None, name: str | None = None) -> Any:
    """Batches of `batch_size` elements, in the order in which threads put them into a queue.

    tensors: a list or dictionary of tensors, sparse ones too: one element, or with `enqueue_many` a row an element.
    num_threads: how many threads run them; more than one mixes the order. capacity, shapes, shared_name: of the queue.
    dynamic_pad: elements may differ in the dimensions that are unknown, and are filled up with zeros.
    allow_smaller_final_batch: give the rest when the elements end. Returns tensors of shape [batch_size, ...] in the
    structure of `tensors`. A queue runner is added, which `train.start_queue_runners` starts.
    Raises ValueError where a rank is unknown and `shapes` does not say it, or in eager execution.
    """
    return _batches([tensors], _Settings("batch", name, batch_size, True, capacity, enqueue_many, shapes,
                                         allow_smaller_final_batch, shared_name, num_threads, dynamic_pad))


@public(v1=("train.maybe_batch",))
def maybe_batch(tensors: Any, keep_input: Any, batch_size: Any, num_threads: int = 1, capacity: int = 32,
                enqueue_many: bool = False, shapes: Any = None, dynamic_pad: bool = False,
                allow_smaller_final_batch: bool = False, shared_name: str | None = None,
                name: str | None = None) -> Any:
    """As `batch`, of those elements for which `keep_input` holds: a scalar bool, or with `enqueue_many` a vector."""
    return _batches([tensors], _Settings("batch", name, batch_size, keep_input, capacity, enqueue_many, shapes,
                                         allow_smaller_final_batch, shared_name, num_threads, dynamic_pad))


@public(v1=("train.batch_join",))
def batch_join(tensors_list: Sequence[Any], batch_size: Any, capacity: int = 32, enqueue_many: bool = False,
               shapes: Any = None, dynamic_pad: bool = False, allow_smaller_final_batch: bool = False,
               shared_name: str | None = None, name: str | None = None) -> Any:
    """As `batch`, of several lists or dictionaries of tensors: a thread for each puts its elements in."""
    return _batches(tensors_list, _Settings("batch_join", name, batch_size, True, capacity, enqueue_many, shapes,
                                            allow_smaller_final_batch, shared_name, None, dynamic_pad))


@public(v1=("train.maybe_batch_join",))
def maybe_batch_join(tensors_list: Sequence[Any], keep_input: Any, batch_size: Any, capacity: int = 32,
                     enqueue_many: bool = False, shapes: Any = None, dynamic_pad: bool = False,
                     allow_smaller_final_batch: bool = False, shared_name: str | None = None,
                     name: str | None = None) -> Any:
    """As `batch_join`, of those elements for which `keep_input` holds."""
    return _batches(tensors_list, _Settings("batch_join", name, batch_size, keep_input, capacity, enqueue_many,
                                            shapes, allow_smaller_final_batch, shared_name, None, dynamic_pad))


@public(v1=("train.shuffle_batch",))
def shuffle_batch(tensors: Any, batch_size: Any, capacity: int, min_after_dequeue: int, num_threads: int = 1,
                  seed: int | None = None, enqueue_many: bool = False, shapes: Any = None,
                  allow_smaller_final_batch: bool = False, shared_name: str | None = None,
                  name: str | None = None) -> Any:
    """As `batch`, in a random order: `min_after_dequeue` elements stay in the queue to be drawn from.

    capacity: more than `min_after_dequeue`, else ValueError. seed: the same seeds draw the same.
    """
    return _batches([tensors], _Settings("shuffle_batch", name, batch_size, True, capacity, enqueue_many, shapes,
                                         allow_smaller_final_batch, shared_name, num_threads,
                                         min_after_dequeue=min_after_dequeue, seed=seed))


@public(v1=("train.maybe_shuffle_batch",))
def maybe_shuffle_batch(tensors: Any, batch_size: Any, capacity: int, min_after_dequeue: int, keep_input: Any,
                        num_threads: int = 1, seed: int | None = None, enqueue_many: bool = False, shapes: Any = None,
                        allow_smaller_final_batch: bool = False, shared_name: str | None = None,
                        name: str | None = None) -> Any:
    """As `shuffle_batch`, of those elements for which `keep_input` holds."""
    return _batches([tensors], _Settings("shuffle_batch", name, batch_size, keep_input, capacity, enqueue_many, shapes,
                                         allow_smaller_final_batch, shared_name, num_threads,
                                         min_after_dequeue=min_after_dequeue, seed=seed))


@public(v1=("train.shuffle_batch_join",))
def shuffle_batch_join(tensors_list: Sequence[Any], batch_size: Any, capacity: int, min_after_dequeue: int,
                       seed: int | None = None, enqueue_many: bool = False, shapes: Any = None,
                       allow_smaller_final_batch: bool = False, shared_name: str | None = None,
                       name: str | None = None) -> Any:
    """As `shuffle_batch`, of several lists or dictionaries of tensors: a thread for each puts its elements in."""
    return _batches(tensors_list, _Settings("shuffle_batch_join", name, batch_size, True, capacity, enqueue_many,
                                            shapes, allow_smaller_final_batch, shared_name, None,
                                            min_after_dequeue=min_after_dequeue, seed=seed))


@public(v1=("train.maybe_shuffle_batch_join",))
def maybe_shuffle_batch_join(tensors_list: Sequence[Any], batch_size: Any, capacity: int, min_after_dequeue: int,
                             keep_input: Any, seed: int | None = None, enqueue_many: bool = False, shapes: Any = None,
                             allow_smaller_final_batch: bool = False, shared_name: str | None = None,
                             name: str | None = None) -> Any:
    """As `shuffle_batch_join`, of those elements for which `keep_input` holds."""
    return _batches(tensors_list, _Settings("shuffle_batch_join", name, batch_size, keep_input, capacity, enqueue_many,
                                            shapes, allow_smaller_final_batch, shared_name, None,
                                            min_after_dequeue=min_after_dequeue, seed=seed))
