"""Layers with cuDNN's parameters give what the cells give that their checkpoints fit; names as TensorFlow 1.15.5's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

cudnn = tf.contrib.cudnn_rnn
UNITS, INPUTS, TIME, BATCH = 3, 2, 4, 2
LENGTHS = [4, 2]
X = np.random.RandomState(0).randn(TIME, BATCH, INPUTS).astype(np.float32)

KINDS = {"lstm": (cudnn.CudnnLSTM, cudnn.CudnnCompatibleLSTMCell),
         "gru": (cudnn.CudnnGRU, cudnn.CudnnCompatibleGRUCell),
         "tanh": (cudnn.CudnnRNNTanh, tf.nn.rnn_cell.BasicRNNCell)}


def _by_cells(cell: Any, direction: str, path: str) -> Any:
    with tf.Graph().as_default(), tf.variable_scope("stack"):
        x = tf.constant(X)
        if direction == "unidirectional":
            cells = tf.nn.rnn_cell.MultiRNNCell([cell(UNITS) for _ in range(2)])
            outputs, _ = tf.nn.dynamic_rnn(cells, x, sequence_length=LENGTHS, time_major=True, dtype=tf.float32)
        else:
            forward, backward = ([cell(UNITS) for _ in range(2)] for _ in range(2))
            outputs, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
                forward, backward, x, sequence_length=LENGTHS, time_major=True, dtype=tf.float32)
        with tf.Session() as sess:
            tf.train.Saver().restore(sess, path)
            return sess.run(outputs)


@pytest.mark.parametrize(("kind", "direction"), [
    ("gru", "bidirectional"), *(pytest.param(kind, direction, marks=pytest.mark.slow) for kind, direction in (
        ("gru", "unidirectional"), ("lstm", "unidirectional"), ("lstm", "bidirectional"), ("tanh", "bidirectional")))])
def test_checkpoints_fit_cells_and_come_back(kind: str, direction: str, tmp_path: Path) -> None:
    layer_class, cell = KINDS[kind]
    bias = tf.random_uniform_initializer(seed=1)
    path = str(tmp_path / "c")
    with tf.Graph().as_default():
        layer = layer_class(2, UNITS, direction=direction, seed=2, bias_initializer=bias, name="stack")
        outputs, states = layer(X, sequence_lengths=tf.constant(LENGTHS))
        saver = tf.train.Saver()
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            saver.save(sess, path, write_meta_graph=False)
            given, last = sess.run([outputs, states])
            sess.run(tf.global_variables()[0].assign(tf.zeros_like(layer.kernel)))
            tf.train.Saver(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)).restore(sess, path)
            np.testing.assert_allclose(sess.run(outputs), given, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(_by_cells(cell, direction, path), given, rtol=1e-5, atol=1e-6)
    assert [s.shape for s in last] == [(2 * layer.num_dirs, BATCH, UNITS)] * len(last)
    np.testing.assert_allclose(last[0][-layer.num_dirs], [given[3, 0, :UNITS], given[1, 1, :UNITS]], rtol=1e-6)


def test_names_and_shapes() -> None:
    with tf.Graph().as_default():
        layer = cudnn.CudnnGRU(1, UNITS)
        layer(X)
        assert [v.name for v in tf.trainable_variables()] == ["cudnn_gru/opaque_kernel:0"]
        (saveable,) = tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
        start = "cudnn_gru/rnn/multi_rnn_cell/cell_0/cudnn_compatible_gru_cell/"
        assert [spec.name.removeprefix(start) for spec in saveable.specs] == [
            "gates/kernel", "candidate/input_projection/kernel", "candidate/hidden_projection/kernel",
            "gates/bias", "candidate/input_projection/bias", "candidate/hidden_projection/bias"]
        assert layer.canonical_weight_shapes == [(3, 2)] * 3 + [(3, 3)] * 3
        assert (layer.state_shape(7), layer.rnn_mode, layer.input_size) == (([1, 7, 3],), "gru", 2)


def test_batch_first_skipped_input_and_dropout() -> None:
    with tf.Graph().as_default():
        x = np.random.RandomState(1).randn(TIME, BATCH, UNITS).astype(np.float32)
        layer = cudnn.CudnnLSTM(2, UNITS, input_mode="auto_select", dropout=0.5, seed=3)
        outputs = layer(x, training=False)[0]
        turned, states = layer(x.transpose(1, 0, 2), time_major=False, training=False)
        dropped = layer(x)[0]
        assert layer.kernel.shape.as_list() == [4 * 9 + 8 * 9 + 16 * 3]
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            a, b, c, d = sess.run([outputs, turned, states[0], dropped])
        np.testing.assert_allclose(b.transpose(1, 0, 2), a, rtol=1e-6)
        assert c.shape == (BATCH, 2, UNITS)
        assert np.abs(d - a).max() > 1e-3


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid direction: x, expecting unidirectional or bidirectional"):
        cudnn.CudnnLSTM(1, 2, direction="x")
    with pytest.raises(ValueError, match="Invalid input_mode: x"):
        cudnn.CudnnLSTM(1, 2, input_mode="x")
    with pytest.raises(ValueError, match="Only support float16, float32, float64"):
        cudnn.CudnnLSTM(1, 2, dtype=tf.int32)
    with pytest.raises(ValueError, match="Expecting input_shape with 3 dims, got 2"):
        cudnn.CudnnLSTM(1, 2)(tf.zeros([2, 3]))
    with pytest.raises(TypeError, match="expecting tuple"):
        cudnn.CudnnLSTM(1, 2)(tf.zeros([2, 3, 3]), initial_state=tf.zeros([1, 3, 2]))
