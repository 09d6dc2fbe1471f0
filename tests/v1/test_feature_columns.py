"""Feature columns beside values recorded from TensorFlow 1.15.5: what they give, and how their variables are named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

fc = tf.feature_column


@pytest.fixture(autouse=True)
def _empty_graph() -> None:
    tf.reset_default_graph()


def _features() -> dict[str, Any]:
    return {
        "price": tf.constant([[1.0], [2.0], [35.0]]), "xy": tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        "color": tf.constant(["red", "blue", "mauve"]),
        "tags": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["a", "b", "zzz"], [3, 2]),
        "n": tf.constant([[1], [0], [7]], tf.int64),
        "wt": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 2.0, 3.0], [3, 2]),
        "user": tf.constant([11, 12, 13], tf.int64)}


def _columns() -> dict[str, Any]:
    price = fc.numeric_column("price")
    bucketized = fc.bucketized_column(price, [0.0, 2.0, 10.0])
    tags = fc.categorical_column_with_hash_bucket("tags", 10)
    n = fc.categorical_column_with_identity("n", 4, default_value=0)
    return {
        "price": price, "xy": fc.numeric_column("xy", shape=(2,), normalizer_fn=lambda x: x - 1.0), "b": bucketized,
        "color": fc.categorical_column_with_vocabulary_list("color", ["red", "green", "blue"], num_oov_buckets=2),
        "tags": tags, "n": n, "w": fc.weighted_categorical_column(tags, "wt"),
        "user": fc.categorical_column_with_hash_bucket("user", 7, dtype=tf.int64),
        "cr": fc.crossed_column(["color", bucketized], 20), "cr2": fc.crossed_column([n, "tags"], 50, hash_key=5)}


def _values(tensor: Any) -> np.ndarray:
    """The values with variables of 0.5, 0.6, … in the first, 0.5, 0.7, … in the second."""
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
        for number, variable in enumerate(tf.global_variables()):
            shape: Any = variable.shape.as_list()
            variable.load(np.arange(np.prod(shape), dtype=np.float32).reshape(shape) * 0.1 * (number + 1) + 0.5, sess)
        return sess.run(tensor)


def _hot(*places: int, of: int) -> list[float]:
    return [float(places.count(i)) for i in range(of)]


DENSE: dict[str, tuple[Callable[[dict[str, Any]], list[Any]], list[Any]]] = {
    "numbers": (lambda c: [c["xy"]], [[0, 1], [2, 3], [4, 5]]),
    "buckets": (lambda c: [c["b"]], [_hot(1, of=4), _hot(2, of=4), _hot(3, of=4)]),
    "words": (lambda c: [fc.indicator_column(c["color"])], [_hot(0, of=5), _hot(2, of=5), _hot(4, of=5)]),
    "hashes": (lambda c: [fc.indicator_column(c["tags"])], [_hot(2, 9, of=10), _hot(of=10), _hot(0, of=10)]),
    "hashes of numbers": (lambda c: [fc.indicator_column(c["user"])], [_hot(4, of=7), _hot(3, of=7), _hot(2, of=7)]),
    "ids": (lambda c: [fc.indicator_column(c["n"])], [_hot(1, of=4), _hot(0, of=4), _hot(0, of=4)]),
    "weights": (lambda c: [fc.indicator_column(c["w"])],
                [[0, 0, 2, 0, 0, 0, 0, 0, 0, 0.5], [0] * 10, [3] + [0] * 9]),
    "crossed": (lambda c: [fc.indicator_column(c["cr"])], [_hot(19, of=20), _hot(17, of=20), _hot(5, of=20)]),
    "crossed ids": (lambda c: [fc.indicator_column(c["cr2"])], [_hot(21, 22, of=50), _hot(of=50), _hot(39, of=50)]),
    "embedded": (lambda c: [fc.embedding_column(c["color"], 3)],
                 [[0.5, 0.6, 0.7], [1.1, 1.2, 1.3], [1.7, 1.8, 1.9]]),
    "mean": (lambda c: [fc.embedding_column(c["tags"], 3)], [[2.15, 2.25, 2.35], [0, 0, 0], [0.5, 0.6, 0.7]]),
    "sqrtn": (lambda c: [fc.embedding_column(c["w"], 3, combiner="sqrtn")],
              [[1.84327, 1.96454, 2.08581], [0, 0, 0], [0.5, 0.6, 0.7]]),
    "max_norm": (lambda c: [fc.embedding_column(c["tags"], 3, max_norm=1.0)],
                 [[0.54385, 0.5766, 0.60934], [0, 0, 0], [0.47673, 0.57208, 0.66742]]),
    "all": (lambda c: [c["price"], c["b"], fc.indicator_column(c["color"]), fc.embedding_column(c["tags"], 2), c["xy"]],
            [[1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1.6, 1.7, 0, 1], [0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 0, 2, 3],
             [0, 0, 0, 0, 1, 35, 0, 0, 0, 1, 0.5, 0.6, 4, 5]])}


@pytest.mark.parametrize("name", DENSE)
def test_input_layer(name: str) -> None:
    make, expected = DENSE[name]
    found = fc.input_layer(_features(), make(_columns()))
    assert found.shape.as_list()[1] == len(expected[0])
    np.testing.assert_allclose(_values(found), expected, rtol=1e-5)


LINEAR: dict[str, tuple[list[str], list[float]]] = {
    "numbers": (["xy", "b"], [1.8, 4.3, 6.8]), "words": (["color"], [1.0, 1.2, 1.4]),
    "hashes": (["tags", "n"], [4.3, 1.0, 1.5]), "weights": (["w"], [2.6, 0.5, 2.0]),
    "crossed": (["cr"], [2.9, 2.7, 1.5]), "all": (["price", "b", "color", "w", "cr2"], [17.5, 3.5, 30.4])}


@pytest.mark.parametrize("name", LINEAR)
def test_linear_model(name: str) -> None:
    keys, expected = LINEAR[name]
    held: dict[Any, Any] = {}
    found = fc.linear_model(_features(), [_columns()[key] for key in keys], cols_to_vars=held)
    np.testing.assert_allclose(_values(found)[:, 0], expected, rtol=1e-5)
    assert held["bias"][0].name == "linear_model/bias_weights:0"
    if name == "all":
        assert [v.name for v in tf.global_variables()] == [
            f"linear_model/{n}:0" for n in ("color/weights", "n_X_tags/weights", "price/weights",
                                            "price_bucketized/weights", "tags_weighted_by_wt/weights", "bias_weights")]


def test_units_and_the_mean_of_weights() -> None:
    found = fc.linear_model(_features(), [_columns()[k] for k in ("price", "tags", "xy")], units=2,
                            sparse_combiner="mean")
    np.testing.assert_allclose(_values(found), [[4.8, 5.8], [5.8, 7.9], [26.0, 32.8]], rtol=1e-5)


def test_shared_vectors() -> None:
    a, b = (fc.categorical_column_with_identity(k, 4, default_value=d) for k, d in (("n", 0), ("m", 1)))
    features = {**_features(), "m": tf.constant([[2], [3], [9]], tf.int64)}
    found = fc.input_layer(features, fc.shared_embedding_columns([a, b], 2))
    assert [v.name for v in tf.global_variables()] == ["input_layer/m_n_shared_embedding/embedding_weights:0"]
    np.testing.assert_allclose(_values(found), [[0.9, 1, 0.7, 0.8], [1.1, 1.2, 0.5, 0.6], [0.7, 0.8, 0.5, 0.6]],
                               rtol=1e-5)


def test_a_vocabulary_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("red\ngreen\nblue\n")
    column = fc.categorical_column_with_vocabulary_file("color", str(tmp_path / "words"))
    assert _values(fc.input_layer(_features(), fc.indicator_column(column))).tolist() == [
        [1, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_an_id_outside_fails_without_a_default() -> None:
    column = fc.categorical_column_with_identity("n", 4)
    with pytest.raises(tf.errors.InvalidArgumentError, match="assert_less_than_num_buckets"):
        _values(fc.input_layer(_features(), fc.indicator_column(column)))


def test_names_of_columns() -> None:
    columns = _columns()
    assert [columns[k].name for k in ("b", "w", "cr", "cr2")] == [
        "price_bucketized", "tags_weighted_by_wt", "color_X_price_bucketized", "n_X_tags"]
    assert fc.embedding_column(columns["tags"], 3).name == "tags_embedding"


@pytest.mark.parametrize(("make", "message"), [
    (lambda: fc.numeric_column("a", shape=(0,)), "shape dimensions must be greater than 0"),
    (lambda: fc.numeric_column("a", dtype=tf.string), "dtype must be convertible to float"),
    (lambda: fc.numeric_column("a", shape=(2,), default_value=[1.0]), "shape of default_value must be equal"),
    (lambda: fc.bucketized_column(fc.numeric_column("a", shape=(2, 2)), [1]), "one-dimensional column"),
    (lambda: fc.bucketized_column(fc.numeric_column("a"), [2, 1]), "boundaries must be a sorted list"),
    (lambda: fc.embedding_column(_columns()["n"], 0), "Invalid dimension 0"),
    (lambda: fc.categorical_column_with_identity("a", 3, default_value=5), r"default_value 5 not in range \[0, 3\)"),
    (lambda: fc.categorical_column_with_hash_bucket("a", None), "hash_bucket_size must be set"),
    (lambda: fc.categorical_column_with_vocabulary_list("a", ["a", "a"]), "Duplicate keys in vocabulary_list"),
    (lambda: fc.categorical_column_with_vocabulary_file("a", "/none"), "vocabulary_file in a does not exist"),
    (lambda: fc.crossed_column(["a"], 5), "keys must be a list with length > 1"),
    (lambda: fc.input_layer({"a": tf.constant([1])}, [fc.numeric_column("price")]), "Feature price is not in features"),
    (lambda: fc.input_layer(_features(), [_columns()["color"]]), "Items of feature_columns must be a _DenseColumn"),
    (lambda: fc.input_layer(_features(), []), "feature_columns must not be empty"),
    (lambda: fc.input_layer(_features(), [fc.numeric_column("price")] * 2), "Duplicate feature column name found"),
])
def test_what_does_not_fit_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def _sequences() -> dict[str, Any]:
    places = [[0, 0], [0, 1], [2, 0]]
    return {"w": tf.SparseTensor(places, ["a", "b", "zz"], [3, 2]),
            "n": tf.SparseTensor(places, np.array([1, 2, 1]), [3, 2]),
            "v": tf.SparseTensor([[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1]], [1.0, 2, 3, 4, 5, 6], [3, 4]),
            "u": tf.SparseTensor(places, [1.0, 2.0, 9.0], [3, 2])}


def _words() -> Any:
    return fc.sequence_categorical_column_with_vocabulary_list("w", ["a", "b"], num_oov_buckets=1)


SEQUENCES: dict[str, tuple[Callable[[], list[Any]], list[Any], list[int]]] = {
    "embedded": (lambda: [fc.embedding_column(_words(), 2)],
                 [[[0.5, 0.6], [0.7, 0.8]], [[0, 0], [0, 0]], [[0.9, 1.0], [0, 0]]], [2, 0, 1]),
    "ids": (lambda: [fc.indicator_column(fc.sequence_categorical_column_with_identity("n", 3))],
            [[[0, 1, 0], [0, 0, 1]], [[0, 0, 0]] * 2, [[0, 1, 0], [0, 0, 0]]], [2, 0, 1]),
    "hashes": (lambda: [fc.indicator_column(fc.sequence_categorical_column_with_hash_bucket("w", 4))],
               [[[0, 0, 0, 1], [0, 0, 1, 0]], [[0] * 4] * 2, [[0, 0, 1, 0], [0] * 4]], [2, 0, 1]),
    "numbers": (lambda: [fc.sequence_numeric_column("v", shape=(2,), normalizer_fn=lambda x: x * 10)],
                [[[10, 20], [30, 40]], [[50, 60], [0, 0]], [[0, 0], [0, 0]]], [2, 1, 0]),
    "both": (lambda: [fc.sequence_numeric_column("u", default_value=-1.0), fc.embedding_column(_words(), 2)],
             [[[1, 0.5, 0.6], [2, 0.7, 0.8]], [[-1, 0, 0], [-1, 0, 0]], [[9, 0.9, 1.0], [-1, 0, 0]]], [2, 0, 1])}


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences(name: str) -> None:
    make, expected, steps = SEQUENCES[name]
    found, lengths = _values(tf.contrib.feature_column.sequence_input_layer(_sequences(), make()))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert lengths.tolist() == steps


def test_columns_of_sequences_agree_on_their_lengths() -> None:
    features = {**_sequences(), "u": tf.SparseTensor([[0, 0]], [1.0], [3, 2])}
    layer = tf.contrib.feature_column.sequence_input_layer(
        features, [fc.sequence_numeric_column("u"), fc.embedding_column(_words(), 2)])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Condition x == y did not hold"):
        _values(layer)
    with pytest.raises(ValueError, match="must not be of type _SequenceCategoricalColumn"):
        fc.input_layer(_sequences(), [fc.embedding_column(_words(), 2)])
    with pytest.raises(ValueError, match="categorical_column must be of type _SequenceCategoricalColumn"):
        tf.contrib.feature_column.sequence_input_layer(
            _sequences(), [fc.indicator_column(fc.categorical_column_with_identity("n", 3))])


def test_what_is_to_be_parsed() -> None:
    columns = _columns()
    assert fc.make_parse_example_spec([columns[k] for k in ("price", "b", "w", "cr", "n")]) == {
        "price": tf.FixedLenFeature((1,), tf.float32), "tags": tf.VarLenFeature(tf.string),
        "wt": tf.VarLenFeature(tf.float32), "color": tf.VarLenFeature(tf.string), "n": tf.VarLenFeature(tf.int64)}
    with pytest.raises(ValueError, match="different parse_spec for key"):
        fc.make_parse_example_spec([fc.numeric_column("a"), fc.categorical_column_with_identity("a", 3)])
