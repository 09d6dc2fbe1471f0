"""Truncated, bit-flipped and malicious model files: a clear error that names the file, and no code from it runs."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from tests.oracle import keras_models

from hornbeam import keras

FOLDER = Path(__file__).parents[2] / "golden" / "keras_models"
FILES = [FOLDER / f"{name}.{ending}" for name in ("row", "two_inputs", "subclassed") for ending in ("keras", "h5")
         if (FOLDER / f"{name}.{ending}").exists()]


# Mutations -------------------------------------------------------------------------------------------


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[:rng.randrange(len(data))]


def flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def scattered(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(2, 60)):
        changed[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(changed)


def zeroed(data: bytes, rng: random.Random) -> bytes:
    start, length = rng.randrange(len(data)), rng.randrange(1, 200)
    return data[:start] + bytes(min(length, len(data) - start)) + data[start + length:]


def inserted(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.randrange(1, 40)) + data[at:]


def reworded(data: bytes, rng: random.Random) -> bytes:
    """Another configuration in a zip whose checksums are right."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return scattered(data, rng)

    def change(text: bytes) -> bytes:
        changed = bytearray(text)
        for _ in range(rng.randrange(1, 4)):
            changed[rng.randrange(len(changed))] = rng.choice(b'{}[]":,0123456789anulltrefs ')
        return bytes(changed)

    return with_configuration(data, change)


def with_configuration(data: bytes, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == "config.json" else content)
    return out.getvalue()


MUTATIONS = (truncated, flipped, scattered, zeroed, inserted, reworded)


def load_mutated(seed: int, count: int, folder: Path) -> Counter[str]:
    """Load `count` changed files; how each went. Anything but a clear error that names the file is a failure."""
    keras_models._net(keras)
    rng = random.Random(seed)
    outcomes: Counter[str] = Counter()
    for i in range(count):
        source, mutation = rng.choice(FILES), rng.choice(MUTATIONS)
        path = folder / f"{i}{source.suffix}"
        path.write_bytes(mutation(source.read_bytes(), rng))
        try:
            keras.models.load_model(path, compile=False)
            outcomes["loaded"] += 1
        except (ValueError, TypeError) as error:
            outcomes["refused" if str(path) in str(error) else f"{mutation.__name__} {source.name}: {error}"] += 1
        path.unlink()
    assert set(outcomes) <= {"loaded", "refused"}
    return outcomes


@pytest.mark.filterwarnings("ignore")  # what a changed configuration asks for may be worth a warning
def test_changed_files_are_read_or_refused(tmp_path: Path) -> None:
    outcomes = load_mutated(1, 150, tmp_path)
    assert outcomes["refused"] > 75


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # as above
def test_a_thousand_changed_files_are_read_or_refused(tmp_path: Path) -> None:
    assert load_mutated(2, 1000, tmp_path).total() == 1000


# Malice ----------------------------------------------------------------------------------------------


def refusal(data: bytes, tmp_path: Path, **options: Any) -> str:
    path = tmp_path / "bad.keras"
    path.write_bytes(data)
    with pytest.raises((ValueError, TypeError)) as caught:
        keras.models.load_model(path, **options)
    assert str(path) in str(caught.value)
    return str(caught.value)


def with_layer(entry: dict[str, Any]) -> bytes:
    """The row model with another first layer."""
    def change(text: bytes) -> bytes:
        config = json.loads(text)
        config["config"]["layers"][1] = entry
        return json.dumps(config).encode()

    return with_configuration((FOLDER / "row.keras").read_bytes(), change)


@pytest.mark.parametrize(("module", "name", "config"), [
    ("os", "system", {"command": "touch /tmp/owned"}),
    ("subprocess", "Popen", {"args": ["touch", "/tmp/owned"]}),
    ("builtins", "eval", {"source": "1"}),
    ("keras.utils", "get_file", {"fname": "x", "origin": "http://example.org"}),
    ("keras.models", "load_model", {"filepath": "other.keras"}),
    ("keras.config", "enable_unsafe_deserialization", {}),
    ("keras.src.saving.saving_lib", "load_model", {"filepath": "other.keras"}),
    ("hornbeam.keras.operations", "FunctionCall", {"function": "raw_ops.WriteFile"}),
    ("hornbeam.keras.operations", "FunctionCall", {"function": "py_function"}),
    ("hornbeam.runtime.gfile", "GFile", {"name": "x", "mode": "w"}),
    (None, "Dense2", {"units": 1}),
])
def test_what_is_no_part_of_a_model_is_refused(module: str | None, name: str, config: Any, tmp_path: Path) -> None:
    refusal(with_layer({"module": module, "class_name": name, "config": config, "registered_name": name}), tmp_path)


def test_code_in_a_file_runs_only_where_that_is_asked_for(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x * 3)])
    model.save(tmp_path / "code.keras")
    words = refusal((tmp_path / "code.keras").read_bytes(), tmp_path)
    assert "safe_mode=False" in words
    loaded = keras.models.load_model(tmp_path / "code.keras", safe_mode=False)
    assert loaded(np.ones((1, 2))).numpy().tolist() == [[3.0, 3.0]]


def test_a_member_that_says_to_be_huge_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO((FOLDER / "row.keras").read_bytes())) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("metadata.json", old.read("metadata.json"))
        new.writestr("config.json", b" " * (300 << 20), compress_type=zipfile.ZIP_DEFLATED)
        new.writestr("model.weights.h5", old.read("model.weights.h5"))
    assert "decompression bomb" in refusal(out.getvalue(), tmp_path)


def test_files_outside_the_folder_are_not_written(tmp_path: Path) -> None:
    out = io.BytesIO((FOLDER / "row.keras").read_bytes())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("assets/../../../escaped.txt", "here")
    assert "escapes the asset directory" in refusal(out.getvalue(), tmp_path)
    assert not (tmp_path.parent / "escaped.txt").exists()


@pytest.mark.parametrize("kind", ["soft link", "external link", "external data", "huge"])
def test_weights_that_are_not_in_the_file_are_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.weights.h5"
    path.write_bytes((FOLDER / "row.weights.h5").read_bytes())
    with h5py.File(path, "a") as file:
        group = file["layers/dense/vars"]
        del group["0"]
        if kind == "soft link":
            group["0"] = h5py.SoftLink("/layers/dense_1/vars/0")
        elif kind == "external link":
            group["0"] = h5py.ExternalLink("/etc/passwd", "/")
        elif kind == "external data":
            group.create_dataset("0", (4, 3), "float32", external=[("/etc/hostname", 0, 48)])
        else:
            group.create_dataset("0", (1 << 20, 1 << 14), "float32", chunks=(1024, 1024), compression="gzip")
    with pytest.raises(ValueError, match="Not allowed") as caught:
        model("row").load_weights(path)
    assert str(path) in str(caught.value)


def model(name: str) -> Any:
    return keras.models.load_model(FOLDER / f"{name}.keras", compile=False)


# Files that are no such files ------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "words"), [
    ("missing.keras", "File not found"), ("text.keras", "File not found"), ("model.tf", "File format not supported"),
    ("empty.h5", "cannot be read as an `.h5` file"), ("weights.h5", "No model config found"),
])
def test_other_files_are_refused(name: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "text.keras":
        path.write_text("no zip")
    elif name == "empty.h5":
        path.write_bytes(b"")
    elif name == "weights.h5":
        path.write_bytes((FOLDER / "row.weights.h5").read_bytes())
    with pytest.raises(ValueError, match=words) as caught:
        keras.models.load_model(path)
    assert name in str(caught.value)


def test_weights_that_do_not_fit_are_refused_or_skipped(tmp_path: Path) -> None:
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(5)])
    before = other.layers[1].get_weights()
    with pytest.raises(ValueError, match="A total of 1 objects could not be loaded"):
        other.load_weights(FOLDER / "row.weights.h5")
    with pytest.warns(UserWarning, match="A total of 1 objects could not be loaded"):
        other.load_weights(FOLDER / "row.weights.h5", skip_mismatch=True)
    assert np.array_equal(other.layers[0].get_weights()[0], model("row").layers[0].get_weights()[0])
    assert np.array_equal(other.layers[1].get_weights()[0], before[0])


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "kept.keras"
    good = model("row")
    good.save(path)
    before = path.read_bytes()

    class Fails(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return x

        def save_own_variables(self, store: Any) -> None:
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="disk is full"):
        keras.Sequential([keras.Input((2,)), Fails()]).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["kept.keras"]


@pytest.mark.parametrize(("config", "error", "words"), [
    ({"class_name": "__typespec__", "config": "text"}, TypeError, "Expected 'config' to be a list or a tuple"),
    ({"class_name": "__unheard_of__", "config": {}}, TypeError, "Could not locate class '__unheard_of__'"),
    ({"class_name": "function", "module": "builtins", "registered_name": "other", "config": "relu"}, ValueError,
     "resolved to a Keras built-in"),
    ({"class_name": "Sequential", "module": "keras", "config": {"name": "s", "layers": [{}]}}, ValueError,
     "Expected a dictionary containing a 'config' key."),
    ({"class_name": "Sequential", "module": "keras", "config": {"name": "s", "layers": ["Dense"]}}, ValueError,
     "Expected a dictionary containing a 'config' key."),
])
def test_malformed_configurations_are_refused(config: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        keras.saving.deserialize_keras_object(config)
