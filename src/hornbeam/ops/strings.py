"""Strings: tensors of bytes, on the host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, COMPLEX, INDEX, REALS, STRING, never, op
from hornbeam.ops import rules
from hornbeam.ops.dims import ShapeFault

_NEVER = never("strings")


def _words(rng: np.random.Generator) -> list[Any]:
    return [((np.array([b"Abc", b"", "h\u00e9".encode()], object),), {}), ((np.array(b" x ", object),), {})]


def mapped(function: Callable[[Any], Any], x: np.ndarray, dtype: Any = object) -> np.ndarray:
    """The function's results for each element, in an array of the shape of `x`."""
    out = np.empty(x.shape, dtype)
    flat = out.reshape(-1)
    for i, item in enumerate(x.reshape(-1)):
        flat[i] = function(item)
    return out


def _same_shape(dtype: Any) -> Any:
    return rules.as_first_but(dtype)


# Numbers as strings ----------------------------------------------------------------------------------


def _number_format(dtype: np.dtype, attrs: dict[str, Any]) -> Callable[[Any], bytes]:
    precision, width, fill = attrs["precision"], attrs["width"], attrs["fill"]
    real = dtype.kind in "fcV" or str(dtype) == "bfloat16"
    if not isinstance(fill, str) or len(fill) > 1 or fill not in "+- 0":
        raise ShapeFault(f"Fill argument can only be '', ' ', '0', '+', or '-', got {fill!r}")
    if precision > -1 and not real:
        raise ShapeFault("precision not supported for datatype "
                                   f"{dtypes.from_numpy(dtype).name}")
    if (attrs["scientific"] or attrs["shortest"]) and not real:
        raise ShapeFault("scientific and shortest format not supported for datatype "
                                   f"{dtypes.from_numpy(dtype).name}")
    if attrs["scientific"] and attrs["shortest"]:
        raise ShapeFault("Cannot select both scientific and shortest notation")
    pattern = f"%{fill}{width if width > -1 else ''}{f'.{precision}' if precision > -1 else ''}"
    if not real:
        return lambda v: (f"{pattern}d" % int(v)).encode()
    pattern += "e" if attrs["scientific"] else "g" if attrs["shortest"] else "f"
    if dtype.kind == "c":
        return lambda v: f"({pattern % v.real},{pattern % v.imag})".encode()
    return lambda v: (pattern % float(v)).encode()


@op("AsString", inputs="input: T", names=("as_string", "strings.as_string"), v1=("dtypes.as_string",), host=True,
    gives_strings=False, differentiable=_NEVER, T=REALS + BOOL + COMPLEX + STRING,
    samples=lambda rng: [((np.array([1, -2]),), {"width": 4}), ((np.array([1.5, 2e9]),), {"precision": 2}),
                         ((np.array([True, False]),), {})])
def as_string(input, *, precision: int = -1, scientific: bool = False, shortest: bool = False, width: int = -1,
              fill: str = ""):
    """Numbers and truth values as strings, written as C's printf does.

    precision: digits after the point (of significance with `shortest`). scientific: as 1.5e+00. shortest: the
    shorter of both. width, fill: the least length and what fills it. Raises InvalidArgumentError where these do not
    apply to the dtype.
    """
    if input.dtype == object:
        return np.array(input)
    if input.dtype == bool:
        _number_format(input.dtype, {"precision": precision, "scientific": scientific, "shortest": shortest,
                                     "width": width, "fill": fill})
        pad = f"{{:>{width}}}" if width > -1 else "{}"
        return mapped(lambda v: pad.format("true" if v else "false").encode(), input)
    attrs = {"precision": precision, "scientific": scientific, "shortest": shortest, "width": width, "fill": fill}
    return mapped(_number_format(input.dtype, attrs), input)


as_string.shape(_same_shape(dtypes.string))


# Joining and measuring -------------------------------------------------------------------------------


@op("StringJoin", inputs="inputs: list string", host=True, differentiable=_NEVER,
    samples=lambda rng: [(([np.array([b"a", b"b"], object), np.array(b"c", object)],), {"separator": "-"})])
def string_join_op(inputs, *, separator: str = ""):
    """Strings of several tensors, joined element by element; scalars go with every element."""
    shape = next((x.shape for x in inputs if x.ndim), ())
    for i, x in enumerate(inputs):
        if x.ndim and x.shape != shape:
            raise ShapeFault("Input shapes do not match: " f"{rules.text(shape)} vs. "
                                       f"{rules.text(x.shape)} (input {i})")
    flats = [np.broadcast_to(x, shape).reshape(-1) for x in inputs]
    out = np.empty(int(np.prod(shape)), object)
    between = separator.encode() if isinstance(separator, str) else separator
    for i in range(len(out)):
        out[i] = between.join(f[i] for f in flats)
    return out.reshape(shape)


@string_join_op.shape
def _(inputs, attrs):
    dims: Any = ()
    for i in inputs[0]:
        if i.dims is None:
            return [(None, dtypes.string)]
        if i.dims == ():
            continue
        if dims != () and len(dims) != len(i.dims):
            raise ShapeFault(f"Shapes must be equal rank, but are {len(dims)} and {len(i.dims)}")
        dims = i.dims if dims == () else rules.broadcast_dims([dims, i.dims])
    return [(dims, dtypes.string)]


@public("strings.join", v1=("string_join",))
def join(inputs: Sequence[Any], separator: str = "", name: str | None = None) -> Any:
    """Strings of several tensors of one shape (or scalars), joined element by element.

    >>> join(["a", ["b", "c"]], "-").numpy().tolist()
    [b'a-b', b'a-c']
    """
    return string_join_op(list(inputs), separator=separator, name=name)


@op("StringLength", inputs="input: string", host=True, gives_strings=False, differentiable=_NEVER, samples=_words)
def string_length_op(input, *, unit: str = "BYTE"):
    """How many bytes, or characters of UTF-8, each string has."""
    if unit not in ("BYTE", "UTF8_CHAR"):
        raise ShapeFault(f"unit is BYTE or UTF8_CHAR, not {unit}")
    count = len if unit == "BYTE" else _characters
    return np.array([count(s) for s in input.reshape(-1)], np.int32).reshape(input.shape)


def _characters(text: bytes) -> int:
    return sum((b & 0xC0) != 0x80 for b in text)


string_length_op.shape(_same_shape(dtypes.int32))


@public(v2=("strings.length",))
def length(input: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    """The length of each string, as int32. unit: "BYTE" or "UTF8_CHAR"."""
    return string_length_op(input, unit=unit, name=name)


# Changing --------------------------------------------------------------------------------------------


def _cased(change: str) -> Any:
    def changed(text: bytes, encoding: str) -> bytes:
        if encoding == "":
            return getattr(text, change)()
        if encoding.lower() != "utf-8":
            raise ShapeFault(f"Currently the only supported encoding is utf-8, not {encoding!r}")
        return getattr(text.decode("utf-8", "replace"), change)().encode()

    return changed


_LOWER, _UPPER = _cased("lower"), _cased("upper")


@op("StringLower", inputs="input: string", names=("strings.lower",), host=True, differentiable=_NEVER, samples=_words)
def lower(input, *, encoding: str = ""):
    """Strings in lower case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
    return mapped(lambda s: _LOWER(s, encoding), input)


@op("StringUpper", inputs="input: string", names=("strings.upper",), host=True, differentiable=_NEVER, samples=_words)
def upper(input, *, encoding: str = ""):
    """Strings in upper case: ASCII letters, or with `encoding` "utf-8" those of Unicode."""
    return mapped(lambda s: _UPPER(s, encoding), input)


@op("StringStrip", inputs="input: string", names=("strings.strip",), v1=("string_strip",), host=True,
    differentiable=_NEVER, samples=_words)
def strip(input):
    """Strings without white space at their ends."""
    return mapped(bytes.strip, input)


for _op in (lower, upper, strip):
    _op.shape(_same_shape(dtypes.string))


@op("Substr", inputs="input: string, pos: T, len: T", host=True, differentiable=_NEVER, T=INDEX,
    samples=lambda rng: [((np.array([b"hello", b"world"], object), np.int32(1), np.int32(3)), {}),
                         ((np.array("h\u00e9llo".encode(), object), np.int32(-4), np.int32(2)), {"unit": "UTF8_CHAR"})])
def substr_op(input, pos, len, *, unit: str = "BYTE"):
    """Parts of strings; a negative `pos` counts from the end."""
    shape = np.broadcast_shapes(input.shape, pos.shape, len.shape)
    texts, starts, counts = (np.broadcast_to(v, shape).reshape(-1) for v in (input, pos, len))
    out = np.empty(int(np.prod(shape)), object)
    for i, (text, start, count) in enumerate(zip(texts, starts, counts, strict=True)):
        out[i] = _part(text, int(start), int(count), unit, i)
    return out.reshape(shape)


def _part(text: bytes, start: int, count: int, unit: str, at: int) -> bytes:
    whole: Any = text.decode("utf-8", "replace") if unit == "UTF8_CHAR" else text
    size = len(whole)
    if not -size <= start <= size:
        raise ShapeFault(f"pos {start} out of range for string b'{text.decode('latin-1')}' "
                                   f"at index {at}")
    begin = start + size if start < 0 else start
    part = whole[begin:begin + max(0, count)]
    return part.encode() if unit == "UTF8_CHAR" else part


@substr_op.shape
def _(inputs, attrs):
    if attrs["unit"] not in ("BYTE", "UTF8_CHAR"):
        raise ShapeFault(f"unit is BYTE or UTF8_CHAR, not {attrs['unit']}")
    return [(rules.broadcast_dims([i.dims for i in inputs]), dtypes.string)]


@public(v2=("strings.substr",))
def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE", name: str | None = None) -> Any:
    """The `len` bytes (or with `unit` "UTF8_CHAR", characters) of each string from `pos` on; the three broadcast.

    A negative `pos` counts from the end. Raises InvalidArgumentError for a `pos` outside of its string.
    """
    return substr_op(input, pos, len, unit=unit, name=name)
