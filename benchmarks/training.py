"""Hornbeam beside every peer on whole networks, in one run: `make bench-training`.

Each figure is taken in a process of its own, the sides in turn, several rounds. A ratio is the fastest peer's figure
over Hornbeam's, round by round: its median and spread are shown. A row in which losses differ is void.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import Side, about, in_turn, run
from training_table import PEERS, Results, picture, ratios, show
from training_tasks import TASKS

WORKLOADS = Path(__file__).with_name("training_workloads.py")
CEILINGS = Path(__file__).with_name("ceilings.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hornbeam", default=sys.executable, help="interpreter that has Hornbeam")
    parser.add_argument("--keras", help="interpreter that has keras 3.15, jax, optax and torch")
    parser.add_argument("--tensorflow", default=os.environ.get("HORNBEAM_ORACLE"),
                        help="interpreter that has keras 3.15 and tensorflow-cpu; by default HORNBEAM_ORACLE")
    parser.add_argument("--rows", default=" ".join(TASKS), help="which networks, of: %(default)s")
    parser.add_argument("--peers", default=" ".join(PEERS), help="which peers, of: %(default)s")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cold", type=int, default=1,
                        help="rounds, at least 1, that take first steps with an empty folder of compiled programs")
    parser.add_argument("--steps", type=int, default=0, help="steps in an epoch of the clock; by default the network's")
    parser.add_argument("--epochs", type=int, default=2, help="epochs of the clock, of which the median counts")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--svg", type=Path, help="file for the picture")
    options = parser.parse_args()
    for given, known in ((options.rows, TASKS), (options.peers, PEERS)):
        if unknown := set(given.split()) - set(known):
            parser.error(f"unknown: {' '.join(sorted(unknown))}; there are {' '.join(known)}")
    sides = sides_of(options)
    options.cold = max(options.cold, 1)
    machine = about(options.rounds)
    results = Results()
    results.ceilings = best_of(sides)
    for side in sides:
        attempt(results, side, "install_size", {})
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(options.rounds):
            measure(results, sides, options, Path(folder), turn)
            keep(results, options, {**machine, "rounds": turn + 1})
    after = best_of(sides)
    results.ceilings = {key: max(before, after[key]) for key, before in results.ceilings.items()}
    keep(results, options, machine)
    show(results)


def keep(results: Results, options: argparse.Namespace, machine: dict[str, Any]) -> None:
    """Write the files that were asked for; after each round, so that a run cut short has its figures."""
    if options.json:
        found = {**machine, "load after": list(os.getloadavg()), "ceilings": results.ceilings, "absent": results.absent,
                 "ratios": ratios(results), "figures": results.figures}
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    if options.svg:
        options.svg.write_text(picture(results))


def sides_of(options: argparse.Namespace) -> list[Side]:
    """Hornbeam twice, through `fit` and through `Session.run`, and the peers whose interpreters are there."""
    chosen = options.peers.split()
    sides = [Side("hornbeam", options.hornbeam), Side("hornbeam-session", options.hornbeam)]
    for name in PEERS:
        python = options.tensorflow if "tensorflow" in name else options.keras
        if name in chosen and python:
            backend = {"KERAS_BACKEND": name.removeprefix("keras-")} if name.startswith("keras-") else {}
            sides.append(Side(name, python, backend))
    return sides


def best_of(sides: list[Side]) -> dict[str, float]:
    """The machine's ceilings: the better of NumPy's and PyTorch's figures."""
    measured = [run(Side("numpy", sides[0].python), CEILINGS, "ceilings")]
    measured += [run(Side("torch", side.python), CEILINGS, "ceilings") for side in sides if side.name == "torch"]
    return {key: max(of[key] for of in measured) for key in ("gemm", "bandwidth")}


def measure(results: Results, sides: list[Side], options: argparse.Namespace, folder: Path, turn: int) -> None:
    """One round. Each side has a folder of compiled programs for each network, empty when it first runs."""
    for name in options.rows.split():
        for side in in_turn([side for side in sides if runs(side, name)], turn):
            if name in results.absent.get(side.name, {}):
                continue
            print(f"round {turn + 1} of {options.rounds}: {name} {side.name}", file=sys.stderr, flush=True)
            kept = folder / f"{side.name}-{name}-{min(turn, options.cold - 1)}"
            kept.mkdir(exist_ok=True)
            given = {**caches(side, kept), "STEPS": str(options.steps), "EPOCHS": str(options.epochs)}
            if turn >= options.cold or attempt(results, side, name, {**given, "EPOCHS": "0"}, "cold"):
                attempt(results, side, name, given)


def runs(side: Side, name: str) -> bool:
    """Whether a side has a row: those in bfloat16 compare Hornbeam with itself."""
    return not TASKS[name].half or side.name == "hornbeam"


def caches(side: Side, folder: Path) -> dict[str, str]:
    """Where a side keeps what it compiled: Hornbeam by itself, JAX when it is told to, PyTorch's compiler always."""
    if side.name in ("jax", "keras-jax"):
        return {"JAX_COMPILATION_CACHE_DIR": str(folder), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.05",
                "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}
    return {"HORNBEAM_CACHE": str(folder), "TORCHINDUCTOR_CACHE_DIR": str(folder)}


def attempt(results: Results, side: Side, name: str, environment: dict[str, str], state: str = "") -> bool:
    """One process, its figures kept; a side that fails is absent from the row, with the last line of its errors."""
    try:
        found: dict[str, Any] = run(side, WORKLOADS, name, **environment)
    except SystemExit as failed:
        reason = [line for line in str(failed).splitlines() if line.strip()][-1].strip()
        results.absent.setdefault(side.name, {})[name] = reason[:300]
        return False
    results.add(side.name, name, {f"{state} {key}".strip(): value for key, value in found.items()})
    return True


if __name__ == "__main__":
    main()
