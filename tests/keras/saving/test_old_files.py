"""Files and configurations that Keras 2 wrote, and paths as programs of its time have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from hornbeam import keras

GLOROT = {"class_name": "VarianceScaling",
          "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}}


def dense(name: str, units: int, **more: Any) -> dict[str, Any]:
    """A Dense layer as Keras 2.2 wrote it."""
    return {"class_name": "Dense", "config": {
        "name": name, "trainable": True, "units": units, "activation": "relu", "use_bias": True,
        "kernel_initializer": GLOROT, "bias_initializer": {"class_name": "Zeros", "config": {}},
        "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None, "kernel_constraint": None,
        "bias_constraint": None, **more}}


ROW = {"class_name": "Sequential", "config": {"name": "old", "layers": [
    dense("a", 3, batch_input_shape=[None, 4], dtype="float32"), dense("b", 2)]}}
GRAPH = {"class_name": "Model", "config": {
    "name": "graph",
    "layers": [{"name": "x", "class_name": "InputLayer", "inbound_nodes": [],
                "config": {"batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "name": "x"}},
               {"name": "a", "inbound_nodes": [[["x", 0, 0, {}]]], **dense("a", 3)},
               {"name": "b", "inbound_nodes": [[["a", 0, 0, {}]]], **dense("b", 2)}],
    "input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}}


def write(path: Path, config: dict[str, Any], weights: dict[str, list[np.ndarray]]) -> None:
    """An `.h5` file with its attributes as bytes, as Keras 2 under h5py 2 wrote it."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["keras_version"] = b"2.2.4"
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for name, values in weights.items():
            layer = group.create_group(name)
            names = [f"{name}/{part}:0" for part in ("kernel", "bias")][:len(values)]
            layer.attrs["weight_names"] = [n.encode() for n in names]
            for n, value in zip(names, values, strict=True):
                layer[n] = value


@pytest.mark.parametrize("config", [ROW, GRAPH], ids=["row", "graph"])
def test_a_model_of_keras_2_is_read(config: dict[str, Any], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    a, b = [rng.normal(size=(4, 3)), rng.normal(size=3)], [rng.normal(size=(3, 2)), rng.normal(size=2)]
    write(tmp_path / "old.h5", config, {"a": a, "b": b} if config is ROW else {"x": [], "a": a, "b": b})
    model = keras.models.load_model(tmp_path / "old.h5", compile=False)
    assert model.name in ("old", "graph")
    x = rng.normal(size=(5, 4)).astype("float32")
    wanted = np.maximum(np.maximum(x @ a[0] + a[1], 0) @ b[0] + b[1], 0)
    assert np.allclose(model(x), wanted, atol=1e-5)
    again = keras.models.model_from_json(json.dumps(config))
    again.load_weights(tmp_path / "old.h5")
    assert np.allclose(again(x), wanted, atol=1e-5)


def test_weights_are_found_by_name(tmp_path: Path) -> None:
    write(tmp_path / "w.h5", ROW, {"b": [np.ones((3, 2)), np.ones(2)], "other": [np.ones((1, 1)), np.ones(1)]})
    model = keras.models.model_from_json(json.dumps(ROW))
    before = model.layers[0].get_weights()
    model.load_weights(tmp_path / "w.h5", by_name=True)
    assert model.layers[1].get_weights()[0].tolist() == [[1, 1]] * 3
    assert np.array_equal(model.layers[0].get_weights()[0], before[0])
    with pytest.raises(ValueError, match="Shape mismatch in layer #0"):
        model.load_weights(tmp_path / "w.h5")


def test_names_too_long_for_one_attribute_are_put_together(tmp_path: Path) -> None:
    layers = [keras.layers.Dense(1, name=f"{i:03}" + "n" * 900) for i in range(90)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.save(tmp_path / "long.h5")
    with h5py.File(tmp_path / "long.h5") as file:
        assert "layer_names1" in file["model_weights"].attrs
    again = keras.models.load_model(tmp_path / "long.h5", compile=False)
    assert [w.name for w in again.layers] == [w.name for w in model.layers]
    assert np.array_equal(again(np.ones((1, 1))), model(np.ones((1, 1))))


@pytest.mark.parametrize("path", ["weights.h5", "checkpoint"])
def test_weights_at_a_path_of_its_time(path: str, tmp_path: Path) -> None:
    model = keras.models.model_from_json(json.dumps(ROW))
    with pytest.warns(DeprecationWarning, match=r"must end in `.weights.h5`"):
        model.save_weights(tmp_path / path)
    other = keras.models.model_from_json(json.dumps(ROW))
    other.load_weights(tmp_path / path)
    assert np.array_equal(other.get_weights()[0], model.get_weights()[0])


def test_a_lambda_of_its_time_is_code(tmp_path: Path) -> None:
    layer = keras.layers.Lambda(lambda x: x + 1)
    code = layer.get_config()["function"]["config"]
    old = {"class_name": "Sequential", "config": [
        {"class_name": "Lambda", "config": {
            "name": "l", "trainable": True, "dtype": "float32", "batch_input_shape": [None, 2],
            "function": [code["code"], code["defaults"], code["closure"]], "function_type": "lambda",
            "output_shape": None, "output_shape_type": "raw", "arguments": {}}}]}
    with pytest.raises(ValueError, match="safe_mode=False"):
        keras.models.model_from_json(json.dumps(old))
    write(tmp_path / "l.h5", old, {"l": []})
    model = keras.models.load_model(tmp_path / "l.h5", safe_mode=False)
    assert model(np.ones((1, 2))).numpy().tolist() == [[2, 2]]
