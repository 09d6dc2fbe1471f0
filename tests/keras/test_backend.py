"""Keras 2's backend: on arrays, on symbolic tensors, in sessions; each name warns once and says today's."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import hornbeam.v1 as tf1
from hornbeam import keras
from hornbeam.keras.backend import old


class Backend:
    """`keras.backend` without its warnings."""

    def __getattr__(self, name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return getattr(keras.backend, name)


K = Backend()
X = np.linspace(-2, 2, 12).reshape(3, 4).astype("float32")


@pytest.mark.parametrize("name", sorted(old.functions))
def test_each_name_warns_of_what_it_is_today(name):
    with pytest.warns(DeprecationWarning, match=rf"`keras\.backend\.{name}` (is now `|belongs to Keras 2)") as seen:
        assert callable(getattr(keras.backend, name))
    assert [w.filename for w in seen] == [__file__]


VALUES = {
    "relu": (lambda: K.relu(X, alpha=0.1, max_value=1.5, threshold=0.5),
             np.where(X >= 1.5, 1.5, np.where(X > 0.5, X, 0.1 * (X - 0.5)))),
    "hard_sigmoid": (lambda: K.hard_sigmoid(X), np.clip(0.2 * X + 0.5, 0, 1)),
    "clip": (lambda: K.clip(X, None, 1.0), np.minimum(X, 1.0)),
    "argmax": (lambda: K.argmax(X), X.argmax(-1)),
    "l2_normalize": (lambda: K.l2_normalize(X, axis=1), X / np.linalg.norm(X, axis=1, keepdims=True)),
    "concatenate": (lambda: K.concatenate([X, X]), np.concatenate([X, X], -1)),
    "flatten": (lambda: K.flatten(X), X.ravel()),
    "repeat": (lambda: K.repeat(X, 2), np.repeat(X[:, None], 2, 1)),
    "batch_dot": (lambda: K.batch_dot(X, X, axes=1), (X * X).sum(1, keepdims=True)),
    "batch_dot of matrices": (lambda: K.batch_dot(np.ones((2, 3, 4), "f"), np.ones((2, 4, 5), "f")),
                              np.full((2, 3, 5), 4.0)),
    "dot": (lambda: K.dot(X, X.T), X @ X.T),
    "gather": (lambda: K.gather(X, [2, 0]), X[[2, 0]]),
    "one_hot": (lambda: K.one_hot([1, 0], 3), np.eye(3)[[1, 0]]),
    "reverse": (lambda: K.reverse(X, 1), X[:, ::-1]),
    "switch by rows": (lambda: K.switch(np.array([True, False, True]), X, -X),
                       np.where([[True], [False], [True]], X, -X)),
    "switch of functions": (lambda: K.switch(np.array(True), lambda: X, lambda: -X), X),
    "resize_images": (lambda: K.resize_images(X[None, ..., None], 2, 2, "channels_last")[0, ..., 0],
                      X.repeat(2, 0).repeat(2, 1)),
    "temporal_padding": (lambda: K.temporal_padding(X[None], (1, 0))[0], np.pad(X, ((1, 0), (0, 0)))),
    "cumsum": (lambda: K.cumsum(X), X.cumsum(0)),
    "in_top_k": (lambda: K.in_top_k(X, np.array([3, 0, 3]), 1), [True, False, True]),
    "foldl": (lambda: K.foldl(lambda a, b: a * 0.5 + b, X), (X[0] * 0.5 + X[1]) * 0.5 + X[2]),
    "pool2d": (lambda: K.pool2d(X[None, ..., None], (1, 2), (1, 2), pool_mode="avg")[0, ..., 0],
               X.reshape(3, 2, 2).mean(-1)),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    call, expected = VALUES[name]
    np.testing.assert_allclose(np.asarray(call()), expected, rtol=1e-5, atol=1e-6)


def test_variables():
    v = K.variable([1.0, 2.0])
    K.set_value(v, [3, 4])
    K.update_add(v, [1.0, 1.0])
    assert K.get_value(v).tolist() == [4, 5]
    K.moving_average_update(v, [0.0, 0.0], 0.5)
    assert K.eval(v).tolist() == [2, 2.5]
    assert (K.int_shape(v), K.ndim(v), K.dtype(v), K.count_params(v)) == ((2,), 1, "float32", 2)


def test_shapes_of_placeholders():
    x = K.placeholder((None, 3))
    assert K.int_shape(x) == (None, 3)
    assert K.int_shape(K.placeholder(ndim=3)) == (None, None, None)
    assert K.is_placeholder(x)
    assert not K.is_placeholder(K.square(x))
    with pytest.raises(ValueError, match="needs a `shape`"):
        K.placeholder()


def network():
    x = keras.Input((4,))
    hidden = keras.layers.Dense(3, activation="tanh", name="hidden")(x)
    return keras.Model(x, keras.layers.Dropout(0.5)(keras.layers.Dense(2)(hidden)))


def test_gradients_of_symbolic_tensors():
    model = network()
    hidden = model.get_layer("hidden")
    loss = K.sum(K.square(model.output[:, 0]))
    wanted = [model.input, hidden.output, hidden.kernel]
    found = K.function([model.input], [loss, *K.gradients(loss, wanted)])([X])
    kernel, bias, out, shift = model.get_weights()
    h = np.tanh(X @ kernel + bias)
    y = (h @ out + shift)[:, :1]
    in_hidden = 2 * y * out[:, 0]
    np.testing.assert_allclose(found[0], (y**2).sum(), rtol=1e-5)
    np.testing.assert_allclose(found[1], (in_hidden * (1 - h**2)) @ kernel.T, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found[2], in_hidden, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found[3], X.T @ (in_hidden * (1 - h**2)), rtol=1e-4, atol=1e-6)
    assert K.gradients(K.sum(hidden.output), [model.output]) == [None]


def test_the_learning_phase():
    model = network()
    run = K.function([model.input, K.learning_phase()], [model.output])
    many = np.repeat(X, 100, axis=0)
    still = run([many, 0])[0]
    np.testing.assert_allclose(still, model.predict(many, verbose=0), rtol=1e-5, atol=1e-6)
    trained = run([many, 1])[0]
    assert 0.3 < np.mean(trained == 0) < 0.7
    assert np.any(run([many, 1])[0] != trained)
    with K.learning_phase_scope(1):
        assert K.learning_phase() == 1
        assert np.any(np.asarray(model(many)) == 0)
    assert K.learning_phase() == 0
    assert K.in_train_phase(lambda: "trains", "does not", training=True) == "trains"
    with pytest.raises(ValueError, match="Expected learning phase to be 0 or 1"):
        K.set_learning_phase(2)


def test_a_function_with_updates():
    x = K.placeholder((None, 4))
    total = K.variable(1.0)
    run = K.function([x], K.sum(x), updates=[(total, K.mean(x))])
    assert run([np.ones((2, 4))]) == 8
    assert K.get_value(total) == 1
    run([3 * np.ones((2, 4))])
    assert K.get_value(total) == 3
    with pytest.raises(ValueError, match="has 1 inputs, 2 were given"):
        run([X, X])


def test_a_graph_in_a_session():
    with tf1.Graph().as_default() as graph, tf1.Session(graph=graph) as session:
        x = tf1.placeholder(tf1.float32, [None, 4])
        y = tf1.reduce_sum(x * x)
        assert K.get_session() is session
        value, gradient = K.function([x], [y, K.gradients(y, x)[0]])([X])
    np.testing.assert_allclose(value, (X * X).sum(), rtol=1e-5)
    np.testing.assert_allclose(gradient, 2 * X, rtol=1e-5)
