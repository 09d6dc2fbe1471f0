"""Batches of images: of an array, of the files in folders, of those that a table names."""

from __future__ import annotations

import os
import threading
import warnings
from typing import Any

import numpy as np

from hornbeam.keras.config.settings import floatx, image_data_format
from hornbeam.keras.trainers.data.py_dataset import PyDataset
from hornbeam.keras.utils.image_utils import array_to_img, img_to_array, load_img

_ENDINGS = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


class Iterator(PyDataset):
    """Base: batches of `n` samples, by number, or without end as an iterator. Subclasses give those of some indices.

    shuffle: a new order each epoch. seed: of the order and of what is drawn for each batch.
    """

    white_list_formats = frozenset(_ENDINGS)

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        super().__init__()
        self.n, self.batch_size, self.shuffle, self.seed = n, batch_size, shuffle, seed
        self.batch_index = self.total_batches_seen = 0
        self.index_array: np.ndarray | None = None
        self.lock = threading.Lock()

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        if index >= len(self):
            raise ValueError(f"Asked to retrieve element {index}, but the Sequence has length {len(self)}")
        self._seed_next()
        if self.index_array is None:
            self._set_index_array()
        assert self.index_array is not None
        return self._get_batches_of_transformed_samples(
            self.index_array[self.batch_size * index: self.batch_size * (index + 1)])

    def _seed_next(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def on_epoch_end(self) -> None:
        """A new order."""
        self._set_index_array()

    def reset(self) -> None:
        """The next batch is the first of an epoch."""
        self.batch_index = 0

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        with self.lock:
            seen = self.total_batches_seen
            if self.seed is not None:
                np.random.seed(self.seed + seen)
            if self.batch_index == 0 or self.index_array is None:
                self._set_index_array()
            assert self.index_array is not None
            start = self.batch_index * self.batch_size
            self.batch_index = self.batch_index + 1 if self.n > start + self.batch_size else 0
            self.total_batches_seen += 1
            indices = self.index_array[start: start + self.batch_size]
        return self._get_batches_of_transformed_samples(indices)

    next = __next__

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not say what a batch holds.")

    def _save(self, batch: np.ndarray, indices: np.ndarray) -> None:
        """Each image of a batch as a file, where the program asked for that."""
        if self.save_to_dir:
            for i, j in enumerate(indices):
                name = f"{self.save_prefix}_{j}_{np.random.randint(10**7)}.{self.save_format}"
                array_to_img(batch[i], self.data_format, scale=True).save(os.path.join(self.save_to_dir, name))

    save_to_dir: str | None = None
    save_prefix, save_format, data_format = "", "png", "channels_last"


class NumpyArrayIterator(Iterator):
    """Batches of images in an array, each transformed and standardized by an `ImageDataGenerator`.

    x: [number, rows, columns, channels], or a pair of it and further arrays that are handed on. y, sample_weight:
    handed on, or None. subset: "training" or "validation", as `validation_split` of the generator says. save_to_dir:
    a folder where the images are kept that were made. Raises ValueError for lengths and shapes that do not fit.
    """

    def __init__(self, x: Any, y: Any, image_data_generator: Any, batch_size: int = 32, shuffle: bool = False,
                 sample_weight: Any = None, seed: int | None = None, data_format: str | None = None,
                 save_to_dir: str | None = None, save_prefix: str = "", save_format: str = "png",
                 subset: str | None = None, dtype: Any = None) -> None:
        self.dtype = dtype or floatx()
        more: list[np.ndarray] = []
        if isinstance(x, (tuple, list)) and len(x) and isinstance(x[0], np.ndarray) and x[0].ndim == 4:
            rest = x[1] if isinstance(x[1], list) else [x[1]]
            x, more = x[0], [np.asarray(other) for other in rest]
            if any(len(other) != len(x) for other in more):
                raise ValueError("All of the arrays in `x` should have the same length. Found a pair with: len(x[0]) = "
                                 f"{len(x)}, len(x[?]) = {[len(other) for other in more]}")
        x = np.asarray(x)
        for what, other in (("y", y), ("sample_weight", sample_weight)):
            if other is not None and len(other) != len(x):
                raise ValueError(f"`x` (images tensor) and `{what}` should have the same length. Found: x.shape = "
                                 f"{x.shape}, {what}.shape = {np.shape(other)}")
        part = slice(None)
        if subset is not None:
            part = self._part(subset, len(x), image_data_generator._validation_split, y)
        self.x = x[part].astype(self.dtype)
        self.x_misc = [other[part] for other in more]
        self.y = None if y is None else np.asarray(y)[part]
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)[part]
        if self.x.ndim != 4:
            raise ValueError("Input data in `NumpyArrayIterator` should have rank 4. You passed an array with shape "
                             f"{self.x.shape}")
        self.data_format = data_format or image_data_format()
        axis = 3 if self.data_format == "channels_last" else 1
        if self.x.shape[axis] not in (1, 3, 4):
            warnings.warn(f'NumpyArrayIterator is set to use the data format convention "{self.data_format}" (channels '
                          f"on axis {axis}), i.e. expected either 1, 3, or 4 channels on axis {axis}. However, it was "
                          f"passed an array with shape {self.x.shape} ({self.x.shape[axis]} channels).", stacklevel=2)
        self.image_data_generator = image_data_generator
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        super().__init__(len(self.x), batch_size, shuffle, seed)

    @staticmethod
    def _part(subset: str, count: int, split: float, y: Any) -> slice:
        if subset not in ("training", "validation"):
            raise ValueError(f'Invalid subset name: {subset}; expected "training" or "validation".')
        at = int(count * split)
        if y is not None and not np.array_equal(np.unique(y[:at]), np.unique(y[at:])):
            raise ValueError("Training and validation subsets have different number of classes after the split. If "
                             "your numpy arrays are sorted by the label, you might want to shuffle them.")
        return slice(0, at) if subset == "validation" else slice(at, None)

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        made = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        transform = self.image_data_generator
        for i, j in enumerate(index_array):
            image = self.x[j]
            parameters = transform.get_random_transform(image.shape)
            image = transform.apply_transform(image.astype(self.dtype), parameters)
            made[i] = transform.standardize(image)
        self._save(made, index_array)
        inputs = [made, *(other[index_array] for other in self.x_misc)] if self.x_misc else made
        if self.y is None:
            return inputs
        batch = (inputs, self.y[index_array])
        return batch if self.sample_weight is None else (*batch, self.sample_weight[index_array])


class _Files(Iterator):
    """Base: images in files."""

    filepaths: list[str]
    labels: Any = None
    sample_weight: Any = None
    class_mode: Any
    classes: list[int]
    class_indices: dict[str, int]

    def _set_images(self, image_data_generator: Any, target_size: Any, color_mode: str, data_format: str | None,
                    save: tuple[str | None, str, str], subset: str | None, interpolation: str, dtype: Any) -> None:
        self.image_data_generator = image_data_generator
        self.target_size = tuple(target_size)
        if color_mode not in _CHANNELS:
            raise ValueError(f'Invalid color mode: {color_mode}; expected "rgb", "rgba", or "grayscale".')
        self.color_mode, self.data_format = color_mode, data_format or image_data_format()
        channels = _CHANNELS[color_mode]
        self.image_shape = ((*self.target_size, channels) if self.data_format == "channels_last"
                            else (channels, *self.target_size))
        self.save_to_dir, self.save_prefix, self.save_format = save
        self.interpolation, self.dtype = interpolation, dtype or floatx()
        if subset not in (None, "training", "validation"):
            raise ValueError(f"Invalid subset name: {subset};expected \"training\" or \"validation\"")
        split = getattr(image_data_generator, "_validation_split", 0.0)
        self.subset = subset
        self.split = {None: None, "validation": (0, split), "training": (split, 1)}[subset]

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        made = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        for i, j in enumerate(index_array):
            image = load_img(self.filepaths[j], color_mode=self.color_mode, target_size=self.target_size,
                             interpolation=self.interpolation)
            array = img_to_array(image, data_format=self.data_format)
            if self.image_data_generator:
                parameters = self.image_data_generator.get_random_transform(array.shape)
                array = self.image_data_generator.standardize(
                    self.image_data_generator.apply_transform(array, parameters))
            made[i] = array
        self._save(made, index_array)
        if self.class_mode is None:
            return made
        y = self._targets(made, index_array)
        if self.sample_weight is None:
            return made, y
        return made, y, self.sample_weight[index_array]

    def _targets(self, images: np.ndarray, indices: np.ndarray) -> Any:
        if self.class_mode == "input":
            return images.copy()
        if self.class_mode in ("binary", "sparse"):
            return np.asarray(self.classes)[indices].astype(self.dtype)
        if self.class_mode == "categorical":
            y = np.zeros((len(indices), len(self.class_indices)), dtype=self.dtype)
            for i, j in enumerate(indices):
                y[i, self.classes[j]] = 1.0
            return y
        if self.class_mode == "multi_output":
            return [output[indices] for output in self.labels]
        return self.labels[indices]


class DirectoryIterator(_Files):
    """Batches of the images in the folders below `directory`, one folder a class.

    Arguments are those of `ImageDataGenerator.flow_from_directory`. Raises ValueError for unknown words.
    """

    def __init__(self, directory: str, image_data_generator: Any, target_size: Any = (256, 256),
                 color_mode: str = "rgb", classes: Any = None, class_mode: str | None = "categorical",
                 batch_size: int = 32, shuffle: bool = True, seed: int | None = None, data_format: str | None = None,
                 save_to_dir: str | None = None, save_prefix: str = "", save_format: str = "png",
                 follow_links: bool = False, subset: str | None = None, interpolation: str = "nearest",
                 dtype: Any = None) -> None:
        self._set_images(image_data_generator, target_size, color_mode, data_format,
                         (save_to_dir, save_prefix, save_format), subset, interpolation, dtype)
        modes = ("categorical", "binary", "sparse", "input", None)
        if class_mode not in modes:
            raise ValueError(f"Invalid class_mode: {class_mode}; expected one of: {modes}")
        self.directory, self.class_mode = directory, class_mode
        names = classes or sorted(n for n in os.listdir(directory) if os.path.isdir(os.path.join(directory, n)))
        self.num_classes = len(names)
        self.class_indices = {name: i for i, name in enumerate(names)}
        self.filenames: list[str] = []
        labels: list[int] = []
        for name in names:
            found = self._files_in(os.path.join(directory, name), follow_links)
            if self.split:
                found = found[int(self.split[0] * len(found)): int(self.split[1] * len(found))]
            self.filenames += [os.path.relpath(path, directory) for path in found]
            labels += [self.class_indices[name]] * len(found)
        self.classes = np.array(labels, dtype="int32")  # type: ignore[assignment]
        self.samples = len(self.filenames)
        self.filepaths = [os.path.join(directory, name) for name in self.filenames]
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @staticmethod
    def _files_in(folder: str, follow_links: bool) -> list[str]:
        return [os.path.join(root, name) for root, _, names in
                sorted(os.walk(folder, followlinks=follow_links), key=lambda entry: entry[0])
                for name in sorted(names) if name.lower().endswith(tuple(f".{e}" for e in _ENDINGS))]


class DataFrameIterator(_Files):
    """Batches of the images that a column of a table (a pandas DataFrame) names.

    Arguments are those of `ImageDataGenerator.flow_from_dataframe`. Raises ValueError for unknown words.
    """

    def __init__(self, dataframe: Any, directory: str | None = None, image_data_generator: Any = None,
                 x_col: str = "filename", y_col: Any = "class", weight_col: str | None = None,
                 target_size: Any = (256, 256), color_mode: str = "rgb", classes: Any = None,
                 class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
                 seed: int | None = None, data_format: str = "channels_last", save_to_dir: str | None = None,
                 save_prefix: str = "", save_format: str = "png", subset: str | None = None,
                 interpolation: str = "nearest", dtype: Any = "float32", validate_filenames: bool = True) -> None:
        self._set_images(image_data_generator, target_size, color_mode, data_format,
                         (save_to_dir, save_prefix, save_format), subset, interpolation, dtype)
        modes = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)
        if class_mode not in modes:
            raise ValueError(f"Invalid class_mode: {class_mode}; expected one of: {modes}")
        self.directory, self.class_mode = directory or "", class_mode
        table = dataframe.copy()
        if validate_filenames:
            table = self._with_files(table, x_col)
        if class_mode in ("binary", "categorical", "sparse"):
            names = classes or sorted(set(table[y_col]))
            table = table[table[y_col].isin(names)]
            self.class_indices = {name: i for i, name in enumerate(names)}
        if self.split:
            start, stop = (int(part * len(table)) for part in self.split)
            table = table.iloc[start:stop]
        if class_mode in ("binary", "categorical", "sparse"):
            self.classes = [self.class_indices[name] for name in table[y_col]]
        elif class_mode == "multi_output":
            self.labels = [np.array(table[name].tolist()) for name in y_col]
        elif class_mode == "raw":
            self.labels = np.asarray(table[y_col])
        self.sample_weight = None if weight_col is None else np.asarray(table[weight_col])
        self.filenames = list(table[x_col])
        self.filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        self.samples = len(self.filenames)
        kind = "validated" if validate_filenames else "non-validated"
        of = f" belonging to {len(self.class_indices)} classes" if hasattr(self, "class_indices") else ""
        print(f"Found {self.samples} {kind} image filenames{of}.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _with_files(self, table: Any, x_col: str) -> Any:
        there = table[x_col].map(lambda name: os.path.isfile(os.path.join(self.directory, name)) and
                                 name.lower().endswith(tuple(f".{e}" for e in _ENDINGS)))
        missing = int((~there).sum())
        if missing:
            warnings.warn(f'Found {missing} invalid image filename(s) in x_col="{x_col}". These filename(s) will be '
                          "ignored.", stacklevel=4)
        return table[there]
