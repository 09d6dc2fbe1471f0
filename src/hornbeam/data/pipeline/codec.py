"""Plain values as bytes: states of iterators, elements in files.

None, booleans, numbers, strings, bytes, arrays (strings too), sparse values, lists, dictionaries with string keys,
specs of tensors, and datasets whose elements are kept (windows). A tag of one byte stands before each. Reading never
runs anything; what is damaged raises ValueError.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.node import Made
from hornbeam.data.pipeline.sources import KeptNode
from hornbeam.graph import dtypes
from hornbeam.graph.sparse_tensor import SparseTensorSpec, SparseTensorValue
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.ops.ragged_tensor import RaggedValue

_SIZE = struct.Struct("<Q")
_FLOAT = struct.Struct("<d")


def encoded(value: Any) -> bytes:
    """A plain value as bytes. Raises TypeError for what is none.

    >>> decoded(encoded({"at": [1, None, b"x"]}))
    {'at': [1, None, b'x']}
    """
    out: list[bytes] = []
    _write(value, out)
    return b"".join(out)


def decoded(data: bytes | memoryview) -> Any:
    """The value that `encoded` made bytes of. Raises ValueError for other bytes."""
    reader = _Reader(memoryview(data))
    try:
        value = reader.value()
    except (struct.error, IndexError, KeyError, TypeError, OverflowError, UnicodeDecodeError, AttributeError) as error:
        raise ValueError(f"damaged data: {error}") from error
    if reader.at != len(reader.data):
        raise ValueError("damaged data: more than one value")
    return value


def _write(value: Any, out: list[bytes]) -> None:
    kind = type(value)
    if value is None or kind is bool:
        out.append(b"N" if value is None else b"T" if value else b"F")
    elif isinstance(value, np.ndarray):
        _write_array(value, out)
    elif isinstance(value, (int, np.integer)):
        number = int(value)
        _write_bytes(b"i", number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True), out)
    elif isinstance(value, (float, np.floating)):
        out += [b"f", _FLOAT.pack(value)]
    elif kind is str:
        _write_bytes(b"s", value.encode(), out)
    elif isinstance(value, (bytes, bytearray)):
        _write_bytes(b"b", bytes(value), out)
    elif isinstance(value, SparseTensorValue):
        _write_all(b"S", list(value), out)
    elif isinstance(value, RaggedValue):
        _write_all(b"R", list(tuple.__iter__(value)), out)
    elif isinstance(value, Made) and isinstance(value.node, KeptNode):
        _write_all(b"W", [list(value.node.kept), plain_spec(value.node.spec)], out)
    elif isinstance(value, (list, tuple)):
        _write_all(b"l", value, out)
    elif isinstance(value, Mapping):
        _write_all(b"d", [part for item in value.items() for part in item], out)
    else:
        raise TypeError(f"a {kind.__name__} cannot be saved")


def _write_bytes(tag: bytes, data: bytes, out: list[bytes]) -> None:
    out += [tag, _SIZE.pack(len(data)), data]


def _write_all(tag: bytes, items: Any, out: list[bytes]) -> None:
    out += [tag, _SIZE.pack(len(items))]
    for item in items:
        _write(item, out)


def _write_array(array: np.ndarray, out: list[bytes]) -> None:
    if array.dtype == object:
        _write_all(b"o", [list(array.shape), *array.reshape(-1).tolist()], out)
        return
    out.append(b"a")
    _write(dtypes.from_numpy(array.dtype).name, out)
    _write(list(array.shape), out)
    _write(np.ascontiguousarray(array).tobytes(), out)


@final
class _Reader:
    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> memoryview:
        part = self.data[self.at:self.at + count]
        if len(part) != count:
            raise ValueError("damaged data: cut off")
        self.at += count
        return part

    def size(self) -> int:
        return _SIZE.unpack(self.take(8))[0]

    def items(self) -> list[Any]:
        count = self.size()
        if count > len(self.data):
            raise ValueError("damaged data: too many items")
        return [self.value() for _ in range(count)]

    def value(self) -> Any:
        tag = bytes(self.take(1))
        if tag in b"NTF":
            return {b"N": None, b"T": True, b"F": False}[tag]
        if tag == b"f":
            return _FLOAT.unpack(self.take(8))[0]
        if tag in b"isb":
            data = bytes(self.take(self.size()))
            if tag == b"i":
                return int.from_bytes(data, "little", signed=True)
            return data if tag == b"b" else data.decode()
        if tag == b"a":
            return self.array()
        return self.container(tag, self.items())

    def array(self) -> np.ndarray:
        dtype, shape, data = dtypes.as_dtype(self.value()).np_dtype, self.value(), self.value()
        return np.frombuffer(data, dtype).reshape(shape).copy()

    def container(self, tag: bytes, items: list[Any]) -> Any:
        if tag == b"l":
            return items
        if tag == b"d":
            return dict(zip(items[::2], items[1::2], strict=True))
        if tag == b"S":
            return SparseTensorValue(*items)
        if tag == b"R":
            return RaggedValue(items)
        if tag == b"W":
            return Made(KeptNode(items[0], spec_from_plain(items[1])))
        if tag == b"o":
            out = np.empty(len(items) - 1, object)
            out[:] = items[1:]
            return out.reshape(items[0])
        raise ValueError(f"damaged data: unknown tag {tag!r}")


# Specs --------------------------------------------------------------------------------------------------


def plain_spec(spec: Any) -> Any:
    """A structure of specs as plain values. Raises TypeError for specs that are not of tensors."""
    if isinstance(spec, Mapping):
        return {"keys": list(spec), "of": [plain_spec(spec[k]) for k in spec]}
    if isinstance(spec, tuple):
        return [plain_spec(s) for s in spec]
    if isinstance(spec, structure.NoneTensorSpec):
        return None
    if isinstance(spec, (TensorSpec, SparseTensorSpec)):
        dims = spec.shape._dims
        return {"sparse": isinstance(spec, SparseTensorSpec), "dtype": spec.dtype.name,
                "dims": None if dims is None else list(dims)}
    raise TypeError(f"a dataset with elements of {spec!r} cannot be saved")


def spec_from_plain(plain: Any) -> Any:
    """The structure of specs that `plain_spec` wrote down."""
    if plain is None:
        return structure.NoneTensorSpec()
    if isinstance(plain, list):
        return tuple(spec_from_plain(p) for p in plain)
    if "keys" in plain:
        return dict(zip(plain["keys"], map(spec_from_plain, plain["of"]), strict=True))
    return (SparseTensorSpec if plain["sparse"] else TensorSpec)(plain["dims"], plain["dtype"])
