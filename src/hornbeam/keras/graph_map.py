"""The operations between symbolic inputs and outputs, and the order in which they run.

A node's depth is the length of the longest way from it to an output; nodes run from the deepest to depth 0. Operations
of one depth stand in the order in which a walk from the outputs first meets them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.nodes import Node


class GraphMap(NamedTuple):
    """What stands between inputs and outputs: keys of nodes, nodes and operations by depth, operations in order."""

    node_keys: set[str]
    nodes_by_depth: dict[int, list[Node]]
    operations: list[Any]
    operations_by_depth: dict[int, list[Any]]


def node_key(operation: Any, index: int) -> str:
    """What a call of an operation is known by."""
    return f"{id(operation)}_ib-{index}"


def nodes_between(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> tuple[list[Node], dict[Any, int]]:
    """The nodes that the outputs need, makers before users, and when each operation was first met.

    Raises ValueError where a tensor follows from itself.
    """
    given = {id(x) for x in inputs}
    finished: set[Node] = set()
    open_nodes: set[Node] = set()
    ordered: list[Node] = []
    met: dict[Any, int] = {}
    for output in outputs:
        stack: list[tuple[Any, Node | None, Any]] = [(output, None, None)]
        while stack:
            tensor, node, waiting = stack.pop()
            if node is None:
                node = _enter(tensor, given, finished, open_nodes, met)
                if node is None:
                    continue
                waiting = iter(() if node.is_input else node.input_tensors)
            following = next(waiting, None)
            if following is not None:
                stack.append((tensor, node, waiting))
                stack.append((following, None, None))
                continue
            finished.add(node)
            open_nodes.remove(node)
            ordered.append(node)
    return ordered, met


def _enter(tensor: Any, given: set[int], finished: set[Node], open_nodes: set[Node],
           met: dict[Any, int]) -> Node | None:
    """The node that made `tensor`, where its inputs are still to be visited."""
    operation, index, _ = tensor._keras_history
    if operation is None:
        return None
    node: Node = operation._inbound_nodes[index]
    if node in finished:
        return None
    if not node.is_input and id(tensor) in given:
        finished.add(node)
        return None
    if node in open_nodes:
        raise ValueError(f"Tensor {tensor} from operation '{operation.name}' is part of a cycle.")
    met.setdefault(operation, len(met))
    open_nodes.add(node)
    return node


def map_graph(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> GraphMap:
    """What stands between inputs and outputs.

    Raises ValueError where an output needs a tensor that is not among the inputs, or two operations have one name.
    """
    ordered, met = nodes_between(inputs, outputs)
    within = set(ordered)
    keys = {node_key(n.operation, n.operation._inbound_nodes.index(n)) for n in ordered}
    depths: dict[Node, int] = {}
    operation_depths: dict[Any, int] = {}
    for node in reversed(ordered):
        depth = max(depths.setdefault(node, 0), operation_depths.get(node.operation, 0))
        depths[node] = operation_depths[node.operation] = depth
        for parent in node.parent_nodes:
            if parent in within:
                depths[parent] = max(depth + 1, depths.get(parent, 0))
    for x in inputs:
        operation, index, _ = x._keras_history  # type: ignore[attr-defined]
        if operation is not None and operation not in operation_depths:
            node = operation._inbound_nodes[index]
            if node.is_input:
                operation_depths[operation] = depths[node] = 0
                met[operation] = -1
                keys.add(node_key(operation, index))
    nodes_by_depth: dict[int, list[Node]] = defaultdict(list)
    for node, depth in depths.items():
        nodes_by_depth[depth].append(node)
    operations_by_depth: dict[int, list[Any]] = defaultdict(list)
    for operation, depth in operation_depths.items():
        operations_by_depth[depth].append(operation)
    operations = []
    for depth in sorted(operations_by_depth, reverse=True):
        operations_by_depth[depth].sort(key=met.__getitem__)
        operations += operations_by_depth[depth]
    _check(inputs, nodes_by_depth, operations)
    return GraphMap(keys, dict(nodes_by_depth), operations, dict(operations_by_depth))


def _check(inputs: Sequence[KerasTensor], nodes_by_depth: dict[int, list[Node]], operations: list[Any]) -> None:
    computable = {id(x) for x in inputs}
    reached: list[str] = []
    for depth in sorted(nodes_by_depth, reverse=True):
        for node in nodes_by_depth[depth]:
            for x in node.input_tensors:
                if id(x) not in computable:
                    raise ValueError(f"Graph disconnected: cannot find parent for tensor {x} at operation "
                                     f"'{node.operation}'. The following previous operations were accessed without "
                                     f"issue: {reached}")
            if node.input_tensors:
                reached.append(node.operation.name)
            computable.update(id(x) for x in node.outputs)
    names = [operation.name for operation in operations]
    if len(set(names)) < len(names):
        name = next(n for n in names if names.count(n) > 1)
        raise ValueError(f'The name "{name}" is used {names.count(name)} times in the model. All operation names '
                         "should be unique.")
