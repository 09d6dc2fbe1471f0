"""Models in the graph of a program of TensorFlow 1: names, sessions, gradients, training beside an open session.

Names and numbers were recorded from TensorFlow 1.15.5 and Keras 2.3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam import keras
from hornbeam.keras import layers
from hornbeam.keras.graph_places import symbolic

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:Do not pass an:UserWarning")
backend = keras.backend
X = np.linspace(-1, 1, 12).reshape(4, 3).astype("float32")
Y = X[:, :2] * 0.5


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    keras.utils.clear_session(free_memory=False)
    with tf.Graph().as_default() as made, tf.Session(graph=made).as_default():
        yield made
    keras.utils.clear_session(free_memory=False)


def network() -> keras.Sequential:
    model = keras.Sequential([layers.Dense(4, activation="tanh", input_shape=(3,)), layers.Dropout(0.5)])
    model.add(layers.Dense(2))
    model.set_weights([np.linspace(-0.5, 0.5, w.size).reshape(w.shape) for w in model.get_weights()])
    return model


def test_names_of_layers() -> None:
    image = layers.Input((6, 6, 3), name="image")
    x = image
    found = []
    for layer in (layers.Conv2D(4, 3, padding="same", activation="relu"), layers.BatchNormalization(),
                  layers.Activation("relu"), layers.MaxPooling2D(), layers.Dropout(0.5), layers.Flatten(),
                  layers.Lambda(lambda t: t * 2.0), layers.Reshape((3, 12)), layers.Bidirectional(layers.LSTM(2)),
                  layers.Dense(2)):
        x = layer(x)
        found.append(x.name)
    y = layers.Dense(2)(layers.Embedding(5, 2)(layers.Input((2,), name="words")))
    found += [layers.Add()([x, x]).name, layers.Concatenate()([x, x]).name, layers.Dense(2, name="d")(x).name]
    assert found == ["conv2d/Relu:0", "batch_normalization/cond/Merge:0", "activation/Relu:0",
                     "max_pooling2d/MaxPool:0", "dropout/cond/Merge:0", "flatten/Reshape:0", "lambda/mul:0",
                     "reshape/Reshape:0", "bidirectional/concat:0", "dense/BiasAdd:0", "add/add:0",
                     "concatenate/concat:0", "d/BiasAdd:0"]
    assert image.name == "image:0"
    assert y.op.name == "dense_1/BiasAdd"
    names = [v.name for v in tf.global_variables()]
    assert names[:6] == [*(f"conv2d/{n}:0" for n in ("kernel", "bias")), *(
        f"batch_normalization/{n}:0" for n in ("gamma", "beta", "moving_mean", "moving_variance"))]
    assert names[6:9] == [f"bidirectional/forward_lstm/{n}:0" for n in ("kernel", "recurrent_kernel", "bias")]


def test_names_of_models_within_models() -> None:
    x = layers.Input((3,))
    inner, later = keras.Sequential([layers.Dense(2, input_shape=(3,))]), keras.Sequential([layers.Dense(2)])
    assert inner(x).name == "sequential/dense/BiasAdd:0"
    assert inner.weights[0].name == "dense/kernel:0"
    assert later(x).name == "sequential_1/dense_1/BiasAdd:0"
    assert later.weights[0].name == "sequential_1/dense_1/kernel:0"
    shared = layers.Dense(3, name="shared")
    assert [shared(x).name for _ in range(2)] == ["shared/BiasAdd:0", "shared_1/BiasAdd:0"]
    with tf.name_scope("outer"):
        assert layers.Dense(2)(x).name == "outer/dense_2/BiasAdd:0"
    assert tf.reduce_sum(shared(x)).name == "Sum:0"


def test_sessions_run_models(graph: tf.Graph) -> None:
    model = network()
    session = tf.get_default_session()
    found = session.run(model.output, {model.input: X})
    assert np.allclose(found, model.predict(X, verbose=0), atol=1e-6)
    assert np.array_equal(session.run("dense_1/BiasAdd:0", {model.inputs[0].name: X}), found)
    assert model.output.shape.as_list() == model.output.get_shape().as_list() == [None, 2]
    grown = session.run(model.output, {model.input: X, backend.learning_phase(): 1})
    assert not np.allclose(grown, found)
    symbolic_one = backend.function([model.input], backend.gradients(model.output, [model.input]))
    assert np.allclose(session.run(tf.gradients(model.output, model.input)[0], {model.input: X}),
                       symbolic_one([X])[0], atol=1e-6)


def test_fit_beside_an_open_session(tmp_path: Path) -> None:
    model = network()
    model.layers[1].rate = 0.0
    model.compile(keras.optimizers.SGD(0.1), "mse")
    session = tf.get_default_session()
    given = model.get_weights()
    session.run(tf.global_variables_initializer())
    assert not np.array_equal(model.get_weights()[0], given[0])
    model.set_weights(given)
    seen = []

    class Seen(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            seen.append((tf.get_default_session() is session, session.run(model.weights[0]).copy()))

    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[Seen()]).history["loss"]
    assert history[-1] < history[0]
    assert all(same for same, _ in seen)
    assert np.array_equal(seen[-1][1], model.get_weights()[0])
    assert not np.array_equal(seen[0][1], seen[1][1])
    before = model.predict(X, verbose=0)
    path = tf.train.Saver().save(session, str(tmp_path / "model"))
    model.set_weights([w * 0 for w in model.get_weights()])
    tf.train.Saver().restore(session, path)
    assert np.array_equal(model.predict(X, verbose=0), before)


def test_a_graphs_loss_trains_a_model() -> None:
    model = network()
    labels = tf.placeholder(tf.float32, [None, 2])
    loss = tf.reduce_mean(tf.square(labels - model.output))
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    session = tf.get_default_session()
    losses = [session.run([loss, step], {model.input: X, labels: Y})[0] for _ in range(10)]
    assert losses[-1] < losses[0] / 2
    assert np.allclose(np.mean((model.predict(X, verbose=0) - Y) ** 2), session.run(loss, {model.input: X, labels: Y}))


def test_functions_of_a_graph_become_parts_of_models() -> None:
    x = layers.Input((3,))
    scaled = tf.multiply(layers.Dense(3)(x), 2.0)
    assert type(scaled).__name__ == "GraphTensor"
    assert isinstance(symbolic(scaled), keras.KerasTensor)
    model = keras.Model(x, layers.Dense(1)(scaled))
    assert model.predict(X, verbose=0).shape == (4, 1)
    assert np.allclose(tf.get_default_session().run(model.output, {x: X}), model.predict(X, verbose=0), atol=1e-6)


def test_frozen_graphs(graph: tf.Graph) -> None:
    keras.backend.set_learning_phase(0)
    model = network()
    before = model.predict(X, verbose=0)
    frozen = tf.graph_util.convert_variables_to_constants(
        keras.backend.get_session(), graph.as_graph_def(), [x.op.name for x in model.outputs])
    with tf.Graph().as_default() as other:
        tf.import_graph_def(frozen, name="")
        with tf.Session(graph=other) as session:
            assert np.allclose(session.run("dense_1/BiasAdd:0", {model.inputs[0].name: X}), before, atol=1e-6)


def test_values_of_graph_variables_start_in_keras_session() -> None:
    own = tf.Variable(3.0)
    assert keras.backend.get_session().run(own) == 3.0


def test_losses_use_the_models_own_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.conventions.Conventions, "keras_2", True)
    x = layers.Input((3,))
    hidden = layers.Dense(2, kernel_initializer="ones", use_bias=False)(x)
    model = keras.Model(x, layers.Dense(1, kernel_initializer="ones", use_bias=False)(hidden))

    def loss(wanted: object, found: object) -> object:
        slope = backend.gradients(found, hidden)[0]  # 1 for each of the two
        return backend.mean(backend.square(hidden), axis=-1) + backend.sum(slope, axis=-1)

    model.compile("sgd", loss)
    assert np.isclose(model.evaluate(X, Y[:, :1], verbose=0), np.mean(X.sum(1) ** 2) + 2, atol=1e-5)
    assert model.fit(X, Y[:, :1], verbose=0).history["loss"]


def test_estimators_of_models() -> None:
    model = keras.Sequential([layers.Dense(1, input_shape=(3,), name="only", kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    name = model.input_names[0]
    estimator = keras.estimator.model_to_estimator(model)

    def data() -> object:
        return tf.data.Dataset.from_tensors(({name: X}, Y[:, :1])).repeat(2)

    before = model.evaluate(X, Y[:, :1], verbose=0)[0]
    estimator.train(data)
    found = estimator.evaluate(data)
    assert found["global_step"] == 2
    assert found["loss"] < before
    assert set(found) == {"global_step", "loss", "mae"}
    predicted = next(estimator.predict(data))["only"]
    model.fit(X, Y[:, :1], epochs=2, verbose=0)
    assert np.allclose(predicted, model.predict(X, verbose=0)[0], atol=1e-6)


def test_an_input_takes_a_placeholder_over() -> None:
    held = tf.placeholder(tf.float32, [None, 3], name="held")
    x = layers.Input(tensor=held)
    model = keras.Model(x, layers.Dense(1, kernel_initializer="ones")(x))
    assert x.name == "held:0"
    assert np.allclose(tf.get_default_session().run(model.output, {held: X}), model.predict(X, verbose=0))
