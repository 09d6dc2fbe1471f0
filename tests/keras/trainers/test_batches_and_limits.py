"""Single batches, how often callbacks are called, epochs of a number of steps, limits, losses of structures."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from hornbeam import keras

X, Y = np.ones((100, 4), np.float32), np.zeros((100, 3), np.float32)


def model(**compiled):
    made = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, use_bias=False, kernel_initializer="ones")])
    made.compile(**{"optimizer": "sgd", "loss": "mse", **compiled})
    return made


class Calls(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.all = []

    def on_train_batch_begin(self, batch, logs=None):
        self.all.append(batch)

    def on_train_batch_end(self, batch, logs=None):
        self.all.append(-batch)

    on_test_batch_begin = on_predict_batch_begin = on_train_batch_begin
    on_test_batch_end = on_predict_batch_end = on_train_batch_end


def test_each_batch_has_results_of_its_own():
    one = model(metrics=["mse"])
    assert [one.train_on_batch(X, Y)[0], one.train_on_batch(X, Y)[0]] == pytest.approx([16.0, 15.158046], rel=1e-5)
    for n in (100, 3):
        assert one.test_on_batch(X[:n], Y[:n]) == pytest.approx([14.360394] * 2, rel=1e-5)


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
@pytest.mark.parametrize("samples", [100, 128, 96])
def test_a_call_of_several_steps_begins_and_ends_once(method, samples):
    calls = Calls()
    one = model(steps_per_execution=3)
    x, y = np.ones((samples, 4), np.float32), np.zeros((samples, 3), np.float32)
    getattr(one, method)(x, *(() if method == "predict" else (y,)), batch_size=16, verbose=0, callbacks=[calls])
    whole = -(-samples // 16)
    assert calls.all == [n for start in range(0, whole, 3) for n in (start, -(start + 2))]


def test_the_last_call_of_a_generator_ends_too():
    calls = Calls()
    model(steps_per_execution=3).fit(((X[:4], Y[:4]) for _ in range(7)), verbose=0, callbacks=[calls])
    assert calls.all == [0, -2, 3, -5, 6, -8]


@pytest.mark.parametrize(("steps", "epochs", "expected"), [(10, 2, 20), (5, 4, 20), (4, 2, 8)])
def test_epochs_of_a_number_of_steps_begin_anew_where_the_data_end(steps, epochs, expected, recwarn):
    calls = Calls()
    model().fit(X[:80], Y[:80], batch_size=8, epochs=epochs, steps_per_epoch=steps, verbose=0, callbacks=[calls])
    assert len(calls.all) // 2 == expected
    assert not recwarn


def test_limits_of_epochs_and_steps():
    calls, epochs = Calls(), []
    count = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: epochs.append(epoch))
    try:
        keras.config.set_max_epochs(2)
        keras.config.set_max_steps_per_epoch(3)
        with pytest.warns(UserWarning, match="Limiting epochs to 2"):
            model().fit(X, Y, batch_size=8, epochs=4, verbose=0, callbacks=[calls, count])
        assert (len(calls.all) // 2, epochs) == (6, [0, 1])
        assert len(model().predict(X, batch_size=8, verbose=0)) == 24
    finally:
        keras.config.set_max_epochs(None)
        keras.config.set_max_steps_per_epoch(None)


def branches():
    x = keras.Input((3,))
    made = keras.Model(x, {"a": keras.layers.Dense(1, name="first")(x), "b": keras.layers.Dense(1, name="second")(x)})
    return made, np.ones((8, 3), np.float32), {"a": np.ones((8, 1), np.float32), "b": np.zeros((8, 1), np.float32)}


def test_a_loss_may_look_at_several_outputs_together():
    made, x, y = branches()

    def both(y_true, y_pred):
        assert set(y_true) == set(y_pred) == {"a", "b"}
        return keras.losses.mean_absolute_error(y_true["a"], y_pred["b"])

    def one(y_true, y_pred):
        return keras.losses.mean_absolute_error(y_true, y_pred)

    made.compile(optimizer="sgd", loss=[both, {"a": one, "b": one}], loss_weights=[2.0, {"a": 1.0, "b": 0.0}])
    found = made.evaluate(x, y, verbose=0, return_dict=True)
    assert set(found) == {"loss", "a_loss", "b_loss", "a_b_loss"}
    assert found["loss"] == pytest.approx(2 * found["a_b_loss"] + found["a_loss"], rel=1e-6)


def test_losses_and_metrics_of_outputs_that_are_not_there_are_refused():
    made, x, y = branches()
    made.compile(optimizer="sgd", loss={"a": "mse", "c": "mse"})
    with pytest.raises(KeyError, match="in the `loss` argument, can't be found in either the model's output"):
        made.fit(x, y, verbose=0)
    made.compile(optimizer="sgd", loss="mse", metrics={"c": ["mse"]})
    with pytest.raises(ValueError, match=r"(?s)Invalid `metrics`.*'c'"):
        made.fit(x, y, verbose=0)


def test_targets_may_be_given_for_just_the_outputs_that_have_a_loss():
    x = keras.Input((2,))
    y = keras.layers.Dense(3, kernel_initializer="ones")(x)
    made = keras.Model(x, [y, y, y])
    made.compile(loss=[None, "mse", "mse"])
    data, target = np.ones((32, 2), np.float32), np.ones((32, 3), np.float32)
    assert made.evaluate(data, [target, target], verbose=0, return_dict=True)["loss"] == pytest.approx(2.0)


def test_an_input_may_be_left_out_while_training():
    x, other = keras.Input((2,), name="x"), keras.Input((2,), name="o", optional=True)

    class Sum(keras.layers.Layer):
        def call(self, x, o=None):
            return x if o is None else x + o

    made = keras.Model({"x": x, "o": other}, keras.layers.Dense(2)(Sum()(x, other)))
    made.compile(loss="mse", optimizer="adam")
    made.fit({"x": np.ones((2, 2)), "o": None}, np.ones((2, 2)), verbose=0)
    assert made.predict({"x": np.ones((2, 2)), "o": None}, verbose=0).shape == (2, 2)


def test_a_data_set_by_number_is_iterated_to_its_end() -> None:
    class Numbers(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> int:
            return 10 * index

    assert list(Numbers()) == [0, 10, 20]


@pytest.mark.parametrize(("batches", "steps", "trained", "warned"), [
    (5, 5, 10, False), (4, 5, 8, True), (11, 5, 11, False), (10, 5, 10, True), (12, 5, 12, False), (5, 6, 10, False)])
def test_calls_of_several_steps_are_whole_ones(batches: int, steps: int, trained: int, warned: bool) -> None:
    made = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    made.compile("sgd", "mse", steps_per_execution=2)
    x = np.ones((batches, 1), np.float32)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        made.fit(x, x, batch_size=1, epochs=2, steps_per_epoch=steps, verbose=0)
    assert int(made.optimizer.iterations) == trained
    assert any("ran out of data" in str(w.message) for w in found) == warned
    assert len(made.predict(x, batch_size=1, steps=steps, verbose=0)) == min(batches, 6)
