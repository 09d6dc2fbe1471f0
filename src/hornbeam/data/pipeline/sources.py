"""Where elements come from: tensors at hand, numbers, Python generators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.node import INFINITE, UNKNOWN, Context, Elements, Made, Node, Rows
from hornbeam.graph import dtypes, errors
from hornbeam.graph.convert import to_array
from hornbeam.graph.sparse_tensor import SparseTensorSpec, SparseTensorValue
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.ops.host import _as_op_error
from hornbeam.ops.ragged_tensor import RaggedTensorSpec, RaggedValue


def _tensors(leaves: Sequence[Any]) -> list[Any]:
    """The parameters among the leaves of an element, flat."""
    return [part for leaf in leaves for part in (leaf if isinstance(leaf, (SparseTensorValue, RaggedValue)) else [leaf])
            if isinstance(part, (np.ndarray, GraphTensor))]


def known(leaf: Any, context: Context) -> Any:
    if isinstance(leaf, SparseTensorValue):
        return SparseTensorValue(*[context.value(part) for part in leaf])
    if isinstance(leaf, RaggedValue):
        return RaggedValue(context.value(part) for part in leaf)
    if isinstance(leaf, GraphTensor):
        found = context.value(leaf)
        return found[()] if found.dtype == object and found.shape == () and isinstance(found[()], Made) else found
    if isinstance(leaf, Node):
        return Made(leaf, context)
    return leaf


# Whole elements ---------------------------------------------------------------------------------------


@final
class TensorsNode(Node):
    """Some elements, as they are. `leaves` of each: arrays, tensors of a graph, sparse values, nodes, None."""

    def __init__(self, elements: Sequence[Sequence[Any]], spec: Any) -> None:
        self.spec = spec
        self._elements = [list(e) for e in elements]
        self.values = tuple(t for e in self._elements for t in _tensors(e))
        self.parents = tuple(leaf for e in self._elements for leaf in e if isinstance(leaf, Node))

    def elements(self, context: Context) -> Elements:
        return ListElements([[known(leaf, context) for leaf in e] for e in self._elements])

    def cardinality(self, context: Context) -> int:
        return len(self._elements)


@final
class ListElements(Elements):
    """Elements that are all there."""

    def __init__(self, elements: Sequence[list[Any]]) -> None:
        self._elements = elements
        self._at = 0

    def next(self) -> list[Any] | None:
        if self._at >= len(self._elements):
            return None
        self._at += 1
        return list(self._elements[self._at - 1])

    def state(self) -> Any:
        return self._at

    def restore(self, state: Any) -> None:
        self._at = state


@final
class KeptNode(Node):
    """Elements that another pass gave: a window, a group."""

    def __init__(self, elements: Sequence[list[Any]], spec: Any) -> None:
        self.spec = spec
        self.kept = elements

    def elements(self, context: Context) -> Elements:
        return ListElements(self.kept)

    def cardinality(self, context: Context) -> int:
        return len(self.kept)


# Slices -----------------------------------------------------------------------------------------------


@final
class SlicesNode(Node):
    """The rows of tensors along their first dimension."""

    def __init__(self, leaves: Sequence[Any], specs: Any) -> None:
        self._leaves = list(leaves)
        self.spec = structure.map_leaves(structure.unbatched, specs)
        self.values = tuple(_tensors(leaves))
        self._dense = structure.is_dense(self.spec)

    def elements(self, context: Context) -> Elements:
        leaves = [known(leaf, context) for leaf in self._leaves]
        if self._dense:
            return SliceElements(leaves)
        return ListElements(list(_sparse_rows(leaves)))

    def cardinality(self, context: Context) -> int:
        for leaf in self._leaves:
            if isinstance(leaf, np.ndarray) or (isinstance(leaf, RaggedValue) and isinstance(leaf[1], np.ndarray)):
                return len(leaf)
            if isinstance(leaf, SparseTensorValue) and isinstance(leaf.dense_shape, np.ndarray):
                return int(leaf.dense_shape[0])
            if isinstance(leaf, GraphTensor):
                if leaf in context.values:
                    return len(context.values[leaf])
                if leaf._dims and leaf._dims[0] is not None:
                    return leaf._dims[0]
        return UNKNOWN


def _sparse_rows(leaves: Sequence[Any]) -> Iterator[list[Any]]:
    first = leaves[0]
    count = int(first.dense_shape[0]) if isinstance(first, SparseTensorValue) else len(first)
    for i in range(count):
        yield [row_of(leaf, i) for leaf in leaves]


def row_of(leaf: Any, index: int) -> Any:
    """One row of the runtime value of a leaf."""
    if isinstance(leaf, RaggedValue):
        return leaf.row(index)
    return sparse_row(leaf, index) if isinstance(leaf, SparseTensorValue) else leaf[index, ...]


def sparse_row(value: SparseTensorValue, index: int) -> SparseTensorValue:
    """One row of a sparse tensor."""
    inside = value.indices[:, 0] == index
    return SparseTensorValue(value.indices[inside][:, 1:], value.values[inside], value.dense_shape[1:])


@final
class SliceElements(Elements):
    """Rows of arrays, as views."""

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self._arrays = arrays
        self._length = len(arrays[0])
        self._at = 0
        for array in arrays[1:]:
            if len(array) != self._length:
                raise errors.InvalidArgumentError(
                    None, None, "All components must have the same size in the 0th dimension: "
                    f"{self._length} and {len(array)}")

    def next(self) -> list[Any] | None:
        at = self._at
        if at >= self._length:
            return None
        self._at = at + 1
        return [a[at, ...] for a in self._arrays]

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        at = self._at
        self._at = end = min(at + count, self._length)
        return end - at, [a[at:end] for a in self._arrays]

    @property
    def rows(self) -> Rows | None:
        return ArrayRows(self._arrays, self._at)

    def state(self) -> Any:
        return self._at

    def restore(self, state: Any) -> None:
        self._at = state


@final
class ArrayRows(Rows):
    """The rows of arrays from one on."""

    def __init__(self, arrays: Sequence[np.ndarray], start: int = 0) -> None:
        self._arrays = [a[start:] if start else a for a in arrays]
        self.length = len(self._arrays[0])

    def row(self, index: int) -> list[Any]:
        return [a[index, ...] for a in self._arrays]

    def gather(self, indices: np.ndarray) -> list[np.ndarray]:
        return [a.take(indices, axis=0) for a in self._arrays]


@final
class SparseSlicesNode(Node):
    """The rows of a sparse tensor of any rank, as `from_sparse_tensor_slices` gives them."""

    def __init__(self, value: SparseTensorValue, spec: SparseTensorSpec) -> None:
        self.spec = structure.unbatched(spec)
        self._value = value
        self.values = tuple(value)

    def elements(self, context: Context) -> Elements:
        return ListElements(list(_sparse_rows([known(self._value, context)])))

    def cardinality(self, context: Context) -> int:
        return int(self._value.dense_shape[0]) if isinstance(self._value.dense_shape, np.ndarray) else UNKNOWN


# Numbers ----------------------------------------------------------------------------------------------


@final
class RangeNode(Node):
    """Numbers from `start` to `stop` (not included) by `step`."""

    def __init__(self, start: Any, stop: Any, step: Any, dtype: dtypes.DType) -> None:
        self.spec = TensorSpec((), dtype)
        self.values = (start, stop, step)
        self._dtype = dtype.np_dtype

    def elements(self, context: Context) -> Elements:
        start, stop, step = (context.integer(v) for v in self.values)
        if not step:
            raise errors.InvalidArgumentError(None, None, "step must be a non-zero integer.")
        return RangeElements(range(start, stop, step), self._dtype)

    def cardinality(self, context: Context) -> int:
        if all(isinstance(v, np.ndarray) or v in context.values for v in self.values):
            start, stop, step = (context.integer(v) for v in self.values)
            return len(range(start, stop, step)) if step else 0
        return UNKNOWN


@final
class RangeElements(Elements):
    """The numbers of a range."""

    def __init__(self, numbers: range, dtype: Any) -> None:
        self._numbers, self._dtype = numbers, dtype
        self._at = 0

    def next(self) -> list[Any] | None:
        if self._at >= len(self._numbers):
            return None
        self._at += 1
        return [np.array(self._numbers[self._at - 1], self._dtype)]

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        part = self._numbers[self._at:self._at + count]
        self._at += len(part)
        return len(part), [np.arange(part.start, part.stop, part.step).astype(self._dtype)]

    @property
    def rows(self) -> Rows | None:
        return _RangeRows(self._numbers[self._at:], self._dtype)

    def state(self) -> Any:
        return self._at

    def restore(self, state: Any) -> None:
        self._at = state


@final
class _RangeRows(Rows):
    def __init__(self, numbers: range, dtype: Any) -> None:
        self._numbers, self._dtype = numbers, dtype
        self.length = len(numbers)

    def row(self, index: int) -> list[Any]:
        return [np.array(self._numbers[index], self._dtype)]

    def gather(self, indices: np.ndarray) -> list[np.ndarray]:
        return [(self._numbers.start + indices * self._numbers.step).astype(self._dtype)]


@final
class CounterNode(Node):
    """Numbers from `start` on by `step`, without end."""

    def __init__(self, start: Any, step: Any, dtype: dtypes.DType) -> None:
        self.spec = TensorSpec((), dtype)
        self.values = (start, step)

    def elements(self, context: Context) -> Elements:
        return _CounterElements(*[context.value(v) for v in self.values])

    def cardinality(self, context: Context) -> int:
        return INFINITE


@final
class _CounterElements(Elements):
    def __init__(self, start: np.ndarray, step: np.ndarray) -> None:
        self._now, self._step = start, step

    def next(self) -> list[Any] | None:
        now = self._now
        with np.errstate(over="ignore"):
            self._now = np.asarray(now + self._step, now.dtype)
        return [now]

    def state(self) -> Any:
        return self._now

    def restore(self, state: Any) -> None:
        self._now = state


# Python -----------------------------------------------------------------------------------------------


@final
class GeneratorNode(Node):
    """What a Python generator gives, each item checked against the spec. `arguments` are passed to it as arrays."""

    def __init__(self, generator: Callable[..., Any], spec: Any, arguments: Sequence[Any]) -> None:
        self.spec = spec
        self.values = tuple(arguments)
        self._generator = generator

    def elements(self, context: Context) -> Elements:
        given = [a[()] if a.shape == () else a.copy() for a in map(context.value, self.values)]
        return _GeneratorElements(self._generator, given, self.spec)


@final
class _GeneratorElements(Elements):
    """The generator is started with the first element. Its state is how many items it gave: they are skipped again."""

    def __init__(self, generator: Callable[..., Any], arguments: Sequence[Any], spec: Any) -> None:
        self._make = lambda: iter(generator(*arguments))
        self._spec, self._specs = spec, structure.flatten(spec)
        self._items: Iterator[Any] | None = None
        self._taken = 0

    def _start(self) -> Iterator[Any]:
        items = self._items
        if items is None:
            items = self._items = self._make()
        return items

    def next(self) -> list[Any] | None:
        try:
            item = next(self._start())
        except StopIteration:
            return None
        except errors.OpError:
            raise
        except Exception as error:
            raise as_op_error(error) from error
        self._taken += 1
        return self._element(item)

    def _element(self, item: Any) -> list[Any]:
        return [leaf_of(value, spec, item, self._spec) for value, spec in zip(_along(self._spec, item), self._specs,
                                                                             strict=True)]

    def state(self) -> Any:
        return self._taken

    def restore(self, state: Any) -> None:
        self._items = None
        self._taken = 0
        for _ in range(state):
            if next(self._start(), None) is None:
                break
        self._taken = state

    def close(self) -> None:
        close = getattr(self._items, "close", None)
        if close is not None:
            close()
        self._items = iter(())


def as_op_error(error: Exception) -> errors.OpError:
    """What a Python function of the user raised, as the error of an operation."""
    return _as_op_error(error)


def _along(spec: Any, item: Any) -> list[Any]:
    """The leaves of an item along the structure of a spec."""
    try:
        return _leaves_along(spec, item)
    except (TypeError, ValueError, KeyError) as error:
        raise errors.InvalidArgumentError(
            None, None, "TypeError: `generator` yielded an element that did not match the expected structure. The "
            f"expected structure was {structure.types_of(spec)}, but the yielded element was {item}.") from error


def _leaves_along(spec: Any, item: Any) -> list[Any]:
    if not structure.is_nested(spec):
        return [item]
    if isinstance(spec, dict) or hasattr(spec, "keys"):
        if set(spec) != set(item.keys()):
            raise ValueError("keys differ")
        return [leaf for key in sorted(spec) for leaf in _leaves_along(spec[key], item[key])]
    if not isinstance(item, tuple) or len(item) != len(spec):
        raise ValueError("no tuple of that length")
    return [leaf for s, i in zip(spec, item, strict=True) for leaf in _leaves_along(s, i)]


def leaf_of(value: Any, spec: Any, item: Any, whole: Any) -> Any:
    """A value that a generator gave as a leaf of the given spec. Raises InvalidArgumentError where it is none."""
    if isinstance(spec, SparseTensorSpec):
        parts = [value.indices, value.values, value.dense_shape]
        return SparseTensorValue(*[np.asarray(getattr(p, "_value", p)) for p in parts])
    if isinstance(spec, RaggedTensorSpec):
        parts = spec._to_components(value)
        made = [np.asarray(getattr(p, "_value", p)) for p in parts]
        return RaggedValue(made) if spec.ragged_rank else made[0]
    if not isinstance(spec, TensorSpec):
        return spec._to_runtime(value) if value is not None else None
    try:
        array = to_array(np.asarray(value._value) if hasattr(value, "_value") else value, spec.dtype)
    except (TypeError, ValueError) as error:
        raise errors.InvalidArgumentError(
            None, None, "TypeError: `generator` yielded an element that could not be converted to the expected type. "
            f"The expected type was {spec.dtype.name}, but the yielded element was {item}.") from error
    if not structure.fits(spec, array.shape):
        raise errors.InvalidArgumentError(
            None, None, f"TypeError: `generator` yielded an element of shape {array.shape} where an element of shape "
            f"{spec.shape} was expected.")
    return array


@final
class RandomNode(Node):
    """Random int64 numbers below 2³², without end."""

    def __init__(self, seeds: Sequence[Any], again: bool) -> None:
        self.spec = TensorSpec((), dtypes.int64)
        self.values, self._again = tuple(seeds), again

    def elements(self, context: Context) -> Elements:
        return _RandomElements(generator(context, self, self.values, self._again))

    def cardinality(self, context: Context) -> int:
        return INFINITE


@final
class _RandomElements(Elements):
    def __init__(self, draws: np.random.Generator) -> None:
        self._draws = draws

    def next(self) -> list[Any] | None:
        return [np.array(self._draws.integers(0, 1 << 32), np.int64)]

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        return count, [self._draws.integers(0, 1 << 32, count)]

    def state(self) -> Any:
        return random_state(self._draws)

    def restore(self, state: Any) -> None:
        set_random_state(self._draws, state)


def generator(context: Context, node: Node, seeds: Sequence[Any], again: bool) -> np.random.Generator:
    """The random numbers of one pass over a node; `again`: whether each pass has others."""
    base, number = context.start_of(node) if again else (0, 0)
    return np.random.Generator(np.random.PCG64([*(abs(context.integer(s)) for s in seeds), base, number]))


def random_state(draws: np.random.Generator) -> Any:
    """Where a generator of random numbers stands."""
    found = draws.bit_generator.state
    return [found["state"]["state"], found["state"]["inc"], found["has_uint32"], found["uinteger"]]


def set_random_state(draws: np.random.Generator, state: Any) -> None:
    """Go to where `random_state` found a generator."""
    now, inc, has, word = state
    draws.bit_generator.state = {"bit_generator": "PCG64", "state": {"state": now, "inc": inc}, "has_uint32": has,
                                 "uinteger": word}


# A dataset that a graph hands over ----------------------------------------------------------------------


@final
class BoxNode(Node):
    """A dataset that is the value of a tensor of dtype variant: an argument of a function."""

    def __init__(self, box: Any, spec: Any) -> None:
        self.spec = spec
        self.values = (box,)

    def made(self, context: Context) -> Made:
        """The dataset itself."""
        return context.value(self.values[0]).item()

    def elements(self, context: Context) -> Elements:
        return self.made(context).elements()

    def cardinality(self, context: Context) -> int:
        if isinstance(self.values[0], GraphTensor) and self.values[0] not in context.values:
            return UNKNOWN
        made = self.made(context)
        return made.node.cardinality(made.context)

