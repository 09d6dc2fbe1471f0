"""What every function of `keras.ops` begins with: its arguments as tensors of the dtype that Keras's rules give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes as types
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.convert import holds_tensors
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.dtypes import kind_of, promoted, result_type, standardize_dtype
from hornbeam.ops import casts
from hornbeam.ops.shaping import shape_of

_NUMBERS = (bool, int, float, complex)


def tensor(value: Any, dtype: Any = None) -> Any:
    """`value` (a tensor, variable, array, number or nested list) as a tensor, cast to `dtype` where one is given.

    Python's floats become `floatx()`, its integers int32.
    """
    kind = type(value)
    if kind is EagerTensor or kind is GraphTensor:
        return value if dtype is None else cast(value, dtype)
    if value is None:
        raise ValueError("None values not supported.")
    if kind in _NUMBERS:
        return convert_to_tensor(np.array(value, np_dtype(dtype or _of_number(value))))
    if kind in (np.float64, np.int64) and dtype is not None:
        return convert_to_tensor(value.astype(np_dtype(dtype)))
    if isinstance(value, (list, tuple)):
        return _of_list(value, dtype)
    made = convert_to_tensor(value)
    return made if dtype is None else cast(made, dtype)


def _of_number(value: Any) -> str:
    kind = type(value)
    if kind is int:
        return "int32" if -2**31 <= value < 2**31 else "int64"
    return floatx() if kind is float else {bool: "bool", complex: "complex64"}[kind]


def _of_list(value: Sequence[Any], dtype: Any) -> Any:
    if holds_tensors(value):
        kinds = list(_kinds_in(value))
        wanted = standardize_dtype(dtype) if dtype is not None else promoted(tuple(kinds), floatx())
        return convert_to_tensor(_each(value, wanted))
    array = np.array(value) if _holds_arrays(value) else None
    if array is None:
        made = convert_to_tensor(value)
        if dtype is None and made.dtype.is_floating and floatx() != "float32":
            dtype = floatx()
    else:
        made = convert_to_tensor(array)
    return made if dtype is None else cast(made, dtype)


def _holds_arrays(value: Any) -> bool:
    return any(isinstance(v, (np.ndarray, np.generic)) or (isinstance(v, (list, tuple)) and _holds_arrays(v))
               for v in value)


def _kinds_in(value: Any) -> Iterable[str]:
    for v in value:
        if isinstance(v, (list, tuple)):
            yield from _kinds_in(v)
        else:
            yield kind_of(v)


def _each(value: Any, dtype: str) -> Any:
    return [_each(v, dtype) if isinstance(v, (list, tuple)) else tensor(v, dtype) for v in value]


def np_dtype(dtype: Any) -> np.dtype:
    """NumPy's dtype object of a Keras dtype."""
    return types.as_dtype(standardize_dtype(dtype)).np_dtype


def dtype_of(x: Any) -> str:
    """The dtype of a tensor, as Keras's string."""
    return x.dtype.base_dtype.name


def cast(x: Any, dtype: Any) -> Any:
    """The tensor `x` in another dtype; itself where it has that. Of complex numbers the real part.

    Raises TypeError between strings and numbers.
    """
    wanted = types.as_dtype(standardize_dtype(dtype))
    return casts.cast(x, wanted)


def _takes_number(dtype: Any, value: Any) -> bool:
    """Whether a Python number becomes this dtype, so that a tensor of it stays as it is."""
    kind = type(value)
    return (kind is float and dtype.is_floating) or (kind is int and (dtype.is_floating or (
        dtype.base_dtype is types.int32 and -2**31 <= value < 2**31)))


def promote(*values: Any) -> list[Any]:
    """The values as tensors of one dtype, Python's numbers being weak."""
    first = values[0]
    if type(first) in (EagerTensor, GraphTensor):
        dtype = first.dtype
        if all(type(v) in (EagerTensor, GraphTensor) and v.dtype is dtype for v in values):
            return list(values)
        if len(values) == 2 and _takes_number(dtype, values[1]):
            return [first, EagerTensor(np.array(values[1], dtype.base_dtype.np_dtype))]
    ready = [v if type(v) in _NUMBERS or type(v) in (np.float64, np.int64) else tensor(v) for v in values]
    dtype = promoted(tuple(map(kind_of, ready)), floatx())
    return [tensor(v, dtype) for v in ready]


def promote_inexact(*values: Any) -> list[Any]:
    """As `promote`; integers and truth values become floats."""
    return [inexact(x) for x in promote(*values)]


def inexact(value: Any) -> Any:
    """`value` as a tensor of floats or complex numbers: integers and truth values become `floatx()`."""
    x = tensor(value)
    base = x.dtype.base_dtype
    return x if base.is_floating or base.is_complex else cast(x, result_type(dtype_of(x), float))


def numeric(value: Any) -> Any:
    """`value` as a tensor of numbers: truth values become int32."""
    x = tensor(value)
    return cast(x, "int32") if x.dtype.base_dtype.is_bool else x


def is_float(x: Any) -> bool:
    """Whether a tensor holds floats."""
    return x.dtype.base_dtype.is_floating


def is_complex(x: Any) -> bool:
    """Whether a tensor holds complex numbers."""
    return x.dtype.base_dtype.is_complex


def is_exact(x: Any) -> bool:
    """Whether a tensor holds integers or truth values."""
    return not (is_float(x) or is_complex(x))


def truth(value: Any) -> Any:
    """`value` as truth values: what is not zero is true."""
    return cast(tensor(value), "bool")


def dims(x: Any) -> tuple[int | None, ...]:
    """The static shape, None where a dimension is unknown. Raises ValueError where the rank is."""
    found = x.dims
    if found is None:
        raise ValueError(f"the rank of {x!r} is unknown; reshape it or use ensure_shape first")
    return tuple(found)


def rank(x: Any) -> int:
    """The number of dimensions. Raises ValueError where it is unknown."""
    return len(dims(x))


def sizes(x: Any) -> list[Any]:
    """The size of each dimension: an integer where it is known, else a scalar tensor that a run tells."""
    known = dims(x)
    if None not in known:
        return list(known)
    shape = shape_of(x)
    return [shape[i] if d is None else d for i, d in enumerate(known)]


def shape_vector(entries: Iterable[Any]) -> Any:
    """Sizes, some of them tensors, as an op's shape argument."""
    given = [int(e) if isinstance(e, (int, np.integer)) else e for e in entries]
    if all(isinstance(e, int) for e in given):
        return np.array(given, np.int32 if all(abs(e) < 2**31 for e in given) else np.int64)
    return convert_to_tensor([tensor(e, "int32") for e in given])


def product_of(entries: Iterable[Any]) -> Any:
    """The product of sizes, an integer where all are known."""
    known, unknown = 1, None
    for e in entries:
        if isinstance(e, (int, np.integer)):
            known *= int(e)
        else:
            unknown = e if unknown is None else unknown * e
    return known if unknown is None else unknown * known


def axis_of(axis: Any, count: int) -> int:
    """`axis` counted from the front among `count` dimensions. Raises ValueError where there is no such one."""
    at = int(axis)
    if not -count <= at < count:
        raise ValueError(f"axis {axis} is out of bounds for array of dimension {count}")
    return at % count


def axes_of(axis: Any, count: int) -> tuple[int, ...]:
    """One or several axes, or all for None, counted from the front. Raises ValueError for one named twice."""
    if axis is None:
        return tuple(range(count))
    given = tuple(axis) if isinstance(axis, (list, tuple, np.ndarray)) else (axis,)
    found = tuple(axis_of(a, count) for a in given)
    if len(set(found)) != len(found):
        raise ValueError(f"duplicate value in 'axis': {axis}")
    return found


def vector(values: Iterable[int]) -> np.ndarray:
    """Integers as an op's int32 argument."""
    return np.array(list(values), np.int32)
