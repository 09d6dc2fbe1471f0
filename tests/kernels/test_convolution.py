"""Convolutions through oneDNN against XLA's, over paddings, strides, dilations, groups and layouts."""

from typing import Any

import numpy as np
import pytest
from tests.kernels.conftest import TOLERANCE, check, relative

import hornbeam as tf
import hornbeam.v1 as v1
from hornbeam.graph import dtypes
from hornbeam.kernels import convolution
from hornbeam.ops import conv, depthwise

RNG = np.random.default_rng(5)


def normal(*shape, dtype: Any = np.float32):
    return RNG.normal(size=shape).astype(dtype)


def attributes(strides=1, dilations=1, padding="SAME", space=2, first=False):
    """An op's attributes from the spatial ones."""
    def full(value):
        value = [value] * space if isinstance(value, int) else list(value)
        return (1, 1, *value) if first else (1, *value, 1)

    found = {"strides": full(strides), "dilations": full(dilations), "padding": padding,
             "data_format": {2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}[space][first]}
    if isinstance(padding, list):
        pairs = [0, 0, *padding, 0, 0] if not first else [0, 0, 0, 0, *padding]
        found |= {"padding": "EXPLICIT", "explicit_paddings": tuple(pairs)}
    return found


def sizes(array):
    return np.array(array.shape, np.int32)


def check_three(ops, x, w, attrs):
    """The forward form and both gradients; `x` has its channels last whatever the attributes say."""
    forward, to_input, to_filter = ops
    if attrs["data_format"].startswith("NC"):
        x = np.moveaxis(x, -1, 1).copy()
    y = check(forward, (x, w), attrs)
    dy = normal(*y.shape, dtype=x.dtype)
    check(to_input, (sizes(x), w, dy), attrs)
    check(to_filter, (x, sizes(w), dy), attrs)


TWO = (conv.conv2d_op, conv.conv2d_backprop_input_op, conv.conv2d_backprop_filter_op)
THREE = (conv.conv3d_op, conv.conv3d_backprop_input_op, conv.conv3d_backprop_filter_op)
BY_CHANNEL = (depthwise.depthwise_conv2d_op, depthwise.depthwise_backprop_input_op,
              depthwise.depthwise_backprop_filter_op)

IMAGES = [  # x, w, attributes
    ((1, 1, 1, 1), (1, 1, 1, 1), {}),
    ((2, 5, 4, 3), (3, 2, 3, 2), {}),
    ((3, 7, 9, 5), (3, 3, 5, 6), {"strides": (2, 3), "padding": "VALID"}),
    ((5, 8, 8, 16), (3, 3, 16, 32), {"strides": 2}),
    ((7, 11, 13, 16), (3, 5, 16, 16), {"dilations": (2, 1)}),
    ((4, 10, 10, 8), (3, 3, 8, 8), {"dilations": 2, "padding": "VALID"}),
    ((2, 9, 6, 4), (2, 3, 4, 7), {"padding": [1, 0, 2, 1], "strides": (1, 2)}),
    ((3, 6, 7, 8), (3, 3, 2, 12), {}),  # four groups
    ((2, 6, 6, 6), (3, 3, 1, 12), {}),  # a group a channel
    ((2, 6, 5, 3), (3, 3, 3, 4), {"first": True}),
    ((1, 1, 50, 16), (1, 5, 16, 8), {}),  # one dimension
    ((9, 1, 40, 4), (1, 3, 4, 8), {"strides": (1, 2), "padding": "VALID"}),
    ((2, 12, 12, 64), (1, 1, 64, 32), {}),
    ((2, 12, 12, 64), (1, 1, 64, 32), {"strides": 2}),
    ((64, 14, 14, 1), (3, 3, 1, 32), {"padding": "VALID"}),
    ((33, 12, 12, 32), (3, 3, 32, 64), {"padding": "VALID"}),
    ((2, 3, 3, 4), (5, 5, 4, 4), {}),  # the filter is larger than the image
]


@pytest.mark.parametrize(("x", "w", "options"), IMAGES, ids=str)
def test_images(dtype, x, w, options):
    check_three(TWO, normal(*x, dtype=dtype), normal(*w, dtype=dtype), attributes(**options))


@pytest.mark.parametrize(("x", "w", "options"), [
    ((2, 4, 5, 6, 3), (2, 3, 1, 3, 4), {}),
    ((3, 6, 6, 6, 8), (3, 3, 3, 8, 16), {"strides": 2}),
    ((1, 5, 6, 7, 2), (3, 2, 2, 2, 2), {"padding": "VALID", "first": True}),
], ids=str)
def test_volumes(dtype, x, w, options):
    check_three(THREE, normal(*x, dtype=dtype), normal(*w, dtype=dtype), attributes(space=3, **options))


@pytest.mark.parametrize(("x", "w", "options"), [
    ((2, 5, 4, 3), (3, 2, 3, 2), {}),
    ((3, 8, 8, 16), (3, 3, 16, 1), {}),
    ((2, 9, 9, 16), (3, 3, 16, 1), {"strides": 2, "padding": "VALID"}),
    ((2, 9, 9, 8), (3, 3, 8, 1), {"dilations": 2}),
    ((2, 6, 7, 4), (3, 3, 4, 3), {"first": True}),
], ids=str)
def test_depthwise(dtype, x, w, options):
    check_three(BY_CHANNEL, normal(*x, dtype=dtype), normal(*w, dtype=dtype), attributes(**options))


def test_empty_batches_and_other_dtypes_are_left_to_xla(native):
    attrs = {**conv.conv2d_op.defaults, **attributes()}
    w = normal(3, 3, 2, 2)
    bfloat16 = dtypes.bfloat16.np_dtype
    for x in (normal(0, 4, 4, 2), normal(0, 4, 4, 2, dtype=bfloat16), np.ones((1, 4, 4, 2)),
              normal(1, 4, 4, 2, dtype=np.float16)):
        assert conv.conv2d_op.compiles_to([x, w.astype(x.dtype)], attrs) is conv.conv2d_op.function
    zeros = [np.array([0, 4, 4, 2], np.int32), w, normal(0, 4, 4, 2)]
    assert conv.conv2d_backprop_input_op.compiles_to(zeros, attrs) is conv.conv2d_backprop_input_op.function


def test_what_is_not_finite_stays_so(dtype):
    x, w = normal(2, 8, 8, 4, dtype=dtype), normal(3, 3, 4, 5, dtype=dtype)
    x[0, 3, 3, 1], x[1, 0, 0, 2] = np.nan, np.inf
    attrs = {**conv.conv2d_op.defaults, **attributes()}
    found = np.asarray(conv.conv2d_op.compiles_to([x, w], attrs)(x, w, **attrs), np.float32)
    expected = np.asarray(conv.conv2d_op.function(x, w, **attrs), np.float32)
    for kind in (np.isnan, np.isposinf, np.isneginf):
        np.testing.assert_array_equal(kind(found), kind(expected))


# A convolution, its bias and ReLU ----------------------------------------------------------------------


@pytest.fixture
def targets(native, monkeypatch):
    """The kernels that programs are compiled with while a test runs."""
    made = []
    original = convolution.call
    monkeypatch.setattr(convolution, "call", lambda target, *args, **kwargs: (
        made.append(target), original(target, *args, **kwargs))[1])
    return made


def test_bias_and_relu_are_part_of_the_convolution(dtype, targets, monkeypatch):
    x, w, b = normal(5, 9, 9, 8, dtype=dtype), normal(3, 3, 8, 16, dtype=dtype), normal(16, dtype=dtype)
    x[0, 0, 0, 0], b[3] = np.nan, -1e6

    def losses():
        with v1.Graph().as_default(), v1.Session() as session:
            held = v1.placeholder(dtype, [None, 9, 9, 8])
            weights, bias = v1.placeholder(dtype, w.shape), v1.placeholder(dtype, b.shape)
            y = v1.nn.relu(v1.nn.bias_add(v1.nn.conv2d(held, weights, [1, 1, 1, 1], "SAME"), bias))
            z = v1.nn.relu(bias + v1.nn.depthwise_conv2d(held, weights[..., :2], [1, 1, 1, 1], "VALID"))
            fetches = [y, z, *v1.gradients([y, z], [held, weights, bias])]
            results = session.run(fetches, {held: x, weights: w, bias: b})
            return [np.asarray(r, np.float32) for r in results]

    found = losses()
    assert targets.count("hornbeam_convolution_relu") == 2
    monkeypatch.setenv("HORNBEAM_KERNELS", "off")
    for a, b_ in zip(found, losses(), strict=True):
        np.testing.assert_array_equal(np.isnan(a), np.isnan(b_))
        assert relative(np.nan_to_num(a), np.nan_to_num(b_)) < TOLERANCE[dtype.name]
    assert not found[0][1:, :, :, 3].any()


def test_keras_layers_fuse_too(targets):
    layer = tf.keras.layers.Conv2D(6, 3, activation="relu", bias_initializer="ones")
    x = normal(8, 24, 24, 16)
    run = tf.function(lambda x: layer(x))
    found = run(tf.constant(x)).numpy()
    assert "hornbeam_convolution_relu" in targets
    plain = np.asarray(conv.conv2d_op.function(x, layer.kernel.numpy(), strides=(1, 1, 1, 1), padding="VALID"))
    assert relative(found, np.maximum(plain + 1, 0)) < 1e-5


VECTORS = normal(4, 24) * 0.3 + 1.0  # scale, offset, mean, variance
BIAS, MORE = normal(24), normal(5, 9, 9, 24)


def norm(y):
    return v1.nn.fused_batch_norm(y, *VECTORS, epsilon=0.01, is_training=False)[0]


def by_hand(y):
    scale = VECTORS[0] / np.sqrt(VECTORS[3] + np.float32(0.01))
    return y * scale + (VECTORS[1] - VECTORS[2] * scale).reshape(1, 1, 1, -1)


@pytest.mark.parametrize("follow", [
    norm, by_hand, lambda y: norm(v1.nn.bias_add(y, BIAS)), lambda y: by_hand(BIAS + y), lambda y: norm(y) + MORE,
    lambda y: MORE + by_hand(y), lambda y: norm(y + BIAS) + MORE, lambda y: y + MORE, lambda y: norm(norm(y)),
    lambda y: BIAS * y, lambda y: MORE + VECTORS[1] * y, lambda y: by_hand(by_hand(y) + BIAS) + MORE])
@pytest.mark.parametrize("depthwise", [False, True])
def test_what_follows_by_channel_is_part_of_the_convolution(targets, monkeypatch, follow, depthwise):
    x, w = normal(5, 9, 9, 8), normal(3, 3, 8, 3 if depthwise else 24) * 0.2
    x[0, 0, 0, 0], x[4, 8, 8, 1] = np.nan, np.inf
    convolve = v1.nn.depthwise_conv2d if depthwise else v1.nn.conv2d

    def answers():
        with v1.Graph().as_default(), v1.Session() as session:
            held, weights = v1.placeholder(np.float32, [None, 9, 9, 8]), v1.placeholder(np.float32, w.shape)
            y = v1.nn.relu(follow(convolve(held, weights, [1, 1, 1, 1], "SAME")))
            return [session.run(y, {held: v, weights: w}) for v in (x, finite, finite)]

    finite = normal(5, 9, 9, 8)
    first, second, third = answers()
    assert targets.count("hornbeam_convolution_relu") == 1
    np.testing.assert_array_equal(second, third)
    monkeypatch.setenv("HORNBEAM_KERNELS", "off")
    plain, expected, _ = answers()
    np.testing.assert_array_equal(np.isnan(first), np.isnan(plain))
    assert relative(second, expected) < 1e-5


def test_gradients_of_a_sum_of_two(targets, monkeypatch):
    x, w = normal(5, 9, 9, 8), normal(3, 3, 8, 24) * 0.2

    def answers():
        with v1.Graph().as_default(), v1.Session() as session:
            held, weights, more = (v1.placeholder(np.float32, a.shape) for a in (x, w, MORE))
            y = v1.nn.relu(more + v1.nn.conv2d(held, weights, [1, 1, 1, 1], "SAME"))
            return session.run([y, *v1.gradients(y * y, [held, weights, more])], {held: x, weights: w, more: MORE})

    found = answers()
    assert targets.count("hornbeam_convolution_relu") == 1
    monkeypatch.setenv("HORNBEAM_KERNELS", "off")
    for a, b in zip(found, answers(), strict=True):
        assert relative(a, b) < 1e-5


@pytest.mark.parametrize("follow", [
    lambda y: v1.nn.fused_batch_norm(y, *VECTORS[:2], is_training=True)[0],
    lambda y: v1.nn.bias_add(y, normal(9), data_format="NCHW"), lambda y: y * MORE, lambda y: y + MORE[:1],
    lambda y: v1.nn.tanh(y) + BIAS, lambda y: BIAS - y, lambda y: (y + MORE) * BIAS])
def test_what_does_not_follow_by_channel_is_not(targets, follow):
    x, w = normal(5, 9, 9, 8), normal(3, 3, 8, 24)
    with v1.Graph().as_default(), v1.Session() as session:
        held = v1.placeholder(np.float32, x.shape)
        session.run(v1.nn.relu(follow(v1.nn.conv2d(held, w, [1, 1, 1, 1], "SAME"))), {held: x})
    assert "hornbeam_convolution" in targets
    assert "hornbeam_convolution_relu" not in targets


def test_a_residual_block_of_keras_is_two_kernels(targets):
    inputs = tf.keras.Input((12, 12, 16))
    y = tf.keras.layers.Conv2D(16, 3, padding="same")(inputs)
    y = tf.keras.layers.ReLU()(tf.keras.layers.BatchNormalization()(y))
    y = tf.keras.layers.BatchNormalization()(tf.keras.layers.Conv2D(16, 3, padding="same")(y))
    model = tf.keras.Model(inputs, tf.keras.layers.ReLU()(tf.keras.layers.Add()([inputs, y])))
    model.set_weights([abs(normal(*np.shape(w))) * 0.2 for w in model.get_weights()])
    x = normal(8, 12, 12, 16)
    found = model.predict(x, verbose=0)
    assert targets.count("hornbeam_convolution_relu") == 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HORNBEAM_KERNELS", "off")
        tf.keras.backend.clear_session()
        again = tf.keras.models.clone_model(model)
        again.set_weights(model.get_weights())
        assert relative(found, again.predict(x, verbose=0)) < 1e-5


def test_what_is_looked_at_twice_is_not_fused(targets):
    x, w, b = normal(4, 16, 16, 16), normal(3, 3, 16, 16), normal(16)

    @tf.function
    def run(x):
        y = tf.nn.conv2d(x, w, 1, "SAME")
        z = y + b
        return tf.nn.relu(z), tf.reduce_sum(y), tf.nn.relu(tf.nn.conv2d(x, w, 1, "SAME") + normal(4, 16, 16, 1))

    run(tf.constant(x))
    assert targets
    assert set(targets) == {"hornbeam_convolution"}


def test_a_filter_written_in_between_is_the_one_that_was_read(targets):
    x, w = normal(4, 16, 16, 16), tf.Variable(normal(3, 3, 16, 16))
    before = w.numpy()

    @tf.function
    def run(x):
        y = tf.nn.conv2d(x, w, 1, "SAME") + np.ones(16, np.float32)
        w.assign(w * 0.0)
        return tf.nn.relu(y)

    found = run(tf.constant(x)).numpy()
    plain = np.asarray(conv.conv2d_op.function(x, before, strides=(1, 1, 1, 1), padding="SAME"))
    assert relative(found, np.maximum(plain + 1, 0)) < 1e-5


@pytest.mark.parametrize(("shape", "depth"), [((7, 29, 30, 15), 7), ((8, 16, 16, 32), 48)], ids=["direct", "tiles"])
def test_the_gradient_of_a_relu_is_part_of_the_convolution(dtype, targets, monkeypatch, shape, depth):
    """Features that are zero or not a number have no gradient."""
    x, w = normal(*shape, dtype=dtype), normal(3, 3, shape[-1], depth, dtype=dtype)
    x[0, 0, 0, 0] = np.nan

    def gradients():
        with v1.Graph().as_default(), v1.Session() as session:
            held = v1.placeholder(dtype, shape)
            features = v1.nn.relu(held)
            y = v1.nn.conv2d(features, w, [1, 1, 1, 1], "VALID")
            once = v1.gradients(y, held, v1.constant(dy))[0]
            twice = v1.gradients([y, features], held, [v1.constant(dy), v1.ones_like(features)])[0]
            return [np.asarray(g, np.float32) for g in session.run([once, twice], {held: x})]

    dy = normal(shape[0], shape[1] - 2, shape[2] - 2, depth, dtype=dtype)
    found = gradients()
    assert targets.count("hornbeam_convolution_to_input_relu") == 1
    assert targets.count("hornbeam_convolution_to_input") >= 1
    monkeypatch.setenv("HORNBEAM_KERNELS", "off")
    for a, b in zip(found, gradients(), strict=True):
        assert relative(a, b) < TOLERANCE[dtype.name]
        np.testing.assert_array_equal(a == 0, b == 0)
