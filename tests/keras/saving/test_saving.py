"""Saving: formats and their paths, several files, folders, questions before a file is replaced, assets."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hornbeam import keras


def model() -> keras.Sequential:
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(64), keras.layers.Dense(64), keras.layers.Dense(3)])


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a.get_weights(), b.get_weights(), strict=True))


def test_weights_in_several_files(tmp_path: Path) -> None:
    first, second = model(), model()
    path = tmp_path / "w.weights.json"
    first.save_weights(path, max_shard_size=2e-5)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.weights.json", "w_00000.weights.h5", "w_00001.weights.h5"]
    assert json.loads(path.read_text())["metadata"]["total_size"] == 34060.0
    second.load_weights(path)
    assert same(first, second)
    with pytest.raises(ValueError, match="exceeds the maximum shard size"):
        first.save_weights(tmp_path / "x.weights.json", max_shard_size=1e-6)
    found = json.loads(path.read_text())
    found["weight_map"]["/layers/dense/vars"] = "../elsewhere.weights.h5"
    path.write_text(json.dumps(found))
    with pytest.raises(ValueError, match="names files outside its folder"):
        second.load_weights(path)


def test_a_folder_and_a_file_object_hold_what_a_file_does(tmp_path: Path) -> None:
    first = model()
    first.save(tmp_path / "folder", zipped=False)
    assert sorted(p.name for p in (tmp_path / "folder").iterdir()) == ["config.json", "metadata.json",
                                                                      "model.weights.h5"]
    assert same(keras.models.load_model(tmp_path / "folder"), first)
    file = io.BytesIO()
    keras.saving.save_model(first, file)
    assert same(keras.saving.load_model(file), first)


def test_paths_that_say_no_format_are_refused(tmp_path: Path) -> None:
    for path, options, words in (("x", {}, "Invalid filepath extension"), ("x.tf", {}, "Invalid filepath extension"),
                                 ("x.keras", {"zipped": False}, "should not end in"),
                                 ("x.keras", {"nope": 1}, "not supported"), ("hf://a/b", {}, "does not upload")):
        with pytest.raises(ValueError, match=words):
            model().save(path if path.startswith("hf:") else tmp_path / path, **options)
    with pytest.raises(ValueError, match="has not yet been built"):
        keras.Sequential([keras.layers.Dense(1)]).save_weights(tmp_path / "x.weights.h5")
    with pytest.warns(UserWarning, match="has not yet been built"):
        keras.Sequential([keras.layers.Dense(1)]).save(tmp_path / "x.keras")


def test_a_file_is_replaced_only_after_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.keras"
    first, second = model(), model()
    first.save(path)
    answers = iter(["maybe", "n", "y"])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    second.save(path, overwrite=False)
    assert same(keras.models.load_model(path), first)
    second.save(path, overwrite=False)
    assert same(keras.models.load_model(path), second)


def test_files_beside_the_arrays_come_back(tmp_path: Path) -> None:
    @keras.saving.register_keras_serializable("tests")
    class Words(keras.layers.Layer):
        def __init__(self, words: Any = None, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.words = words

        def call(self, inputs: Any) -> Any:
            return inputs

        def get_config(self) -> dict[str, Any]:
            return {"name": self.name}

        def save_assets(self, folder: str) -> None:
            Path(folder, "words.txt").write_text(" ".join(self.words))

        def load_assets(self, folder: str) -> None:
            self.words = Path(folder, "words.txt").read_text().split()

    first = keras.Sequential([keras.Input((2,)), Words(["a", "b"])])
    first.save(tmp_path / "w.keras")
    assert keras.models.load_model(tmp_path / "w.keras").layers[0].words == ["a", "b"]
    assert os.listdir(tmp_path) == ["w.keras"]


def test_classes_are_named_or_registered_or_refused(tmp_path: Path) -> None:
    class Mine(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs * 2

    keras.Sequential([keras.Input((2,)), Mine()]).save(tmp_path / "m.keras")
    with pytest.raises(TypeError, match="Could not locate class 'Mine'"):
        keras.models.load_model(tmp_path / "m.keras")
    x = np.ones((1, 2), "float32")
    assert keras.models.load_model(tmp_path / "m.keras", custom_objects={"Mine": Mine})(x).numpy().tolist() == [[2, 2]]
    with keras.saving.custom_object_scope({"Mine": Mine}):
        assert keras.models.load_model(tmp_path / "m.keras")(x).numpy().tolist() == [[2, 2]]


def test_a_layer_may_be_an_activation_in_files(tmp_path):
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(
        4, activation=keras.layers.LeakyReLU(negative_slope=0.15, name="leaky"))])
    model.save(tmp_path / "m.keras")
    restored = keras.saving.load_model(tmp_path / "m.keras").layers[0].activation
    assert (type(restored), restored.name, restored.negative_slope) == (keras.layers.LeakyReLU, "leaky", 0.15)


def test_an_optimizer_that_was_named_keeps_its_configuration_in_files(tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    model.compile("adam", "mse")
    model.train_on_batch(np.ones((2, 4)), np.ones((2, 3)))
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    assert model.get_compile_config()["optimizer"]["class_name"] == "Adam"


def test_folders_of_an_h5_file_are_made(tmp_path):
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save(tmp_path / "a" / "b" / "m.h5")
    assert (tmp_path / "a" / "b" / "m.h5").exists()
