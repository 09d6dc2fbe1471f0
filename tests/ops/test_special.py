"""Special functions at the edge of their domain: TensorFlow's answers, in both tiers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.backend.lazy import jax
from hornbeam.graph import dtypes
from hornbeam.graph.op import registry
from hornbeam.ops import special

NAN, INF = np.nan, np.inf
A = np.array([0, 0, 0, 1, 0, -1, -1, INF, INF, 1, NAN, 1, 0.5, 2], np.float32)
X = np.array([0, 1, -1, 0, INF, 1, 0, 1, INF, INF, 1, -1, -2, NAN], np.float32)
ANSWERS = {
    "Igamma": [0, NAN, NAN, 0, NAN, NAN, 0, 0, 0, 1, NAN, NAN, NAN, NAN],
    "Igammac": [NAN, NAN, NAN, 1, NAN, NAN, NAN, 1, 0, 0, NAN, NAN, NAN, NAN],
    "IgammaGradA": [0, NAN, NAN, 0, NAN, NAN, 0, 0, 0, 0, NAN, NAN, NAN, NAN],
}
"""What TensorFlow 2.21 gives for `A` and `X`."""


@pytest.mark.parametrize("name", ANSWERS)
def test_incomplete_gamma_functions_at_the_edges(name: str) -> None:
    op: Any = registry[name]
    assert op(A, X).numpy() == pytest.approx(ANSWERS[name], nan_ok=True)
    program = list(op.programs.values())[-1]
    for tier in (program.interpreter(), program.compiled()):
        assert np.asarray(tier(A, X)[0]) == pytest.approx(ANSWERS[name], nan_ok=True)


def test_the_gradient_of_the_matrix_logarithm_agrees_with_differences() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 3)) * 0.2 + 1j * rng.normal(size=(2, 3, 3)) * 0.2 + 2 * np.eye(3)
    weights = rng.normal(size=(2, 3, 3)) + 1j * rng.normal(size=(2, 3, 3))
    logm: Any = hb.linalg.logm

    def loss(value: np.ndarray) -> float:
        return float(np.sum(np.conj(weights) * logm(value).numpy()).real)

    with hb.Graph().as_default(), tf.Session() as session:
        node = tf.placeholder(tf.complex128, [None, 3, 3])
        gradient = tf.gradients(logm(node), node, grad_ys=[tf.constant(weights)])[0]
        found = session.run(gradient, {node: x})
    step = 1e-6
    for place in ((0, 0, 1), (1, 2, 2), (0, 1, 0)):
        moved = np.zeros_like(x)
        moved[place] = step
        real = (loss(x + moved) - loss(x - moved)) / (2 * step)
        imaginary = (loss(x + 1j * moved) - loss(x - 1j * moved)) / (2 * step)
        assert found[place] == pytest.approx(real + 1j * imaginary, rel=1e-6)


def test_zeta_at_its_poles() -> None:
    """Recorded from TensorFlow 2.21: of the powers, only 1 and even ones are infinite at 0, -1, …"""
    op: Any = registry["Zeta"]
    x = np.array([2.44, 2, 3, 4, 1, 0.5, 2.5, 2])
    q = np.array([-1.0, -1, -2, -2, -1, -1, 0, 0])
    expected = [NAN, INF, NAN, INF, INF, NAN, NAN, INF]
    np.testing.assert_array_equal(op(x, q).numpy(), expected)
    program = list(op.programs.values())[-1]
    for tier in (program.interpreter(), program.compiled()):
        np.testing.assert_array_equal(tier(x, q)[0], expected)


@pytest.mark.parametrize("compile_it", [False, True])
def test_the_derivatives_of_digamma_far_out_are_zero(compile_it):
    x = np.array([np.inf, 1e20, 2.0], np.float32)
    halves = x.astype(dtypes.bfloat16.np_dtype)
    for function, values in ((lambda v: special.polygamma.function(np.ones_like(x), v), x),
                             (special._trigamma.function, halves)):
        found = (jax.jit(function) if compile_it else function)(values)
        np.testing.assert_allclose(np.asarray(found, np.float32), [0, 0, 0.6449341], atol=2e-3)
