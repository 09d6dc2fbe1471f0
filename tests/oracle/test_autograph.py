"""Converted programs beside TensorFlow's: the same results and gradients, and the same words where both refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.autograph.programs import CASES
from tests.autograph.refusals import REFUSALS
from tests.oracle.peer import Peer

import hornbeam as tf

pytestmark = pytest.mark.oracle


def ours(name: str, arguments: tuple[Any, ...]) -> list[np.ndarray]:
    """The results of a program traced by Hornbeam, then the gradients of the sum of the floats among them."""
    case = CASES[name]
    given = [tf.constant(a) for a in arguments]
    sources = [t for t in given if t.dtype == tf.float32]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        results = [tf.convert_to_tensor(r) for r in tf.nest.flatten(tf.function(case.function)(*given))]
        floats = [tf.reduce_sum(r) for r in results if r.dtype == tf.float32]
        total = tf.add_n(floats) if floats else None
    slopes = tape.gradient(total, sources, unconnected_gradients="zero") if case.grad else []
    return [np.asarray(tf.convert_to_tensor(t)) for t in (*results, *slopes)]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.tensorflow])
def test_a_program_gives_what_it_gives_in_tensorflow(name: str, tensorflow: Peer) -> None:
    for arguments, theirs in zip(CASES[name].arguments, tensorflow.ask("traced", name=name), strict=True):
        found = ours(name, arguments)
        assert [(f.dtype, f.shape) for f in found] == [(t.dtype, t.shape) for t in theirs]
        for a, b in zip(found, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", [name for name, refusal in REFUSALS.items() if refusal.tensorflow])
def test_tensorflow_refuses_with_the_same_words(name: str, tensorflow: Peer) -> None:
    error = tensorflow.ask("refusal", name=name)
    assert error is not None
    assert error["class"] == REFUSALS[name].error
    assert REFUSALS[name].words in error["message"]
