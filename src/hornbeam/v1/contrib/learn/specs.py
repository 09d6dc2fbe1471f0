"""What functions of models and evaluations of `contrib.learn` say: modes, results, metrics, settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hornbeam.graph.names import public, register
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.layers.feature_columns import real_valued_column
from hornbeam.v1.estimator.estimator import argument_names
from hornbeam.v1.estimator.input_functions import numpy_input_fn, pandas_input_fn
from hornbeam.v1.estimator.run_config import RunConfig

register(numpy_input_fn, v1=["contrib.learn.io.numpy_input_fn"])
register(pandas_input_fn, v1=["contrib.learn.io.pandas_input_fn"])


@public(v1=("contrib.learn.NotFittedError",))
class NotFittedError(ValueError, AttributeError):
    """An estimator was used before it was trained."""


@public(v1=("contrib.learn.ModeKeys",))
class ModeKeys:
    """What a model function is called for."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


@public(v1=("contrib.learn.PredictionKey",))
class PredictionKey:
    """The names of predictions."""

    CLASSES = "classes"
    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    LOGISTIC = "logistic"
    SCORES = "scores"
    TOP_K = "top_k"
    GENERIC = "output"


class _Fields(NamedTuple):
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    output_alternatives: Any
    training_chief_hooks: Any
    training_hooks: Any
    scaffold: Any
    mode: Any


@public(v1=("contrib.learn.ModelFnOps",))
class ModelFnOps(_Fields):
    """What a model function returns. mode: of `ModeKeys`. predictions: a tensor or a dictionary of them.

    loss, train_op: needed to train. eval_metric_ops: a dictionary of (value, update) pairs. Raises ValueError for what
    is missing.
    """

    __slots__ = ()

    def __new__(cls, mode: str, predictions: Any = None, loss: Any = None, train_op: Any = None,
                eval_metric_ops: Any = None, output_alternatives: Any = None, training_chief_hooks: Any = None,
                training_hooks: Any = None, scaffold: Any = None) -> ModelFnOps:
        if mode == ModeKeys.TRAIN and train_op is None:
            raise ValueError("Missing training_op.")
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL) and loss is None:
            raise ValueError("Missing loss.")
        if mode in (ModeKeys.INFER, ModeKeys.EVAL) and predictions is None:
            raise ValueError("Missing predictions.")
        return super().__new__(cls, predictions, loss, train_op, eval_metric_ops or {}, output_alternatives,
                               training_chief_hooks, training_hooks, scaffold, mode)


@public(v1=("contrib.learn.MetricSpec",))
class MetricSpec:
    """A metric of predictions, labels and weights, each chosen by its key where there are several.

    metric_fn: takes predictions, labels and weights by these names, or in this order; returns (value, update).
    """

    def __init__(self, metric_fn: Callable[..., Any], prediction_key: str | None = None, label_key: str | None = None,
                 weight_key: str | None = None) -> None:
        self.metric_fn = metric_fn
        self.prediction_key, self.label_key, self.weight_key = prediction_key, label_key, weight_key

    def create_metric_ops(self, inputs: Any, labels: Any, predictions: Any) -> Any:
        """The (value, update) pair. Raises ValueError where a key is needed, or is none of those there are."""
        chosen = {"predictions": _chosen(predictions, self.prediction_key, "prediction_key"),
                  "labels": _chosen(labels, self.label_key, "label_key")}
        if self.weight_key:
            chosen["weights"] = inputs[self.weight_key]
        names = argument_names(self.metric_fn)
        if "predictions" not in names:
            return self.metric_fn(chosen["predictions"], chosen["labels"])
        renamed = {("values" if name == "predictions" and name not in names else name): value
                   for name, value in chosen.items()}
        return self.metric_fn(**{name: value for name, value in renamed.items() if name in names})


def _chosen(given: Any, key: str | None, what: str) -> Any:
    if not isinstance(given, dict):
        if key:
            raise ValueError(f"{what} ({key}) without a dictionary to choose from")
        return given
    if key is None:
        if len(given) != 1:
            raise ValueError(f"MetricSpec without specified {what} requires predictions tensor or single element "
                             f"dict, got {given}")
        return next(iter(given.values()))
    if key not in given:
        raise ValueError(f"{what} {key!r} not in {sorted(given)}")
    return given[key]


@public(v1=("contrib.learn.RunConfig",))
def run_config(master: Any = None, num_cores: int = 0, log_device_placement: bool = False,
               gpu_memory_fraction: float = 1, tf_random_seed: int | None = None, save_summary_steps: int = 100,
               save_checkpoints_secs: Any = 0, save_checkpoints_steps: int | None = None, keep_checkpoint_max: int = 5,
               keep_checkpoint_every_n_hours: float = 10000, log_step_count_steps: int = 100, protocol: Any = None,
               evaluation_master: str = "", model_dir: str | None = None, session_config: Any = None,
               session_creation_timeout_secs: float = 7200) -> Any:
    """Settings of an estimator. save_checkpoints_secs: by default 600, unless `save_checkpoints_steps` is given.

    Those of devices and clusters are accepted.
    """
    if save_checkpoints_secs == 0:
        save_checkpoints_secs = 600 if save_checkpoints_steps is None else None
    return RunConfig(model_dir, tf_random_seed, save_summary_steps, save_checkpoints_steps, save_checkpoints_secs,
                     session_config, keep_checkpoint_max, keep_checkpoint_every_n_hours, log_step_count_steps,
                     protocol=protocol, session_creation_timeout_secs=session_creation_timeout_secs)


@public(v1=("contrib.learn.infer_real_valued_columns_from_input",))
def infer_real_valued_columns_from_input(x: Any) -> list[Any]:
    """A column of numbers for an array [n, dimension], or for each array of a dictionary."""
    held = x if isinstance(x, dict) else {"": x}
    return [_column(key, np.asarray(value).shape, np.asarray(value).dtype) for key, value in sorted(held.items())]


@public(v1=("contrib.learn.infer_real_valued_columns_from_input_fn",))
def infer_real_valued_columns_from_input_fn(input_fn: Callable[[], Any]) -> list[Any]:
    """A column of numbers for each feature that an input function gives."""
    with tf.Graph().as_default():
        features = input_fn()[0]
        held = features if isinstance(features, dict) else {"": features}
        return [_column(key, value.shape.as_list(), value.dtype.as_numpy_dtype) for key, value in sorted(held.items())]


def _column(key: str, shape: Any, dtype: Any) -> Any:
    kind = np.dtype(dtype)
    if kind.kind not in "fiu":
        raise ValueError(f"on integer or non floating types are not supported: {kind}")
    return real_valued_column(key, 1 if len(shape) < 2 else int(np.prod(shape[1:])),
                              dtype=tf.int64 if kind.kind in "iu" else tf.float32)
