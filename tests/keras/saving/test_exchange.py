"""Models that Keras 3.15 wrote are read with equal predictions; ours are read back."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path

import h5py
import pytest
from tests.oracle.keras_models import MODELS, distances, inputs_of, write
from tests.oracle.peer import VARIABLE

from hornbeam import keras

FROM_KERAS = Path(__file__).parents[2] / "golden" / "keras_models"


def test_what_keras_wrote_predicts_the_same() -> None:
    found = distances(keras, FROM_KERAS)
    assert len(found) == 31
    assert max(found.values()) < 1e-6, found


def test_what_was_written_predicts_the_same(tmp_path: Path) -> None:
    write(keras, tmp_path)
    found = distances(keras, tmp_path)
    assert len(found) == 31
    assert max(found.values()) < 1e-6, found


@pytest.mark.parametrize("name", MODELS)
def test_files_hold_what_those_of_keras_hold(name: str, tmp_path: Path) -> None:
    keras.utils.clear_session()
    read = keras.models.load_model(FROM_KERAS / f"{name}.keras", compile=False)
    read.save(tmp_path / "again.keras")
    assert _configuration(tmp_path / "again.keras") == _configuration(FROM_KERAS / f"{name}.keras")
    read.save_weights(tmp_path / "again.weights.h5")
    assert _arrays(tmp_path / "again.weights.h5") == _arrays(FROM_KERAS / f"{name}.weights.h5")


def _configuration(path: Path) -> object:
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        assert json.loads(archive.read("metadata.json"))["keras_version"] == "3.15.1"
        return _without_ids(json.loads(archive.read("config.json")))


def _without_ids(config: object) -> object:
    """A configuration without what differs from process to process, or says only that nothing was compiled."""
    if isinstance(config, dict):
        return {k: _without_ids(v) for k, v in config.items() if k not in ("shared_object_id", "compile_config")}
    return [_without_ids(v) for v in config] if isinstance(config, list) else config


def _arrays(path: Path) -> dict[str, object]:
    found: dict[str, object] = {}

    def note(name: str, item: h5py.Dataset | h5py.Group) -> None:
        if "seed_generator" in name:
            return  # Keras does not keep the states of random seeds
        what = (item.shape, str(item.dtype)) if isinstance(item, h5py.Dataset) else ()
        found[name] = (*what, dict(item.attrs))

    with h5py.File(path) as file:
        file.visititems(note)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_models_made_here_are_written_as_keras_writes_them(name: str, tmp_path: Path) -> None:
    keras.utils.clear_session()
    made = MODELS[name](keras)
    made(inputs_of(name))
    made.save(tmp_path / "made.keras")
    assert _configuration(tmp_path / "made.keras") == _configuration(FROM_KERAS / f"{name}.keras")


@pytest.mark.oracle
def test_keras_reads_what_was_written_here(tmp_path: Path) -> None:
    interpreter = os.environ.get(VARIABLE)
    if not interpreter:
        pytest.skip(f"{VARIABLE} names no interpreter that has TensorFlow")
    write(keras, tmp_path)
    done = subprocess.run([interpreter, "-m", "tests.oracle.keras_models", "read", str(tmp_path)], check=False,
                          capture_output=True, text=True, cwd=Path(__file__).parents[3],
                          env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"})
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == 26
    assert max(found.values()) < 1e-5, found
