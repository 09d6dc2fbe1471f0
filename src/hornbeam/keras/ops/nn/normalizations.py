"""Means, variances and what is normalized by them. Half precision is computed in float32."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from hornbeam.keras.config.settings import epsilon as default_epsilon
from hornbeam.keras.dtypes import result_type
from hornbeam.keras.ops.declare import nn_op
from hornbeam.keras.ops.linalg.norms import norm
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.numpy.elementwise import log10
from hornbeam.keras.ops.numpy.reductions import mean
from hornbeam.keras.ops.numpy.shaping import squeeze
from hornbeam.keras.ops.tensors import (
    axes_of,
    axis_of,
    cast,
    dims,
    dtype_of,
    inexact,
    rank,
    shape_vector,
    sizes,
    tensor,
)
from hornbeam.ops import arithmetic, elementary, reduce
from hornbeam.ops.division import real_div
from hornbeam.ops.normalization import fused_batch_norm_v3
from hornbeam.ops.shaping import reshape

_HALF = ("float16", "bfloat16")


def _wide(x: Any) -> Any:
    return cast(x, result_type(dtype_of(x), "float32"))


def mean_and_variance(x: Any, axes: Any) -> tuple[Any, Any]:
    """Both over some dimensions, which are kept, of a tensor of float32 or wider."""
    at = np.array(axes_of(axes, rank(x)), np.int32)
    middle = reduce.mean_op(x, at, keep_dims=True)
    return middle, reduce.mean_op(arithmetic.square(arithmetic.subtract(x, middle)), at, keep_dims=True)


@nn_op(config="axes keepdims synchronized")
def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> tuple[Any, Any]:
    """Mean and variance over dimensions. synchronized: over all replicas too, which see the whole batch here."""
    x = inexact(x)
    found = mean_and_variance(_wide(x), axes)
    if not keepdims:
        at = axes_of(axes, rank(x))
        found = tuple(squeeze(v, at) for v in found)  # type: ignore[assignment]
    if dtype_of(x) in _HALF:
        limit = float(np.finfo(np.float16).max)
        found = tuple(binary.clip(v, -limit, limit) for v in found)  # type: ignore[assignment]
    return cast(found[0], dtype_of(x)), cast(found[1], dtype_of(x))


def _scaled(x: Any, middle: Any, inverse: Any, offset: Any) -> Any:
    """(x - middle) · inverse + offset, as one multiplication and one addition."""
    moved = arithmetic.negative(binary.multiply(middle, inverse))
    if offset is not None:
        moved = binary.add(moved, offset)
    return binary.add(binary.multiply(x, inverse), moved)


@nn_op(type="BatchNorm", config="axis epsilon")
def batch_normalization(x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None,
                        epsilon: float = 0.001) -> Any:
    """(x - mean) / √(variance + epsilon) · scale + offset, with one number of each for each place along `axis`."""
    x = inexact(x)
    at = axis_of(axis, rank(x))
    shape = [-1 if i == at else 1 for i in range(rank(x))]

    size = dims(x)[at]
    for name, v in (("mean", mean), ("variance", variance), ("offset", offset), ("scale", scale)):
        given = None if v is None else dims(tensor(v))
        if given is not None and size is not None and None not in given and tuple(given) != (size,):
            raise ValueError(f"`{name}` must be a vector of length {size}, the size of `x` along axis {axis}. "
                             f"Received: {name}.shape={given}")

    def spread(v: Any) -> Any:
        return None if v is None else reshape(tensor(v), shape)

    spread_variance = spread(variance)
    inverse = elementary.rsqrt(arithmetic.add_v2(spread_variance, tensor(epsilon, dtype_of(spread_variance))))
    if scale is not None:
        inverse = binary.multiply(inverse, spread(scale))
    return _scaled(x, spread(mean), inverse, spread(offset))


def normalized_by_batch(x: Any, axis: int, scale: Any, offset: Any, epsilon: float) -> tuple[Any, Any, Any]:
    """`batch_normalization` with the mean and the variance of `x` itself, which come second and third, in float32.

    x: float32 or a half, whose statistics are computed in float32. scale, offset: vectors of float32.
    """
    full, at = sizes(x), axis_of(axis, rank(x))
    last = at == rank(x) - 1
    as_images = [-1, 1, 1, full[at]] if last else [-1, full[at], math.prod(full[at + 1:]), 1]
    y, _, _, mean, variance, _ = fused_batch_norm_v3(
        reshape(x, shape_vector(as_images)), scale, offset, [], [], epsilon=epsilon,
        data_format="NHWC" if last else "NCHW")
    return reshape(y, shape_vector(full)), mean, variance


def _spread_over(v: Any, axes: tuple[int, ...], x: Any) -> Any:
    """A weight of the normalized dimensions, so that it broadcasts against `x`."""
    if v is None:
        return None
    v = tensor(v, dtype_of(x))
    if rank(v) == rank(x) or axes == (rank(x) - 1,):
        return v
    full = sizes(x)
    return reshape(v, shape_vector([full[i] if i in axes else 1 for i in range(rank(x))]))


@nn_op(type="LayerNorm", config="axis epsilon rms_scaling")
def layer_normalization(x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None,
                        **kwargs: Any) -> Any:
    """(x - mean) / √(variance + epsilon) · gamma + beta, over the dimensions `axis` of each example.

    rms_scaling=True (deprecated): x / √(variance + epsilon) · gamma.
    """
    rms_scaling = kwargs.pop("rms_scaling", False)
    if kwargs:
        raise TypeError(f"layer_normalization() got unexpected keyword arguments {sorted(kwargs)}")
    if rms_scaling:
        warnings.warn("You passed `rms_scaling=True`, which is deprecated: it divides by the standard deviation, not "
                      "by the root mean square. Use `keras.ops.rms_normalization` instead.", stacklevel=2)
    given = inexact(x)
    small = default_epsilon() if epsilon is None else epsilon
    x = _wide(given)
    axes = tuple(sorted(axes_of(axis, rank(x))))
    middle, variance = mean_and_variance(x, axes)
    inverse = elementary.rsqrt(arithmetic.add_v2(variance, tensor(small, dtype_of(x))))
    if gamma is not None:
        inverse = arithmetic.multiply(inverse, _spread_over(gamma, axes, x))
    if rms_scaling:
        return cast(arithmetic.multiply(x, inverse), dtype_of(given))
    return cast(_scaled(x, middle, inverse, _spread_over(beta, axes, x)), dtype_of(given))


@nn_op(type="RMSNorm", config="axis epsilon")
def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Any:
    """x / √(mean of squares + epsilon) · scale, over the dimensions `axis`."""
    given = inexact(x)
    small = default_epsilon() if epsilon is None else epsilon
    x = _wide(given if rank(given) else reshape(given, [1]))
    at = np.array(axes_of(axis, rank(x)), np.int32)
    square = reduce.mean_op(arithmetic.square(x), at, keep_dims=True)
    y = arithmetic.multiply(x, elementary.rsqrt(arithmetic.add_v2(square, tensor(small, dtype_of(x)))))
    if scale is not None:
        y = arithmetic.multiply(y, tensor(scale, dtype_of(x)))
    return cast(y, dtype_of(given))


@nn_op
def normalize(x: Any, axis: Any = -1, order: int = 2, epsilon: float | None = None) -> Any:
    """x divided by its norm of an order along `axis`. Raises ValueError for an order that is no integer from 1 on."""
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Received: order={order}")
    x = inexact(x)
    x = x if rank(x) else reshape(x, [1])
    small = default_epsilon() if epsilon is None else epsilon
    if order == 2:
        at = np.array(axes_of(axis, rank(x)), np.int32)
        inverse = elementary.rsqrt(reduce.sum_op(arithmetic.square(x), at, keep_dims=True))
        return arithmetic.multiply(x, arithmetic.minimum(inverse, tensor(1.0 / small, dtype_of(x))))
    size = norm(x, order, axis, True)
    return real_div(x, arithmetic.maximum(size, tensor(small, dtype_of(x))))


@nn_op(type="PSNR", config="max_val")
def psnr(x1: Any, x2: Any, max_val: Any) -> Any:
    """The peak signal-to-noise ratio of two tensors in decibels. Raises ValueError for different shapes."""
    a, b = binary.promote_inexact(x1, x2)
    if any(d != e for d, e in zip(dims(a), dims(b), strict=False) if None not in (d, e)) or rank(a) != rank(b):
        raise ValueError(f"Input shapes {dims(a)} and {dims(b)} must match for PSNR calculation. ")
    error = mean(arithmetic.square(arithmetic.subtract(a, b)))
    top = log10(tensor(max_val, dtype_of(b)))
    return arithmetic.subtract(arithmetic.multiply(top, 20), arithmetic.multiply(log10(error), 10))
