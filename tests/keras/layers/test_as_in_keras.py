"""Every layer gives the values, gradients, names and configurations that Keras 3.15 gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle.keras_layers_cases import CASES, answer

import hornbeam as tf
from hornbeam import keras

RECORDED = json.loads((Path(__file__).parents[2] / "golden" / "keras_layers.json").read_text())
_NOT_COMPARED = ("registered_name", "module", "shared_object_id")


def without_places(config: Any) -> Any:
    """A configuration without what says where its classes stand."""
    if isinstance(config, dict):
        return {k: without_places(v) for k, v in config.items() if k not in _NOT_COMPARED}
    return [without_places(v) for v in config] if isinstance(config, list) else config


def close(mine: Any, theirs: Any, what: str) -> None:
    assert (mine is None) == (theirs is None), what
    if mine is None:
        return
    assert mine["shape"] == theirs["shape"], what
    np.testing.assert_allclose(mine["first"], theirs["first"], rtol=1e-4, atol=1e-5, err_msg=what)
    scale = max(1.0, abs(theirs["sums"][2]))
    np.testing.assert_allclose(mine["sums"], theirs["sums"], rtol=1e-4, atol=2e-5 * scale, err_msg=what)


@pytest.mark.parametrize("name", CASES)
def test_a_layer_is_as_in_keras(name: str) -> None:
    mine, theirs = answer(keras, tf, name), RECORDED[name]
    for part in ("values", "gradients", "state"):
        assert len(mine[part]) == len(theirs[part]), part
        for i, (a, b) in enumerate(zip(mine[part], theirs[part], strict=True)):
            close(a, b, f"{name}: {part} {i}")
    assert mine["paths"] == theirs["paths"]
    assert mine["shape"] == theirs["shape"]
    assert without_places(mine["config"]) == without_places(theirs["config"])


def test_every_case_is_recorded() -> None:
    assert set(CASES) == set(RECORDED)
