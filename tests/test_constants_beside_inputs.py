"""Every op where some inputs are constants, which are NumPy arrays when a program is compiled, and others are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.test_ops import SAMPLED, samples

import hornbeam as hb
from hornbeam.backend.lazy import jax
from hornbeam.backend.x64 import x64
from hornbeam.graph.op import Op


def moving(op: Op) -> list[int]:
    return [i for i, arg in enumerate(op.args) if not (arg.static or arg.many or arg.ref)]


PLAIN = [op for op in SAMPLED if len(moving(op)) > 1 and not (op.host or op.random or op.structural or op.writes)]


@pytest.mark.parametrize("op", PLAIN, ids=str)
def test_constants_beside_inputs(op: Op) -> None:
    arrays, attrs = next(iter(samples(op)))
    places, attrs = moving(op), op.normalized(attrs)

    def traced(which: list[int]) -> None:
        def function(*given: Any) -> Any:
            mixed = list(arrays)
            for place, value in zip(which, given, strict=True):
                mixed[place] = value
            return op.function(*mixed, **attrs)

        with x64():
            jax.eval_shape(function, *[np.asarray(arrays[i]) for i in which])

    for place in places:
        traced([place])
        traced([i for i in places if i != place])


def test_a_constant_matrix_takes_a_diagonal_in_a_compiled_function() -> None:
    @hb.function
    def diagonals(x: Any) -> Any:
        return hb.linalg.set_diag(hb.zeros([64, 64]), hb.reduce_sum(hb.matmul(x, x), 0))

    x = np.eye(64, dtype=np.float32)
    np.testing.assert_array_equal(diagonals(hb.constant(x)), x)
