"""Lookups of tokens, vectors of texts and hashes; figures recorded from Keras 3.15 on TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras import layers

TEXTS = ["the cat sat", "The dog, sat!"]


@pytest.mark.parametrize(("mode", "wanted"), [
    ("int", [[1, 0], [3, 3]]), ("one_hot", [[[0, 1, 0, 0], [1, 0, 0, 0]], [[0, 0, 0, 1], [0, 0, 0, 1]]]),
    ("multi_hot", [[1, 1, 0, 0], [0, 0, 0, 1]]), ("count", [[1, 1, 0, 0], [0, 0, 0, 2]])])
def test_string_lookup(mode: str, wanted: Any) -> None:
    layer = layers.StringLookup(vocabulary=["a", "b", "c"], output_mode=mode)
    made = layer([["a", "z"], ["c", "c"]])
    assert made.dtype.name == "int64"
    assert made.numpy().tolist() == wanted
    assert layer(keras.Input((2,), dtype="string")).shape[1:] == made.shape[1:]


def test_weights_of_tokens() -> None:
    layer = layers.StringLookup(vocabulary=["a", "b", "c"], output_mode="tf_idf", idf_weights=[0.1, 0.2, 0.3])
    np.testing.assert_allclose(layer([["a", "z"], ["c", "c"]]), [[0.2, 0.1, 0, 0], [0, 0, 0, 0.6]], rtol=1e-6)


def test_unknown_tokens() -> None:
    layer = layers.StringLookup(vocabulary=["a", "b"], mask_token="", num_oov_indices=2)
    assert layer(np.array([["a", "", "q", "r"]])).numpy().tolist() == [[3, 0, 2, 2]]
    assert layer.get_vocabulary() == ["", "[UNK]", "[UNK]", "a", "b"]
    back = layers.StringLookup(vocabulary=["a", "b"], invert=True)
    assert back([[0, 1, 5]]).numpy().tolist() == [[b"[UNK]", b"a", b"[UNK]"]]
    strict = layers.StringLookup(vocabulary=["a"], num_oov_indices=0)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r'found OOV values \["q"\]'):
        strict(["a", "q"])


def test_integer_lookup() -> None:
    layer = layers.IntegerLookup()
    layer.adapt([[1, 1, 2], [5, 5, 5]])
    assert layer.get_vocabulary() == [-1, 5, 1, 2]
    assert layer([[1, 9]]).numpy().tolist() == [[2, 0]]
    counts = layers.IntegerLookup(vocabulary=[3, 4], num_oov_indices=3, output_mode="count")
    assert counts([[1, 9, 3]]).numpy().tolist() == [[1, 1, 0, 1, 0]]


@pytest.mark.parametrize(("arguments", "words"), [
    ({"vocabulary": ["a", "a"]}, "at least one repeated term"), ({"vocabulary": []}, "empty vocabulary"),
    ({"vocabulary": ["a", "b", "c"], "max_tokens": 3}, "larger than the maximum vocab size"),
    ({"vocabulary": ["a", "m"], "mask_token": "m"}, "reserved mask token"), ({"max_tokens": 1}, "greater than 1"),
    ({"output_mode": "huh"}, "Unknown value for `output_mode`"), ({"bad": 1}, "Unrecognized keyword")])
def test_refused_vocabularies(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers.StringLookup(**arguments)


def test_text_vectorization() -> None:
    layer = layers.TextVectorization()
    layer.adapt(tf.data.Dataset.from_tensor_slices(TEXTS).batch(1))
    assert layer.get_vocabulary() == ["", "[UNK]", "the", "sat", "dog", "cat"]
    assert layer(["cat dog", "a"]).numpy().tolist() == [[5, 4], [1, 0]]
    assert layer(tf.constant([["dog"], ["the the"]])).numpy().tolist() == [[4, 0], [2, 2]]
    batches = tf.data.Dataset.from_tensor_slices(["cat dog", "a", "the"]).batch(2).map(layer)
    assert [b.numpy().tolist() for b in batches] == [[[5, 4], [1, 0]], [[2]]]


def test_runs_of_words() -> None:
    layer = layers.TextVectorization(output_mode="tf_idf", ngrams=2)
    layer.adapt(TEXTS)
    assert layer.get_vocabulary() == ["[UNK]", "the", "sat", "the dog", "the cat", "dog sat", "dog", "cat sat", "cat"]
    np.testing.assert_allclose(layer(["cat dog", "the cat sat"]), [
        [0.6475668, 0, 0, 0, 0, 0, 0.6931472, 0, 0.6931472],
        [0, 0.51082563, 0.51082563, 0, 0.6931472, 0, 0, 0.6931472, 0.6931472]], rtol=1e-6)


def test_characters_in_a_model_and_its_file(tmp_path: Path) -> None:
    layer = layers.TextVectorization(split="character", output_sequence_length=4)
    layer.adapt(["the c\u00e4t sat", "The dog, sat!"])
    assert layer(["c\u00e4t dog", "t"]).numpy().tolist() == [[12, 8, 2, 3], [2, 0, 0, 0]]
    assert layer("abc").numpy().tolist() == [7, 1, 12, 0]
    texts = keras.Input((1,), dtype="string")
    model = keras.Model(texts, layers.Embedding(30, 2)(layer(texts)))
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert again.layers[1].get_vocabulary() == layer.get_vocabulary()
    given = np.array([["the"], ["g"]])
    np.testing.assert_array_equal(again.predict(given, verbose=0), model.predict(given, verbose=0))


def test_hashes() -> None:
    assert layers.Hashing(3)([["A"], ["B"]]).numpy().tolist() == [[1], [0]]
    keyed = layers.Hashing(3, salt=[133, 137], output_mode="multi_hot")
    assert keyed([["A"], ["B"]]).numpy().tolist() == [[0, 1, 0], [0, 0, 1]]
    assert layers.Hashing(5, mask_value=0)([[0, 1, 7]]).numpy().tolist() == [[0, 2, 1]]
    pair = (np.array(["A", "B"]), np.array([1, 2]))
    assert layers.HashedCrossing(5)(pair).numpy().tolist() == [0, 1]
    assert layers.HashedCrossing(5, output_mode="one_hot")(pair).numpy().tolist() == [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0]]


def test_rows_of_different_lengths() -> None:
    words = tf.ragged.constant([["a", "b"], ["c"], []])
    layer = keras.layers.StringLookup(output_mode="multi_hot")
    layer.adapt(words)
    assert layer(words).numpy().sum(axis=1).tolist() == [2, 1, 0]
    places = keras.layers.StringLookup(vocabulary=["a", "b"])(words)
    assert places.to_list() == [[1, 2], [0], []]
    back = keras.layers.StringLookup(vocabulary=["a", "b"], invert=True)
    assert back(places).to_list() == [[b"a", b"b"], [b"[UNK]"], []]
    text = keras.layers.TextVectorization(vocabulary=["a", "b"], ragged=True)
    assert text(["a b c", "a"]).to_list() == [[2, 3, 1], [2]]
    assert text.get_config()["ragged"]
    short = keras.layers.TextVectorization(vocabulary=["a", "b"], ragged=True, output_sequence_length=2)
    assert short(["a b c", "a"]).to_list() == [[2, 3], [2]]
    with pytest.raises(ValueError, match="ragged"):
        keras.layers.TextVectorization(ragged=True, output_mode="count")


def test_a_sparse_tensor_is_cast() -> None:
    found = keras.ops.cast(tf.SparseTensor([[0, 1]], [2.5], [2, 2]), "int32")
    assert tf.sparse.to_dense(found).numpy().tolist() == [[0, 2], [0, 0]]
