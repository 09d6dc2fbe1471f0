"""Layers of `tf.layers`: reuse, errors, updates and losses, eager calls, values."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.graph import mode


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def run(*fetches: Any, feed: Any = None) -> list[Any]:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(list(fetches), feed)


# Names and reuse --------------------------------------------------------------------------------------


def test_a_layer_is_named_and_scoped_at_its_first_call() -> None:
    first, second = tf.layers.Dense(3), tf.layers.Dense(3)
    assert (first.name, second.name) == ("dense_1", "dense_2")
    with pytest.raises(ValueError, match="has not been used yet"):
        _ = second.scope_name
    with tf.variable_scope("outer"):
        second(tf.zeros([2, 3]))
    assert second.scope_name == "outer/dense"
    assert [v.name for v in second.variables] == ["outer/dense/kernel:0", "outer/dense/bias:0"]


def test_calls_share_variables_and_functions_do_not() -> None:
    layer, x = tf.layers.Dense(3), tf.zeros([2, 3])
    layer(x)
    layer(x)
    tf.layers.dense(x, 3)
    names = [v.op.name for v in tf.global_variables()]
    assert names == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]


def test_reuse_is_said_by_the_argument_or_the_scope() -> None:
    x = tf.zeros([2, 3])
    tf.layers.dense(x, 3, name="d")
    tf.layers.dense(x, 3, name="d", reuse=True)
    with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
        tf.layers.dense(x, 3, name="d")
    assert len(tf.global_variables()) == 2
    with pytest.raises(ValueError, match="Variable d/kernel already exists, disallowed"):
        tf.layers.dense(x, 3, name="d")
    with pytest.raises(ValueError, match="Variable new/kernel does not exist"):
        tf.layers.dense(x, 3, name="new", reuse=True)
    with pytest.raises(ValueError, match="Trying to share variable d/kernel, but specified shape"):
        tf.layers.dense(tf.zeros([2, 4]), 3, name="d", reuse=True)


def test_scopes_give_initializer_and_regularizer() -> None:
    regularizer = tf.contrib.layers.l2_regularizer(1.0)
    with tf.variable_scope("s", initializer=tf.constant_initializer(2.0), regularizer=regularizer):
        y = tf.layers.dense(tf.ones([1, 3]), 1, use_bias=False)
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    value, loss = run(y, losses[0])
    assert (value.item(), loss, len(losses)) == (6.0, 6.0, 1)


def test_inputs_of_another_graph_are_refused() -> None:
    layer = tf.layers.Dense(2)
    layer(tf.zeros([1, 2]))
    with tf.Graph().as_default(), pytest.raises(ValueError, match="Input graph and Layer graph are not the same"):
        layer(tf.zeros([1, 2]))


# Errors -------------------------------------------------------------------------------------------------

ERRORS: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: tf.layers.dense(tf.zeros([3]), 3), ValueError, "expected min_ndim=2, found ndim=1. Full shape received"),
    (lambda: tf.layers.dense(tf.placeholder("float32"), 3), ValueError, "its rank is undefined"),
    (lambda: tf.layers.dense(tf.placeholder("float32", [None, None]), 3), ValueError, "be defined. Found `None`"),
    (lambda: tf.layers.dense(tf.constant([[1]]), 3), TypeError, "non-floating point dtype"),
    (lambda: tf.layers.Dense(3, foo=1), TypeError, "Keyword argument not understood"),
    (lambda: tf.layers.dense(tf.zeros([1, 2]), 3, activation="nope"), ValueError, "Unknown activation function:nope"),
    (lambda: tf.layers.Dense(3, kernel_initializer="nope"), ValueError, "Unknown initializer:nope"),
    (lambda: tf.layers.conv2d(tf.zeros([3, 2]), 3, 3), ValueError, "expected ndim=4, found ndim=2"),
    (lambda: tf.layers.Conv2D(3, (3, 3, 3)), ValueError, "`kernel_size` argument must be a tuple of 2 integers"),
    (lambda: tf.layers.Conv2D(3, 3, padding="huh"), ValueError, "`padding` argument must be a list/tuple or one of"),
    (lambda: tf.layers.Conv2D(3, 3, padding="causal"), ValueError, "Causal padding is only supported"),
    (lambda: tf.layers.Conv2D(3, 3, data_format="huh"), ValueError, "must be one of \"channels_first\""),
    (lambda: tf.layers.conv2d(tf.zeros([1, 4, 4, 1]), 3, 3, 2, dilation_rate=2), ValueError, "strides > 1 not"),
    (lambda: tf.layers.max_pooling2d(tf.zeros([2, 3, 3]), 2, 2), ValueError, "expected ndim=4"),
    (lambda: tf.layers.batch_normalization(tf.zeros([2, 3]), axis=4), ValueError, "Invalid axis: 4"),
    (lambda: tf.layers.batch_normalization(tf.placeholder("float32", [2, None])), ValueError, "undefined `axis`"),
    (lambda: tf.layers.batch_normalization(tf.zeros([2, 3]), 0, virtual_batch_size=1), ValueError, "cannot include"),
    (lambda: tf.layers.Dense(2).count_params(), ValueError, "isn't built"),
    (lambda: tf.layers.Dense(2).input_shape, AttributeError, "never been called"),
    (lambda: tf.layers.Flatten()([1, 2]), ValueError, "expects 1 inputs, but it received 2"),
]


@pytest.mark.parametrize(("call", "error", "words"), ERRORS)
def test_errors_say_what_is_wrong(call: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


# What layers keep --------------------------------------------------------------------------------------


class Counting(tf.layers.Layer):  # type: ignore[misc, name-defined]
    """A layer of a program: a weight that is trained, one that is not, an update, a loss, a layer within."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = tf.layers.Dense(2, name="inner")

    def build(self, input_shape: Any) -> None:
        self.w = self.add_variable("w", [3, 2], regularizer=tf.contrib.layers.l1_regularizer(0.1))
        self.count = self.add_weight("count", [], trainable=False, initializer=tf.zeros_initializer())
        self.built = True

    def call(self, x: Any) -> Any:
        self.add_update(tf.assign_add(self.count, 1.0))
        y = self.inner(tf.matmul(x, self.w))
        self.add_loss(tf.reduce_sum(y))
        return y


def test_a_programs_layer_keeps_variables_updates_and_losses() -> None:
    layer = Counting()
    x = tf.ones([2, 3])
    layer(x)
    assert layer.name == "counting_1"
    names = [v.op.name for v in layer.trainable_variables]
    assert names == ["counting/w", "counting/inner/kernel", "counting/inner/bias"]
    assert [v.op.name for v in layer.non_trainable_variables] == ["counting/count"]
    assert layer.updates == tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    assert [t.op.name for t in layer.losses] == ["counting/w/Regularizer/l1_regularizer", "counting/Sum"]
    assert layer.losses == tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert layer.get_losses_for(x) == layer.losses[1:]
    assert layer.get_losses_for(None) == layer.losses[:1]
    assert layer.count_params() == 6 + 1 + 4 + 2
    layer.trainable = False
    assert (layer.trainable_variables, len(layer.variables), layer.updates) == ([], 4, [])


def test_values_go_in_and_out() -> None:
    layer = tf.layers.Dense(2)
    y = layer(tf.ones([1, 3]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        layer.set_weights([np.full((3, 2), 2.0), np.array([0.0, 1.0])])
        assert session.run(y).tolist() == [[6.0, 7.0]]
        assert [w.shape for w in layer.get_weights()] == [(3, 2), (2,)]
        with pytest.raises(ValueError, match="weight list of length 1"):
            layer.set_weights([np.zeros(2)])


def test_a_copy_has_its_own_lists() -> None:
    layer = tf.layers.Dense(2)
    twin = copy.deepcopy(layer)
    twin(tf.zeros([1, 2]))
    assert (len(twin.variables), layer.variables, layer.built) == (2, [], False)


def test_a_layer_is_made_again_from_its_settings() -> None:
    layer = tf.layers.Conv2D(4, 3, strides=2, padding="same", name="c")
    twin = tf.layers.Conv2D.from_config(layer.get_config())
    assert (twin.filters, twin.kernel_size, twin.strides, twin.padding) == (4, (3, 3), (2, 2), "same")


@pytest.mark.parametrize(("layer", "shape"), [
    (tf.layers.Dense(4), [None, 7]), (tf.layers.Conv2D(4, 3, 2), [None, 8, 9, 3]),
    (tf.layers.Conv1D(4, 3, padding="causal", dilation_rate=2), [None, 8, 3]),
    (tf.layers.Conv2DTranspose(4, 3, 2), [2, 5, 6, 3]), (tf.layers.Conv3DTranspose(2, 2, 3, "same"), [2, 2, 2, 2, 3]),
    (tf.layers.SeparableConv2D(4, 3), [None, 8, 8, 3]), (tf.layers.MaxPooling2D(3, 2, "same"), [None, 7, 7, 3]),
    (tf.layers.AveragePooling1D(2, 2), [None, 7, 3]), (tf.layers.Flatten(), [None, 3, 4]),
    (tf.layers.Flatten("channels_first"), [None, 3, 4]), (tf.layers.Dropout(), [None, 3]),
    (tf.layers.BatchNormalization(), [None, 3])])
def test_shapes_said_are_shapes_given(layer: Any, shape: list[Any]) -> None:
    layer = copy.deepcopy(layer)
    given = layer(tf.placeholder("float32", shape))
    assert given.shape.as_list() == layer.compute_output_shape(shape).as_list()


# Batch normalization -----------------------------------------------------------------------------------


def test_averages_move_by_the_updates_in_training_only() -> None:
    x, training = tf.constant([[1.0], [3.0]]), tf.placeholder_with_default(True, [])
    layer = tf.layers.BatchNormalization(momentum=0.5)
    y = layer(x, training=training)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for flag, mean, variance in ((False, 0.0, 1.0), (True, 1.0, 1.0), (True, 1.5, 1.0), (False, 1.5, 1.0)):
            session.run([y, layer.updates], {training: flag})
            assert session.run([layer.moving_mean, layer.moving_variance]) == [[mean], [variance]]
        np.testing.assert_allclose(session.run(y, {training: False}), [[-0.49975], [1.49925]], rtol=1e-4)


def test_renormalisation_is_clipped() -> None:
    x = tf.constant(np.random.RandomState(0).randn(6, 2).astype("f") * 5 + 9)
    layer = tf.layers.BatchNormalization(renorm=True, renorm_clipping={"rmax": 1.0, "rmin": 1.0, "dmax": 0.0})
    plain = tf.layers.BatchNormalization()
    found, wanted, _ = run(layer(x, training=True), plain(x, training=True), layer.updates)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="contains keys not in"):
        tf.layers.BatchNormalization(renorm=True, renorm_clipping={"huh": 1})


def test_virtual_batches_are_normalised_apart() -> None:
    x = np.random.RandomState(0).randn(8, 3).astype("f")
    found, = run(tf.layers.batch_normalization(tf.constant(x), training=True, virtual_batch_size=4))
    groups = x.reshape(4, 2, 3)
    wanted = (groups - groups.mean(0)) / np.sqrt(groups.var(0) + 1e-3)
    np.testing.assert_allclose(found, wanted.reshape(8, 3), rtol=1e-4, atol=1e-5)


# At once -----------------------------------------------------------------------------------------------


def test_layers_run_at_once_too() -> None:
    mode.set_v1_builds(False)  # as `enable_eager_execution` does where a program starts
    try:
        with mode.opened(None):
            layer = tf.layers.BatchNormalization(momentum=0.5)
            found = layer(tf.constant([[1.0], [3.0]]), training=True)
            np.testing.assert_allclose(found.numpy(), [[-0.9995], [0.9995]], rtol=1e-4)
            assert layer.moving_mean.numpy().tolist() == [1.0]
            dense = tf.layers.Dense(1, kernel_regularizer=tf.contrib.layers.l2_regularizer(1.0))
            dense(tf.ones([1, 2]))
            dense.set_weights([np.full((2, 1), 3.0), np.zeros(1)])
            assert dense(np.ones((1, 2), "f")).numpy().tolist() == [[6.0]]
            assert float(dense.losses[0]) == 9.0
            assert tf.layers.conv2d(tf.ones([1, 4, 4, 1]), 2, 3).shape == (1, 2, 2, 2)
    finally:
        mode.set_v1_builds(True)
