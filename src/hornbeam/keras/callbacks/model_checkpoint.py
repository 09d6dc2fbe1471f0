"""ModelCheckpoint: the model is saved while it trains."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.callbacks.monitor import Monitor
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import Results, warn_of_old_spelling
from hornbeam.keras.utils.messages import tell

_OLD = (".h5", ".hdf5", ".ckpt")


def _with_period(init: Callable[..., None]) -> Callable[..., None]:
    """Decorator: `__init__` takes Keras 2's `period` too: save every so many epochs."""
    @functools.wraps(init)
    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        if "period" in kwargs:
            warn_of_old_spelling("`ModelCheckpoint(period=...)` is now `save_freq`, a number of batches.")
            self._period = int(kwargs.pop("period"))
        init(self, *args, **kwargs)

    call.old_arguments = frozenset(("period",))  # type: ignore[attr-defined]
    return call


@keras_export("callbacks.ModelCheckpoint")
class ModelCheckpoint(Monitor):
    """Saves the model, or its weights, after epochs or batches.

    filepath: may hold `{epoch}` (from 1), `{batch}` and names of the logs; ends in `.keras` or `.h5`, or in
    `.weights.h5` with save_weights_only. save_best_only: only when `monitor` is better than ever. save_freq: 'epoch',
    or every so many batches. initial_value_threshold: a first value to be better than. verbose: 1 says what is saved.
    Raises ValueError for other endings and frequencies.
    """

    _period = 1

    @_with_period
    def __init__(self, filepath: Any, monitor: str = "val_loss", verbose: int = 0, save_best_only: bool = False,
                 save_weights_only: bool = False, mode: str = "auto", save_freq: Any = "epoch",
                 initial_value_threshold: float | None = None) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        self.verbose, self.save_best_only = verbose, save_best_only
        self.save_weights_only, self.save_freq = save_weights_only, save_freq
        self._epoch = 0
        self._epochs_since = 0
        self._batches = 0
        self._last_batch: int | None = None
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f"Unrecognized save_freq: {save_freq}. Expected save_freq are 'epoch' or integer values")
        self._tell_of_old_path()
        if save_weights_only and not self.filepath.endswith((".weights.h5", *_OLD)):
            raise ValueError("When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must end "
                             f"in `.weights.h5` (Keras weights format). Received: filepath={self.filepath}")
        if not save_weights_only and not self.filepath.endswith((".keras", ".h5", ".hdf5")):
            raise ValueError("The filepath provided must end in `.keras` (Keras model format). Received: "
                             f"filepath={self.filepath}")

    def _tell_of_old_path(self) -> None:
        """Paths that Keras 2 took are taken with a word: `.h5` and `.hdf5`, and of weights `.ckpt`."""
        today = ".weights.h5" if self.save_weights_only else ".keras"
        taken = _OLD if self.save_weights_only else (".hdf5",)
        if self.filepath.endswith(taken) and not self.filepath.endswith(today):
            warn_of_old_spelling(f"`{self.filepath}` is now a path that ends in `{today}`.")

    def listens_to_batches(self, mode: str) -> bool:
        """Whether it saves after batches."""
        return mode == "train" and self.save_freq != "epoch"

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._epochs_since += 1
        if self.save_freq == "epoch" and self._epochs_since >= self._period:
            self._epochs_since = 0
            self._save(epoch, None, logs or {})

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            return
        again = self._last_batch is None or batch <= self._last_batch
        self._batches += batch + 1 if again else batch - (self._last_batch or 0)
        self._last_batch = batch
        if self._batches >= self.save_freq:
            self._batches = 0
            self._save(self._epoch, batch, logs or {})

    def _save(self, epoch: int, batch: int | None, logs: Any) -> None:
        path = self._path(epoch, batch, logs)
        if not self._wanted(epoch, logs, path):
            return
        if os.path.isdir(path):
            raise OSError("Please specify a non-directory filepath for ModelCheckpoint. Filepath used is an existing "
                          f"directory: {path}")
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)
        if self.verbose > 0:
            tell(f"\nEpoch {epoch + 1}: finished saving model to {path}")

    def _path(self, epoch: int, batch: int | None, logs: Any) -> str:
        names = Results(dict(logs), epoch=epoch + 1, **({} if batch is None else {"batch": batch + 1}))
        try:
            return self.filepath.format_map(names)
        except KeyError as error:
            raise KeyError(f'Failed to format this callback filepath: "{self.filepath}". Reason: {error}') from None

    def _wanted(self, epoch: int, logs: Any, path: str) -> bool:
        if not self.save_best_only:
            if self.verbose > 0:
                tell(f"\nEpoch {epoch + 1}: saving model to {path}")
            return True
        current = logs.get(self.monitor)
        if current is None:
            self.refuse_unknown()
            warnings.warn(f"Can save best model only with {self.monitor} available.", stacklevel=4)
            return True
        if np.ndim(current):
            warnings.warn(f"Can save best model only when `monitor` is a scalar value. Received: {current}. Falling "
                          "back to `save_best_only=False`.", stacklevel=4)
            return True
        before = "None" if self.best is None else f"{self.best:.5f}"
        if not self.is_improvement(current, self.best):
            if self.verbose > 0:
                tell(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {before}")
            return False
        if self.verbose > 0:
            tell(f"\nEpoch {epoch + 1}: {self.monitor} improved from {before} to {current:.5f}, saving model to "
                 f"{path}")
        self.best = current
        return True
