"""Expressions over arrays give what TensorFlow gives: names, static shapes, dtypes, values and gradients."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

_spec = importlib.util.spec_from_file_location("array_programs", Path(__file__).with_name("array_programs.py"))
assert _spec is not None
assert _spec.loader is not None
programs: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(programs)
GOLDEN = json.loads(programs.GOLDEN.read_text())

OWN_NAMES = ("tf.repeat", "tf.sort", "tf.argsort", "tf.searchsorted", "tf.meshgrid", "tf.batch_gather",
             "tf.sequence_mask", "batch_dims=1")
"""Made of other ops than TensorFlow makes them of, so that the last node has another name."""
KNOWS_MORE = {"tf.repeat([[1,2],[3,4]],[1,2],axis=0)", "tf.split(c,[s,2],axis=1,num=2)", "p[s,1:]",
              "tf.repeat(c, [2, 1], axis=0)", "c[:, s, 1:3]"}
"""Where the static shape says more than TensorFlow's."""


@pytest.mark.parametrize("expression", GOLDEN)
def test_an_expression_gives_what_tensorflow_gives(expression: str) -> None:
    wanted = GOLDEN[expression]
    found = programs.answer(tf, expression)
    assert found["dtypes"] == wanted["dtypes"]
    if not any(part in expression for part in OWN_NAMES):
        assert found["names"] == wanted["names"]
    if expression in KNOWS_MORE:
        assert all(agrees(a, b) for a, b in zip(found["static"], wanted["static"], strict=True))
        assert found["static"] != wanted["static"], "no longer knows more than TensorFlow"
    else:
        assert found["static"] == wanted["static"]
    assert found["slices"] == wanted["slices"]
    for mine, theirs in zip(found["values"], wanted["values"], strict=True):
        same(mine, theirs)
    assert found["gradients"].keys() == wanted["gradients"].keys()
    for key, theirs in wanted["gradients"].items():
        same(found["gradients"][key], theirs)


def agrees(mine: Any, theirs: Any) -> bool:
    return theirs is None or (len(mine) == len(theirs) and all(
        b is None or a == b for a, b in zip(mine, theirs, strict=True)))


def same(mine: Any, theirs: Any) -> None:
    if isinstance(theirs, dict) or np.asarray(theirs).dtype.kind in "US":
        assert mine == theirs
    else:
        np.testing.assert_allclose(np.asarray(mine, np.float64), np.asarray(theirs, np.float64), rtol=1e-5, atol=1e-6)


def test_every_expression_has_an_answer() -> None:
    assert set(programs.EXPRESSIONS) == set(GOLDEN)
