"""Graphs that TensorFlow 1.15 made (`tests/oracle/graph_nets.py`), in a folder of their own."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

ARCHIVE = Path(__file__).parent / "golden" / "graphs.tar.xz"


def unpacked(folder: Path) -> Path:
    """The folder, with a folder of files for each network in it."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def answers(folder: Path, name: str) -> dict[str, Any]:
    """What TensorFlow answered."""
    return json.loads((folder / name / "answers.json").read_text())


def feed(folder: Path) -> dict[str, Any]:
    """What it was fed."""
    data = np.load(folder / "data.npz")
    return {"x:0": data["x"], "y:0": data["y"]}
