"""GRUs over a sequence through their kernels against the ops' own functions in float64."""

import numpy as np
import pytest
from tests.kernels.conftest import relative

from hornbeam.backend import program
from hornbeam.backend.compiler import compiled
from hornbeam.backend.x64 import x64
from hornbeam.graph import dtypes
from hornbeam.graph.op import registry

RNG = np.random.default_rng(12)
SIZES = [(1, 1, 1, 1), (3, 2, 4, 5), (5, 7, 3, 33), (7, 13, 5, 17), (2, 33, 9, 64), (4, 6, 70, 90)]
"""Steps, batch, inputs, units: vectors that are not full, blocks of one row to six, several tasks."""


def normal(*shape):
    return (RNG.normal(size=shape) * 0.5).astype(np.float32)


def arguments(steps, batch, inputs, units):
    return [normal(steps, batch, inputs), normal(batch, units), normal(inputs, 3 * units), normal(units, 3 * units),
            normal(3 * units), normal(3 * units)]


def check(op, args, attrs):
    """The kernel gives what the function gives in float64, and the same bits twice."""
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function
    run = compiled(lambda *a: tuple(kernel(*a, **attrs)))
    found, again = run(*args), run(*args)
    with x64():
        wide = [a.astype(np.float64) for a in args]
        exact = program.trace(lambda *a: tuple(op.function(*a, **attrs)), wide).run_interpreted(*wide)
    for one, same, expected in zip(found, again, exact, strict=True):
        assert one.dtype == np.float32
        assert one.shape == expected.shape
        np.testing.assert_array_equal(one, same)
        assert relative(one, expected) < 1e-5
    return [np.asarray(x) for x in found]


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_sequences_and_gradients(native, sizes, reset_after):
    steps, batch, _, units = sizes
    args, attrs = arguments(*sizes), {"reset_after": reset_after}
    kept = check(registry["BlockGRU"], args, attrs)
    check(registry["BlockGRUGrad"], [*args, *kept, normal(steps, batch, units)], attrs)


@pytest.mark.parametrize("reset_after", [True, False])
def test_large_and_not_finite_numbers(native, reset_after):
    op, attrs = registry["BlockGRU"], {"reset_after": reset_after}
    args = arguments(3, 8, 4, 5)
    args[0] *= 1e4
    assert all(np.isfinite(x).all() for x in check(op, args, attrs))
    args[0][1, 2, 0], args[0][1, 3, 0] = np.nan, np.inf
    args[2][0] = 1
    h = np.asarray(compiled(lambda *a: tuple(op.compiles_to(args, attrs)(*a, **attrs)))(*args)[4])
    assert np.isnan(h[1:, 2]).all()
    assert np.isfinite(np.delete(h, 2, axis=1)).all()
    assert np.isfinite(h[0]).all()


def test_what_the_kernels_do_not_compute_is_left_to_xla(native):
    op, attrs = registry["BlockGRU"], {"reset_after": True}
    half = [a.astype(dtypes.float16.np_dtype) for a in arguments(3, 2, 4, 5)]
    for given in (half, arguments(0, 2, 4, 5), arguments(3, 0, 4, 5)):
        assert op.compiles_to(given, attrs) is op.function


def test_the_rule_takes_what_is_worth_laying_out_the_weights(native, monkeypatch):
    monkeypatch.delenv("HORNBEAM_KERNELS")
    op, attrs = registry["BlockGRU"], {"reset_after": True}
    for sizes, is_taken in (((1, 1, 2, 3), True), ((20, 1, 256, 256), False), ((20, 8, 256, 256), True)):
        assert (op.compiles_to(arguments(*sizes), attrs) is not op.function) == is_taken
