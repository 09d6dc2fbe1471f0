"""keras.Variable: values, operators with Keras's promotion, paths, scopes."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.scopes import AutocastScope


def test_a_variable_says_what_it_is_as_keras_does() -> None:
    v = keras.Variable(np.zeros((2, 3), "float32"), name="v", trainable=False)
    assert (v.shape, v.dtype, v.ndim, v.name, v.path, v.trainable) == ((2, 3), "float32", 2, "v", "v", False)
    assert v.dtype.is_floating
    assert isinstance(v.dtype, str)
    with keras.name_scope("outer"), keras.name_scope("inner"):
        assert keras.Variable(1.0, name="w").path == "outer/inner/w"
    assert isinstance(v, tf.Variable)


def test_values_are_cast_and_shapes_checked_when_assigned() -> None:
    v = keras.Variable([1.0, 2.0])
    assert v.assign(np.array([3, 4])).numpy().tolist() == [3, 4]
    assert v.assign_add([1, 1]).numpy().tolist() == [4, 5]
    assert v.assign_sub(1).numpy().tolist() == [3, 4]
    assert v.value.numpy().tolist() == [3, 4]
    with pytest.raises(ValueError, match=r"The shape of the target variable .* must match"):
        v.assign([1.0])


def test_operators_promote_as_keras_does() -> None:
    v, n = keras.Variable([1.0, 2.0]), keras.Variable(3, dtype="int32")
    cases = {"float32": [n * 0.5, 2.0 * n, v + np.array([1, 2]), v * tf.constant([1, 2]), v @ v, v ** n, n / n, -v,
                         abs(v)],
             "int32": [n // 2, n % 2, n + 1, 1 - n], "bool": [v > 1, v == v, n != 3, (v > 1) & (v < 3)]}
    for dtype, results in cases.items():
        assert [r.dtype.name for r in results] == [dtype] * len(results)
    assert (v == None) is False  # noqa: E711
    assert v[1].numpy() == 2
    assert [float(x) for x in v] == [1, 2]
    assert (int(n), float(n), len(v)) == (3, 3.0, 2)


def test_variables_are_read_and_written_in_a_stateless_scope_alone() -> None:
    v = keras.Variable(1.0)
    with keras.StatelessScope(state_mapping=[(v, 5.0)]) as scope:
        assert float(v + 1) == 6
        v.assign(7.0)
        assert float(v) == 7
    assert float(v) == 1
    assert float(scope.get_current_value(v)) == 7
    with pytest.raises(ValueError, match="shape that matches the corresponding variable shape"):
        keras.StatelessScope(state_mapping=[(v, [1.0, 2.0])])


def test_a_variable_made_in_a_stateless_scope_gets_its_value_after_it() -> None:
    with keras.StatelessScope():
        v = keras.Variable("ones", shape=(2,))
        assert v.numpy().tolist() == [1, 1]
    assert v.assign_add([1, 1]).numpy().tolist() == [2, 2]
    with keras.StatelessScope(), pytest.raises(ValueError, match="create a variable while in a stateless scope"):
        keras.Variable([1.0])


def test_a_copy_has_a_value_of_its_own() -> None:
    v = keras.Variable([1.0], name="v")
    w = copy.deepcopy(v)
    w.assign([2.0])
    assert (float(v[0]), float(w[0]), w.path) == (1.0, 2.0, "v")


def test_low_level_functions_take_variables() -> None:
    v = keras.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.matmul(v, v) * tf.gather(v, [1]))
    assert tape.gradient(loss, v).shape == (2, 2)
    assert tf.concat([v, v], 0).shape == (4, 2)
    assert tf.stack([v[0], v[1]]).shape == (2, 2)


def test_assignment_where_a_variable_is_read_in_another_dtype() -> None:
    v = keras.Variable(np.zeros(2, np.float32))
    with AutocastScope("float16"):
        v.assign(keras.ops.ones((2,), "float16"))
        assert v.value.dtype.name == "float16"
    assert v.value.dtype.name == "float32"
    assert round(v).numpy().tolist() == [1.0, 1.0]


def test_keys_of_a_stateless_scope_are_variables() -> None:
    with pytest.raises(ValueError, match="all keys in argument `mapping` must be Variable"):
        keras.StatelessScope(state_mapping=[("v", 1.0)])


def test_a_shape_is_a_tuple_that_answers_as_a_tensorshape() -> None:
    shape = keras.Variable(np.zeros((3, 2))).shape
    assert (shape, shape[0], shape[1:], [*shape]) == ((3, 2), 3, (2,), [3, 2])
    assert (shape.as_list(), shape.num_elements(), shape.rank, shape.is_fully_defined()) == ([3, 2], 6, 2, True)
    assert str(shape) == "(3, 2)"
    with pytest.raises(AttributeError):
        _ = shape.no_such_thing
