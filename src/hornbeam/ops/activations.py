"""Activation functions, and the softmaxes."""

from __future__ import annotations

import math as python_math
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import errors
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, REALS, op
from hornbeam.ops import array, math, rules, special


def _awkward(rng: Any) -> Any:
    """Samples for functions of one argument: usual values, a corner, a scalar, nothing."""
    return [((rng.normal(size=(3, 4)),), {}), ((rng.uniform(-8, 8, size=()),), {}), ((rng.normal(size=(0, 2)),), {})]


def _with_gradient(rng: Any) -> Any:
    return [((rng.normal(size=(3, 4)), rng.normal(size=(3, 4))), {}), ((rng.normal(size=()), rng.normal(size=())), {})]


@op("Relu", names=("nn.relu",), T=REALS, inputs="features: T", samples=_awkward)
def relu(features):
    """max(x, 0). The derivative at 0 is 0. Nair and Hinton 2010.

    features: numbers of any shape. Returns the same shape and dtype.

    >>> relu([-1.0, 0.0, 2.0]).numpy().tolist()
    [0.0, 0.0, 2.0]
    """
    return jnp.maximum(features, jnp.zeros((), features.dtype))


relu.shape(rules.as_first)


@relu.grad
def _(call, dy):
    return relu_grad(dy, call.outputs[0])


@op("ReluGrad", T=REALS, samples=_with_gradient)
def relu_grad(gradients, features):
    """The gradient of `Relu`: `gradients` where `features` (its input or output) is positive, else 0."""
    return jnp.where(features > 0, gradients, jnp.zeros((), gradients.dtype))


relu_grad.shape(rules.as_first)


@relu_grad.grad
def _(call, dy):
    return relu_grad(dy, call.inputs[1]), array.zeros_like_op(call.inputs[1])


@op("Relu6", names=("nn.relu6",), T=REALS, inputs="features: T", samples=_awkward)
def relu6(features):
    """min(max(x, 0), 6). Krizhevsky 2010.

    features: numbers of any shape. Returns the same shape and dtype.
    """
    return jnp.clip(features, jnp.zeros((), features.dtype), jnp.full((), 6, features.dtype))


relu6.shape(rules.as_first)


@relu6.grad
def _(call, dy):
    return relu6_grad(dy, call.outputs[0])


@op("Relu6Grad", T=REALS, samples=_with_gradient)
def relu6_grad(gradients, features):
    """The gradient of `Relu6`: `gradients` where 0 < `features` < 6, else 0."""
    return jnp.where((features > 0) & (features < 6), gradients, jnp.zeros((), gradients.dtype))


relu6_grad.shape(rules.as_first)


@relu6_grad.grad
def _(call, dy):
    return relu6_grad(dy, call.inputs[1]), array.zeros_like_op(call.inputs[1])


@op("Elu", names=("nn.elu",), T=FLOATS, inputs="features: T", samples=_awkward)
def elu(features):
    """x where x > 0, else exp(x) - 1. Clevert, Unterthiner and Hochreiter 2015.

    features: floats of any shape. Returns the same shape and dtype.
    """
    return jnp.where(features > 0, features, jnp.expm1(jnp.minimum(features, 0)))


elu.shape(rules.as_first)


@elu.grad
def _(call, dy):
    return elu_grad(dy, call.outputs[0])


@op("EluGrad", T=FLOATS, samples=_with_gradient)
def elu_grad(gradients, outputs):
    """The gradient of `Elu`, from its outputs."""
    return jnp.where(outputs < 0, gradients * (outputs + 1), gradients)


elu_grad.shape(rules.as_first)


@elu_grad.grad
def _(call, dy):
    gradients, outputs = call.inputs
    zeros = array.zeros_like_op(outputs)
    return elu_grad(dy, outputs), array.select_op(math.less(outputs, zeros), math.multiply(dy, gradients), zeros)


_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_ALPHA = 1.7580993408473768599402175208123
"""Scale · α, the limit of -SELU at minus infinity."""


@op("Selu", names=("nn.selu",), T=FLOATS, inputs="features: T", samples=_awkward)
def selu(features):
    """scale · x where x > 0, else scale · α · (exp(x) - 1). Klambauer et al. 2017.

    features: floats of any shape. Returns the same shape and dtype.
    """
    x = features
    return jnp.where(x > 0, _SELU_SCALE * x, _SELU_ALPHA * jnp.expm1(jnp.minimum(x, 0))).astype(x.dtype)


selu.shape(rules.as_first)


@selu.grad
def _(call, dy):
    return selu_grad(dy, call.outputs[0])


@op("SeluGrad", T=FLOATS, samples=_with_gradient)
def selu_grad(gradients, outputs):
    """The gradient of `Selu`, from its outputs."""
    return (gradients * jnp.where(outputs < 0, outputs + _SELU_ALPHA, _SELU_SCALE)).astype(gradients.dtype)


selu_grad.shape(rules.as_first)


@selu_grad.grad
def _(call, dy):
    gradients, outputs = call.inputs
    zeros = array.zeros_like_op(outputs)
    return selu_grad(dy, outputs), array.select_op(math.less(outputs, zeros), math.multiply(dy, gradients), zeros)


def _slope(alpha: float, dtype: Any) -> Any:
    """An attribute as TensorFlow holds it: rounded to float32."""
    return jnp.asarray(np.float32(alpha), dtype)


@op("LeakyRelu", inputs="features: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(3, 4)),), {"alpha": 0.3}), ((rng.normal(size=()),), {})])
def leaky_relu_op(features, *, alpha: float = 0.2):
    """x where x > 0, else alpha · x."""
    return jnp.where(features > 0, features, features * _slope(alpha, features.dtype))


leaky_relu_op.shape(rules.as_first)


@leaky_relu_op.grad
def _(call, dy):
    return leaky_relu_grad(dy, call.inputs[0], alpha=call.attrs["alpha"])


@op("LeakyReluGrad", T=FLOATS, samples=_with_gradient)
def leaky_relu_grad(gradients, features, *, alpha: float = 0.2):
    """The gradient of `LeakyRelu`."""
    return jnp.where(features > 0, gradients, gradients * _slope(alpha, features.dtype))


leaky_relu_grad.shape(rules.as_first)


@leaky_relu_grad.grad
def _(call, dy):
    return leaky_relu_grad(dy, call.inputs[1], alpha=call.attrs["alpha"]), array.zeros_like_op(call.inputs[1])


@public("nn.leaky_relu")
def leaky_relu(features: Any, alpha: Any = 0.2, name: str | None = None) -> Any:
    """x where x > 0, else alpha · x. Maas, Hannun and Ng 2013.

    features: numbers of any shape (int32 and int64 become float32). alpha: the slope below 0, a number, or a tensor
    whose shape broadcasts to that of `features`.
    """
    x = array.convert(features)
    if x.dtype.base_dtype.is_integer:
        x = math.cast(x, "float32")
    try:
        slope = float(alpha)
    except TypeError:  # a tensor of a graph
        return math.maximum(math.multiply(array.convert(alpha, x.dtype.base_dtype), x), x, name=name)
    return leaky_relu_op(x, alpha=slope, name=name)


@op("Softplus", names=("math.softplus", "nn.softplus"), T=FLOATS, inputs="features: T", samples=_awkward)
def softplus(features):
    """log(1 + exp(x)), without overflow. Dugas et al. 2000.

    features: floats of any shape. Returns the same shape and dtype.

    >>> softplus(0.0).numpy().round(4).item()
    0.6931
    """
    return jnp.maximum(features, 0) + jnp.log1p(jnp.exp(-jnp.abs(features)))


softplus.shape(rules.as_first)


@softplus.grad
def _(call, dy):
    return softplus_grad(dy, call.inputs[0])


@op("SoftplusGrad", T=FLOATS, samples=_with_gradient)
def softplus_grad(gradients, features):
    """The gradient of `Softplus`: `gradients` · sigmoid(`features`)."""
    return gradients * jax.nn.sigmoid(features)


softplus_grad.shape(rules.as_first)


@op("Softsign", names=("nn.softsign", "math.softsign"), T=FLOATS, inputs="features: T", samples=_awkward)
def softsign(features):
    """x / (1 + |x|). Bergstra et al. 2009.

    features: floats of any shape. Returns the same shape and dtype.
    """
    return features / (1 + jnp.abs(features))


softsign.shape(rules.as_first)


@softsign.grad
def _(call, dy):
    return softsign_grad(dy, call.inputs[0])


@op("SoftsignGrad", T=FLOATS, samples=_with_gradient)
def softsign_grad(gradients, features):
    """The gradient of `Softsign`: `gradients` / (1 + |x|)²."""
    return gradients / jnp.square(1 + jnp.abs(features))


softsign_grad.shape(rules.as_first)


@public(v2=("nn.crelu",))
@composite("CRelu")
def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    """relu of x and of -x, joined along `axis`, which becomes twice as long. Shang et al. 2016.

    features: numbers of any shape but a scalar.
    """
    x = array.convert(features)
    return relu(array.concat([x, math.negative(x)], axis, name="concat"))


@public("nn.silu", "nn.swish")
def silu(features: Any, beta: Any = 1.0) -> Any:
    """x · sigmoid(beta · x). Elfwing, Uchibe and Doya 2017; Ramachandran, Zoph and Le 2017.

    features: floats of any shape. beta: a number or a tensor that broadcasts with `features`.
    """
    x = array.convert(features)
    inner = x if isinstance(beta, (int, float)) and beta == 1 else x * beta
    return x * math.sigmoid(inner)


@public("nn.gelu")
@composite("Gelu")
def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Any:
    """x · Φ(x), where Φ is the normal distribution function. Hendrycks and Gimpel 2016.

    features: floats of any shape; others raise ValueError. approximate: Φ by tanh instead of erfc.
    """
    x = array.convert(features)
    if not x.dtype.base_dtype.is_floating:
        raise ValueError(f"`features.dtype` must be a floating point tensor. Received:features.dtype={x.dtype}")
    if approximate:
        inner = python_math.sqrt(2 / python_math.pi) * (x + 0.044715 * math.pow(x, 3))
        return 0.5 * x * (1.0 + math.tanh(inner))
    return 0.5 * x * special.erfc(-x * python_math.sqrt(0.5))


# Softmax ------------------------------------------------------------------------------------------


def _at_least_a_vector(inputs, attrs):
    if inputs[0].dims == ():
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "Input dims must be >= 1")
    return rules.as_first(inputs, attrs)


def shifted(x: Any) -> tuple[Any, Any, Any]:
    """x - max, its exponentials, and, without the last dimension, along which the maximum is taken, their sums."""
    last = (jnp.ndim(x) - 1,)
    less = lax.sub(x, spread(lax.stop_gradient(lax.reduce_max(x, last)), x))
    risen = lax.exp(less)
    return less, risen, lax.reduce_sum(risen, last)


def spread(rows: Any, like: Any) -> Any:
    """A number a row, repeated along the last dimension of `like`."""
    return lax.broadcast_in_dim(rows, jnp.shape(like), tuple(range(jnp.ndim(like) - 1)))


@op("Softmax", inputs="logits: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(3, 4)),), {}), ((rng.normal(size=(2, 0, 3)) * 50,), {}),
                         ((rng.normal(size=(5,)) * 50,), {})])
def softmax_op(logits):
    """exp(x) over its sum along the last dimension."""
    _, risen, total = shifted(logits)
    return lax.div(risen, spread(total, risen))


softmax_op.shape(_at_least_a_vector)


@softmax_op.grad
def _(call, dy):
    y = call.outputs[0]
    total = math.reduce_sum(math.multiply(dy, y), -1, True)
    return math.multiply(math.subtract(dy, total), y)


@op("LogSoftmax", inputs="logits: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(3, 4)),), {}), ((rng.normal(size=(2, 0, 3)) * 50,), {}),
                         ((rng.normal(size=(5,)) * 50,), {})])
def log_softmax_op(logits):
    """x - log Σ exp(x) along the last dimension."""
    less, _, total = shifted(logits)
    return lax.sub(less, spread(lax.log(total), less))


log_softmax_op.shape(_at_least_a_vector)


@log_softmax_op.grad
def _(call, dy):
    total = math.reduce_sum(dy, -1, True)
    return math.subtract(dy, math.multiply(total, math.exp(call.outputs[0])))


def along(compute: Any, logits: Any, axis: Any, name: str | None) -> Any:
    """An op that works along the last dimension, along `axis`."""
    x = array.convert(logits)
    axis = -1 if axis is None else int(axis)
    rank = None if x.dims is None else len(x.dims)
    if axis == -1 or (rank is not None and axis == rank - 1):
        return compute(x, name=name)
    if rank is None:
        moved = array.transpose(x, _swapped_at_run(x, axis))
        return array.transpose(compute(moved, name=name), _swapped_at_run(x, axis))
    if not -rank <= axis < rank:
        raise errors.InvalidArgumentError(
            None, None, f"`dim` must be in the range [{-rank}, {rank}) where {rank} is the number of dimensions in "
                        f"the input. Received: dim={axis}")
    order = list(range(rank))
    order[axis], order[-1] = order[-1], order[axis]
    return array.transpose(compute(array.transpose(x, order), name=name), order)


def _swapped_at_run(x: Any, axis: int) -> Any:
    """The permutation that exchanges `axis` and the last dimension of a tensor of unknown rank."""
    rank = array.rank(x)
    places = array.range(rank)
    at = math.floormod(axis, rank) if axis < 0 else axis
    last = rank - 1
    swapped = array.where(math.equal(places, last), at, places)
    return array.where(math.equal(places, at), last, swapped)


@public("nn.softmax", "math.softmax", old_arguments={"dim": "axis"})
def softmax(logits: Any, axis: int | None = None, name: str | None = None) -> Any:
    """exp(x) over its sum along `axis`: positive numbers that sum to 1.

    logits: floats of rank 1 or more. axis: by default the last. Returns the shape and dtype of `logits`.
    Raises InvalidArgumentError for an axis that is not there.

    >>> softmax([0.0, 0.0]).numpy().tolist()
    [0.5, 0.5]
    """
    return along(softmax_op, logits, axis, name)


@public("nn.log_softmax", "math.log_softmax", old_arguments={"dim": "axis"})
def log_softmax(logits: Any, axis: int | None = None, name: str | None = None) -> Any:
    """log(softmax(x)) along `axis`, without the loss of digits of taking the logarithm afterwards.

    logits: floats of rank 1 or more. axis: by default the last. Returns the shape and dtype of `logits`.
    """
    return along(log_softmax_op, logits, axis, name)
