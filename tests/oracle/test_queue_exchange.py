"""Graphs of queues, readers and parsers, and TFRecord files, exchanged with TensorFlow 1.15 and 2.21, both ways."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.oracle import queue_peer as peer
from tests.oracle.peer import ROOT, VARIABLE

import hornbeam.v1 as tf

pytestmark = pytest.mark.oracle
OLD = os.environ.get("HORNBEAM_ORACLE_1", str(ROOT / ".venv-keras2" / "bin" / "python"))


@pytest.mark.parametrize("version", ["1.15", "2.21"])
def test_either_side_runs_what_the_other_made(version: str, tmp_path: Path):
    python = OLD if version == "1.15" else os.environ.get(VARIABLE, "")
    if not Path(python).exists():
        pytest.skip(f"no interpreter for TensorFlow {version}")
    data = peer.build(tf)
    (tmp_path / "ours.pb").write_bytes(data)
    (tmp_path / "ours").mkdir()
    peer.write_records(tf, str(tmp_path / "ours"))
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([python, str(Path(peer.__file__)), str(tmp_path)], capture_output=True, text=True,
                          check=False, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]
    theirs = json.loads(done.stdout.splitlines()[-1])
    expected = [[record.decode() for record in peer.RECORDS]] * len(peer.KINDS)
    assert theirs["records"] == expected
    assert peer.read_records(tf, str(tmp_path / "theirs")) == expected
    ours = peer.run(tf, data, str(tmp_path))
    assert theirs["graph"] == ours
    assert peer.run(tf, (tmp_path / "theirs.pb").read_bytes(), str(tmp_path)) == ours
    for kind in peer.KINDS:
        one, other = (tmp_path / side / f"records{kind}" for side in ("ours", "theirs"))
        assert one.read_bytes() == other.read_bytes()
