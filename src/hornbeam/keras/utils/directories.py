"""Datasets of files in folders: images, texts and sounds, each folder a class."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hornbeam.data.api.dataset import Dataset
from hornbeam.data.pipeline.node import AUTOTUNE
from hornbeam.keras import ops
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.image_utils import smart_resize
from hornbeam.keras.utils.messages import tell
from hornbeam.ops.audio import decode_wav
from hornbeam.ops.files import read_file
from hornbeam.ops.image_codecs import decode_image
from hornbeam.ops.image_resize import resize, resize_with_pad
from hornbeam.ops.ragged_tensor import RaggedTensor
from hornbeam.ops.strings import substr

IMAGE_FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


class _Folder:
    """What the functions below have in common: which files there are, of which classes, and a dataset of them.

    kind: the word for a file in texts. load: the element of a file's path. padded: elements may be of different sizes.
    """

    def __init__(self, kind: str, formats: tuple[str, ...], directory: Any, labels: Any, label_mode: str | None,
                 class_names: Any, batch_size: int | None, shuffle: bool, seed: int | None,
                 validation_split: float | None, subset: str | None, follow_links: bool, format: str,
                 verbose: bool, padded: bool = False) -> None:
        self.padded = padded
        self.kind, self.formats, self.directory = kind, formats, directory
        if labels not in ("inferred", None):
            if not isinstance(labels, (list, tuple)):
                raise ValueError("`labels` argument should be a list/tuple of integer labels, of the same size as the "
                                 f"number of {kind} files in the target directory, or 'inferred', or None. Received: "
                                 f"labels={labels}")
            if class_names:
                raise ValueError("You can only pass `class_names` if `labels=\"inferred\"`. Received: "
                                 f"labels={labels}, and class_names={class_names}")
        if label_mode not in ("int", "categorical", "binary", None):
            raise ValueError("`label_mode` argument must be one of \"int\", \"categorical\", \"binary\", or None. "
                             f"Received: label_mode={label_mode}")
        if format != "tf":
            raise ValueError(f'`format` should be "tf". Received: format={format}')
        _check_split(validation_split, subset, shuffle, seed)
        self.label_mode = None if labels is None else label_mode
        self.batch_size, self.shuffle, self.split, self.subset = batch_size, shuffle, validation_split, subset
        self.seed = int(np.random.randint(10**6)) if seed is None else seed
        wanted = labels if self.label_mode else None
        self.paths, self.labels, self.class_names = _indexed(str(directory), wanted, formats, class_names,
                                                             self.seed if shuffle else None, follow_links, verbose)
        if self.label_mode == "binary" and len(self.class_names or ()) != 2:
            raise ValueError("When passing `label_mode=\"binary\"`, there must be exactly 2 class_names. Received: "
                             f"class_names={self.class_names}")

    def datasets(self, load: Callable[[Any], Any]) -> Any:
        """One dataset, or with the subset 'both' those to train with and to validate with."""
        if self.subset != "both":
            return self._dataset(self.subset, self.shuffle, load, "")
        return [self._dataset("training", self.shuffle, load, "training "),
                self._dataset("validation", False, load, "validation ")]

    def _dataset(self, subset: str | None, shuffle: bool, load: Callable[[Any], Any], word: str) -> Any:
        paths, labels = self._part(subset)
        if not paths:
            kinds = "images" if self.kind == "image" else f"{self.kind} files"
            allowed = f"formats: {self.formats}" if len(self.formats) > 1 else f"format: {''.join(self.formats)}"
            raise ValueError(f"No {word}{kinds} found in directory {self.directory}. Allowed {allowed}")
        found: Any = Dataset.from_tensor_slices(paths)
        if labels is not None:
            found = Dataset.zip((found, self._labels(labels)))
        if shuffle:
            found = found.shuffle(1024 if self.batch_size is None else self.batch_size * 8, seed=self.seed)
        one: Callable[..., Any] = load if labels is None else lambda path, label: (load(path), label)
        found = found.map(one, num_parallel_calls=AUTOTUNE)
        if self.batch_size is not None:
            found = (found.padded_batch if self.padded else found.batch)(self.batch_size)
        found = found.prefetch(AUTOTUNE)
        found.class_names = self.class_names
        if self.kind == "image":
            found.file_paths = paths
        return found

    def _part(self, subset: str | None) -> tuple[list[str], Any]:
        if not self.split:
            return self.paths, self.labels
        held = int(self.split * len(self.paths))
        training = subset == "training"
        tell(f"Using {len(self.paths) - held if training else held} files for {subset}.")
        part = slice(None, -held) if training else slice(-held, None)
        return self.paths[part], None if self.labels is None else self.labels[part]

    def _labels(self, labels: Any) -> Any:
        found = Dataset.from_tensor_slices(labels)
        if self.label_mode == "binary":
            return found.map(lambda x: ops.expand_dims(ops.cast(x, "float32"), -1), num_parallel_calls=AUTOTUNE)
        if self.label_mode == "categorical":
            count = len(self.class_names or ())
            return found.map(lambda x: ops.one_hot(x, count), num_parallel_calls=AUTOTUNE)
        return found


def _check_split(split: float | None, subset: str | None, shuffle: bool, seed: int | None) -> None:
    if split and not 0 < split < 1:
        raise ValueError(f"`validation_split` must be between 0 and 1, received: {split}")
    if bool(split) != bool(subset):
        raise ValueError("If `subset` is set, `validation_split` must be set, and inversely.")
    if subset not in ("training", "validation", "both", None):
        raise ValueError(f'`subset` must be either "training", "validation" or "both", received: {subset}')
    if split and shuffle and seed is None:
        raise ValueError("If using `validation_split` and shuffling the data, you must provide a `seed` argument, to "
                         "make sure that there is no overlap between the training and validation subset.")


def _indexed(directory: str, labels: Any, formats: tuple[str, ...], class_names: Any, seed: int | None,
             follow_links: bool, verbose: bool) -> tuple[list[str], Any, list[str] | None]:
    """The paths of the files, their labels, and the names of the classes; in the order that a seed gives."""
    if labels != "inferred" and class_names is not None:
        raise ValueError("When `labels=None` (no labels), argument `class_names` cannot be specified."
                         if labels is None else "When argument `labels` is specified, argument `class_names` cannot be "
                         "specified (the `class_names` will be the sorted list of labels).")
    folders = [""]
    if labels == "inferred":
        folders = sorted(p.name for p in Path(directory).iterdir() if p.is_dir() and not p.name.startswith("."))
        if class_names is not None:
            if not set(class_names) <= set(folders):
                raise ValueError("The `class_names` passed did not match the names of the subdirectories of the "
                                 f"target directory. Expected: {folders} (or a subset of it), but received: "
                                 f"class_names={class_names}")
            folders = list(class_names)
    lists = [_files(os.path.join(directory, folder), formats, follow_links) for folder in folders]
    paths = [path for each in lists for path in each]
    names: list[str] | None = folders
    if labels == "inferred":
        labels = np.repeat(np.arange(len(lists), dtype=np.int32), [len(each) for each in lists])
    elif labels is None:
        names = None
    else:
        if len(labels) != len(paths):
            raise ValueError("Expected the lengths of `labels` to match the number of files in the target directory. "
                             f"len(labels) is {len(labels)} while we found {len(paths)} files in directory "
                             f"{directory}.")
        names, labels = [str(label) for label in sorted(set(labels))], list(labels)
    if verbose:
        tell(f"Found {len(paths)} files." if names is None
             else f"Found {len(paths)} files belonging to {len(names)} classes.")
    if seed is not None:
        # As Keras does: two generators of the same seed, so that both come in the same order.
        np.random.RandomState(seed).shuffle(paths)
        if labels is not None:
            np.random.RandomState(seed).shuffle(labels)
    return paths, labels, names


def _files(folder: str, formats: tuple[str, ...], follow_links: bool) -> list[str]:
    """The files of these formats below a folder, in order."""
    found = sorted(os.walk(folder, followlinks=follow_links), key=lambda each: each[0])
    return [os.path.join(root, name) for root, _, names in found for name in sorted(names)
            if name.lower().endswith(formats)]


@keras_export("utils.image_dataset_from_directory", "preprocessing.image_dataset_from_directory")
def image_dataset_from_directory(directory: Any, labels: Any = "inferred", label_mode: str | None = "int",
                                 class_names: Any = None, color_mode: str = "rgb", batch_size: int | None = 32,
                                 image_size: Any = (256, 256), shuffle: bool = True, seed: int | None = None,
                                 validation_split: float | None = None, subset: str | None = None,
                                 interpolation: str = "bilinear", follow_links: bool = False,
                                 crop_to_aspect_ratio: bool = False, pad_to_aspect_ratio: bool = False,
                                 data_format: str | None = None, format: str = "tf", verbose: bool = True) -> Any:
    """A `Dataset` of the images below a folder, as float32 [batch, height, width, channels], with their labels.

    labels: 'inferred' (each folder in `directory` is a class), a list with a label for each file in the order of
    their paths, or None for images alone. label_mode: 'int' (int32), 'categorical' (float32 vectors), 'binary'
    (float32 [batch, 1]) or None. class_names: the folders to take, in that order. color_mode: 'rgb', 'rgba' or
    'grayscale'. batch_size: None for single images. validation_split, subset: the last part of the files is for
    validation; 'training', 'validation' or 'both' (then a list of two datasets). interpolation: how images are
    resized; crop_to_aspect_ratio, pad_to_aspect_ratio: keep their proportions, cut off or with black edges. The dataset
    has the attributes `class_names` and `file_paths`. Raises ValueError for other values, and where nothing is found.
    """
    if color_mode not in _CHANNELS:
        raise ValueError(f'`color_mode` must be one of {{"rgb", "rgba", "grayscale"}}. Received: '
                         f"color_mode={color_mode}")
    size = (image_size, image_size) if isinstance(image_size, int) else image_size
    if not isinstance(size, (list, tuple)) or len(size) != 2:
        raise ValueError("Invalid `image_size` value. Expected a tuple of 2 integers. Received: "
                         f"image_size={image_size}")
    method = interpolation.lower()
    if method not in _INTERPOLATIONS:
        raise ValueError(f"Argument `interpolation` should be one of {_INTERPOLATIONS}. Received: "
                         f"interpolation={interpolation}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("Only one of `pad_to_aspect_ratio`, `crop_to_aspect_ratio` can be set to `True`.")
    order = standardize_data_format(data_format)
    channels = _CHANNELS[color_mode]

    def load(path: Any) -> Any:
        image = decode_image(read_file(path), channels=channels, expand_animations=False)
        image.set_shape((None, None, channels))
        if crop_to_aspect_ratio:
            image = smart_resize(image, size, interpolation=method)
        elif pad_to_aspect_ratio:
            image = resize_with_pad(image, size[0], size[1], method=method)
        else:
            image = resize(image, size, method=method)
        image.set_shape((*size, channels))
        return ops.transpose(image, (2, 0, 1)) if order == "channels_first" else image

    return _Folder("image", IMAGE_FORMATS, directory, labels, label_mode, class_names, batch_size, shuffle, seed,
                   validation_split, subset, follow_links, format, verbose).datasets(load)


@keras_export("utils.text_dataset_from_directory", "preprocessing.text_dataset_from_directory")
def text_dataset_from_directory(directory: Any, labels: Any = "inferred", label_mode: str | None = "int",
                                class_names: Any = None, batch_size: int | None = 32, max_length: int | None = None,
                                shuffle: bool = True, seed: int | None = None, validation_split: float | None = None,
                                subset: str | None = None, follow_links: bool = False, format: str = "tf",
                                verbose: bool = True) -> Any:
    """A `Dataset` of the texts below a folder (the contents of `.txt` files: strings [batch]), with their labels.

    max_length: how many bytes of each text are kept. Other arguments as for `image_dataset_from_directory`.
    """
    def load(path: Any) -> Any:
        text = read_file(path)
        return text if max_length is None else substr(text, 0, max_length)

    return _Folder("text", (".txt",), directory, labels, label_mode, class_names, batch_size, shuffle, seed,
                   validation_split, subset, follow_links, format, verbose).datasets(load)


@keras_export("utils.audio_dataset_from_directory")
def audio_dataset_from_directory(directory: Any, labels: Any = "inferred", label_mode: str | None = "int",
                                 class_names: Any = None, batch_size: int | None = 32, sampling_rate: int | None = None,
                                 output_sequence_length: int | None = None, ragged: bool = False, shuffle: bool = True,
                                 seed: int | None = None, validation_split: float | None = None,
                                 subset: str | None = None, follow_links: bool = False, verbose: bool = True) -> Any:
    """A `Dataset` of the sounds below a folder (`.wav` files: float32 [batch, samples, channels]), with their labels.

    output_sequence_length: how many samples of each; without it, shorter sounds of a batch are filled up with zeros.
    ragged: they stay as long as they are, in ragged tensors. sampling_rate: None; sounds stay at the rate of their
    file. Other arguments as for `image_dataset_from_directory`; for the subset 'both', a pair comes back. Raises
    ValueError for other values, ImportError for a `sampling_rate`, as nothing here changes rates.
    """
    if ragged and output_sequence_length is not None:
        raise ValueError("Cannot set both `ragged` and `output_sequence_length`")
    if sampling_rate is not None:
        if not isinstance(sampling_rate, int):
            raise ValueError("`sampling_rate` should have an integer value. Received: "
                             f"sampling_rate={sampling_rate}")
        if sampling_rate <= 0:
            raise ValueError(f"`sampling_rate` should be higher than 0. Received: sampling_rate={sampling_rate}")
        raise ImportError("To use the argument `sampling_rate`, sounds have to be resampled, which Keras leaves to "
                          "tensorflow_io: that package does not work with Hornbeam. Resample the files before.")
    length = -1 if output_sequence_length is None else output_sequence_length

    def load(path: Any) -> Any:
        sound = decode_wav(read_file(path), desired_samples=length)[0]
        return RaggedTensor.from_tensor(sound) if ragged else sound

    found = _Folder("audio", (".wav",), directory, labels, label_mode, class_names, batch_size, shuffle, seed,
                    validation_split, subset, follow_links, "tf", verbose,
                    padded=length == -1 and not ragged).datasets(load)
    return tuple(found) if isinstance(found, list) else found
