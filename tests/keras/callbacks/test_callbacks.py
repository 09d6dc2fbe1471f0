"""Callbacks: what each does to a training, and to files."""

from __future__ import annotations

import csv
import http.server
import threading
from pathlib import Path

import numpy as np
import pytest

from hornbeam import keras
from hornbeam.keras import layers


@pytest.fixture(scope="module")
def data():
    rng = np.random.RandomState(0)
    x = rng.rand(40, 3).astype(np.float32)
    return x, x.sum(1, keepdims=True)


@pytest.fixture(scope="module")
def shared():
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


class Feed(keras.callbacks.Callback):
    """Puts numbers of its own into the logs."""

    def __init__(self, **series):
        super().__init__()
        self.series = series

    def on_epoch_end(self, epoch, logs=None):
        logs.update({name: values[epoch] for name, values in self.series.items()})


def fit(model, data, epochs, *callbacks, **arguments):
    return model.fit(*data, epochs=epochs, verbose=0, callbacks=list(callbacks), **arguments)


def test_early_stopping_waits_and_restores(shared, data) -> None:
    class Weights(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            kept.append(self.model.get_weights())

    kept = []
    stop = keras.callbacks.EarlyStopping("watched", patience=2, mode="min", restore_best_weights=True)
    history = fit(shared, data, 9, Weights(), Feed(watched=[5.0, 3.0, 4.0, 3.5, 1.0, 1.0, 1.0, 1.0, 1.0]), stop)
    assert history.epoch == [0, 1, 2, 3]
    assert (stop.stopped_epoch, stop.best_epoch, stop.best) == (3, 1, 3.0)
    np.testing.assert_array_equal(shared.get_weights()[0], kept[1][0])


@pytest.mark.parametrize(("arguments", "epochs"), [
    ({"patience": 0}, 2), ({"patience": 3, "min_delta": 0.5}, 4), ({"baseline": 0.5, "patience": 2}, 2),
    ({"start_from_epoch": 3, "patience": 1}, 5)])
def test_when_early_stopping_stops(shared, data, arguments, epochs) -> None:
    values = [1.0, 1.1, 0.9, 0.8, 0.95, 0.9, 0.9, 0.9]
    stop = keras.callbacks.EarlyStopping("watched", mode="min", **arguments)
    assert len(fit(shared, data, 8, Feed(watched=values), stop).epoch) == epochs


def test_what_is_not_in_the_logs_is_said(shared, data) -> None:
    with pytest.warns(UserWarning, match="Early stopping conditioned on metric `val_loss` which is not available"):
        fit(shared, data, 1, keras.callbacks.EarlyStopping())
    with pytest.raises(ValueError, match="isn't able to automatically determine"):
        fit(shared, data, 2, Feed(strange=[1.0, 2.0]), keras.callbacks.EarlyStopping("strange"))
    for callback in (keras.callbacks.EarlyStopping("val_acc"), keras.callbacks.ReduceLROnPlateau("unheard_of")):
        with pytest.raises(ValueError, match="isn't able to automatically determine"):
            fit(shared, data, 1, callback)
    with pytest.warns(UserWarning, match="`unheard_of` which is not available"):
        fit(shared, data, 1, keras.callbacks.EarlyStopping("unheard_of", mode="min"))
    with pytest.warns(UserWarning, match="mode 'best' is unknown"):
        keras.callbacks.EarlyStopping(mode="best")


def test_checkpoints_by_epoch_and_by_best(shared, data, tmp_path: Path) -> None:
    every = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch:02d}-{watched:.1f}.weights.h5", save_weights_only=True)
    best = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", "watched", save_best_only=True, mode="min")
    fit(shared, data, 3, Feed(watched=[2.0, 1.0, 3.0]), every, best)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["01-2.0.weights.h5", "02-1.0.weights.h5",
                                                        "03-3.0.weights.h5", "best.keras"]
    assert best.best == 1.0
    other = keras.saving.load_model(tmp_path / "best.keras")
    shared.load_weights(tmp_path / "02-1.0.weights.h5")
    np.testing.assert_allclose(other.predict(data[0], verbose=0), shared.predict(data[0], verbose=0), rtol=1e-6)


def test_checkpoints_by_batch(shared, data, tmp_path: Path) -> None:
    fit(shared, data, 2, keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.weights.h5", save_freq=3,
                                                       save_weights_only=True), batch_size=10)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1-3.weights.h5", "2-2.weights.h5"]


def test_checkpoints_refuse_other_endings() -> None:
    with pytest.raises(ValueError, match=r"must end in `\.keras`"):
        keras.callbacks.ModelCheckpoint("model.ckpt")
    with pytest.raises(ValueError, match=r"must end in `\.weights\.h5`"):
        keras.callbacks.ModelCheckpoint("model.keras", save_weights_only=True)
    with pytest.raises(ValueError, match="Unrecognized save_freq"):
        keras.callbacks.ModelCheckpoint("model.keras", save_freq="batch")


def test_the_learning_rate_is_scheduled(shared, data) -> None:
    shared.optimizer.learning_rate = 0.1
    history = fit(shared, data, 3, keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2))
    np.testing.assert_allclose(history.history["learning_rate"], [0.05, 0.025, 0.0125], rtol=1e-6)
    with pytest.raises(ValueError, match="should be a float"):
        fit(shared, data, 1, keras.callbacks.LearningRateScheduler(lambda epoch: "fast"))


def test_the_learning_rate_is_reduced_on_a_plateau(shared, data) -> None:
    shared.optimizer.learning_rate = 1.0
    reduce = keras.callbacks.ReduceLROnPlateau("watched", factor=0.5, patience=2, mode="min", cooldown=1, min_lr=0.2)
    history = fit(shared, data, 9, Feed(watched=[1.0] * 9), reduce)
    np.testing.assert_allclose(history.history["learning_rate"], [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2], rtol=1e-6)
    np.testing.assert_allclose(float(shared.optimizer.learning_rate), 0.2, rtol=1e-6)
    with pytest.raises(ValueError, match="does not support a factor >= 1"):
        keras.callbacks.ReduceLROnPlateau(factor=1.5)
    shared.optimizer.learning_rate = 0.01


def test_logs_are_written_as_csv(shared, data, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    fit(shared, data, 2, keras.callbacks.CSVLogger(path))
    fit(shared, data, 1, keras.callbacks.CSVLogger(path, append=True))
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows[0] == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    assert [r[0] for r in rows[1:]] == ["0", "1", "0"]
    assert rows[1][3] == "NA"


def test_functions_as_callbacks(shared, data) -> None:
    seen = []
    fit(shared, data, 1, keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append(("begin", epoch)),
        on_train_batch_end=lambda batch, logs: seen.append((batch, set(logs)))), batch_size=20)
    assert seen == [("begin", 0), (0, {"loss", "mae"}), (1, {"loss", "mae"})]


def test_nan_ends_training(data, capsys) -> None:
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    bad = data[0] * np.nan
    history = fit(model, (bad, data[1]), 5, keras.callbacks.TerminateOnNaN())
    assert len(history.epoch) == 1
    assert "Batch 0: Invalid loss, terminating training" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered"):
        fit(model, (bad, data[1]), 5, keras.callbacks.TerminateOnNaN(raise_error=True))


def test_a_training_goes_on_where_it_was_interrupted(data, tmp_path: Path) -> None:
    def fresh():
        keras.utils.set_random_seed(1)
        model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
        model.compile(keras.optimizers.Adam(0.1), "mse")
        return model

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("power cut")

    whole = fresh()
    fit(whole, data, 5, shuffle=False)
    folder = tmp_path / "backup"
    first = fresh()
    with pytest.raises(RuntimeError, match="power cut"):
        fit(first, data, 5, keras.callbacks.BackupAndRestore(folder), Interrupt(), shuffle=False)
    second = fresh()
    history = fit(second, data, 5, keras.callbacks.BackupAndRestore(folder), shuffle=False)
    assert history.epoch == [3, 4]
    assert not folder.exists()
    np.testing.assert_allclose(second.get_weights()[0], whole.get_weights()[0], rtol=1e-5)


def test_averaged_weights_are_tested_and_saved(data) -> None:
    model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9), "mse")
    seen = []

    class Look(keras.callbacks.Callback):
        def on_test_end(self, logs=None):
            seen.append(self.model.get_weights()[0].copy())

    fit(model, data, 2, Look(), keras.callbacks.SwapEMAWeights(), validation_data=data)
    assert not np.allclose(seen[0], model.get_weights()[0])
    plain = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
    plain.compile("sgd", "mse")
    with pytest.raises(ValueError, match="use_ema=True"):
        fit(plain, data, 1, keras.callbacks.SwapEMAWeights(), validation_data=data)


def test_event_files(shared, data, tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    fit(shared, data, 2, keras.callbacks.TensorBoard(tmp_path, histogram_freq=1, update_freq="batch"),
        validation_data=data, batch_size=20)
    train = accumulator.EventAccumulator(str(tmp_path / "train")).Reload()
    assert {"epoch_loss", "epoch_mae", "epoch_learning_rate", "batch_loss"} <= set(train.Tags()["tensors"])
    assert [e.step for e in train.Tensors("epoch_loss")] == [0, 1]
    assert any(tag.endswith("/histogram") for tag in train.Tags()["tensors"])
    validation = accumulator.EventAccumulator(str(tmp_path / "validation")).Reload()
    assert "epoch_loss" in validation.Tags()["tensors"]


def test_weights_are_written_as_images(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    model = keras.Sequential([layers.Input((6, 6, 1)), layers.Conv2D(4, 3, name="conv"), layers.Flatten(),
                              layers.Dense(2, name="out")])
    callback = keras.callbacks.TensorBoard(tmp_path, histogram_freq=1, write_images=True)
    callback.set_model(model)
    callback._write_weights(0)
    callback._flush()
    found = accumulator.EventAccumulator(str(tmp_path / "train")).Reload()
    sizes = {tag.split("/", 1)[1]: [int(v) for v in found.Tensors(tag)[0].tensor_proto.string_val[:2]]
             + [len(found.Tensors(tag)[0].tensor_proto.string_val) - 2]
             for tag in found.Tags()["tensors"] if tag.endswith("/image")}
    # width, height, images, of which three at most are written
    assert sizes == {"conv/kernel/image": [3, 3, 3], "conv/bias/image": [1, 4, 1],
                     "out/kernel/image": [64, 2, 1], "out/bias/image": [1, 2, 1]}


def test_embeddings_are_written_for_the_projector(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((2,)), layers.Embedding(3, 2, name="words"), layers.Flatten(),
                              layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((2, 2)), np.ones((2, 1))
    model.fit(x, y, verbose=0, callbacks=[keras.callbacks.TensorBoard(tmp_path, embeddings_freq=1,
                                                                      embeddings_metadata={"words": "w.tsv"})])
    assert (tmp_path / "projector_config.pbtxt").read_text() == (
        'embeddings {\n  tensor_name: "layer_with_weights-0/embeddings/.ATTRIBUTES/VARIABLE_VALUE"\n'
        '  metadata_path: "w.tsv"\n}\n')
    assert (tmp_path / "train" / "keras_embedding.ckpt-0.weights.h5").exists()
    with pytest.raises(ValueError, match="Unrecognized `Embedding` layer names"):
        model.fit(x, y, verbose=0, callbacks=[keras.callbacks.TensorBoard(tmp_path, embeddings_freq=1,
                                                                          embeddings_metadata={"other": "w.tsv"})])


def test_a_server_hears_of_each_epoch() -> None:
    heard = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.append((self.path, self.headers["Content-Type"], self.headers["X-Of"], text))
            self.send_response(500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("localhost", 0), Answer) as server:
        thread = threading.Thread(target=lambda: [server.handle_request() for _ in range(2)])
        thread.start()
        root = f"http://localhost:{server.server_port}"
        logs = {"loss": np.float32(0.5), "own": np.array([1])}
        keras.callbacks.RemoteMonitor(root, headers={"X-Of": "me"}, send_as_json=True).on_epoch_end(3, logs)
        keras.callbacks.RemoteMonitor(root, "/here", "logs").on_epoch_end(0)
        thread.join()
    assert heard == [("/publish/epoch/end/", "application/json", "me", '{"epoch": 3, "loss": 0.5, "own": 1}'),
                     ("/here", "application/x-www-form-urlencoded", None, "logs=%7B%22epoch%22%3A+0%7D")]
    with pytest.warns(UserWarning, match="Could not reach RemoteMonitor root server"):
        keras.callbacks.RemoteMonitor(root).on_epoch_end(0)


def test_messages_go_to_the_log_where_logging_is_not_interactive(capsys: pytest.CaptureFixture[str],
                                                                 caplog: pytest.LogCaptureFixture) -> None:
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1, verbose=1)
    keras.config.disable_interactive_logging()
    try:
        with caplog.at_level("INFO", logger="absl"):
            model.fit(np.ones((2, 1)), np.ones((2, 1)), callbacks=[schedule])
    finally:
        keras.config.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert any("LearningRateScheduler setting learning rate to 0.1" in r.getMessage() for r in caplog.records)
