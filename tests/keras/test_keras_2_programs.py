"""What programs written for Keras 2 do with layers and models."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam import keras
from hornbeam.keras.conventions import Conventions

K = keras.backend
X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")


@pytest.fixture(autouse=True)
def _keras_2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Conventions, "keras_2", True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _fitted(layer: keras.layers.Layer, *inputs: Any) -> Any:
    given = list(inputs)
    model = keras.Model(given, layer(given if len(given) > 1 else given[0]))
    model.compile("sgd", "mse")
    model.fit([X] * len(given), np.ones_like(X), verbose=0)
    return model


class _Told(keras.layers.Layer):
    """Says which variables are its weights."""

    def build(self, input_shape: Any) -> None:
        self.w, self.scale, self.count = (K.variable(np.ones(4)) for _ in range(3))
        self.trainable_weights = [self.scale, self.w]
        self.non_trainable_weights = [self.count]

    def call(self, x: Any) -> Any:
        return x * self.w * self.scale


def test_layers_say_which_variables_are_weights() -> None:
    layer = _Told()
    _fitted(layer, keras.Input((4,)))
    assert [id(v) for v in layer.weights] == [id(v) for v in (layer.scale, layer.w, layer.count)]
    assert [id(v) for v in layer.trainable_weights] == [id(layer.scale), id(layer.w)]
    assert abs(layer.w.numpy() - 1).max() > 0
    np.testing.assert_array_equal(layer.count.numpy(), np.ones(4))


class _Counting(keras.layers.Layer):
    """Counts the batches of training; its shape is known when it was called."""

    def build(self, input_shape: Any) -> None:
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", trainable=False)
        super().build(input_shape)

    def call(self, x: Any) -> Any:
        self.add_update([(self.count, self.count + 1)], x)
        self.add_loss(K.mean(x) * 0 + 3, inputs=x)
        self.result = x * 1
        return self.result

    def compute_output_shape(self, input_shape: Any) -> Any:
        return K.int_shape(self.result)


def test_updates_happen_while_training() -> None:
    layer = _Counting()
    model = _fitted(layer, keras.Input((4,)))
    model.predict(X)
    assert layer.count.numpy() == 1
    assert model.evaluate(X, X, verbose=0) == pytest.approx(3)


class _Taking(keras.layers.Wrapper):
    """Gives its layer a variable more."""

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
        super().build(input_shape)
        self.extra = self.layer.add_weight(name="extra", shape=(1,), initializer="ones")

    def call(self, x: Any) -> Any:
        return self.layer(x * self.extra)


def test_built_layers_take_variables() -> None:
    layer = _Taking(keras.layers.Dense(4))
    _fitted(layer, keras.Input((4,)))
    assert len(layer.trainable_weights) == 3
    assert layer.extra.numpy() != 1


def test_merging_layers_of_ones_own() -> None:
    class Difference(keras.layers._Merge):
        def _merge_function(self, inputs: list[Any]) -> Any:
            return inputs[0] - inputs[1]

    model = _fitted(Difference(), keras.Input((4,)), keras.Input((4,)))
    np.testing.assert_allclose(model.predict([X, X + 1]), np.full((8, 4), -1), rtol=1e-6)


def test_configurations_without_modules() -> None:
    inner = {"class_name": "Dense", "config": {"units": 3}}
    layer = keras.layers.deserialize({"class_name": "TimeDistributed", "config": {"layer": inner}})
    assert layer.layer.units == 3


def test_results_by_the_older_name_of_a_metric() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Activation("linear")])
    model.compile("sgd", "mse", metrics=["cosine_proximity"])
    assert model.fit(X, X, verbose=0).history["cosine_proximity"][0] == pytest.approx(1)


def test_older_names_of_models() -> None:
    assert keras.models.Network is keras.models.Container is keras.Model


def test_numbers_of_units_from_arrays() -> None:
    assert keras.layers.Dense(np.max([3, 4]) + 1).units == 5
    assert keras.layers.LSTM(units=np.int32(3)).units == 3


def test_results_of_one_layer_called_twice() -> None:
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    one, two = keras.Input((1,)), keras.Input((1,))
    model = keras.Model([one, two], [dense(one), dense(two)])
    model.compile(keras.optimizers.SGD(learning_rate=0.0), ["mse", "mae"])
    x, y = np.ones((2, 1)), np.zeros((2, 1))
    assert model.train_on_batch([x, 3 * x], [y, y]) == [4, 1, 3]
    assert model.evaluate([x, 3 * x], [y, y], verbose=0) == [4, 1, 3]
    rates = model.fit([x, x], [y, y], verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.5)])
    assert rates.history["lr"] == [0.5]
    assert "learning_rate" not in list(rates.history)


def test_functions_with_an_optimizers_updates() -> None:
    with tf.Graph().as_default():
        model = keras.Sequential([keras.layers.Dense(1, input_shape=(4,))])
        target = K.placeholder(shape=(None, 1))
        loss = K.mean(K.square(model.output - target))
        updates = keras.optimizers.SGD(learning_rate=0.1).get_updates(loss, model.trainable_weights)
        train = K.function([model.input, target], [loss], updates=updates)
        losses = [float(train([X, X[:, :1]])[0]) for _ in range(5)]
        assert losses == sorted(losses, reverse=True)
        assert losses[-1] < losses[0]
        assert K.eval(K.repeat_elements(K.variable(X), 2, axis=1)).shape == (8, 8)


def test_states_start_again_while_a_graph_is_open() -> None:
    with tf.Graph().as_default():
        model = keras.Sequential([keras.layers.SimpleRNN(2, batch_input_shape=(8, 1, 4), stateful=True)])
        first, second = model.predict(X[:, None]), model.predict(X[:, None])
        model.reset_states()
        np.testing.assert_array_equal(model.predict(X[:, None]), first)
        model.layers[0].reset_states(first)
        np.testing.assert_allclose(model.predict(X[:, None]), second, rtol=1e-6)


class _Asking(keras.callbacks.Callback):
    """Looks at what is validated."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        x, y, weights = self.validation_data
        self.seen = (x is X, y.shape, weights.tolist(), self.params["samples"], self.params["do_validation"])


def test_callbacks_find_the_data_of_the_validation() -> None:
    asking = _Asking()
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X[:4], X[:4, :1], validation_data=(X, X[:, :1]), verbose=0, callbacks=[asking])
    assert asking.seen == (True, (8, 1), [1.0] * 8, 4, True)
    given = iter([(X, X[:, :1])] * 2)
    assert len(model.fit_generator(given, samples_per_epoch=2, nb_epoch=1, verbose=0, nb_worker=1).history["loss"]) == 1


def test_variables_values_while_a_graph_is_open() -> None:
    with tf.Graph().as_default():
        tf.constant(1)
        assert K.eval(K.variable(2.0)) == 2
