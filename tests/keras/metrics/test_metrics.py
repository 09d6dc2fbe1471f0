"""Metrics give Keras's results over arguments, weights and masks, at once and in traced functions."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from tests.keras.recorded import assert_same, ours, rows, title
from tests.oracle.keras_training_cases import WEIGHTS, data, numbers

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.metrics.lookup import METRICS

KNOWN_CONFIG = {("CosineSimilarity", "axis")}
"""Arguments that Keras's configurations lose, and ours keep where they are not the default."""


@pytest.mark.filterwarnings("ignore:More independent predictors", "ignore:You are passing weight as `float`")
@pytest.mark.parametrize("row", rows("metrics"), ids=title)
def test_classes(row):
    case, wanted = row["case"], row["answer"]
    if "error" in wanted:
        with pytest.raises((tf.errors.InvalidArgumentError, ValueError)):
            ours("metrics", case)
        return
    got = ours("metrics", case)
    for name, key in KNOWN_CONFIG:
        if case["of"] == name and key in case.get("args", {}):
            assert got["config"].pop(key) == case["args"][key]
    assert_same(got, wanted)


@pytest.mark.parametrize("row", [r for r in rows("metrics")[::6] if "error" not in r["answer"]], ids=title)
def test_classes_in_a_traced_function(row):
    case = row["case"]
    if case.get("mask"):
        return
    metric = getattr(keras.metrics, case["of"])(**case.get("args", {}))

    @tf.function
    def step(y_true, y_pred, weights):
        given = (y_pred,) if case.get("values") else (y_true, y_pred)
        metric.update_state(*given, sample_weight=weights)
        return metric.result()

    for batch, wanted in zip((0, 1), row["answer"]["results"], strict=True):
        y_true, y_pred = data(case["data"], batch)
        weights = WEIGHTS[case["weights"]](y_true) if "weights" in case else None
        assert_same(numbers(step(y_true, y_pred, weights)), wanted)


def test_names():
    needs = {"num_classes", "target_class_ids", "recall", "precision", "sensitivity", "specificity", "fn"}
    for name, target in rows("names")[0]["names"]["metrics"].items():
        found = METRICS.table[name]
        assert found.__name__ == target
        required = [p.name for p in list(inspect.signature(found).parameters.values()) if p.default is p.empty
                    and p.kind is p.POSITIONAL_OR_KEYWORD]
        assert set(required) <= needs
        if not required:
            assert type(keras.metrics.get(name)) is found
    for wrong in ("typo", 3):
        with pytest.raises(ValueError, match=f"Could not interpret metric identifier: {wrong}"):
            keras.metrics.get(wrong)
    assert keras.metrics.get(None) is None


@pytest.mark.parametrize("row", rows("metrics")[::9], ids=title)
def test_configurations_make_the_same_metric(row):
    case = row["case"]
    metric = getattr(keras.metrics, case["of"])(**case.get("args", {}))
    again = keras.metrics.deserialize(keras.metrics.serialize(metric))
    assert type(again) is type(metric)
    assert again.get_config() == metric.get_config()


def test_a_metric_of_ones_own():
    class Largest(keras.metrics.Metric):
        def __init__(self, name="largest", **kwargs):
            super().__init__(name=name, **kwargs)
            self.value = self.add_weight(name="value", initializer="zeros")
            self.inner = keras.metrics.Mean(name="inner")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.value.assign(keras.ops.maximum(self.value, keras.ops.max(y_pred)))
            self.inner.update_state(y_pred)

        def result(self):
            return {"largest": self.value, "mean": self.inner.result()}

    metric = Largest()
    result = metric([0.0], [3.0, 5.0])
    assert (float(result["largest"]), float(result["mean"])) == (5.0, 4.0)
    assert [v.path for v in metric.variables] == ["largest/value", "inner/total", "inner/count"]
    metric.reset_state()
    assert [float(v) for v in metric.variables] == [0.0, 0.0, 0.0]
    with pytest.warns(DeprecationWarning, match="reset_state"):
        metric.reset_states()
    with pytest.raises(RuntimeError, match=r"super\(\).__init__"):
        type("Forgetful", (keras.metrics.Metric,), {"__init__": lambda self: None})().add_weight()


def test_without_side_effects():
    metric = keras.metrics.Mean()
    values = metric.stateless_update_state([2.0, 1.0], np.array([4.0, 6.0]))
    assert [float(v) for v in values] == [12.0, 3.0]
    assert float(metric.stateless_result(values)) == 4.0
    assert [float(v) for v in metric.variables] == [0.0, 0.0]
    metric.update_state([1.0])
    assert [float(v) for v in metric.stateless_reset_state()] == [0.0, 0.0]
    assert float(metric.result()) == 1.0
    with pytest.raises(ValueError, match="expected 2 variables"):
        metric.stateless_result([1.0])


def test_a_function_as_metric():
    metric = keras.metrics.MeanMetricWrapper(keras.losses.huber, name="h", delta=0.5)
    assert float(metric([[0.0]], [[2.0]])) == 0.875
    assert metric._direction == "down"
    config = metric.get_config()
    assert config["delta"] == 0.5
    again = keras.metrics.deserialize(keras.metrics.serialize(metric))
    assert float(again([[0.0]], [[2.0]])) == 0.875


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda m: m.Precision(thresholds=2), ValueError, r"Threshold values must be in \[0, 1\]. Received: \[2\]"),
    (lambda m: m.AUC(num_thresholds=1), ValueError, "`num_thresholds` must be an integer > 1"),
    (lambda m: m.AUC(curve="x"), ValueError, 'Invalid AUC curve value: "x"'),
    (lambda m: m.AUC(summation_method="x"), ValueError, 'Invalid AUC summation method value: "x"'),
    (lambda m: m.AUC(num_labels=2), ValueError, "`num_labels` is needed only when `multi_label` is True"),
    (lambda m: m.FBetaScore(average="x"), ValueError, "Invalid `average` argument value"),
    (lambda m: m.FBetaScore(beta=1), ValueError, "should be a Python float"),
    (lambda m: m.FBetaScore(beta=-1.0), ValueError, "should be > 0"),
    (lambda m: m.F1Score(threshold=2.0), ValueError, "0 < threshold <= 1"),
    (lambda m: m.F1Score()([0, 1], [0.1, 0.2]), ValueError, "FBetaScore expects 2D inputs"),
    (lambda m: m.R2Score(class_aggregation="x"), ValueError, "`class_aggregation`"),
    (lambda m: m.R2Score(num_regressors=-1), ValueError, "`num_regressors`"),
    (lambda m: m.R2Score()([[[1.0]]], [[[1.0]]]), ValueError, "R2Score expects 2D inputs"),
    (lambda m: m.IoU(2, [2]), ValueError, r"Target class id 2 is out of range, which is \[0, 2\)"),
    (lambda m: m.PrecisionAtRecall(2), ValueError, r"Argument `recall` must be in the range \[0, 1\]"),
    (lambda m: m.RecallAtPrecision(0.5, num_thresholds=0), ValueError, "`num_thresholds` must be an integer > 0"),
    (lambda m: m.Recall(class_id=1)([1.0, 0.0], [0.5, 0.2]), ValueError, "When class_id is provided, y_pred must be"),
])
def test_refusals(make, error, words):
    with pytest.raises(error, match=words):
        make(keras.metrics)


def test_too_many_regressors_are_told():
    metric = keras.metrics.R2Score(num_regressors=5)
    metric.update_state([[1.0], [2.0], [4.0]], [[1.0], [2.0], [3.0]])
    with pytest.warns(UserWarning, match="More independent predictors than datapoints"):
        metric.result()
