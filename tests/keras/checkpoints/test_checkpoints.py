"""Keras's objects in checkpoints: names of their parts, training that goes on, weights of Keras 2's time."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras

L = keras.layers
Checkpoint = tf.train.Checkpoint
X = np.random.default_rng(0).random((8, 5), np.float32)
Y = np.random.default_rng(1).random((8, 2), np.float32)


def model(seed: int = 0, optimizer="adam") -> keras.Model:
    keras.utils.set_random_seed(seed)
    made = keras.Sequential([L.Input((5,)), L.Dense(4, activation="relu"), L.BatchNormalization(), L.Flatten(),
                             L.Dense(2)])
    made.compile(optimizer, "mse")
    return made


def keys(item, folder) -> list[str]:
    path = Checkpoint(o=item).write(str(folder / "keys"))
    return [name.replace("/.ATTRIBUTES/VARIABLE_VALUE", "")[2:] for name, _ in tf.train.list_variables(path)[1:]]


@pytest.mark.parametrize(("make", "given", "wanted"), [  # as TensorFlow 2.21 has them, `_kernel` being `kernel`
    (lambda: L.Dense(2), X, ["bias", "kernel"]),
    (lambda: L.LSTM(2), X[:, :, None], ["cell/bias", "cell/kernel", "cell/recurrent_kernel"]),
    (lambda: L.Bidirectional(L.GRU(2)), X[:, :, None], [
        f"{way}_layer/cell/{part}" for way in ("backward", "forward") for part in ("bias", "kernel",
                                                                                    "recurrent_kernel")]),
    (lambda: L.BatchNormalization(), X, ["beta", "gamma", "moving_mean", "moving_variance"]),
    (lambda: L.SpectralNormalization(L.Dense(2)), X, ["kernel", "layer/bias", "vector_u"]),
    (lambda: L.Dropout(0.5), X, [])])
def test_parts_of_layers(make, given, wanted, tmp_path):
    layer = make()
    layer(given)
    assert keys(layer, tmp_path) == wanted


def test_parts_of_models(tmp_path):
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b, self.d = L.Dense(2), [L.Dense(1)], {"k": L.Dense(1)}

        def call(self, x):
            return self.d["k"](self.b[0](self.a(x)))

    own = Own()
    own(X)
    assert keys(own, tmp_path) == [f"{at}/{part}" for at in ("a", "b/0", "d/k") for part in ("bias", "kernel")]
    assert keys(model(), tmp_path)[:2] == ["layer_with_weights-0/bias", "layer_with_weights-0/kernel"]
    optimizer = keras.optimizers.RMSprop(momentum=0.9)
    optimizer.build([keras.Variable(np.zeros((2, 3)), name="v")])
    assert keys(optimizer, tmp_path) == ["_iterations", "_learning_rate", "_trainable_variables/0", "_variables/2",
                                         "_variables/3"]
    assert keys(keras.metrics.Precision(), tmp_path) == ["false_positives", "true_positives"]


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", *(pytest.param(n, marks=pytest.mark.slow) for n in (
    "sgd", "adagrad", "nadam", "ftrl"))])
@pytest.mark.parametrize("built", [True, False])
def test_training_goes_on_where_it_was(optimizer, built, tmp_path):
    first = model(0, optimizer)
    first.fit(X, Y, epochs=2, verbose=0)
    path = Checkpoint(model=first, optimizer=first.optimizer).save(str(tmp_path / "c"))
    second = model(1, optimizer)
    if built:
        second.fit(X, Y, epochs=1, verbose=0)
    status = Checkpoint(model=second, optimizer=second.optimizer).restore(path)
    assert np.array_equal(first.predict(X, verbose=0), second.predict(X, verbose=0))
    for each in (first, second):
        each.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    assert np.array_equal(first.predict(X, verbose=0), second.predict(X, verbose=0))
    status.assert_consumed().assert_existing_objects_matched()


def test_layers_that_are_built_later(tmp_path):
    first = model()
    path = Checkpoint(first).save(str(tmp_path / "c"))
    second = keras.Sequential([L.Dense(4, activation="relu"), L.BatchNormalization(), L.Flatten(), L.Dense(2)])
    status = Checkpoint(second).restore(path)
    assert np.array_equal(first(X), second(X))
    status.assert_existing_objects_matched()


@pytest.mark.parametrize("name", ["cp", "cp.ckpt", "checkpoint"])
def test_weights_at_a_path_of_keras_2s(name, tmp_path):
    first, second, third = model(0), model(1), keras.Sequential([L.Dense(4, activation="relu"),
                                                                 L.BatchNormalization(), L.Flatten(), L.Dense(2)])
    with pytest.warns(DeprecationWarning, match="a TensorFlow checkpoint"):
        first.save_weights(str(tmp_path / name))
    assert tf.train.latest_checkpoint(tmp_path) == str(tmp_path / name)
    second.load_weights(str(tmp_path / name)).assert_existing_objects_matched()
    third.load_weights(tmp_path / name)
    assert np.array_equal(first(X), second(X))
    assert np.array_equal(first(X), third(X))
    with pytest.raises(ValueError, match="File format not supported"):
        second.load_weights(str(tmp_path / "none"))


def test_checkpoints_while_training(tmp_path):
    first, second = model(0), model(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        saving = keras.callbacks.ModelCheckpoint(str(tmp_path / "cp-{epoch:04d}.ckpt"), save_weights_only=True)
        first.fit(X, Y, epochs=2, verbose=0, callbacks=[saving])
    latest = tf.train.latest_checkpoint(tmp_path)
    assert latest == str(tmp_path / "cp-0002.ckpt")
    second.load_weights(latest)
    assert np.array_equal(first(X), second(X))
