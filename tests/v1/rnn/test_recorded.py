"""Recurrent graphs give what TensorFlow 1.15.5 gave with the same weights: values, gradients, names and shapes.

`cases.py` and `sequence_cases.py` say how the answers were recorded.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
WORDS = {
    "cases": ("dynamic_lstm static_lstm bidirectional_lstm bidirectional_static_lstm gru stack", "residual device kept "
              "projection attention layer_norm", "coupled ugrnn intersection nas indy highway glstm", "sru basic relu "
              "block initial double two_cells", "reused one_cell called nested raw"),
    "sequence_cases": ("attention basic_training training_layer scheduled", "greedy helper beam history mechanisms",
                       "encoder_state losses small legacy"),
}
"""Parts of the names of cases; those of one process together, as starting it takes longer than most cases do."""
RUNS = [(script, words) for script, groups in WORDS.items() for words in groups]


def of_case(answers: dict[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
    return {key.partition("|")[2]: value for key, value in answers.items() if key.partition("|")[0] == name}


def as_known(recorded: str, ours: str) -> bool:
    """Whether a static shape is as recorded, or says more."""
    old, new = (shape.strip("()<>").replace(" ", "").split(",") for shape in (recorded, ours))
    return recorded == ours or "unknown" in recorded or (
        len(old) == len(new) and all(a in ("?", b) for a, b in zip(old, new, strict=True)))


@pytest.mark.slow
@pytest.mark.parametrize(("script", "words"), RUNS, ids=lambda part: part.replace(" ", "-"))
def test_as_recorded(script: str, words: str, tmp_path: Path) -> None:
    out = tmp_path / "found.npz"
    done = subprocess.run([sys.executable, "-m", "hornbeam", "run", f"{script}.py", str(out), *words.split()],
                          cwd=HERE, capture_output=True, text=True, timeout=600, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    recorded, found = dict(np.load(HERE / f"{script}.npz")), dict(np.load(out))
    names = sorted({key.partition("|")[0] for key in found})
    assert all(any(word in name for name in names) for word in words.split())
    for name in names:
        old, new = of_case(recorded, name), of_case(found, name)
        assert sorted(old) == sorted(new), name
        for key, value in old.items():
            where = f"{name}: {key}"
            if key == "shapes":
                assert all(map(as_known, value, new[key])), (where, value, new[key])
            elif value.dtype.kind in "US":
                assert list(value) == list(new[key]), where
            else:
                assert value.dtype == new[key].dtype, where
                np.testing.assert_allclose(new[key], value, rtol=1e-5, atol=1e-5, err_msg=where)
