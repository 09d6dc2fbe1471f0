"""Places the boxes of a directed graph in layers, so that its edges point downwards and cross little.

In: the sizes of the boxes and the edges between them, by number.  Out: where each box stands and along which
points each edge runs. The steps are the usual ones for layered drawings (Sugiyama, Tagawa, Toda 1981): break
cycles, give each box a layer, cut long edges, order each layer by the mean of its neighbours, straighten.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

GAP_ACROSS = 24.0
GAP_DOWN = 46.0
SWEEPS = 12

Point = tuple[float, float]


class Layout(NamedTuple):
    """Upper left corners of the boxes, points of each edge (in the order given, from its start), and the extent."""

    corners: list[Point]
    ways: list[list[Point]]
    width: float
    height: float


def lay_out(sizes: Sequence[Point], edges: Sequence[tuple[int, int]]) -> Layout:
    """A layered drawing of boxes of the given (width, height).

    An edge that would close a cycle runs upwards; an edge from a box to itself is not allowed.

    >>> layout = lay_out([(10, 10), (10, 10), (10, 10)], [(0, 1), (1, 2), (0, 2)])
    >>> [y for x, y in layout.corners]
    [0.0, 56.0, 112.0]
    """
    back = _cycle_closers(len(sizes), edges)
    downward = [(b, a) if i in back else (a, b) for i, (a, b) in enumerate(edges)]
    layer = _layers(len(sizes), downward)
    chains = _chains(downward, layer)  # beyond the boxes, numbers stand for points on long edges
    widths = [width for width, _ in sizes] + [0.0] * (len(layer) - len(sizes))
    rows = _order(layer, chains)
    centers = _straighten(rows, widths, chains)
    heights = [max((sizes[n][1] for n in row if n < len(sizes)), default=0.0) for row in rows]
    tops = [sum(heights[:i]) + GAP_DOWN * i for i in range(len(rows))]
    left = min(centers[n] - widths[n] / 2 for n in range(len(layer)))
    corners = [(centers[n] - width / 2 - left, tops[layer[n]]) for n, (width, _) in enumerate(sizes)]

    def points(chain: list[int]) -> list[Point]:
        first, *between, last = chain
        start = (corners[first][0] + sizes[first][0] / 2, corners[first][1] + sizes[first][1])
        end = (corners[last][0] + sizes[last][0] / 2, corners[last][1])
        middle = [(centers[n] - left, tops[layer[n]] + heights[layer[n]] / 2) for n in between]
        return [start, *middle, end]

    ways = [points(chain)[::-1] if i in back else points(chain) for i, chain in enumerate(chains)]
    right = max(centers[n] + widths[n] / 2 for n in range(len(layer)))
    return Layout(corners, ways, right - left, tops[-1] + heights[-1])


def _cycle_closers(count: int, edges: Sequence[tuple[int, int]]) -> set[int]:
    """The edges whose reversal leaves no cycle: those that lead back onto the path of a depth-first walk."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    for i, (start, _) in enumerate(edges):
        leaving[start].append(i)
    state, found = [0] * count, set()
    for root in range(count):
        if state[root]:
            continue
        state[root] = 1
        walk = [(root, iter(leaving[root]))]
        while walk:
            node, rest = walk[-1]
            edge = next(rest, None)
            if edge is None:
                state[node] = 2
                walk.pop()
                continue
            end = edges[edge][1]
            if state[end] == 1:
                found.add(edge)
            elif state[end] == 0:
                state[end] = 1
                walk.append((end, iter(leaving[end])))
    return found


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each box: below all that it comes from, and as close as can be to what comes from it."""
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for start, end in edges:
        above[end].append(start)
        below[start].append(end)
    waiting = [len(nodes) for nodes in above]
    ready = [n for n in range(count) if not waiting[n]]
    order: list[int] = []
    while ready:
        node = ready.pop()
        order.append(node)
        for end in below[node]:
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    layer = [0] * count
    for node in order:
        layer[node] = max((layer[n] + 1 for n in above[node]), default=0)
    for node in reversed(order):
        if below[node]:
            layer[node] = min(layer[n] for n in below[node]) - 1
    return layer


def _chains(edges: Sequence[tuple[int, int]], layer: list[int]) -> list[list[int]]:
    """Each edge as the numbers it passes, one a layer; new numbers are appended to `layer`."""
    chains = []
    for start, end in edges:
        chain = [start]
        for between in range(layer[start] + 1, layer[end]):
            chain.append(len(layer))
            layer.append(between)
        chains.append([*chain, end])
    return chains


def _neighbours(count: int, chains: Sequence[Sequence[int]]) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for chain in chains:
        for start, end in pairwise(chain):
            below[start].append(end)
            above[end].append(start)
    return above, below


def _order(layer: Sequence[int], chains: Sequence[Sequence[int]]) -> list[list[int]]:
    """The numbers of each layer from left to right."""
    rows: list[list[int]] = [[] for _ in range(max(layer, default=0) + 1)]
    for node, row in enumerate(layer):
        rows[row].append(node)
    above, below = _neighbours(len(layer), chains)
    place = [0.0] * len(layer)
    for sweep in range(SWEEPS):
        near = below if sweep % 2 else above
        for row in reversed(rows) if sweep % 2 else rows:
            means = {n: sum(place[m] for m in near[n]) / len(near[n]) if near[n] else place[n] for n in row}
            row.sort(key=means.__getitem__)
            for i, node in enumerate(row):
                place[node] = i - (len(row) - 1) / 2
    return rows


def _straighten(rows: Sequence[Sequence[int]], widths: Sequence[float], chains: Sequence[Sequence[int]]) -> list[float]:
    """The horizontal centre of each number: near the mean of its neighbours, in the order of its row."""
    above, below = _neighbours(len(widths), chains)
    center = [0.0] * len(widths)
    for row in rows:
        at = 0.0
        for node in row:
            center[node] = at + widths[node] / 2
            at += widths[node] + GAP_ACROSS
        for node in row:
            center[node] -= at / 2
    for sweep in range(SWEEPS):
        near = below if sweep % 2 else above
        for row in reversed(rows) if sweep % 2 else rows:
            wish = [sum(center[m] for m in near[n]) / len(near[n]) if near[n] else center[n] for n in row]
            _place(row, wish, widths, center)
    return center


def _place(row: Sequence[int], wish: Sequence[float], widths: Sequence[float], center: list[float]) -> None:
    """Centres as near to the wishes as the order and the gaps allow: the mean of pushing right and pushing left."""
    from_left, from_right = list(wish), list(wish)
    for i in range(1, len(row)):
        apart = (widths[row[i - 1]] + widths[row[i]]) / 2 + GAP_ACROSS
        from_left[i] = max(wish[i], from_left[i - 1] + apart)
    for i in range(len(row) - 2, -1, -1):
        apart = (widths[row[i]] + widths[row[i + 1]]) / 2 + GAP_ACROSS
        from_right[i] = min(wish[i], from_right[i + 1] - apart)
    for i, node in enumerate(row):
        center[node] = (from_left[i] + from_right[i]) / 2
