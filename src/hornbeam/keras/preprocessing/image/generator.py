"""ImageDataGenerator: batches of images, each transformed by chance and standardized."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.old_names import Old
from hornbeam.keras.preprocessing.image import iterators, transforms


class ImageDataGenerator:
    """Draws changes of images, and sets their values to a common scale.

    featurewise_center, featurewise_std_normalization, zca_whitening: by what `fit` found in a data set (zca_epsilon
    keeps small values apart); samplewise_center, samplewise_std_normalization: of each image by itself.
    rotation_range: degrees. width_shift_range, height_shift_range: a part of the size below 1, pixels above, or a list
    to choose from. brightness_range: two factors. shear_range: degrees. zoom_range: two factors, or what one is more
    or less than 1. channel_shift_range: how far values move. fill_mode, cval, interpolation_order: as for
    `apply_affine_transform`. horizontal_flip, vertical_flip: by chance. rescale: a factor. preprocessing_function: of
    one image, first of all. data_format: where channels are. validation_split: the part kept for `subset="validation"`.
    Raises ValueError for values that make no sense.
    """

    def __init__(self, featurewise_center: bool = False, samplewise_center: bool = False,
                 featurewise_std_normalization: bool = False, samplewise_std_normalization: bool = False,
                 zca_whitening: bool = False, zca_epsilon: float = 1e-6, rotation_range: float = 0,
                 width_shift_range: Any = 0.0, height_shift_range: Any = 0.0, brightness_range: Any = None,
                 shear_range: float = 0.0, zoom_range: Any = 0.0, channel_shift_range: float = 0.0,
                 fill_mode: str = "nearest", cval: float = 0.0, horizontal_flip: bool = False,
                 vertical_flip: bool = False, rescale: float | None = None,
                 preprocessing_function: Callable[[np.ndarray], np.ndarray] | None = None,
                 data_format: str | None = "channels_last", validation_split: float = 0.0,
                 interpolation_order: int = 1, dtype: Any = "float32") -> None:
        self.featurewise_center = featurewise_center or zca_whitening or featurewise_std_normalization
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range, self.shear_range = rotation_range, shear_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.channel_shift_range, self.fill_mode, self.cval = channel_shift_range, fill_mode, cval
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.dtype, self.interpolation_order = dtype, interpolation_order
        data_format = data_format or "channels_last"
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError('`data_format` should be `"channels_last"` (channel after row and column) or '
                             f'`"channels_first"` (channel before row and column). Received: {data_format}')
        self.data_format = data_format
        first = data_format == "channels_first"
        self.channel_axis, self.row_axis, self.col_axis = (1, 2, 3) if first else (3, 1, 2)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(f"`validation_split` must be strictly between 0 and 1.  Received: {validation_split}")
        self._validation_split = validation_split
        self.mean: Any = None
        self.std: Any = None
        self.principal_components: Any = None
        self.zoom_range = self._zoom_between(zoom_range)
        if brightness_range is not None and (not isinstance(brightness_range, (tuple, list))
                                             or len(brightness_range) != 2):
            raise ValueError("`brightness_range should be tuple or list of two floats. Received: "
                             f"{brightness_range}")
        self.brightness_range = brightness_range

    @staticmethod
    def _zoom_between(zoom_range: Any) -> list[float]:
        if isinstance(zoom_range, (float, int)):
            return [1 - zoom_range, 1 + zoom_range]
        if len(zoom_range) == 2 and all(isinstance(z, (float, int)) for z in zoom_range):
            return [zoom_range[0], zoom_range[1]]
        raise ValueError("`zoom_range` should be a float or a tuple or list of two floats. Received: "
                         f"{zoom_range}")

    # Batches --------------------------------------------------------------------------------------

    def flow(self, x: Any, y: Any = None, batch_size: int = 32, shuffle: bool = True, sample_weight: Any = None,
             seed: int | None = None, save_to_dir: str | None = None, save_prefix: str = "", save_format: str = "png",
             subset: str | None = None) -> iterators.NumpyArrayIterator:
        """Batches of the images in an array, without end. Arguments as for `NumpyArrayIterator`."""
        return iterators.NumpyArrayIterator(x, y, self, batch_size=batch_size, shuffle=shuffle,
                                            sample_weight=sample_weight, seed=seed, data_format=self.data_format,
                                            save_to_dir=save_to_dir, save_prefix=save_prefix, save_format=save_format,
                                            subset=subset, dtype=self.dtype)

    def flow_from_directory(self, directory: str, target_size: Any = (256, 256), color_mode: str = "rgb",
                            classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32,
                            shuffle: bool = True, seed: int | None = None, save_to_dir: str | None = None,
                            save_prefix: str = "", save_format: str = "png", follow_links: bool = False,
                            subset: str | None = None,
                            interpolation: str = "nearest") -> iterators.DirectoryIterator:
        """Batches of the images in folders, one folder a class, resized to `target_size` by `interpolation`.

        color_mode: "rgb", "rgba" or "grayscale". classes: names of folders, by default all. class_mode: "categorical"
        (one-hot), "binary" or "sparse" (numbers), "input" (the images themselves) or None (no labels).
        """
        return iterators.DirectoryIterator(directory, self, target_size, color_mode, classes, class_mode, batch_size,
                                           shuffle, seed, self.data_format, save_to_dir, save_prefix, save_format,
                                           follow_links, subset, interpolation, self.dtype)

    def flow_from_dataframe(self, dataframe: Any, directory: str | None = None, x_col: str = "filename",
                            y_col: Any = "class", weight_col: str | None = None, target_size: Any = (256, 256),
                            color_mode: str = "rgb", classes: Any = None, class_mode: str | None = "categorical",
                            batch_size: int = 32, shuffle: bool = True, seed: int | None = None,
                            save_to_dir: str | None = None, save_prefix: str = "", save_format: str = "png",
                            subset: str | None = None, interpolation: str = "nearest",
                            validate_filenames: bool = True, **kwargs: Any) -> iterators.DataFrameIterator:
        """Batches of the images that column `x_col` of a table names, below `directory`, with labels of `y_col`.

        weight_col: sample weights. class_mode: as for `flow_from_directory`, or "raw" (the column's values) or
        "multi_output" (several columns). Other arguments as for `flow_from_directory`.
        """
        for name in ("has_ext", "sort", "drop_duplicates"):
            if name in kwargs:
                warnings.warn(f"`{name}` has no effect.", DeprecationWarning, stacklevel=2)
        return iterators.DataFrameIterator(dataframe, directory, self, x_col, y_col, weight_col, target_size,
                                           color_mode, classes, class_mode, batch_size, shuffle, seed,
                                           self.data_format, save_to_dir, save_prefix, save_format, subset,
                                           interpolation, self.dtype, validate_filenames)

    # One image ------------------------------------------------------------------------------------

    def get_random_transform(self, img_shape: Any, seed: int | None = None) -> dict[str, Any]:
        """What is drawn for one image, for `apply_transform`."""
        if seed is not None:
            np.random.seed(seed)
        rows, columns = img_shape[self.row_axis - 1], img_shape[self.col_axis - 1]
        theta = np.random.uniform(-self.rotation_range, self.rotation_range) if self.rotation_range else 0
        tx = _shift(self.height_shift_range, rows)
        ty = _shift(self.width_shift_range, columns)
        shear = np.random.uniform(-self.shear_range, self.shear_range) if self.shear_range else 0
        low, high = self.zoom_range
        zx, zy = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
        across = (np.random.random() < 0.5) * self.horizontal_flip
        down = (np.random.random() < 0.5) * self.vertical_flip
        shift = (np.random.uniform(-self.channel_shift_range, self.channel_shift_range)
                 if self.channel_shift_range != 0 else None)
        brightness = None if self.brightness_range is None else np.random.uniform(*self.brightness_range)
        return {"theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy, "flip_horizontal": across,
                "flip_vertical": down, "channel_shift_intensity": shift, "brightness": brightness}

    def apply_transform(self, x: Any, transform_parameters: dict[str, Any]) -> np.ndarray:
        """An image changed as the parameters say: those of `get_random_transform`, each of which may be left out."""
        given = transform_parameters.get
        row, column, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        x = transforms.apply_affine_transform(
            x, given("theta", 0), given("tx", 0), given("ty", 0), given("shear", 0), given("zx", 1), given("zy", 1),
            row_axis=row, col_axis=column, channel_axis=channel, fill_mode=self.fill_mode, cval=self.cval,
            order=self.interpolation_order)
        shift, brightness = given("channel_shift_intensity"), given("brightness")
        if shift is not None:
            x = transforms.apply_channel_shift(x, shift, channel)
        if given("flip_horizontal", False):
            x = np.flip(x, column)
        if given("flip_vertical", False):
            x = np.flip(x, row)
        if brightness is not None:
            x = transforms.apply_brightness_shift(x, brightness)
        return x

    def random_transform(self, x: Any, seed: int | None = None) -> np.ndarray:
        """An image changed by chance."""
        return self.apply_transform(x, self.get_random_transform(np.shape(x), seed))

    def standardize(self, x: Any) -> np.ndarray:
        """An image, or a batch of them, set to the common scale; an array of floats is changed where it lies.

        Without `fit`, what follows from a data set is left out, with a warning.
        """
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self._is_fitted("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization and self._is_fitted("featurewise_std_normalization", self.std):
            x /= self.std + 1e-6
        if self.zca_whitening and self._is_fitted("zca_whitening", self.principal_components):
            flat = x.reshape(-1, int(np.prod(x.shape[-3:])))
            x = (flat @ self.principal_components).reshape(x.shape)
        return x

    @staticmethod
    def _is_fitted(what: str, found: Any) -> bool:
        if found is None:
            warnings.warn(f"This ImageDataGenerator specifies `{what}`, but it hasn't been fit on any training data. "
                          "Fit it first by calling `.fit(numpy_data)`.", stacklevel=3)
        return found is not None

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Find the means, deviations and principal components of a data set [number, rows, columns, channels].

        augment: of images changed by chance, `rounds` of each. Raises ValueError for another rank.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(f"Input to `.fit()` should have rank 4. Got array with shape: {x.shape}")
        if x.shape[self.channel_axis] not in (1, 3, 4):
            warnings.warn("Expected input to be images (as Numpy array) following the data format convention "
                          f'"{self.data_format}" (channels on axis {self.channel_axis}), i.e. expected either 1, 3 or '
                          f"4 channels. However, it was passed an array with shape {x.shape}.", stacklevel=2)
        if seed is not None:
            np.random.seed(seed)
        if augment:
            x = np.concatenate([np.stack([self.random_transform(image) for image in x]) for _ in range(rounds)])
        axes = (0, self.row_axis, self.col_axis)
        shape = [1, 1, 1]
        shape[self.channel_axis - 1] = x.shape[self.channel_axis]
        if self.featurewise_center:
            self.mean = np.mean(x, axis=axes).reshape(shape)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=axes).reshape(shape)
            x /= self.std + 1e-6
        if self.zca_whitening:
            flat = x.reshape(x.shape[0], -1)
            u, s, _ = np.linalg.svd(flat.T @ flat / flat.shape[0])
            self.principal_components = (u / np.sqrt(s + self.zca_epsilon)) @ u.T


def _shift(extent: Any, size: int) -> float:
    """How far an image moves along a side."""
    if np.ndim(extent) == 0 and not extent:
        return 0
    if isinstance(extent, float):
        moved = np.random.uniform(-extent, extent)
    else:
        moved = np.random.choice(extent) * np.random.choice([-1, 1])
    return moved * size if np.max(extent) < 1 else moved


_LAYERS = {"random_rotation": "RandomRotation", "random_shift": "RandomTranslation", "random_shear": "RandomShear",
           "random_zoom": "RandomZoom", "random_brightness": "RandomBrightness"}
OLD = {f.__name__: Old(f, f"keras.layers.{_LAYERS[f.__name__]}" if f.__name__ in _LAYERS else None)
       for f in (transforms.apply_affine_transform, transforms.apply_brightness_shift, transforms.apply_channel_shift,
                 transforms.random_brightness, transforms.random_channel_shift, transforms.random_rotation,
                 transforms.random_shear, transforms.random_shift, transforms.random_zoom, iterators.Iterator,
                 iterators.NumpyArrayIterator, iterators.DirectoryIterator, iterators.DataFrameIterator)}
OLD["ImageDataGenerator"] = Old(ImageDataGenerator, "keras.utils.image_dataset_from_directory` with layers such as "
                                "`keras.layers.RandomFlip")
