"""The compiled kernels against the ops' own functions: fixtures and comparisons."""

import numpy as np
import pytest

from hornbeam.backend import program
from hornbeam.backend.compiler import compiled
from hornbeam.backend.x64 import x64
from hornbeam.graph import dtypes
from hornbeam.kernels import selection

TOLERANCE = {"float32": 1e-5, "bfloat16": 1e-2}
"""Largest difference, relative to the norm."""


@pytest.fixture
def native(monkeypatch):
    """Kernels are taken wherever there is one; skips where there is no library."""
    monkeypatch.setenv(selection.VARIABLE, "native")
    why = selection.why_not()
    if why is not None:
        pytest.skip(f"no kernels: {why}")


@pytest.fixture(params=TOLERANCE)
def dtype(request, native):
    """The NumPy types that kernels compute with; skips what the processor does not have."""
    found = dtypes.as_dtype(request.param).np_dtype
    if not selection.computes_in(found):
        pytest.skip(f"the processor does not compute in {request.param}")
    return found


def relative(found, expected):
    """The norm of the difference, over the norm of what is expected."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    return np.linalg.norm(found - expected) / max(np.linalg.norm(expected), 1e-30)


def check(op, args, attrs):
    """The op's kernel on `args` gives what the op's own function gives in float64, and the same bits when run again."""
    attrs = {**op.defaults, **attrs}
    fixed = [arg.static for arg in op.args]
    moving = [a for a, f in zip(args, fixed, strict=True) if not f]
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function, f"no kernel for {[a.shape for a in args]} {attrs}"

    def with_static(function, attributes):
        def call(*arrays):
            rest = iter(arrays)
            return (function(*[a if f else next(rest) for a, f in zip(args, fixed, strict=True)], **attributes),)
        return call

    wide = [np.asarray(a, np.float64) for a in moving]
    with x64():
        compiled_kernel = compiled(with_static(kernel, attrs))
        (found,), (again,) = compiled_kernel(*moving), compiled_kernel(*moving)
        exact_attrs = {k: dtypes.float64 if k == "Tout" else v for k, v in attrs.items()}
        exact = program.trace(with_static(op.function, exact_attrs), wide)
    (expected,) = exact.run_interpreted(*wide)
    assert found.dtype == moving[0].dtype
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, again)
    assert relative(found, expected) < TOLERANCE[found.dtype.name]
    return np.asarray(found)
