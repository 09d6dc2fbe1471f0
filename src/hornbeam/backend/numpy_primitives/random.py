"""JAX's random bits, bit for bit: the Threefry-2x32 generator.

Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
A typed key is held as one uint64 element, its two words in memory order.
"""

from __future__ import annotations

from math import prod

import numpy as np

from hornbeam.backend.numpy_primitives.blocks import in_blocks
from hornbeam.backend.numpy_primitives.table import Equation, primitive, scalar

_UINT32 = np.dtype(np.uint32)
_PARITY = scalar(0x1BD11BDA, _UINT32)
_ROTATIONS = [
    [(scalar(by, _UINT32), scalar(32 - by, _UINT32)) for by in group] for group in ((13, 15, 26, 6), (17, 29, 16, 24))
]
_BLOCKS = [scalar(block + 1, _UINT32) for block in range(5)]


def threefry_2x32(k0, k1, x0, x1):
    """Twenty rounds of Threefry on pairs of uint32 words; the operands broadcast."""
    keys = (k0, k1, np.bitwise_xor(np.bitwise_xor(k0, k1), _PARITY))
    operands = np.broadcast(k0, k1, x0, x1)
    shape = operands.shape
    # In place NumPy takes three times as long for one element as for two.
    room = (*shape[:-1], 2) if operands.size == 1 else shape
    a, b, turned = np.empty(room, _UINT32), np.empty(room, _UINT32), np.empty(room, _UINT32)
    np.add(x0, k0, a)
    np.add(x1, k1, b)
    for block, number in enumerate(_BLOCKS):
        for left, right in _ROTATIONS[block % 2]:
            np.add(a, b, a)
            np.left_shift(b, left, turned)
            np.right_shift(b, right, b)
            np.bitwise_or(b, turned, b)
            np.bitwise_xor(b, a, b)
        np.add(a, keys[(block + 1) % 3], a)
        np.add(b, keys[(block + 2) % 3], b)
        np.add(b, number, b)
    return (a, b) if room == shape else (a[..., :1].reshape(shape), b[..., :1].reshape(shape))


@primitive("threefry2x32", elementwise=True, weight=80)
def threefry2x32(eq: Equation):
    return threefry_2x32


def _is_threefry(spec) -> bool:
    return spec.dtype == np.uint64


def words(keys) -> tuple[np.ndarray, np.ndarray]:
    """The two words of each key."""
    pair = unwrapped(keys)
    return pair[..., 0], pair[..., 1]


def wrapped(pairs) -> np.ndarray:
    """Keys from their words along the last dimension."""
    return np.ascontiguousarray(pairs).view(np.uint64)[..., 0]


def unwrapped(keys) -> np.ndarray:
    """The words of keys along a new last dimension."""
    return np.ascontiguousarray(np.asarray(keys)[..., None]).view(np.uint32)


@primitive("random_wrap", views=True)
def random_wrap(eq: Equation):
    return wrapped if _is_threefry(eq.outs[0]) else None


@primitive("random_unwrap", views=True)
def random_unwrap(eq: Equation):
    return unwrapped if _is_threefry(eq.ins[0]) else None


def _pair(high, low) -> np.ndarray:
    return wrapped(np.stack([high, low], -1))


def _seed_words(seeds, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """The high and the low word of integer seeds."""
    if dtype.itemsize < 8:  # the sign fills the low word only
        return np.zeros(seeds.shape, np.uint32), seeds.astype(np.uint32)
    bits = seeds.astype(np.uint64)
    return (bits >> np.uint64(32)).astype(np.uint32), bits.astype(np.uint32)


@primitive("random_seed")
def random_seed(eq: Equation):
    if not _is_threefry(eq.outs[0]):
        return None
    dtype = eq.ins[0].dtype
    return lambda seeds: _pair(*_seed_words(seeds, dtype))


@primitive("random_fold_in", weight=80)
def random_fold_in(eq: Equation):
    if not _is_threefry(eq.ins[0]):
        return None
    rank, dtype = len(eq.ins[0].shape), eq.ins[1].dtype
    spread = eq.ins[1].shape + (1,) * (rank - len(eq.ins[1].shape))
    return lambda keys, data: _pair(*threefry_2x32(*words(keys), *_seed_words(data.reshape(spread), dtype)))


def _counters(key_shape: tuple[int, ...], shape: tuple[int, ...]) -> tuple:
    """0, 1, … over `shape`, as high and low words, and the shape that lets keys broadcast against them."""
    if prod(shape) <= 1 << 32:
        high, low = np.zeros((), _UINT32), np.arange(prod(shape), dtype=_UINT32).reshape(shape)
    else:
        count = np.arange(prod(shape), dtype=np.uint64).reshape(shape)
        high, low = (count >> np.uint64(32)).astype(_UINT32), count.astype(_UINT32)
    return high, low, key_shape + (1,) * len(shape)


@primitive("random_split", weight=80)
def random_split(eq: Equation):
    if not _is_threefry(eq.ins[0]) or not eq.partitionable:
        return None
    high, low, spread = _counters(eq.ins[0].shape, tuple(eq.params["shape"]))
    return lambda keys: _pair(*threefry_2x32(*words(keys.reshape(spread)), high, low))


@primitive("random_bits", weight=80)
def random_bits(eq: Equation):
    if not _is_threefry(eq.ins[0]) or not eq.partitionable:
        return None
    dtype = eq.outs[0].dtype
    high, low, spread = _counters(eq.ins[0].shape, tuple(eq.params["shape"]))

    def mixed(k0, k1, high, low):
        a, b = threefry_2x32(k0, k1, high, low)
        if dtype.itemsize == 8:
            return np.bitwise_or(np.left_shift(a.astype(dtype), np.uint64(32)), b.astype(dtype))
        return np.bitwise_xor(a, b).astype(dtype)

    def bits(keys):
        k0, k1 = words(keys.reshape(spread))
        if k0.size > 1 or high.ndim:
            return mixed(k0, k1, high, low)
        return in_blocks(lambda low: (mixed(k0.reshape(()), k1.reshape(()), high, low),), (dtype,), low)[0]

    return bits
