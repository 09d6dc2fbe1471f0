"""TF1's datasets: iterators in graphs, what they are fed, their names, errors and saved positions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def rest(session: Any, fetched: Any) -> list[Any]:
    """What is left, as lists."""
    found: list[Any] = []

    def go_on() -> None:
        while True:
            found.append(np.asarray(session.run(fetched)).tolist())

    with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
        go_on()
    return found


def test_names_shapes_and_types():
    dataset = tf.data.Dataset.from_tensor_slices((np.zeros((4, 2), np.float32), ["a", "b", "c", "d"])).batch(3)
    assert dataset.output_types == (tf.float32, tf.string)
    assert [s.as_list() for s in dataset.output_shapes] == [[None, 2], [None]]
    assert dataset.output_classes == (tf.Tensor, tf.Tensor)
    assert tf.data.get_output_types(dataset) == dataset.output_types
    iterator = dataset.make_initializable_iterator()
    x, s = iterator.get_next()
    assert (x.name, s.name) == ("IteratorGetNext:0", "IteratorGetNext:1")
    assert iterator.get_next(name="mine")[0].name == "mine:0"
    assert iterator.initializer.type == "MakeIterator"
    assert repr(dataset).startswith("<DatasetV1Adapter shapes: (")


def test_each_session_has_its_own_position():
    value = tf.data.Dataset.range(4).make_one_shot_iterator().get_next()
    with tf.Session() as one, tf.Session() as other:
        assert one.run([value, value]) == [0, 0]
        assert one.run(value) == 1
        assert other.run(value) == 0
        assert rest(one, value) == [2, 3]
        assert rest(other, value) == [1, 2, 3]
        assert rest(other, value) == []


def test_an_iterator_depends_on_what_is_fed_when_it_starts():
    data = tf.placeholder(tf.int64, [None])
    factor = tf.placeholder(tf.int64, [])
    count = tf.placeholder(tf.int64, [])
    dataset = tf.data.Dataset.from_tensor_slices(data).map(lambda x: x * factor).take(count)
    iterator = dataset.make_initializable_iterator()
    value = iterator.get_next()
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="has not been initialized"):
            session.run(value)
        for times in (2, 3):
            session.run(iterator.initializer, {data: [1, 2, 3, 4], factor: times, count: times})
            assert rest(session, value) == [times * (i + 1) for i in range(times)]
    with pytest.raises(ValueError, match=r"make_initializable_iterator\(\)` may work better.*placeholder"):
        dataset.make_one_shot_iterator()


def test_datasets_made_in_functions_of_tensors():
    rows = tf.placeholder(tf.int64, [None, 2])
    offset = tf.Variable(10, dtype=tf.int64)

    def inner(row):
        return tf.data.Dataset.range(row[0], row[1]).map(lambda x: x + offset * row[0])

    iterator = tf.data.Dataset.from_tensor_slices(rows).flat_map(inner).make_initializable_iterator()
    value = iterator.get_next()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(iterator.initializer, {rows: [[0, 2], [3, 5]]})
        assert rest(session, value) == [0, 1, 33, 34]


def test_feedable_and_reinitializable_iterators():
    one, two = tf.data.Dataset.range(3), tf.data.Dataset.range(10, 12)
    handle = tf.placeholder(tf.string, [])
    value = tf.data.Iterator.from_string_handle(handle, one.output_types, one.output_shapes).get_next()
    first, second = one.make_one_shot_iterator(), two.make_initializable_iterator()
    either = tf.data.Iterator.from_structure(tf.int64, [])
    starts = [either.make_initializer(d) for d in (one, two)]
    chosen = either.get_next()
    assert starts[0].name == "make_initializer"
    with pytest.raises(TypeError, match="Expected output types"):
        either.make_initializer(tf.data.Dataset.from_tensors(1.0))
    with pytest.raises(ValueError, match="does not have an initializer"):
        print(either.initializer)
    with tf.Session() as session:
        handles = session.run([first.string_handle(), second.string_handle()])
        session.run(second.initializer)
        assert [int(session.run(value, {handle: handles[i]})) for i in (0, 1, 0, 1)] == [0, 10, 1, 11]
        with pytest.raises(tf.errors.InvalidArgumentError, match="stands for no iterator"):
            session.run(value, {handle: b"nothing"})
        for start, wanted in zip(starts, ([0, 1, 2], [10, 11]), strict=True):
            session.run(start)
            assert rest(session, chosen) == wanted


def test_a_saver_keeps_the_position(tmp_path):
    dataset = tf.data.Dataset.range(40).shuffle(8, seed=2).batch(2)
    iterator = dataset.make_initializable_iterator()
    value = iterator.get_next()
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, tf.data.experimental.make_saveable_from_iterator(iterator))
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(iterator.initializer)
        for _ in range(5):
            session.run(value)
        path = saver.save(session, str(tmp_path / "position"), write_meta_graph=False)
        wanted = rest(session, value)
    with tf.Session() as session:
        session.run(iterator.initializer)
        saver.restore(session, path)
        assert rest(session, value) == wanted


def test_contrib_names():
    dataset = tf.data.Dataset.range(7).apply(tf.contrib.data.batch_and_drop_remainder(3))
    assert dataset.output_shapes.as_list() == [3]
    dataset = tf.data.Dataset.range(5).apply(tf.contrib.data.map_and_batch(lambda x: x * 2, 2)).apply(
        tf.contrib.data.unbatch()).apply(tf.contrib.data.sliding_window_batch(2))
    value = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert rest(session, value) == [[0, 2], [2, 4], [4, 6], [6, 8]]


def test_reductions_and_single_elements_are_tensors():
    limit = tf.placeholder(tf.int64, [])
    total = tf.data.Dataset.range(limit).reduce(np.int64(0), lambda a, b: a + b)
    only = tf.data.experimental.get_single_element(tf.data.Dataset.range(limit).batch(10))
    size = tf.data.experimental.cardinality(tf.data.Dataset.range(limit))
    with tf.Session() as session:
        found = session.run([total, only, size], {limit: 4})
    assert found[0] == 6
    assert found[1].tolist() == [0, 1, 2, 3]
    assert found[2] == 4


def test_sparse_elements_and_legacy_functions():
    sparse = tf.SparseTensor([[0, 0], [1, 1]], [1.0, 2.0], [2, 3])
    row = tf.data.Dataset.from_tensor_slices(sparse).map_with_legacy_function(
        lambda s: s).make_one_shot_iterator().get_next()
    assert isinstance(row, tf.SparseTensor)
    with tf.Session() as session:
        assert session.run(row).values.tolist() == [1.0]
    with pytest.raises(RuntimeError, match="only supported when eager execution is enabled"):
        iter(tf.data.Dataset.range(3))


def test_a_model_is_fed_by_its_iterator():
    x, y = tf.data.Dataset.from_tensor_slices((np.ones((8, 2), np.float32), np.full((8, 1), 3.0, np.float32))).repeat(
        20).batch(4).make_one_shot_iterator().get_next()
    w = tf.get_variable("w", [2, 1], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(40):
            session.run(step)
        assert np.allclose(session.run(w), 1.5, atol=1e-3)
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(step)
