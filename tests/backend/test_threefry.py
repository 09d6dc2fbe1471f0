"""The written-out generator gives the bits of JAX's own, for every width, shape and way to run."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from hornbeam.backend import threefry
from hornbeam.backend.program import trace
from hornbeam.backend.x64 import x64

WORDS = np.array([5, 0xFFFFFFF0], np.uint32)


def theirs(words, shape, dtype):
    return jax.random.bits(jax.random.wrap_key_data(words, impl="threefry2x32"), shape, dtype)


def ours(words, shape, dtype):
    return jax.random.bits(threefry.key(words), shape, dtype)


@pytest.mark.parametrize("shape", [(), (0,), (7,), (3, 5, 2)])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64"])
def test_bits_are_those_of_jax(shape, dtype) -> None:
    with x64():
        wanted = np.asarray(theirs(jnp.asarray(WORDS), shape, dtype))
        found = jax.jit(ours, static_argnums=(1, 2))(jnp.asarray(WORDS), shape, dtype)
        program = trace(lambda words: (ours(words, shape, dtype),), [jax.ShapeDtypeStruct((2,), np.uint32)])
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(program.run_interpreted(WORDS)[0], wanted)
    assert found.dtype == wanted.dtype


def test_many_keys_at_once() -> None:
    words = jnp.asarray(np.arange(6, dtype=np.uint32).reshape(3, 2))
    found = jax.vmap(lambda w: jax.random.uniform(threefry.key(w), (4,)))(words)
    wanted = jax.vmap(lambda w: jax.random.uniform(jax.random.wrap_key_data(w, impl="threefry2x32"), (4,)))(words)
    np.testing.assert_array_equal(found, wanted)


def test_a_setting_of_the_process_is_followed() -> None:
    with jax.threefry_partitionable(False):
        np.testing.assert_array_equal(ours(jnp.asarray(WORDS), (9,), "uint32"), theirs(jnp.asarray(WORDS), (9,),
                                                                                      "uint32"))
