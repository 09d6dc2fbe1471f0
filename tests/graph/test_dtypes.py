"""Data types: numbers, names and conversions as TensorFlow 2.21 answers them."""

import copy
import pickle

import ml_dtypes
import numpy as np
import pytest

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType, as_dtype, from_numpy, result_for_python

# name, number, NumPy type, bytes, floating, integer, unsigned, complex, min, max
TENSORFLOW_SAYS = [
    ("float16", 19, np.float16, 2, 1, 0, 0, 0, -65504.0, 65504.0),
    ("bfloat16", 14, ml_dtypes.bfloat16, 2, 1, 0, 0, 0, -3.3895313892515355e38, 3.3895313892515355e38),
    ("float32", 1, np.float32, 4, 1, 0, 0, 0, -3.4028234663852886e38, 3.4028234663852886e38),
    ("float64", 2, np.float64, 8, 1, 0, 0, 0, -1.7976931348623157e308, 1.7976931348623157e308),
    ("float8_e5m2", 24, ml_dtypes.float8_e5m2, 1, 1, 0, 0, 0, -57344.0, 57344.0),
    ("float8_e4m3fn", 25, ml_dtypes.float8_e4m3fn, 1, 1, 0, 0, 0, -448.0, 448.0),
    ("int4", 29, ml_dtypes.int4, 1, 0, 1, 0, 0, -8, 7),
    ("int8", 6, np.int8, 1, 0, 1, 0, 0, -128, 127),
    ("int16", 5, np.int16, 2, 0, 1, 0, 0, -32768, 32767),
    ("int32", 3, np.int32, 4, 0, 1, 0, 0, -2147483648, 2147483647),
    ("int64", 9, np.int64, 8, 0, 1, 0, 0, -9223372036854775808, 9223372036854775807),
    ("uint4", 30, ml_dtypes.uint4, 1, 0, 1, 1, 0, 0, 15),
    ("uint8", 4, np.uint8, 1, 0, 1, 1, 0, 0, 255),
    ("uint16", 17, np.uint16, 2, 0, 1, 1, 0, 0, 65535),
    ("uint32", 22, np.uint32, 4, 0, 1, 1, 0, 0, 4294967295),
    ("uint64", 23, np.uint64, 8, 0, 1, 1, 0, 0, 18446744073709551615),
    ("bool", 10, np.bool_, 1, 0, 0, 0, 0, None, None),
    ("complex64", 8, np.complex64, 8, 0, 0, 0, 1, None, None),
    ("complex128", 18, np.complex128, 16, 0, 0, 0, 1, None, None),
    ("string", 7, object, 0, 0, 0, 0, 0, None, None),
    ("resource", 20, object, 0, 0, 0, 0, 0, None, None),
    ("variant", 21, object, 0, 0, 0, 0, 0, None, None),
    ("qint8", 11, np.dtype([("qint8", "i1")]), 1, 0, 0, 0, 0, None, None),
    ("qint16", 15, np.dtype([("qint16", "i2")]), 2, 0, 0, 0, 0, None, None),
    ("qint32", 13, np.dtype([("qint32", "i4")]), 4, 0, 0, 0, 0, None, None),
    ("quint8", 12, np.dtype([("quint8", "u1")]), 1, 0, 0, 0, 0, None, None),
    ("quint16", 16, np.dtype([("quint16", "u2")]), 2, 0, 0, 0, 0, None, None),
]
ALL = [getattr(dtypes, row[0]) for row in TENSORFLOW_SAYS]


def test_the_table_above_is_complete():
    defined = {value for value in vars(dtypes).values() if isinstance(value, DType)}
    assert defined == set(ALL)


@pytest.mark.parametrize("row", TENSORFLOW_SAYS, ids=lambda row: row[0])
def test_properties_are_tensorflows(row):
    name, number, numpy_type, size, floating, integer, unsigned, is_complex, low, high = row
    dtype = getattr(dtypes, name)
    assert (dtype.name, dtype.as_datatype_enum, int(dtype), dtype.size) == (name, number, number, size)
    assert dtype.as_numpy_dtype == numpy_type
    assert dtype.np_dtype == np.dtype(numpy_type)
    assert isinstance(dtype.np_dtype, np.dtype)
    flags = dtype.is_floating, dtype.is_integer, dtype.is_unsigned, dtype.is_complex
    assert flags == (floating, integer, unsigned, is_complex)
    assert all(isinstance(flag, bool) for flag in flags)
    assert dtype.is_numeric == (any(flags) or dtype.is_quantized)
    assert dtype.is_bool == (name == "bool")
    assert dtype.is_quantized == ("qint" in name or "quint" in name)
    assert dtype.is_numpy_compatible == (name not in ("resource", "variant"))
    if low is None:
        for end, word in (("min", "minimum"), ("max", "maximum")):
            with pytest.raises(TypeError, match=f"Cannot find {word} value of <dtype: '{name}'>"):
                getattr(dtype, end)
    else:
        assert (float(dtype.min), float(dtype.max)) == (float(low), float(high))
        assert type(dtype.max) is (numpy_type if floating else int)


def test_repr_and_str():
    assert repr(dtypes.float32) == "tf.float32"
    assert str(dtypes.float32) == "<dtype: 'float32'>"
    assert f"{dtypes.bool}" == "<dtype: 'bool'>"
    assert repr(dtypes.float32._as_ref) == "tf.float32_ref"


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("float32", (0, 1)),
        ("float64", (0, 1)),
        ("uint8", (0, 255)),
        ("int8", (0, 127)),
        ("int64", (0, 9223372036854775807)),
        ("bool", (0, True)),
    ],
)
def test_limits(name, limits):
    assert getattr(dtypes, name).limits == limits


@pytest.mark.parametrize("name", ["float16", "bfloat16", "complex64", "string", "qint8", "int4"])
def test_no_limits(name):
    with pytest.raises(ValueError, match=f"<dtype: '{name}'> does not have defined limits."):
        _ = getattr(dtypes, name).limits


def test_real_dtype():
    assert dtypes.complex64.real_dtype is dtypes.float32
    assert dtypes.complex128.real_dtype is dtypes.float64
    assert dtypes.int8.real_dtype is dtypes.int8
    assert dtypes.float32._as_ref.real_dtype is dtypes.float32._as_ref


@pytest.mark.parametrize("dtype", ALL, ids=lambda d: d.name)
def test_one_object_per_type(dtype):
    for d in (dtype, dtype._as_ref):
        assert DType(d.as_datatype_enum) is d
        assert as_dtype(d.name) is d
        assert as_dtype(d) is d
        assert as_dtype(d.as_datatype_enum) is d
        assert pickle.loads(pickle.dumps(d)) is d
        assert copy.copy(d) is d
        assert copy.deepcopy([d])[0] is d


def test_a_type_cannot_be_changed():
    with pytest.raises(AttributeError, match="one object per type"):
        dtypes.float32.name = "float64"


def test_no_type_has_this_number():
    with pytest.raises(TypeError, match="777"):
        DType(777)


def test_reference_types():
    ref = dtypes.float32._as_ref
    assert (ref.name, ref.as_datatype_enum, ref._is_ref_dtype) == ("float32_ref", 101, True)
    assert ref.base_dtype is dtypes.float32
    assert ref._as_ref is ref
    assert not dtypes.float32._is_ref_dtype
    assert dtypes.float32.base_dtype is dtypes.float32
    assert ref != dtypes.float32
    assert ref.is_floating
    assert (ref.size, ref.as_numpy_dtype, ref.limits) == (4, np.float32, (0, 1))
    assert ref.max == dtypes.float32.max
    assert not ref.is_compatible_with(dtypes.float32)
    assert dtypes.float32.is_compatible_with(ref)


def test_compatible():
    assert dtypes.float32.is_compatible_with("float32")
    assert not dtypes.float32.is_compatible_with(dtypes.float64)


# The left column as TensorFlow takes it.
@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("half", "float16"),
        ("double", "float64"),
        ("float", "float32"),
        ("bfloat16", "bfloat16"),
        ("float32_ref", "float32_ref"),
        ("half_ref", "float16_ref"),
        ("string", "string"),
        ("resource", "resource"),
        (1, "float32"),
        (101, "float32_ref"),
        (float, "float32"),
        (bool, "bool"),
        (object, "string"),
        (np.dtype("S5"), "string"),
        (np.dtype("U5"), "string"),
        (np.dtype("O"), "string"),
        (np.float32, "float32"),
        (np.bool_, "bool"),
        (np.dtype(">f4"), "float32"),
        (np.dtype("<i8"), "int64"),
        (ml_dtypes.bfloat16, "bfloat16"),
        (np.dtype(ml_dtypes.bfloat16), "bfloat16"),
        (np.intc, "int32"),
        (np.longlong, "int64"),
        (np.ulonglong, "uint64"),
        (np.array([1], np.int64), "int64"),
        (np.float32(1), "float32"),
        (np.dtype([("qint8", "i1")]), "qint8"),
    ],
    ids=repr,
)
def test_as_dtype(value, name):
    assert as_dtype(value).name == name


@pytest.mark.parametrize(
    ("value", "name"),
    [(int, "int32"), (str, "string"), (bytes, "string"), (complex, "complex128"), (np.str_, "string")],
    ids=repr,
)
def test_as_dtype_takes_pythons_types_where_tensorflow_refuses(value, name):
    assert as_dtype(value).name == name


@pytest.mark.parametrize(
    "value",
    [
        *("int", "nope", "str", "complex", "object", "f4", "<f4", ""),
        # TensorFlow takes 1.0 and True for the number 1.
        *(1.0, True),
        *(None, 3.5, [1], 0, 999, {}, list, np.generic, np.longdouble),
        *(np.dtype("M8[s]"), np.dtype([("a", "f4")]), np.dtype("V3"), np.dtype(">f16")),
    ],
    ids=repr,
)
def test_as_dtype_refuses_and_shows_the_value(value):
    with pytest.raises(TypeError) as info:
        as_dtype(value)
    assert str(info.value) == f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."


def test_equality_with_whatever_names_the_type():
    float32 = dtypes.float32
    for same in (np.float32, "float32", np.dtype("float32"), float, 1, float32):
        assert float32 == same
        assert same == float32
        assert (float32 != same) is False
    for other in (None, "zz", [1], np.float64, "float64", dtypes.float64, 3, object()):
        assert float32 != other
        assert other != float32
        assert (float32 == other) is False
    assert hash(float32) == 1
    assert {dtypes.float32: "a"}[as_dtype("float32")] == "a"
    assert dtypes.int32 in ["float32", np.int32]


def test_no_order():
    with pytest.raises(TypeError):
        _ = dtypes.float32 < dtypes.float64


@pytest.mark.parametrize("dtype", [d for d in ALL if d.is_numpy_compatible], ids=lambda d: d.name)
def test_from_numpy_is_the_inverse(dtype):
    assert from_numpy(dtype.np_dtype) is dtype


def test_from_numpy_of_unusual_dtypes():
    assert from_numpy(np.dtype("S7")) is dtypes.string
    assert from_numpy(np.dtype(">i2")) is dtypes.int16
    assert from_numpy(np.dtype(np.longlong)) is dtypes.int64
    with pytest.raises(TypeError, match="to a TensorFlow DType"):
        from_numpy(np.dtype("datetime64[s]"))


class Indexed:
    def __index__(self):
        return 5


class ArrayLike:
    def __array__(self, dtype=None, copy=None):
        return np.ones(2, np.int16)

    def __repr__(self):  # names a test, so it must be the same in every process
        return "ArrayLike"


# What `tf.constant(value).dtype` is, eagerly; a number in a list beside a tensor is no part of this.
@pytest.mark.parametrize(
    ("value", "name"),
    [
        (1, "int32"),
        (2**31, "int64"),
        (-(2**31), "int32"),
        (-(2**31) - 1, "int64"),
        (-(2**63), "int64"),
        (True, "bool"),
        (1.0, "float32"),
        (1j, "complex128"),
        ("a", "string"),
        (b"a", "string"),
        ([1, 2.0], "float32"),
        ([1, 2**40], "int64"),
        ([True, False], "bool"),
        ([[1], [2]], "int32"),
        ([], "float32"),
        ([[]], "float32"),
        (["a", b"b"], "string"),
        ([1j, 1], "complex128"),
        ((1, 2), "int32"),
        ([(1, 2), [3, 4]], "int32"),
        (range(3), "int32"),
        ([range(2)], "int32"),
        (np.float64(1), "float64"),
        (np.int64(1), "int64"),
        (np.float16(1), "float16"),
        (np.bool_(True), "bool"),
        (np.str_("a"), "string"),
        (np.array(["a"]), "string"),
        (np.array(1.0), "float64"),
        (np.arange(3, dtype=">i4"), "int32"),
        ([np.int64(1), 2], "int32"),
        ([1, np.int64(2)], "int32"),
        ([np.int64(2**40)], "int64"),
        ([np.int8(1)], "int32"),
        ([np.uint64(3)], "int32"),
        ([np.int64(1), 2.0], "float32"),
        ([np.float64(1), 2.0], "float64"),
        ([1.0, np.float64(2)], "float32"),
        ([1, np.float64(2)], "float32"),
        ([np.float32(1), 2.0], "float32"),
        ([np.float32(1), np.float64(2)], "float32"),
        ([np.float16(1), 2.0], "float16"),
        ([2.0, np.float16(1)], "float32"),
        ([np.complex64(1)], "complex128"),
        ([np.bool_(True), True], "bool"),
        ([np.str_("a")], "string"),
        ([np.bytes_(b"a")], "string"),
        ([np.array(1)], "int32"),
        ([np.array([1, 2]), [3, 4]], "int32"),
        ([np.array([1.0]), np.array([2.0], np.float32)], "float64"),
        ([np.array([1]), np.array([2.0])], "float32"),
        ([np.zeros(0, np.int64)], "float32"),
        (ArrayLike(), "int16"),
    ],
    ids=repr,
)
def test_result_for_python(value, name):
    assert result_for_python(value).name == name


def test_whatever_is_an_index_is_an_integer():
    assert result_for_python(Indexed()) is dtypes.int32
    assert result_for_python([Indexed(), -1]) is dtypes.int32


def test_large_unsigned_integers_have_a_type_as_in_tensorflow_1():
    assert result_for_python(2**63) is dtypes.uint64
    assert result_for_python([1, 2**64 - 1]) is dtypes.uint64


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([True, 1], "mixed types"),
        ([1, "a"], "mixed types"),
        (["a", 1.0], "mixed types"),
        ([np.bool_(True), 1], "mixed types"),
        (2**64, "out-of-range integer"),
        ([1, -(2**63) - 1], "out-of-range integer"),
        (None, r"convert a value \(None\) with an unsupported type"),
        ([None, 1], r"convert a value \(None\) with an unsupported type"),
        ({1: 2}, r"\{1: 2\}.*unsupported type"),
        (dtypes.float32, "unsupported type"),
        (object, "unsupported type"),
    ],
    ids=repr,
)
def test_result_for_python_refuses(value, words):
    with pytest.raises(ValueError, match=words):
        result_for_python(value)
