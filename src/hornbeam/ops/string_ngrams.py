"""Strings taken apart into characters, and runs of words joined."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.op import INDEX, never, op
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.string_joining import sparse_strings, vector_of_strings

_NEVER = never("strings")


@op("UnicodeSplit", inputs="input: string", outputs=("indices", "values", "shape"), host=True, differentiable=_NEVER,
    samples=lambda rng: [((np.array(["h\u00e9y".encode(), b"", b"a\xff"], object),), {})])
def unicode_split_op(input):
    """The characters of each string of a vector, read as UTF-8, as a sparse tensor.

    Bytes that are no UTF-8 are the character U+FFFD.
    """
    vector_of_strings(input)
    return sparse_strings([[c.encode() for c in text.decode("utf-8", "replace")] for text in input])


@unicode_split_op.shape
def _(inputs, attrs):
    return [((None, 2), dtypes.int64), ((None,), dtypes.string), ((2,), dtypes.int64)]


def _runs(words: list[bytes], width: int, attrs: dict[str, Any], pads: int) -> list[bytes]:
    """The runs of so many words, of words with `pads` pads at both ends."""
    padded = [attrs["left_pad"].encode()] * pads + words + [attrs["right_pad"].encode()] * pads
    return [attrs["separator"].encode().join(padded[i:i + width]) for i in range(len(padded) - width + 1)]


def _checked_splits(splits: list[int], count: int) -> list[int]:
    if not splits:
        return splits
    if splits[0] != 0:
        raise ShapeFault(f"First split value must be 0, got {splits[0]}")
    for before, after in pairwise(splits):
        if not before <= after <= count:
            raise ShapeFault(f"Invalid split value {after}, must be in [{before}, {count}]")
    if splits[-1] != count:
        raise ShapeFault(f"Last split value must be data size. Expected {count}, got {splits[-1]}")
    return splits


@op("StringNGrams", inputs="data: string, data_splits: Tsplits", outputs=("ngrams", "ngrams_splits"), host=True,
    differentiable=_NEVER, Tsplits=INDEX, attr_types={"ngram_widths": "list(int)"},
    samples=lambda rng: [((np.array([b"a", b"b", b"c", b"d"], object), np.array([0, 3, 3, 4])),
                          {"separator": " ", "ngram_widths": (1, 2), "left_pad": "", "right_pad": "", "pad_width": 0,
                           "preserve_short_sequences": False})])
def string_ngrams_op(data, data_splits, *, separator: str, ngram_widths: Any, left_pad: str, right_pad: str,
                     pad_width: int, preserve_short_sequences: bool):
    """Runs of neighbouring words of each row, joined by `separator`: those of the first width, then of the next.

    data, data_splits: the words of all rows, and where each row begins. pad_width: how many pads stand at both ends of
    a row, at most one less than the width, or -1 for that. preserve_short_sequences: a row too short for any width is
    one run.
    """
    attrs = {"separator": separator, "left_pad": left_pad, "right_pad": right_pad}
    splits = _checked_splits(data_splits.tolist(), len(data))
    rows = []
    for start, end in pairwise(splits):
        words = list(data[start:end])
        found = [run for width in ngram_widths
                 for run in _runs(words, width, attrs, width - 1 if pad_width < 0 else min(pad_width, width - 1))]
        if preserve_short_sequences and not found and words:
            pads = max(pad_width, 0)
            found = _runs(words, len(words) + 2 * pads, attrs, pads)
        rows.append(found)
    out = np.empty(sum(map(len, rows)), object)
    out[:] = [run for row in rows for run in row]
    counts = np.cumsum([0, *map(len, rows)]) if splits else np.zeros(0)
    return out, counts.astype(data_splits.dtype)


@string_ngrams_op.shape
def _(inputs, attrs):
    for given, words in ((inputs[0].dims, "data"), (inputs[1].dims, "data_splits")):
        if given is not None and len(given) != 1:
            raise ShapeFault(f"Shape must be rank 1 but is rank {len(given)}", f"{words} must be a vector")
    return [((None,), dtypes.string), ((None,) if inputs[1].dims is None else inputs[1].dims, inputs[1].dtype)]
