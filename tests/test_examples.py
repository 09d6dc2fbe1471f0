"""The programs in `examples/` and in the README learn what they should, as a user runs them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def accuracy(program: Path, data: Path, *arguments: str, folder: Path = ROOT) -> float:
    """The last number that the program prints, run under `hornbeam run` with MNIST at hand."""
    done = subprocess.run(
        [sys.executable, "-m", "hornbeam", "run", str(program), *arguments],
        cwd=folder,
        env={**os.environ, "HORNBEAM_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout.split()[-1])


@pytest.mark.parametrize(("number", "least"), [(0, 0.9), (1, 0.95)])
def test_readme_program(tmp_path, mnist_folder, number, least):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    (tmp_path / "program.py").write_text(blocks[number])
    assert accuracy(tmp_path / "program.py", mnist_folder, folder=tmp_path) > least


@pytest.mark.slow
def test_softmax_over_five_seeds(mnist_folder):
    program = ROOT / "examples" / "mnist_softmax.py"
    runs = [accuracy(program, mnist_folder, "--seed", str(seed)) for seed in range(5)]
    assert sum(runs) / len(runs) >= 0.91, runs


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("mnist_mlp.py", 0.97), ("mnist_conv.py", 0.985)])
def test_two_epochs(mnist_folder, name, least):
    assert accuracy(ROOT / "examples" / name, mnist_folder, "--epochs", "2", "--seed", "1") >= least


def test_the_same_seed_gives_the_same_run(mnist_folder):
    program = ROOT / "examples" / "mnist_softmax.py"
    first, again = (accuracy(program, mnist_folder, "--seed", "3", "--steps", "50") for _ in range(2))
    assert first == again
