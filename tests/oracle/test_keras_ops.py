"""keras.ops beside an installed Keras: models made of them are read by either."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.keras.ops.test_against_keras import built
from tests.oracle import keras_ops_cases as cases
from tests.oracle.keras_ops_exchange import IN_KERAS_ALONE, answers
from tests.oracle.peer import ROOT, VARIABLE

from hornbeam import keras
from hornbeam.keras import ops

pytestmark = pytest.mark.oracle


def row(expression: str) -> dict[str, Any] | None:
    """A model of the expression whose first array is its input."""
    held: dict[str, Any] = {}

    def placed(make: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            array = np.asarray(make(*args, **kwargs))
            if held or not array.ndim:
                return array
            held.update(value=array, symbol=keras.Input(batch_shape=array.shape, dtype=array.dtype.name))
            return held["symbol"]

        return call

    arrays = {n: placed(cases.NAMES[n]) for n in ("x", "p", "z", "holes")}
    output = eval(expression, {**cases.NAMES, "ops": ops, **arrays})
    if not held:
        return None
    value = held["value"]
    return {"model": keras.Model(held["symbol"], output).to_json(), "dtype": value.dtype.name,
            "input": [str(v) for v in value.reshape(-1)], "shape": list(value.shape)}


def test_models_of_ops_are_read_by_either(tmp_path: Path) -> None:
    if not os.environ.get(VARIABLE):
        pytest.skip(f"{VARIABLE} names no interpreter that has Keras")
    rows = {e: r for e in built() if not e.startswith(IN_KERAS_ALONE) and (r := row(e)) is not None}
    question, answer = tmp_path / "models.json", tmp_path / "answers.json"
    question.write_text(json.dumps(list(rows.values())))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"}
    subprocess.run([os.environ[VARIABLE], "-m", "tests.oracle.keras_ops_exchange", str(question), str(answer)],
                   check=True, cwd=ROOT, capture_output=True, env=environment)
    theirs = json.loads(answer.read_text())
    back = [{**r, "model": t.get("model")} for r, t in zip(rows.values(), theirs, strict=True)]
    for expression, their, first, again in zip(rows, theirs, answers(keras, list(rows.values())), answers(keras, back),
                                               strict=True):
        assert "error" not in their, (expression, their)
        for mine in (first, again):
            assert "error" not in mine, (expression, mine)
            for got, wanted in zip(mine["outputs"], their["outputs"], strict=True):
                np.testing.assert_allclose(got, wanted, 1e-4, 1e-4, err_msg=expression)
    assert len(rows) > 200
