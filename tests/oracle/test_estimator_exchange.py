"""Canned estimators go from TensorFlow 1.15 to Hornbeam and back: their checkpoints, and what they export."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.oracle

ROOT = Path(__file__).parents[2]
PEER = Path(__file__).with_name("estimator_peer.py")
OLD = os.environ.get("HORNBEAM_ORACLE_1", str(ROOT / ".venv-keras2" / "bin" / "python"))
COMMANDS = {"TensorFlow": [OLD], "Hornbeam": [sys.executable, "-m", "hornbeam", "run"]}


def _ask(who: str, what: str, folder: Path) -> Any:
    vocabulary = folder / "vocabulary.txt"
    if what != "serve":  # what is served brings its own
        vocabulary.write_text("red\ngreen\nblue\n")
    done = subprocess.run([*COMMANDS[who], str(PEER), what, str(folder), str(vocabulary)], capture_output=True,
                          text=True, timeout=300, check=False)
    lines = [x for x in done.stdout.splitlines() if x.startswith("FOUND ")]
    assert lines, done.stderr[-3000:]
    vocabulary.unlink(missing_ok=True)
    return json.loads(lines[0].removeprefix("FOUND "))


@pytest.fixture(autouse=True)
def _needs_tensorflow() -> None:
    if not Path(OLD).exists():
        pytest.skip("needs an interpreter with TensorFlow 1.15")


@pytest.mark.parametrize(("first", "second"), [("TensorFlow", "Hornbeam"), ("Hornbeam", "TensorFlow")])
def test_a_model_goes_on_elsewhere(first: str, second: str, tmp_path: Path) -> None:
    names = _ask(first, "train", tmp_path)
    assert "dnn/hiddenlayer_0/batchnorm_0/moving_mean" in names
    mine, theirs = _ask(first, "evaluate", tmp_path), _ask(second, "evaluate", tmp_path)
    assert mine == pytest.approx(theirs, rel=1e-4, abs=1e-5)
    logits = _ask(first, "export", tmp_path)
    np.testing.assert_allclose(_ask(second, "serve", tmp_path), logits, rtol=1e-4, atol=1e-5)
    more = _ask(second, "more", tmp_path)
    assert more["global_step"] == 7
    assert _ask(first, "evaluate", tmp_path) == pytest.approx(more, rel=1e-4, abs=1e-5)


def test_both_name_variables_alike(tmp_path: Path) -> None:
    names = [_ask(who, "train", tmp_path / who) for who in COMMANDS if not (tmp_path / who).mkdir()]
    assert names[0] == names[1]
