"""Queues: order, waiting, closing, and the words of their errors, which are TensorFlow 1.15's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def in_background(function: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """A thread that calls a function, and where it puts what came of it."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(function())
        except tf.errors.OpError as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, found


def waits(thread: threading.Thread) -> bool:
    thread.join(0.1)
    return thread.is_alive()


def ended(thread: threading.Thread) -> None:
    thread.join(5)
    assert not thread.is_alive()


# Kinds -------------------------------------------------------------------------------------------------------


def test_elements_come_out_as_they_went_in():
    queue = tf.FIFOQueue(5, [tf.float32, tf.string], shapes=[[2], []])
    one, many = queue.enqueue([[1.0, 2.0], "a"]), queue.enqueue_many([[[3.0, 4.0], [5.0, 6.0]], ["b", "c"]])
    single, rows = queue.dequeue(), queue.dequeue_many(2)
    assert [t.shape.as_list() for t in (*single, *rows)] == [[2], [], [2, 2], [2]]
    with tf.Session() as sess:
        sess.run(one)
        sess.run(many)
        assert sess.run(queue.size()) == 3
        values, text = sess.run(single)
        assert (values.tolist(), text) == ([1.0, 2.0], b"a")
        values, texts = sess.run(rows)
        assert (values.tolist(), texts.tolist()) == ([[3, 4], [5, 6]], [b"b", b"c"])


def test_names_and_types_of_the_operations_are_tensorflow_s(graph):
    queue = tf.FIFOQueue(3, tf.int32, shapes=[[]])
    queue.enqueue(1), queue.enqueue_many([[1]]), queue.dequeue(), queue.dequeue_many(2), queue.dequeue_up_to(2)
    queue.close(), queue.size(), queue.is_closed()
    made = [(op.name, op.type) for op in graph.get_operations() if op.type != "Const"]
    assert made == [("fifo_queue", "FIFOQueueV2"), ("fifo_queue_enqueue", "QueueEnqueueV2"),
                    ("fifo_queue_EnqueueMany", "QueueEnqueueManyV2"), ("fifo_queue_Dequeue", "QueueDequeueV2"),
                    ("fifo_queue_DequeueMany", "QueueDequeueManyV2"),
                    ("fifo_queue_DequeueUpTo", "QueueDequeueUpToV2"), ("fifo_queue_Close", "QueueCloseV2"),
                    ("fifo_queue_Size", "QueueSizeV2"), ("fifo_queue_Is_Closed", "QueueIsClosedV2")]
    assert queue.queue_ref.dtype == tf.resource


def test_a_shuffling_queue_draws_as_tensorflow_does():
    """Recorded from TensorFlow 1.15.5 with the same seeds."""
    tf.set_random_seed(5)
    queue = tf.RandomShuffleQueue(40, 3, tf.int32, shapes=[[]], seed=11)
    fill, one, some = queue.enqueue_many([list(range(20))]), queue.dequeue(), queue.dequeue_many(5)
    rest, close = queue.dequeue_up_to(30), queue.close()
    with tf.Session() as sess:
        sess.run(fill)
        assert [int(sess.run(one)) for _ in range(4)] == [2, 14, 10, 3]
        assert sess.run(some).tolist() == [17, 16, 0, 5, 9]
        sess.run(close)
        assert sess.run(rest).tolist() == [11, 6, 4, 1, 12, 15, 8, 19, 13, 7, 18]


def test_a_shuffling_queue_keeps_a_mixture():
    queue = tf.RandomShuffleQueue(10, 4, tf.int32, shapes=[[]])
    fill, one = queue.enqueue_many([list(range(5))]), queue.dequeue()
    with tf.Session() as sess:
        sess.run(fill)
        sess.run(one)
        thread, found = in_background(lambda: sess.run(one))
        assert waits(thread)
        sess.run(queue.close())
        ended(thread)
        assert found[0] in range(5)


def test_padding_fills_elements_up():
    queue = tf.PaddingFIFOQueue(5, [tf.int32, tf.string], [[None, 2], [None]])
    first, second = queue.enqueue([[[1, 2]], ["a", "b"]]), queue.enqueue([[[3, 4], [5, 6]], ["c"]])
    both = queue.dequeue_many(2)
    assert [t.shape.as_list() for t in both] == [[2, None, 2], [2, None]]
    with tf.Session() as sess:
        sess.run(first)
        sess.run(second)
        numbers, texts = sess.run(both)
    assert numbers.tolist() == [[[1, 2], [0, 0]], [[3, 4], [5, 6]]]
    assert texts.tolist() == [[b"a", b"b"], [b"c", b""]]


def test_the_least_priority_comes_first():
    queue = tf.PriorityQueue(5, [tf.string], [[]])
    fill, one = queue.enqueue_many([[5, 1, 3], ["five", "one", "three"]]), queue.dequeue()
    assert queue.dtypes == [tf.int64, tf.string]
    with tf.Session() as sess:
        sess.run(fill)
        assert [sess.run(one)[1] for _ in range(3)] == [b"one", b"three", b"five"]


def test_elements_with_names_are_dictionaries():
    queue = tf.FIFOQueue(2, [tf.int32, tf.float32], names=["a", "b"], shapes=[[], [2]])
    fill = queue.enqueue({"a": 1, "b": [2.0, 3.0]})
    with tf.Session() as sess:
        sess.run(fill)
        assert sess.run(queue.dequeue())["b"].tolist() == [2, 3]
    with pytest.raises(ValueError, match="You must enqueue a dictionary in a Queue with names"):
        queue.enqueue([1, [2.0, 3.0]])
    with pytest.raises(ValueError, match="Keys in dictionary to enqueue do not match names of Queue"):
        queue.enqueue({"a": 1})


def test_a_queue_of_a_list_is_chosen_when_it_runs():
    queues = [tf.FIFOQueue(2, tf.float32, shapes=[[]]) for _ in range(2)]
    index = tf.placeholder(tf.int32, [])
    chosen = tf.QueueBase.from_list(index, queues)
    fill, size = queues[1].enqueue(3.0), chosen.size()
    with tf.Session() as sess:
        sess.run(fill)
        assert [sess.run(size, {index: i}) for i in (0, 1)] == [0, 1]
    with pytest.raises(TypeError, match="A list of queues expected"):
        tf.QueueBase.from_list(0, [1])


def test_queues_run_at_once_in_eager_code(graph):
    queue = _eager_queue()
    queue.enqueue_many([[1, 2, 3]])
    assert int(queue.dequeue()) == 1
    assert int(queue.size()) == 2
    queue.close()
    with pytest.raises(hb.errors.CancelledError, match="FIFOQueue 'fifo_queue' is closed"):
        queue.enqueue(4)
    with pytest.raises(hb.errors.OutOfRangeError, match=r"insufficient elements \(requested 5, current size 2\)"):
        queue.dequeue_many(5)


def _eager_queue() -> Any:
    from hornbeam.graph import mode
    with mode.opened(None):
        return _Opened(hb.queue.FIFOQueue(10, hb.int32, shapes=[[]]))


class _Opened:
    """A queue whose methods are called in eager execution, whatever graph is open."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def __getattr__(self, name: str) -> Any:
        from hornbeam.graph import mode

        def call(*args: Any) -> Any:
            with mode.opened(None):
                return getattr(self._queue, name)(*args)

        return call


# Waiting and closing -------------------------------------------------------------------------------------------


def test_a_full_queue_waits_for_a_place():
    queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
    number = tf.placeholder(tf.int32, [])
    put, take = queue.enqueue(number), queue.dequeue()
    with tf.Session() as sess:
        sess.run(put, {number: 1})
        thread, _ = in_background(lambda: sess.run(put, {number: 2}))
        assert waits(thread)
        assert sess.run(take) == 1
        ended(thread)
        assert sess.run(take) == 2


def test_many_are_put_in_and_taken_out_little_by_little():
    queue = tf.FIFOQueue(2, tf.int32, shapes=[[]])
    put, take = queue.enqueue_many([list(range(7))]), queue.dequeue_many(7)
    with tf.Session() as sess:
        thread, found = in_background(lambda: sess.run(take))
        sess.run(put)
        ended(thread)
        assert found[0].tolist() == list(range(7))


def test_who_waits_does_not_stop_other_runs():
    queue = tf.FIFOQueue(1, tf.float32, shapes=[[]])
    total = tf.Variable(0.0)
    add = tf.assign_add(total, 1.0)
    trained = tf.assign_add(total, queue.dequeue())
    put = queue.enqueue(10.0)
    with tf.Session() as sess:
        sess.run(total.initializer)
        thread, _ = in_background(lambda: sess.run(trained))
        assert waits(thread)
        for _ in range(5):
            sess.run(add)
        assert sess.run(total) == 5  # while the other run waits
        sess.run(put)
        ended(thread)
        assert sess.run(total) == 15  # it read the variable after it had waited


def test_several_threads_that_train_lose_no_update():
    queue = tf.FIFOQueue(4, tf.float32, shapes=[[4]])
    put, row = queue.enqueue(tf.ones([4])), queue.dequeue()
    weights, steps = tf.Variable(tf.zeros([4])), tf.Variable(0, trainable=False)
    with tf.control_dependencies([tf.assign_add(weights, row)]):
        train = tf.assign_add(steps, 1)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        threads = [in_background(lambda: [sess.run(put) for _ in range(40)])[0] for _ in range(2)]
        threads += [in_background(lambda: [sess.run(train) for _ in range(20)])[0] for _ in range(4)]
        for thread in threads:
            thread.join(30)
        assert sess.run([steps, weights])[0] == 80
        assert sess.run(weights).tolist() == [80] * 4


def test_closing_lets_pending_elements_in_first():
    queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
    put, take, close = queue.enqueue(7), queue.dequeue(), queue.close()
    with tf.Session() as sess:
        sess.run(put)
        first, put_found = in_background(lambda: sess.run(put))
        assert waits(first)
        second, close_found = in_background(lambda: sess.run(close))
        assert waits(second)
        assert sess.run(take) == 7
        ended(first), ended(second)
        assert put_found == close_found == [None]
        assert sess.run(queue.is_closed())
        assert sess.run(take) == 7
        with pytest.raises(tf.errors.OutOfRangeError, match=r"FIFOQueue '_\d+_fifo_queue' is closed and has "
                           r"insufficient elements \(requested 1, current size 0\)"):
            sess.run(take)
        with pytest.raises(tf.errors.CancelledError, match=r"FIFOQueue '_\d+_fifo_queue' is closed\."):
            sess.run(put)
        with pytest.raises(tf.errors.CancelledError, match=r"Queue '_\d+_fifo_queue' is already closed\."):
            sess.run(close)


def test_closing_may_refuse_pending_elements():
    queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
    put, close = queue.enqueue(7), queue.close(cancel_pending_enqueues=True)
    with tf.Session() as sess:
        sess.run(put)
        thread, found = in_background(lambda: sess.run(put))
        assert waits(thread)
        sess.run(close)
        ended(thread)
        assert isinstance(found[0], tf.errors.CancelledError)
        assert "Enqueue operation was cancelled" in str(found[0])


def test_too_few_elements_go_back():
    queue = tf.FIFOQueue(10, tf.int32, shapes=[[]])
    put, many, rest = queue.enqueue_many([[1, 2, 3]]), queue.dequeue_many(5), queue.dequeue_up_to(5)
    with tf.Session() as sess:
        sess.run(put)
        thread, found = in_background(lambda: sess.run(many))
        assert waits(thread)
        sess.run(queue.close())
        ended(thread)
        assert isinstance(found[0], tf.errors.OutOfRangeError)
        assert sess.run(rest).tolist() == [1, 2, 3]


@pytest.mark.parametrize("full", [False, True])
def test_closing_the_session_ends_what_waits(full: bool):
    queue = tf.FIFOQueue(1, tf.int32, shapes=[[]])
    put, take = queue.enqueue(1), queue.dequeue()
    sess = tf.Session()
    if full:
        sess.run(put)
    thread, found = in_background(lambda: sess.run(put if full else take))
    assert waits(thread)
    sess.close()
    ended(thread)
    assert isinstance(found[0], tf.errors.CancelledError)
    assert f"{'Enqueue' if full else 'Dequeue'} operation was cancelled" in str(found[0])


def test_a_run_waits_no_longer_than_it_may():
    take = tf.FIFOQueue(1, tf.int32).dequeue()
    began = time.monotonic()
    with tf.Session() as sess, pytest.raises(tf.errors.DeadlineExceededError, match="Timed out waiting"):
        sess.run(take, options=tf.RunOptions(timeout_in_ms=50))
    with tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=50)) as sess, \
            pytest.raises(tf.errors.DeadlineExceededError, match="Timed out waiting"):
        sess.run(take)
    assert time.monotonic() - began < 5


def test_each_session_has_its_own_queue():
    queue = tf.FIFOQueue(2, tf.int32)
    put, size = queue.enqueue(1), queue.size()
    with tf.Session() as one, tf.Session() as other:
        one.run(put)
        assert (one.run(size), other.run(size)) == (1, 0)


def test_queues_of_one_shared_name_are_one():
    a, b = tf.FIFOQueue(2, tf.float32, shared_name="sh"), tf.FIFOQueue(2, tf.float32, shared_name="sh")
    others = {"Shared queue 'sh' has capacity 2 but requested capacity was 3": tf.FIFOQueue(3, tf.float32,
                                                                                            shared_name="sh"),
              "has component types float but requested component types were int32": tf.FIFOQueue(2, tf.int32,
                                                                                                 shared_name="sh"),
              "Expected FIFOQueue, found RandomShuffleQueueV2": tf.RandomShuffleQueue(2, 0, tf.float32,
                                                                                      shared_name="sh")}
    put, size = a.enqueue(1.0), b.size()
    sizes = {text: queue.size() for text, queue in others.items()}
    with tf.Session() as sess:
        sess.run(put)
        assert sess.run(size) == 1
        for text, wrong in sizes.items():
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                sess.run(wrong)


# What does not fit ------------------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused():
    fed = tf.placeholder(tf.float32)
    queue = tf.FIFOQueue(2, [tf.float32], shapes=[[2]])
    one, many = queue.enqueue(fed), queue.enqueue_many([fed])
    loose = tf.FIFOQueue(2, [tf.int32, tf.float32])
    short, rows = loose.enqueue([1]), loose.dequeue_many(1)
    negative = queue.dequeue_many(tf.placeholder_with_default(-1, []))
    with tf.Session() as sess:
        for fetch, value, text in ((one, [1.0], r"component 0. Expected \[2\], got \[1\]"),
                                   (many, [[1.0]], r"component 0. Expected \[1,2\], got \[1,1\]"),
                                   (short, 0, "Wrong number of components in tuple. Expected 2, got 1"),
                                   (rows, 0, "FIFOQueue's DequeueMany and DequeueUpTo require the components to have "
                                             "specified shapes"),
                                   (negative, 0, "DequeueManyOp requested -1 < 0 elements")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                sess.run(fetch, {fed: value})


@pytest.mark.parametrize(("make", "text"), [
    (lambda: tf.FIFOQueue(1, [tf.int32], shapes=[[None]]), "All shapes must be fully defined"),
    (lambda: tf.FIFOQueue(1, []), "less than minimum 1"),
    (lambda: tf.FIFOQueue(1, [tf.int32, tf.int32], shapes=[[1]]), "Queue shapes must have the same length as dtypes"),
    (lambda: tf.FIFOQueue(1, [tf.int32, tf.int32], names=["a"]), "List of names must have the same length"),
    (lambda: tf.PaddingFIFOQueue(1, [tf.int32], [None]), "a list of shapes must be provided"),
    (lambda: tf.FIFOQueue(2, [tf.float32], shapes=[[2]]).enqueue([[1.0]]), "not compatible|incompatible"),
])
def test_what_is_wrong_is_said_when_the_graph_is_built(make, text: str):
    with pytest.raises(ValueError, match=text):
        make()


def test_fed_arrays_may_be_written_to_afterwards():
    fed = tf.placeholder(tf.float32, [3])
    queue = tf.FIFOQueue(2, tf.float32, shapes=[[3]])
    put, take = queue.enqueue(fed), queue.dequeue()
    array = np.ones(3, np.float32)
    with tf.Session() as sess:
        sess.run(put, {fed: array})
        array[:] = 9
        assert sess.run(take).tolist() == [1, 1, 1]


def test_a_graph_with_a_queue_is_written_and_read(graph):
    queue = tf.FIFOQueue(3, [tf.int32, tf.string], shapes=[[], []], name="q")
    queue.enqueue([1, "a"], name="put")
    queue.dequeue(name="take")
    message = graph.as_graph_def()
    with tf.Graph().as_default() as again:
        tf.import_graph_def(message, name="")
        with tf.Session() as sess:
            sess.run("put")
            assert sess.run(["take:0", "take:1"]) == [1, b"a"]
        assert [n.op for n in again.as_graph_def().node] == [n.op for n in message.node]
