"""Hashes of strings: the ones that TensorFlow's programs and checkpoints rely on, bit for bit.

`fingerprint64` is FarmHash's Fingerprint64, `hash64` MurmurHash2 in its 64-bit form, `siphash` SipHash-2-4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import rules
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.strings import mapped

_NEVER = never("strings")
_MASK = 2**64 - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_MURMUR, _MURMUR_SEED = 0xC6A4A7935BD1E995, 0xDECAFCAFFE

# FarmHash -------------------------------------------------------------------------------------------


def _word(data: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(data[at:at + size], "little")


def _turned(value: int, by: int) -> int:
    """Rotated to the right."""
    return ((value >> by) | (value << (64 - by))) & _MASK


def _mixed(value: int) -> int:
    return value ^ (value >> 47)


def _pair(u: int, v: int, factor: int) -> int:
    """Two words as one."""
    a = _mixed(((u ^ v) * factor) & _MASK)
    return (_mixed(((v ^ a) * factor) & _MASK) * factor) & _MASK


def _up_to_16(data: bytes) -> int:
    n = len(data)
    if n >= 8:
        factor = _K2 + 2 * n
        a, b = (_word(data, 0) + _K2) & _MASK, _word(data, n - 8)
        c = (_turned(b, 37) * factor + a) & _MASK
        return _pair(c, ((_turned(a, 25) + b) * factor) & _MASK, factor)
    if n >= 4:
        return _pair((n + (_word(data, 0, 4) << 3)) & _MASK, _word(data, n - 4, 4), _K2 + 2 * n)
    if n:
        y = data[0] + (data[n >> 1] << 8)
        z = n + (data[n - 1] << 2)
        return (_mixed((y * _K2 ^ z * _K0) & _MASK) * _K2) & _MASK
    return _K2


def _up_to_32(data: bytes) -> int:
    n = len(data)
    factor = _K2 + 2 * n
    a, b = _word(data, 0) * _K1 & _MASK, _word(data, 8)
    c, d = _word(data, n - 8) * factor & _MASK, _word(data, n - 16) * _K2 & _MASK
    return _pair((_turned((a + b) & _MASK, 43) + _turned(c, 30) + d) & _MASK,
                 (a + _turned((b + _K2) & _MASK, 18) + c) & _MASK, factor)


def _up_to_64(data: bytes) -> int:
    n = len(data)
    factor = _K2 + 2 * n
    a, b = _word(data, 0) * _K2 & _MASK, _word(data, 8)
    c, d = _word(data, n - 8) * factor & _MASK, _word(data, n - 16) * _K2 & _MASK
    y = (_turned((a + b) & _MASK, 43) + _turned(c, 30) + d) & _MASK
    z = _pair(y, (a + _turned((b + _K2) & _MASK, 18) + c) & _MASK, factor)
    e, f = _word(data, 16) * factor & _MASK, _word(data, 24)
    g, h = (y + _word(data, n - 32)) * factor & _MASK, (z + _word(data, n - 24)) * factor & _MASK
    return _pair((_turned((e + f) & _MASK, 43) + _turned(g, 30) + h) & _MASK,
                 (e + _turned((f + a) & _MASK, 18) + g) & _MASK, factor)


def _block(data: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """32 bytes mixed into two words."""
    w, x, y, z = (_word(data, at + i) for i in (0, 8, 16, 24))
    a = (a + w) & _MASK
    b = _turned((b + a + z) & _MASK, 21)
    c = a
    a = (a + x + y) & _MASK
    return (a + z) & _MASK, (b + _turned(a, 44) + c) & _MASK


def fingerprint64(data: bytes) -> int:
    """FarmHash's fingerprint of some bytes: the same on every machine and in every release."""
    n = len(data)
    if n <= 64:
        return (_up_to_16 if n <= 16 else _up_to_32 if n <= 32 else _up_to_64)(data)
    x, y = 81, (81 * _K1 + 113) & _MASK
    z = (_mixed((y * _K2 + 113) & _MASK) * _K2) & _MASK
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _word(data, 0)) & _MASK
    last = (n - 1) // 64 * 64
    for at in range(0, last, 64):
        x = _turned((x + y + v[0] + _word(data, at + 8)) & _MASK, 37) * _K1 & _MASK
        y = _turned((y + v[1] + _word(data, at + 48)) & _MASK, 42) * _K1 & _MASK
        x ^= w[1]
        y = (y + v[0] + _word(data, at + 40)) & _MASK
        z = _turned((z + w[0]) & _MASK, 33) * _K1 & _MASK
        v = _block(data, at, v[1] * _K1 & _MASK, (x + w[0]) & _MASK)
        w = _block(data, at + 32, (z + w[1]) & _MASK, (y + _word(data, at + 16)) & _MASK)
        z, x = x, z
    return _last_64(data, x, y, z, v, w)


def _last_64(data: bytes, x: int, y: int, z: int, v: tuple[int, int], w: tuple[int, int]) -> int:
    """The last 64 bytes, which may have been seen in part."""
    n = len(data)
    at = n - 64
    factor = (_K1 + ((z & 0xFF) << 1)) & _MASK
    w = (w[0] + ((n - 1) & 63)) & _MASK, w[1]
    v = (v[0] + w[0]) & _MASK, v[1]
    w = (w[0] + v[0]) & _MASK, w[1]
    x = _turned((x + y + v[0] + _word(data, at + 8)) & _MASK, 37) * factor & _MASK
    y = _turned((y + v[1] + _word(data, at + 48)) & _MASK, 42) * factor & _MASK
    x ^= w[1] * 9 & _MASK
    y = (y + v[0] * 9 + _word(data, at + 40)) & _MASK
    z = _turned((z + w[0]) & _MASK, 33) * factor & _MASK
    v = _block(data, at, v[1] * factor & _MASK, (x + w[0]) & _MASK)
    w = _block(data, at + 32, (z + w[1]) & _MASK, (y + _word(data, at + 16)) & _MASK)
    z, x = x, z
    return _pair((_pair(v[0], w[0], factor) + _mixed(y) * _K0 + z) & _MASK,
                 (_pair(v[1], w[1], factor) + x) & _MASK, factor)


# MurmurHash2 and SipHash ----------------------------------------------------------------------------


def hash64(data: bytes, seed: int = _MURMUR_SEED) -> int:
    """MurmurHash2, 64 bits."""
    n = len(data)
    h = seed ^ (n * _MURMUR & _MASK)
    whole = n & ~7
    for at in range(0, whole, 8):
        k = _word(data, at) * _MURMUR & _MASK
        k = (k ^ (k >> 47)) * _MURMUR & _MASK
        h = (h ^ k) * _MURMUR & _MASK
    if n > whole:
        h = (h ^ _word(data, whole, n - whole)) * _MURMUR & _MASK
    h = (h ^ (h >> 47)) * _MURMUR & _MASK
    return h ^ (h >> 47)


def _sip_rounds(v: list[int], count: int) -> None:
    a, b, c, d = v
    for _ in range(count):
        a, c = (a + b) & _MASK, (c + d) & _MASK
        b, d = _turned(b, 51) ^ a, _turned(d, 48) ^ c
        a = _turned(a, 32)
        c, a = (c + b) & _MASK, (a + d) & _MASK
        b, d = _turned(b, 47) ^ c, _turned(d, 43) ^ a
        c = _turned(c, 32)
    v[:] = a, b, c, d


def siphash(data: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 with a key of two words: who does not know the key cannot make strings that collide."""
    k0, k1 = key
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    n = len(data)
    words = [_word(data, at) for at in range(0, n & ~7, 8)]
    for word in (*words, _word(data, n & ~7, n & 7) | ((n & 0xFF) << 56)):
        v[3] ^= word
        _sip_rounds(v, 2)
        v[0] ^= word
    v[2] ^= 0xFF
    _sip_rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


# The ops --------------------------------------------------------------------------------------------


def _samples(**attrs: Any) -> Any:
    words = [b"", b"a", b"hello", b"0123456789", b"x" * 20, b"y" * 40, b"z" * 200]
    return lambda rng: [((np.array(words, object),), attrs), ((np.array(b"word", object),), attrs)]


def _buckets(hash_of: Any, words: np.ndarray, num_buckets: int) -> np.ndarray:
    _checked(num_buckets)
    return mapped(lambda s: hash_of(s) % num_buckets, words, np.int64)


def _checked(num_buckets: int) -> None:
    if num_buckets < 1:
        raise ShapeFault(f"Value for attr 'num_buckets' of {num_buckets} must be at least minimum 1")


def _shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    _checked(attrs["num_buckets"])
    return rules.as_first_but(dtypes.int64)(inputs, attrs)


@op("StringToHashBucketFast", inputs="input: string",
    names=("strings.to_hash_bucket_fast",), v1=("string_to_hash_bucket_fast",), host=True, gives_strings=False,
    differentiable=_NEVER, samples=_samples(num_buckets=1000))
def to_hash_bucket_fast(input, *, num_buckets: int):
    """The bucket, from 0 to `num_buckets` - 1, that each string falls into by its FarmHash fingerprint: int64.

    The same on every machine and in every release.
    """
    return _buckets(fingerprint64, input, num_buckets)


@op("StringToHashBucketStrong", inputs="input: string",
    names=("strings.to_hash_bucket_strong",), v1=("string_to_hash_bucket_strong",), host=True, gives_strings=False,
    differentiable=_NEVER, samples=_samples(num_buckets=1000, key=[1, 2]))
def to_hash_bucket_strong(input, *, num_buckets: int, key: Any):
    """The bucket that each string falls into by SipHash with the two integers of `key`: int64.

    Who does not know the key cannot choose strings that all fall into one bucket.
    """
    return _buckets(lambda s: siphash(s, _key(key)), input, num_buckets)


def _key(key: Any) -> tuple[int, int]:
    if not isinstance(key, tuple) or not all(isinstance(k, int) for k in key):
        raise ShapeFault(f"Expected list of ints for 'key' argument, not {key!r}")
    if len(key) != 2:
        raise ShapeFault("Key must have 2 elements")
    return key[0] & _MASK, key[1] & _MASK


@op("StringToHashBucket", inputs="string_tensor: string", host=True, gives_strings=False, differentiable=_NEVER,
    samples=_samples(num_buckets=1000))
def string_to_hash_bucket_op(string_tensor, *, num_buckets: int):
    """The bucket that each string falls into by MurmurHash2."""
    return _buckets(hash64, string_tensor, num_buckets)


for _op in (to_hash_bucket_fast, to_hash_bucket_strong, string_to_hash_bucket_op):
    _op.shape(_shape)


@public(v2=("strings.to_hash_bucket",))
def to_hash_bucket(input: Any, num_buckets: int, name: str | None = None) -> Any:
    """The bucket, from 0 to `num_buckets` - 1, that each string falls into: int64, the shape of `input`.

    The hash may change with releases of TensorFlow; prefer `to_hash_bucket_fast`.
    """
    return string_to_hash_bucket_op(input, num_buckets=num_buckets, name=name)
