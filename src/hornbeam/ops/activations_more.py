"""Activation functions that TensorFlow has no op for. Each gives the shape and dtype of its input."""

from __future__ import annotations

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph.op import FLOATS, op
from hornbeam.ops.samples import reals

_X = {"inputs": "x: T", "T": FLOATS}


@op("Silu", **_X, samples=reals(-3, 3))
def silu(x):
    """x · sigmoid(x). Hendrycks and Gimpel 2016."""
    return jax.nn.silu(x)


@op("Gelu", **_X, samples=reals(-3, 3))
def gelu(x, *, approximate: bool = True):
    """x · Φ(x), Φ being the normal distribution's function; approximated by tanh. Hendrycks and Gimpel 2016."""
    return jax.nn.gelu(x, approximate)


@op("LogSigmoid", **_X, samples=reals(-3, 3))
def log_sigmoid(x):
    """log(sigmoid(x)), without overflow."""
    return jax.nn.log_sigmoid(x)


@op("SparsePlus", **_X, samples=reals(-0.9, 0.9))
def sparse_plus(x):
    """0 up to -1, x from 1 on, (x + 1)² / 4 between. Krishnan et al. 2023."""
    return jax.nn.sparse_plus(x)


@op("SparseSigmoid", **_X, samples=reals(-0.9, 0.9))
def sparse_sigmoid(x):
    """0 up to -1, 1 from 1 on, (x + 1) / 2 between: the derivative of `SparsePlus`."""
    return jax.nn.sparse_sigmoid(x)


@op("Squareplus", **_X, samples=reals(-3, 3))
def squareplus(x, *, b: float = 4.0):
    """(x + √(x² + b)) / 2. Barron 2021."""
    return lax.div(x + jnp.sqrt(jnp.square(x) + jnp.asarray(b, x.dtype)), jnp.asarray(2, x.dtype))


@op("Celu", **_X, samples=reals(0.1, 3))
def celu(x, *, alpha: float = 1.0):
    """max(x, 0) + min(α (exp(x / α) - 1), 0). Barron 2017."""
    return jax.nn.celu(x, jnp.asarray(alpha, x.dtype))


@op("EluAlpha", **_X, samples=reals(0.1, 3))
def elu(x, *, alpha: float = 1.0):
    """x where it is positive, else α (exp(x) - 1). Clevert et al. 2015."""
    return jax.nn.elu(x, jnp.asarray(alpha, x.dtype))


@op("HardSigmoid", **_X, samples=reals(-2, 2))
def hard_sigmoid(x):
    """x / 6 + 1/2, between 0 and 1."""
    return jax.nn.hard_sigmoid(x)


@op("HardSilu", **_X, samples=reals(-2, 2))
def hard_silu(x):
    """x · hard_sigmoid(x). Howard et al. 2019."""
    return jax.nn.hard_silu(x)


@op("HardTanh", **_X, samples=reals(-0.9, 0.9))
def hard_tanh(x):
    """x between -1 and 1."""
    return jnp.clip(x, -1, 1)


@op("SoftShrink", **_X, samples=reals(1, 2))
def soft_shrink(x, *, threshold: float = 0.5):
    """x moved towards 0 by the threshold, 0 within it."""
    edge = jnp.asarray(threshold, x.dtype)
    return jnp.where(x > edge, x - edge, jnp.where(x < -edge, x + edge, jnp.zeros((), x.dtype)))


@op("HardShrink", **_X, samples=reals(1, 2))
def hard_shrink(x, *, threshold: float = 0.5):
    """x where it is further from 0 than the threshold, else 0."""
    return jnp.where(jnp.abs(x) > jnp.asarray(threshold, x.dtype), x, jnp.zeros((), x.dtype))


@op("Threshold", **_X, samples=lambda rng: [((rng.uniform(1, 2, (2, 3)),), {"threshold": 0.5, "default_value": 9.0})])
def threshold_(x, *, threshold: float, default_value: float):
    """x where it is above the threshold, else the default."""
    return jnp.where(x > jnp.asarray(threshold, x.dtype), x, jnp.asarray(default_value, x.dtype))


@op("Sparsemax", **_X, samples=lambda rng: [((rng.normal(size=(2, 5)),), {}),
                                            ((rng.normal(size=(3, 2)),), {"axis": 0})])
def sparsemax(x, *, axis: int = -1):
    """Like softmax, with zeros: x less a threshold, cut at 0. After Martins and Astudillo 2016.

    The threshold is Keras's: it adds up the running sums within the support, where the paper takes the last of them,
    so the results sum to 1 only where one element is left.
    """
    ordered = -jnp.sort(-x, axis=axis)
    running = jnp.cumsum(ordered, axis=axis)
    shape = [1] * x.ndim
    shape[axis] = -1
    place = jnp.arange(1, x.shape[axis] + 1, dtype=x.dtype).reshape(shape)
    inside = ordered - (running - 1) / place > 0
    count = jnp.sum(inside, axis=axis, keepdims=True)
    reached = jnp.sum(jnp.where(inside, running, 0), axis=axis, keepdims=True)
    return jnp.maximum(x - (reached - 1) / count.astype(x.dtype), 0)
