"""Colour ops: HSV, and contrast, hue and saturation changed, as TensorFlow's kernels compute them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, op
from hornbeam.ops import array, math, rules

_HALF_OR_FLOAT = (dtypes.float16, dtypes.float32)


def _rgb(rng: np.random.Generator) -> Any:
    """Colours without two equal channels, where hue has no derivative."""
    steps = np.array([[0.1, 0.45, 0.8], [0.9, 0.2, 0.5], [0.3, 0.95, 0.6], [0.7, 0.5, 0.15]])
    return [((steps[rng.permutation(4)].reshape(2, 2, 3) + rng.uniform(0, 0.05, (2, 2, 3)),), {}),
            ((np.array([0.2, 0.7, 0.4]),), {}), ((np.zeros((0, 3)),), {})]


def _three_channels(inputs: Any, attrs: dict[str, Any]) -> Any:
    x = inputs[0].dims
    if x is not None and not x:
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "input must be at least 1D[]")
    if x is not None and x[-1] not in (3, None):
        raise ShapeFault(f"Dimension must be 3 but is {x[-1]}", "input must have 3 channels but instead has "
                         f"{x[-1]} channels.")
    return [(None if x is None else (*x[:-1], 3), inputs[0].dtype)]


# HSV ------------------------------------------------------------------------------------------------------


@op("RGBToHSV", inputs="images: T", names=("image.rgb_to_hsv",), T=FLOATS, samples=_rgb,
    waive={"second_order": "the rule is made of steps at equal channels"})
def rgb_to_hsv(images):
    """Colours as hue, saturation and value, each in [0, 1] for colours in [0, 1].

    images: floats [..., 3]. Raises InvalidArgumentError (ValueError in graphs) for other numbers of channels.
    """
    r, g, b = images[..., 0], images[..., 1], images[..., 2]
    value = jnp.max(images, -1)
    spread = value - jnp.min(images, -1)
    saturation = jnp.where(value > 0, spread / jnp.where(value > 0, value, 1), 0)
    sixth = 1 / (6 * jnp.where(spread > 0, spread, 1))
    hue = jnp.where(r == value, sixth * (g - b), jnp.where(g == value, sixth * (b - r) + 2 / 6,
                                                           sixth * (r - g) + 4 / 6))
    hue = jnp.where(spread > 0, hue, 0)
    hue = jnp.where(hue < 0, hue + 1, hue)
    return jnp.stack([hue, saturation, value], -1).astype(images.dtype)


rgb_to_hsv.shape(_three_channels)


@rgb_to_hsv.grad
def _(call, dy):
    x = call.inputs[0]
    zero, one = array.zeros_like(x[..., 0]), array.ones_like(x[..., 0])
    parts = array.unstack(x, axis=-1) if x.dims is not None else [x[..., i] for i in range(3)]
    largest = _ranked(parts, zero, one)
    smallest = _ranked([-p for p in parts], zero, one, last=True)
    high = math.add_n([m * p for m, p in zip(largest, parts, strict=True)])
    low = math.add_n([m * p for m, p in zip(smallest, parts, strict=True)])
    spread = high - low
    d_hue, d_saturation, d_value = (dy[..., i] for i in range(3))
    found = []
    for i in range(3):
        along_value = largest[i] * d_value
        along_saturation = d_saturation * (largest[i] * math.divide_no_nan(low, high * high)
                                           - smallest[i] * math.divide_no_nan(one, high))
        found.append(along_value + along_saturation + d_hue * _hue_slope(i, parts, largest, smallest, spread))
    return array.stack(found, -1)


def _ranked(parts: list[Any], zero: Any, one: Any, last: bool = False) -> list[Any]:
    """1 for the largest channel, of equal ones the first (or last), 0 for the others."""
    order = [2, 1, 0] if last else [0, 1, 2]
    found: dict[int, Any] = {}
    for i in order:
        before = order[:order.index(i)]
        holds = [math.greater(parts[i], parts[j]) if j in before else math.greater_equal(parts[i], parts[j])
                 for j in range(3) if j != i]
        found[i] = array.where(math.logical_and(*holds), one, zero)
    return [found[i] for i in range(3)]


def _hue_slope(i: int, parts: list[Any], largest: list[Any], smallest: list[Any], spread: Any) -> Any:
    """∂hue / ∂channel i: of (y - z) / (6 · spread) where y and z follow the largest channel on the colour wheel."""
    total = array.zeros_like(spread)
    for top in range(3):
        y, z = parts[(top + 1) % 3], parts[(top + 2) % 3]
        slope = math.divide_no_nan((smallest[i] - largest[i]) * (y - z), spread * spread)
        if i != top:
            sign = 1 if i == (top + 1) % 3 else -1
            slope = slope + sign * math.divide_no_nan(array.ones_like(spread), spread)
        total = total + largest[top] * slope
    return total / 6


def _hsv(rng: np.random.Generator) -> Any:
    hue = np.array([0.08, 0.27, 0.41, 0.58]) + rng.uniform(0, 0.02, 4)
    rest = rng.uniform(0.2, 0.9, (4, 2))
    return [((np.concatenate([hue[:, None], rest], 1).reshape(2, 2, 3),), {}), ((np.array([0.9, 0.5, 0.7]),), {})]


@op("HSVToRGB", inputs="images: T", names=("image.hsv_to_rgb",), T=FLOATS, samples=_hsv)
def hsv_to_rgb(images):
    """Colours from hue, saturation and value, each in [0, 1].

    images: floats [..., 3]. Raises InvalidArgumentError (ValueError in graphs) for other numbers of channels.
    """
    hue, saturation, value = images[..., 0] * 6, images[..., 1], images[..., 2]
    r = jnp.clip(jnp.abs(hue - 3) - 1, 0, 1)
    g = jnp.clip(2 - jnp.abs(hue - 2), 0, 1)
    b = jnp.clip(2 - jnp.abs(hue - 4), 0, 1)
    rest = 1 - saturation
    return jnp.stack([(rest + saturation * c) * value for c in (r, g, b)], -1).astype(images.dtype)


hsv_to_rgb.shape(_three_channels)


# Changed --------------------------------------------------------------------------------------------------


def _adjusted(inputs: Any, attrs: dict[str, Any]) -> Any:
    x = inputs[0].dims
    if x is not None and len(x) < 3:
        raise ShapeFault(f"Shape must be at least rank 3 but is rank {len(x)}",
                         f"input must be at least 3-D, got shape{rules.text(x)}")
    if inputs[1].dims not in (None, ()):
        raise ShapeFault(f"Shape must be rank 0 but is rank {len(inputs[1].dims)}",
                         f"{_FACTORS.get(len(inputs), 'scale')} must be scalar: {rules.text(inputs[1].dims)}")
    return [(x, inputs[0].dtype)]


_FACTORS = {2: "contrast_factor"}


def _adjusted_colours(inputs: Any, attrs: dict[str, Any]) -> Any:
    found = _adjusted(inputs, attrs)
    x = inputs[0].dims
    if x is not None and x[-1] not in (3, None):
        raise ShapeFault(f"Dimension must be 3 but is {x[-1]}",
                         f"input must have 3 channels but instead has {x[-1]} channels.")
    return found


def _wide(images: Any) -> Any:
    return images.astype(jnp.promote_types(images.dtype, jnp.float32))


def _with_factor(*factors: float) -> Any:
    def make(rng: np.random.Generator) -> Any:
        x = rng.uniform(0, 1, (2, 3, 2, 3)).astype(np.float32)
        return [((x if i % 2 else x[0], np.float32(f)), {}) for i, f in enumerate(factors)]

    return make


_SINGLE = {"gradient": "float32 in and out; tests/ops/test_image_colour.py has it"}


@op("AdjustContrastv2", inputs="images: T, contrast_factor: float32", T=_HALF_OR_FLOAT, waive=_SINGLE,
    samples=_with_factor(0.5, 2.5))
def adjust_contrast_op(images, contrast_factor):
    """Each channel's distances from its mean over the image, multiplied."""
    x = _wide(images)
    mean = x.mean((-3, -2), keepdims=True)
    return ((x - mean) * contrast_factor + mean).astype(images.dtype)


adjust_contrast_op.shape(_adjusted)


def _hue_range(x: Any) -> tuple[Any, Any, Any]:
    """Hue in [0, 6), and the least and largest channel; of colours of any range."""
    r, g, b = x[..., 0], x[..., 1], x[..., 2]
    high, low = x.max(-1), x.min(-1)
    spread = high - low
    safe = jnp.where(spread > 0, spread, 1)
    hue = jnp.where(r == high, (g - b) / safe, jnp.where(g == high, (b - r) / safe + 2, (r - g) / safe + 4))
    hue = jnp.where(spread > 0, hue, 0)
    return jnp.where(hue < 0, hue + 6, hue), low, high


def _from_hue_range(hue: Any, low: Any, high: Any) -> Any:
    """Colours from what `_hue_range` gives; any hue."""
    hue = hue - 6 * jnp.floor(hue / 6)
    spread = high - low
    channels = [jnp.clip(jnp.abs(hue - 3) - 1, 0, 1), jnp.clip(2 - jnp.abs(hue - 2), 0, 1),
                jnp.clip(2 - jnp.abs(hue - 4), 0, 1)]
    return jnp.stack([low + spread * c for c in channels], -1)


@op("AdjustHue", inputs="images: T, delta: float32", T=_HALF_OR_FLOAT, waive=_SINGLE, samples=_with_factor(0.3, -0.8))
def adjust_hue_op(images, delta):
    """Colours turned on the colour wheel by `delta` turns."""
    hue, low, high = _hue_range(_wide(images))
    return _from_hue_range(hue + delta * 6, low, high).astype(images.dtype)


adjust_hue_op.shape(_adjusted_colours)


@op("AdjustSaturation", inputs="images: T, scale: float32", T=_HALF_OR_FLOAT, waive=_SINGLE,
    samples=_with_factor(0.5, 1.7))
def adjust_saturation_op(images, scale):
    """Colours with their saturation multiplied, and kept within [0, 1]."""
    hue, low, high = _hue_range(_wide(images))
    saturation = jnp.where(high > 0, (high - low) / jnp.where(high > 0, high, 1), 0)
    spread = jnp.clip(saturation * scale, 0, 1) * high
    return _from_hue_range(hue, high - spread, high).astype(images.dtype)


adjust_saturation_op.shape(_adjusted_colours)
