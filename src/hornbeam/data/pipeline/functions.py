"""TracedFunction: a function of the user, traced once for the spec of the elements it is called with.

It takes the leaves of an element and gives those of another: tensors, sparse tensors, datasets, optionals and None.
A dataset that it returns is described in terms of the function's tensors; a call computes them, and the dataset is
then ready to run in the context of that call. Tensors of a graph around it are `captures`: whoever makes the iterator
knows their values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

import numpy as np

from hornbeam.autograph.conversion import convert as converted
from hornbeam.data import structure
from hornbeam.data.pipeline.exact import Exact, exact_of
from hornbeam.data.pipeline.node import Context, Made, Node
from hornbeam.graph import dtypes, mode, recording
from hornbeam.graph.call import as_tensor
from hornbeam.graph.operation import Operation
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorSpec, SparseTensorValue
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.ops.ragged_tensor import RaggedTensor, RaggedTensorSpec, RaggedValue
from hornbeam.runtime.executor import Runner, random_operations
from hornbeam.runtime.function import Function
from hornbeam.runtime.function_graph import FunctionGraph
from hornbeam.runtime.plan import Plan

MOST_SHAPES = 32
"""Programs compiled for one function, by the shapes of its inputs. Further shapes run op by op."""


@final
class TracedFunction:
    """A function of elements. `spec` describes its result; `captures` are tensors of the graph around it.

    function: called with the components of a tuple, or with the whole element. Raises what it raises, and TypeError
    for results that are no elements.
    """

    def __init__(self, function: Callable[..., Any], spec: Any, name: str, unpack: bool = True) -> None:
        if not callable(function):
            raise TypeError(f"`{name}` must be callable, not {function!r}")
        graph = FunctionGraph(_name_of(function))
        with mode.opened(graph), recording.paused():
            inputs: list[GraphTensor] = []
            leaves = [_symbolic(graph, s, inputs) for s in structure.flatten(spec)]
            argument = structure.pack(spec, leaves)
            result = _called(function, argument, unpack)
            if type(result) is list:  # what an op gave, such as `numpy_function`: its tensors need not go together
                result = tuple(result)
            self.outputs = Outputs(graph, result, name)
        graph.finish(self.outputs.tensors, inputs)
        self.captures = list(graph.captures)
        self.spec = self.outputs.spec
        self.stateful = bool(graph.effects)
        held = list(graph.held.values())
        self._held = [np.asarray(tensor._value) for tensor, _ in held]
        feeds = [*inputs, *(inside for _, inside in held), *graph.captures.values()]
        self.plan = Plan(self.outputs.tensors, graph.effects, feeds)
        self.random = random_operations(self.plan.ops)
        self.is_random = bool(self.random)
        self.on_host = any(stage.on_host for stage in self.plan.stages)
        self.exact: Exact | None = exact_of(self.plan) if not graph.variables else None
        self.graph = graph

    def bind(self, context: Context) -> BoundFunction:
        """The function ready to be called in a context."""
        return BoundFunction(self, context)

    def nodes(self) -> list[Node]:
        """The datasets among its results."""
        return [node for node, _ in self.outputs.datasets]


@final
class BoundFunction:
    """A traced function with the values of what it captured."""

    __slots__ = ("_captured", "_context", "_runner", "function")

    def __init__(self, function: TracedFunction, context: Context) -> None:
        self.function = function
        self._context = context
        runner = context.runners.get(function)
        if runner is None:
            runner = context.runners[function] = Runner(function.plan, context.store, MOST_SHAPES)
        self._runner = runner
        self._captured = [*function._held, *(np.asarray(context.values[t]) for t in function.captures)]

    def __call__(self, arrays: Sequence[np.ndarray]) -> list[Any]:
        """The leaves of the result for the arrays of an element."""
        given = [*arrays, *self._captured]
        function = self.function
        program = function.exact.one(given) if function.exact is not None else None
        results = program(*given) if program is not None else self._runner.run(given)
        return function.outputs.leaves([np.asarray(r) for r in results], self._context)

    def rows(self, columns: Sequence[np.ndarray]) -> list[np.ndarray] | None:
        """The results for rows of elements at once; None where one by one might give other bits."""
        exact = self.function.exact
        if exact is None or not columns or not len(columns[0]):
            return None
        given = [*columns, *self._captured]
        program = exact.many(given, len(self._captured))
        return None if program is None else list(program(*given))

    def runs_on_rows(self, specs: Sequence[TensorSpec]) -> bool:
        """Whether rows of elements of these specs can be computed at once, as far as static shapes tell."""
        if self.function.exact is None or not all(s.shape.is_fully_defined() for s in specs):
            return False
        shapes = [[2, *(int(d or 0) for d in s.shape.as_list())] for s in specs]
        given = [np.broadcast_to(np.zeros((), s.dtype.np_dtype), d) for s, d in zip(specs, shapes, strict=True)]
        return bool(given) and self.function.exact.many([*given, *self._captured], len(self._captured)) is not None


@final
class Outputs:
    """What a traced function returned: the spec, the tensors, and how their values become leaves."""

    def __init__(self, graph: FunctionGraph, result: Any, name: str) -> None:
        self._graph, self._name = graph, name
        self.tensors: list[GraphTensor] = []
        self.datasets: list[tuple[Node, list[GraphTensor]]] = []
        self._makers: list[Callable[[Iterator[np.ndarray], Context], Any]] = []
        specs = [self._take(leaf) for leaf in structure.flatten(result)]
        self.spec = structure.pack(result, specs)
        self._plain = all(m is _next for m in self._makers)

    def leaves(self, arrays: list[np.ndarray], context: Context) -> list[Any]:
        """The values of the leaves, for those of the tensors."""
        if self._plain:
            return arrays
        given = iter(arrays)
        return [make(given, context) for make in self._makers]

    def _take(self, leaf: Any) -> Any:
        if leaf is None or isinstance(leaf, Operation):
            self._makers.append(lambda given, context: None)
            return structure.NoneTensorSpec()
        node = getattr(leaf, "_node", None)
        if isinstance(node, Node):
            return self._take_dataset(node, leaf)
        if isinstance(leaf, SparseTensorValue):
            leaf = SparseTensor.from_value(leaf)
        if isinstance(leaf, SparseTensor):
            self.tensors += [self._tensor(t) for t in (leaf.indices, leaf.values, leaf.dense_shape)]
            self._makers.append(lambda given, context: SparseTensorValue(next(given), next(given), next(given)))
            return SparseTensorSpec(leaf.shape, leaf.dtype)
        if isinstance(leaf, RaggedTensor):
            self.tensors += [self._tensor(t) for t in leaf._flat()]
            count = leaf.ragged_rank + 1
            self._makers.append(lambda given, context: RaggedValue([next(given) for _ in range(count)]))
            return leaf._type_spec
        box = getattr(leaf, "_boxed_value", None)
        if box is not None:
            self.tensors.append(self._tensor(box()))
            self._makers.append(lambda given, context: next(given)[()])
            return leaf._type_spec
        tensor = self._tensor(leaf)
        self.tensors.append(tensor)
        self._makers.append(_next)
        return TensorSpec(tensor.shape, tensor.dtype.base_dtype)

    def _take_dataset(self, node: Node, leaf: Any) -> Any:
        symbols = node.symbols()
        inside = [self._graph.bring_in(t) for t in symbols]
        self.tensors += inside
        self.datasets.append((node, symbols))

        def made(given: Iterator[np.ndarray], context: Context) -> Made:
            values = {t: next(given) for t in symbols}
            return Made(node, context.child(values) if values else context)

        self._makers.append(made)
        return leaf._type_spec

    def _tensor(self, leaf: Any) -> GraphTensor:
        try:
            return as_tensor(leaf, None, self._graph, self._graph.unique_name("Const", False))
        except (TypeError, ValueError) as error:
            if isinstance(leaf, GraphTensor):
                raise
            raise TypeError(f"Unsupported return value from function passed to {self._name}: {leaf!r}.") from error


def _next(given: Iterator[np.ndarray], context: Context) -> np.ndarray:
    return next(given)


def _symbolic(graph: FunctionGraph, spec: Any, inputs: list[GraphTensor]) -> Any:
    """A leaf of the argument while a function is traced; the inputs it consists of are appended."""
    def one(dims: Any, dtype: Any) -> GraphTensor:
        inputs.append(graph.add_input(dims, dtype, "args"))
        return inputs[-1]

    if isinstance(spec, structure.NoneTensorSpec):
        return None
    if isinstance(spec, TensorSpec):
        return one(spec.shape._dims, spec.dtype)
    if isinstance(spec, SparseTensorSpec):
        made = SparseTensor(*[one(part.shape._dims, part.dtype) for part in spec._component_specs])
        made.set_shape(spec.shape)
        return made
    if isinstance(spec, RaggedTensorSpec):
        return spec._from_components([one(part.shape._dims, part.dtype) for part in spec._component_specs])
    return spec._from_box(one((), dtypes.variant))


def _called(function: Callable[..., Any], argument: Any, unpack: bool) -> Any:
    called: Callable[..., Any] = function if isinstance(function, Function) else converted(function)
    return called(*argument) if unpack and type(argument) is tuple else called(argument)


def _name_of(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return re.sub(r"\W", "_", name).strip("_") or "function"
