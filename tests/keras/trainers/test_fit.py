"""fit, evaluate, predict: what they compute, what they tell callbacks, what they refuse."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras import layers


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.RandomState(0)
    x = rng.rand(50, 4).astype(np.float32)
    return x, (x @ np.array([1.0, -2.0, 3.0, 0.5], np.float32))[:, None].astype(np.float32)


def linear(optimizer="sgd", loss="mse", **arguments):
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer, loss, **arguments)
    return model


class Recorder(keras.callbacks.Callback):
    """Notes every call, with the names of its logs."""

    def __init__(self):
        super().__init__()
        self.calls = []


def _noting(name):
    def note(self, *args, logs=None):
        numbers = [a for a in args if isinstance(a, int)]
        given = next((a for a in args if isinstance(a, dict)), logs or {})
        self.calls.append((name, *numbers, sorted(given)))

    return note


for _name in dir(keras.callbacks.Callback):
    if _name.startswith("on_") and _name not in ("on_batch_begin", "on_batch_end"):
        setattr(Recorder, _name, _noting(_name))


def by_hand(x, y, epochs, batch_size, rate=0.01):
    """SGD on a linear model in NumPy: weights, bias, and the mean loss of each epoch."""
    w, b, losses = np.zeros((4, 1)), np.zeros(1), []
    for _ in range(epochs):
        total = 0.0
        for at in range(0, len(x), batch_size):
            xs, ys = x[at:at + batch_size], y[at:at + batch_size]
            error = xs @ w + b - ys
            total += float(np.mean(error**2)) * len(xs)
            w, b = w - rate * 2 * xs.T @ error / len(xs), b - rate * 2 * error.mean(axis=0)
        losses.append(total / len(x))
    return w, b, losses


@pytest.mark.parametrize("how", ["device", "callback", "generator", "eager", "dataset"])
def test_training_is_what_it_should_be(data, how) -> None:
    x, y = data
    w, b, losses = by_hand(x, y, 3, 16)
    model = linear()
    if how == "generator":
        def batches():
            while True:
                for at in range(0, 50, 16):
                    yield x[at:at + 16], y[at:at + 16]

        history = model.fit(batches(), epochs=3, steps_per_epoch=4, verbose=0)
    elif how == "dataset":
        class Batches(keras.utils.PyDataset):
            def __len__(self):
                return 4

            def __getitem__(self, index):
                return x[16 * index:16 * index + 16], y[16 * index:16 * index + 16]

        history = model.fit(Batches(workers=2), epochs=3, shuffle=False, verbose=0)
    else:
        model.run_eagerly = how == "eager"
        callbacks = [keras.callbacks.Callback()]
        if how == "callback":
            callbacks.append(Recorder())
        history = model.fit(x, y, batch_size=16, epochs=3, shuffle=False, verbose=0, callbacks=callbacks)
    np.testing.assert_allclose(history.history["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(model.get_weights()[0], w, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.get_weights()[1], b, rtol=1e-4, atol=1e-6)
    assert int(model.optimizer.iterations) == 12
    error = x @ w + b - y
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), np.mean(error**2), rtol=1e-4)
    np.testing.assert_allclose(model.predict(x, batch_size=7, verbose=0), x @ w + b, rtol=1e-4, atol=1e-5)


def test_a_dataset_may_fill_the_same_arrays_for_each_batch() -> None:
    class Batches(keras.utils.PyDataset):
        def __init__(self):
            super().__init__()
            self.x, self.y = np.zeros((400, 4), np.float32), np.zeros((400, 1), np.float32)

        def __len__(self):
            return 20

        def __getitem__(self, index):
            self.x[...] = self.y[...] = index
            return self.x, self.y

    class Slow(keras.callbacks.Callback):
        def on_predict_batch_end(self, batch, logs=None):
            time.sleep(0.002)

    model = linear()
    model.set_weights([np.full((4, 1), 0.25, np.float32), np.zeros(1, np.float32)])
    assert model.evaluate(Batches(), verbose=0) == 0
    predicted = model.predict(Batches(), verbose=0, callbacks=[Slow()])
    np.testing.assert_array_equal(predicted[::400, 0], np.arange(20))


def test_the_same_seed_trains_the_same(data) -> None:
    x, y = data
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        model = keras.Sequential([layers.Input((4,)), layers.Dense(5, "relu"), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y, epochs=2, verbose=0)
        found.append(model.get_weights())
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


def test_callbacks_are_called_in_order(data) -> None:
    x, y = data
    recorder = Recorder()
    model = linear(metrics=["mae"])
    model.fit(x[:4], y[:4], batch_size=4, epochs=1, verbose=0, validation_data=(x[:4], y[:4]), callbacks=[recorder])
    named = ["loss", "mae"]
    assert recorder.calls == [
        ("on_train_begin", []), ("on_epoch_begin", 0, []), ("on_train_batch_begin", 0, []),
        ("on_train_batch_end", 0, named), ("on_test_begin", []), ("on_test_batch_begin", 0, []),
        ("on_test_batch_end", 0, named), ("on_test_end", named),
        ("on_epoch_end", 0, ["loss", "mae", "val_loss", "val_mae"]),
        ("on_train_end", ["loss", "mae", "val_loss", "val_mae"])]


def test_batch_logs_are_floats_that_add_up(data) -> None:
    x, y = data
    seen = []

    class Keep(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append((batch, logs["loss"], dict(logs), type(logs.get("loss"))))

    history = linear().fit(x, y, batch_size=16, shuffle=False, verbose=0, callbacks=[Keep()])
    assert [s[0] for s in seen] == [0, 1, 2, 3]
    assert all(s[3] is float and s[2] == {"loss": s[1]} for s in seen)
    assert seen[-1][1] == pytest.approx(history.history["loss"][0])


def test_several_batches_between_callbacks(data) -> None:
    x, y = data
    calls = []

    class Keep(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            calls.append(("begin", batch))

        def on_train_batch_end(self, batch, logs=None):
            calls.append(("end", batch))

    linear(steps_per_execution=3).fit(x[:40], y[:40], batch_size=8, verbose=0, callbacks=[Keep()])
    # The last call is incomplete, but ends with the number that a whole one would have.
    assert calls == [("begin", 0), ("end", 2), ("begin", 3), ("end", 5)]


def test_validation_takes_the_last_samples(data) -> None:
    x, y = data
    model = linear()
    history = model.fit(x, y, validation_split=0.2, batch_size=10, epochs=2, shuffle=False, verbose=0)
    w, b, _ = by_hand(x[:40], y[:40], 2, 10)
    assert history.history["val_loss"][-1] == pytest.approx(float(np.mean((x[40:] @ w + b - y[40:])**2)), rel=1e-4)
    assert list(history.history) == ["loss", "val_loss"]
    every_other = model.fit(x, y, validation_data=(x, y), epochs=4, validation_freq=2, verbose=0)
    assert len(every_other.history["val_loss"]) == 2


def test_weights_of_samples_and_classes(data) -> None:
    x, _ = data
    labels = np.arange(50) % 3
    weights = np.linspace(0, 2, 50).astype(np.float32)
    model = keras.Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    p = model.predict(x, verbose=0)
    losses = -np.log(p[np.arange(50), labels])
    right = (p.argmax(1) == labels).astype(float)
    found = model.evaluate(x, labels, sample_weight=weights, batch_size=50, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(float(np.sum(losses * weights) / 50), rel=1e-4)
    assert found["accuracy"] == pytest.approx(float(right.mean()))
    assert found["weighted_accuracy"] == pytest.approx(float(np.sum(right * weights) / weights.sum()), rel=1e-5)
    a, b = (keras.models.clone_model(model) for _ in range(2))
    for m in (a, b):
        m.set_weights(model.get_weights())
        m.compile("sgd", "sparse_categorical_crossentropy")
    by_class = {0: 1.0, 1: 5.0, 2: 0.5}
    a.fit(x, labels, class_weight=by_class, shuffle=False, verbose=0)
    b.fit(x, labels, sample_weight=np.array([by_class[c] for c in labels]), shuffle=False, verbose=0)
    np.testing.assert_allclose(a.get_weights()[0], b.get_weights()[0], rtol=1e-5)


def two_outputs():
    inputs = {"a": layers.Input((4,), name="a"), "b": layers.Input((2,), name="b")}
    h = layers.Dense(6, "relu")(inputs["a"])
    left = layers.Dense(1, name="left")(h)
    right = layers.Dense(3, activation="softmax", name="right")(layers.Dense(4)(inputs["b"]))
    return keras.Model(inputs, {"left": left, "right": right})


@pytest.mark.parametrize("losses", [{"left": "mse", "right": "sparse_categorical_crossentropy"}])
def test_several_inputs_and_outputs_by_name(data, losses) -> None:
    x, y = data
    labels = np.arange(50) % 3
    model = two_outputs()
    model.compile("adam", losses, loss_weights={"left": 1.0, "right": 0.5},
                  metrics={"left": ["mae"], "right": ["accuracy"]})
    given = {"a": x, "b": x[:, :2]}, {"left": y, "right": labels}
    history = model.fit(*given, epochs=2, verbose=0)
    assert list(history.history) == ["left_loss", "left_mae", "loss", "right_accuracy", "right_loss"]
    total = {k: v[-1] for k, v in history.history.items()}
    assert total["loss"] == pytest.approx(total["left_loss"] + 0.5 * total["right_loss"], rel=1e-4)
    found = model.evaluate(*given, verbose=0)
    assert len(found) == 5
    predicted = model.predict(given[0], verbose=0)
    assert predicted["left"].shape == (50, 1)
    assert predicted["right"].shape == (50, 3)


def test_outputs_as_a_list(data) -> None:
    x, y = data
    a = layers.Input((4,))
    model = keras.Model(a, [layers.Dense(1, name="p")(a), layers.Dense(1, name="q")(a)])
    for losses, weights in ((["mse", "mae"], [1.0, 2.0]), ("mse", None), ({"p": "mse", "q": "mae"}, {"p": 1, "q": 2})):
        model.compile("sgd", losses, loss_weights=weights, metrics=[["mae"], ["mse"]])
        history = model.fit(x, [y, y], verbose=0)
        assert list(history.history) == ["loss", "p_loss", "p_mae", "q_loss", "q_mse"]
    assert [p.shape for p in model.predict(x, verbose=0)] == [(50, 1), (50, 1)]
    model.compile("sgd", ["mse", "mse"], loss_weights=[1.0])
    with pytest.raises(ValueError, match="must match the number of losses"):
        model.fit(x, [y, y], verbose=0)


def test_a_step_of_the_users_own(data) -> None:
    x, y = data

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1, kernel_initializer="zeros")
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, inputs):
            return self.dense(inputs)

        def train_step(self, data):
            xs, ys = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(xs, training=True) - ys) ** 2)
                if loss > 1e9:  # becomes part of the graph
                    loss = loss * 0.0
            grads = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(grads, self.trainable_variables, strict=True))
            self.seen.update_state(loss)
            return {"seen": self.seen.result(), "last": loss}

    model = Own()
    model.compile("sgd")
    history = model.fit(x, y, batch_size=25, epochs=2, shuffle=False, verbose=0)
    assert list(history.history) == ["last", "seen"]
    w, _, _ = by_hand(x, y, 2, 25)
    np.testing.assert_allclose(model.dense.get_weights()[0], w, rtol=1e-4, atol=1e-6)


def test_a_step_that_gives_a_dictionary_in_its_dictionary(data) -> None:
    x, y = data

    class Own(keras.Model):
        def train_step(self, data):
            super().train_step(data)
            return {m.name: m.result() for m in self.metrics}  # `compile_metrics` has several results

    inputs = keras.Input((x.shape[1],))
    model = Own(inputs, layers.Dense(1)(inputs))
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(x, y, epochs=1, verbose=2)
    assert sorted(history.history) == ["loss", "mae"]
    assert isinstance(history.history["mae"][0], float)


def test_a_step_of_the_users_own_sees_inputs_without_targets_as_they_were_given() -> None:
    seen = []

    class Own(keras.Model):
        def train_step(self, data):
            seen.append(tree_of(data))
            return {"a": tf.constant(1.0)}

        test_step = train_step

    def tree_of(data):
        return tf.nest.map_structure(lambda leaf: 0, data)

    x = np.ones((4, 3), np.float32)
    for given, expected in ((x, 0), ({"a": x}, {"a": 0}), ((x, x), ((0, 0),)), (tf.data.Dataset.from_tensors(x), 0),
                            (tf.data.Dataset.from_tensors((x,)), (0,)), (tf.data.Dataset.from_tensors((x, x)), (0, 0))):
        model = Own()
        model.compile()
        model.fit(given, verbose=0)
        model.evaluate(given, verbose=0)
        assert set(map(str, seen)) == {str(expected)}
        seen.clear()


def test_one_batch_at_a_time(data) -> None:
    x, y = data
    model = linear(metrics=["mae"])
    first = model.train_on_batch(x, y)
    assert len(first) == 2
    again = model.train_on_batch(x, y, return_dict=True)
    assert set(again) == {"loss", "mae"}
    assert again["loss"] < first[0]  # the mean of both
    assert model.predict_on_batch(x).shape == (50, 1)
    model.reset_metrics()
    assert model.test_on_batch(x, y, return_dict=True)["loss"] == pytest.approx(
        model.evaluate(x, y, verbose=0, return_dict=True)["loss"], rel=1e-5)


def test_data_that_end_early_are_said_so(data) -> None:
    x, y = data
    batches = [(x[:10], y[:10]), (x[10:20], y[10:20]), (x[20:30], y[20:30])]
    with pytest.warns(UserWarning, match="ran out of data"):
        history = linear().fit(iter(batches), steps_per_epoch=2, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2


def test_training_can_be_stopped(data) -> None:
    x, y = data

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    history = linear().fit(x, y, epochs=10, verbose=0, callbacks=[Stop()])
    assert history.epoch == [0, 1]
    assert linear().fit(x, y, epochs=5, initial_epoch=3, verbose=0).epoch == [3, 4]


def test_ctrl_c_leaves_a_whole_step() -> None:
    rng = np.random.RandomState(0)
    x = rng.rand(20_000, 4).astype(np.float32)
    model = linear()
    model.fit(x[:64], x[:64, :1], verbose=0)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    started = time.time()
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, x[:, :1], epochs=100_000, verbose=0)
    assert time.time() - started < 5
    steps = int(model.optimizer.iterations)
    assert np.isfinite(model.get_weights()[0]).all()
    model.fit(x[:32], x[:32, :1], verbose=0)
    assert int(model.optimizer.iterations) == steps + 1


def test_the_bar_shows_what_keras_shows(data, capsys) -> None:
    x, y = data
    linear(metrics=["mae"]).fit(x, y, epochs=2, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2"
    assert lines[1].startswith("2/2 - ")
    assert "s/step - loss: " in lines[1] or "us/step - loss: " in lines[1] or "ms/step - loss: " in lines[1]
    assert " - mae: " in lines[1]
    linear().fit(x, y, verbose=1)
    out = capsys.readouterr().out
    assert out.endswith("\n")
    assert "\x1b[1m2/2\x1b[0m \x1b[32m" + "━" * 20 in out


def test_labels_out_of_range_are_refused(data) -> None:
    x, _ = data
    model = keras.Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = [w.copy() for w in model.get_weights()]
    with pytest.raises(tf.errors.InvalidArgumentError, match="label"):
        model.fit(x, np.full(50, 7), verbose=0)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_trains_is_what_was_trainable_when_compiled(data) -> None:
    x, y = data
    for eagerly in (False, True):
        model = linear(run_eagerly=eagerly)
        model.trainable = False
        before = model.get_weights()[0]
        with pytest.warns(UserWarning, match="`trainable` state has changed"):
            model.fit(x, y, verbose=0)
        assert (model.get_weights()[0] != before).any()
        assert not model.trainable
        assert model.trainable_weights == []


def test_methods_of_keras_2(data) -> None:
    x, y = data
    model = linear()
    batches = [(x, y)] * 4
    for call, now in ((lambda: model.fit_generator(iter(batches), 2, verbose=0), "model.fit"),
                      (lambda: model.evaluate_generator(iter(batches), 2), "model.evaluate"),
                      (lambda: model.predict_generator(iter(batches), 2), "model.predict"),
                      (lambda: model.predict_classes(x), r"model.predict\(x\)"),
                      (lambda: model.fit(x, y, workers=4, verbose=0), "no effect")):
        with pytest.warns(DeprecationWarning, match=now) as seen:
            call()
        assert [w.filename for w in seen] == [__file__]
    with pytest.raises(TypeError, match="unexpected keyword argument 'worker'"):
        model.fit(x, y, worker=4)


def test_a_label_that_is_no_number_stops_where_it_is_asked_for(data) -> None:
    x, y = data
    y = y.copy()
    y[3] = np.nan
    history = linear().fit(x, y, epochs=5, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()])
    assert history.epoch in ([], [0])
    assert np.isnan(linear().evaluate(x, y, verbose=0))
