"""Keras's recorded answers about losses, metrics and optimizers, and ours to the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from tests.oracle.keras_training_cases import Side, plain

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.masks import set_keras_mask
from hornbeam.keras.state import reset_names

FOLDER = Path(__file__).parents[1] / "golden"


def rows(kind: str) -> list[dict[str, Any]]:
    """The recorded cases of one kind with their answers."""
    return json.loads((FOLDER / f"keras_{kind}.json").read_text())


def title(row: Any) -> str:
    """A case in a word or two, for the names of tests."""
    case = row["case"]
    parts = [case["of"], *(f"{k}={v}" for k, v in case.get("args", {}).items()),
             *(f"{k}={v}" for k, v in case.items() if k not in ("of", "args"))]
    return ",".join(parts).replace(" ", "")


def gradient(function: Any, x: Any) -> Any:
    """The gradient of a function at a tensor."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return tape.gradient(value, x)


OURS = Side(keras, set_keras_mask, gradient, reset_names)


def ours(kind: str, case: dict[str, Any]) -> Any:
    """Our answer to a case."""
    return plain(OURS.answer(kind, case))


def assert_same(got: Any, wanted: Any, tolerance: float = 1e-5, at: str = "") -> None:
    """Nothing where two answers are equal, numbers within `tolerance` (relative to the larger of them and 1)."""
    if isinstance(wanted, dict):
        assert set(got) == set(wanted), f"{at}: {sorted(set(got) ^ set(wanted))}"
        for key in wanted:
            assert_same(got[key], wanted[key], tolerance, f"{at}/{key}")
    elif isinstance(wanted, list) and any(isinstance(w, (list, float)) for w in wanted):
        assert len(got) == len(wanted), at
        for i, (g, w) in enumerate(zip(got, wanted, strict=True)):
            assert_same(g, w, tolerance, f"{at}/{i}")
    elif isinstance(wanted, float):
        assert np.isclose(got, wanted, rtol=tolerance, atol=tolerance), f"{at}: {got} is not {wanted}"
    else:
        assert got == wanted, f"{at}: {got!r} is not {wanted!r}"
