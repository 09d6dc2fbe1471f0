"""Models that are exported give, loaded as objects, what they gave, without their Python code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.oracle.keras_models import MODELS, export
from tests.oracle.peer import VARIABLE

import hornbeam as tf
from hornbeam import keras

X = np.arange(8, dtype=np.float32).reshape(2, 4) / 8


def _chain() -> keras.Model:
    layers = keras.layers
    return keras.Sequential([keras.Input((4,), name="x"), layers.Dense(3, activation="relu"),
                             layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(2)])


def test_an_exported_model_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = _chain()
    wanted = np.asarray(model(X))
    model.export(str(tmp_path / "m"))
    assert "Endpoint 'serve'" in capsys.readouterr().out
    loaded = tf.saved_model.load(str(tmp_path / "m"))
    assert np.allclose(loaded.serve(X), wanted, atol=1e-6)
    assert np.allclose(loaded.signatures["serving_default"](x=X[:1])["output_0"], wanted[:1], atol=1e-6)
    assert len(loaded.variables) == len(model.variables)
    assert len(loaded.trainable_variables) == len(model.trainable_variables)


def test_a_model_is_saved_with_its_default_signature(tmp_path: Path) -> None:
    model = _chain()
    tf.saved_model.save(model, str(tmp_path / "m"))
    found = tf.saved_model.load(str(tmp_path / "m")).signatures["serving_default"](inputs=X)["output_0"]
    assert np.allclose(found, model(X), atol=1e-6)


def test_inputs_and_outputs_may_be_nested(tmp_path: Path) -> None:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    model = keras.Model({"a": a, "b": b}, {"sum": a + b, "dense": keras.layers.Dense(1)(a)})
    model.export(str(tmp_path / "m"), verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "m"))
    assert np.array_equal(loaded.serve({"a": X, "b": X})["sum"], 2 * X)
    assert sorted(loaded.signatures["serving_default"](a=X, b=X)) == ["dense", "sum"]


def test_a_subclassed_model_is_exported_when_it_was_called(tmp_path: Path) -> None:
    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
            return self.dense(x) * (2.0 if training else 1.0)

    model = Net()
    with pytest.raises(ValueError, match="has not yet been built"):
        model.export(str(tmp_path / "m"))
    wanted = np.asarray(model(X))
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("infer", lambda x: model(x), [keras.InputSpec(shape=(None, 4), dtype="float32")])
    archive.add_endpoint("train", lambda x: model(x, training=True), [tf.TensorSpec([None, 4])])
    archive.add_variable_collection("kernels", [model.dense.kernel])
    archive.write_out(str(tmp_path / "m"), verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "m"))
    assert np.allclose(loaded.infer(X), wanted, atol=1e-6)
    assert np.allclose(loaded.train(X), 2 * wanted, atol=1e-6)
    assert np.array_equal(loaded.kernels[0], model.dense.kernel)


def test_what_cannot_be_an_endpoint_is_refused(tmp_path: Path) -> None:
    archive = keras.export.ExportArchive()
    with pytest.raises(ValueError, match="No endpoints"):
        archive.write_out(str(tmp_path / "m"))
    with pytest.raises(ValueError, match="Invalid resource type"):
        archive.track("text")
    with pytest.raises(ValueError, match="not yet been built"):
        archive.track(keras.layers.Dense(2))
    with pytest.raises(ValueError, match="must provide an `input_signature`"):
        archive.add_endpoint("f", lambda x: x)
    with pytest.raises(ValueError, match="`shape` and `dtype` must be provided"):
        archive.add_endpoint("f", lambda x: x, [keras.InputSpec(shape=(None, 4))])
    archive.add_endpoint("f", lambda x: x, [tf.TensorSpec([None])])
    with pytest.raises(ValueError, match="already taken"):
        archive.add_endpoint("f", lambda x: x, [tf.TensorSpec([None])])
    with pytest.raises(ValueError, match="Unsupported format"):
        keras.export.ExportArchive(format="other")
    with pytest.raises(ValueError, match="Unrecognized format"):
        _chain().export(str(tmp_path / "m"), format="onnx")


@pytest.mark.oracle
def test_tensorflow_serves_what_was_exported(tmp_path: Path) -> None:
    interpreter = os.environ.get(VARIABLE)
    if not interpreter:
        pytest.skip(f"{VARIABLE} names no interpreter that has TensorFlow")
    names = [name for name in MODELS if name != "recurrent"]
    export(keras, tmp_path, names)
    done = subprocess.run([interpreter, "-m", "tests.oracle.keras_models", "serve", str(tmp_path)], check=False,
                          capture_output=True, text=True, cwd=Path(__file__).parents[3],
                          env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"})
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert sorted(found) == sorted(names)
    assert max(found.values()) < 1e-5, found
