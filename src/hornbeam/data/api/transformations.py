"""Transformations of one dataset: each gives another dataset."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from hornbeam.data import structure
from hornbeam.data.api import elements
from hornbeam.data.api.options import Options
from hornbeam.data.api.specs import DatasetSpec
from hornbeam.data.pipeline import batching, iteration, keeping, mapping, order, several
from hornbeam.data.pipeline.functions import TracedFunction
from hornbeam.data.pipeline.node import UNKNOWN, Context, Node, integer_of, value_of
from hornbeam.data.pipeline.sources import RangeNode
from hornbeam.graph import dtypes, mode
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensorSpec
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec


class _Described:
    """What the transformations ask of a dataset."""

    _node: Node
    _wrap: Callable[[Node], Any]

    @abstractmethod
    def _made(self, node: Node) -> Any:
        """A dataset of the same generation."""

    @classmethod
    @abstractmethod
    def _mode(cls) -> AbstractContextManager[Any]:
        """The scope in which it decides whether a graph is built."""

    @classmethod
    @abstractmethod
    def _seeds(cls, seed: Any) -> tuple[Any, Any]:
        """The two numbers that a random order follows from."""

    def _traced(self, function: Callable[..., Any], name: str) -> TracedFunction:
        return TracedFunction(function, self._node.spec, name)


def flag(value: Any) -> np.ndarray | GraphTensor:
    """A scalar boolean parameter."""
    return value_of(value, dtypes.bool)


class Transformations(_Described):
    """The methods of a dataset that give another one, element by element or many together."""

    # Functions ------------------------------------------------------------------------------------

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None, deterministic: bool | None = None,
            synchronous: bool | None = None, use_unbounded_threadpool: bool = False, name: str | None = None) -> Any:
        """`map_func` of each element. It is traced once, as a `tf.function` is.

        map_func: takes the components of an element that is a tuple, else the element. num_parallel_calls: how many
        calls may run at a time, or AUTOTUNE. The order of elements stays the same whatever the other arguments say.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> [int(x) for x in Dataset.range(3).map(lambda x: x + 1)]
        [1, 2, 3]
        """
        if synchronous and num_parallel_calls is not None:
            raise ValueError("Cannot set both `synchronous` and `num_parallel_calls`.")
        calls = None if num_parallel_calls is None else integer_of(num_parallel_calls, "num_parallel_calls")
        return self._made(mapping.MapNode(self._node, self._traced(map_func, "Dataset.map()"), calls))

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Any:
        """The elements for which `predicate` gives true. Raises ValueError where it gives no scalar boolean.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> [int(x) for x in Dataset.range(6).filter(lambda x: x % 2 == 1)]
        [1, 3, 5]
        """
        return self._made(mapping.FilterNode(self._node, self._predicate(predicate, "Dataset.filter()")))

    def take_while(self, predicate: Callable[..., Any], name: str | None = None) -> Any:
        """The elements before the first for which `predicate` gives false."""
        return self._made(mapping.TakeWhileNode(self._node, self._predicate(predicate, "Dataset.take_while()")))

    def _predicate(self, predicate: Callable[..., Any], name: str) -> TracedFunction:
        made = self._traced(predicate, name)
        if not TensorSpec((), dtypes.bool).is_compatible_with(made.spec) if isinstance(made.spec, TensorSpec) else True:
            raise ValueError(f"Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return "
                             f"type is {made.spec}.")
        return made

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> Any:
        """The elements of the datasets that `map_func` gives for the elements, one dataset after another.

        Raises TypeError where it gives something else.
        """
        return self._made(mapping.FlatMapNode(self._node, self._datasets(map_func, "Dataset.flat_map()")))

    def interleave(self, map_func: Callable[..., Any], cycle_length: Any = None, block_length: Any = None,
                   num_parallel_calls: Any = None, deterministic: bool | None = None, name: str | None = None) -> Any:
        """The elements of the datasets that `map_func` gives: `block_length` of each in turn.

        cycle_length: how many datasets take turns, by default as many as there are cores. Raises TypeError where
        `map_func` gives something else.
        """
        block = 1 if block_length is None else block_length
        cycle = mapping.AUTOTUNE if cycle_length is None else cycle_length
        numbers = integer_of(cycle, "cycle_length"), integer_of(block, "block_length")
        for name_, value, least in (("cycle_length", numbers[0], -1), ("block_length", numbers[1], 1)):
            if isinstance(value, np.ndarray) and (value < least or value == 0):
                raise_invalid(f"{name_} must be > 0")
        calls = num_parallel_calls if isinstance(num_parallel_calls, int) else None
        if calls is not None and cycle_length is not None and isinstance(numbers[0], np.ndarray) and \
                numbers[0] != mapping.AUTOTUNE and calls > numbers[0]:
            raise_invalid("If `cycle_length` is set to a fixed value, `num_parallel_calls` must be either "
                          "`tf.data.AUTOTUNE` or a value less than or equal to `cycle_length`. However, "
                          f"`num_parallel_calls` is {calls} and `cycle_length` is {numbers[0]}")
        function = self._datasets(map_func, "Dataset.interleave()")
        return self._made(mapping.InterleaveNode(self._node, function, *numbers))

    def _datasets(self, map_func: Callable[..., Any], name: str) -> TracedFunction:
        made = self._traced(map_func, name)
        if not hasattr(made.spec, "_element_spec") or (not made.outputs.datasets and not hasattr(made.spec,
                                                                                               "_numpy_value")):
            raise TypeError(f"The `map_func` argument must return a `Dataset` object. Got {_type_of(made.spec)!r}.")
        return made

    def scan(self, initial_state: Any, scan_func: Callable[..., Any], name: str | None = None) -> Any:
        """`scan_func(state, element)` gives the next state and an element, for each element in turn.

        Raises TypeError and ValueError where the state changes its structure, dtypes or shapes.
        """
        return self._made(scanned(self._node, initial_state, scan_func))

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any], name: str | None = None) -> Any:
        """What `reduce_func(state, element)` makes of `initial_state`, element by element.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> int(Dataset.range(5).reduce(np.int64(0), lambda total, x: total + x))
        10
        """
        with self._mode():
            spec, leaves, function = stateful(self._node.spec, initial_state, reduce_func, "Dataset.reduce()", False)
            initial = elements.parts_of(leaves)
            symbols = [*self._node.symbols(), *function.captures]
            graph = mode.current_graph()
            if graph is None and not symbols and not any(isinstance(i, GraphTensor) for i in initial):
                context = Context()
                found = iteration.reduced(self._node, context, function, initial)
                return elements.from_parts(spec, [EagerTensor(f) for f in found])
            parts = structure.part_specs(spec)
            made = iteration.reduce_dataset_op(
                symbols, initial, dataset=self._node, function=function, output_types=tuple(d for _, d in parts),
                output_shapes=tuple(s for s, _ in parts), list_lengths=(len(symbols), len(initial)), name=name)
            return elements.from_parts(spec, list(made))

    def apply(self, transformation_func: Callable[..., Any]) -> Any:
        """What `transformation_func` makes of this dataset. Raises TypeError where that is no dataset."""
        made = transformation_func(self)
        if not isinstance(made, Transformations):
            raise TypeError(f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(made)}.")
        return made

    # Together and apart ---------------------------------------------------------------------------

    def batch(self, batch_size: Any, drop_remainder: Any = False, num_parallel_calls: Any = None,
              deterministic: bool | None = None, name: str | None = None) -> Any:
        """`batch_size` elements as one, stacked along a new first dimension. The last may be smaller.

        drop_remainder: whether a smaller last batch is left out. Elements of different shapes are an
        InvalidArgumentError when they are met.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> list(Dataset.range(5).batch(2, drop_remainder=True).as_numpy_iterator())
        [array([0, 1]), array([2, 3])]
        """
        return self._made(batching.BatchNode(self._node, _size(batch_size), flag(drop_remainder)))

    def padded_batch(self, batch_size: Any, padded_shapes: Any = None, padding_values: Any = None,
                     drop_remainder: Any = False, name: str | None = None) -> Any:
        """`batch_size` elements as one, each tensor filled up to the largest in the batch, or to `padded_shapes`.

        padded_shapes: a shape for each tensor, in which None or -1 stands for the largest in the batch; by default
        the static shapes. padding_values: what is filled in, for each tensor, one for all, or None for zero and "".
        Raises ValueError and TypeError for what does not fit the elements.
        """
        spec = self._node.spec
        leaves = structure.flatten(spec)
        for leaf in leaves:
            if not isinstance(leaf, TensorSpec):
                raise TypeError(f"`padded_batch` is only supported for datasets that produce tensor elements but type "
                                f"of elements in the input dataset is {_type_of(leaf)}.")
        if padded_shapes is None:
            for leaf in leaves:
                if leaf.shape.rank is None:
                    raise ValueError(f"You must provide `padded_shapes` argument because component {leaf} has unknown "
                                     "rank.")
            given = [leaf.shape for leaf in leaves]
        else:
            given = structure.flatten_shapes(spec, padded_shapes)
        shapes = [_padded_shape(g, leaf) for g, leaf in zip(given, leaves, strict=True)]
        paddings = [_padding(p, leaf) for p, leaf in zip(_paddings(padding_values, spec), leaves, strict=True)]
        return self._made(batching.PaddedBatchNode(self._node, _size(batch_size), shapes, paddings,
                                                   flag(drop_remainder)))

    def ragged_batch(self, batch_size: Any, drop_remainder: Any = False, row_splits_dtype: Any = dtypes.int64,
                     name: str | None = None) -> Any:
        """`batch_size` elements as one, where tensors whose shapes are not known become ragged.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> from hornbeam.ops.constants import range as range_of
        >>> list(Dataset.range(1, 4).map(range_of).ragged_batch(2))
        [<tf.RaggedTensor [[0], [0, 1]]>, <tf.RaggedTensor [[0, 1, 2]]>]
        """
        return self._made(batching.RaggedBatchNode(self._node, _size(batch_size), flag(drop_remainder),
                                                   dtypes.as_dtype(row_splits_dtype)))

    def sparse_batch(self, batch_size: Any, row_shape: Any, name: str | None = None) -> Any:
        """`batch_size` tensors as one `SparseTensor`, whose rows have the shape `row_shape` (-1: the largest)."""
        leaf = self._node.spec
        if not isinstance(leaf, TensorSpec):
            raise TypeError(f"`sparse_batch` requires elements that are one tensor, not {leaf}")
        return self._made(batching.SparseBatchNode(self._node, _size(batch_size), _padded_shape(row_shape, None)))

    def unbatch(self, name: str | None = None) -> Any:
        """The rows of the elements, one after another. Raises ValueError for elements without rows.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> [int(x) for x in Dataset.range(4).batch(3).unbatch()]
        [0, 1, 2, 3]
        """
        for leaf in structure.flatten(self._node.spec):
            if getattr(leaf, "shape", None) is not None and leaf.shape._dims == ():
                raise ValueError("Cannot unbatch an input with scalar components.")
        return self._made(batching.UnbatchNode(self._node))

    def rebatch(self, batch_size: Any, drop_remainder: Any = False, name: str | None = None) -> Any:
        """The rows of the elements in batches of another size; of several sizes in turn, where it is a list."""
        sizes = value_of(batch_size, None if hasattr(batch_size, "dtype") else dtypes.int64)
        return self._made(batching.RebatchNode(
            self._node, sizes.astype(np.int64) if isinstance(sizes, np.ndarray) else sizes, flag(drop_remainder)))

    def window(self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False,
               name: str | None = None) -> Any:
        """Datasets of `size` elements each.

        shift: how many elements further the next window begins, `size` by default. stride: how far apart the elements
        of a window are. drop_remainder: whether windows with fewer elements, at the end, are left out.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> windows = Dataset.range(4).window(2, shift=1, drop_remainder=True)
        >>> [[int(x) for x in w] for w in windows]
        [[0, 1], [1, 2], [2, 3]]
        """
        numbers = [integer_of(v, n) for v, n in ((size, "size"), (size if shift is None else shift, "shift"),
                                                 (stride, "stride"))]
        for name_, value in zip(("size", "shift", "stride"), numbers, strict=True):
            if isinstance(value, np.ndarray) and value <= 0:
                raise_invalid(f"Window {name_} must be greater than zero.")
        spec = structure.map_leaves(DatasetSpec, self._node.spec)
        return self._made(several.WindowNode(self._node, spec, numbers[0], numbers[1], numbers[2],
                                           flag(drop_remainder)))

    # Order ----------------------------------------------------------------------------------------

    def shuffle(self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = True,
                name: str | None = None) -> Any:
        """The elements in a random order: each is drawn from a buffer of `buffer_size`, which the next one fills up.

        For a perfect shuffle the buffer must hold all elements. seed: with `tf.random.set_seed` it determines the
        order. reshuffle_each_iteration: whether each pass over the dataset has another order.
        """
        size = integer_of(buffer_size, "buffer_size")
        if isinstance(size, np.ndarray) and size < 1 and size != UNKNOWN:
            raise_invalid("buffer_size must be greater than zero or UNKNOWN_CARDINALITY")
        again = reshuffle_each_iteration is None or bool(reshuffle_each_iteration)
        return self._made(order.ShuffleNode(self._node, size, self._seeds(seed), again))

    def repeat(self, count: Any = None, name: str | None = None) -> Any:
        """All elements, `count` times over; without end where it is None or negative."""
        return self._made(order.RepeatNode(self._node, integer_of(-1 if count is None else count, "count")))

    def take(self, count: Any, name: str | None = None) -> Any:
        """The first `count` elements; all where it is -1."""
        return self._made(order.TakeNode(self._node, integer_of(count, "count")))

    def skip(self, count: Any, name: str | None = None) -> Any:
        """All but the first `count` elements; none where it is -1."""
        return self._made(order.SkipNode(self._node, integer_of(count, "count")))

    def shard(self, num_shards: Any, index: Any, name: str | None = None) -> Any:
        """Every `num_shards`-th element, from the one with number `index` on.

        Raises InvalidArgumentError where `index` is not below `num_shards`.
        """
        number, which = integer_of(num_shards, "num_shards"), integer_of(index, "index")
        if isinstance(number, np.ndarray) and number < 1:
            raise_invalid(f"num_shards must be >= 1; got {number}")
        if isinstance(number, np.ndarray) and isinstance(which, np.ndarray) and not 0 <= which < number:
            raise_invalid(f"index must be between 0 and {number - 1}; got {which}" if which >= 0 else
                          f"Index must be >= 0, but is {which}")
        return self._made(order.ShardNode(self._node, number, which))

    def concatenate(self, dataset: Any, name: str | None = None) -> Any:
        """These elements, then those of `dataset`. Raises TypeError where they differ in structure or dtypes."""
        mine, other = self._node.spec, dataset.element_spec
        try:
            structure.assert_same(mine, other)
            spec = structure.common([mine, other])
        except (TypeError, ValueError) as error:
            raise TypeError(f"Incompatible dataset elements:\n  {mine} vs.   {other}") from error
        return self._made(several.ConcatenateNode(self._node, dataset._node, spec))

    def enumerate(self, start: Any = 0, name: str | None = None) -> Any:
        """Pairs of a number, from `start` on, and an element.

        >>> from hornbeam.data.api.dataset import Dataset
        >>> [(int(i), int(x)) for i, x in Dataset.from_tensor_slices([7, 8]).enumerate(1)]
        [(1, 7), (2, 8)]
        """
        numbers = RangeNode(integer_of(start, "start"), np.array(np.iinfo(np.int64).max, np.int64),
                            np.array(1, np.int64), dtypes.int64)
        return self._made(several.ZipNode([numbers, self._node], (numbers.spec, self._node.spec)))

    def unique(self, name: str | None = None) -> Any:
        """Each element once, where it comes first.

        Raises TypeError unless elements are int32, int64 or strings, InvalidArgumentError for several tensors.
        """
        leaves = structure.flatten(self._node.spec)
        for leaf in leaves:
            if not isinstance(leaf, TensorSpec) or leaf.dtype not in (dtypes.int32, dtypes.int64, dtypes.string):
                raise TypeError(f"`tf.data.Dataset.unique` does not support type {getattr(leaf, 'dtype', leaf)} -- "
                                "only `tf.int32`, `tf.int64`, and `tf.string` are supported.")
        if len(leaves) != 1:
            raise_invalid("UniqueDataset only supports inputs with a single component.")
        return self._made(keeping.UniqueNode(self._node))

    # Keeping, and what is only said -----------------------------------------------------------------

    def prefetch(self, buffer_size: Any, name: str | None = None) -> Any:
        """The same elements; a thread computes up to `buffer_size` of them ahead, some with AUTOTUNE."""
        size = integer_of(-1 if buffer_size is None else buffer_size, "buffer_size")
        return self._made(keeping.PrefetchNode(self._node, size))

    def ignore_errors(self, log_warning: bool = False, name: str | None = None) -> Any:
        """The elements that can be computed; the errors of others are passed over, with a warning where that is asked.
        """
        return self._made(keeping.IgnoreErrorsNode(self._node, log_warning))

    def with_options(self, options: Any, name: str | None = None) -> Any:
        """The same elements, with these `Options` besides those that were set before."""
        if not isinstance(options, Options):
            raise TypeError(f"`options` must be a `tf.data.Options`, not {options!r}")
        return self._made(keeping.OptionsNode(self._node, options))

    def get_single_element(self, name: str | None = None) -> Any:
        """The only element. Raises InvalidArgumentError where there is none, or more than one."""
        with self._mode():
            spec, symbols = self._node.spec, self._node.symbols()
            if not symbols and mode.current_graph() is None:
                return elements.to_user(spec, iteration.single_element(self._node, Context()))
            parts = structure.part_specs(spec)
            made = iteration.single_element_op(symbols, dataset=self._node, output_types=tuple(d for _, d in parts),
                                               output_shapes=tuple(s for s, _ in parts), name=name)
            return elements.from_parts(spec, list(made))


# Functions with a state ---------------------------------------------------------------------------------


def stateful(spec: Any, initial: Any, function: Callable[..., Any], name: str, gives_element: bool) -> Any:
    """The spec and leaves of an initial state, and the traced function of it and an element.

    The state's shapes are made more general until the function keeps to them. Raises TypeError where it changes the
    state's structure or dtypes.
    """
    state_spec, leaves = elements.normalized(initial)
    while True:
        made = TracedFunction(function, (state_spec, spec), name)
        found = made.spec
        if gives_element:
            if type(found) is not tuple or len(found) != 2:
                raise TypeError("The scan function must return a pair comprising the new state and the output value.")
            found = found[0]
        found = structure.pack(state_spec, structure.flatten(found)) if _alike(state_spec, found) else _differ(
            state_spec, found, name)
        wider = [_wider(a, b, name) for a, b in zip(structure.flatten(state_spec), structure.flatten(found),
                                                    strict=True)]
        if wider == structure.flatten(state_spec):
            return state_spec, leaves, made
        state_spec = structure.pack(state_spec, wider)


def _alike(one: Any, other: Any) -> bool:
    try:
        structure.assert_same(one, other)
    except (TypeError, ValueError):
        return False
    return True


def _differ(one: Any, other: Any, name: str) -> Any:
    raise TypeError(f"The element types for the new state must match the initial state in {name}. Expected {one}; got "
                    f"{other}.")


def _wider(one: Any, other: Any, name: str) -> Any:
    if isinstance(one, (TensorSpec, SparseTensorSpec)) and type(one) is type(other):
        if one.dtype is not other.dtype:
            raise TypeError(f"The element types for the new state must match the initial state in {name}. Expected "
                            f"{one.dtype}; got {other.dtype}.")
        return structure.with_shape(one, one.shape.most_specific_compatible_shape(other.shape))
    if one != other:
        _differ(one, other, name)
    return one


def scanned(node: Node, initial: Any, function: Callable[..., Any]) -> Node:
    """The node of `scan`."""
    spec, leaves, made = stateful(node.spec, initial, function, "Dataset.scan()", True)
    return mapping.ScanNode(node, made, leaves, structure.flatten(spec), made.spec[1])


# Arguments ----------------------------------------------------------------------------------------------


def raise_invalid(text: str) -> None:
    """Raises InvalidArgumentError, as the operation would."""
    raise InvalidArgumentError(None, None, text)


def _size(batch_size: Any) -> Any:
    size = integer_of(batch_size, "batch_size")
    if isinstance(size, np.ndarray) and size <= 0:
        raise_invalid("Batch size must be greater than zero.")
    return size


def _type_of(spec: Any) -> Any:
    return getattr(spec, "value_type", type(spec))


def _padded_shape(given: Any, leaf: Any) -> Any:
    """A shape as an int64 array with -1 for what the batch says; a tensor of a graph stays one."""
    if isinstance(given, GraphTensor):
        return value_of(given)
    if hasattr(given, "_value"):
        given = np.asarray(given._value)
    if isinstance(given, np.ndarray):
        dims: Sequence[Any] = given.tolist()
    else:
        found = TensorShape([None if d == -1 else d for d in given] if isinstance(given, (list, tuple)) else given)
        if found._dims is None:
            raise ValueError(f"Padded shape {given} must be a vector of dimensions.")
        dims = found._dims
    shape = np.array([-1 if d is None else int(d) for d in dims], np.int64)
    if leaf is not None and leaf.shape._dims is not None:
        static = leaf.shape._dims
        if len(static) != len(shape):
            raise ValueError(f"The padded shape {tuple(dims)} is not compatible with the shape {leaf.shape} of the "
                             "corresponding input component.")
        for want, have in zip(shape.tolist(), static, strict=True):
            if want != -1 and have is not None and have > want:
                raise ValueError(f"The padded shape {tuple(dims)} is not compatible with the shape {leaf.shape} of "
                                 "the corresponding input component.")
    return shape


def _paddings(given: Any, spec: Any) -> list[Any]:
    leaves = structure.flatten(spec)
    if given is None:
        return [None] * len(leaves)
    if not structure.is_nested(given) and structure.is_nested(spec):
        return [given] * len(leaves)
    found = structure.flatten(given)
    if len(found) != len(leaves):
        structure.assert_same(spec, given)
    return found


def _padding(given: Any, leaf: TensorSpec) -> Any:
    if given is None:
        return np.array(b"", object) if leaf.dtype is dtypes.string else np.zeros((), leaf.dtype.np_dtype)
    try:
        made = value_of(given, None if hasattr(given, "dtype") else leaf.dtype)
    except TypeError:
        made = value_of(given)
    dtype = made.dtype if isinstance(made, np.ndarray) else made.dtype.np_dtype
    shape = made.shape if isinstance(made, np.ndarray) else (made._dims or ())
    if len(shape):
        raise ValueError(f"Padding value should be a scalar, but is {given}.")
    if dtype != leaf.dtype.np_dtype:
        raise TypeError(f"Invalid `padding_values`. `padding_values` values type {dtype} does not match type "
                        f"{leaf.dtype.name} of the corresponding input component.")
    return made

