"""The report: `python -m tests.oracle [OP ...]` compares ops with TensorFlow and prints what differs."""

from __future__ import annotations

import argparse
import collections
import time

from tests.oracle.peer import Peer
from tests.oracle.verdicts import allowed, comparable, unexplained, verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ops", nargs="*", help="op types; all without")
    parser.add_argument("--python", help="TensorFlow's interpreter; by default HORNBEAM_ORACLE")
    parser.add_argument("--all", action="store_true", help="also the differences that differences.toml explains")
    parser.add_argument("--rounds", type=int, default=2, help="sets of random samples an op")
    options = parser.parse_args()
    peer = Peer(options.python)
    entries = [] if options.all else allowed()
    counts: collections.Counter[str] = collections.Counter()
    calls = 0
    started = time.perf_counter()
    for op in sorted(comparable(), key=lambda op: op.function.__module__):
        if options.ops and op.type not in options.ops:
            continue
        found = verdict(op, peer, options.rounds)
        calls += found.cases
        rest = unexplained(found, entries)
        state = found.state if rest or found.state != "different" else "different, explained"
        counts[state] += 1
        for line, (case, n) in rest.items():
            place = op.function.__module__.rpartition(".")[2]
            print(f"{place}: {op.type} ×{n} {line}" + (f"  <- {case.label}: {case}" if case else ""), flush=True)
        if state in ("ours alone", "not called"):
            print(f"{op.type}: {state}", flush=True)
    peer.close()
    print(f"{sum(counts.values())} ops, {calls} cases, {time.perf_counter() - started:.0f} s: "
          + ", ".join(f"{n} {state}" for state, n in counts.most_common()))


if __name__ == "__main__":
    main()
