"""Variables in parts along one dimension, and the functions that say how many parts.

A partitioner is called with `shape` and `dtype` and gives the number of parts along each dimension, of which at most
one may be more than 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import EagerTensor
from hornbeam.ops import array
from hornbeam.runtime.graph_functions import group


class PartitionInfo(NamedTuple):
    """Which part of a variable an initializer is asked for."""

    full_shape: list[int]
    var_offset: list[int]


class PartitionedVariable:
    """A variable in parts. As a tensor it is the parts joined; `list(v)` gives the parts."""

    __array_priority__ = 100

    def __init__(self, name: str, shape: Sequence[int], dtype: DType, variable_list: Sequence[Any],
                 partitions: Sequence[int]) -> None:
        if not partitions or any(p <= 0 for p in partitions):
            raise ValueError(f"partition values must be positive: {partitions}")
        self._name, self._dims, self._dtype = name, tuple(shape), dtype
        self._list, self.partitions = list(variable_list), list(partitions)
        self._joined: Any = None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    @property
    def name(self) -> str:
        """The name, without a number."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The dtype."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole."""
        return TensorShape(self._dims)

    def get_shape(self) -> TensorShape:
        """The shape of the whole."""
        return self.shape

    @property
    def dims(self) -> tuple[int, ...]:
        """The shape of the whole, as a tuple."""
        return self._dims

    @property
    def axis(self) -> int:
        """The dimension along which it is in parts."""
        return _axis(self.partitions)

    @property
    def _graph_home(self) -> Any:
        return self._list[0]._graph

    def as_tensor(self) -> Any:
        """The parts joined, as a tensor."""
        return self._as_tensor(self._graph_home)

    def _as_tensor(self, graph: Any) -> Any:
        if graph is None:
            return array.concat([v.value() for v in self._list], self.axis)
        if self._joined is None:
            with graph.as_default(), graph.control_dependencies(None), graph.name_scope(None):
                joined = self._list[0].value()
                if len(self._list) > 1:
                    with graph.name_scope(f"{self._name}/ConcatPartitions/"):
                        joined = array.concat([v.value() for v in self._list], self.axis, name="concat")
                self._joined = array.identity_op(joined, name=self._name)
        return self._joined

    def _as_graph_element(self) -> Any:
        return self.as_tensor()

    def initialized_value(self) -> Any:
        """The value, usable as the initial value of other variables."""
        return self.as_tensor()

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Every part takes its part of `value`."""
        return self._each("assign", value, use_locking, name, read_value)

    def assign_add(self, value: Any, use_locking: bool = False, name: str | None = None,
                   read_value: bool = True) -> Any:
        """Every part adds its part of `value`."""
        return self._each("assign_add", value, use_locking, name, read_value)

    def assign_sub(self, value: Any, use_locking: bool = False, name: str | None = None,
                   read_value: bool = True) -> Any:
        """Every part subtracts its part of `value`."""
        return self._each("assign_sub", value, use_locking, name, read_value)

    def _each(self, method: str, value: Any, use_locking: bool, name: str | None, read_value: bool) -> Any:
        whole = array.convert(value)
        done = []
        for part, offset in zip(self._list, offsets(self._dims, self.partitions), strict=True):
            index = tuple(slice(o, o + s) for o, s in zip(offset, part.shape.as_list(), strict=True))
            done.append(getattr(part, method)(whole[index], use_locking, name, read_value))
        if read_value or isinstance(whole, EagerTensor):
            return done
        return group(*done)


def _axis(partitions: Sequence[int]) -> int:
    split = [i for i, p in enumerate(partitions) if p > 1]
    if len(split) > 1:
        raise ValueError(f"Cannot slice variable along more than one axis, partitions {list(partitions)}")
    return split[0] if split else 0


def part_sizes(size: int, parts: int) -> list[int]:
    """`size` in `parts` parts, the first ones larger by one where it does not divide."""
    return [size // parts + (i < size % parts) for i in range(parts)]


def offsets(shape: Sequence[int], partitions: Sequence[int]) -> list[list[int]]:
    """Where each part begins."""
    axis = _axis(partitions)
    found, at = [], 0
    for size in part_sizes(shape[axis], partitions[axis]):
        found.append([at if d == axis else 0 for d in range(len(shape))])
        at += size
    return found


def part_shapes(shape: Sequence[int], partitions: Sequence[int]) -> list[list[int]]:
    """The shape of each part."""
    axis = _axis(partitions)
    return [[size if d == axis else n for d, n in enumerate(shape)]
            for size in part_sizes(shape[axis], partitions[axis])]


def asked(partitioner: Callable[..., Any], name: str, shape: Sequence[int], dtype: DType) -> list[int]:
    """What a partitioner says, checked."""
    found = partitioner(shape=TensorShape(shape), dtype=dtype)
    if not isinstance(found, (list, tuple)):
        raise ValueError(f"Partitioner must return a sequence, but saw: {found}")
    if len(found) != len(shape):
        raise ValueError(f"Partitioner returned a partition list that does not match the Variable's rank: {found} vs. "
                         f"{TensorShape(shape)}")
    if any(p < 1 for p in found):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {found}")
    _axis(found)
    return [int(p) for p in found]


# Partitioners ----------------------------------------------------------------------------------------


@public(v1=("fixed_size_partitioner",))
def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Callable[..., list[int]]:
    """A partitioner that makes `num_shards` parts along `axis`, at most one an element."""
    def partitioner(shape: Any, **unused: Any) -> list[int]:
        parts = [1] * len(shape)
        parts[axis] = min(num_shards, TensorShape(shape).as_list()[axis])  # type: ignore[type-var]
        return parts

    return partitioner


@public(v1=("variable_axis_size_partitioner",))
def variable_axis_size_partitioner(max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16,
                                   max_shards: int | None = None) -> Callable[..., list[int]]:
    """A partitioner whose parts along `axis` are at most `max_shard_bytes` large, and at most `max_shards` many.

    Raises ValueError where a limit is below 1.
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError("Both max_shard_bytes and bytes_per_string_element must be positive. Currently, "
                         f"max_shard_bytes is {max_shard_bytes} and bytes_per_string_element is "
                         f"{bytes_per_string_element}")
    if max_shards is not None and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape: Any, dtype: DType) -> list[int]:
        dims = [int(d) for d in TensorShape(shape).as_list()]  # type: ignore[arg-type]
        _axis_within(axis, dims)
        size = _element_bytes(dtype, bytes_per_string_element)
        slice_bytes = size * math.prod(dims) / max(1, dims[axis])
        wanted = math.ceil(dims[axis] / max(1, math.floor(max_shard_bytes / max(1.0, slice_bytes))))
        parts = [1] * len(dims)
        parts[axis] = max(1, wanted if max_shards is None else min(max_shards, wanted))
        return parts

    return partitioner


@public(v1=("min_max_variable_partitioner",))
def min_max_variable_partitioner(max_partitions: int = 1, axis: int = 0, min_slice_size: int = 256 << 10,
                                 bytes_per_string_element: int = 16) -> Callable[..., list[int]]:
    """A partitioner that makes as many parts along `axis` as have at least `min_slice_size` bytes, up to a limit."""
    def partitioner(shape: Any, dtype: DType) -> list[int]:
        dims = [int(d) for d in TensorShape(shape).as_list()]  # type: ignore[arg-type]
        _axis_within(axis, dims)
        total = _element_bytes(dtype, bytes_per_string_element) * math.prod(dims)
        parts = [1] * len(dims)
        parts[axis] = max(1, min(dims[axis], max_partitions, math.ceil(total / min_slice_size)))
        return parts

    return partitioner


def _axis_within(axis: int, dims: Sequence[int]) -> None:
    if axis >= len(dims):
        raise ValueError(f"Cannot partition variable along axis {axis} when shape is only {TensorShape(dims)}")


def _element_bytes(dtype: Any, string_bytes: int) -> int:
    wanted = dtypes.as_dtype(dtype)
    return string_bytes if wanted.base_dtype is dtypes.string else wanted.size
