"""Body: the graph inside a branch or a loop.

What is built in it may use tensors of the graphs around it: `bring_in` captures them, so that each becomes an input
of the operation that holds the body. Variables are the exception: they come in as they are, and a run finds them by
their operation. Names, collections, seeds and new variables are the outermost graph's. A body that repeats the
operations of another (a gradient does) takes the other's tensors by their copies (`replays`).

Invariants: `inputs` line up with the inputs of the operation that holds the body; a body that is `closed` gets no
operation any more, so operations may share it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hornbeam.graph import op as declarations
from hornbeam.graph.dtypes import DType
from hornbeam.graph.graph import Graph
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import GraphTensor

_NO_EFFECT = frozenset(("VariableV2", "VarHandleOp", "Placeholder", "_Arg"))
SHAPES_ONLY = frozenset(("Shape", "ShapeN", "Size", "Rank", "SizeAs"))
"""Ops whose results follow from the shapes of their inputs, which are known when a program is compiled."""


class NeedsHost(Exception):
    """A branch or loop cannot be compiled: shapes in it follow from values that it computes itself, or change."""

    def __init__(self, op: Operation, why: str) -> None:
        super().__init__(f"{op.name} runs on the host: {why}")
        self.op = op


class Body(Graph):
    """A graph whose operations may use those of the graph around it (`outer`)."""

    def __init__(self, outer: Graph, scope: str = "") -> None:
        super().__init__()
        self.v1 = outer.v1  # type: ignore[misc]
        self.outer = outer
        self.inputs: list[GraphTensor] = []
        self.outputs: list[GraphTensor] = []
        self.captures: dict[GraphTensor, GraphTensor] = {}
        self.sources: dict[GraphTensor, GraphTensor] = {}
        self.outer_controls: dict[Operation, None] = {}
        self.replays: dict[Graph, Callable[[GraphTensor], GraphTensor]] = {}
        self.closed = False
        self._scope = scope.rstrip("/")
        self._name_counts = outer._name_counts
        self._collections = outer._collections
        self._device_stack = list(outer._device_stack)
        self._gradient_types = outer._gradient_types
        self._attr_scope = outer._attr_scope
        self._needed: list[Operation] | None = None

    @property
    def outermost(self) -> Graph:
        return self.outer.outermost

    @property
    def in_program_order(self) -> bool:
        return self.outer.in_program_order

    def capture(self, tensor: Any) -> GraphTensor | None:
        captured = self.outer.capture(tensor)
        return None if captured is None else self.bring_in(captured)

    # Inputs -------------------------------------------------------------------------------------

    def add_input(self, dims: Dims, dtype: DType, name: str = "arg") -> GraphTensor:
        """A new tensor whose value is given by the operation that holds this body."""
        attrs = {"dtype": dtype.base_dtype, "shape": dims}
        node = self.add(declarations.registry["_Arg"], self.unique_name(name), (), attrs, [(dims, dtype.base_dtype)])
        return node.outputs[0]

    def bring_in(self, tensor: GraphTensor) -> GraphTensor:
        """`tensor` as an input for operations of this body: one of the graphs around it is captured.

        Raises ValueError for a tensor of an unrelated graph.
        """
        if tensor.op.graph is self or tensor.op.type == "VariableV2":
            return tensor
        copied = self.replays.get(tensor.op.graph)
        if copied is not None:
            return copied(tensor)
        source = self.outer.bring_in(tensor)
        held = self.captures.get(source)
        if held is None:
            held = self.add_input(source._dims, source.dtype, tensor.op.name.rpartition("/")[2])
            self.captures[source] = held
            self.sources[held] = source
        return held

    def bring_in_reference(self, tensor: GraphTensor) -> GraphTensor:
        """A variable as what an operation of this body writes; what wrote it outside runs before."""
        if tensor.op.graph is self or tensor.op.type == "VariableV2":
            return tensor
        self.bring_in(tensor)
        while tensor.op.type != "VariableV2":
            tensor = tensor.op.inputs[0]
        return tensor

    def read_inside(self, variables: Collection[Operation]) -> None:
        """Read these variables where they are used, rather than once outside: the graphs here write them."""
        for source, held in list(self.captures.items()):
            variable = _variable_read_by(source)
            if variable is not None and variable in variables:
                node = held.op
                node.declaration, node.attrs = declarations.registry["Identity"], {}
                node.inputs = (variable.outputs[0],)
                del self.captures[source], self.sources[held]
        self._needed = None

    def forget_unused(self) -> None:
        """Drop captures that neither outputs nor effects need."""
        used = {t for op in self.needed for t in op.inputs} | set(self.outputs)
        self.captures = {source: inside for source, inside in self.captures.items() if inside in used}

    def close(self, sources: Sequence[GraphTensor], given: Sequence[GraphTensor] = ()) -> None:
        """Fix the inputs: `given` ones first, then one for each of `sources`, tensors of the graph around."""
        self.inputs = [*given, *(self.captures[s] if s in self.captures else self._unused(s) for s in sources)]
        self.closed = True

    def _unused(self, source: GraphTensor) -> GraphTensor:
        return self.add_input(source._dims, source.dtype, "unused")

    # What runs ----------------------------------------------------------------------------------

    @property
    def needed(self) -> list[Operation]:
        """The operations that the outputs and the side effects need, in the order they run."""
        if self._needed is None:
            effects = [op for op in self._operations if has_effects(op)]
            made = _order[0](dict.fromkeys([*(t.op for t in self.outputs), *effects]))
            self._needed = [op for op in made if op.graph is self and op.type != "_Arg"]
        return self._needed

    def edited(self) -> None:
        self._needed = None
        self.outermost.edited()

    # The outermost graph's affairs ----------------------------------------------------------------

    def add(self, declaration: Any, name: str, inputs: Sequence[GraphTensor], attrs: dict[str, Any],
            outputs: Iterable[tuple[Dims, DType]]) -> Operation:
        if self.closed and declaration.type != "_Arg":
            raise ValueError(f"{name}: a tensor made inside a branch or loop can be used only inside it; return it "
                             "from the function to use it outside.")
        if self.outermost.finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")
        return super().add(declaration, name, inputs, attrs, outputs)

    def op_seeds(self, op_seed: int | None) -> tuple[int, int] | None:
        return self.outermost.op_seeds(op_seed)

    def _find_operation(self, name: str) -> Operation:
        return super()._find_operation(name) if name in self._by_name else self.outer._find_operation(name)

    def _find_tensor(self, name: str) -> GraphTensor:
        inside = name.rpartition(":")[0] in self._by_name
        return super()._find_tensor(name) if inside else self.outer._find_tensor(name)

    @contextmanager
    def control_dependencies(self, control_inputs: Iterable[Any] | None) -> Iterator[None]:
        """As in any graph; operations of the graphs around run before the operation that holds this body."""
        if control_inputs is None:
            with super().control_dependencies(None):
                yield
            return
        inside: list[Any] = []
        for item in control_inputs:
            element = self._control_element(item)
            element = getattr(element, "_as_graph_element", lambda e=element: e)()
            op = element.op if isinstance(element, GraphTensor) else element
            if isinstance(op, Operation) and op.graph is not self:
                self._wait_outside(op)
            else:
                inside.append(element)
        with super().control_dependencies(inside):
            yield

    def _wait_outside(self, op: Operation) -> None:
        graph: Graph = self
        while isinstance(graph, Body) and graph.outer is not op.graph:
            graph = graph.outer
        if not isinstance(graph, Body):
            raise ValueError(f"{op.name} is not an element of this graph.")
        graph.outer_controls[op] = None


_order: list[Callable[[Iterable[Operation]], list[Operation]]] = []


def set_order(function: Callable[[Iterable[Operation]], list[Operation]]) -> None:
    """Bind the rule that says what operations need and in what order they run (`runtime/order.py`)."""
    _order[:] = [function]


def bodies(op: Operation) -> list[Body]:
    """The graphs that a branch or loop operation holds."""
    if not op.declaration.structural:
        return []
    found: list[Body] = []
    for value in op.attrs.values():
        found.extend(b for b in (value if isinstance(value, tuple) else (value,)) if isinstance(b, Body))
    return found


def has_effects(op: Operation) -> bool:
    """Whether an operation does something besides giving its outputs: it writes, prints, checks."""
    declaration = op.declaration
    if declaration.structural:
        return any(has_effects(inner) for body in bodies(op) for inner in body._operations)
    return declaration.stateful and not declaration.random and op.type not in _NO_EFFECT


def ordered_for(ops: Iterable[Operation]) -> list[Operation]:
    """What operations need, themselves included, in the order it runs."""
    return _order[0](ops)


def has_checks(op: Operation) -> bool:
    """Whether an operation, or one in the graphs it holds, is checked while it runs."""
    if op.declaration.checker is not None:
        return True
    return any(has_checks(inner) for body in bodies(op) for inner in body.needed)


def written_variables(bodies_: Iterable[Body]) -> set[Operation]:
    """The variables that operations of some graphs write, and of the graphs inside them."""
    found: set[Operation] = set()
    for op in (op for body in bodies_ for op in body.get_operations()):
        references = dict(zip([a.name for a in op.declaration.args], op.inputs, strict=False))
        for name in op.declaration.writes:
            tensor = references[name]
            while tensor.op.type != "VariableV2":
                tensor = tensor.op.inputs[0]
            found.add(tensor.op)
        found |= written_variables(bodies(op))
    return found


def _variable_read_by(tensor: GraphTensor) -> Operation | None:
    """The variable whose value a tensor is, through the graphs that hand it on; None for any other tensor."""
    while isinstance(tensor.op.graph, Body) and tensor in tensor.op.graph.sources:
        tensor = tensor.op.graph.sources[tensor]
    is_read = tensor.op.type == "Identity" and tensor.op.inputs[0].op.type == "VariableV2"
    return tensor.op.inputs[0].op if is_read else None


# What must be known to compile ----------------------------------------------------------------------


def static_tensors(op: Operation) -> list[GraphTensor]:
    """The inputs whose values must be known when `op` is compiled."""
    declaration = op.declaration
    if declaration.static_rule is not None:
        return declaration.static_rule(op)
    out: list[GraphTensor] = []
    for arg, item in zip(declaration.args, declaration.group(op.inputs), strict=True):
        if arg.static:
            out.extend(item if arg.many else [item])
    return out


def static_captures(op: Operation, body: Body, inputs: Sequence[GraphTensor]) -> list[GraphTensor]:
    """Those of `inputs` (in line with the body's) from which values follow that operations inside must know.

    What such a value needs besides is found while compiling, where it turns out that the host must run `op`.
    """
    outside = dict(zip(body.inputs, inputs, strict=True))
    found: dict[GraphTensor, None] = {}
    stack = [t for inner in body.needed for t in static_tensors(inner)]
    seen: set[GraphTensor] = set()
    while stack:
        tensor = stack.pop()
        if tensor in seen or tensor.op.type in SHAPES_ONLY:
            continue
        seen.add(tensor)
        if tensor in outside:
            found[outside[tensor]] = None
        elif not tensor.op.declaration.stateful and tensor.op.graph is body:
            stack.extend(t for t in tensor.op.inputs if t.dtype.base_dtype.is_integer or t.dtype.base_dtype.is_bool)
    return list(found)


def reaching(outputs: Iterable[GraphTensor], body: Body) -> set[GraphTensor]:
    """The tensors of `body` that its `outputs` are computed from, themselves included.

    A graph that is run once (`Step`) is looked into: what one of its outputs does not need does not count.
    """
    seen: set[GraphTensor] = set()
    stack = list(outputs)
    while stack:
        tensor = stack.pop()
        if tensor not in seen and tensor.op.graph is body:
            seen.add(tensor)
            stack.extend(_needed_for(tensor))
    return seen


def _needed_for(tensor: GraphTensor) -> Iterable[GraphTensor]:
    op = tensor.op
    if op.type != "Step":
        return op.inputs
    inner: Body = op.attrs["body"]
    reached = reaching([inner.outputs[tensor.value_index]], inner)
    return [op.inputs[0], *(t for t, given in zip(op.inputs[1:], inner.inputs, strict=True) if given in reached)]
