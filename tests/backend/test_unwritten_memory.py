"""Compiled programs read no memory that they have not written, whatever the runs before left in it."""

from __future__ import annotations

import numpy as np

from hornbeam.backend.compiler import compiled
from hornbeam.backend.lazy import jnp


def test_the_sum_of_a_product_by_a_constant_matrix() -> None:
    leaves = compiled(lambda x: (((x @ x @ x + x) * x).sum(),))
    total = compiled(lambda x: (((jnp.zeros((200, 300), jnp.float32) + x) @ jnp.ones((300, 300), jnp.float32)).sum(),))
    for size in (100, 200, 300, 333, 500):
        leaves(np.full((size, size), np.nan, np.float32))
        assert float(total(np.ones((1, 1), np.float32))[0]) == 200 * 300 * 300
