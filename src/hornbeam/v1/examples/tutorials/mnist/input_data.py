"""MNIST the way TensorFlow 1's tutorials read it: `read_data_sets` and `DataSet.next_batch`.

`hornbeam.data.mnist` finds and checks the files; here is only the TF1 face of it. Pure NumPy: batches are
NumPy arrays, and importing this module brings in nothing else.
"""

import gzip
import os
import sys
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from hornbeam.data import download, idx, mnist

DEFAULT_SOURCE_URL = mnist.MIRRORS[0]
SOURCE_URL = DEFAULT_SOURCE_URL

_PIXELS = 28 * 28
_CLASSES = 10


def dense_to_one_hot(labels_dense: np.ndarray, num_classes: int) -> np.ndarray:
    """Class numbers `[n]` as rows of zeros with a single one: `[n, num_classes]`, float64.

    >>> dense_to_one_hot(np.array([1, 0]), 3)
    array([[0., 1., 0.], [1., 0., 0.]])
    """
    one_hot = np.zeros((len(labels_dense), num_classes))
    one_hot[np.arange(len(labels_dense)), np.ravel(labels_dense)] = 1.0
    return one_hot


def extract_images(f: IO[bytes] | str | os.PathLike[str]) -> np.ndarray:
    """The images in a gzip-packed IDX file, open or named: uint8 `[n, rows, columns, 1]`.

    Raises `ValueError` if the file is not one of images, or is damaged.
    """
    return _read(f, rank=3)[..., np.newaxis]


def extract_labels(
    f: IO[bytes] | str | os.PathLike[str], one_hot: bool = False, num_classes: int = _CLASSES
) -> np.ndarray:
    """The labels in a gzip-packed IDX file, open or named: uint8 `[n]`, or float64 `[n, num_classes]`.

    Raises `ValueError` if the file is not one of labels, or is damaged.
    """
    labels = _read(f, rank=1)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def _read(f: IO[bytes] | str | os.PathLike[str], rank: int) -> np.ndarray:
    if isinstance(f, str | os.PathLike):
        return idx.read(f, rank)
    name = getattr(f, "name", "file")
    if isinstance(f, gzip.GzipFile):  # its own reading unpacks
        return idx.parse(f.read(), name, rank)
    return idx.parse(idx.unpacked(f.read(), name), name, rank)


def maybe_download(
    filename: str, work_directory: str | os.PathLike[str], source_url: str | None = None
) -> str:
    """The path of `filename` in `work_directory`, which is fetched first if it is not there.

    `source_url` is the address of the file itself, and what stands there is taken as it is. Without it,
    `filename` is one of MNIST's four, and is had and checked as `read_data_sets` does. Raises `OSError` if
    it cannot be had.
    """
    path = Path(work_directory, filename)
    if path.exists():
        return str(path)
    if source_url:
        content = download.fetch(source_url)
    else:
        plain = mnist.find(filename.removesuffix(".gz"))
        content = gzip.compress(plain, compresslevel=1) if filename.endswith(".gz") else plain
    download.store(path, content)
    return str(path)


class DataSet:
    """Images and labels of one part (train, validation, test), given out in batches.

    `images` is uint8 `[n, rows, columns, 1]`. With `reshape` they become `[n, rows * columns]`, with
    `dtype` float32 (a NumPy dtype, its name, or a framework's DType) they are scaled from 0..255 to 0..1;
    uint8 leaves them as they are. `fake_data` needs no images: batches are ones. `seed` seeds NumPy's
    global generator, which shuffles; without it a graph-level seed (`set_random_seed`) does, and without
    that the generator is left as it is, so that a program's own `numpy.random.seed` holds.

    Raises `TypeError` for another dtype, `ValueError` if images and labels differ in number.

    >>> images = np.arange(4, dtype=np.uint8).reshape(4, 1, 1, 1)
    >>> data = DataSet(images, np.arange(4), dtype=np.uint8)
    >>> data.next_batch(3, shuffle=False)[1]
    array([0, 1, 2])
    >>> data.next_batch(3, shuffle=False)[1], data.epochs_completed
    (array([3, 0, 1]), 1)
    """

    def __init__(
        self,
        images: Any,
        labels: Any,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = np.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        dtype = np.dtype(getattr(dtype, "as_numpy_dtype", dtype))
        if dtype not in (np.uint8, np.float32):
            raise TypeError(f"Invalid image dtype {dtype}, expected uint8 or float32")
        if (seed := _graph_seed() if seed is None else seed) is not None:
            np.random.seed(seed)
        self.one_hot = one_hot
        self._fake = fake_data
        if fake_data:
            self._num_examples = 10000
        else:
            images, labels = np.asarray(images), np.asarray(labels)
            if len(images) != len(labels):
                raise ValueError(f"images.shape: {images.shape} labels.shape: {labels.shape}: not as many")
            self._num_examples = len(images)
            if reshape:
                if images.shape[3] != 1:
                    raise ValueError(f"cannot reshape images of {images.shape[3]} channels, only of one")
                images = images.reshape(len(images), images.shape[1] * images.shape[2])
        # Floats are four times the bytes: each batch is scaled by itself, all images only when asked for.
        self._raw = images
        self._images = None if dtype == np.float32 and not fake_data else images
        self._labels = labels
        self._order = np.arange(self._num_examples)
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self) -> np.ndarray:
        """All images, in the order of the files."""
        if self._images is None:
            self._images = _scaled(self._raw)
        return self._images

    @property
    def labels(self) -> np.ndarray:
        """All labels, in the order of the files."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many images there are."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """How often `next_batch` has gone past the end."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """The next `batch_size` images and labels, as copies.

        Each epoch gives every example once, in a new order if `shuffle`. A batch that reaches past the end
        takes the rest of this epoch and goes on in the next one, so it is always full.
        """
        if fake_data or self._fake:
            return _fake_batch(batch_size, self.one_hot)
        if self._index_in_epoch == 0 and self._epochs_completed == 0 and shuffle:
            self._shuffle()
        chosen = [self._take(batch_size)]
        while (short := batch_size - sum(map(len, chosen))) > 0 and self._num_examples > 0:
            self._epochs_completed += 1
            self._index_in_epoch = 0
            if shuffle:
                self._shuffle()
            chosen.append(self._take(short))
        rows = np.concatenate(chosen) if len(chosen) > 1 else chosen[0]
        images = _scaled(self._raw[rows]) if self._images is None else self._images[rows]
        return images, self._labels[rows]

    def _take(self, count: int) -> np.ndarray:
        rows = self._order[self._index_in_epoch : self._index_in_epoch + count]
        self._index_in_epoch += len(rows)
        return rows

    def _shuffle(self) -> None:
        # The permutation is applied to the order so far and drawn from the global generator: with the same
        # seed this gives the very batches that TensorFlow 1 gives.
        permutation = np.arange(self._num_examples)
        np.random.shuffle(permutation)
        self._order = self._order[permutation]


class Datasets(NamedTuple):
    """What `read_data_sets` returns."""

    train: DataSet
    validation: DataSet
    test: DataSet


def read_data_sets(
    train_dir: str | os.PathLike[str],
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = np.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str | None = DEFAULT_SOURCE_URL,
) -> Datasets:
    """MNIST, or a data set of the same form, as `train`, `validation` (the first `validation_size` training
    images) and `test`.

    The four files are looked for in `train_dir`, then where `hornbeam.data.mnist` says: `HORNBEAM_DATA`,
    the cache, and the network. Another `source_url` names another data set: it is downloaded from there
    into `train_dir`. The other arguments are `DataSet`'s.

    Raises `ValueError` for a `validation_size` that is negative or larger than the training set and for
    damaged files, `FileNotFoundError`, listing what was tried, if the files cannot be had.
    """
    options = {"dtype": dtype, "reshape": reshape, "seed": seed}
    if fake_data:
        return Datasets(*(DataSet([], [], fake_data=True, one_hot=one_hot, **options) for _ in range(3)))
    own_url = source_url if source_url and source_url not in mnist.MIRRORS else None
    arrays = mnist.load(train_dir, url=own_url)
    count = len(arrays.train_images)
    if not 0 <= validation_size <= count:
        raise ValueError(f"Validation size should be between 0 and {count}. Received: {validation_size}.")

    def part(images: np.ndarray, labels: np.ndarray) -> DataSet:
        labels = dense_to_one_hot(labels, _CLASSES) if one_hot else labels
        return DataSet(images[..., np.newaxis], labels, one_hot=one_hot, **options)

    train_images, train_labels, test_images, test_labels = arrays
    return Datasets(
        train=part(train_images[validation_size:], train_labels[validation_size:]),
        validation=part(train_images[:validation_size], train_labels[:validation_size]),
        test=part(test_images, test_labels),
    )


def _scaled(images: np.ndarray) -> np.ndarray:
    return np.multiply(images, np.float32(1 / 255), dtype=np.float32)


def _graph_seed() -> int | None:
    """The seed that `set_random_seed` gave the default graph, if the framework is loaded at all."""
    framework = sys.modules.get("hornbeam.v1")
    get_default_graph = getattr(framework, "get_default_graph", None)
    return None if get_default_graph is None else get_default_graph().seed


def _fake_batch(batch_size: int, one_hot: bool) -> tuple[list, list]:
    label = [1] + [0] * (_CLASSES - 1) if one_hot else 0
    return [[1] * _PIXELS for _ in range(batch_size)], [label for _ in range(batch_size)]
