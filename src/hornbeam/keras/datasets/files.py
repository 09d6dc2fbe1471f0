"""Where the files of the data sets come from, and how samples are shuffled, cut and split."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hornbeam.backend.cache import cache_folder
from hornbeam.data.download import NotThere
from hornbeam.keras.utils.file_utils import get_file, has_digest, keras_home

ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

Part = tuple[np.ndarray, np.ndarray]
Parts = tuple[Part, Part]


def find(name: str, digest: str | None, origin: str | None = None, subdir: str = "datasets") -> Path:
    """The file `name` of a data set: from `~/.keras`, from Hornbeam's cache folder, or downloaded into it.

    name: of the file, or an absolute path. digest: what it must have, SHA-256 or MD5. origin: the address, by default
    that of Keras's data sets. Raises FileNotFoundError that lists what was tried where it is nowhere.
    """
    if Path(name).is_absolute():
        given = Path(name)
        name, homes = given.name, [given, keras_home() / subdir / given.name]
    else:
        homes = [keras_home() / subdir / name]
    reasons = []
    for place in homes:
        if not place.is_file():
            reasons.append(f"{place}: no such file")
        elif digest is not None and not has_digest(place, digest):
            reasons.append(f"{place}: wrong checksum, so another file or damaged")
        else:
            return place
    cache, address = cache_folder(), origin or ORIGIN + name
    cache.mkdir(parents=True, exist_ok=True)
    try:
        return Path(get_file(name, origin=address, file_hash=digest, cache_dir=cache, cache_subdir=subdir))
    except (NotThere, ValueError) as error:
        reasons += [f"{cache / subdir / name}: not there or damaged", f"{address}: {error}"]
        tried = "\n".join(f"  {reason}" for reason in reasons)
        raise FileNotFoundError(f"{name} could not be had. Tried:\n{tried}\nPut the file into one of these "
                                "folders.") from None


def arrays_of(path: Path, *names: str, pickled: bool = False) -> list[np.ndarray]:
    """Arrays of a file `.npz`. pickled: its lists of words are pickled; only for files whose digest was checked."""
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=pickled) as arrays:
        return [arrays[name] for name in names]


def shuffled(seed: Any, *arrays: np.ndarray) -> list[np.ndarray]:
    """The arrays, all in the same order, which the seed gives."""
    order = np.arange(len(arrays[0]))
    np.random.RandomState(seed).shuffle(order)
    return [array[order] for array in arrays]


def split(x: Any, y: Any, test_split: float, form: Callable[[Any], np.ndarray] = np.array) -> Parts:
    """The first samples to train, the last part `test_split` to test."""
    count = int(len(x) * (1 - test_split))
    return (form(x[:count]), np.array(y[:count])), (form(x[count:]), np.array(y[count:]))


def check_split(test_split: float) -> None:
    """Raises ValueError for a part outside [0, 1)."""
    if not 0 <= test_split < 1:
        raise ValueError(f"Invalid `test_split` argument: {test_split}. It must be between 0 and 1 (exclusive of 1).")


def shifted(texts: Any, start_char: int | None, index_from: int | None) -> list[list[int]]:
    """Texts with word numbers from `index_from`, after `start_char`."""
    shift = index_from or 0
    start = [] if start_char is None else [start_char]
    if start_char is not None and index_from is None:
        raise TypeError("`index_from` must be a number where `start_char` is given.")
    return [start + [word + shift for word in text] for text in texts]


def short_enough(maxlen: int, texts: list[list[int]], labels: Any) -> tuple[list[list[int]], list[Any]]:
    """The texts shorter than `maxlen`, and their labels."""
    kept = [(text, label) for text, label in zip(texts, labels, strict=True) if len(text) < maxlen]
    return [text for text, _ in kept], [label for _, label in kept]


def common_words(texts: list[list[int]], num_words: int | None, skip_top: int, oov_char: int | None
                 ) -> list[list[int]]:
    """Texts with words outside [skip_top, num_words) replaced by `oov_char`, or left out where that is None."""
    limit = num_words or max(max(text) for text in texts)
    if oov_char is None:
        return [[word for word in text if skip_top <= word < limit] for text in texts]
    return [[word if skip_top <= word < limit else oov_char for word in text] for text in texts]


def lists(texts: list[list[int]]) -> np.ndarray:
    """Lists of different lengths as an array of objects."""
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out
