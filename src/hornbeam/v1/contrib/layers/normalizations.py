"""contrib's normalisations: over the batch, over features, over groups of channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.ops.initializers import Ones, Zeros
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.framework.variables import model_variable
from hornbeam.v1.contrib.layers.outputs import collect_named_outputs, collections_of
from hornbeam.v1.contrib.names import of_layers

_INITIALIZERS = {"beta": Zeros(), "gamma": Ones()}


def parameter(name: str, wanted: bool, shape: Sequence[Any], dtype: Any, initializers: Any, collections: Any,
              trainable: bool) -> Any:
    """The variable `beta` or `gamma`, or None where it is not wanted."""
    if not wanted:
        return None
    initializer = (initializers or {}).get(name, _INITIALIZERS[name])
    return model_variable(name, shape, dtype, initializer, None, trainable, collections_of(collections, name))


@of_layers("layer_norm")
@add_arg_scope
def layer_norm(inputs: Any, center: bool = True, scale: bool = True, activation_fn: Any = None, reuse: Any = None,
               variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
               begin_norm_axis: int = 1, begin_params_axis: int = -1, scope: Any = None) -> Any:
    """Each sample normalised over its dimensions from `begin_norm_axis` on. Ba et al. 2016.

    begin_params_axis: from where on there are variables `beta` and `gamma`, one an element.
    Raises ValueError where the rank or the size of these is unknown.
    """
    with tf.variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as opened:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.rank
        if rank is None:
            raise ValueError(f"Inputs {inputs.name} has undefined rank.")
        begin = begin_norm_axis + rank if begin_norm_axis < 0 else begin_norm_axis
        if begin_params_axis >= rank or begin >= rank:
            raise ValueError(f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({begin}) must be < "
                             f"rank(inputs) ({rank})")
        shape = inputs.shape[begin_params_axis:]
        if not shape.is_fully_defined():
            raise ValueError(f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: "
                             f"{inputs.shape}")
        dtype = inputs.dtype.base_dtype
        beta, gamma = (parameter(name, wanted, shape, dtype, None, variables_collections, trainable)
                       for name, wanted in (("beta", center), ("gamma", scale)))
        mean, variance = tf.nn.moments(inputs, list(range(begin, rank)), keep_dims=True)
        epsilon = 1e-3 if dtype == dtypes.float16 else 1e-12
        outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, epsilon)
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


@of_layers("instance_norm")
@add_arg_scope
def instance_norm(inputs: Any, center: bool = True, scale: bool = True, epsilon: float = 1e-6,
                  activation_fn: Any = None, param_initializers: Mapping[str, Any] | None = None, reuse: Any = None,
                  variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
                  data_format: str = "NHWC", scope: Any = None) -> Any:
    """Each channel of each sample normalised over space. Ulyanov et al. 2016.

    Variables: `beta` and `gamma`, one a channel. Raises ValueError for other formats, ranks and unknown channels.
    """
    inputs = tf.convert_to_tensor(inputs)
    rank = inputs.shape.rank
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with tf.variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse) as opened:
        at = 1 if data_format == "NCHW" else rank - 1
        channels = inputs.shape.as_list()[at]
        if channels is None:
            raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {inputs.shape}.")
        beta, gamma = (parameter(name, wanted, [channels], inputs.dtype.base_dtype, param_initializers,
                                 variables_collections, trainable)
                       for name, wanted in (("beta", center), ("gamma", scale)))
        if data_format == "NCHW":
            shape = [1, channels] + [1] * (rank - 2)
            beta, gamma = (None if p is None else tf.reshape(p, shape) for p in (beta, gamma))
        mean, variance = tf.nn.moments(inputs, [i for i in range(1, rank) if i != at], keep_dims=True)
        outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, epsilon, name="instancenorm")
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_named_outputs(outputs_collections, opened.name, outputs)


@of_layers("group_norm")
@add_arg_scope
def group_norm(inputs: Any, groups: int = 32, channels_axis: int = -1, reduction_axes: Sequence[int] = (-3, -2),
               center: bool = True, scale: bool = True, epsilon: float = 1e-6, activation_fn: Any = None,
               param_initializers: Mapping[str, Any] | None = None, reuse: Any = None,
               variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
               scope: Any = None, mean_close_to_zero: bool = False) -> Any:
    """Groups of channels of each sample normalised over `reduction_axes`. Wu and He 2018.

    mean_close_to_zero: the variance from the mean of squares. Variables: `beta` and `gamma`, one a channel.
    Raises ValueError where the groups do not divide the channels, and for bad axes.
    """
    inputs = tf.convert_to_tensor(inputs)
    rank = inputs.shape.rank
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    dims = inputs.shape.as_list()
    if any(not -rank <= axis < rank for axis in (channels_axis, *reduction_axes)):
        raise ValueError("Axis is out of bounds.")
    at, over = channels_axis % rank, [axis % rank for axis in reduction_axes]
    if at in over:
        raise ValueError("reduction_axes and channels_axis must be mutually exclusive.")
    if any(dims[axis] is None for axis in over):
        raise ValueError(f"Inputs {inputs.name} has undefined dimensions {inputs.shape}.")
    channels = dims[at]
    if channels is None:
        raise ValueError(f"Inputs {inputs.name} has undefined channel dimension: {inputs.shape}.")
    if groups > channels:
        raise ValueError(f"Invalid groups {groups} for {channels} channels.")
    if channels % groups:
        raise ValueError(f"{channels} channels is not commensurate with {groups} groups.")
    known: Any = tf.shape(inputs) if None in dims else None
    sizes = [d if d is not None else known[i] for i, d in enumerate(dims)]
    split = [groups, channels // groups]
    grouped = tf.reshape(inputs, [*sizes[:at], *split, *sizes[at + 1:]])
    axes = [*(axis + (axis > at) for axis in over), at + 1]
    broadcast = [*[1] * at, *split, *[1] * (rank - at - 1)]
    with tf.variable_scope(scope, "GroupNorm", [inputs], reuse=reuse) as opened:
        made = [parameter(name, wanted, [channels], inputs.dtype.base_dtype, param_initializers,
                          variables_collections, trainable)
                for name, wanted in (("beta", center), ("gamma", scale))]
        beta, gamma = (None if p is None else tf.reshape(p, broadcast) for p in made)
        if mean_close_to_zero:
            counts, mean_sum, squares, _ = tf.nn.sufficient_statistics(grouped, axes, keep_dims=True)
            mean, variance = tf.nn.normalize_moments(counts, mean_sum, squares, shift=None)
        else:
            mean, variance = tf.nn.moments(grouped, axes, keep_dims=True)
        factor = tf.rsqrt(variance + epsilon)
        moved = -mean * factor
        if gamma is not None:
            factor, moved = factor * gamma, moved * gamma
        if beta is not None:
            moved = moved + beta
        outputs = tf.reshape(grouped * factor + moved, sizes)
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_named_outputs(outputs_collections, opened.name, outputs)
