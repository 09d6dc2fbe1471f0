"""contrib's layers without weights: dropout, flattening, encodings, and layers that follow one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.ops.initializers import Ones
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.framework.variables import model_variable
from hornbeam.v1.contrib.layers.outputs import collect_named_outputs, collections_of, last_dimension
from hornbeam.v1.contrib.names import of_layers
from hornbeam.v1.layers import core
from hornbeam.v1.layers.lookup import ZEROS


@of_layers("dropout")
@add_arg_scope
def dropout(inputs: Any, keep_prob: Any = 0.5, noise_shape: Any = None, is_training: Any = True,
            outputs_collections: Any = None, scope: Any = None, seed: int | None = None) -> Any:
    """Each element is kept with probability `keep_prob` and divided by it, else 0; nothing changes out of training."""
    with tf.variable_scope(scope, "Dropout", [inputs]) as opened:
        layer = core.Dropout(1 - keep_prob, noise_shape, seed, name=opened.name, _scope=opened)
        outputs = layer(tf.convert_to_tensor(inputs), training=is_training)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


@of_layers("flatten")
@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: Any = None) -> Any:
    """All dimensions but the first as one: [batch, size]."""
    with tf.name_scope(scope, "Flatten", [inputs]) as opened:
        return collect_named_outputs(outputs_collections, opened, core.flatten(tf.convert_to_tensor(inputs)))


@of_layers("bias_add")
@add_arg_scope
def bias_add(inputs: Any, activation_fn: Any = None, initializer: Any = ZEROS, regularizer: Any = None,
             reuse: Any = None, variables_collections: Any = None, outputs_collections: Any = None,
             trainable: bool = True, data_format: str = "NHWC", scope: Any = None) -> Any:
    """A variable `biases`, one a channel, added. Raises ValueError for other formats and an unknown size."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with tf.variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as opened:
        inputs = tf.convert_to_tensor(inputs)
        if data_format == "NCHW" and inputs.shape.rank != 4:
            raise ValueError("Inputs should have rank 4 with data_format NCHW")
        channels = inputs.shape.as_list()[1 if data_format == "NCHW" else -1]
        if channels is None:
            raise ValueError("`C` dimension must be known but is None")
        biases = model_variable("biases", [channels], inputs.dtype.base_dtype, initializer, regularizer, trainable,
                                collections_of(variables_collections, "biases"))
        outputs = tf.nn.bias_add(inputs, biases, data_format=data_format)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


@of_layers("one_hot_encoding")
@add_arg_scope
def one_hot_encoding(labels: Any, num_classes: int, on_value: float = 1.0, off_value: float = 0.0,
                     outputs_collections: Any = None, scope: Any = None) -> Any:
    """[batch, num_classes]: `on_value` at the class of each label, `off_value` elsewhere."""
    with tf.name_scope(scope, "OneHotEncoding", [labels, num_classes]) as opened:
        labels = tf.convert_to_tensor(labels)
        if labels.dtype == dtypes.int32:
            labels = tf.cast(labels, dtypes.int64)
        outputs = tf.one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return collect_named_outputs(outputs_collections, opened, outputs)


@of_layers("unit_norm")
@add_arg_scope
def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: Any = None) -> Any:
    """The input divided by its l2 norm along `dim`. Raises ValueError for an unknown rank and a `dim` beyond it."""
    with tf.variable_scope(scope, "UnitNorm", [inputs]):
        rank = inputs.shape.rank
        if rank is None:
            raise ValueError("The input rank must be known.")
        if dim < 0 or dim >= rank:
            raise ValueError("dim must be positive but smaller than the input rank.")
        lengths = tf.sqrt(epsilon + tf.reduce_sum(tf.square(inputs), dim, keepdims=True))
        return tf.div(inputs, lengths)


@of_layers("maxout")
@add_arg_scope
def maxout(inputs: Any, num_units: int, axis: int = -1, scope: Any = None) -> Any:
    """The maxima of `num_units` groups along `axis`. Goodfellow et al. 2013.

    Raises ValueError where the size of the axis is no multiple of `num_units`.
    """
    with tf.variable_scope(scope, "MaxOut", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        dims = inputs.shape.as_list()
        if dims[axis] % num_units:
            raise ValueError(f"number of features({dims[axis]}) is not a multiple of num_units({num_units})")
        at = axis % len(dims)
        known = tf.shape(inputs)
        lead = [d if d is not None else known[i] for i, d in enumerate(dims)]
        groups = tf.reshape(inputs, [*lead[:at], num_units, dims[at] // num_units, *lead[at + 1:]])
        return tf.reduce_max(groups, at + 1)


@of_layers("softmax")
@add_arg_scope
def softmax(logits: Any, scope: Any = None) -> Any:
    """The softmax along the last dimension, which must be known (ValueError)."""
    with tf.variable_scope(scope, "softmax", [logits]):
        flat = tf.reshape(logits, [-1, last_dimension(logits.shape, 2)])
        found = tf.reshape(tf.nn.softmax(flat), tf.shape(logits))
        found.set_shape(logits.shape)
        return found


@of_layers("images_to_sequence")
@add_arg_scope
def images_to_sequence(inputs: Any, data_format: str = "NHWC", outputs_collections: Any = None,
                       scope: Any = None) -> Any:
    """Images [batch, height, width, channels] as sequences along the width: [width, batch · height, channels]."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with tf.name_scope(scope, "ImagesToSequence", [inputs]) as opened:
        inputs = tf.convert_to_tensor(inputs)
        if inputs.shape.rank != 4:
            raise ValueError("Expected inputs of rank 4")
        if data_format == "NCHW":
            inputs = tf.transpose(inputs, [0, 2, 3, 1])
        dims, known = inputs.shape.as_list(), tf.shape(inputs)
        _, height, width, channels = (d if d is not None else known[i] for i, d in enumerate(dims))
        outputs = tf.reshape(tf.transpose(inputs, [2, 0, 1, 3]), [width, known[0] * height, channels])
        return collect_named_outputs(outputs_collections, opened, outputs)


@of_layers("sequence_to_images")
@add_arg_scope
def sequence_to_images(inputs: Any, height: int, output_data_format: str = "channels_last",
                       outputs_collections: Any = None, scope: Any = None) -> Any:
    """Sequences [width, batch · height, channels] as images [batch, height, width, channels]."""
    with tf.name_scope(scope, "SequenceToImages", [inputs]) as opened:
        inputs = tf.convert_to_tensor(inputs)
        dims, known = inputs.shape.as_list(), tf.shape(inputs)
        width, rows, channels = (d if d is not None else known[i] for i, d in enumerate(dims))
        batch = -1 if dims[1] is None else rows // height
        outputs = tf.transpose(tf.reshape(inputs, [width, batch, height, channels]),
                               [1, 3, 2, 0] if output_data_format == "channels_first" else [1, 2, 0, 3])
        return collect_named_outputs(outputs_collections, opened, outputs)


@of_layers("spatial_softmax")
@add_arg_scope
def spatial_softmax(features: Any, temperature: Any = None, name: str | None = None, variables_collections: Any = None,
                    trainable: bool = True, data_format: str = "NHWC") -> Any:
    """Where each channel is active: the expected (x, y), from -1 to 1, under a softmax over the image. Levine 2016.

    features: [batch, height, width, channels], or channels second with "NCHW". temperature: by default a variable that
    is learned. Returns [batch, 2 · channels].
    """
    with tf.variable_scope(name, "spatial_softmax"):
        known, dims = tf.shape(features), features.shape.as_list()
        if data_format not in ("NHWC", "NCHW"):
            raise ValueError("data_format has to be either NCHW or NHWC.")
        axes = (1, 2, 3) if data_format == "NHWC" else (2, 3, 1)
        height, width, channels = (dims[i] if dims[i] is not None else known[i] for i in axes)
        with tf.name_scope("spatial_softmax_op"):
            columns, rows = tf.meshgrid(tf.linspace(-1.0, 1.0, num=height), tf.linspace(-1.0, 1.0, num=width),
                                        indexing="ij")
            xs, ys = tf.reshape(columns, [height * width]), tf.reshape(rows, [height * width])
        if temperature is None:
            temperature = model_variable("temperature", (), dtypes.float32, Ones(), trainable=trainable,
                                         collections=collections_of(variables_collections, "temperature"))
        with tf.name_scope("spatial_softmax_op"):
            if data_format == "NHWC":
                features = tf.transpose(features, [0, 3, 1, 2])
            flat = tf.reshape(features, [-1, height * width])
            attention = tf.nn.softmax(flat / temperature)
            expected = [tf.reduce_sum(positions * attention, [1], keepdims=True) for positions in (xs, ys)]
            points = tf.reshape(tf.concat(expected, 1), [-1, channels * 2])
            points.set_shape([None, channels * 2 if isinstance(channels, int) else None])
            return points


def _scope_of(layer: Callable[..., Any], otherwise: str) -> str:
    function = layer if hasattr(layer, "__name__") else getattr(layer, "func", None)
    return getattr(function, "__name__", otherwise)


@of_layers("repeat")
@add_arg_scope
def repeat(inputs: Any, repetitions: int, layer: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The same layer several times, one after the other: scopes `scope/scope_1`, `scope/scope_2`, …"""
    scope = kwargs.pop("scope", None)
    with tf.variable_scope(scope, "Repeat", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        scope = scope or _scope_of(layer, "repeat")
        outputs = inputs
        for i in range(repetitions):
            kwargs["scope"] = f"{scope}_{i + 1}"
            outputs = layer(outputs, *args, **kwargs)
        return outputs


@of_layers("stack")
@add_arg_scope
def stack(inputs: Any, layer: Callable[..., Any], stack_args: Sequence[Any], **kwargs: Any) -> Any:
    """A layer several times with different arguments: scopes `scope/scope_1`, `scope/scope_2`, …

    stack_args: the further arguments of each: one, or a list or tuple of them. Raises ValueError where it is no list.
    """
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    with tf.variable_scope(scope, "Stack", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        scope = scope or _scope_of(layer, "stack")
        outputs = inputs
        for i, given in enumerate(stack_args):
            kwargs["scope"] = f"{scope}_{i + 1}"
            outputs = layer(outputs, *(given if isinstance(given, (list, tuple)) else [given]), **kwargs)
        return outputs
