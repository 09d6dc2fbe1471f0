"""Assertions keep their words in written graphs, as TensorFlow writes them."""

from __future__ import annotations

import pytest

import hornbeam.v1 as tf


def test_an_assertion_is_read_with_its_words() -> None:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2], name="x")
        with tf.control_dependencies([tf.assert_less_equal(x, 1.0, message="too large")]):
            tf.identity(x, name="y")
        written = graph.as_graph_def()
    (node,) = [n for n in written.node if n.op == "Assert"]
    assert set(node.attr) == {"T", "summarize"}
    assert len(node.input) == 7
    with tf.Graph().as_default(), tf.Session() as sess:
        (y,) = tf.import_graph_def(written, return_elements=["y:0"], name="")
        assert sess.run(y, {"x:0": [0, 1]}).tolist() == [0, 1]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[too large\].*\[0 3\].*\[1\]"):
            sess.run(y, {"x:0": [0, 3]})
