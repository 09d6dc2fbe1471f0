"""Callbacks that set the learning rate: by a function of the epoch, or when a number gets no better."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.callbacks.monitor import Monitor
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.messages import tell


def _rate(optimizer: Any) -> float:
    return float(np.asarray(optimizer.learning_rate))


def optimizers_of(optimizer: Any) -> list[tuple[str, Any]]:
    """The optimizers that have a learning rate, each with the end of its name in logs: those in a `MultiOptimizer`."""
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    inner = getattr(optimizer, "optimizers", None)
    return [("", optimizer)] if inner is None else [(f"_{o.name}", o) for o in inner]


def rates_of(optimizer: Any) -> dict[str, float]:
    """The learning rates as logs have them; Keras 2 called the one that it had `lr`."""
    name = "lr" if Conventions.keras_2 else "learning_rate"
    return {f"{name}{end}": _rate(own) for end, own in optimizers_of(optimizer)}


@keras_export("callbacks.LearningRateScheduler")
class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch to `schedule(epoch, rate)` (or `schedule(epoch)`).

    verbose: 1 says what is set. Raises ValueError where the schedule gives no float, or the optimizer has no rate.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        for end, optimizer in optimizers_of(self.model.optimizer):
            rate = self._set(optimizer, epoch)
            if self.verbose > 0:
                tell(f"\nEpoch {epoch + 1}: LearningRateScheduler setting {end[1:]}{end and ' '}learning rate to "
                     f"{rate}.")

    def _set(self, optimizer: Any, epoch: int) -> float:
        if not hasattr(optimizer, "learning_rate"):
            raise ValueError('Optimizer must have a "learning_rate" attribute.')
        try:
            takes_rate = len(inspect.signature(self.schedule).parameters) > 1
        except (TypeError, ValueError):
            takes_rate = True
        rate = self.schedule(epoch, _rate(optimizer)) if takes_rate else self.schedule(epoch)
        if not isinstance(rate, (float, np.floating)) and not (hasattr(rate, "dtype") and np.ndim(rate) == 0):
            raise ValueError(f"The output of the `schedule` function should be a float. Got: {rate}")
        optimizer.learning_rate = float(np.asarray(rate))
        return float(np.asarray(rate))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs.update(rates_of(self.model.optimizer))


@keras_export("callbacks.ReduceLROnPlateau")
class ReduceLROnPlateau(Monitor):
    """Multiplies the learning rate by `factor` after `patience` epochs without an improvement of `monitor`.

    min_delta: the least change that counts. cooldown: epochs after that which do not count. min_lr: the least rate.
    verbose: 1 says what is set. Raises ValueError for a factor of 1 or more.
    """

    def __init__(self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, verbose: int = 0,
                 mode: str = "auto", min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0.0,
                 **kwargs: Any) -> None:
        if "epsilon" in kwargs:
            warnings.warn("`ReduceLROnPlateau(epsilon=...)` is now `min_delta`.", DeprecationWarning, stacklevel=2)
            min_delta = kwargs.pop("epsilon")
        if kwargs:
            raise TypeError(f"ReduceLROnPlateau() got unexpected keyword arguments {sorted(kwargs)}")
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0. Received factor={factor}")
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.wait = self.cooldown_counter = 0

    def on_train_begin(self, logs: Any = None) -> None:
        self.wait = self.cooldown_counter = 0
        self.best = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs.update(rates_of(self.model.optimizer))
        current = self.current(logs, "Learning rate reduction is")
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(current, self.best):
            self.best, self.wait = current, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        for end, optimizer in optimizers_of(self.model.optimizer):
            old = _rate(optimizer)
            if old <= np.float32(self.min_lr):
                continue
            new = max(old * self.factor, self.min_lr)
            optimizer.learning_rate = new
            if self.verbose > 0:
                tell(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing {end[1:]}{end and ' '}learning rate to {new}.")
            self.cooldown_counter, self.wait = self.cooldown, 0
