"""Queue runners: threads that fill queues, end with the data, and tell what went wrong."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def counting(limit: int) -> tuple[Any, Any]:
    """A variable that counts to a limit, and the operation that counts."""
    count = tf.Variable(0, name="count", dtype=tf.int64)
    return count, count.count_up_to(limit)


def all_of(sess: Any, fetch: Any) -> list[Any]:
    found = []
    while True:
        try:
            found.append(sess.run(fetch))
        except tf.errors.OutOfRangeError:
            return found


def test_a_queue_is_filled_and_closed():
    _, number = counting(5)
    queue = tf.FIFOQueue(10, tf.int64, shapes=[[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(number)])
    assert runner.name == "fifo_queue"
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        threads = runner.create_threads(sess, start=True)
        assert [t.name for t in threads] == ["QueueRunnerThread-fifo_queue-fifo_queue_enqueue"]
        assert all_of(sess, queue.dequeue()) == [0, 1, 2, 3, 4]
        for thread in threads:
            thread.join(5)
        assert runner.exceptions_raised == []


def test_the_queue_is_closed_once_every_operation_is_through():
    first, second = (tf.Variable(0, dtype=tf.int64).count_up_to(n) for n in (3, 30))
    queue = tf.FIFOQueue(2, tf.int64, shapes=[[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(first), queue.enqueue(second)])
    take = queue.dequeue()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        coord = tf.train.Coordinator()
        threads = runner.create_threads(sess, coord, start=True)
        assert threads[-1].name == "QueueRunnerThread-fifo_queue-close_on_stop"
        assert runner.create_threads(sess, coord) == []  # they run already
        assert sorted(all_of(sess, take)) == sorted([*range(3), *range(30)])
        coord.request_stop()
        coord.join(threads)


def test_a_full_queue_is_left_when_all_stop():
    queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(1)] * 3))
    with tf.Session() as sess:
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        assert all(t.daemon for t in threads)
        time.sleep(0.05)
        began = time.monotonic()
        coord.request_stop()
        coord.join(threads)
        assert time.monotonic() - began < 5


def test_what_goes_wrong_is_raised_where_threads_are_joined():
    fed = tf.placeholder(tf.int32, [])
    queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(fed)])
    with tf.Session() as sess:
        coord = tf.train.Coordinator()
        threads = runner.create_threads(sess, coord, start=True)
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value for placeholder"):
            coord.join(threads)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_goes_wrong_without_a_coordinator_is_kept(capsys: Any):
    queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(tf.placeholder(tf.int32, []))])
    with tf.Session() as sess:
        for thread in runner.create_threads(sess, start=True):
            thread.join(5)
    assert isinstance(runner.exceptions_raised[0], tf.errors.InvalidArgumentError)


def test_other_errors_may_mean_the_end():
    _, number = counting(3)
    queue = tf.FIFOQueue(10, tf.int64, shapes=[[]])
    bad = tf.Assert(tf.less(number, 2), ["too many"])
    with tf.control_dependencies([bad]):
        put = queue.enqueue(number)
    runner = tf.train.QueueRunner(queue, [put], queue_closed_exception_types=(tf.errors.InvalidArgumentError,))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        runner.create_threads(sess, start=True)
        assert all_of(sess, queue.dequeue()) == [0, 1]


def test_a_queue_runner_as_a_message():
    queue = tf.FIFOQueue(10, tf.int64, shapes=[[]], name="q")
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1)])
    message = runner.to_proto()
    assert (message.queue_name, list(message.enqueue_op_name)) == ("q", ["q_enqueue"])
    assert (message.close_op_name, message.cancel_op_name) == ("q_Close", "q_Close_1")
    assert list(message.queue_closed_exception_types) == [11]
    again = tf.train.QueueRunner.from_proto(message)
    assert again.name == "q"
    assert again.cancel_op is runner.cancel_op
    assert again.queue_closed_exception_types == (tf.errors.OutOfRangeError,)


def test_wrong_arguments_are_refused(graph: Any):
    queue = tf.FIFOQueue(10, tf.int64)
    with pytest.raises(ValueError, match="Must provide queue and enqueue_ops"):
        tf.train.QueueRunner()
    with pytest.raises(TypeError, match=r"must be a tuple of tf\.error types"):
        tf.train.QueueRunner(queue, [tf.no_op()], queue_closed_exception_types=(ValueError,))
    with pytest.raises(ValueError, match="Cannot start queue runners: No default session is registered"):
        tf.train.start_queue_runners()
    with pytest.raises(TypeError, match=r"sess must be a `tf\.Session` object"):
        tf.train.start_queue_runners(sess=3)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["", "sess.close()", "raise SystemExit(3)", "1 / 0"])
def test_a_process_ends_with_its_threads(ending: str):
    """Whether the session was closed, the program failed, or neither: threads that wait or run hold nothing up."""
    program = textwrap.dedent(f"""
        import hornbeam.v1 as tf
        full = tf.FIFOQueue(1, tf.int32, shapes=[[]])
        tf.train.add_queue_runner(tf.train.QueueRunner(full, [full.enqueue(1)]))
        busy = tf.FIFOQueue(100000, tf.float32, shapes=[[64, 64]])
        product = tf.matmul(tf.random_normal([64, 64]), tf.ones([64, 64]))
        tf.train.add_queue_runner(tf.train.QueueRunner(busy, [busy.enqueue(product)] * 2))
        sess = tf.Session()
        tf.train.start_queue_runners(sess)
        print(sess.run(busy.dequeue()).shape, flush=True)
        {ending}
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "(64, 64)\n"
    assert done.returncode == (3 if "SystemExit" in ending else 1 if "1 / 0" in ending else 0), done.stderr
    assert "Fatal" not in done.stderr
    assert not done.stderr or "ZeroDivisionError" in done.stderr, done.stderr
