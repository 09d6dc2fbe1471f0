"""Permutations that a seed alone determines: of one index among many, and of the rows of a tensor.

`RandomIndexShuffle` enciphers an index with Simon (Beaulieu et al. 2013) on the smallest even number of bits, 16 at
least, that holds `max_index`, again for as long as the result is larger than that: so it is a permutation of
0 … max_index, of which any part can be had without the rest. The values are TensorFlow's, except where `max_index` is
an even power of two from 2¹⁶ on: there TensorFlow takes one bit too few and gives two indices the same place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.op import registry as ops
from hornbeam.ops import array, rules, stateless_random
from hornbeam.ops.sorting import argsort

MOST_ROUNDS = 64
"""Each round of the cipher is part of the compiled program; a few are enough to mix."""

_INDEX = (dtypes.int32, dtypes.uint32, dtypes.int64, dtypes.uint64)


def _seeds_of(seed: Any) -> tuple[int, ...]:
    """The leading dimensions of a seed: none, or one."""
    if seed is None:
        return ()
    if len(seed) not in (1, 2) or seed[-1] not in (3, None):
        raise ShapeFault(f"Seed must be a vector of size [3] or a matrix of size [1, 3] but got {rules.text(seed)}.")
    return tuple(seed[:-1])


@op("RandomIndexShuffle", inputs="index: dtype, seed: Tseed, max_index: dtype", dtype=_INDEX, Tseed=_INDEX,
    differentiable=never("integer result"), samples=lambda rng: [
        ((np.arange(5), np.array([1, 2, 3]), np.array(4)), {}), ((np.array(3), np.array([1, 2, 3]), np.array(9)), {})])
def random_index_shuffle_op(index, seed, max_index, *, rounds: int = 4):
    """Where a permutation of 0 … `max_index` puts `index`: scalars, or vectors beside seeds [n, 3]."""
    if not 1 <= rounds <= MOST_ROUNDS:
        raise ShapeFault(f"rounds must be from 1 to {MOST_ROUNDS}, got {rounds}")
    _seeds_of(jnp.shape(seed))
    index, last, seed = (jnp.asarray(v) for v in (index, max_index, seed))
    dims = jnp.broadcast_shapes(index.shape, last.shape, seed.shape[:-1])
    most = jnp.broadcast_to(last, dims).astype(jnp.uint64)
    half = jnp.maximum(sum((most >> jnp.uint64(2 * k) != 0).astype(jnp.uint64) for k in range(32)), jnp.uint64(8))
    keys = _round_keys([jnp.broadcast_to(seed[..., i], dims).astype(jnp.uint64) for i in range(3)], half,
                       max(rounds + rounds % 2, 4))

    def enciphered(value: Any) -> Any:
        x, y = value & _ones(half), value >> half
        for key in keys:
            turned = _rotated(x, 1, half) & _rotated(x, 8, half)
            x, y = y ^ turned ^ _rotated(x, 2, half) ^ key, x
        return (y << half) | x

    # From within 0 … max_index the walk comes back there; an index outside is refused by the check below.
    first = enciphered(jnp.minimum(jnp.broadcast_to(index, dims).astype(jnp.uint64), most))
    found = lax.while_loop(lambda value: jnp.any(value > most),
                           lambda value: jnp.where(value > most, enciphered(value), value), first)
    return found.astype(index.dtype)


_ROUND_BITS = "10101111011100000011010010011000101000010001111110010110110011"
"""The sequence z₂ of the paper: one bit goes into each round's key."""


def _ones(bits: Any) -> Any:
    return (jnp.uint64(1) << bits) - jnp.uint64(1)


def _rotated(word: Any, left: Any, bits: Any) -> Any:
    """A word of so many bits, turned to the left by less than that, or by that."""
    left = jnp.uint64(left) if isinstance(left, int) else left
    return ((word << left) | (word >> (bits - left))) & _ones(bits)


def _round_keys(words: list[Any], bits: Any, rounds: int) -> list[Any]:
    """The keys of all rounds from three key words, as the paper expands them."""
    keys = [word & _ones(bits) for word in words]
    for number in range(rounds - 3):
        last = keys[-1]
        mixed = _rotated(last, bits - jnp.uint64(3), bits) ^ _rotated(last, bits - jnp.uint64(4), bits)
        constant = _ones(bits) - jnp.uint64(3 - int(_ROUND_BITS[number % 62]))
        keys.append(constant ^ keys[number] ^ mixed)
    return keys


@random_index_shuffle_op.shape
def _(inputs, attrs):
    index, seed, last = (i.dims for i in inputs)
    _seeds_of(seed)
    parts = [index, last, None if seed is None else seed[:-1]]
    if any(p is None for p in parts):
        return [(None, inputs[0].dtype)]
    longest = max(parts, key=lambda p: len(p or ()))
    return [(longest, inputs[0].dtype)]


@random_index_shuffle_op.check
def _(index, seed, max_index, *, rounds):
    index, last = jnp.asarray(index), jnp.asarray(max_index)
    wrong = ((index > last) | (index < 0)).reshape(-1)
    if not wrong.size:
        return jnp.asarray(False), []
    dims = jnp.broadcast_shapes(index.shape, last.shape)
    place = jnp.argmax(wrong)
    return jnp.any(wrong), [jnp.broadcast_to(v, dims).reshape(-1)[place] for v in (index, last)]


@random_index_shuffle_op.message
def _(numbers, inputs, attrs):
    index, last = int(numbers[0]), int(numbers[1])
    return (f"index must be >= 0 but was {index}" if index < 0
            else f"max_index must be >= index, but {last} < {index}")


@public("random_index_shuffle")
def random_index_shuffle(index: Any, seed: Any, max_index: Any, rounds: int = 4, name: str | None = None) -> Any:
    """Where a permutation of 0 … `max_index`, determined by `seed`, puts `index`.

    index, max_index: integers or vectors of them. seed: [3] or [n, 3] integers. rounds: of the cipher, at most 64.
    Raises InvalidArgumentError for an index outside of 0 … `max_index`.

    >>> sorted(random_index_shuffle(np.arange(5), [1, 2, 3], 4).numpy().tolist())
    [0, 1, 2, 3, 4]
    """
    return random_index_shuffle_op(index, seed, max_index, rounds=rounds, name=name)


@public("random.experimental.index_shuffle")
def index_shuffle(index: Any, seed: Any, max_index: Any) -> Any:
    """Where a permutation of 0 … `max_index`, determined by `seed`, puts `index`: a shuffle without its memory.

    index, max_index: integers or vectors of them. seed: [2] or [n, 2] integers.
    Raises InvalidArgumentError for an index outside of 0 … `max_index`.
    """
    made = array.convert(seed)
    last = made.shape.rank - 1 if made.shape.rank else 0
    widened = ops["Pad"](made, [[0, 0]] * last + [[1, 0]])
    return random_index_shuffle_op(index, widened, max_index)


@public("random.experimental.stateless_shuffle")
@composite("stateless_shuffle")
def stateless_shuffle(value: Any, seed: Any, alg: Any = "auto_select", name: str | None = None) -> Any:
    """The rows of `value` in an order that `seed` (two integers) determines.

    alg: accepted as `stateless_uniform` accepts it. Gradients flow back to the rows.
    """
    stateless_random.check_algorithm(alg)
    value = array.convert(value)
    if value.shape.rank == 0:
        return value
    keys = stateless_random.stateless_uniform([array.shape_op(value)[0]], seed, None, None, dtypes.int64)
    return ops["GatherV2"](value, argsort(keys), 0)
