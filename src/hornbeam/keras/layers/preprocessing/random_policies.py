"""RandAugment and AugMix, and what they need: Equalization. Images seen askew or bent: RandomPerspective, and so on."""

from __future__ import annotations

import functools
from typing import Any

from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras import ops, random, tree
from hornbeam.keras.layers.preprocessing.images import ImageLayer
from hornbeam.keras.layers.preprocessing.random_colours import (
    AutoContrast,
    RandomColorDegeneration,
    RandomPosterization,
    RandomSharpness,
    Solarization,
    checked_range,
    rescaled,
)
from hornbeam.keras.layers.preprocessing.random_images import (
    RandomBrightness,
    RandomContrast,
    RandomImageLayer,
    RandomRotation,
    RandomTranslation,
    bounds,
)
from hornbeam.keras.layers.preprocessing.random_mixtures import RandomShear
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.bounding_boxes.boxes import around
from hornbeam.keras.utils.naming import to_snake_case
from hornbeam.ops.image_sampling import solve_homography


@keras_export("layers.Equalization")
class Equalization(ImageLayer):
    """Images whose values are spread so that each of `bins` levels is about as frequent; by channel, over the batch.

    value_range: of the values. Without effect outside training. Raises ValueError for other ranges.
    """

    def __init__(self, value_range: Any = (0, 255), bins: int = 256, data_format: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.bins, self.value_range = bins, checked_range(value_range)

    def _equalized(self, channel: Any) -> Any:
        """One channel of all images, in [0, 255]."""
        levels = ops.cast(ops.cast(channel, "float32") * (self.bins - 1) / 255.0, "int32")
        levels = ops.reshape(ops.clip(levels, 0, self.bins - 1), (-1,))
        counts = ops.sum(ops.one_hot(levels, self.bins, dtype="int32"), axis=0)
        reached = ops.cumsum(counts)
        lowest = ops.take(reached, ops.argmax(reached > 0))
        span = reached[-1] - lowest
        table = ops.cast(reached - lowest, "float32") * 255 / ops.cast(ops.maximum(span, 1), "float32")
        table = ops.clip(ops.round(table), 0, 255)
        places = ops.cast(ops.clip(channel / 255.0 * (self.bins - 1), 0, self.bins - 1), "int32")
        return ops.where(ops.count_nonzero(counts) <= 1, channel, ops.cast(ops.take(table, places), channel.dtype))

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, equalized."""
        if not training:
            return images
        axis = -3 if self.data_format == "channels_first" else -1
        x = rescaled(ops.cast(images, self.compute_dtype), self.value_range, (0, 255), self.compute_dtype)
        made = ops.stack([self._equalized(ops.take(x, i, axis=axis)) for i in range(x.shape[axis])], axis=axis)
        return ops.cast(rescaled(made, (0, 255), self.value_range, self.compute_dtype), self.compute_dtype)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks as they are."""
        return segmentation_masks

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "bins": self.bins, "value_range": self.value_range}


def changes(strength: Any, value_range: Any, interpolation: str, seed: int | None, also: dict[str, Any],
            lights: bool = True) -> list[ImageLayer]:
    """Layers of the kinds that `RandAugment` draws from. lights: whether those of brightness and its kin are among
    them. also: further arguments of each."""
    drawn = {"seed": seed, **also}
    lit = {"value_range": value_range, **drawn}
    moved = {"interpolation": interpolation, **drawn}
    found: list[ImageLayer] = [
        RandomShear(x_factor=strength, y_factor=strength, **moved),
        RandomTranslation(height_factor=strength, width_factor=strength, **moved),
        RandomRotation(factor=strength, **moved)]
    if lights:
        found += [RandomBrightness(factor=strength, **lit), RandomColorDegeneration(factor=strength, **lit),
                  RandomContrast(factor=strength, **lit), RandomSharpness(factor=strength, **lit)]
    return [*found, RandomPosterization(factor=max(1, int(8 * strength[1])), **lit),
            Solarization(addition_factor=strength, threshold_factor=strength, **lit),
            AutoContrast(value_range=value_range, **also), Equalization(value_range=value_range, **also)]


@keras_export("layers.RandAugment")
class RandAugment(RandomImageLayer):
    """`num_ops` changes, drawn for the whole batch from eleven kinds: shears, translations, rotations, brightness, less
    colour, contrast, sharpness, fewer bits, solarization, full contrast and equalization.

    factor: how strong they are, a range within [0, 1]. value_range: of the values. interpolation: of those that move.
    """

    _also = "value_range num_ops factor interpolation"

    def __init__(self, value_range: Any = (0, 255), num_ops: int = 2, factor: Any = 0.5,
                 interpolation: str = "bilinear", seed: int | None = None, data_format: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.value_range, self.num_ops, self.interpolation = value_range, num_ops, interpolation
        self.factor = strength = bounds(factor, 0, 1, "`factor` argument")
        self._steps = changes(strength, value_range, interpolation, seed, {"data_format": data_format, **kwargs})

    def build(self, input_shape: Any) -> None:
        for step in self._steps:
            step.build(input_shape)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which kinds are taken, and what each would do; None outside training."""
        if not training:
            return None
        chosen = random.randint((self.num_ops,), 0, len(self._steps), seed=self._source(seed))
        drawn = [step.get_random_transformation(data, training=True, seed=self._source(seed)) for step in self._steps]
        return {"layer_idxes": chosen,
                "transforms": {to_snake_case(type(step).__name__): each
                               for step, each in zip(self._steps, drawn, strict=True)}}

    def _changed(self, values: Any, transformation: Any, method: str) -> Any:
        for i in range(self.num_ops):
            for place, step in enumerate(self._steps):
                drawn = transformation["transforms"][to_snake_case(type(step).__name__)]
                here = transformation["layer_idxes"][i] == place
                values = tree.map_structure(functools.partial(ops.where, here),
                                            getattr(step, method)(values, drawn, True), values)
        return values

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, changed."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        return ops.cast(self._changed(images, transformation, "transform_images"), self.compute_dtype)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes, moved as the images are."""
        if not training or transformation is None:
            return bounding_boxes
        return self._changed(bounding_boxes, transformation, "transform_bounding_boxes")

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks, moved as the images are."""
        if not training or transformation is None:
            return segmentation_masks
        return self._changed(segmentation_masks, transformation, "transform_segmentation_masks")


@keras_export("layers.AugMix")
class AugMix(RandomImageLayer):
    """Images mixed with the weighted sum of `num_chains` changed copies, each changed up to `chain_depth` times in ways
    that are drawn for the whole batch.

    factor: how strong the changes are, a range within [0, 1]. alpha: of the beta and Dirichlet distributions that the
    weights follow. all_ops: whether brightness, colours, contrast and sharpness change too. value_range: of the values.
    interpolation: of the changes that move.
    """

    _also = "value_range num_chains chain_depth factor alpha all_ops interpolation"

    def __init__(self, value_range: Any = (0, 255), num_chains: int = 3, chain_depth: int = 3, factor: Any = 0.3,
                 alpha: float = 1.0, all_ops: bool = True, interpolation: str = "bilinear", seed: int | None = None,
                 data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.value_range, self.num_chains, self.chain_depth = value_range, num_chains, chain_depth
        self.factor = bounds(factor, 0, 1, "`factor` argument")
        self.alpha, self.all_ops, self.interpolation = alpha, all_ops, interpolation
        self._steps = changes(self.factor, value_range, interpolation, seed, {"data_format": data_format, **kwargs},
                              lights=all_ops)

    def build(self, input_shape: Any) -> None:
        for step in self._steps:
            step.build(input_shape)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The weights, and the changes of each copy: which ones, and what they do; None outside training."""
        if not training:
            return None
        source = self._source(seed)
        weights = random.gamma((self.num_chains,), self.alpha, seed=source)
        chosen = random.randint((self.num_chains, self.chain_depth), 0, len(self._steps) + 1, seed=source)
        chains = [[self._link(chosen[i, j], data, source) for j in range(self.chain_depth)]
                  for i in range(self.num_chains)]
        return {"chain_mixing_weights": weights / ops.sum(weights),
                "weight_sample": random.beta((), self.alpha, self.alpha, seed=source), "chain_transforms": chains}

    def _link(self, chosen: Any, data: Any, source: Any) -> dict[str, Any]:
        """A change: its number, and what it does. Where only a run tells the number, what each change would do."""
        places = [int(chosen)] if isinstance(chosen, EagerTensor) else range(len(self._steps))
        return {"index": chosen, "transformations": {
            place: self._steps[place].get_random_transformation(data, training=True, seed=source)
            for place in places if place < len(self._steps)}}

    def _changed(self, values: Any, link: dict[str, Any], method: str) -> Any:
        drawn = link["transformations"]
        changed = {place: functools.partial(getattr(self._steps[place], method), transformation=each, training=True)
                   for place, each in drawn.items()}
        if isinstance(link["index"], EagerTensor):
            return next((change(values) for change in changed.values()), values)
        branches = [lambda x, f=f: ops.cast(f(x), x.dtype) for f in changed.values()]
        return ops.switch(link["index"], [*branches, functools.partial(ops.cast, dtype=values.dtype)], values)

    def _mixed(self, values: Any, transformation: Any, method: str) -> Any:
        weights = ops.cast(transformation["chain_mixing_weights"], values.dtype)
        own = ops.cast(transformation["weight_sample"], values.dtype)
        total = ops.zeros_like(values)
        for i, links in enumerate(transformation["chain_transforms"]):
            copy = values
            for link in links:
                copy = self._changed(copy, link, method)
            total = total + copy * weights[i]
        return own * values + (1 - own) * total

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, mixed with their changed copies."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        return ops.clip(self._mixed(images, transformation, "transform_images"), *self.value_range)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks, mixed with copies that are moved as those of the images are."""
        if not training or transformation is None:
            return segmentation_masks
        masks = ops.cast(segmentation_masks, self.compute_dtype)
        return self._mixed(masks, transformation, "transform_segmentation_masks")


class _Bent(RandomImageLayer):
    """Base: images are moved with a probability from the range `factor`; masks by their nearest neighbours."""

    def _check(self, name: str, value: str, known: tuple[str, ...]) -> None:
        if value not in known:
            raise NotImplementedError(f"Unknown `{name}` {value}. Expected of one {known}.")

    def _bent(self, images: Any, transformation: Any, interpolation: str) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define `_bent()`.")

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, moved."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        return self._bent(images, transformation, self.interpolation)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks, moved alike."""
        masks = ops.cast(segmentation_masks, self.compute_dtype)
        return self._bent(masks, transformation, "nearest") if training and transformation is not None else masks


@keras_export("layers.RandomPerspective")
class RandomPerspective(_Bent):
    """Each image seen askew, with a probability from the range `factor`: its corners move by up to half of `scale`.

    interpolation: 'nearest' or 'bilinear'. fill_value: beyond the image. Raises ValueError for a scale outside [0, 1].
    """

    _also = "factor scale interpolation fill_value"

    def __init__(self, factor: Any = 1.0, scale: float = 1.0, interpolation: str = "bilinear", fill_value: float = 0.0,
                 seed: int | None = None, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor = bounds(factor, 0, 1, "`factor` argument")
        if scale < 0.0 or scale > 1.0:
            raise ValueError(f"The `scale` argument should be a number in the range [0,1]. Received: scale={scale}")
        self._check("interpolation", interpolation, ("nearest", "bilinear"))
        self.scale, self.interpolation, self.fill_value = scale, interpolation, fill_value

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images move, and where their corners go; None outside training."""
        if not training:
            return None
        images = data["images"] if isinstance(data, dict) else data
        count, source = self._count(data), self._source(seed)
        chosen = self._chosen(data, self.factor, seed)
        far = 0.5 * self.scale
        moved = random.uniform((count, 4, 2), -far, far, dtype=self.compute_dtype, seed=source)
        bottom, right = (ops.cast(n - 1, self.compute_dtype) for n in self._extent(images))
        none = ops.zeros_like(right)
        corners = ((none, none), (right, none), (none, bottom), (right, bottom))
        start = ops.expand_dims(ops.stack([ops.stack(pair) for pair in corners]), 0) + ops.zeros_like(moved)
        return self._sized(data, apply_perspective=chosen, start_points=start, end_points=start + start * moved)

    def transform_bounding_boxes(self, bounding_boxes: Any, transformation: Any, training: bool = True) -> Any:
        """The boxes around the moved corners of the boxes, where the image moves."""
        if not training or transformation is None:
            return bounding_boxes
        size = self._size_before(transformation)
        points = [ops.cast(transformation[f"{name}_points"], "float32") for name in ("end", "start")]
        way = ops.split(ops.expand_dims(solve_homography(*points), -1), 8, axis=1)
        chosen = ops.reshape(transformation["apply_perspective"], (-1, 1, 1))
        return self._with_boxes(bounding_boxes, size, size, lambda boxes: ops.where(chosen, around(boxes, way), boxes))

    def _bent(self, images: Any, transformation: Any, interpolation: str) -> Any:
        one = len(images.shape) == 3
        batch = ops.expand_dims(images, 0) if one else images
        made = ops.image.perspective_transform(
            batch, transformation["start_points"], transformation["end_points"], interpolation=interpolation,
            fill_value=self.fill_value, data_format=self.data_format)
        made = ops.where(self._per_pixel(transformation["apply_perspective"], batch), made, batch)
        return ops.squeeze(made, 0) if one else made


@keras_export("layers.RandomElasticTransform")
class RandomElasticTransform(_Bent):
    """Each image bent smoothly, with a probability from the range `factor`; scale: how far, a range within [0, 1].

    Other arguments as for `RandomRotation`; value_range: what values are cut to.
    """

    _also = "factor scale interpolation fill_mode fill_value value_range"

    def __init__(self, factor: Any = 1.0, scale: Any = 1.0, interpolation: str = "bilinear", fill_mode: str = "reflect",
                 fill_value: float = 0.0, value_range: Any = (0, 255), seed: int | None = None,
                 data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor = bounds(factor, 0, 1, "`factor` argument")
        self.scale = bounds(scale, 0, 1, "`scale` argument")
        self._check("interpolation", interpolation, ("nearest", "bilinear"))
        self._check("fill_mode", fill_mode, ("constant", "nearest", "wrap", "mirror", "reflect"))
        self.interpolation, self.fill_mode, self.fill_value = interpolation, fill_mode, fill_value
        self.value_range = value_range

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are bent, and how far; None outside training."""
        if not training or self.scale[1] == 0 or self.factor[1] == 0:
            return None
        chosen, source = self._chosen(data, self.factor, seed), self._source(seed)
        far = random.uniform((), *self.scale, dtype=self.compute_dtype, seed=source)
        return {"apply_transform": chosen, "distortion_factor": far, "seed": source}

    def _bent(self, images: Any, transformation: Any, interpolation: str) -> Any:
        height, width = self._extent(images)
        far = transformation["distortion_factor"]
        made = ops.image.elastic_transform(
            images, alpha=max(height, width) * (0.1 * far), sigma=min(height, width) * (0.05 * far),
            interpolation=interpolation, fill_mode=self.fill_mode, fill_value=self.fill_value,
            seed=transformation["seed"], data_format=self.data_format)
        made = ops.where(self._per_pixel(transformation["apply_transform"], images), made, images)
        return ops.cast(ops.clip(made, *self.value_range), self.compute_dtype)
