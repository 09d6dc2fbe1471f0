"""TensorBoard: losses, metrics and weights in event files that TensorBoard shows."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

import hornbeam as tf
from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.callbacks.learning_rates import rates_of
from hornbeam.keras.config.settings import image_data_format
from hornbeam.keras.layers.core.embedding import Embedding
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import taking_old_arguments

_MODEL = b"\n\x16\n\x11graph_keras_model\x12\x011"
"""The bytes of the `SummaryMetadata` that says: a model of Keras."""
_EMBEDDING = "layer_with_weights-0/embeddings/.ATTRIBUTES/VARIABLE_VALUE"
"""What an embedding is called in checkpoints of models whose first layer it is."""


@keras_export("callbacks.TensorBoard")
class TensorBoard(Callback):
    """Writes event files to `log_dir/train` and `log_dir/validation`.

    histogram_freq: weights every so many epochs, 0 for never. write_graph: the model's configuration with the first
    epoch. write_images: weights as images too. write_steps_per_second: how fast epochs and batches go. update_freq:
    'epoch', 'batch' or every so many batches for losses of batches. embeddings_freq: all weights every so many epochs,
    as `train/keras_embedding.ckpt-{epoch}.weights.h5`; embeddings_metadata: files with the names of an embedding's
    rows, one, or one for each layer's name; `projector_config.pbtxt` says which. profile_batch: accepted.
    Raises ValueError for embeddings that the model has not.
    """

    @taking_old_arguments("batch_size", "write_grads", "embeddings_layer_names", "embeddings_data")
    def __init__(self, log_dir: Any = "logs", histogram_freq: int = 0, write_graph: bool = True,
                 write_images: bool = False, write_steps_per_second: bool = False, update_freq: Any = "epoch",
                 profile_batch: Any = 0, embeddings_freq: int = 0, embeddings_metadata: Any = None) -> None:
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq, self.write_graph, self.write_images = histogram_freq, write_graph, write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.profile_batch = profile_batch
        self.embeddings_freq, self.embeddings_metadata = embeddings_freq, embeddings_metadata
        self._writers: dict[str, Any] = {}
        self._step = self._test_step = 0
        self._epoch_started = self._batch_started = 0.0
        self._epoch_step = 0

    def listens_to_batches(self, mode: str) -> bool:
        """Whether losses or speeds of batches are written."""
        return mode == "train" and self.update_freq != "epoch"

    def _writer(self, name: str) -> Any:
        if name not in self._writers:
            self._writers[name] = tf.summary.create_file_writer(os.path.join(self.log_dir, name))
        return self._writers[name]

    def _scalar(self, where: str, tag: str, value: Any, step: int) -> None:
        if np.ndim(value) == 0:
            with self._writer(where).as_default(step):
                tf.summary.scalar(tag, float(value))

    def on_train_begin(self, logs: Any = None) -> None:
        self._step = int(np.asarray(self.model.optimizer.iterations)) if self.model.optimizer is not None else 0
        if self.write_graph and hasattr(self.model, "to_json"):
            self._write_model()
        if self.embeddings_freq:
            self._configure_embeddings()

    def _configure_embeddings(self) -> None:
        """Write which embeddings there are, as TensorBoard's projector reads it."""
        files = self.embeddings_metadata
        left = set(files) if isinstance(files, dict) else set()
        text = ""
        for layer in self.model.layers:
            if isinstance(layer, Embedding):
                path = files.get(layer.name) if isinstance(files, dict) else files
                left.discard(layer.name)
                text += f'embeddings {{\n  tensor_name: "{_EMBEDDING}"\n'
                text += "}\n" if path is None else f'  metadata_path: "{path}"\n}}\n'
        if left:
            raise ValueError("Unrecognized `Embedding` layer names passed to `keras.callbacks.TensorBoard` "
                             f"`embeddings_metadata` argument: {sorted(left)}")
        os.makedirs(self.log_dir, exist_ok=True)
        with open(os.path.join(self.log_dir, "projector_config.pbtxt"), "w", encoding="utf-8") as file:
            file.write(text)

    def _write_model(self) -> None:
        try:
            config = self.model.to_json()
        except (NotImplementedError, TypeError, ValueError):
            return  # a subclass without a configuration has no graph to show
        with self._writer("train").as_default(0):
            tf.summary.write("keras", config, metadata=_MODEL)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch_started, self._epoch_step = time.time(), self._step

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._batch_started = time.time()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step += 1
        if self.update_freq == "epoch" or self._step % self.update_freq:
            return
        if self.write_steps_per_second:
            self._scalar("train", "batch_steps_per_second", 1 / max(1e-9, time.time() - self._batch_started),
                         self._step)
        for name, value in (logs or {}).items():
            self._scalar("train", f"batch_{name}", value, self._step)

    def on_test_end(self, logs: Any = None) -> None:
        step = self._iterations()
        for name, value in (logs or {}).items():
            self._scalar("validation", f"evaluation_{name}_vs_iterations", value, step)
        self._flush()

    def _iterations(self) -> int:
        return 0 if self.model.optimizer is None else int(np.asarray(self.model.optimizer.iterations))

    def _collect_learning_rate(self, logs: dict[str, Any]) -> dict[str, Any]:
        return logs if self.model.optimizer is None else {**logs, **rates_of(self.model.optimizer)}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = dict(logs or {})
        for name, value in logs.items():
            where = "validation" if name.startswith("val_") else "train"
            self._scalar(where, f"epoch_{name.removeprefix('val_')}", value, epoch)
        for name, rate in self._collect_learning_rate({}).items():
            self._scalar("train", f"epoch_{name}", rate, epoch)
        if self.write_steps_per_second:
            steps = self._iterations() - self._epoch_step
            self._scalar("train", "epoch_steps_per_second", steps / max(1e-9, time.time() - self._epoch_started), epoch)
        if self.update_freq == "epoch":
            self._step = self._iterations()
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            folder = os.path.join(self.log_dir, "train")
            os.makedirs(folder, exist_ok=True)
            self.model.save_weights(os.path.join(folder, f"keras_embedding.ckpt-{epoch}.weights.h5"))
        self._flush()

    def _write_weights(self, epoch: int) -> None:
        with self._writer("train").as_default():
            for weight in (w for layer in self.model.layers for w in layer.weights):
                tf.summary.histogram(f"{weight.path}/histogram", weight.numpy(), epoch)
                if self.write_images:
                    self._image(f"{weight.path}/image", weight.numpy(), epoch)

    def _image(self, tag: str, values: np.ndarray, step: int) -> None:
        """Write a weight as images, its smallest number black and its largest white."""
        planes = _planes(np.squeeze(values))
        if planes is not None:
            span = float(np.ptp(planes)) or 1.0
            tf.summary.image(tag, ((planes - planes.min()) / span).astype(np.float32)[..., None], step)

    def on_train_end(self, logs: Any = None) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _flush(self) -> None:
        for writer in self._writers.values():
            writer.flush()


def _planes(weight: np.ndarray) -> np.ndarray | None:
    """A weight as planes [images, height, width]: a bias is a column, a matrix lies, each of a convolution's kernels
    is an image; None where there are more dimensions."""
    weight = weight.astype(np.float64)
    if weight.ndim == 1:
        return weight[None, :, None]
    if weight.ndim == 2:
        return (weight.T if weight.shape[0] > weight.shape[1] else weight)[None]
    if weight.ndim == 3:
        return weight.transpose(2, 0, 1) if image_data_format() == "channels_last" else weight
    return None
