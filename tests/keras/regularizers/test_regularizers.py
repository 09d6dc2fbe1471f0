"""Regularizers give Keras's penalties."""

from __future__ import annotations

import pytest
from tests.keras.recorded import assert_same, ours, rows, title

from hornbeam import keras

ROWS = [r for r in rows("penalties") if r["case"]["from"] == "regularizers"]


@pytest.mark.parametrize("row", ROWS, ids=title)
def test_values(row):
    assert_same(ours("penalties", row["case"]), row["answer"])


@pytest.mark.parametrize("row", ROWS, ids=title)
def test_configurations_make_the_same_regularizer(row):
    made = getattr(keras.regularizers, row["case"]["of"])(**row["case"]["args"])
    again = keras.regularizers.deserialize(keras.regularizers.serialize(made))
    assert (type(again), again.get_config()) == (type(made), made.get_config())


def test_names():
    for name, target in rows("names")[0]["names"]["regularizers"].items():
        assert type(keras.regularizers.get(name)).__name__ == target
    assert keras.regularizers.get(None) is None
    assert keras.regularizers.l2 is keras.regularizers.L2
    with pytest.raises(ValueError, match="Could not interpret regularizer identifier: typo"):
        keras.regularizers.get("typo")


def test_refusals():
    for wrong in (-1, float("nan"), float("inf"), "0.1"):
        with pytest.raises(ValueError, match="expected a non-negative float"):
            keras.regularizers.L2(wrong)
    with pytest.raises(ValueError, match="Invalid value for argument `mode`"):
        keras.regularizers.OrthogonalRegularizer(mode="x")
    with pytest.raises(ValueError, match="must have rank 2"):
        keras.regularizers.OrthogonalRegularizer()(keras.ops.ones((2, 2, 2)))
