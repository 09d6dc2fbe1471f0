"""Objects that `saved_model.save` writes here do in TensorFlow 2.21 what they do there, and the other way round."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.oracle import saved_object_peer as peer
from tests.oracle.peer import VARIABLE

import hornbeam
import hornbeam.v1 as v1

pytestmark = pytest.mark.oracle


def theirs(what: str, folder: str) -> str:
    """The last line that TensorFlow prints."""
    python = os.environ.get(VARIABLE)
    if not python:
        pytest.skip(f"{VARIABLE} names no interpreter that has TensorFlow")
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([python, str(Path(peer.__file__)), what, folder], capture_output=True, text=True,
                          check=False, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()[-1] if done.stdout else ""


def test_both_read_what_either_wrote(tmp_path: Path) -> None:
    ours, other = str(tmp_path / "ours"), str(tmp_path / "theirs")
    peer.write(hornbeam, ours)
    theirs("write", other)
    found: dict[str, Any] = {f"{folder} in TensorFlow": json.loads(theirs("read", folder)) for folder in (ours, other)}
    found |= {folder: json.loads(json.dumps(peer.read(hornbeam, v1, folder))) for folder in (ours, other)}
    wanted = found[f"{other} in TensorFlow"]
    assert wanted == json.loads((Path(__file__).parents[1] / "golden" / "saved_object.json").read_text())
    for name, given in found.items():
        assert given == wanted, name
