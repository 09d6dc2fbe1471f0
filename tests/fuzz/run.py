"""`python -m tests.fuzz.run --calls 100000`: malformed calls of every op, in a process that may die.

What went wrong is printed once for each op and kind, with the number of the call, as soon as it happens:
`--only NUMBER` repeats it.
"""

from __future__ import annotations

import argparse
import collections
import gc
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
from tests.fuzz.calls import fuzzed_ops, make
from tests.fuzz.outcome import PATIENCE, fault

from hornbeam.graph import execute

GRAPH_EVERY = 7
TIERS_EVERY = 11
MOST_BYTES = 2**26
"""Results larger than this are refused here, so that a huge shape takes no time."""
LONGEST_SILENCE = 300
"""Seconds without a word after which the worker counts as stuck, however little it works: the machine may be busy."""
MEMORY = 6 * 2**30
"""Bytes of address space beyond those at the start: a call that wants more meets MemoryError."""


def work(seed: int, start: int, stop: int, types: list[str]) -> None:
    """The calls from `start` to `stop`; each fault is one JSON line on standard output."""
    _limit_memory()
    execute.most_bytes = MOST_BYTES
    ops = [op for op in fuzzed_ops() if not types or op.type in types]
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for number in range(start, stop):
        out.write(f'{{"at": {number}}}\n')
        found, text = check(ops, seed, number)
        if found:
            out.write(json.dumps({"number": number, "op": ops[number % len(ops)].type, "found": found,
                                  "call": text}) + "\n")
        if number % 1_000 == 999:  # compiled code and graphs, which are cycles, count against the limit too
            for op in ops:
                op.programs.clear()
                op.inferred.clear()
            jax.clear_caches()
            gc.collect()
    out.write(json.dumps({"at": stop}) + "\n")


def check(ops: list, seed: int, number: int) -> tuple[str | None, str]:  # type: ignore[type-arg]
    """The fault of one call of the sequence, if any, and the call in words."""
    call = make(ops, seed, number)
    refs = any(a.ref for a in call.op.args)
    turn = number // len(ops)
    return fault(call, refs or turn % GRAPH_EVERY == 0, turn % TIERS_EVERY == 1), str(call)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
    resource.setrlimit(resource.RLIMIT_AS, (pages * 4096 + MEMORY,) * 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--only", type=int, help="one call, shown with its error")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("ops", nargs="*", help="op types; all without")
    options = parser.parse_args()
    if options.only is not None:
        ops = [op for op in fuzzed_ops() if not options.ops or op.type in options.ops]
        print(*check(ops, options.seed, options.only)[::-1], sep="\n")
    elif options.worker:
        work(options.seed, options.start, options.start + options.calls, options.ops)
    else:
        sys.exit(watch(options.seed, options.start, options.calls, options.ops))


def watch(seed: int, start: int, calls: int, ops: list[str]) -> int:
    """Run the calls in a process of their own, begin a new one after a crash, and report. 1 if there were faults."""
    first: set[tuple[str, str]] = set()
    seen: collections.Counter[tuple[str, str]] = collections.Counter()
    began, at, stop = time.perf_counter(), start, start + calls
    while at < stop:
        command = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz.run", "--worker", "--seed", str(seed),
                   "--start", str(at), "--calls", str(stop - at), *ops]
        with tempfile.TemporaryFile() as errors, \
                subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:
            for item in lines(process):
                if "at" in item:
                    at = item["at"]
                    continue
                key = item["op"], re.sub(r"[0-9]+", "#", item["found"])[:60]
                seen[key] += 1
                if key not in first:
                    first.add(key)
                    show(item["op"], item["number"], item["found"], item["call"])
            if at < stop:
                how = stopped(process)
                errors.seek(0)
                listed = [op for op in fuzzed_ops() if not ops or op.type in ops]
                key = listed[at % len(listed)].type, how
                seen[key] += 1
                if key not in first:
                    first.add(key)
                    show(key[0], at, how, str(make(listed, seed, at)) + last_words(errors.read()))
                at += 1
    print(f"{calls} calls of seed {seed}, {time.perf_counter() - began:.0f} s: {sum(seen.values())} faults of "
          f"{len(first)} kinds")
    return bool(first)


def show(op: str, number: int, found: str, call: str) -> None:
    """One fault, as soon as it is found: a run takes long."""
    print(f"{op} #{number}: {found}\n    {call[:1500]}", flush=True)


def lines(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """What the worker writes, until it ends or is silent for too long."""
    assert process.stdout
    kept = b""
    heard, spent = time.perf_counter(), 0.0
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not waiting.select(PATIENCE):
                if (_cpu_seconds(process.pid) - spent > 2 * PATIENCE
                        or time.perf_counter() - heard > LONGEST_SILENCE):
                    return
                continue
            found = os.read(process.stdout.fileno(), 65536)
            if not found:
                return
            heard, spent = time.perf_counter(), _cpu_seconds(process.pid)
            *whole, kept = (kept + found).split(b"\n")
            yield from map(json.loads, whole)


def _cpu_seconds(pid: int) -> float:
    """What a process has used; 0 where nobody tells."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stopped(process: subprocess.Popen[bytes]) -> str:
    """How the worker ended; one that still runs is told to, and writes where it stands."""
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        return "hangs"
    return f"dies: exit status {process.returncode}"


def last_words(text: bytes) -> str:
    """Where a process that died says why: the lines around the fault handler's report, else the last ones."""
    said = [x for x in text.decode(errors="replace").splitlines() if x.strip()]
    begun = next((i for i, x in enumerate(said) if x.startswith("Fatal Python error")), len(said))
    current = next((i for i, x in enumerate(said) if x.startswith("Current thread")), begun)
    return "".join(f"\n    {x[:160]}" for x in (*said[max(0, begun - 3):begun + 1], *said[current:current + 12]))


if __name__ == "__main__":
    main()
