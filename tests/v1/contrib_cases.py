"""contrib's losses and metrics for both sides: `python contrib_cases.py FILE` with TensorFlow 1 writes the figures."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    from tests.v1 import loss_cases as given
    from tests.v1 import metric_cases as batches
except ImportError:
    import loss_cases as given
    import metric_cases as batches


def losses(tf: Any) -> dict[str, Any]:
    """Name and value of each loss."""
    c, t = tf.contrib.losses, tf.constant
    vector, column = t(given.VECTOR), t(given.VECTOR[:, None])
    labels, predictions, logits = t(given.BINARY), t(given.PREDICTIONS), t(given.LOGITS)
    made = {}
    for name, first in (("absolute_difference", predictions), ("mean_squared_error", predictions),
                        ("log_loss", predictions), ("sigmoid_cross_entropy", logits)):
        for key, weights in (("one", 1.0), ("zero", 0.0), ("scalar", 0.3), ("vector", vector), ("column", column),
                             ("full", t(given.WEIGHTS["full"]))):
            made[name + " " + key] = getattr(c, name)(first, labels, weights)
    for key, weights in (("one", 1.0), ("vector", vector), ("column", column)):
        made["softmax " + key] = c.softmax_cross_entropy(logits, t(given.ONE_HOT), weights, label_smoothing=0.1)
        made["sparse " + key] = c.sparse_softmax_cross_entropy(logits, t(given.CLASSES), weights)
        if key != "column":
            made["pairs " + key] = c.mean_pairwise_squared_error(predictions, labels, weights)
        made["cosine " + key] = c.cosine_distance(predictions, labels, 1, weights)
    made["hinge"] = c.hinge_loss(logits, labels)
    made["total"] = c.get_total_loss()
    with tf.Session() as session:
        values = session.run(made)
    return {k: [made[k].name, np.asarray(values[k], float).tolist()] for k in made}


METRICS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "streaming_mean": ([batches.FLOATS, batches.WEIGHTS], {}),
    "streaming_accuracy": ([batches.GUESSES, batches.CLASSES], {}),
    "streaming_auc": ([batches.CHANCES, batches.TRUTH], {"curve": "PR"}),
    "streaming_precision": ([batches.GUESSES > 1, batches.TRUTH, batches.VECTOR], {}),
    "streaming_recall": ([batches.GUESSES > 1, batches.TRUTH], {}),
    "streaming_mean_absolute_error": ([batches.FLOATS, batches.OTHERS], {}),
    "streaming_mean_iou": ([batches.GUESSES, batches.CLASSES], {"num_classes": 5}),
    "streaming_percentage_less": ([batches.FLOATS], {"threshold": 0.1}),
    "streaming_recall_at_k": ([batches.SCORES, batches.ONE_LABEL], {"k": 2}),
    "streaming_sparse_precision_at_k": ([batches.SCORES, batches.LABEL_SETS], {"k": 2}),
    "streaming_false_positive_rate": ([batches.GUESSES > 1, batches.TRUTH], {}),
    "streaming_false_negative_rate": ([batches.GUESSES > 1, batches.TRUTH], {}),
    "streaming_true_positives_at_thresholds": ([batches.CHANCES, batches.TRUTH], {"thresholds": [0.3, 0.6]}),
    "streaming_covariance": ([batches.FLOATS, batches.OTHERS, batches.WEIGHTS], {}),
    "streaming_pearson_correlation": ([batches.FLOATS, batches.FLOATS + batches.OTHERS], {}),
    "count": ([batches.FLOATS, batches.WEIGHTS], {}),
    "cohen_kappa": ([batches.CLASSES, batches.GUESSES], {"num_classes": 4}),
    "f1_score": ([batches.TRUTH, batches.CHANCES], {}),
}


def metrics(tf: Any) -> dict[str, Any]:
    """Names, variables and steps of each metric."""
    found = {}
    for name, (arrays, rest) in METRICS.items():
        with tf.Graph().as_default():
            feeds = [tf.placeholder(a.dtype, a.shape[1:]) for a in arrays]
            value, update = getattr(tf.contrib.metrics, name)(*feeds, **rest)
            steps = []
            with tf.Session() as session:
                session.run(tf.local_variables_initializer())
                for i in range(batches.BATCHES):
                    fed = dict(zip(feeds, (a[i] for a in arrays)))  # noqa: B905
                    steps.append([np.asarray(session.run(x, fed), float).tolist() for x in (update, value)])
            found[name] = {"names": [value.name, update.name], "steps": steps,
                           "variables": [v.name for v in tf.local_variables()]}
    return found


if __name__ == "__main__":
    import tensorflow
    with open(sys.argv[1], "w") as file:
        json.dump({"losses": losses(tensorflow), "metrics": metrics(tensorflow)}, file, indent=0)
