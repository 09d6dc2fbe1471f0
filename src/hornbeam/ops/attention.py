"""The parts of attention: scores of queries against keys, what a target may see, and values mixed by weights."""

from __future__ import annotations

from typing import Any

from hornbeam.backend.lazy import jnp
from hornbeam.graph.op import FLOATS, op


def _heads(x: Any, count: int) -> Any:
    """Keys and values for `count` heads: each of fewer heads serves several neighbouring ones."""
    have = x.shape[2]
    return x if have == count else jnp.repeat(x, count // have, axis=2)


@op("AttentionScores", inputs="query: T, key: T", T=FLOATS, samples=lambda rng: [
    ((rng.normal(size=(2, 3, 2, 4)), rng.normal(size=(2, 5, 2, 4))), {"scale": 0.5}),
    ((rng.normal(size=(1, 3, 4, 2)), rng.normal(size=(1, 5, 2, 2))), {})])
def scores(query, key, *, scale: float = 1.0):
    """query · key · scale for each head, at least in float32: [batch, heads, targets, sources]."""
    wide = jnp.promote_types(query.dtype, jnp.float32)
    logits = jnp.einsum("btnh,bsnh->bnts", query, _heads(key, query.shape[2]), preferred_element_type=wide)
    return logits * jnp.asarray(scale, logits.dtype)


@op("AttentionCausal", inputs="logits: T", T=FLOATS, samples=lambda rng: [((rng.normal(size=(1, 2, 3, 4)),), {})],
    waive={"gradient": "sums of its lowest numbers overflow"})
def causal(logits):
    """Scores with a very low number where the source comes after the target."""
    targets, sources = logits.shape[-2:]
    seen = jnp.tril(jnp.ones((targets, sources), bool))
    return jnp.where(seen, logits, jnp.asarray(-0.7 * float(jnp.finfo(logits.dtype).max), logits.dtype))


@causal.grad
def _(call, dy):
    return masked_gradient(dy)


@op("AttentionCausalGrad", inputs="dy: T", T=FLOATS, samples=lambda rng: [((rng.normal(size=(1, 2, 3, 4)),), {})])
def masked_gradient(dy):
    """The gradient of `AttentionCausal`: zero where the source comes after the target."""
    return jnp.tril(dy)


@op("AttentionMixed", inputs="weights: T, value: T", T=FLOATS, samples=lambda rng: [
    ((rng.normal(size=(2, 2, 3, 5)), rng.normal(size=(2, 5, 2, 4))), {})])
def mixed(weights, value):
    """Values mixed by the weights of each head: [batch, targets, heads, depth]."""
    return jnp.einsum("bnts,bsnh->btnh", weights, _heads(value, weights.shape[1]))


