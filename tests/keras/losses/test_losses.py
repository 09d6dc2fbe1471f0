"""Losses give Keras's values and gradients over their arguments, weights, masks and reductions."""

from __future__ import annotations

import pytest
from tests.keras.recorded import assert_same, ours, rows, title
from tests.oracle.keras_training_cases import WEIGHTS, data, numbers

import hornbeam as tf
from hornbeam import keras

KNOWN_CONFIG = {("Huber", "delta")}
"""Arguments that Keras's configurations lose, and ours keep where they are not the default."""


@pytest.mark.parametrize("row", rows("losses"), ids=title)
def test_classes(row):
    case, wanted = row["case"], row["answer"]
    if "error" in wanted:
        with pytest.raises(tf.errors.InvalidArgumentError):
            ours("losses", case)
        return
    got = ours("losses", case)
    for name, key in KNOWN_CONFIG:
        if case["of"] == name and key in case.get("args", {}):
            assert got["config"].pop(key) == case["args"][key]
    assert_same(got, wanted)


@pytest.mark.parametrize("row", rows("loss_functions"), ids=title)
def test_functions(row):
    assert_same(ours("loss_functions", row["case"]), row["answer"])


@pytest.mark.parametrize("row", [r for r in rows("losses")[::7] if "error" not in r["answer"]], ids=title)
def test_classes_in_a_traced_function(row):
    case = row["case"]
    if case.get("mask"):
        return
    loss = getattr(keras.losses, case["of"])(**case.get("args", {}))
    y_true, y_pred = data(case["data"])
    weights = WEIGHTS[case["weights"]](y_true) if "weights" in case else None
    assert_same(numbers(tf.function(loss)(y_true, y_pred, weights)), row["answer"]["value"])


def test_names():
    for name, target in rows("names")[0]["names"]["losses"].items():
        if name in ("LossFunctionWrapper", "Loss"):  # bases: one is not public, the other computes nothing
            continue
        found = keras.losses.get(name)
        assert getattr(found, "__name__", type(found).__name__) == target
