"""Event files exchanged with TensorFlow 1.15 and 2.21: each reads what the other wrote, and both write the same."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.oracle import event_file_peer as peer
from tests.oracle.peer import ROOT, VARIABLE

import hornbeam.v1 as tf

pytestmark = pytest.mark.oracle
PYTHONS = {"1.15": os.environ.get("HORNBEAM_ORACLE_1", str(ROOT / ".venv-keras2" / "bin" / "python")),
           "2.21": os.environ.get(VARIABLE, "")}


def theirs(version: str, *words: str) -> str:
    if not Path(PYTHONS[version]).is_file():
        pytest.skip(f"no interpreter for TensorFlow {version}")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run([PYTHONS[version], str(Path(peer.__file__)), *words], capture_output=True, text=True,
                          check=False, env={**environment, "TF_CPP_MIN_LOG_LEVEL": "3"})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def plain(found: object) -> object:
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("version", PYTHONS)
def test_exchange(version: str, tmp_path: Path) -> None:
    mine, other = str(tmp_path / "mine"), str(tmp_path / "other")
    peer.write(tf, mine)
    theirs(version, "write", other)
    assert plain(peer.read(tf, mine)) == plain(peer.read(tf, other))
    for folder in (mine, other):
        assert json.loads(theirs(version, "read", folder).splitlines()[-1]) == plain(peer.read(tf, folder))
