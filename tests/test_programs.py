"""Programs in the manner of TF1's tutorials and Keras 2's examples run unchanged under `hornbeam run`, and learn.

Each prints `RESULT <what> <figure> <relation> <bound>` as its last line.
"""

from __future__ import annotations

import operator
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = sorted(Path(__file__).parent.glob("*/programs/*.py"))
RELATIONS = {">=": operator.ge, "<=": operator.le}
DATA = Path(os.environ.get("HORNBEAM_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_the_program_learns(program: Path, tmp_path: Path) -> None:
    if "mnist" in program.read_text() and not (DATA / "mnist").is_dir():
        pytest.skip("MNIST is not here")
    done = subprocess.run([sys.executable, "-m", "hornbeam", "run", str(program)], cwd=tmp_path, capture_output=True,
                          text=True, timeout=300, env={**os.environ, "HORNBEAM_DATA": str(DATA)}, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    line = done.stdout.splitlines()[-1].split()
    assert line[0] == "RESULT"
    assert RELATIONS[line[3]](float(line[2]), float(line[4])), line
