"""Graphs as protobufs: what goes out comes in again and gives the same."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.graph.op import registry


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def again(graph, fetch, feeds):
    """`fetch` of a graph that was written and read."""
    message = tf.GraphDef()
    message.ParseFromString(graph.as_graph_def().SerializeToString())
    with tf.Graph().as_default() as copy:
        out, = tf.import_graph_def(message, return_elements=[fetch])
        with tf.Session(graph=copy) as sess:
            if any(op.type == "VariableV2" for op in copy.get_operations()):
                sess.run([op for op in copy.get_operations() if op.name.endswith("/Assign")])
            return sess.run(out, {f"import/{name}": value for name, value in feeds.items()})


def test_nodes_stand_in_the_order_of_creation_with_tensorflows_attributes(graph) -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    tf.matmul(x, tf.constant([[1.0], [2.0], [3.0]], name="w"), name="y")
    message = graph.as_graph_def()
    assert [n.name for n in message.node] == ["x", "w", "y"]
    assert message.versions.producer == 2474
    y = message.node[2]
    assert list(y.input) == ["x", "w"]
    assert y.attr["T"].type == 1
    assert not y.attr["transpose_a"].b
    assert [d.size for d in message.node[0].attr["shape"].shape.dim] == [-1, 3]
    assert again(graph, "y:0", {"x:0": np.ones((2, 3))}).tolist() == [[6.0], [6.0]]


def test_input_map_replaces_tensors(graph) -> None:
    x = tf.placeholder(tf.float32, name="x")
    tf.add(x, 1.0, name="y")
    message = graph.as_graph_def()
    with tf.Graph().as_default():
        mine = tf.constant(41.0)
        y, op = tf.import_graph_def(message, input_map={"x": mine}, return_elements=["y:0", "y"], name="mine")
        assert op.name == "mine/y"
        with tf.Session() as sess:
            assert sess.run(y) == 42.0
        with pytest.raises(ValueError, match="nothing"):
            tf.import_graph_def(message, input_map={"nothing:0": mine})
        with pytest.raises(ValueError, match="not found in graph_def"):
            tf.import_graph_def(message, return_elements=["z:0"])


def test_branches_and_loops_come_back(graph) -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    w = tf.Variable(3.0, name="w")
    chosen = tf.cond(x > 0, lambda: x * w, lambda: tf.while_loop(lambda a: a < 10, lambda a: a * 2 + 1, [-x]))
    summed = tf.scan(lambda a, row: a + row * x, tf.constant([1.0, 2.0, 3.0]))
    tf.identity(chosen + summed[-1], name="y")
    for value in (2.0, -1.0):
        with tf.Session(graph=graph) as sess:
            sess.run(w.initializer)
            here = sess.run("y:0", {x: value})
        assert again(graph, "y:0", {"x:0": value}) == here


def test_what_is_unknown_says_its_name() -> None:
    message = tf.GraphDef()
    message.node.add(name="a", op="NoSuchOp")
    with pytest.raises(tf.errors.NotFoundError, match="No op named NoSuchOp"):
        tf.import_graph_def(message)
    with pytest.raises(TypeError, match="GraphDef"):
        tf.import_graph_def("x")


@pytest.mark.parametrize("value", [np.array([[1.5, 2]], np.float32), np.array(True), np.array([1, -2], np.int64),
                                   np.array([b"a", b""], object), np.array([1 + 2j], np.complex64)])
def test_tensor_protos_hold_what_they_were_given(value) -> None:
    back = tf.make_ndarray(tf.make_tensor_proto(value))
    assert back.dtype == value.dtype
    assert back.tolist() == value.tolist()


def test_what_a_tensor_proto_refuses() -> None:
    with pytest.raises(ValueError, match="Too many elements provided"):
        tf.make_tensor_proto([1, 2, 3], shape=[2])
    with pytest.raises(TypeError, match="Failed to convert elements of"):
        tf.make_tensor_proto([1, "a"])
    assert tf.TensorShape(tf.TensorShape([1, None]).as_proto()).as_list() == [1, None]
    assert tf.TensorShape(tf.TensorShape(None).as_proto()).rank is None


def test_elements_are_found_by_name_and_kind() -> None:
    with tf.Graph().as_default() as graph:
        a = tf.constant(1, name="a")
        for name, text in (("a", "refers to an Operation, not a Tensor"), ("a:x", "not a valid one"),
                           ("a:0:1", "not a valid one")):
            with pytest.raises(ValueError, match=text):
                graph.get_tensor_by_name(name)
        with pytest.raises(ValueError, match="appears to refer to a Tensor"):
            graph.as_graph_element("a:0", allow_tensor=False)
        with pytest.raises(TypeError, match="Can not convert a Tensor into a Operation"):
            graph.as_graph_element(a, allow_tensor=False)
        with pytest.raises(ValueError, match="can't both be False"):
            graph.as_graph_element(a, False, False)
        with pytest.raises(TypeError, match="mapping strings to strings"), graph.gradient_override_map([1]):
            pass
        with pytest.raises(ValueError, match="Too many elements provided"):
            tf.constant([1, 2, 3], shape=[2])
        with pytest.raises(TypeError, match="Failed to convert elements of"):
            tf.convert_to_tensor([1, "a"])
        assert graph.graph_def_versions.producer == graph.as_graph_def().versions.producer
        assert tf.contrib.util.ops_used_by_graph_def(graph.as_graph_def()) == {"Const"}
        assert tf.contrib.util.constant_value(a) == 1


def test_operations_tell_the_message_of_their_op() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2])
        known = tf.nn.relu(x).op.op_def
        assert (known.name, [a.name for a in known.input_arg]) == ("Relu", ["features"])
        ours = registry["NumPyPad"](x, [[1, 1]], mode="edge").op
        assert ours.op_def.name == "NumPyPad"  # TensorFlow has no such op
