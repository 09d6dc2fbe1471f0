"""Layers, normalisations and optimizers give what TensorFlow 1.15.5 gives with the same weights."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "layer_values.json").read_text())


def _cases() -> Any:
    spec = importlib.util.spec_from_file_location("layer_values", HERE / "layer_values.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.all_cases()


CASES = _cases()


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLDEN)
def test_values_are_tensorflows(name: str) -> None:
    with tf.Graph().as_default():
        found = CASES[name](tf)
    assert len(found) == len(GOLDEN[name])
    for ours, theirs in zip(found, GOLDEN[name], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-5)


def test_every_case_was_recorded() -> None:
    assert list(GOLDEN) == list(CASES)
