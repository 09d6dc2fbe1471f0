"""Losses of TF1 for both sides: `python loss_cases.py` with a TensorFlow 1 writes `golden/losses.json`."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

RNG = np.random.RandomState(3)
LABELS = RNG.uniform(0, 1, [4, 3]).astype(np.float32)
PREDICTIONS = RNG.uniform(0.05, 0.95, [4, 3]).astype(np.float32)
LOGITS = RNG.normal(size=[4, 3]).astype(np.float32)
BINARY = (LABELS > 0.5).astype(np.float32)
ONE_HOT = np.eye(3, dtype=np.float32)[[0, 2, 1, 1]]
CLASSES = np.array([0, 2, 1, 1])
WEIGHTS = {"one": 1.0, "scalar": 0.3, "zero": 0.0, "column": np.array([[1.0], [0.0], [2.0], [0.5]], np.float32),
           "full": np.array([[1, 0, 2], [0, 0, 0], [1, 1, 1], [0.5, 3, 0]], np.float32)}
VECTOR = np.array([1.0, 0.0, 2.0, 0.5], np.float32)
REDUCTIONS = ("none", "weighted_sum", "weighted_sum_over_batch_size", "weighted_mean",
              "weighted_sum_by_nonzero_weights")


def cases(tf: Any) -> dict[str, Any]:
    """Functions that build a loss, by what they show."""
    losses = tf.losses
    made: dict[str, Any] = {}
    for name, first in (("absolute_difference", PREDICTIONS), ("mean_squared_error", PREDICTIONS),
                        ("huber_loss", PREDICTIONS * 3), ("log_loss", PREDICTIONS), ("hinge_loss", LOGITS),
                        ("sigmoid_cross_entropy", LOGITS)):
        for key, weights in WEIGHTS.items():
            made[f"{name} {key}"] = lambda n=name, f=first, w=weights: getattr(losses, n)(BINARY, f, weights=w)
    for reduction in REDUCTIONS:
        made[f"reduced {reduction}"] = lambda r=reduction: losses.mean_squared_error(
            LABELS, PREDICTIONS, WEIGHTS["column"], reduction=r)
        made[f"softmax {reduction}"] = lambda r=reduction: losses.softmax_cross_entropy(
            ONE_HOT, LOGITS, VECTOR, label_smoothing=0.1, reduction=r)
        made[f"sparse {reduction}"] = lambda r=reduction: losses.sparse_softmax_cross_entropy(
            CLASSES[:, None], LOGITS, VECTOR[:, None], reduction=r)
    for key in ("one", "scalar", "zero", "column"):
        made[f"pairs {key}"] = lambda k=key: losses.mean_pairwise_squared_error(LABELS, PREDICTIONS, WEIGHTS[k])
        made[f"cosine {key}"] = lambda k=key: losses.cosine_distance(LABELS, PREDICTIONS, axis=1, weights=WEIGHTS[k])
    made["huber wide"] = lambda: losses.huber_loss(LABELS, PREDICTIONS * 5, delta=2.0)
    made["smooth"] = lambda: losses.sigmoid_cross_entropy(BINARY, LOGITS, label_smoothing=0.2)
    made["weighted"] = lambda: losses.compute_weighted_loss(LABELS, WEIGHTS["full"])
    made["half"] = lambda: losses.compute_weighted_loss(LABELS.astype(np.float16))
    made["scope"] = lambda: losses.mean_squared_error(LABELS, PREDICTIONS, scope="mine")
    return made


def answer(tf: Any) -> dict[str, Any]:
    """The name, value and gradient of each."""
    found: dict[str, Any] = {}
    for key, make in cases(tf).items():
        with tf.Graph().as_default():
            loss = make()
            held = [t.name for t in tf.losses.get_losses()]
            with tf.Session() as session:
                found[key] = {"name": loss.name, "value": np.asarray(session.run(loss), float).tolist(), "held": held,
                              "dtype": loss.dtype.name}
    return found


if __name__ == "__main__":
    import tensorflow
    with open(sys.argv[1], "w") as file:
        json.dump(answer(tensorflow), file, indent=0)
