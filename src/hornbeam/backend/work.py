"""How much work a jaxpr is, from its shapes alone."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from hornbeam.backend.lazy import core
from hornbeam.backend.numpy_primitives.table import lookup

UNBOUNDED_LOOP = 10**9
"""The work of a loop whose length no shape tells: more than any program is worth interpreting."""

UNKNOWN_WEIGHT = 16
"""Scalar operations for each element, for primitives without a row in the table."""


def estimated_work(closed_jaxpr: core.ClosedJaxpr) -> int:
    """The estimated number of scalar operations of a jaxpr, those that it calls included.

    An equation counts its elements (operands or results, whichever are more) times a weight: 1 for
    arithmetic, 8 for transcendental functions; products of matrices and convolutions count 2 for each
    multiplication and addition, sorting n log n, scans their length, branches the dearest one, and `while`
    loops `UNBOUNDED_LOOP`.

    >>> import jax, jax.numpy as jnp
    >>> estimated_work(jax.make_jaxpr(jnp.matmul)(jnp.ones((2, 3)), jnp.ones((3, 4))))
    48
    """
    return _total(closed_jaxpr)


def _total(jaxpr: Any) -> int:
    return sum(map(_work, jaxpr.eqns))


def _size(atom: Any) -> int:
    return prod(atom.aval.shape)


def _results(equation: Any) -> int:
    return sum(map(_size, equation.outvars))


def _work(equation: Any) -> int:
    name = equation.primitive.name
    if special := _SPECIAL.get(name):
        return special(equation)
    row = lookup(name)
    bodies = [] if row else [body for value in equation.params.values() for body in _bodies(value)]
    if bodies and name not in _APPLIED_TO_ELEMENTS:
        return sum(map(_total, bodies))
    weight = row.weight if row else UNKNOWN_WEIGHT
    return weight * max([0, *map(_size, equation.invars), *map(_size, equation.outvars)])


def _bodies(value: Any) -> list[Any]:
    """The jaxprs in a parameter."""
    if hasattr(value, "eqns"):
        return [value]
    return [body for item in value for body in _bodies(item)] if isinstance(value, tuple | list) else []


def _dot_work(equation: Any) -> int:
    (contracted, _), _ = equation.params["dimension_numbers"]
    return 2 * _results(equation) * prod(equation.invars[0].aval.shape[d] for d in contracted)


def _convolution_work(equation: Any) -> int:
    kernel, numbers = equation.invars[1].aval.shape, equation.params["dimension_numbers"]
    return 2 * _results(equation) * (prod(kernel) // max(1, kernel[numbers.rhs_spec[0]]))


def _window_work(equation: Any) -> int:
    return _results(equation) * prod(equation.params["window_dimensions"])


def _source_window_work(equation: Any) -> int:
    source = equation.invars[1 if len(equation.invars) > 2 else 0]
    return 2 * _size(source) * prod(equation.params["window_dimensions"])


def _sort_work(equation: Any) -> int:
    return 2 * sum(_size(atom) * max(1, _size(atom).bit_length()) for atom in equation.invars)


def _decomposition_work(equation: Any) -> int:
    shape = equation.invars[0].aval.shape
    return 8 * prod(shape) * max([1, *shape[-2:]])


def _fourier_work(equation: Any) -> int:
    length = prod(equation.params["fft_lengths"])
    return 8 * max(_size(equation.invars[0]), _results(equation)) * max(1, length.bit_length())


def _scan_work(equation: Any) -> int:
    return equation.params["length"] * _total(equation.params["jaxpr"])


def _branch_work(equation: Any) -> int:
    return max(map(_total, equation.params["branches"]))


_DECOMPOSITIONS = ("cholesky", "lu", "qr", "svd", "eig", "eigh", "schur", "hessenberg", "triangular_solve")
_APPLIED_TO_ELEMENTS = {"reduce", "reduce_window", "scatter", "select_and_scatter", "sort"}
"""Unlike calls, these apply their body to each element."""

_SPECIAL: dict[str, Callable[[Any], int]] = {
    "dot_general": _dot_work,
    "conv_general_dilated": _convolution_work,
    "reduce_window": _window_work,
    "reduce_window_sum": _window_work,
    "reduce_window_max": _window_work,
    "reduce_window_min": _window_work,
    "select_and_scatter": _source_window_work,
    "select_and_scatter_add": _source_window_work,
    "select_and_gather_add": _window_work,
    "sort": _sort_work,
    "fft": _fourier_work,
    "scan": _scan_work,
    "while": lambda equation: UNBOUNDED_LOOP,
    "cond": _branch_work,
    "gather": lambda equation: 4 * _results(equation),
    "dynamic_slice": lambda equation: _results(equation),
    "broadcast_in_dim": lambda equation: _results(equation),
    "iota": lambda equation: _results(equation),
} | dict.fromkeys(_DECOMPOSITIONS, _decomposition_work)
