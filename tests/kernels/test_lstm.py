"""LSTMs over a sequence through their kernels against the ops' own functions in float64."""

import numpy as np
import pytest
from tests.kernels.conftest import relative

from hornbeam.backend import program
from hornbeam.backend.compiler import compiled
from hornbeam.backend.x64 import x64
from hornbeam.graph import dtypes
from hornbeam.graph.op import registry

RNG = np.random.default_rng(11)
SIZES = [(1, 1, 1, 1), (3, 2, 4, 5), (5, 7, 3, 33), (7, 13, 5, 17), (2, 33, 9, 64), (4, 6, 70, 90)]
"""Steps, batch, inputs, units: vectors that are not full, blocks of one row to six, several tasks."""


def normal(*shape):
    return (RNG.normal(size=shape) * 0.5).astype(np.float32)


def arguments(*sizes):
    steps, batch, inputs, units, taken = sizes
    diagonals = (normal(units) for _ in range(3))
    return [np.int64(taken), normal(steps, batch, inputs), normal(batch, units), normal(batch, units),
            normal(inputs + units, 4 * units), *diagonals, normal(4 * units)]


def check(op, args, attrs):
    """The kernel gives what the function gives in float64, the same bits twice, and numbers where there are some."""
    attrs = {**op.defaults, **attrs}
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function
    run = compiled(lambda *a: tuple(kernel(*a, **attrs)))
    with x64():
        found, again = run(*args), run(*args)
        wide = [a if a.dtype == np.int64 else a.astype(np.float64) for a in args]
        exact = program.trace(lambda *a: op.function(*a, **attrs), wide).run_interpreted(*wide)
    for one, same, expected in zip(found, again, exact, strict=True):
        assert one.dtype == np.float32
        assert one.shape == expected.shape
        np.testing.assert_array_equal(one, same)
        assert relative(one, expected) < 1e-5
    return [np.asarray(x) for x in found]


@pytest.mark.parametrize("version", ["", "V2"])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_sequences_and_gradients(native, sizes, version):
    steps, batch, _, units = sizes
    bias = {} if version else {"forget_bias": 0.7}
    for taken in {steps, steps - 1}:
        args = arguments(*sizes, taken)
        kept = check(registry[f"BlockLSTM{version}"], args, {"cell_clip": 0.0, **bias})
        check(registry[f"BlockLSTMGrad{version}"], [*args, *kept, normal(steps, batch, units),
                                                    normal(steps, batch, units)], {"use_peephole": False})


def test_large_and_not_finite_numbers(native):
    op = registry["BlockLSTMV2"]
    args = arguments(3, 8, 4, 5, 3)
    args[1] *= 1e4
    found = check(op, args, {})
    assert all(np.isfinite(x).all() for x in found)
    args[1][1, 2, 0], args[1][1, 3, 0] = np.nan, np.inf
    args[4][0] = 1
    h = np.asarray(compiled(lambda *a: tuple(op.compiles_to(args, op.defaults)(*a, **op.defaults)))(*args)[6])
    assert np.isnan(h[1:, 2]).all()
    assert np.isfinite(np.delete(h, 2, axis=1)).all()
    assert np.isfinite(h[0]).all()


def test_small_numbers_keep_their_digits(native):
    op = registry["BlockLSTMV2"]
    args = [np.zeros_like(a) for a in arguments(1, 4, 1, 5, 1)]
    args[0][...], args[2][...] = 1, 0
    args[8][10:15] = np.array([1e-6, -1e-4, 0.01, 0.3, -0.6], np.float32)
    ci, co = (compiled(lambda *a: tuple(op.compiles_to(args, op.defaults)(*a, **op.defaults)))(*args)[k]
              for k in (4, 5))
    expected = np.tanh(args[8][10:15].astype(np.float64)) * np.ones((1, 4, 1))
    np.testing.assert_allclose(ci, expected, rtol=3e-7)
    np.testing.assert_allclose(co, np.tanh(expected / 2), rtol=5e-7)


def test_what_the_kernels_do_not_compute_is_left_to_xla(native):
    op = registry["BlockLSTMV2"]
    args = arguments(3, 2, 4, 5, 3)
    empty = arguments(0, 2, 4, 5, 0)
    half = [args[0], *(a.astype(dtypes.float16.np_dtype) for a in args[1:])]
    for given, attrs in ((args, {"use_peephole": True}), (args, {"cell_clip": 1.0}), (half, {}), (empty, {})):
        assert op.compiles_to(given, {**op.defaults, **attrs}) is op.function


def test_the_rule_takes_what_is_worth_laying_out_the_weights(native, monkeypatch):
    monkeypatch.delenv("HORNBEAM_KERNELS")
    op = registry["BlockLSTMV2"]
    for sizes, is_taken in (((1, 1, 2, 3), True), ((20, 1, 256, 256), False), ((20, 8, 256, 256), True)):
        assert (op.compiles_to(arguments(*sizes, 1), op.defaults) is not op.function) == is_taken
