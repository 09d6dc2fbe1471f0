"""Runs of element-wise lines over large arrays become one pass, with the same values."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from hornbeam.backend import interpret
from hornbeam.backend.interpret import numpy_program
from hornbeam.backend.numpy_primitives.blocks import BLOCK, LARGE

SIDE = 7 * BLOCK // 200


def several(x, y, scale):
    """Two results of one run, one of them used again after a line that is no part of it."""
    z = jnp.exp(x * scale) - y
    w = jnp.where(z > 0.5, z, -y)
    return w, z + jnp.sum(w), jnp.transpose(z) * 2 + 1


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, (100, SIDE)).astype("f4"), rng.uniform(-1, 1, (100, SIDE)).astype("f4"), np.float32(0.5)


def test_values_are_those_of_line_by_line(arrays, monkeypatch):
    assert arrays[0].size > LARGE
    traced = jax.make_jaxpr(several)(*arrays)
    in_blocks = numpy_program(traced)(*arrays)
    monkeypatch.setattr(interpret, "in_passes", lambda lines, *_: [line.text for line in lines])
    for found, expected in zip(in_blocks, numpy_program(traced)(*arrays), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
        assert found.shape == expected.shape


def test_a_run_becomes_one_pass(arrays, monkeypatch):
    sources = []
    original = interpret._function
    monkeypatch.setattr(interpret, "_function", lambda source, cells: sources.append(source) or original(source, cells))
    numpy_program(jax.make_jaxpr(several)(*arrays))
    assert sources[0].count("def part(") >= 1
    numpy_program(jax.make_jaxpr(several)(*(a[:10, :10] if a.ndim else a for a in arrays)))
    assert "def part(" not in sources[1]


def test_arrays_that_do_not_lie_in_order(arrays):
    x, y, _ = arrays
    turned = np.asfortranarray(x)
    traced = jax.make_jaxpr(lambda x, y: (jnp.sin(x) + 1) * y)(x, y)
    np.testing.assert_array_equal(numpy_program(traced)(turned, y)[0], numpy_program(traced)(x, y)[0])
