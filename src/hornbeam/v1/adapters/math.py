"""Mathematics as TensorFlow 1 spells it: other orders of arguments, and names that are gone."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.ops import math


def _one_of(new: Any, new_name: str, old: Any, old_name: str) -> Any:
    """The argument under its name or its retired one. Raises ValueError where both are given."""
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old


@public(v1=("argmax", "math.argmax"))
def argmax(input: Any, axis: Any = None, name: str | None = None, dimension: Any = None,
           output_type: Any = dtypes.int64) -> Any:
    """Where the largest value stands along `axis` (by default the first); the first of equals.

    dimension: the retired name of `axis`. output_type: the dtype of the places.
    """
    return math.argmax(input, _one_of(axis, "axis", dimension, "dimension"), output_type, name)


@public(v1=("argmin", "math.argmin"))
def argmin(input: Any, axis: Any = None, name: str | None = None, dimension: Any = None,
           output_type: Any = dtypes.int64) -> Any:
    """Where the smallest value stands along `axis` (by default the first); the first of equals.

    dimension: the retired name of `axis`. output_type: the dtype of the places.
    """
    return math.argmin(input, _one_of(axis, "axis", dimension, "dimension"), output_type, name)


@public(v1=("arg_max",))
def arg_max(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Any:
    """Where the largest value stands along a dimension; the older spelling of `argmax`."""
    return math.argmax_op(input, dimension, output_type=output_type, name=name)


@public(v1=("arg_min",))
def arg_min(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Any:
    """Where the smallest value stands along a dimension; the older spelling of `argmin`."""
    return math.argmin_op(input, dimension, output_type=output_type, name=name)


@public(v1=("div",))
def div(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y as Python 2 divides: integers are rounded down, floats are not.

    x, y: tensors of one dtype; shapes broadcast. Raises InvalidArgumentError for an integer over zero.
    """
    return _div(x, y, name)


@composite("div")
def _div(x: Any, y: Any, name: str | None = None) -> Any:
    x, y = math.alike(x, y)
    kind = x.dtype.base_dtype
    divide = math.real_div if kind.is_floating or kind.is_complex else math.floor_div
    return divide(x, y, name=own_name())


def _casting(name: str, scope: str, dtype: dtypes.DType) -> None:
    def to(x: Any, name: str | None = scope) -> Any:
        return math.cast(x, dtype, name=name)

    to.__name__ = to.__qualname__ = name
    to.__doc__ = f"The values of `x` as {dtype.name}: `cast(x, {dtype.name})` by its older name."
    public(v1=(name,))(to)


_casting("to_float", "ToFloat", dtypes.float32)
_casting("to_double", "ToDouble", dtypes.float64)
_casting("to_int32", "ToInt32", dtypes.int32)
_casting("to_int64", "ToInt64", dtypes.int64)
_casting("to_bfloat16", "ToBFloat16", dtypes.bfloat16)
_casting("to_complex64", "ToComplex64", dtypes.complex64)
_casting("to_complex128", "ToComplex128", dtypes.complex128)
