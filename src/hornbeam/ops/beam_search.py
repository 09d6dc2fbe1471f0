"""Beams of a search put in order: what each ended with, back to its beginning."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp, lax
from hornbeam.graph.op import never, op


def _samples(rng: np.random.Generator) -> list[Any]:
    ids, parents = rng.integers(0, 5, (4, 2, 3)), rng.integers(0, 3, (4, 2, 3))
    return [((ids.astype(np.int32), parents.astype(np.int32), np.array([4, 2], np.int32), np.int32(9)), {})]


@op("GatherTree", v1=("contrib.seq2seq.gather_tree",),
    inputs="step_ids: int32, parent_ids: int32, max_sequence_lengths: int32, end_token: int32",
    differentiable=never("integer result"), samples=_samples)
def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token):
    """The ids of each beam, from the ids of each step and the beams that these went on from.

    step_ids, parent_ids: int32 [steps, batch, beams]. max_sequence_lengths: int32 [batch]: where the beams of a row
    end. end_token: int32, which stands after the end, and after the first `end_token` of a beam. Shape of `step_ids`.
    """
    steps, _, beams = step_ids.shape
    last = jnp.minimum(max_sequence_lengths, steps)[:, None]
    first = jnp.broadcast_to(jnp.arange(beams, dtype=jnp.int32), step_ids.shape[1:])

    def back(beam: Any, row: Any) -> Any:
        step, ids, parents = row
        within = step < last
        found = jnp.where(within, jnp.take_along_axis(ids, beam, 1), end_token)
        return jnp.where(within, jnp.take_along_axis(parents, beam, 1), beam), found

    rows = jnp.arange(steps, dtype=jnp.int32), step_ids, jnp.clip(parent_ids, 0, beams - 1)
    _, found = lax.scan(back, first, rows, reverse=True)
    ends = (found == end_token).astype(jnp.int32)
    return jnp.where(jnp.cumsum(ends, 0) - ends > 0, end_token, found)


@gather_tree.shape
def _(inputs, attrs):
    return [(inputs[0].dims, inputs[0].dtype)]


@gather_tree.check
def _(step_ids, parent_ids, max_sequence_lengths, end_token):
    inside = jnp.arange(step_ids.shape[0])[:, None, None] < max_sequence_lengths[None, :, None]
    wrong = inside & ((parent_ids < 0) | (parent_ids >= step_ids.shape[2]))
    return jnp.any(wrong), [jnp.max(jnp.where(wrong, parent_ids, jnp.int32(-(2**30))))]


@gather_tree.message
def _(numbers, inputs, attrs):
    return f"Saw invalid parent id {int(numbers[0])}: a beam goes on from none that is there"
