"""The generator of random bits in Hornbeam's programs: Threefry-2x32, whose values are JAX's, written out.

JAX has its twenty rounds as a loop on the CPU, over arrays as large as the draw. Written out they are one pass that XLA
fuses with what uses the bits: a draw of 65,536 numbers takes 0.13 ms instead of 0.4, and half the time to compile.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from hornbeam.backend.inlined import inlined
from hornbeam.backend.lazy import jax, jnp, lax

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
_COUNTABLE = 2**32


Words = Callable[[Any, int], Any]
"""`words(key, count)`: the first words of a key, uint32 [count]."""
_words: ContextVar[Words | None] = ContextVar("words", default=None)


@contextlib.contextmanager
def drawing(words: Words) -> Iterator[None]:
    """A context in which the bits of keys are computed by `words`."""
    before = _words.set(words)
    try:
        yield
    finally:
        _words.reset(before)


def key(words: Any) -> Any:
    """The key of two words, uint32 [..., 2]."""
    return jax.random.wrap_key_data(words, impl=generator(_words.get()))


def as_in_jax(key: Any) -> Any:
    """The same key for functions of `jax.random` that take JAX's own generator alone."""
    return jax.random.wrap_key_data(jax.random.key_data(key), impl="threefry2x32")


@functools.cache
def generator(words: Words | None = None) -> Any:
    """What JAX takes as `impl` of a key. words: what computes its bits; written out where it is None."""
    random = _extended_random()
    plain = random.threefry_prng_impl

    def bits(key: Any, bit_width: int, shape: tuple[int, ...]) -> Any:
        if math.prod(shape) >= _COUNTABLE or not jax.config.jax_threefry_partitionable:  # type: ignore[attr-defined]
            return plain.random_bits(key, bit_width, shape)
        if words is not None and bit_width <= 32:
            return words(key, math.prod(shape)).reshape(shape).astype(f"uint{bit_width}")
        with inlined():
            high, low = _mixed(key[0], key[1], jnp.zeros(shape, np.uint32), _numbers(shape))
            if bit_width == 64:
                return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)
            return (high ^ low).astype(f"uint{bit_width}")

    return random.define_prng_impl(key_shape=(2,), seed=plain.seed, split=plain.split, fold_in=plain.fold_in,
                                   random_bits=bits, name="hornbeam_threefry2x32" if words is None else words.__name__,
                                   tag="hb" if words is None else "hk")


def _extended_random() -> ModuleType:
    """`jax.extend.random`, read without its package, which loads Pallas: 40 ms in every program that draws."""
    file = Path(str(jax.__file__)).with_name("extend") / "random.py"
    spec = importlib.util.spec_from_file_location("hornbeam.backend.jax_extend_random", file)
    if "jax.extend" in sys.modules or spec is None or spec.loader is None or not file.exists():
        return importlib.import_module("jax.extend.random")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _numbers(shape: tuple[int, ...]) -> Any:
    """0, 1, … over `shape`, as uint32."""
    found, step = jnp.zeros(shape, np.uint32), 1
    for axis in reversed(range(len(shape))):
        found = found + lax.broadcasted_iota(np.uint32, shape, axis) * np.uint32(step)
        step *= shape[axis]
    return found


def _mixed(k0: Any, k1: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Twenty rounds on pairs of words."""
    keys = (k0, k1, k0 ^ k1 ^ np.uint32(_PARITY))
    a, b = a + k0, b + k1
    for block in range(5):
        for by in _ROTATIONS[block % 2]:
            a = a + b
            b = a ^ ((b << np.uint32(by)) | (b >> np.uint32(32 - by)))
        a = a + keys[(block + 1) % 3]
        b = b + keys[(block + 2) % 3] + np.uint32(block + 1)
    return a, b
