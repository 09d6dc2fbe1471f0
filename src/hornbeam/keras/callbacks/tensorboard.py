"""TensorBoard: losses, metrics and weights in event files that TensorBoard shows. Needs the extra `tensorboard`."""

from __future__ import annotations

import importlib
import os
import time
from typing import Any

import numpy as np

import hornbeam as tf
from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.callbacks.learning_rates import rates_of
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import taking_old_arguments


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError("The TensorBoard callback needs the package tensorboard: pip install "
                          "'hornbeam[tensorboard]'") from error


@keras_export("callbacks.TensorBoard")
class TensorBoard(Callback):
    """Writes event files to `log_dir/train` and `log_dir/validation`.

    histogram_freq: weights every so many epochs, 0 for never. write_graph: the model's configuration with the first
    epoch. write_images: weights as images too. write_steps_per_second: how fast epochs and batches go. update_freq:
    'epoch', 'batch' or every so many batches for losses of batches. profile_batch, embeddings_freq,
    embeddings_metadata: accepted. Raises ImportError without the package tensorboard.
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
        self._proto = _package("tensorboard.compat.proto.summary_pb2")
        self._events = _package("tensorboard.compat.proto.event_pb2")
        self._event_files = _package("tensorboard.summary.writer.event_file_writer")

    def listens_to_batches(self, mode: str) -> bool:
        """Whether losses or speeds of batches are written."""
        return mode == "train" and self.update_freq != "epoch"

    def _writer(self, name: str) -> Any:
        if name not in self._writers:
            self._writers[name] = self._event_files.EventFileWriter(os.path.join(self.log_dir, name))
        return self._writers[name]

    def _write(self, where: str, tag: str, step: int, **value: Any) -> None:
        summary = self._proto.Summary(value=[self._proto.Summary.Value(tag=tag, **value)])
        self._writer(where).add_event(self._events.Event(wall_time=time.time(), step=step, summary=summary))

    def _scalar(self, where: str, tag: str, value: Any, step: int) -> None:
        if np.ndim(value) == 0:
            self._write(where, tag, step, simple_value=float(value))

    def on_train_begin(self, logs: Any = None) -> None:
        self._step = int(np.asarray(self.model.optimizer.iterations)) if self.model.optimizer is not None else 0
        if self.write_graph and hasattr(self.model, "to_json"):
            text = self._text()
            if text is not None:
                self._write("train", "keras", 0, tensor=text, metadata=self._proto.SummaryMetadata(
                    plugin_data=self._proto.SummaryMetadata.PluginData(plugin_name="graph_keras_model", content=b"1")))

    def _text(self) -> Any:
        tensors = _package("tensorboard.compat.proto.tensor_pb2")
        types = _package("tensorboard.compat.proto.types_pb2")
        try:
            config = self.model.to_json()
        except (NotImplementedError, TypeError, ValueError):
            return None  # a subclass without a configuration has no graph to show
        return tensors.TensorProto(dtype=types.DT_STRING, string_val=[config.encode()])

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
            for layer in self.model.layers:
                for weight in layer.weights:
                    self._histogram(weight.path, weight.numpy(), epoch)
                    if self.write_images:
                        self._image(f"{weight.path}/image", weight.numpy(), epoch)
        self._flush()

    def _histogram(self, tag: str, values: np.ndarray, step: int) -> None:
        flat = values.astype(np.float64).reshape(-1)
        counts, edges = np.histogram(flat, bins=30)
        self._write("train", f"{tag}/histogram", step, histo=self._proto.HistogramProto(
            min=float(flat.min()), max=float(flat.max()), num=float(flat.size), sum=float(flat.sum()),
            sum_squares=float((flat**2).sum()), bucket_limit=edges[1:].tolist(), bucket=counts.astype(float).tolist()))

    def _image(self, tag: str, values: np.ndarray, step: int) -> None:
        plane = np.squeeze(values)
        if plane.ndim not in (1, 2):
            return
        plane = np.atleast_2d(plane).astype(np.float64)
        span = float(np.ptp(plane)) or 1.0
        pixels = (255 * (plane - plane.min()) / span).astype(np.uint8)
        self._write("train", tag, step, image=self._proto.Summary.Image(
            height=pixels.shape[0], width=pixels.shape[1], colorspace=1,
            encoded_image_string=tf.io.encode_png(pixels[:, :, None]).numpy()))

    def on_train_end(self, logs: Any = None) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _flush(self) -> None:
        for writer in self._writers.values():
            writer.flush()

