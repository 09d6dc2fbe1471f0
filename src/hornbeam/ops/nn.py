"""Small pieces of networks: biases, dropout, the sum of squares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, NUMERIC, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import activations, array, math, random, rules, windows
from hornbeam.ops.stateless_random import stateless_uniform


def _channels_second(attrs: Any) -> bool:
    return attrs["data_format"] == "NCHW"


@op("BiasAdd", inputs="value: T, bias: T", T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3)), rng.normal(size=3)), {}),
                         ((rng.normal(size=(2, 3, 0, 5)), rng.normal(size=3)), {"data_format": "NCHW"})])
def bias_add_op(value, bias, *, data_format: str = "NHWC"):
    """A vector added along the channels."""
    if data_format == "NCHW":
        bias = jnp.reshape(bias, (-1,) + (1,) * (jnp.ndim(value) - 2))
    return value + bias


def _check_bias(value: Any, bias: Any, data_format: str) -> Any:
    """The dims of the sum. Raises ShapeFault where the bias is not one number a channel."""
    windows.check_choice("BiasAdd", "data_format", data_format, windows.FORMATS[2])
    if bias is not None and len(bias) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {len(bias)}", f"Biases must be 1D: {rules.text(bias)}")
    if value is None:
        return None
    if len(value) < 2:
        raise ShapeFault(f"Shape must be at least rank 2 but is rank {len(value)}",
                         f"Input tensor must be at least 2D: {rules.text(value)}")
    at = 1 if data_format == "NCHW" else len(value) - 1
    channels = bias[0] if bias is not None else None
    if None not in (channels, value[at]) and channels != value[at]:
        last = "channel" if data_format == "NCHW" else "last"
        raise ShapeFault(f"Dimensions must be equal, but are {value[at]} and {channels}",
                         f"Must provide as many biases as the {last} dimension of the input tensor: "
                         f"{rules.text(bias)} vs. {rules.text(value)}")
    return (*value[:at], channels if value[at] is None else value[at], *value[at + 1:])


@bias_add_op.shape
def _(inputs, attrs):
    return [(_check_bias(inputs[0].dims, inputs[1].dims, attrs["data_format"]), inputs[0].dtype)]


@bias_add_op.grad
def _(call, dy):
    return dy, bias_add_grad(dy, data_format=call.attrs["data_format"])


@op("BiasAddGrad", inputs="out_backprop: T", T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {}), ((rng.normal(size=(2, 3, 0, 5)),), {"data_format": "NCHW"})])
def bias_add_grad(out_backprop, *, data_format: str = "NHWC"):
    """The gradient of a bias: the sum over all dimensions but the channels."""
    at = 1 if data_format == "NCHW" else jnp.ndim(out_backprop) - 1
    axes = tuple(i for i in range(jnp.ndim(out_backprop)) if i != at)
    return jnp.sum(out_backprop, axes, dtype=out_backprop.dtype)


@bias_add_grad.shape
def _(inputs, attrs):
    dims, dtype = inputs[0][:2]
    if dims is not None and len(dims) < 2:
        raise ShapeFault(f"Shape must be at least rank 2 but is rank {len(dims)}",
                         f"Input tensor must be at least 2D: {rules.text(dims)}")
    return [((None if dims is None else dims[1 if _channels_second(attrs) else -1],), dtype)]


@op("BiasAddV1", inputs="value: T, bias: T", T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3)), rng.normal(size=3)), {})])
def bias_add_v1(value, bias):
    """A vector added along the last dimension, as graphs of TensorFlow's first year hold it."""
    return value + bias


@bias_add_v1.shape
def _(inputs, attrs):
    return [(_check_bias(inputs[0].dims, inputs[1].dims, "NHWC"), inputs[0].dtype)]


@bias_add_v1.grad
def _(call, dy):
    return dy, bias_add_grad(dy)


@public("nn.bias_add")
def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Any:
    """A vector added along the channels.

    value: numbers of rank 2 or more. bias: one number a channel, of the same dtype.
    data_format: "N...C" (the default: channels last) or "NC...". Raises ValueError for another.

    >>> bias_add([[1.0, 2.0]], [10.0, 20.0]).numpy().tolist()
    [[11.0, 22.0]]
    """
    order = "NHWC"
    if data_format is not None:
        if data_format.startswith("NC"):
            order = "NCHW"
        elif not (data_format.startswith("N") and data_format.endswith("C")):
            raise ValueError("`data_format` must be of the form `N...C` or `NC...`. "
                             f"Received: data_format={data_format}")
    return bias_add_op(value, bias, data_format=order, name=name)


@op("L2Loss", names=("nn.l2_loss",), inputs="t: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=s),), {}) for s in ((3, 4), (), (0,))])
def l2_loss(t):
    """Half the sum of squares, a scalar: Σ t² / 2.

    t: floats of any shape.

    >>> l2_loss([3.0, 4.0]).numpy().item()
    12.5
    """
    return jnp.sum(jnp.square(t), dtype=t.dtype) / 2


@l2_loss.shape
def _(inputs, attrs):
    return [((), inputs[0].dtype)]


@l2_loss.grad
def _(call, dy):
    return math.multiply(dy, call.inputs[0])


@public(v1=("nn.xw_plus_b",))
@composite("xw_plus_b")
def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Any:
    """x · weights + biases.

    x: [batch, in]. weights: [in, out]. biases: [out].
    """
    return bias_add(math.matmul(x, weights), biases, name=own_name())


@public(v1=("nn.relu_layer",))
@composite("relu_layer")
def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Any:
    """relu(x · weights + biases).

    x: [batch, in]. weights: [in, out]. biases: [out].
    """
    return activations.relu(bias_add(math.matmul(x, weights), biases), name=own_name())


# Dropout ------------------------------------------------------------------------------------------


@public(v2=("nn.dropout",))
@composite("dropout")
def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: int | None = None, name: str | None = None) -> Any:
    """Each element is 0 with probability `rate`, else divided by 1 - `rate`, so that the mean stays.

    x: floats of any shape. rate: a number of [0, 1) or a scalar tensor. noise_shape: the shape of the draws, which
    broadcasts to that of `x`: `[batch, 1, 1, channels]` drops whole channels; None entries are those of `x`.
    seed: see `random.set_seed`. Raises ValueError for a rate outside [0, 1) and for `x` that is not of floats.
    Srivastava et al. 2014.

    >>> dropout([1.0, 2.0], 0.0).numpy().tolist()
    [1.0, 2.0]
    """
    return dropped(x, rate, noise_shape, seed)


@public("nn.experimental.general_dropout")
@composite("dropout")
def general_dropout(x: Any, rate: Any, uniform_sampler: Callable[..., Any], noise_shape: Any = None,
                    name: str | None = None) -> Any:
    """As `dropout`; `uniform_sampler(shape=…, dtype=…)` draws the numbers of [0, 1) that decide what is kept."""
    return dropped(x, rate, noise_shape, None, uniform_sampler)


@public("nn.experimental.stateless_dropout")
@composite("stateless_dropout")
def stateless_dropout(x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None,
                      name: str | None = None) -> Any:
    """As `dropout`; what is kept is a function of `seed` (two integers). rng_alg: as `stateless_uniform`'s `alg`."""
    def sampler(shape: Any, dtype: Any) -> Any:
        return stateless_uniform(shape, seed, dtype=dtype, alg="auto_select" if rng_alg is None else rng_alg)

    return dropped(x, rate, noise_shape, None, sampler)


def dropped(x: Any, rate: Any, noise_shape: Any, seed: int | None,
            sampler: Callable[..., Any] | None = None) -> Any:
    """What `dropout` of both generations gives; `sampler` draws instead of the op that `seed` belongs to."""
    fixed = isinstance(rate, (int, float, np.number))
    if fixed and not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
    x = array.convert(x, name="x")
    dtype = x.dtype.base_dtype
    if not dtype.is_floating:
        raise ValueError("`x.dtype` must be a floating point tensor as `x` will be scaled. "
                         f"Received: x_dtype={dtype!r}")
    if fixed and rate == 0:
        return x
    if fixed:
        kept = math.multiply(x, 1 / (1 - rate), name="Mul")
    else:
        rate = array.convert(rate, name="rate")
        if rate.dtype.base_dtype != dtype:
            raise ValueError(f"`rate` must have dtype {dtype.name} as `x` has. Received: rate={rate!r}")
        if rate.dims not in ((), None):
            raise ValueError("`rate` must be a scalar tensor or a float in the range [0, 1). "
                             f"Received: rate={rate!r}")
        kept = math.real_div(x, math.subtract(1.0, rate))
    size = _noise_shape(x, noise_shape)
    if sampler is not None:
        drawn = sampler(shape=size, dtype=dtype)
    else:
        drawn = random.random_uniform(size, dtype=dtype, seed=seed)
    found = array.where(math.greater_equal(drawn, rate), kept, array.convert(0.0, dtype))
    found.set_shape(x.shape)  # a rate whose rank nobody knows would leave it unknown
    return found


def _noise_shape(x: Any, noise_shape: Any) -> Any:
    if noise_shape is None:
        dims = x.dims
        return array.shape_op(x) if dims is None or None in dims else np.array(dims, np.int32)
    if isinstance(noise_shape, TensorShape):
        noise_shape = noise_shape.as_list()
    if isinstance(noise_shape, (list, tuple)) and None in noise_shape and len(noise_shape) == len(x.dims or ()):
        return [own if d is None else d for d, own in zip(noise_shape, x.dims, strict=True)]
    return noise_shape
