"""Public functions, signatures and programs beside TensorFlow's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from tests.oracle import calls, programs
from tests.oracle.answer import signature_of
from tests.oracle.compare import _arrays, has_no_kernel
from tests.oracle.peer import Peer

import hornbeam as hb
import hornbeam.v1 as v1
from hornbeam.graph import names
from hornbeam.namespace import graph_first


def signatures(peer: Peer, generation: str) -> Iterator[tuple[str, str]]:
    """Each public name whose arguments or defaults are not TensorFlow's, and how."""
    table = names.names_v1 if generation == "v1" else names.names_v2
    for name, public in table.items():
        target = public.target
        if isinstance(target, names.Lazy) or not callable(target) or name.startswith("raw_ops."):
            continue
        theirs = peer.ask("public", name=name, v1=generation == "v1")
        mine = signature_of(graph_first(public) if generation == "v1" else target)
        if theirs == "absent":
            yield name, "TensorFlow has no such name"
        elif theirs is not None and mine != theirs:
            difference = _first_difference(mine or [], theirs)
            if difference:
                yield name, difference


def _first_difference(mine: list[Any], theirs: list[Any]) -> str:
    if [a[0] for a in mine] != [a[0] for a in theirs]:
        return f"({', '.join(a[0] for a in mine)}), TensorFlow ({', '.join(a[0] for a in theirs)})"
    for (name, default), (_, other) in zip(mine, theirs, strict=True):
        if default != other and not _alike(default, other):
            return f"default of {name}: {default}, TensorFlow {other}"
    return ""


def _alike(mine: Any, theirs: Any) -> bool:
    """1 and 1.0, `<object>` and another sentinel."""
    if mine is None or theirs is None:
        return False
    try:
        return float(mine) == float(theirs)
    except ValueError:
        return theirs.startswith("<") and mine.startswith("<")


def expression(peer: Peer, text: str, generation: str) -> list[str]:
    """How the value of an expression differs."""
    first = generation == "v1"
    inputs = calls.arguments()
    mine = calls.evaluate(v1 if first else hb, text, first, inputs)
    theirs = peer.ask("evaluate", text=text, v1=first, inputs=inputs)
    return values_differ(mine, theirs)


def values_differ(mine: Any, theirs: Any) -> list[str]:
    """Differences between what two sides gave for an expression."""
    if isinstance(theirs, dict) or isinstance(mine, dict):
        if isinstance(theirs, dict) and isinstance(mine, dict):
            if mine["error"]["class"] in theirs["error"]["bases"] or theirs["error"]["class"] in mine["error"]["bases"]:
                return []
            return [f"error class: {_said(mine)}, TensorFlow {_said(theirs)}"]
        if isinstance(theirs, dict):
            return [] if has_no_kernel(theirs["error"]) else [f"raises: nothing, TensorFlow {_said(theirs)}"]
        return [f"raises: {_said(mine)}, TensorFlow does not"]
    if len(mine) != len(theirs):
        return [f"{len(mine)} values, TensorFlow {len(theirs)}"]
    found = []
    for k, (x, y) in enumerate(zip(mine, theirs, strict=True)):
        if isinstance(x, np.ndarray) and isinstance(y, np.ndarray):
            found += _arrays(x, y, f"value {k}", "value", 1)
        elif x != y:
            found.append(f"value {k} is {x!r}, TensorFlow {y!r}")
    return found


def _said(answer: Any) -> str:
    return f"{answer['error']['class']}: {answer['error']['message'][:120]!r}"


def program(peer: Peer, name: str) -> list[str]:
    """The lines that a program shows otherwise."""
    mine = programs.shown(programs.PROGRAMS[name], v1)
    theirs = peer.ask("program", name=name)
    found = [f"line {k}: {x!r}, TensorFlow {y!r}" for k, (x, y) in enumerate(zip(mine, theirs, strict=False)) if x != y]
    if len(mine) != len(theirs):
        found.append(f"{len(mine)} lines, TensorFlow {len(theirs)}")
    return found
