"""What strings hold: numbers, base64, raw bytes, compressed data; on the host."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.errors import DataLossError
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import rules
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.strings import mapped

_NEVER = never("strings")


def _one_of(name: str, value: DType, allowed: tuple[DType, ...]) -> None:
    if value not in allowed:
        raise ShapeFault(f"Value for attr '{name}' of {value.name} is not in the list of allowed values: "
                         f"{', '.join(d.name for d in allowed)}")


# Numbers --------------------------------------------------------------------------------------------

_NUMBERS = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64)
_DECIMAL = re.compile(rb"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)\s*", re.IGNORECASE)
_HEXADECIMAL = re.compile(rb"\s*([+-]?)0x([0-9a-f]+)\s*", re.IGNORECASE)
_WHOLE = re.compile(rb"\s*[+-]?\d+\s*")


def _number(text: bytes, dtype: DType) -> Any:
    value: float | int | None = None
    if dtype.is_integer:
        if _WHOLE.fullmatch(text) and dtype.min <= int(text) <= dtype.max:
            value = int(text)
    elif _DECIMAL.fullmatch(text):
        value = float(text)
    elif found := _HEXADECIMAL.fullmatch(text):
        value = float(int(found[2], 16)) * (-1 if found[1] == b"-" else 1)
    if value is None or (dtype in (dtypes.uint32, dtypes.uint64) and b"-" in text):
        raise ShapeFault(f"StringToNumberOp could not correctly convert string: {text.decode('utf-8', 'replace')}")
    return value


@op("StringToNumber", inputs="string_tensor: string", host=True, gives_strings=False, differentiable=_NEVER,
    samples=lambda rng: [((np.array([b"1.5", b" -2e3 ", b"nan", b"0x10"], object),), {}),
                         ((np.array(b"-7", object),), {"out_type": dtypes.int64})])
def string_to_number_op(string_tensor, *, out_type: Any = dtypes.float32):
    """The number that each string writes."""
    _one_of("out_type", out_type, _NUMBERS)
    with np.errstate(over="ignore"):
        return mapped(lambda s: _number(s, out_type), string_tensor, out_type.np_dtype)


@string_to_number_op.shape
def _(inputs, attrs):
    _one_of("out_type", attrs["out_type"], _NUMBERS)
    return [(inputs[0].dims, attrs["out_type"])]


@public(v2=("strings.to_number",))
def to_number(input: Any, out_type: Any = dtypes.float32, name: str | None = None) -> Any:
    """The number that each string writes, in the shape of `input`.

    out_type: float32, float64, int32, int64, uint32 or uint64. Raises InvalidArgumentError for a string that is no
    number of that dtype.

    >>> to_number(["1.5", "-2e3"]).numpy().tolist()
    [1.5, -2000.0]
    """
    return string_to_number_op(input, out_type=out_type, name=name)


# Base64 ---------------------------------------------------------------------------------------------

_ALPHABET = re.compile(rb"[A-Za-z0-9_-]*={0,2}")


@op("EncodeBase64", inputs="input: string", names=("io.encode_base64",), v1=("encode_base64",), host=True,
    differentiable=_NEVER, samples=lambda rng: [((np.array([b"", b"a", b"\xff\xfe", b"abc"], object),), {}),
                                                ((np.array(b"ab", object),), {"pad": True})])
def encode_base64(input, *, pad: bool = False):
    """Strings in the web-safe base64 (`-` and `_` for `+` and `/`). pad: with `=` up to a multiple of 4."""
    return mapped(lambda s: base64.urlsafe_b64encode(s) if pad else base64.urlsafe_b64encode(s).rstrip(b"="), input)


@op("DecodeBase64", inputs="input: string", names=("io.decode_base64",), v1=("decode_base64",), host=True,
    differentiable=_NEVER, samples=lambda rng: [((np.array([b"", b"YQ", b"YQ==", b"__-_"], object),), {}),
                                                ((np.array(b"YWI=", object),), {})])
def decode_base64(input):
    """What strings of web-safe base64 hold, padded or not. Raises InvalidArgumentError for other characters."""
    return mapped(_from_base64, input)


def _from_base64(text: bytes) -> bytes:
    digits = text.rstrip(b"=")
    if not _ALPHABET.fullmatch(text) or (digits != text and len(text) % 4):
        raise ShapeFault("Invalid character found in base64.")
    if len(digits) % 4 == 1:
        raise ShapeFault("Base64 string length cannot be 1 modulo 4.")
    return base64.urlsafe_b64decode(digits + b"=" * (-len(digits) % 4))


encode_base64.shape(rules.as_first)
decode_base64.shape(rules.as_first)


# Raw bytes ------------------------------------------------------------------------------------------

_PADDED = (dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.uint16, dtypes.uint8, dtypes.int16,
           dtypes.int8, dtypes.int64, dtypes.bfloat16)
_RAW = (*_PADDED, dtypes.complex64, dtypes.complex128, dtypes.bool)
_BYTES = np.array([b"\x01\x00\x80?", b"abcd"], object)


def _elements(data: bytes, dtype: DType, little_endian: bool) -> np.ndarray:
    if dtype is dtypes.bool:
        return np.frombuffer(data, np.uint8) != 0
    found = np.frombuffer(data, dtype.np_dtype)
    return found if little_endian else found.byteswap()


@op("DecodeRaw", inputs="bytes: string", host=True, gives_strings=False, differentiable=_NEVER,
    samples=lambda rng: [((_BYTES,), {"out_type": dtypes.int16}),
                         ((np.array(_BYTES[0], object),), {"out_type": dtypes.float32, "little_endian": False})])
def decode_raw_op(bytes, *, out_type: Any, little_endian: bool = True):
    """The bytes of strings of one length as numbers, along one more dimension."""
    _one_of("out_type", out_type, _RAW)
    flat = bytes.reshape(-1)
    length = len(flat[0]) if len(flat) else 0
    for i, item in enumerate(flat):
        if len(item) != length:
            raise ShapeFault("DecodeRaw requires input strings to all be the same size, but element "
                             f"{i} has size {length} != {len(item)}")
    if length % out_type.size:
        raise ShapeFault(f"Input to DecodeRaw has length {length} that is not a multiple of {out_type.size}, the size "
                         f"of {out_type.name}")
    return _elements(b"".join(flat), out_type, little_endian).reshape(*bytes.shape, length // out_type.size)


@op("DecodePaddedRaw", inputs="input_bytes: string, fixed_length: int32", host=True, gives_strings=False,
    differentiable=_NEVER,
    samples=lambda rng: [((_BYTES, np.int32(6)), {"out_type": dtypes.int16}),
                         ((np.array(_BYTES[0], object), np.int32(2)), {"out_type": dtypes.uint8})])
def decode_padded_raw_op(input_bytes, fixed_length, *, out_type: Any, little_endian: bool = True):
    """The first `fixed_length` bytes of each string as numbers; shorter strings are filled up with zeros."""
    _one_of("out_type", out_type, _PADDED)
    if fixed_length.ndim:
        raise ShapeFault(f"k must be scalar, got shape {rules.text(fixed_length.shape)}")
    length = int(fixed_length)
    if length <= 0:
        raise ShapeFault(f"fixed_length ({length}) must be greater than zero.")
    if length % out_type.size:
        raise ShapeFault(f"fixed_length ({length}) must be a multiple of the size of out_type ({out_type.size})")
    count = max(1, input_bytes.size)
    if length * count > 2**40:
        raise MemoryError
    data = b"".join(item[:length].ljust(length, b"\0") for item in input_bytes.reshape(-1))
    return _elements(data, out_type, little_endian).reshape(*input_bytes.shape, length // out_type.size)


def _one_more_dimension(allowed: tuple[DType, ...]) -> Callable[..., Any]:
    def rule(inputs: Any, attrs: dict[str, Any]) -> Any:
        _one_of("out_type", attrs["out_type"], allowed)
        dims = inputs[0].dims
        return [(None if dims is None else (*dims, None), attrs["out_type"])]

    return rule


for _op, _allowed in ((decode_raw_op, _RAW), (decode_padded_raw_op, _PADDED)):
    _op.attr_types["out_type"] = "type"
    _op.shape(_one_more_dimension(_allowed))


@public(v2=("io.decode_raw",))
def decode_raw(input_bytes: Any, out_type: Any, little_endian: bool = True, fixed_length: Any = None,
               name: str | None = None) -> Any:
    """The bytes of strings as numbers of dtype `out_type`, along one more dimension at the end.

    The strings are of one length, unless `fixed_length` says how many bytes of each count (shorter ones are filled
    up with zeros). Raises InvalidArgumentError where the length is no multiple of the dtype's size.

    >>> decode_raw([b"\\x01\\x00\\x02\\x00"], dtypes.int16).numpy().tolist()
    [[1, 2]]
    """
    if fixed_length is not None:
        return decode_padded_raw_op(input_bytes, fixed_length, out_type=out_type, little_endian=little_endian,
                                    name=name)
    return decode_raw_op(input_bytes, out_type=out_type, little_endian=little_endian, name=name)


# Compressed data ------------------------------------------------------------------------------------

_WINDOW_BITS = {"ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS + 16}


@op("DecodeCompressed", inputs="bytes: string", names=("io.decode_compressed",), v1=("decode_compressed",), host=True,
    differentiable=_NEVER,
    samples=lambda rng: [((np.array([zlib.compress(b"hello " * 5), b""], object),), {"compression_type": "ZLIB"}),
                         ((np.array(b"plain", object),), {})])
def decode_compressed(bytes, *, compression_type: str = ""):
    """Strings unpacked. compression_type: "ZLIB", "GZIP", or "" for strings that are not packed.

    Raises DataLossError for data of another kind.
    """
    if compression_type == "":
        return np.array(bytes, object)
    if compression_type not in _WINDOW_BITS:
        raise ShapeFault("Only ZLIB, GZIP or NONE are supported compressions")
    return mapped(lambda data: _inflated(data, _WINDOW_BITS[compression_type]), bytes)


def _inflated(data: bytes, window_bits: int) -> bytes:
    try:
        return zlib.decompressobj(window_bits).decompress(data)
    except zlib.error as error:
        words = re.sub(r"Error (-?\d+) .*?: ", r"error \1: ", str(error))
        raise DataLossError(None, None, f"inflate() failed with {words}") from None


decode_compressed.shape(rules.as_first)
