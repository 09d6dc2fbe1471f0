"""BackupAndRestore: a training that was interrupted goes on where it was."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.names import keras_export

_WEIGHTS, _PLACE = "latest.weights.h5", "training_metadata.json"


@keras_export("callbacks.BackupAndRestore")
class BackupAndRestore(Callback):
    """Keeps weights, optimizer and place of the training in `backup_dir`; `fit` with the same folder goes on there.

    save_freq: 'epoch', or every so many batches. double_checkpoint: with batches, at the end of epochs too.
    delete_checkpoint: remove the folder when training ends well. Raises ValueError for an empty folder name or another
    frequency.
    """

    def __init__(self, backup_dir: Any, save_freq: Any = "epoch", double_checkpoint: bool = False,
                 delete_checkpoint: bool = True) -> None:
        super().__init__()
        if not backup_dir:
            raise ValueError("Empty `backup_dir` argument passed")
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f"Invalid value for argument `save_freq`. Received: save_freq={save_freq}. Expected: "
                             "'epoch' or an integer value.")
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq, self.double_checkpoint = save_freq, double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._epoch = self._batches = 0
        self._last_batch = 0

    def listens_to_batches(self, mode: str) -> bool:
        """Whether batches are counted."""
        return mode == "train" and self.save_freq != "epoch"

    def _path(self, name: str) -> str:
        return os.path.join(self.backup_dir, name)

    def on_train_begin(self, logs: Any = None) -> None:
        """Take the state back, where one was kept."""
        os.makedirs(self.backup_dir, exist_ok=True)
        if not os.path.exists(self._path(_PLACE)):
            return
        with open(self._path(_PLACE)) as file:
            place = json.load(file)
        optimizer = self.model.optimizer
        if optimizer is not None and not optimizer.built and self.model.built:
            optimizer.build(self.model.trainable_variables)
        self.model.load_weights(self._path(place.get("weights", _WEIGHTS)))
        self.model._initial_epoch = int(place["epoch"])

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch, self._last_batch = epoch, 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch" or self.double_checkpoint:
            self._keep(epoch + 1, 0)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            return
        self._batches += batch + 1 - self._last_batch
        self._last_batch = batch + 1
        if self._batches >= int(self.save_freq):
            self._batches = 0
            self._keep(self._epoch, batch)

    def _keep(self, epoch: int, batch: int) -> None:
        """Write the weights under a name of their own, then the place that names them: a kill leaves one whole pair."""
        before = self._named()
        name = f"{epoch}-{batch}-{_WEIGHTS}"
        self.model.save_weights(self._path(name), overwrite=True)
        with open(self._path(_PLACE + ".new"), "w") as file:
            json.dump({"epoch": epoch, "batch": batch, "weights": name}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._path(_PLACE + ".new"), self._path(_PLACE))
        if before not in (None, name) and os.path.exists(self._path(before)):  # type: ignore[arg-type]
            os.remove(self._path(before))  # type: ignore[arg-type]

    def _named(self) -> str | None:
        if not os.path.exists(self._path(_PLACE)):
            return None
        with open(self._path(_PLACE)) as file:
            return json.load(file).get("weights")

    def on_train_end(self, logs: Any = None) -> None:
        if self.delete_checkpoint and os.path.isdir(self.backup_dir):
            shutil.rmtree(self.backup_dir)
