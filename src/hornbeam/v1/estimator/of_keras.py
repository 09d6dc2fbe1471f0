"""Estimators of compiled Keras models."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

from hornbeam import keras
from hornbeam.v1.api import tf
from hornbeam.v1.estimator.estimator import Estimator
from hornbeam.v1.estimator.run_config import RunConfig
from hornbeam.v1.estimator.spec import EstimatorSpec, ModeKeys


def model_to_estimator(keras_model: Any = None, keras_model_path: str | None = None, custom_objects: Any = None,
                       model_dir: str | None = None, config: RunConfig | None = None,
                       checkpoint_format: str = "saver") -> Estimator:
    """An estimator that trains copies of a compiled model, from the weights that the model has now.

    keras_model, or keras_model_path, an HDF5 file (custom_objects: its classes by name). Features are a tensor, or a
    dictionary by the names of the model's inputs; predictions are found by the names of its outputs.
    checkpoint_format: accepted. Raises ValueError where there is no model, two, or one that is not compiled.
    """
    if (keras_model is None) == (keras_model_path is None):
        raise ValueError("Please specity either `keras_model` or `keras_model_path`, but not both."
                         if keras_model is not None else "Either `keras_model` or `keras_model_path` needs to be "
                         "provided.")
    model = keras.models.load_model(keras_model_path, custom_objects) if keras_model is None else keras_model
    if not model.compiled or model.optimizer is None:
        raise ValueError("The given keras model has not been compiled yet. Please compile the model with "
                         "`model.compile()` before calling `model_to_estimator()`.")
    weights = model.get_weights()

    def model_fn(features: Any, labels: Any, mode: str) -> EstimatorSpec:
        with keras.utils.custom_object_scope(custom_objects or {}):
            copy = keras.models.clone_model(model)
            copy.compile_from_config(model.get_compile_config())
        return _spec(copy, weights, features, labels, mode)

    return Estimator(model_fn, model_dir or tempfile.mkdtemp(), config)


def _spec(model: Any, weights: Any, features: Any, labels: Any, mode: str) -> EstimatorSpec:
    inputs = _in_order(features, model.input_names)
    outputs = model(inputs, training=mode == ModeKeys.TRAIN)
    flat = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    predictions = dict(zip(model.output_names, flat, strict=True))
    exported = {"serving_default": tf.estimator.export.PredictOutput(predictions)}
    if mode == ModeKeys.PREDICT:
        return EstimatorSpec(mode, predictions=predictions, export_outputs=exported)
    targets = _in_order(labels, model.output_names)
    loss = model.compute_loss(x=inputs, y=targets, y_pred=outputs, training=mode == ModeKeys.TRAIN)
    metrics = {}
    if mode == ModeKeys.EVAL and model._compile_metrics is not None:
        metrics = _metrics(model, targets, outputs)
    train_op = None
    if mode == ModeKeys.TRAIN:
        step = model.optimizer.minimize(loss, model.trainable_variables)
        with tf.control_dependencies([step]):
            train_op = tf.assign_add(tf.train.get_global_step(), 1)
    scaffold = tf.train.Scaffold(init_fn=lambda scaffold, session: model.set_weights(weights))
    return EstimatorSpec(mode, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=metrics,
                         export_outputs=exported, scaffold=scaffold)


def _metrics(model: Any, targets: Any, outputs: Any) -> dict[str, Any]:
    """What an evaluation measures besides the loss, as pairs of values and updates."""
    graph = tf.get_default_graph()
    before = len(graph.get_operations())
    model._compile_metrics.update_state(targets, outputs)
    update = tf.group(*(op for op in graph.get_operations()[before:] if op.type.startswith("Assign")))
    return {name: (value, update) for name, value in model._compile_metrics.result().items()}


def _in_order(given: Any, names: list[str]) -> Any:
    """Features or labels in the order of a model's inputs or outputs."""
    if not isinstance(given, Mapping):
        return given
    missing = set(names) - set(given)
    if missing:
        raise KeyError(f"The dictionary has no {sorted(missing)}, which the model's inputs or outputs are called. It "
                       f"has {sorted(given)}.")
    return given[names[0]] if len(names) == 1 else [given[name] for name in names]
