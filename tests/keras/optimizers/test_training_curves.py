"""Whole trainings follow those of Keras, with regularizers, constraints, weighted metrics and moving averages."""

from __future__ import annotations

import pytest
from tests.keras.recorded import assert_same, ours, rows, title

FAST = ("SGD", "AdamW")
ROWS = rows("curves")


@pytest.mark.parametrize("row", [r for r in ROWS if r["case"]["of"] in FAST], ids=title)
def test_fit(row):
    assert_same(ours("curves", row["case"]), row["answer"])


@pytest.mark.slow
@pytest.mark.parametrize("row", [r for r in ROWS if r["case"]["of"] not in FAST], ids=title)
def test_fit_by_the_other_optimizers(row):
    assert_same(ours("curves", row["case"]), row["answer"])
