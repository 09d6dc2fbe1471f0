"""Argument tuples for the property tests: what `samples=` of an op's declaration says.

A sample is `(inputs, attributes)`: NumPy arrays in the order of the op's inputs, and its attributes by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Sample = tuple[tuple[Any, ...], dict[str, Any]]
Samples = Callable[[np.random.Generator], list[Sample]]


def reals(low: float, high: float) -> Samples:
    """One real input between `low` and `high`: a matrix, a scalar, and an array without elements."""
    def make(rng: np.random.Generator) -> list[Sample]:
        x = rng.uniform(low, high, (3, 4))
        return [((x,), {}), ((x[1, 2],), {}), ((np.zeros((0, 3)),), {})]

    return make


def pairs(low: float, high: float, low_y: float | None = None, high_y: float | None = None) -> Samples:
    """Two real inputs that broadcast: alike, row to matrix, column against row, scalar, and without elements."""
    ly, hy = (low if low_y is None else low_y), (high if high_y is None else high_y)

    def make(rng: np.random.Generator) -> list[Sample]:
        def x(*shape: int) -> Any:
            return np.asarray(rng.uniform(low, high, shape))

        def y(*shape: int) -> Any:
            return np.asarray(rng.uniform(ly, hy, shape))

        return [((x(2, 3), y(2, 3)), {}), ((x(2, 3), y(3)), {}), ((x(2, 1), y(1, 3)), {}),
                ((x(), y(4)), {}), ((x(0, 3), y(3)), {})]

    return make


def one_shape(low: float, high: float) -> Samples:
    """Two real inputs of one shape: matrices, scalars, and without elements."""
    def make(rng: np.random.Generator) -> list[Sample]:
        return [((np.asarray(rng.uniform(low, high, s)), np.asarray(rng.uniform(low, high, s))), {})
                for s in ((2, 3), (), (0, 3))]

    return make


def integers(low: int, high: int, *shapes: tuple[int, ...]) -> Samples:
    """One int32 input for each shape, between `low` and `high`, the latter left out."""
    def make(rng: np.random.Generator) -> list[Sample]:
        return [(tuple(rng.integers(low, high, s, np.int32) for s in shapes), {}),
                (tuple(np.asarray(rng.integers(low, high), np.int32) for _ in shapes), {})]

    return make


def truths(count: int) -> Samples:
    """`count` boolean inputs of one shape, and as scalars."""
    def make(rng: np.random.Generator) -> list[Sample]:
        return [(tuple(rng.random((2, 3)) < 0.5 for _ in range(count)), {}),
                (tuple(np.asarray(rng.random() < 0.5) for _ in range(count)), {})]

    return make


def reductions(low: float = -2, high: float = 2) -> Samples:
    """A real input and axes: some, all, none, negative ones, kept dimensions, and a dimension of size 0."""
    def make(rng: np.random.Generator) -> list[Sample]:
        x = rng.uniform(low, high, (2, 3, 4))

        def axes(*values: int) -> Any:
            return np.array(values, np.int32)

        return [((x, axes(0, 2)), {}), ((x, axes(-1)), {"keep_dims": True}), ((x, axes()), {}),
                ((x, axes(0, 1, 2)), {}), ((x[0, 0, 0], axes()), {})]

    return make


def along_axis(low: float = -2, high: float = 2, **attrs: Any) -> Samples:
    """A real input and one axis as a scalar."""
    def make(rng: np.random.Generator) -> list[Sample]:
        x = rng.uniform(low, high, (3, 4))
        return [((x, np.asarray(a, np.int32)), dict(attrs)) for a in (0, 1, -1)]

    return make
