"""Pooling and its gradients against float64, and the gradient of a ReLU before it."""

import numpy as np
import pytest
from tests.kernels.conftest import check

import hornbeam.v1 as v1
from hornbeam.backend.compiler import compiled
from hornbeam.kernels import pooling as kernels
from hornbeam.kernels import selection
from hornbeam.ops import pooling

RNG = np.random.default_rng(5)
IMAGES = [
    ((2, 7, 9, 5), (2, 2), (2, 2), "SAME"), ((3, 8, 8, 16), (2, 2), (2, 2), "VALID"),
    ((1, 1, 1, 1), (1, 1), (1, 1), "VALID"), ((1, 1, 1, 1), (3, 3), (2, 2), "SAME"),
    ((2, 11, 10, 33), (3, 3), (2, 2), "SAME"), ((2, 9, 7, 20), (3, 2), (1, 1), "SAME"),
    ((1, 12, 5, 48), (5, 3), (2, 1), "VALID"), ((2, 10, 10, 3), (2, 2), (3, 4), "VALID"),
    ((1, 6, 6, 130), (6, 6), (6, 6), "VALID"), ((33, 14, 14, 64), (2, 2), (2, 2), "SAME"),
    ((1, 40, 40, 64), (3, 3), (2, 2), "VALID"), ((2, 9, 9, 4), (9, 8), (1, 1), "SAME"),
]
VOLUMES = [
    ((2, 5, 6, 7, 3), (2, 2, 2), (2, 2, 2), "SAME"), ((1, 4, 4, 4, 18), (3, 2, 3), (1, 2, 2), "VALID"),
    ((1, 1, 1, 1, 1), (2, 2, 2), (2, 2, 2), "SAME"), ((2, 6, 9, 4, 32), (2, 3, 2), (3, 3, 3), "VALID"),
]
CASES = IMAGES + VOLUMES


def attributes(window, strides, padding):
    return {"ksize": (1, *window, 1), "strides": (1, *strides, 1), "padding": padding,
            "data_format": "NHWC" if len(window) == 2 else "NDHWC"}


def numbers(shape, dtype):
    """Numbers without order, some of them the same."""
    return RNG.integers(-40, 40, size=shape).astype(dtype) / 8


def op_of(name, shape):
    return getattr(pooling, f"{name}_pool{'3d' if len(shape) == 5 else ''}_op")


def gradient_of(name, shape):
    return getattr(pooling, f"{name}_pool{'3d' if len(shape) == 5 else ''}_grad_op")


def pooled(op, x, attrs):
    return np.asarray(op.function(x, **{**op.defaults, **attrs}), x.dtype)


@pytest.mark.parametrize(("shape", "window", "strides", "padding"), CASES, ids=str)
@pytest.mark.parametrize("name", ["max", "avg"])
def test_forward(name, shape, window, strides, padding, dtype):
    check(op_of(name, shape), [numbers(shape, dtype)], attributes(window, strides, padding))


@pytest.mark.parametrize(("shape", "window", "strides", "padding"), CASES, ids=str)
@pytest.mark.parametrize("name", ["max", "avg"])
def test_gradient(name, shape, window, strides, padding, dtype):
    attrs, x = attributes(window, strides, padding), numbers(shape, dtype)
    y = pooled(op_of(name, shape), x, attrs)
    dy = numbers(y.shape, dtype)
    args = [x, y, dy] if name == "max" else [np.array(shape, np.int32), dy]
    check(gradient_of(name, shape), args, attrs)


@pytest.mark.parametrize("pads", [(1, 0, 0, 2), (3, 2, 1, 1), (0, 2, 2, 3)])
def test_explicit_padding(pads, dtype):
    """Windows that lie in the padding have no maximum: -∞."""
    attrs = {**attributes((2, 3), (1, 2), "EXPLICIT"), "explicit_paddings": (0, 0, *pads, 0, 0)}
    x = numbers((2, 5, 6, 17), dtype)
    y = pooled(pooling.max_pool_op, x, attrs)
    found = run(pooling.max_pool_op, [x], attrs)
    np.testing.assert_array_equal(found, y)
    check(pooling.max_pool_grad_op, [x, y, numbers(y.shape, dtype)], attrs)


def run(op, args, attrs):
    attrs = {**op.defaults, **attrs}
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function
    (found,) = compiled(lambda *arrays: (kernel(*arrays, **attrs),))(*args)
    return np.asarray(found)


def test_all_lowest_and_not_a_number(dtype):
    """A window of -∞ has that maximum, one with a NaN is NaN and has no gradient; the first of equals has it all."""
    attrs = attributes((2, 2), (2, 2), "VALID")
    x = np.zeros((1, 2, 6, 17), dtype)
    x[:, :, :2] = -np.inf
    x[0, 1, 2, 4] = x[0, 0, 3, 6] = np.nan
    y = run(pooling.max_pool_op, [x], attrs)
    expected = np.zeros((1, 1, 3, 17), dtype)
    expected[:, :, 0], expected[0, 0, 1, [4, 6]] = -np.inf, np.nan
    np.testing.assert_array_equal(y.astype(np.float32), expected.astype(np.float32))
    dx = run(pooling.max_pool_grad_op, [x, y, np.ones_like(y)], attrs)
    expected = np.zeros_like(x)
    expected[:, 0, ::2] = 1
    expected[0, 0, 2, [4, 6]] = 0
    np.testing.assert_array_equal(dx, expected)


def test_what_is_left_to_xla(native, monkeypatch):
    x = np.ones((8, 16, 16, 64), np.float32)
    attrs = {**pooling.max_pool_op.defaults, **attributes((2, 2), (2, 2), "SAME")}
    for changed in ({"data_format": "NCHW", "ksize": (1, 1, 2, 2), "strides": (1, 1, 2, 2)},
                    {"ksize": (1, 1, 1, 2), "strides": (1, 1, 1, 2), "padding": "VALID"}):
        assert pooling.max_pool_op.compiles_to([x], attrs | changed) is pooling.max_pool_op.function
    for other in (x.astype(np.float64), x.astype(np.int32), x[:0]):
        assert pooling.max_pool_op.compiles_to([other], attrs) is pooling.max_pool_op.function
    monkeypatch.delenv(selection.VARIABLE)
    assert pooling.max_pool_op.compiles_to([x], attrs) is not pooling.max_pool_op.function
    for small in (x[..., :8], x[:1]):
        assert pooling.max_pool_op.compiles_to([small], attrs) is pooling.max_pool_op.function


@pytest.mark.parametrize("rank", [4, 5])
def test_the_gradient_of_a_relu_before(dtype, native, monkeypatch, rank):
    """`x > 0` where x is the maximum is what the maximum says."""
    targets = []

    def call(target, *args, original=kernels.call, **kwargs):
        targets.append(target)
        return original(target, *args, **kwargs)

    monkeypatch.setattr(kernels, "call", call)
    shape = (2, 26, 27, 19) if rank == 4 else (2, 6, 17, 15, 19)
    values = numbers(shape, dtype)
    values[(0,) * rank] = np.nan
    pool = v1.nn.max_pool if rank == 4 else v1.nn.max_pool3d
    window = [1, *[3] * (rank - 2), 1], [1, *[2] * (rank - 2), 1], "SAME"

    def gradients():
        with v1.Graph().as_default(), v1.Session() as session:
            x = v1.placeholder(dtype, shape)
            features = v1.nn.relu(x)
            y = pool(features, *window)
            weights = v1.constant(np.arange(y.shape.num_elements()).reshape(y.shape.as_list()) % 7 - 3, dtype)
            return session.run(v1.gradients(y * weights, x), {x: values})[0]

    found = gradients()
    assert targets == ["hornbeam_max_pool", *["hornbeam_max_pool_gradient"] * 2]
    monkeypatch.setenv(selection.VARIABLE, "off")
    np.testing.assert_array_equal(found, gradients())


def test_a_relu_of_something_else(dtype, native):
    """A gradient that comes from elsewhere too is not that of the pooling alone."""
    values, found = numbers((2, 8, 8, 16), dtype), []
    for switch in ("native", "off"):
        with pytest.MonkeyPatch.context() as patch, v1.Graph().as_default(), v1.Session() as session:
            patch.setenv(selection.VARIABLE, switch)
            x = v1.placeholder(dtype, values.shape)
            features = v1.nn.relu(x)
            both = v1.nn.max_pool(features, 2, 2, "SAME"), v1.nn.max_pool(-features, 2, 2, "SAME")
            found.append(session.run(v1.gradients([*both, features], x), {x: values})[0])
    np.testing.assert_array_equal(*found)
