"""contrib's convolutions."""

from __future__ import annotations

from typing import Any

from hornbeam.ops.activations import relu
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.framework.variables import model_variable
from hornbeam.v1.contrib.layers.fully import KERNEL_NAMES, XAVIER, finished
from hornbeam.v1.contrib.layers.outputs import (
    channel_dimension,
    collect_named_outputs,
    collect_variable,
    collections_of,
    last_dimension,
    renaming,
    two_element_tuple,
)
from hornbeam.v1.contrib.names import of_layers
from hornbeam.v1.layers import convolutional, separable, transposed
from hornbeam.v1.layers.lookup import ZEROS

_LAYERS = {3: convolutional.Conv1D, 4: convolutional.Conv2D, 5: convolutional.Conv3D}
_FORMATS = {3: ("NWC", "NCW"), 4: ("NHWC", "NCHW"), 5: ("NDHWC", "NCDHW")}


def _order(data_format: str | None, rank: int) -> str:
    """"channels_first" or "channels_last". Raises ValueError for other formats."""
    if data_format not in (None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW") or (
            rank != 3 and data_format is not None and data_format not in _FORMATS[rank]):
        raise ValueError(f"Invalid data_format: {data_format!r}")
    return "channels_first" if data_format and data_format.startswith("NC") else "channels_last"


@of_layers("convolution")
@add_arg_scope
def convolution(inputs: Any, num_outputs: int | None, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
                data_format: str | None = None, rate: Any = 1, activation_fn: Any = relu, normalizer_fn: Any = None,
                normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
                biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
                variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
                scope: Any = None, conv_dims: int | None = None) -> Any:
    """A convolution in as many dimensions as the input has, its biases added (or normalised) and activated.

    inputs: [batch, ...space, channels], or channels second with a `data_format` "NC…". kernel_size, stride, rate:
    numbers, or one a dimension. conv_dims: how many dimensions there must be. normalizer_fn: called instead of adding
    biases. Variables: `weights` [...space, in, num_outputs] and `biases`, in the scope `Conv`.
    Raises ValueError for other formats and ranks.
    """
    with tf.variable_scope(scope, "Conv", [inputs], reuse=reuse, custom_getter=renaming(KERNEL_NAMES)) as opened:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.rank
        if conv_dims is not None and conv_dims + 2 != rank:
            raise ValueError(f"Convolution expects input with rank {conv_dims + 2}, got {rank}")
        if rank not in _LAYERS:
            raise ValueError("Convolution not supported for input with rank", rank)
        layer = _LAYERS[rank](
            num_outputs, kernel_size, stride, padding, _order(data_format, rank), rate, None,
            bool(not normalizer_fn and biases_initializer), weights_initializer, biases_initializer,
            weights_regularizer, biases_regularizer, trainable=trainable, name=opened.name,
            dtype=inputs.dtype.base_dtype, _scope=opened, _reuse=reuse)
        return finished(layer(inputs), layer, opened, activation_fn, normalizer_fn, normalizer_params,
                        variables_collections, outputs_collections)


def _in_dimensions(n: int, *names: str) -> Any:
    @of_layers(*names)
    @add_arg_scope
    def layer(inputs: Any, num_outputs: int | None, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
              data_format: str | None = None, rate: Any = 1, activation_fn: Any = relu, normalizer_fn: Any = None,
              normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
              biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
              variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
              scope: Any = None) -> Any:
        return convolution(inputs, num_outputs, kernel_size, stride, padding, data_format, rate, activation_fn,
                           normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
                           biases_initializer, biases_regularizer, reuse, variables_collections, outputs_collections,
                           trainable, scope, conv_dims=n)

    layer.__name__ = layer.__qualname__ = f"convolution{n}d"
    layer.__doc__ = f"`convolution` in {n} dimension{'s' * (n > 1)}: inputs of rank {n + 2} (ValueError for others)."
    return layer


convolution1d = _in_dimensions(1, "conv1d", "convolution1d")
convolution2d = _in_dimensions(2, "conv2d", "convolution2d")
convolution3d = _in_dimensions(3, "conv3d", "convolution3d")


def _transposed(kind: Any, default_scope: str, formats: tuple[str, str], *args: Any) -> Any:
    """A transposed convolution; the arguments as in `convolution2d_transpose`."""
    (inputs, num_outputs, kernel_size, stride, padding, data_format, activation_fn, normalizer_fn, normalizer_params,
     weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, reuse, variables_collections,
     outputs_collections, trainable, scope) = args
    with tf.variable_scope(scope, default_scope, [inputs], reuse=reuse,
                           custom_getter=renaming(KERNEL_NAMES)) as opened:
        if data_format not in formats:
            raise ValueError(f"data_format has to be either {formats[1]} or {formats[0]}.")
        inputs = tf.convert_to_tensor(inputs)
        layer = kind(num_outputs, kernel_size, stride, padding,
                     "channels_first" if data_format.startswith("NC") else "channels_last", None,
                     bool(not normalizer_fn and biases_initializer), weights_initializer, biases_initializer,
                     weights_regularizer, biases_regularizer, trainable=trainable, name=opened.name,
                     dtype=inputs.dtype.base_dtype, _scope=opened, _reuse=reuse)
        return finished(layer(inputs), layer, opened, activation_fn, normalizer_fn, normalizer_params,
                        variables_collections, outputs_collections)


@of_layers("conv2d_transpose", "convolution2d_transpose")
@add_arg_scope
def convolution2d_transpose(inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
                            data_format: str = "NHWC", activation_fn: Any = relu, normalizer_fn: Any = None,
                            normalizer_params: Any = None, weights_initializer: Any = XAVIER,
                            weights_regularizer: Any = None, biases_initializer: Any = ZEROS,
                            biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None,
                            outputs_collections: Any = None, trainable: bool = True, scope: Any = None) -> Any:
    """The transpose of a convolution of images, which makes them larger, in the scope `Conv2d_transpose`."""
    return _transposed(transposed.Conv2DTranspose, "Conv2d_transpose", _FORMATS[4], inputs, num_outputs, kernel_size,
                       stride, padding, data_format, activation_fn, normalizer_fn, normalizer_params,
                       weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, reuse,
                       variables_collections, outputs_collections, trainable, scope)


@of_layers("conv3d_transpose", "convolution3d_transpose")
@add_arg_scope
def convolution3d_transpose(inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
                            data_format: str = "NDHWC", activation_fn: Any = relu, normalizer_fn: Any = None,
                            normalizer_params: Any = None, weights_initializer: Any = XAVIER,
                            weights_regularizer: Any = None, biases_initializer: Any = ZEROS,
                            biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None,
                            outputs_collections: Any = None, trainable: bool = True, scope: Any = None) -> Any:
    """The transpose of a convolution of volumes, which makes them larger, in the scope `Conv3d_transpose`."""
    return _transposed(transposed.Conv3DTranspose, "Conv3d_transpose", _FORMATS[5], inputs, num_outputs, kernel_size,
                       stride, padding, data_format, activation_fn, normalizer_fn, normalizer_params,
                       weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, reuse,
                       variables_collections, outputs_collections, trainable, scope)


@of_layers("conv2d_in_plane", "convolution2d_in_plane")
@add_arg_scope
def convolution2d_in_plane(inputs: Any, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
                           activation_fn: Any = relu, normalizer_fn: Any = None, normalizer_params: Any = None,
                           weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
                           biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
                           variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
                           scope: Any = None) -> Any:
    """The same filter on each channel by itself. inputs: [batch, height, width, channels]; the result has its channels.

    Variables: `weights` [height, width, 1, 1] and `biases`, in the scope `ConvInPlane`.
    """
    with tf.variable_scope(scope, "ConvInPlane", [inputs], reuse=reuse) as opened:
        inputs = tf.convert_to_tensor(inputs)
        dtype = inputs.dtype.base_dtype
        channels = last_dimension(inputs.shape, 4)
        window, steps = two_element_tuple(kernel_size), two_element_tuple(stride)
        weights = model_variable("weights", [*window, 1, 1], dtype, weights_initializer, weights_regularizer, trainable,
                                 collections_of(variables_collections, "weights"))
        outputs = tf.nn.depthwise_conv2d(inputs, tf.tile(weights, [1, 1, channels, 1]), [1, *steps, 1], padding)
        if normalizer_fn is not None:
            outputs = normalizer_fn(outputs, **(normalizer_params or {}))
        elif biases_initializer is not None:
            biases = model_variable("biases", [channels], dtype, biases_initializer, biases_regularizer, trainable,
                                    collections_of(variables_collections, "biases"))
            outputs = tf.nn.bias_add(outputs, biases)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


@of_layers("separable_conv2d", "separable_convolution2d")
@add_arg_scope
def separable_convolution2d(inputs: Any, num_outputs: int | None, kernel_size: Any, depth_multiplier: int = 1,
                            stride: Any = 1, padding: str = "SAME", data_format: str = "NHWC", rate: Any = 1,
                            activation_fn: Any = relu, normalizer_fn: Any = None, normalizer_params: Any = None,
                            weights_initializer: Any = XAVIER, pointwise_initializer: Any = None,
                            weights_regularizer: Any = None, biases_initializer: Any = ZEROS,
                            biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None,
                            outputs_collections: Any = None, trainable: bool = True, scope: Any = None) -> Any:
    """Each channel convolved by itself, then (unless `num_outputs` is None) a 1 × 1 convolution.

    Variables: `depthwise_weights`, `pointwise_weights` and `biases`, in the scope `SeparableConv2d`.
    pointwise_initializer: by default `weights_initializer`. Raises ValueError for other formats.
    """
    names = {"bias": "biases", "depthwise_kernel": "depthwise_weights", "pointwise_kernel": "pointwise_weights"}
    order = _order(data_format, 4)
    with tf.variable_scope(scope, "SeparableConv2d", [inputs], reuse=reuse, custom_getter=renaming(names)) as opened:
        inputs = tf.convert_to_tensor(inputs)
        if num_outputs is None:
            outputs = _depthwise(inputs, kernel_size, depth_multiplier, stride, padding, data_format, rate,
                                 normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
                                 biases_initializer, biases_regularizer, variables_collections, trainable)
        else:
            layer = separable.SeparableConv2D(
                num_outputs, kernel_size, stride, padding, order, two_element_tuple(rate), depth_multiplier, None,
                bool(not normalizer_fn and biases_initializer), weights_initializer,
                weights_initializer if pointwise_initializer is None else pointwise_initializer, biases_initializer,
                weights_regularizer, weights_regularizer, biases_regularizer, trainable=trainable, name=opened.name,
                dtype=inputs.dtype.base_dtype, _scope=opened, _reuse=reuse)
            outputs = layer(inputs)
            for variable, kind in ((layer.depthwise_kernel, "weights"), (layer.pointwise_kernel, "weights"),
                                   (layer.bias, "biases")):
                if variable is not None:
                    collect_variable(variable, variables_collections, kind)
            if normalizer_fn is not None:
                outputs = normalizer_fn(outputs, **(normalizer_params or {}))
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


def _depthwise(inputs: Any, kernel_size: Any, multiplier: int, stride: Any, padding: str, data_format: str, rate: Any,
               normalizer_fn: Any, normalizer_params: Any, weights_initializer: Any, weights_regularizer: Any,
               biases_initializer: Any, biases_regularizer: Any, collections: Any, trainable: bool) -> Any:
    """Each channel convolved by itself, and normalised or its biases added."""
    dtype = inputs.dtype.base_dtype
    channels = channel_dimension(inputs.shape, data_format, 4)
    window, steps = two_element_tuple(kernel_size), two_element_tuple(stride)
    weights = model_variable("depthwise_weights", [*window, channels, multiplier], dtype, weights_initializer,
                             weights_regularizer, trainable, collections_of(collections, "weights"))
    full = [1, 1, *steps] if data_format.startswith("NC") else [1, *steps, 1]
    outputs = tf.nn.depthwise_conv2d(inputs, weights, full, padding, rate=two_element_tuple(rate),
                                     data_format=data_format)
    if normalizer_fn is not None:
        return normalizer_fn(outputs, **(normalizer_params or {}))
    if biases_initializer is None:
        return outputs
    biases = model_variable("biases", [channels * multiplier], dtype, biases_initializer, biases_regularizer, trainable,
                            collections_of(collections, "biases"))
    return tf.nn.bias_add(outputs, biases, data_format=data_format)
