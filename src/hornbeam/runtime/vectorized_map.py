"""`vectorized_map`: a function of one row, applied to all rows at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph import mode, nest
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.ops.vectorized import each_row
from hornbeam.runtime.function import Function


@public("vectorized_map")
def vectorized_map(fn: Callable[..., Any], elems: Any, fallback_to_while_loop: bool = True, warn: bool = True) -> Any:
    """`fn` of each row of `elems`, the results stacked: `map_fn`, but all rows run together, as one batched program.

    elems: a tensor, or nested tensors of equally many rows (one with a single row is shared by all); `fn` gets one row
    of each and gives nested tensors. fallback_to_while_loop: whether a function that writes variables or needs the
    host (strings, Python) may run row by row instead; ValueError otherwise. warn: accepted.
    The function is traced, in eager code at each call. Raises ValueError for scalars and no tensors at all.

    >>> import numpy as np
    >>> vectorized_map(lambda row: row[0] * row[1], np.array([[1, 2], [3, 4]])).numpy().tolist()
    [2, 12]
    """
    leaves = nest.flatten(elems, True)
    if not leaves:
        raise ValueError("elems must be a Tensor or (possibly nested) sequence of Tensors. Got no tensors.")
    graph = graph_for(leaves)
    if graph is not None:
        return _in_graph(graph, fn, elems, fallback_to_while_loop)
    tensors = [as_tensor(leaf, None, None) for leaf in leaves]

    def mapped(given: Sequence[Any]) -> Any:
        inside = mode.current_graph()
        assert inside is not None
        return _in_graph(inside, fn, nest.pack_sequence_as(elems, list(given), True), fallback_to_while_loop)

    return Function(mapped, autograph=False)(tensors)


def _in_graph(graph: Graph, fn: Callable[..., Any], elems: Any, sequential: bool) -> Any:
    structure: list[Any] = []

    def rows(given: Sequence[Any]) -> list[Any]:
        structure.append(fn(nest.pack_sequence_as(elems, list(given), True)))
        return [leaf for leaf in nest.flatten(structure[0], True) if leaf is not None]

    with mode.opened(graph), graph.name_scope("vectorized_map"):
        leaves = [as_tensor(leaf, None, graph, graph.unique_name("elems", False)) for leaf in nest.flatten(elems, True)]
        if any(leaf.dims == () for leaf in leaves):
            raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
        found = iter(each_row(graph, rows, leaves, sequential))
        flat = [None if leaf is None else next(found) for leaf in nest.flatten(structure[0], True)]
        return nest.pack_sequence_as(structure[0], flat, True)
