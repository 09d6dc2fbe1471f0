"""Estimated work: what decides whether a program is interpreted or compiled."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from hornbeam.backend.work import UNBOUNDED_LOOP, estimated_work


def work(function, *shapes) -> int:
    return estimated_work(jax.make_jaxpr(function)(*[jax.ShapeDtypeStruct(s, jnp.float32) for s in shapes]))


@pytest.mark.parametrize(
    ("function", "shapes", "least", "most"),
    [
        (jnp.add, [(10, 10), (10, 10)], 100, 100),
        (jnp.exp, [(10, 10)], 800, 800),
        (lambda x: x[:1], [(1000,)], 0, 10),
        (lambda x: jnp.sum(x), [(10, 10)], 100, 100),
        (lambda x: jnp.take(x, np.array([1, 2]), 0), [(1000, 4)], 8, 100),
        (jnp.matmul, [(10, 20), (20, 30)], 12000, 12000),
        (lambda x, y: jnp.einsum("bij,bjk->bik", x, y), [(5, 2, 3), (5, 3, 4)], 240, 300),
        (lambda x, k: lax.conv_general_dilated(x, k, (1, 1), "SAME"), [(1, 3, 8, 8), (4, 3, 2, 2)], 6144, 6144),
        (
            lambda x: lax.reduce_window(x, np.float32(-np.inf), lax.max, (2, 2), (1, 1), "VALID"),
            [(5, 5)],
            64,
            64,
        ),
        (jnp.sort, [(1000,)], 10_000, 40_000),
        (lambda x: lax.scan(lambda c, y: (c + y, c), 0.0, x)[1], [(50,)], 50, 100),
        (jax.jit(jax.jit(jnp.add)), [(10,), (10,)], 10, 10),
        (jax.nn.relu, [(10,)], 10, 20),
        (lambda x: lax.cond(x[0] > 0, jnp.exp, jnp.negative, x), [(100,)], 800, 810),
        (lambda x: lax.while_loop(lambda s: s < 5, lambda s: s + 1, x), [()], UNBOUNDED_LOOP, UNBOUNDED_LOOP),
        (jnp.linalg.cholesky, [(20, 20)], 8000, 200_000),
        (lambda x: lax.reduce(x, np.float32(1), lambda a, b: a * b + 1, (0,)), [(100,)], 100, 2000),
        (lambda x: x, [(100,)], 0, 0),
    ],
)
def test_estimate(function, shapes, least, most):
    assert least <= work(function, *shapes) <= most


def test_estimate_follows_from_shapes():
    assert work(jax.nn.softmax, (10, 10)) == work(jax.nn.softmax, (10, 10))
    assert work(jax.nn.softmax, (100, 10)) > 5 * work(jax.nn.softmax, (10, 10))
