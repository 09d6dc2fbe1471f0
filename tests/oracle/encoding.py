"""Arrays and attributes as JSON, the same on both sides of the comparison.

Neither Hornbeam nor TensorFlow is imported here.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

_EXTRA = {"bfloat16": ml_dtypes.bfloat16}


def encode(value: Any) -> Any:
    """A value as JSON can hold it. Floats are written as short as they can be read back exactly."""
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(np.asarray(value))
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, list | tuple):
        return [encode(v) for v in value]
    if isinstance(value, dict):
        return {k: encode(v) for k, v in value.items()}
    name = type(value).__name__
    if name == "DType":
        return {"dtype_name": value.name}
    if name == "TensorShape":
        return {"static_shape": None if value.rank is None else [None if d is None else int(d)
                                                                  for d in value.as_list()]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return {"text": repr(value)}


def _encode_array(array: np.ndarray) -> dict[str, Any]:
    return {"dtype": _name(array), "shape": list(array.shape), "values": [_scalar(v) for v in array.reshape(-1)]}


def _name(array: np.ndarray) -> str:
    if array.dtype.kind in "OSU":
        return "string"
    return str(array.dtype)


def _scalar(v: Any) -> Any:
    if isinstance(v, bytes):
        return v.decode("latin-1")
    if isinstance(v, str):
        return v.encode().decode("latin-1")
    if isinstance(v, np.complexfloating):
        return [_scalar(v.real), _scalar(v.imag)]
    if isinstance(v, np.bool_ | np.integer):
        return v.item()
    if isinstance(v, np.float64):
        return float(v)
    return float(str(v))  # 0.1 rather than 0.10000000149011612


def decode(value: Any) -> Any:
    """What `encode` was given; dtypes and static shapes stay dictionaries, which each side reads its own way."""
    if isinstance(value, list):
        return [decode(v) for v in value]
    if isinstance(value, dict):
        if {"dtype", "shape", "values"} == set(value):
            return _decode_array(value)
        if isinstance(value.get("bytes"), str):  # an argument of that name holds an array
            return value["bytes"].encode("latin-1")
        return {k: decode(v) for k, v in value.items()}
    return value


def _decode_array(value: dict[str, Any]) -> np.ndarray:
    name, shape = value["dtype"], tuple(value["shape"])
    if name == "string":
        out = np.empty(len(value["values"]), object)
        out[:] = [v.encode("latin-1") for v in value["values"]]
        return out.reshape(shape)
    dtype = np.dtype(_EXTRA.get(name, name))
    values = value["values"]
    if dtype.kind == "c":
        values = [complex(*v) for v in values]
    return np.array(values, dtype).reshape(shape)


def weights(shape: tuple[int, ...], dtype: Any, index: int = 0) -> np.ndarray:
    """Output gradients that both sides make alike: no two equal, none zero, of both signs."""
    size = int(np.prod(shape))
    values = np.cos(1.7 * np.arange(size) + index + 0.3) + 0.1
    dtype = np.dtype(dtype)
    if dtype.kind == "c":
        values = values + 1j * np.sin(0.9 * np.arange(size) + 0.2)
    return values.astype(dtype).reshape(shape)
