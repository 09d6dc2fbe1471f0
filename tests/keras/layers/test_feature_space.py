"""FeatureSpace: figures recorded from Keras 3.15 on TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.utils import FeatureSpace

ROWS: dict[str, Any] = {
    "f": [0.0, 0.1, 0.2, 0.3], "n": [1.0, 2.0, 3.0, 4.0], "d": [0.0, 0.2, 0.5, 0.9], "i": [0, 1, 1, 0],
    "s": ["zero", "one", "two", "zero"], "h": [5, 6, 7, 8], "sh": ["a", "b", "c", "d"]}
ARRAYS = {name: np.array(values) for name, values in ROWS.items()}


def test_columns_and_crosses(tmp_path: Path) -> None:
    space = FeatureSpace(
        {"f": "float", "n": "float_normalized", "d": FeatureSpace.float_discretized(3), "i": "integer_categorical",
         "s": FeatureSpace.string_categorical(max_tokens=4), "h": FeatureSpace.integer_hashed(3),
         "sh": FeatureSpace.string_hashed(4)},
        crosses=[("s", "i"), FeatureSpace.cross(("s", "h"), crossing_dim=3)], crossing_dim=4)
    space.adapt(tf.data.Dataset.from_tensor_slices(ROWS))
    first = space({name: values[0] for name, values in ROWS.items()})
    wanted = [1, 0, 0, 0, 0, 1, 0, 0, 0, 1, -1.3416, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0]
    np.testing.assert_allclose(first, wanted, atol=1e-4)
    made = space(ARRAYS)
    np.testing.assert_allclose(np.asarray(made).sum(0), [
        1, 1, 2, 0.6, 0, 3, 1, 0, 2, 2, 0, 0, 2, 1, 1, 1, 1, 1, 1, 3, 1, 0, 2, 2, 0, 0], atol=1e-5)
    batches = tf.data.Dataset.from_tensor_slices(ROWS).batch(2).map(space)
    np.testing.assert_allclose(np.concatenate([b.numpy() for b in batches]), made)
    model = keras.Model(space.get_inputs(), space.get_encoded_features())
    np.testing.assert_allclose(model({name: x[:, None] for name, x in ARRAYS.items()}), made)
    space.save(tmp_path / "space.keras")
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "space.keras")(ARRAYS), made)


def test_a_dictionary_of_places() -> None:
    space = FeatureSpace({"i": FeatureSpace.integer_categorical(output_mode="int"),
                          "s": FeatureSpace.string_categorical(output_mode="int")}, output_mode="dict")
    space.adapt({name: ROWS[name] for name in ("i", "s")})
    made = space({name: ARRAYS[name] for name in ("i", "s")})
    assert {name: x.numpy().ravel().tolist() for name, x in made.items()} == {"i": [2, 1, 1, 2], "s": [1, 3, 2, 1]}


@pytest.mark.parametrize(("features", "words"), [
    ({}, "cannot be None or empty"), ({"a": "x"}, "Invalid feature type: x"),
    ({"a": "float_normalized"}, "You need to call `.adapt"),
    ({"a": FeatureSpace.integer_hashed(3, output_mode="int")}, "Cannot concatenate features")])
def test_refusals(features: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        FeatureSpace(features)({"a": [1]})
