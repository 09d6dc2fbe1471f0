"""Gradients that the user writes: `custom_gradient`, `RegisterGradient`, `recompute_grad`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, final

from hornbeam.autodiff.reverse import carries, custom_rules
from hornbeam.autodiff.tape import GradientTape, enter, is_variable, leave, variable_behind
from hornbeam.backend.lazy import lax
from hornbeam.graph import mode, nest, recording
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.op import op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import EagerTensor, GraphTensor

Function = TypeVar("Function", bound=Callable[..., Any])
_places: dict[str, str] = {}


@public("RegisterGradient")
@final
class RegisterGradient:
    """Decorator: the function below is the gradient registered under a name.

    `Graph.gradient_override_map({"Relu": "GuidedRelu"})` makes operations use it. The function takes the operation
    (its `inputs`, `outputs`, `get_attr`) and the gradients of its outputs, and gives one gradient an input.
    Raises TypeError where the name is no string, KeyError where it has a gradient already.
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Function) -> Function:
        """Register `f`, and return it."""
        code = getattr(f, "__code__", None)
        _register(self._op_type, f, repr(f) if code is None else f"{code.co_filename}:{code.co_firstlineno}")
        return f


def _register(name: str, rule: Any, place: str) -> None:
    held = ops.get(name)
    if name in custom_rules or (held is not None and held.gradient is not None):
        before = _places.get(name) or ops.place(name)
        raise KeyError(f"Registering two gradient with name '{name}'! (Previous registration was in {before})")
    _places[name] = place
    custom_rules[name] = rule


@public("no_gradient", v1=("NoGradient", "NotDifferentiable"))
def no_gradient(op_type: str) -> None:
    """Say that operations of a type have no gradient: nothing flows through them.

    Raises TypeError where the type is no string, KeyError where it has a gradient.
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, lambda call, *dys: [None] * len(call.inputs), "no_gradient")


# custom_gradient ------------------------------------------------------------------------------------


@public("custom_gradient")
def custom_gradient(f: Any = None) -> Any:
    """Decorator: `f(*args)` gives its result and a function that computes the gradients of `args`.

    That function takes a gradient for each result, and gives one for each argument; where it takes `variables` (a
    list, by keyword), it gives a second list of gradients for the variables that `f` uses.

    >>> @custom_gradient
    ... def clipped(x):
    ...     return x, lambda dy: dy * 0.5
    >>> float(clipped(3.0))
    3.0
    """
    if f is None:
        return custom_gradient

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        graph = graph_for(nest.flatten(args))
        if graph is None:
            return _at_once(f, args, kwargs)
        if kwargs and not graph.in_program_order:
            raise ValueError("The custom_gradient decorator currently supports keywords arguments only when eager "
                             "execution is enabled.")
        with mode.opened(graph):
            return _in_graph(graph, f, args, kwargs)

    return call


@final
class _Reads:
    """A tape that only notes which trainable variables are read."""

    levels = 0

    def __init__(self) -> None:
        self._found: dict[int, Any] = {}

    def __enter__(self) -> _Reads:
        enter(self)
        return self

    def __exit__(self, *exc: object) -> None:
        leave(self)

    def follows(self, tensors: Sequence[Any]) -> bool:
        """Nothing is followed; variables among the inputs of a call count as read."""
        for tensor in tensors:
            variable: Any = variable_behind(tensor) if type(tensor) is GraphTensor and tensor.op.type == "VariableV2" \
                else tensor
            if is_variable(variable) and variable.trainable:
                self._found.setdefault(id(variable), variable)
        return False

    def saw(self, call: Any) -> None:
        """Note what a call reads."""
        self.follows(call.inputs)

    def read(self, variable: Any, tensor: Any) -> None:
        """Note a variable."""
        self.follows([variable])

    def besides(self, args: Sequence[Any]) -> list[Any]:
        """The variables that were read and are no arguments."""
        given = {id(a) for a in args}
        return [v for key, v in self._found.items() if key not in given]


def _takes_variables(grad_fn: Any) -> bool:
    names = inspect.signature(grad_fn).parameters
    return "variables" in names or any(p.kind is p.VAR_KEYWORD for p in names.values())


def _refuse_variables(grad_fn: Any) -> None:
    if not _takes_variables(grad_fn):
        raise TypeError("If using @custom_gradient with a function that uses variables, then grad_fn must accept a "
                        "'variables' keyword argument.")


@final
class _CustomDeclaration:
    """What stands for an op in a tape's record of a function whose gradient the user wrote."""

    type = "CustomGradient"
    writes = ()
    differentiable = None
    gradient = None


def _at_once(f: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    flat = nest.flatten(args)
    with _Reads() as reads:
        result, grad_fn = f(*args, **kwargs)
    results = [EagerTensor(convert(r)._value) for r in nest.flatten(result)]
    if mode.state.tapes:
        variables = reads.besides(flat)
        if variables:
            _refuse_variables(grad_fn)
        given = [a if is_variable(a) else convert(a) for a in flat]

        def rule(call: Any, *dys: Any) -> list[Any]:
            return _rule_result(grad_fn, dys, 0, len(given), variables)

        recording.record(_CustomDeclaration, [*given, *variables], results, {}, rule)
    return nest.pack_sequence_as(result, results)


def _in_graph(graph: Graph, f: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    given = [ops["Identity"](as_tensor(a, None, graph, graph.unique_name("Const", False))) for a in nest.flatten(args)]
    first = graph.version
    with _Reads() as reads:
        result, grad_fn = f(*nest.pack_sequence_as(tuple(args), given), **kwargs)
    results = [as_tensor(r, None, graph, graph.unique_name("Const", False)) for r in nest.flatten(result)]
    variables = [*_variables_behind(results, given, graph, first), *reads.besides(nest.flatten(args))]
    if variables and not _takes_variables(grad_fn):
        if not graph.v1:
            _refuse_variables(grad_fn)
        variables = []

    def rule(call: Any, *dys: Any) -> list[Any]:
        return _rule_result(grad_fn, dys[:len(results)], len(results), len(given), variables)

    with recording.paused():
        node = ops["IdentityN"]([*results, *given, *(v._as_graph_element() for v in variables)])[0].op
        node.rule = rule
    for tape in mode.state.tapes:
        tape.saw(node)
    return nest.pack_sequence_as(result, node.outputs[:len(results)])


def _rule_result(grad_fn: Any, dys: Sequence[Any], results: int, arguments: int, variables: Sequence[Any]) -> list[Any]:
    if variables:
        found, of_variables = grad_fn(*dys, variables=list(variables))
        of_variables = nest.flatten(of_variables)
        if len(of_variables) != len(variables):
            raise ValueError("Must return gradient for each variable from @custom_gradient grad_fn.")
    else:
        found, of_variables = grad_fn(*dys), []
    found = nest.flatten(found)
    if len(found) != arguments:
        raise ValueError(f"custom_gradient function expected to return {arguments} gradients, but returned "
                         f"{len(found)} instead.")
    return [None] * results + [g if g is None else convert(g) for g in found] + list(of_variables)


def _variables_behind(results: Sequence[GraphTensor], given: Sequence[GraphTensor], graph: Graph,
                      first: int) -> list[Any]:
    """The trainable variables that `results` are computed from, not counting what was made before."""
    stops = set(given)
    seen: set[GraphTensor] = set()
    stack = list(results)
    while stack:
        tensor = stack.pop()
        if tensor in seen or tensor in stops:
            continue
        seen.add(tensor)
        if tensor.op.index >= first or tensor.op.type == "Identity":
            stack.extend(tensor.op.inputs)
    known = {id(v._as_graph_element()): v for v in graph.get_collection("trainable_variables")
             if hasattr(v, "_as_graph_element")}
    return [known[id(t)] for t in sorted(seen, key=lambda t: t.op.index) if id(t) in known]


@public("grad_pass_through")
def grad_pass_through(f: Any) -> Any:
    """Decorator: `f`, whose gradient is that of the identity.

    >>> float(grad_pass_through(lambda x: x * 3.0)(2.0))
    6.0
    """
    @custom_gradient
    def passed(*args: Any, **kwargs: Any) -> Any:
        def grad(*dys: Any, variables: Any = None) -> Any:
            found = list(dys)
            return (found, [None] * len(variables)) if variables else found

        return f(*args, **kwargs), grad

    return functools.wraps(f)(passed)


@op("OptimizationBarrier", inputs="input: list", returns_list=True,
    samples=lambda rng: [(([rng.normal(size=2), rng.normal(size=(3, 1))],), {})])
def optimization_barrier(input):
    """The same tensors; what follows is not merged with what was computed before."""
    return list(lax.optimization_barrier(tuple(input)))


@optimization_barrier.shape
def _(inputs, attrs):
    return [(i.dims, i.dtype) for i in inputs[0]]


@optimization_barrier.grad
def _(call, *dys):
    return list(dys)


@public("recompute_grad")
def recompute_grad(f: Any) -> Any:
    """Decorator: `f`, which keeps nothing for the gradient but its arguments: there it is computed once more.

    Less memory for more time.
    """
    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        @custom_gradient
        def recomputed(*inner: Any) -> Any:
            def grad(*dys: Any, variables: Any = None) -> Any:
                flat = nest.flatten(inner)
                held = ops["OptimizationBarrier"]([*flat, *(d for d in dys if d is not None)])
                again = held[:len(flat)]
                sources = [*again, *(variables or [])]
                with GradientTape(watch_accessed_variables=False) as tape:
                    tape.watch([s for s in sources if carries(s)])
                    result = nest.flatten(f(*nest.pack_sequence_as(inner, again), **kwargs))
                found = tape.gradient(result, sources, list(dys))
                return (found[:len(again)], found[len(again):]) if variables else found

            return f(*inner, **kwargs), grad

        return recomputed(*args)

    return call
