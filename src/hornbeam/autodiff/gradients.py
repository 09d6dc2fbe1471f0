"""`gradients(ys, xs)` on a graph, and what follows from it: jacobians and Hessians."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.autodiff.reverse import reverse
from hornbeam.graph import mode
from hornbeam.graph.call import as_tensor, constant_node
from hornbeam.graph.graph import Graph
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array, control_flow, rules


@public("AggregationMethod")
@final
class AggregationMethod:
    """How gradients that meet are added up. Accepted: XLA arranges sums itself."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


@public("UnconnectedGradients")
@final
class UnconnectedGradients(enum.Enum):
    """What the gradient is of something that the result does not depend on: None, or zeros."""

    NONE = "none"
    ZERO = "zero"


@public(v2=("gradients",))
def gradients(ys: Any, xs: Any, grad_ys: Any = None, name: str = "gradients", gate_gradients: bool = False,
              aggregation_method: Any = None, stop_gradients: Any = None,
              unconnected_gradients: Any = UnconnectedGradients.NONE) -> list[Any]:
    """The derivative of the sum of `ys` with respect to each of `xs`, as operations of the graph.

    ys, xs: tensors or variables, or lists of them. grad_ys: a weight for each of `ys` (a tensor of its shape, or None
    for ones). stop_gradients: tensors that count as constants. unconnected_gradients: 'none' or 'zero', what stands
    for an x that no y depends on. A gradient is `IndexedSlices` where rows were gathered from a variable.
    gate_gradients, aggregation_method: accepted. name: the scope of the operations.
    Raises RuntimeError where calls run at once (use `GradientTape`), ValueError for lists that do not fit, TypeError
    for complex ys without weights.
    """
    return graph_gradients(ys, xs, grad_ys, name, aggregation_method, stop_gradients, unconnected_gradients)


def graph_gradients(ys: Any, xs: Any, grad_ys: Any = None, name: str = "gradients", aggregation_method: Any = None,
                    stop_gradients: Any = None, unconnected_gradients: Any = UnconnectedGradients.NONE) -> list[Any]:
    """`gradients` of either generation."""
    targets, sources = _listed(ys), _listed(xs)
    if aggregation_method not in (None, 0, 1, 2):
        raise ValueError(f"Invalid `aggregation_method` specified {aggregation_method}. Accepted values are "
                         "[0, 1, 2].")
    try:
        unconnected = UnconnectedGradients(unconnected_gradients)
    except ValueError:
        raise ValueError(f"Unknown value for unconnected_gradients: '{unconnected_gradients}'") from None
    graph = _graph_of((*targets, *sources))
    weights = [None] * len(targets) if grad_ys is None else _listed(grad_ys)
    if len(weights) != len(targets):
        raise ValueError(f"Length mismatch. Passed {len(weights)} grad_ys for {len(targets)} ys")
    with mode.opened(graph), graph.name_scope(name or "gradients"):
        tensors = [_element(y, graph) for y in targets]
        elements = [_element(x, graph) for x in sources]
        starts = [_weight(y, w, i, graph) for i, (y, w) in enumerate(zip(tensors, weights, strict=True))]
        stops = {id(_element(t, graph)) for t in _listed([] if stop_gradients is None else stop_gradients)}
        found = reverse(tensors, starts, elements, producer(), stops, _scope)
        if unconnected is UnconnectedGradients.ZERO:
            found = [array.zeros_like(x) if g is None else g for x, g in zip(elements, found, strict=True)]
    return found


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _graph_of(values: Sequence[Any]) -> Graph:
    graph = mode.current_graph()
    if graph is None:
        symbolic = next((v for v in values if isinstance(getattr(v, "_graph_home", None) or getattr(
            getattr(v, "op", None), "graph", None), Graph)), None) if values else None
        if symbolic is None:
            raise RuntimeError("tf.gradients is not supported when eager execution is enabled. "
                               "Use tf.GradientTape instead.")
        graph = _element(symbolic, None).op.graph
    return graph


def _element(item: Any, graph: Graph | None) -> GraphTensor:
    convert = getattr(item, "_as_graph_element", None)
    element = item if convert is None else convert()
    if isinstance(element, GraphTensor):
        return element
    return as_tensor(item, None, graph, graph.unique_name("Const", False) if graph is not None else "Const")


def _weight(y: GraphTensor, weight: Any, position: int, graph: Graph) -> Any:
    """The gradient that the traversal starts from at one y."""
    label = f"grad_ys_{position}"
    dtype = y.dtype.base_dtype
    if weight is None:
        if dtype.is_complex:
            raise TypeError(f"Gradients of complex tensors ({y}) must set grad_ys (y.dtype = {dtype.name})")
        if dtype.np_dtype.kind == "O":
            raise TypeError(f"Expected string, but got 1 of type 'int'. ({y.name} has no gradient)")
        shape = (ops["Shape"](y, name="Shape") if y._dims is None or None in y._dims else
                 constant_node(graph, np.array(y._dims, np.int32), graph.unique_name("Shape", False)))
        full = graph.unique_name(label)
        one = constant_node(graph, np.ones((), dtype.np_dtype), f"{full}/Const")
        return ops["Fill"](shape, one, name=f"{full}/")
    if isinstance(weight, IndexedSlices):
        return weight
    weight = as_tensor(weight, dtype, graph, graph.unique_name(label, False))
    if dtype.is_complex != weight.dtype.base_dtype.is_complex:
        kind = "complex" if dtype.is_complex else "real"
        raise TypeError(f"Gradient type {weight.dtype.base_dtype.name} generated for {kind}-valued tensor {y} with "
                        f"type {dtype.name} must be {kind}")
    if not TensorShape(weight._dims).is_compatible_with(TensorShape(y._dims)):
        given, wanted = TensorShape(weight._dims).num_elements(), TensorShape(y._dims).num_elements()
        if given is None or wanted is None or given == wanted:
            return ops["Reshape"](weight, ops["Shape"](y, name="Shape"), name=graph.unique_name(label, False))
        raise ValueError(f"Shapes {rules.text(weight._dims)} and {rules.text(y._dims)} of grad_ys[{position}] and "
                         f"ys[{position}] are incompatible.")
    return weight


def _scope(call: Any) -> contextlib.AbstractContextManager[Any]:
    graph = mode.default_graph()
    return contextlib.nullcontext() if isinstance(call, Crossing) else graph.name_scope(f"{call.name}_grad")


# Out of branches and loops --------------------------------------------------------------------------


@final
class _Handing:
    """The declaration of a crossing: its gradient is what came in."""

    type = "Identity"
    differentiable = None

    @staticmethod
    def gradient(call: Any, dy: Any) -> Any:
        return dy


@final
class Crossing:
    """Where a tensor of a graph is used in a graph within it, or a variable is read: the traversal goes on outside."""

    declaration = _Handing
    index = -1
    rule = None
    gradient_type = None

    def __init__(self, inside: Any, outside: Any) -> None:
        self.inputs, self.outputs = [outside], [inside]
        self.name = "crossing"


def producer() -> Callable[[GraphTensor], Any]:
    """What made a tensor: its operation, or for an input of a branch or loop, the tensor it stands for."""
    crossings: dict[GraphTensor, Crossing] = {}

    def find(tensor: GraphTensor) -> Any:
        if tensor.op.type != "_Arg":
            return tensor.op
        outside = tensor.op.graph.sources.get(tensor)  # type: ignore[attr-defined]
        if outside is None:
            return tensor.op
        return crossings.setdefault(tensor, Crossing(tensor, outside))

    return find


# Second derivatives ---------------------------------------------------------------------------------


@public(v2=("hessians",))
def hessians(ys: Any, xs: Any, gate_gradients: bool = False, aggregation_method: Any = None,
             name: str = "hessians") -> list[Any]:
    """The matrix of second derivatives of the sum of `ys` for each of `xs`: of shape x.shape + x.shape.

    Raises ValueError where a y does not depend on an x. Arguments as for `gradients`.
    """
    return graph_hessians(ys, xs, aggregation_method, name)


def graph_hessians(ys: Any, xs: Any, aggregation_method: Any = None, name: str = "hessians") -> list[Any]:
    """`hessians` of either generation."""
    sources = _listed(xs)
    graph = _graph_of((*_listed(ys), *sources))
    with mode.opened(graph), graph.name_scope(name):
        firsts = graph_gradients(ys, sources, aggregation_method=aggregation_method)
        if any(g is None for g in firsts):
            raise ValueError("hessians: a y does not depend on an x")
        return [jacobian(array.convert(g), x) for g, x in zip(firsts, sources, strict=True)]


def jacobian(y: Any, x: Any) -> Any:
    """The derivative of each element of `y` with respect to `x`: of shape y.shape + x.shape. Both in a graph.

    One backward pass for each element, one after the other; where `y` does not depend on `x`, zeros.
    """
    graph = _graph_of((y, x))
    with mode.opened(graph):
        y, x = _element(y, graph), _element(x, graph)
        flat = ops["Reshape"](y, np.array([-1], np.int32))
        count = ops["Size"](flat)
        rows = ops["Fill"](ops["ConcatV2"]([ops["Reshape"](count, np.array([1], np.int32)), ops["Shape"](x)],
                                           np.int32(0)), np.zeros((), y.dtype.base_dtype.np_dtype))

        def step(i: Any, found: Any) -> Any:
            one = ops["GatherV2"](flat, i, np.int32(0))
            row = graph_gradients(one, x, unconnected_gradients="zero")[0]
            at = ops["Reshape"](i, np.array([1, 1], np.int32))
            return [ops["AddV2"](i, 1), ops["TensorScatterUpdate"](found, at, ops["ExpandDims"](
                array.convert(row), np.int32(0)))]

        start = [as_tensor(np.int32(0), None, graph, graph.unique_name("Const", False)), rows]
        _, found = control_flow.loop(graph, lambda i, _: ops["Less"](i, count), step, start)
        return ops["Reshape"](found, ops["ConcatV2"]([ops["Shape"](y), ops["Shape"](x)], np.int32(0)))
