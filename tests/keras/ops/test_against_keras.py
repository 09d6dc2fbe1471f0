"""Every function of keras.ops against what Keras answered, at once and in a graph."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.oracle import keras_ops_cases as cases
from tests.oracle.keras_ops_record import packed

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph.names import names_v2
from hornbeam.keras import ops
from hornbeam.keras.tree import structures as tree

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[2] / "golden" / "keras_ops.json").read_text())
CLOSE = {"bfloat16": 2e-2, "float16": 2e-3}


def families() -> Iterator[tuple[str, str]]:
    """A function of keras.ops and the expressions that begin with it, as (family, function)."""
    seen: set[tuple[str, str]] = set()
    for name, family in cases.FAMILIES.items():
        for expression in family():
            key = name, expression.partition("(")[0]
            if key not in seen:
                seen.add(key)
                yield key


GROUPS = list(families())


def expressions(family: str, function: str) -> list[str]:
    return [e for e in cases.FAMILIES[family]() if e.partition("(")[0] == function and e in GOLDEN]


def differs(got: Any, wanted: Any) -> str | None:
    """What is unlike: nothing where dtypes and shapes are equal and values within 1e-5."""
    if isinstance(wanted, dict):
        return next((d for k in wanted if (d := differs(got[k], wanted[k]))), None)
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], str):
        if got[:2] != wanted[:2]:
            return f"{got[:2]} is not {wanted[:2]}"
        close = CLOSE.get(wanted[0], 1e-5)
        x, y = (np.array([float(v) for v in values[2]]) for values in (got, wanted))
        return None if np.allclose(x, y, close, close, equal_nan=True) else f"{got[2]} is not {wanted[2]}"
    if isinstance(wanted, list):
        if not isinstance(got, list) or len(got) != len(wanted):
            return f"{got} is not {wanted}"
        return next((d for g, w in zip(got, wanted, strict=True) if (d := differs(g, w))), None)
    return None if got == wanted else f"{got} is not {wanted}"


@pytest.mark.parametrize(("family", "function"), GROUPS, ids=["-".join(g) for g in GROUPS])
def test_values_dtypes_and_shapes_are_keras(family: str, function: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        unlike = {e: d for e in expressions(family, function)
                  if (d := differs(packed(cases.answer(e, ops)), GOLDEN[e]))}
    assert not unlike


def test_every_function_has_a_case() -> None:
    named = {n.removeprefix("keras.ops.") for n in names_v2 if n.startswith("keras.ops.")}
    functions = {n for n in named if "." not in n} | {n for n in named if n.startswith("image.")}
    covered = {e.partition("(")[0].removeprefix("ops.") for e in GOLDEN}
    inside = {w for e in GOLDEN for w in functions if f"ops.{w}(" in e}
    assert functions - covered - inside == UNCOVERED


UNCOVERED = {"dtype", "empty", "empty_like", "is_tensor"}
"""Tested in `test_core.py`: what they give is no tensor, or no matter."""


# In graphs ----------------------------------------------------------------------------------------------

CONCRETE = ("unique", "nonzero", "where([", "argpartition", "bincount", "bartlett", "blackman", "hamming", "hanning",
            "kaiser", "array_split", "eye", "identity", "tri(", "shape(", "size(", "ndim(")


class Symbolic:
    """keras.ops as seen by a case that is built into a graph: its arrays are placeholders of unknown batch."""

    def __init__(self) -> None:
        self.feeds: dict[Any, np.ndarray] = {}

    def placed(self, array: np.ndarray) -> Any:
        tensor = tf.placeholder(hb.as_dtype(array.dtype), array.shape)
        self.feeds[tensor] = array
        return tensor


def graph_answer(expression: str) -> Any:
    """A case's answer where the arrays made by `x`, `p` and `z` are fed."""
    symbolic = Symbolic()

    def fed(make: Any) -> Any:
        return lambda *args, **kwargs: symbolic.placed(np.asarray(make(*args, **kwargs)))

    names = {**cases.NAMES, "ops": ops, **{n: fed(cases.NAMES[n]) for n in ("x", "p", "z", "holes")}}
    with hb.Graph().as_default() as graph:
        made = eval(expression, names)
        leaves = tree.flatten(made)
        tensors = [t for t in leaves if isinstance(t, hb.Tensor)]
        with tf.Session(graph=graph) as session:
            values = iter(session.run(tensors, symbolic.feeds))
    found = [next(values) if isinstance(t, hb.Tensor) else t for t in leaves]
    return packed(cases._plain(tree.pack_sequence_as(made, found)))


def built() -> list[str]:
    """One case of each function in which an array stands alone as an argument."""
    chosen: dict[str, str] = {}
    for expression in GOLDEN:
        function, _, rest = expression.partition("(")
        whole = rest.startswith(("z(", "x('float32", "p('float32", "holes("))
        plain = "np." not in rest and "* " not in rest and "complex" not in rest and "lambda" not in rest
        if whole and plain and not any(f"ops.{c}" in expression or f".{c}" in expression for c in CONCRETE):
            chosen.setdefault(function, expression)
    return list(chosen.values())


@pytest.mark.parametrize("expression", built())
def test_a_graph_gives_what_runs_at_once(expression: str) -> None:
    assert differs(graph_answer(expression), GOLDEN[expression]) is None
