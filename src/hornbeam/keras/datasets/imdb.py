"""IMDB: 50,000 film reviews as word numbers, half of them favourable (Maas et al. 2011)."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np

from hornbeam.keras.datasets import files
from hornbeam.keras.names import keras_export


@keras_export("datasets.imdb.load_data")
def load_data(path: str = "imdb.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
              seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int | None = 3,
              **kwargs: Any) -> files.Parts:
    """((x_train, y_train), (x_test, y_test)): arrays of lists of word numbers, by frequency, and of 0 or 1.

    num_words, skip_top: words outside [skip_top, num_words) become `oov_char` (are left out where that is None).
    maxlen: only texts shorter than this. seed: of the order. start_char: the first number of each text. index_from:
    added to each word's number. Raises ValueError where no text is left, TypeError for other arguments,
    FileNotFoundError that says what was tried where no place has the file.
    """
    if "nb_words" in kwargs:
        warnings.warn("The `nb_words` argument in `load_data` has been renamed `num_words`.", stacklevel=2)
        num_words = kwargs.pop("nb_words")
    if kwargs:
        raise TypeError(f"Unrecognized keyword arguments: {kwargs!s}.")
    found = files.find(path, "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
                       f"{files.ORIGIN}imdb.npz")
    texts, labels = [], []
    arrays = files.arrays_of(found, "x_train", "y_train", "x_test", "y_test", pickled=True)
    for x, y in (arrays[:2], arrays[2:]):
        x, y = files.shuffled(seed, x, y)
        text, label = files.shifted(x, start_char, index_from), y
        if maxlen:
            text, label = files.short_enough(maxlen, text, label)
        texts.append(text)
        labels.append(np.array(label))
    if not all(texts):
        raise ValueError(f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was kept. Increase "
                         "maxlen.")
    words = files.common_words(texts[0] + texts[1], num_words, skip_top, oov_char)
    count = len(texts[0])
    return (files.lists(words[:count]), labels[0]), (files.lists(words[count:]), labels[1])


@keras_export("datasets.imdb.get_word_index")
def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The number of each word, before `index_from` is added. Raises FileNotFoundError as `load_data` does."""
    found = files.find(path, "bfafd718b763782e994055a2d397834f", f"{files.ORIGIN}imdb_word_index.json")
    return json.loads(found.read_text("utf-8"))
