"""What makes another estimator or optimizer of one: features with the predictions, gradients of a bounded norm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.estimator.estimator import Estimator, argument_names
from hornbeam.v1.estimator.models import dnn_logits, linear_logits, partitioner
from hornbeam.v1.estimator.serving import PredictOutput
from hornbeam.v1.estimator.spec import EstimatorSpec, ModeKeys


@public(v1=("contrib.estimator.forward_features",))
def forward_features(estimator: Estimator, keys: Any = None, sparse_default_values: Any = None) -> Estimator:
    """An estimator whose predictions have features too, with the same folder and settings.

    keys: a feature's name or several, by default all. sparse_default_values: by names, what stands where a sparse one
    has nothing. Raises ValueError where predictions have the name already, KeyError for features that are none.
    """
    names = [keys] if isinstance(keys, str) else keys
    defaults = sparse_default_values or {}

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        spec = estimator.model_fn(features, labels, mode, config)
        if mode != ModeKeys.PREDICT:
            return spec
        added = {}
        for name in sorted(features) if names is None else names:
            if name in spec.predictions:
                raise ValueError(f"Predictions already contain key: {name}")
            found = features[name]
            if isinstance(found, tf.SparseTensor):
                found = tf.sparse_tensor_to_dense(found, defaults.get(name))
            added[name] = found
        predictions = {**spec.predictions, **added}
        outputs = dict(spec.export_outputs or {})
        for key, output in outputs.items():
            if isinstance(output, PredictOutput):
                outputs[key] = PredictOutput({**output.outputs, **added})
        return spec._replace(predictions=predictions, export_outputs=outputs)

    return Estimator(model_fn, estimator.model_dir, estimator.config, warm_start_from=estimator._warm_start_settings)


@public(v1=("contrib.estimator.clip_gradients_by_norm",))
def clip_gradients_by_norm(optimizer: Any, clip_norm: float) -> Any:
    """An optimizer that applies gradients, each scaled so that its norm is no more than `clip_norm`."""
    return _Clipped(optimizer, clip_norm)


class _Clipped(tf.train.Optimizer):
    """Applies an optimizer's updates with clipped gradients; the slots are the optimizer's."""

    def __init__(self, optimizer: Any, clip_norm: float) -> None:
        super().__init__(False, f"Clipped{optimizer.get_name()}")
        self._optimizer, self._clip_norm = optimizer, clip_norm

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The optimizer's gradients."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Clip, then update."""
        clipped = [(None if grad is None else tf.clip_by_norm(grad, self._clip_norm), var)
                   for grad, var in grads_and_vars]
        return self._optimizer.apply_gradients(clipped, global_step, name)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A slot of the optimizer."""
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """The names of the optimizer's slots."""
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self) -> Any:
        """The optimizer's variables."""
        return self._optimizer.variables()


def _both(name: str) -> Callable[[Any], Any]:
    return public(v1=(f"estimator.experimental.{name}", f"contrib.estimator.{name}"))


@_both("dnn_logit_fn_builder")
def dnn_logit_fn_builder(units: int, hidden_units: Sequence[int], feature_columns: Any, activation_fn: Any,
                         dropout: float | None, input_layer_partitioner: Any, batch_norm: bool) -> Any:
    """A function of features and mode that gives the logits of layers. Raises ValueError where units is no integer."""
    _check_units(units)

    def dnn_logit_fn(features: Any, mode: str) -> Any:
        return dnn_logits(features, feature_columns, hidden_units, units, mode, activation_fn, dropout, batch_norm,
                          input_layer_partitioner or partitioner())

    return dnn_logit_fn


@_both("linear_logit_fn_builder")
def linear_logit_fn_builder(units: int, feature_columns: Any, sparse_combiner: str = "sum") -> Any:
    """A function of features that gives the logits of a linear model. Raises ValueError where units is no integer."""
    _check_units(units)
    return lambda features: linear_logits(features, feature_columns, units, sparse_combiner)


def _check_units(units: Any) -> None:
    if not isinstance(units, int):
        raise ValueError(f"units must be an int. Given type: {type(units)}")


@_both("call_logit_fn")
def call_logit_fn(logit_fn: Callable[..., Any], features: Any, mode: str, params: Any, config: Any) -> Any:
    """What a function gives for those of features, mode, params and config that it names.

    Raises ValueError where that is neither a tensor nor a dictionary of tensors.
    """
    offered = {"mode": mode, "params": params, "config": config}
    given = {name: offered[name] for name in argument_names(logit_fn) if name in offered}
    found = logit_fn(features=features, **given)
    if not (isinstance(found, tf.Tensor)
            or (isinstance(found, dict) and all(isinstance(value, tf.Tensor) for value in found.values()))):
        raise ValueError(f"model_fn should return a Tensor or a dictionary of Tensors. Given: {found}")
    return found
