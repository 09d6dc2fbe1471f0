"""Operations: functions of keras.ops and of Hornbeam's own namespace on symbolic tensors, as nodes and in files."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.operations import op_classes

X = np.linspace(-1, 1, 12).reshape(3, 4).astype("float32")


def operation(x: Any) -> Any:
    return x._keras_history.operation


def test_a_function_on_a_symbolic_tensor_is_a_node_of_its_class() -> None:
    keras.utils.clear_session()
    x = keras.Input((4,))
    y = keras.ops.take(x, 1, axis=-1)
    assert (y.shape, y.dtype, operation(y).name) == ((None,), "float32", "take")
    config = keras.saving.serialize_keras_object(operation(y))
    assert config == {"module": "keras.src.ops.numpy", "class_name": "Take", "config": {"name": "take", "axis": -1},
                      "registered_name": "Take"}
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is op_classes["keras.src.ops.numpy>Take"]
    assert again(X, np.array(1)).numpy().tolist() == keras.ops.take(X, 1, axis=-1).numpy().tolist()


def test_operators_are_functions_of_keras() -> None:
    keras.utils.clear_session()
    x = keras.Input((4,))
    y = -(2.0 - x * 3.0) / (abs(x) + 1.0) ** 2.0
    z = (x > 0.0) & ~(x >= 1.0)
    model = keras.Model(x, [y, z, x[:, 1:3], x @ np.ones((4, 2), "float32")])
    wanted = [-(2 - X * 3) / (abs(X) + 1) ** 2, (X > 0) & ~(X >= 1), X[:, 1:3], X @ np.ones((4, 2), "float32")]
    for got, value in zip(model(X), wanted, strict=True):
        assert np.allclose(got, value, atol=1e-6)
    names = [operation(t).name for t in (y, z)]
    assert names == ["true_divide", "logical_and"]
    again = keras.Model.from_config(json.loads(json.dumps(model.get_config())))
    assert np.allclose(again(X)[0], wanted[0], atol=1e-6)


@pytest.mark.parametrize("function", [
    lambda x: tf.reshape(x, (tf.shape(x)[0], -1, 2)), lambda x: tf.reduce_mean(x, axis=1),
    lambda x: tf.where(x > 0, x, tf.zeros_like(x)), lambda x: tf.one_hot(tf.argmax(x, -1), 4),
    lambda x: tf.split(x, 2, axis=1)[1], lambda x: tf.einsum("ij,jk->ik", x, tf.ones((4, 2))),
    lambda x: tf.nn.l2_normalize(x, -1), lambda x: tf.stack([x, 2 * x], 1), lambda x: tf.norm(x, axis=-1),
    lambda x: tf.function(lambda y: y * 2)(x), lambda x: np.ones(4, "float32") * x,
    lambda x: tf.gather(x, [0, 2], axis=1),
], ids=["reshape", "mean", "where", "one_hot", "split", "einsum", "normalize", "stack", "norm", "traced", "array",
        "gather"])
def test_low_level_functions_are_part_of_models_and_files(function: Any) -> None:
    x = keras.Input((4,))
    model = keras.Model(x, function(x))
    wanted = np.asarray(function(tf.constant(X)))
    assert np.allclose(model(X), wanted, atol=1e-6)
    assert len(model.output_shape) == wanted.ndim
    again = keras.Model.from_config(json.loads(json.dumps(model.get_config())))
    assert np.allclose(again(X), wanted, atol=1e-6)


def test_functions_that_reach_beyond_tensors_are_no_part_of_files() -> None:
    for name in ("raw_ops.WriteFile", "py_function", "print", "Variable", "nope"):
        with pytest.raises((TypeError, ValueError), match="is not the name of a function of tensors"):
            keras.saving.deserialize_keras_object({"module": "hornbeam.keras.operations", "class_name": "FunctionCall",
                                                   "config": {"function": name}, "registered_name": "FunctionCall"})


def test_an_operation_of_ones_own_is_called_and_inferred() -> None:
    class Halves(keras.Operation):
        def __init__(self, times: int = 1, name: str | None = None) -> None:
            super().__init__(name=name)
            self.times = times

        def call(self, x: Any) -> Any:
            return x[:, : x.shape[1] // (2 * self.times)]

    x = keras.Input((4,))
    assert Halves()(x).shape == (None, 2)
    assert Halves()(tf.constant(X)).shape == (3, 2)
    assert Halves(times=2, name="h").get_config() == {"name": "h", "times": 2}
    with pytest.raises(ValueError, match="Could not automatically infer the output shape"):
        keras.ops.matmul(x, np.ones((5, 2)))


def test_what_does_not_follow_from_the_inputs_is_said() -> None:
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    with pytest.raises(ValueError, match="not connected to `inputs`"):
        keras.Model(a, a + b)


def test_a_function_is_a_computation_without_state() -> None:
    x, y = keras.KerasTensor((None, 2)), keras.KerasTensor((None, 2))
    function = keras.Function([x, y], {"sum": x + y})
    assert function([X[:, :2], X[:, 2:]])["sum"].shape == (3, 2)
    assert function.compute_output_shape([(5, 2), (5, 2)]) == {"sum": (5, 2)}
    with pytest.raises(ValueError, match="invalid input structure"):
        function(X)
    with pytest.raises(ValueError, match="was passed incompatible inputs"):
        function([X, X])
