"""A sample of TensorFlow 2.21's answers, checked without TensorFlow. `make golden` records them anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.oracle import calls, ours, programs
from tests.oracle.cases import Case
from tests.oracle.compare import differences
from tests.oracle.encoding import decode
from tests.oracle.public import values_differ
from tests.oracle.verdicts import allowed

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph import dtypes
from hornbeam.graph.op import registry

FOLDER = Path(__file__).with_name("golden")


def answers(name: str) -> list[Any]:
    return json.loads((FOLDER / f"{name}.json").read_text())


def attribute(value: Any) -> Any:
    """An attribute as the file has it → as the op takes it."""
    if isinstance(value, dict) and "dtype_name" in value:
        return dtypes.as_dtype(value["dtype_name"])
    if isinstance(value, dict) and "static_shape" in value:
        return hb.TensorShape(value["static_shape"])
    return tuple(map(attribute, value)) if isinstance(value, list) else value


OPS = sorted({a["op"] for a in answers("ops")})


@pytest.mark.parametrize("type_", OPS)
def test_an_op_gives_what_tensorflow_gave(type_: str) -> None:
    for kept in (decode(a) for a in answers("ops") if a["op"] == type_):
        op = registry[type_]
        case = Case(op, kept["inputs"], {k: attribute(v) for k, v in kept["attrs"].items()}, "golden")
        found = differences(op, ours.run(case, "gradients" in kept, None), kept)
        assert not found, f"{case}: {found}"


@pytest.mark.parametrize("kept", answers("calls"), ids=lambda k: f"{'v1' * k['v1']} {k['call']}")
def test_a_call_gives_what_tensorflow_gave(kept: dict[str, Any]) -> None:
    found = calls.evaluate(tf if kept["v1"] else hb, kept["call"], kept["v1"], calls.arguments())
    assert not values_differ(found, decode(kept["values"]))


@pytest.mark.parametrize("kept", answers("programs"), ids=lambda k: k[0])
def test_a_program_shows_what_it_showed_in_tensorflow(kept: tuple[str, list[str]]) -> None:
    name, theirs = kept
    mine = programs.shown(programs.PROGRAMS[name], tf)
    entries = [e for e in allowed() if e.on.fullmatch(f"program {name}")]
    found = [f"line {k}: {x!r}, TensorFlow {y!r}" for k, (x, y) in enumerate(zip(mine, theirs, strict=False)) if x != y]
    if len(mine) != len(theirs):
        found.append(f"{len(mine)} lines, TensorFlow {len(theirs)}")
    assert not [x for x in found if not any(e.covers(f"program {name}", x) for e in entries)]
