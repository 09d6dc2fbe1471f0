"""Heads that programs make: figures are TensorFlow 1.15.5's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

heads = tf.contrib.estimator
LOGITS = np.array([[1.5, 0.4, -1.0], [-0.3, 2.0, 0.1], [0.2, -0.6, 0.9], [1.0, 1.0, -2.0]], np.float32)
WEIGHTS = np.array([[1.0], [2.0], [0.5], [0.0]], np.float32)
CLASSES = np.array([[0], [1], [1], [0]])
LABELS = np.array([[0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0]])
NUMBERS = np.array([[0.2], [0.7], [0.4], [0.9]], np.float32)

_WANTED = {
    "binary": {"accuracy/b": 0.1429, "accuracy/positive_threshold_0.6/b": 0.0, "accuracy_baseline/b": 0.7143,
        "auc/b": 0.0, "auc_precision_recall/b": 0.4524, "average_loss/b": 1.0598, "label/mean/b": 0.7143,
        "loss": 0.9273, "precision/b": 0.3333, "precision/positive_threshold_0.6/b": 0.0, "prediction/mean/b":
        0.5553, "recall/b": 0.2, "recall/positive_threshold_0.6/b": 0.0},
    "labels": {"auc": 0.6909, "auc/class2": 1.0, "auc_precision_recall": 0.7641, "auc_precision_recall/class2":
        1.0, "average_loss": 0.6445, "loss": 0.564, "probability_mean/class2": 0.4784},
    "poisson": {"average_loss": 2.3784, "label/mean": 1.5429, "loss": 2.0811, "prediction/mean": 1.8783},
    "logistic": {"average_loss": 0.9398, "label/mean": 0.5143, "loss": 0.8223, "prediction/mean": 0.5553},
    "linked": {"average_loss": 1.06, "label/mean": 0.5143, "loss": 0.9275, "prediction/mean": 1.8783},
    "several": {"accuracy/c": 0.75, "average_loss/c": 0.8325, "average_loss/r": 0.685, "label/mean/r": 0.55,
        "loss": 2.0075, "loss/c": 0.8325, "loss/r": 0.685, "prediction/mean/r": 0.6},
}
_STEP = 0.8345


def _evaluated(head: Any, logits: Any, labels: Any) -> dict[str, float]:
    with tf.Graph().as_default():
        spec = head().create_estimator_spec({"w": tf.constant(WEIGHTS)}, "eval", tf.constant(logits), labels)
        with tf.Session() as sess:
            sess.run([tf.local_variables_initializer(), tf.tables_initializer()])
            loss, _ = sess.run([spec.loss, [update for _, update in spec.eval_metric_ops.values()]])
            found = sess.run({key: value for key, (value, _) in spec.eval_metric_ops.items()})
    return {key: round(float(value), 4) for key, value in {**found, "loss": loss}.items()}


def test_binary_with_thresholds_and_weights() -> None:
    found = _evaluated(lambda: heads.binary_classification_head("w", thresholds=[0.6], name="b"), LOGITS[:, :1],
                       CLASSES)
    assert found == _WANTED["binary"]


def test_several_labels_at_once() -> None:
    found = _evaluated(lambda: heads.multi_label_head(3, "w", classes_for_class_based_metrics=[2]), LOGITS, LABELS)
    assert found == _WANTED["labels"]


def test_labels_by_the_names_of_classes() -> None:
    def words() -> Any:
        return tf.SparseTensor([[0, 0], [1, 0], [1, 1], [3, 0]], ["b", "a", "b", "a"], [4, 2])

    with tf.Graph().as_default():
        head = heads.multi_label_head(3, label_vocabulary=["a", "b", "c"])
        spec = head.create_estimator_spec({}, "eval", tf.constant(LOGITS), words())
        other = heads.multi_label_head(3).create_estimator_spec(
            {}, "eval", tf.constant(LOGITS), tf.constant(LABELS * [[1, 1, 0]]))
        with tf.Session() as sess:
            sess.run(tf.tables_initializer())
            np.testing.assert_allclose(*sess.run([spec.loss, other.loss]), rtol=1e-6)


def test_poisson_logistic_and_linked_regression() -> None:
    assert _evaluated(lambda: heads.poisson_regression_head("w"), LOGITS[:, :1], NUMBERS * 3) == _WANTED["poisson"]
    assert _evaluated(lambda: heads.logistic_regression_head("w"), LOGITS[:, :1], NUMBERS) == _WANTED["logistic"]
    assert _evaluated(lambda: heads.regression_head("w", inverse_link_fn=tf.exp), LOGITS[:, :1],
                      NUMBERS) == _WANTED["linked"]


def test_several_heads() -> None:
    found = _evaluated(lambda: heads.multi_head([heads.regression_head(name="r"), heads.multi_class_head(3, name="c")],
                                                [0.5, 2.0]),
                       np.concatenate([LOGITS[:, :1], LOGITS], 1), {"r": NUMBERS, "c": CLASSES})
    assert found == _WANTED["several"]


@pytest.mark.parametrize("keras", [False, True])
def test_a_step_with_what_is_added_to_the_loss(keras: bool) -> None:
    with tf.Graph().as_default():
        k = tf.Variable(np.float32(1.0))
        optimizer = tf.keras.optimizers.SGD(0.1) if keras else tf.train.GradientDescentOptimizer(0.1)
        step = tf.train.get_or_create_global_step()
        spec = tf.estimator.RegressionHead().create_estimator_spec(
            {}, "train", tf.constant(LOGITS[:, :1]) * k, NUMBERS, optimizer, [k], regularization_losses=[k * 0.5])
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            sess.run(spec.train_op)
            value, count = sess.run([k, step])
    assert (round(float(value), 4), int(count)) == (_STEP, 1)


def test_outputs_of_several_heads() -> None:
    with tf.Graph().as_default():
        head = tf.estimator.MultiHead([tf.estimator.RegressionHead(name="r"), tf.estimator.BinaryClassHead(name="b")])
        spec = head.create_estimator_spec({}, "infer", tf.constant(LOGITS[:, :2]))
        assert sorted(spec.export_outputs) == ["b", "b/classification", "b/predict", "b/regression", "predict", "r",
                                               "r/predict", "r/regression", "serving_default"]
        assert ("b", "class_ids") in spec.predictions
        assert (head.name, head.logits_dimension) == ("r_b", 2)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Length of label_vocabulary must be n_classes \(3\). Given: 1"):
        heads.multi_label_head(3, label_vocabulary=["a"])
    with pytest.raises(ValueError, match=r"thresholds not in \(0, 1\)"):
        heads.binary_classification_head(thresholds=[1.2])
    with pytest.raises(ValueError, match="All given heads must have name specified"):
        heads.multi_head([heads.regression_head()])
    with pytest.raises(ValueError, match="loss_fn must contain argument: logits"):
        heads.regression_head(loss_fn=lambda labels: labels)
    with tf.Graph().as_default(), pytest.raises(ValueError, match="train_op_fn and optimizer cannot both be None"):
        heads.regression_head().create_estimator_spec({}, "train", tf.zeros([1, 1]), tf.zeros([1, 1]))
