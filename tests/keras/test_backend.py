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


STEPS = np.random.default_rng(3).normal(size=(2, 5, 3)).astype("float32")
INNER = np.random.default_rng(4).normal(size=(3, 4)).astype("float32")
AGAIN = np.random.default_rng(5).normal(size=(4, 4)).astype("float32")
MASK = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]], bool)


def recurrence(mask=None, backwards=False, constant=0.0):
    """What `K.rnn` of tanh(x · INNER + h · AGAIN) gives, step by step; what is masked keeps state and output."""
    state, output, outputs = np.zeros((2, 4)), np.zeros((2, 4)), []
    for t in reversed(range(5)) if backwards else range(5):
        new = np.tanh(STEPS[:, t] @ INNER + state @ AGAIN) + constant
        kept = np.ones((2, 1), bool) if mask is None else mask[:, t, None]
        state, output = np.where(kept, new, state), np.where(kept, new, output)
        outputs.append(output)
    return output, np.stack(outputs, 1), state


@pytest.mark.parametrize("unroll", [False, True])
@pytest.mark.parametrize("mask", [None, MASK], ids=["all", "masked"])
@pytest.mark.parametrize("backwards", [False, True])
def test_rnn(unroll, mask, backwards):
    def step(x, states):
        output = K.tanh(K.dot(x, INNER) + K.dot(states[0], AGAIN)) + states[1]
        return output, [output]

    last, outputs, states = K.rnn(step, STEPS, [np.zeros((2, 4), "float32")], go_backwards=backwards, mask=mask,
                                  constants=[np.full((2, 4), 0.5, "float32")], unroll=unroll)
    for found, expected in zip((last, outputs, states[0]), recurrence(mask, backwards, 0.5), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_rnn_refuses_what_has_no_steps():
    with pytest.raises(ValueError, match="at least 3D"):
        K.rnn(lambda x, s: (x, s), STEPS[:, 0], [])


def test_labels_are_decoded():
    path = np.array([[0, 0, 2, 0, 1], [2, 1, 1, 2, 2]])
    probabilities = (np.eye(3)[path] * 0.8 + 0.2 / 3).astype("float32")
    (labels,), scores = K.ctc_decode(probabilities, np.array([5, 5]))
    assert np.asarray(labels).tolist() == [[0, 0, 1], [1, -1, -1]]
    assert np.asarray(scores).shape == (2, 1)
    found, _ = K.ctc_decode(probabilities, np.array([5, 2]), greedy=False, beam_width=10, top_paths=2)
    assert np.asarray(found[0]).tolist() == [[0, 0, 1], [1, -1, -1]]
    assert len(found) == 2
    sparse = K.ctc_label_dense_to_sparse(np.array([[1, 2, 0], [3, 0, 0]]), np.array([2, 1]))
    assert np.asarray(sparse.values).tolist() == [1, 2, 3]
    assert np.asarray(sparse.indices).tolist() == [[0, 0], [0, 1], [1, 0]]


@pytest.mark.parametrize("order", ["channels_last", "channels_first"])
def test_transposed_convolutions(order):
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(2, 4, 3, 2)).astype("f"), rng.normal(size=(3, 3, 5, 2)).astype("f")
    expected = keras.ops.conv_transpose(x, kernel, strides=2, padding="same", data_format="channels_last")
    first = order == "channels_first"
    found = K.conv2d_transpose(x.transpose(0, 3, 1, 2) if first else x, kernel,
                               (None, 5, 8, 6) if first else (None, 8, 6, 5), (2, 2), "same", order)
    np.testing.assert_allclose(np.transpose(found, (0, 2, 3, 1)) if first else found, expected, rtol=1e-4, atol=1e-5)


def test_normalized_batches():
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("f")
    y, mean, variance = K.normalize_batch_in_training(x, 2 * np.ones(4, "f"), np.ones(4, "f"), [0], 1e-3)
    np.testing.assert_allclose(mean, x.mean(0), atol=1e-6)
    np.testing.assert_allclose(y, 2 * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3) + 1, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(K.batch_normalization(x, mean, variance, np.ones(4, "f"), 2 * np.ones(4, "f")), y,
                               rtol=1e-4, atol=1e-5)


def test_the_learning_phase_is_fed_to_a_session():
    with tf1.Graph().as_default() as graph, tf1.Session(graph=graph) as session:
        x = tf1.placeholder(tf1.float32, [None, 4])
        dropped = keras.layers.Dropout(0.5)(x)
        doubled = K.in_train_phase(2 * x, x)
        many = np.ones((200, 4), "f")
        session.run(tf1.global_variables_initializer())
        still, same = session.run([dropped, doubled], {x: many})
        trained, twice = session.run([dropped, doubled], {x: many, K.learning_phase(): 1})
    assert (still == 1).all()
    assert (same == 1).all()
    assert 0.3 < np.mean(trained == 0) < 0.7
    assert (twice == 2).all()


def test_models_made_before_the_graph_are_trained_in_a_session():
    model = keras.Sequential([keras.Input((4,)), keras.layers.BatchNormalization(), keras.layers.Dense(1)])
    before = model.layers[0].moving_mean.numpy()
    data = np.random.default_rng(0).normal(size=(64, 4)).astype("f") + 3
    with tf1.Graph().as_default() as graph, tf1.Session(graph=graph) as session:
        x = tf1.placeholder(tf1.float32, [None, 4])
        loss = tf1.reduce_mean(tf1.square(model(x)[:, 0] - tf1.reduce_sum(x, 1)))
        step = tf1.train.AdamOptimizer(0.1).minimize(loss)
        session.run(tf1.global_variables_initializer())
        first = session.run(loss, {x: data, K.learning_phase(): 1})
        for _ in range(60):
            session.run(step, {x: data, K.learning_phase(): 1})
        assert session.run(loss, {x: data, K.learning_phase(): 1}) < first / 10
    assert np.all(model.layers[0].moving_mean.numpy() > before)


def test_an_input_may_take_over_what_follows_from_another():
    x = K.placeholder((1, 3))
    both = K.concatenate([K.variable(np.ones((1, 3))), x], axis=0)
    taken = keras.Input(tensor=both)
    out = keras.layers.Dense(2, use_bias=False)(taken)
    model = keras.Model(taken, out)
    value, gradient = K.function([x], [out, K.gradients(K.sum(out), x)[0]])([np.zeros((1, 3))])
    kernel = model.get_weights()[0]
    np.testing.assert_allclose(value, [kernel.sum(0), [0, 0]], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradient, kernel.sum(1)[None], rtol=1e-5)
