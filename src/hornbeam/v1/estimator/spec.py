"""What a model function returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.sessions.run_hooks import SessionRunHook
from hornbeam.v1.sessions.scaffold import Scaffold


@public(v1=("estimator.ModeKeys",))
class ModeKeys:
    """What a model function is called for."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


class _Fields(NamedTuple):
    mode: Any
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    export_outputs: Any
    training_chief_hooks: Any
    training_hooks: Any
    scaffold: Any
    evaluation_hooks: Any
    prediction_hooks: Any


@public(v1=("estimator.EstimatorSpec",))
class EstimatorSpec(_Fields):
    """What a model function returns: tensors and operations for one mode.

    mode: one of `ModeKeys`. predictions: a tensor or a dictionary of them. loss: a scalar, needed to train and to
    evaluate. train_op: what a step runs, needed to train. eval_metric_ops: a dictionary of (value, update) pairs or
    metrics. export_outputs: a dictionary of `ExportOutput`s. The hooks: lists of `SessionRunHook`s. scaffold: a
    `Scaffold`. Raises ValueError for what is missing and TypeError for what is of another kind.
    """

    __slots__ = ()

    def __new__(cls, mode: str, predictions: Any = None, loss: Any = None, train_op: Any = None,
                eval_metric_ops: Any = None, export_outputs: Any = None, training_chief_hooks: Any = None,
                training_hooks: Any = None, scaffold: Any = None, evaluation_hooks: Any = None,
                prediction_hooks: Any = None) -> EstimatorSpec:
        if mode == ModeKeys.TRAIN and train_op is None:
            raise ValueError("Missing train_op.")
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL) and loss is None:
            raise ValueError("Missing loss.")
        if mode == ModeKeys.PREDICT and predictions is None:
            raise ValueError("Missing predictions.")
        held = [_checked_hooks(h) for h in (training_chief_hooks, training_hooks, evaluation_hooks, prediction_hooks)]
        scaffold = scaffold or Scaffold()
        if not isinstance(scaffold, Scaffold):
            raise TypeError(f"scaffold must be tf.train.Scaffold. Given: {scaffold}")
        _check_outputs(export_outputs, mode)
        return super().__new__(
            cls, mode, {} if predictions is None else _checked_predictions(predictions),
            None if loss is None else _scalar_loss(loss), _checked_operation(train_op),
            _checked_metrics(eval_metric_ops), export_outputs, held[0], held[1], scaffold, held[2], held[3])


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "dtype") and (hasattr(value, "op") or hasattr(value, "indices"))


def _checked_predictions(predictions: Any) -> Any:
    values = predictions.values() if isinstance(predictions, Mapping) else [predictions]
    for value in values:
        if not _is_tensor(value):
            raise TypeError(f"predictions must be Tensor, given: {value}")
    return predictions


def _scalar_loss(loss: Any) -> Any:
    found = tf.convert_to_tensor(loss)
    shape = found.shape
    if shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar, given: {loss}")
    return found if shape.ndims == 0 else tf.reshape(found, [])


def _checked_operation(train_op: Any) -> Any:
    if train_op is None:
        return None
    if not (hasattr(train_op, "op") or hasattr(train_op, "outputs")):
        raise TypeError(f"train_op must be Operation or Tensor, given: {train_op}")
    return tf.get_default_graph().as_graph_element(train_op)


def _checked_metrics(metrics: Any) -> dict[str, Any]:
    if metrics is None:
        return {}
    if not isinstance(metrics, Mapping):
        raise TypeError(f"eval_metric_ops must be a dict, given: {metrics}")
    found = {}
    for key, value in metrics.items():
        if hasattr(value, "result") and hasattr(value, "updates"):  # a metric of Keras
            value = (value.result(), tf.group(*value.updates))
        if not isinstance(value, tuple) or len(value) != 2:
            raise TypeError("Values of eval_metric_ops must be (metric_value, update_op) tuples, given: "
                            f"{value} for key: {key}")
        found[key] = value
    return found


def _checked_hooks(hooks: Any) -> tuple[Any, ...]:
    found = tuple(hooks or ())
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
    return found


def _check_outputs(outputs: Any, mode: str) -> None:
    from hornbeam.v1.estimator.serving import ExportOutput

    if outputs is None:
        return
    if not isinstance(outputs, dict):
        raise TypeError(f"export_outputs must be dict, given: {outputs}")
    for value in outputs.values():
        if not isinstance(value, ExportOutput):
            raise TypeError(f"Values in export_outputs must be ExportOutput objects. Given: {outputs}")
    default = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if mode == ModeKeys.PREDICT and len(outputs) > 1 and default not in outputs:
        raise ValueError(f"Multiple export_outputs were provided, but none of them is specified as the default.  Do "
                         f"this by naming one of them with {default!r}.")
