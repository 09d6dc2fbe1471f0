"""Layered drawings: boxes apart, edges downwards, cycles broken."""

import random

import pytest

from hornbeam.graph.layout import GAP_ACROSS, lay_out


def random_graph(seed: int, boxes: int, edges: int):
    generator = random.Random(seed)
    sizes = [(generator.uniform(20, 200), 38.0) for _ in range(boxes)]
    pairs = {(generator.randrange(boxes), generator.randrange(boxes)) for _ in range(edges)}
    return sizes, [(a, b) for a, b in sorted(pairs) if a != b]


@pytest.mark.parametrize("seed", range(8))
def test_boxes_stand_apart_within_the_extent(seed):
    sizes, edges = random_graph(seed, 30, 60)
    layout = lay_out(sizes, edges)
    boxes = [(x, y, x + w, y + h) for (x, y), (w, h) in zip(layout.corners, sizes, strict=True)]
    for i, (x0, y0, x1, y1) in enumerate(boxes):
        assert -0.01 <= x0 < x1 <= layout.width + 0.01
        assert -0.01 <= y0 < y1 <= layout.height + 0.01
        for other in boxes[i + 1 :]:
            across = other[0] - x1 if other[0] > x0 else x0 - other[2]
            assert y0 != other[1] or across > GAP_ACROSS - 0.01


@pytest.mark.parametrize("seed", range(8))
def test_edges_run_downwards_where_there_is_no_cycle(seed):
    sizes, edges = random_graph(seed, 30, 60)
    edges = [(min(pair), max(pair)) for pair in edges]
    layout = lay_out(sizes, edges)
    for (start, end), way in zip(edges, layout.ways, strict=True):
        ys = [y for _, y in way]
        assert ys == sorted(ys)
        assert way[0][1] == layout.corners[start][1] + sizes[start][1]
        assert way[-1][1] == layout.corners[end][1]


def test_a_cycle_has_one_edge_upwards():
    layout = lay_out([(10, 10)] * 3, [(0, 1), (1, 2), (2, 0)])
    upwards = [way[0][1] > way[-1][1] for way in layout.ways]
    assert upwards == [False, False, True]


def test_a_chain_is_straight():
    layout = lay_out([(30, 10), (80, 10), (50, 10)], [(0, 1), (1, 2)])
    centers = {x + w / 2 for (x, _), (w, _) in zip(layout.corners, [(30, 0), (80, 0), (50, 0)], strict=True)}
    assert max(centers) - min(centers) < 0.01


def test_a_deep_graph_needs_no_recursion():
    layout = lay_out([(10, 10)] * 3000, [(i, i + 1) for i in range(2999)])
    assert layout.height == 3000 * 10 + 2999 * 46
