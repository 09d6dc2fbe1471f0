"""Heads for several classes at once, for numbers of events, for probabilities, and for several heads at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.v1.api import tf
from hornbeam.v1.estimator.heads import (
    Classes,
    Head,
    RegressionHead,
    at_thresholds,
    checked_thresholds,
    in_range,
    spread,
    step_of,
)
from hornbeam.v1.estimator.serving import ClassificationOutput, PredictOutput
from hornbeam.v1.estimator.spec import EstimatorSpec, ModeKeys


class MultiLabelHead(Head):
    """Any number of the classes at once: a logit for each, with the mean of their logistic cross entropies.

    Labels are 0 and 1 for each class, or a SparseTensor of numbers (or words of the vocabulary) of classes.
    classes_for_class_based_metrics: numbers or words of those that get metrics of their own.
    Raises ValueError for fewer than 2 classes, and where vocabulary and classes do not fit.
    """

    takes_sparse = True

    def __init__(self, n_classes: int, weight_column: Any = None, label_vocabulary: Any = None,
                 loss_reduction: Any = "weighted_sum_over_batch_size", thresholds: Any = None, loss_fn: Any = None,
                 classes_for_class_based_metrics: Any = None, name: str | None = None) -> None:
        if n_classes is None or n_classes < 2:
            raise ValueError(f"n_classes must be > 1 for multi-class classification. Given: {n_classes}")
        super().__init__(weight_column, loss_reduction, name, loss_fn)
        self.logits_dimension = n_classes
        self._classes = Classes(n_classes, label_vocabulary)
        if label_vocabulary is not None and len(label_vocabulary) != n_classes:
            raise ValueError(f"Length of label_vocabulary must be n_classes ({n_classes}). Given: "
                             f"{len(label_vocabulary)}")
        self._thresholds = checked_thresholds(thresholds)
        self._reported = [self._number(c) for c in classes_for_class_based_metrics or ()]

    def _number(self, given: Any) -> int:
        if isinstance(given, str):
            if not self._classes.vocabulary:
                raise ValueError("label_vocabulary must be provided when classes_for_class_based_metrics are sting.")
            return list(self._classes.vocabulary).index(given)
        if not 0 <= given < self.logits_dimension:
            raise ValueError(f"All classes_for_class_based_metrics must be in range [0, {self.logits_dimension - 1}]. "
                             f"Given: {given}")
        return given

    def predictions(self, logits: Any) -> dict[str, Any]:
        with tf.name_scope("predictions"):
            return {"logits": logits, "probabilities": tf.sigmoid(logits, name="probabilities")}

    def outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        probabilities = predictions["probabilities"]
        names = self._classes.all(probabilities)["all_classes"]
        classification = ClassificationOutput(probabilities, names)
        return {"serving_default": classification, "classification": classification,
                "predict": PredictOutput(predictions)}

    def _indicators(self, labels: Any) -> Any:
        """0 and 1 for each class: [batch, classes]."""
        if labels is None:
            raise ValueError("You must provide a labels Tensor. Given: None. Suggested troubleshooting steps: Check "
                             "that your data contain your label feature. Check that your input_fn properly parses "
                             "and returns labels.")
        if not isinstance(labels, tf.SparseTensor):
            return in_range(tf.convert_to_tensor(labels), 2)
        ids = self._classes.ids(labels.values) if labels.dtype == tf.string else labels.values
        checked = in_range(tf.to_int64(ids), self.logits_dimension)
        found = tf.SparseTensor(labels.indices, checked, labels.dense_shape)
        return tf.to_int64(tf.sparse_to_indicator(found, self.logits_dimension))

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        labels = self._indicators(labels)
        each = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.to_float(labels), logits=logits)
        return tf.reduce_mean(each, axis=-1, keepdims=True), labels

    def metrics(self, predictions: dict[str, Any], labels: Any, losses: Any, weights: Any) -> dict[str, Any]:
        metrics, probabilities = tf.metrics, predictions["probabilities"]
        held = None if isinstance(weights, float) else weights
        found = {"average_loss": metrics.mean(losses, weights=held, name="average_loss"),
                 "auc": metrics.auc(labels, probabilities, weights=held, name="auc"),
                 "auc_precision_recall": metrics.auc(labels, probabilities, weights=held, curve="PR",
                                                     name="auc_precision_recall"),
                 **at_thresholds(labels, probabilities, weights, self._thresholds)}
        for number in self._reported:
            of_class, wanted = probabilities[..., number:number + 1], labels[..., number:number + 1]
            vocabulary = self._classes.vocabulary
            suffix = f"class{number}" if vocabulary is None else vocabulary[number]
            found[f"probability_mean/{suffix}"] = metrics.mean(of_class, weights=spread(weights, of_class))
            found[f"auc/{suffix}"] = metrics.auc(wanted, of_class, weights=held)
            found[f"auc_precision_recall/{suffix}"] = metrics.auc(wanted, of_class, weights=held, curve="PR")
        return found


class LinkedRegressionHead(RegressionHead):
    """Numbers with another loss of logits. loss_of: gives the losses of labels and logits."""

    def __init__(self, loss_of: Callable[[Any, Any], Any], label_dimension: int, weight_column: Any,
                 loss_reduction: Any, inverse_link_fn: Any, name: str | None) -> None:
        super().__init__(label_dimension, weight_column, loss_reduction, None, inverse_link_fn, name)
        self._loss_of = loss_of

    def losses(self, logits: Any, labels: Any) -> tuple[Any, Any]:
        _, labels = super().losses(logits, labels)
        return self._loss_of(labels, logits), labels


def poisson_loss(compute_full_loss: bool) -> Callable[[Any, Any], Any]:
    """The loss of a Poisson distribution whose logarithm the logits are."""
    return lambda labels, logits: tf.nn.log_poisson_loss(targets=labels, log_input=logits,
                                                         compute_full_loss=compute_full_loss)


def logistic_loss(labels: Any, logits: Any) -> Any:
    """The cross entropy of probabilities."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=in_range(labels, 2), logits=logits)


class MultiHead:
    """Several heads with names: their losses are added, and what they predict and measure stands side by side.

    Logits are those of all heads side by side, or a dictionary by the heads' names; labels are such a dictionary.
    head_weights: what each loss is multiplied by. Raises ValueError without heads, for heads without names or with the
    same, and for another number of weights.
    """

    def __init__(self, heads: Sequence[Head], head_weights: Sequence[float] | None = None) -> None:
        if not heads:
            raise ValueError(f"Must specify heads. Given: {heads}")
        if head_weights and len(head_weights) != len(heads):
            raise ValueError(f"heads and head_weights must have the same size. Given len(heads): {len(heads)}. Given "
                             f"len(head_weights): {len(head_weights)}.")
        names = [head.name for head in heads]
        for head in heads:
            if not head.name:
                raise ValueError(f"All given heads must have name specified. Given: {head}")
        if len(set(names)) != len(names):
            raise ValueError(f"All heads must have unique names. Given: {names}")
        self._heads = tuple(heads)
        self._head_weights = tuple(head_weights) if head_weights else (1.0,) * len(heads)

    @property
    def name(self) -> str:
        """The names of the heads."""
        return "_".join(str(head.name) for head in self._heads)

    @property
    def logits_dimension(self) -> int:
        """Of all heads together."""
        return sum(head.logits_dimension for head in self._heads)

    def create_estimator_spec(self, features: Any, mode: str, logits: Any, labels: Any = None, optimizer: Any = None,
                              train_op_fn: Callable[[Any], Any] | None = None) -> EstimatorSpec:
        """What a model function returns. optimizer, train_op_fn: as for one head."""
        if not isinstance(logits, dict):
            logits = self._split(logits)
        specs = [head.create_estimator_spec(features, mode, logits[head.name], None if labels is None else
                                            labels[head.name], train_op_fn=lambda loss: tf.no_op())
                 for head in self._heads]
        predictions = {(head.name, key): value for head, spec in zip(self._heads, specs, strict=True)
                       for key, value in spec.predictions.items()}
        if mode == ModeKeys.PREDICT:
            return EstimatorSpec(mode, predictions, export_outputs=self._outputs(specs))
        loss = tf.add_n([spec.loss * weight for spec, weight in zip(specs, self._head_weights, strict=True)])
        if mode == ModeKeys.EVAL:
            found: dict[str, Any] = {}
            for head, spec in zip(self._heads, specs, strict=True):
                found[f"loss/{head.name}"] = tf.metrics.mean(spec.loss, name=f"loss/{head.name}")
                found.update(spec.eval_metric_ops)
            return EstimatorSpec(mode, predictions, loss, eval_metric_ops=found)
        train_op = step_of(loss, optimizer, train_op_fn)
        with tf.name_scope(""):
            tf.summary.scalar("loss", loss)
        return EstimatorSpec(mode, predictions, loss, train_op)

    def _split(self, logits: Any) -> dict[Any, Any]:
        sizes = [head.logits_dimension for head in self._heads]
        shape = tf.convert_to_tensor(logits).shape.as_list()
        if shape[-1] is not None and shape[-1] != sum(sizes):
            raise ValueError(f"Could not split logits of shape {shape} among the heads with individual logits "
                             f"dimensions: {sizes}. The last dimension of the logits tensor should equal {sum(sizes)} "
                             f"but is {shape[-1]}.")
        return dict(zip((head.name for head in self._heads), tf.split(logits, sizes, -1), strict=True))

    def _outputs(self, specs: Sequence[EstimatorSpec]) -> dict[str, Any]:
        outputs = {"serving_default": specs[0].export_outputs["serving_default"]}
        merged: dict[str, Any] = {}
        for head, spec in zip(self._heads, specs, strict=True):
            for key, output in spec.export_outputs.items():
                outputs[str(head.name) if key == "serving_default" else f"{head.name}/{key}"] = output
                if key == "predict":
                    merged.update({f"{head.name}/{name}": value for name, value in output.outputs.items()})
        outputs["predict"] = PredictOutput(merged)
        return outputs
