"""Canned estimators beside values recorded from TensorFlow 1.15.5: what begins with zeros gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

pytestmark = pytest.mark.slow

est, fc = tf.estimator, tf.feature_column
_rng = np.random.RandomState(0)
X = {"x": _rng.normal(size=(64, 3)).astype(np.float32), "c": _rng.choice(["a", "b", "z"], 64)}
TWO = (X["x"][:, 0] > 0).astype(np.int64)
THREE = _rng.randint(0, 3, 64)
NUMBERS = X["x"].sum(1).astype(np.float32)


def _columns() -> list[Any]:
    return [fc.numeric_column("x", shape=(3,)),
            fc.categorical_column_with_vocabulary_list("c", ["a", "b"], num_oov_buckets=1)]


def _input(y: Any, epochs: int | None = None) -> Any:
    return est.inputs.numpy_input_fn(X, y, batch_size=32, shuffle=False, num_epochs=epochs)


RECORDED: dict[str, tuple[Callable[[str], Any], Any, dict[str, float]]] = {
    "linear, two classes": (lambda d: est.LinearClassifier(_columns(), d), TWO, {
        "accuracy": 0.828125, "accuracy_baseline": 0.578125, "auc": 0.986987, "auc_precision_recall": 0.991023,
        "average_loss": 0.519933, "label/mean": 0.578125, "loss": 16.637871, "precision": 0.770833,
        "prediction/mean": 0.582586, "recall": 1.0}),
    "linear, three classes": (lambda d: est.LinearClassifier(_columns(), d, n_classes=3), THREE, {
        "accuracy": 0.5625, "average_loss": 0.988189, "loss": 31.622049}),
    "linear, numbers": (lambda d: est.LinearRegressor(_columns(), d), NUMBERS, {
        "average_loss": 1.175387, "label/mean": 0.155354, "loss": 37.612389, "prediction/mean": 0.08976}),
    "linear, two numbers": (lambda d: est.LinearRegressor(_columns()[:1], d, label_dimension=2),
                            np.stack([NUMBERS, NUMBERS], 1), {
        "average_loss": 1.193351, "label/mean": 0.155354, "loss": 76.374435, "prediction/mean": 0.121044}),
    "bias, three classes": (lambda d: est.BaselineClassifier(d, n_classes=3), THREE, {
        "accuracy": 0.4375, "average_loss": 1.076368, "loss": 34.443787}),
    "bias, numbers": (lambda d: est.BaselineRegressor(d), NUMBERS, {
        "average_loss": 3.409989, "label/mean": 0.155354, "loss": 109.119637, "prediction/mean": 0.12883})}


@pytest.mark.parametrize("name", RECORDED)
def test_three_steps_and_an_evaluation(name: str, tmp_path: Path) -> None:
    make, y, expected = RECORDED[name]
    model = make(str(tmp_path)).train(_input(y), steps=3)
    found = model.evaluate(_input(y, 1))
    assert found.pop("global_step") == 3
    assert set(found) == set(expected)
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=2e-5, abs=2e-6), key


def test_predictions_of_classes(tmp_path: Path) -> None:
    model = est.LinearClassifier(_columns(), str(tmp_path)).train(_input(TWO), steps=3)
    found = list(model.predict(_input(None, 1)))
    assert len(found) == 64
    first = found[0]
    np.testing.assert_allclose(first["logits"], [0.9753656], rtol=1e-5)
    np.testing.assert_allclose(first["probabilities"], [0.2738123, 0.7261877], rtol=1e-5)
    assert {k: v.tolist() for k, v in first.items() if v.dtype.kind in "iO"} == {
        "all_class_ids": [0, 1], "all_classes": [b"0", b"1"], "class_ids": [1], "classes": [b"1"]}


DEEP: dict[str, tuple[Callable[[str], Any], list[str]]] = {
    "layers": (lambda d: est.DNNClassifier([5], [_columns()[0], fc.embedding_column(_columns()[1], 2)], d), [
        "dnn/hiddenlayer_0/bias", "dnn/hiddenlayer_0/bias/t_0/Adagrad", "dnn/hiddenlayer_0/kernel",
        "dnn/hiddenlayer_0/kernel/t_0/Adagrad",
        "dnn/input_from_feature_columns/input_layer/c_embedding/embedding_weights",
        "dnn/input_from_feature_columns/input_layer/c_embedding/embedding_weights/t_0/Adagrad", "dnn/logits/bias",
        "dnn/logits/bias/t_0/Adagrad", "dnn/logits/kernel", "dnn/logits/kernel/t_0/Adagrad", "global_step"]),
    "normalized": (lambda d: est.DNNClassifier([5], _columns()[:1], d, optimizer="SGD", batch_norm=True, dropout=0.5), [
        "dnn/hiddenlayer_0/batchnorm_0/beta", "dnn/hiddenlayer_0/batchnorm_0/gamma",
        "dnn/hiddenlayer_0/batchnorm_0/moving_mean", "dnn/hiddenlayer_0/batchnorm_0/moving_variance",
        "dnn/hiddenlayer_0/bias", "dnn/hiddenlayer_0/kernel", "dnn/logits/bias", "dnn/logits/kernel", "global_step"]),
    "both": (lambda d: est.DNNLinearCombinedClassifier(
        d, linear_feature_columns=_columns()[1:], dnn_feature_columns=_columns()[:1], dnn_hidden_units=[4]), [
        "dnn/hiddenlayer_0/bias", "dnn/hiddenlayer_0/bias/Adagrad", "dnn/hiddenlayer_0/kernel",
        "dnn/hiddenlayer_0/kernel/Adagrad", "dnn/logits/bias", "dnn/logits/bias/Adagrad", "dnn/logits/kernel",
        "dnn/logits/kernel/Adagrad", "global_step", "linear/linear_model/bias_weights",
        "linear/linear_model/bias_weights/Ftrl", "linear/linear_model/bias_weights/Ftrl_1",
        "linear/linear_model/c/weights", "linear/linear_model/c/weights/Ftrl", "linear/linear_model/c/weights/Ftrl_1"])}


@pytest.mark.parametrize("name", DEEP)
def test_variables_are_named_as_in_tensorflow(name: str, tmp_path: Path) -> None:
    make, expected = DEEP[name]
    assert make(str(tmp_path)).train(_input(TWO), steps=1).get_variable_names() == expected


def test_words_as_labels(tmp_path: Path) -> None:
    words = np.array(["p", "q", "r"])[THREE]
    model = est.LinearClassifier(_columns(), str(tmp_path), n_classes=3, label_vocabulary=["p", "q", "r"])
    found = model.train(_input(words), steps=3).evaluate(_input(words, 1))
    assert found["loss"] == pytest.approx(31.622049, rel=2e-5)
    assert next(model.predict(_input(None, 1)))["classes"].tolist() == [b"p"]


def test_weights_of_examples(tmp_path: Path) -> None:
    features = {"x": np.arange(4, dtype=np.float32).reshape(4, 1), "w": np.array([1.0, 2.0, 0.0, 3.0], np.float32)}
    labels = np.array([1.0, 2.0, 3.0, 4.0], np.float32)
    source = est.inputs.numpy_input_fn(features, labels, batch_size=4, shuffle=False)
    model = est.LinearRegressor([fc.numeric_column("x")], str(tmp_path), weight_column="w").train(source)
    found = model.evaluate(source)
    expected = {"average_loss": 6.0800557, "label/mean": 2.8333333, "loss": 36.480335, "prediction/mean": 0.56665516}
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-5), key


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: est.DNNClassifier([1], _columns(), n_classes=1), ValueError, "n_classes must be > 2: 1"),
    (lambda: est.DNNRegressor([1], _columns(), label_dimension=0), ValueError, "Invalid label_dimension 0"),
    (lambda: est.LinearClassifier(_columns(), loss_reduction="none"), ValueError, "Invalid loss_reduction: none"),
    (lambda: est.DNNLinearCombinedClassifier(), ValueError, "Either linear_feature_columns or dnn_feature_columns"),
    (lambda: est.LinearClassifier(_columns(), optimizer="foo").train(_input(TWO), steps=1), ValueError,
     "Unsupported optimizer name: foo. Supported names are"),
    (lambda: est.LinearClassifier(_columns()).train(_input(THREE), steps=1), tf.errors.InvalidArgumentError,
     r"Labels must <= n_classes - 1"),
    (lambda: est.LinearRegressor(_columns()).train(_input(X["x"]), steps=1), ValueError, "Mismatched label shape"),
    (lambda: est.LinearClassifier(_columns()).train(_input(None), steps=1), ValueError, "must provide a labels Tensor"),
])
def test_what_does_not_fit_is_refused(make: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()
