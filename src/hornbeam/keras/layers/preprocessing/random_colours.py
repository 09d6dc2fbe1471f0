"""Images whose colours change at random: gray, inverted, sharper, of other hues; and what is not drawn at all."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops, random
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.layers.preprocessing.images import ImageLayer
from hornbeam.keras.layers.preprocessing.random_images import (
    LightLayer,
    RandomBrightness,
    RandomContrast,
    bounds,
)
from hornbeam.keras.names import keras_export


def checked_range(value: Any) -> list[float]:
    """The two ends of the values of images. Raises ValueError for anything else."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(f"The `value_range` argument should be a list of two numbers. Received: value_range={value}")
    return sorted(value)


def rescaled(images: Any, source: Any, target: Any, dtype: str = "float32") -> Any:
    """Values of one range in another."""
    if tuple(source) == tuple(target):
        return images
    unit = (ops.cast(images, dtype) - source[0]) / (source[1] - source[0])
    return unit * (target[1] - target[0]) + target[0]


class _Coloured(LightLayer):
    """Base: a factor from a range within [0, 1], drawn for each image."""

    def __init__(self, factor: Any, value_range: Any = (0, 255), data_format: str | None = None,
                 seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor = self._factor(factor)
        self.value_range = checked_range(value_range)

    def _factor(self, factor: Any) -> tuple[float, float]:
        return bounds(factor, 0, 1, "`factor` argument")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """The factor of each image."""
        return {"factor": self._uniform(data, *self.factor, seed)}

    def _clipped(self, images: Any) -> Any:
        return ops.cast(ops.clip(images, *self.value_range), self.compute_dtype)


@keras_export("layers.RandomGrayscale")
class RandomGrayscale(LightLayer):
    """Each image gray, of three like channels, with the probability `factor`. Raises ValueError outside [0, 1]."""

    _also = "factor"

    def __init__(self, factor: float = 0.5, data_format: str | None = None, seed: int | None = None,
                 **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        if factor < 0 or factor > 1:
            raise ValueError(f"`factor` should be between 0 and 1. Received: factor={factor}")
        self.factor = factor

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images become gray: [batch, 1, 1, 1]."""
        return ops.reshape(self._uniform(data, 0.0, 1.0, seed) < self.factor, (-1, 1, 1, 1))

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, gray where that was drawn."""
        if not training:
            return images
        drawn = self.get_random_transformation(images) if transformation is None else transformation
        gray = ops.image.rgb_to_grayscale(images, data_format=self.data_format)
        return ops.where(self._like(drawn, images), gray, images)

    @staticmethod
    def _like(drawn: Any, images: Any) -> Any:
        return drawn if len(images.shape) == 4 else ops.squeeze(drawn, 0)


@keras_export("layers.RandomInvert")
class RandomInvert(_Coloured):
    """Each image's values turned round, with a probability from the range `factor`. value_range: of the values."""

    def __init__(self, factor: Any = 1.0, value_range: Any = (0, 255), seed: int | None = None,
                 data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are inverted; None outside training."""
        return {"apply_inversion": self._chosen(data, self.factor, seed)} if training else None

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, inverted where that was drawn."""
        if not training:
            return images
        images = ops.cast(images, self.compute_dtype)
        inverted = self._per_pixel(transformation["apply_inversion"], images)
        return ops.where(inverted, self.value_range[1] - images, images)


@keras_export("layers.RandomPosterization")
class RandomPosterization(_Coloured):
    """Each image with fewer bits a channel: a number of bits from the range `factor`, within [1, 8]."""

    def _factor(self, factor: Any) -> tuple[float, float]:
        return bounds(factor, 1, 8, "`factor` argument")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """How many bits of each image are dropped."""
        low, high = self.factor
        count = self._count(data)
        if low == high:
            bits = ops.ones((count,), dtype="uint8") * int(low)
        else:
            bits = random.randint((count,), low, high, dtype="uint8", seed=self._source(seed))
        return {"shift_factor": ops.cast(8 - bits, "uint8")}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, with those bits zero."""
        if not training:
            return images
        drop = self._per_pixel(transformation["shift_factor"], images)
        bits = ops.cast(rescaled(images, self.value_range, (0, 255), self.compute_dtype), "uint8")
        bits = ops.bitwise_left_shift(ops.bitwise_right_shift(bits, drop), drop)
        return rescaled(ops.cast(bits, self.compute_dtype), (0, 255), self.value_range, self.compute_dtype)


@keras_export("layers.RandomSharpness")
class RandomSharpness(_Coloured):
    """Each image smoother (factors below 0.5) or sharper, by a factor from the range `factor` within [0, 1]."""

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, mixed with what a filter of 3 by 3 gives."""
        images = ops.cast(images, self.compute_dtype)
        if not training:
            return images
        first = self.data_format == "channels_first"
        x = ops.moveaxis(images, -3, -1) if first else images
        batch = x if len(x.shape) == 4 else ops.expand_dims(x, 0)
        side, middle = 1 / 13, 5 / 13
        kernel = ops.convert_to_tensor([[side] * 3, [side, middle, side], [side] * 3], dtype=self.compute_dtype)
        kernel = ops.tile(ops.reshape(kernel, (3, 3, 1, 1)), (1, 1, x.shape[-1], 1))
        smooth = ops.depthwise_conv(batch, kernel, strides=1, padding="same", data_format="channels_last")
        factor = ops.reshape(ops.cast(transformation["factor"] * 2, self.compute_dtype), (-1, 1, 1, 1))
        made = self._clipped(batch + (1.0 - factor) * (smooth - batch))
        made = made if len(x.shape) == 4 else ops.squeeze(made, 0)
        return ops.moveaxis(made, -1, -3) if first else made


@keras_export("layers.RandomColorDegeneration")
class RandomColorDegeneration(_Coloured):
    """Each image mixed with its gray, by a factor from the range `factor` in [0, 1], or a number for both signs."""

    def _factor(self, factor: Any) -> tuple[float, float]:
        return bounds(factor, -1, 1, "`factor` argument")

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, with less colour."""
        if not training:
            return images
        images = ops.cast(images, self.compute_dtype)
        factor = self._per_pixel(ops.cast(transformation["factor"], self.compute_dtype), images)
        gray = ops.image.rgb_to_grayscale(images, data_format=self.data_format)
        return self._clipped(images + factor * (gray - images))


class _Hued(_Coloured):
    """Base: what changes in hue, saturation and value."""

    def _in_hsv(self, images: Any, place: int, change: Any) -> Any:
        """The images after `change` of one of the three planes, with the shape of its factors."""
        axis = -3 if self.data_format == "channels_first" else -1
        hsv = ops.image.rgb_to_hsv(images, data_format=self.data_format)
        planes = [ops.take(hsv, i, axis=axis) for i in range(3)]
        planes[place] = change(planes[place])
        return ops.image.hsv_to_rgb(ops.stack(planes, axis=axis), data_format=self.data_format)

    def _per_plane(self, drawn: Any, images: Any) -> Any:
        drawn = ops.cast(drawn, images.dtype if images.dtype.is_floating else self.compute_dtype)
        return ops.reshape(drawn, (-1, 1, 1) if len(images.shape) == 4 else (1, 1))


@keras_export("layers.RandomSaturation")
class RandomSaturation(_Hued):
    """Each image's colours weaker (factors below 0.5, which leaves them) or stronger; `factor`: a range in [0, 1], or
    a number for both signs."""

    def _factor(self, factor: Any) -> tuple[float, float]:
        return bounds(factor, -1, 1, "`factor` argument")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What the saturation of each image is multiplied by."""
        drawn = self._uniform(data, *self.factor, seed)
        return {"factor": drawn / (1 - drawn + epsilon())}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, with another saturation."""
        if not training:
            return images
        factor = self._per_plane(transformation["factor"], images)
        return self._in_hsv(images, 1, lambda s: ops.clip(s * factor, *self.value_range))


@keras_export("layers.RandomHue")
class RandomHue(_Hued):
    """Each image's hues turned by a part of half the circle, of either sign, from the range `factor` in [0, 1]."""

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """How far the hues of each image are turned."""
        sign = self._uniform(data, 0.0, 1.0, seed)
        sign = ops.where(sign > 0.5, -ops.ones_like(sign), ops.ones_like(sign))
        return {"factor": sign * self._uniform(data, *self.factor, seed) * 0.5}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, with other hues."""
        if not training:
            return images
        images = rescaled(ops.cast(images, self.compute_dtype), self.value_range, (0, 1))
        factor = self._per_plane(transformation["factor"], images)

        def turned(hue: Any) -> Any:
            hue = hue + factor
            hue = ops.where(hue > 1.0, hue - 1.0, hue)
            return ops.where(hue < 0.0, hue + 1.0, hue)

        made = ops.clip(self._in_hsv(images, 0, turned), 0, 1)
        return ops.cast(rescaled(made, (0, 1), self.value_range), self.compute_dtype)


@keras_export("layers.RandomColorJitter")
class RandomColorJitter(LightLayer):
    """Each image with another brightness, contrast, saturation and hue, as far as their factors are given: see
    `RandomBrightness`, `RandomContrast`, `RandomSaturation` and `RandomHue`."""

    _also = "value_range brightness_factor contrast_factor saturation_factor hue_factor"

    def __init__(self, value_range: Any = (0, 255), brightness_factor: Any = None, contrast_factor: Any = None,
                 saturation_factor: Any = None, hue_factor: Any = None, seed: int | None = None,
                 data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.value_range, self.brightness_factor, self.contrast_factor = value_range, brightness_factor, contrast_factor
        self.saturation_factor, self.hue_factor = saturation_factor, hue_factor
        kinds = ((RandomBrightness, brightness_factor), (RandomContrast, contrast_factor),
                 (RandomSaturation, saturation_factor), (RandomHue, hue_factor))
        self._steps = [kind(factor, value_range=value_range, seed=seed, data_format=data_format)
                       for kind, factor in kinds if factor is not None]

    def build(self, input_shape: Any) -> None:
        for step in self._steps:
            step.build(input_shape)

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, changed by one layer after the other."""
        if not training:
            return images
        images = ops.cast(images, self.compute_dtype)
        for step in self._steps:
            drawn = step.get_random_transformation(images, seed=self.generator)
            images = step.transform_images(images, drawn, True)
        return ops.cast(images, self.compute_dtype)


@keras_export("layers.RandomGaussianBlur")
class RandomGaussianBlur(_Coloured):
    """Each image blurred with a probability from the range `factor`.

    kernel_size: odd, one number or two (height, width). sigma: the range, within [0, 1], of the filter's two widths.
    """

    _also = "factor kernel_size sigma value_range"

    def __init__(self, factor: Any = 1.0, kernel_size: Any = 3, sigma: Any = 1.0, value_range: Any = (0, 255),
                 data_format: str | None = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)
        sizes = tuple(kernel_size) if isinstance(kernel_size, (tuple, list)) else (kernel_size, kernel_size)
        if len(sizes) != 2:
            raise ValueError("The `kernel_size` argument should be a number (or a list of two numbers) Received: "
                             f"kernel_size={kernel_size}")
        if any(not isinstance(s, (int, float)) or s % 2 == 0 for s in sizes):
            raise ValueError(f"kernel_size must be an odd number. Received: kernel_size={kernel_size}")
        self.kernel_size = sizes
        self.sigma = bounds(sigma, 0, 1, "`sigma` argument")

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """Which images are blurred, and the filter's widths; None outside training."""
        if not training:
            return None
        chosen = self._chosen(data, self.factor, seed)
        sigma = random.uniform((2,), *self.sigma, dtype=self.compute_dtype, seed=self._source(seed)) + 1e-6
        return {"should_apply_blur": chosen, "blur_factor": sigma}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, blurred where that was drawn."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        blurred = ops.image.gaussian_blur(images, kernel_size=self.kernel_size, sigma=transformation["blur_factor"],
                                          data_format=self.data_format)
        chosen = self._per_pixel(transformation["should_apply_blur"], images)
        return self._clipped(ops.where(chosen, blurred, images))


@keras_export("layers.Solarization")
class Solarization(LightLayer):
    """Each image with a number added, and values from a threshold on turned round.

    addition_factor, threshold_factor: the ranges of both, as parts of 255: pairs, or the upper ends. value_range: of
    the values. Raises ValueError outside [0, 1].
    """

    _also = "value_range addition_factor threshold_factor"

    def __init__(self, addition_factor: Any = 0.0, threshold_factor: Any = 0.0, value_range: Any = (0, 255),
                 seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.addition_factor = self._range(addition_factor, "addition_factor")
        self.threshold_factor = self._range(threshold_factor, "threshold_factor")
        self.value_range = checked_range(value_range)

    @staticmethod
    def _range(factor: Any, name: str) -> tuple[float, float]:
        ends = tuple(factor) if isinstance(factor, (tuple, list)) else (0, factor)
        if len(ends) != 2 or any(not isinstance(e, (int, float)) or not 0 <= e <= 1 for e in ends):
            raise ValueError("The `addition_factor` and `threshold_factor` arguments should be a number (or a list of "
                             f"two numbers) in the range [0, 1]. Received: {name}={factor}")
        low, high = sorted(ends)
        return low, high

    def get_random_transformation(self, data: Any, training: bool = True, seed: Any = None) -> Any:
        """What is added to each image, and its threshold; None outside training."""
        if not training:
            return None
        images = data["images"] if isinstance(data, dict) else data
        draws = [ops.cast(self._uniform(data, low, high * 255, seed), self.compute_dtype)
                 for low, high in (self.addition_factor, self.threshold_factor)]
        return {"additions": self._per_pixel(draws[0], images), "thresholds": self._per_pixel(draws[1], images)}

    def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:
        """The images, in the compute dtype, solarized."""
        images = ops.cast(images, self.compute_dtype)
        if not training or transformation is None:
            return images
        made = rescaled(images, self.value_range, (0, 255), self.compute_dtype)
        made = ops.clip(made + transformation["additions"], 0, 255)
        made = ops.where(made < transformation["thresholds"], made, 255 - made)
        return ops.cast(rescaled(made, (0, 255), self.value_range, self.compute_dtype), self.compute_dtype)


# Nothing drawn -----------------------------------------------------------------------------------------


@keras_export("layers.AutoContrast")
class AutoContrast(ImageLayer):
    """Each image's channels spread over the whole of `value_range`."""

    def __init__(self, value_range: Any = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = checked_range(value_range)

    def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> Any:
        """The images, in the compute dtype, with the full contrast; channels of one value stay."""
        x = ops.cast(rescaled(images, self.value_range, (0, 255), self.compute_dtype), self.compute_dtype)
        axes = (self.height_axis, self.width_axis)
        low, high = ops.min(x, axis=axes, keepdims=True), ops.max(x, axis=axes, keepdims=True)
        scale = 255.0 / (high - low)
        made = rescaled(ops.clip(x * scale - low * scale, 0.0, 255.0), (0, 255), self.value_range, self.compute_dtype)
        return ops.where(ops.isnan(made), ops.cast(images, made.dtype), made)

    def transform_segmentation_masks(self, segmentation_masks: Any, transformation: Any, training: bool = True) -> Any:
        """The masks as they are."""
        return segmentation_masks

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "value_range": self.value_range}
