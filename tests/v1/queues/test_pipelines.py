"""Pipelines of queues: names of operations as TensorFlow 1.15.5 gives them, and what comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def made(graph: Any, *types: str) -> list[str]:
    return [op.name for op in graph.get_operations() if op.type in types]


def batches(fetch: Any, most: int = 1000) -> list[Any]:
    """What comes out until the data end."""
    found: list[Any] = []
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run(tf.global_variables_initializer())
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        try:
            while len(found) < most:
                found.append(sess.run(fetch))
        except tf.errors.OutOfRangeError:
            pass
        coord.request_stop()
        coord.join(threads)
    return found


def runners() -> list[Any]:
    return tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)


# Producers -----------------------------------------------------------------------------------------------------


def test_names_of_a_string_producer_and_a_batch(graph: Any):
    """Recorded from TensorFlow 1.15.5."""
    queue = tf.train.string_input_producer(["a", "b"], num_epochs=2)
    key, value = tf.TextLineReader().read(queue)
    batch = tf.train.batch([tf.string_to_number(value), key], 5)
    assert [t.name for t in batch] == ["batch:0", "batch:1"]
    assert [t.shape.as_list() for t in batch] == [[5], [5]]
    assert made(graph, "FIFOQueueV2", "RandomShuffle", "QueueEnqueueManyV2", "QueueEnqueueV2", "QueueCloseV2",
                "QueueSizeV2", "ScalarSummary", "QueueDequeueManyV2", "CountUpTo", "VariableV2") == [
        "input_producer/RandomShuffle", "input_producer/limit_epochs/epochs",
        "input_producer/limit_epochs/CountUpTo", "input_producer", "input_producer/input_producer_EnqueueMany",
        "input_producer/input_producer_Close", "input_producer/input_producer_Close_1",
        "input_producer/input_producer_Size", "input_producer/fraction_of_32_full", "batch/fifo_queue",
        "batch/fifo_queue_enqueue", "batch/fifo_queue_Close", "batch/fifo_queue_Close_1", "batch/fifo_queue_Size",
        "batch/fraction_of_32_full", "batch"]
    assert [v.name for v in tf.local_variables()] == ["input_producer/limit_epochs/epochs:0"]
    assert [r.name for r in runners()] == ["input_producer", "batch/fifo_queue"]
    assert [s.name for s in tf.get_collection(tf.GraphKeys.SUMMARIES)] == ["input_producer/fraction_of_32_full:0",
                                                                            "batch/fraction_of_32_full:0"]


def test_names_of_slices_and_a_shuffled_batch(graph: Any):
    x, y = tf.train.slice_input_producer([tf.constant(np.arange(6.0).reshape(3, 2)), tf.constant([1, 2, 3])])
    found = tf.train.shuffle_batch([x, y], 2, 20, 5, num_threads=2, allow_smaller_final_batch=True)
    assert [t.shape.as_list() for t in found] == [[None, 2], [None]]
    assert made(graph, "FIFOQueueV2", "RandomShuffleQueueV2", "ScalarSummary", "QueueDequeueV2",
                "QueueDequeueUpToV2") == [
        "input_producer/input_producer", "input_producer/input_producer/fraction_of_32_full",
        "input_producer/input_producer_Dequeue", "shuffle_batch/random_shuffle_queue",
        "shuffle_batch/fraction_over_5_of_15_full", "shuffle_batch"]
    assert [len(r.enqueue_ops) for r in runners()] == [1, 2]


def test_epochs_end():
    queue = tf.train.range_input_producer(4, num_epochs=3, shuffle=False)
    assert [int(v) for v in batches(queue.dequeue())] == [0, 1, 2, 3] * 3


def test_each_epoch_has_an_order_of_its_own():
    queue = tf.train.range_input_producer(30, num_epochs=2, shuffle=True, seed=1)
    found = [int(v) for v in batches(queue.dequeue())]
    assert sorted(found[:30]) == sorted(found[30:]) == list(range(30))
    assert found[:30] != found[30:]
    assert found[:30] != list(range(30))


def test_rows_of_several_tensors_stay_together():
    x = np.arange(20, dtype=np.float32).reshape(10, 2)
    row, number = tf.train.slice_input_producer([x, np.arange(10)], num_epochs=2, seed=3)
    found = batches([row, number])
    assert len(found) == 20
    assert all(values.tolist() == [2 * n, 2 * n + 1] for values, n in found)


def test_limited_tensors():
    limited = tf.train.limit_epochs(tf.constant(7), 3)
    assert tf.train.limit_epochs(limited) is limited
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        assert [sess.run(limited) for _ in range(3)] == [7, 7, 7]
        with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 3"):
            sess.run(limited)


# Batches --------------------------------------------------------------------------------------------------------


def numbers(count: int, **options: Any) -> Any:
    return tf.train.range_input_producer(count, num_epochs=1, shuffle=False, **options).dequeue()


def test_the_last_batch_may_be_smaller():
    whole = batches(tf.train.batch([numbers(10)], 4))
    assert [b.tolist() for b in whole] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    with tf.Graph().as_default():
        rest = batches(tf.train.batch([numbers(10)], 4, allow_smaller_final_batch=True))
        assert [b.tolist() for b in rest] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_dictionaries_come_out_as_they_went_in():
    n = numbers(6)
    found = batches(tf.train.batch({"n": n, "square": n * n}, 3))
    assert [(f["n"].tolist(), f["square"].tolist()) for f in found] == [([0, 1, 2], [0, 1, 4]), ([3, 4, 5],
                                                                                                 [9, 16, 25])]


def test_rows_are_elements():
    n = numbers(4)
    found = batches(tf.train.batch([tf.stack([2 * n, 2 * n + 1])], 4, enqueue_many=True))
    assert [f.tolist() for f in found] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_shorter_elements_are_filled_up():
    n = numbers(4)
    found = batches(tf.train.batch([tf.range(n)], 4, dynamic_pad=True))
    assert found[0].tolist() == [[0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 1, 2]]


def test_several_sources_are_joined():
    a, b = numbers(20), 100 + numbers(20)
    found = np.concatenate(batches(tf.train.batch_join([[a], [b]], 5)))
    assert sorted(found.tolist()) == [*range(20), *range(100, 120)]
    assert [len(r.enqueue_ops) for r in runners()] == [1, 1, 2]
    with tf.Graph().as_default():
        n = numbers(20)
        found = np.concatenate(batches(tf.train.shuffle_batch_join([[n]], 5, 20, 4)))
        assert sorted(found.tolist()) == list(range(20))


def test_what_is_not_kept_does_not_come_out():
    n = numbers(12)
    assert [b.tolist() for b in batches(tf.train.maybe_batch([n], tf.equal(n % 3, 0), 2))] == [[0, 3], [6, 9]]
    with tf.Graph().as_default():
        n = numbers(12)
        pair = tf.stack([n, n])
        found = batches(tf.train.maybe_shuffle_batch([pair], 2, 10, 1, tf.stack([n < 2, n > 9]), enqueue_many=True,
                                                     allow_smaller_final_batch=True))
        assert sorted(np.concatenate(found).tolist()) == [0, 1, 10, 11]


def test_a_shuffled_batch_holds_everything_once():
    found = batches(tf.train.shuffle_batch([numbers(100)], 10, 60, 30, seed=2))
    drawn = np.concatenate(found).tolist()
    assert sorted(drawn) == list(range(100))
    assert drawn != sorted(drawn)


def test_sparse_tensors_wait_too():
    n = numbers(4)
    places = tf.cast(tf.expand_dims(tf.range(n), 1), tf.int64)
    sparse = tf.SparseTensor(places, tf.fill([n], tf.cast(n, tf.float32)), tf.stack([tf.cast(n, tf.int64)]))
    (found, label), = batches(tf.train.batch([sparse, n], 4))
    assert label.tolist() == [0, 1, 2, 3]
    assert found.indices.tolist() == [[1, 0], [2, 0], [2, 1], [3, 0], [3, 1], [3, 2]]
    assert found.values.tolist() == [1, 2, 2, 3, 3, 3]
    assert found.dense_shape.tolist() == [4, 3]


def test_rows_of_sparse_tensors_are_elements():
    n = tf.cast(numbers(4), tf.int64)
    sparse = tf.SparseTensor(tf.stack([[0, n], [1, 0]]), tf.stack([n, -n]), tf.constant([2, 5], tf.int64))
    first, second = batches(tf.train.batch([sparse], 4, enqueue_many=True))
    assert first.indices.tolist() == [[0, 0], [1, 0], [2, 1], [3, 0]]
    assert first.values.tolist() == [0, 0, 1, -1]
    assert second.dense_shape.tolist() == [4, 5]


def test_an_error_in_a_thread_is_told():
    n = numbers(10)
    checked = tf.check_numerics(1.0 / tf.cast(n - 5, tf.float32), "five")
    batch = tf.train.batch([checked], 2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="five : Tensor had Inf"):
        batches(batch)


def test_a_pipeline_travels_with_its_runners_in_a_metagraph(tmp_path: Any):
    tf.train.batch([numbers(4)], 2, name="pairs")
    path = str(tmp_path / "pipeline.meta")
    tf.train.export_meta_graph(path)
    with tf.Graph().as_default():
        assert tf.train.import_meta_graph(path) is None  # there is nothing that a Saver could save
        assert [r.name for r in runners()] == ["input_producer", "pairs/fifo_queue"]
        assert [b.tolist() for b in batches("pairs:0")] == [[0, 1], [2, 3]]


# What is wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "text"), [
    (lambda: tf.train.batch([], 2), "Expected at least one tensor in batch"),
    (lambda: tf.train.shuffle_batch([tf.constant(1)], 2, 5, 5), "capacity 5 must be bigger than min_after_dequeue 5."),
    (lambda: tf.train.batch([tf.placeholder(tf.float32)], 2), "Cannot infer Tensor's rank"),
    (lambda: tf.train.batch([tf.placeholder(tf.float32, [None])], 2), "All shapes must be fully defined"),
    (lambda: tf.train.string_input_producer([]), "string_input_producer requires a non-null input tensor"),
    (lambda: tf.train.slice_input_producer([]), "Expected at least one tensor in slice_input_producer"),
    (lambda: tf.train.batch_join([], 2), "Expected at least one set of tensors"),
    (lambda: tf.train.batch_join([{"a": 1}, {"b": 1}], 2), "All dictionaries in tensors_list must have the same keys"),
    (lambda: tf.train.maybe_batch([tf.constant(1)], [True, False], 2), "`keep_input` cannot be a vector"),
    (lambda: tf.train.limit_epochs(tf.constant(1), 0), "num_epochs must be > 0 not 0"),
    (lambda: tf.train.input_producer(tf.placeholder(tf.float32, [None, None])), "must have a fully defined shape"),
])
def test_what_is_wrong_is_said_when_the_graph_is_built(make: Any, text: str):
    with pytest.raises(ValueError, match=text):
        make()
    with pytest.raises(TypeError, match="Expected types to be consistent"):
        tf.train.batch_join([[tf.constant(1)], [tf.constant(1.0)]], 2)


def test_a_tensor_without_names_is_told_when_it_runs():
    queue = tf.train.string_input_producer(tf.placeholder_with_default(np.array([], object), [None]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="requires a non-null input tensor"):
        batches(queue.dequeue())
