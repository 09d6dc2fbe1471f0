"""`tf.strings` whose results are ragged: strings split into words, characters, bytes and code points, and n-grams."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.names import public
from hornbeam.ops import array
from hornbeam.ops.casts import cast
from hornbeam.ops.ragged import from_tensor, is_ragged, rowids_to_splits
from hornbeam.ops.ragged_tensor import RaggedTensor
from hornbeam.ops.string_joining import string_split_op, string_split_v2_op
from hornbeam.ops.string_ngrams import string_ngrams_op
from hornbeam.ops.unicode import unicode_decode_op, unicode_decode_with_offsets_op, unicode_encode


def _by_row(input: Any, split: Any) -> Any:
    """What `split(vector)` makes of the strings of a tensor of any rank: one dimension more, which is ragged.

    split gives one ragged tensor, or several in a tuple.
    """
    words = input if is_ragged(input) else convert_to_tensor(input, dtypes.string)
    if is_ragged(words):
        return _each(_by_row(words.flat_values, split), words.with_flat_values)
    if words.shape.rank is None:
        raise ValueError("the rank of what is split must be known")
    if words.shape.rank == 0:
        return _each(split(array.reshape(words, [1])), lambda found: found.values)
    if words.shape.rank == 1:
        return split(words)
    rows = from_tensor(words, ragged_rank=words.shape.rank - 1)
    return _each(split(array.reshape(words, [-1])), rows.with_flat_values)


def _each(found: Any, change: Any) -> Any:
    return tuple(map(change, found)) if isinstance(found, tuple) else change(found)


def _rows_of(sparse: Any) -> RaggedTensor:
    indices, values, shape = sparse
    return RaggedTensor.from_row_splits(values, rowids_to_splits(indices[:, 0], shape[0]), validate=False)


@public(v2=("strings.split",))
def split(input: Any, sep: str | None = None, maxsplit: int = -1, name: str | None = None) -> Any:
    """The parts of each string between occurrences of `sep`, as Python's `split` gives them, in a ragged dimension.

    Without `sep` at white space. maxsplit: how many splits at most, -1 for all. Of a scalar, a vector.

    >>> split(["a b", "c"])
    <tf.RaggedTensor [[b'a', b'b'], [b'c']]>
    """
    mark = "" if sep is None else sep
    return _by_row(input, lambda words: _rows_of(string_split_v2_op(words, mark, maxsplit=maxsplit)))


@public(v2=("strings.bytes_split",))
def bytes_split(input: Any, name: str | None = None) -> Any:
    """The bytes of each string, in a ragged dimension.

    >>> bytes_split("abc").numpy().tolist()
    [b'a', b'b', b'c']
    """
    return _by_row(input, lambda words: _rows_of(string_split_op(words, "", skip_empty=False)))


def _decoding(op: Any, encoding: str, errors: str, replacement: int, controls: bool) -> Any:
    def decode(words: Any) -> Any:
        splits, *found = op(words, input_encoding=encoding, errors=errors, replacement_char=replacement,
                            replace_control_characters=controls)
        made = [RaggedTensor.from_row_splits(values, splits, validate=False) for values in found]
        return made[0] if len(made) == 1 else tuple(made)

    return decode


@public(v2=("strings.unicode_decode",))
def unicode_decode(input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD,
                   replace_control_characters: bool = False, name: str | None = None) -> Any:
    """The code points of each string, int32, in a ragged dimension.

    errors: "replace" malformed bytes by `replacement_char`, "ignore" them, or be "strict" and raise
    InvalidArgumentError.

    >>> unicode_decode(["hi", ""], "UTF-8")
    <tf.RaggedTensor [[104, 105], []]>
    """
    return _by_row(input, _decoding(unicode_decode_op, input_encoding, errors, replacement_char,
                                    replace_control_characters))


@public(v2=("strings.unicode_decode_with_offsets",))
def unicode_decode_with_offsets(input: Any, input_encoding: str, errors: str = "replace",
                                replacement_char: int = 0xFFFD, replace_control_characters: bool = False,
                                name: str | None = None) -> Any:
    """The code points of each string, and the byte that each begins at, int64."""
    return _by_row(input, _decoding(unicode_decode_with_offsets_op, input_encoding, errors, replacement_char,
                                    replace_control_characters))


def _characters(codes: Any, encoding: str) -> Any:
    flat = codes.flat_values if is_ragged(codes) else codes
    made = unicode_encode(array.expand_dims(flat, -1), encoding)
    return codes.with_flat_values(made) if is_ragged(codes) else made


@public(v2=("strings.unicode_split",))
def unicode_split(input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 0xFFFD,
                  name: str | None = None) -> Any:
    """The characters of each string, in a ragged dimension; of a scalar, a vector.

    errors: as for `unicode_decode`.

    >>> unicode_split("h\u00e9", "UTF-8").numpy().tolist()
    [b'h', b'\\xc3\\xa9']
    """
    return _characters(unicode_decode(input, input_encoding, errors, replacement_char), input_encoding)


@public(v2=("strings.unicode_split_with_offsets",))
def unicode_split_with_offsets(input: Any, input_encoding: str, errors: str = "replace",
                               replacement_char: int = 0xFFFD, name: str | None = None) -> Any:
    """The characters of each string, and the byte that each begins at, int64."""
    codes, offsets = unicode_decode_with_offsets(input, input_encoding, errors, replacement_char)
    return _characters(codes, input_encoding), offsets


@public(v2=("strings.ngrams",))
def ngrams(data: Any, ngram_width: Any, separator: str = " ", pad_values: Any = None, padding_width: int | None = None,
           preserve_short_sequences: bool = False, name: str | None = None) -> Any:
    """Runs of neighbouring strings of each row, joined by `separator`.

    ngram_width: how long they are, or several lengths. pad_values: what stands before and after a row, one string or a
    pair; padding_width: how often, by default as often as a run needs. preserve_short_sequences: a row too short for
    any run gives one of all its strings. Raises ValueError and TypeError for other arguments.

    >>> ngrams(["a", "b", "c"], 2, separator="-").numpy().tolist()
    [b'a-b', b'b-c']
    """
    left, right = ("", "") if pad_values is None else (pad_values, pad_values) if isinstance(pad_values, str) else \
        pad_values
    if not (isinstance(left, str) and isinstance(right, str)):
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    widths = (ngram_width,) if isinstance(ngram_width, int) else tuple(ngram_width)
    if any(width < 1 for width in widths):
        raise ValueError(f"All ngram_widths must be greater than 0. Received: ngram_width={ngram_width}")
    if padding_width is not None and padding_width < 0:
        raise ValueError("padding_width must be greater than 0.")
    pads = 0 if pad_values is None else -1 if padding_width is None else padding_width
    words = data if is_ragged(data) else convert_to_tensor(data, dtypes.string)
    vector = not is_ragged(words) and words.shape.rank == 1
    if vector:
        words = array.expand_dims(words, 0)
    dense = not is_ragged(words)
    if dense:
        words = from_tensor(words, ragged_rank=words.shape.rank - 1)
    inner = words
    while is_ragged(inner.values):
        inner = inner.values
    found, splits = string_ngrams_op(inner.values, inner.row_splits, separator=separator, ngram_widths=widths,
                                     left_pad=left, right_pad=right, pad_width=pads,
                                     preserve_short_sequences=preserve_short_sequences)
    if vector:
        return found
    outer = words.nested_row_splits[:-1]
    made = RaggedTensor.from_row_splits(found, cast(splits, inner.row_splits.dtype), validate=False)
    whole = RaggedTensor.from_nested_row_splits(made, outer, validate=False) if outer else made
    return whole.to_tensor() if dense else whole
