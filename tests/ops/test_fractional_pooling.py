"""Fractional pooling against its definition in NumPy, with the windows that were drawn."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

VALUE = np.random.default_rng(0).normal(size=(2, 9, 7, 3)).astype(np.float32)


def pooled(x: np.ndarray, rows: Any, columns: Any, overlapping: bool, how: Any) -> np.ndarray:
    more = int(overlapping)
    return np.array([[[how(image[a:b + more, c:d + more], axis=(0, 1)) for c, d in itertools.pairwise(columns)]
                      for a, b in itertools.pairwise(rows)] for image in x])


@pytest.mark.parametrize("overlapping", [False, True])
@pytest.mark.parametrize("pseudo_random", [False, True])
@pytest.mark.parametrize(("name", "how"), [("fractional_max_pool", np.max), ("fractional_avg_pool", np.mean)])
def test_windows_are_pooled(name: str, how: Any, pseudo_random: bool, overlapping: bool) -> None:
    found, rows, columns = getattr(hb.nn, name)(VALUE, [1, 1.44, 1.73, 1], pseudo_random, overlapping)
    assert found.shape.as_list() == [2, 6, 4, 3]
    for edges, size in ((rows.numpy(), 9), (columns.numpy(), 7)):
        assert edges.dtype == np.int64
        assert (edges[0], edges[-1]) == (0, size)
        assert set(np.diff(edges).tolist()) <= {1, 2}
    np.testing.assert_allclose(found.numpy(), pooled(VALUE, rows.numpy(), columns.numpy(), overlapping, how), rtol=1e-5,
                               atol=1e-6)


@pytest.mark.parametrize("name", ["fractional_max_pool", "fractional_avg_pool"])
def test_gradients_go_to_the_windows(name: str) -> None:
    x = hb.Variable(VALUE.astype(np.float64))
    weights = np.random.default_rng(1).normal(size=(2, 4, 3, 3))
    with hb.GradientTape() as tape:
        found, rows, columns = getattr(hb.nn, name)(x, 2.0, overlapping=True)
        total = hb.reduce_sum(found * weights)
    how = np.max if "max" in name else np.mean
    gradient = tape.gradient(total, x).numpy()
    step = np.random.default_rng(2).normal(size=VALUE.shape) * 1e-6
    change = sum(sign * (pooled(x.numpy() + sign * step, rows.numpy(), columns.numpy(), True, how) * weights).sum()
                 for sign in (1, -1)) / 2
    assert (gradient * step).sum() == pytest.approx(change, rel=1e-4)


def test_the_gradient_of_means_is_tensorflows() -> None:
    dy = np.arange(4, dtype=np.float32).reshape(1, 2, 2, 1)
    found = hb.raw_ops.FractionalAvgPoolGrad(
        orig_input_tensor_shape=np.array([1, 3, 3, 1]), out_backprop=dy, row_pooling_sequence=np.array([0, 2, 3]),
        col_pooling_sequence=np.array([0, 1, 3]), overlapping=False)
    assert found.numpy()[0, :, :, 0].tolist() == [[0, 0.25, 0.25], [0, 0.25, 0.25], [2, 1.5, 1.5]]


def test_seeds_fix_the_windows() -> None:
    ratio = [1, 1.4, 1.4, 1]
    with tf.Graph().as_default(), tf.Session() as session:
        fixed = tf.nn.fractional_max_pool(tf.constant(VALUE), ratio, deterministic=True, seed=3, seed2=4)[1]
        free = tf.nn.fractional_max_pool(tf.constant(VALUE), ratio)[1]
        found = [session.run([fixed, free]) for _ in range(20)]
    assert len({tuple(f.tolist()) for f, _ in found}) == 1
    assert len({tuple(f.tolist()) for _, f in found}) > 1
    again = [hb.nn.fractional_max_pool(VALUE, ratio, seed=7)[0].numpy() for _ in range(2)]
    assert (again[0] == again[1]).all()
    assert len({tuple(hb.nn.fractional_max_pool(VALUE, ratio, seed=k)[1].numpy().tolist()) for k in range(1, 9)}) > 1


@pytest.mark.parametrize(("ratio", "message"), [
    ([1, 0.5, 1.7, 1], "should be >= 1.0"), ([1, 2, 1.7], "length 1, 2 or 4"),
    ([2, 2, 2, 1], "first and last elements with value 1.0")])
def test_ratios_that_are_refused(ratio: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        hb.nn.fractional_max_pool(VALUE, ratio)
