"""Sums over rows against float64."""

import numpy as np
import pytest
from tests.kernels.conftest import check

from hornbeam.graph import dtypes
from hornbeam.kernels import selection
from hornbeam.ops.nn import bias_add_grad
from hornbeam.ops.reduce import sum_op
from hornbeam.ops.shaping import sum_like

BFLOAT16 = dtypes.bfloat16.np_dtype
SHAPES = [((2048, 64), [0]), ((33, 31, 205), [0, 1]), ((300, 2, 513), [0, 1]), ((16, 1000, 15), [0, 1]),
          ((16, 128, 4, 64), [1, 0]), ((60_001, 9), [-2])]


@pytest.fixture(autouse=True)
def kernels(native):
    """They are there."""


@pytest.fixture(params=["float32", "bfloat16"])
def kind(request):
    if request.param == "bfloat16" and not selection.computes_in(BFLOAT16):
        pytest.skip("the processor does not compute in bfloat16")
    return dtypes.as_dtype(request.param).np_dtype


def around_one(shape, kind):
    return np.random.default_rng(0).normal(size=shape).astype(kind) + kind.type(1)


@pytest.mark.parametrize("keep_dims", [False, True])
@pytest.mark.parametrize(("shape", "axes"), SHAPES)
def test_sums_over_rows(shape, axes, keep_dims, kind):
    if kind == np.float32 and len(axes) == 1:
        pytest.skip("XLA's own")
    check(sum_op, (around_one(shape, kind), np.asarray(axes, np.int32)), {"keep_dims": keep_dims})


def test_gradients_of_biases(kind):
    x = around_one((9, 128, 4, 64), kind)
    check(bias_add_grad, (x,), {})
    for like in (x[0, 0, 0], x[0, 0]):
        check(sum_like, (x, like), {})


@pytest.mark.parametrize(("shape", "axes", "kind"), [
    ((2048, 64), [1], BFLOAT16), ((2048, 64), [0, 1], BFLOAT16), ((8, 64), [0], BFLOAT16), ((2048, 64), [], BFLOAT16),
    ((2048, 64), [0], np.float32), ((256, 16, 64), [0, 2], np.float32), ((256, 16, 64), [0, 1, 2], np.float32),
    ((2, 2, 64), [0, 1], np.float32)])
def test_other_sums_are_left_to_xla(shape, axes, kind):
    args = [np.ones(shape, kind), np.asarray(axes, np.int32)]
    assert sum_op.compiles_to(args, sum_op.defaults) is sum_op.function


def test_other_gradients_are_left_to_xla():
    x = np.ones((256, 16, 64), np.float32)
    assert bias_add_grad.compiles_to([x], {"data_format": "NCHW"}) is bias_add_grad.function
    for like in (x[:, :1], x[0, 0, 0], x):
        assert sum_like.compiles_to([x, like], {}) is sum_like.function
