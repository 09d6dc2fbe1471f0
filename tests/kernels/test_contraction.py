"""Contractions as products of matrices against NumPy in float64, and their gradients against JAX's own."""

import numpy as np
import pytest
from tests.kernels.conftest import TOLERANCE, relative

from hornbeam.backend.compiler import compiled
from hornbeam.backend.x64 import x64
from hornbeam.ops.matmul import einsum_grad, einsum_op, tensordot_grad, tensordot_op

RNG = np.random.default_rng(5)
SIZES = {"a": 3, "b": 2, "c": 4, "d": 5, "e": 6, "t": 7, "s": 8, "n": 2, "h": 9}


def normal(labels, dtype):
    return RNG.normal(size=[SIZES[c] for c in labels]).astype(dtype)


def computed(op, args, attrs):
    """The kernel's results, which are the same bits when it runs again."""
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function, f"no kernel for {attrs}"
    structure = [len(a) if isinstance(a, list) else None for a in args]

    def call(*flat):
        rest = iter(flat)
        results = kernel(*[next(rest) if n is None else [next(rest) for _ in range(n)] for n in structure], **attrs)
        return tuple(results) if isinstance(results, (tuple, list)) else (results,)

    flat = [v for a in args for v in (a if isinstance(a, list) else [a])]
    with x64():
        program = compiled(call)
        once, again = ([np.asarray(v) for v in program(*flat)] for _ in range(2))
    for x, y in zip(once, again, strict=True):
        np.testing.assert_array_equal(x, y)
    return once


def close(found, expected, dtype):
    assert found.dtype == dtype
    assert found.shape == expected.shape
    assert relative(found, expected) < TOLERANCE[found.dtype.name]


@pytest.mark.parametrize("equation", [
    "ab,bc->ac", "ba,bc->ca", "abc,cde->abde", "abde,dec->abc", "btnh,bsnh->bnts", "bnts,bsnh->btnh", "bats,bst->ba",
    "ab,ab->ab", "a,b->ab", "ab,bc", "a,a->", "abt,abs->tsab"])
def test_equations(dtype, equation):
    terms = equation.partition("->")[0].split(",")
    a, b = (normal(term, dtype) for term in terms)
    wide = [v.astype(np.float64) for v in (a, b)]
    expected = np.einsum(equation, *wide)
    close(computed(einsum_op, ([a, b],), {"equation": equation})[0], expected, dtype)
    dy = RNG.normal(size=expected.shape).astype(dtype)
    with x64():
        exact = einsum_grad.function(dy.astype(np.float64), wide, equation=equation)
    for found, given in zip(computed(einsum_grad, (dy, [a, b]), {"equation": equation}), exact, strict=True):
        close(found, given, dtype)


@pytest.mark.parametrize(("equation", "a", "b"), [
    ("...ij,jk->...ik", (2, 3, 4, 5), (5, 6)), ("...ij,...jk->...ik", (7, 2, 3, 4), (2, 4, 5)),
    ("i...,i->...", (3, 2, 4), (3,)), ("...a,...a", (5, 3), (5, 3))])
def test_dots_stand_for_axes(dtype, equation, a, b):
    a, b = (RNG.normal(size=s).astype(dtype) for s in (a, b))
    expected = np.einsum(equation, a.astype(np.float64), b.astype(np.float64))
    close(computed(einsum_op, ([a, b],), {"equation": equation})[0], expected, dtype)


@pytest.mark.parametrize(("equation", "sizes"), [
    ("ii,ij->j", [(3, 3), (3, 4)]), ("ab,bc->b", [(2, 3), (3, 4)]), ("ab,bc,cd->ad", [(2, 3), (3, 4), (4, 2)]),
    ("ab->ba", [(2, 3)]), ("abt,abs->tab", [(2, 3, 4), (2, 3, 5)]), ("ab,bc->ac", [(0, 3), (3, 4)]),
    ("...ij,...jk->...ik", [(1, 2, 3), (5, 3, 4)])])
def test_what_is_no_product_of_matrices_is_left_to_xla(dtype, equation, sizes):
    inputs = [np.ones(s, dtype) for s in sizes]
    assert einsum_op.compiles_to((inputs,), {"equation": equation}) is einsum_op.function


@pytest.mark.parametrize(("a", "b", "axes"), [
    ((2, 3, 4), (4, 5), ((2,), (0,))), ((2, 3, 4), (4, 3, 5), ((2, 1), (0, 1))), ((4, 3), (5, 4), ((-2,), (-1,))),
    ((2, 3, 4), (3, 5, 2), ((0, 1), (2, 0))), ((3, 4), (3, 4), ((0, 1), (0, 1))), ((2, 3), (4, 5), ((), ()))])
def test_axes(dtype, a, b, axes):
    a, b = (RNG.normal(size=s).astype(dtype) for s in (a, b))
    wide = [v.astype(np.float64) for v in (a, b)]
    attrs = {"axes_a": axes[0], "axes_b": axes[1]}
    expected = np.tensordot(*wide, axes)
    close(computed(tensordot_op, (a, b), attrs)[0], expected, dtype)
    dy = RNG.normal(size=expected.shape).astype(dtype)
    with x64():
        exact = tensordot_grad.function(dy.astype(np.float64), *wide, **attrs)
    for found, given in zip(computed(tensordot_grad, (dy, a, b), attrs), exact, strict=True):
        close(found, given, dtype)
