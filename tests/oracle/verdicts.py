"""Comparing an op with TensorFlow, and what `differences.toml` says about the differences that may stay."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, final

from tests.oracle import ours
from tests.oracle.cases import Case, cases, draws
from tests.oracle.compare import differences
from tests.oracle.peer import Crashed, Peer

from hornbeam.graph import names
from hornbeam.graph.op import Op, registry

FILE = Path(__file__).with_name("differences.toml")


@final
class Verdict(NamedTuple):
    """What comparing one op found. `state` is "same", "different", "ours alone" or "not called"."""

    op: Op
    state: str
    cases: int
    found: dict[str, tuple[Case | None, int]]
    """Each difference with the first case that shows it, and how many do."""


def comparable() -> list[Op]:
    """The ops that can be called by themselves."""
    return [op for op in registry if not op.type.endswith("VJP") and not op.structural]


def verdict(op: Op, peer: Peer, rounds: int = 2) -> Verdict:
    """Compare one op on all its cases."""
    declaration = peer.ask("declaration", type=op.type)
    if declaration is None:
        return Verdict(op, "ours alone", 0, {})
    if op.samples is None and op.args:
        return Verdict(op, "not called", 0, {})
    found: dict[str, tuple[Case | None, int]] = {}
    for line in declared_otherwise(op, declaration):
        found[line] = (None, 1)
    count = 0
    spelling = Spelling(op, declaration)
    for case in cases(op, declaration, rounds):
        count += 1
        for line in compared(case, peer, spelling):
            key = next((k for k in found if _kind(k) == _kind(line)), line)
            first, seen = found.get(key, (case, 0))
            found[key] = (first, seen + 1)
    return Verdict(op, "different" if found else "same", count, found)


def _kind(line: str) -> str:
    """The difference without the numbers in it: what differs in the same way is shown once."""
    return re.sub(r"-?[0-9][0-9.e+-]*|nan|inf|None|True|False|bfloat|float|double|half|u?int|complex|bool|[\\[\\],. ]+",
                  "", line)


def compared(case: Case, peer: Peer, spelling: Spelling) -> Iterator[str]:
    """The differences of one case."""
    refs = any(a.ref for a in case.op.args)
    gradient = has_floats(case) and not refs and not draws(case.op)
    hidden = ours.hidden_shapes(case) if case.label == "sample" and not refs else None
    mine = ours.run(case, gradient, hidden)
    try:
        theirs = spelling.ask(peer, case, gradient, hidden)
    except Crashed:
        return
    yield from differences(case.op, mine, theirs)


def has_floats(case: Case) -> bool:
    """Whether there is something to differentiate by."""
    return any(v.dtype.kind in "fc" and v.dtype.itemsize > 2
               for a in case.inputs.values() for v in (a if isinstance(a, list) else [a]))


@final
class Spelling:
    """How `raw_ops` calls the arguments of an op: `axis` where the `OpDef` says `reduction_indices`."""

    def __init__(self, op: Op, declaration: Any) -> None:
        self.known = [a[0] for a in declaration["arguments"] or ()]
        mine = [a.name for a in op.args] + list(op.defaults)
        missing = [n for n in self.known if n not in mine and n != "name"]
        self.renamed = dict(zip([n for n in mine if n not in self.known], missing, strict=False))

    def ask(self, peer: Peer, case: Case, gradient: bool, hidden: list[Any] | None) -> dict[str, Any]:
        """TensorFlow's answer to a case. Raises Crashed."""
        attrs = {k: v for k, v in {**case.op.defaults, **case.attrs}.items() if v is not None}
        refs = [self.renamed.get(a.name, a.name) for a in case.op.args if a.ref]
        return peer.ask("run", op=case.op.type, inputs=self.of(case.inputs), refs=refs, gradient=gradient,
                        attrs={k: v for k, v in self.of(attrs).items() if k in self.known},
                        hidden=None if hidden is None else [self.of(h) for h in hidden])

    def of(self, given: dict[str, Any]) -> dict[str, Any]:
        """The same values under TensorFlow's names."""
        return {self.renamed.get(k, k): v for k, v in given.items()}


def declared_otherwise(op: Op, theirs: dict[str, Any]) -> Iterator[str]:
    """Arguments of `raw_ops` that are missing, in another order, or have another default."""
    from tests.oracle.answer import signature_of

    for name, attr in theirs["attrs"].items():
        mine_, other = ({d.name for d in op.types.get(name, ())}, set(attr["types"]))
        known = {d for d in other if _plain(d)}
        if mine_ - known and known:
            yield f"types of {name}: besides TensorFlow's, {', '.join(sorted(mine_ - known))}"
        elif known and not mine_ and any(a.type == name for a in op.args):
            yield f"types of {name}: any, TensorFlow {', '.join(sorted(known))}"
    if theirs["arguments"] is None:
        return
    mine = signature_of(names.names_v2[f"raw_ops.{op.type}"].target)
    expected = list(theirs["arguments"])
    if [a[0] for a in mine or []] != [a[0] for a in expected]:
        yield (f"arguments: {', '.join(a[0] for a in mine or [])}, TensorFlow "
               f"{', '.join(a[0] for a in expected)}")
        return
    for (name, default), (_, other) in zip(mine or [], expected, strict=True):
        if default != other:
            yield f"default of {name}: {default}, TensorFlow {other}"


def _plain(name: str) -> bool:
    """Whether Hornbeam has the dtype: quantized, 4- and 8-bit floating ones it has not."""
    return not any(w in name for w in ("qint", "quint", "int4", "int2", "float8", "float4", "resource", "variant"))


# What may differ -----------------------------------------------------------------------------------


@final
class Allowed(NamedTuple):
    """An entry of `differences.toml`: patterns for the subject, the difference and the case, and why it may stay."""

    on: re.Pattern[str]
    what: re.Pattern[str]
    case: re.Pattern[str]
    why: str

    def covers(self, subject: str, line: str, case: Case | None = None) -> bool:
        """Whether this entry explains the difference."""
        return bool(self.on.fullmatch(subject)) and bool(self.what.search(line)) and (
            case is None or bool(self.case.search(f"{case.label}: {case}")))


def allowed() -> list[Allowed]:
    """The differences that may stay, each with its reason."""
    entries = tomllib.loads(FILE.read_text())["difference"]
    return [Allowed(*(re.compile(e.get(k, "")) for k in ("on", "what", "case")), e["why"]) for e in entries]


def why_not_called(op: Op) -> str:
    """Why an op without samples has none, "" where nobody said."""
    entries = tomllib.loads(FILE.read_text())["not_called"]
    return next((e["why"] for e in entries if re.fullmatch(e["on"], op.type)), "")


def unexplained(found: Verdict, entries: list[Allowed]) -> dict[str, tuple[Case | None, int]]:
    """The differences of an op that no entry covers."""
    return {line: (case, n) for line, (case, n) in found.found.items()
            if not any(e.covers(f"op {found.op.type}", line, case) for e in entries)}
