"""Images changed at random: mirrored, cropped, and in their colours. What draws from a seed of two integers gives the
same for the same seed, in every run and process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.ops import array, math
from hornbeam.ops.checks import assert_
from hornbeam.ops.image_batches import after, at_least_3d, scoped, three_or_four
from hornbeam.ops.image_colour import adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation
from hornbeam.ops.image_geometry import mirrored
from hornbeam.ops.random import random_uniform
from hornbeam.ops.stateless_random import stateless_uniform

Draw = Callable[..., Any]
"""A function of (shape, minval, maxval, dtype) that gives uniform random numbers."""


def drawing(seed: Any) -> Draw:
    """Draws that advance with each run."""
    return lambda shape, low, high, dtype=dtypes.float32: random_uniform(shape, low, high, dtype, seed)


def stateless(seed: Any) -> Draw:
    """Draws that are a function of a seed of two integers."""
    return lambda shape, low, high, dtype=dtypes.float32: stateless_uniform(shape, seed, low, high, dtype)


# Mirrored -------------------------------------------------------------------------------------------------


def _flipped(image: Any, axis: int, draw: Draw) -> Any:
    x = at_least_3d(array.convert(image, name="image"))
    three_or_four(x)
    batch = array.shape(x)[:-3]
    turned = math.less(draw(batch, 0.0, 1.0), 0.5)
    return array.where(array.reshape(turned, array.concat([batch, [1, 1, 1]], 0)), mirrored(x, axis), x)


@public("image.random_flip_left_right")
@scoped("random_flip_left_right")
def random_flip_left_right(image: Any, seed: int | None = None) -> Any:
    """The image, mirrored left to right with probability ½; each image of a batch by itself.

    image: [height, width, channels] or [batch, height, width, channels]. seed: see `random.set_seed`. Raises
    ValueError for other ranks.
    """
    return _flipped(image, -2, drawing(seed))


@public("image.random_flip_up_down")
@scoped("random_flip_up_down")
def random_flip_up_down(image: Any, seed: int | None = None) -> Any:
    """The image, turned upside down with probability ½; each image of a batch by itself.

    image: [height, width, channels] or [batch, height, width, channels]. seed: see `random.set_seed`. Raises
    ValueError for other ranks.
    """
    return _flipped(image, -3, drawing(seed))


@public(v2=("image.stateless_random_flip_left_right",))
@scoped("stateless_random_flip_left_right")
def stateless_random_flip_left_right(image: Any, seed: Any) -> Any:
    """As `random_flip_left_right`, as a function of `seed` (two integers)."""
    return _flipped(image, -2, stateless(seed))


@public(v2=("image.stateless_random_flip_up_down",))
@scoped("stateless_random_flip_up_down")
def stateless_random_flip_up_down(image: Any, seed: Any) -> Any:
    """As `random_flip_up_down`, as a function of `seed` (two integers)."""
    return _flipped(image, -3, stateless(seed))


# Cropped --------------------------------------------------------------------------------------------------


@public(v2=("image.stateless_random_crop",))
@composite("stateless_random_crop")
def stateless_random_crop(value: Any, size: Any, seed: Any, name: str | None = None) -> Any:
    """A part of a tensor, of shape `size`, from a place that `seed` (two integers) draws, each equally likely.

    size: as many integers as `value` has dimensions. Raises InvalidArgumentError where the part does not fit in.
    """
    x, wanted = array.convert(value, name="value"), array.convert(size, dtypes.int32, name="size")
    shape = array.shape(x)
    fits = assert_(math.reduce_all(math.greater_equal(shape, wanted)),
                   ["Need value.shape >= size, got ", shape, wanted], summarize=1000)
    room = after([fits], shape) - wanted + 1
    begin = math.floormod(stateless(seed)(array.shape(shape), 0, dtypes.int32.max, dtypes.int32), room)
    return array.slice(x, begin, wanted)


# Colours --------------------------------------------------------------------------------------------------


def _around_zero(max_delta: float, most: float | None = None) -> tuple[float, float]:
    if most is not None and max_delta > most:
        raise ValueError(f"max_delta must be <= {most}.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return -max_delta, max_delta


def _factors(lower: float, upper: float) -> tuple[float, float]:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return lower, upper


@public("image.random_brightness")
@scoped("random_brightness")
def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """`adjust_brightness` by a number drawn from [-max_delta, max_delta). Raises ValueError for a negative one."""
    return adjust_brightness(image, drawing(seed)([], *_around_zero(max_delta)))


@public(v2=("image.stateless_random_brightness",))
@scoped("stateless_random_brightness")
def stateless_random_brightness(image: Any, max_delta: float, seed: Any) -> Any:
    """As `random_brightness`, as a function of `seed` (two integers)."""
    return adjust_brightness(image, stateless(seed)([], *_around_zero(max_delta)))


@public("image.random_contrast")
@scoped("random_contrast")
def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """`adjust_contrast` by a factor drawn from [lower, upper). Raises ValueError unless 0 <= lower < upper."""
    return adjust_contrast(image, drawing(seed)([], *_factors(lower, upper)))


@public(v2=("image.stateless_random_contrast",))
@scoped("stateless_random_contrast")
def stateless_random_contrast(image: Any, lower: float, upper: float, seed: Any) -> Any:
    """As `random_contrast`, as a function of `seed` (two integers)."""
    return adjust_contrast(image, stateless(seed)([], *_factors(lower, upper)))


@public("image.random_saturation")
@scoped("random_saturation")
def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Any:
    """`adjust_saturation` by a factor drawn from [lower, upper). Raises ValueError unless 0 <= lower < upper."""
    return adjust_saturation(image, drawing(seed)([], *_factors(lower, upper)))


@public(v2=("image.stateless_random_saturation",))
@scoped("stateless_random_saturation")
def stateless_random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    """As `random_saturation`, as a function of `seed` (two integers)."""
    return adjust_saturation(image, stateless(seed)([], *_factors(lower, upper)))


@public("image.random_hue")
@scoped("random_hue")
def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Any:
    """`adjust_hue` by a number drawn from [-max_delta, max_delta), which lies in [0, 0.5] (ValueError otherwise)."""
    return adjust_hue(image, drawing(seed)([], *_around_zero(max_delta, 0.5)))


@public(v2=("image.stateless_random_hue",))
@scoped("stateless_random_hue")
def stateless_random_hue(image: Any, max_delta: float, seed: Any) -> Any:
    """As `random_hue`, as a function of `seed` (two integers)."""
    return adjust_hue(image, stateless(seed)([], *_around_zero(max_delta, 0.5)))
