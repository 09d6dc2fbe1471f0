"""The graph of objects below a root, and how a checkpoint writes it down.

Objects are numbered breadth first; an object's path is the shortest that leads to it. A value is saved under
`path/.ATTRIBUTES/name`, a slot under `variable/.OPTIMIZER_SLOT/optimizer/slot`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

from hornbeam.runtime.variable import Variable
from hornbeam.train.checkpoints.trackables import Value, children, slots, values

_ATTRIBUTES = ".ATTRIBUTES"
_SLOTS = ".OPTIMIZER_SLOT"


def escaped(name: str) -> str:
    """A child's name as a part of a path: a slash in it is `.S`, a dot two dots.

    >>> escaped("a/b.c")
    'a.Sb..c'
    """
    return name.replace(".", "..").replace("/", ".S")


def value_key(path: str, attribute: str) -> str:
    """The key of a value.

    >>> value_key("layer/kernel", "VARIABLE_VALUE")
    'layer/kernel/.ATTRIBUTES/VARIABLE_VALUE'
    """
    return "/".join(filter(None, (path, _ATTRIBUTES, escaped(attribute))))


@final
class ObjectGraph:
    """All objects that can be reached from `root`; `extra` are further children of the root.

    `objects[i]` has the path `paths[i]` and the children `edges[i]`, by name; `slots` are (optimizer's number, slot's
    name, variable's number, slot's number).
    """

    def __init__(self, root: Any, extra: Mapping[str, Any] | None = None, with_slots: bool = True) -> None:
        self.objects: list[Any] = []
        self.paths: list[str] = []
        self.edges: list[dict[str, int]] = []
        self.slots: list[tuple[int, str, int, int]] = []
        self._numbers: dict[int, int] = {}
        self._add(root, "")
        at = 0
        while at < len(self.objects):
            item = self.objects[at]
            below = children(item)
            if not at and extra:
                below = {**below, **{k: v for k, v in extra.items() if k not in below}}
            self.edges.append({name: self._add(child, self._below(at, name)) for name, child in below.items()})
            at += 1
        if with_slots:
            self._add_slots()

    def number(self, item: Any) -> int | None:
        """The number of an object, None where it is not in the graph."""
        return self._numbers.get(id(item))

    def _below(self, parent: int, name: str) -> str:
        return "/".join(filter(None, (self.paths[parent], escaped(name))))

    def _add(self, item: Any, path: str) -> int:
        found = self._numbers.get(id(item))
        if found is None:
            found = self._numbers[id(item)] = len(self.objects)
            self.objects.append(item)
            self.paths.append(path)
        return found

    def _add_slots(self) -> None:
        reached = list(enumerate(self.objects))
        variables = [item for _, item in reached if isinstance(item, Variable)]
        for number, item in reached:
            for name, variable, slot in slots(item, variables):
                original = self._numbers[id(variable)]
                path = f"{self.paths[original]}/{_SLOTS}/{self.paths[number]}/{escaped(name)}"
                held = self._add(slot, path)
                if held == len(self.edges):
                    self.edges.append({})
                self.slots.append((number, name, original, held))

    def saved(self) -> list[tuple[str, Value]]:
        """The values and their keys."""
        return [(value_key(path, value.attribute), value) for path, item in zip(self.paths, self.objects, strict=True)
                for value in values(item)]

    def to_proto(self) -> Any:
        """The `TrackableObjectGraph`."""
        from hornbeam.graph.messages.trackable_object_graph_pb2 import TrackableObjectGraph
        graph = TrackableObjectGraph()
        for path, item, edges in zip(self.paths, self.objects, self.edges, strict=True):
            node = graph.nodes.add()
            for name, number in edges.items():
                node.children.add(node_id=number, local_name=name)
            for value in values(item):
                node.attributes.add(name=value.attribute, full_name=value.full_name,
                                    checkpoint_key=value_key(path, value.attribute))
        for number, name, original, held in self.slots:
            graph.nodes[number].slot_variables.add(original_variable_node_id=original, slot_name=name,
                                                   slot_variable_node_id=held)
        for node, has in zip(graph.nodes, nodes_with_values(graph, through_slots=True), strict=True):
            node.has_checkpoint_values.value = has
        return graph


def nodes_with_values(graph: Any, through_slots: bool) -> list[bool]:
    """Which nodes of a `TrackableObjectGraph`, or nodes below them, have values.

    through_slots: whether slot variables count as below their optimizer. Numbers of nodes that are not there are
    passed over.
    """
    above: list[list[int]] = [[] for _ in graph.nodes]
    for number, node in enumerate(graph.nodes):
        below = [child.node_id for child in node.children]
        below += [slot.slot_variable_node_id for slot in node.slot_variables] if through_slots else []
        for place in below:
            if 0 <= place < len(above):
                above[place].append(number)
    found = [False] * len(graph.nodes)
    stack = [i for i, node in enumerate(graph.nodes) if node.attributes]
    while stack:
        number = stack.pop()
        if not found[number]:
            found[number] = True
            stack += above[number]
    return found
