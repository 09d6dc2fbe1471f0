"""Lookup tables of both generations: what they find, when they are filled, and what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as tf1

Index = tf.lookup.TextFileIndex


@pytest.fixture
def words(tmp_path: Path) -> str:
    (tmp_path / "words.txt").write_text("emerson 10\nlake 20\npalmer 30\n")
    return str(tmp_path / "words.txt")


def _run(*fetches: Any) -> Any:
    with tf1.Session() as sess:
        sess.run(tf1.tables_initializer())
        return sess.run(list(fetches))


@pytest.fixture(autouse=True)
def _empty_graph() -> None:
    tf1.reset_default_graph()


def test_keys_have_values_and_others_the_default() -> None:
    table = tf1.lookup.StaticHashTable(tf1.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
    found, size, (keys, values) = _run(table.lookup(tf1.constant([["a"], ["z"]])), table.size(), table.export())
    assert found.tolist() == [[1], [-1]]
    assert size == 2
    assert dict(zip(keys.tolist(), values.tolist(), strict=True)) == {b"a": 1, b"b": 2}
    assert [op.name for op in tf1.get_default_graph().get_operations()][3:5] == [
        "hash_table", "key_value_init/LookupTableImportV2"]


def test_a_table_is_filled_by_its_initializer_alone() -> None:
    table = tf1.lookup.StaticHashTable(tf1.lookup.KeyValueTensorInitializer([1], [2]), 0)
    found = table.lookup(tf1.constant([1]))
    with tf1.Session() as sess:
        with pytest.raises(tf.errors.FailedPreconditionError, match=r"Table not initialized\."):
            sess.run(found)
        sess.run(table.initializer)
        sess.run(table.initializer)
        assert sess.run(found) == [2]
    with tf1.Session() as sess, pytest.raises(tf.errors.FailedPreconditionError, match="Table not initialized"):
        sess.run(found)  # each session has its own


def test_a_table_from_the_lines_of_a_file(words: str) -> None:
    lookup = tf1.lookup
    ids = lookup.StaticHashTable(lookup.TextFileInitializer(
        words, tf.string, Index.WHOLE_LINE, tf.int64, Index.LINE_NUMBER), -1)
    column = lookup.StaticHashTable(lookup.TextFileInitializer(words, tf.string, 0, tf.float32, 1, delimiter=" "), 0.0)
    first = lookup.StaticHashTable(lookup.TextFileInitializer(
        words, tf.string, 0, tf.int64, Index.LINE_NUMBER, vocab_size=2, delimiter=" "), -1)
    keys = tf1.constant(["lake", "palmer", "lake 20"])
    assert [v.tolist() for v in _run(ids.lookup(keys), column.lookup(keys), first.lookup(keys))] == [
        [-1, -1, 1], [20, 30, 0], [1, -1, -1]]
    assert tf1.get_collection(tf1.GraphKeys.ASSET_FILEPATHS)[0].name == "asset_path:0"


@pytest.mark.parametrize(("columns", "message"), [
    ((tf.string, 0, tf.int64, 3), "Invalid number of columns in .*words.txt line 0 .emerson 10. : expected 3 got 2"),
    ((tf.string, 1, tf.int64, 0), "Field emerson in line 0 is not a valid int64"),
])
def test_lines_that_do_not_fit_are_named(words: str, columns: Any, message: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(words, *columns, delimiter=" "), -1)


def test_files_that_are_missing_or_too_short_are_refused(words: str) -> None:
    with pytest.raises(tf.errors.NotFoundError, match=r"none\.txt; No such file"):
        tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer("none.txt", tf.string, -2, tf.int64, -1), -1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected 5 but got 3"):
        tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(words, tf.string, -2, tf.int64, -1, 5), -1)


def test_a_key_has_one_value() -> None:
    with pytest.raises(tf.errors.FailedPreconditionError, match="Key a has 1 and trying to add value 2"):
        tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "a"], [1, 2]), -1)


def test_dtypes_are_checked() -> None:
    table = tf1.lookup.StaticHashTable(tf1.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    with pytest.raises(TypeError, match="must be <dtype: 'string'>, received: <dtype: 'int32'>"):
        table.lookup(tf1.constant([1]))
    with pytest.raises(TypeError):
        tf1.lookup.StaticHashTable(tf1.lookup.KeyValueTensorInitializer(["a"], [1]), "x")


def test_words_outside_a_vocabulary_fall_into_buckets() -> None:
    table = tf.lookup.StaticVocabularyTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], np.arange(2)), 5)
    assert table.lookup(["a", "z", "q", "r", "", "zebra"]).numpy().tolist() == [0, 4, 5, 5, 5, 4]
    assert table.size().numpy() == 7
    numbers = tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(np.array([10, 20]), np.arange(2)), 5)
    assert numbers.lookup(np.array([10, 11, 99, 20])).numpy().tolist() == [0, 6, 4, 1]


def test_sparse_keys_give_sparse_values() -> None:
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
    found = table[tf.sparse.SparseTensor([[0, 0], [1, 1]], ["a", "q"], [2, 2])]
    assert found.values.numpy().tolist() == [1, -1]
    assert found.indices.numpy().tolist() == [[0, 0], [1, 1]]


def test_a_traced_function_reads_a_table() -> None:
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1.0, 2.0]), 0.0)
    double = tf.function(lambda keys: table.lookup(keys) * 2)
    assert double(tf.constant(["b", "z"])).numpy().tolist() == [4.0, 0.0]


def test_tables_that_change() -> None:
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.float32, [0.0, 0.0])
    table.insert(["a", "b"], [[1.0, 2.0], [3.0, 4.0]])
    assert table.lookup(["b", "z"]).numpy().tolist() == [[3, 4], [0, 0]]
    assert table.lookup(["z"], dynamic_default_values=[[7.0, 8.0]]).numpy().tolist() == [[7, 8]]
    table.remove(["a", "none"])
    keys, values = table.export()
    assert keys.numpy().tolist() == [b"b"]
    assert values.numpy().tolist() == [[3, 4]]
    with pytest.raises(TypeError, match="Signature mismatch"):
        table.insert(np.array([1]), [[1.0, 2.0]])


def test_a_dense_table_has_two_keys_of_its_own() -> None:
    table = tf.lookup.experimental.DenseHashTable(tf.int64, tf.int64, -1, empty_key=-100, deleted_key=-101)
    table.insert(np.array([1, 2]), np.array([5, 6]))
    table.erase(np.array([1]))
    assert table.lookup(np.array([1, 2])).numpy().tolist() == [-1, 6]
    assert table.size().numpy() == 1
    with pytest.raises(tf.errors.InvalidArgumentError, match="empty_key as a table key is not allowed"):
        table.insert(np.array([-100]), np.array([1]))


def test_insertion_and_lookup_in_a_session() -> None:
    table = tf1.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    insert = table.insert(tf1.constant(["a"]), tf1.constant([3], tf.int64))
    with tf1.control_dependencies([insert]):
        found = table.lookup(tf1.constant(["a", "b"]))
    assert found.shape.as_list() == [2]
    with tf1.Session() as sess:
        assert sess.run(table.size()) == 0
        assert sess.run(found).tolist() == [3, -1]
        assert sess.run(table.size()) == 1


def test_contrib(words: str) -> None:
    contrib = tf1.contrib.lookup
    (Path(words).parent / "v.txt").write_text("emerson\nlake\npalmer\n")
    path = str(Path(words).parent / "v.txt")
    index = contrib.index_table_from_file(path, num_oov_buckets=3)
    mapped = contrib.index_table_from_tensor(tf1.constant(["p", "q"]), num_oov_buckets=4,
                                             hasher_spec=contrib.StrongHashSpec((1, 2)))
    text = contrib.index_to_string_table_from_file(path)
    table = contrib.HashTable(contrib.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
    found = _run(index.lookup(tf1.constant(["lake", "zz", "y"])), mapped.lookup(tf1.constant(["q", "zz", "y"])),
                 text.lookup(tf1.constant([1, 7], tf.int64)), table.lookup(tf1.constant(["b"])),
                 contrib.index_to_string(tf1.constant([1], tf.int64), tf1.constant(["x", "y"])), index.size())
    assert [f.tolist() for f in found] == [[1, 4, 5], [1, 4, 3], [b"lake", b"UNK"], [2], [b"y"], 6]
    assert len(tf1.get_collection(tf1.GraphKeys.TABLE_INITIALIZERS)) == 5


def test_a_saver_keeps_tables_that_change(tmp_path: Path) -> None:
    table = tf1.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1, name="words")
    insert = table.insert(tf1.constant(["a", "b"]), tf1.constant([1, 2], tf.int64))
    found = table.lookup(tf1.constant(["b", "z"]))
    saver = tf1.train.Saver()
    with tf1.Session() as sess:
        sess.run(insert)
        path = saver.save(sess, str(tmp_path / "model"), write_meta_graph=False)
    assert tf1.train.list_variables(path) == [("words-keys", [2]), ("words-values", [2])]
    with tf1.Session() as sess:
        saver.restore(sess, path)
        assert sess.run(found).tolist() == [2, -1]
