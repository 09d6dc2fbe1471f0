"""`data.experimental`: what became methods of datasets, as functions for `apply`, and what only stands there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.records import RecordWriter
from hornbeam.data import structure
from hornbeam.data.api import elements as of_users
from hornbeam.data.api.dataset import Dataset
from hornbeam.data.api.dataset_v1 import DatasetV1
from hornbeam.data.api.graph_iterators import GraphIterator
from hornbeam.data.api.transformations import scanned
from hornbeam.data.pipeline import iteration, keeping, sources
from hornbeam.data.pipeline.functions import TracedFunction
from hornbeam.data.pipeline.node import Context, Node, integer_of
from hornbeam.graph import dtypes, errors, mode
from hornbeam.graph.names import public, register
from hornbeam.graph.op import never, op
from hornbeam.graph.sparse_tensor import SparseTensorSpec
from hornbeam.graph.tensor import EagerTensor
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.ops import casts
from hornbeam.ops.files import told

Transformation = Callable[[Any], Any]


def _experimental(name: str) -> Callable[[Any], Any]:
    return public(f"data.experimental.{name}", v1=(f"contrib.data.{name}",))


# Transformations that became methods -------------------------------------------------------------------------


@_experimental("bucket_by_sequence_length")
def bucket_by_sequence_length(element_length_func: Callable[..., Any], bucket_boundaries: Sequence[int],
                              bucket_batch_sizes: Sequence[int], padded_shapes: Any = None, padding_values: Any = None,
                              pad_to_bucket_boundary: bool = False, no_padding: bool = False,
                              drop_remainder: bool = False) -> Transformation:
    """For `apply`: as `Dataset.bucket_by_sequence_length`."""
    return lambda dataset: dataset.bucket_by_sequence_length(
        element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes, padding_values,
        pad_to_bucket_boundary, no_padding, drop_remainder)


@_experimental("dense_to_sparse_batch")
def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Transformation:
    """For `apply`: as `Dataset.sparse_batch`."""
    return lambda dataset: dataset.sparse_batch(batch_size, row_shape)


@_experimental("dense_to_ragged_batch")
def dense_to_ragged_batch(batch_size: Any, drop_remainder: Any = False,
                          row_splits_dtype: Any = dtypes.int64) -> Transformation:
    """For `apply`: as `Dataset.ragged_batch`."""
    return lambda dataset: dataset.ragged_batch(batch_size, drop_remainder, row_splits_dtype)


@_experimental("enumerate_dataset")
def enumerate_dataset(start: Any = 0) -> Transformation:
    """For `apply`: as `Dataset.enumerate`."""
    return lambda dataset: dataset.enumerate(start)


@_experimental("group_by_window")
def group_by_window(key_func: Callable[..., Any], reduce_func: Callable[..., Any], window_size: Any = None,
                    window_size_func: Callable[..., Any] | None = None) -> Transformation:
    """For `apply`: as `Dataset.group_by_window`."""
    return lambda dataset: dataset.group_by_window(key_func, reduce_func, window_size, window_size_func)


@public("data.experimental.ignore_errors", v1=("contrib.data.ignore_errors",))
def ignore_errors(log_warning: bool = False) -> Transformation:
    """For `apply`: as `Dataset.ignore_errors`."""
    return lambda dataset: dataset.ignore_errors(log_warning)


@_experimental("map_and_batch")
def map_and_batch(map_func: Callable[..., Any], batch_size: Any, num_parallel_batches: int | None = None,
                  drop_remainder: Any = False, num_parallel_calls: int | None = None) -> Transformation:
    """For `apply`: `map` and then `batch`. Raises ValueError where both numbers are given."""
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError("`map_and_batch` allows only one of `num_parallel_batches` and `num_parallel_calls` to be "
                         "set, but both were set.")
    return lambda dataset: dataset.map(map_func, num_parallel_calls).batch(batch_size, drop_remainder)


@public(v1=("data.experimental.map_and_batch_with_legacy_function",))
def map_and_batch_with_legacy_function(map_func: Callable[..., Any], batch_size: Any,
                                       num_parallel_batches: int | None = None, drop_remainder: Any = False,
                                       num_parallel_calls: int | None = None) -> Transformation:
    """As `map_and_batch`."""
    return map_and_batch(map_func, batch_size, num_parallel_batches, drop_remainder, num_parallel_calls)


@_experimental("parallel_interleave")
def parallel_interleave(map_func: Callable[..., Any], cycle_length: Any, block_length: Any = 1,
                        sloppy: bool = False, buffer_output_elements: Any = None,
                        prefetch_input_elements: Any = None) -> Transformation:
    """For `apply`: as `Dataset.interleave`. The order is the same whatever `sloppy` says."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length)


@_experimental("rejection_resample")
def rejection_resample(class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None,
                       seed: Any = None) -> Transformation:
    """For `apply`: as `Dataset.rejection_resample`."""
    return lambda dataset: dataset.rejection_resample(class_func, target_dist, initial_dist, seed)


@_experimental("scan")
def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Transformation:
    """For `apply`: as `Dataset.scan`."""
    return lambda dataset: dataset._made(scanned(dataset._node, initial_state, scan_func))


@_experimental("shuffle_and_repeat")
def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Transformation:
    """For `apply`: `shuffle` and then `repeat`."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


@public(v2=("data.experimental.snapshot",), v1=("data.experimental.snapshot",))
def snapshot(path: Any, compression: str | None = "AUTO", reader_func: Any = None,
             shard_func: Any = None) -> Transformation:
    """For `apply`: as `Dataset.snapshot`."""
    return lambda dataset: dataset.snapshot(path, compression, reader_func, shard_func)


@public("data.experimental.take_while")
def take_while(predicate: Callable[..., Any]) -> Transformation:
    """For `apply`: as `Dataset.take_while`."""
    return lambda dataset: dataset.take_while(predicate)


@_experimental("unbatch")
def unbatch() -> Transformation:
    """For `apply`: as `Dataset.unbatch`."""
    return lambda dataset: dataset.unbatch()


@_experimental("unique")
def unique() -> Transformation:
    """For `apply`: as `Dataset.unique`."""
    return lambda dataset: dataset.unique()


@_experimental("prefetch_to_device")
def prefetch_to_device(device: str, buffer_size: Any = None) -> Transformation:
    """For `apply`: `prefetch`. device: accepted; a program puts what it takes where it runs."""
    return lambda dataset: dataset.prefetch(-1 if buffer_size is None else buffer_size)


@_experimental("copy_to_device")
def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Transformation:
    """For `apply`: the same dataset, as a program puts what it takes where it runs."""
    return lambda dataset: dataset


@public("data.experimental.save", v1=())
def save(dataset: Any, path: Any, compression: str | None = None, shard_func: Any = None,
         checkpoint_args: Any = None) -> None:
    """As `Dataset.save`."""
    dataset.save(path, compression, shard_func, checkpoint_args)


@public(v2=("data.experimental.load",))
def load(path: Any, element_spec: Any = None, compression: str | None = None, reader_func: Any = None) -> Any:
    """As `Dataset.load`."""
    return Dataset.load(path, element_spec, compression, reader_func)


# Sources -----------------------------------------------------------------------------------------------------


def _counter(kind: type[Dataset]) -> Callable[..., Any]:
    def counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> Any:
        """The numbers from `start` on by `step`, without end. As `Dataset.counter`."""
        return kind.counter(start, step, dtype)

    return counter


register(_counter(Dataset), v2=("data.experimental.Counter",))
register(_counter(DatasetV1), v1=("data.experimental.Counter", "contrib.data.Counter"))


@public(v2=("data.experimental.choose_from_datasets",))
def choose_from_datasets(datasets: Sequence[Any], choice_dataset: Any, stop_on_empty_dataset: bool = False) -> Any:
    """As `Dataset.choose_from_datasets`."""
    return Dataset.choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


@public(v1=("data.experimental.choose_from_datasets", "contrib.data.choose_from_datasets"))
def choose_from_datasets_v1(datasets: Sequence[Any], choice_dataset: Any, stop_on_empty_dataset: bool = False) -> Any:
    """As `Dataset.choose_from_datasets`."""
    return DatasetV1.choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


@public(v2=("data.experimental.sample_from_datasets",))
def sample_from_datasets(datasets: Sequence[Any], weights: Any = None, seed: Any = None,
                         stop_on_empty_dataset: bool = False) -> Any:
    """As `Dataset.sample_from_datasets`."""
    return Dataset.sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset)


@public(v1=("data.experimental.sample_from_datasets", "contrib.data.sample_from_datasets"))
def sample_from_datasets_v1(datasets: Sequence[Any], weights: Any = None, seed: Any = None,
                            stop_on_empty_dataset: bool = False) -> Any:
    """As `Dataset.sample_from_datasets`."""
    return DatasetV1.sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset)


@public("data.experimental.from_list", v1=())
def from_list(elements: Sequence[Any], name: str | None = None) -> Any:
    """A dataset of the items of a list, which need not have one shape. Raises ValueError for an empty one."""
    if not elements:
        raise ValueError("Invalid `elements`. `elements` should not be empty.")
    normal = [of_users.normalized(e) for e in elements]
    for spec, _ in normal[1:]:
        structure.assert_same(normal[0][0], spec)
    return Dataset._wrap(sources.TensorsNode([leaves for _, leaves in normal],
                                             structure.common([spec for spec, _ in normal])))


# Questions and answers -----------------------------------------------------------------------------------------


@public("data.experimental.cardinality")
def cardinality(dataset: Any) -> Any:
    """How many elements a dataset has. As `Dataset.cardinality`."""
    return dataset.cardinality()


@public("data.experimental.assert_cardinality")
def assert_cardinality(expected_cardinality: Any) -> Transformation:
    """For `apply`: the same elements; another number of them is a FailedPreconditionError."""
    number = integer_of(expected_cardinality, "expected_cardinality")
    return lambda dataset: dataset._made(keeping.AssertCardinalityNode(dataset._node, number))


@_experimental("get_single_element")
def get_single_element(dataset: Any) -> Any:
    """The only element of a dataset. As `Dataset.get_single_element`."""
    if not isinstance(dataset, Dataset):
        raise TypeError(f"Invalid `dataset`. Expected a `tf.data.Dataset` object but got {type(dataset)}.")
    return dataset.get_single_element()


@public("data.experimental.at", v1=())
def at(dataset: Any, index: Any) -> Any:
    """The element with the number `index`. Raises OutOfRangeError where there are not as many."""
    context = Context()
    passing = dataset._node.elements(context)
    try:
        for _ in range(int(np.asarray(getattr(index, "_value", index)))):
            if passing.next() is None:
                break
        element = passing.next()
    finally:
        passing.close()
    if element is None:
        raise errors.OutOfRangeError(None, None, f"Index out of range [0, {dataset._node.cardinality(context)}): "
                                                 f"{index}")
    return of_users.to_user(dataset.element_spec, element)


@_experimental("group_by_reducer")
def group_by_reducer(key_func: Callable[..., Any], reducer: Any) -> Transformation:
    """For `apply`: what a `Reducer` makes of all elements of each key, in the order of the keys."""
    def applied(dataset: Any) -> Any:
        number = TensorSpec((), dtypes.int64)
        spec = dataset.element_spec
        name = "data.experimental.group_by_reducer()"
        key = TracedFunction(lambda *args: casts.cast(key_func(*args), dtypes.int64), spec, name)
        init = TracedFunction(reducer.init_func, number, name)
        reduce = TracedFunction(reducer.reduce_func, (init.spec, spec), name)
        structure.assert_same(init.spec, reduce.spec)
        final = TracedFunction(reducer.finalize_func, reduce.spec, name)
        return dataset._made(keeping.GroupByReducerNode(dataset._node, key, init, reduce, final))

    return applied


@_experimental("Reducer")
class Reducer:
    """Three functions: `init_func(key)` gives a state, `reduce_func(state, element)` the next, `finalize_func(state)`
    the result.
    """

    def __init__(self, init_func: Callable[..., Any], reduce_func: Callable[..., Any],
                 finalize_func: Callable[..., Any]) -> None:
        self._init, self._reduce, self._finalize = init_func, reduce_func, finalize_func

    @property
    def init_func(self) -> Callable[..., Any]:
        """Gives the state that a key begins with."""
        return self._init

    @property
    def reduce_func(self) -> Callable[..., Any]:
        """Gives the state after an element."""
        return self._reduce

    @property
    def finalize_func(self) -> Callable[..., Any]:
        """Gives the result."""
        return self._finalize


# Datasets as tensors -------------------------------------------------------------------------------------------


@public("data.experimental.to_variant")
def to_variant(dataset: Any) -> Any:
    """A dataset as a scalar tensor of dtype variant."""
    return dataset._as_variant()


@public("data.experimental.from_variant")
def from_variant(variant: Any, structure: Any) -> Any:
    """The dataset that a tensor of dtype variant is; `structure` describes its elements."""
    box = np.asarray(variant._value) if isinstance(variant, EagerTensor) else variant
    return Dataset._wrap(sources.BoxNode(box, structure))


# Writing -------------------------------------------------------------------------------------------------------


@op("DatasetToTFRecord", inputs="inputs: list", host=True, stateful=True, differentiable=never("writes a file"),
    waive={"samples": "writes a file"})
def dataset_to_records_op(inputs, *, dataset: Any, filename: str, compression: str = ""):
    """Writes a dataset of strings to a file of records."""
    given = Context(dict(zip(dataset.symbols(), [np.asarray(i) for i in inputs], strict=True)))
    _write_records(dataset, given, filename, compression)
    return ()


@dataset_to_records_op.shape
def _(inputs, attrs):
    return []


def _write_records(node: Node, context: Context, filename: str, compression: str) -> None:
    passing = node.elements(context)
    with told(), RecordWriter(filename, compression) as writer:
        while (element := passing.next()) is not None:
            writer.write(element[0][()])
    passing.close()


@_experimental("TFRecordWriter")
class TFRecordWriter:
    """Writes a dataset of scalar strings to a TFRecord file: `TFRecordWriter(filename).write(dataset)`."""

    def __init__(self, filename: Any, compression_type: str | None = None) -> None:
        self._filename, self._compression = filename, compression_type or ""

    def write(self, dataset: Any) -> Any:
        """Write all elements; in a graph, the operation that does. Raises TypeError for other elements."""
        if not isinstance(dataset, Dataset):
            raise TypeError(f"Invalid `dataset.` Expected a `tf.data.Dataset` object but got {type(dataset)}.")
        if dataset.element_spec != TensorSpec((), dtypes.string):
            spec = dataset.element_spec
            raise TypeError("Invalid `dataset`. Expected a `dataset` that produces scalar `tf.string` elements, but "
                            f"got a dataset which produces elements with shapes {structure.shapes_of(spec)} and types "
                            f"{structure.types_of(spec)}.")
        with dataset._mode():
            symbols = dataset._node.symbols()
            if symbols or mode.current_graph() is not None:
                return dataset_to_records_op(symbols, dataset=dataset._node, filename=str(self._filename),
                                             compression=self._compression)
        return _write_records(dataset._node, Context(), str(self._filename), self._compression)


# Saving positions in TF1 -----------------------------------------------------------------------------------------


class _PositionSpec:
    """The one tensor of an iterator's position."""

    def __init__(self, tensor: Any, name: str) -> None:
        self.tensor, self.name, self.slice_spec, self.dtype, self.device = tensor, name, "", dtypes.string, None


class IteratorSaveable:
    """An iterator's position for a `train.Saver`."""

    def __init__(self, resource: Any) -> None:
        self.op = resource.op
        self.name = resource.op.name
        self._resource = resource
        self.specs = [_PositionSpec(iteration.serialize_iterator_op(resource), self.name)]
        self.device = ""

    def restore(self, restored_tensors: Sequence[Any], restored_shapes: Any) -> Any:
        """The operation that takes the iterator there. It must have been initialized before."""
        return iteration.deserialize_iterator_op(self._resource, restored_tensors[0])


@_experimental("make_saveable_from_iterator")
def make_saveable_from_iterator(iterator: Any, external_state_policy: Any = None) -> Any:
    """An iterator of a graph as something that a `train.Saver` saves: put it into `GraphKeys.SAVEABLE_OBJECTS`."""
    if not isinstance(iterator, GraphIterator):
        raise TypeError(f"`iterator` must be an iterator of a graph, not {type(iterator)}")
    return IteratorSaveable(iterator._iterator_resource)


# TF1's spellings of specs ----------------------------------------------------------------------------------------


@public(v1=("data.experimental.TensorStructure",))
def tensor_structure(dtype: Any, shape: Any) -> TensorSpec:
    """The spec of a tensor."""
    return TensorSpec(shape, dtype)


@public(v1=("data.experimental.SparseTensorStructure",))
def sparse_tensor_structure(dtype: Any, shape: Any) -> SparseTensorSpec:
    """The spec of a sparse tensor."""
    return SparseTensorSpec(shape, dtype)


@public("data.experimental.enable_debug_mode", v1=("data.experimental.enable_debug_mode",))
def enable_debug_mode() -> None:
    """Accepted: errors of a dataset's functions name the line of the program anyway."""


@public("data.experimental.pad_to_cardinality")
def pad_to_cardinality(cardinality: Any, mask_key: str = "valid") -> Transformation:
    """For `apply`: dictionaries with a further key `mask_key`, true; then empty ones, false, up to `cardinality`.

    Raises TypeError for elements that are no dictionaries, ValueError where the dataset has more or the key is taken.
    """
    def applied(dataset: Any) -> Any:
        spec = dataset.element_spec
        if not isinstance(spec, dict):
            raise ValueError("`pad_to_cardinality` requires its input dataset to be a dictionary.")
        if mask_key in spec:
            raise ValueError(f"`mask_key` {mask_key!r} is a key of the elements already")
        count = dataset._node.cardinality(Context())
        wanted = int(np.asarray(getattr(cardinality, "_value", cardinality)))
        if count < 0 or count > wanted:
            raise ValueError(f"The dataset passed into `pad_to_cardinality` must contain a finite number of at most "
                             f"{wanted} elements, but has {count}")
        marked = dataset.map(lambda x: {**x, mask_key: np.True_})
        empty = {k: _blank(s) for k, s in spec.items()}
        rest = dataset.from_tensors({**empty, mask_key: np.False_}).repeat(wanted - count)
        return marked.concatenate(rest)

    return applied


def _blank(spec: Any) -> np.ndarray:
    dims = spec.shape._dims
    if dims is None or None in dims:
        raise ValueError(f"`pad_to_cardinality` requires elements of known shape, not {spec}")
    return np.full(dims, b"", object) if spec.dtype is dtypes.string else np.zeros(dims, spec.dtype.np_dtype)
