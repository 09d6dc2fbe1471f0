"""CSVLogger: the logs of each epoch as a line of a file."""

from __future__ import annotations

import csv
import os
from typing import Any

import numpy as np

from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.names import keras_export


@keras_export("callbacks.CSVLogger")
class CSVLogger(Callback):
    """Writes the logs of each epoch to a file, under a line of names that the first epoch fixes.

    separator: between values. append: go on with a file that is there.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename, self.sep, self.append = os.fspath(filename), separator, append
        self.keys: list[str] | None = None
        self._file: Any = None
        self._writer: Any = None
        self._wants_header = True

    def on_train_begin(self, logs: Any = None) -> None:
        if self.append and os.path.exists(self.filename):
            with open(self.filename, newline="") as file:
                self._wants_header = not bool(len(file.readline()))
        self._file = open(self.filename, "a" if self.append else "w", newline="")  # noqa: SIM115  (closed at the end)
        self._writer, self.keys = None, None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = dict(logs or {})
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(k.startswith("val_") for k in self.keys):  # validation may begin in a later epoch
                self.keys += [f"val_{k}" for k in self.keys]
        if self._writer is None:
            self._writer = csv.DictWriter(self._file, ["epoch", *self.keys], delimiter=self.sep)
            if self._wants_header:
                self._writer.writeheader()
        self._writer.writerow({"epoch": epoch, **{k: _text(logs.get(k, "NA")) for k in self.keys}})
        self._file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._writer = None


def _text(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim:
        return f'"[{", ".join(map(str, value))}]"'
    return value
