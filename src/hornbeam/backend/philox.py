"""Philox 4x32 with 10 rounds: the generator of random numbers that TensorFlow's kernels draw from.

Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (2011).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

__all__ = ["block", "philox"]

_WORD = 0xFFFFFFFF
Words = tuple[int, int, int, int]


def philox(seed: int, seed2: int) -> Iterator[int]:
    """The 32-bit numbers that TensorFlow draws for two seeds of 64 bits, one after another.

    >>> stream = philox(1, 2)
    >>> [next(stream) for _ in range(4)] == list(block((0, 0, 2, 0), 1, 0))
    True
    """
    for number in itertools.count():
        yield from block((number & _WORD, number >> 32 & _WORD, seed2 & _WORD, seed2 >> 32 & _WORD),
                         seed & _WORD, seed >> 32 & _WORD)


def block(counter: Words, key0: int, key1: int) -> Words:
    """The four words for one value of the counter and a key of two words.

    >>> [hex(word) for word in block((0, 0, 0, 0), 0, 0)]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    a, b, c, d = counter
    for _ in range(10):
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (second >> 32) ^ b ^ key0, second & _WORD, (first >> 32) ^ d ^ key1, first & _WORD
        key0, key1 = (key0 + 0x9E3779B9) & _WORD, (key1 + 0xBB67AE85) & _WORD
    return a, b, c, d
