"""Programs drawn at random give traced what they give at once."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from tests.autograph.random_programs import Draw

import hornbeam as tf
from hornbeam.runtime import executor

ARGUMENTS = [(3, 4), (0, -2), (7, 1), (-5, 2)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(16))
def test_a_random_program(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of them run op by op, the others are compiled."""
    monkeypatch.setattr(executor, "SMALL_RUN", 10**12 if seed % 2 else -1)
    path = tmp_path / f"program{seed}.py"
    path.write_text(Draw(seed).text())
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    traced = tf.function(module.program)
    given = [tuple(map(tf.constant, pair)) for pair in ARGUMENTS]
    assert [int(traced(*pair)) for pair in given] == [int(module.program(*pair)) for pair in given]
