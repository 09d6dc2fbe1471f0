"""Static shapes: what is known of a tensor's size before anything runs.

Inside Hornbeam a static shape is a plain value, `Dims`: a tuple with None where a
size is unknown, or None where not even the rank is known.  `TensorShape` is the
face that users see.  It comes in two flavours that differ only in what one
dimension looks like: `TensorShape` gives ints and None, `TensorShapeV1` gives
`Dimension`s, as TensorFlow 1 did.  A shape made from another keeps its flavour.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from math import prod
from typing import Any, Self, TypeAlias

from hornbeam.graph.dimension import Dimension, as_dimension, size_of

__all__ = [
    "Dimension",
    "Dims",
    "TensorShape",
    "TensorShapeV1",
    "as_dimension",
    "as_dims",
    "as_shape",
    "broadcast_static",
    "dimension_at_index",
    "dimension_value",
    "unknown_shape",
]

Dims: TypeAlias = tuple[int | None, ...] | None


def as_dims(value: Any) -> Dims:
    """The dimensions that `value` names.

    value: None (unknown rank), a shape, its protobuf, one dimension, or an iterable of dimensions,
    each an int, None, a `Dimension` or anything with `__index__`.  ValueError for a
    negative dimension, TypeError for what is no dimension.

    >>> as_dims([None, 784]), as_dims(3), as_dims(None)
    ((None, 784), (3,), None)
    """
    if value is None:
        return None
    if isinstance(value, TensorShape):
        return value._dims
    if isinstance(value, str | bytes):
        raise TypeError(f"Failed to convert {value!r} to a shape: it is no dimension and no list of them.")
    if isinstance(value, Dimension):
        return (value.value,)
    if hasattr(value, "unknown_rank") and hasattr(value, "dim"):  # a TensorShapeProto
        return None if value.unknown_rank else tuple(None if d.size < 0 else d.size for d in value.dim)
    try:
        sizes = iter(value)
    except TypeError:
        return (size_of(value),)
    return tuple(size_of(size) for size in sizes)


class TensorShape:
    """The static shape of a tensor: known, partly known, or of unknown rank.

    dims: None for an unknown rank, or a list of sizes with None where one is
    unknown; what `as_dims` takes.  Compares equal to lists and tuples.

    >>> TensorShape([None, 784]).concatenate([10])
    TensorShape([None, 784, 10])
    >>> TensorShape([None, 784]).merge_with([32, None])
    TensorShape([32, 784])
    >>> TensorShape(None).rank is None, TensorShape([2, 3]) == (2, 3)
    (True, True)
    """

    __slots__ = ("__weakref__", "_dims")

    _dims: Dims

    def __init__(self, dims: Any) -> None:
        self._dims = as_dims(dims)

    @classmethod
    def from_dims(cls, dims: Dims) -> Self:
        """The shape of dimensions that are already a tuple of ints and None, unchecked."""
        shape = object.__new__(cls)
        shape._dims = dims
        return shape

    def as_proto(self) -> Any:
        """The `TensorShapeProto`."""
        from hornbeam.graph.messages.tensor_shape_pb2 import TensorShapeProto
        if self._dims is None:
            return TensorShapeProto(unknown_rank=True)
        return TensorShapeProto(dim=[TensorShapeProto.Dim(size=-1 if d is None else d) for d in self._dims])

    # What one dimension, and so the whole shape, looks like: all that the flavours differ in.

    _unknown = "None"

    @staticmethod
    def _item(size: int | None) -> Any:
        return size

    # What is known.

    @property
    def rank(self) -> int | None:
        """The number of dimensions, or None where it is unknown."""
        return None if self._dims is None else len(self._dims)

    @property
    def ndims(self) -> int | None:
        """The number of dimensions, or None where it is unknown."""
        return self.rank

    @property
    def dims(self) -> list[Dimension] | None:
        """The dimensions as a list of `Dimension`s, or None for an unknown rank."""
        return None if self._dims is None else [Dimension(size) for size in self._dims]

    def as_list(self) -> list[int | None]:
        """The dimensions as a list of ints and None.  ValueError for an unknown rank."""
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def num_elements(self) -> int | None:
        """The number of elements, or None where it is not fully known."""
        return prod(self._dims) if is_known(self._dims) else None  # type: ignore[arg-type]

    def is_fully_defined(self) -> bool:
        """Whether every dimension is known."""
        return is_known(self._dims)

    def assert_is_fully_defined(self) -> None:
        """ValueError unless every dimension is known."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    # Rank.

    def with_rank(self, rank: int) -> Self:
        """This shape, which must have this rank; `rank` unknown dimensions if its rank is unknown."""
        if self._dims is None:
            return self.from_dims((None,) * rank)
        self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank: int) -> Self:
        """This shape; ValueError if its rank is known and smaller than `rank`."""
        if self._dims is not None and len(self._dims) < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> Self:
        """This shape; ValueError if its rank is known and greater than `rank`."""
        if self._dims is not None and len(self._dims) > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def assert_has_rank(self, rank: int) -> None:
        """ValueError if the rank is known and not `rank`."""
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other: Any) -> None:
        """ValueError if both ranks are known and differ."""
        other = as_shape(other)
        if None not in (self.rank, other.rank) and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    # Two shapes.

    def is_compatible_with(self, other: Any) -> bool:
        """Whether one tensor could have both shapes."""
        theirs = as_dims(other)
        if self._dims is None or theirs is None:
            return True
        return len(self._dims) == len(theirs) and all(
            a is None or b is None or a == b for a, b in zip(self._dims, theirs, strict=True)
        )

    def assert_is_compatible_with(self, other: Any) -> None:
        """ValueError unless one tensor could have both shapes."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def is_subtype_of(self, other: Any) -> bool:
        """Whether every tensor of this shape also has the shape `other`, a `TensorShape`."""
        if not isinstance(other, TensorShape):
            return False
        if other._dims is None:
            return True
        if self._dims is None or len(self._dims) != len(other._dims):
            return False
        return all(b is None or a == b for a, b in zip(self._dims, other._dims, strict=True))

    def merge_with(self, other: Any) -> Self:
        """What both shapes together say.  ValueError if they contradict each other."""
        theirs = as_dims(other)
        if self._dims is None or theirs is None:
            return self.from_dims(theirs if self._dims is None else self._dims)
        if not self.is_compatible_with(theirs):
            raise ValueError(f"Shapes {self} and {self.from_dims(theirs)} are not compatible")
        merged = (b if a is None else a for a, b in zip(self._dims, theirs, strict=True))
        return self.from_dims(tuple(merged))

    def most_specific_compatible_shape(self, other: Any) -> Self:
        """The narrowest shape that tensors of either shape have."""
        theirs = as_dims(other)
        if self._dims is None or theirs is None or len(self._dims) != len(theirs):
            return self.from_dims(None)
        common = (a if a == b else None for a, b in zip(self._dims, theirs, strict=True))
        return self.from_dims(tuple(common))

    def concatenate(self, other: Any) -> Self:
        """The dimensions of this shape and then those of `other`."""
        theirs = as_dims(other)
        if self._dims is None or theirs is None:
            return self.from_dims(None)
        return self.from_dims(self._dims + theirs)

    __concat__ = concatenate

    def __add__(self, other: Any) -> Self:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> Self:
        return type(self)(other).concatenate(self)

    # As a sequence.

    def __len__(self) -> int:
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self) -> bool:
        return self._dims is not None

    def __iter__(self) -> Iterator[Any]:
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return map(self._item, self._dims)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return self.from_dims(_slice_of_unknown(key) if self._dims is None else self._dims[key])
        return self._item(None if self._dims is None else self._dims[key])

    def __eq__(self, other: object) -> bool:
        try:
            return self._dims == as_dims(other)
        except TypeError:
            return NotImplemented
        except ValueError:
            return False

    def __hash__(self) -> int:
        return hash(self._dims)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._dims,)

    def __repr__(self) -> str:
        return f"TensorShape({None if self._dims is None else list(self)!r})"

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        sizes = [self._unknown if size is None else str(size) for size in self._dims]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


class TensorShapeV1(TensorShape):
    """A `TensorShape` whose dimensions are `Dimension`s.

    >>> shape = TensorShapeV1([None, 784])
    >>> shape[1].value, shape[0].value, str(shape)
    (784, None, '(?, 784)')
    """

    __slots__ = ()

    _unknown = "?"

    @staticmethod
    def _item(size: int | None) -> Dimension:
        return Dimension(size)


def as_shape(value: Any) -> TensorShape:
    """`value` as a `TensorShape`; one that is a shape already is returned as it is."""
    return value if isinstance(value, TensorShape) else TensorShape(value)


def unknown_shape(rank: int | None = None) -> TensorShape:
    """A shape with `rank` unknown dimensions, or of unknown rank.

    >>> unknown_shape(2), unknown_shape()
    (TensorShape([None, None]), TensorShape(None))
    """
    return TensorShape.from_dims(None if rank is None else (None,) * rank)


def dimension_value(dimension: Any) -> int | None:
    """The size of a dimension of either flavour."""
    return dimension.value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """The dimension of a shape of either flavour; an unknown one where the rank is unknown."""
    return Dimension(None if shape._dims is None else shape._dims[index])


def is_known(dims: Dims) -> bool:
    """Whether every dimension is known."""
    return dims is not None and None not in dims


def _slice_of_unknown(key: slice) -> Dims:
    """What a slice of a shape of unknown rank says: at most how many dimensions it has."""
    if key.step is not None:
        raise ValueError("Steps are not yet handled")
    start, stop = key.start, key.stop
    start = 0 if start is None else operator.index(start)
    if stop is None or (stop := operator.index(stop)) < 0 or start < 0:
        return None
    return (None,) * max(0, stop - start)


def broadcast_static(a: Dims, b: Dims) -> Dims:
    """The shape of an elementwise operation on shapes `a` and `b`, by NumPy's rule.

    A dimension of size 1 takes the other's size.  An unknown one beside a size other
    than 1 must turn out to be that size or 1, so the result has that size.
    ValueError where two sizes differ and neither is 1.

    >>> broadcast_static((None, 1, 3), (4, 1)), broadcast_static((2,), None)
    ((None, 4, 3), None)
    """
    if a is None or b is None:
        return None
    if a == b:
        return a
    shorter, longer = (a, b) if len(a) < len(b) else (b, a)
    lead = len(longer) - len(shorter)
    result = list(longer[:lead])
    for x, y in zip(longer[lead:], shorter, strict=True):
        if x == y or y == 1:
            result.append(x)
        elif x is None or x == 1:
            result.append(y)
        elif y is None:
            result.append(x)
        else:
            raise ValueError(
                "Incompatible shapes for broadcasting: "
                f"{TensorShape.from_dims(a)} and {TensorShape.from_dims(b)}."
            )
    return tuple(result)
