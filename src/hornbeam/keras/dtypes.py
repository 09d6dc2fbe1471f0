"""Keras's dtypes: strings, and which one a result has where the arguments have several.

The rules are JAX's promotion lattice with 64-bit types as they are: nothing is demoted. Keras on TensorFlow keeps
int64 and float64 too; Keras on JAX turns them into 32 bits unless JAX's 64-bit mode is on, and so differs from this
only where an argument has 64 bits. Python's numbers are weak: an int becomes what its fellows are, a float too where
they are floats; alone an int is int32, a float `floatx()`.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from hornbeam.keras.config.settings import floatx
from hornbeam.keras.names import keras_export

FLOATS = ("bfloat16", "float16", "float32", "float64")
INTEGERS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
COMPLEX = ("complex64", "complex128")
FLOAT8 = ("float8_e4m3fn", "float8_e5m2")
ALLOWED = (*FLOATS, *INTEGERS, "bool", "string", *FLOAT8, *COMPLEX)

_PYTHON = {bool: "bool", int: "int32", float: "float32", complex: "complex64", str: "string", "int": "int32",
           "float": "float32"}

_ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("int",), "int": ("uint8", "int8", "complex64"), "float": ("bfloat16", "float16"),
    "uint8": ("int16", "uint16"), "uint16": ("int32", "uint32"), "uint32": ("int64", "uint64"), "uint64": ("float",),
    "int8": ("int16",), "int16": ("int32",), "int32": ("int64",), "int64": ("float",),
    "bfloat16": ("float32",), "float16": ("float32",), "float32": ("float64", "complex64"),
    "float64": ("complex128",), "complex64": ("complex128",), "complex128": (),
}
"""What each dtype may become, one step: `int` and `float` are Python's numbers."""


@keras_export("backend.standardize_dtype", "utils.standardize_dtype")
def standardize_dtype(dtype: Any) -> str:
    """A dtype given as a string, a Python type, or NumPy's or Hornbeam's object, as Keras's string.

    None gives `floatx()`. Raises ValueError for what is no dtype.

    >>> standardize_dtype(int)
    'int32'
    """
    if dtype is None:
        return floatx()
    if type(dtype) is str and dtype in ALLOWED:
        return dtype
    try:
        found = _PYTHON.get(dtype, dtype)
    except TypeError:
        found = dtype
    base = getattr(found, "base_dtype", found)
    name = getattr(base, "name", None) or getattr(base, "__name__", None)
    if name is None and not isinstance(base, str) and ("torch" in str(base) or "jax.numpy" in str(base)):
        name = str(base).split(".")[-1]
    name = base if name is None else name
    if name not in ALLOWED:
        raise ValueError(f"Invalid dtype: {dtype}")
    return str(name)


@keras_export("backend.is_float_dtype")
def is_float_dtype(dtype: Any) -> bool:
    """Whether `dtype` is a float type.

    >>> is_float_dtype("bfloat16"), is_float_dtype("int32")
    (True, False)
    """
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


@keras_export("backend.is_int_dtype")
def is_int_dtype(dtype: Any) -> bool:
    """Whether `dtype` is an integer type, signed or not."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


@functools.cache
def _at_or_above(kind: str) -> frozenset[str]:
    return frozenset({kind}).union(*(_at_or_above(k) for k in _ABOVE[kind]))


@functools.cache
def _least(kinds: frozenset[str]) -> str:
    """The lowest kind that all of these may become."""
    for kind in kinds:
        if kind not in _ABOVE:
            raise ValueError(f"dtype='{kind}' is not a valid dtype for Keras type promotion.")
    common = frozenset.intersection(*map(_at_or_above, kinds))
    for kind in common:
        if common <= _at_or_above(kind):
            return kind
    raise ValueError(f"Input dtypes {tuple(sorted(kinds))} have no available implicit dtype promotion path. "
                     "Try explicitly casting inputs to the desired output type.")


@functools.lru_cache(1024)
def promoted(kinds: tuple[str, ...], default_float: str) -> str:
    """As `result_type`, of dtype strings and `"int"`, `"float"` for Python's numbers."""
    if len(set(kinds)) == 1 and kinds[0] not in ("int", "float"):
        return kinds[0]
    if any(k in FLOAT8 for k in kinds):
        raise ValueError("There is no implicit conversions from float8 dtypes to others. You must cast it internally. "
                         f"Received: {kinds}")
    found = _least(frozenset(kinds))
    if found == "int":
        return "int32" if default_float.endswith("32") or default_float == "bfloat16" else f"int{default_float[-2:]}"
    if found == "float":
        return default_float
    return found


@keras_export("backend.result_type")
def result_type(*dtypes: Any) -> str:
    """The dtype of what is computed from values of these dtypes; `int` and `float` stand for Python's numbers.

    None counts as `floatx()`. Raises ValueError where no promotion exists (float8 with others).

    >>> result_type("bfloat16", int), result_type("int32", float), result_type("int8", "uint8")
    ('bfloat16', 'float32', 'int16')
    """
    if not dtypes:
        return floatx()
    return promoted(tuple("int" if d is int else "float" if d is float else standardize_dtype(d) for d in dtypes),
                    floatx())


def kind_of(value: Any) -> str:
    """The dtype of a value as `promoted` takes it: Python's numbers, and NumPy's 64-bit scalars, are weak."""
    kind = type(value)
    if kind is int or kind is np.int64:
        return "int"
    if kind is float or kind is np.float64:
        return "float"
    dtype = getattr(value, "dtype", None)
    if dtype is not None:
        return standardize_dtype(dtype)
    if kind is bool:
        return "bool"
    if kind is complex:
        return "complex64"
    raise TypeError(f"{value!r} has no dtype")


def standardize_shape(shape: Any) -> tuple[int | None, ...]:
    """A static shape (a tuple, list or TensorShape) as a tuple of int and None.

    Raises ValueError for None, for what is no sequence, and for entries that are no sizes.
    """
    if shape is None:
        raise ValueError("Undefined shapes are not supported.")
    entries = getattr(shape, "dims", None) if hasattr(shape, "as_list") else shape
    if entries is None or not hasattr(entries, "__iter__"):
        raise ValueError(f"Cannot convert '{shape}' to a shape.")
    return tuple(_size(getattr(d, "value", d), shape) for d in entries)


def _size(entry: Any, shape: Any) -> int | None:
    if entry is None:
        return None
    fault = f"Cannot convert '{shape}' to a shape. "
    what = f"Found invalid dimension '{entry}' of type '{type(entry)}'. "
    if isinstance(entry, (str, float)):
        raise ValueError(fault + what)
    try:
        size = int(entry)
    except Exception as error:
        raise ValueError(fault + what) from error
    if size < 0:
        raise ValueError(f"{fault}Negative dimensions are not allowed.")
    return size
