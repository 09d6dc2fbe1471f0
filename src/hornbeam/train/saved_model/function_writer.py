"""Traced functions in a SavedModel: what stands in its library, and which objects they are bound to."""

from __future__ import annotations

import collections
import inspect
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

from hornbeam.graph import nest
from hornbeam.graph.resource_functions import variables_of, write_function
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.runtime.concrete_function import ConcreteFunction
from hornbeam.runtime.function import Function
from hornbeam.runtime.function import function as traced
from hornbeam.train.saved_model.objects import LoadedConcrete, LoadedFunction
from hornbeam.train.saved_model.structures import encoded

FullArgSpec = collections.namedtuple(
    "FullArgSpec", ["args", "varargs", "varkw", "defaults", "kwonlyargs", "kwonlydefaults", "annotations"])


class Written(NamedTuple):
    """A function of the library: its name, its arguments' names, and what it is bound to: constants and variables."""

    name: str
    arguments: list[str]
    bound: list[Any]
    function: Any


@final
class Trace:
    """A trace of a function. inputs: its tensors as they stand in its arguments; call: calls it with these."""

    def __init__(self, item: ConcreteFunction | LoadedConcrete) -> None:
        self.signature, self.outputs = item.structured_input_signature, item.structured_outputs
        self.name = item.name
        if isinstance(item, LoadedConcrete):
            self.concrete = item.flat
            self.inputs = list(self.concrete.graph.inputs)
            self.call = item.call_flat
        else:
            self.concrete = item
            self.inputs = [t for t in nest.flatten(item._arguments.rebuilt(item.graph.inputs), True)
                           if isinstance(t, GraphTensor)]
            self.call = self._call

    @property
    def specs(self) -> list[TensorSpec]:
        """The tensors among its arguments."""
        return [s for s in nest.flatten(self.signature, True) if isinstance(s, TensorSpec)]

    def _call(self, tensors: Sequence[Any]) -> Any:
        given = dict(zip(self.inputs, tensors, strict=True))
        return self.concrete.call_flat([given[t] for t in self.concrete.graph.inputs])


def traces_of(item: Any) -> list[Trace]:
    """The traces of a function; one that has a signature and was not called yet is traced now."""
    if isinstance(item, LoadedFunction):
        return [Trace(c) for c in item.concrete_functions]
    if isinstance(item, (ConcreteFunction, LoadedConcrete)):
        return [Trace(item)]
    if not item._history and item.input_signature is not None:
        item.get_concrete_function()
    return [Trace(t.concrete) for t in item._history if not t.concrete.graph.captures]


def write_trace(library: Any, trace: Trace, name: str) -> Written:
    """Add a trace to a library under a name. Raises ValueError for what TensorFlow could not run."""
    graph = trace.concrete.graph
    if graph.captures:
        raise ValueError(f"{trace.name} uses tensors of the graph around it: it cannot be saved")
    names = _distinct([s.name or f"input_{i}" for i, s in enumerate(trace.specs)])
    held = list(graph.held.values())
    arguments = [*zip(names, trace.inputs, strict=True), *((f"captured_{i}", t) for i, (_, t) in enumerate(held))]
    nodes = variables_of(graph)
    function = write_function(library, name, graph, arguments, nodes)
    for i, user in enumerate(names):
        function.arg_attr[i].attr["_user_specified_name"].s = user.encode()
    return Written(name, names, [*(t for t, _ in held), *(n.attrs["variable"]() for n in nodes)], function)


def _distinct(names: Sequence[str]) -> list[str]:
    """Names as arguments of functions may have them, none of them twice."""
    found: list[str] = []
    for name in names:
        plain = "".join(c if c.isalnum() or c == "_" else "_" for c in name).lower()
        plain = plain if plain[:1].isalpha() else f"arg_{plain}"
        number, made = 0, plain
        while made in found:
            number += 1
            made = f"{plain}_{number}"
        found.append(made)
    return found


def function_spec(message: Any, function: Any) -> None:
    """Write what a Python function takes into a `FunctionSpec`."""
    if isinstance(function, LoadedFunction):
        message.CopyFrom(function.spec)
        return
    parameters = list((getattr(function, "_parameters", None) or inspect.Signature()).parameters.values())
    kinds = inspect.Parameter
    placed = [p for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)]
    named = [p for p in parameters if p.kind is kinds.KEYWORD_ONLY]
    star = {k: next((p.name for p in parameters if p.kind is k), None) for k in (kinds.VAR_POSITIONAL,
                                                                                 kinds.VAR_KEYWORD)}
    defaults = tuple(p.default for p in placed if p.default is not kinds.empty)
    only = {p.name: p.default for p in named if p.default is not kinds.empty}
    full = FullArgSpec([p.name for p in placed], star[kinds.VAR_POSITIONAL], star[kinds.VAR_KEYWORD],
                       defaults or None, [p.name for p in named], only or None, {})
    message.fullargspec.CopyFrom(encoded(full))
    signature = getattr(function, "input_signature", None)
    message.input_signature.CopyFrom(encoded(None if signature is None else tuple(signature)))


# Signatures -------------------------------------------------------------------------------------------


def signature_functions(given: Any) -> dict[str, ConcreteFunction]:
    """Functions for servers by key, each of which takes tensors by name and gives a dictionary of tensors."""
    if given is None:
        return {}
    if isinstance(given, Mapping) and not isinstance(given, dict):
        given = dict(given)
    if not isinstance(given, dict):
        given = {"serving_default": given}
    made = {}
    for key, item in given.items():
        if not isinstance(key, str):
            raise ValueError(f"Signature keys are strings, not {key!r}")
        made[key] = _as_signature(key, item)
    return made


def _as_signature(key: str, item: Any) -> ConcreteFunction:
    if not isinstance(item, (Function, ConcreteFunction, LoadedConcrete, LoadedFunction)):
        raise ValueError(f"Expected a TensorFlow function for which to generate a signature, but got {item}. Python "
                         "functions may be decorated with `@tf.function` to generate signatures.")
    found = traces_of(item)
    if isinstance(item, Function) and item.input_signature is None and len(found) != 1:
        raise ValueError(f"Expected a signature: {item.name} has {len(found)} traces. Give it an `input_signature`, or "
                         "`get_concrete_function(...)` of it.")
    trace, specs = found[0], found[0].specs
    names = [s.name or f"input_{i}" for i, s in enumerate(specs)]
    if len(set(names)) != len(names):
        raise ValueError(f"Got non-flat/non-unique argument names for SavedModel signature {key!r}: {names}. Give each "
                         "`TensorSpec` a name of its own.")
    def signature_wrapper(**kwargs: Any) -> dict[str, Any]:

        return _named(key, trace.call([kwargs[name] for name in names]))

    return traced(signature_wrapper).get_concrete_function(
        **{n: TensorSpec(s.shape, s.dtype, n) for n, s in sorted(zip(names, specs, strict=True))})


def _named(key: str, outputs: Any) -> dict[str, Any]:
    if isinstance(outputs, GraphTensor):
        return {"output_0": outputs}
    if hasattr(outputs, "_asdict"):
        outputs = outputs._asdict()
    elif isinstance(outputs, (list, tuple)):
        outputs = {f"output_{i}": t for i, t in enumerate(outputs)}
    if not isinstance(outputs, Mapping) or not all(isinstance(t, GraphTensor) and isinstance(k, str)
                                                   for k, t in outputs.items()):
        raise ValueError(f"Got {outputs!r} for the signature {key!r}: its function must give a tensor, a sequence of "
                         "tensors, or a dictionary of tensors by name")
    return dict(outputs)
