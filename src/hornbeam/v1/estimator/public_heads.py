"""The heads that programs make: `tf.estimator.*Head`, and functions of `tf.contrib.estimator`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.estimator import heads, more_heads
from hornbeam.v1.estimator.heads import Head
from hornbeam.v1.estimator.spec import EstimatorSpec

_MEAN = "sum_over_batch_size"
_OLD_MEAN = "weighted_sum_over_batch_size"
_REDUCTIONS = {_MEAN: _OLD_MEAN, "sum": "weighted_sum", "weighted_sum": "weighted_sum", _OLD_MEAN: _OLD_MEAN}


def _reduction(given: Any) -> str:
    """What `tf.losses` calls a reduction of Keras. Raises ValueError for others."""
    if given not in _REDUCTIONS:
        raise ValueError(f"Invalid loss_reduction: {given}")
    return _REDUCTIONS[given]


def _steps_of(optimizer: Any, variables: Any) -> Callable[[Any], Any]:
    """Makes the operation of a step from a loss: by an optimizer of `tf.train`, or by one of Keras."""
    def step(loss: Any) -> Any:
        global_step = tf.train.get_global_step()
        if isinstance(optimizer, tf.train.Optimizer):
            return optimizer.minimize(loss, var_list=variables, global_step=global_step)
        trained = tf.trainable_variables() if variables is None else list(variables)
        made = optimizer.apply_gradients(zip(tf.gradients(loss, trained), trained, strict=True))
        with tf.control_dependencies([made]):
            return tf.assign_add(global_step, 1).op

    return step


class _Later:
    """What heads of `tf.estimator` take besides: the variables to train and the updates that go with a step."""

    loss_reduction: str

    def create_estimator_spec(self, features: Any, mode: str, logits: Any, labels: Any = None, optimizer: Any = None,
                              trainable_variables: Any = None, train_op_fn: Callable[[Any], Any] | None = None,
                              update_ops: Any = None, regularization_losses: Any = None) -> EstimatorSpec:
        """What a model function returns.

        optimizer: makes the step on `trainable_variables`, or train_op_fn: makes its operation from the loss.
        update_ops: run with the step. regularization_losses: scalars that are added to the loss.
        Raises ValueError in training with neither or both of optimizer and function.
        """
        if optimizer is not None and train_op_fn is None:
            train_op_fn, optimizer = _steps_of(optimizer, trainable_variables), None
        step = train_op_fn

        def with_updates(loss: Any) -> Any:
            assert step is not None
            return tf.group(step(loss), *update_ops) if update_ops else step(loss)

        return super().create_estimator_spec(  # type: ignore[misc]
            features, mode, logits, labels, optimizer, None if step is None else with_updates, regularization_losses)

    def loss(self, labels: Any, logits: Any, features: Any = None, mode: Any = None,
             regularization_losses: Any = None) -> Any:
        """The loss of a batch, with what is added."""
        found = self.weighted_loss(features or {}, logits, labels)[0]  # type: ignore[attr-defined]
        return tf.add_n([found, *regularization_losses]) if regularization_losses else found


@public(v1=("estimator.BinaryClassHead",))
class BinaryClassHead(_Later, heads.BinaryHead):
    """Two classes by one logit. thresholds: probabilities from which on an example counts as of the second class.

    weight_column: a feature of the examples' weights. label_vocabulary: the names of the classes. loss_reduction: how
    the losses of a batch become one. loss_fn: another loss of labels and logits. name: stands behind names of metrics.
    """

    def __init__(self, weight_column: Any = None, thresholds: Any = None, label_vocabulary: Any = None,
                 loss_reduction: str = _MEAN, loss_fn: Any = None, name: str | None = None) -> None:
        super().__init__(weight_column, label_vocabulary, _reduction(loss_reduction), thresholds, loss_fn, name)
        self.loss_reduction = loss_reduction


@public(v1=("estimator.MultiClassHead",))
class MultiClassHead(_Later, heads.MultiClassHead):
    """One of several classes by a logit for each. Arguments as for `BinaryClassHead`."""

    def __init__(self, n_classes: int, weight_column: Any = None, label_vocabulary: Any = None,
                 loss_reduction: str = _MEAN, loss_fn: Any = None, name: str | None = None) -> None:
        super().__init__(n_classes, weight_column, label_vocabulary, _reduction(loss_reduction), loss_fn, name)
        self.loss_reduction = loss_reduction


@public(v1=("estimator.MultiLabelHead",))
class MultiLabelHead(_Later, more_heads.MultiLabelHead):
    """Any number of classes at once. Arguments as for `BinaryClassHead`.

    classes_for_class_based_metrics: those that get metrics of their own.
    """

    def __init__(self, n_classes: int, weight_column: Any = None, thresholds: Any = None, label_vocabulary: Any = None,
                 loss_reduction: str = _MEAN, loss_fn: Any = None, classes_for_class_based_metrics: Any = None,
                 name: str | None = None) -> None:
        super().__init__(n_classes, weight_column, label_vocabulary, _reduction(loss_reduction), thresholds, loss_fn,
                         classes_for_class_based_metrics, name)
        self.loss_reduction = loss_reduction


@public(v1=("estimator.RegressionHead",))
class RegressionHead(_Later, heads.RegressionHead):
    """Numbers, `label_dimension` of them, by the square of the error. inverse_link_fn: makes predictions of logits."""

    def __init__(self, label_dimension: int = 1, weight_column: Any = None, loss_reduction: str = _MEAN,
                 loss_fn: Any = None, inverse_link_fn: Any = None, name: str | None = None) -> None:
        super().__init__(label_dimension, weight_column, _reduction(loss_reduction), loss_fn, inverse_link_fn, name)
        self.loss_reduction = loss_reduction


@public(v1=("estimator.PoissonRegressionHead",))
class PoissonRegressionHead(_Later, more_heads.LinkedRegressionHead):
    """Numbers of events, whose mean has the logit as its logarithm. compute_full_loss: with Stirling's term."""

    def __init__(self, label_dimension: int = 1, weight_column: Any = None, loss_reduction: str = _MEAN,
                 compute_full_loss: bool = True, name: str | None = None) -> None:
        super().__init__(more_heads.poisson_loss(compute_full_loss), label_dimension, weight_column,
                         _reduction(loss_reduction), tf.exp, name)
        self.loss_reduction = loss_reduction


@public(v1=("estimator.LogisticRegressionHead",))
class LogisticRegressionHead(_Later, more_heads.LinkedRegressionHead):
    """Probabilities by one logit; labels are probabilities too."""

    def __init__(self, weight_column: Any = None, loss_reduction: str = _MEAN, name: str | None = None) -> None:
        super().__init__(more_heads.logistic_loss, 1, weight_column, _reduction(loss_reduction), tf.sigmoid, name)
        self.loss_reduction = loss_reduction


@public(v1=("estimator.MultiHead",))
class MultiHead(more_heads.MultiHead):
    """Several heads with names at once. head_weights: what each loss is multiplied by."""

    def create_estimator_spec(self, features: Any, mode: str, logits: Any, labels: Any = None, optimizer: Any = None,
                              trainable_variables: Any = None, train_op_fn: Callable[[Any], Any] | None = None,
                              update_ops: Any = None, regularization_losses: Any = None) -> EstimatorSpec:
        """As `create_estimator_spec` of one head."""
        if optimizer is not None and train_op_fn is None:
            train_op_fn, optimizer = _steps_of(optimizer, trainable_variables), None
        step = train_op_fn

        def whole(loss: Any) -> Any:
            assert step is not None
            regularized = tf.add_n([loss, *regularization_losses]) if regularization_losses else loss
            return tf.group(step(regularized), *(update_ops or ()))

        return super().create_estimator_spec(features, mode, logits, labels, optimizer,
                                             None if step is None else whole)


# contrib.estimator -----------------------------------------------------------------------------------------------


@public(v1=("contrib.estimator.binary_classification_head",))
def binary_classification_head(weight_column: Any = None, thresholds: Any = None, label_vocabulary: Any = None,
                               loss_reduction: str = _OLD_MEAN, loss_fn: Any = None, name: str | None = None) -> Head:
    """A head for two classes by one logit."""
    return heads.BinaryHead(weight_column, label_vocabulary, loss_reduction, thresholds, loss_fn, name)


@public(v1=("contrib.estimator.multi_class_head",))
def multi_class_head(n_classes: int, weight_column: Any = None, label_vocabulary: Any = None,
                     loss_reduction: str = _OLD_MEAN, loss_fn: Any = None, name: str | None = None) -> Head:
    """A head for one of several classes."""
    return heads.MultiClassHead(n_classes, weight_column, label_vocabulary, loss_reduction, loss_fn, name)


@public(v1=("contrib.estimator.multi_label_head",))
def multi_label_head(n_classes: int, weight_column: Any = None, thresholds: Any = None, label_vocabulary: Any = None,
                     loss_reduction: str = _OLD_MEAN, loss_fn: Any = None, classes_for_class_based_metrics: Any = None,
                     name: str | None = None) -> Head:
    """A head for any number of classes at once."""
    return more_heads.MultiLabelHead(n_classes, weight_column, label_vocabulary, loss_reduction, thresholds, loss_fn,
                                     classes_for_class_based_metrics, name)


@public(v1=("contrib.estimator.regression_head",))
def regression_head(weight_column: Any = None, label_dimension: int = 1, loss_reduction: str = _OLD_MEAN,
                    loss_fn: Any = None, inverse_link_fn: Any = None, name: str | None = None) -> Head:
    """A head for numbers."""
    return heads.RegressionHead(label_dimension, weight_column, loss_reduction, loss_fn, inverse_link_fn, name)


@public(v1=("contrib.estimator.poisson_regression_head",))
def poisson_regression_head(weight_column: Any = None, label_dimension: int = 1, loss_reduction: str = _OLD_MEAN,
                            compute_full_loss: bool = True, name: str | None = None) -> Head:
    """A head for numbers of events."""
    return more_heads.LinkedRegressionHead(more_heads.poisson_loss(compute_full_loss), label_dimension, weight_column,
                                           loss_reduction, tf.exp, name)


@public(v1=("contrib.estimator.logistic_regression_head",))
def logistic_regression_head(weight_column: Any = None, loss_reduction: str = _OLD_MEAN,
                             name: str | None = None) -> Head:
    """A head for probabilities."""
    return more_heads.LinkedRegressionHead(more_heads.logistic_loss, 1, weight_column, loss_reduction, tf.sigmoid, name)


@public(v1=("contrib.estimator.multi_head",))
def multi_head(heads: Sequence[Head], head_weights: Sequence[float] | None = None) -> more_heads.MultiHead:
    """Several heads at once."""
    return more_heads.MultiHead(heads, head_weights)
