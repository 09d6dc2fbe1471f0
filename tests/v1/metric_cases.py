"""Metrics of TF1 for both sides: `python metric_cases.py FILE` with a TensorFlow 1 writes `golden/metrics.json`."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

RNG = np.random.RandomState(5)
BATCHES = 3
FLOATS = RNG.normal(size=[BATCHES, 4, 3]).astype(np.float32)
OTHERS = RNG.normal(size=[BATCHES, 4, 3]).astype(np.float32)
WEIGHTS = RNG.choice([0.0, 0.5, 1.0, 2.0], size=[BATCHES, 4, 3]).astype(np.float32)
CLASSES = RNG.randint(0, 4, size=[BATCHES, 8])
GUESSES = np.where(RNG.uniform(size=[BATCHES, 8]) < 0.5, CLASSES, RNG.randint(0, 4, size=[BATCHES, 8]))
VECTOR = RNG.choice([0.0, 1.0, 3.0], size=[BATCHES, 8]).astype(np.float32)
TRUTH = RNG.uniform(size=[BATCHES, 8]) < 0.4
CHANCES = np.clip(TRUTH * 0.3 + RNG.uniform(0, 0.7, size=[BATCHES, 8]), 0, 1).astype(np.float32)
SCORES = RNG.normal(size=[BATCHES, 4, 6]).astype(np.float32)
LABEL_SETS = RNG.randint(-1, 7, size=[BATCHES, 4, 3]).astype(np.int64)
ONE_LABEL = RNG.randint(0, 6, size=[BATCHES, 4]).astype(np.int64)
ROWS = RNG.choice([0.0, 1.0, 3.0], size=[BATCHES, 4]).astype(np.float32)


def cases() -> dict[str, tuple[str, list[Any], dict[str, Any]]]:
    """Name of a metric, the arrays (one a batch) of its positional arguments, and the rest."""
    unit = [x / np.linalg.norm(x, axis=2, keepdims=True) for x in (FLOATS, OTHERS)]
    found: dict[str, Any] = {
        "mean": ("mean", [FLOATS], {}), "mean weighted": ("mean", [FLOATS, WEIGHTS], {}),
        "mean named": ("mean", [FLOATS], {"name": "mine"}),
        "mean_tensor": ("mean_tensor", [FLOATS], {}), "mean_tensor weighted": ("mean_tensor", [FLOATS, WEIGHTS], {}),
        "accuracy": ("accuracy", [CLASSES, GUESSES], {}),
        "accuracy weighted": ("accuracy", [CLASSES, GUESSES, VECTOR], {}),
        "accuracy column": ("accuracy", [CLASSES[..., None], GUESSES], {}),
        "cosine": ("mean_cosine_distance", unit, {"dim": 1}),
        "relative": ("mean_relative_error", [FLOATS, OTHERS, np.abs(FLOATS)], {}),
        "below": ("percentage_below", [FLOATS], {"threshold": 0.2}),
        "per class": ("mean_per_class_accuracy", [CLASSES, GUESSES], {"num_classes": 4}),
        "iou": ("mean_iou", [CLASSES, GUESSES], {"num_classes": 5}),
    }
    for name in ("mean_absolute_error", "mean_squared_error", "root_mean_squared_error"):
        found[name] = (name, [FLOATS, OTHERS], {})
        found[f"{name} weighted"] = (name, [FLOATS, OTHERS, WEIGHTS], {})
    for name in ("true_positives", "true_negatives", "false_positives", "false_negatives", "precision", "recall"):
        found[name] = (name, [TRUTH, GUESSES > 1], {})
        found[f"{name} weighted"] = (name, [TRUTH, GUESSES > 1, VECTOR], {})
        found[f"{name} at"] = (f"{name}_at_thresholds", [TRUTH, CHANCES], {"thresholds": [0.2, 0.5, 0.9]})
    for curve in ("ROC", "PR"):
        for method in ("trapezoidal", "careful_interpolation", "minoring", "majoring"):
            found[f"auc {curve} {method}"] = ("auc", [TRUTH, CHANCES, VECTOR],
                                              {"curve": curve, "summation_method": method})
    found["auc few"] = ("auc", [TRUTH, CHANCES], {"num_thresholds": 5})
    found["sensitivity"] = ("sensitivity_at_specificity", [TRUTH, CHANCES], {"specificity": 0.7})
    found["specificity"] = ("specificity_at_sensitivity", [TRUTH, CHANCES], {"sensitivity": 0.7})
    for name in ("precision_at_k", "recall_at_k", "average_precision_at_k", "sparse_precision_at_k",
                 "sparse_average_precision_at_k"):
        found[name] = (name, [LABEL_SETS, SCORES], {"k": 2})
        found[f"{name} one"] = (name, [ONE_LABEL, SCORES], {"k": 3})
        if "average" not in name:
            found[f"{name} class"] = (name, [LABEL_SETS, SCORES], {"k": 4, "class_id": 2})
            found[f"{name} weighted"] = (name, [LABEL_SETS, SCORES], {"k": 2, "weights": ROWS})
    top = np.argsort(-SCORES, -1)[..., :3].astype(np.int64)
    for name in ("precision_at_top_k", "recall_at_top_k"):
        found[name] = (name, [LABEL_SETS, top], {})
        found[f"{name} twice"] = (name, [LABEL_SETS, np.repeat(top, 2, -1)], {"k": 6})
    return found


def answer(tf: Any) -> dict[str, Any]:
    """Names, the variables, and what reading and updating give batch by batch."""
    found: dict[str, Any] = {}
    for key, (name, arrays, rest) in cases().items():
        with tf.Graph().as_default():
            feeds = [tf.placeholder(a.dtype, a.shape[1:]) for a in arrays]
            rest = dict(rest)
            batches = list(arrays)
            if isinstance(rest.get("weights"), np.ndarray):
                batches.append(rest["weights"])
                feeds.append(tf.placeholder(tf.float32, rest["weights"].shape[1:]))
                rest["weights"] = feeds[-1]
                given = feeds[:-1]
            else:
                given = feeds
            value, update = getattr(tf.metrics, name)(*given, metrics_collections=["v"], updates_collections=["u"],
                                                      **rest)
            steps = []
            with tf.Session() as session:
                session.run(tf.local_variables_initializer())
                for i in range(BATCHES):
                    fed = dict(zip(feeds, (b[i] for b in batches)))  # noqa: B905
                    steps.append([np.asarray(session.run(x, fed), float).tolist() for x in (update, value)])
            found[key] = {"names": [value.name, update.name], "steps": steps,
                          "variables": [v.name for v in tf.get_collection("metric_variables")],
                          "local": len(tf.local_variables()),
                          "collected": [[t.name for t in tf.get_collection(c)] for c in "vu"]}
    return found


if __name__ == "__main__":
    import tensorflow
    with open(sys.argv[1], "w") as file:
        json.dump(answer(tensorflow), file, indent=0)
