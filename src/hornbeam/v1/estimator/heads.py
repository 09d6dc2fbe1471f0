"""Heads: what makes predictions, a loss and metrics of a model's logits. Canned estimators use them."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from hornbeam.v1.api import tf
from hornbeam.v1.estimator.serving import ClassificationOutput, PredictOutput, RegressionOutput
from hornbeam.v1.estimator.spec import EstimatorSpec, ModeKeys

_REDUCTIONS = ("weighted_sum", "weighted_mean", "weighted_sum_by_nonzero_weights", "weighted_sum_over_batch_size")


def checked_reduction(given: Any) -> Any:
    """A reduction of losses to a number. Raises ValueError for others."""
    if given not in _REDUCTIONS:
        raise ValueError(f"Invalid loss_reduction: {given}")
    return given


class Head(ABC):
    """Logits [batch, `logits_dimension`] and labels → an `EstimatorSpec`."""

    logits_dimension: int

    def __init__(self, weight_column: Any, loss_reduction: Any, name: str | None = None, loss_fn: Any = None) -> None:
        self._weight_column, self._reduction = weight_column, checked_reduction(loss_reduction)
        self._name, self._loss_fn = name, checked_loss_fn(loss_fn)

    @property
    def name(self) -> str | None:
        """What stands behind the names of metrics and summaries."""
        return self._name

    @abstractmethod
    def predictions(self, logits: Any) -> dict[str, Any]:
        """What is predicted, by names."""

    @abstractmethod
    def outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        """What is exported, by signatures."""

    @abstractmethod
    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        """The loss of each example, [batch, 1], and the labels as metrics take them."""

    @abstractmethod
    def metrics(self, predictions: dict[str, Any], labels: Any, losses: Any, weights: Any) -> dict[str, Any]:
        """The metrics besides the loss."""

    def create_estimator_spec(self, features: Any, mode: str, logits: Any, labels: Any = None, optimizer: Any = None,
                              train_op_fn: Callable[[Any], Any] | None = None,
                              regularization_losses: Any = None) -> EstimatorSpec:
        """What a model function returns.

        optimizer: makes the step, or train_op_fn: makes its operation from the loss. regularization_losses: scalars
        that are added to the loss. Raises ValueError in training with neither or both of the first two.
        """
        with tf.name_scope(self._name, "head"):
            predictions = self.predictions(logits)
            if mode == ModeKeys.PREDICT:
                return EstimatorSpec(mode, predictions, export_outputs=self.outputs(predictions))
            loss, losses, weights, labels = self.weighted_loss(features, logits, labels)
            added = tf.add_n(regularization_losses) if regularization_losses else None
            regularized = loss if added is None else loss + added
            if mode == ModeKeys.EVAL:
                found = self.metrics(predictions, labels, losses, weights)
                if added is not None:
                    found["regularization_loss"] = tf.metrics.mean(added, name="regularization_loss")
                return EstimatorSpec(mode, predictions, regularized,
                                     eval_metric_ops={self.named(key): value for key, value in found.items()})
            train_op = self._with_updates(step_of(regularized, optimizer, train_op_fn))
        with tf.name_scope(""):
            tf.summary.scalar(self.named("loss"), regularized)
            if self._reduction == "weighted_sum":
                tf.summary.scalar(self.named("average_loss"), tf.losses.compute_weighted_loss(
                    losses, weights, loss_collection=None, reduction=tf.losses.Reduction.MEAN))
            if added is not None:
                tf.summary.scalar(self.named("regularization_loss"), added)
        return EstimatorSpec(mode, predictions, regularized, train_op)

    def weighted_loss(self, features: Any, logits: Any, labels: Any) -> tuple[Any, Any, Any, Any]:
        """(the loss, the loss of each example, their weights, the labels as metrics take them)."""
        weights = self._weights(features)
        losses, labels = self.losses(logits, _given(labels) if not self.takes_sparse else labels)
        if self._loss_fn is not None:
            losses = call_loss_fn(self._loss_fn, labels, logits, features)
        return tf.losses.compute_weighted_loss(losses, weights, reduction=self._reduction), losses, weights, labels

    takes_sparse = False

    def named(self, key: str) -> str:
        """A key of a metric or a summary of this head."""
        return f"{key}/{self._name}" if self._name else key

    @staticmethod
    def _with_updates(train_op: Any) -> Any:
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        return tf.group(train_op, *updates) if updates else train_op

    def _weights(self, features: Any) -> Any:
        """The weight of each example, [batch, 1]; 1 without a column of them."""
        column = self._weight_column
        if column is None:
            return 1.0
        if isinstance(column, str):
            column = tf.feature_column.numeric_column(column)
        if not hasattr(column, "normalizer_fn"):
            raise TypeError(f"Weight column must be either a string or _NumericColumn. Given type: {type(column)}.")
        if column.key not in features:
            raise ValueError(f"Feature {column.key} is not in features dictionary.")
        found = tf.convert_to_tensor(features[column.key])
        if column.normalizer_fn is not None:
            found = column.normalizer_fn(found)
        if not (found.dtype.is_floating or found.dtype.is_integer):
            raise ValueError(f"Weight column should be castable to float. Given dtype: {found.dtype}")
        return _as_column(tf.to_float(found, name="weights"))


def step_of(loss: Any, optimizer: Any, train_op_fn: Callable[[Any], Any] | None) -> Any:
    """The operation of a step. Raises ValueError with neither an optimizer nor a function, and with both."""
    if optimizer is not None:
        if train_op_fn is not None:
            raise ValueError("train_op_fn and optimizer must not both be set.")
        return optimizer.minimize(loss, global_step=tf.train.get_global_step())
    if train_op_fn is None:
        raise ValueError("train_op_fn and optimizer cannot both be None.")
    return train_op_fn(loss)


def checked_loss_fn(loss_fn: Any) -> Any:
    """A function of labels and logits, or None. Raises ValueError for a function of other arguments."""
    if loss_fn is None:
        return None
    names = set(inspect.signature(loss_fn).parameters)
    for name in ("labels", "logits"):
        if name not in names:
            raise ValueError(f"loss_fn must contain argument: {name}. Given arguments: {tuple(sorted(names))}")
    if unknown := names - {"labels", "logits", "features", "loss_reduction"}:
        raise ValueError(f"loss_fn has unexpected args: {sorted(unknown)}")
    return loss_fn


def call_loss_fn(loss_fn: Any, labels: Any, logits: Any, features: Any) -> Any:
    """The losses [batch, 1] that a program's own function gives."""
    offered = {"features": features, "loss_reduction": tf.losses.Reduction.NONE}
    wanted = {name: offered[name] for name in inspect.signature(loss_fn).parameters if name in offered}
    losses = loss_fn(labels=labels, logits=logits, **wanted)
    if losses.shape.ndims is not None and losses.shape.ndims != logits.shape.ndims:
        raise ValueError(f"loss_fn must return Tensor of shape [D0, D1, ... DN, 1]. Given: {losses.shape}")
    return losses


def _given(labels: Any) -> Any:
    if labels is None:
        raise ValueError("You must provide a labels Tensor. Given: None. Suggested troubleshooting steps: Check that "
                         "your data contain your label feature. Check that your input_fn properly parses and returns "
                         "labels.")
    if isinstance(labels, tf.SparseTensor):
        raise ValueError("SparseTensor labels are not supported. labels must be a Tensor of shape [D0, D1, ..., DN, "
                         "1]. Suggested Fix (1): Check the label feature in your data. Each example must contain "
                         "exactly one label.")
    return tf.convert_to_tensor(labels)


def _as_column(tensor: Any) -> Any:
    return tf.expand_dims(tensor, 1) if tensor.shape.ndims == 1 else tensor


def of_width(labels: Any, width: int) -> Any:
    """Labels as [batch, width]. Raises ValueError where their last dimension is another."""
    found = _as_column(labels) if width == 1 else labels
    last = found.shape[-1].value if found.shape.ndims else None
    if last is not None and last != width:
        raise ValueError(f"Mismatched label shape. Expected labels dimension={width}.  Received {last}. Suggested Fix:"
                         "If your classifier expects one-hot encoding label,check your n_classes argument to the "
                         "estimator and/or the shape of your label. Otherwise, check the shape of your label.")
    return found


def in_range(labels: Any, classes: int) -> Any:
    """Labels that are checked to lie in 0 … classes-1 when they are used."""
    with tf.name_scope("assert_range"):
        most = tf.assert_less_equal(labels, tf.cast(classes - 1, labels.dtype),
                                    message="Labels must <= n_classes - 1")
        least = tf.assert_non_negative(labels, message="Labels must >= 0")
        with tf.control_dependencies([most, least]):
            return tf.identity(labels)


class Classes:
    """Names of classes: their numbers as strings, or a vocabulary."""

    def __init__(self, count: int, vocabulary: Any) -> None:
        if vocabulary is not None and not isinstance(vocabulary, (list, tuple)):
            raise ValueError(f"label_vocabulary should be a list or a tuple. Given type: {type(vocabulary)}")
        self.count, self.vocabulary = count, vocabulary

    def ids(self, labels: Any) -> Any:
        """The numbers of labels, of which the vocabulary has the names."""
        if self.vocabulary is None:
            return labels
        if labels.dtype.base_dtype != tf.string:
            raise ValueError(f"Labels dtype should be string if there is a vocabulary. Instead got {labels.dtype}")
        table = tf.contrib.lookup.index_table_from_tensor(tuple(self.vocabulary), name="class_id_lookup")
        return table.lookup(labels)

    def names(self, ids: Any) -> Any:
        """The names of classes, strings."""
        if self.vocabulary is None:
            return tf.as_string(ids, name="str_classes")
        table = tf.contrib.lookup.index_to_string_table_from_tensor(tuple(self.vocabulary), name="class_string_lookup")
        return table.lookup(ids)

    def all(self, scores: Any) -> dict[str, Any]:
        """All numbers and names, for each example."""
        batch = tf.shape(scores)[0]
        ids = tf.range(self.count)
        names = tf.as_string(ids) if self.vocabulary is None else tf.constant(list(self.vocabulary))
        return {"all_class_ids": tf.tile(tf.expand_dims(ids, 0), [batch, 1]),
                "all_classes": tf.tile(tf.expand_dims(names, 0), [batch, 1])}


class BinaryHead(Head):
    """Two classes by one logit, with the cross entropy of the logistic function."""

    logits_dimension = 1

    def __init__(self, weight_column: Any = None, label_vocabulary: Any = None, loss_reduction: Any = "weighted_sum",
                 thresholds: Any = None, loss_fn: Any = None, name: str | None = None) -> None:
        super().__init__(weight_column, loss_reduction, name, loss_fn)
        self._thresholds = checked_thresholds(thresholds)
        self._classes = Classes(2, label_vocabulary)

    def predictions(self, logits: Any) -> dict[str, Any]:
        with tf.name_scope("predictions"):
            logistic = tf.sigmoid(logits, name="logistic")
            two = tf.concat((tf.zeros_like(logits), logits), 1, name="two_class_logits")
            probabilities = tf.nn.softmax(two, name="probabilities")
            ids = tf.expand_dims(tf.argmax(two, 1, name="class_ids"), 1)
            return {"logits": logits, "logistic": logistic, "probabilities": probabilities, "class_ids": ids,
                    "classes": self._classes.names(ids), **self._classes.all(probabilities)}

    def outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        classification = ClassificationOutput(predictions["probabilities"], predictions["all_classes"])
        return {"serving_default": classification, "classification": classification,
                "regression": RegressionOutput(predictions["logistic"]), "predict": PredictOutput(predictions)}

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        labels = in_range(tf.to_float(self._classes.ids(of_width(labels, 1))), 2)
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="loss"), labels

    def metrics(self, predictions: dict[str, Any], labels: Any, losses: Any, weights: Any) -> dict[str, Any]:
        metrics, logistic, ids = tf.metrics, predictions["logistic"], predictions["class_ids"]
        mean, mean_update = metrics.mean(labels, weights=spread(weights, labels))
        return {
            "accuracy": metrics.accuracy(labels, ids, weights=weights, name="accuracy"),
            "precision": metrics.precision(labels, ids, weights=weights, name="precision"),
            "recall": metrics.recall(labels, ids, weights=weights, name="recall"),
            "average_loss": metrics.mean(losses, weights=spread(weights, losses), name="average_loss"),
            "prediction/mean": metrics.mean(logistic, weights=spread(weights, logistic)),
            "label/mean": (mean, mean_update),
            "accuracy_baseline": (tf.maximum(mean, 1 - mean), tf.maximum(mean_update, 1 - mean_update)),
            "auc": metrics.auc(labels, logistic, weights=weights, name="auc"),
            "auc_precision_recall": metrics.auc(labels, logistic, weights=weights, curve="PR",
                                                name="auc_precision_recall"),
            **at_thresholds(labels, logistic, weights, self._thresholds)}


def checked_thresholds(thresholds: Any) -> tuple[float, ...]:
    """Numbers strictly between 0 and 1. Raises ValueError for others."""
    found = tuple(thresholds or ())
    for threshold in found:
        if not 0 < threshold < 1:
            raise ValueError(f"thresholds not in (0, 1): {found}.")
    return found


def at_thresholds(labels: Any, probabilities: Any, weights: Any, thresholds: tuple[float, ...]) -> dict[str, Any]:
    """Accuracy, precision and recall where what is more likely than a threshold counts as predicted."""
    found: dict[str, Any] = {}
    for at in thresholds:
        predicted = tf.to_float(tf.greater_equal(probabilities, at))
        suffix = f"positive_threshold_{at:g}"
        found[f"accuracy/{suffix}"] = tf.metrics.accuracy(labels, predicted, weights=spread(weights, predicted))
        for kind in ("precision", "recall"):
            each = getattr(tf.metrics, f"{kind}_at_thresholds")(
                labels, probabilities, [at], weights=spread(weights, probabilities))
            found[f"{kind}/{suffix}"] = tuple(tf.squeeze(tensor) for tensor in each)
    return found


def spread(weights: Any, values: Any) -> Any:
    """Weights of the shape of what they weigh, or one number."""
    return None if isinstance(weights, float) else tf.ones_like(values) * weights


class MultiClassHead(Head):
    """Several classes by a logit for each, with the cross entropy of softmax. Raises ValueError for fewer than 3."""

    def __init__(self, n_classes: int, weight_column: Any = None, label_vocabulary: Any = None,
                 loss_reduction: Any = "weighted_sum", loss_fn: Any = None, name: str | None = None) -> None:
        if n_classes is None or n_classes <= 2:
            raise ValueError(f"n_classes must be > 2: {n_classes}.")
        super().__init__(weight_column, loss_reduction, name, loss_fn)
        self.logits_dimension, self._classes = n_classes, Classes(n_classes, label_vocabulary)

    def predictions(self, logits: Any) -> dict[str, Any]:
        with tf.name_scope("predictions"):
            probabilities = tf.nn.softmax(logits, name="probabilities")
            ids = tf.expand_dims(tf.argmax(logits, 1, name="class_ids"), 1)
            return {"logits": logits, "probabilities": probabilities, "class_ids": ids,
                    "classes": self._classes.names(ids), **self._classes.all(probabilities)}

    def outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        classification = ClassificationOutput(predictions["probabilities"], predictions["all_classes"])
        return {"serving_default": classification, "classification": classification,
                "predict": PredictOutput(predictions)}

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        ids = self._classes.ids(of_width(labels, 1))
        if not ids.dtype.is_integer:
            raise ValueError(f"Labels dtype should be integer. Instead got {ids.dtype}.")
        ids = in_range(ids, self.logits_dimension)
        found = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.squeeze(ids, [1]), logits=logits)
        return tf.expand_dims(found, 1), ids

    def metrics(self, predictions: dict[str, Any], labels: Any, losses: Any, weights: Any) -> dict[str, Any]:
        held = None if isinstance(weights, float) else weights
        return {"average_loss": tf.metrics.mean(losses, weights=held, name="average_loss"),
                "accuracy": tf.metrics.accuracy(labels, predictions["class_ids"], weights=held, name="accuracy")}


class RegressionHead(Head):
    """Numbers, with the square of the error. inverse_link_fn: makes predictions of logits.

    Raises ValueError for dimensions below 1.
    """

    def __init__(self, label_dimension: int = 1, weight_column: Any = None, loss_reduction: Any = "weighted_sum",
                 loss_fn: Any = None, inverse_link_fn: Any = None, name: str | None = None) -> None:
        if label_dimension < 1:
            raise ValueError(f"Invalid label_dimension {label_dimension}.")
        super().__init__(weight_column, loss_reduction, name, loss_fn)
        self.logits_dimension, self._inverse_link_fn = label_dimension, inverse_link_fn

    def predictions(self, logits: Any) -> dict[str, Any]:
        with tf.name_scope("predictions"):
            if self._inverse_link_fn is None:
                return {"predictions": tf.identity(logits)}
            return {"predictions": self._inverse_link_fn(logits), "logits": logits}

    def outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        found = RegressionOutput(predictions["predictions"])
        return {"serving_default": found, "regression": found, "predict": PredictOutput(predictions)}

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        labels = tf.to_float(of_width(labels, self.logits_dimension))
        return tf.squared_difference(logits, labels), labels

    def metrics(self, predictions: dict[str, Any], labels: Any, losses: Any, weights: Any) -> dict[str, Any]:
        found = predictions["predictions"]
        return {"average_loss": tf.metrics.mean(losses, weights=spread(weights, losses)),
                "prediction/mean": tf.metrics.mean(found, weights=spread(weights, found)),
                "label/mean": tf.metrics.mean(labels, weights=spread(weights, labels))}


def classification_head(n_classes: int, weight_column: Any, label_vocabulary: Any, loss_reduction: Any) -> Head:
    """The head for so many classes."""
    if n_classes == 2:
        return BinaryHead(weight_column, label_vocabulary, loss_reduction)
    return MultiClassHead(n_classes, weight_column, label_vocabulary, loss_reduction)
