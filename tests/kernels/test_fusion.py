"""Products, biases and ReLU in one kernel against float64, and what is not fused."""

from typing import Any

import numpy as np
import pytest
from tests.kernels.conftest import TOLERANCE, relative

import hornbeam as tf
import hornbeam.v1 as v1
from hornbeam.backend.compiler import compiled
from hornbeam.kernels import convolution, matmul

RNG = np.random.default_rng(11)


def normal(*shape, dtype: Any = np.float32):
    return RNG.normal(size=shape).astype(dtype)


@pytest.fixture
def targets(native, monkeypatch):
    """The kernels that programs are compiled with while a test runs."""
    made = []
    for module in (matmul, convolution):
        def call(target, *args, original=module.call, **kwargs):
            made.append(target)
            return original(target, *args, **kwargs)

        monkeypatch.setattr(module, "call", call)
    return made


@pytest.mark.parametrize(("turn_a", "turn_b"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 7, 1), (3, 1, 5), (17, 33, 9), (100, 784, 10), (784, 100, 10),
                                   (129, 257, 65), (1, 300, 200), (300, 200, 1), (333, 129, 515)], ids=str)
def test_matrices(dtype, shape, turn_a, turn_b):
    rows, inner, columns = shape
    a, b, bias = normal(rows, inner, dtype=dtype), normal(inner, columns, dtype=dtype), normal(columns, dtype=dtype)
    run = compiled(lambda a, b, bias: (matmul.product(a, b, bias=bias, transpose_a=turn_a, transpose_b=turn_b),))
    args = (a.T.copy() if turn_a else a, b.T.copy() if turn_b else b, bias)
    (found,), (again,) = run(*args), run(*args)
    wide = [x.astype(np.float64) for x in (a, b, bias)]
    exact = wide[0] @ wide[1] + wide[2]
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, again)
    # The result may be zeros, and the bias may take the sum near zero: it is compared with the size of what is summed.
    error = np.linalg.norm(np.asarray(found, np.float64) - np.maximum(exact, 0))
    assert error < TOLERANCE[dtype.name] * np.linalg.norm(abs(wide[0] @ wide[1]) + abs(wide[2]))


@pytest.mark.parametrize(("x", "y"), [((5, 3, 4), (5, 4, 2)), ((2, 3, 64, 32), (2, 3, 32, 48)), ((1, 3, 4), (7, 4, 5)),
                                      ((6, 2, 9, 8), (8, 3)), ((64, 40, 50), (64, 50, 60))])
def test_batches(dtype, x, y):
    x, y, bias = normal(*x, dtype=dtype), normal(*y, dtype=dtype), normal(y[-1], dtype=dtype)
    (found,) = compiled(lambda x, y, bias: (matmul.product(x, y, bias=bias),))(x, y, bias)
    exact = np.maximum(x.astype(np.float64) @ y.astype(np.float64) + bias.astype(np.float64), 0)
    assert relative(found, exact) < TOLERANCE[dtype.name]


@pytest.mark.parametrize("rank", [2, 3])
def test_programs_with_their_gradients(dtype, targets, rank):
    x, w, b = normal(8, 16, 96, dtype=dtype), normal(96, 80, dtype=dtype), normal(1, 80, dtype=dtype)
    x, b = (x, b) if rank == 3 else (x.reshape(-1, 96), b[0])
    x[(0,) * rank], b[..., 3] = np.nan, -1e6
    with v1.Graph().as_default(), v1.Session() as session:
        held, weights, bias = (v1.placeholder(dtype, a.shape) for a in (x, w, b))
        y = v1.nn.relu(bias + v1.matmul(held, weights))
        fetches = [y, *v1.gradients(y, [held, weights, bias])]
        found, again = (session.run(fetches, {held: x, weights: w, bias: b}) for _ in range(2))
    assert targets.count("hornbeam_matmul_relu") == 1
    wide_x, wide_w, wide_b = (a.astype(np.float64) for a in (x, w, b))
    z = wide_x @ wide_w + wide_b
    dz = (np.asarray(found[0], np.float32) > 0).astype(np.float64)  # rounding may move a sum to or from 0
    flat_x, flat_dz = wide_x.reshape(-1, 96), dz.reshape(-1, 80)
    expected = [np.where(z <= 0, 0, z), dz @ wide_w.T, flat_x.T @ flat_dz, flat_dz.sum(0).reshape(b.shape)]
    for one, other, exact in zip(found, again, expected, strict=True):
        one, other = (np.asarray(a, np.float64) for a in (one, other))
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(np.isnan(one), np.isnan(exact))
        assert relative(np.nan_to_num(one), np.nan_to_num(exact)) < TOLERANCE[dtype.name]
    assert not np.asarray(found[0], np.float32)[-1, ..., 3].any()


def test_layers_fuse_where_it_pays(targets, monkeypatch):
    monkeypatch.delenv("HORNBEAM_KERNELS")
    layer = tf.keras.layers.Dense(256, activation="relu", bias_initializer="ones")
    x = normal(64, 512)
    found = tf.function(lambda x: layer(x))(tf.constant(x)).numpy()
    assert targets == ["hornbeam_matmul_relu"]
    assert relative(found, np.maximum(x @ layer.kernel.numpy() + 1, 0)) < 1e-5


def test_what_is_no_bias_is_not_fused(targets):
    x, w, row = normal(64, 128), normal(128, 64), normal(64)

    @tf.function
    def run(x):
        y, z = tf.matmul(x, w), tf.matmul(x, w) + row
        by_rows = tf.nn.relu(y + row[:, None])
        return by_rows, tf.nn.relu(z), tf.reduce_sum(z), tf.nn.relu(tf.matmul(x, w) + tf.matmul(x, w))

    found = [r.numpy() for r in run(tf.constant(x))]
    assert set(targets) == {"hornbeam_matmul"}
    y = x @ w
    for one, exact in zip(found, (y + row[:, None], y + row, None, 2 * y), strict=True):
        if exact is not None:
            assert relative(one, np.maximum(exact, 0)) < 1e-5


def test_a_bias_of_another_dimension_is_not_fused(targets):
    x, w, b = normal(4, 16, 16, 16), normal(3, 3, 16, 16), normal(16)
    run = tf.function(lambda x: tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, 1, "SAME"), b, "NCHW")))
    found = run(tf.constant(x)).numpy()
    assert targets == ["hornbeam_convolution"]
    plain = tf.nn.conv2d(x, w, 1, "SAME").numpy()
    assert relative(found, np.maximum(plain + b[:, None, None], 0)) < 1e-5
