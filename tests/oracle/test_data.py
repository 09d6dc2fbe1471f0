"""Datasets against TensorFlow: random chains of transformations, seed by seed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.data import chains
from tests.oracle.peer import VARIABLE

import hornbeam as tf

pytestmark = pytest.mark.oracle
ROOT = Path(__file__).parents[2]
FIRST, STEP, LAST = 1000, 100, 1600


@pytest.mark.parametrize("first", range(FIRST, LAST, STEP))
def test_random_chains_give_what_tensorflow_gives(first):
    """Order, elements, dtypes, shapes, cardinality and errors of a hundred chains."""
    python = os.environ.get(VARIABLE)
    if not python:
        pytest.skip(f"{VARIABLE} names no interpreter that has TensorFlow")
    done = subprocess.run([python, str(ROOT / "tests/data/chains.py"), str(first), str(first + STEP)],
                          capture_output=True, text=True, timeout=600, check=False)
    wanted = [json.loads(line) for line in done.stdout.splitlines()]
    assert wanted, done.stderr[-2000:]
    wrong = []
    for seed, theirs in wanted:  # TensorFlow does not survive every chain: what came before counts
        ours = json.loads(json.dumps(chains.described(tf, seed)))
        if ours != theirs and "fault of the library" not in str(theirs):
            wrong.append((seed, theirs, ours))
    assert not wrong, "\n".join(f"{s}: {t}\n   ours {o}" for s, t, o in wrong[:5])
