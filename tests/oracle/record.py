"""Keeps a sample of TensorFlow's answers in tests/golden: `make golden`, or `python -m tests.oracle.record`.

`tests/test_golden.py` checks against them without TensorFlow.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.oracle import calls, ours, programs
from tests.oracle.cases import Case, cases, draws
from tests.oracle.compare import differences
from tests.oracle.encoding import encode
from tests.oracle.peer import Crashed, Peer
from tests.oracle.public import values_differ
from tests.oracle.verdicts import Spelling, comparable, has_floats

FOLDER = Path(__file__).parents[1] / "golden"
CASES_AN_OP = 3
CASES_TRIED = 6
MOST_NUMBERS = 120
"""Cases with more numbers than this are left to the oracle itself."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="TensorFlow's interpreter; by default HORNBEAM_ORACLE")
    options = parser.parse_args()
    peer, first = Peer(options.python), Peer(options.python)
    FOLDER.mkdir(exist_ok=True)
    write("ops", [r for op in comparable() for r in recorded(op, peer)])
    write("calls", [{"call": text, "v1": v1, "values": value} for v1, asked in ((False, peer), (True, first))
                    for text, value in evaluated(asked, v1)])
    write("programs", {name: first.ask("program", name=name) for name in programs.PROGRAMS})
    peer.close()
    first.close()


def write(name: str, content: Any) -> None:
    """One file, an item a line, so that a change shows as the lines that changed."""
    items = content.items() if isinstance(content, dict) else content
    file = FOLDER / f"{name}.json"
    file.write_text("[\n" + ",\n".join(json.dumps(encode(i), separators=(",", ":")) for i in items) + "\n]\n")
    print(f"{file.name}: {len(content)} answers, {file.stat().st_size // 1024} KiB")


def recorded(op: Any, peer: Peer) -> Iterator[dict[str, Any]]:
    """A few cases of an op, with TensorFlow's answers; those that differ for a known reason are left out."""
    declaration = peer.ask("declaration", type=op.type)
    if declaration is None or draws(op) or any(a.ref for a in op.args) or (op.samples is None and op.args):
        return
    spelling = Spelling(op, declaration)
    kept = 0
    small = [c for c in cases(op, declaration, 1)
             if sum(a.size for a in arrays(c.inputs.values())) <= MOST_NUMBERS // 2]
    for case in spread(small)[:CASES_TRIED]:
        try:
            answer = spelling.ask(peer, case, has_floats(case), None)
        except Crashed:
            continue
        size = sum(a.size for a in arrays([*case.inputs.values(), answer.get("outputs", []),
                                           answer.get("gradients", [])]))
        if "outputs" not in answer or size > MOST_NUMBERS or isinstance(answer.get("gradients"), dict) \
                or differences(op, ours.run(case, has_floats(case), None), answer):
            continue
        yield {"op": op.type, "inputs": case.inputs, "attrs": case.attrs, **answer}
        kept += 1
        if kept == CASES_AN_OP:
            return


def spread(found: list[Case]) -> list[Case]:
    """Samples, then other dtypes, awkward values and attributes, in turn."""
    kinds: dict[str, list[Case]] = {}
    for case in found:
        kinds.setdefault(case.label.partition("=")[0], []).append(case)
    out = []
    while any(kinds.values()):
        out += [group.pop(0) for group in kinds.values() if group]
    return out


def arrays(values: Any) -> Iterator[Any]:
    """The arrays in nested lists."""
    for v in values:
        if isinstance(v, list):
            yield from arrays(v)
        elif hasattr(v, "dtype"):
            yield v


def evaluated(peer: Peer, v1: bool) -> Iterator[tuple[str, Any]]:
    """The expressions of calls.txt that are small, and do what they do in TensorFlow."""
    import hornbeam as hb
    import hornbeam.v1 as tf

    for text in calls.expressions("v1" if v1 else "v2"):
        inputs = calls.arguments()
        value = peer.ask("evaluate", text=text, v1=v1, inputs=inputs)
        if isinstance(value, dict) or sum(a.size for a in arrays(value)) > MOST_NUMBERS:
            continue
        if not values_differ(calls.evaluate(tf if v1 else hb, text, v1, inputs), value):
            yield text, value


if __name__ == "__main__":
    main()
