"""The figures of `training.py`, and how they are shown: one table, one picture."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from math import log10
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from harness import number, spread, text
from rich.console import Console
from rich.table import Table
from training_tasks import TASKS, Task

PEERS = {"keras-tensorflow": "Keras, TensorFlow", "keras-jax": "Keras, JAX", "keras-torch": "Keras, PyTorch",
         "tensorflow-session": "TF Session.run", "torch": "PyTorch", "torch-compile": "torch.compile",
         "jax": "JAX, optax"}
MINE = {"hornbeam": "Hornbeam fit", "hornbeam-session": "Hornbeam Session.run"}
FIRST_CLOSE = 1e-3
"""How far apart the first losses may be, before any step, of the smallest."""


class Results:
    """Side → row → key → one figure a round; what failed, and why; the machine's ceilings."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, dict[str, list[float]]]] = {}
        self.absent: dict[str, dict[str, str]] = {}
        self.ceilings: dict[str, float] = {}

    def add(self, side: str, name: str, found: dict[str, float]) -> None:
        """Keep the figures of one process."""
        kept = self.figures.setdefault(side, {}).setdefault(name, {})
        for key, value in found.items():
            kept.setdefault(key, []).append(value)

    def of(self, side: str, name: str, key: str) -> list[float]:
        """One figure's rounds, none where the side is absent."""
        if name in self.absent.get(side, {}):
            return []
        return self.figures.get(side, {}).get(name, {}).get(key, [])


class Row(NamedTuple):
    """One line: a figure of a network. against: the peers of the ratio. target: the least ratio wanted."""

    title: str
    task: str
    key: str
    unit: str
    scale: float
    mine: str = "hornbeam"
    against: tuple[str, ...] = tuple(PEERS)
    target: float | None = None


KERAS = ("keras-tensorflow", "keras-jax", "keras-torch")
TARGETS = {"mlp": 1.3, "cnn": 1.3, "transformer_bf16": 1.5, "resnet20_bf16": 1.5}


def rows(results: Results) -> Iterator[Row]:
    """The lines of the networks that were run."""
    for name, task in TASKS.items():
        if not any(name in of for of in (*results.figures.values(), *results.absent.values())):
            continue
        target = TARGETS.get(name, 1.0)
        against = ("hornbeam",) if task.half else tuple(PEERS)
        yield Row(task.title, name, "step", "ms", 1e-3, against=against, target=target)
        if name == "mlp":
            yield Row("  fit beside Keras alone", name, "step", "ms", 1e-3, against=KERAS, target=1.5)
        if not task.half:
            yield Row("  through Session.run", name, "step", "ms", 1e-3, "hornbeam-session", target=target)
        if name == "softmax":
            yield Row("  Session.run beside TensorFlow's", name, "step", "ms", 1e-3, "hornbeam-session",
                      ("tensorflow-session",), 5)
        if not task.half:
            yield Row("  first step, cold", name, "cold first step", "s", 1)
            yield Row("  first step, warm", name, "first step", "s", 1)
            yield Row("  import", name, "import", "s", 1)
            yield Row("  peak memory", name, "memory", "MB", 1)
    yield Row("installed", "install_size", "size", "MB", 1)


def void(results: Results, name: str) -> str:
    """Why the sides of a network did not do the same work; empty where they did."""
    if name not in TASKS:
        return ""
    task = TASKS[name]
    sides = [side for side in (*MINE, *PEERS) if results.of(side, name, "step")]
    for key, close in (("first loss", max(FIRST_CLOSE, task.close) if task.close > 0.02 else FIRST_CLOSE),
                       ("loss", task.close)):
        losses = {side: statistics.median(results.of(side, name, key)) for side in sides}
        if task.half and (whole := results.of("hornbeam", task.half, key)):
            losses["float32"] = statistics.median(whole)
        values = list(losses.values())
        if values and not max(values) - min(values) <= close * abs(min(values)):  # NaN is void too
            return f"void, {key}: " + ", ".join(f"{side} {loss:.5g}" for side, loss in losses.items())
    return ""


def verdict(results: Results, row: Row) -> tuple[list[float], str]:
    """The ratios, round by round, to the fastest peer; and who that is."""
    mine = results.of(row.mine, row.task, row.key)
    task = TASKS[row.task].half or row.task if row.task in TASKS else row.task
    peers = {side: found for side in row.against if (found := results.of(side, task, row.key))}
    if not mine or not peers:
        return [], ""
    fastest = min(peers, key=lambda side: statistics.median(peers[side]))
    return [theirs / ours for theirs, ours in zip(peers[fastest], mine, strict=False)], fastest


def ratios(results: Results) -> list[dict[str, Any]]:
    """What the table says, for the file."""
    answer = []
    for row in rows(results):
        found, fastest = verdict(results, row)
        if found:
            answer.append({"row": row.title.strip(), "task": row.task, "key": row.key, "side": row.mine,
                           "fastest peer": fastest, "ratio": statistics.median(found), "spread": spread(found),
                           "target": row.target, "void": void(results, row.task)})
    return answer


def reached(results: Results, task: Task, step: list[float]) -> tuple[str, str]:
    """Which part of the machine's products a second and of its bandwidth a step reaches."""
    flops, size = task.floor()
    seconds = statistics.median(step) / 1e6
    return (f"{flops / seconds / 1e9 / results.ceilings['gemm']:.0%}",
            f"{size / seconds / 1e9 / results.ceilings['bandwidth']:.0%}")


def show(results: Results) -> None:
    """The table, then what is absent and what is void."""
    peers = {side: title for side, title in PEERS.items() if side in results.figures or side in results.absent}
    ceilings = results.ceilings
    table = Table(title="Hornbeam beside its peers", caption=(
        "medians, and half the interquartile range; ratio: the fastest peer's figure over Hornbeam's, round by round; "
        f"GEMM, memory: of {ceilings['gemm']:.0f} GF/s and {ceilings['bandwidth']:.1f} GB/s measured here"))
    for column in ("", "Hornbeam", *peers.values(), "ratio", "fastest", "target", "GEMM", "memory"):
        table.add_column(column, justify="right" if column else "left", no_wrap=not column)
    notes = []
    for row in rows(results):
        mine, why = results.of(row.mine, row.task, row.key), void(results, row.task)
        shown = KERAS if row.against == KERAS else peers if row.mine == "hornbeam" else ("tensorflow-session",)
        theirs = [results.of(side, row.task, row.key) if side in shown else [] for side in peers]
        cells = [f"{number(row.scale * statistics.median(found))} {row.unit}" if found else "" for found in theirs]
        found, fastest = verdict(results, row)
        compared = [text(found, "") if found else "", peers.get(fastest, "its float32" if fastest else "")]
        parts = reached(results, TASKS[row.task], mine) if row.key == "step" and mine else ("", "")
        table.add_row(row.title, text([row.scale * v for v in mine], row.unit) if mine else "absent", *cells,
                      *(["void", ""] if why else compared), "" if why else met(row, found), *parts)
        if why and row.key == "step" and f"{row.task}: {why}" not in notes:
            notes.append(f"{row.task}: {why}")
    console = Console(width=max(230, Console().width))
    console.print(table)
    for note in notes:
        console.print(note, markup=False)
    for side, reasons in results.absent.items():
        for name, reason in reasons.items():
            console.print(f"absent: {side}, {name}: {reason}", markup=False)


def met(row: Row, found: list[float]) -> str:
    """The target, and whether it is met."""
    if row.target is None or not found:
        return ""
    return f"≥ {number(row.target)} {'[green]met' if statistics.median(found) >= row.target else '[red]missed'}"


# The picture -------------------------------------------------------------------------------------------

COLOURS = {"keras-tensorflow": "#e8833a", "keras-jax": "#5b8def", "keras-torch": "#d1495b",
           "tensorflow-session": "#b8860b", "torch": "#8b1e3f", "torch-compile": "#6a4c93", "jax": "#2a6f97",
           "hornbeam": "#2e7d32", "hornbeam-session": "#81c784"}
LEFT, RIGHT, LINE, TOP = 330, 900, 46, 70
LEAST, MOST = 0.25, 16.0


def place(ratio: float) -> float:
    """Where a time relative to Hornbeam's `fit` stands, by its logarithm."""
    bounded = min(max(ratio, LEAST), MOST)
    return LEFT + (RIGHT - LEFT) * log10(bounded / LEAST) / log10(MOST / LEAST)


def picture(results: Results) -> str:
    """A line for each network, a dot for each side: the time of its step, relative to Hornbeam's `fit`. SVG."""
    drawn = [row for row in rows(results) if row.key == "step" and (row.mine, row.against) == ("hornbeam", tuple(PEERS))
             and results.of("hornbeam", row.task, "step")]
    bottom = TOP + LINE * len(drawn)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{RIGHT + 40}" height="{bottom + 110}" '
             'font-family="sans-serif" font-size="13">', '<rect width="100%" height="100%" fill="white"/>',
             '<text x="20" y="28" font-size="16">Time of a training step, Hornbeam\'s fit = 1</text>']
    parts += [f'<line x1="{place(mark):.1f}" x2="{place(mark):.1f}" y1="{TOP - 16}" y2="{bottom}" '
              f'stroke="{"#444" if mark == 1 else "#ddd"}"/>'
              f'<text x="{place(mark):.1f}" y="{TOP - 22}" text-anchor="middle" fill="#666">{mark:g}×</text>'
              for mark in (0.25, 0.5, 1, 2, 4, 8, 16)]
    for line, row in enumerate(drawn):
        y = TOP + LINE * line + LINE // 2
        base = statistics.median(results.of("hornbeam", row.task, "step"))
        note = " (void)" if void(results, row.task) else ""
        parts.append(f'<text x="20" y="{y + 4}">{escape(row.title + note)}</text>'
                     f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}" stroke="#eee"/>')
        for side, colour in COLOURS.items():
            if found := results.of(side, row.task, "step"):
                x = place(statistics.median(found) / base)
                parts.append(f'<circle cx="{x:.1f}" cy="{y}" r="6" fill="{colour}" fill-opacity="0.85"/>')
    for index, (side, title) in enumerate((MINE | PEERS).items()):
        x, y = 20 + 190 * (index % 5), bottom + 40 + 26 * (index // 5)
        parts.append(f'<circle cx="{x + 6}" cy="{y - 4}" r="6" fill="{COLOURS[side]}"/>'
                     f'<text x="{x + 18}" y="{y}">{escape(title)}</text>')
    return "\n".join([*parts, "</svg>", ""])
