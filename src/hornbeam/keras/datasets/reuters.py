"""Reuters: 11,228 newswires as word numbers, in 46 topics."""

from __future__ import annotations

import json

from hornbeam.keras.datasets import files
from hornbeam.keras.names import keras_export

_TOPICS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass "
    "crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi "
    "iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead")


@keras_export("datasets.reuters.load_data")
def load_data(path: str = "reuters.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
              test_split: float = 0.2, seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2,
              index_from: int | None = 3) -> files.Parts:
    """((x_train, y_train), (x_test, y_test)): arrays of lists of word numbers, and of topics 0 to 45.

    test_split: the part to test with. Other arguments as for `datasets.imdb.load_data`. Raises FileNotFoundError that
    says what was tried where no place has the file.
    """
    found = files.find(path, "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
                       f"{files.ORIGIN}reuters.npz")
    x, y = files.shuffled(seed, *files.arrays_of(found, "x", "y", pickled=True))
    texts, labels = files.shifted(x, start_char, index_from), y
    if maxlen:
        texts, labels = files.short_enough(maxlen, texts, labels)
    words = files.common_words(texts, num_words, skip_top, oov_char)
    return files.split(words, labels, test_split, files.lists)


@keras_export("datasets.reuters.get_word_index")
def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """The number of each word, before `index_from` is added. Raises FileNotFoundError as `load_data` does."""
    found = files.find(path, "4d44cc38712099c9e383dc6e5f11a921", f"{files.ORIGIN}reuters_word_index.json")
    return json.loads(found.read_text("utf-8"))


@keras_export("datasets.reuters.get_label_names")
def get_label_names() -> tuple[str, ...]:
    """The names of the 46 topics.

    >>> get_label_names()[3]
    'earn'
    """
    return tuple(_TOPICS.split())
