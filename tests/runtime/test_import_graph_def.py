"""Graphs come in as TensorFlow wrote them: its control flow, its resources, its functions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.recorded_graphs import answers, feed, unpacked

import hornbeam.v1 as tf


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("graphs"))


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def node(graph_def, name, op, *inputs, **types):
    made = graph_def.node.add(name=name, op=op, input=inputs)
    for key, dtype in types.items():
        made.attr[key].type = dtype.as_datatype_enum
    return made


def constant(graph_def, name, value):
    made = node(graph_def, name, "Const", dtype=tf.as_dtype(np.asarray(value).dtype))
    made.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value, np.asarray(value).dtype))
    return made


@pytest.mark.parametrize("name", ["branches", "loops", "dynamic_rnn", "resources", "mobilenet"])
def test_frozen_graphs_give_what_they_gave_in_tensorflow(recorded: Path, name: str) -> None:
    message = tf.GraphDef()
    message.ParseFromString((recorded / name / "frozen.pb").read_bytes())
    kept = message.SerializeToString(deterministic=True)
    prob, = tf.import_graph_def(message, return_elements=["prob:0"], name="net")
    assert prob.name == "net/prob:0"
    assert message.SerializeToString(deterministic=True) == kept
    with tf.Session() as sess:
        found = sess.run(prob, {"net/x:0": feed(recorded)["x:0"]})
    np.testing.assert_allclose(found, answers(recorded, name)["prob"], atol=1e-6)


def test_resources_are_variables() -> None:
    message = tf.GraphDef()
    handle = node(message, "v", "VarHandleOp", dtype=tf.float32)
    handle.attr["shape"].shape.dim.add(size=2)
    constant(message, "start", np.float32([1, 2]))
    node(message, "assign", "AssignVariableOp", "v", "start", dtype=tf.float32)
    node(message, "added", "AssignAddVariableOp", "v", "start", dtype=tf.float32)
    node(message, "read", "ReadVariableOp", "v", dtype=tf.float32)
    there, read = tf.import_graph_def(message, return_elements=["v", "read:0"], name="")
    assert there.type == "VariableV2"
    with tf.Session() as sess:
        sess.run("assign")
        sess.run("added")
        assert sess.run(read).tolist() == [2.0, 4.0]


def test_the_gradient_of_an_imported_branch_is_taken(recorded: Path) -> None:
    message = tf.GraphDef()
    message.ParseFromString((recorded / "branches" / "frozen.pb").read_bytes())
    x = tf.placeholder(tf.float32, [None, 8, 8, 3])
    prob, = tf.import_graph_def(message, {"x": x}, ["prob:0"])
    slope, = tf.gradients(prob[:, 0], x)
    data = feed(recorded)["x:0"]
    with tf.Session() as sess:
        got = sess.run(slope, {x: data})
        up, down = data.copy(), data.copy()
        up[0, 0, 0, 0] += 0.05
        down[0, 0, 0, 0] -= 0.05
        rise = (sess.run(prob, {x: up}) - sess.run(prob, {x: down}))[0, 0] / 0.1
    np.testing.assert_allclose(got[0, 0, 0, 0], rise, rtol=2e-2, atol=1e-5)


def test_functions_are_called(graph) -> None:
    message = tf.GraphDef()
    constant(message, "x", np.float32(3))
    call = node(message, "y", "PartitionedCall", "x")
    call.attr["f"].func.name = "square_and_half"
    function = message.library.function.add()
    function.signature.name = "square_and_half"
    function.signature.input_arg.add(name="a", type=1)
    for name in ("square", "half"):
        function.signature.output_arg.add(name=name, type=1)
    function.node_def.add(name="s", op="Mul", input=["a", "a"]).attr["T"].type = 1
    split = function.node_def.add(name="two", op="Const")
    split.attr["dtype"].type = 1
    split.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(np.float32(2)))
    function.node_def.add(name="h", op="RealDiv", input=["a", "two:output:0"]).attr["T"].type = 1
    function.ret["square"], function.ret["half"] = "s:z:0", "h:z:0"
    square, half = tf.import_graph_def(message, return_elements=["y:0", "y:1"])
    with tf.Session() as sess:
        assert sess.run([square, half]) == [9.0, 1.5]


@pytest.mark.parametrize(("change", "message"), [
    (lambda g: node(g, "b", "Neg", "nothing", T=tf.float32), "Unknown input node 'nothing'"),
    (lambda g: node(g, "b", "Neg", "a:3", T=tf.float32), "Connecting to invalid output 3 of source node a"),
    (lambda g: node(g, "b", "Neg", "a", T=tf.int32), "incompatible with expected int32"),
    (lambda g: node(g, "b", "Neg", "^nothing", "a", T=tf.float32), r"Unknown input node '\^nothing'"),
    (lambda g: node(g, "b", "Add", "a", T=tf.float32), "do not match 1 inputs specified"),
    (lambda g: node(g, "a", "NoOp"), "already exists"),
    (lambda g: node(g, "b c", "NoOp"), "invalid characters"),
    (lambda g: node(g, "b", "Merge", "a", "a", T=tf.float32), "not the two sides of one condition"),
    (lambda g: node(g, "b", "NextIteration", "a", T=tf.float32), "outside of a branch or loop"),
    (lambda g: g.versions.MergeFrom(type(g.versions)(min_consumer=10**6)), "min consumer version 1000000"),
    (lambda g: node(g, "b", "Neg", "c", T=tf.float32) and node(g, "c", "Neg", "b", T=tf.float32), "cycle"),
    (lambda g: node(g, "b", "NoOp").attr["_class"].list.s.append(b"loc:@nobody"), "colocated with unknown node"),
    (lambda g: setattr(node(g, "b", "PartitionedCall", "a").attr["f"].func, "name", "f"), "not defined in the library"),
])
def test_what_does_not_fit_is_said(change, message: str) -> None:
    graph_def = tf.GraphDef()
    constant(graph_def, "a", np.float32(1))
    change(graph_def)
    with pytest.raises(ValueError, match=message):
        tf.import_graph_def(graph_def)


def test_operations_of_no_known_type_are_not_found() -> None:
    graph_def = tf.GraphDef()
    node(graph_def, "b", "NoSuchOp")
    with pytest.raises(tf.errors.NotFoundError, match="Op type not registered 'NoSuchOp'"):
        tf.import_graph_def(graph_def)


def test_names_that_are_taken_become_unique(graph) -> None:
    graph_def = tf.GraphDef()
    constant(graph_def, "a", np.float32(1))
    node(graph_def, "b", "Neg", "a", T=tf.float32)
    assert [tf.import_graph_def(graph_def, name="", return_elements=["b:0"])[0].name for _ in range(2)] == [
        "b:0", "b_1:0"]
    assert graph.get_operation_by_name("b_1").inputs[0].name == "a_1:0"


def test_arguments_of_other_kinds_are_refused(graph) -> None:
    with pytest.raises(TypeError, match="GraphDef"):
        tf.import_graph_def("x")
    with pytest.raises(TypeError, match="input_map"):
        tf.import_graph_def(tf.GraphDef(), input_map=["x"])
    with pytest.raises(TypeError, match="return_elements"):
        tf.import_graph_def(tf.GraphDef(), return_elements=[3])


def test_colocation_shapes_and_overridden_gradients_come_along() -> None:
    message = tf.GraphDef()
    constant(message, "a", np.float32(1))
    made = node(message, "b", "Placeholder", dtype=tf.float32)
    made.attr["_class"].list.s.append(b"loc:@a")
    made.attr["_output_shapes"].list.shape.add().dim.add(size=4)
    node(message, "c", "Neg", "b", T=tf.float32).attr["_gradient_op_type"].s = b"Mine"
    b, c = tf.import_graph_def(message, return_elements=["b:0", "c"])
    assert b.shape == [4]
    assert b.op.colocation_groups() == [b"loc:@import/a"]
    b.op._set_attr("_class", tf.AttrValue(list=tf.AttrValue.ListValue(s=[b"loc:@import/b"])))
    b.op._set_device("/cpu:0")
    assert (b.op.colocation_groups(), b.op.device) == ([b"loc:@import/b"], "/cpu:0")
    assert b.graph._get_control_flow_context() is None
    assert c.gradient_type == "Mine"
