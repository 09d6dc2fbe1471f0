"""`Saver.save` and `restore` of 500 MB of variables beside TensorFlow 2.21 and 1.15: times, and memory beyond them.

    python benchmarks/saver.py --tensorflow PYTHON [--tensorflow1 PYTHON] [--rounds 5] [--json FILE]

Each figure is a process of its own, the sides in turn; in one row checkpoints are numbered and two are kept, in the
other each takes the place of the one before. BENCH_FOLDER names the folder whose disk is used.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

from harness import Side, about, in_turn, run, text
from rich.console import Console
from rich.table import Table

WORKLOAD = Path(__file__).with_name("saver_workload.py")
ROWS = {"numbered": "one checkpoint after the other", "same": "always the same name"}
UNITS = {"save": "ms", "restore": "ms", "rose": "MB"}
MOST_MEMORY = 50 + 64
"""MB: the largest variable, and 64."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hornbeam", default=sys.executable, help="interpreter that has Hornbeam")
    parser.add_argument("--tensorflow", default=os.environ.get("HORNBEAM_ORACLE"), help="one that has TensorFlow 2.21")
    parser.add_argument("--tensorflow1", default=os.environ.get("HORNBEAM_ORACLE_1"), help="one that has 1.15")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    if not options.tensorflow:
        parser.error("no interpreter for TensorFlow: --tensorflow, or the variable HORNBEAM_ORACLE")
    sides = [Side("hornbeam", options.hornbeam), Side("tensorflow", options.tensorflow)]
    if options.tensorflow1:
        sides.append(Side("tensorflow1", options.tensorflow1))
    machine = about(options.rounds)
    figures: dict[str, dict[str, dict[str, list[float]]]] = {s.name: {} for s in sides}
    for turn in range(options.rounds):
        for workload in ROWS:
            print(f"round {turn + 1} of {options.rounds}: {workload}", file=sys.stderr, flush=True)
            for side in in_turn(sides, turn):
                kept = figures[side.name].setdefault(workload, {})
                for key, value in run(side, WORKLOAD, workload).items():
                    kept.setdefault(key, []).append(value)
    show(figures)
    if options.json:
        options.json.write_text(json.dumps({**machine, "figures": figures}, indent=1) + "\n")


def show(figures: dict[str, dict[str, dict[str, list[float]]]]) -> None:
    """The table: medians and spread; the ratio is the fastest TensorFlow's time by Hornbeam's."""
    table = Table(title="500 MB of variables", caption="median ± half the interquartile range")
    others = [name for name in figures if name != "hornbeam"]
    for column in ("", "Hornbeam", *others, "ratio", "target"):
        table.add_column(column, justify="left" if not column else "right")
    for workload, title in ROWS.items():
        for key, unit in UNITS.items():
            mine = figures["hornbeam"][workload][key]
            best = min(statistics.median(figures[name][workload][key]) for name in others)
            ratio = "" if key == "rose" else f"{best / statistics.median(mine):.2f}"
            target = f"< {MOST_MEMORY} MB" if key == "rose" else "1.00" if key == "save" else ""
            table.add_row(f"{title}: {key}", text(mine, unit),
                          *(text(figures[name][workload][key], unit) for name in others), ratio, target)
    Console(width=max(110, Console().width)).print(table)


if __name__ == "__main__":
    main()
