"""contrib's losses and metrics give the figures and names of TensorFlow 1.15."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.v1 import contrib_cases

import hornbeam.v1 as tf

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "contrib_losses_metrics.json").read_text())


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as opened:
        yield opened


def test_losses():
    ours = contrib_cases.losses(tf)
    assert ours.keys() == GOLDEN["losses"].keys()
    for key, (name, value) in GOLDEN["losses"].items():
        assert ours[key][0] == name
        np.testing.assert_allclose(ours[key][1], value, 1e-5, err_msg=key)


@pytest.mark.parametrize("name", list(contrib_cases.METRICS))
def test_metrics(name, monkeypatch):
    monkeypatch.setattr(contrib_cases, "METRICS", {name: contrib_cases.METRICS[name]})
    ours, theirs = contrib_cases.metrics(tf)[name], GOLDEN["metrics"][name]
    assert (ours["names"], ours["variables"]) == (theirs["names"], theirs["variables"])
    for step, expected in zip(ours["steps"], theirs["steps"], strict=True):
        for got, wanted in zip(step, expected, strict=True):
            np.testing.assert_allclose(got, wanted, 1e-4, 1e-6)


def test_several_metrics_together():
    accuracy, auc = tf.contrib.metrics.streaming_accuracy([1, 2], [1, 3]), tf.metrics.mean([2.0, 4.0])
    values, updates = tf.contrib.metrics.aggregate_metric_map({"accuracy": accuracy, "mean": auc})
    assert tf.contrib.metrics.aggregate_metrics(accuracy, auc) == ([accuracy[0], auc[0]], [accuracy[1], auc[1]])
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        session.run(updates)
        assert session.run(values) == {"accuracy": 0.5, "mean": 3}
        assert session.run(tf.contrib.metrics.accuracy(tf.constant([1, 2]), tf.constant([1, 3]))) == 0.5
    with pytest.raises(ValueError, match="Expected at least one"):
        tf.contrib.metrics.aggregate_metrics()
    with pytest.raises(ValueError, match="Labels should have bool, integer, or string dtype"):
        tf.contrib.metrics.accuracy(tf.constant([1.0]), tf.constant([1.0]))
    assert tf.contrib.slim.metrics.streaming_mean is not None
    assert tf.contrib.slim.losses.get_total_loss is not None
