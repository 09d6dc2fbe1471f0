"""FunctionGraph: the graph that tracing a function builds.

Operations run in the order the program made them, so reads and writes of variables need no further rule. Tensors that
have a value become inputs (`held`), as do tensors of a graph around the trace (`sources`, as in any body); variables
come in by their handles. A graph that is traced is closed: what was made in it cannot be used outside.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import mode, seeds
from hornbeam.graph.body import Body, bodies, has_effects
from hornbeam.graph.dtypes import DType
from hornbeam.graph.errors import InaccessibleTensorError, LeakedTensorError
from hornbeam.graph.graph import Graph
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.runtime.executor import Runner
from hornbeam.runtime.plan import Plan
from hornbeam.runtime.store import Store

_SMALL_CONSTANT = 1024


@final
class FunctionGraph(Body):
    """A graph that belongs to a traced function.

    parents: graphs whose tensors may be captured although they are not open.
    """

    def __init__(self, name: str, parents: Sequence[Graph] = ()) -> None:
        super().__init__(Graph())
        self.name = name
        self.parents = parents
        self.held: dict[int, tuple[EagerTensor, GraphTensor]] = {}
        self.given: dict[GraphTensor, Any] = {}
        self.seed = seeds.eager_seed()
        self._made: list[weakref.ref[Any]] = []
        self._variables: list[Any] = []

    @property
    def outermost(self) -> Graph:
        return self

    @property
    def in_program_order(self) -> bool:
        return True

    # Tensors from outside -------------------------------------------------------------------------

    def capture(self, tensor: Any) -> GraphTensor | None:
        """An input that stands for a tensor with a value; small ones without a gradient become constants instead."""
        constant = tensor.dtype.is_numpy_compatible and not (tensor.dtype.is_floating or tensor.dtype.is_complex)
        if constant and np.size(tensor._value) <= _SMALL_CONSTANT:
            return None
        found = self.held.get(id(tensor))
        if found is None:
            found = self.held[id(tensor)] = tensor, self.add_input(tensor.dims, tensor.dtype, "captured")
            self.given[found[1]] = tensor._value
        return found[1]

    def bring_in(self, tensor: GraphTensor) -> GraphTensor:
        graph = tensor.op.graph
        if graph is self or "cell" in tensor.op.attrs:
            return tensor
        copied = self.replays.get(graph)
        if copied is not None:
            return copied(tensor)
        if graph not in self.parents and not _is_around(graph, self):
            kind = LeakedTensorError if isinstance(graph, FunctionGraph) else InaccessibleTensorError
            raise kind(
                f"{tensor!r} is out of scope and cannot be used here: it was made in a function or branch that has "
                f"ended ({tensor.op.made_at or 'elsewhere'}). Return it, and use what the call gives.")
        found = self.captures.get(tensor)
        if found is None:
            found = self.add_input(tensor._dims, tensor.dtype, tensor.op.name.rpartition("/")[2])
            self.captures[tensor] = found
            self.sources[found] = tensor
        return found

    def _wait_outside(self, op: Operation) -> None:
        """What a graph around runs before is there already when a function is called."""

    # The affairs of an outermost graph --------------------------------------------------------------

    def add(self, declaration: Any, name: str, inputs: Sequence[GraphTensor], attrs: dict[str, Any],
            outputs: Iterable[tuple[Dims, DType]]) -> Operation:
        if self.closed and declaration.type != "_Arg":
            raise LeakedTensorError(
                f"{name} uses a tensor that is out of scope: it was made in the function {self.name!r}, which has "
                "ended. Return it from the function to use it outside.")
        return Graph.add(self, declaration, name, inputs, attrs, outputs)

    def op_seeds(self, op_seed: int | None) -> tuple[int, int] | None:
        return Graph.op_seeds(self, op_seed)

    def edited(self) -> None:
        self._needed = None
        Graph.edited(self)

    # Variables ------------------------------------------------------------------------------------

    def note_variable(self, variable: Any) -> None:
        """Remember a variable that is made while this graph is traced."""
        self._made.append(weakref.ref(variable))

    def lifted(self, initial_value: Any) -> Any:
        """What a variable made in the trace starts from, with a value. Raises ValueError where it has none here."""
        if not isinstance(initial_value, GraphTensor):
            return initial_value
        feeds = [t for t in self.given if t.op.graph is self]
        try:
            plan = Plan([initial_value], [], feeds)
            if any(op.type == "_Arg" for op in plan.ops):
                raise ValueError("it follows from an argument that has no value yet")
            return EagerTensor(Runner(plan, Store()).run([np.asarray(self.given[t]) for t in feeds])[0])
        except ValueError as error:
            raise ValueError("Tensor-typed variable initializers must either be wrapped in an init_scope or callable "
                             f"(e.g. `tf.Variable(lambda: tf.zeros([10]))`) in a function: {error}") from None

    def finish(self, outputs: Sequence[GraphTensor], inputs: Sequence[GraphTensor]) -> None:
        """Close the graph: `inputs` are the function's arguments. Raises ValueError for variables nobody keeps."""
        if any(reference() is None for reference in self._made):
            raise ValueError("tf.function only supports singleton tf.Variables created on the first call: "
                             f"{self.name!r} makes a variable that is gone when it returns. Keep it outside the "
                             "function, or make it only where it is not there yet.")
        self.outputs = list(outputs)
        self.inputs = list(inputs)
        self.closed = True
        self._variables = _variables_in(self)

    @property
    def makes_variables(self) -> bool:
        """Whether variables were made while it was traced."""
        return bool(self._made)

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables that it reads or writes, in the order they are met."""
        return tuple(self._variables)

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of them that optimizers change."""
        return tuple(v for v in self._variables if v.trainable)

    @property
    def effects(self) -> list[Operation]:
        """The operations that do something besides giving their outputs."""
        return [op for op in self._operations if has_effects(op)]


def _is_around(graph: Graph, inner: Graph) -> bool:
    """Whether `graph` is open around `inner`, or holds a graph that is."""
    if isinstance(graph, Body) and graph.outermost is inner:
        return False
    open_graphs = mode.state.open_graphs
    return graph in open_graphs or (not isinstance(graph, Body) and graph is mode.global_default_graph())


def _variables_in(graph: Body) -> list[Any]:
    found: dict[int, Any] = {}
    for op in graph.needed:
        for tensor in op.inputs:
            reference = tensor.op.attrs.get("variable") if tensor.op.type == "VariableV2" else None
            variable = None if reference is None else reference()
            if variable is not None:
                found[id(variable)] = variable
        for body in bodies(op):
            found.update((id(v), v) for v in _variables_in(body))
    return list(found.values())
