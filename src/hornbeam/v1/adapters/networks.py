"""Networks as TensorFlow 1 spells them: other orders of arguments, and names that are gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.ops import activations, array, convolution, embedding, losses, morphology, nn, normalization, pools
from hornbeam.ops.conv import (
    conv2d_backprop_filter_op,
    conv2d_backprop_input_op,
    conv3d_backprop_filter_op,
    conv3d_op,
)
from hornbeam.ops.depthwise import depthwise_conv2d_op
from hornbeam.ops.windows import format_of, split_padding


def _either(new: Any, new_name: str, old: Any, old_name: str) -> Any:
    """An argument under its name or its retired one. Raises ValueError where both are given."""
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old


def _required(function: str, **arguments: Any) -> None:
    """Raise ValueError where an argument that only the signature makes optional is missing."""
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"{function}: `{name}` must be provided.")


# Activations, dropout ---------------------------------------------------------------------------------


@public(v1=("nn.crelu",))
def crelu(features: Any, name: str | None = None, axis: int = -1) -> Any:
    """relu of x and of -x, joined along `axis`."""
    return activations.crelu(features, axis, name)


@composite("dropout")
def _dropout(x: Any, rate: Any, noise_shape: Any, seed: int | None, name: str | None = None) -> Any:
    return nn.dropped(x, rate, noise_shape, seed)


@public(v1=("nn.dropout",))
def dropout(x: Any, keep_prob: Any = None, noise_shape: Any = None, seed: int | None = None, name: str | None = None,
            rate: Any = None) -> Any:
    """Each element is 0 with probability `rate` = 1 - `keep_prob`, else divided by `keep_prob`.

    x: floats. keep_prob: a number of (0, 1] or a scalar tensor; `rate` says the same the other way round.
    noise_shape: the shape of the draws, which broadcasts to that of `x`. seed: see `set_random_seed`.
    Raises ValueError for both or neither of `keep_prob` and `rate`, and for values out of range.
    """
    kept = None if keep_prob is None else 1 - keep_prob
    rate = _either(rate, "rate", kept, "keep_prob")
    if rate is None:
        raise ValueError(f"`rate` must be provided. Received: rate={rate}")
    return _dropout(x, rate, noise_shape, seed, name=name)


# Losses -----------------------------------------------------------------------------------------------


@public(v1=("nn.softmax_cross_entropy_with_logits",))
@composite("softmax_cross_entropy_with_logits_sg")
def softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, dim: int = -1, name: str | None = None,
                                      axis: int | None = None) -> Any:
    """-Σ labels · log softmax(logits) along `dim`. Gradients flow to the logits, not to the labels.

    labels: probabilities. logits: floats of the same shape and dtype. `axis` is another name of `dim`.
    """
    losses.both_given(labels, logits, "softmax_cross_entropy_with_logits")
    fixed = array.stop_gradient(labels, name="labels_stop_gradient")
    return losses.softmax_cross_entropy(fixed, logits, dim if axis is None else axis)


@public(v1=("nn.softmax_cross_entropy_with_logits_v2",))
def softmax_cross_entropy_with_logits_v2(labels: Any, logits: Any, axis: int | None = None, name: str | None = None,
                                         dim: int | None = None) -> Any:
    """-Σ labels · log softmax(logits) along `axis`; gradients flow to the labels too. `dim` is another name of `axis`.
    """
    axis = _either(axis, "axis", dim, "dim")
    return losses.softmax_cross_entropy_with_logits(labels, logits, -1 if axis is None else axis, name)


@public(v1=("nn.sparse_softmax_cross_entropy_with_logits",))
def sparse_softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """-log softmax(logits) at the class that `labels` names.

    labels: class numbers, int32 or int64, of the shape of `logits` without its last dimension.
    """
    losses.both_given(labels, logits, "sparse_softmax_cross_entropy_with_logits")
    return losses.sparse_softmax_cross_entropy_with_logits(labels, logits, name)


@public(v1=("nn.weighted_cross_entropy_with_logits",))
def weighted_cross_entropy_with_logits(labels: Any = None, logits: Any = None, pos_weight: Any = None,
                                       name: str | None = None, targets: Any = None) -> Any:
    """As `sigmoid_cross_entropy_with_logits`, with the positive part multiplied by `pos_weight`.

    targets: the retired name of `labels`.
    """
    labels = _either(labels, "labels", targets, "targets")
    _required("weighted_cross_entropy_with_logits", labels=labels, logits=logits, pos_weight=pos_weight)
    return losses.weighted_cross_entropy_with_logits(labels, logits, pos_weight, name)


# Normalisation ----------------------------------------------------------------------------------------


@public(v1=("nn.moments",))
def moments(x: Any, axes: Any, shift: Any = None, name: str | None = None, keep_dims: bool | None = None,
            keepdims: bool | None = None) -> Any:
    """The mean and the variance over dimensions. `keep_dims` is the retired name of `keepdims`."""
    return normalization.moments(x, axes, shift, bool(_either(keepdims, "keepdims", keep_dims, "keep_dims")), name)


@public(v1=("nn.weighted_moments",))
def weighted_moments(x: Any, axes: Any, frequency_weights: Any, name: str | None = None,
                     keep_dims: bool | None = None, keepdims: bool | None = None) -> Any:
    """The mean and the variance over dimensions, each element counted as often as its weight says."""
    keep = bool(_either(keepdims, "keepdims", keep_dims, "keep_dims"))
    return normalization.weighted_moments(x, axes, frequency_weights, keep, name)


@public(v1=("nn.sufficient_statistics",))
def sufficient_statistics(x: Any, axes: Any, shift: Any = None, keep_dims: bool | None = None,
                          name: str | None = None, keepdims: bool | None = None) -> Any:
    """What means and variances follow from: the count, Σ (x - shift), Σ (x - shift)², and the shift."""
    keep = bool(_either(keepdims, "keepdims", keep_dims, "keep_dims"))
    return normalization.sufficient_statistics(x, axes, shift, keep, name)


@public(v1=("nn.batch_norm_with_global_normalization",))
def batch_norm_with_global_normalization(t: Any = None, m: Any = None, v: Any = None, beta: Any = None,
                                         gamma: Any = None, variance_epsilon: Any = None,
                                         scale_after_normalization: Any = None, name: str | None = None,
                                         input: Any = None, mean: Any = None, variance: Any = None) -> Any:
    """`batch_normalization` of images with one mean and variance a channel, as the first TensorFlow had it."""
    x = _either(input, "input", t, "t")
    mean, variance = _either(mean, "mean", m, "m"), _either(variance, "variance", v, "v")
    return normalization.batch_norm_with_global_normalization(x, mean, variance, beta, gamma, variance_epsilon,
                                                              scale_after_normalization, name)


@public(v1=("nn.fused_batch_norm",))
def fused_batch_norm(x: Any, scale: Any, offset: Any, mean: Any = None, variance: Any = None, epsilon: float = 0.001,
                     data_format: str = "NHWC", is_training: bool = True, name: str | None = None,
                     exponential_avg_factor: float = 1.0) -> Any:
    """Batch normalisation of images or volumes by channel. Ioffe and Szegedy 2015.

    x: floats, laid out as `data_format` says. scale, offset: one number a channel. mean, variance: those to normalise
    with where `is_training` is false; in training with `exponential_avg_factor` below 1, those to average with.
    Returns (y, mean, variance): in training the batch's, the variance divided by the count less one.
    Raises ValueError where mean and variance are needed and missing.
    """
    if (not is_training or exponential_avg_factor != 1.0) and (mean is None or variance is None):
        raise ValueError("Both `mean` and `variance` must be a 1D tensor when `is_training` is False or "
                         f"`exponential_avg_factor` != 1.0. Received: `mean` {mean!r} and `variance` {variance!r}")
    empty = np.zeros(0, np.float32)
    # a variance below 1.001e-5 made cuDNN fail, so TensorFlow raises epsilon to it
    found = normalization.fused_batch_norm_v3(
        x, scale, offset, empty if mean is None else mean, empty if variance is None else variance,
        epsilon=max(float(epsilon), 1.001e-5), exponential_avg_factor=float(exponential_avg_factor),
        data_format=data_format, is_training=bool(is_training), name=name)
    return found[0], found[1], found[2]


# Convolutions -----------------------------------------------------------------------------------------


@public(v1=("nn.conv1d",))
def conv1d(value: Any = None, filters: Any = None, stride: Any = None, padding: Any = None,
           use_cudnn_on_gpu: bool | None = None, data_format: str | None = None, name: str | None = None,
           input: Any = None, dilations: Any = None) -> Any:
    """The convolution of sequences with filters. `value` is the retired name of `input`."""
    return convolution.conv1d(_either(input, "input", value, "value"), filters, stride, padding, data_format or "NWC",
                              dilations, name)


@public(v1=("nn.conv2d",))
def conv2d(input: Any, filter: Any = None, strides: Any = None, padding: Any = None, use_cudnn_on_gpu: bool = True,
           data_format: str = "NHWC", dilations: Any = (1, 1, 1, 1), name: str | None = None,
           filters: Any = None) -> Any:
    """The convolution of images with filters.

    input: [batch, height, width, channels], or channels second with `data_format` "NCHW". filter (or filters):
    [height, width, in, out]. strides, dilations: one a dimension. padding: "VALID", "SAME" or a list of pairs.
    """
    return convolution.plain_conv2d(input, _either(filters, "filters", filter, "filter"), strides, padding,
                                    data_format, dilations, name)


@public(v1=("nn.conv3d",))
def conv3d(input: Any, filter: Any = None, strides: Any = None, padding: Any = None, data_format: str = "NDHWC",
           dilations: Any = (1, 1, 1, 1, 1), name: str | None = None, filters: Any = None) -> Any:
    """The convolution of volumes with filters."""
    kernel = _either(filters, "filters", filter, "filter")
    return conv3d_op(input, kernel, strides=tuple(strides), padding=padding, data_format=data_format,
                     dilations=tuple(dilations), name=name)


@composite("convolution")
def _convolution(input: Any, filters: Any, strides: Any, padding: Any, data_format: str | None, dilations: Any,
                 name: str | None = None) -> Any:
    return convolution.any_convolution(input, filters, strides, padding, data_format, dilations)


@public(v1=("nn.convolution",))
def convolution_v1(input: Any, filter: Any, padding: Any, strides: Any = None, dilation_rate: Any = None,
                   name: str | None = None, data_format: str | None = None, filters: Any = None,
                   dilations: Any = None) -> Any:
    """A convolution in as many dimensions (1, 2, 3) as the filters have. `dilation_rate` is a name of `dilations`."""
    rates = _either(dilations, "dilations", dilation_rate, "dilation_rate")
    return _convolution(input, _either(filters, "filters", filter, "filter"), strides, padding, data_format, rates,
                        name=name)


@composite("conv2d_transpose")
def _conv2d_transpose(x: Any, kernel: Any, output_shape: Any, strides: Any, padding: Any, data_format: str,
                      dilations: Any, name: str | None = None) -> Any:
    return convolution.transposed_conv2d(x, kernel, output_shape, strides, padding, data_format, dilations)


@public(v1=("nn.conv2d_transpose",))
def conv2d_transpose(value: Any = None, filter: Any = None, output_shape: Any = None, strides: Any = None,
                     padding: Any = "SAME", data_format: str = "NHWC", name: str | None = None, input: Any = None,
                     filters: Any = None, dilations: Any = None) -> Any:
    """The transpose of `conv2d`, which makes images larger. `value` is the retired name of `input`.

    filter (or filters): [height, width, out, in]. output_shape: of the result.
    """
    x, kernel = _either(input, "input", value, "value"), _either(filters, "filters", filter, "filter")
    return _conv2d_transpose(x, kernel, output_shape, strides, padding, data_format, dilations, name=name)


@composite("conv3d_transpose")
def _conv3d_transpose(x: Any, kernel: Any, output_shape: Any, strides: Any, padding: str, data_format: str,
                      dilations: Any, name: str | None = None) -> Any:
    return convolution.transposed_conv3d(x, kernel, output_shape, strides, padding, data_format, dilations)


@public(v1=("nn.conv3d_transpose",))
def conv3d_transpose(value: Any, filter: Any = None, output_shape: Any = None, strides: Any = None,
                     padding: str = "SAME", data_format: str = "NDHWC", name: str | None = None, input: Any = None,
                     filters: Any = None, dilations: Any = None) -> Any:
    """The transpose of `conv3d`, which makes volumes larger. `value` is the retired name of `input`."""
    x, kernel = _either(input, "input", value, "value"), _either(filters, "filters", filter, "filter")
    return _conv3d_transpose(x, kernel, output_shape, strides, padding, data_format, dilations, name=name)


@public(v1=("nn.conv2d_backprop_input",))
def conv2d_backprop_input(input_sizes: Any, filter: Any = None, out_backprop: Any = None, strides: Any = None,
                          padding: Any = None, use_cudnn_on_gpu: bool = True, data_format: str = "NHWC",
                          dilations: Sequence[int] = (1, 1, 1, 1), name: str | None = None, filters: Any = None) -> Any:
    """The gradient of `conv2d` in its input, whose shape is `input_sizes`."""
    kind, explicit = split_padding(padding)
    return conv2d_backprop_input_op(
        convolution.sizes(input_sizes), _either(filters, "filters", filter, "filter"), out_backprop,
        strides=tuple(strides), padding=kind, use_cudnn_on_gpu=use_cudnn_on_gpu, explicit_paddings=explicit,
        data_format=data_format, dilations=tuple(dilations), name=name)


@public(v1=("nn.conv2d_backprop_filter",))
def conv2d_backprop_filter(input: Any, filter_sizes: Any, out_backprop: Any, strides: Any, padding: Any,
                           use_cudnn_on_gpu: bool = True, data_format: str = "NHWC",
                           dilations: Sequence[int] = (1, 1, 1, 1), name: str | None = None) -> Any:
    """The gradient of `conv2d` in its filter, whose shape is `filter_sizes`."""
    kind, explicit = split_padding(padding)
    return conv2d_backprop_filter_op(
        input, convolution.sizes(filter_sizes), out_backprop, strides=tuple(strides), padding=kind,
        use_cudnn_on_gpu=use_cudnn_on_gpu, explicit_paddings=explicit, data_format=data_format,
        dilations=tuple(dilations), name=name)


@public(v1=("nn.conv3d_backprop_filter", "nn.conv3d_backprop_filter_v2"))
def conv3d_backprop_filter(input: Any, filter_sizes: Any, out_backprop: Any, strides: Any, padding: str,
                           data_format: str = "NDHWC", dilations: Sequence[int] = (1, 1, 1, 1, 1),
                           name: str | None = None) -> Any:
    """The gradient of `conv3d` in its filter, whose shape is `filter_sizes`."""
    return conv3d_backprop_filter_op(input, convolution.sizes(filter_sizes), out_backprop, strides=tuple(strides),
                                     padding=padding, data_format=data_format, dilations=tuple(dilations), name=name)


@composite("depthwise")
def _depthwise(input: Any, filter: Any, strides: Any, padding: Any, data_format: str | None, dilations: Any,
               name: str | None = None) -> Any:
    return convolution.by_channel(input, filter, strides, padding, data_format, dilations)


@public(v1=("nn.depthwise_conv2d",))
def depthwise_conv2d(input: Any, filter: Any, strides: Any, padding: Any, rate: Any = None, name: str | None = None,
                     data_format: str | None = None, dilations: Any = None) -> Any:
    """Each channel convolved with its own filters [height, width, channels, multiplier]. `rate`: the dilations."""
    rates = _either(dilations, "dilations", rate, "rate")
    return _depthwise(input, filter, strides, padding, data_format, rates, name=name)


@public(v1=("nn.depthwise_conv2d_native",))
def depthwise_conv2d_native(input: Any, filter: Any, strides: Any, padding: Any, data_format: str = "NHWC",
                            dilations: Sequence[int] = (1, 1, 1, 1), name: str | None = None) -> Any:
    """Each channel convolved with its own filters [height, width, channels, multiplier]."""
    kind, explicit = split_padding(padding)
    return depthwise_conv2d_op(input, filter, strides=tuple(strides), padding=kind, explicit_paddings=explicit,
                               data_format=data_format, dilations=tuple(dilations), name=name)


@composite("separable_conv2d")
def _separable(input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: Any,
               data_format: str | None, dilations: Any, name: str | None = None) -> Any:
    return convolution.separable(input, depthwise_filter, pointwise_filter, strides, padding, data_format, dilations)


@public(v1=("nn.separable_conv2d",))
def separable_conv2d(input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: Any,
                     rate: Any = None, name: str | None = None, data_format: str | None = None,
                     dilations: Any = None) -> Any:
    """A depthwise convolution followed by one of 1 × 1 filters. `rate`: the dilations of the first."""
    rates = _either(dilations, "dilations", rate, "rate")
    return _separable(input, depthwise_filter, pointwise_filter, strides, padding, data_format, rates, name=name)


@public(v1=("nn.dilation2d",))
def dilation2d(input: Any, filter: Any = None, strides: Any = None, rates: Any = None, padding: Any = None,
               name: str | None = None, filters: Any = None, dilations: Any = None) -> Any:
    """Grayscale dilation: the maximum over a window of input + filter. `rates` are the dilations."""
    kernel = _either(filters, "filters", filter, "filter")
    steps = _either(rates, "rates", dilations, "dilations")
    _required("dilation2d", filter=kernel, strides=strides, rates=steps, padding=padding)
    return morphology.dilation2d_op(input, kernel, strides=tuple(strides), rates=tuple(steps), padding=padding,
                                    name=name)


@public(v1=("nn.erosion2d",))
@composite("erosion2d")
def erosion2d(value: Any, kernel: Any, strides: Any, rates: Any, padding: str, name: str | None = None) -> Any:
    """Grayscale erosion: the minimum over a window of value - kernel. `rates` are the dilations."""
    return morphology.eroded(value, kernel, strides, rates, padding)


# Pooling ----------------------------------------------------------------------------------------------


@public(v1=("nn.max_pool",))
def max_pool(value: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None,
             input: Any = None) -> Any:
    """The maximum of each window of images.

    value (or input): [batch, height, width, channels], or channels second with "NCHW". ksize, strides: one a
    dimension. padding: "VALID", "SAME" or a list of pairs, one a dimension.
    """
    return pools.pooled("MAX", _either(input, "input", value, "value"), ksize, strides, padding,
                        format_of(data_format, 2), 2, name)


@public(v1=("nn.avg_pool", "nn.avg_pool2d"))
def avg_pool(value: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC", name: str | None = None,
             input: Any = None) -> Any:
    """The mean of each window of images; padding does not count.

    value (or input): floats [batch, height, width, channels], or channels second with "NCHW". ksize, strides: one a
    dimension. padding: "VALID" or "SAME".
    """
    return pools.pooled("AVG", _either(input, "input", value, "value"), ksize, strides, padding,
                        format_of(data_format, 2), 2, name)


@public(v1=("nn.max_pool_with_argmax",))
def max_pool_with_argmax(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC",
                         Targmax: Any = None, name: str | None = None, output_dtype: Any = None,
                         include_batch_in_index: bool = False) -> Any:
    """The maximum of each window of images, and where it stands. `Targmax` is the retired name of `output_dtype`."""
    kind = _either(output_dtype, "output_dtype", Targmax, "Targmax")
    return pools.max_pool_with_argmax(input, ksize, strides, padding, data_format,
                                      dtypes.int64 if kind is None else kind, include_batch_in_index, name)


@public(v1=("nn.pool",))
def pool(input: Any, window_shape: Any, pooling_type: str, padding: str, dilation_rate: Any = None, strides: Any = None,
         name: str | None = None, data_format: str | None = None, dilations: Any = None) -> Any:
    """Pooling in 1, 2 or 3 dimensions. `dilation_rate` is the retired name of `dilations`."""
    rates = _either(dilations, "dilations", dilation_rate, "dilation_rate")
    return pools.pooled_apart(input, window_shape, pooling_type, strides, padding, data_format, rates, name)


# Embeddings -------------------------------------------------------------------------------------------


@composite("embedding_lookup")
def _embedding_lookup(params: Any, ids: Any, strategy: str, max_norm: float | None, name: str | None = None) -> Any:
    return embedding.looked_up(params, ids, strategy, max_norm)


@public(v1=("nn.embedding_lookup",))
def embedding_lookup(params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None,
                     validate_indices: bool = True, max_norm: float | None = None) -> Any:
    """The rows of a table that `ids` name.

    params: a tensor or variable [rows, ...], or a list of them: id i is in part i mod n for `partition_strategy`
    "mod", in the part of its block for "div". max_norm: rows of a larger l2 norm are scaled down to it.
    Raises InvalidArgumentError for an id that is no row.
    """
    return _embedding_lookup(params, ids, partition_strategy, max_norm, name=name)


