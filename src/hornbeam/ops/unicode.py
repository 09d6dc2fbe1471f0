"""Text in Unicode's encodings: from one to another, and to and from code points; on the host."""

from __future__ import annotations

import codecs
import functools
import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, convert_to_tensor, own_name
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, never, op
from hornbeam.ops import rules
from hornbeam.ops.arithmetic import multiply
from hornbeam.ops.constants import range as range_of
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.reduce import reduce_prod
from hornbeam.ops.shaping import reshape, shape
from hornbeam.ops.strings import mapped

_NEVER = never("strings")
_OUTPUTS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}
_POLICIES = ("strict", "replace", "ignore")
_NOT_TEXT = ("idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined")
_LAST = 0x10FFFF


def _listed(name: str, value: Any, allowed: Any) -> None:
    if value not in allowed:
        choices = ", ".join(f'"{a}"' for a in allowed)
        raise ShapeFault(f'Value for attr \'{name}\' of "{value}" is not in the list of allowed values: {choices}')


def _is_character(code: int) -> bool:
    return 0 <= code <= _LAST and not 0xD800 <= code <= 0xDFFF


@final
class _Policy(NamedTuple):
    """What stands for malformed input."""

    errors: str
    replacement: int
    replace_controls: bool = False

    def checked(self) -> _Policy:
        _listed("errors", self.errors, _POLICIES)
        if not _is_character(self.replacement):
            raise ShapeFault("replacement_char out of unicode codepoint range")
        return self

    def of(self, code: int, words: str = "Invalid formatting on input string") -> int | None:
        """The code point for one that may be malformed (-1): itself, the replacement, or None to leave it out."""
        if _is_character(code) and not (self.replace_controls and code <= 0x1F):
            return code
        if self.errors == "strict":
            raise ShapeFault(words)
        return None if self.errors == "ignore" else self.replacement


# Decoding -------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=64)
def _codec(name: str) -> str:
    """Python's name of an encoding. Raises ShapeFault where there is none."""
    try:
        b"".decode(name)
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        found = "undefined"
    if found.replace("-", "_") in _NOT_TEXT:
        raise ShapeFault(f"Could not create converter for input encoding: {name}")
    return found


def _decoded(data: bytes, codec: str) -> Iterator[tuple[int, int]]:
    """(offset in bytes, code point) of each character; -1 for bytes that are none."""
    at, view = 0, memoryview(data)
    while at < len(data):
        try:
            text, end, broken = codecs.decode(view[at:], codec), len(data), None
        except UnicodeDecodeError as error:
            end, broken = at + error.start, at + max(error.end, error.start + 1)
            text = codecs.decode(view[at:end], codec)
        yield from zip(_offsets(text, at, data[at:end], codec), map(ord, text), strict=False)
        if broken is None:
            return
        yield end, -1
        at = broken


def _offsets(text: str, start: int, data: bytes, codec: str) -> Iterator[int]:
    """Where the characters of well-formed data begin."""
    if len(text) == len(data):
        yield from range(start, start + len(data))
        return
    if codec in ("utf-8", "utf-16-be", "utf-16-le", "utf-32-be", "utf-32-le"):
        at = start
        for char in text:
            yield at
            at += len(char.encode(codec))
        return
    decoder, begun = codecs.getincrementaldecoder(codec)(), 0
    for i in range(len(data)):
        for _ in decoder.decode(data[i:i + 1]):
            yield start + begun
            begun = i + 1


def _code_points(data: bytes, codec: str, policy: _Policy) -> list[tuple[int, int]]:
    """(offset, code point) of what `policy` leaves of a string."""
    kept = []
    for offset, code in _decoded(data, codec):
        found = policy.of(code)
        if found is not None:
            kept.append((offset, found))
    return kept


_TEXTS = np.array(["h\u00e9llo".encode(), b"", b"a\xff\x01b"], object)


def _decode_all(input: np.ndarray, attrs: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Splits, code points and offsets of all the strings, one after the other."""
    codec = _codec(attrs["input_encoding"])
    policy = _Policy(attrs["errors"], attrs["replacement_char"], attrs["replace_control_characters"]).checked()
    rows = [_code_points(s, codec, policy) for s in input.reshape(-1)]
    splits = np.cumsum([0, *map(len, rows)]).astype(attrs["Tsplits"].np_dtype)
    flat = np.array([pair for row in rows for pair in row], np.int64).reshape(-1, 2)
    return splits, flat[:, 1].astype(np.int32), flat[:, 0].copy()


def _checked_splits(attrs: dict[str, Any]) -> None:
    if attrs["Tsplits"] not in INDEX:
        raise ShapeFault(f"Value for attr 'Tsplits' of {attrs['Tsplits'].name} is not in the list of allowed values: "
                         "int32, int64")


def _decoded_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    _checked_splits(attrs)
    dims = inputs[0].dims
    rows = None if dims is None or None in dims else int(np.prod(dims)) + 1
    return [((rows,), attrs["Tsplits"]), ((None,), dtypes.int32), ((None,), dtypes.int64)]


@op("UnicodeDecode", inputs="input: string", outputs=("row_splits", "char_values"), host=True, gives_strings=False,
    differentiable=_NEVER, samples=lambda rng: [((_TEXTS,), {"input_encoding": "UTF-8"})])
def unicode_decode_op(input, *, input_encoding: str, errors: str = "replace", replacement_char: int = 65533,
                      replace_control_characters: bool = False, Tsplits: Any = dtypes.int64):
    """The code points of all strings, one after the other, and where each string's begin."""
    return _decode_all(input, {"input_encoding": input_encoding, "errors": errors, "Tsplits": Tsplits,
                               "replacement_char": replacement_char,
                               "replace_control_characters": replace_control_characters})[:2]


@unicode_decode_op.shape
def _(inputs, attrs):
    return _decoded_shape(inputs, attrs)[:2]


@op("UnicodeDecodeWithOffsets", inputs="input: string",
    outputs=("row_splits", "char_values", "char_to_byte_starts"), host=True, gives_strings=False,
    differentiable=_NEVER, samples=lambda rng: [((_TEXTS,), {"input_encoding": "UTF-8", "errors": "ignore"})])
def unicode_decode_with_offsets_op(input, *, input_encoding: str, errors: str = "replace",
                                   replacement_char: int = 65533, replace_control_characters: bool = False,
                                   Tsplits: Any = dtypes.int64):
    """As `UnicodeDecode`, with the byte of its string that each character begins at."""
    return _decode_all(input, {"input_encoding": input_encoding, "errors": errors, "Tsplits": Tsplits,
                               "replacement_char": replacement_char,
                               "replace_control_characters": replace_control_characters})


unicode_decode_with_offsets_op.shape(_decoded_shape)


# Transcoding ----------------------------------------------------------------------------------------


@op("UnicodeTranscode", inputs="input: string", names=("strings.unicode_transcode",), host=True,
    differentiable=_NEVER,
    samples=lambda rng: [((_TEXTS,), {"input_encoding": "UTF-8", "output_encoding": "UTF-16-BE"}),
                         ((np.array(_TEXTS[0], object),), {"input_encoding": "latin1", "output_encoding": "UTF-8"})])
def unicode_transcode(input, *, input_encoding: str, output_encoding: str, errors: str = "replace",
                      replacement_char: int = 65533, replace_control_characters: bool = False):
    """Strings of one encoding in another.

    input_encoding: any that Python knows. output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE". errors: malformed
    input is an InvalidArgumentError ("strict"), becomes `replacement_char` ("replace") or nothing ("ignore");
    with `replace_control_characters` that holds for control characters (up to 0x1F) too.
    """
    _listed("output_encoding", output_encoding, _OUTPUTS)
    codec = _codec(input_encoding)
    policy = _Policy(errors, replacement_char, replace_control_characters).checked()

    def transcoded(data: bytes) -> bytes:
        return "".join(chr(code) for _, code in _code_points(data, codec, policy)).encode(_OUTPUTS[output_encoding])

    return mapped(transcoded, input)


@unicode_transcode.shape
def _(inputs, attrs):
    _listed("output_encoding", attrs["output_encoding"], _OUTPUTS)
    _listed("errors", attrs["errors"], _POLICIES)
    return rules.as_first(inputs, attrs)


# Encoding -------------------------------------------------------------------------------------------

_OUT_OF_RANGE = "Code point is out of range for Unicode, or is a surrogate."


@op("UnicodeEncode", inputs="input_values: int32, input_splits: Tsplits", host=True, gives_strings=True,
    differentiable=_NEVER, Tsplits=INDEX,
    samples=lambda rng: [((np.array([104, 233, 128512], np.int32), np.array([0, 2, 3], np.int64)),
                          {"output_encoding": "UTF-8"})])
def unicode_encode_op(input_values, input_splits, *, errors: str = "replace", output_encoding: str,
                      replacement_char: int = 65533):
    """Strings of code points: those from each of `input_splits` to the next."""
    _listed("output_encoding", output_encoding, _OUTPUTS)
    policy = _Policy(errors, replacement_char).checked()
    _checked_ends(input_values, input_splits)
    text = [policy.of(int(code), _OUT_OF_RANGE) for code in input_values]
    out = np.empty(len(input_splits) - 1, object)
    for i, (start, end) in enumerate(itertools.pairwise(input_splits)):
        out[i] = "".join(chr(c) for c in text[start:end] if c is not None).encode(_OUTPUTS[output_encoding])
    return out


def _checked_ends(values: np.ndarray, splits: np.ndarray) -> None:
    if values.ndim != 1 or splits.ndim != 1 or not len(splits):
        raise ShapeFault("input_tensor and input_splits must be vectors, input_splits with at least one element: got "
                         f"{rules.text(values.shape)} and {rules.text(splits.shape)}")
    if splits[0] != 0:
        raise ShapeFault("First value in input_splits must be zero.")
    if splits[-1] != len(values):
        raise ShapeFault("Last value in input_splits must be equal to length of input_tensor.")
    if (np.diff(splits) < 0).any():
        raise ShapeFault("Values in input_splits must be equal or in ascending order.")


@unicode_encode_op.shape
def _(inputs, attrs):
    _listed("output_encoding", attrs["output_encoding"], _OUTPUTS)
    _listed("errors", attrs["errors"], _POLICIES)
    dims = inputs[1].dims
    rows = dims[0] if dims is not None and len(dims) == 1 else None
    return [((None if rows is None else rows - 1 if rows else 0,), dtypes.string)]


@public("strings.unicode_encode")
@composite("UnicodeEncode")
def unicode_encode(input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 65533,
                   name: str | None = None) -> Any:
    """Strings of code points: [..., n] int32 gives [...] strings.

    output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE". errors: a number that is no code point is an
    InvalidArgumentError ("strict"), becomes `replacement_char` ("replace") or nothing ("ignore").

    >>> unicode_encode([[72, 105], [228, 33]], "UTF-8").numpy().tolist()
    [b'Hi', b'\xc3\xa4!']
    """
    codes = convert_to_tensor(input, dtypes.int32, name="input")
    if codes.shape.rank == 0:
        raise ValueError("input_tensor's rank must be at least 1.")
    outer = shape(codes)[:-1]
    splits = multiply(range_of(reduce_prod(outer) + 1), shape(codes)[-1])
    encoded = unicode_encode_op(reshape(codes, [-1]), splits, errors=errors, output_encoding=output_encoding,
                                replacement_char=replacement_char)
    return reshape(encoded, outer, name=own_name())
