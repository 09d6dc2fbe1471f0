"""TF1's optimizers: trajectories and names measured on TensorFlow 2.21, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

MEASURED = json.loads(Path(__file__).with_name("optimizers.json").read_text())
OPTIMIZERS: dict[str, Callable[[], Any]] = {
    "sgd": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda: tf.train.AdamOptimizer(0.05),
    "rms": lambda: tf.train.RMSPropOptimizer(0.05, momentum=0.5),
    "centered": lambda: tf.train.RMSPropOptimizer(0.05, 0.9, 0.5, 1e-6, centered=True),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "adagrad_da": lambda: tf.train.AdagradDAOptimizer(
        0.1, tf.train.get_or_create_global_step(), l1_regularization_strength=0.01, l2_regularization_strength=0.02),
    "adadelta": lambda: tf.train.AdadeltaOptimizer(1.0),
    "ftrl": lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.02),
    "ftrl_v2": lambda: tf.train.FtrlOptimizer(
        0.1, -0.4, l1_regularization_strength=0.01, l2_regularization_strength=0.02,
        l2_shrinkage_regularization_strength=0.01),
    "ftrl_beta": lambda: tf.train.FtrlOptimizer(0.1, beta=0.5),
    "proximal": lambda: tf.train.ProximalGradientDescentOptimizer(0.1, 0.02, 0.03),
    "proximal_adagrad": lambda: tf.train.ProximalAdagradOptimizer(0.1, 0.1, 0.02, 0.03),
}


def trajectory(make: Callable[[], Any], sparse: bool) -> tuple[np.ndarray, list[str]]:
    """The variable after 20 steps, and the names of all variables."""
    rng = np.random.RandomState(0)
    start = rng.randn(5, 3).astype("f")
    dense, rows = rng.randn(20, 5, 3).astype("f"), rng.randn(20, 4, 3).astype("f")
    indices = rng.randint(0, 5, (20, 4)).astype(np.int32)
    with tf.Graph().as_default():
        w = tf.Variable(start, name="w")
        values = tf.placeholder(tf.float32, [None, 3])
        at = tf.placeholder(tf.int32, [None])
        grad = tf.IndexedSlices(values, at, tf.constant([5, 3])) if sparse else values
        optimizer = make()
        step = optimizer.apply_gradients([(grad, w)], global_step=tf.train.get_or_create_global_step())
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for k in range(20):
                session.run(step, {values: rows[k], at: indices[k]} if sparse else {values: dense[k]})
            return session.run(w), [v.name for v in tf.global_variables()]


@pytest.mark.parametrize("sparse", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_twenty_steps_end_where_tensorflow_ends(name: str, sparse: bool) -> None:
    value, names = trajectory(OPTIMIZERS[name], sparse)
    expected = MEASURED[f"{name} {'sparse' if sparse else 'dense'}"]
    np.testing.assert_allclose(value, np.array(expected["w"], "f"), rtol=2e-5, atol=3e-6)
    assert names == expected["names"]


def test_the_training_operation_is_named_as_the_optimizer_and_collected() -> None:
    with tf.Graph().as_default() as graph:
        v = tf.Variable(1.0)
        train = tf.train.AdamOptimizer().minimize(v * v)
        assert train.name == "Adam"
        assert train.type == "NoOp"
        assert graph.get_collection("train_op") == [train]
        counted = tf.train.GradientDescentOptimizer(0.1).minimize(v * v, tf.train.create_global_step())
        assert (counted.name, counted.type) == ("GradientDescent", "AssignAdd")


def test_slots_are_found_by_name() -> None:
    with tf.Graph().as_default():
        v = tf.Variable([1.0], name="v")
        adam = tf.train.AdamOptimizer()
        assert adam.get_slot(v, "m") is None
        adam.minimize(tf.reduce_sum(v * v))
        assert adam.get_slot_names() == ["m", "v"]
        assert adam.get_slot(v, "v").name == "v/Adam_1:0"
        assert [x.name for x in adam.variables()] == ["beta1_power:0", "beta2_power:0", "v/Adam:0", "v/Adam_1:0"]


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda o, v: o.minimize(tf.constant(1.0), var_list=[]), ValueError, "No variables to optimize."),
    (lambda o, v: o.minimize(tf.constant(1.0), var_list=[v]), ValueError, "No gradients provided for any variable"),
    (lambda o, v: o.apply_gradients([]), ValueError, "No variables provided."),
    (lambda o, v: o.apply_gradients([(None, v)]), ValueError, "No gradients provided for any variable: "),
    (lambda o, v: o.minimize(tf.constant(1), var_list=[v]), ValueError, "Invalid type tf.int32 for Const:0"),
    (lambda o, v: o.minimize(v * v, gate_gradients=7), ValueError, "gate_gradients must be one of"),
    (lambda o, v: tf.train.AdamOptimizer(name=""), ValueError, "Must specify the optimizer name"),
    (lambda o, v: tf.train.FtrlOptimizer(0.1, learning_rate_power=1), ValueError, "negative or zero"),
    (lambda o, v: tf.train.AdagradOptimizer(0.1, 0), ValueError, "must be positive: 0"),
])
def test_what_cannot_be_optimized_is_refused(call: Any, error: type[Exception], text: str) -> None:
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
        with pytest.raises(error, match=text):
            call(tf.train.AdamOptimizer(), v)


def test_a_row_that_is_not_there_is_named_and_changes_nothing() -> None:
    with tf.Graph().as_default():
        v = tf.Variable(np.ones((3, 2), "f"))
        at = tf.placeholder(tf.int32, [1])
        grad = tf.IndexedSlices(tf.ones([1, 2]), at, tf.constant([3, 2]))
        step = tf.train.MomentumOptimizer(0.1, 0.9).apply_gradients([(grad, v)])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            with pytest.raises(tf.errors.InvalidArgumentError, match="Index 9 at offset 0 in indices is out of range"):
                session.run(step, {at: [9]})
            np.testing.assert_array_equal(session.run(v), np.ones((3, 2)))


def test_constraints_apply_after_the_update() -> None:
    with tf.Graph().as_default():
        v = tf.Variable([1.0, -1.0], constraint=lambda x: tf.maximum(x, 0.0))
        step = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(v))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(step)
            np.testing.assert_allclose(session.run(v), [0.5, 0.0])


def test_a_schedule_and_its_step_drive_the_rate() -> None:
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        rate = tf.train.piecewise_constant(step, [1, 2], [1.0, 0.1, 0.01])
        v = tf.Variable(0.0)
        train = tf.train.GradientDescentOptimizer(rate).minimize(-v, global_step=step)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(5):
                session.run(train)
            assert session.run([v, step]) == [pytest.approx(2.12, abs=1e-6), 5]


@pytest.mark.parametrize("name", MEASURED["rates"])
def test_learning_rates_fall_as_tensorflows(name: str) -> None:
    t = tf.train
    makers: dict[str, Callable[[Any], Any]] = {
        "exponential": lambda s: t.exponential_decay(0.1, s, 100, 0.5),
        "staircase": lambda s: t.exponential_decay(0.1, s, 100, 0.5, True),
        "natural": lambda s: t.natural_exp_decay(0.1, s, 100, 0.5),
        "inverse": lambda s: t.inverse_time_decay(0.1, s, 100, 0.5),
        "polynomial": lambda s: t.polynomial_decay(0.1, s, 100),
        "cycle": lambda s: t.polynomial_decay(0.1, s, 100, 0.01, 0.5, cycle=True),
        "cosine": lambda s: t.cosine_decay(0.1, s, 100, 0.1),
        "linear_cosine": lambda s: t.linear_cosine_decay(0.1, s, 100, alpha=0.1),
        "restarts": lambda s: t.cosine_decay_restarts(0.1, s, 30, alpha=0.1),
        "even_restarts": lambda s: t.cosine_decay_restarts(0.1, s, 30, t_mul=1.0, m_mul=0.9),
        "piecewise": lambda s: t.piecewise_constant(s, [10, 50], [1.0, 0.5, 0.1])}
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(tf.int64, [])
        rate = makers[name](step)
        found = [float(session.run(rate, {step: n})) for n in (0, 1, 10, 11, 31, 50, 51, 100, 130, 500)]
    np.testing.assert_allclose(found, MEASURED["rates"][name], rtol=2e-5, atol=1e-8)


def test_moving_averages_follow_variables_and_tensors() -> None:
    with tf.Graph().as_default():
        v = tf.Variable([1.0, 2.0], name="v")
        t = tf.multiply(v, 2.0, name="t")
        average = tf.train.ExponentialMovingAverage(0.9, zero_debias=True)
        update = average.apply([v, t])
        assert average.average(v).name == "v/ExponentialMovingAverage:0"
        assert average.average_name(t) == "t/ExponentialMovingAverage"
        assert average.variables_to_restore()["v/ExponentialMovingAverage"] is v
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(update)
            session.run(tf.assign_add(v, [1.0, 1.0]))
            session.run(update)
            np.testing.assert_allclose(session.run(average.average(v)), [1.1, 2.1], rtol=1e-6)
            # (0.9 · 2 + 4) / 1.9 and (0.9 · 4 + 6) / 1.9: the start at zero taken out
            np.testing.assert_allclose(session.run(average.average(t)), [5.8 / 1.9, 9.6 / 1.9], rtol=1e-6)
