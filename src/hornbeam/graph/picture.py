"""A graph as a picture for people: SVG, which any browser shows, or DOT for Graphviz.

A training graph has hundreds of operations, so what is drawn are units: a name scope is one box until it is opened.
Scopes are opened from the largest down while the picture keeps within `MOST_BOXES`; the scopes of gradients and of
optimizers stay closed. A variable and what reads and assigns it is one unit, as its operations share a name.
"""

from __future__ import annotations

import html
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hornbeam.graph.graph import Graph, register_exporter
from hornbeam.graph.layout import Layout, lay_out
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor

MOST_BOXES = 48
_LETTER = 6.6  # width of a letter, with the font below
_LINE = 15.0
_PADDING = 8.0
_MARGIN = 20.0
_COLOURS = ("#dbe9f6", "#fde4cf", "#dff0d8", "#f6dbe9", "#e6e0f5", "#fbf3c6", "#d5f0ee", "#ece5dd")


class Unit(NamedTuple):
    """One box: its name, and the operations it stands for."""

    name: str
    operations: list[Operation]

    @property
    def lines(self) -> tuple[str, str]:
        """What the box says: the last part of its name, and what it is."""
        first = self.name.rpartition("/")[2]
        own = next((op for op in self.operations if op.name == self.name), None)
        if own is None:
            return first, f"{len(self.operations)} operations"
        shape = f" {_shape(own.outputs[0])}" if own.outputs else ""
        return first, f"{own.type}{shape}"


class Edge(NamedTuple):
    """What flows from one unit to another: the tensors' shapes, or nothing but order."""

    start: int
    end: int
    label: str
    is_control: bool


def write_picture(graph: Graph, path: str | os.PathLike[str]) -> str:
    """Draws `graph` into `path`, which ends in `.svg` or `.dot`, and returns the path as text.

    Raises ValueError for another ending, OSError if the file cannot be written.
    """
    ending = Path(path).suffix
    if ending not in (".svg", ".dot"):
        raise ValueError(f"write_picture writes .svg and .dot, not {os.fspath(path)!r}")
    units = units_of(graph)
    edges = edges_of(units)
    Path(path).write_text((svg if ending == ".svg" else dot)(units, edges), encoding="utf-8")
    return os.fspath(path)


def units_of(graph: Graph) -> list[Unit]:
    """The boxes, in the order in which their first operations were made."""
    open_scopes: set[str] = set()
    while True:
        groups = _grouped(graph, open_scopes)
        candidates = [name for name, ops in groups.items() if _may_open(name, ops)]
        if not candidates:
            break
        largest = max(candidates, key=lambda name: len(groups[name]))
        inside = {_unit_name(op.name, open_scopes | {largest}) for op in groups[largest]}
        if len(groups) - 1 + len(inside) > MOST_BOXES:
            break
        open_scopes.add(largest)
    return [Unit(name, operations) for name, operations in groups.items()]


def _grouped(graph: Graph, open_scopes: set[str]) -> dict[str, list[Operation]]:
    groups: dict[str, list[Operation]] = defaultdict(list)
    for op in graph.get_operations():
        groups[_unit_name(op.name, open_scopes)].append(op)
    return groups


def _unit_name(name: str, open_scopes: set[str]) -> str:
    """The outermost scope of `name` that is not open, or `name` itself."""
    parts = name.split("/")
    for depth in range(1, len(parts)):
        scope = "/".join(parts[:depth])
        if scope not in open_scopes:
            return scope
    return name


def _may_open(name: str, operations: list[Operation]) -> bool:
    one_with_its_helpers = any(op.name == name for op in operations)
    return not one_with_its_helpers and not _is_training(Unit(name, operations))


def _is_training(unit: Unit) -> bool:
    """Gradients, or an optimizer: what uses nearly everything, and would hide the model."""
    last = unit.name.rpartition("/")[2]
    return last.startswith("gradients") or any("Apply" in op.type for op in unit.operations)


def edges_of(units: list[Unit]) -> list[Edge]:
    """What flows between the units, at most one edge of tensors or of control from one to another."""
    number = {op: i for i, unit in enumerate(units) for op in unit.operations}
    flows: dict[tuple[int, int], list[GraphTensor]] = {}
    controls: dict[tuple[int, int], None] = {}
    for op, end in number.items():
        for tensor in op.inputs:
            if (start := number[tensor.op]) != end:
                flows.setdefault((start, end), []).append(tensor)
        for control in op.control_inputs:
            if (start := number[control]) != end:
                controls[start, end] = None
    data = [Edge(*pair, _label(tensors), is_control=False) for pair, tensors in flows.items()]
    return data + [Edge(*pair, "", is_control=True) for pair in controls if pair not in flows]


def _label(tensors: list[GraphTensor]) -> str:
    distinct = list(dict.fromkeys(tensors))
    return _shape(distinct[0]) if len(distinct) == 1 else f"{len(distinct)} tensors"


def _shape(tensor: GraphTensor) -> str:
    dimensions = tensor.shape.dims if tensor.shape.rank is not None else None
    if dimensions is None:
        return "[...]"
    return "[" + ", ".join("?" if d is None else str(d) for d in tensor.shape.as_list()) + "]"


# DOT -----------------------------------------------------------------------------------------------------


def dot(units: list[Unit], edges: list[Edge]) -> str:
    """The boxes and edges in Graphviz's language."""
    colours = _colours(units)
    lines = ["digraph hornbeam {", '  node [shape=box, style="rounded,filled", fontname=monospace, fontsize=10];']
    for i, unit in enumerate(units):
        text = "\\n".join(line.replace('"', '\\"') for line in unit.lines)
        lines.append(f'  n{i} [label="{text}", fillcolor="{colours[i]}", tooltip="{unit.name}"];')
    for edge in edges:
        style = "style=dashed" if edge.is_control else f'label="{edge.label}", fontsize=8'
        lines.append(f"  n{edge.start} -> n{edge.end} [{style}];")
    return "\n".join([*lines, "}", ""])


# SVG -----------------------------------------------------------------------------------------------------


def svg(units: list[Unit], edges: list[Edge]) -> str:
    """The boxes and edges as a picture; pointing at a box shows its operations and the lines that made them."""
    sizes = [(max(map(len, unit.lines)) * _LETTER + 2 * _PADDING, 2 * _LINE + _PADDING) for unit in units]
    layout = lay_out(sizes, [(edge.start, edge.end) for edge in edges]) if units else Layout([], [], 0.0, 0.0)
    width, height = layout.width + 2 * _MARGIN, layout.height + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-_MARGIN:.0f} {-_MARGIN:.0f} {width:.0f} {height:.0f}" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="11" text-anchor="middle">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#777"/></marker></defs>',
        f'<rect x="{-_MARGIN:.0f}" y="{-_MARGIN:.0f}" width="100%" height="100%" fill="white"/>',
        *_edge_parts(units, edges, layout),
        *_box_parts(units, sizes, layout),
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def _edge_parts(units: list[Unit], edges: list[Edge], layout: Layout) -> Iterator[str]:
    """All lines, then all labels, so that no line runs through a label. What leads to training is pale."""
    pale = {i for i, unit in enumerate(units) if _is_training(unit)}
    labels = []
    for edge, way in zip(edges, layout.ways, strict=True):
        is_pale = edge.is_control or edge.end in pale
        style = ' stroke-dasharray="3 3"' * edge.is_control + ' opacity="0.3"' * is_pale
        yield f'<path d="{_curve(way)}" fill="none" stroke="#666"{style} marker-end="url(#tip)"/>'
        if not is_pale:
            (x0, y0), (x1, y1) = way[-2:]
            labels.append(
                f'<text x="{x0 + 0.72 * (x1 - x0):.1f}" y="{y0 + 0.66 * (y1 - y0):.1f}" font-size="8" '
                'fill="#555" stroke="white" stroke-width="3" paint-order="stroke">'
                f"{html.escape(edge.label)}</text>"
            )
    yield from labels


def _curve(way: list[tuple[float, float]]) -> str:
    """A path through the points that leaves and enters each of them vertically."""
    (x, y), *rest = way
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        path.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return " ".join(path)


def _box_parts(units: list[Unit], sizes: list[tuple[float, float]], layout: Layout) -> Iterator[str]:
    colours = _colours(units)
    for i, unit in enumerate(units):
        (x, y), (width, height) = layout.corners[i], sizes[i]
        listed = [f"{op.name}  {op.type}  {op.made_at}" for op in unit.operations[:40]]
        if len(unit.operations) > 40:
            listed.append(f"and {len(unit.operations) - 40} more")
        title = html.escape("\n".join([unit.name, *listed]))
        first, second = (html.escape(line) for line in unit.lines)
        middle = x + width / 2
        yield (
            f'<g><title>{title}</title><rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}" rx="5" fill="{colours[i]}" stroke="#888"/>'
            f'<text x="{middle:.1f}" y="{y + _LINE:.1f}" font-weight="bold">{first}</text>'
            f'<text x="{middle:.1f}" y="{y + 2 * _LINE:.1f}" font-size="9">{second}</text></g>'
        )


def _colours(units: list[Unit]) -> list[str]:
    """A colour for each unit: units of one outermost scope share it, boxes in no scope are white."""
    tops = [unit.name.partition("/")[0] for unit in units]
    shared = [top for top, count in Counter(tops).items() if count > 1]
    closed = [u.name for u in units if len(u.operations) > 1 and all(op.name != u.name for op in u.operations)]
    order = list(dict.fromkeys([*shared, *(name.partition("/")[0] for name in closed)]))
    return [_COLOURS[order.index(top) % len(_COLOURS)] if top in order else "white" for top in tops]


register_exporter("picture", write_picture)
