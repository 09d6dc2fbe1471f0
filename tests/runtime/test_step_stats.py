"""Traced runs: what `RunMetadata` tells of each operation, under TensorFlow's names; other runs tell nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

CPU = "/job:localhost/replica:0/task:0/device:CPU:0"


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _dense() -> tuple[Any, Any, Any]:
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    with tf.name_scope("layer"):
        w = tf.Variable(tf.ones([4, 3]), name="w")
        y = tf.nn.relu(tf.matmul(x, w), name="act")
    loss = tf.reduce_sum(y, name="loss")
    return x, loss, tf.train.GradientDescentOptimizer(0.5).minimize(loss)


def _traced(level: int = tf.RunOptions.FULL_TRACE, **options: Any) -> Any:
    x, loss, step = _dense()
    metadata = tf.RunMetadata()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        found = sess.run([loss, step], {x: np.ones([2, 4])}, tf.RunOptions(trace_level=level, **options), metadata)
        assert found == [24.0, None]
        # The traced run changed the variable as any other does; what is asked for no longer is told no longer.
        assert sess.run(loss, {x: np.ones([2, 4])}, run_metadata=tf.RunMetadata()) == 0.0
    return metadata


@pytest.mark.parametrize("level", [1, 2, 3])
def test_each_operation_is_measured(level: int) -> None:
    (device,) = _traced(level).step_stats.dev_stats
    assert device.device == CPU
    nodes = {n.node_name: n for n in device.node_stats}
    product = nodes["layer/MatMul"]
    assert product.timeline_label == "layer/MatMul = MatMul(x, layer/w/read)"
    (output,) = product.output
    described = output.tensor_description
    assert [d.size for d in described.shape.dim] == [2, 3]
    assert described.dtype == tf.float32.as_datatype_enum
    assert described.allocation_description.requested_bytes == 24
    assert [(m.allocator_name, m.total_bytes) for m in product.memory] == [("cpu", 24)]
    assert nodes["layer/w"].memory_stats.persistent_memory_size == 48
    assert {"x", "loss", "GradientDescent", "GradientDescent/update_layer/w/ApplyGradientDescent"} <= set(nodes)
    assert device.thread_names[product.thread_id] == "MainThread"
    times = [(n.all_start_micros, n.all_end_rel_micros) for n in device.node_stats]
    assert times == sorted(times, key=lambda t: t[0])
    assert all(0 <= n.op_start_rel_nanos <= n.op_end_rel_nanos <= n.all_end_rel_nanos for n in device.node_stats)
    assert product.op_end_rel_nanos > 0


def test_a_program_that_is_made_is_not_measured() -> None:
    value = tf.random_normal([400, 400])
    metadata = tf.RunMetadata()
    with tf.Session() as sess:
        sess.run(tf.matmul(value, value), None, tf.RunOptions(trace_level=3), metadata)
    (device,) = metadata.step_stats.dev_stats
    product = next(n for n in device.node_stats if n.node_name == "MatMul")
    assert product.timeline_label.startswith("[cpu 0.6MB 0.6MB] MatMul = MatMul(random_normal, random_normal")
    assert product.op_end_rel_micros < 20_000  # compiling takes longer


def test_bodies_of_loops_are_measured_each_time() -> None:
    loop = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
    metadata = tf.RunMetadata()
    with tf.Session() as sess:
        assert sess.run(loop, options=tf.RunOptions(trace_level=3), run_metadata=metadata) == 3
    names = [n.node_name for n in metadata.step_stats.dev_stats[0].node_stats]
    assert names.count("while/add") == 3
    assert names.count("while/Less") == 4


def test_other_runs_tell_nothing() -> None:
    value = tf.constant(1.0) + 1.0
    metadata = tf.RunMetadata()
    with tf.Session() as sess:
        sess.run(value, options=tf.RunOptions(trace_level=3), run_metadata=metadata)
        assert metadata.step_stats.dev_stats
        sess.run(value, options=tf.RunOptions(), run_metadata=metadata)
        assert metadata == tf.RunMetadata()
        sess.run(value, options=tf.RunOptions(trace_level=3))
        call = sess.make_callable(value, accept_options=True)
        assert call(options=tf.RunOptions(trace_level=3), run_metadata=metadata) == 2.0
        assert metadata.step_stats.dev_stats


def test_the_graph_that_ran_is_told_where_it_is_asked_for() -> None:
    metadata = _traced(0, output_partition_graphs=True)
    assert not metadata.step_stats.dev_stats
    (graph,) = metadata.partition_graphs
    assert {n.device for n in graph.node} == {CPU}
    names = {n.name for n in graph.node}
    assert {"x", "layer/act", "GradientDescent"} <= names
    assert not any("init" in name for name in names)
    assert next(n for n in graph.node if n.name == "x").op == "Placeholder"


def test_draws_are_those_of_a_run_without_a_trace() -> None:
    tf.set_random_seed(1)
    value = tf.random_uniform([3])
    with tf.Session() as sess:
        plain = [sess.run(value).tolist() for _ in range(2)]
    with tf.Session() as sess:
        traced = [sess.run(value, options=tf.RunOptions(trace_level=3), run_metadata=tf.RunMetadata()).tolist()
                  for _ in range(2)]
    assert traced == plain
