"""`gradients(ys, xs)` on a graph."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from hornbeam.autodiff.reverse import reverse
from hornbeam.graph.names import public
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _element(item: Any) -> GraphTensor:
    convert = getattr(item, "_as_graph_element", None)
    return item if convert is None else convert()


@public("gradients")
def gradients(ys: Any, xs: Any, grad_ys: Any = None, name: str = "gradients", gate_gradients: bool = False,
              aggregation_method: Any = None, stop_gradients: Any = None,
              unconnected_gradients: Any = None) -> list[Any]:
    """The derivatives of the sum of `ys` with respect to each of `xs`."""
    ys, xs = [_element(y) for y in _listed(ys)], [_element(x) for x in _listed(xs)]
    graph = ys[0].graph
    with graph.as_default(), graph.name_scope(name):
        starts = [array.ones_like_op(y) for y in ys] if grad_ys is None else _listed(grad_ys)
        stops = {id(_element(t)) for t in _listed(stop_gradients or [])}
        return reverse(ys, starts, xs, _producer, stops, _scope)


def _producer(tensor: Any) -> Any:
    return tensor.op


def _scope(call: Any) -> contextlib.AbstractContextManager[Any]:
    return call.graph.name_scope(f"{call.name.rpartition('/')[2]}_grad")


__all__: Sequence[str] = ["gradients"]
