"""The types an element of a tensor can have.

In: anything that names a type (`DType`, NumPy's types, Python's, a string, a
number of the serialized form).  Out: one `DType` object per type, so that types
may be compared with `is` where both sides are known to be `DType`s.

A reference type (`float32_ref`) is the type of a variable's own memory in old
graphs: it has its own name and number and otherwise behaves as its base type.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

_REF_OFFSET = 100


class DType:
    """The type of a tensor's elements.  There is one object per type.

    type_enum: the number of the type in serialized graphs.  TypeError if no type
    has it.

    >>> as_dtype("float32")
    tf.float32
    >>> as_dtype("float32") == np.float32
    True
    >>> print(as_dtype(np.int64))
    <dtype: 'int64'>
    """

    __slots__ = (
        "__weakref__",
        "_as_ref",
        "_is_ref_dtype",
        "as_datatype_enum",
        "as_numpy_dtype",
        "base_dtype",
        "is_bool",
        "is_complex",
        "is_floating",
        "is_integer",
        "is_numeric",
        "is_numpy_compatible",
        "is_quantized",
        "is_unsigned",
        "name",
        "np_dtype",
        "size",
    )

    name: str
    as_datatype_enum: int
    as_numpy_dtype: Any
    np_dtype: np.dtype
    base_dtype: DType
    size: int
    is_floating: builtins.bool
    is_integer: builtins.bool
    is_unsigned: builtins.bool
    is_complex: builtins.bool
    is_bool: builtins.bool
    is_quantized: builtins.bool
    is_numpy_compatible: builtins.bool
    is_numeric: builtins.bool
    _is_ref_dtype: builtins.bool
    _as_ref: DType

    def __new__(cls, type_enum: Any) -> DType:
        found = _BY_ENUM.get(int(type_enum))
        if found is None:
            raise TypeError(f"{type_enum} is not the number of a data type")
        return found

    def __setattr__(self, attribute: str, value: Any) -> None:
        raise AttributeError(f"{self!r} cannot be changed: there is one object per type")

    @property
    def real_dtype(self) -> DType:
        """The type of the real part: float32 for complex64, else the type itself."""
        return _REAL_PART.get(self.base_dtype, self)

    @property
    def min(self) -> Any:
        """The smallest finite value.  TypeError where there is none (bool, complex)."""
        return self._range_end("min", "minimum")

    @property
    def max(self) -> Any:
        """The greatest finite value.  TypeError where there is none (bool, complex)."""
        return self._range_end("max", "maximum")

    def _range_end(self, end: str, word: str) -> Any:
        if self.is_integer:
            return int(getattr(ml_dtypes.iinfo(self.np_dtype), end))
        if self.is_floating:
            return getattr(ml_dtypes.finfo(self.np_dtype), end)
        raise TypeError(f"Cannot find {word} value of {self}.")

    @property
    def limits(self) -> tuple[Any, Any]:
        """(low, high) of the values an image of this type holds: (0, 1) for floats.

        ValueError for types that images do not have.
        """
        found = _IMAGE_LIMITS.get(self.base_dtype)
        if found is None:
            raise ValueError(f"{self} does not have defined limits.")
        return found

    def is_compatible_with(self, other: Any) -> builtins.bool:
        """Whether a value of type `other` may be used where this type is declared.

        A type takes itself and its reference type; a reference type only itself.
        """
        other = as_dtype(other)
        return self is other or self is other.base_dtype

    def __eq__(self, other: object) -> builtins.bool:
        if self is other:
            return True
        if other is None or type(other) is DType:
            return False
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __ne__(self, other: object) -> builtins.bool:
        return not self.__eq__(other)

    def __hash__(self) -> int:
        return self.as_datatype_enum

    def __int__(self) -> int:
        return self.as_datatype_enum

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __reduce__(self) -> tuple[Callable[[Any], DType], tuple[str]]:
        return as_dtype, (self.name,)


_BY_ENUM: dict[int, DType] = {}


def _define(name: str, number: int, numpy_type: Any) -> DType:
    """Make a type and its reference type, enter both in `_BY_ENUM`, return the type.

    number: the type's number in serialized graphs; it is TensorFlow's, so that graphs can be exchanged.
    """
    dtype, ref = object.__new__(DType), object.__new__(DType)
    common = {"base_dtype": dtype, "_as_ref": ref, **_properties(name, numpy_type)}
    own = {"name": name, "as_datatype_enum": number, "_is_ref_dtype": False}
    refs_own = {"name": f"{name}_ref", "as_datatype_enum": number + _REF_OFFSET, "_is_ref_dtype": True}
    for made, fields in ((dtype, own | common), (ref, refs_own | common)):
        for field, value in fields.items():
            object.__setattr__(made, field, value)
        _BY_ENUM[made.as_datatype_enum] = made
    return dtype


def _properties(name: str, numpy_type: Any) -> dict[str, Any]:
    np_dtype = np.dtype(numpy_type)
    kind = name.rstrip("0123456789")
    is_floating = "float" in name
    is_integer = kind in ("int", "uint")
    is_complex = kind == "complex"
    is_quantized = kind in ("qint", "quint")
    return {
        "as_numpy_dtype": numpy_type,
        "np_dtype": np_dtype,
        "size": 0 if np_dtype.hasobject else np_dtype.itemsize,
        "is_floating": is_floating,
        "is_integer": is_integer,
        "is_unsigned": kind == "uint",
        "is_complex": is_complex,
        "is_bool": name == "bool",
        "is_quantized": is_quantized,
        "is_numpy_compatible": name not in ("resource", "variant"),
        "is_numeric": is_floating or is_integer or is_complex or is_quantized,
    }


float16 = half = _define("float16", 19, np.float16)
bfloat16 = _define("bfloat16", 14, ml_dtypes.bfloat16)
float32 = _define("float32", 1, np.float32)
float64 = double = _define("float64", 2, np.float64)
float8_e5m2 = _define("float8_e5m2", 24, ml_dtypes.float8_e5m2)
float8_e4m3fn = _define("float8_e4m3fn", 25, ml_dtypes.float8_e4m3fn)
int4 = _define("int4", 29, ml_dtypes.int4)
int8 = _define("int8", 6, np.int8)
int16 = _define("int16", 5, np.int16)
int32 = _define("int32", 3, np.int32)
int64 = _define("int64", 9, np.int64)
uint4 = _define("uint4", 30, ml_dtypes.uint4)
uint8 = _define("uint8", 4, np.uint8)
uint16 = _define("uint16", 17, np.uint16)
uint32 = _define("uint32", 22, np.uint32)
uint64 = _define("uint64", 23, np.uint64)
complex64 = _define("complex64", 8, np.complex64)
complex128 = _define("complex128", 18, np.complex128)
bool_ = _define("bool", 10, np.bool_)
# Strings are bytes of any length and live in object arrays; handles and variants do not leave the runtime.
string = _define("string", 7, object)
resource = _define("resource", 20, object)
variant = _define("variant", 21, object)
qint8 = _define("qint8", 11, np.dtype([("qint8", np.int8)]))
qint16 = _define("qint16", 15, np.dtype([("qint16", np.int16)]))
qint32 = _define("qint32", 13, np.dtype([("qint32", np.int32)]))
quint8 = _define("quint8", 12, np.dtype([("quint8", np.uint8)]))
quint16 = _define("quint16", 16, np.dtype([("quint16", np.uint16)]))

_REAL_PART = {complex64: float32, complex128: float64}
_IMAGE_LIMITS: dict[DType, tuple[Any, Any]] = {
    float32: (0, 1),
    float64: (0, 1),
    bool_: (0, True),
    **{d: (0, d.max) for d in (uint8, uint16, uint32, uint64, int8, int16, int32, int64)},
}

_BY_NAME: dict[str, DType] = {d.name: d for d in _BY_ENUM.values()}
_BY_NAME.update({"half": half, "double": double, "float": float32})
_BY_NAME.update({f"{n}_ref": _BY_NAME[n]._as_ref for n in ("half", "double", "float")})


class _FromNumpy(dict[np.dtype, DType]):
    """NumPy's dtypes to ours; those that carry a size or byte order go by their kind."""

    def __missing__(self, dtype: np.dtype) -> DType:
        if dtype.kind in "SUO":
            return string
        native = dtype.newbyteorder("=")
        if native == dtype or native not in self:
            raise TypeError(_cannot_convert(dtype))
        return self[native]


_FROM_NUMPY = _FromNumpy(
    {d.np_dtype: d for d in _BY_ENUM.values() if not d._is_ref_dtype and d.is_numpy_compatible}
)

from_numpy: Callable[[np.dtype], DType] = _FROM_NUMPY.__getitem__
"""The `DType` of a `numpy.dtype`: one dictionary look-up.  TypeError if there is none."""

_FROM_TYPE: dict[type, DType] = {
    **{d.np_dtype.type: d for d in _FROM_NUMPY.values() if d.np_dtype.names is None},
    np.longlong: int64,
    np.ulonglong: uint64,
    np.bytes_: string,
    np.str_: string,
    builtins.bool: bool_,
    int: int32,
    float: float32,
    complex: complex128,
    bytes: string,
    str: string,
    object: string,
}


def as_dtype(type_value: Any) -> DType:
    """The `DType` that `type_value` names.

    type_value: a `DType`, a NumPy dtype or scalar type, a Python type (int is
    int32, float is float32), a name, the number of a type, or anything with a
    `dtype`.  TypeError for everything else.

    >>> as_dtype(float), as_dtype("half"), as_dtype(np.dtype("int8")), as_dtype(9)
    (tf.float32, tf.float16, tf.int8, tf.int64)
    """
    if isinstance(type_value, DType):
        return type_value
    if isinstance(type_value, np.dtype):
        return _FROM_NUMPY[type_value]
    found = None
    if isinstance(type_value, str):
        found = _BY_NAME.get(type_value)
    elif isinstance(type_value, type):
        found = _FROM_TYPE.get(type_value)
    elif type(type_value) is int:
        found = _BY_ENUM.get(type_value)
    elif isinstance(carried := getattr(type_value, "dtype", None), (DType, np.dtype)):
        return as_dtype(carried)
    if found is None:
        raise TypeError(_cannot_convert(type_value))
    return found


_C_NAMES = {"float32": "float", "float64": "double", "float16": "half"}


def c_name(dtype: DType) -> str:
    """What TensorFlow's runtime calls a dtype in its messages.

    >>> c_name(float32), c_name(int64)
    ('float', 'int64')
    """
    return _C_NAMES.get(dtype.base_dtype.name, dtype.base_dtype.name)


def _cannot_convert(value: Any) -> str:
    return f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."


def result_for_python(value: Any) -> DType:
    """The type a tensor gets that is made from a Python value without naming one.

    int: int32, or int64 and uint64 where the value needs it; float: float32;
    complex: complex128; str, bytes: string.  NumPy arrays and scalars keep their
    own type.  In lists and tuples, nested or not, integers are int32 or int64
    whatever NumPy calls them, floats have the type of the first element or float32,
    and no element at all is float32.  ValueError for what has no type, for an
    integer that no type holds, and for numbers mixed with truth values or strings.

    >>> result_for_python([1, 2.5]), result_for_python(2**31), result_for_python([])
    (tf.float32, tf.int64, tf.float32)
    """
    simple = _PYTHON_SCALARS.get(type(value))
    if simple is not None:
        return simple
    if type(value) is int:
        return _integer(value)
    if isinstance(value, _SEQUENCES):
        return _common(_kinds(value))
    if isinstance(value, np.ndarray | np.generic):
        return _FROM_NUMPY[value.dtype]
    return _scalar(value)


class Unconvertible(ValueError):
    """A Python value that no tensor can hold. Where graphs are built, a TypeError takes its place."""

    def in_graph(self, value: Any) -> TypeError:
        """The error of the same where a graph is built."""
        text = repr(value)
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        return TypeError(f"Failed to convert elements of {shown} to Tensor. Consider casting elements to a supported "
                         f"type. ({self})")


# Tracebacks call it what it is caught as.
Unconvertible.__name__ = Unconvertible.__qualname__ = "ValueError"
Unconvertible.__module__ = "builtins"


_SEQUENCES = (list, tuple, range)
_PYTHON_SCALARS = {builtins.bool: bool_, float: float32, complex: complex128, str: string, bytes: string}


def _scalar(value: Any) -> DType:
    """The type of one value that is neither NumPy's nor a sequence."""
    if isinstance(value, builtins.bool):
        return bool_
    if isinstance(value, float):
        return float32
    if isinstance(value, complex):
        return complex128
    if isinstance(value, str | bytes):
        return string
    carried = getattr(value, "dtype", None)
    if isinstance(carried, DType | np.dtype):
        return as_dtype(carried)
    if hasattr(value, "__index__"):
        return _integer(operator.index(value))
    if hasattr(value, "__array__") and not isinstance(value, type):
        return _FROM_NUMPY[np.asarray(value).dtype]
    raise Unconvertible(
        f"Attempt to convert a value ({value!r}) with an unsupported type ({type(value)}) to a Tensor."
    )


def _integer(value: int) -> DType:
    if -0x80000000 <= value <= 0x7FFFFFFF:
        return int32
    if -(2**63) <= value < 2**63:
        return int64
    if 0 <= value < 2**64:
        return uint64
    raise Unconvertible(
        f"Can't convert Python sequence with out-of-range integer to Tensor: no type holds {value}."
    )


def _kinds(values: Any) -> dict[DType, None]:
    """The types of the elements, in the order in which they first occur."""
    types = set(map(type, values))
    # Long flat lists are the usual case: no look at each element.
    if types == {float}:
        return {float32: None}
    if types == {int}:
        return {_integer(min(values)): None, _integer(max(values)): None}
    kinds: dict[DType, None] = {}
    for value in values:
        if isinstance(value, _SEQUENCES):
            kinds |= _kinds(value)
        elif isinstance(value, np.ndarray | np.generic):
            kinds |= _kinds_of_array(value)
        else:
            kinds[_scalar(value)] = None
    return kinds


def _kinds_of_array(array: np.ndarray | np.generic) -> dict[DType, None]:
    dtype = _FROM_NUMPY[array.dtype]
    if array.size == 0:
        return {}
    if dtype.is_integer:
        return _kinds([int(array.min()), int(array.max())])
    return {complex128 if dtype.is_complex else dtype: None}


def _common(kinds: dict[DType, None]) -> DType:
    """The one type for elements of these types."""
    if not kinds:
        return float32
    first = next(iter(kinds))
    if len(kinds) == 1:
        return first
    if not all(kind.is_numeric for kind in kinds):
        names = ", ".join(kind.name for kind in kinds)
        raise Unconvertible(f"Can't convert Python sequence with mixed types to Tensor: {names}.")
    if complex128 in kinds:
        return complex128
    if all(kind.is_integer for kind in kinds):
        return uint64 if uint64 in kinds else int64
    return first if first.is_floating else float32


# The name users know.  It stands last: above it, `bool` is Python's in every reader's mind.
bool = bool_
