"""Batch normalisation in training against float64, with its gradient."""

import numpy as np
import pytest
from tests.kernels.conftest import TOLERANCE, relative

from hornbeam.backend.compiler import compiled
from hornbeam.backend.x64 import x64
from hornbeam.kernels import normalization
from hornbeam.ops.normalization import batch_norm_gradients, batch_norms

EPSILON = 1e-3
SHAPES = [(3, 5, 7, 16), (2, 3, 3, 1), (1, 1, 1, 5), (4, 9, 9, 33), (33, 8, 8, 64), (1, 1, 1000, 3), (2, 2, 2, 300),
          (1, 1, 1, 1)]


def run(kernel, *args, **attrs):
    """What a kernel gives, twice the same bits."""
    with x64():
        program = compiled(lambda *arrays: tuple(kernel(*arrays, **attrs)))
        once, again = ([np.asarray(v) for v in program(*args)] for _ in range(2))
    assert [a.tobytes() for a in once] == [a.tobytes() for a in again]
    return once


def numbers(shape, dtype):
    rng = np.random.default_rng(3)
    x, dy = ((3 + 2 * rng.normal(size=shape)).astype(dtype) for _ in range(2))
    scale, offset = (rng.uniform(0.5, 2, shape[-1]).astype(np.float32) for _ in range(2))
    return x, dy, scale, offset


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("version", [0, 1, 2])
def test_forward(shape, version, dtype):
    if version == 0 and dtype != np.float32:
        pytest.skip("float32 alone")
    op = batch_norms[version]
    x, _, scale, offset = numbers(shape, dtype)
    none = np.zeros(0, np.float32)
    attrs = {**op.defaults, "epsilon": EPSILON}
    kernel = op.compiles_to([x, scale, offset, none, none], attrs)
    assert kernel is not op.function
    y, mean, kept, *used = run(kernel, x, scale, offset, none, none, **attrs)
    wide = x.astype(np.float64)
    middle, variance = wide.mean((0, 1, 2)), wide.var((0, 1, 2))
    assert relative(y, (wide - middle) / np.sqrt(variance + EPSILON) * scale + offset) < TOLERANCE[x.dtype.name]
    assert y.dtype == x.dtype
    assert relative(mean, middle) < 1e-6
    assert relative(used[0], middle) < 1e-6
    assert relative(used[1], variance) < 1e-5
    count = x.size // shape[-1]
    assert relative(kept, variance * count / max(count - 1, 1)) < 1e-5
    assert len(used) == (3 if version == 2 else 2)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient(shape, dtype):
    op = batch_norm_gradients[2]
    x, dy, scale, _ = numbers(shape, dtype)
    wide = x.astype(np.float64)
    mean, variance = (f((0, 1, 2)).astype(np.float32) for f in (wide.mean, wide.var))
    attrs = {**op.defaults, "epsilon": EPSILON}
    args = [dy, x, scale, mean, variance, np.zeros((), np.float32)]
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function
    found = run(kernel, *args, **attrs)
    with x64():
        exact = [np.asarray(v) for v in op.function(*(v.astype(np.float64) for v in args), **attrs)]
    for v, expected in zip(found[:3], exact[:3], strict=True):
        scale_of = max(np.linalg.norm(expected), np.linalg.norm(dy.astype(np.float64)) * TOLERANCE[x.dtype.name])
        assert np.linalg.norm(v.astype(np.float64) - expected) < TOLERANCE[x.dtype.name] * scale_of
    assert found[0].dtype == x.dtype


def test_a_mean_far_from_zero_takes_nothing_from_the_variance(native):
    x = (np.random.default_rng(0).normal(size=(64, 8, 8, 16)) + 1000).astype(np.float32)
    one, zero = np.ones(16, np.float32), np.zeros(16, np.float32)
    *_, variance = run(normalization._forward, x, one, zero, epsilon=EPSILON)
    np.testing.assert_allclose(variance, x.astype(np.float64).var((0, 1, 2)), rtol=1e-5)


def test_nan_stays_in_its_channel(dtype):
    x = np.ones((2, 4, 4, 32), dtype)
    x[1, 2, 2, 17] = np.nan
    vectors = [np.ones(32, np.float32), np.zeros(32, np.float32)]
    y, *_ = run(normalization._forward, x, *vectors, epsilon=EPSILON)
    assert np.isnan(y[..., 17].astype(np.float32)).all()
    assert not np.isnan(np.delete(y, 17, axis=-1).astype(np.float32)).any()


def test_what_is_left_to_xla(native):
    op, vector = batch_norms[2], np.ones(16, np.float32)
    x = np.ones((2, 3, 3, 16), np.float32)
    for given, attrs in ((x.astype(np.float16), {}), (x[:0], {}), (x, {"is_training": False}),
                         (x.transpose(0, 3, 1, 2), {"data_format": "NCHW"}), (x, {"exponential_avg_factor": 0.5})):
        assert op.compiles_to([given, *[vector] * 4], {**op.defaults, **attrs}) is op.function
