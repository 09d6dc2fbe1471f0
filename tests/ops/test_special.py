"""Special functions at the edge of their domain: TensorFlow's answers, in both tiers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hornbeam.graph.op import registry

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
