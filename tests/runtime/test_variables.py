"""Variables: names, collections, initial values, assignments and updates of rows, as measured on TensorFlow 2.21."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph import mode


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def nodes() -> list[str]:
    return [f"{op.name} {op.type}" for op in tf.get_default_graph().get_operations()]


def test_a_variable_makes_tensorflows_nodes() -> None:
    with tf.name_scope("a"):
        tf.Variable(0.0)
        tf.Variable(lambda: tf.zeros([2]), name="c")
    assert nodes() == ["a/Variable/initial_value Const", "a/Variable VariableV2", "a/Variable/Assign Assign",
                       "a/Variable/read Identity", "a/c/Initializer/zeros Const", "a/c VariableV2",
                       "a/c/Assign Assign", "a/c/read Identity"]
    assert [v.name for v in tf.global_variables()] == ["a/Variable:0", "a/c:0"] == [
        v.name for v in tf.trainable_variables()]


def test_get_variable_makes_tensorflows_nodes() -> None:
    with tf.variable_scope("s"):
        tf.get_variable("w", [2, 3])
    assert nodes() == [f"s/w{x}" for x in (
        "/Initializer/random_uniform/shape Const", "/Initializer/random_uniform/min Const",
        "/Initializer/random_uniform/max Const", "/Initializer/random_uniform/RandomUniform RandomUniform",
        "/Initializer/random_uniform/sub Sub", "/Initializer/random_uniform/mul Mul",
        "/Initializer/random_uniform AddV2", " VariableV2", "/Assign Assign", "/read Identity")]


def test_every_variable_of_a_graph_is_one_of_tf1s_class() -> None:
    with tf.Graph().as_default():
        made = [tf.Variable(1.0), tf.get_variable("v", [1]), hb.Variable(1.0)]
    assert all(isinstance(v, tf.Variable) and isinstance(v, hb.Variable) for v in made)
    assert not isinstance(tf.constant(1.0), tf.Variable)
    assert all(made)  # `if variable:` asks whether it is there


def test_initial_values_see_the_initial_values_of_others() -> None:
    w = tf.Variable(tf.random_normal([3]))
    b = tf.Variable(w.initialized_value() * 2.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        x, y = session.run([w, b])
        np.testing.assert_allclose(y, x * 2)


def test_uninitialized_variables_are_named() -> None:
    v, u = tf.Variable([1.0], name="v"), tf.Variable(2, name="u", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    missing = tf.report_uninitialized_variables()
    with tf.Session() as session:
        assert session.run(missing).tolist() == [b"v", b"u"]
        with pytest.raises(tf.errors.FailedPreconditionError, match="Attempting to use uninitialized value v"):
            session.run(v)
        session.run(tf.global_variables_initializer())
        assert session.run([tf.is_variable_initialized(v), tf.is_variable_initialized(u)]) == [True, False]
        assert session.run(missing).tolist() == [b"u"]
        with pytest.raises(tf.errors.FailedPreconditionError, match="value u"):
            session.run(tf.assert_variables_initialized())
        session.run(tf.local_variables_initializer())
        assert session.run(missing).tolist() == []


def test_assignments_answer_with_the_new_value() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    ops = [tf.assign(v, [3.0, 4.0]), tf.assign_add(v, [1.0, 1.0]), v.assign_sub([2.0, 2.0])]
    assert [o.op.name for o in ops] == ["Assign", "AssignAdd", "AssignSub"]
    with tf.Session() as session:
        session.run(v.initializer)
        assert [session.run(o).tolist() for o in ops] == [[3, 4], [4, 5], [2, 3]]
        v.load([7.0, 8.0], session)
        assert v.eval(session).tolist() == [7, 8]
    with pytest.raises(ValueError, match=r"Shapes \[2\] and \[3\]"):
        tf.assign(v, [1.0, 2.0, 3.0])
    assert tf.assign(v, [1.0, 2.0, 3.0], validate_shape=False).shape.as_list() == [3]
    with pytest.raises(AttributeError, match="not a variable"):
        tf.assign(tf.constant(1.0), 2.0)


@pytest.mark.parametrize(("name", "expected"), [
    ("update", [[9, 9], [3, 4], [5, 6]]), ("add", [[10, 11], [3, 4], [5, 6]]), ("sub", [[-8, -7], [3, 4], [5, 6]]),
    ("mul", [[9, 18], [3, 4], [5, 6]]), ("max", [[9, 9], [3, 4], [5, 6]]), ("min", [[1, 2], [3, 4], [5, 6]])])
def test_rows_are_updated(name: str, expected: list[list[float]]) -> None:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    change = getattr(tf, f"scatter_{name}")(v, [0], [[9.0, 9.0]])
    method = getattr(v, f"scatter_{name}")(tf.IndexedSlices([[9.0, 9.0]], [0]))
    for one in (change, method):
        with tf.Session() as session:
            session.run(v.initializer)
            assert session.run(one).tolist() == expected


def test_rows_that_are_not_there_are_named_and_nothing_changes() -> None:
    v = tf.Variable(np.ones((3, 2), "f"))
    with tf.Session() as session:
        session.run(v.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = 9 is not in \[0, 3\)"):
            session.run(tf.scatter_add(v, [9], [[1.0, 1.0]]))
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[0\] = \[9\] does not index into shape"):
            session.run(tf.scatter_nd_add(v, [[9]], [[1.0, 1.0]]))
        assert session.run(v).tolist() == np.ones((3, 2)).tolist()


def test_eager_variables_change_at_once() -> None:
    with mode.opened(None):
        v = hb.Variable([1.0, 2.0])
        v.scatter_add(hb.IndexedSlices(hb.constant([1.0, 10.0]), hb.constant([1, 1])))
        assert v.numpy().tolist() == [1, 13]
        v.scatter_nd_update([[0]], [5.0])
        assert v.numpy().tolist() == [5, 13]
        v.batch_scatter_update(hb.IndexedSlices(hb.constant([4.0]), hb.constant([1])))
        assert v.numpy().tolist() == [5, 4]
        with pytest.raises(hb.errors.InvalidArgumentError, match=r"indices\[0\] = 2 is not in \[0, 2\)"):
            v.scatter_add(hb.IndexedSlices(hb.constant([1.0]), hb.constant([2])))
        assert v.sparse_read([1]).numpy().tolist() == [4]


def test_counting_ends_out_of_range() -> None:
    v = tf.Variable(0)
    following = v.count_up_to(2)
    with tf.Session() as session:
        session.run(v.initializer)
        assert [session.run(following), session.run(following)] == [0, 1]
        with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 2"):
            session.run(following)


def test_reads_under_control_dependencies_see_the_write() -> None:
    v = tf.Variable(1.0)
    with tf.control_dependencies([tf.assign_add(v, 5.0)]):
        after = [tf.identity(v), v.read_value(), v + 0.0]
    for one in after:
        with tf.Session() as session:
            session.run(v.initializer)
            assert session.run([v, one]) == [1.0, 6.0]


def test_creators_take_part_in_making_variables() -> None:
    def frozen(next_creator: Any, **arguments: Any) -> Any:
        return next_creator(**{**arguments, "trainable": False, "name": f"frozen_{arguments['name']}"})

    with tf.variable_creator_scope(frozen):
        tf.Variable(1.0, name="v")
    with hb.variable_creator_scope(frozen):
        assert hb.Variable(2.0, name="w").trainable is False
    assert [v.name for v in tf.global_variables()] == ["frozen_v:0", "frozen_w:0"]
    assert tf.trainable_variables() == []


def test_creators_may_answer_with_classes_of_their_own() -> None:
    class Labelled(hb.Variable):
        label = "own"

    with hb.variable_creator_scope(lambda following, **arguments: Labelled(arguments["initial_value"])):
        made = hb.Variable(3.0)
    assert (made.label, type(made)) == ("own", Labelled)


@pytest.mark.parametrize(("arguments", "text"), [
    ({}, "initial_value must be specified"),
    ({"initial_value": 1.0, "constraint": 3}, "constraint"),
    ({"initial_value": 1.0, "synchronization": "a"}, "Invalid variable synchronization mode: a"),
    ({"initial_value": 1.0, "collections": 3}, "collections argument to Variable constructor must be a list")])
def test_variables_that_cannot_be_made_are_refused(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        tf.Variable(**arguments)
    with pytest.raises(ValueError, match="initial_value must have a shape specified"):
        tf.Variable(tf.placeholder(tf.float32, [None]))


def test_groups_and_tuples_are_named_as_tensorflows() -> None:
    a, b = tf.constant(1.0), tf.constant(2.0)
    tf.group(a, [b])
    tf.group(name="q")
    tied = tf.tuple([a, None, b])
    assert nodes()[2:] == ["group_deps NoOp", "q NoOp", "tuple/group_deps NoOp",
                           "tuple/control_dependency Identity", "tuple/control_dependency_1 Identity"]
    assert tied[1] is None
    for wrong in (3, None):
        with pytest.raises(TypeError, match="'inputs' should be zero or more"):
            tf.group(wrong)
    with pytest.raises(ValueError, match="must have at least one Tensor"):
        tf.tuple([None])


def test_switches_change_only_what_tf1s_namespace_does_where_nothing_says() -> None:
    with pytest.raises(AssertionError, match="nested graphs"):
        tf.reset_default_graph()
    try:
        tf.disable_v2_behavior()
        assert not tf.executing_eagerly_outside_functions()
        tf.enable_v2_behavior()
        assert tf.resource_variables_enabled()
        assert tf.executing_eagerly_outside_functions()
        assert not tf.executing_eagerly()  # a graph is open here
    finally:
        tf.disable_v2_behavior()
    assert not tf.resource_variables_enabled()


def test_a_variable_that_its_definition_describes() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    again = tf.Variable(variable_def=v.to_proto())
    assert again.op is v.op
    assert again.initializer is v.initializer
    with pytest.raises(ValueError, match="mutually exclusive"):
        tf.Variable(1.0, variable_def=v.to_proto())


def test_a_variable_may_be_part_of_a_whole() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    v._set_save_slice_info(tf.Variable.SaveSliceInfo("w", [4], [2], [2]))
    assert v._get_save_slice_info().spec == "4 2,2"
    assert tf.Variable.from_proto(v.to_proto())._get_save_slice_info().spec == "4 2,2"
    with pytest.raises(ValueError, match="same name: w"):
        tf.train.Saver([v, tf.Variable(0.0, name="w")])


def test_only_references_have_reference_dtypes() -> None:
    assert tf.Variable(1.0).dtype == tf.as_dtype("float32_ref")
    assert tf.Variable(1.0, use_resource=True).dtype == tf.float32
    assert tf.get_variable("w", [], use_resource=True).dtype == tf.float32


def test_variables_say_whether_they_have_a_value() -> None:
    v = tf.Variable(1.0)
    known = v.is_initialized()
    with tf.Session() as session:
        assert not session.run(known)
        session.run(v.initializer)
        assert session.run(known)
    with mode.opened(None):
        assert bool(hb.Variable(1.0).is_initialized())


def test_device_functions_are_asked_once_for_a_variable() -> None:
    asked: list[str] = []

    def device(op: Any) -> str:
        asked.append(op.name)
        return f"/cpu:{len(asked) - 1}"

    with tf.device(device):
        a, b = tf.get_variable("a", [2]), tf.Variable(tf.zeros([2]), name="b")
        with tf.colocate_with(a.op):
            c = tf.identity(b)
    assert asked == ["a", "zeros", "b"]
    assert [x[-1] for x in (a.device, a.initializer.device, c.device, b.device, b.initializer.device)] == list("00022")
    assert a.initial_value.device == ""
