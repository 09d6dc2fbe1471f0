"""Servers of this process, cluster specs, and what places variables on servers; as TensorFlow 1.15.5 has it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import hornbeam.v1 as tf

CLUSTER = {"ps": ["a:1", "b:2"], "worker": {0: "c:3", 2: "d:4"}}


def test_a_cluster_spec_says_who_is_where():
    spec = tf.train.ClusterSpec(CLUSTER)
    assert str(spec) == "ClusterSpec({'ps': ['a:1', 'b:2'], 'worker': {0: 'c:3', 2: 'd:4'}})"
    assert spec.as_dict() == CLUSTER
    assert spec.jobs == ["ps", "worker"]
    assert (spec.num_tasks("worker"), spec.task_indices("worker")) == (2, [0, 2])
    assert spec.task_address("worker", 2) == "d:4"
    assert spec.job_tasks("worker") == ["c:3", None, "d:4"]
    assert tf.train.ClusterSpec(spec.as_cluster_def()) == spec == tf.train.ClusterSpec(spec)
    assert isinstance(spec.as_cluster_def(), tf.train.ClusterDef)
    assert not tf.train.ClusterSpec({})


@pytest.mark.parametrize(("make", "error", "text"), [
    (lambda: tf.train.ClusterSpec(CLUSTER).num_tasks("x"), ValueError, "No such job in cluster: 'x'"),
    (lambda: tf.train.ClusterSpec(CLUSTER).task_address("worker", 1), ValueError,
     "No task with index 1 in job 'worker'"),
    (lambda: tf.train.ClusterSpec(3), TypeError, "`cluster` must be a dictionary mapping one or more job names"),
    (lambda: tf.train.ClusterSpec({"a": 3}), TypeError, "tasks for job 'a' must be a list or a dictionary"),
    (lambda: tf.train.ClusterSpec({1: ["a"]}), TypeError, "Job name 1 must be bytes or unicode"),
    (lambda: tf.train.Server(CLUSTER), ValueError, "Must specify an explicit `job_name`"),
    (lambda: tf.train.Server({"w": ["x:1", "y:1"]}, job_name="w"), ValueError, "Must specify an explicit `task_index`"),
    (lambda: tf.train.Server(3), TypeError, "Could not convert `server_or_cluster_def`"),
])
def test_what_is_no_cluster_is_refused(make: Any, error: type[Exception], text: str):
    with pytest.raises(error, match=text):
        make()


def test_variables_go_to_servers_in_turn():
    with tf.Graph().as_default(), tf.device(tf.train.replica_device_setter(cluster=tf.train.ClusterSpec(CLUSTER))):
        a, b = tf.Variable(1.0, name="a"), tf.get_variable("b", [])
        total = a + b
        with tf.device("/cpu:0"):
            c = tf.Variable(1.0)
        assert [v.device for v in (a, b, c)] == ["/job:ps/task:0", "/job:ps/task:1", "/job:ps/task:0/device:CPU:0"]
        assert total.device == "/job:worker"
    assert tf.train.replica_device_setter() is None
    with pytest.raises(TypeError, match="ps_strategy must be callable"):
        tf.train.replica_device_setter(ps_tasks=1, ps_strategy=3)  # type: ignore[arg-type]


def test_sessions_of_a_server_share_what_they_keep():
    server = tf.train.Server.create_local_server()
    assert server.target.startswith("grpc://localhost:")
    assert (server.server_def.job_name, server.server_def.protocol) == ("local", "grpc")
    with tf.Graph().as_default():
        v = tf.Variable(3.0, name="v")
        queue = tf.FIFOQueue(3, tf.int32, shapes=[[]], shared_name="q")
        with tf.Session(server.target) as sess:
            sess.run(v.initializer)
            sess.run([v.assign_add(1.0), queue.enqueue(5)])
    with tf.Graph().as_default():
        v = tf.Variable(0.0, name="v")
        taken = tf.FIFOQueue(3, tf.int32, shapes=[[]], shared_name="q").dequeue()
        with tf.Session(server.target) as sess:
            assert sess.run([v, taken]) == [4.0, 5]
        with tf.Session() as alone, pytest.raises(tf.errors.FailedPreconditionError):
            alone.run(v)
        tf.Session.reset(server.target)
        with tf.Session(server.target) as sess, pytest.raises(tf.errors.FailedPreconditionError):
            sess.run(v)


def test_closing_a_session_ends_its_own_waiting_only():
    server = tf.train.Server.create_local_server()
    with tf.Graph().as_default():
        queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
        take, put = queue.dequeue(), queue.enqueue(1)
        first, second = tf.Session(server.target), tf.Session(server.target)
        found: list[Any] = []

        def run(sess: Any) -> None:
            try:
                found.append(sess.run(take))
            except tf.errors.CancelledError:
                found.append("cancelled")

        threads = [threading.Thread(target=run, args=(s,), daemon=True) for s in (first, second)]
        threads[0].start()
        threads[0].join(0.1)
        threads[1].start()
        first.close()
        threads[0].join(5)
        assert found == ["cancelled"]
        second.run(put)
        threads[1].join(5)
        assert found == ["cancelled", 1]
        second.close()


def test_tasks_of_this_process_work_together():
    cluster = tf.train.ClusterSpec({"ps": ["localhost:0"], "worker": ["localhost:0", "localhost:0"]})
    ps = tf.train.Server(cluster, job_name="ps", task_index=0)
    workers = [tf.train.Server(cluster, job_name="worker", task_index=i) for i in range(2)]
    assert len({ps.target, *(w.target for w in workers)}) == 3
    results = []
    for i, worker in enumerate(workers):
        with tf.Graph().as_default():
            with tf.device(tf.train.replica_device_setter(cluster=cluster, worker_device=f"/job:worker/task:{i}")):
                v = tf.Variable(0.0, name="v")
                step = v.assign_add(1.0)
            with tf.Session(worker.target) as sess:
                if i == 0:
                    sess.run(v.initializer)
                results.append([sess.run(step) for _ in range(3)])
    assert results == [[1, 2, 3], [4, 5, 6]]


def test_tasks_of_other_processes_cannot_be_reached():
    server = tf.train.Server({"worker": ["localhost:0"], "ps": ["elsewhere:2222"]}, job_name="worker", task_index=0)
    with tf.Graph().as_default(), tf.device("/job:ps/task:0"):
        v = tf.Variable(0.0)
        with tf.Session(server.target) as sess, pytest.raises(tf.errors.UnavailableError, match="cannot be reached"):
            sess.run(v.initializer)
    with pytest.raises(tf.errors.UnavailableError, match="no server of this process has the target grpc://nowhere:1"):
        tf.Session("grpc://nowhere:1")
    taken = tf.train.Server({"w": ["localhost:4711"]})
    with pytest.raises(tf.errors.UnknownError, match="is served already"):
        tf.train.Server({"w": ["localhost:4711"]})
    del taken
