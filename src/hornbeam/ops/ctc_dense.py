"""Connectionist temporal classification: what was likely said, as dense tensors. Graves et al. 2006."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.op import FLOATS, never, op


@op("CtcDenseGreedy", inputs="inputs: T, lengths: int32", T=FLOATS, differentiable=never("a choice"),
    outputs=("decoded", "score"), samples=lambda rng: [
        ((rng.normal(size=(2, 5, 3)), np.array([5, 3], np.int32)), {"blank": 0})])
def ctc_dense_greedy(inputs, lengths, *, blank: int = 0, merge: bool = True):
    """The best class of each step, repeated ones merged and blanks left out, filled up with -1; and the score."""
    time = inputs.shape[1]
    best, height = jnp.argmax(inputs, -1).astype(jnp.int32), jnp.max(inputs, -1)
    beyond = jnp.arange(time)[None] >= lengths[:, None]
    best = jnp.where(beyond, blank, best)
    again = jnp.pad(best[:, 1:] == best[:, :-1], ((0, 0), (1, 0))) if merge else jnp.zeros(best.shape, bool)
    gone = (best == blank) | again
    order = jnp.argsort(jnp.where(gone, time, jnp.arange(time)[None]), axis=-1)
    kept = jnp.take_along_axis(jnp.where(gone, -1, best), order, -1)
    return kept[None], -jnp.sum(jnp.where(beyond, 0, height), 1, keepdims=True)


def _added(a: float, b: float) -> float:
    high, low = (a, b) if a >= b else (b, a)
    return high if low == -np.inf else high + float(np.log1p(np.exp(low - high)))


def _beams(logs: np.ndarray, blank: int, width: int) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest label sequences of one example and their log-probabilities."""
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -np.inf)}
    for row in logs:
        grown: dict[tuple[int, ...], tuple[float, float]] = {}

        def credit(prefix: tuple[int, ...], ends_blank: float, ends_label: float, grown: Any = grown) -> None:
            held = grown.get(prefix, (-np.inf, -np.inf))
            grown[prefix] = _added(held[0], ends_blank), _added(held[1], ends_label)

        for prefix, (with_blank, with_label) in beams.items():
            total = _added(with_blank, with_label)
            for label, log in enumerate(row):
                if label == blank:
                    credit(prefix, total + log, -np.inf)
                elif prefix and prefix[-1] == label:
                    credit(prefix, -np.inf, with_label + log)
                    credit((*prefix, label), -np.inf, with_blank + log)
                else:
                    credit((*prefix, label), -np.inf, total + log)
        ranked = sorted(grown.items(), key=lambda item: -_added(*item[1]))
        beams = dict(ranked[:width])
    return [(prefix, _added(*parts)) for prefix, parts in beams.items()]


@op("CtcDenseBeams", inputs="inputs: T, lengths: int32", T=FLOATS, host=True, differentiable=never("a choice"),
    outputs=("decoded", "scores"), samples=lambda rng: [
        ((rng.normal(size=(2, 4, 3)), np.array([4, 3], np.int32)), {"width": 8, "paths": 2})])
def ctc_dense_beams(inputs, lengths, *, blank: int = 0, width: int = 100, paths: int = 1):
    """The likeliest label sequences, filled up with -1, and their log-probabilities."""
    batch, time, _ = inputs.shape
    decoded = np.full((paths, batch, time), -1, np.int32)
    scores = np.full((batch, paths), -np.inf, inputs.dtype)
    shifted = inputs.astype(np.float64) - inputs.max(-1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    for example in range(batch):
        found = _beams(logs[example, :int(lengths[example])], blank, width)
        for place, (prefix, score) in enumerate(found[:paths]):
            decoded[place, example, :len(prefix)] = prefix
            scores[example, place] = score
    return decoded, scores


@ctc_dense_beams.shape
def _(inputs, attrs):
    batch, time = (None, None) if inputs[0].dims is None else inputs[0].dims[:2]
    return [((attrs["paths"], batch, time), dtypes.int32), ((batch, attrs["paths"]), inputs[0].dtype)]
