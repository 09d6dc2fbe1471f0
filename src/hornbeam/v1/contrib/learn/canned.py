"""Linear, deep and combined estimators of `contrib.learn`; the loss of a batch is the mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.layers.feature_columns import input_from_feature_columns, weighted_sum_from_feature_columns
from hornbeam.v1.contrib.learn.estimators import Estimator, iterated
from hornbeam.v1.contrib.learn.specs import ModeKeys, ModelFnOps

_METRIC_AT = "threshold_0.500000_mean"


class _Target:
    """What is learned: predictions, loss and metrics of logits."""

    size: int
    key: str

    def predictions(self, logits: Any) -> dict[str, Any]:
        raise NotImplementedError

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        raise NotImplementedError

    def metrics(self, predictions: dict[str, Any], labels: Any, weights: Any) -> dict[str, Any]:
        return {}


class _Numbers(_Target):
    key = "scores"

    def __init__(self, size: int) -> None:
        self.size = size

    def predictions(self, logits: Any) -> dict[str, Any]:
        return {"scores": tf.squeeze(logits, [1]) if self.size == 1 else logits}

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        wanted = tf.to_float(tf.reshape(labels, [-1, self.size]))
        return tf.reduce_sum(tf.squared_difference(logits, wanted), 1), wanted


class _Classes(_Target):
    key = "classes"

    def __init__(self, count: int, names: Sequence[str] | None) -> None:
        if count is None or count < 2:
            raise ValueError(f"n_classes should be greater than 1. Given: {count}")
        self._count, self._names = count, names
        self.size = 1 if count == 2 else count

    def predictions(self, logits: Any) -> dict[str, Any]:
        two = tf.concat([tf.zeros_like(logits), logits], 1) if self.size == 1 else logits
        classes = tf.argmax(two, 1)
        if self._names is not None:
            classes = tf.contrib.lookup.index_to_string_table_from_tensor(tuple(self._names)).lookup(classes)
        found = {"logits": logits, "probabilities": tf.nn.softmax(two), "classes": classes}
        return {**found, "logistic": tf.sigmoid(logits)} if self.size == 1 else found

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        if self._names is not None:
            labels = tf.contrib.lookup.index_table_from_tensor(tuple(self._names)).lookup(labels)
        labels = tf.reshape(labels, [-1])
        if self.size == 1:
            wanted = tf.to_float(tf.expand_dims(labels, 1))
            found = tf.nn.sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits)
            return tf.squeeze(found, [1]), tf.to_float(labels)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.to_int64(labels), logits=logits), labels

    def metrics(self, predictions: dict[str, Any], labels: Any, weights: Any) -> dict[str, Any]:
        metrics, scores = tf.metrics, predictions["probabilities"]
        classes = tf.argmax(scores, 1)
        found = {"accuracy": metrics.accuracy(tf.to_int64(labels), classes, weights=weights)}
        if self.size != 1:
            return found
        logistic = tf.squeeze(predictions["logistic"], [1])
        predicted = tf.to_int64(logistic >= 0.5)
        return {**found, "labels/prediction_mean": metrics.mean(logistic, weights=weights),
                "labels/actual_label_mean": metrics.mean(labels, weights=weights),
                "accuracy/baseline_label_mean": metrics.mean(labels, weights=weights),
                "auc": metrics.auc(labels, logistic, weights=weights),
                "auc_precision_recall": metrics.auc(labels, logistic, weights=weights, curve="PR"),
                f"accuracy/{_METRIC_AT}": metrics.accuracy(tf.to_int64(labels), predicted, weights=weights),
                f"precision/positive_{_METRIC_AT}": metrics.precision(labels, predicted, weights=weights),
                f"recall/positive_{_METRIC_AT}": metrics.recall(labels, predicted, weights=weights)}


Model = Callable[[dict[str, Any], int, str], tuple[Any, list[tuple[Any, str]]]]


class _Canned(Estimator):
    """An estimator of a target and a function that gives logits, and the optimizers with the scopes they train."""

    def __init__(self, target: _Target, model: Model, model_dir: Any, config: Any, weight_column_name: str | None,
                 gradient_clip_norm: float | None, enable_centered_bias: bool, feature_engineering_fn: Any,
                 multipliers: Any = None) -> None:
        super().__init__(None, model_dir, config, None, feature_engineering_fn)
        self._target, self._model, self._weight_column_name = target, model, weight_column_name
        self._clip, self._centered, self._multipliers = gradient_clip_norm, enable_centered_bias, multipliers or {}

    def _get_ops(self, features: Any, labels: Any, mode: str) -> ModelFnOps:
        held = features if isinstance(features, dict) else {"": features}
        logits, parts = self._model(held, self._target.size, mode)
        bias = None
        if self._centered:
            bias = tf.get_variable("centered_bias_weight", [self._target.size], initializer=tf.zeros_initializer(),
                                   trainable=False)
            logits = tf.nn.bias_add(logits, bias)
        predictions = self._target.predictions(logits)
        if mode == ModeKeys.INFER:
            return ModelFnOps(mode, predictions)
        losses, wanted = self._target.losses(logits, labels)
        weights = None
        if self._weight_column_name:
            weights = tf.reshape(tf.to_float(held[self._weight_column_name]), [-1])
        loss = tf.losses.compute_weighted_loss(losses, 1.0 if weights is None else weights,
                                               reduction=tf.losses.Reduction.MEAN)
        if mode == ModeKeys.EVAL:
            return ModelFnOps(mode, predictions, loss,
                              eval_metric_ops=self._target.metrics(predictions, wanted, weights))
        steps = [self._step(loss, optimizer, scope) for optimizer, scope in parts]
        if bias is not None:
            alone = tf.reduce_mean(self._target.losses(tf.zeros_like(logits) + bias, labels)[0])
            steps.append(tf.train.AdagradOptimizer(0.1).minimize(alone, var_list=[bias]))
        with tf.control_dependencies(steps):
            counted = tf.assign_add(tf.train.get_global_step(), 1)
        return ModelFnOps(mode, predictions, loss, counted.op)

    def _step(self, loss: Any, optimizer: Any, scope: str) -> Any:
        variables = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope)
        pairs = [(g, v) for g, v in optimizer.compute_gradients(loss, variables) if g is not None]
        for column, factor in self._multipliers.items():
            pairs = [(g * factor if f"/{column.name}/" in v.name else g, v) for g, v in pairs]
        if self._clip is not None:
            clipped, _ = tf.clip_by_global_norm([g for g, _ in pairs], self._clip)
            pairs = list(zip(clipped, (v for _, v in pairs), strict=True))
        return optimizer.apply_gradients(pairs)

    def _of(self, key: str, x: Any, input_fn: Any, batch_size: int | None, as_iterable: bool) -> Any:
        return iterated(super().predict(x, input_fn, batch_size, [key], as_iterable), key, as_iterable)

    def predict(self, x: Any = None, input_fn: Any = None, batch_size: int | None = None, outputs: Any = None,
                as_iterable: bool = True, iterate_batches: bool = False) -> Any:
        """The classes or numbers that are predicted; with `outputs`, dictionaries of these."""
        if outputs:
            return super().predict(x, input_fn, batch_size, outputs, as_iterable, iterate_batches)
        return self._of(self._target.key, x, input_fn, batch_size, as_iterable)


class _Classifier(_Canned):
    def predict_classes(self, x: Any = None, input_fn: Any = None, batch_size: int | None = None,
                        as_iterable: bool = True) -> Any:
        """The class of each example."""
        return self._of("classes", x, input_fn, batch_size, as_iterable)

    def predict_proba(self, x: Any = None, input_fn: Any = None, batch_size: int | None = None,
                      as_iterable: bool = True) -> Any:
        """The probabilities of the classes of each example."""
        return self._of("probabilities", x, input_fn, batch_size, as_iterable)


class _Regressor(_Canned):
    def predict_scores(self, x: Any = None, input_fn: Any = None, batch_size: int | None = None,
                       as_iterable: bool = True) -> Any:
        """The number for each example."""
        return self._of("scores", x, input_fn, batch_size, as_iterable)


def _made(optimizer: Any, default: Callable[[], Any]) -> Any:
    """An optimizer, its name, a function that makes it, or the default."""
    if optimizer is None:
        return default()
    if isinstance(optimizer, str):
        return getattr(tf.train, f"{optimizer}Optimizer")(learning_rate=0.05)
    return optimizer() if callable(optimizer) else optimizer


def _linear(columns: Any, optimizer: Any, most: float = 0.2) -> Model:
    columns = list(columns)
    if not columns:
        raise ValueError("feature_columns should be defined")

    def model(features: dict[str, Any], size: int, mode: str) -> tuple[Any, list[tuple[Any, str]]]:
        made = _made(optimizer, lambda: tf.train.FtrlOptimizer(min(most, 1 / math.sqrt(len(columns)))))
        with tf.variable_scope("linear") as scope:
            return weighted_sum_from_feature_columns(features, columns, size, scope=scope)[0], [(made, "linear")]

    return model


def _deep(columns: Any, hidden_units: Sequence[int], optimizer: Any, activation: Any, dropout: float | None) -> Model:
    columns, sizes = list(columns), list(hidden_units)

    def model(features: dict[str, Any], size: int, mode: str) -> tuple[Any, list[tuple[Any, str]]]:
        made = _made(optimizer, lambda: tf.train.AdagradOptimizer(0.05))
        layers = tf.contrib.layers
        with tf.variable_scope("dnn"):
            with tf.variable_scope("input_from_feature_columns") as scope:
                net = input_from_feature_columns(features, columns, scope=scope)
            for number, units in enumerate(sizes):
                with tf.variable_scope(f"hiddenlayer_{number}") as scope:
                    net = layers.fully_connected(net, units, activation_fn=activation, scope=scope)
                    if dropout is not None and mode == ModeKeys.TRAIN:
                        net = layers.dropout(net, keep_prob=1.0 - dropout)
            with tf.variable_scope("logits") as scope:
                return layers.fully_connected(net, size, activation_fn=None, scope=scope), [(made, "dnn")]

    return model


def _both(linear: Model | None, deep: Model | None) -> Model:
    models = [m for m in (deep, linear) if m is not None]
    if not models:
        raise ValueError("Either linear_feature_columns or dnn_feature_columns must be defined.")

    def model(features: dict[str, Any], size: int, mode: str) -> tuple[Any, list[tuple[Any, str]]]:
        found = [m(features, size, mode) for m in models]
        return sum(logits for logits, _ in found), [part for _, parts in found for part in parts]

    return model


@public(v1=("contrib.learn.LinearClassifier",))
class LinearClassifier(_Classifier):
    """Classes by a sum of columns times weights.

    feature_columns: of any kind. n_classes: labels are 0 … n_classes-1, or words of `label_keys`. weight_column_name:
    a feature of the examples' weights. optimizer: by default Ftrl. gradient_clip_norm: gradients are scaled so that
    their norm is no larger. enable_centered_bias: a bias of its own that is trained alone.
    """

    def __init__(self, feature_columns: Any, model_dir: str | None = None, n_classes: int = 2,
                 weight_column_name: str | None = None, optimizer: Any = None,
                 gradient_clip_norm: float | None = None, enable_centered_bias: bool = False,
                 _joint_weight: bool = False, config: Any = None, feature_engineering_fn: Any = None,
                 label_keys: Sequence[str] | None = None) -> None:
        super().__init__(_Classes(n_classes, label_keys), _linear(feature_columns, optimizer), model_dir, config,
                         weight_column_name, gradient_clip_norm, enable_centered_bias, feature_engineering_fn)


@public(v1=("contrib.learn.LinearRegressor",))
class LinearRegressor(_Regressor):
    """Numbers by a sum of columns times weights. Arguments as for `LinearClassifier`."""

    def __init__(self, feature_columns: Any, model_dir: str | None = None, weight_column_name: str | None = None,
                 optimizer: Any = None, gradient_clip_norm: float | None = None, enable_centered_bias: bool = False,
                 label_dimension: int = 1, _joint_weights: bool = False, config: Any = None,
                 feature_engineering_fn: Any = None) -> None:
        super().__init__(_Numbers(label_dimension), _linear(feature_columns, optimizer), model_dir, config,
                         weight_column_name, gradient_clip_norm, enable_centered_bias, feature_engineering_fn)


@public(v1=("contrib.learn.DNNClassifier",))
class DNNClassifier(_Classifier):
    """Classes by layers of `hidden_units` upon dense columns. Further arguments as for `LinearClassifier`.

    optimizer: by default Adagrad. dropout: the part of a layer's values that is dropped in training.
    """

    def __init__(self, hidden_units: Sequence[int], feature_columns: Any, model_dir: str | None = None,
                 n_classes: int = 2, weight_column_name: str | None = None, optimizer: Any = None,
                 activation_fn: Any = tf.nn.relu, dropout: float | None = None,
                 gradient_clip_norm: float | None = None, enable_centered_bias: bool = False, config: Any = None,
                 feature_engineering_fn: Any = None, embedding_lr_multipliers: Any = None,
                 input_layer_min_slice_size: int | None = None, label_keys: Sequence[str] | None = None) -> None:
        super().__init__(_Classes(n_classes, label_keys),
                         _deep(feature_columns, hidden_units, optimizer, activation_fn, dropout), model_dir, config,
                         weight_column_name, gradient_clip_norm, enable_centered_bias, feature_engineering_fn,
                         embedding_lr_multipliers)


@public(v1=("contrib.learn.DNNRegressor",))
class DNNRegressor(_Regressor):
    """Numbers by layers upon dense columns. Arguments as for `DNNClassifier`."""

    def __init__(self, hidden_units: Sequence[int], feature_columns: Any, model_dir: str | None = None,
                 weight_column_name: str | None = None, optimizer: Any = None, activation_fn: Any = tf.nn.relu,
                 dropout: float | None = None, gradient_clip_norm: float | None = None,
                 enable_centered_bias: bool = False, config: Any = None, feature_engineering_fn: Any = None,
                 label_dimension: int = 1, embedding_lr_multipliers: Any = None,
                 input_layer_min_slice_size: int | None = None) -> None:
        super().__init__(_Numbers(label_dimension),
                         _deep(feature_columns, hidden_units, optimizer, activation_fn, dropout), model_dir, config,
                         weight_column_name, gradient_clip_norm, enable_centered_bias, feature_engineering_fn,
                         embedding_lr_multipliers)


def _combined(linear_columns: Any, linear_optimizer: Any, deep_columns: Any, deep_optimizer: Any, hidden_units: Any,
              activation: Any, dropout: float | None) -> Model:
    if deep_columns and not hidden_units:
        raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
    return _both(_linear(linear_columns, linear_optimizer) if linear_columns else None,
                 _deep(deep_columns, hidden_units, deep_optimizer, activation, dropout) if deep_columns else None)


@public(v1=("contrib.learn.DNNLinearCombinedClassifier",))
class DNNLinearCombinedClassifier(_Classifier):
    """Classes by the sum of a linear and a deep model, each with its optimizer. Arguments as for these.

    Raises ValueError without columns.
    """

    def __init__(self, model_dir: str | None = None, n_classes: int = 2, weight_column_name: str | None = None,
                 linear_feature_columns: Any = None, linear_optimizer: Any = None, _joint_linear_weights: bool = False,
                 dnn_feature_columns: Any = None, dnn_optimizer: Any = None,
                 dnn_hidden_units: Sequence[int] | None = None, dnn_activation_fn: Any = tf.nn.relu,
                 dnn_dropout: float | None = None, gradient_clip_norm: float | None = None,
                 enable_centered_bias: bool = False, config: Any = None, feature_engineering_fn: Any = None,
                 embedding_lr_multipliers: Any = None, input_layer_min_slice_size: int | None = None,
                 label_keys: Sequence[str] | None = None, fix_global_step_increment_bug: bool = False) -> None:
        model = _combined(linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer,
                          dnn_hidden_units, dnn_activation_fn, dnn_dropout)
        super().__init__(_Classes(n_classes, label_keys), model, model_dir, config, weight_column_name,
                         gradient_clip_norm, enable_centered_bias, feature_engineering_fn, embedding_lr_multipliers)


@public(v1=("contrib.learn.DNNLinearCombinedRegressor",))
class DNNLinearCombinedRegressor(_Regressor):
    """Numbers by the sum of a linear and a deep model, each with its optimizer. Arguments as for these.

    Raises ValueError without columns.
    """

    def __init__(self, model_dir: str | None = None, weight_column_name: str | None = None,
                 linear_feature_columns: Any = None, linear_optimizer: Any = None, _joint_linear_weights: bool = False,
                 dnn_feature_columns: Any = None, dnn_optimizer: Any = None,
                 dnn_hidden_units: Sequence[int] | None = None, dnn_activation_fn: Any = tf.nn.relu,
                 dnn_dropout: float | None = None, gradient_clip_norm: float | None = None,
                 enable_centered_bias: bool = False, label_dimension: int = 1, config: Any = None,
                 feature_engineering_fn: Any = None, embedding_lr_multipliers: Any = None,
                 input_layer_min_slice_size: int | None = None, fix_global_step_increment_bug: bool = False) -> None:
        model = _combined(linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer,
                          dnn_hidden_units, dnn_activation_fn, dnn_dropout)
        super().__init__(_Numbers(label_dimension), model, model_dir, config, weight_column_name, gradient_clip_norm,
                         enable_centered_bias, feature_engineering_fn, embedding_lr_multipliers)
