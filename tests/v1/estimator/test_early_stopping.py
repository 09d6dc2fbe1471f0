"""Hooks that end a training early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hornbeam.v1 as tf

experimental = tf.estimator.experimental


def _model_fn(features: Any, labels: Any, mode: str) -> Any:
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    return tf.estimator.EstimatorSpec(mode, w, tf.square(w), tf.assign_add(tf.train.get_global_step(), 1))


def _input_fn() -> Any:
    return {"x": tf.zeros([1])}, tf.zeros([1])


@pytest.fixture
def estimator(tmp_path: Path) -> Any:
    made = tf.estimator.Estimator(_model_fn, str(tmp_path))
    with tf.Graph().as_default(), tf.summary.FileWriter(made.eval_dir()) as writer:
        for step, value in ((10, 0.5), (20, 0.8), (30, 0.7), (40, 0.6)):
            writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=value)]), step)
    return made


@pytest.mark.parametrize(("make", "stops"), [
    (lambda e: experimental.stop_if_higher_hook(e, "a", 0.75, run_every_secs=None, run_every_steps=1), True),
    (lambda e: experimental.stop_if_higher_hook(e, "a", 0.75, min_steps=25, run_every_secs=None, run_every_steps=1),
     False),
    (lambda e: experimental.stop_if_lower_hook(e, "a", 0.55, run_every_secs=None, run_every_steps=1), True),
    (lambda e: experimental.stop_if_no_increase_hook(e, "a", 20, run_every_secs=None, run_every_steps=1), True),
    (lambda e: experimental.stop_if_no_increase_hook(e, "a", 21, run_every_secs=None, run_every_steps=1), False),
    (lambda e: experimental.stop_if_no_decrease_hook(e, "a", 30, run_every_secs=None, run_every_steps=1), True)])
def test_a_training_ends_when_its_metrics_say_so(estimator: Any, make: Any, stops: bool) -> None:
    estimator.train(_input_fn, hooks=[make(estimator)], steps=5)
    assert int(estimator.get_variable_value("global_step")) == (1 if stops else 5)


def test_what_does_not_fit_is_refused(estimator: Any) -> None:
    with pytest.raises(TypeError, match=r"`estimator` must have type `tf\.estimator\.Estimator`"):
        experimental.make_early_stopping_hook(1, lambda: True)
    with pytest.raises(ValueError, match="Only one of `run_every_secs` and `run_every_steps` must be set"):
        experimental.make_early_stopping_hook(estimator, lambda: True, run_every_steps=1)
    with pytest.raises(TypeError, match="`should_stop_fn` must be callable"):
        experimental.make_early_stopping_hook(estimator, 3)
