"""RaggedTensor: rows of different lengths, kept one after the other, with the places where each row begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.dtypes import DType
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec

_CONSTRUCTOR = "RaggedTensor constructor is private; please use one of the factory methods instead (e.g., " \
               "RaggedTensor.from_row_lengths())"
rules: dict[str, Callable[..., Any]] = {}
"""What the methods and the calls of ops are: `ragged.py` and `ragged_calls.py` fill it in."""


@public(v2=("RaggedTensor",))
class RaggedTensor:
    """A tensor whose rows have different lengths. Made by `ragged.constant` and the `from_…` methods.

    Its `values` hold all rows one after the other; `row_splits` [rows + 1] says where each begins and the last ends.
    Where `values` is ragged too, more than one dimension is.

    >>> rows = RaggedTensor.from_row_lengths([3, 1, 4], [2, 0, 1])
    >>> rows
    <tf.RaggedTensor [[3, 1], [], [4]]>
    >>> rows.to_tensor().numpy().tolist()
    [[3, 1], [0, 0], [4, 0]]
    """

    def __init__(self, values: Any, row_partition: Any, internal: bool = False) -> None:
        if internal is not True:
            raise ValueError(_CONSTRUCTOR)
        self._values, self._row_splits = values, row_partition

    # Made --------------------------------------------------------------------------------------------

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True) -> Self:
        """Rows that begin and end at these places, int [rows + 1]. Raises ValueError for what cannot be such places.

        validate: check the places where they have values: the first is 0, none is less than the one before.
        """
        splits = _splits(row_splits)
        if splits.shape.rank not in (1, None):
            raise ValueError(f"Shape {splits.shape} must have rank 1")
        made = _values(values)
        if validate and type(splits) is EagerTensor:
            _check(splits.numpy(), made)
        return cls(made, splits, True)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True) -> Self:
        """Rows of these lengths, int [rows]."""
        return cls.from_row_splits(values, rules["lengths_to_splits"](_splits(row_lengths)), validate=validate)

    @classmethod
    def from_row_starts(cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True) -> Self:
        """Rows that begin at these places, int [rows]."""
        made = _values(values)
        return cls.from_row_splits(made, rules["with_end"](_splits(row_starts), made), validate=validate)

    @classmethod
    def from_row_limits(cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True) -> Self:
        """Rows that end before these places, int [rows]."""
        return cls.from_row_splits(values, rules["with_start"](_splits(row_limits)), validate=validate)

    @classmethod
    def from_value_rowids(cls, values: Any, value_rowids: Any, nrows: Any = None, name: str | None = None,
                          validate: bool = True) -> Self:
        """Values of these rows, int [values], never less than the one before. nrows: how many rows there are."""
        return cls.from_row_splits(values, rules["rowids_to_splits"](_splits(value_rowids), nrows), validate=validate)

    @classmethod
    def from_uniform_row_length(cls, values: Any, uniform_row_length: Any, nrows: Any = None, validate: bool = True,
                                name: str | None = None) -> Self:
        """Rows of one length."""
        made = _values(values)
        return cls.from_row_splits(made, rules["uniform_splits"](made, uniform_row_length, nrows), validate=validate)

    @classmethod
    def from_nested_row_splits(cls, flat_values: Any, nested_row_splits: Any, name: str | None = None,
                               validate: bool = True) -> Any:
        """Rows of rows: the places of the outermost dimension first."""
        made = flat_values
        for splits in reversed(list(nested_row_splits)):
            made = cls.from_row_splits(made, splits, validate=validate)
        return made

    @classmethod
    def from_nested_row_lengths(cls, flat_values: Any, nested_row_lengths: Any, name: str | None = None,
                                validate: bool = True) -> Any:
        """Rows of rows, by their lengths: those of the outermost dimension first."""
        made = flat_values
        for lengths in reversed(list(nested_row_lengths)):
            made = cls.from_row_lengths(made, lengths, validate=validate)
        return made

    @classmethod
    def from_nested_value_rowids(cls, flat_values: Any, nested_value_rowids: Any, nested_nrows: Any = None,
                                 name: str | None = None, validate: bool = True) -> Any:
        """Rows of rows, by the rows of their values: those of the outermost dimension first.

        nested_nrows: how many rows each dimension has. Raises ValueError where there are not as many of both.
        """
        rowids = list(nested_value_rowids)
        counts = [None] * len(rowids) if nested_nrows is None else list(nested_nrows)
        if len(counts) != len(rowids):
            raise ValueError("Argument `nested_nrows` must have the same length as argument `nested_value_rowids`. "
                             f"len(nested_nrows) = {len(counts)} vs. len(nested_values_rowids) = {len(rowids)}.")
        made = flat_values
        for ids, count in zip(reversed(rowids), reversed(counts), strict=True):
            made = cls.from_value_rowids(made, ids, count, validate=validate)
        return made

    @classmethod
    def from_tensor(cls, tensor: Any, lengths: Any = None, padding: Any = None, ragged_rank: int = 1,
                    name: str | None = None, row_splits_dtype: Any = dtypes.int64) -> Self:
        """The rows of a tensor: whole, of these lengths, or without the `padding` at their ends."""
        return rules["from_tensor"](tensor, lengths, padding, ragged_rank, row_splits_dtype)

    @classmethod
    def from_sparse(cls, st_input: Any, name: str | None = None, row_splits_dtype: Any = dtypes.int64) -> Self:
        """The rows of a sparse matrix whose elements stand at the left."""
        rowids = st_input.indices[:, 0]
        return cls.from_value_rowids(st_input.values, rules["cast"](rowids, row_splits_dtype), st_input.dense_shape[0])

    # What it is ---------------------------------------------------------------------------------------

    @property
    def values(self) -> Any:
        """All rows one after the other: a tensor, or a ragged one."""
        return self._values

    @property
    def row_splits(self) -> Any:
        """Where each row begins in `values`, and where the last ends: [rows + 1]."""
        return self._row_splits

    @property
    def flat_values(self) -> Any:
        """The innermost values, a tensor."""
        return self._values.flat_values if isinstance(self._values, RaggedTensor) else self._values

    @property
    def nested_row_splits(self) -> tuple[Any, ...]:
        """The places of each ragged dimension, the outermost first."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensor) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self) -> int:
        """How many dimensions may be ragged."""
        return len(self.nested_row_splits)

    @property
    def uniform_row_length(self) -> None:
        """The length of all rows where it is known to be one: it is not."""
        return None

    @property
    def dtype(self) -> DType:
        """The dtype of the values."""
        return self._values.dtype

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape: None for dimensions that are ragged."""
        dims = self._row_splits.shape._dims
        rows = None if not dims or dims[0] is None else dims[0] - 1
        inner = self._values.shape._dims
        return TensorShape(None if inner is None else (rows, None, *inner[1:]))

    def get_shape(self) -> TensorShape:
        """What is known of the shape."""
        return self.shape

    @property
    def _dims(self) -> Any:
        return self.shape._dims

    dims = _dims

    def nrows(self, out_type: Any = None, name: str | None = None) -> Any:
        """The number of rows."""
        return rules["nrows"](self, out_type)

    def row_starts(self, name: str | None = None) -> Any:
        """Where each row begins: [rows]."""
        return self._row_splits[:-1]

    def row_limits(self, name: str | None = None) -> Any:
        """Where each row ends: [rows]."""
        return self._row_splits[1:]

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """How long each row is; of a deeper axis, ragged."""
        if axis == 0:
            return self.nrows()
        if axis == 1:
            return self._row_splits[1:] - self._row_splits[:-1]
        return self.with_values(self._values.row_lengths(axis - 1))

    def nested_row_lengths(self, name: str | None = None) -> tuple[Any, ...]:
        """How long the rows of each ragged dimension are."""
        return tuple(splits[1:] - splits[:-1] for splits in self.nested_row_splits)

    def value_rowids(self, name: str | None = None) -> Any:
        """The row of each value: [values]."""
        return rules["value_rowids"](self._row_splits)

    def nested_value_rowids(self, name: str | None = None) -> tuple[Any, ...]:
        """The same for each ragged dimension."""
        return tuple(rules["value_rowids"](splits) for splits in self.nested_row_splits)

    def bounding_shape(self, axis: Any = None, name: str | None = None, out_type: Any = None) -> Any:
        """The shape of the smallest tensor that holds it, or its size along some axes."""
        return rules["bounding_shape"](self, axis, out_type)

    # Changed ------------------------------------------------------------------------------------------

    def with_values(self, new_values: Any) -> RaggedTensor:
        """The same rows of other values."""
        return RaggedTensor(_values(new_values), self._row_splits, True)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """The same rows of other innermost values."""
        inner = self._values.with_flat_values(new_values) if isinstance(self._values, RaggedTensor) else new_values
        return self.with_values(inner)

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """The same with places of another dtype, int32 or int64."""
        inner = self._values.with_row_splits_dtype(dtype) if isinstance(self._values, RaggedTensor) else self._values
        return RaggedTensor(inner, rules["cast"](self._row_splits, dtype), True)

    def merge_dims(self, outer_axis: int, inner_axis: int) -> Any:
        """The dimensions from `outer_axis` to `inner_axis` as one."""
        return rules["merge_dims"](self, outer_axis, inner_axis)

    def to_tensor(self, default_value: Any = None, name: str | None = None, shape: Any = None) -> Any:
        """A tensor as wide as the longest row, with `default_value` (zero, the empty string) after the shorter ones.

        shape: cut or widened to this; None where it follows from the rows.
        """
        return rules["to_tensor"](self, default_value, shape)

    def to_sparse(self, name: str | None = None) -> Any:
        """A sparse tensor of the same elements."""
        return rules["to_sparse"](self)

    def to_list(self) -> list[Any]:
        """Nested lists. Raises ValueError where it has no value yet."""
        if not all(type(t) is EagerTensor for t in self._flat()):
            raise ValueError("to_list can only be used in eager mode.")
        splits = self._row_splits.numpy().tolist()
        inner = self._values.to_list() if isinstance(self._values, RaggedTensor) else self._values.numpy().tolist()
        return [inner[a:b] for a, b in pairwise(splits)]

    def numpy(self) -> np.ndarray:
        """An array of the rows' arrays; an ordinary one where all rows are equally long."""
        splits = self._row_splits.numpy().tolist()
        inner = self._values.numpy()
        rows = [inner[a:b] for a, b in pairwise(splits)]
        if rows and len({row.shape for row in rows}) == 1:
            found = np.empty((len(rows), *rows[0].shape), inner.dtype)
        else:
            found = np.empty(len(rows), object)
        for i, row in enumerate(rows):
            found[i] = row
        return found

    def consumers(self) -> list[Any]:
        """The operations that use the values."""
        return self.flat_values.consumers()

    # How the rest of the framework sees it --------------------------------------------------------

    def _flat(self) -> list[Any]:
        return [self.flat_values, *self.nested_row_splits]

    @property
    def _graph_home(self) -> Any:
        flat = self.flat_values
        return flat.op.graph if isinstance(flat, GraphTensor) else None

    def _parts(self) -> tuple[list[Any], Callable[[list[Any]], Any]]:
        return self._flat(), lambda given: RaggedTensor.from_nested_row_splits(given[0], given[1:], validate=False)

    def _as_tensor(self, graph: Any) -> Any:
        return self  # so that functions hand it on to the op, whose call it takes over

    def _take_call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return rules["call"](function, args, kwargs)

    @property
    def _type_spec(self) -> RaggedTensorSpec:
        return RaggedTensorSpec(self.shape, self.dtype, self.ragged_rank, self._row_splits.dtype)

    def __getitem__(self, key: Any) -> Any:
        return rules["getitem"](self, key)

    def __len__(self) -> int:
        return len(self._row_splits) - 1

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        if all(type(t) is EagerTensor for t in self._flat()):
            return f"<tf.RaggedTensor {_text(self.numpy())}>"
        return f"tf.RaggedTensor(values={self._values}, row_splits={self._row_splits})"

    def __bool__(self) -> bool:
        raise TypeError("RaggedTensor may not be used as a boolean.")

    __hash__ = object.__hash__


def _text(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return str(value)
    if not value.size:
        return str(value.tolist())
    return np.array2string(value, separator=", ", formatter={"all": _text})


def _splits(value: Any) -> Any:
    found = convert_to_tensor(value, dtype_hint=dtypes.int64)
    return found if found.dtype in (dtypes.int32, dtypes.int64) else rules["cast"](found, dtypes.int64)


def _values(value: Any) -> Any:
    return value if isinstance(value, RaggedTensor) else convert_to_tensor(value)


def _check(splits: np.ndarray, values: Any) -> None:
    from hornbeam.graph.errors import InvalidArgumentError
    if not splits.size or splits[0] != 0:
        raise InvalidArgumentError(None, None, "Arguments to _from_row_partition do not form a valid RaggedTensor: the "
                                               "first of `row_splits` must be zero")
    if (np.diff(splits) < 0).any():
        raise InvalidArgumentError(None, None, "Arguments to _from_row_partition do not form a valid RaggedTensor: "
                                               "`row_splits` must not decrease")
    dims = values.shape._dims
    if dims and dims[0] is not None and splits[-1] != dims[0]:
        raise InvalidArgumentError(None, None, "Arguments to _from_row_partition do not form a valid RaggedTensor: the "
                                               f"rows end at {splits[-1]} and there are {dims[0]} values")


@public(v2=("RaggedTensorSpec",))
class RaggedTensorSpec(TypeSpec):
    """What is known of a `RaggedTensor` before it is there: its shape, dtype, ragged dimensions and their dtype."""

    __slots__ = ("_dtype", "_ragged_rank", "_row_splits_dtype", "_shape")

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32, ragged_rank: int | None = None,
                 row_splits_dtype: Any = dtypes.int64, flat_values_spec: Any = None) -> None:
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        rank = self._shape.rank
        if ragged_rank is None:
            if rank is None:
                raise ValueError("Must specify ragged_rank or a shape with known rank.")
            ragged_rank = rank - 1
        if rank is not None and ragged_rank >= rank:
            raise ValueError(f"Argument `ragged_rank` ({ragged_rank}) must be less than rank ({rank}).")
        self._ragged_rank = ragged_rank

    @classmethod
    def from_value(cls, value: RaggedTensor) -> RaggedTensorSpec:
        """The spec of a `RaggedTensor`."""
        return value._type_spec

    @property
    def value_type(self) -> Any:
        """The class of the values; `Tensor` where no dimension is ragged."""
        return RaggedTensor

    @property
    def dtype(self) -> DType:
        """The dtype of the values."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape."""
        return self._shape

    @property
    def ragged_rank(self) -> int:
        """How many dimensions may be ragged."""
        return self._ragged_rank

    @property
    def row_splits_dtype(self) -> DType:
        """The dtype of the places where rows begin."""
        return self._row_splits_dtype

    @property
    def flat_values_spec(self) -> None:
        """The spec of the innermost values where that is no tensor's: None."""
        return None

    def _serialize(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._ragged_rank, self._row_splits_dtype

    @property
    def _component_specs(self) -> Any:
        dims = self._shape._dims
        inner = None if dims is None else (None, *dims[self._ragged_rank + 1:])
        rows = None if dims is None or dims[0] is None else dims[0] + 1
        splits = [TensorSpec([rows if i == 0 else None], self._row_splits_dtype) for i in range(self._ragged_rank)]
        return [TensorSpec(inner, self._dtype), *splits]

    def _to_components(self, value: Any) -> Any:
        return value._flat() if self._ragged_rank else [value]

    def _from_components(self, components: Any) -> Any:
        return RaggedTensor.from_nested_row_splits(components[0], components[1:], validate=False)

    # Elements of datasets: a row of a ragged tensor has one ragged dimension less, and may have none.

    def _changed(self, dims: Any, ragged_rank: int) -> RaggedTensorSpec:
        return RaggedTensorSpec(dims, self._dtype, ragged_rank, self._row_splits_dtype)

    def _batch(self, size: int | None) -> RaggedTensorSpec:
        dims = self._shape._dims
        return self._changed(None if dims is None else (size, *dims), self._ragged_rank + 1)

    def _unbatch(self) -> Any:
        dims = self._shape._dims
        if not self._ragged_rank:
            return TensorSpec(None if dims is None else dims[1:], self._dtype)
        return self._changed(None if dims is None else dims[1:], self._ragged_rank - 1)

    def _stack(self, values: Sequence[Any]) -> RaggedValue:
        """The runtime values of elements as that of a batch."""
        dtype = self._row_splits_dtype.np_dtype
        if not self._ragged_rank:
            inner = np.concatenate(values)
            return RaggedValue((inner, np.cumsum([0, *map(len, values)]).astype(dtype)))
        values = [_uniform(v, self._ragged_rank) if isinstance(v, np.ndarray) else v for v in values]
        levels = [np.cumsum([0, *(len(v[1]) - 1 for v in values)])]
        for level in range(1, self._ragged_rank + 1):
            ends = np.cumsum([0, *(v[level][-1] for v in values)])
            levels.append(np.concatenate([[0], *(v[level][1:] + end for v, end in zip(values, ends, strict=False))]))
        return RaggedValue((np.concatenate([v[0] for v in values]), *(found.astype(dtype) for found in levels)))


def _uniform(value: np.ndarray, ragged_rank: int) -> RaggedValue:
    """An array as a ragged value, all of whose rows are equally long."""
    counts = [int(np.prod(value.shape[:i + 1])) for i in range(ragged_rank)]
    splits = [np.arange(count + 1) * value.shape[i + 1] for i, count in enumerate(counts)]
    return RaggedValue((value.reshape(-1, *value.shape[ragged_rank + 1:]), *splits))


class RaggedValue(tuple[Any, ...]):
    """A ragged tensor in a dataset that runs: the innermost values and the places of each ragged dimension, arrays."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self[1]) - 1

    def row(self, index: int) -> Any:
        """One row: a value with one ragged dimension less, an array where none is left."""
        start, end = (int(self[1][i]) for i in (index, index + 1))
        splits = []
        for inner in self[2:]:
            found = inner[start:end + 1]
            start, end = int(found[0]), int(found[-1])
            splits.append(found - start)
        return RaggedValue((self[0][start:end], *splits)) if splits else self[0][start:end]
