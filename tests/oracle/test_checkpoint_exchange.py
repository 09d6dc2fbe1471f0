"""Checkpoints exchanged with TensorFlow 1.15 and 2.21, both ways, bit for bit; models to the accuracy of their sums."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle import checkpoint_peer as peer
from tests.oracle.peer import ROOT, VARIABLE

import hornbeam
import hornbeam.v1 as v1

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]
OLD = os.environ.get("HORNBEAM_ORACLE_1", str(ROOT / ".venv-keras2" / "bin" / "python"))
KINDS = ["raw", "parts", "sharded", "old", "oldsharded", "objects", "model"]


class Ours(peer.Side):
    """Hornbeam."""

    def __init__(self, folder: Path) -> None:
        super().__init__(hornbeam, v1, str(folder))

    def tensor(self, name: str) -> Any:
        return v1.constant(peer.raw(name).reshape(-1).view(v1.as_dtype(name).as_numpy_dtype).reshape(peer.SHAPE))

    def bits(self, name: str, value: Any) -> Any:
        return value


def python(version: str) -> str:
    """The interpreter that has this version of TensorFlow."""
    found = OLD if version == "1.15" else os.environ.get(VARIABLE, "")
    if not Path(found).exists():
        pytest.skip(f"no interpreter for TensorFlow {version}")
    return found


def theirs(version: str, folder: Path, *words: str) -> None:
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run([python(version), str(Path(peer.__file__)), str(folder), *words], capture_output=True,
                          text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-3000:]


def check(what: str, found: Any, folder: Path) -> None:
    """What was read is what was written."""
    if what == "raw":
        for name in peer.DTYPES:
            assert found[name].tobytes() == peer.raw(name).tobytes(), name
        assert found["texts"].tolist() == peer.TEXTS.tolist()
        assert found["empty"].shape == (0, 3)
        assert found["scalar"] == 2.5
    elif what == "objects":
        assert found["objects.w"].tobytes() == peer.whole().tobytes()
        assert found["objects.texts"].tolist() == [b"a", b"b"]
        assert (found["objects.0"], found["objects.1"].tolist(), found["objects.step"]) == (5, [2.5], 3)
    elif what == "model":
        assert np.abs(found["model"] - np.load(folder / "predicted.npy")).max() < 1e-5
        assert found["model.steps"] == 4
        assert 1e-4 < np.abs(found["model.moved"] - found["model"]).max() < 1
    else:
        assert found[f"{what}.p"].tobytes() == peer.whole().tobytes()
        assert found[f"{what}.n"] == 42


@pytest.mark.parametrize("version", ["1.15", "2.21"])
@pytest.mark.parametrize("what", KINDS)
def test_theirs_is_read_here(version, what, tmp_path):
    theirs(version, tmp_path, "write", what)
    side = Ours(tmp_path)
    side.read(what)
    check(what, side.found, tmp_path)


@pytest.mark.parametrize("version", ["1.15", "2.21"])
@pytest.mark.parametrize("what", KINDS)
def test_ours_is_read_there(version, what, tmp_path):
    Ours(tmp_path).write(what)
    theirs(version, tmp_path, "read", what)
    with np.load(tmp_path / "read.npz", allow_pickle=True) as found:
        check(what, found, tmp_path)


@pytest.mark.parametrize("version", ["1.15", "2.21"])
@pytest.mark.parametrize("what", ["raw", "parts", "old"])
def test_files_are_the_same_byte_by_byte(version, what, tmp_path):
    ours, other = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    other.mkdir()
    Ours(ours).write(what)
    theirs(version, other, "write", what)
    names = [n for n in sorted(os.listdir(other)) if n.startswith(what) and not n.endswith(".meta")]
    assert names == [n for n in sorted(os.listdir(ours)) if not n.endswith(".meta") and n != "checkpoint"]
    for name in names:
        assert (ours / name).read_bytes() == (other / name).read_bytes(), name
