"""Variable scopes and what is made in them: names, reuse and errors as measured on TensorFlow 2.21."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def test_a_scope_opened_again_has_new_operations_and_old_variables() -> None:
    with tf.variable_scope("v") as scope:
        w = tf.get_variable("w", [1])
        assert (scope.name, scope.original_name_scope, tf.no_op().name) == ("v", "v/", "v/NoOp")
    with tf.variable_scope("v", reuse=True) as again:
        assert tf.get_variable("w", [1]) is w
        assert (again.original_name_scope, tf.no_op().name) == ("v_1/", "v_1/NoOp")
    with tf.variable_scope(scope) as third:
        assert (third.name, third.original_name_scope, tf.no_op().name) == ("v", "v/", "v_2/NoOp")
        assert tf.Variable(1.0).name == "v_2/Variable:0"
    with tf.variable_scope(scope, auxiliary_name_scope=False):
        assert tf.no_op().name == "NoOp"


def test_default_names_are_made_unique_where_they_are_opened() -> None:
    found = []
    for outer in (None, None, "outer", "outer"):
        with tf.variable_scope(outer, "top"):
            for _ in range(2):
                with tf.variable_scope(None, "dflt") as scope:
                    found.append((scope.name, scope.original_name_scope))
    assert found == [("top/dflt", "top/dflt/"), ("top/dflt_1", "top/dflt_1/"),
                     ("top_1/dflt", "top_1/dflt/"), ("top_1/dflt_1", "top_1/dflt_1/"),
                     ("outer/dflt", "outer/dflt/"), ("outer/dflt_1", "outer/dflt_1/"),
                     ("outer/dflt", "outer_1/dflt/"), ("outer/dflt_1", "outer_1/dflt_1/")]


def test_get_variable_ignores_name_scopes() -> None:
    with tf.name_scope("n"), tf.variable_scope("s"):
        assert tf.get_variable("w", [1]).name == "s/w:0"
        assert tf.no_op().name == "n/s/NoOp"


def test_reuse_is_inherited_and_automatic_where_asked() -> None:
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE), tf.variable_scope("b"):
        first = tf.get_variable("w", [2])
        assert tf.get_variable("w", [2]) is first
    with tf.variable_scope("a"):
        tf.get_variable_scope().reuse_variables()
        with tf.variable_scope("b"):
            assert tf.get_variable("w") is first


def _in_scope(name: str, **arguments: Any) -> Callable[[], Any]:
    def call() -> Any:
        with tf.variable_scope(name, reuse=True):
            return tf.get_variable("w", **arguments)

    return call


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: tf.get_variable("w", [1]), ValueError,
     "Variable w already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope? "
     "Originally defined at:"),
    (_in_scope("", shape=[2]), ValueError,
     "Trying to share variable w, but specified shape (2,) and found shape (1,)."),
    (_in_scope("", shape=[1], dtype=tf.int32), ValueError,
     "Trying to share variable w, but specified dtype int32 and found dtype float32_ref."),
    (_in_scope("q", shape=[1]), ValueError,
     "Variable q/w does not exist, or was not created with tf.get_variable(). Did you mean to set "
     "reuse=tf.AUTO_REUSE in VarScope?"),
    (lambda: tf.get_variable("x"), ValueError,
     "Variable x did not get an initializer, so its `shape` argument must be specified."),
    (lambda: tf.get_variable("x", [None, 2]), ValueError, "The initializer passed is not valid."),
    (lambda: tf.get_variable("x", [2], initializer=tf.constant([1.0, 2.0])), ValueError,
     "If initializer is a constant, do not specify shape."),
    (lambda: tf.get_variable("x", initializer=tf.zeros([2]), dtype=tf.int32), ValueError,
     "Initializer type '<dtype: 'float32'>' and explicit dtype '<dtype: 'int32'>' don't match."),
    (lambda: tf.get_variable("x", [2], dtype=tf.complex64), ValueError,
     "An initializer for variable x of"),
    (lambda: tf.variable_scope(None), TypeError, "If default_name is None then name_or_scope is required"),
    (lambda: tf.variable_scope(3), TypeError, "VariableScope: name_or_scope must be a string or VariableScope."),
    (lambda: tf.variable_scope("x", reuse=3), ValueError, "The reuse parameter must be True or False or None."),
])
def test_errors_say_what_tensorflow_says(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    tf.get_variable("w", [1])
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(text)


def test_an_error_names_the_line_that_made_the_variable() -> None:
    tf.get_variable("w", [1])
    with pytest.raises(ValueError, match=r"test_variable_scope\.py\", line \d+, in test_an_error_names"):
        tf.get_variable("w", [1])


def test_scopes_fill_in_initializers_regularizers_and_getters() -> None:
    def half(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        return getter(name, *args, **kwargs) * 0.5

    with tf.variable_scope("s", initializer=tf.constant_initializer(4.0), regularizer=lambda v: tf.reduce_sum(v)):
        v = tf.get_variable("v", [2])
        with tf.variable_scope("half", custom_getter=half):
            u = tf.get_variable("u", [2])
    (loss, other) = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert (loss.op.name, other.op.name) == ("s/v/Regularizer/Sum", "s/half/u/Regularizer/Sum")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [x.tolist() for x in session.run([v, u])] == [[4, 4], [2, 2]]
        assert session.run(loss) == 8


def test_local_variables_are_neither_global_nor_trained() -> None:
    tf.get_local_variable("n", [], initializer=tf.zeros_initializer())
    assert [v.name for v in tf.local_variables()] == ["n:0"]
    assert tf.global_variables() == tf.trainable_variables() == []


def test_templates_make_their_variables_once() -> None:
    layer = tf.make_template("layer", lambda x: tf.get_variable("w", [2]) * x)
    first, second = layer(1.0), layer(2.0)
    assert (first.op.name, second.op.name) == ("layer/mul", "layer_1/mul")
    assert [v.name for v in layer.variables] == ["layer/w:0"]
    other = tf.make_template("layer", lambda x: tf.get_variable("w", [2]) * x)
    other(1.0)
    assert other.variables[0].name == "layer_1/w:0"
    leaky = tf.make_template("leaky", lambda: tf.Variable(1.0))
    leaky()
    with pytest.raises(ValueError, match="Trainable variable created when calling a template after the first time"):
        leaky()


def test_variables_in_parts_join_to_the_whole() -> None:
    whole = np.arange(15, dtype="f").reshape(5, 3)
    v = tf.get_variable("p", [5, 3], initializer=tf.constant_initializer(1.0),
                        partitioner=tf.fixed_size_partitioner(2))
    assert [(x.name, x.shape.as_list()) for x in v] == [("p/part_0:0", [3, 3]), ("p/part_1:0", [2, 3])]
    assert tf.convert_to_tensor(v).name == "p:0"
    assert [x.name for x in tf.create_partitioned_variables([4, 2], [2, 1], tf.zeros_initializer(), name="c")] == [
        "c/part_0:0", "c/part_1:0"]
    put = tf.group(*v.assign(whole))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(put)
        np.testing.assert_array_equal(session.run(tf.identity(v)), whole)
    with tf.variable_scope("", reuse=True):
        assert tf.get_variable("p", [5, 3], partitioner=tf.fixed_size_partitioner(2)) is v
        assert tf.get_variable("p", [5, 3]) is v


@pytest.mark.parametrize(("partitioner", "parts"), [
    (tf.fixed_size_partitioner(3), [3, 1]), (tf.fixed_size_partitioner(3, 1), [1, 3]),
    (tf.variable_axis_size_partitioner(64), [10, 1]),
    (tf.variable_axis_size_partitioner(64, max_shards=3), [3, 1]),
    (tf.min_max_variable_partitioner(4, 0, 16), [4, 1]), (tf.min_max_variable_partitioner(4, 0, 400), [2, 1])])
def test_partitioners_say_how_many_parts(partitioner: Any, parts: list[int]) -> None:
    assert partitioner(shape=tf.TensorShape([10, 20]), dtype=tf.float32) == parts
