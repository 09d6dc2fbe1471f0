"""What is compared with Keras of layers, models and configurations: names, paths, shapes, errors, JSON.

Each function below gets a `keras` and `say`, which takes what the two are to agree in.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

Say = Callable[..., None]
CASES: dict[str, Callable[[Any, Say], None]] = {}


def case(function: Callable[[Any, Say], None]) -> Callable[[Any, Say], None]:
    """Decorator: one of the cases."""
    CASES[function.__name__] = function
    return function


def answers(keras: Any, name: str) -> list[str]:
    """What a case says with one Keras."""
    lines: list[str] = []
    keras.utils.clear_session()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        CASES[name](keras, lambda *values: lines.append(" ".join(map(_text, values))))
    return lines


def _text(value: Any) -> str:
    text = str(value).replace("keras.src.", "keras.").replace("hornbeam.keras.", "keras.")
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def refused(say: Say, function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Say the error that a call raises."""
    try:
        say("no error:", type(function(*args, **kwargs)).__name__)
    except Exception as error:
        say(type(error).__name__, error)


def written(keras: Any, obj: Any) -> str:
    """An object's configuration as JSON."""
    return json.dumps(keras.saving.serialize_keras_object(obj))


def block(keras: Any) -> Any:
    """A layer that holds layers in an attribute, a list and a dictionary, and two variables."""
    dense = keras.layers.Dense

    class Block(keras.layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.first = dense(2)
            self.rest = [dense(2), dense(2)]
            self.more = {"x": dense(2)}

        def build(self, shape: Any) -> None:
            self.first.build(shape)
            for layer in [*self.rest, self.more["x"]]:
                layer.build((None, 2))
            self.kept = self.add_weight(shape=(2,), name="kept", trainable=False)
            self.moved = self.add_weight(shape=(3,), name="moved")

        def call(self, x: Any) -> Any:
            x = self.first(x)
            for layer in self.rest:
                x = layer(x)
            return self.more["x"](x) + self.kept

    return Block


@case
def names_of_layers(keras: Any, say: Say) -> None:
    layers = keras.layers

    class MyHTTPLayer2D(layers.Layer):
        def call(self, x: Any) -> Any:
            return x

    say([layers.Dense(2).name for _ in range(3)], layers.EinsumDense("ab,bc->ac", 3).name,
        layers.ReversibleEmbedding(3, 2).name, MyHTTPLayer2D().name, MyHTTPLayer2D().name)
    keras.utils.clear_session()
    say(layers.Dense(2).name, keras.Sequential().name, keras.Input((2,)).name, keras.backend.get_uid("dense"))


@case
def paths_in_sequential_models(keras: Any, say: Say) -> None:
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((3,)), dense(2), dense(2)])
    say([w.path for w in model.weights], [w.name for w in model.weights], [layer.path for layer in model.layers])
    later = keras.Sequential([dense(2), dense(2)])
    say(later.built, later.weights)
    later.build((None, 3))
    say([w.path for w in later.weights], later.input_shape, later.output_shape)
    x = keras.Input((3,))
    outer = keras.Model(x, dense(1)(later(x)))
    say([w.path for w in outer.weights], outer.name, [layer.name for layer in outer.layers])
    popped = later.pop()
    say(popped.name, [layer.name for layer in later.layers], later.output_shape)


@case
def paths_in_layers_of_layers(keras: Any, say: Say) -> None:
    layer = block(keras)()
    layer(np.ones((1, 3), "float32"))
    for attribute in ("weights", "trainable_weights", "non_trainable_weights", "variables"):
        say(attribute, [w.path for w in getattr(layer, attribute)])
    say([inner.name for inner in layer._flatten_layers()], layer.count_params())
    layer.trainable = False
    say(len(layer.trainable_weights), len(layer.non_trainable_weights), layer.first.trainable,
        layer.first.kernel.trainable)


@case
def paths_in_subclassed_models(keras: Any, say: Say) -> None:
    inner = block(keras)

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.block = inner()
            self.out = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.out(self.block(x))

    model = Net()
    say(model.built, tuple(model(np.ones((1, 3))).shape), model.built)
    say([w.path for w in model.weights], model.count_params(), [layer.name for layer in model.layers])


@case
def errors_of_layers(keras: Any, say: Say) -> None:
    layers = keras.layers
    dense = layers.Dense(3)
    dense(np.ones((2, 4)))
    refused(say, dense, np.ones((3, 5)))
    refused(say, dense, np.ones((3,)))
    refused(say, dense, "x")
    refused(say, dense)
    refused(say, layers.Dense, 0)
    refused(say, layers.Dense, 2.5)
    refused(say, layers.Dense, 2, foo=1)
    refused(say, layers.Dense, 2, name="a/b")
    refused(say, layers.Dense, 2, dtype="foo")
    refused(say, layers.Dense, 2, trainable="yes")
    refused(say, layers.Layer(), np.ones(2))
    refused(say, layers.Embedding, 0, 2)
    refused(say, layers.Embedding, 3, True)
    refused(say, layers.Wrapper, 3)
    refused(say, layers.EinsumDense("ab,cd->ad", (3,)), np.ones((2, 3)))
    refused(say, layers.EinsumDense("ab", "c"), np.ones((2, 3)))
    refused(say, layers.EinsumDense("ab,bc->ac", (3,), bias_axes="q"), np.ones((2, 3)))
    refused(say, dense.set_weights, [np.ones(2)])
    refused(say, dense.set_weights, [np.ones((4, 2)), np.ones(3)])
    refused(say, layers.Dense(2).count_params)
    refused(say, dense.stateless_call, [], [], np.ones((1, 4)))
    refused(say, layers.Dense(2).stateless_call, [], [], np.ones((1, 4)))


@case
def errors_of_layers_written_wrong(keras: Any, say: Say) -> None:
    layer = keras.layers.Layer

    class NoSuper(layer):
        def __init__(self) -> None:
            self.x = 1

    class Late(layer):
        def build(self, shape: Any) -> None:
            pass

        def call(self, x: Any) -> Any:
            self.late = keras.layers.Dense(2)
            return x

    class Two(layer):
        def build(self, a_shape: Any, b: Any) -> None:
            pass

        def call(self, a: Any, b: Any) -> Any:
            return a

    class Three(layer):
        def build(self, a_shape: Any, c_shape: Any) -> None:
            pass

        def call(self, a: Any, b: Any) -> Any:
            return a

    refused(say, lambda: NoSuper()(np.ones((1, 1))))
    refused(say, Late(), np.ones((1, 1)))
    refused(say, Two(), np.ones((1, 1)), np.ones((1, 1)))
    refused(say, Three(), np.ones((1, 1)), np.ones((1, 1)))
    refused(say, type("NoCall", (keras.Model,), {})(), np.ones((1, 1)))
    refused(say, Late().add_loss, "a")
    refused(say, Late().add_weight, (1,), "zeros", "float32", "name")
    refused(say, lambda: Late().add_weight((1,), shape=(2,)))


@case
def errors_of_models(keras: Any, say: Say) -> None:
    dense = keras.layers.Dense
    refused(say, keras.Input)
    refused(say, keras.Input, (2,), batch_shape=(1, 2))
    refused(say, keras.Input, (-1,))
    refused(say, keras.Input, ("a",))
    refused(say, keras.Input, 3)
    refused(say, keras.Sequential().build, (1, 2))
    refused(say, keras.Sequential, [3])
    refused(say, keras.Sequential, [dense(2, name="a"), dense(2, name="a")])
    refused(say, getattr, keras.Sequential(name="n"), "input_shape")
    model = keras.Sequential([keras.Input((3,)), dense(2)])
    refused(say, model, np.ones((2, 4)))
    refused(say, model.add, keras.Input((3,)))
    refused(say, model.get_layer)
    refused(say, model.get_layer, "q")
    refused(say, model.get_layer, index=7)
    refused(say, model.get_layer, "a", 1)
    refused(say, setattr, model, "layers", [])
    x, z = keras.Input((3,)), keras.Input((3,))
    y = dense(2)(x)
    refused(say, keras.Model, z, y)
    refused(say, keras.Model, x, 3)
    refused(say, keras.Model, np.ones(2), y)
    refused(say, keras.Model, x, dense(2, name="twice")(dense(2, name="twice")(x)))
    functional = keras.Model(x, y)
    refused(say, functional, np.ones((2, 5)))
    refused(say, functional, [np.ones((2, 3)), np.ones((2, 3))])
    refused(say, functional, np.ones((2, 3, 4, 5)))
    named = keras.Model({"a": x, "b": z}, dense(2)(x))
    refused(say, named, {"a": np.ones((2, 3))})
    refused(say, functional.get_layer, index=5)


@case
def errors_of_tensors_and_variables(keras: Any, say: Say) -> None:
    y = keras.layers.Dense(2)(keras.Input((3,)))
    refused(say, bool, y)
    refused(say, list, y)
    refused(say, setattr, y, "shape", (1,))
    refused(say, keras.KerasTensor, (1,), "nope")
    refused(say, keras.KerasTensor, (1,), nope=1)
    refused(say, lambda: keras.Variable(np.ones(2), name="a/b"))
    refused(say, lambda: keras.Variable(lambda shape, dtype: 0))
    refused(say, lambda: keras.Variable("zeros", shape=(2, None)))
    refused(say, lambda: keras.Variable(1.0, aggregation="nope"))
    v = keras.Variable(np.ones((2, 3), "float32"), name="v")
    refused(say, bool, v)
    refused(say, setattr, v, "constraint", 3)
    refused(say, setattr, v, "regularizer", 3)
    refused(say, float, v)
    say(v.dtype, v.path, v.name, v.trainable, v.ndim, tuple(v.assign(np.zeros((2, 3))).shape), v.numpy().tolist())
    say(keras.KerasTensor((2, 3), name="kt"), keras.layers.InputSpec(ndim=2, axes={-1: 3}))


@case
def configurations_of_layers(keras: Any, say: Say) -> None:
    layers = keras.layers
    for layer in (layers.Dense(3, activation="relu"), layers.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d"),
                  layers.Embedding(4, 2, mask_zero=True), layers.Identity(), layers.Masking(2.0),
                  layers.ReversibleEmbedding(4, 2), layers.InputLayer((3,), name="q"),
                  layers.Dense(2, dtype="mixed_bfloat16", trainable=False, name="zz")):
        say(written(keras, layer))
        again = keras.saving.deserialize_keras_object(json.loads(written(keras, layer)))
        say(written(keras, again) == written(keras, layer))
    built = layers.Dense(3)
    built(np.ones((2, 4)))
    say(written(keras, built), built.get_build_config())


@case
def configurations_of_values(keras: Any, say: Say) -> None:
    def named(x: Any) -> Any:
        return x

    @keras.saving.register_keras_serializable("pk", "nm")
    def registered(x: Any) -> Any:
        return x

    for value in (1, None, (1, 2), [1, (2, 3)], {"a": (1,)}, b"ab", slice(1, 2), Ellipsis, np.float32(2), np.arange(3),
                  keras.KerasTensor((2, None), "int32"), named, registered, keras.activations.relu):
        say(written(keras, value))
    for value in (b"ab", slice(1, 2), Ellipsis, np.arange(3), {"a": (1,)}):
        config = json.loads(written(keras, value))
        say(repr(keras.saving.deserialize_keras_object(config)))
    say(keras.saving.get_registered_name(registered), keras.saving.get_registered_object("pk>nm") is registered)


@case
def configurations_that_are_refused(keras: Any, say: Say) -> None:
    def read(module: Any, name: str, config: Any, registered: Any = None) -> Any:
        return keras.saving.deserialize_keras_object(
            {"module": module, "class_name": name, "config": config, "registered_name": registered})

    refused(say, read, "os", "system", {"command": "ls"}, "system")
    refused(say, read, "keras.utils", "get_file", {"fname": "x"})
    refused(say, read, "builtins", "function", "eval", "eval")
    refused(say, read, "keras.layers", "Dense", ["units"])
    refused(say, read, "keras.layers", "Nope", {})
    refused(say, read, None, "Mine", {}, "pkg>Mine")
    refused(say, keras.saving.deserialize_keras_object,
            {"class_name": "__lambda__", "config": {"value": ["", None, None]}})
    refused(say, keras.saving.deserialize_keras_object, object())


@case
def configurations_made_of_arguments(keras: Any, say: Say) -> None:
    class Mine(keras.layers.Layer):
        def __init__(self, units: int = 3, act: Any = None, name: str | None = None, **kwargs: Any) -> None:
            super().__init__(name=name, **kwargs)

        def call(self, x: Any) -> Any:
            return x

    config = Mine(4, act="relu", trainable=False).get_config()
    say({k: config[k] for k in sorted(config) if k != "dtype"})
    try:
        Mine(units=keras.layers.Dense(2)).get_config()
    except NotImplementedError as error:
        say(" ".join(str(error).split())[:100])


@case
def shapes_of_outputs(keras: Any, say: Say) -> None:
    layers = keras.layers
    for layer, shape in ((layers.Dense(3), (None, 4)), (layers.Dense(3), (2, 3, 4)),
                         (layers.EinsumDense("...x,xy->...y", 64, bias_axes="y"), (None, 32, 128)),
                         (layers.EinsumDense("aecd,ef->acdf", (4, 6, 5), bias_axes="df"), (2, 3, 4, 6)),
                         (layers.EinsumDense("ab...,bc->ac...", (5,), bias_axes="c"), (None, 3, 7, 8)),
                         (layers.Embedding(3, 2), (None, 4)), (layers.Masking(), (2, 3, 4)),
                         (layers.ReversibleEmbedding(5, 2, tie_weights=False), (2, 3)),
                         (layers.Lambda(lambda x: x[:, :1] * 2), (None, 4))):
        say(type(layer).__name__, tuple(layer.compute_output_shape(shape)))
        layer.build(shape)
        say([tuple(w.shape) for w in layer.weights], layer.get_build_config())
        x = layer(keras.Input(batch_shape=shape))
        say(x.shape, x.dtype)


@case
def functional_models(keras: Any, say: Say) -> None:
    layers = keras.layers
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(4, name="shared")
    h = shared(a) + shared(b) * 2.0
    tail = keras.ops.relu(h[:, :2])
    out = layers.Dense(2)(keras.ops.concatenate([h, tail], axis=-1))
    model = keras.Model([a, b], [out, h])
    config = model.get_config()
    say(json.dumps(config))
    say(json.dumps(keras.Model.from_config(json.loads(json.dumps(config))).get_config()) == json.dumps(config))
    say([layer.name for layer in model.layers], [o.name for o in model.operations])
    say(model.input_shape, model.output_shape, model.output_names)
    sub = keras.Model(h, out)
    say([layer.name for layer in sub.layers], [o.name for o in sub.operations], sub.input_shape)
    say(model.compute_output_shape([(2, 4), (2, 4)]), keras.Model(a, {"x": shared(a)}).output_shape)
    clone = keras.models.clone_model(model)
    say([layer.name for layer in clone.layers], [w.path for w in clone.weights])
    function = keras.Function([a, b], h)
    say(function.name, [o.name for o in function.operations])
    refused(say, function, np.ones((2, 3)))


@case
def models_within_models(keras: Any, say: Say) -> None:
    a = keras.Input((4,), name="a")
    inner = keras.Model(a, keras.layers.Dense(3, name="within")(a), name="inner")
    x = keras.Input((4,))
    outer = keras.Model(x, keras.layers.Dense(2)(inner(x)), name="outer")
    config = outer.get_config()
    say(json.dumps({k: v for k, v in config.items() if k != "layers"}))
    say(json.dumps([{k: v for k, v in entry.items() if k not in ("config", "compile_config")}
                    for entry in config["layers"]]))
    say([w.path for w in outer.weights], [layer.name for layer in keras.Model.from_config(config).layers])


@case
def training_is_passed_on(keras: Any, say: Say) -> None:
    class Inner(keras.layers.Layer):
        def call(self, x: Any, training: bool = False) -> Any:
            return x + 1.0 if training else x

    class Outer(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Inner()

        def call(self, x: Any) -> Any:
            return self.inner(x)

    x = np.zeros((1, 1), "float32")
    say(np.asarray(Outer()(x, training=True)).tolist(), np.asarray(Outer()(x)).tolist())
    model = keras.Sequential([Outer(), Outer()])
    say(np.asarray(model(x, training=True)).tolist(), np.asarray(model(x, training=False)).tolist())


@case
def masks_travel(keras: Any, say: Say) -> None:
    masked = keras.layers.Masking()(np.array([[[1.0, 2.0], [0, 0]]], "float32"))
    say(np.asarray(masked._keras_mask).tolist(), np.asarray(keras.layers.Dense(2)(masked)._keras_mask).tolist())
    embedding = keras.layers.Embedding(4, 2, mask_zero=True)
    say(np.asarray(embedding(np.array([[1, 0]]))._keras_mask).tolist())

    class Plain(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * 1.0

    class Asks(keras.layers.Layer):
        def call(self, x: Any, mask: Any = None) -> Any:
            return x if mask is None else x * 0.0

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Plain(name="plain")(masked)
    say([str(w.message) for w in caught])
    say(np.asarray(keras.Sequential([keras.layers.Masking(), Asks()])(np.ones((1, 1, 1), "float32"))).tolist())


@case
def losses_are_collected(keras: Any, say: Say) -> None:
    class Adds(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            self.add_loss(keras.ops.sum(x))
            return x

    layer = Adds(activity_regularizer=keras.regularizers.L2(0.5))
    x = np.ones((2, 2), "float32")
    layer(x)
    layer(x)
    say([float(v) for v in layer.losses])
    model = keras.Sequential([Adds(), keras.layers.Dense(2, kernel_initializer="ones", kernel_regularizer="l2")])
    model(x)
    say([round(float(v), 6) for v in model.losses])
    _, _, losses = model.stateless_call(model.trainable_variables, model.non_trainable_variables, x, return_losses=True)
    say([round(float(v), 6) for v in losses])


@case
def dtypes_of_layers(keras: Any, say: Say) -> None:
    standard = keras.backend.standardize_dtype
    layer = keras.layers.Dense(2, dtype="mixed_float16")
    out = layer(np.ones((1, 3), "float32"))
    say(standard(out.dtype), layer.kernel.dtype, layer.compute_dtype, layer.variable_dtype, layer.dtype_policy)
    for dtype in ("int32", "float64", "float16"):
        say(dtype, standard(keras.layers.Dense(2)(np.ones((1, 3), dtype)).dtype))
    keras.config.set_dtype_policy("mixed_bfloat16")
    say(keras.layers.Dense(2).dtype_policy.name, keras.config.dtype_policy())
    keras.config.set_dtype_policy("float32")
    policies = keras.dtype_policies.DTypePolicyMap("float32")
    policies["a/.*"] = "bfloat16"
    say(policies["a/b"].name, policies["b"].name, policies.name, written(keras, policies))
    refused(say, keras.dtype_policies.DTypePolicy, 3)
    refused(say, keras.dtype_policies.DTypePolicy, "nope")
    refused(say, keras.config.set_dtype_policy, 3)


@case
def lambda_layers(keras: Any, say: Say) -> None:
    layer = keras.layers.Lambda(lambda x, y=2: x * y, arguments={"y": 3})
    say(np.asarray(layer(np.ones((1, 2), "float32"))).tolist(), layer.compute_output_shape((None, 2)))
    config = keras.saving.serialize_keras_object(layer)
    refused(say, keras.saving.deserialize_keras_object, config)
    again = keras.saving.deserialize_keras_object(config, safe_mode=False)
    say(np.asarray(again(np.ones((1, 2), "float32"))).tolist())
    say(keras.layers.Lambda(lambda x: x, output_shape=(7,)).compute_output_shape((None, 2)))


@case
def structures(keras: Any, say: Say) -> None:
    tree = keras.tree
    nested = {"b": [1, (2, None)], "a": 3}
    say(tree.flatten(nested), tree.flatten_with_path(nested), tree.map_structure(lambda x: x, nested))
    say(tree.map_structure(lambda x: x, nested, none_is_leaf=False), tree.lists_to_tuples(nested))
    say(tree.pack_sequence_as(nested, [1, 2, 3, 4]), tree.map_structure_up_to([0, 0], len, [[1, 2], [3]]))
    say(tree.map_shape_structure(lambda s: tuple(s), [(1, None), {"a": [2]}]))
    say(tree.traverse(lambda x: tree.MAP_TO_NONE if x == 1 else None, [1, [2, 1]]))
    for function in (lambda: tree.map_structure(lambda x, y: x, [1], [1, 2]),
                     lambda: tree.pack_sequence_as([1, 2], [1]),
                     lambda: tree.assert_same_structure([1], (1,)), lambda: tree.map_structure(lambda x: x),
                     lambda: tree.assert_same_paths([1], [1, 2])):
        try:
            function()
            say("no error")
        except (TypeError, ValueError) as error:
            say(type(error).__name__)
