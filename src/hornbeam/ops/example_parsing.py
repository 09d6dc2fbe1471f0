"""Examples taken apart: serialized `Example` and `SequenceExample` messages as arrays.

Protobuf reads each message in C; long lists of floats are taken from its own bytes rather than number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType, c_name
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.ops.rules import text

TYPES = (dtypes.float32, dtypes.int64, dtypes.string)
KINDS = {"float_list": dtypes.float32, "int64_list": dtypes.int64, "bytes_list": dtypes.string}
_KIND_OF = {dtype: kind for kind, dtype in KINDS.items()}
_FEW = 16


class Dense(NamedTuple):
    """A feature of a known shape; where its first dimension is None, of any number of rows.

    default: what stands for a missing one, empty where it is required; of any number of rows, what fills up.
    """

    key: str
    dtype: DType
    dims: tuple[Any, ...]
    default: np.ndarray


class Sparse(NamedTuple):
    """A feature with any number of values."""

    key: str
    dtype: DType


def invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


def _message(kind: str) -> Any:
    from hornbeam.graph.messages import example_pb2
    return getattr(example_pb2, kind)


def decoded(kind: str, serialized: Iterable[Any]) -> list[Any]:
    """Strings as messages. Raises InvalidArgumentError where one is none."""
    from google.protobuf.message import DecodeError
    read: Callable[[bytes], Any] = _message(kind).FromString
    out = []
    for data in serialized:
        try:
            out.append(read(data))
        except DecodeError:
            raise invalid(f"Could not parse example input, value: '{data.decode('utf-8', 'replace')}'") from None
    return out


def _packed(held: Any, count: int) -> bytes:
    """The `count` numbers of a FloatList as its message holds them, one after another."""
    data = held.SerializeToString()
    size = 4 * count
    if len(data) == size + 1 + (size.bit_length() + 6) // 7:
        return data[-size:]
    return np.array(held.value, "<f4").tobytes()  # there are fields that are not the list's


def values_of(feature: Any, kind: str) -> Any:
    """The values of a feature of this kind: an array, or a list of bytes."""
    if kind == "float_list":
        held = feature.float_list
        values = held.value
        count = len(values)
        if count < _FEW:
            return np.array(values, np.float32)
        return np.frombuffer(_packed(held, count), "<f4")
    if kind == "int64_list":
        values = feature.int64_list.value
        return np.fromiter(values, np.int64, len(values))
    return list(feature.bytes_list.value)


def filled(dtype: DType, shape: Any, fill: Any = None) -> np.ndarray:
    """An array filled with zeros, empty strings, or `fill`."""
    if fill is None:
        fill = b"" if dtype is dtypes.string else 0
    return np.full(shape, fill, dtype.np_dtype)


@final
class Names:
    """What messages call the examples."""

    def __init__(self, names: Sequence[bytes]) -> None:
        self._names = names

    def __call__(self, index: int) -> str:
        return self._names[index].decode("utf-8", "replace") if len(self._names) else "<unknown>"


class Columns(NamedTuple):
    """What was parsed: three arrays for each sparse feature, one for each dense one."""

    sparse: list[tuple[np.ndarray, np.ndarray, np.ndarray]]
    dense: list[np.ndarray]


# Many examples -------------------------------------------------------------------------------------------


def parse_batch(serialized: Sequence[Any], names: Sequence[bytes], sparse: Sequence[Sparse],
                dense: Sequence[Dense]) -> Columns:
    """The features of many examples, along a new first dimension. Raises InvalidArgumentError for what does not fit."""
    maps = [m.features.feature for m in decoded("Example", serialized)]
    called = Names(names)
    return Columns([_sparse_batch(maps, called, wanted) for wanted in sparse],
                   [_dense_batch(maps, called, wanted) for wanted in dense])


def _found(maps: Sequence[Any], key: str) -> Iterable[tuple[int, Any, str | None]]:
    """The feature `key` of each example, with its kind: None where there is none."""
    for i, features in enumerate(maps):
        if key in features:
            feature = features[key]
            yield i, feature, feature.WhichOneof("kind")
        else:
            yield i, None, None


def _sparse_batch(maps: Sequence[Any], called: Names, wanted: Sparse) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parts: list[Any] = []
    for i, feature, kind in _found(maps, wanted.key):
        if kind is None:
            parts.append(())
            continue
        if KINDS[kind] is not wanted.dtype:
            raise invalid(f"Name: {called(i)}, Key: {wanted.key}, Index: {i}.  Data types don't match. Expected type: "
                           f"{c_name(wanted.dtype)}, Actual type: {c_name(KINDS[kind])}")
        parts.append(values_of(feature, kind))
    return joined(parts, wanted.dtype)


def joined(parts: Sequence[Any], dtype: DType) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lists of values, one a row, as the parts of a sparse matrix."""
    lengths = np.fromiter(map(len, parts), np.int64, len(parts))
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    indices = np.empty((total, 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(parts)), lengths)
    indices[:, 1] = np.arange(total) - np.repeat(ends - lengths, lengths)
    return indices, concatenated(parts, dtype, total), np.array([len(parts), lengths.max(initial=0)], np.int64)


def concatenated(parts: Sequence[Any], dtype: DType, total: int) -> np.ndarray:
    """Lists of values one after another."""
    if dtype is dtypes.string:
        out = np.empty(total, object)
        out[:] = [value for part in parts for value in part]
        return out
    some = [part for part in parts if len(part)]
    return np.concatenate(some) if some else np.zeros(0, dtype.np_dtype)


def _dense_batch(maps: Sequence[Any], called: Names, wanted: Dense) -> np.ndarray:
    if wanted.dims and wanted.dims[0] is None:
        return _rows_batch(maps, called, wanted)
    size = int(np.prod(wanted.dims))
    as_bytes = wanted.dtype is dtypes.float32 and size >= _FEW
    flat: list[Any] = []
    default = wanted.default.astype("<f4").tobytes() if as_bytes else wanted.default.reshape(-1).tolist()
    key, own = wanted.key, _KIND_OF[wanted.dtype]
    for i, features in enumerate(maps):  # as little as can be for each example: there are many
        feature = features[key] if key in features else None  # noqa: SIM401  (six times as fast as `get`)
        kind = None if feature is None else feature.WhichOneof("kind")
        if kind == own:
            held = getattr(feature, own)
            values = held.value
            if len(values) == size:
                if as_bytes:
                    flat.append(_packed(held, size))
                elif size == 1:
                    flat.append(values[0])
                else:
                    flat.extend(values)
                continue
        if kind is not None:
            _checked(feature, kind, wanted, size, f"Name: {called(i)}, Key: {key}, Index: {i}.")
        if not wanted.default.size and size:
            raise invalid(f"Name: {called(i)}, {_missing(wanted)}")
        flat.append(default) if as_bytes else flat.extend(default)
    if as_bytes:
        return np.frombuffer(bytearray(b"".join(flat)), "<f4").reshape(len(maps), *wanted.dims)
    out = np.empty(len(maps) * size, wanted.dtype.np_dtype)
    out[:] = flat
    return out.reshape(len(maps), *wanted.dims)


def _missing(wanted: Dense) -> str:
    return f"Feature: {wanted.key} (data type: {c_name(wanted.dtype)}) is required but could not be found."


def _checked(feature: Any, kind: str, wanted: Dense, size: int, where: str) -> Any:
    """The values of a feature that has one shape."""
    if KINDS[kind] is not wanted.dtype:
        raise invalid(f"{where}  Data types don't match. Data type: {c_name(KINDS[kind])} but expected type: "
                       f"{c_name(wanted.dtype)}")
    values = values_of(feature, kind)
    if len(values) != size:
        raise invalid(f"{where}  Number of {c_name(wanted.dtype)} values != expected.  Values size: {len(values)} but "
                       f"output shape: {text(wanted.dims)}")
    return values


def _rows(feature: Any, kind: str, wanted: Dense, stride: int, where: Callable[[], str]) -> Any:
    """The values of a feature that has any number of rows."""
    if KINDS[kind] is not wanted.dtype:
        raise invalid(f"{where()}  Data types don't match. Data type: {c_name(KINDS[kind])} but expected type: "
                       f"{c_name(wanted.dtype)}")
    values = values_of(feature, kind)
    if stride and len(values) % stride:
        raise invalid(f"{where()}  Number of {c_name(wanted.dtype)} values is not a multiple of stride length. Saw "
                       f"{len(values)} values but output shape is: {text(wanted.dims)}")
    return values


def _rows_batch(maps: Sequence[Any], called: Names, wanted: Dense) -> np.ndarray:
    stride = int(np.prod(wanted.dims[1:]))
    parts = [() if kind is None else _rows(feature, kind, wanted, stride,
                                           lambda i=i: f"Name: {called(i)}, Key: {wanted.key}, Index: {i}.")
             for i, feature, kind in _found(maps, wanted.key)]
    longest = max(map(len, parts), default=0)
    out = filled(wanted.dtype, (len(parts), longest), wanted.default.reshape(-1)[0] if wanted.default.size else None)
    for row, part in zip(out, parts, strict=True):
        row[:len(part)] = part
    return out.reshape(len(parts), longest // stride if stride else 0, *wanted.dims[1:])


# One example ---------------------------------------------------------------------------------------------


def parse_one(serialized: Any, sparse: Sequence[Sparse], dense: Sequence[Dense]) -> Columns:
    """The features of one example, each in its own shape."""
    (message,) = decoded("Example", [serialized])
    maps = [message.features.feature]
    return Columns([_sparse_one(maps, wanted) for wanted in sparse], [_dense_one(maps, wanted) for wanted in dense])


def vector(values: Any, dtype: DType) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values as the parts of a sparse vector."""
    count = len(values)
    return np.arange(count)[:, None], concatenated([values], dtype, count), np.array([count], np.int64)


def _sparse_one(maps: Sequence[Any], wanted: Sparse) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ((_, feature, kind),) = _found(maps, wanted.key)
    if kind is not None and KINDS[kind] is not wanted.dtype:
        raise invalid(f"Key: {wanted.key}.  Data types don't match. Expected type: {c_name(wanted.dtype)}, Actual "
                       f"type: {c_name(KINDS[kind])}")
    return vector(() if kind is None else values_of(feature, kind), wanted.dtype)


def _dense_one(maps: Sequence[Any], wanted: Dense) -> np.ndarray:
    ((_, feature, kind),) = _found(maps, wanted.key)
    where = f"Key: {wanted.key}."
    if wanted.dims and wanted.dims[0] is None:
        stride = int(np.prod(wanted.dims[1:]))
        values = () if kind is None else _rows(feature, kind, wanted, stride, lambda: where)
        rows = len(values) // stride if stride else 0
        return concatenated([values], wanted.dtype, len(values)).reshape(rows, *wanted.dims[1:])
    size = int(np.prod(wanted.dims))
    if kind is None:
        if not wanted.default.size and size:
            raise invalid(_missing(wanted))
        return np.array(wanted.default).reshape(wanted.dims)
    return concatenated([_checked(feature, kind, wanted, size, where)], wanted.dtype, size).reshape(wanted.dims)
