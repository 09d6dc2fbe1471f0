"""Products of matrices through oneDNN against XLA's, over shapes, transposes and batches."""

from typing import Any

import numpy as np
import pytest
from tests.kernels.conftest import check

from hornbeam.graph import dtypes
from hornbeam.kernels import matmul, selection
from hornbeam.ops.matmul import batch_matmul, batch_matmul_v1, batch_matmul_v3, matmul_op

RNG = np.random.default_rng(3)
SHAPES = [(1, 1, 1), (1, 7, 1), (3, 1, 5), (2, 3, 4), (17, 33, 9), (64, 64, 64), (100, 784, 10), (784, 100, 10),
          (129, 257, 65), (1, 300, 200), (300, 200, 1), (333, 129, 515)]


def normal(*shape, dtype: Any = np.float32):
    return RNG.normal(size=shape).astype(dtype)


@pytest.mark.parametrize(("turn_a", "turn_b"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_matrices(dtype, shape, turn_a, turn_b):
    rows, inner, columns = shape
    a, b = normal(rows, inner, dtype=dtype), normal(inner, columns, dtype=dtype)
    check(matmul_op, (a.T.copy() if turn_a else a, b.T.copy() if turn_b else b),
          {"transpose_a": turn_a, "transpose_b": turn_b})


@pytest.mark.parametrize(("rows", "inner"), [(32, 1), (33, 7), (784, 100), (63, 1024), (40, 1025), (5000, 40)])
def test_few_columns(dtype, rows, inner):
    for columns in (1, 2, 3, 9, 10, 14, 15):
        check(matmul_op, (normal(inner, rows, dtype=dtype), normal(inner, columns, dtype=dtype)), {"transpose_a": True})


@pytest.mark.parametrize(("turn_x", "turn_y"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize(("x", "y"), [((5, 3, 4), (5, 4, 2)), ((2, 3, 64, 32), (2, 3, 32, 48)), ((1, 3, 4), (7, 4, 5)),
                                      ((6, 2, 9, 8), (8, 3)), ((9, 8), (3, 8, 4)), ((2, 1, 3, 4), (1, 1, 4, 4)),
                                      ((64, 40, 50), (64, 50, 60)), ((1, 1), (2, 1, 1)), ((3, 1, 5), (3, 5, 1))])
def test_batches(dtype, x, y, turn_x, turn_y):
    x, y = normal(*x, dtype=dtype), normal(*y, dtype=dtype)
    args = (np.swapaxes(x, -1, -2).copy() if turn_x else x, np.swapaxes(y, -1, -2).copy() if turn_y else y)
    attrs = {"adj_x": turn_x, "adj_y": turn_y}
    check(batch_matmul, args, attrs)
    check(batch_matmul_v3, args, attrs | {"Tout": dtypes.as_dtype(dtype)})
    if x.shape[:-2] == y.shape[:-2]:
        check(batch_matmul_v1, args, attrs)


@pytest.mark.parametrize(("a", "b"), [((0, 3), (3, 2)), ((2, 0), (0, 2)), ((2, 3), (3, 0))])
def test_empty_matrices_are_left_to_xla(dtype, a, b):
    args = [normal(*a, dtype=dtype), normal(*b, dtype=dtype)]
    assert matmul_op.compiles_to(args, matmul_op.defaults) is matmul_op.function


def test_other_dtypes_and_mixed_batches_are_left_to_xla(native):
    wide = np.ones((4, 4))
    assert matmul_op.compiles_to([wide, wide], matmul_op.defaults) is matmul_op.function
    half = dtypes.bfloat16.np_dtype
    args = [normal(4, 4, dtype=half), normal(4, 4, dtype=half)]
    assert batch_matmul_v3.compiles_to(args, {**batch_matmul_v3.defaults, "Tout": dtypes.float32}) \
        is batch_matmul_v3.function
    args = [normal(2, 1, 3, 4), normal(1, 5, 4, 3)]
    assert batch_matmul.compiles_to(args, batch_matmul.defaults) is batch_matmul.function


def test_what_is_not_finite_stays_so(dtype):
    a, b = normal(40, 30, dtype=dtype), normal(30, 20, dtype=dtype)
    a[3, 4], a[5, 6], b[7, 8] = np.nan, np.inf, -np.inf
    found = np.asarray(matmul.product(a, b), np.float32)
    with np.errstate(invalid="ignore"):
        expected = a.astype(np.float32) @ b.astype(np.float32)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_array_equal(np.isposinf(found), np.isposinf(expected))
    np.testing.assert_array_equal(np.isneginf(found), np.isneginf(expected))


def test_the_rule_takes_products_of_many_rows(native, monkeypatch):
    monkeypatch.delenv("HORNBEAM_KERNELS")
    x, g = normal(100, 784), normal(100, 10)
    turned = {"transpose_a": True, "transpose_b": False}
    assert matmul_op.compiles_to([x, g], turned) is matmul.product
    assert matmul_op.compiles_to([normal(4, 5), normal(4, 6)], turned) is matmul_op.function
    assert matmul_op.compiles_to([normal(256, 256), normal(256, 256)], matmul_op.defaults) is matmul_op.function
    if selection.computes_in(dtypes.bfloat16.np_dtype):
        x, g, few = (normal(*dims, dtype=dtypes.bfloat16.np_dtype) for dims in ((256, 64), (64, 32), (64, 2)))
        assert matmul_op.compiles_to([x, g], matmul_op.defaults) is matmul.product
        assert matmul_op.compiles_to([x, few], matmul_op.defaults) is matmul_op.function
