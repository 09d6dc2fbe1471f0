"""A compiled model that was saved goes on training as it would have; the states of optimizer and seeds are kept."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.oracle.keras_models import compiled, fit, write_compiled
from tests.oracle.peer import VARIABLE

from hornbeam import keras

GOLDEN = Path(__file__).parents[2] / "golden" / "keras_models"


def assert_same(found: dict[str, list[float]], wanted: dict[str, list[float]]) -> None:
    assert list(found) == list(wanted)
    for name, values in wanted.items():
        assert np.allclose(found[name], values, rtol=1e-5), name


def test_a_model_that_keras_saved_goes_on_as_there() -> None:
    model = keras.models.load_model(GOLDEN / "compiled.keras")
    assert int(model.optimizer.iterations) == 8
    assert_same(fit(model), json.loads((GOLDEN / "compiled.json").read_text()))


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_model_that_was_saved_here_goes_on(ending: str, tmp_path: Path) -> None:
    model = compiled(keras)
    path = tmp_path / f"compiled.{ending}"
    model.save(path)
    again = keras.models.load_model(path)
    assert_same(fit(again), fit(model))
    assert not keras.models.load_model(path, compile=False).compiled


def test_the_state_of_an_optimizer_is_part_of_the_weights(tmp_path: Path) -> None:
    model = compiled(keras)
    model.save_weights(tmp_path / "w.weights.h5")
    other = compiled(keras)
    other.load_weights(tmp_path / "w.weights.h5")
    assert_same(fit(other), fit(model))


def test_the_states_of_random_seeds_are_kept(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((50,)), keras.layers.Dropout(0.5, seed=3)])
    x = np.ones((1, 50), "float32")
    first = np.asarray(model(x, training=True))
    model.save(tmp_path / "d.keras")
    again = keras.models.load_model(tmp_path / "d.keras")
    second = np.asarray(model(x, training=True))
    assert not np.array_equal(first, second)
    assert np.array_equal(again(x, training=True), second)


@pytest.mark.oracle
def test_keras_goes_on_with_a_model_that_was_saved_here(tmp_path: Path) -> None:
    from hornbeam import keras
    interpreter = os.environ.get(VARIABLE)
    if not interpreter:
        pytest.skip(f"{VARIABLE} names no interpreter that has TensorFlow")
    write_compiled(keras, tmp_path)
    done = subprocess.run([interpreter, "-m", "tests.oracle.keras_models", "train", str(tmp_path)], check=True,
                          capture_output=True, text=True, cwd=Path(__file__).parents[3],
                          env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"})
    assert_same(json.loads(done.stdout.splitlines()[-1]), json.loads((tmp_path / "compiled.json").read_text()))
