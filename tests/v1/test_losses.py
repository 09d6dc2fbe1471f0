"""`tf.losses` gives the values, names and collections of TensorFlow 1.15."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.v1 import loss_cases

import hornbeam.v1 as tf
from hornbeam.graph import mode

GOLDEN = Path(__file__).parents[1] / "golden" / "losses.json"


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as opened:
        yield opened


def test_values_names_and_collections_are_tensorflows():
    ours, theirs = loss_cases.answer(tf), json.loads(GOLDEN.read_text())
    assert ours.keys() == theirs.keys()
    for key, other in theirs.items():
        mine = ours[key]
        np.testing.assert_allclose(mine["value"], other["value"], 1e-5, 1e-7, err_msg=key)
        assert mine["dtype"] == other["dtype"], key
        assert len(mine["held"]) == len(other["held"]), key
        if key != "half":  # there TensorFlow counts the cast of a constant too
            assert (mine["name"], mine["held"]) == (other["name"], other["held"])


@pytest.mark.parametrize(("make", "words"), [
    (lambda: tf.losses.mean_squared_error(None, [1.0]), "Argument `labels` must not be None"),
    (lambda: tf.losses.softmax_cross_entropy([[1.0]], None), "Argument `logits` must not be None"),
    (lambda: tf.losses.mean_squared_error([1.0, 2.0], [1.0]), "are incompatible"),
    (lambda: tf.losses.cosine_distance([[1.0]], [[1.0]]), "You must specify argument `axis`"),
    (lambda: tf.losses.compute_weighted_loss([1.0], reduction="mean"), "Invalid Reduction Key mean"),
    (lambda: tf.losses.compute_weighted_loss(np.ones([2, 3]), np.ones([2])),
     r"weights can not be broadcast to values. values.rank=2. weights.rank=1"),
    (lambda: tf.losses.compute_weighted_loss(np.ones([2, 3]), np.ones([2, 2])),
     r"weights can not be broadcast to values. Mismatch at dim 1"),
])
def test_refusals(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_weights_of_unknown_shape_are_checked_when_they_come():
    losses = tf.placeholder(tf.float32, [None, 3])
    for shape in ([None, None], None):
        weights = tf.placeholder(tf.float32, shape)
        loss = tf.losses.compute_weighted_loss(losses, weights)
        with tf.Session() as session:
            given = np.ones([2, 3], np.float32)
            assert session.run(loss, {losses: given, weights: [[1.0], [0.0]]}) == 1
            with pytest.raises(tf.errors.InvalidArgumentError, match="weights can not be broadcast to values"):
                session.run(loss, {losses: given, weights: np.ones([3, 3])})
            if shape is None:
                assert session.run(loss, {losses: given, weights: 0.5}) == 0.5
                with pytest.raises(tf.errors.InvalidArgumentError, match="weights can not be broadcast"):
                    session.run(loss, {losses: given, weights: np.ones([3])})


def test_collections():
    first = tf.losses.mean_squared_error([1.0], [3.0])
    with tf.variable_scope("part"):
        second = tf.losses.absolute_difference([1.0], [2.0])
        tf.get_variable("w", [], initializer=tf.constant_initializer(2.0), regularizer=lambda w: 0.5 * w)
    unheld = tf.losses.mean_squared_error([1.0], [9.0], loss_collection=None)
    assert tf.losses.get_losses() == [first, second]
    assert tf.losses.get_losses(scope="part") == [second]
    assert len(tf.losses.get_regularization_losses()) == 1
    total = tf.losses.get_total_loss()
    assert total.name == "total_loss:0"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([total, tf.losses.get_regularization_loss(),
                            tf.losses.get_total_loss(add_regularization_losses=False), unheld]) == [6, 1, 5, 64]
    tf.losses.add_loss(unheld)
    assert tf.losses.get_losses()[-1] is unheld


def test_gradients_go_through_weights_and_predictions_not_into_labels():
    predictions, labels, weights = tf.constant([1.0, 2.0]), tf.constant([0.0, 0.0]), tf.constant([1.0, 0.0])
    loss = tf.losses.mean_squared_error(labels, predictions, weights)
    with tf.Session() as session:
        found = session.run(tf.gradients(loss, [predictions, weights]))
    np.testing.assert_allclose(found, [[2, 0], [1, 4]])
    soft = tf.constant([[0.3, 0.7]])
    assert tf.gradients(tf.losses.softmax_cross_entropy(soft, [[1.0, 2.0]]), soft) == [None]


def test_at_once():
    with mode.opened(None):
        assert float(tf.losses.mean_squared_error([1.0, 2.0], [1.0, 4.0], weights=[1.0, 0.0])) == 0
        assert float(tf.losses.huber_loss([0.0], [3.0])) == 2.5
    assert tf.losses.get_losses() == []
