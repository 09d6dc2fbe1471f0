"""Programs give traced what they give on tensors that have values; so do their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.autograph.programs import CASES

import hornbeam as tf
import hornbeam.v1 as tf1
from hornbeam.autograph import convert
from hornbeam.runtime import executor


def arrays(found: Any) -> list[np.ndarray]:
    """The parts of a result as arrays, as Python's numbers become tensors."""
    return [np.asarray(tf.convert_to_tensor(t)) for t in tf.nest.flatten(found)]


def same(found: list[Any], expected: list[Any]) -> None:
    """Equal in number, dtypes, shapes and values."""
    assert [(f.dtype, f.shape) for f in found] == [(e.dtype, e.shape) for e in expected]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def with_slopes(function: Any) -> Any:
    """A function that gives what `function` gives, and the gradients of the sum of the floats in it."""
    def call(*given: Any) -> Any:
        sources = [t for t in given if t.dtype == tf.float32]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            results = tf.nest.flatten(function(*given))
            total = tf.add_n([tf.reduce_sum(r) for r in results if getattr(r, "dtype", None) == tf.float32])
        return results, tape.gradient(total, sources, unconnected_gradients="zero")

    return call


@pytest.mark.parametrize("name", CASES)
def test_a_program_gives_traced_what_it_gives_at_once(name: str) -> None:
    """One trace serves every way through it."""
    case = CASES[name]
    traced = tf.function(case.function)
    for arguments in case.arguments:
        given = [tf.constant(a) for a in arguments]
        same(arrays(traced(*given)), arrays(case.function(*given)))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.grad])
def test_its_gradients_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is compiled, small as it is."""
    monkeypatch.setattr(executor, "SMALL_RUN", -1)
    case = CASES[name]
    at_once = with_slopes(case.function)
    traced = tf.function(at_once)
    for arguments in case.arguments:
        given = [tf.constant(a) for a in arguments]
        same(arrays(traced(*given)), arrays(at_once(*given)))


@pytest.mark.parametrize("name", ["if_else", "newton", "return_from_for", "bubble_sort", "attribute_in_loop"])
def test_a_program_runs_in_a_session(name: str) -> None:
    case = CASES[name]
    for arguments in case.arguments:
        values = [np.asarray(tf.constant(a)) for a in arguments]
        expected = [np.asarray(e) for e in tf.nest.flatten(case.function(*map(tf.constant, arguments)))]
        with tf1.Graph().as_default(), tf1.Session() as session:
            given = [tf1.placeholder(v.dtype, v.shape) for v in values]
            results = session.run(convert(case.function)(*given), dict(zip(given, values, strict=True)))
        same([np.asarray(r) for r in tf.nest.flatten(results)], expected)
