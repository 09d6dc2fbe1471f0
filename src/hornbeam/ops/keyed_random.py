"""Draws that are functions of a Threefry key, given as two uint32 words: what JAX gives for that key.

The 32-bit words are the key itself, not mixed further, so `[seed, 0]` draws what `jax.random` draws from `key(seed)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend import threefry
from hornbeam.backend.inlined import looped
from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.op import FLOATS, INDEX, INTEGERS, never, op
from hornbeam.ops.random import binomial, shape_of

_DRAWN = never("a random number does not depend on its inputs smoothly")
_CHOSEN = never("integer result")
_KEY = np.array([7, 0], np.uint32)
_SHAPE = np.array([3, 2], np.int32)


def _key(words: Any) -> Any:
    return threefry.key(words.astype(jnp.uint32))


def _dims(shape: Any) -> tuple[int, ...]:
    return tuple(int(d) for d in np.asarray(shape).reshape(-1))


def _shaped(rng: Any) -> Any:
    return [((_SHAPE, _KEY), {}), ((np.zeros(0, np.int32), _KEY), {}), ((np.array([0, 2], np.int32), _KEY), {})]


_PLAIN: dict[str, Any] = {"inputs": "shape: S static, key: uint32", "S": INDEX, "attr_types": {"dtype": "type"},
                          "differentiable": _DRAWN, "samples": _shaped}


@op("KeyedUniform", **_PLAIN)
def keyed_uniform(shape, key, *, minval: float = 0.0, maxval: float = 1.0, dtype: Any = dtypes.float32):
    """Numbers from [minval, maxval), each equally likely."""
    return jax.random.uniform(_key(key), _dims(shape), dtype.np_dtype, minval, maxval)


@op("KeyedNormal", **_PLAIN)
def keyed_normal(shape, key, *, dtype: Any = dtypes.float32):
    """Numbers from the standard normal distribution."""
    return jax.random.normal(_key(key), _dims(shape), dtype.np_dtype)


@op("KeyedTruncatedNormal", **_PLAIN)
def keyed_truncated_normal(shape, key, *, dtype: Any = dtypes.float32):
    """Numbers from the standard normal distribution, given that they lie within 2 of 0."""
    return jax.random.truncated_normal(_key(key), -2.0, 2.0, _dims(shape), dtype.np_dtype)


@op("KeyedUniformBetween", inputs="shape: S static, key: uint32, minval: T, maxval: T", S=INDEX, T=FLOATS,
    samples=lambda rng: [((_SHAPE, _KEY, np.float32(-1), np.float32(3)), {})])
def keyed_uniform_between(shape, key, minval, maxval):
    """Numbers from [minval, maxval), each equally likely, between bounds that broadcast."""
    return jax.random.uniform(_key(key), _dims(shape), minval.dtype, minval, maxval)


@op("KeyedIntegers", inputs="shape: S static, key: uint32, minval: T, maxval: T", S=INDEX, T=INTEGERS,
    differentiable=_CHOSEN, samples=lambda rng: [((_SHAPE, _KEY, np.int32(-3), np.int32(5)), {})])
def keyed_integers(shape, key, minval, maxval):
    """Integers from [minval, maxval), each equally likely."""
    return jax.random.randint(_key(key), _dims(shape), minval, maxval, minval.dtype)


@op("KeyedChoices", inputs="logits: T, key: uint32", T=FLOATS, differentiable=_CHOSEN,
    samples=lambda rng: [((rng.normal(size=(2, 4)).astype(np.float32), _KEY), {"count": 3})])
def keyed_choices(logits, key, *, count: int = 1):
    """Class numbers drawn for each row of unnormalized log-probabilities, as int32."""
    drawn = jax.random.categorical(_key(key), logits[..., None], axis=1, shape=(logits.shape[0], count))
    return drawn.astype(jnp.int32)


@op("KeyedDropout", inputs="x: T, key: uint32", T=FLOATS, samples=lambda rng: [
    ((rng.normal(size=(3, 4)), _KEY), {"rate": 0.5}), ((rng.normal(size=(3, 4)), _KEY), {"rate": 0.3, "noise": (3, 1)}),
    ((rng.normal(size=(3, 4)), _KEY), {"rate": 0.3, "noise": (None, 1)})])
def keyed_dropout(x, key, *, rate: float = 0.5, noise: Any = None):
    """Zeros in place of a part `rate` of the elements, the others divided by the part kept. Srivastava et al. 2014.

    noise: the shape of the choice, which broadcasts; None in it stands for the input's size.
    """
    shape = x.shape if noise is None else tuple(d if n is None else n for n, d in zip(noise, x.shape, strict=True))
    kept = jax.random.bernoulli(_key(key), jnp.float32(1.0 - rate), shape)
    return jnp.where(jnp.broadcast_to(kept, x.shape), x / jnp.asarray(1.0 - rate, x.dtype), jnp.zeros((), x.dtype))


@keyed_dropout.grad
def _(call, dy):
    return keyed_dropout(dy, call.inputs[1], **call.attrs), None


@op("KeyedShuffle", inputs="x: T, key: uint32", samples=lambda rng: [((rng.normal(size=(5, 3)), _KEY), {}),
                                                                   ((rng.normal(size=(2, 4)), _KEY), {"axis": 1})])
def keyed_shuffle(x, key, *, axis: int = 0):
    """The elements in another order along a dimension, each line by itself."""
    return jax.random.permutation(_key(key), x, axis, independent=True)


_IMPLICIT = {"gradient": "how the distribution moves, not how this draw does (Figurnov et al. 2018)"}


@op("KeyedGamma", inputs="shape: S static, key: uint32, alpha: T", S=INDEX, T=FLOATS, waive=_IMPLICIT,
    samples=lambda rng: [((_SHAPE, _KEY, np.array([0.5, 3.0], np.float32)), {})])
def keyed_gamma(shape, key, alpha):
    """Numbers from gamma distributions of shape `alpha` and scale 1."""
    with looped():  # its sampler is one loop, not a loop written out
        return jax.random.gamma(_key(key), alpha, _dims(shape), alpha.dtype)


@op("KeyedBeta", inputs="shape: S static, key: uint32, alpha: T, beta: T", S=INDEX, T=FLOATS, waive=_IMPLICIT,
    samples=lambda rng: [((_SHAPE, _KEY, np.float32(2), np.float32(3)), {})])
def keyed_beta(shape, key, alpha, beta):
    """Numbers from beta distributions."""
    with looped():  # its sampler is one loop, not a loop written out
        return jax.random.beta(_key(key), alpha, beta, _dims(shape), alpha.dtype)


@op("KeyedBinomial", inputs="shape: S static, key: uint32, counts: T, probabilities: T", S=INDEX, T=FLOATS,
    differentiable=_DRAWN, samples=lambda rng: [((_SHAPE, _KEY, np.float32(20), np.float32(0.3)), {})])
def keyed_binomial(shape, key, counts, probabilities):
    """Numbers of successes in `counts` trials of a probability, as floats."""
    return binomial(_key(key), counts, probabilities, _dims(shape))




def _like_first(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(inputs[0].dims, inputs[0].dtype)]


def _of_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    """Shape rule: the shape asked for, in the dtype of the parameters or the one asked for."""
    return [(shape_of(inputs[0]), attrs.get("dtype") or inputs[-1].dtype)]


for _op in (keyed_uniform, keyed_normal, keyed_truncated_normal, keyed_uniform_between, keyed_integers, keyed_gamma,
            keyed_beta, keyed_binomial):
    _op.shape(_of_shape)
keyed_dropout.shape(_like_first)
keyed_shuffle.shape(_like_first)


@keyed_choices.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [((None if dims is None else dims[0], attrs["count"]), dtypes.int32)]
