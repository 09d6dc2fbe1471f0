"""Sequences of different lengths as one array."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras.names import keras_export


@keras_export("utils.pad_sequences", "preprocessing.sequence.pad_sequences")
def pad_sequences(sequences: Any, maxlen: int | None = None, dtype: Any = "int32", padding: str = "pre",
                  truncating: str = "pre", value: Any = 0.0) -> np.ndarray:
    """Sequences as an array [number, maxlen, …], filled up with `value` and cut.

    maxlen: by default the length of the longest. padding, truncating: 'pre' or 'post', which end is filled or cut.
    Raises ValueError for other words, and where elements have different shapes.

    >>> pad_sequences([[1, 2, 3], [4]], maxlen=2).tolist()
    [[2, 3], [0, 4]]
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    lengths, sample = [], ()
    for sequence in sequences:
        if not hasattr(sequence, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {sequence}")
        lengths.append(len(sequence))
        if not sample and len(sequence):
            sample = np.asarray(sequence).shape[1:]
    size = maxlen if maxlen is not None else max(lengths, default=0)
    text = np.issubdtype(np.dtype(dtype), np.str_) or np.dtype(dtype) == object
    if isinstance(value, str) and not text:
        raise ValueError(f"`dtype` {dtype} is not compatible with `value`'s type: {type(value)}\nYou should set "
                         "`dtype=object` for variable length strings.")
    out = np.full((len(lengths), size, *sample), value, dtype=dtype)
    for row, sequence in zip(out, sequences, strict=True):
        if not len(sequence):
            continue
        if truncating not in ("pre", "post"):
            raise ValueError(f'Truncating type "{truncating}" not understood')
        kept = np.asarray(sequence[-size:] if truncating == "pre" else sequence[:size], dtype=dtype) if size else []
        if len(kept) and np.shape(kept)[1:] != sample:
            raise ValueError(f"Shape of sample {np.shape(kept)[1:]} of sequence is different from expected shape "
                             f"{sample}")
        if padding not in ("pre", "post"):
            raise ValueError(f'Padding type "{padding}" not understood')
        if len(kept):
            if padding == "pre":
                row[-len(kept):] = kept
            else:
                row[:len(kept)] = kept
    return out
