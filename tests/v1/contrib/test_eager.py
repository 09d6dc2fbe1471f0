"""`contrib.eager`: gradients of functions, and metrics that are called."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.v1.api import tf as api

tfe = api.contrib.eager


@pytest.fixture(autouse=True)
def _at_once() -> Any:
    tf.reset_default_graph()  # what other tests left there would be a program that has started
    tf.enable_eager_execution()
    with mode.opened(None):
        yield
    mode.set_v1_builds(True)


def test_gradients_by_arguments_and_by_variables() -> None:
    assert [float(g) for g in tfe.gradients_function(lambda x, y: x * x * y)(3.0, 2.0)] == [12.0, 9.0]
    value, (gradient,) = tfe.value_and_gradients_function(lambda x, y: x * y, params=["y"])(3.0, 2.0)
    assert (float(value), float(gradient)) == (6.0, 3.0)
    second = tfe.gradients_function(lambda x: tfe.gradients_function(lambda z: z * z * z)(x)[0])
    assert float(second(2.0)[0]) == 12.0
    v = tfe.Variable(2.0)
    ((gradient, found),) = tfe.implicit_gradients(lambda x: v * v * x)(3.0)
    assert (float(gradient), found is v) == (12.0, True)
    with pytest.raises(ValueError, match="No trainable variables were accessed"):
        tfe.implicit_gradients(lambda: tf.constant(1.0))()
    with pytest.raises(ValueError, match="returns None"):
        tfe.gradients_function(lambda x: None)(1.0)


def test_a_loop_by_gradients_learns() -> None:
    x = np.random.RandomState(0).randn(50, 2).astype("f")
    y = x @ np.array([[2.0], [-3.0]], "f")
    layer = tf.layers.Dense(1)
    optimizer = tf.train.GradientDescentOptimizer(0.3)
    grads = tfe.implicit_gradients(lambda: tf.reduce_mean(tf.square(layer(tf.constant(x)) - y)))
    for _ in range(60):
        optimizer.apply_gradients(grads())
    np.testing.assert_allclose(layer.variables[0].numpy(), [[2.0], [-3.0]], atol=1e-2)


def test_metrics_are_called_and_read() -> None:
    mean = tfe.metrics.Mean("loss")
    with pytest.raises(RuntimeError, match="before metric has been built"):
        mean.init_variables()
    mean([1.0, 3.0])
    mean(8.0)
    assert float(mean.result()) == 4.0
    mean.init_variables()
    mean([1.0, 5.0], weights=[1.0, 3.0])
    assert float(mean.result()) == 4.0
    accuracy = tfe.metrics.Accuracy()
    accuracy([1, 2, 3], [1, 2, 0])
    assert float(accuracy.result()) == pytest.approx(2 / 3)
    for metric, labels in ((tfe.metrics.CategoricalAccuracy(), [[0.0, 1.0], [1.0, 0.0]]),
                           (tfe.metrics.SparseAccuracy(), [1, 0])):
        metric(labels, [[0.1, 0.9], [0.2, 0.8]])
        assert float(metric.result()) == 0.5
    binary = tfe.metrics.BinaryAccuracy(0.5)
    binary([1.0, 0.0], [0.6, 0.7])
    assert float(binary.result()) == 0.5
