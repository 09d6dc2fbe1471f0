"""Constraints give Keras's weights."""

from __future__ import annotations

import pytest
from tests.keras.recorded import assert_same, ours, rows, title

from hornbeam import keras

ROWS = [r for r in rows("penalties") if r["case"]["from"] == "constraints"]


@pytest.mark.parametrize("row", ROWS, ids=title)
def test_values(row):
    assert_same(ours("penalties", row["case"]), row["answer"])


@pytest.mark.parametrize("row", ROWS, ids=title)
def test_configurations_make_the_same_constraint(row):
    made = getattr(keras.constraints, row["case"]["of"])(**row["case"]["args"])
    again = keras.constraints.deserialize(keras.constraints.serialize(made))
    assert (type(again), again.get_config()) == (type(made), made.get_config())


def test_names():
    for name, target in rows("names")[0]["names"]["constraints"].items():
        assert type(keras.constraints.get(name)).__name__ == target
    assert keras.constraints.get(None) is None
    assert keras.constraints.max_norm is keras.constraints.MaxNorm
    with pytest.raises(ValueError, match="Could not interpret constraint identifier: typo"):
        keras.constraints.get("typo")
