"""Examples parsed into tensors; values and words were recorded from TensorFlow 1.15.5."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

Fixed, VarLen, Rows, Sparse = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature, tf.SparseFeature


def texts(*values: bytes) -> Any:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=list(values)))


def floats(*values: float) -> Any:
    return tf.train.Feature(float_list=tf.train.FloatList(value=list(values)))


def ints(*values: int) -> Any:
    return tf.train.Feature(int64_list=tf.train.Int64List(value=list(values)))


def example(**features: Any) -> bytes:
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def sequence(context: dict[str, Any], lists: dict[str, list[Any]]) -> bytes:
    held = {key: tf.train.FeatureList(feature=value) for key, value in lists.items()}
    return tf.train.SequenceExample(context=tf.train.Features(feature=context),
                                    feature_lists=tf.train.FeatureLists(feature_list=held)).SerializeToString()


def shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, tf.SparseTensorValue):
        return value.indices.tolist(), value.values.tolist(), value.dense_shape.tolist()
    return [shown(v) for v in value] if isinstance(value, (list, tuple)) else np.asarray(value).tolist()


def run(make: Any) -> Any:
    with tf.Graph().as_default(), tf.Session() as sess:
        return shown(sess.run(make()))


FIRST = example(a=floats(1.5), b=ints(1, 2, 3, 4, 5, 6), c=texts(b"x", b"yy"), s=floats(1, 2, 3, 4))
SECOND = example(a=floats(-2), b=ints(6, 5, 4, 3, 2, 1), c=texts(), s=floats(9, 8))
BARE = example(a=floats(7))
ALL = {"a": Fixed([], tf.float32), "b": Fixed([2, 3], tf.int64), "c": VarLen(tf.string),
       "s": Rows([2], tf.float32, allow_missing=True)}


def test_a_batch():
    assert run(lambda: tf.parse_example([FIRST, SECOND], ALL)) == {
        "a": [1.5, -2.0], "b": [[[1, 2, 3], [4, 5, 6]], [[6, 5, 4], [3, 2, 1]]],
        "c": ([[0, 0], [0, 1]], [b"x", b"yy"], [2, 2]),
        "s": [[[1.0, 2.0], [3.0, 4.0]], [[9.0, 8.0], [0.0, 0.0]]]}


def test_one():
    assert run(lambda: tf.parse_single_example(FIRST, ALL)) == {
        "a": 1.5, "b": [[1, 2, 3], [4, 5, 6]], "c": ([[0], [1]], [b"x", b"yy"], [2]), "s": [[1.0, 2.0], [3.0, 4.0]]}


def test_none():
    empty = np.array([], object)
    found = run(lambda: tf.parse_example(empty, {"a": Fixed([2], tf.float32, [3.0, 3.0]), "c": VarLen(tf.string)}))
    assert found == {"a": [], "c": ([], [], [0, 0])}


@pytest.mark.parametrize("size", [1, 3, 16, 300])
def test_floats_of_any_number(size: int):
    values = np.random.default_rng(size).normal(size=(3, size)).astype(np.float32)
    serialized = [example(v=floats(*row)) for row in values]
    feature = {"v": Fixed([size], tf.float32)}
    found = run(lambda: [tf.parse_example(serialized, feature)["v"], tf.parse_single_example(serialized[1],
                                                                                             feature)["v"]])
    np.testing.assert_array_equal(np.array(found[0], np.float32), values)
    np.testing.assert_array_equal(np.array(found[1], np.float32), values[1])


def test_floats_beside_fields_that_nobody_knows():
    """A message that a later version of the format wrote."""
    held = tf.train.FloatList(value=range(20)).SerializeToString() + b"\x1a\x03new"
    feature = b"\x12" + bytes([len(held)]) + held
    entry = b"\x0a\x01v\x12" + bytes([len(feature)]) + feature
    features = b"\x0a" + bytes([len(entry)]) + entry
    message = b"\x0a" + bytes([len(features)]) + features
    assert run(lambda: tf.parse_example([message], {"v": Fixed([20], tf.float32)}))["v"] == [list(range(20))]


def test_defaults_stand_for_what_is_missing():
    assert run(lambda: tf.parse_example([FIRST, BARE], {"b": Fixed([2, 3], tf.int64, [[1] * 3] * 2),
                                                        "q": Fixed([], tf.string, "dd")})) == {
        "b": [[[1, 2, 3], [4, 5, 6]], [[1, 1, 1], [1, 1, 1]]], "q": [b"dd", b"dd"]}
    rows = {"s": Rows([], tf.float32, allow_missing=True, default_value=-1.0),
            "c": Rows([], tf.string, allow_missing=True, default_value="p")}
    assert run(lambda: tf.parse_example([FIRST, SECOND, BARE], rows)) == {
        "s": [[1, 2, 3, 4], [9, 8, -1, -1], [-1, -1, -1, -1]], "c": [[b"x", b"yy"], [b"p", b"p"], [b"p", b"p"]]}


def test_sparse_features_are_merged_from_their_parts():
    rows = [example(ix=ints(5, 0, 2), vl=floats(1, 2, 3)), example(), example(ix=ints(9), vl=floats(4))]
    assert run(lambda: tf.parse_example(rows, {"e": Sparse("ix", "vl", tf.float32, 10)})) == {
        "e": ([[0, 0], [0, 2], [0, 5], [2, 9]], [2.0, 3.0, 1.0, 4.0], [3, 10])}
    matrix = example(i=ints(1, 0), j=ints(2, 1), vl=texts(b"p", b"q"))
    assert run(lambda: tf.parse_example([matrix], {"e": Sparse(["i", "j"], "vl", tf.string, [4, 5])})) == {
        "e": ([[0, 0, 1], [0, 1, 2]], [b"q", b"p"], [1, 4, 5])}


@pytest.mark.parametrize(("make", "text"), [
    (lambda: tf.parse_example([FIRST, BARE], ALL),
     "Name: <unknown>, Feature: b (data type: int64) is required but could not be found."),
    (lambda: tf.parse_example([FIRST, BARE], ALL, example_names=["n1", "n3"]),
     "Name: n3, Feature: b (data type: int64) is required but could not be found."),
    (lambda: tf.parse_single_example(BARE, ALL), "Feature: b (data type: int64) is required but could not be found."),
    (lambda: tf.parse_example([FIRST], {"a": Fixed([], tf.int64)}),
     "Name: <unknown>, Key: a, Index: 0.  Data types don't match. Data type: float but expected type: int64"),
    (lambda: tf.parse_example([FIRST], {"a": VarLen(tf.int64)}),
     "Name: <unknown>, Key: a, Index: 0.  Data types don't match. Expected type: int64, Actual type: float"),
    (lambda: tf.parse_example([FIRST], {"b": Fixed([5], tf.int64)}),
     "Key: b, Index: 0.  Number of int64 values != expected.  Values size: 6 but output shape: [5]"),
    (lambda: tf.parse_example([example(s=floats(1, 2, 3))], {"s": Rows([2], tf.float32, allow_missing=True)}),
     "Number of float values is not a multiple of stride length. Saw 3 values but output shape is: [?,2]"),
    (lambda: tf.parse_example([b"garbage"], ALL), "Could not parse example input, value: 'garbage'"),
])
def test_what_does_not_fit_is_said(make: Any, text: str):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        run(make)
    assert text in str(caught.value)


@pytest.mark.parametrize(("features", "error", "text"), [
    ({}, ValueError, "features"), ({"a": 3}, ValueError, "Unsupported int 3 for key 'a'"),
    ({"a": Fixed(None, tf.float32)}, ValueError, "Missing shape for feature a"),
    ({"a": Fixed([None], tf.float32)}, ValueError, "First dimension of shape for feature a unknown"),
    ({"a": Fixed([], None)}, ValueError, "Missing type for feature a"),
    ({"a": Fixed([], tf.int32)}, TypeError, "DataType int32 not in list of allowed values"),
    ({"s": Rows([], tf.float32)}, ValueError, "requires allow_missing to be True"),
    ({"a": Fixed([], tf.float32), "e": Sparse("a", "v", tf.float32, 3)}, ValueError, "must not intersect"),
])
def test_features_that_are_not_described_whole(features: Any, error: type[Exception], text: str):
    with pytest.raises(error, match=text):
        run(lambda: tf.parse_example([FIRST], features))


STEPS = {"x": Fixed([], tf.int64), "v": VarLen(tf.string)}
LISTS = {"f": Rows([2], tf.float32), "w": VarLen(tf.int64)}
MAY_MISS = {**LISTS, "f": Rows([2], tf.float32, allow_missing=True)}
LONG = sequence({"x": ints(3), "v": texts(b"a", b"b")}, {"f": [floats(1, 2), floats(3, 4)],
                                                         "w": [ints(1), ints(), ints(2, 3)]})
SHORT = sequence({"x": ints(4)}, {"f": [floats(5, 6)], "w": []})
MISSING = sequence({"x": ints(5)}, {"w": [ints(7)]})


def test_one_sequence():
    assert run(lambda: list(tf.parse_single_sequence_example(LONG, STEPS, LISTS))) == [
        {"v": ([[0], [1]], [b"a", b"b"], [2]), "x": 3},
        {"w": ([[0, 0], [2, 0], [2, 1]], [1, 2, 3], [3, 2]), "f": [[1.0, 2.0], [3.0, 4.0]]}]


def test_many_sequences():
    assert run(lambda: list(tf.io.parse_sequence_example([LONG, SHORT, MISSING], STEPS, MAY_MISS))) == [
        {"v": ([[0, 0], [0, 1]], [b"a", b"b"], [3, 2]), "x": [3, 4, 5]},
        {"w": ([[0, 0, 0], [0, 2, 0], [0, 2, 1], [2, 0, 0]], [1, 2, 3, 7], [3, 3, 2]),
         "f": [[[1, 2], [3, 4]], [[5, 6], [0, 0]], [[0, 0], [0, 0]]]}, {"f": [2, 1, 0]}]


@pytest.mark.parametrize(("data", "context", "lists", "text"), [
    (MISSING, STEPS, LISTS, "Name: , Feature list 'f' is required but could not be found."),
    (LONG, {"x": Fixed([], tf.float32)}, None, "Name: , Context feature: x.  Data types don't match. Expected type: "
                                               "float  Feature is: int64_list {\n  value: 3\n}"),
    (LONG, {"x": Fixed([2], tf.int64)}, None, "Number of int64 values != expected.  values size: 1"),
    (LONG, None, {"f": Rows([3], tf.float32)}, "values size: 2 but output shape: [3]"),
    (LONG, {"nope": Fixed([], tf.int64)}, None, "Name: , Context feature 'nope' is required but could not be found."),
    (b"zz", STEPS, LISTS, "Could not parse example input, value: 'zz'"),
], ids=lambda value: value[:30] if isinstance(value, str) else "")
def test_sequences_that_do_not_fit(data: bytes, context: Any, lists: Any, text: str):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        run(lambda: list(tf.parse_single_sequence_example(data, context, lists)))
    assert text in str(caught.value)


def test_examples_are_parsed_at_once_in_eager_code():
    found = hb.io.parse_single_example(FIRST, {"a": hb.io.FixedLenFeature([], hb.float32)})
    assert float(found["a"]) == 1.5
    batch = hb.io.parse_example([FIRST, SECOND], {"c": hb.io.VarLenFeature(hb.string)})["c"]
    assert batch.values.numpy().tolist() == [b"x", b"yy"]

    @hb.function
    def traced(serialized: Any) -> Any:
        return hb.io.parse_example(serialized, {"a": hb.io.FixedLenFeature([], hb.float32)})["a"] * 2

    assert traced(hb.constant([FIRST, SECOND])).numpy().tolist() == [3.0, -4.0]


def test_operations_are_tensorflow_s():
    with tf.Graph().as_default() as graph:
        found = tf.parse_example(tf.placeholder(tf.string, [None]), ALL)
        tf.parse_single_example(tf.placeholder(tf.string, []), ALL)
        assert found["a"].name == "ParseExample/ParseExample:3"
        assert found["s"].shape.as_list() == [None, None, 2]
        message = graph.as_graph_def()
    nodes = {n.name: n for n in message.node}
    assert nodes["ParseExample/ParseExample"].op == "ParseExample"
    assert nodes["ParseExample/ParseExample"].attr["Nsparse"].i == 1
    assert nodes["ParseExample/ParseExample"].attr["Ndense"].i == 3
    assert nodes["ParseSingleExample/ParseSingleExample"].op == "ParseSingleExample"
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(message, name="")
        got = sess.run(["ParseExample/ParseExample:3", "ParseSingleExample/ParseSingleExample:3"],
                       {"Placeholder:0": [FIRST, SECOND], "Placeholder_1:0": FIRST})
    assert [np.asarray(v).tolist() for v in got] == [[1.5, -2.0], 1.5]


def test_damaged_messages_are_refused_or_parsed_but_never_end_the_process():
    rng = np.random.default_rng(7)
    with tf.Graph().as_default(), tf.Session() as sess:
        many, one = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [])
        batch, single = tf.parse_example(many, ALL), tf.parse_single_example(one, ALL)
        steps = list(tf.parse_single_sequence_example(one, STEPS, MAY_MISS))
        for turn in range(500):
            for fetch, data in ((batch, FIRST), (single, FIRST), (steps, LONG)):
                changed = bytearray(data)
                if turn % 3:
                    changed[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
                else:
                    del changed[rng.integers(len(data)):]
                try:
                    sess.run(fetch, {many: [bytes(changed)], one: bytes(changed)})
                except tf.errors.InvalidArgumentError as error:
                    assert error.op is not None  # noqa: PT017
