"""Both tiers side by side: what the tests of the interpreter share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.extend.core
import ml_dtypes
import numpy as np
import pytest

from hornbeam.backend import interpret
from hornbeam.backend.interpret import numpy_program

TOLERANCE = {"float32": 1e-6, "float64": 1e-14, "complex64": 1e-6, "complex128": 1e-14, "float16": 2e-3}
TOLERANCE["bfloat16"] = 1.6e-2


@pytest.fixture
def compiles():
    """For tests of what the table does not know."""


@pytest.fixture
def nothing_compiles(monkeypatch, request):
    """The interpreter knows every primitive that a test uses, unless the test uses `compiles` too."""
    if "compiles" not in request.fixturenames:

        def refuse(equation: Any):
            raise AssertionError(f"compiled: {equation}")

        monkeypatch.setattr(interpret, "_compiled", refuse)


def traced(function: Callable, *arrays: Any) -> Any:
    with jax.enable_x64(True):
        return jax.make_jaxpr(function)(*arrays)


def interpreted(function: Callable, *arrays: Any) -> list[np.ndarray]:
    jaxpr = traced(function, *arrays)
    before = [np.array(a) for a in arrays]
    results = numpy_program(jaxpr)(*arrays)
    assert isinstance(results, tuple)
    for result, aval in zip(results, jaxpr.out_avals, strict=True):
        assert type(result) is np.ndarray
        if isinstance(aval.dtype, np.dtype):
            assert (result.dtype, result.shape) == (aval.dtype, aval.shape)
        assert not any(np.shares_memory(result, a) for a in arrays)
    for array, copy in zip(arrays, before, strict=True):
        assert np.asarray(array).tobytes() == copy.tobytes()
    return list(results)


def compiled(function: Callable, *arrays: Any) -> list[np.ndarray]:
    with jax.enable_x64(True):
        return [np.asarray(x) for x in jax.tree.leaves(jax.jit(function)(*arrays))]


def assert_same(got: np.ndarray, want: np.ndarray, tolerance: float | None = None, absolute: float = 0) -> None:
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    name = want.dtype.name
    if name not in TOLERANCE:
        np.testing.assert_array_equal(got, want)
        return
    wide = np.complex128 if want.dtype.kind == "c" else np.float64
    tiny = float(ml_dtypes.finfo(want.dtype).smallest_normal) if want.dtype.kind != "c" else 1e-37
    rtol = TOLERANCE[name] if tolerance is None else max(tolerance, TOLERANCE[name])
    np.testing.assert_allclose(got.astype(wide), want.astype(wide), rtol=rtol, atol=max(tiny, absolute), equal_nan=True)


def check(function: Callable, *arrays: Any, tolerance: float | None = None, absolute: float = 0) -> None:
    """The interpreted result of `function` is the compiled one."""
    got, want = interpreted(function, *arrays), compiled(function, *arrays)
    for g, w in zip(got, want, strict=True):
        assert_same(g, w, tolerance, absolute)


@pytest.fixture(name="traced")
def _traced():
    return traced


@pytest.fixture(name="interpreted")
def _interpreted():
    return interpreted


@pytest.fixture(name="compiled")
def _compiled():
    return compiled


@pytest.fixture(name="assert_same")
def _assert_same():
    return assert_same


@pytest.fixture(name="check")
def _check():
    return check
