"""Graphs cut down to what is needed, and frozen."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_variables_become_constants(graph) -> None:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", initializer=[[1.0], [2.0]])
    scale = tf.get_variable("scale", initializer=3.0)
    y = tf.multiply(tf.matmul(x, w), scale, name="y")
    step = tf.train.AdamOptimizer().minimize(tf.reduce_sum(y), name="step")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step, {x: [[1.0, 1.0]]})
        wanted = sess.run(y, {x: [[1.0, 1.0]]})
        frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["y"])
        partly = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["y"],
                                                              variable_names_blacklist=["scale"])
        with pytest.raises(AssertionError, match="nothing is not in graph"):
            tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ["nothing"])
    assert {n.op for n in frozen.node} == {"Placeholder", "Const", "Identity", "MatMul", "Mul"}
    assert {n.name: n.op for n in partly.node}["scale"] == "VariableV2"
    with tf.Graph().as_default(), tf.Session() as sess:
        y, = tf.import_graph_def(tf.graph_util.remove_training_nodes(frozen), return_elements=["y:0"], name="")
        assert [op.type for op in sess.graph.get_operations() if op.type == "Identity"] == []
        np.testing.assert_array_equal(sess.run(y, {"x:0": [[1.0, 1.0]]}), wanted)


def test_what_is_not_needed_is_left_out(graph) -> None:
    a = tf.constant(1.0, name="a")
    with tf.control_dependencies([tf.constant(2.0, name="waited")]):
        tf.negative(a, name="b")
    tf.negative(a, name="other")
    message = graph.as_graph_def()
    cut = tf.graph_util.extract_sub_graph(message, ["b"])
    assert [n.name for n in cut.node] == ["a", "waited", "b"]
    with pytest.raises(TypeError, match="iterable of strings"):
        tf.graph_util.extract_sub_graph(message, "b")
    with pytest.raises(AssertionError, match="c is not in graph"):
        tf.graph_util.extract_sub_graph(message, ["c"])


def test_identities_and_checks_are_removed(graph) -> None:
    a = tf.constant(1.0, name="a")
    b = tf.identity(tf.check_numerics(tf.identity(a, name="i"), "m", name="checked"), name="j")
    tf.negative(b, name="y")
    with tf.control_dependencies([tf.identity(a, name="waited")]):
        tf.identity(a, name="kept")
    found = tf.graph_util.remove_training_nodes(graph.as_graph_def(), protected_nodes=["kept"])
    assert {n.name: list(n.input) for n in found.node} == {
        "a": [], "y": ["a"], "waited": ["a"], "kept": ["a", "^waited"]}


def test_nodes_that_keep_to_the_cpu(graph) -> None:
    numbers, words = tf.constant(1, name="n"), tf.constant("a", name="w")
    floats = tf.constant(1.0, name="f")
    v = tf.get_variable("v", [1])
    run_on_cpu = tf.graph_util.must_run_on_cpu
    assert [run_on_cpu(t.op) for t in (numbers, words, floats)] == [True, True, False]
    assert not run_on_cpu(v.op)
    assert run_on_cpu(v.op, pin_variables_on_cpu=True)
    assert tf.graph_util.tensor_shape_from_node_def_name(graph, "v") == [1]
