"""Keras layers in graphs of TensorFlow 1, under tapes and in traced functions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import hornbeam as tf
import hornbeam.v1 as tf1
from hornbeam import keras

X = np.linspace(-1, 1, 32).reshape(8, 4).astype("float32")
Y = X[:, :2] * 0.5


def network(**kwargs: object) -> keras.Sequential:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(2)],
                            **kwargs)


def test_a_model_on_a_placeholder_trains_in_a_session() -> None:
    keras.utils.clear_session()
    with tf1.Graph().as_default() as graph:
        x, y = tf1.placeholder(tf1.float32, [None, 4]), tf1.placeholder(tf1.float32, [None, 2])
        model = network(name="net")
        loss = tf1.reduce_mean(tf1.square(model(x) - y))
        step = tf1.train.GradientDescentOptimizer(0.5).minimize(loss)
        names = [v.name for v in tf1.trainable_variables()]
        assert names == [f"dense{i}/{w}:0" for i in ("", "_1") for w in ("kernel", "bias")]
        with tf1.Session(graph=graph) as session:
            session.run(tf1.global_variables_initializer())
            losses = [session.run([loss, step], {x: X, y: Y})[0] for _ in range(40)]
            assert losses[-1] < losses[0] / 5
            weights = model.get_weights()
            assert np.array_equal(weights[0], session.run(model.weights[0]))


def test_weights_go_to_files_and_back_in_a_session(tmp_path: Path) -> None:
    path = tmp_path / "w.weights.h5"
    with tf1.Graph().as_default(), tf1.Session() as session:
        model = network()
        session.run(tf1.global_variables_initializer())
        before = model.get_weights()
        model.save_weights(path)
        model.set_weights([np.zeros_like(w) for w in before])
        assert not model.get_weights()[0].any()
        model.load_weights(path)
        assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    eager = network()
    eager.load_weights(path)
    assert np.array_equal(eager.get_weights()[0], before[0])


def test_a_tape_and_a_traced_function_give_the_same_gradients() -> None:
    model = network()

    def gradients(x: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True)))
        return tape.gradient(loss, model.trainable_variables)

    at_once, traced = gradients(tf.constant(X)), tf.function(gradients)(tf.constant(X))
    assert len(at_once) == 4
    for a, b in zip(at_once, traced, strict=True):
        assert np.allclose(a, b, atol=1e-6)


def test_a_traced_function_updates_a_models_variables() -> None:
    model = network()

    @tf.function
    def step(x: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x) - Y))
        for v, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True):
            v.assign_sub(0.5 * g)
        return loss

    losses = [float(step(tf.constant(X))) for _ in range(20)]
    assert losses[-1] < losses[0] / 3


def test_a_layer_that_is_first_called_while_tracing_has_a_value_after() -> None:
    layer = keras.layers.Dense(2, kernel_initializer="ones")

    @tf.function
    def call(x: tf.Tensor) -> tf.Tensor:
        return layer(x)

    assert np.allclose(call(tf.ones((1, 3))), [[3, 3]])
    assert layer.kernel.numpy().tolist() == [[1, 1]] * 3


def test_low_level_functions_take_symbolic_tensors(tmp_path: Path) -> None:
    x = keras.Input((4,))
    h = tf.nn.softmax(tf.matmul(keras.layers.Dense(3)(x), tf.ones((3, 2))) * 2.0, axis=-1)
    model = keras.Model(x, tf.concat([h, tf.reduce_sum(h, axis=1, keepdims=True)], axis=1))
    assert model.output_shape == (None, 3)
    assert np.allclose(model(X)[:, 2], 1, atol=1e-6)
    model.save(tmp_path / "m.keras")
    assert np.allclose(keras.models.load_model(tmp_path / "m.keras")(X), model(X), atol=1e-6)
