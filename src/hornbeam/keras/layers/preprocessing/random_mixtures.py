"""Images mixed with each other, or with noise: MixUp, CutMix, RandomErasing; shears; layers one after another."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops, random, tree
from hornbeam.keras.dtypes import is_float_dtype
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.preprocessing.random_images import LightLayer, WarpLayer, bounds
from hornbeam.keras.masks import get_keras_mask
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.utils.bounding_boxes.boxes import convert_format


class _Windowed(LightLayer):
    """Base: a window in each image, at a place of its own."""

    def _windows(self, images: Any, count: Any, parts: tuple[Any, Any], seed: Any) -> tuple[Any, Any]:
        """Which pixels lie in the windows, and the part of the image each covers. parts: of the width and height."""
        height, width = self._extent(images)
        ends = []
        for size, part in ((width, parts[0]), (height, parts[1])):
            length = ops.cast(part * size, self.compute_dtype)
            start = random.uniform((count,), 0, 1, dtype=self.compute_dtype, seed=seed) * (size - length)
            ends.append((start, start + length))
        grid = [ops.arange(n, dtype=self.compute_dtype) for n in (width, height)]
        first = self.data_format == "channels_first"
        shapes = ((1, 1, 1, -1), (1, 1, -1, 1)) if first else ((1, 1, -1, 1), (1, -1, 1, 1))
        inside: Any = None
        for axis, shape, (start, end) in zip(grid, shapes, ends, strict=True):
            at = ops.reshape(axis, shape)
            low, high = (ops.reshape(v, (-1, 1, 1, 1)) for v in (start, end))
            here = ops.logical_and(at >= low, at < high)
            inside = here if inside is None else ops.logical_and(inside, here)
        (x0, x1), (y0, y1) = ends
        return inside, (x1 - x0) * (y1 - y0) / (width * height)

    def _like(self, drawn: Any, images: Any) -> Any:
        return drawn if len(images.shape) == 4 else ops.squeeze(drawn, 0)


@keras_export("layers.RandomErasing")
class RandomErasing(_Windowed):
    """A window of each image filled with noise, with a probability from the range `factor`.

    scale: the range of the window's part of the image. fill_value: a number, or three, instead of noise. value_range:
    of the values. Raises ValueError for ranges outside [0, 1].
    """

    _also = "factor scale fill_value value_range"

    def __init__(self, factor: Any = 1.0, scale: Any = (0.02, 0.33), fill_value: Any = None,
                 value_range: Any = (0, 255), seed: int | None = None, data_format: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor = bounds(factor, 0, 1, "`factor` argument")
        self.scale = bounds(scale, 0, 1, "`scale` argument")
        if fill_value is not None and not isinstance(fill_value, (int, float)) and (
                not isinstance(fill_value, (tuple, list)) or len(fill_value) != 3):
            raise ValueError("The `fill_value` argument should be a number (or a list of three numbers). Received: "
                             f"fill_value={fill_value}")
        self.fill_value, self.value_range = fill_value, value_range

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are changed, where, and with what; None outside training."""
        if not training:
            return None
        images = data["images"] if isinstance(data, dict) else data
        count, source = self._count(data), self._source(seed)
        parts = ops.sqrt(random.uniform((count, 2), *self.scale, dtype=self.compute_dtype, seed=source))
        inside, _ = self._windows(images, count, (parts[:, 0], parts[:, 1]), source)
        chosen = self._chosen(data, self.factor, seed)
        return {"apply_erasing": chosen, "batch_masks": inside, "fill_value": self._filling(images, source)}

    def _filling(self, images: Any, seed: Any) -> Any:
        shape = ops.shape(images)
        if self.fill_value is None:
            made = random.normal(shape, dtype=self.compute_dtype, seed=seed) * self.value_range[1]
        else:
            made = ops.convert_to_tensor(self.fill_value, dtype=self.compute_dtype)
            if len(made.shape) and self.data_format == "channels_first":
                made = ops.reshape(made, (3, 1, 1))
        return ops.clip(made, *self.value_range)

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, with a window filled where that was drawn."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        chosen = self._per_pixel(transformation["apply_erasing"], images)
        inside = ops.logical_and(self._like(transformation["batch_masks"], images), chosen)
        return ops.where(inside, transformation["fill_value"], images)


class _Mixing(_Windowed):
    """Base: each image of a batch and another one of it; labels are mixed as the images are."""

    def _mixed(self, values: Any, drawn: Any, shape: tuple[int, ...]) -> Any:
        weight = ops.reshape(drawn["mix_weight"], shape)
        kind = values.dtype if is_float_dtype(values.dtype) else weight.dtype
        weight, values = ops.cast(weight, kind), ops.cast(values, kind)
        return weight * values + (1.0 - weight) * ops.take(values, drawn["permutation_order"], axis=0)

    def transform_labels(self, labels: Any, transformation: Any, training: bool = True) -> Any:
        """The labels [batch, classes], mixed."""
        return self._mixed(labels, transformation, (-1, 1)) if training and transformation is not None else labels


@keras_export("layers.MixUp")
class MixUp(_Mixing):
    """Each image and its labels averaged with another of the batch; the weights follow a beta distribution of `alpha`.

    Called on a dictionary with `images` and one-hot `labels`.
    """

    _also = "alpha"

    def __init__(self, alpha: float = 0.2, data_format: str | None = None, seed: int | None = None,
                 **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.alpha = alpha

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The other image for each, and the weight of the own one."""
        count, source = self._count(data), self._source(seed)
        order = random.shuffle(ops.arange(0, count, dtype="int64"), seed=source)
        return {"mix_weight": random.beta((count,), self.alpha, self.alpha, seed=source), "permutation_order": order}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, mixed."""
        if not training:
            return images
        return self._mixed(ops.cast(images, self.compute_dtype), transformation, (-1, 1, 1, 1))

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes of both images."""
        if not training or transformation is None:
            return bounding_boxes
        both = {key: ops.convert_to_tensor(bounding_boxes[key]) for key in ("boxes", "labels")}
        return {**bounding_boxes, **{key: ops.concatenate(
            [x, ops.take(x, transformation["permutation_order"], axis=0)], axis=min(1, len(x.shape) - 1))
            for key, x in both.items()}}

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks, mixed as the images are."""
        return self._mixed(segmentation_masks, transformation, (-1, 1, 1, 1)) if training else segmentation_masks


@keras_export("layers.CutMix")
class CutMix(_Mixing):
    """A window of each image replaced by that of another of the batch, and labels mixed by the window's size.

    factor: the range of the beta distribution's parameter, from which the sizes are drawn. Called on a dictionary with
    `images` and one-hot `labels`; a single image stays.
    """

    _also = "factor"

    def __init__(self, factor: Any = 1.0, seed: int | None = None, data_format: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor = bounds(factor, 0, 1, "`factor` argument")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The windows, the other image for each, and the weight of the own one; None outside training."""
        images = data["images"] if isinstance(data, dict) else data
        if not training or len(images.shape) == 3:
            return None
        count, source = self._count(data), self._source(seed)
        alpha = random.uniform((), *self.factor, dtype=self.compute_dtype, seed=source) + 1e-6
        kept = random.beta((count,), alpha, alpha, dtype=self.compute_dtype, seed=source)
        part = ops.sqrt(1.0 - kept)
        inside, covered = self._windows(images, count, (part, part), source)
        order = random.shuffle(ops.arange(0, count, dtype="int32"), seed=source)
        return {"permutation_order": order, "batch_masks": inside, "mix_weight": 1.0 - covered}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, with a window of another one."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        other = ops.take(images, transformation["permutation_order"], axis=0)
        return ops.where(transformation["batch_masks"], other, images)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """Raises NotImplementedError: a window of another image hides parts of boxes."""
        raise NotImplementedError("CutMix does not transform bounding boxes.")

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks, with the same windows."""
        return self.transform_images(segmentation_masks, transformation, training)


@keras_export("layers.RandomShear")
class RandomShear(WarpLayer):
    """Each image sheared: moved along x by a part of y and along y by a part of x, from the ranges `x_factor` and
    `y_factor` (pairs, or numbers for both signs, within [0, 1]). Other arguments as for `RandomRotation`.
    """

    _also = "x_factor y_factor fill_mode interpolation fill_value"

    def __init__(self, x_factor: Any = 0.0, y_factor: Any = 0.0, interpolation: str = "bilinear",
                 fill_mode: str = "reflect", fill_value: float = 0.0, data_format: str | None = None,
                 seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor, self.y_factor = self._range(x_factor, "x_factor"), self._range(y_factor, "y_factor")

    @staticmethod
    def _range(factor: Any, name: str) -> tuple[float, float]:
        pair = isinstance(factor, (tuple, list))
        ends = tuple(factor) if pair else (factor,)
        if (pair and len(ends) != 2) or any(not isinstance(e, (int, float)) or not 0 <= e <= 1 for e in ends):
            raise ValueError("The `factor` argument should be a number (or a list of two numbers) in the range "
                             f"[0, 1.0]. Received: {name}={factor}")
        low, high = sorted(ends) if pair else (-abs(factor), abs(factor))
        return low, high

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The two factors of each image: [batch, 2]; None outside training."""
        if not training:
            return None
        count, source = self._count(data), self._source(seed)
        sign = random.uniform((count, 1), 0, 1, dtype=self.compute_dtype, seed=source)
        sign = ops.where(sign > 0.5, -ops.ones_like(sign), ops.ones_like(sign))
        y = random.uniform((count, 1), *self.y_factor, dtype=self.compute_dtype, seed=source)
        x = random.uniform((count, 1), *self.x_factor, dtype=self.compute_dtype, seed=source)
        return self._sized(data, shear_factor=ops.concatenate([x, y], axis=1) * sign)

    def _moved(self, boxes: Any, transformation: Any, height: Any, width: Any) -> Any:
        across, down = (ops.expand_dims(f, 1) for f in ops.split(
            ops.cast(transformation["shear_factor"], boxes.dtype), 2, axis=-1))
        left, top, right, bottom = ops.split(convert_format(boxes, "xyxy", "rel_xyxy", height, width), 4, axis=-1)
        left, right = (choose(x - across * top, x - across * bottom)
                       for choose, x in ((ops.minimum, left), (ops.maximum, right)))
        top, bottom = (choose(y - down * left, y - down * right)
                       for choose, y in ((ops.minimum, top), (ops.maximum, bottom)))
        found = ops.clip(ops.concatenate([left, top, right, bottom], axis=-1), 0.0, 1.0)
        return convert_format(found, "rel_xyxy", "xyxy", height, width)

    def _rows(self, transformation: Any, height: Any, width: Any) -> tuple[Any, ...]:
        x, y = transformation["shear_factor"][:, 0], transformation["shear_factor"][:, 1]
        one, none = ops.ones_like(x), ops.zeros_like(x)
        return one, x, none, y, one, none

    def get_config(self) -> dict[str, Any]:
        ends = {"x_factor": self.x_factor, "y_factor": self.y_factor}  # a range of both signs was given as a number
        return {**super().get_config(), **{name: high if low == -high else (low, high)
                                           for name, (low, high) in ends.items()}}


@keras_export("layers.Pipeline")
class Pipeline(Layer):
    """Layers one after another, as one layer: what prepares images, say."""

    def __init__(self, layers: list[Any], name: str | None = None) -> None:
        super().__init__(name=name)
        self._pipeline_layers = layers
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    @property
    def layers(self) -> list[Any]:
        """The layers, in order."""
        return self._pipeline_layers

    def call(self, inputs: Any, training: bool = True, mask: Any = None) -> Any:
        for layer in self._pipeline_layers:
            given: dict[str, Any] = {"mask": mask} if layer._call_has_mask_arg else {}
            if layer._call_has_training_arg and training is not None:
                given["training"] = training
            inputs = layer(inputs, **given)
            mask = tree.map_structure(get_keras_mask, inputs)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {"layers": serialize_keras_object(self._pipeline_layers), "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        found = config.get("layers")
        if not isinstance(found, (list, tuple)):
            raise ValueError("`Pipeline` config must contain a `layers` key mapping to a list of serialized layers. "
                             f"Received config with layers={found}.")
        return cls(**{**config, "layers": [deserialize_keras_object(x, custom_objects) for x in found]})
