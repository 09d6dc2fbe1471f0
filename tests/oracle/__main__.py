"""The report: `python -m tests.oracle [OP ...]` compares ops with TensorFlow and prints what differs."""

from __future__ import annotations

import argparse
import collections
import time
from collections.abc import Iterator

from tests.oracle import calls, programs, public
from tests.oracle.peer import Peer
from tests.oracle.verdicts import Allowed, allowed, comparable, unexplained, verdict, why_not_called


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ops", nargs="*", help="op types; all without")
    parser.add_argument("--python", help="TensorFlow's interpreter; by default HORNBEAM_ORACLE")
    parser.add_argument("--all", action="store_true", help="also the differences that differences.toml explains")
    parser.add_argument("--rounds", type=int, default=2, help="sets of random samples an op")
    parser.add_argument("--only", choices=["ops", "signatures", "calls", "programs"], help="one kind of comparison")
    options = parser.parse_args()
    peer = Peer(options.python)
    entries = [] if options.all else allowed()
    if options.only in (None, "ops"):
        compare_ops(peer, options.ops, options.rounds, entries)
    if not options.ops or options.only:
        for title, found in others(peer, options.only):
            if not any(e.covers(title, found) for e in entries):
                print(f"{title}: {found}", flush=True)
    peer.close()


def others(peer: Peer, only: str | None) -> Iterator[tuple[str, str]]:
    """What differs in signatures, calls and programs."""
    first = Peer(peer.python)
    for generation, asked in (("v2", peer), ("v1", first)):
        if only in (None, "signatures"):
            for name, found in public.signatures(asked, generation):
                yield f"signature {generation} {name}", found
        if only in (None, "programs") and generation == "v1":
            for name in programs.PROGRAMS:
                for line in public.program(first, name):
                    yield f"program {name}", line
        if only in (None, "calls"):
            for text in calls.expressions(generation):
                for line in public.expression(asked, text, generation):
                    yield f"call {generation} {text}", line
    first.close()


def compare_ops(peer: Peer, types: list[str], rounds: int, entries: list[Allowed]) -> None:
    """Print what differs in ops, and the counts."""
    counts: collections.Counter[str] = collections.Counter()
    cases = 0
    started = time.perf_counter()
    for op in sorted(comparable(), key=lambda op: op.function.__module__):
        if types and op.type not in types:
            continue
        found = verdict(op, peer, rounds)
        cases += found.cases
        rest = unexplained(found, entries)
        state = found.state if rest or found.state != "different" else "different, explained"
        counts[state] += 1
        for line, (case, n) in rest.items():
            place = op.function.__module__.rpartition(".")[2]
            print(f"{place}: {op.type} ×{n} {line}" + (f"  <- {case.label}: {case}" if case else ""), flush=True)
        if state in ("ours alone", "not called"):
            why = why_not_called(op) if state == "not called" else ""
            print(f"{op.type}: {state}{why and f', as {why}'}", flush=True)
    print(f"{sum(counts.values())} ops, {cases} cases, {time.perf_counter() - started:.0f} s: "
          + ", ".join(f"{n} {state}" for state, n in counts.most_common()))


if __name__ == "__main__":
    main()
