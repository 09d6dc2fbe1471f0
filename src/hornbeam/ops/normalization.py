"""Means and variances, and the normalisations built on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, NUMERIC, op
from hornbeam.ops import array, math, rules, windows

_HALVES = (dtypes.float16, dtypes.bfloat16)


# Moments ----------------------------------------------------------------------------------------------


@public(v2=("nn.moments",))
@composite("moments")
def moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean and the variance (divided by the count, not by one less) over dimensions.

    x: floats; half floats are computed as float32. axes: a list of dimensions, `[0, 1, 2]` for the batch
    normalisation of images. shift: not used. Returns (mean, variance).

    >>> [m.numpy().item() for m in moments([1.0, 3.0], [0])]
    [2.0, 1.0]
    """
    return mean_and_variance(x, axes, keepdims)


def mean_and_variance(x: Any, axes: Any, keepdims: Any) -> tuple[Any, Any]:
    """`moments` of both generations."""
    x = array.convert(x)
    own = x.dtype.base_dtype
    y = math.cast(x, dtypes.float32) if own in _HALVES else x
    mean = math.reduce_mean(y, axes, True, name="mean")
    spread = math.squared_difference(y, array.stop_gradient(mean))
    variance = math.reduce_mean(spread, axes, True, name="variance")
    if not keepdims:
        mean, variance = _squeezed(mean, axes), _squeezed(variance, axes)
    if own in _HALVES:
        return math.cast(mean, own), math.cast(variance, own)
    return mean, variance


def _squeezed(x: Any, axes: Any) -> Any:
    """`x` without the dimensions `axes`, which have length 1."""
    return array.squeeze(x, [int(a) for a in np.reshape(np.asarray(axes), -1)])


@public(v2=("nn.weighted_moments",))
@composite("weighted_moments")
def weighted_moments(x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False,
                     name: str | None = None) -> Any:
    """The mean and the variance over dimensions, each element counted as often as its weight says.

    x: floats. axes: a list of dimensions. frequency_weights: broadcasts with `x`. Returns (mean, variance).
    """
    return weighted_mean_and_variance(x, axes, frequency_weights, keepdims)


def weighted_mean_and_variance(x: Any, axes: Any, weights: Any, keepdims: Any) -> tuple[Any, Any]:
    """`weighted_moments` of both generations."""
    x = array.convert(x, name="x")
    own = x.dtype.base_dtype
    weights = array.convert(weights, name="frequency_weights")
    x = math.cast(x, dtypes.float32) if own in _HALVES else x
    if weights.dtype.base_dtype != x.dtype.base_dtype:
        weights = math.cast(weights, x.dtype.base_dtype)
    total = math.reduce_sum(weights * x, axes, True, name="weighted_input_sum")
    spread_out = weights + array.zeros_like_op(x)
    count = math.reduce_sum(spread_out, axes, True, name="sum_of_weights")
    mean = math.divide_no_nan(total, count)
    distances = weights * math.squared_difference(x, mean)
    variance = math.divide_no_nan(math.reduce_sum(distances, axes, True, name="weighted_distsq"), count)
    if not keepdims:
        mean, variance = _squeezed(mean, axes), _squeezed(variance, axes)
    if own in _HALVES:
        return math.cast(mean, own), math.cast(variance, own)
    return mean, variance


@public(v2=("nn.sufficient_statistics",))
@composite("sufficient_statistics")
def sufficient_statistics(x: Any, axes: Any, shift: Any = None, keepdims: bool = False,
                          name: str | None = None) -> Any:
    """What means and variances follow from: the count, Σ (x - shift), Σ (x - shift)², and the shift.

    x: floats. axes: a list of dimensions. shift: near the mean, for better digits; None is 0.
    Returns (count, sum, sum of squares, shift).
    """
    return statistics(x, axes, shift, keepdims)


def statistics(x: Any, axes: Any, shift: Any, keepdims: Any) -> tuple[Any, Any, Any, Any]:
    """`sufficient_statistics` of both generations."""
    axes = [int(a) for a in sorted({int(a) for a in np.reshape(np.asarray(axes), -1)})]
    x = array.convert(x, name="x")
    dims = x.dims
    if dims is not None and all(dims[a] is not None for a in axes):
        count = array.constant(float(np.prod([dims[a] for a in axes], dtype=np.int64)), x.dtype.base_dtype,
                               name="count")
    else:
        lengths = array.stack([array.shape_op(x)[a] for a in axes])
        count = math.reduce_prod(math.cast(lengths, x.dtype.base_dtype), name="count")
    if shift is None:
        total, squares = x, math.square(x)
    else:
        shift = array.convert(shift, x.dtype.base_dtype, name="shift")
        total, squares = math.subtract(x, shift), math.squared_difference(x, shift)
    return (count, math.reduce_sum(total, axes, keepdims, name="mean_ss"),
            math.reduce_sum(squares, axes, keepdims, name="var_ss"), shift)


@public("nn.normalize_moments")
@composite("normalize")
def normalize_moments(counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None) -> Any:
    """The mean and the variance from what `sufficient_statistics` gives.

    counts: a scalar. mean_ss, variance_ss, shift (or None): of one shape. Returns (mean, variance).
    """
    share = math.reciprocal(counts, name="divisor")
    moved = math.multiply(mean_ss, share, name="shifted_mean" if shift is not None else "mean")
    mean = moved if shift is None else math.add_v2(moved, shift, name="mean")
    variance = math.subtract(math.multiply(variance_ss, share), math.square(moved), name="variance")
    return mean, variance


# Batch normalisation --------------------------------------------------------------------------------------


@public("nn.batch_normalization")
@composite("batchnorm")
def batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any,
                        name: str | None = None) -> Any:
    """scale · (x - mean) / √(variance + ε) + offset. Ioffe and Szegedy 2015.

    x: floats. mean, variance, offset, scale: broadcast against `x`; offset and scale may be None.
    variance_epsilon: a small number that keeps the root from 0.
    """
    x, variance = array.convert(x), array.convert(variance)
    factor = math.rsqrt(variance + variance_epsilon)
    if scale is not None:
        factor = factor * scale
    own = x.dtype.base_dtype
    scaled = x * (factor if factor.dtype.base_dtype == own else math.cast(factor, own))
    middle = mean * factor
    moved = -middle if offset is None else offset - middle
    return scaled + (moved if moved.dtype.base_dtype == own else math.cast(moved, own))


@public(v2=("nn.batch_norm_with_global_normalization",))
def batch_norm_with_global_normalization(input: Any, mean: Any, variance: Any, beta: Any, gamma: Any,
                                         variance_epsilon: Any, scale_after_normalization: bool,
                                         name: str | None = None) -> Any:
    """`batch_normalization` of images with one mean and variance a channel, as the first TensorFlow had it.

    gamma: used only with `scale_after_normalization`.
    """
    return batch_normalization(input, mean, variance, beta, gamma if scale_after_normalization else None,
                               variance_epsilon, name=name)


@op("BatchNormWithGlobalNormalization", inputs="t: T, m: T, v: T, beta: T, gamma: T", T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 2, 2, 3)), rng.normal(size=3), rng.uniform(1, 2, 3),
                           rng.normal(size=3), rng.normal(size=3)),
                          {"variance_epsilon": 0.01, "scale_after_normalization": True})])
def batch_norm_with_global_normalization_op(t, m, v, beta, gamma, *, variance_epsilon: float,
                                            scale_after_normalization: bool):
    """(t - m) / √(v + ε), times gamma where asked for, plus beta."""
    factor = lax.rsqrt(v + variance_epsilon)
    if scale_after_normalization:
        factor = factor * gamma
    return ((t - m) * factor + beta).astype(t.dtype)


_FORMATS = ("NHWC", "NCHW", "NDHWC", "NCDHW")
_HALF_OR_FLOAT = (dtypes.float16, dtypes.bfloat16, dtypes.float32)


class _Channels:
    """Reductions and broadcasts beside the channels of images or volumes."""

    def __init__(self, x: Any, data_format: str) -> None:
        self.axis = 1 if data_format[1] == "C" else x.ndim - 1
        self.others = tuple(i for i in range(x.ndim) if i != self.axis)
        self.shape = tuple(-1 if i == self.axis else 1 for i in range(x.ndim))
        self.count = int(np.prod([x.shape[i] for i in self.others], dtype=np.int64))

    def spread(self, vector: Any) -> Any:
        return jnp.reshape(vector, self.shape)

    def mean(self, x: Any) -> Any:
        return jnp.sum(x, self.others) / self.count

    def sum(self, x: Any) -> Any:
        return jnp.sum(x, self.others)


def _batch_norm(x: Any, scale: Any, offset: Any, mean: Any, variance: Any, epsilon: float, factor: float,
                data_format: str, training: bool) -> tuple[Any, ...]:
    """y, the mean and the variance to keep, and the mean and the variance that were used."""
    wide, along = x.astype(scale.dtype), _Channels(x, data_format)
    if not training:
        used = mean, variance
        kept = mean, variance
    else:
        centre = along.mean(wide)
        spread = along.mean(jnp.square(wide - along.spread(centre)))
        used = centre, spread
        unbiased = kept_variance(spread, along.count)
        kept = centre, unbiased
        if factor != 1:
            kept = (1 - factor) * mean + factor * centre, (1 - factor) * variance + factor * unbiased
    y = (wide - along.spread(used[0])) * along.spread(lax.rsqrt(used[1] + epsilon) * scale) + along.spread(offset)
    return y.astype(x.dtype), *kept, *used


def kept_variance(variance: Any, count: int) -> Any:
    """The variance of the population that a batch of `count` numbers with this variance suggests."""
    return variance * (count / max(count - 1, 1))


def _norm_dims(inputs: Sequence[Any], attrs: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Dims of x, its dtype, and the dims of one number a channel. Raises ShapeFault."""
    data_format = attrs["data_format"]
    windows.check_choice("FusedBatchNorm", "data_format", data_format, _FORMATS)
    x = inputs[0].dims
    windows.check_rank(x, len(data_format))
    channels = None if x is None else x[1 if data_format[1] == "C" else -1]
    vectors = inputs[1:5] if attrs["is_training"] is False else inputs[1:3]
    for name, given in zip(("scale", "offset", "mean", "variance"), vectors, strict=False):
        if given.dims is None:
            continue
        if len(given.dims) != 1:
            raise ShapeFault(f"Shape must be rank 1 but is rank {len(given.dims)}",
                             f"{name} must be 1-dimensional {rules.text(given.dims)}")
        if None not in (channels, given.dims[0]) and given.dims[0] != channels:
            raise ShapeFault(f"Dimensions must be equal, but are {channels} and {given.dims[0]}",
                             f"{name} must have the same number of elements as the channels of x, got "
                             f"{given.dims[0]} and {channels}")
        channels = given.dims[0] if channels is None else channels
    return x or (None,) * len(data_format), inputs[0].dtype, (channels,)


def _norm_samples(*, training: bool = True, grad: bool = False) -> Any:
    def make(rng: Any) -> Any:
        found = []
        for shape, data_format in (((2, 3, 2, 2), "NHWC"), ((2, 2, 3, 2), "NCHW")):
            x = rng.normal(size=shape).astype(np.float32)
            vectors = [rng.uniform(0.5, 2, 2).astype(np.float32) for _ in range(4)]
            found.append(((x, *vectors), {"data_format": data_format, "is_training": training, "epsilon": 0.01}))
        return found

    return make


_NORM_OUTPUTS = ("y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2")


def _declare_norm(version: str, number_types: Any, statistic_types: Any) -> tuple[Any, Any]:
    """One version of FusedBatchNorm and of its gradient. They differ in dtypes and in what they keep."""
    third = version == "V3"
    types: dict[str, Any] = {"T": number_types}
    kind = "T" if not version else "U"
    if version:
        types["U"] = statistic_types
    outputs = (*_NORM_OUTPUTS, *(("reserve_space_3",) if third else ()))
    vectors = ", ".join(f"{n}: {kind}" for n in ("scale", "offset", "mean", "variance"))

    @op(f"FusedBatchNorm{version}", inputs=f"x: T, {vectors}", outputs=outputs, **types,
        samples=lambda rng: _norm_samples()(rng) + _norm_samples(training=False)(rng),
        waive={"gradient": "float32 only; the gradient ignores all outputs but y, as TensorFlow's does"})
    def forward(x, scale, offset, mean, variance, *, epsilon: float = 0.0001, exponential_avg_factor: float = 1,
                data_format: str = "NHWC", is_training: bool = True):
        """x normalised by channel: with the batch's mean and variance in training, else with those given."""
        results = _batch_norm(x, scale, offset, mean, variance, epsilon, exponential_avg_factor, data_format,
                              is_training)
        return (*results, jnp.zeros((), scale.dtype)) if third else results

    @forward.shape
    def _(inputs, attrs):
        dims, dtype, vector = _norm_dims(inputs, attrs)
        kept = [(vector, inputs[1].dtype)] * 4
        return [(dims, dtype), *kept, *([((), inputs[1].dtype)] if third else [])]

    @forward.grad
    def _(call, dy, *_others):
        x, scale = call.inputs[:2]
        if dy is None:
            return [None] * 5
        attrs = {k: call.attrs[k] for k in ("epsilon", "data_format", "is_training")}
        used = call.outputs[3:5] if attrs["is_training"] else call.inputs[3:5]
        more = [call.outputs[5]] if third else []
        dx, dscale, doffset = backward(dy, x, scale, *used, *more, **attrs)[:3]
        return [dx, dscale, doffset, None, None]

    backward = _declare_gradient(version, {**types, "U": (dtypes.float32,)} if version else types)
    return forward, backward


def _declare_gradient(version: str, types: dict[str, Any]) -> Any:
    """The gradient op of one version of FusedBatchNorm."""
    third, kind = version == "V3", "U" if version else "T"
    kept = [f"reserve_space_{i}" for i in range(1, 4 if third else 3)]
    unused = ("reserve_space_4", "reserve_space_5") if third else ("reserve_space_3", "reserve_space_4")

    @op(f"FusedBatchNormGrad{version}", outputs=("x_backprop", "scale_backprop", "offset_backprop", *unused),
        inputs=", ".join(["y_backprop: T", "x: T", f"scale: {'float32' if version else 'T'}",
                          *(f"{name}: {kind}" for name in kept)]),
        **types, samples=_gradient_samples(third), waive={"gradient": "float32 only"})
    def backward(y_backprop, x, scale, *reserves, epsilon: float = 0.0001, data_format: str = "NHWC",
                 is_training: bool = True):
        """The gradients of the batch normalisation in x, scale and offset."""
        mean, variance = reserves[:2]
        results = _batch_norm_gradient(y_backprop, x, scale, mean, variance, epsilon, data_format, is_training)
        empty = jnp.zeros((0,), scale.dtype)
        return (*results, empty, empty)

    @backward.shape
    def _(inputs, attrs):
        dims, dtype, vector = _norm_dims([inputs[1], inputs[2], inputs[2]], {**attrs, "is_training": True})
        numbers = inputs[2].dtype
        return [(dims, dtype), (vector, numbers), (vector, numbers), ((0,), numbers), ((0,), numbers)]

    return backward


def _gradient_samples(third: bool) -> Any:
    def make(rng: Any) -> Any:
        found = []
        for (x, scale, _, mean, variance), attrs in (*_norm_samples()(rng), *_norm_samples(training=False)(rng)):
            more = (np.zeros((), np.float32),) if third else ()
            if attrs["is_training"]:
                others = (0, 1, 2) if attrs["data_format"] == "NHWC" else (0, 2, 3)
                mean, variance = x.mean(others), x.var(others)
            found.append(((rng.normal(size=x.shape).astype(np.float32), x, scale, mean, variance, *more), attrs))
        return found

    return make


def _batch_norm_gradient(dy: Any, x: Any, scale: Any, mean: Any, variance: Any, epsilon: float, data_format: str,
                         training: bool) -> tuple[Any, Any, Any]:
    wide, dy, along = x.astype(scale.dtype), dy.astype(scale.dtype), _Channels(x, data_format)
    if training:
        mean, variance = _statistics_of(wide, mean, variance, along)
    root = lax.rsqrt(variance + epsilon)
    centred = wide - along.spread(mean)
    doffset = along.sum(dy)
    dscale = along.sum(dy * centred) * root
    if training:
        through = along.spread(doffset / along.count) + centred * along.spread(dscale * root / along.count)
        dx = (dy - through) * along.spread(root * scale)
    else:
        dx = dy * along.spread(root * scale)
    return dx.astype(x.dtype), dscale, doffset


def _statistics_of(x: Any, mean: Any, variance: Any, along: _Channels) -> tuple[Any, Any]:
    """`mean` and `variance` as they are, which vary with `x` as the mean and the variance of `x` do.

    The forward op computed them; second derivatives must still see where they came from.
    """
    @jax.custom_jvp
    def known(x: Any, mean: Any, variance: Any) -> tuple[Any, Any]:
        return mean, variance

    @known.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        x, mean, variance = primals
        moved = tangents[0]
        change = 2 * along.mean((x - along.spread(mean)) * moved)
        return (mean, variance), (along.mean(moved), change)

    return known(x, mean, variance)


_fused_batch_norm, _gradient = _declare_norm("", (dtypes.float32,), ())
_fused_batch_norm_v2, _gradient_v2 = _declare_norm("V2", _HALF_OR_FLOAT, (dtypes.float32,))
fused_batch_norm_v3, _gradient_v3 = _declare_norm("V3", _HALF_OR_FLOAT, (dtypes.bfloat16, dtypes.float32))
batch_norms = (_fused_batch_norm, _fused_batch_norm_v2, fused_batch_norm_v3)
batch_norm_gradients = (_gradient, _gradient_v2, _gradient_v3)


# Local response normalisation -------------------------------------------------------------------------------


def _lrn(x: Any, depth_radius: int, bias: float, alpha: float, beta: float) -> Any:
    wide = x.astype(jnp.float32) if x.dtype.itemsize == 2 else x
    depth_radius = min(depth_radius, x.shape[-1])
    width = 2 * depth_radius + 1
    sums = lax.reduce_window(jnp.square(wide), np.zeros((), wide.dtype), lax.add, (1, 1, 1, width), (1, 1, 1, 1),
                             [(0, 0)] * 3 + [(depth_radius, depth_radius)])
    return (wide * (bias + alpha * sums) ** -beta).astype(x.dtype)


def _image_dims(inputs, attrs):
    windows.check_rank(inputs[0].dims, 4)
    return [(inputs[0].dims or (None,) * 4, inputs[0].dtype)]


@op("LRN", names=("nn.local_response_normalization", "nn.lrn"), inputs="input: T", T=FLOATS[:3],
    samples=lambda rng: [((rng.normal(size=(1, 2, 2, 7)).astype(np.float32),), {"depth_radius": 2, "alpha": 0.3})])
def lrn(input, *, depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5):
    """x / (bias + alpha · Σ x²)^beta, summed over the channels within `depth_radius`. Krizhevsky et al. 2012.

    input: floats [batch, height, width, channels]. Returns the same shape and dtype.
    """
    return _lrn(input, depth_radius, bias, alpha, beta)


lrn.shape(_image_dims)


def _lrn_samples(rng: Any) -> Any:
    dy, x = (rng.normal(size=(1, 2, 2, 7)).astype(np.float32) for _ in range(2))
    attrs = {"depth_radius": 2, "alpha": 0.3}
    return [((dy, x, np.asarray(_lrn(jnp.asarray(x), 2, 1, 0.3, 0.5))), attrs)]


@lrn.grad
def _(call, dy):
    return lrn_grad(dy, call.inputs[0], call.outputs[0], **call.attrs)


@op("LRNGrad", inputs="input_grads: T, input_image: T, output_image: T", T=FLOATS[:3],
    samples=_lrn_samples)
def lrn_grad(input_grads, input_image, output_image, *, depth_radius: int = 5, bias: float = 1, alpha: float = 1,
             beta: float = 0.5):
    """The gradient of `LRN`."""
    _, pull = jax.vjp(lambda x: _lrn(x, depth_radius, bias, alpha, beta), input_image)
    return pull(input_grads)[0]


lrn_grad.shape(_image_dims)
