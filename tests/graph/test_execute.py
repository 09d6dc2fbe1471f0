"""Programs of single ops: how many are kept."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf
from hornbeam.graph import execute
from hornbeam.graph.op import registry


def test_the_oldest_compiled_programs_make_room(monkeypatch) -> None:
    monkeypatch.setattr(execute, "_MAX_PROGRAMS", 3)
    programs = registry["Softplus"].programs
    programs.clear()
    execute._compiled.clear()
    large = [np.ones(400_000 + i, np.float32) for i in range(5)]
    for x in large:
        assert float(tf.nn.softplus(x)[0]) == pytest.approx(np.log1p(np.e), rel=1e-6)
    assert len(execute._compiled) == 3
    assert [key[1][0] for key in programs] == [len(x) for x in large[2:]]
    tf.nn.softplus(large[0])
    assert len(programs) == 3
