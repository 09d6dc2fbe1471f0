"""`tf.metrics` gives the values, names, variables and collections of TensorFlow 1.15."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.v1 import metric_cases

import hornbeam.v1 as tf
from hornbeam.graph import mode

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "metrics.json").read_text())


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as opened:
        yield opened


@pytest.mark.slow  # 68 graphs
def test_values_names_and_variables_are_tensorflows():
    ours = metric_cases.answer(tf)
    assert ours.keys() == GOLDEN.keys()
    for key, theirs in GOLDEN.items():
        mine = ours[key]
        for step, expected in zip(mine["steps"], theirs["steps"], strict=True):
            for got, wanted in zip(step, expected, strict=True):
                np.testing.assert_allclose(got, wanted, 1e-5, 1e-6, err_msg=key)
        assert (mine["names"], mine["local"], mine["collected"]) == (
            theirs["names"], theirs["local"], theirs["collected"]), key
        # there an operation `Max` before takes the name, as case does not matter
        assert mine["variables"] == [v.replace("max_1", "max") for v in theirs["variables"]], key


@pytest.mark.parametrize("key", ["mean weighted", "accuracy weighted", "precision", "auc few", "recall_at_k", "iou"])
def test_values_over_batches(key, monkeypatch):
    chosen = metric_cases.cases()[key]
    monkeypatch.setattr(metric_cases, "cases", lambda: {key: chosen})
    for step, expected in zip(metric_cases.answer(tf)[key]["steps"], GOLDEN[key]["steps"], strict=True):
        for got, wanted in zip(step, expected, strict=True):
            np.testing.assert_allclose(got, wanted, 1e-5, 1e-6)


def run(pair, feed=None):
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        update = session.run(pair[1], feed)
        return update, session.run(pair[0])


def test_labels_may_be_sparse():
    labels = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], np.array([3, 1, 2], np.int64), [2, 3])
    scores = tf.constant([[0.1, 0.4, 0.2, 0.3], [0.4, 0.3, 0.2, 0.1]])
    assert run(tf.metrics.precision_at_k(labels, scores, 2)) == (0.5, 0.5)
    assert run(tf.metrics.recall_at_k(labels, scores, 2))[0] == pytest.approx(2 / 3)
    assert run(tf.metrics.average_precision_at_k(labels, scores, 2)) == (0.5, 0.5)


def test_reading_needs_no_new_batch():
    x = tf.placeholder(tf.float32, [None])
    value, update = tf.metrics.mean(x)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        session.run(update, {x: [1.0, 3.0]})
        session.run(update, {x: [5.0]})
        assert session.run(value) == 3
        session.run(tf.variables_initializer(tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)))
        assert session.run(value) == 0
    assert tf.trainable_variables() == tf.global_variables() == []


def test_weights_of_unknown_shape():
    labels = tf.placeholder(tf.int64)
    weights = tf.placeholder(tf.float32)
    pair = tf.metrics.accuracy(labels, [1, 2, 3], weights)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        assert session.run(pair[1], {labels: [[1], [2], [4]], weights: [[1.0], [0.0], [1.0]]}) == 0.5
        assert session.run(pair[1], {labels: [1, 2, 3], weights: 2.0}) == pytest.approx(7 / 8)


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: tf.metrics.auc([1], [0.5], curve="XY"), ValueError, "Curve must be either ROC or PR. Curve XY is unknown"),
    (lambda: tf.metrics.auc([1], [0.5], summation_method="sum"), ValueError, "Invalid summation_method: sum"),
    (lambda: tf.metrics.sensitivity_at_specificity([1], [0.5], 2), ValueError, r"must be in the range \[0, 1\]"),
    (lambda: tf.metrics.average_precision_at_k([1], [[0.5]], 0), ValueError, "Invalid k=0"),
    (lambda: tf.metrics.accuracy([1, 2], [1, 2, 3]), ValueError, "are incompatible"),
    (lambda: tf.metrics.mean([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, "weights can not be broadcast to values"),
    (lambda: tf.metrics.recall_at_k(np.zeros([2, 2, 2], np.int64), np.zeros([2, 3], np.float32), 1), ValueError,
     "Unexpected labels shape"),
])
def test_refusals(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_probabilities_are_checked():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"predictions must be in \[0, 1\]"):
        run(tf.metrics.auc([1, 0], tf.placeholder_with_default([0.5, 1.5], [2])))


def test_not_at_once():
    with mode.opened(None), pytest.raises(RuntimeError, match=r"tf.metrics.mean is not supported when eager"):
        tf.metrics.mean([1.0])
