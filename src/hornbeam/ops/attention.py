"""What a target may see in attention."""

from __future__ import annotations

from hornbeam.backend.lazy import jnp
from hornbeam.graph.op import FLOATS, op


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
