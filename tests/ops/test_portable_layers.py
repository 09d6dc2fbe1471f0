"""Ops of layers that TensorFlow lacks are written as ops that it has, which give the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam import keras
from hornbeam.graph.op_signatures import signature

X = np.linspace(-4, 4, 2 * 3 * 4 * 2, dtype=np.float32).reshape(2, 3, 4, 2)
ACTIVATIONS = ["silu", "gelu", "log_sigmoid", "squareplus", "celu", "elu", "hard_sigmoid", "hard_silu", "hard_tanh",
               "soft_shrink", "hard_shrink"]
CALLS = {
    **{name: getattr(keras.activations, name) for name in ACTIVATIONS},
    "gelu_exact": lambda x: keras.activations.gelu(x, approximate=False),
    "elu_alpha": lambda x: keras.activations.elu(x, alpha=0.5),
    "threshold": lambda x: keras.activations.threshold(x, 0.5, 2.0),
    "tensordot": lambda x: tf.tensordot(x, tf.constant(X[0]), [[2, 3], [-2, -1]]),
    "outer": lambda x: tf.tensordot(x, tf.constant([1.0, 2.0]), 0),
    "repeat": lambda x: tf.repeat(x, 2, axis=-2),
    "bilinear": lambda x: keras.ops.image.resize(x, (5, 3)),
    "nearest": lambda x: keras.ops.image.resize(x, (2, 7), "nearest"),
    "transposed": lambda x: keras.ops.conv_transpose(x, X.reshape(2, 3, 4, 2), (2, 1), "same"),
    "transposed_valid": lambda x: keras.ops.conv_transpose(x, X.reshape(3, 2, 4, 2), 1, "valid"),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_written_gives_the_same(name: str) -> None:
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3, 4, 2], name="x")
        y = tf.identity(CALLS[name](x), name="y")
        wanted = session.run(y, {x: X})
        message = graph.as_graph_def()
    assert not [node.op for node in message.node if signature(node.op) is None]
    with tf.Graph().as_default(), tf.Session() as session:
        again: Any = tf.import_graph_def(message, return_elements=["y:0"])
        found = session.run(again[0], {"import/x:0": X})
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_what_cannot_be_written_so_stays_as_it_is() -> None:
    with tf.Graph().as_default() as graph:
        keras.ops.conv_transpose(tf.zeros([2, 3, 2]), np.ones((2, 3, 2), np.float32), 2)
        assert "ConvTranspose" in [node.op for node in graph.as_graph_def().node]
