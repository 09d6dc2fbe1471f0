"""Predictors and what extends estimators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

X = np.array([[1.0, 2.0], [3.0, -1.0]], np.float32)


def _model_fn(features: Any, labels: Any, mode: str) -> Any:
    w = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
    y = tf.matmul(features["x"], w)
    if mode == "infer":
        return tf.estimator.EstimatorSpec(mode, {"y": y}, export_outputs={
            "serving_default": tf.estimator.export.PredictOutput({"y": y})})
    loss = tf.reduce_mean(tf.square(y - labels))
    optimizer = tf.contrib.estimator.clip_gradients_by_norm(tf.train.GradientDescentOptimizer(1.0), 0.5)
    return tf.estimator.EstimatorSpec(mode, {"y": y}, loss, optimizer.minimize(loss, tf.train.get_global_step()))


def _receiver() -> Any:
    x = tf.placeholder(tf.float32, [None, 2])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


def test_predictors_of_estimators_and_of_what_they_export(tmp_path: Path) -> None:
    estimator = tf.estimator.Estimator(_model_fn, str(tmp_path / "model"))
    with pytest.raises(ValueError, match="Couldn't find trained model at"):
        tf.contrib.predictor.from_estimator(estimator, _receiver)
    estimator.train(lambda: ({"x": tf.constant(X)}, tf.zeros([2, 1])), steps=1)
    w = estimator.get_variable_value("w")
    np.testing.assert_allclose(np.linalg.norm(w - 1), 0.5, rtol=1e-5)
    exported = estimator.export_saved_model(str(tmp_path / "exported"), _receiver)
    for predict in (tf.contrib.predictor.from_estimator(estimator, _receiver),
                    tf.contrib.predictor.from_saved_model(exported.decode())):
        np.testing.assert_allclose(predict({"x": X})["y"], X @ w, rtol=1e-6)
        with pytest.raises(ValueError, match="Got unexpected keys in input_dict"):
            predict({"z": X})
    forwarded = tf.contrib.estimator.forward_features(estimator, "x")
    (first, _) = forwarded.predict(lambda: tf.data.Dataset.from_tensor_slices({"x": X}).batch(2))
    assert first["x"].tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="You must specify at most one of"):
        tf.contrib.predictor.from_saved_model("nowhere", "a", {"b": "c"})


def test_logits_of_ones_own() -> None:
    with tf.Graph().as_default():
        linear = tf.estimator.experimental.linear_logit_fn_builder(2, [tf.feature_column.numeric_column("x", 2)])
        logits = tf.contrib.estimator.call_logit_fn(linear, {"x": tf.constant(X)}, "train", None, None)
        assert logits.shape.as_list() == [2, 2]
        with pytest.raises(ValueError, match="should return a Tensor or a dictionary of Tensors"):
            tf.contrib.estimator.call_logit_fn(lambda features: 1, {}, "train", None, None)
