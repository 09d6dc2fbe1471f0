"""Models that are written by one Keras and read by another: each function below makes one with a `keras`.

`python -m tests.oracle.keras_models write FOLDER` writes them all with Keras, `read FOLDER` reads what is there and
prints how far the predictions are from those that were written with them; `train FOLDER` goes on with the compiled
one; `serve FOLDER` calls what was exported with TensorFlow.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np

MODELS: dict[str, Callable[[Any], Any]] = {}
FORMATS = ("keras", "h5", "weights.h5")
KERAS_CANNOT_READ = ("two_inputs.h5", "nested.h5", "embedded.h5", "attention.h5", "recurrent.h5")
"""Keras writes calls of its ops to `.h5` files and does not find them again."""


def model(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Decorator: one of the models."""
    MODELS[function.__name__] = function
    return function


def inputs_of(name: str) -> Any:
    """The inputs that a model is called with."""
    rng = np.random.default_rng(len(name))
    if name in ("embedded", "recurrent"):
        return rng.integers(0, 5, size=(3, 4)).astype("int32")
    if name == "convolutional":
        return rng.normal(size=(2, 6, 6, 1)).astype("float32")
    if name == "attention":
        return rng.normal(size=(2, 5, 4)).astype("float32")
    x = rng.normal(size=(3, 4)).astype("float32")
    return {"a": x, "b": x[::-1].copy()} if name == "two_inputs" else x


@model
def row(keras: Any) -> Any:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="relu"),
                             keras.layers.Dense(2, name="last")], name="row")


@model
def built_later(keras: Any) -> Any:
    found = keras.Sequential([keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(2)])
    found.build((None, 4))
    return found


@model
def two_inputs(keras: Any) -> Any:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = keras.layers.Dense(3, activation="relu", name="shared")
    both = keras.ops.concatenate([shared(a), shared(b) + 1.0], axis=-1)
    return keras.Model({"a": a, "b": b}, {"z": keras.layers.Dense(2, name="z")(both),
                                          "c": keras.layers.Dense(1, name="c")(both[:, :3] * 2.0)}, name="two")


@model
def nested(keras: Any) -> Any:
    x = keras.Input((4,))
    inner = keras.Model(x, keras.layers.Dense(3, activation="sigmoid")(x), name="inner")
    y = keras.Input((4,))
    return keras.Model(y, keras.layers.Dense(2)(inner(y) + keras.Sequential([keras.layers.Dense(3)])(y)))


@model
def tower(keras: Any) -> Any:
    x = keras.Input((4,))
    inner = keras.Model(x, keras.layers.Dense(3, activation="sigmoid")(x), name="inner")
    y = keras.Input((4,))
    return keras.Model(y, keras.layers.Dense(2)(keras.Sequential([keras.layers.Dense(3)])(inner(y))))


@model
def embedded(keras: Any) -> Any:
    x = keras.Input((4,), dtype="int32")
    h = keras.layers.Embedding(5, 3)(x)
    h = keras.layers.EinsumDense("abc,cd->abd", (None, 2), bias_axes="d", activation="relu")(h)
    return keras.Model(x, keras.ops.mean(h, axis=1))


@model
def convolutional(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([
        keras.Input((6, 6, 1)), layers.Conv2D(3, 3, activation="relu"), layers.BatchNormalization(),
        layers.MaxPooling2D(), layers.DepthwiseConv2D(2, padding="same"), layers.Flatten(), layers.Dropout(0.5),
        layers.Dense(2, activation="softmax")])


@model
def recurrent(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((4,), dtype="int32")
    h = layers.Embedding(5, 3, mask_zero=True)(x)
    h = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(h)
    return keras.Model(x, layers.Dense(2)(layers.GRU(3)(h)))


@model
def attention(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((5, 4))
    h = layers.LayerNormalization()(layers.MultiHeadAttention(2, 3)(x, x) + x)
    return keras.Model(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(layers.Add()([h, x]))))


@model
def mixed(keras: Any) -> Any:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, dtype="mixed_bfloat16"),
                             keras.layers.Dense(2, dtype="float32"), keras.layers.Dense(2, dtype="bfloat16")])


@model
def subclassed(keras: Any) -> Any:
    return _net(keras)(units=3)


def _net(keras: Any) -> Any:
    """A class of models that holds layers in attributes, lists and dictionaries."""
    @keras.saving.register_keras_serializable("tests", "Net")
    class Net(keras.Model):
        def __init__(self, units: int = 3, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units
            self.first = keras.layers.Dense(units)
            self.blocks = [keras.layers.Dense(4), [keras.layers.Dense(5)]]
            self.by_name = {"u": keras.layers.Dense(2), "t": keras.layers.Dense(2, name="named")}

        def call(self, x: Any) -> Any:
            x = self.blocks[1][0](self.blocks[0](self.first(x)))
            return self.by_name["t"](x) - self.by_name["u"](x)

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units}

    return Net


def outputs_of(found: Any, name: str) -> Any:
    """A model's predictions, as nested lists."""
    out = found(inputs_of(name))
    if isinstance(out, dict):
        return {k: np.asarray(out[k], "float32").tolist() for k in sorted(out)}
    return np.asarray(out, "float32").tolist()


def write(keras: Any, folder: Path) -> None:
    """Write every model in every format that takes it, and `predictions.json`."""
    found = {}
    for name, make in MODELS.items():
        keras.utils.clear_session(free_memory=False)
        keras.utils.set_random_seed(7)
        made = make(keras)
        found[name] = outputs_of(made, name)
        for weight in made.weights:
            if weight.name == "bias":
                weight.assign(np.linspace(-0.5, 0.5, int(np.prod(weight.shape))).reshape(weight.shape))
        found[name] = outputs_of(made, name)
        made.save(folder / f"{name}.keras")
        if name not in ("subclassed", "mixed"):
            made.save(folder / f"{name}.h5")
        made.save_weights(folder / f"{name}.weights.h5")
    (folder / "predictions.json").write_text(json.dumps(found))


def distances(keras: Any, folder: Path, without: Collection[str] = ()) -> dict[str, float]:
    """How far the predictions of what is read are from those written. `without`: files left alone."""
    wanted = json.loads((folder / "predictions.json").read_text())
    found = {}
    _net(keras)
    for name, make in MODELS.items():
        for ending in FORMATS:
            path = folder / f"{name}.{ending}"
            if not path.exists() or path.name in without:
                continue
            keras.utils.clear_session(free_memory=False)
            if ending == "weights.h5":
                read = make(keras)
                read(inputs_of(name))
                read.load_weights(path)
            else:
                read = keras.models.load_model(path, compile=False)
            found[path.name] = _distance(outputs_of(read, name), wanted[name])
    return found


def _distance(a: Any, b: Any) -> float:
    if isinstance(a, dict):
        return max(_distance(a[k], b[k]) for k in b)
    return float(np.abs(np.asarray(a) - np.asarray(b)).max())


# Models that were exported -----------------------------------------------------------------------------


def export(keras: Any, folder: Path, names: Collection[str]) -> None:
    """Export models, and write their predictions to `predictions.json`."""
    found = {}
    for name in names:
        keras.utils.clear_session(free_memory=False)
        made = MODELS[name](keras)
        found[name] = outputs_of(made, name)
        made.export(folder / name, verbose=False)
    (folder / "predictions.json").write_text(json.dumps(found))


def served(tf: Any, folder: Path) -> dict[str, float]:
    """How far what the exported models give is from those predictions."""
    found = {}
    for name, wanted in json.loads((folder / "predictions.json").read_text()).items():
        loaded, given = tf.saved_model.load(str(folder / name)), tf.nest.map_structure(tf.constant, inputs_of(name))
        out = tf.nest.map_structure(lambda t: np.asarray(tf.cast(t, "float32")), loaded.serve(given))
        found[name] = _distance(out, wanted)
    return found


# Training that goes on --------------------------------------------------------------------------------


def compiled(keras: Any) -> Any:
    """A model that was trained for two epochs with Adam."""
    layers = keras.layers
    made = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"),
                             layers.Dense(2, name="last", kernel_regularizer=keras.regularizers.L2(0.01))])
    made.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    fit(made)
    return made


def fit(found: Any) -> dict[str, list[float]]:
    """What two epochs of training give."""
    rng = np.random.default_rng(0)
    x, y = rng.random((32, 4)).astype("float32"), rng.random((32, 2)).astype("float32")
    return found.fit(x, y, batch_size=8, epochs=2, verbose=0, shuffle=False).history


def write_compiled(keras: Any, folder: Path) -> None:
    """Write a compiled model, and what its next two epochs give."""
    found = compiled(keras)
    found.save(folder / "compiled.keras")
    (folder / "compiled.json").write_text(json.dumps(fit(found)))


def main() -> None:
    import keras

    folder = Path(sys.argv[2])
    if sys.argv[1] == "write":
        write(keras, folder)
        write_compiled(keras, folder)
    elif sys.argv[1] == "serve":
        import tensorflow
        print(json.dumps(served(tensorflow, folder)))
    elif sys.argv[1] == "train":
        print(json.dumps(fit(keras.models.load_model(folder / "compiled.keras"))))
    else:
        print(json.dumps(distances(keras, folder, KERAS_CANNOT_READ)))


if __name__ == "__main__":
    from tests.oracle import keras_models  # classes belong to this module, whoever runs it

    keras_models.main()
