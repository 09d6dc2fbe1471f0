"""Images changed at random while a model trains: turned over, moved, cut, lit differently."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.keras import ops, random
from hornbeam.keras.layers.preprocessing.images import ImageLayer
from hornbeam.keras.names import keras_export
from hornbeam.keras.random.seed_generator import SeedGenerator, make_default_seed
from hornbeam.keras.utils.bounding_boxes.boxes import around, crop, scaled


class RandomImageLayer(ImageLayer):
    """Base: draws from a seed of the layer's own, for each image of a batch anew; without effect outside training."""

    _also = ""
    """The names of the further arguments in the configuration."""

    def __init__(self, seed: int | None, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.seed = seed
        self.generator = SeedGenerator(seed)

    @staticmethod
    def _count(data: Any) -> Any:
        """How many images there are."""
        images = data["images"] if isinstance(data, dict) else data
        if len(images.shape) not in (3, 4):
            raise ValueError("Expected the input image to be rank 3 or 4. Received: "
                             f"inputs.shape={tuple(images.shape)}")
        return ops.shape(images)[0] if len(images.shape) == 4 else 1

    def _source(self, seed: Any) -> Any:
        """What draws take their seeds from: the layer's generator unless a seed is given."""
        return self.generator if seed is None else seed

    def _uniform(self, data: Any, low: float, high: float, seed: Any) -> Any:
        """A number for each image: [batch], or [1] for a single image."""
        return random.uniform((self._count(data),), low, high, seed=self._source(seed))

    def _chosen(self, data: Any, probability: tuple[float, float], seed: Any) -> Any:
        """Which images something happens to, with a probability that is drawn from a range first."""
        likely = self._uniform(data, *probability, seed)
        return self._uniform(data, 0.0, 1.0, seed) < likely

    @staticmethod
    def _per_pixel(draws: Any, images: Any) -> Any:
        """Draws [batch] in a shape that goes with images."""
        return ops.reshape(draws, (-1, 1, 1, 1) if len(images.shape) == 4 else (1, 1, 1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed, **{name: getattr(self, name) for name in self._also.split()}}


def bounds(value: Any, low: float, high: float, what: str, open_low: bool = False) -> tuple[float, float]:
    """The two ends of a range: a pair, or a number for both signs. Raises ValueError outside [low, high]."""
    error = (f"The {what} should be a number (or a list of two numbers) in the range "
             f"{'(' if open_low else '['}{low}, {high}]. Received: {value}")
    pair = isinstance(value, (tuple, list))
    if not (pair and len(value) == 2) and (pair or not isinstance(value, (int, float))):
        raise ValueError(error)
    ends = tuple(value) if pair else (value,)
    if any(v > high or v < low or (open_low and v == low) for v in ends):
        raise ValueError(error)
    lower, upper = sorted(ends) if pair else (max(-abs(value), low), abs(value))
    return lower, upper


@keras_export("layers.RandomFlip")
class RandomFlip(RandomImageLayer):
    """Each image turned over or not. mode: 'horizontal', 'vertical' or 'horizontal_and_vertical' (both at once)."""

    _also = "mode"

    def __init__(self, mode: str = "horizontal_and_vertical", seed: int | None = None, data_format: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.mode = mode

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are turned over; None outside training."""
        return self._sized(data, flips=self._uniform(data, 0.0, 1.0, seed) <= 0.5) if training else None

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes, turned over where that was drawn."""
        if not training or transformation is None:
            return bounding_boxes
        height, width = self._size_before(transformation)

        def turned(boxes: Any) -> Any:
            left, top, right, bottom = ops.split(boxes, 4, axis=-1)
            if "horizontal" in self.mode:
                left, right = width - right, width - left
            if "vertical" in self.mode:
                top, bottom = height - bottom, height - top
            flips = ops.reshape(transformation["flips"], (-1, *[1] * (len(boxes.shape) - 1)))
            return ops.where(flips, ops.concatenate([left, top, right, bottom], axis=-1), boxes)

        return self._with_boxes(bounding_boxes, (height, width), (height, width), turned)

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, turned over where that was drawn."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        axes = [axis for word, axis in (("horizontal", self.width_axis), ("vertical", self.height_axis))
                if word in self.mode]
        flips = self._per_pixel(transformation["flips"], images)
        return ops.where(flips, ops.flip(images, axis=tuple(axes)), images) if axes else images


class WarpLayer(RandomImageLayer):
    """Base: each image is sampled at places that a matrix gives. fill_mode: 'reflect', 'wrap', 'constant' (with
    `fill_value`) or 'nearest', beyond the edge. interpolation: 'nearest' or 'bilinear'."""

    def __init__(self, fill_mode: str, interpolation: str, seed: int | None, fill_value: float,
                 data_format: str | None, **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        for name, value, known in (("fill_mode", fill_mode, ("reflect", "wrap", "constant", "nearest")),
                                   ("interpolation", interpolation, ("nearest", "bilinear"))):
            if value not in known:
                raise NotImplementedError(f"Unknown `{name}` {value}. Expected of one {known}.")
        self.fill_mode, self.interpolation, self.fill_value = fill_mode, interpolation, fill_value

    def _rows(self, transformation: Any, height: Any, width: Any) -> tuple[Any, ...]:
        """The six numbers of each image's matrix, each [batch]: the x to sample is a·x + b·y + c, y is d·x + e·y + f.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define `_rows()`.")

    def _warped(self, images: Any, transformation: Any, training: bool, interpolation: str) -> Any:
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        height, width = (ops.cast(n, "float32") for n in self._extent(images))
        rows = self._rows(transformation, height, width)
        matrix = ops.stack([*rows, *[ops.zeros_like(rows[0])] * 2], axis=-1)
        batch = images if len(images.shape) == 4 else ops.expand_dims(images, 0)
        made = ops.image.affine_transform(batch, matrix, interpolation, self.fill_mode, self.fill_value,
                                          self.data_format)
        return made if len(images.shape) == 4 else ops.squeeze(made, 0)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes around the moved corners of the boxes."""
        if not training or transformation is None:
            return bounding_boxes
        size = self._size_before(transformation)
        return self._with_boxes(bounding_boxes, size, size, lambda boxes: self._moved(boxes, transformation, *size))

    def _moved(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        size = (ops.cast(n, boxes.dtype) for n in (height, width))
        a, b, c, d, e, f = (ops.cast(row, boxes.dtype) for row in self._rows(transformation, *size))
        by = a * e - b * d  # the way that images go is the way back of what says where to sample
        return around(boxes, (e / by, -b / by, (b * f - e * c) / by, -d / by, a / by, (d * c - a * f) / by))

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, moved."""
        return self._warped(images, transformation, training, self.interpolation)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks, moved alike, by their nearest neighbours."""
        return self._warped(segmentation_masks, transformation, training, "nearest")


@keras_export("layers.RandomRotation")
class RandomRotation(WarpLayer):
    """Each image turned by an angle. factor: the range of the angle, a pair or a number for both signs, in turns.

    Other arguments as for `keras.ops.image.affine_transform`. Raises ValueError for factors outside [-1, 1],
    NotImplementedError for other words.
    """

    _also = "factor fill_mode fill_value interpolation"

    def __init__(self, factor: Any, fill_mode: str = "reflect", interpolation: str = "bilinear",
                 seed: int | None = None, fill_value: float = 0.0, data_format: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = bounds(factor, -1, 1, "`factor` argument")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The angles in degrees; None outside training."""
        lower, upper = self.factor
        return self._sized(data, angle=self._uniform(data, 360.0 * lower, 360.0 * upper, seed)) if training else None

    def _rows(self, transformation: Any, height: Any, width: Any) -> tuple[Any, ...]:
        angle = transformation["angle"] * (math.pi / 180)
        cos, sin = ops.cos(angle), ops.sin(angle)
        x, y = (width - 1) / 2, (height - 1) / 2
        return cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos


class _ByFactors(WarpLayer):
    """Base: a factor for the height and one for the width."""

    _also = "height_factor width_factor fill_mode interpolation fill_value"
    _open_low = False

    def __init__(self, height_factor: Any, width_factor: Any, fill_mode: str, interpolation: str, seed: int | None,
                 fill_value: float, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.height_lower, self.height_upper = self._range(height_factor, "height_factor")
        if width_factor is not None:
            self.width_lower, self.width_upper = self._range(width_factor, "width_factor")

    def _range(self, factor: Any, name: str) -> tuple[float, float]:
        return bounds(factor, -1.0, 1.0, f"`{name}` argument", self._open_low)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Both factors for each image; None outside training."""
        if not training:
            return None
        height = self._uniform(data, self.height_lower, self.height_upper, seed)
        width = height if self.width_factor is None else self._uniform(data, self.width_lower, self.width_upper, seed)
        return self._sized(data, **self._drawn(data, height, width))

    def _drawn(self, data: Any, height: Any, width: Any) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} does not define `_drawn()`.")


@keras_export("layers.RandomZoom")
class RandomZoom(_ByFactors):
    """Each image seen from further off (positive factors) or nearer (negative ones).

    height_factor, width_factor: ranges, pairs or numbers for both signs; without the second, both are the same draw.
    Other arguments as for `RandomRotation`. Raises ValueError for factors outside (-1, 1].
    """

    _open_low = True

    def __init__(self, height_factor: Any, width_factor: Any = None, fill_mode: str = "reflect",
                 interpolation: str = "bilinear", seed: int | None = None, fill_value: float = 0.0,
                 data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(height_factor, width_factor, fill_mode, interpolation, seed, fill_value, data_format, **kwargs)

    def _drawn(self, data: Any, height: Any, width: Any) -> dict[str, Any]:
        return {"height_zoom": 1 + ops.expand_dims(height, -1), "width_zoom": 1 + ops.expand_dims(width, -1)}

    def _rows(self, transformation: Any, height: Any, width: Any) -> tuple[Any, ...]:
        by_x, by_y = (ops.cast(ops.reshape(transformation[f"{n}_zoom"], (-1,)), "float32") - 1
                      for n in ("width", "height"))
        none = ops.zeros_like(by_x)
        return 1 + by_x, none, -by_x * (width - 1) / 2, none, 1 + by_y, -by_y * (height - 1) / 2


@keras_export("layers.RandomTranslation")
class RandomTranslation(_ByFactors):
    """Each image moved down and to the right by a part of its height and width (up and left: negative factors).

    height_factor, width_factor: ranges, pairs or numbers for both signs. Other arguments as for `RandomRotation`.
    Raises ValueError for factors outside [-1, 1].
    """

    def __init__(self, height_factor: Any, width_factor: Any, fill_mode: str = "reflect",
                 interpolation: str = "bilinear", seed: int | None = None, fill_value: float = 0.0,
                 data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(height_factor, width_factor, fill_mode, interpolation, seed, fill_value, data_format, **kwargs)

    def _range(self, factor: Any, name: str) -> tuple[float, float]:
        if factor is None:
            raise ValueError(f"The `{name}` argument should be a number (or a list of two numbers). Received: None")
        return super()._range(factor, name)

    def _drawn(self, data: Any, height: Any, width: Any) -> dict[str, Any]:
        images = data["images"] if isinstance(data, dict) else data
        rows, columns = (ops.cast(n, "float32") for n in self._extent(images))
        return {"translations": ops.stack([width * columns, height * rows], axis=-1)}

    def _rows(self, transformation: Any, height: Any, width: Any) -> tuple[Any, ...]:
        right, down = (transformation["translations"][:, i] for i in (0, 1))
        none = ops.zeros_like(right)
        return 1 + none, none, -right, none, 1 + none, -down

    def _moved(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        ways = ops.cast(ops.tile(transformation["translations"], (1, 2)), boxes.dtype)
        return boxes + (ops.expand_dims(ways, 1) if len(boxes.shape) == 3 else ways)


@keras_export("layers.RandomCrop")
class RandomCrop(RandomImageLayer):
    """A window of `height` by `width` somewhere in the images, the same for a batch.

    Smaller images are cut in the middle to these proportions and made larger. Outside training they stay as they are.
    Raises ValueError for images whose size is not known.
    """

    _also = "height width"

    def __init__(self, height: int, width: int, seed: int | None = None, data_format: str | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(make_default_seed() if seed is None else seed, data_format, name=name, **kwargs)
        self.height, self.width = height, width

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The window's first row and column, then height and width of the images."""
        images = data["images"] if isinstance(data, dict) else data
        rows, columns = images.shape[self.height_axis], images.shape[self.width_axis]
        if rows is None or columns is None:
            raise ValueError("RandomCrop requires the input to have a fully defined height and width. Received: "
                             f"images.shape={tuple(images.shape)}")
        if training and rows > self.height and columns > self.width:
            key = self.generator if seed is None else seed
            return (*(ops.cast(random.uniform((), 0.0, float(have - wanted + 1), seed=key), "int32")
                      for have, wanted in ((rows, self.height), (columns, self.width))), rows, columns)
        return ((rows - max(min(rows, columns * self.height // self.width), 1)) // 2,
                (columns - max(min(columns, rows * self.width // self.height), 1)) // 2, rows, columns)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes within the window."""
        if not training:
            return bounding_boxes
        top, left, *size = transformation
        before, after = tuple(size) or (self.height, self.width), (self.height, self.width)
        tall, wide = after
        if isinstance(top, int):  # what is cut there is made larger
            tall, wide = min(tall, before[0] - top), min(wide, before[1] - left)
        else:
            top, left = ops.cast(top, "float32"), ops.cast(left, "float32")
        return self._with_boxes(bounding_boxes, before, after, lambda boxes: scaled(
            crop(boxes, top, left, tall, wide), self.height / tall, self.width / wide))

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The window, in the compute dtype."""
        if not training:
            return images
        images = ops.cast(images, self.compute_dtype)
        top, left = transformation[:2]
        rows, columns = images.shape[self.height_axis], images.shape[self.width_axis]
        if not isinstance(top, int):
            return self._cut(images, top, left, self.height, self.width)
        seen = self._cut(images, top, left, min(self.height, rows - top), min(self.width, columns - left))
        if (seen.shape[self.height_axis], seen.shape[self.width_axis]) == (self.height, self.width):
            return seen
        return ops.image.resize(seen, (self.height, self.width), data_format=self.data_format)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._resized_shape(input_shape, self.height, self.width)


class LightLayer(RandomImageLayer):
    """Base: the values of each image change; masks stay."""

    _also = "factor value_range"

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks as they are."""
        return segmentation_masks


@keras_export("layers.RandomContrast")
class RandomContrast(LightLayer):
    """Each image's channels spread about their means, by a number from [1 - lower, 1 + upper].

    factor: the pair (lower, upper), or `upper` alone. value_range: what values are cut to. Raises ValueError for
    factors outside [0, 1].
    """

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.factor = bounds(factor, 0, 1, "`factor` argument")
        self.value_range = value_range

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The number for each image; None outside training."""
        if not training:
            return None
        drawn = self._uniform(data, 1.0 - self.factor[0], 1.0 + self.factor[1], seed)
        return {"contrast_factor": self._per_pixel(drawn, data["images"] if isinstance(data, dict) else data)}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images with another contrast, in the compute dtype."""
        if not training or transformation is None:
            return images
        images = ops.cast(images, self.compute_dtype)
        means = ops.mean(images, axis=(self.height_axis, self.width_axis), keepdims=True)
        factor = ops.cast(transformation["contrast_factor"], self.compute_dtype)
        return ops.clip((images - means) * factor + means, *self.value_range)


@keras_export("layers.RandomBrightness")
class RandomBrightness(LightLayer):
    """A number added to each image: a part from the range `factor` (a pair, or a number for both signs) of the width of
    `value_range`, which values are cut to. Raises ValueError for factors outside [-1, 1] and other ranges.
    """

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.factor = bounds(factor, -1, 1, "`factor` argument")
        if not isinstance(value_range, (tuple, list)) or len(value_range) != 2:
            raise ValueError("The `value_range` argument should be a list of two numbers. Received: "
                             f"value_range={value_range}")
        self.value_range = sorted(value_range)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is added to each image; None outside training."""
        if not training:
            return None
        drawn = self._uniform(data, self.factor[0], self.factor[1], seed) * float(np.diff(self.value_range)[0])
        return {"rgb_delta": self._per_pixel(drawn, data["images"] if isinstance(data, dict) else data)}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, brighter or darker, of their dtype."""
        if not training or transformation is None:
            return images
        delta = ops.cast(transformation["rgb_delta"], self.compute_dtype)
        made = ops.clip(ops.cast(images, self.compute_dtype) + delta, *self.value_range)
        return ops.cast(made, images.dtype)
