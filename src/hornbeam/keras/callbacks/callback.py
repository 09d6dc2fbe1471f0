"""Callback: methods that training calls at its turns. Here they do nothing; subclasses override what they need."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.names import keras_export


@keras_export("callbacks.Callback")
class Callback:
    """Base of callbacks. `model` is the model, `params` what it was called with (`epochs`, `steps`, `verbose`).

    The logs of `on_…_end` are dictionaries of floats: `loss`, the metrics, and with `val_` before them those of the
    validation data.
    """

    params: Any = None

    def __init__(self) -> None:
        self.params = None
        self._model: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Take what the model was called with."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model."""
        self._model = model

    @property
    def model(self) -> Any:
        """The model."""
        return self.__dict__.get("_model")

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The same as `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """The same as `on_train_batch_end`."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Before an epoch of training."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """After an epoch of training and its validation."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch of training."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of training; the logs are means over the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch of `evaluate`, or of validation."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of `evaluate`, or of validation."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of `predict`; the logs hold its `outputs`."""

    def on_train_begin(self, logs: Any = None) -> None:
        """At the start of `fit`."""

    def on_train_end(self, logs: Any = None) -> None:
        """At the end of `fit`."""

    def on_test_begin(self, logs: Any = None) -> None:
        """At the start of `evaluate`, or of validation."""

    def on_test_end(self, logs: Any = None) -> None:
        """At the end of `evaluate`, or of validation."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """At the start of `predict`."""

    def on_predict_end(self, logs: Any = None) -> None:
        """At the end of `predict`."""


BATCH_METHODS = {"train": {"begin": ("on_train_batch_begin", "on_batch_begin"),
                           "end": ("on_train_batch_end", "on_batch_end")},
                 "test": {"begin": ("on_test_batch_begin",), "end": ("on_test_batch_end",)},
                 "predict": {"begin": ("on_predict_batch_begin",), "end": ("on_predict_batch_end",)}}


def listens_to_batches(callback: Callback, mode: str, when: str | None = None) -> bool:
    """Whether a callback does something at batches of `"train"`, `"test"` or `"predict"`.

    when: `"begin"` or `"end"` of them; None: either.
    """
    own = getattr(callback, "listens_to_batches", None)
    if own is not None:
        return bool(own(mode))
    names = [name for at, names in BATCH_METHODS[mode].items() if when in (None, at) for name in names]
    return any(getattr(type(callback), name, None) is not getattr(Callback, name) or name in vars(callback)
               for name in names)
