"""Methods and arguments of models that Keras 2 had: each says in a warning what it is called now."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from hornbeam.keras.old_names import warn_of_old_spelling

Method = TypeVar("Method", bound=Callable[..., Any])


def taking_old_arguments(*without_effect: str, **renamed: str) -> Callable[[Method], Method]:
    """Decorator: the method takes these arguments of Keras 2, which do nothing here or are called otherwise."""
    def declare(method: Method) -> Method:
        @functools.wraps(method)
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            for name in without_effect:
                if name in kwargs and kwargs.pop(name) is not None:
                    warn_of_old_spelling(f"The argument `{name}` of `{method.__name__}` belongs to Keras 2 and has no "
                                         "effect.")
            for name, now in renamed.items():
                if name in kwargs:
                    warn_of_old_spelling(f"The argument `{name}` of `{method.__name__}` is now `{now}`.")
                    kwargs[now] = kwargs.pop(name)
            return method(self, *args, **kwargs)

        return call  # type: ignore[return-value]

    return declare


class OldMethods:
    """The part of a model that Keras 2's programs call."""

    fit: Callable[..., Any]
    evaluate: Callable[..., Any]
    predict: Callable[..., Any]

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

    def evaluate_generator(self, generator: Any, steps: int | None = None, callbacks: Any = None,
                           max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
                           verbose: Any = 0) -> Any:
        """Keras 2's `evaluate` for generators. max_queue_size, workers, use_multiprocessing: without effect."""
        warn_of_old_spelling("`model.evaluate_generator` is now `model.evaluate`.")
        return self.evaluate(generator, steps=steps, callbacks=callbacks, verbose=verbose)

    def predict_generator(self, generator: Any, steps: int | None = None, callbacks: Any = None,
                          max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
                          verbose: Any = 0) -> Any:
        """Keras 2's `predict` for generators. max_queue_size, workers, use_multiprocessing: without effect."""
        warn_of_old_spelling("`model.predict_generator` is now `model.predict`.")
        return self.predict(generator, steps=steps, callbacks=callbacks, verbose=verbose)

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
