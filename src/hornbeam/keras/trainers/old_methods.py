"""Methods and arguments of models that Keras 2 had: each says in a warning what it is called now."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from hornbeam.keras.old_names import Later, taking_old_arguments, warn_of_old_spelling
from hornbeam.keras.trainers.compile_metrics import metric_name
from hornbeam.keras.tree import structures as tree

Method = TypeVar("Method", bound=Callable[..., Any])


def metrics_in_third_place(loss_weights: Any, metrics: Any) -> tuple[Any, Any]:
    """`loss_weights` and `metrics` of `compile`, which stood the other way round in Keras 2."""
    given = loss_weights.values() if isinstance(loss_weights, dict) else loss_weights
    given = [given] if isinstance(given, str) else given
    if isinstance(given, (list, tuple)) or isinstance(loss_weights, dict):
        flat = [item for items in given for item in (items if isinstance(items, (list, tuple)) else [items])]
        if flat and all(isinstance(item, str) or callable(item) for item in flat):
            warn_of_old_spelling("`compile(optimizer, loss, metrics)` is now `compile(optimizer, loss, "
                                 "metrics=metrics)`.")
            return metrics, [loss_weights] if isinstance(loss_weights, str) else loss_weights
    return loss_weights, metrics


def resetting_metrics(method: Method) -> Method:
    """Decorator: the method on one batch takes Keras 2's `reset_metrics`, which says that it begins anew."""
    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if "reset_metrics" in kwargs:
            warn_of_old_spelling(f"`{method.__name__}(..., reset_metrics=True)` is now `model.reset_metrics()` before "
                                 f"`{method.__name__}(...)`.")
        if kwargs.pop("reset_metrics", True) and self.compiled:
            self.reset_metrics()
        return method(self, *args, **kwargs)

    return call  # type: ignore[return-value]


def names_of_results(model: Any) -> list[str]:
    """The names of what `evaluate` gives, in Keras 2's order: the loss, the losses of the outputs, metrics."""
    outputs: list[str] = list(getattr(model, "output_names", None) or ())
    names = ["loss"]
    inner = model._compile_loss.metrics if model._compile_loss is not None else []
    names += [m.name for m in inner] or [f"{name}_loss" for name in outputs if len(outputs) > 1 and model.loss]
    compiled = model._compile_metrics
    if compiled is not None:
        names += list(compiled.result()) if compiled.built else _as_given(model._compile_arguments["metrics"], outputs)
    known = {id(m) for m in (model._loss_tracker, compiled, *inner)}
    return names + [m.name for m in model.metrics if id(m) not in known]


def _as_given(metrics: Any, outputs: list[str]) -> list[str]:
    """What metrics will be called that have not seen a batch yet."""
    if isinstance(metrics, dict):
        prefix = len(outputs) > 1
        return [f"{output}_{name}" if prefix else name for output in outputs if output in metrics
                for name in _as_given(metrics[output], [output])]
    given = metrics if isinstance(metrics, (list, tuple)) else [metrics]
    flat = [m for item in given for m in (item if isinstance(item, (list, tuple)) else [item]) if m is not None]
    return [metric_name(m) if isinstance(m, str) else
            getattr(m, "name", None) or getattr(m, "__name__", type(m).__name__) for m in flat]


def tell_callbacks(called: Any, model: Any, x: Any, validation_data: Any, batch_size: int | None) -> None:
    """Callbacks of Keras 2 find the data of the validation, and in `params` how many samples there are."""
    arrays = [leaf for leaf in tree.flatten(x) if isinstance(leaf, np.ndarray)]
    validated = validation_data is not None
    names = names_of_results(model)
    called.set_params({**called.params, "batch_size": (batch_size or 32) if arrays else None,
                       "samples": len(arrays[0]) if arrays else None, "do_validation": validated,
                       "metrics": [*names, *(f"val_{name}" for name in names if validated)]})
    if isinstance(validation_data, (tuple, list)) and len(validation_data) > 1:
        targets = [y for y in tree.flatten(validation_data[1]) if y is not None]
        weights = [w for w in tree.flatten(validation_data[2:]) if w is not None]
        held = [*tree.flatten(validation_data[0]), *targets, *(weights or [np.ones(len(y)) for y in targets])]
        for callback in called.callbacks:
            callback.validation_data = held


_QUEUES_OF_KERAS_1 = {"max_q_size": "max_queue_size", "nb_worker": "workers", "pickle_safe": "use_multiprocessing"}
_OF_KERAS_1 = {"samples_per_epoch": "steps_per_epoch", "nb_epoch": "epochs", "nb_val_samples": "validation_steps",
               **_QUEUES_OF_KERAS_1}


class OldMethods:
    """The part of a model that Keras 2's programs call."""

    fit: Callable[..., Any]
    evaluate: Callable[..., Any]
    predict: Callable[..., Any]

    @taking_old_arguments(**_OF_KERAS_1)
    def fit_generator(self, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, verbose: Any = 1,
                      callbacks: Any = None, validation_data: Any = None, validation_steps: int | None = None,
                      validation_freq: Any = 1, class_weight: Any = None, max_queue_size: int = 10, workers: int = 1,
                      use_multiprocessing: bool = False, shuffle: bool = True, initial_epoch: int = 0) -> Any:
        """Keras 2's `fit` for generators. max_queue_size, workers, use_multiprocessing: without effect."""
        warn_of_old_spelling("`model.fit_generator` is now `model.fit`.")
        return self.fit(generator, steps_per_epoch=steps_per_epoch, epochs=epochs, verbose=verbose,
                        callbacks=callbacks, validation_data=validation_data, validation_steps=validation_steps,
                        validation_freq=validation_freq, class_weight=class_weight, shuffle=shuffle,
                        initial_epoch=initial_epoch)

    @taking_old_arguments(val_samples="steps", **_QUEUES_OF_KERAS_1)
    def evaluate_generator(self, generator: Any, steps: int | None = None, callbacks: Any = None,
                           max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
                           verbose: Any = 0) -> Any:
        """Keras 2's `evaluate` for generators. max_queue_size, workers, use_multiprocessing: without effect."""
        warn_of_old_spelling("`model.evaluate_generator` is now `model.evaluate`.")
        return self.evaluate(generator, steps=steps, callbacks=callbacks, verbose=verbose)

    @taking_old_arguments(val_samples="steps", **_QUEUES_OF_KERAS_1)
    def predict_generator(self, generator: Any, steps: int | None = None, callbacks: Any = None,
                          max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
                          verbose: Any = 0) -> Any:
        """Keras 2's `predict` for generators. max_queue_size, workers, use_multiprocessing: without effect."""
        warn_of_old_spelling("`model.predict_generator` is now `model.predict`.")
        return self.predict(generator, steps=steps, callbacks=callbacks, verbose=verbose)

    def _make_train_function(self) -> None:
        self.make_train_function()  # type: ignore[attr-defined]

    def _make_test_function(self) -> None:
        self.make_test_function()  # type: ignore[attr-defined]

    def _make_predict_function(self) -> None:
        self.make_predict_function()  # type: ignore[attr-defined]

    def to_yaml(self, **kwargs: Any) -> str:
        """The model's configuration as YAML. kwargs: those of `yaml.safe_dump`. Needs PyYAML."""
        warn_of_old_spelling("`model.to_yaml()` is now `model.to_json()`.")
        return Later("hornbeam.keras.models.old_files", "to_yaml").load()(self, **kwargs)

    @property
    def updates(self) -> list[Any]:
        """Keras 2's operations that move averages along: none, as layers do that when they run."""
        warn_of_old_spelling("`model.updates` belongs to Keras 2: layers update their state when they run.")
        return []

    def predict_proba(self, x: Any, batch_size: int | None = None, verbose: Any = 0) -> Any:
        """Keras 2's `predict` for classifiers."""
        warn_of_old_spelling("`model.predict_proba` is now `model.predict`.")
        return self.predict(x, batch_size=batch_size, verbose=verbose)

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: Any = 0) -> np.ndarray:
        """The class of each sample: the largest of several outputs, or whether a single one is above a half."""
        warn_of_old_spelling("`model.predict_classes(x)` is now `model.predict(x).argmax(axis=-1)`, or "
                             "`(model.predict(x) > 0.5).astype('int32')` for one output.")
        found = self.predict(x, batch_size=batch_size, verbose=verbose)
        return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")

    def reset_states(self) -> None:
        """Keras 2's way to let stateful recurrent layers start again; today each layer's `reset_state`."""
        warn_of_old_spelling("`model.reset_states()` is now `layer.reset_state()` of each stateful layer.")
        for layer in self.layers:  # type: ignore[attr-defined]
            reset = getattr(layer, "reset_state", None) or getattr(layer, "reset_states", None)
            if callable(reset) and getattr(layer, "stateful", True):
                reset()
