"""Logits of canned estimators: a sum of weights, layers, or a bias alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hornbeam.train.feature_columns.columns import normalized
from hornbeam.v1.adapters.feature_columns import concatenated, weighted_sum
from hornbeam.v1.api import tf
from hornbeam.v1.estimator.spec import ModeKeys

_LARGE = 64 << 20
"""Variables below these bytes are one part."""

_OPTIMIZERS = {"Adagrad": "AdagradOptimizer", "Adam": "AdamOptimizer", "Ftrl": "FtrlOptimizer",
               "RMSProp": "RMSPropOptimizer", "SGD": "GradientDescentOptimizer"}


def optimizer_of(given: Any, learning_rate: float) -> Any:
    """An optimizer, its name, or a function that makes it. Raises ValueError for names that are none."""
    if isinstance(given, str):
        if given not in _OPTIMIZERS:
            raise ValueError(f"Unsupported optimizer name: {given}. Supported names are: {tuple(_OPTIMIZERS)}")
        return getattr(tf.train, _OPTIMIZERS[given])(learning_rate=learning_rate)
    made = given() if callable(given) else given
    if not isinstance(made, tf.train.Optimizer):
        raise ValueError(f"The given object is not an Optimizer instance. Given: {made}")
    return made


def linear_rate(columns: Sequence[Any], most: float) -> float:
    """The learning rate of weights: 1/√n of the columns, `most` at most."""
    return min(most, 1.0 / math.sqrt(len(columns)))


def partitioner() -> Any:
    """Cuts variables that are large, into one part here."""
    return tf.min_max_variable_partitioner(max_partitions=1, min_slice_size=_LARGE)


def _check_features(features: Any) -> None:
    if not isinstance(features, dict):
        raise ValueError(f"features should be a dictionary of `Tensor`s. Given type: {type(features)}")


def linear_logits(features: Any, columns: Any, units: int, sparse_combiner: str) -> Any:
    """The sum of columns times weights, in the open scope, with its summaries."""
    _check_features(features)
    held: dict[Any, Any] = {}
    with tf.variable_scope("linear_model"):
        logits = weighted_sum(features, normalized(columns), units, sparse_combiner, True, [], held)
    bias = held.pop("bias")[0]
    weights = [w for found in held.values() for w in found]
    if units == 1:
        tf.summary.scalar("bias", tf.reshape(tf.convert_to_tensor(bias), []))
    else:
        tf.summary.histogram("bias", bias)
    tf.summary.scalar("fraction_of_zero_weights", _zeros(weights))
    return logits


def _zeros(weights: list[Any]) -> Any:
    zeros = [tf.reduce_sum(tf.cast(tf.equal(w, 0.0), tf.float32)) for w in map(tf.convert_to_tensor, weights)]
    return tf.add_n(zeros) / sum(float(w.shape.num_elements()) for w in weights) if zeros else tf.constant(0.0)


def dnn_logits(features: Any, columns: Any, hidden_units: Sequence[int], units: int, mode: str, activation: Any,
               dropout: float | None, batch_norm: bool, input_partitioner: Any) -> Any:
    """Layers upon the dense columns side by side, in the open scope, with their summaries."""
    _check_features(features)
    training = mode == ModeKeys.TRAIN
    with tf.variable_scope("input_from_feature_columns", values=list(features.values()),
                           partitioner=input_partitioner):
        net = concatenated(features, normalized(columns), True, [])
    for number, size in enumerate(hidden_units):
        with tf.variable_scope(f"hiddenlayer_{number}", values=[net]) as scope:
            net = tf.layers.dense(net, size, activation=activation, name=scope,
                                  kernel_initializer=tf.glorot_uniform_initializer())
            if dropout is not None and training:
                net = tf.layers.dropout(net, rate=dropout, training=True)
            if batch_norm:
                net = tf.layers.batch_normalization(net, training=training, momentum=0.999,
                                                    name=f"batchnorm_{number}")
        summarize(net, f"dnn/hiddenlayer_{number}")
    with tf.variable_scope("logits", values=[net]) as scope:
        logits = tf.layers.dense(net, units, activation=None, name=scope,
                                 kernel_initializer=tf.glorot_uniform_initializer())
    summarize(logits, "dnn/logits")
    return logits


def summarize(value: Any, tag: str) -> None:
    """How many of the values are 0, and their histogram."""
    tf.summary.scalar(f"{tag}/fraction_of_zero_values", tf.nn.zero_fraction(value))
    tf.summary.histogram(f"{tag}/activation", value)
