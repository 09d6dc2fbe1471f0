"""Datasets of TensorFlow 2's generation: what the random chains do not reach."""

from __future__ import annotations

import collections
import gzip
import sqlite3
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam.data.pipeline.codec import decoded, encoded

Dataset = tf.data.Dataset


def elements(dataset: Any) -> list[Any]:
    return [e.tolist() if hasattr(e, "tolist") else e for e in dataset.as_numpy_iterator()]


# Random orders ------------------------------------------------------------------------------------------


def test_a_seed_determines_the_order_of_all_passes():
    def passes():
        dataset = Dataset.range(20).shuffle(5, seed=3)
        return elements(dataset), elements(dataset)

    first, again = passes(), passes()
    assert first == again
    assert first[0] != first[1], "each pass has another order"
    assert sorted(first[0]) == list(range(20))
    assert all(number <= place + 4 for place, number in enumerate(first[0])), "nothing from beyond the buffer"


def test_without_reshuffling_every_pass_has_one_order():
    dataset = Dataset.range(20).shuffle(20, reshuffle_each_iteration=False)
    once = elements(dataset)
    assert elements(dataset) == once
    assert elements(dataset.repeat(2)) == once * 2
    assert elements(Dataset.range(20).shuffle(20, seed=1).repeat(2))[:20] != elements(
        Dataset.range(20).shuffle(20, seed=1).repeat(2))[20:]


def test_set_seed_alone_determines_the_order():
    tf.random.set_seed(7)
    first = elements(Dataset.range(30).shuffle(30))
    tf.random.set_seed(7)
    assert elements(Dataset.range(30).shuffle(30)) == first
    assert elements(Dataset.range(30).shuffle(30)) != first


def test_a_shuffle_goes_on_in_datasets_made_of_it() -> None:
    dataset = Dataset.range(20).shuffle(20, seed=1)
    assert elements(dataset.take(20)) != elements(dataset.take(20))
    # Another shuffle of the same source begins anew.
    source = Dataset.range(20)
    assert elements(source.shuffle(20, seed=1)) == elements(source.shuffle(20, seed=1))


@pytest.mark.parametrize("rows", [True, False])
def test_a_shuffle_is_uniform_within_its_buffer(rows):
    """Each of the first four comes first as often; by row numbers, and by elements."""
    source = Dataset.range(6) if rows else Dataset.range(6).map(lambda x: tf.py_function(lambda v: v, [x], tf.int64))
    dataset = source.shuffle(4, seed=1).take(1).repeat(400)
    counts = collections.Counter(elements(dataset))
    assert set(counts) == {0, 1, 2, 3}
    assert all(abs(count - 100) < 40 for count in counts.values())


def test_row_numbers_and_elements_are_drawn_alike():
    assert sorted(elements(Dataset.range(100).shuffle(7, seed=2))) == list(range(100))
    assert sorted(elements(Dataset.range(100).take(50).skip(3).shuffle(7, seed=2).batch(9).unbatch())) == list(
        range(3, 50))


# Functions on many elements -----------------------------------------------------------------------------


@pytest.mark.parametrize("function", [
    lambda x: tf.cast(x, tf.float32) / 255.0 * 1.7 + 0.3, lambda x: tf.reverse(x, [0]), lambda x: x[1:],
    lambda x: tf.where(x > 5, x, 0 * x), lambda x: tf.reduce_max(x), lambda x: tf.one_hot(tf.cast(x, tf.int32), 4),
    lambda x: tf.exp(tf.cast(x, tf.float32)), lambda x: tf.reduce_sum(tf.sqrt(tf.cast(x, tf.float32)))])
def test_rows_at_once_give_the_same_bits(function):
    data = np.random.default_rng(0).integers(0, 256, (40, 6)).astype(np.uint8)
    one_by_one = list(Dataset.from_tensor_slices(data).map(function).as_numpy_iterator())
    together = np.concatenate(list(Dataset.from_tensor_slices(data).map(function).batch(16).as_numpy_iterator()))
    assert np.stack(one_by_one).tobytes() == together.tobytes()


def test_an_exact_function_runs_on_rows_and_others_do_not():
    def runs(function):
        node = Dataset.from_tensor_slices(np.zeros((4, 2), np.float32)).map(function)._node
        from hornbeam.data.pipeline.node import Context
        return node.elements(Context())._rows

    assert runs(lambda x: x * 2 + 1)
    assert not runs(tf.sin)
    assert not runs(lambda x: x + tf.random.uniform([2]))
    assert not runs(lambda x: tf.py_function(lambda v: v, [x], tf.float32))


def test_threads_keep_the_order_and_hand_on_errors():
    def slow(x):
        if x == 5:
            raise ValueError("five")
        return x * 10

    dataset = Dataset.range(8).map(lambda x: tf.numpy_function(slow, [x], tf.int64), num_parallel_calls=4)
    iterator = dataset.as_numpy_iterator()
    assert [next(iterator) for _ in range(5)] == [0, 10, 20, 30, 40]
    with pytest.raises(tf.errors.InvalidArgumentError, match="five"):
        next(iterator)
    assert [int(v) for v in iterator] == [60, 70]
    assert [int(v) for v in dataset.ignore_errors().as_numpy_iterator()] == [0, 10, 20, 30, 40, 60, 70]


def test_functions_read_variables_when_they_run():
    scale = tf.Variable(2.0)
    dataset = Dataset.from_tensor_slices([1.0, 2.0]).map(lambda x: x * scale)
    assert elements(dataset) == [2.0, 4.0]
    scale.assign(3.0)
    assert elements(dataset) == [3.0, 6.0]


def test_a_function_is_traced_once_and_converted():
    traced = []

    def function(x):
        traced.append(1)
        if x > 2:
            y = x * 100
        else:
            y = x
        return y

    assert elements(Dataset.range(5).map(function)) == [0, 1, 2, 300, 400]
    assert len(traced) == 1


# Errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "kind", "words"), [
    (lambda: Dataset.from_tensor_slices((np.zeros(2), np.zeros(3))), ValueError, "not compatible"),
    (lambda: Dataset.from_tensor_slices(3), ValueError, "rank >= 1"),
    (lambda: Dataset.range(3).map(3), TypeError, "callable"),
    (lambda: Dataset.range(3).filter(lambda x: x), ValueError, "`predicate` must return a `tf.bool` scalar"),
    (lambda: Dataset.range(3).flat_map(lambda x: x), TypeError, "must return a `Dataset`"),
    (lambda: Dataset.range(3).concatenate(Dataset.from_tensors("a")), TypeError, "Incompatible dataset elements"),
    (lambda: Dataset.range(3).batch(0), tf.errors.InvalidArgumentError, "Batch size must be greater than zero"),
    (lambda: Dataset.range(3).shuffle(0), tf.errors.InvalidArgumentError, "buffer_size must be greater than zero"),
    (lambda: Dataset.range(3).shard(2, 2), tf.errors.InvalidArgumentError, "index must be between 0 and 1"),
    (lambda: Dataset.range(3).apply(lambda d: 3), TypeError, "must return a `tf.data.Dataset`"),
    (lambda: Dataset.zip([Dataset.range(3)]), TypeError, "Invalid input to `zip`"),
    (lambda: Dataset.from_generator(3, tf.int32), TypeError, "must be a Python callable"),
    (lambda: Dataset.range(3).unbatch(), ValueError, "scalar components"),
    (lambda: Dataset.range(3).padded_batch(2, [3]), ValueError, "not compatible"),
    (lambda: Dataset.range(3).padded_batch(2, [], 1.5), TypeError, "does not match type"),
    (lambda: len(Dataset.range(3).repeat()), TypeError, "infinite"),
    (lambda: len(Dataset.range(3).filter(lambda x: True)), TypeError, "unknown"),
    (lambda: Dataset.range(3).with_options(3), TypeError, "tf.data.Options"),
    (lambda: Dataset.range(3).group_by_window(lambda x: x, lambda k, d: d), ValueError, "window_size"),
    (lambda: Dataset.range(3).scan(0, lambda s, x: (x, x)), TypeError, "element types for the new state"),
])
def test_what_is_refused(make, kind, words):
    with pytest.raises(kind, match=words):
        make()


def test_shapes_that_do_not_fit_are_found_when_they_come():
    dataset = Dataset.from_generator(lambda: ([0] * n for n in (1, 2)), tf.int32, [None]).batch(2)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Cannot batch tensors with different shapes in "
                       r"component 0. First element had shape \[1\] and element 1 had shape \[2\]"):
        elements(dataset)


@pytest.mark.parametrize(("items", "words"), [
    ([(1, 2)], "shape"), (["word"], "could not be converted"), ([1, ValueError("mine")], "mine")])
def test_items_of_a_generator_that_do_not_fit(items, words):
    def generator():
        for item in items:
            if isinstance(item, Exception):
                raise item
            yield item

    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        elements(Dataset.from_generator(generator, tf.int32, ()))


def test_the_end_of_an_iterator():
    iterator = iter(Dataset.range(1))
    assert int(iterator.get_next()) == 0
    with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
        iterator.get_next()
    assert not bool(iterator.get_next_as_optional().has_value())
    with pytest.raises(StopIteration):
        next(iterator)


# In traced functions --------------------------------------------------------------------------------------


def test_loops_over_datasets_in_traced_functions():
    @tf.function
    def total(dataset):
        found = tf.constant(0, tf.int64)
        for i, x in enumerate(dataset):
            if x > 6:
                break
            found += i * x
        return found

    assert int(total(Dataset.range(10))) == sum(i * i for i in range(7))

    iterator = iter(Dataset.range(5))

    @tf.function
    def two():
        return next(iterator) + next(iterator)

    assert int(two()) == 1
    assert int(next(iterator)) == 2

    @tf.function
    def scaled(x):
        return Dataset.from_tensor_slices(x).map(lambda v: v * x[0]).reduce(0.0, lambda a, b: a + b)

    assert float(scaled(tf.constant([2.0, 3.0]))) == 10.0


# Positions --------------------------------------------------------------------------------------------


def test_a_checkpoint_keeps_the_position(tmp_path):
    dataset = Dataset.range(50).shuffle(10, seed=1).batch(3).repeat().prefetch(2)
    iterator = iter(dataset)
    for _ in range(7):
        next(iterator)
    path = tf.train.Checkpoint(iterator=iterator).write(str(tmp_path / "position"))
    rest = [next(iterator).numpy().tolist() for _ in range(30)]
    other = iter(dataset)
    tf.train.Checkpoint(iterator=other).read(path)
    assert [next(other).numpy().tolist() for _ in range(30)] == rest


def test_an_iterator_of_arrays_keeps_its_position():
    dataset = Dataset.range(20).shuffle(5, seed=1)
    iterator = dataset.as_numpy_iterator()
    for _ in range(4):
        next(iterator)
    state = iterator.save()
    rest = list(iterator)
    other = dataset.as_numpy_iterator()
    other.restore(state)
    assert list(other) == rest


def test_damaged_positions_are_refused():
    iterator = iter(Dataset.range(50).shuffle(10, seed=1).batch(3))
    next(iterator)
    position = iterator.save_position()
    random = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(position[:random.integers(1, len(position))] if random.random() < 0.3 else position)
        damaged[random.integers(len(damaged))] ^= 1 << random.integers(8)
        other = iter(Dataset.range(50).shuffle(10, seed=1).batch(3))
        try:
            other.restore_position(bytes(damaged))
        except tf.errors.DataLossError:
            continue
    with pytest.raises(tf.errors.DataLossError):
        iterator.restore_position(position[:-1])


def test_plain_values_come_back():
    value = {"a": [1, -2**80, None, True, 1.5, "word", b"\0"], "b": np.arange(6.0).reshape(2, 3),
             "c": np.array([[b"x", b""]], object)}
    found = decoded(encoded(value))
    assert found["a"] == value["a"]
    np.testing.assert_array_equal(found["b"], value["b"])
    assert found["c"].tolist() == [[b"x", b""]]


# Files --------------------------------------------------------------------------------------------------


def test_lines_of_text(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\n\nlast")
    with gzip.open(tmp_path / "b.gz", "wb") as file:
        file.write(b"packed\n")
    assert elements(tf.data.TextLineDataset(str(tmp_path / "a.txt"))) == [b"one", b"two", b"", b"last"]
    assert elements(tf.data.TextLineDataset([str(tmp_path / "b.gz")], "GZIP")) == [b"packed"]
    with pytest.raises(tf.errors.NotFoundError, match="nowhere"):
        elements(tf.data.TextLineDataset(str(tmp_path / "nowhere")))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Unsupported compression_type"):
        elements(tf.data.TextLineDataset(str(tmp_path / "a.txt"), "ZIP"))


def test_records_and_what_is_damaged(tmp_path):
    path = str(tmp_path / "a.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        for i in range(5):
            writer.write(b"record %d" % i)
    assert elements(tf.data.TFRecordDataset(path)) == [b"record %d" % i for i in range(5)]
    whole = (tmp_path / "a.tfrecord").read_bytes()
    random = np.random.default_rng(0)
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[random.integers(len(whole))] ^= 1 << random.integers(8)
        (tmp_path / "b").write_bytes(damaged)
        with pytest.raises(tf.errors.DataLossError, match=str(tmp_path / "b")):
            elements(tf.data.TFRecordDataset(str(tmp_path / "b")))


def test_records_of_one_length(tmp_path):
    (tmp_path / "f").write_bytes(b"HHabcdefF")
    path = str(tmp_path / "f")
    assert elements(tf.data.FixedLengthRecordDataset(path, 3, 2, 1)) == [b"abc", b"def"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="not an exact multiple of the record length"):
        elements(tf.data.FixedLengthRecordDataset(path, 4, 2, 1))


def test_rows_of_csv_files(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b,c\n1,2.5,x\n3,,"y,""q"\n4,1,\n')
    dataset = tf.data.experimental.CsvDataset(str(path), [tf.int32, [9.0], ["none"]], header=True)
    assert elements(dataset) == [(1, 2.5, b"x"), (3, 9.0, b'y,"q'), (4, 1.0, b"none")]
    made = tf.data.experimental.make_csv_dataset(str(path), 3, label_name="a", num_epochs=1, shuffle=False)
    features, label = next(iter(made))
    assert label.numpy().tolist() == [1, 3, 4]
    assert features["b"].dtype is tf.float32
    assert list(features) == ["b", "c"]


def test_rows_of_a_query(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as base:
        base.execute("create table t (n integer, w text)")
        base.executemany("insert into t values (?, ?)", [(1, "one"), (2, None)])
    base.close()
    query = tf.data.experimental.SqlDataset("sqlite", str(tmp_path / "a.db"), "select n, w from t order by n",
                                            (tf.int32, tf.string))
    assert elements(query) == [(1, b"one"), (2, b"")]


def test_caches_snapshots_and_saved_datasets(tmp_path):
    calls = []

    def counted(x):
        calls.append(1)
        return x

    source = Dataset.range(4).map(lambda x: tf.numpy_function(counted, [x], tf.int64))
    for dataset in (source.cache(), source.cache(str(tmp_path / "cache")), source.snapshot(str(tmp_path / "snap"))):
        calls.clear()
        assert elements(dataset) == elements(dataset) == [0, 1, 2, 3]
        assert len(calls) == 4
    structured = Dataset.from_tensor_slices({"a": [1, 2], "s": ["x", "y"]})
    structured.save(str(tmp_path / "saved"))
    loaded = Dataset.load(str(tmp_path / "saved"))
    assert loaded.element_spec == structured.element_spec
    assert elements(loaded) == elements(structured)
    assert int(loaded.cardinality()) == 2
    with pytest.raises(tf.errors.NotFoundError):
        Dataset.load(str(tmp_path / "nowhere"))


# What datasets hold besides tensors -------------------------------------------------------------------------


def test_sparse_elements():
    sparse = tf.SparseTensor([[0, 1], [2, 0]], [5, 6], [3, 2])
    rows = list(Dataset.from_tensor_slices(sparse).as_numpy_iterator())
    assert [r.values.tolist() for r in rows] == [[5], [], [6]]
    dense = [tf.sparse.to_dense(s).numpy().tolist() for s in Dataset.from_tensor_slices(sparse).batch(2)]
    assert dense == [[[0, 5], [0, 0]], [[6, 0]]]
    batch = next(iter(Dataset.range(3).map(lambda x: tf.fill([x], x)).sparse_batch(3, [4])))
    assert tf.sparse.to_dense(batch).numpy().tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [2, 2, 0, 0]]


def test_options_are_merged():
    options = tf.data.Options()
    options.deterministic = False
    options.threading.private_threadpool_size = 3
    with pytest.raises(AttributeError):
        options.unknown = 1
    with pytest.raises(TypeError):
        options.deterministic = 3
    found = Dataset.range(3).with_options(options).map(lambda x: x).options()
    assert found.deterministic is False
    assert found.threading.private_threadpool_size == 3


def test_resampling_approaches_the_target():
    labels = np.array([0] * 900 + [1] * 100, np.int32)
    dataset = Dataset.from_tensor_slices(labels).shuffle(1000, seed=1).repeat(4)
    found = [int(c) for c, _ in dataset.rejection_resample(lambda x: x, [0.5, 0.5], seed=2)]
    assert abs(np.mean(found) - 0.5) < 0.1


def test_buckets_by_length():
    dataset = Dataset.range(1, 9).map(lambda x: tf.fill([x], x))
    batches = list(dataset.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2]).as_numpy_iterator())
    assert [b.shape for b in batches] == [(2, 2), (2, 4), (2, 6), (2, 8)]
    bounded = dataset.take(4).bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2],
                                                        pad_to_bucket_boundary=True)
    assert [b.shape for b in bounded.as_numpy_iterator()] == [(2, 2), (2, 4)]


def test_rows_of_other_shapes_are_no_batch_again():
    rows = tf.data.Dataset.from_generator(lambda: (np.zeros(s) for s in ((3, 2), (3, 3))),
                                          output_signature=tf.TensorSpec([None, None], tf.float64))
    found = iter(rows.rebatch(2))
    assert next(found).shape == (2, 2)
    with pytest.raises(tf.errors.FailedPreconditionError, match="different shapes"):
        next(found)


def test_shapes_may_change_in_loops_over_datasets():
    """As TensorFlow's: other loops want a shape that stays."""
    @tf.function
    def joined(dataset):
        found = tf.zeros([1])
        for x in dataset:
            found = tf.concat([found, [x]], 0)
        return found

    @tf.function
    def total(dataset):
        found = tf.constant(0)
        for x in dataset:
            found += x
        return found

    assert joined(Dataset.from_tensor_slices([1.0, 2.0])).numpy().tolist() == [0, 1, 2]
    assert int(total(Dataset.from_generator(lambda: [1, 2], tf.int32))) == 3


def test_functions_of_python_as_decorators():
    @tf.numpy_function(Tout=tf.int64)
    def doubled(x):
        return np.array(x.sum() * 2, np.int64)

    @tf.py_function(Tout=[tf.float32])
    def product(x, y):
        return [x * y]

    assert int(doubled(tf.constant([1, 2], tf.int64))) == 6
    assert [int(x) for x in Dataset.range(2).map(lambda x: doubled(x))] == [0, 2]
    assert float(product(tf.constant(2.0), tf.constant(3.0))[0]) == 6.0


def test_a_rest_that_is_dropped_is_not_stacked():
    rows = tf.data.Dataset.from_generator(lambda: (np.zeros(n) for n in (2, 2, 1, 3)),
                                          output_signature=tf.TensorSpec([None], tf.float64))
    assert [b.shape for b in rows.take(3).skip(1).batch(3, drop_remainder=True)] == []
    assert [b.shape for b in rows.take(2).batch(2, drop_remainder=True)] == [(2, 2)]


def test_components_of_other_lengths_are_no_batch_again():
    pair = tf.data.Dataset.from_tensors((np.zeros(3), np.zeros(2)))
    with pytest.raises(ValueError, match="batch dimensions of all components"):
        pair.rebatch(2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="same batch size in each component"):
        next(iter(pair.rebatch(2, drop_remainder=True)))
    assert list(pair.rebatch(2, drop_remainder=True).take(0)) == []
