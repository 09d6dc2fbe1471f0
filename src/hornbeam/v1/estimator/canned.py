"""Estimators that are ready: linear ones, deep ones, both together, and the mean of the labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.estimator.estimator import Estimator
from hornbeam.v1.estimator.heads import Head, RegressionHead, classification_head
from hornbeam.v1.estimator.models import (
    dnn_logits,
    linear_logits,
    linear_rate,
    optimizer_of,
    partitioner,
    summarize,
)

_SUM = "weighted_sum"


def relu(features: Any) -> Any:
    """The default activation."""
    return tf.nn.relu(features)


def _minimizes(optimizer: Any, **kwargs: Any) -> Callable[[Any], Any]:
    return lambda loss: optimizer.minimize(loss, global_step=tf.train.get_global_step(), **kwargs)


# Linear ----------------------------------------------------------------------------------------------


class _Linear(Estimator):
    """A sum of columns times weights."""

    def __init__(self, head: Head, feature_columns: Any, model_dir: Any, optimizer: Any, config: Any,
                 partitioner_: Any, sparse_combiner: str, warm_start_from: Any) -> None:
        columns = tuple(feature_columns or ())

        def model_fn(features: Any, labels: Any, mode: Any, config: Any) -> Any:
            made = optimizer_of(optimizer, linear_rate(columns, 0.2))
            with tf.variable_scope("linear", values=_tensors(features), partitioner=partitioner_ or partitioner()):
                logits = linear_logits(features, columns, head.logits_dimension, sparse_combiner)
                return head.create_estimator_spec(features, mode, logits, labels, train_op_fn=_minimizes(made))

        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)


def _tensors(features: Any) -> list[Any]:
    return list(features.values()) if isinstance(features, dict) else []


@public(v1=("estimator.LinearClassifier",))
class LinearClassifier(_Linear):
    """Classes by a sum of columns times weights.

    feature_columns: of any kind. n_classes: 2 or more; labels are their numbers, or words of `label_vocabulary`.
    weight_column: a feature of the examples' weights. optimizer: one, its name, or a function that makes it.
    loss_reduction: how the losses of a batch become one. sparse_combiner: how the weights of several ids do.
    """

    def __init__(self, feature_columns: Any, model_dir: str | None = None, n_classes: int = 2,
                 weight_column: Any = None, label_vocabulary: Any = None, optimizer: Any = "Ftrl",
                 config: Any = None, partitioner: Any = None, warm_start_from: Any = None,
                 loss_reduction: Any = _SUM, sparse_combiner: str = "sum") -> None:
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(head, feature_columns, model_dir, optimizer, config, partitioner, sparse_combiner,
                         warm_start_from)


@public(v1=("estimator.LinearRegressor",))
class LinearRegressor(_Linear):
    """Numbers by a sum of columns times weights. label_dimension: how many. The rest as for `LinearClassifier`."""

    def __init__(self, feature_columns: Any, model_dir: str | None = None, label_dimension: int = 1,
                 weight_column: Any = None, optimizer: Any = "Ftrl", config: Any = None, partitioner: Any = None,
                 warm_start_from: Any = None, loss_reduction: Any = _SUM, sparse_combiner: str = "sum") -> None:
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(head, feature_columns, model_dir, optimizer, config, partitioner, sparse_combiner,
                         warm_start_from)


@public(v1=("estimator.LinearEstimator",))
class LinearEstimator(_Linear):
    """A sum of columns times weights, with a head of one's own."""

    def __init__(self, head: Any, feature_columns: Any, model_dir: str | None = None, optimizer: Any = "Ftrl",
                 config: Any = None, partitioner: Any = None, sparse_combiner: str = "sum") -> None:
        super().__init__(head, feature_columns, model_dir, optimizer, config, partitioner, sparse_combiner, None)


# Deep ------------------------------------------------------------------------------------------------


class _Deep(Estimator):
    """Layers upon dense columns."""

    def __init__(self, head: Head, hidden_units: Sequence[int], feature_columns: Any, model_dir: Any, optimizer: Any,
                 activation_fn: Any, dropout: float | None, input_layer_partitioner: Any, config: Any,
                 warm_start_from: Any, batch_norm: bool) -> None:
        columns, sizes = tuple(feature_columns or ()), tuple(hidden_units)

        def model_fn(features: Any, labels: Any, mode: Any, config: Any) -> Any:
            made = optimizer_of(optimizer, 0.05)
            with tf.variable_scope("dnn", values=_tensors(features), partitioner=partitioner()):
                logits = dnn_logits(features, columns, sizes, head.logits_dimension, mode, activation_fn, dropout,
                                    batch_norm, input_layer_partitioner or partitioner())
                return head.create_estimator_spec(features, mode, logits, labels, train_op_fn=_minimizes(made))

        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)


@public(v1=("estimator.DNNClassifier",))
class DNNClassifier(_Deep):
    """Classes by layers upon dense columns.

    hidden_units: the size of each layer. feature_columns: dense ones. n_classes, weight_column, label_vocabulary,
    optimizer, loss_reduction: as for `LinearClassifier`. activation_fn: of the hidden layers. dropout: the part of a
    layer's values that is dropped in training. batch_norm: whether each layer is normalized.
    """

    def __init__(self, hidden_units: Sequence[int], feature_columns: Any, model_dir: str | None = None,
                 n_classes: int = 2, weight_column: Any = None, label_vocabulary: Any = None,
                 optimizer: Any = "Adagrad", activation_fn: Any = relu, dropout: float | None = None,
                 input_layer_partitioner: Any = None, config: Any = None, warm_start_from: Any = None,
                 loss_reduction: Any = _SUM, batch_norm: bool = False) -> None:
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(head, hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout,
                         input_layer_partitioner, config, warm_start_from, batch_norm)


@public(v1=("estimator.DNNRegressor",))
class DNNRegressor(_Deep):
    """Numbers by layers upon dense columns. label_dimension: how many. The rest as for `DNNClassifier`."""

    def __init__(self, hidden_units: Sequence[int], feature_columns: Any, model_dir: str | None = None,
                 label_dimension: int = 1, weight_column: Any = None, optimizer: Any = "Adagrad",
                 activation_fn: Any = relu, dropout: float | None = None, input_layer_partitioner: Any = None,
                 config: Any = None, warm_start_from: Any = None, loss_reduction: Any = _SUM,
                 batch_norm: bool = False) -> None:
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(head, hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout,
                         input_layer_partitioner, config, warm_start_from, batch_norm)


@public(v1=("estimator.DNNEstimator",))
class DNNEstimator(_Deep):
    """Layers upon dense columns, with a head of one's own."""

    def __init__(self, head: Any, hidden_units: Sequence[int], feature_columns: Any, model_dir: str | None = None,
                 optimizer: Any = "Adagrad", activation_fn: Any = relu, dropout: float | None = None,
                 input_layer_partitioner: Any = None, config: Any = None, warm_start_from: Any = None,
                 batch_norm: bool = False) -> None:
        super().__init__(head, hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout,
                         input_layer_partitioner, config, warm_start_from, batch_norm)


# Both ------------------------------------------------------------------------------------------------


class _Combined(Estimator):
    """The sum of a linear and a deep model's logits, each with its optimizer."""

    def __init__(self, head: Head, model_dir: Any, linear: tuple[Any, Any, str], deep: tuple[Any, Any, Any, Any, Any],
                 input_layer_partitioner: Any, config: Any, warm_start_from: Any, batch_norm: bool) -> None:
        linear_columns, linear_optimizer, combiner = tuple(linear[0] or ()), linear[1], linear[2]
        deep_columns, deep_optimizer, sizes, activation, dropout = tuple(deep[0] or ()), *deep[1:]
        if not linear_columns and not deep_columns:
            raise ValueError("Either linear_feature_columns or dnn_feature_columns must be defined.")

        def model_fn(features: Any, labels: Any, mode: Any, config: Any) -> Any:
            parts, steps = [], []
            if deep_columns:
                if not sizes:
                    raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
                made = optimizer_of(deep_optimizer, 0.001)
                with tf.variable_scope("dnn", values=_tensors(features), partitioner=partitioner()):
                    parts.append(dnn_logits(features, deep_columns, sizes, head.logits_dimension, mode, activation,
                                            dropout, batch_norm, input_layer_partitioner or partitioner()))
                steps.append((made, "dnn"))
            if linear_columns:
                made = optimizer_of(linear_optimizer, linear_rate(linear_columns, 0.005))
                with tf.variable_scope("linear", values=_tensors(features),
                                       partitioner=input_layer_partitioner or partitioner()):
                    parts.append(linear_logits(features, linear_columns, head.logits_dimension, combiner))
                    summarize(parts[-1], "linear")
                steps.append((made, "linear"))
            logits = parts[0] if len(parts) == 1 else parts[0] + parts[1]
            return head.create_estimator_spec(features, mode, logits, labels,
                                              train_op_fn=lambda loss: _both(loss, steps))

        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)


def _both(loss: Any, steps: list[tuple[Any, str]]) -> Any:
    """A step of each optimizer, on the variables of its scope; then the global step is counted."""
    done = [optimizer.minimize(loss, var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope))
            for optimizer, scope in steps]
    with tf.control_dependencies([tf.group(*done)]):
        return tf.assign_add(tf.train.get_global_step(), 1).op


@public(v1=("estimator.DNNLinearCombinedClassifier",))
class DNNLinearCombinedClassifier(_Combined):
    """Classes by the sum of a linear and a deep model. Arguments as for `LinearClassifier` and `DNNClassifier`.

    Raises ValueError where there are no columns at all.
    """

    def __init__(self, model_dir: str | None = None, linear_feature_columns: Any = None,
                 linear_optimizer: Any = "Ftrl", dnn_feature_columns: Any = None, dnn_optimizer: Any = "Adagrad",
                 dnn_hidden_units: Sequence[int] | None = None, dnn_activation_fn: Any = relu,
                 dnn_dropout: float | None = None, n_classes: int = 2, weight_column: Any = None,
                 label_vocabulary: Any = None, input_layer_partitioner: Any = None, config: Any = None,
                 warm_start_from: Any = None, loss_reduction: Any = _SUM, batch_norm: bool = False,
                 linear_sparse_combiner: str = "sum") -> None:
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(head, model_dir, (linear_feature_columns, linear_optimizer, linear_sparse_combiner),
                         (dnn_feature_columns, dnn_optimizer, dnn_hidden_units, dnn_activation_fn, dnn_dropout),
                         input_layer_partitioner, config, warm_start_from, batch_norm)


@public(v1=("estimator.DNNLinearCombinedRegressor",))
class DNNLinearCombinedRegressor(_Combined):
    """Numbers by the sum of a linear and a deep model. Arguments as for `LinearRegressor` and `DNNRegressor`.

    Raises ValueError where there are no columns at all.
    """

    def __init__(self, model_dir: str | None = None, linear_feature_columns: Any = None,
                 linear_optimizer: Any = "Ftrl", dnn_feature_columns: Any = None, dnn_optimizer: Any = "Adagrad",
                 dnn_hidden_units: Sequence[int] | None = None, dnn_activation_fn: Any = relu,
                 dnn_dropout: float | None = None, label_dimension: int = 1, weight_column: Any = None,
                 input_layer_partitioner: Any = None, config: Any = None, warm_start_from: Any = None,
                 loss_reduction: Any = _SUM, batch_norm: bool = False, linear_sparse_combiner: str = "sum") -> None:
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(head, model_dir, (linear_feature_columns, linear_optimizer, linear_sparse_combiner),
                         (dnn_feature_columns, dnn_optimizer, dnn_hidden_units, dnn_activation_fn, dnn_dropout),
                         input_layer_partitioner, config, warm_start_from, batch_norm)


@public(v1=("estimator.DNNLinearCombinedEstimator",))
class DNNLinearCombinedEstimator(_Combined):
    """The sum of a linear and a deep model, with a head of one's own."""

    def __init__(self, head: Any, model_dir: str | None = None, linear_feature_columns: Any = None,
                 linear_optimizer: Any = "Ftrl", dnn_feature_columns: Any = None, dnn_optimizer: Any = "Adagrad",
                 dnn_hidden_units: Sequence[int] | None = None, dnn_activation_fn: Any = relu,
                 dnn_dropout: float | None = None, input_layer_partitioner: Any = None, config: Any = None,
                 linear_sparse_combiner: str = "sum") -> None:
        super().__init__(head, model_dir, (linear_feature_columns, linear_optimizer, linear_sparse_combiner),
                         (dnn_feature_columns, dnn_optimizer, dnn_hidden_units, dnn_activation_fn, dnn_dropout),
                         input_layer_partitioner, config, None, False)


# The labels alone ------------------------------------------------------------------------------------


class _Baseline(Estimator):
    """A bias: what is right without a look at the features."""

    def __init__(self, head: Head, model_dir: Any, optimizer: Any, config: Any) -> None:
        def model_fn(features: Any, labels: Any, mode: Any, config: Any) -> Any:
            made = optimizer_of(optimizer, 0.3)
            first = _tensors(features)[0] if isinstance(features, dict) else features
            batch = tf.shape(first, out_type=tf.int64)[0]
            with tf.variable_scope("baseline", values=_tensors(features)):
                bias = tf.get_variable("bias", [head.logits_dimension], tf.float32, tf.zeros_initializer())
                logits = tf.ones(tf.stack([batch, head.logits_dimension])) * bias
            return head.create_estimator_spec(features, mode, logits, labels, train_op_fn=_minimizes(made))

        super().__init__(model_fn, model_dir, config)


@public(v1=("estimator.BaselineClassifier",))
class BaselineClassifier(_Baseline):
    """Classes as often as they occur, whatever the features. Arguments as for `LinearClassifier`."""

    def __init__(self, model_dir: str | None = None, n_classes: int = 2, weight_column: Any = None,
                 label_vocabulary: Any = None, optimizer: Any = "Ftrl", config: Any = None,
                 loss_reduction: Any = _SUM) -> None:
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(head, model_dir, optimizer, config)


@public(v1=("estimator.BaselineRegressor",))
class BaselineRegressor(_Baseline):
    """The mean of the labels, whatever the features. Arguments as for `LinearRegressor`."""

    def __init__(self, model_dir: str | None = None, label_dimension: int = 1, weight_column: Any = None,
                 optimizer: Any = "Ftrl", config: Any = None, loss_reduction: Any = _SUM) -> None:
        super().__init__(RegressionHead(label_dimension, weight_column, loss_reduction), model_dir, optimizer, config)


@public(v1=("estimator.BaselineEstimator",))
class BaselineEstimator(_Baseline):
    """A bias, with a head of one's own."""

    def __init__(self, head: Any, model_dir: str | None = None, optimizer: Any = "Ftrl", config: Any = None) -> None:
        super().__init__(head, model_dir, optimizer, config)
