"""contrib.summary: written in graphs and at once, only where that is asked for."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.graph import mode

summary = tf.contrib.summary


def written(folder):
    (path,) = folder.iterdir()
    return [(e.step, v.tag, v.WhichOneof("value")) for e in tf.train.summary_iterator(str(path))
            for v in e.summary.value]


def test_in_a_graph(tmp_path):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        step = tf.train.get_or_create_global_step()
        writer = summary.create_file_writer(str(tmp_path))
        with writer.as_default():
            summary.scalar("nothing", 1.0)
            with summary.always_record_summaries():
                summary.scalar("loss", tf.constant(2.0), family="train")
                summary.generic("whole", tf.constant([1, 2]))
            with summary.record_summaries_every_n_global_steps(2):
                summary.histogram("h", tf.constant([1.0, 2.0]))
                summary.image("i", np.zeros([1, 2, 2, 1], np.float32), max_images=1)
            session.run(tf.global_variables_initializer())
            summary.initialize(graph=graph)
            for _ in range(3):
                session.run(summary.all_summary_ops())
                session.run(tf.assign_add(step, 1))
            session.run(writer.flush())
    assert sorted(written(tmp_path)) == sorted(
        [(s, "train/train/loss", "simple_value") for s in range(3)] + [(s, "whole", "tensor") for s in range(3)]
        + [(s, "h", "histo") for s in (0, 2)] + [(s, "i/image", "image") for s in (0, 2)])


def test_at_once(tmp_path):
    with mode.opened(None):
        step = tf.Variable(0, dtype=tf.int64)
        writer = summary.create_file_writer(str(tmp_path))
        assert not summary.should_record_summaries()
        with writer.as_default(), summary.record_summaries_every_n_global_steps(3, step):
            for _ in range(7):
                summary.scalar("loss", 1.0, step=step)
                step.assign_add(1)
            with summary.never_record_summaries():
                summary.scalar("no", 1.0, step=step)
            summary.audio("sound", np.zeros([1, 8], np.float32), 8000, 1, step=9)
        with pytest.raises(RuntimeError, match="only supported in graph mode"):
            summary.summary_writer_initializer_op()
        writer.close()
    assert written(tmp_path) == [(0, "loss", "simple_value"), (3, "loss", "simple_value"), (6, "loss", "simple_value")]
    assert summary.eval_dir("m") == "m/eval"
    assert summary.eval_dir("m", "b") == "m/eval_b"
