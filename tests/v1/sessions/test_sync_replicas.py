"""SyncReplicasOptimizer: figures are TensorFlow 1.15.5's for the same program."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _of(required: int, total: int | None = None, rate: float = 1.0) -> tuple[Any, Any, Any]:
    k = tf.placeholder(tf.float32, [], "k")
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.MomentumOptimizer(rate, 0.9), required, total)
    return k, optimizer, optimizer.minimize(k * w, global_step=tf.train.get_or_create_global_step())


def _session(hook: Any) -> Any:
    return tf.train.MonitoredTrainingSession(hooks=[hook], stop_grace_period_secs=0.05)


def test_two_replicas_make_one_step_of_their_average() -> None:
    k, optimizer, train_op = _of(2)
    with _session(optimizer.make_session_run_hook(True, num_tokens=0)) as sess:
        def replica(value: float) -> None:
            for _ in range(3):
                sess.run(train_op, {k: value})

        threads = [threading.Thread(target=replica, args=(value,)) for value in (1.0, 3.0)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        w, step = sess.run([tf.trainable_variables()[0], tf.train.get_global_step()])
    assert (round(float(w), 4), int(step)) == (-11.22, 3)


def test_one_replica_gives_several_gradients_a_step() -> None:
    k, optimizer, train_op = _of(2, 1)
    with _session(optimizer.make_session_run_hook(True)) as sess:
        assert [int(sess.run(train_op, {k: 1.0})) for _ in range(6)] == [0, 0, 1, 1, 2, 2]


def test_rows_of_a_gather_are_averaged_too() -> None:
    table = tf.get_variable("table", [3, 2], initializer=tf.zeros_initializer())
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(1.0), 1)
    loss = tf.reduce_sum(tf.gather(table, [0, 2, 0]))
    train_op = optimizer.minimize(loss, global_step=tf.train.get_or_create_global_step())
    with _session(optimizer.make_session_run_hook(True, num_tokens=0)) as sess:
        sess.run(train_op)
        np.testing.assert_array_equal(sess.run(table), [[-2, -2], [0, 0], [-1, -1]])


def test_names_and_variables() -> None:
    _, optimizer, train_op = _of(1)
    assert [v.name for v in tf.local_variables()] == ["sync_rep_local_step:0"]
    assert (optimizer.get_slot_names(), [v.name for v in optimizer.variables()]) == (["momentum"], ["w/Momentum:0"])
    assert (train_op.name, optimizer.chief_init_op.name) == ("Assign_1:0", "sync_replicas/group_deps")
    types = {op.name: op.type for op in tf.get_default_graph().get_operations()}
    assert types["sync_replicas/conditional_accumulator"] == "ResourceConditionalAccumulator"
    assert types["sync_token_q_EnqueueMany"] == "QueueEnqueueManyV2"
    assert optimizer.get_chief_queue_runner().name == "dummy_queue"


def test_what_comes_too_early_or_is_too_little_is_refused() -> None:
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1), 2, 1)
    with pytest.raises(ValueError, match="Should be called after apply_gradients"):
        optimizer.get_chief_queue_runner()
    with pytest.raises(ValueError, match="should be called after apply_gradients"):
        optimizer.get_init_tokens_op()
    with pytest.raises(ValueError, match="apply_gradient should be called before using the hook"):
        optimizer.make_session_run_hook(True).begin()
    pair = tf.constant(1.0), tf.Variable(1.0)
    with pytest.raises(ValueError, match="Must supply at least one variable"):
        optimizer.apply_gradients([])
    with pytest.raises(ValueError, match="Global step is required to check staleness"):
        optimizer.apply_gradients([pair])
    optimizer.apply_gradients([pair], tf.train.get_or_create_global_step())
    with pytest.raises(ValueError, match=r"Too few tokens to finish the first step: 0 \(given\) vs 1 \(needed\)"):
        optimizer.get_init_tokens_op(0)
