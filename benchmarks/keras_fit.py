"""Hornbeam's `fit` beside Keras 3.15 on TensorFlow, JAX and PyTorch, in one run: `make bench-keras`.

Each figure is taken in a process of its own, the sides in turn, several rounds. A ratio is the fastest peer's figure
over Hornbeam's, round by round: its median and spread are shown. A row in which the sides' losses differ is void.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from harness import Side, about, in_turn, run, text
from rich.console import Console
from rich.table import Table

from hornbeam.keras.datasets import mnist

WORKLOADS = Path(__file__).with_name("keras_workloads.py")
CLOSE = 0.05
"""How far apart losses may be, of the smallest, in rows with random orders and dropout."""


class Row(NamedTuple):
    """One line of the table: a figure of a workload, and the least ratio wanted.

    against: the peers that the ratio is taken to, all by default. close: how far apart losses may be.
    """

    title: str
    workload: str
    key: str
    unit: str
    ratio: float | None = None
    against: str = ""
    close: float = CLOSE


ROWS = [
    Row("classic network, batch 128: a step of fit", "mlp", "step", "µs", 1.15),
    Row("  time of all cores", "mlp", "cpu", "µs"),
    Row("tiny network, batch 32: a step of fit", "small", "step", "µs", 15),
    Row("  with a callback that wants every batch", "small", "counted", "µs", 4),
    Row("  with a callback that stores the loss", "small", "kept", "µs", 4),
    Row("  what storing the loss adds", "small", "hook", "µs", 1),
    Row("predict, one sample of the classic network", "predict", "call", "µs", 4, close=1e-4),
    Row("process start to the end of the first step, cold", "first_step cold", "start", "s", 1, "jax"),
    Row("import to the end of the first step, cold", "first_step cold", "imported", "s", 1, "jax"),
    Row("process start to the end of the first step, warm", "first_step warm", "start", "s", 1, "jax"),
    Row("import to the end of the first step, warm", "first_step warm", "imported", "s", 1, "jax"),
    Row("tiny network, import to the first step, cold", "first_small_step cold", "imported", "s"),
    Row("tiny network, import to the first step, warm", "first_small_step warm", "imported", "s"),
    Row("convolutions, batch 128: a step of fit", "conv", "step", "µs"),
]

Figures = dict[str, dict[str, dict[str, list[float]]]]
"""Side → workload → key → one figure a round."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hornbeam", default=sys.executable, help="interpreter that has Hornbeam")
    parser.add_argument("--keras", required=True, help="interpreter that has keras 3.15, jax and torch")
    parser.add_argument("--tensorflow", default=os.environ.get("HORNBEAM_ORACLE"),
                        help="interpreter that has keras 3.15 and tensorflow-cpu; by default HORNBEAM_ORACLE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--peers", default="jax torch tensorflow", help="which backends of Keras")
    parser.add_argument("--rows", default="", help="only workloads whose name contains this")
    options = parser.parse_args()
    sides = [Side("hornbeam", options.hornbeam), Side("jax", options.keras, {"KERAS_BACKEND": "jax"}),
             Side("torch", options.keras, {"KERAS_BACKEND": "torch"})]
    if options.tensorflow:
        sides.append(Side("tensorflow", options.tensorflow, {"KERAS_BACKEND": "tensorflow"}))
    sides = [side for side in sides if side.name == "hornbeam" or side.name in options.peers.split()]
    machine = about(options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder))
        figures = measure(sides, options.rounds, options.rows, folder)
    show(figures)
    if options.json:
        options.json.write_text(json.dumps({**machine, "load after": list(os.getloadavg()), "figures": figures},
                                           indent=1) + "\n")


def write_images(folder: Path) -> None:
    """Put the digits where workloads find them, as two arrays."""
    (images, labels), _ = mnist.load_data()
    np.save(folder / "images.npy", images.reshape(len(images), -1))
    np.save(folder / "labels.npy", labels)


def measure(sides: list[Side], rounds: int, only: str, images: str) -> Figures:
    """All figures."""
    figures: Figures = {side.name: {} for side in sides}
    workloads = dict.fromkeys(row.workload.partition(" ")[0] for row in ROWS if only in row.workload)
    for turn in range(rounds):
        for workload in workloads:
            print(f"round {turn + 1} of {rounds}: {workload}", file=sys.stderr, flush=True)
            for side in in_turn(sides, turn):
                for name, found in once(side, workload, images):
                    kept = figures[side.name].setdefault(name, {})
                    for key, value in found.items():
                        kept.setdefault(key, []).append(value)
    return figures


def once(side: Side, workload: str, images: str) -> list[tuple[str, dict[str, float]]]:
    """One process of one side; for first steps two, with an empty folder of compiled programs, and once more.

    Keras on JAX is given the same kind of folder as Hornbeam has.
    """
    if not workload.startswith("first"):
        return [(workload, run(side, WORKLOADS, workload, IMAGES=images, HORNBEAM_CACHE=CACHE))]
    with tempfile.TemporaryDirectory() as folder:
        surroundings = {"IMAGES": images, "HORNBEAM_CACHE": folder}
        if side.name == "jax":
            surroundings |= {"JAX_COMPILATION_CACHE_DIR": folder, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.05",
                             "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}
        return [(f"{workload} {state}", run(side, WORKLOADS, workload, **surroundings)) for state in ("cold", "warm")]


CACHE = str(Path(tempfile.gettempdir()) / "hornbeam-bench-cache")


def show(figures: Figures) -> None:
    """The table."""
    peers = [name for name in figures if name != "hornbeam"]
    table = Table(title="Hornbeam beside Keras", caption="median ± half the interquartile range; ratio: the fastest "
                                                         "peer over Hornbeam, round by round")
    for column in ("", "Hornbeam", *peers, "ratio", "target"):
        table.add_column(column, justify="left" if not column else "right")
    for row in ROWS:
        found = {side: of[row.workload] for side, of in figures.items() if row.workload in of}
        if "hornbeam" not in found:
            continue
        cells = [text(found[side][row.key], row.unit) if side in found else "" for side in ("hornbeam", *peers)]
        table.add_row(row.title, *cells, *verdict(row, found))
    Console(width=max(150, Console().width)).print(table)


def verdict(row: Row, found: dict[str, Any]) -> tuple[str, str]:
    """The ratio to the fastest peer, and whether the target is met; neither where losses differ."""
    losses = [statistics.median(of["loss"]) for of in found.values()]
    if max(losses) - min(losses) > row.close * abs(min(losses)):
        return "", f"void: losses {', '.join(f'{loss:.4g}' for loss in losses)}"
    peers = {side: of[row.key] for side, of in found.items() if side != "hornbeam" and row.against in side}
    if not peers:
        return "", ""
    fastest = min(peers.values(), key=statistics.median)
    if min(*fastest, *found["hornbeam"][row.key]) <= 0:  # a difference that noise made negative
        return "", "no ratio"
    ratios = [theirs / mine for theirs, mine in zip(fastest, found["hornbeam"][row.key], strict=True)]
    if row.ratio is None:
        return text(ratios, ""), ""
    met = statistics.median(ratios) >= row.ratio
    return text(ratios, ""), f"≥ {row.ratio:g} {'[green]met' if met else '[red]missed'}"


if __name__ == "__main__":
    main()
