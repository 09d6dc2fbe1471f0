"""Layers on images [batch, height, width, channels] or one image: what they share; Resizing and CenterCrop."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export


class ImageLayer(Layer):
    """Base: `call(data, training)` takes images, or a dictionary with `images` and perhaps `labels` and
    `segmentation_masks`, all of which are transformed alike.

    Subclasses say what is drawn (`get_random_transformation`) and what it does (`transform_images`, `transform_labels`,
    `transform_segmentation_masks`). Raises ValueError for images of other ranks than 3 and 4, and for bounding boxes.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._allow_non_tensor_positional_args = True
        self.data_format = standardize_data_format(data_format)
        self.height_axis, self.width_axis = (-2, -1) if self.data_format == "channels_first" else (-3, -2)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is drawn for `data`; None where nothing is."""
        return None

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, transformed."""
        return images

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """The labels, which stay as they are."""
        return labels

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks, transformed as the images are."""
        return self.transform_images(segmentation_masks, transformation, training)

    def call(self, data: Any, training: bool = True) -> Any:
        transformation = self.get_random_transformation(data, training=training)
        if not isinstance(data, dict):
            return self.transform_images(_images(data), transformation, training)
        if "bounding_boxes" in data:
            raise ValueError(f"{type(self).__name__} does not transform bounding boxes. Received data with the keys "
                             f"{sorted(data)}.")
        work = {"images": self.transform_images, "labels": self.transform_labels,
                "segmentation_masks": self.transform_segmentation_masks}
        _images(data["images"])
        return {key: work[key](ops.convert_to_tensor(value), transformation, training) if key in work else value
                for key, value in data.items()}

    def _extent(self, images: Any) -> tuple[Any, Any]:
        """Height and width: numbers where they are known, else tensors."""
        shape = ops.shape(images)
        return shape[self.height_axis], shape[self.width_axis]

    def _cut(self, images: Any, top: Any, left: Any, height: int, width: int) -> Any:
        """A window of the images."""
        rank = len(images.shape)
        start: list[Any] = [0] * rank
        size = list(ops.shape(images))
        start[self.height_axis], start[self.width_axis] = top, left
        size[self.height_axis], size[self.width_axis] = height, width
        return ops.slice(images, start, size)

    def _resized_shape(self, input_shape: Any, height: int, width: int) -> tuple[Any, ...]:
        shape = list(input_shape)
        shape[self.height_axis], shape[self.width_axis] = height, width
        return tuple(shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format}


def _images(data: Any) -> Any:
    images = ops.convert_to_tensor(data)
    if len(images.shape) not in (3, 4):
        raise ValueError("Expected image tensor to have rank 3 (single image) or 4 (batch of images). Received: "
                         f"data.shape={tuple(images.shape)}")
    return images


@keras_export("layers.Resizing")
class Resizing(ImageLayer):
    """Images of `height` by `width`, by interpolation. Other arguments as for `keras.ops.image.resize`."""

    def __init__(self, height: int, width: int, interpolation: str = "bilinear", crop_to_aspect_ratio: bool = False,
                 pad_to_aspect_ratio: bool = False, fill_mode: str = "constant", fill_value: float = 0.0,
                 antialias: bool = False, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width, self.interpolation = height, width, interpolation
        self.crop_to_aspect_ratio, self.pad_to_aspect_ratio = crop_to_aspect_ratio, pad_to_aspect_ratio
        self.fill_mode, self.fill_value, self.antialias = fill_mode, fill_value, bool(antialias)

    def _resized(self, images: Any, interpolation: str) -> Any:
        return ops.image.resize(images, (self.height, self.width), interpolation, self.antialias,
                                self.crop_to_aspect_ratio, self.pad_to_aspect_ratio, self.fill_mode, self.fill_value,
                                self.data_format)

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> Any:
        """The images in their new size, of their dtype."""
        return self._resized(images, self.interpolation)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any = None,
                                     training: bool = True) -> Any:
        """The masks in the new size, by their nearest neighbours."""
        return self._resized(segmentation_masks, "nearest")

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._resized_shape(input_shape, self.height, self.width)

    def get_config(self) -> dict[str, Any]:
        names = ("height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode",
                 "fill_value", "antialias")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras_export("layers.CenterCrop")
class CenterCrop(ImageLayer):
    """The middle `height` by `width` of images; of smaller ones the middle in these proportions, made larger."""

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = height, width

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> Any:
        """The middle of the images, in the compute dtype."""
        images = ops.cast(images, self.compute_dtype)
        rows, columns = self._extent(images)
        small = any(isinstance(have, int) and have < wanted
                    for have, wanted in ((rows, self.height), (columns, self.width)))
        if small:
            return ops.image.resize(images, (self.height, self.width), crop_to_aspect_ratio=True,
                                    data_format=self.data_format)
        return self._cut(images, (rows - self.height) // 2, (columns - self.width) // 2, self.height, self.width)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if len(input_shape) not in (3, 4) or isinstance(input_shape[0], (list, tuple)):
            raise ValueError("`input_shape` must be a non-nested tuple or list of rank-1 with size 3 (unbatched) or 4 "
                             "(batched).")
        return self._resized_shape(input_shape, self.height, self.width)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "height": self.height, "width": self.width}
