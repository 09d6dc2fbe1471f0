"""`function`: a Python function that is traced once for each signature, and run as a compiled graph.

Comes in: Python calls. Goes out: what the function returns. Which trace fits is found in a dictionary
(`function_signature.py`); a trace is a `ConcreteFunction`. Shapes that keep changing do not trace without end: the
fourth shape of the same arguments traces with the dimensions that differ left open, and that trace serves all that
follow.
"""

from __future__ import annotations

import functools
import inspect
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, final

from hornbeam.autograph.conversion import convert as converted
from hornbeam.graph import mode, nest
from hornbeam.graph.call import _taker, as_tensor
from hornbeam.graph.names import public
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.graph.source import user_frames
from hornbeam.graph.tensor import EagerTensor
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec
from hornbeam.runtime import config
from hornbeam.runtime.concrete_function import ConcreteFunction
from hornbeam.runtime.function_signature import (
    Arguments,
    difference,
    fits,
    relaxed,
    tensor_keys,
    without_shapes,
)

_state = mode.state
EXACT_SHAPES = 3
"""Traces of the same arguments with shapes as they come; after these, what differs is left open."""


class Trace(NamedTuple):
    """One trace of a function, and why it was made."""

    concrete: ConcreteFunction
    key: Any
    why: str
    where: str


@final
class Function:
    """A traced function. Call it as the Python function it was made from (`python_function`)."""

    def __init__(self, python_function: Callable[..., Any], input_signature: Any = None, autograph: bool = True,
                 reduce_retracing: bool = False, jit_compile: bool | None = None) -> None:
        functools.update_wrapper(self, python_function)
        self.python_function = python_function
        self.input_signature = None if input_signature is None else _signature(input_signature)
        self._autograph = autograph
        self._reduce = reduce_retracing
        self._jit_compile = jit_compile
        self._name = getattr(python_function, "__name__", type(python_function).__name__)
        self._parameters = _parameters(python_function)
        self._traces: dict[Any, Trace] = {}
        self._of_shapes: dict[Any, list[Trace]] = {}
        self._history: list[Trace] = []
        self._fast: dict[Any, ConcreteFunction] = {}
        self._exact_only = False
        self._lock = threading.RLock()
        self._bound: weakref.WeakKeyDictionary[Any, Function] = weakref.WeakKeyDictionary()

    # Calling --------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Trace if need be, and run."""
        if not kwargs and not _state.open_graphs:
            concrete = self._fast.get(_fast_key(args))
            if concrete is not None:
                return concrete.call_flat(args)
        if config.functions_run_eagerly() and not _state.open_graphs:
            return self.python_function(*args, **kwargs)
        taker = _taker((args, kwargs))
        if taker is not None and not hasattr(taker, "_parts"):  # a ragged tensor takes over calls of ops alone
            return taker._take_call(self, args, kwargs)
        concrete, tensors = self._concrete(args, kwargs)
        if not kwargs and tensors and len(tensors) == len(args) and all(a is t for a, t in zip(args, tensors,
                                                                                             strict=True)):
            key = _fast_key(args)
            if key is not None and not concrete.graph.captures:
                self._fast[key] = concrete
        return concrete.call_flat(tensors)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """The function as a method of `instance`, with traces of its own."""
        if instance is None:
            return self
        try:
            found = self._bound.get(instance)
        except TypeError:  # neither hashable nor weakly referable
            return self._method(instance)
        if found is None:
            found = self._bound[instance] = self._method(instance)
        return found

    def _decorate(self, decorator: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Decorate the Python function in place. Libraries of modules (Sonnet) open name scopes that way."""
        if self._history:
            raise ValueError(f"{self._name} was traced; it can no longer be decorated.")
        self.python_function = decorator(self.python_function)
        self._parameters = _parameters(self.python_function)

    def _method(self, instance: Any) -> Function:
        try:
            weak: Any = weakref.ref(instance)
        except TypeError:
            weak = lambda: instance  # noqa: E731
        function = self.python_function

        @functools.wraps(function)
        def method(*args: Any, **kwargs: Any) -> Any:
            return function(weak(), *args, **kwargs)

        method.__wrapped_method__ = (function, weak)  # type: ignore[attr-defined]
        method.__signature__ = _without_first(function)  # type: ignore[attr-defined]
        made = Function(method, None, self._autograph, self._reduce, self._jit_compile)
        made.input_signature = self.input_signature
        return made

    def _concrete(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[ConcreteFunction, list[Any]]:
        """The trace that fits, and the tensors that flow in."""
        arguments = self._arguments(args, kwargs)
        with self._lock:
            trace = self._traces.get(arguments.key)
            if trace is None or not _usable(trace.concrete):
                trace = self._find_or_trace(arguments)
        return trace.concrete, arguments.tensors

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        bound_args, bound_kwargs = self._canonical(args, kwargs)
        if self.input_signature is not None:
            bound_args, bound_kwargs = self._as_signed(bound_args, bound_kwargs)
        return Arguments(bound_args, bound_kwargs, self._parameters)

    def _canonical(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The arguments with defaults filled in, by position as far as that goes."""
        if self._parameters is None:
            return args, kwargs
        try:
            bound = self._parameters.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"Binding inputs to tf.function failed due to `{error}`. Received args: {args} and "
                            f"kwargs: {kwargs} for signature: {self._parameters}.") from None
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def _as_signed(self, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Arguments as the input signature says they are. Raises TypeError and ValueError where they do not fit."""
        signature = self.input_signature
        assert signature is not None
        if len(args) + len(kwargs) < len(signature):
            raise TypeError(f"{self._name}() takes {len(signature)} arguments by its input_signature, "
                            f"{len(args) + len(kwargs)} were given")
        graph = mode.current_graph()
        out = []
        for position, value in enumerate(args):
            if position >= len(signature):
                out.append(value)
                continue
            out.append(_fitted(value, signature[position], graph, f"{self._name}: argument {position}"))
        return tuple(out), kwargs

    def _find_or_trace(self, arguments: Arguments) -> Trace:
        kept = [t for t in self._of_shapes.setdefault(without_shapes(arguments.key), []) if _usable(t.concrete)]
        self._of_shapes[without_shapes(arguments.key)] = kept
        dims = [k.dims for k in tensor_keys(arguments.key)]
        for trace in kept:
            if all(fits(d, w) for d, w in zip(dims, trace.concrete.shapes, strict=True)):
                self._traces[arguments.key] = trace
                return trace
        shapes = dims
        if self.input_signature is not None:
            shapes = [t._dims for t in (TensorShape(s.shape) for s in _specs(self.input_signature))][:len(dims)] + \
                dims[len(_specs(self.input_signature)):]
        elif kept and not self._exact_only and (self._reduce or len(kept) >= EXACT_SHAPES):
            for trace in kept:
                shapes = relaxed(shapes, trace.concrete.shapes)
        trace = self._trace(arguments, shapes, dims)
        kept.append(trace)
        self._traces[arguments.key] = trace
        return trace

    def _trace(self, arguments: Arguments, shapes: Sequence[Dims], exact: Sequence[Dims]) -> Trace:
        python_function: Callable[..., Any] = self._converted()
        made_before = any(t.concrete.graph.makes_variables for t in self._history)
        try:
            concrete = ConcreteFunction(self._name, python_function, arguments, shapes)
        except Exception:
            if list(shapes) == list(exact) or self.input_signature is not None:
                raise
            self._exact_only = True  # it needs its shapes: `range(x.shape[0])`, say
            concrete = ConcreteFunction(self._name, python_function, arguments, exact)
        if made_before and concrete.graph.makes_variables:
            raise ValueError("tf.function only supports singleton tf.Variables created on the first call: "
                             f"{self._name!r} makes variables in a later one.")
        frames = user_frames(1)
        trace = Trace(concrete, arguments.key, self._reason(arguments.key), str(frames[0]) if frames else "")
        self._history.append(trace)
        return trace

    def _converted(self) -> Callable[..., Any]:
        if not self._autograph:
            return self.python_function
        bound = getattr(self.python_function, "__wrapped_method__", None)
        if bound is None:
            return converted(self.python_function)
        function, weak = converted(bound[0]), bound[1]
        return lambda *args, **kwargs: function(weak(), *args, **kwargs)

    def _reason(self, key: Any) -> str:
        if not self._history:
            return "the first call"
        nearest = min((difference(t.key, key, "") or "another graph around it" for t in self._history), key=len)
        return self._named(nearest)

    def _named(self, text: str) -> str:
        """Positions in the words for a difference (`0[1]`) as the arguments' names."""
        place, _, rest = text.partition(": ")
        parts = [p.rstrip("]") for p in place.split("[")]
        if parts[0] == "0" and len(parts) > 1 and self._parameters is not None and parts[1].isdigit():
            names = list(self._parameters.parameters)
            index = int(parts[1])
            parts[1] = names[index] if index < len(names) else parts[1]
        return f"{''.join([parts[1], *(f'[{p}]' for p in parts[2:])]) if len(parts) > 1 else place}: {rest}"

    # What it is -----------------------------------------------------------------------------------

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The trace for these arguments; a `TensorSpec` stands for a tensor of that kind.

        Without arguments, for the input signature, or the only trace there is.
        """
        if self.input_signature is not None and not args and not kwargs:
            args = tuple(self.input_signature)
        bound_args, bound_kwargs = self._canonical(args, kwargs)
        arguments = Arguments(bound_args, bound_kwargs, self._parameters)
        with self._lock:
            trace = self._traces.get(arguments.key)
            if trace is None:
                trace = self._trace(arguments, [k.dims for k in tensor_keys(arguments.key)],
                                    [k.dims for k in tensor_keys(arguments.key)])
                self._traces[arguments.key] = trace
                self._of_shapes.setdefault(without_shapes(arguments.key), []).append(trace)
        return trace.concrete

    def explain(self) -> str:
        """The traces that were made so far, and which argument caused each."""
        lines = [f"{self._name}: {len(self._history)} trace{'s' * (len(self._history) != 1)}"]
        for number, trace in enumerate(self._history, 1):
            open_ = ", with open dimensions" if any(d is None or None in d for d in trace.concrete.shapes) else ""
            lines.append(f"{number}. {trace.why}{open_}" + (f" (called at {trace.where})" if trace.where else ""))
        return "\n".join(lines)

    def experimental_get_tracing_count(self) -> int:
        """How often the function was traced."""
        return len(self._history)

    def pretty_printed_concrete_signatures(self, verbose: bool = True) -> str:
        """The signatures of all traces, in words."""
        return "\n\n".join(t.concrete.pretty_printed_signature() for t in self._history)

    @property
    def name(self) -> str:
        """The name of the Python function."""
        return self._name

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables that its traces use."""
        return tuple({id(v): v for t in self._history for v in t.concrete.variables}.values())

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those of them that optimizers change."""
        return tuple(v for v in self.variables if v.trainable)

    def __repr__(self) -> str:
        return f"<hornbeam.function {self._name} with {len(self._history)} traces>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Function:
        made = Function(self.python_function, None, self._autograph, self._reduce, self._jit_compile)
        made.input_signature = self.input_signature
        return made


def _fast_key(args: tuple[Any, ...]) -> Any:
    """A key for calls with tensors alone, without taking the arguments apart; None for other calls."""
    key = []
    for arg in args:
        if type(arg) is not EagerTensor:
            return None
        value = arg._value
        key += (value.dtype, value.shape)
    return tuple(key)


def _usable(concrete: ConcreteFunction) -> bool:
    """Whether a trace can be called here: one that captured tensors of a graph around it only within that."""
    if not concrete.graph.captures:
        return True
    open_graphs = _state.open_graphs
    return all(t.op.graph in open_graphs for t in concrete.graph.captures)


def _parameters(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


def _without_first(function: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    if parameters and parameters[0].kind is not inspect.Parameter.VAR_POSITIONAL:
        parameters = parameters[1:]
    return signature.replace(parameters=parameters)


def _signature(value: Any) -> tuple[Any, ...]:
    """An input signature. Raises TypeError where it is no sequence of specs."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"input_signature must be either a tuple or a list, got {type(value)}.")
    for leaf in nest.flatten(value):
        if not isinstance(leaf, TypeSpec):
            raise TypeError("input_signature must be a possibly nested sequence of TensorSpec objects, "
                            f"got invalid args {value}")
    return tuple(value)


def _specs(structure: Any) -> list[Any]:
    """The specs of the tensors, those that composites consist of among them."""
    return [part for leaf in nest.flatten(structure) for part in leaf.flatten()]


def _fitted(value: Any, spec: Any, graph: Any, what: str) -> Any:
    """An argument as its part of the signature says. Raises TypeError where it does not fit."""
    if isinstance(spec, TypeSpec) and not isinstance(spec, TensorSpec):
        if not isinstance(value, TypeSpec) and not spec.is_compatible_with(value):
            raise TypeError(f"{what} is not compatible with its signature: {spec} is wanted, {value!r} was given")
        return value
    if not isinstance(spec, TensorSpec):
        specs, values = nest.flatten(spec), nest.flatten(value)
        if len(specs) != len(values):
            raise TypeError(f"{what} has not the structure of its signature {spec}: {value!r}")
        return nest.pack_sequence_as(spec, [_fitted(v, s, graph, what) for v, s in zip(values, specs, strict=True)])
    if isinstance(value, TensorSpec):
        return value
    try:
        tensor = as_tensor(value, spec.dtype, graph)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what} cannot be converted to {spec}: {error}") from None
    if tensor.dtype.base_dtype is not spec.dtype.base_dtype or not tensor.shape.is_compatible_with(spec.shape):
        raise TypeError(f"{what} is not compatible with its signature: {spec} is wanted, "
                        f"{tensor.dtype.base_dtype.name}{tensor.shape} was given")
    return tensor


@public("function")
def function(func: Any = None, input_signature: Any = None, autograph: bool = True, jit_compile: bool | None = None,
             reduce_retracing: bool = False, experimental_implements: Any = None,
             experimental_autograph_options: Any = None, experimental_attributes: Any = None,
             experimental_relax_shapes: bool | None = None, experimental_compile: bool | None = None,
             experimental_follow_type_hints: Any = None) -> Any:
    """Decorator: the function below is traced to a graph, once for each signature, and runs compiled.

    Tensors count by dtype and shape, Python values by value. Traces with shapes as they come are limited to three;
    then the dimensions that differ are left open (`reduce_retracing`: from the second shape on). Programs are compiled
    for the first 32 shapes of such a trace; further ones run op by op, with NumPy. `explain()` of the result lists the
    traces and what caused them.

    input_signature: a list of `TensorSpec`, one an argument; then one trace serves all calls. autograph: whether
    Python's `if`, `while` and `for` on tensors become part of the graph. The other arguments are accepted.

    >>> @function
    ... def twice(x):
    ...     return x + x
    >>> float(twice(2.0))
    4.0
    """
    reduce = bool(reduce_retracing or experimental_relax_shapes)

    def decorate(inner: Callable[..., Any]) -> Function:
        if isinstance(inner, Function):
            inner = inner.python_function
        if not callable(inner):
            raise TypeError(f"{inner!r} is not a callable object")
        return Function(inner, input_signature, autograph, reduce,
                        jit_compile if experimental_compile is None else experimental_compile)

    return decorate if func is None else decorate(func)


__all__ = ["Function", "Trace", "function"]
