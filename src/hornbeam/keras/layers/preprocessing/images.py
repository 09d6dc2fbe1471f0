"""Layers on images [batch, height, width, channels] or one image: what they share; Resizing and CenterCrop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.bounding_boxes.boxes import clip_to_image_size, convert_format, crop, dense, scaled


class ImageLayer(Layer):
    """Base: `call(data, training)` takes images, or a dictionary with `images` and perhaps `labels`, `bounding_boxes`
    and `segmentation_masks`, all of which are transformed alike.

    bounding_box_format: one of `keras.utils.bounding_boxes.convert_format`'s; `bounding_boxes` are a dictionary with
    `boxes` [batch, boxes, 4] and `labels` [batch, boxes].
    Subclasses say what is drawn (`get_random_transformation`) and what it does (`transform_images`, `transform_labels`,
    `transform_bounding_boxes`, `transform_segmentation_masks`). Raises ValueError for images of other ranks than 3 and
    4, and for bounding boxes without a format.
    """

    def __init__(self, data_format: str | None = None, bounding_box_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bounding_box_format = bounding_box_format
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

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes, moved as the images are; where nothing of one is left in the image, its label becomes -1."""
        return bounding_boxes

    def _with_boxes(self, bounding_boxes: Any, before: tuple[Any, Any], after: tuple[Any, Any],
                    move: Callable[[Any], Any]) -> Any:
        """The bounding boxes after `move` changed them as "xyxy". before, after: height and width of the image."""
        form = self.bounding_box_format or "xyxy"
        boxes = convert_format(bounding_boxes["boxes"], form, "xyxy", *before)
        found = clip_to_image_size({**bounding_boxes, "boxes": move(boxes)}, *after)
        return convert_format(found, "xyxy", form, *after)

    def _boxes(self, given: Any, batched: bool, transformation: Any, training: bool) -> Any:
        if not self.bounding_box_format:
            raise ValueError("You passed an input with a 'bounding_boxes' key, but you didn't specify a bounding box "
                             f"format. Pass a `bounding_box_format` argument to your {type(self).__name__} layer, e.g. "
                             "`bounding_box_format='xyxy'`.")
        move = self.transform_bounding_boxes if batched else self.transform_single_bounding_box
        return move(dense(given), transformation, training)

    def transform_single_image(self, image: Any, transformation: Any, training: bool = True) -> Any:
        """One image, transformed as a batch of one."""
        return ops.squeeze(self.transform_images(ops.expand_dims(image, 0), transformation, training), 0)

    def transform_single_label(self, label: Any, transformation: Any, training: bool = True) -> Any:
        """The labels of one image, transformed as a batch of one."""
        return ops.squeeze(self.transform_labels(ops.expand_dims(label, 0), transformation, training), 0)

    def transform_single_segmentation_mask(self, segmentation_mask: Any, transformation: Any,
                                           training: bool = True) -> Any:
        """The mask of one image, transformed as a batch of one."""
        masks = ops.expand_dims(segmentation_mask, 0)
        return ops.squeeze(self.transform_segmentation_masks(masks, transformation, training), 0)

    def transform_single_bounding_box(self, bounding_box: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes [boxes, 4] of one image, transformed as a batch of one."""
        batch = {key: ops.expand_dims(value, 0) if key in ("boxes", "labels") else value
                 for key, value in bounding_box.items()}
        found = self.transform_bounding_boxes(batch, transformation, training)
        return {key: ops.squeeze(value, 0) if key in ("boxes", "labels") else value for key, value in found.items()}

    def call(self, data: Any, training: bool = True) -> Any:
        transformation = self.get_random_transformation(data, training=training)
        if not isinstance(data, dict):
            return self.transform_images(_images(data), transformation, training)
        work = {"images": self.transform_images, "labels": self.transform_labels,
                "segmentation_masks": self.transform_segmentation_masks}
        batched = len(_images(data["images"]).shape) == 4
        found = {key: work[key](ops.convert_to_tensor(value), transformation, training) if key in work else value
                 for key, value in data.items()}
        if "bounding_boxes" in data:
            found["bounding_boxes"] = self._boxes(data["bounding_boxes"], batched, transformation, training)
        return found

    def _sized(self, data: Any, **drawn: Any) -> dict[str, Any]:
        """What was drawn, with the shape of the images."""
        return {**drawn, "input_shape": ops.shape(data["images"] if isinstance(data, dict) else data)}

    def _size_before(self, transformation: dict[str, Any]) -> tuple[Any, Any]:
        shape = transformation["input_shape"]
        return shape[self.height_axis], shape[self.width_axis]

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
        form = {} if self.bounding_box_format is None else {"bounding_box_format": self.bounding_box_format}
        return {**super().get_config(), "data_format": self.data_format, **form}


def within_middle(boxes: Any, before: tuple[Any, Any], after: tuple[int, int]) -> Any:
    """Boxes within the middle of images; of images that are smaller, within the middle in these proportions."""
    (rows, columns), (height, width) = before, after
    tall, wide = height, width
    if isinstance(rows, int) and isinstance(columns, int) and (rows < height or columns < width):
        tall = max(min(rows, int(columns * height / width)), 1)
        wide = max(min(columns, int(rows * width / height)), 1)
    cut = crop(boxes, (rows - tall) // 2, (columns - wide) // 2, tall, wide)
    return scaled(cut, height / tall, width / wide)


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

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The shape of the images."""
        return self._sized(data)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes in the new size; those that are all 0 or all -1, of which there are none in truth, become 0."""
        before, after = self._size_before(transformation), (self.height, self.width)
        given = ops.convert_to_tensor(bounding_boxes["boxes"])
        none = ops.logical_or(ops.all(given == -1, axis=-1, keepdims=True), ops.all(given == 0, axis=-1, keepdims=True))
        found = self._with_boxes(bounding_boxes, before, after, lambda boxes: ops.where(
            none, ops.zeros_like(boxes), self._fitted(boxes, before)))
        return {**found, "boxes": ops.where(none, ops.zeros_like(found["boxes"]), found["boxes"])}

    def _fitted(self, boxes: Any, before: tuple[Any, Any]) -> Any:
        rows, columns = (ops.cast(n, boxes.dtype) for n in before)
        down, across = self.height / rows, self.width / columns
        if self.pad_to_aspect_ratio:
            down = across = ops.minimum(down, across)
            return scaled(boxes, down, across, (self.height - rows * down) // 2, (self.width - columns * across) // 2)
        if self.crop_to_aspect_ratio:
            down = across = ops.maximum(down, across)
            return scaled(boxes, down, across, -((rows * down - self.height) // 2),
                          -((columns * across - self.width) // 2))
        return scaled(boxes, down, across)

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

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The shape of the images."""
        return self._sized(data)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes within the middle of the images."""
        before, after = self._size_before(transformation), (self.height, self.width)
        return self._with_boxes(bounding_boxes, before, after, lambda boxes: within_middle(boxes, before, after))

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


@keras_export("layers.MaxNumBoundingBoxes")
class MaxNumBoundingBoxes(ImageLayer):
    """As many bounding boxes an image as `max_number`: those after it are left out, and where there are fewer, boxes
    and labels of `fill_value` follow. Images, labels and masks stay."""

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_number, self.fill_value = int(max_number), int(fill_value)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any = None, training: bool = True) -> Any:
        """That many boxes."""
        found = dict(bounding_boxes)
        for key, inner in (("boxes", [[0, 0]]), ("labels", [])):
            kept = ops.convert_to_tensor(bounding_boxes[key])[:, :self.max_number]
            missing = self.max_number - ops.shape(kept)[1]
            filled = ops.pad(kept, [[0, 0], [0, missing], *inner], constant_values=self.fill_value)
            found[key] = ops.reshape(filled, (-1, self.max_number, *kept.shape[2:]))
        return found

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not isinstance(input_shape, dict) or "bounding_boxes" not in input_shape:
            return input_shape
        shapes = input_shape["bounding_boxes"]
        if extra := sorted(set(shapes) - {"boxes", "labels"}):
            raise KeyError(f"There are unsupported keys in `bounding_boxes`: {extra}. Only `boxes` and `labels` are "
                           "supported.")
        return {**input_shape, "bounding_boxes": {key: (shape[0], self.max_number, *shape[2:])
                                                  for key, shape in shapes.items()}}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "max_number": self.max_number, "fill_value": self.fill_value}
