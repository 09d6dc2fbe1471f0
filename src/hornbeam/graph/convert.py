"""Python and NumPy values as tensors: which dtype they take, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.aligned import copied
from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.tensor import EagerTensor, GraphTensor, Tensor

_KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}
_FITS = {"bool": "b", "int": "iufc", "float": "fc", "complex": "c", "str": "O", "bytes": "O"}

converters: list[tuple[Any, Callable[[Any, DType | None, str | None], Any]]] = []
"""Pairs (class or classes, function(value, dtype, name) → tensor or NotImplemented), the latest asked first."""


def register_tensor_conversion_function(base_type: Any, conversion_func: Callable[..., Any],
                                        priority: int = 100) -> None:
    """Say how objects of `base_type` become tensors: `conversion_func(value, dtype, name, as_ref)`.

    It may return NotImplemented to let the next one try. A lower `priority` is asked earlier.
    Raises TypeError where `base_type` is no class or `conversion_func` cannot be called.
    """
    kinds = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(k, type) for k in kinds):
        raise TypeError("base_type must be a type or a tuple of types.")
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    if any(issubclass(k, (int, float, np.ndarray, np.generic)) for k in kinds):
        raise TypeError("Cannot register conversions for Python numeric types and NumPy scalars and arrays.")

    def convert(value: Any, dtype: DType | None, name: str | None) -> Any:
        return conversion_func(value, dtype=dtype, name=name, as_ref=False)

    converters.insert(0, (kinds, convert))


def converter_for(value: Any) -> Callable[[Any, DType | None, str | None], Any] | None:
    """The registered conversion of a value that is neither a tensor nor NumPy's, or None."""
    for kinds, convert in converters:
        if isinstance(value, kinds):
            return convert
    return None


def holds_tensors(value: Any) -> bool:
    """Whether a nested list holds something that is or becomes a tensor by itself."""
    if isinstance(value, (list, tuple)):
        return any(holds_tensors(v) for v in value)
    return isinstance(value, Tensor) or hasattr(value, "_as_graph_element")


def to_array(value: Any, dtype: DType | None = None) -> np.ndarray:
    """A Python or NumPy value as an array of `dtype`, or of the dtype TensorFlow gives it: int32, float32, ….

    Python numbers that `dtype` cannot hold are refused; NumPy arrays are cast, as TensorFlow does.
    Raises ValueError for None and ragged lists, TypeError for values that do not fit the dtype.
    """
    if isinstance(value, np.ndarray | np.generic):
        return _from_numpy(np.asarray(value), dtype)
    if value is None:
        raise ValueError("None values not supported.")
    if dtype is None:
        dtype = dtypes.result_for_python(value)
    wanted = dtype.base_dtype
    if isinstance(value, (bool, int, float, complex)):
        _refuse(value, wanted)
        return _filled(value, wanted)
    array = getattr(value, "__array__", None)
    if array is not None and not isinstance(value, type):
        given = np.asarray(value)
        if hasattr(value, "unsafe_buffer_pointer") and (dtype is None or given.dtype == wanted.np_dtype):
            dtypes.from_numpy(given.dtype)
            return given  # of an array of JAX, which nobody writes to
        return _from_numpy(given, dtype)
    _refuse(value, wanted)
    if wanted is dtypes.string:
        return _strings(value)
    return _filled(value, wanted)


def _filled(value: Any, dtype: DType) -> np.ndarray:
    try:
        return np.array(value, dtype=dtype.np_dtype)
    except OverflowError as error:
        raise ValueError(f"Cannot convert {value!r} to EagerTensor of dtype {dtype.name}: "
                         f"{dtype.name} holds {dtype.min} to {dtype.max}") from error
    except (ValueError, TypeError) as error:
        if isinstance(value, (list, tuple)):
            raise ValueError(f"Can't convert non-rectangular Python sequence to Tensor. ({_short(value)})") from error
        raise TypeError(f"Failed to convert {_short(value)} of type {type(value).__name__} to a tensor of dtype "
                        f"{dtype.name}.") from error


def _from_numpy(array: np.ndarray, dtype: DType | None) -> np.ndarray:
    if array.dtype.kind in "OSU":
        if dtype is not None and dtype.base_dtype is not dtypes.string:
            return to_array(array.tolist(), dtype)
        return _strings(array)
    if dtype is None:
        dtypes.from_numpy(array.dtype)
        return copied(array, array.dtype)
    wanted = dtype.base_dtype.np_dtype
    if wanted.kind == "O":
        raise TypeError(f"Cannot convert a NumPy array of {array.dtype} to a string tensor.")
    if array.dtype.kind == "c" and wanted.kind != "c":
        raise TypeError(f"Cannot convert a NumPy array of {array.dtype} to {dtype.name}: "
                        "it would lose the imaginary part; use tf.math.real")
    with np.errstate(all="ignore"):
        return copied(array, wanted)


def _strings(value: Any) -> np.ndarray:
    array = np.array(value, dtype=object)
    flat = array.reshape(-1)
    out = np.empty(flat.shape, dtype=object)
    for i, item in enumerate(flat):
        if isinstance(item, str):
            out[i] = item.encode()
        elif isinstance(item, (bytes, bytearray)):
            out[i] = bytes(item)
        elif isinstance(item, (list, tuple)):
            raise ValueError(f"Can't convert non-rectangular Python sequence to Tensor. ({_short(value)})")
        else:
            raise TypeError(f"Expected string, but got {_short(item)} of type '{type(item).__name__}'.")
    return out.reshape(array.shape)


def _refuse(value: Any, dtype: DType) -> None:
    """Raise TypeError at the first Python value that `dtype` cannot hold without loss of kind."""
    kind = dtype.np_dtype.kind if dtype.np_dtype is not None else "O"
    if dtype.is_floating:
        kind = "f"
    for item in _leaves(value):
        if item is None:
            raise ValueError("None values not supported.")
        name = type(item).__name__
        if isinstance(item, np.generic):
            name = _KINDS.get(item.dtype.kind, "str")
        elif isinstance(item, np.ndarray):
            continue
        fits = _FITS.get(name)
        if fits is None:
            for base, key in ((bool, "bool"), (int, "int"), (float, "float"), (str, "str"), (bytes, "bytes")):
                if isinstance(item, base):
                    fits = _FITS[key]
                    break
            else:
                if hasattr(item, "__array__") or hasattr(item, "__index__"):
                    continue
                raise dtypes.Unconvertible(f"Attempt to convert a value ({_short(item)}) with an unsupported type "
                                 f"({type(item)}) to a Tensor.")
        if kind not in fits:
            raise TypeError(f"Expected {dtype.name}, but got {_short(item)} of type '{type(item).__name__}'.")


def _leaves(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def dtype_of(value: Any) -> DType | None:
    """The dtype that a value brings by itself (tensors, variables, ...), or None for Python's and NumPy's."""
    if type(value) is GraphTensor or type(value) is EagerTensor:
        return value.dtype
    dtype = getattr(value, "dtype", None)
    return dtype if isinstance(dtype, DType) else None
