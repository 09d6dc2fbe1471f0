"""The estimators of `contrib.learn`: figures are TensorFlow 1.15.5's for the same steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

learn, layers = tf.contrib.learn, tf.contrib.layers
_RNG = np.random.RandomState(0)
X = _RNG.randn(40, 3).astype(np.float32)
CLASSES = (X[:, 0] - X[:, 1] > 0).astype(int)
NUMBERS = (X @ np.array([1.0, 2.0, -1.0])).astype(np.float32)
_WIDE = {"accuracy": 0.975,
         "accuracy/baseline_label_mean": 0.5,
         "accuracy/threshold_0.500000_mean": 0.975,
         "auc": 0.994,
         "auc_precision_recall": 0.994,
         "global_step": 15.0,
         "labels/actual_label_mean": 0.5,
         "labels/prediction_mean": 0.503,
         "loss": 0.267,
         "precision/positive_threshold_0.500000_mean": 0.952,
         "recall/positive_threshold_0.500000_mean": 1.0}


def _rounded(values: Any) -> Any:
    if isinstance(values, dict):
        return {key: _rounded(value) for key, value in values.items()}
    return np.asarray(values, np.float64).round(3).tolist()


def test_linear_regression_on_arrays(tmp_path: Path) -> None:
    columns = learn.infer_real_valued_columns_from_input(X)
    estimator = learn.LinearRegressor(feature_columns=columns, model_dir=str(tmp_path))
    with pytest.raises(learn.NotFittedError, match="Couldn't find trained model at"):
        estimator.evaluate(X, NUMBERS)
    assert estimator.fit(x=X, y=NUMBERS, steps=30) is estimator
    assert _rounded(estimator.evaluate(x=X, y=NUMBERS, steps=1)) == {"global_step": 30.0, "loss": 0.326}
    assert _rounded(estimator.predict(x=X[:3], as_iterable=False)) == [1.612, 5.951, 1.034]
    assert _rounded(estimator.get_variable_value("linear//weight")) == [[0.961], [1.425], [-0.915]]
    assert _rounded(estimator.get_variable_value("linear/bias_weight")) == [0.243]


def test_categories_and_ranges_in_a_linear_classifier(tmp_path: Path) -> None:
    def input_fn() -> Any:
        words = tf.SparseTensor([[i, 0] for i in range(40)], ["u" if c else "v" for c in CLASSES], [40, 1])
        return {"a": tf.constant(X[:, :1]), "s": words}, tf.constant(CLASSES)

    number = layers.real_valued_column("a")
    columns = [number, layers.bucketized_column(number, [-0.5, 0.5]), layers.sparse_column_with_keys("s", ["u", "v"])]
    estimator = learn.LinearClassifier(feature_columns=columns, model_dir=str(tmp_path))
    estimator.fit(input_fn=input_fn, steps=15)
    assert _rounded(estimator.evaluate(input_fn=input_fn, steps=1)) == _WIDE
    assert {"linear/a/weight", "linear/a_bucketized/weights", "linear/s/weights"} <= set(estimator.get_variable_names())
    assert np.mean(np.array(list(estimator.predict(input_fn=input_fn))) == CLASSES) == 0.975


def _model(features: Any, labels: Any, mode: str) -> Any:
    x = features["x"] if isinstance(features, dict) else features
    w = tf.get_variable("w", [3, 1], initializer=tf.zeros_initializer())
    p, loss, train_op = tf.matmul(x, w), None, None
    if mode != learn.ModeKeys.INFER:
        loss = tf.losses.mean_squared_error(tf.reshape(labels, [-1, 1]), p)
    if mode == learn.ModeKeys.TRAIN:
        train_op = layers.optimize_loss(loss, tf.train.get_global_step(), 0.1, "SGD")
    return learn.ModelFnOps(mode=mode, predictions={"p": p}, loss=loss, train_op=train_op)


def test_a_model_of_ones_own_with_more_metrics() -> None:
    estimator = learn.SKCompat(learn.Estimator(model_fn=_model))
    estimator.fit(X, NUMBERS, batch_size=40, steps=5)
    error = learn.MetricSpec(tf.contrib.metrics.streaming_mean_absolute_error, prediction_key="p")

    def absolute(predictions: Any, labels: Any) -> Any:
        return error.metric_fn(predictions, tf.reshape(labels, [-1, 1]))

    found = estimator.score(X, NUMBERS, metrics={"error": learn.MetricSpec(absolute, prediction_key="p")})
    assert _rounded({key: found[key] for key in ("loss", "global_step")}) == {"loss": 0.609, "global_step": 5.0}
    predicted = estimator.predict(X)["p"]
    assert _rounded(predicted[:2]) == [[1.307], [4.826]]
    np.testing.assert_allclose(found["error"], np.abs(predicted[:, 0] - NUMBERS).mean(), rtol=1e-5)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Missing training_op\."):
        learn.ModelFnOps("train", loss=1.0)
    with pytest.raises(ValueError, match="n_classes should be greater than 1"):
        learn.LinearClassifier([layers.real_valued_column("a")], n_classes=1)
    with pytest.raises(ValueError, match="Either linear_feature_columns or dnn_feature_columns must be defined"):
        learn.DNNLinearCombinedClassifier()
    estimator = learn.Estimator(model_fn=_model)
    with pytest.raises(ValueError, match="Can not provide both steps and max_steps"):
        estimator.fit(X, NUMBERS, steps=1, max_steps=1)


def test_an_experiment_trains_and_evaluates(tmp_path: Path) -> None:
    def input_fn() -> Any:
        return {"x": tf.constant(X)}, tf.constant(NUMBERS)

    def experiment(folder: str) -> Any:
        return learn.Experiment(learn.Estimator(_model, folder), input_fn, input_fn, train_steps=5, eval_steps=1)

    found, exported = learn.learn_runner.run(experiment, str(tmp_path))
    assert (_rounded(found), exported) == ({"loss": 0.609, "global_step": 5.0}, [])
