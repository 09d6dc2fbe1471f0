"""Hornbeam beside TensorFlow 2.21's `compat.v1`, in one run: `make bench`.

Each row runs in processes of its own, Hornbeam and TensorFlow in turn, several rounds; medians and spread are shown,
and written as JSON. Every side has its own environment.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from harness import Side, about, in_turn, run, text
from rich.console import Console
from rich.table import Table

WORKLOADS = Path(__file__).with_name("workloads.py")


class Row(NamedTuple):
    """One line of the table: what is measured, its key in the workload's answer, and the target.

    ratio: TensorFlow's time over Hornbeam's must be at least this. limit: Hornbeam's own figure must be at most this.
    """

    title: str
    workload: str
    key: str
    unit: str
    ratio: float | None = None
    limit: float | None = None
    theirs: str | None = None


ROWS = [
    Row("Session.run, softmax step", "softmax_step", "run", "µs", ratio=3),
    Row("  the same as one bare jax.jit call", "softmax_step", "bare", "µs"),
    Row("  what Hornbeam adds around it", "softmax_step", "added", "µs", limit=25),
    Row("convolutions: graph and first run, cold cache", "convolutions cold", "both", "s", ratio=0.4,
        theirs="convolutions"),
    Row("convolutions: graph and first run, warm cache", "convolutions warm", "both", "s", ratio=1,
        theirs="convolutions"),
    Row("  of which building the graph", "convolutions warm", "build", "s", theirs="convolutions"),
    Row("import", "importing", "import", "s", ratio=4),
    Row("eager add, 4×4", "eager", "add", "µs", ratio=1.5),
    Row("eager matmul, 4×4", "eager", "matmul", "µs", ratio=1.5),
    Row("eager call at a new shape, 12 functions", "new_shapes", "functions", "ms"),
    Row("eager call at a new shape, all ops, median", "new_shapes", "registry", "ms", limit=3),
    Row("50 one-shot runs, process start to exit", "one_shot", "process", "s", ratio=2),
    Row("tape over matmul, tanh, sum on 4×4", "tape", "gradient", "µs", ratio=2),
    Row("calling a traced function that adds one", "traced_add", "call", "µs", ratio=8),
    Row("traced softmax step", "traced_softmax", "step", "µs", ratio=3),
    Row("eager softmax step", "eager_softmax", "step", "µs", ratio=1.3),
    Row("traced step of two convolutions", "traced_convolutions", "step", "ms"),
    Row("  the same as one bare jax.jit call", "traced_convolutions", "bare", "ms"),
    Row("eager sentence of a new length, first pass", "changing_shapes", "sentence", "ms", ratio=1 / 15),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hornbeam", default=sys.executable, help="interpreter that has Hornbeam")
    parser.add_argument("--tensorflow", default=os.environ.get("HORNBEAM_ORACLE"),
                        help="interpreter that has tensorflow-cpu 2.21; by default HORNBEAM_ORACLE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--rows", help="only workloads whose name contains this")
    options = parser.parse_args()
    if not options.tensorflow:
        parser.error("no interpreter for TensorFlow: --tensorflow, or the variable HORNBEAM_ORACLE")
    machine = about(options.rounds)
    figures = measure([Side("tensorflow", options.tensorflow), Side("hornbeam", options.hornbeam)], options.rounds,
                      options.rows or "")
    show(figures)
    if options.json:
        options.json.write_text(json.dumps({**machine, "figures": figures}, indent=1) + "\n")


Figures = dict[str, dict[str, dict[str, list[float]]]]


def measure(sides: list[Side], rounds: int, only: str) -> Figures:
    """Side → workload → key → one figure a round."""
    figures: Figures = {side.name: {} for side in sides}
    workloads = dict.fromkeys(r.theirs or r.workload for r in ROWS if only in r.workload)
    for turn in range(rounds):
        for workload in workloads:
            print(f"round {turn + 1} of {rounds}: {workload}", file=sys.stderr, flush=True)
            for side in in_turn(sides, turn):
                for name, found in once(side, workload):
                    kept = figures[side.name].setdefault(name, {})
                    for key, value in found.items():
                        kept.setdefault(key, []).append(value)
    return figures


def once(side: Side, workload: str) -> list[tuple[str, dict[str, float]]]:
    """One process of one side; for the network, Hornbeam's twice: with an empty cache folder, and once more."""
    with tempfile.TemporaryDirectory() as folder:
        if side.name == "hornbeam" and workload == "convolutions":
            return [(f"convolutions {state}", run(side, WORKLOADS, workload, HORNBEAM_CACHE=folder))
                    for state in ("cold", "warm")]
        return [(workload, run(side, WORKLOADS, workload, HORNBEAM_CACHE=CACHE))]


CACHE = str(Path(tempfile.gettempdir()) / "hornbeam-bench-cache")


def show(figures: Figures) -> None:
    """The table: medians, spread (half the interquartile range), ratio, target."""
    table = Table(title="Hornbeam beside TensorFlow", caption="median ± half the interquartile range")
    for column in ("", "Hornbeam", "TensorFlow", "TF / Hornbeam", "target"):
        table.add_column(column, justify="left" if not column else "right")
    for row in ROWS:
        mine = figures["hornbeam"].get(row.workload, {}).get(row.key)
        theirs = figures["tensorflow"].get(row.theirs or row.workload, {}).get(row.key)
        if not mine:
            continue
        ratio = statistics.median(theirs) / statistics.median(mine) if theirs else None
        table.add_row(row.title, text(mine, row.unit), text(theirs, row.unit) if theirs else "",
                      f"{ratio:.2f}" if ratio else "", target(row, ratio, mine))
    Console(width=max(110, Console().width)).print(table)


def target(row: Row, ratio: float | None, mine: list[float]) -> str:
    """The target and whether it is met."""
    if row.ratio is not None and ratio is not None:
        return f"≥ {row.ratio:g} {'[green]met' if ratio >= row.ratio else '[red]missed'}"
    if row.limit is not None:
        met = statistics.median(mine) <= row.limit
        return f"≤ {row.limit:g} {row.unit} {'[green]met' if met else '[red]missed'}"
    return ""


if __name__ == "__main__":
    main()
