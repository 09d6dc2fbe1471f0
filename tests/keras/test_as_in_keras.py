"""Layers, models and configurations answer as Keras 3.15 did when its answers were recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.oracle.keras_base_cases import CASES, answers

from hornbeam import keras

RECORDED = json.loads((Path(__file__).parents[1] / "golden" / "keras_base.json").read_text())


@pytest.mark.parametrize("name", CASES)
def test_a_case_gives_what_keras_gave(name: str) -> None:
    assert answers(keras, name) == RECORDED[name]
