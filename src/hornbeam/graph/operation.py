"""Operation: one node of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, final

from hornbeam.graph.source import Frame, made_at
from hornbeam.graph.tensor import GraphTensor, _session_for

if TYPE_CHECKING:
    from hornbeam.graph.graph import Graph
    from hornbeam.graph.op import Op


@final
class Operation:
    """A call of an op that a graph remembers: its inputs, attributes, outputs, and the user's line that made it.

    `declaration` is the op; `type` its name; `index` its place in the graph's order of creation.
    """

    __slots__ = ("__weakref__", "_control_inputs", "_control_users", "attrs", "declaration", "device", "frames",
                 "gradient_type", "graph", "index", "inputs", "name", "outputs", "rule")

    def __init__(self, graph: Graph, declaration: Op, name: str, inputs: Sequence[GraphTensor],
                 attrs: dict[str, Any], control_inputs: Iterable[Operation], device: str,
                 frames: tuple[Frame, ...]) -> None:
        self.graph = graph
        self.declaration = declaration
        self.name = name
        self.inputs = tuple(inputs)
        self.attrs = attrs
        self._control_inputs = list(control_inputs)
        self.device = device
        self.frames = frames
        self.index = -1
        self.outputs: list[GraphTensor] = []
        self.gradient_type: str | None = None
        self.rule: Any = None
        for tensor in self.inputs:
            tensor._users.append(self)

    @property
    def type(self) -> str:
        """The name of the op, as in `MatMul`."""
        return self.declaration.type

    @property
    def control_inputs(self) -> list[Operation]:
        """The operations that must have run before this one."""
        return list(self._control_inputs)

    @property
    def traceback(self) -> list[Frame]:
        """The user's lines that made this operation, outermost first."""
        return list(reversed(self.frames))

    @property
    def made_at(self) -> str:
        """The user's line, in words."""
        return made_at(self.frames)

    def values(self) -> tuple[GraphTensor, ...]:
        """The outputs, as a tuple."""
        return tuple(self.outputs)

    def get_attr(self, name: str) -> Any:
        """The value of an attribute. Raises ValueError where the operation has none of that name."""
        attrs = self.declaration.all_attrs(self)
        if name not in attrs:
            raise ValueError(f"Operation '{self.name}' has no attr named '{name}'.")
        return attrs[name]

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Run this operation in `session`, or in the default session."""
        _session_for(session, "execute operation using `run()`", self.graph).run(self, feed_dict)

    def colocation_groups(self) -> list[bytes]:
        """The groups of operations that share a device with this one."""
        return self.attrs.get("_class") or [f"loc:@{self.name}".encode()]

    def _set_device(self, device: Any) -> None:
        self.device = device if isinstance(device, str) else device.to_string()

    def _set_attr(self, attr_name: str, attr_value: Any) -> None:
        """Gives it a mark of its node, as `_class`, from an `AttrValue`: of a list, what it holds."""
        kind = attr_value.WhichOneof("value")
        value = getattr(attr_value, kind)
        if kind == "list":
            value = [item for _, items in value.ListFields() for item in items]
        self.attrs[attr_name] = value
        self.graph.edited()

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _add_control_inputs(self, ops: Iterable[Operation]) -> None:
        for op in ops:
            if op.graph is not self.graph:
                raise ValueError(f"{op.name} is not an element of the graph of {self.name}.")
            if op is not self and op not in self._control_inputs:
                self._control_inputs.append(op)
        self.graph.edited()

    def __str__(self) -> str:
        try:
            return str(self.node_def)
        except (ImportError, ValueError):
            return repr(self)

    @property
    def op_def(self) -> Any:
        """The `OpDef` protobuf of this operation's op; with its name alone for what only Hornbeam has."""
        from hornbeam.graph import op_defs
        from hornbeam.graph.messages.op_def_pb2 import OpDef
        return op_defs.get(self.type) or OpDef(name=self.type)

    @property
    def node_def(self) -> Any:
        """The `NodeDef` protobuf of this operation."""
        return self.graph.node_def(self)

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"
