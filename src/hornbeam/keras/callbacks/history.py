"""History: the logs of every epoch."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import Results


@keras_export("callbacks.History")
class History(Callback):
    """Keeps the logs of each epoch: `history` is a dictionary of lists, `epoch` the epochs' numbers. `fit` returns it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = Results()
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(value)
        if self.model is not None:
            self.model.history = self
