"""Sums over rows in bfloat16 against float64."""

import numpy as np
import pytest
from tests.kernels.conftest import check

from hornbeam.graph import dtypes
from hornbeam.kernels import selection
from hornbeam.ops.reduce import sum_op

BFLOAT16 = dtypes.bfloat16.np_dtype


@pytest.fixture(autouse=True)
def halves(native):
    if not selection.computes_in(BFLOAT16):
        pytest.skip("the processor does not compute in bfloat16")


@pytest.mark.parametrize("keep_dims", [False, True])
@pytest.mark.parametrize(("shape", "axes"), [((2048, 64), [0]), ((33, 31, 65), [0, 1]), ((16, 128, 4, 64), [1, 0]),
                                             ((60_001, 9), [-2])])
def test_sums_over_rows(shape, axes, keep_dims):
    x = np.random.default_rng(0).normal(size=shape).astype(BFLOAT16) + BFLOAT16.type(1)
    check(sum_op, (x, np.asarray(axes, np.int32)), {"keep_dims": keep_dims})


@pytest.mark.parametrize(("shape", "axes", "dtype"), [((2048, 64), [1], BFLOAT16), ((2048, 64), [0, 1], BFLOAT16),
                                                      ((8, 64), [0], BFLOAT16), ((2048, 64), [0], np.float32),
                                                      ((2048, 64), [], BFLOAT16)])
def test_other_sums_are_left_to_xla(shape, axes, dtype):
    args = [np.ones(shape, dtype), np.asarray(axes, np.int32)]
    assert sum_op.compiles_to(args, sum_op.defaults) is sum_op.function
