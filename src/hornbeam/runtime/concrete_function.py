"""ConcreteFunction: one trace of a Python function, called with arguments of the signature it was traced for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

from hornbeam.graph import mode, nest, recording
from hornbeam.graph.call import as_tensor
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.runtime.function_graph import FunctionGraph
from hornbeam.runtime.function_signature import Arguments, fits
from hornbeam.runtime.graph_function import GraphFunction


@final
class ConcreteFunction:
    """A traced function: `graph` holds its operations, `structured_outputs` what it returns, as specs."""

    def __init__(self, name: str, python_function: Callable[..., Any], arguments: Arguments,
                 shapes: Sequence[Dims]) -> None:
        self._name = name
        self._arguments = arguments
        self.shapes = list(shapes)
        graph = FunctionGraph(name)
        with mode.opened(graph), recording.paused():
            given = [graph.add_input(dims, t.dtype.base_dtype, n)
                     for t, n, dims in zip(arguments.tensors, arguments.input_names, shapes, strict=True)]
            graph.given.update((p, t._value) for p, t in zip(given, arguments.tensors, strict=True)
                               if hasattr(t, "_value"))
            args, kwargs = arguments.rebuilt(given)
            result = python_function(*args, **kwargs)
            self._result, outputs = _outputs(graph, result, name)
            self._names = _names(self._result)
        del args, kwargs, result
        graph.finish(outputs, given)
        graph.given.clear()
        self.graph = graph
        self.function = GraphFunction(graph)

    def call_flat(self, tensors: Sequence[Any]) -> Any:
        """What the function returns for the tensors among its arguments, in order."""
        return self.packed(self.function(tensors))

    def packed(self, outputs: Sequence[Any]) -> Any:
        """Flat outputs in the structure that the function returned."""
        if self._result is _ONE:
            return outputs[0]
        if self._result is None:
            return None
        if self._names is not None:
            return {name: outputs[place] for name, place in self._names}
        left = iter(outputs)
        leaves = [None if leaf is None else next(left) for leaf in nest.flatten(self._result, True)]
        return nest.pack_sequence_as(self._result, leaves, True)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the trace. Tensors may be given alone, in order or by name; Python values must be those it was made for.

        Raises TypeError for arguments that the trace was not made for.
        """
        tensors = self._bound(args, kwargs)
        for tensor, dims, wanted, name in zip(tensors, self.shapes, self._arguments.tensors, self._arguments.names,
                                              strict=True):
            if tensor.dtype.base_dtype is not wanted.dtype.base_dtype or not fits(tensor.dims, dims):
                raise TypeError(f"{self._name}: argument {name} is {tensor.dtype.name}{tensor.shape}, the function "
                                f"was traced for {wanted.dtype.base_dtype.name}{_text(dims)}")
        return self.call_flat(tensors)

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        graph = mode.current_graph()
        wanted = self._arguments.tensors
        given = [x for x in nest.flatten([args, kwargs], True) if not isinstance(x, (str, bytes, bool, type(None)))]
        short = {n: i for names in (self._arguments.input_names, self._arguments.names) for i, n in enumerate(names)}
        placed: dict[int, Any] = {}
        if kwargs and all(k in short for k in kwargs):
            placed.update({short[k]: v for k, v in kwargs.items()})
            given = list(nest.flatten(args, True))
        rest = iter(given)
        tensors = []
        for i, spec in enumerate(wanted):
            value = placed[i] if i in placed else next(rest, None)
            if value is None:
                raise TypeError(f"{self._name}() takes {len(wanted)} tensors ({', '.join(self._arguments.names)}), "
                                f"{i} were given")
            tensors.append(as_tensor(value, spec.dtype.base_dtype, graph))
        if next(rest, None) is not None:
            raise TypeError(f"{self._name}() takes {len(wanted)} tensors, {len(given)} were given")
        return tensors

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self._name

    @property
    def inputs(self) -> list[GraphTensor]:
        """The tensors of the graph that stand for arguments and captured tensors."""
        return list(self.function.feeds)

    @property
    def outputs(self) -> list[GraphTensor]:
        """The tensors of the graph that it returns, flat."""
        return list(self.graph.outputs)

    @property
    def captured_inputs(self) -> list[Any]:
        """The tensors from outside that it uses, then the variables."""
        return [*self.function.held, *self.graph.variables]

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables that it reads or writes."""
        return self.graph.variables

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of them that optimizers change."""
        return self.graph.trainable_variables

    @property
    def structured_input_signature(self) -> tuple[Any, Any]:
        """The arguments, with a `TensorSpec` for each tensor."""
        specs = [TensorSpec(None if d is None else list(d), t.dtype.base_dtype, n)
                 for t, d, n in zip(self._arguments.tensors, self.shapes, self._arguments.names, strict=True)]
        return self._arguments.rebuilt(specs)

    @property
    def structured_outputs(self) -> Any:
        """What it returns, with a `TensorSpec` for each tensor."""
        specs = [TensorSpec(t.shape, t.dtype.base_dtype) for t in self.graph.outputs]
        return self.packed(specs)

    @property
    def output_shapes(self) -> Any:
        """The static shapes of what it returns."""
        return self.packed([t.shape for t in self.graph.outputs])

    @property
    def output_dtypes(self) -> Any:
        """The dtypes of what it returns."""
        return self.packed([t.dtype for t in self.graph.outputs])

    def add_to_graph(self, g: Any = None, overwrite: bool = False) -> None:
        """Nothing needs to be added: a graph gets the operations of a function where it is called."""

    def add_gradient_functions_to_graph(self, g: Any = None) -> None:
        """Nothing needs to be added, as with `add_to_graph`."""

    def pretty_printed_signature(self, verbose: bool = True) -> str:
        """The arguments and results in words."""
        takes = ", ".join(f"{n}: {t.dtype.base_dtype.name}{_text(d)}" for n, t, d in zip(
            self._arguments.names, self._arguments.tensors, self.shapes, strict=True))
        return f"{self._name}({takes}) -> {self.structured_outputs!r}"

    def __repr__(self) -> str:
        return f"<ConcreteFunction {self.pretty_printed_signature()}>"


_ONE = object()


def _names(structure: Any) -> list[tuple[str, int]] | None:
    """The keys of a plain dictionary of tensors, each with the place of its output; None for other structures."""
    if type(structure) is not dict or not all(type(k) is str and type(v) is GraphTensor for k, v in structure.items()):
        return None
    places = {name: place for place, name in enumerate(sorted(structure))}
    return [(name, places[name]) for name in structure]


def _outputs(graph: FunctionGraph, result: Any, name: str) -> tuple[Any, list[GraphTensor]]:
    """What a function returned: its structure, and the tensors."""
    if type(result) is GraphTensor and result.op.graph is graph:
        return _ONE, [result]
    flat: list[GraphTensor] = []

    def take(leaf: Any) -> Any:
        if leaf is None or isinstance(leaf, Operation):
            return None
        try:
            flat.append(as_tensor(leaf, None, graph, graph.unique_name("Const", False)))
        except (TypeError, ValueError) as error:
            if isinstance(leaf, (list, tuple, GraphTensor)):
                raise
            raise TypeError("To be compatible with tf.function, Python functions must return zero or more Tensors or "
                            f"ExtensionTypes or None values; in compilation of {name!r}, found return value of type "
                            f"{type(leaf).__name__}, which is not a Tensor or ExtensionType.") from error
        return flat[-1]

    structure = nest.pack_sequence_as(result, [take(leaf) for leaf in nest.flatten(result, True)], True)
    return structure, flat


def _text(dims: Dims) -> str:
    return "[...]" if dims is None else str(["?" if d is None else d for d in dims]).replace("'", "")
