"""Operations: what can be called on symbolic tensors. Layers are operations; so is each function of `keras.ops`.

    @keras_export("ops.take", "ops.numpy.take")
    @keras_op("numpy.Take", config="axis")
    def take(x, indices, axis=None): ...

makes the function, and the class that stands for it in models and files (`keras.src.ops.numpy`, `Take`): called with
a KerasTensor, `take(x, i, axis=1)` is a node of `Take(axis=1)` with the arguments `x` and `i`. The result's shape and
dtype follow from the function itself (`tracing.py`).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hornbeam.autograph.conversion import convert
from hornbeam.graph import mode
from hornbeam.graph.names import names_v2
from hornbeam.graph.op import Op
from hornbeam.graph.op import registry as declarations
from hornbeam.graph.registry import Registry
from hornbeam.keras import graph_places, keras_tensor
from hornbeam.keras.argument_errors import told_with_arguments
from hornbeam.keras.auto_config import capture, config_of, made_from
from hornbeam.keras.config.settings import is_traceback_filtering_enabled
from hornbeam.keras.keras_tensor import any_symbolic
from hornbeam.keras.lookup import named
from hornbeam.keras.names import keras_export
from hornbeam.keras.nodes import Node
from hornbeam.keras.rematerialization import remat_mode, rematerialized
from hornbeam.keras.state import thread
from hornbeam.keras.tracing import output_spec
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.utils.naming import auto_name

Function = TypeVar("Function", bound=Callable[..., Any])


def default(method: Function) -> Function:
    """Decorator: marks a method of a base class, so that `is_default` knows whether it was overridden."""
    method._is_default = True  # type: ignore[attr-defined]
    return method


def is_default(method: Callable[..., Any]) -> bool:
    """Whether a method is still the base class's."""
    return getattr(method, "_is_default", False)


@keras_export("Operation")
class Operation:
    """Something that is called on tensors, at once or symbolically.

    Subclasses write `call`. On KerasTensors the call becomes a node, with outputs as `compute_output_spec` says: by
    default what `call` gives on placeholders of these shapes.
    name: by default the class's name in snake case, with a number from the second on. Raises ValueError where it
    contains `/`.
    """

    _auto_config: Any
    _lock: bool

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        instance = super().__new__(cls)
        capture(instance, cls, args, kwargs)
        return instance

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = auto_name(type(self).__name__)
        if not isinstance(name, str) or "/" in name:
            raise ValueError("Argument `name` must be a string and cannot contain character `/`. "
                             f"Received: name={name} (of type {type(name)})")
        self.name = name
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []
        self._remat_mode = remat_mode()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function = self.symbolic_call if any_symbolic(args, kwargs) else self._call_here()
        if self._remat_mode is not None and function is not self.symbolic_call:
            function = rematerialized(self, function, args, kwargs)
        if not is_traceback_filtering_enabled():
            return function(*args, **kwargs)
        return told_with_arguments(function, f"{type(self).__name__}.call()", args, kwargs)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """The call as a node. Returns KerasTensors in the structure of the outputs."""
        outputs = self.compute_output_spec(*args, **kwargs)
        Node(self, args, kwargs, outputs)
        return outputs

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """What the operation does: subclasses write this."""
        raise NotImplementedError(f"{type(self).__name__} does not have a `call()` method implemented.")

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Shapes and dtypes of the outputs, as KerasTensors, for arguments of these shapes and dtypes."""
        try:
            return output_spec(self.call, *args, **kwargs)
        except Exception as error:
            raise _uninferred(self, error) from error

    def _call_here(self) -> Callable[..., Any]:
        """`call`: in a graph, with `if` and loops of the user's code that follow tensors."""
        return convert(self.call) if mode.state.open_graphs else self.call

    @default
    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the object from again: values that JSON knows, and objects with configurations.

        Raises NotImplementedError where the arguments of `__init__` are no such values.
        """
        config = {"name": self.name}
        return config if not is_default(self.get_config) else config_of(self, config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An object from what `get_config` gave. Raises TypeError where `__init__` refuses it."""
        return made_from(cls, config)

    @property
    def input(self) -> Any:
        """The KerasTensors that the first symbolic call took."""
        return self._of_node(0, "input_tensors", "input")

    @property
    def output(self) -> Any:
        """The KerasTensors that the first symbolic call gave."""
        return self._of_node(0, "output_tensors", "output")

    def _of_node(self, index: int, attribute: str, what: str) -> Any:
        if not self._inbound_nodes:
            raise AttributeError(f"The layer {self.name} has never been called and thus has no defined {what}.")
        if len(self._inbound_nodes) <= index:
            raise ValueError(f"Asked to get {what} at node {index}, but the operation has only "
                             f"{len(self._inbound_nodes)} inbound nodes.")
        tensors = getattr(self._inbound_nodes[index], attribute)
        return tensors[0] if isinstance(tensors, list) and len(tensors) == 1 else tensors

    def _obj_type(self) -> str:
        return "Operation"

    def __repr__(self) -> str:
        return f"<Operation name={self.name}>"


def _uninferred(operation: Operation, error: Exception) -> Exception:
    """The error with what could not be done, of the same class where that can be made from a text."""
    kind = type(operation).__name__
    text = (f"Could not automatically infer the output shape / dtype of '{operation.name}' (of type {kind}). Either "
            f"the `{kind}.call()` method is incorrect, or you need to implement the `{kind}.compute_output_spec() / "
            f"compute_output_shape()` method. Error encountered:\n\n{error}")
    try:
        return type(error)(text)
    except TypeError:
        return ValueError(text)


# The functions of keras.ops --------------------------------------------------------------------------

op_classes: Registry[type[Operation]] = Registry("operation of keras.ops", "keras.operations.op_classes")
"""The classes that stand for functions, by the names that files have: `keras.src.ops.numpy>Add`."""


class FunctionOperation(Operation):
    """Base of the classes that stand for functions of `keras.ops`: `config` are the function's other arguments."""

    _function: Callable[..., Any]
    _config_names: tuple[str, ...] = ()
    _tensor_names: tuple[str, ...] = ()
    _leading: tuple[str, ...] | None = None
    """Of a function that takes `*tensors`: the parameters before these."""

    def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name)
        self._arguments = dict(zip(self._config_names, args, strict=False)) | kwargs
        unknown = [n for n in self._arguments if n not in self._config_names]
        if unknown or len(args) > len(self._config_names):
            raise TypeError(f"{type(self).__name__}() takes {', '.join(self._config_names) or 'no arguments'} and "
                            f"`name`, not {', '.join(unknown) or f'{len(args)} arguments'}")

    def call(self, *args: Any, **kwargs: Any) -> Any:
        if self._leading is not None:  # `einsum(subscripts, *operands)`
            rest, held = list(args), dict(self._arguments)
            head = [held.pop(name) if name in held else rest.pop(0) for name in self._leading]
            return type(self)._function(*head, *rest, **held, **kwargs)
        given = dict(zip(self._tensor_names, args, strict=False)) | kwargs
        return type(self)._function(**given, **self._arguments)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, **self._arguments}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An object from what `get_config` gave, or what a file has of it: functions as configurations."""
        read = named("saving.deserialize_keras_object")
        return super().from_config({key: read(value) if isinstance(value, dict) and "class_name" in value else value
                                    for key, value in config.items()})


_SPREAD = inspect.Parameter.VAR_KEYWORD


def keras_op(path: str, config: str = "") -> Callable[[Function], Function]:
    """Decorator for a function of `keras.ops`: it takes KerasTensors too, and has a class in models and files.

    path: `"numpy.Take"`: the class and the module below `keras.src.ops` that files name. config: the parameters that
    the class keeps (`"axis keepdims"`); the others are arguments of the call. Two functions may share a class.
    """
    module, _, class_name = path.rpartition(".")

    def declare(function: Function) -> Function:
        key = f"keras.src.ops.{module}>{class_name}"
        parameters = inspect.signature(function).parameters
        held = op_classes.get(key)
        made = held or op_classes.register(key, _class_for(f"keras.src.ops.{module}", class_name, function,
                                                           tuple(config.split()), parameters))

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if any_symbolic(args, kwargs):
                if thread.forward:  # the loss of a step of `fit` uses tensors of the model
                    args, kwargs = tree.map_structure(graph_places.here, (args, kwargs))
                    if not any_symbolic(args, kwargs):
                        return function(*args, **kwargs)
                return _symbolic(made, parameters, args, kwargs)
            return function(*args, **kwargs)

        keras_tensor.functions.setdefault(function.__name__, call)
        return call  # type: ignore[return-value]

    return declare


def _leading(parameters: Mapping[str, inspect.Parameter]) -> tuple[str, ...] | None:
    """The parameters before `*args`; None where there is no such thing."""
    names = list(parameters)
    for i, parameter in enumerate(parameters.values()):
        if parameter.kind is parameter.VAR_POSITIONAL:
            return tuple(names[:i])
    return None


def _class_for(module: str, name: str, function: Callable[..., Any], config: tuple[str, ...],
               parameters: Mapping[str, inspect.Parameter]) -> type[Operation]:
    body = {"_function": staticmethod(function), "_config_names": config, "_keras_module": module,
            "_tensor_names": tuple(p for p in parameters if p not in config), "_leading": _leading(parameters),
            "__doc__": function.__doc__, "__module__": function.__module__}
    return type(name, (FunctionOperation,), body)


def _symbolic(made: type[Operation], parameters: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The call as a node of an operation of its own."""
    config_names = made._config_names  # type: ignore[attr-defined]
    positional: list[Any] = []
    given: dict[str, Any] = {}
    leading = made._leading  # type: ignore[attr-defined]
    names = list(parameters) if leading is None else list(leading)
    if len(args) > len(names) and leading is None:
        raise TypeError(f"{made.__name__}: {len(names)} arguments at most, {len(args)} were given")
    for i, value in enumerate(args):
        if i < len(names) and names[i] in config_names:
            given[names[i]] = value
        else:
            positional.append(value)
    rest = {}
    for name, value in kwargs.items():
        (given if name in config_names else rest)[name] = value
    for name in config_names:
        if name not in given and name in parameters and parameters[name].default is not inspect.Parameter.empty:
            given[name] = parameters[name].default
    if leading is None:  # all in their places, defaults too: so Keras writes and reads them
        for name in made._tensor_names[len(positional):]:  # type: ignore[attr-defined]
            default_ = parameters[name].default
            if name not in rest and (default_ is inspect.Parameter.empty or parameters[name].kind is _SPREAD):
                break
            positional.append(rest.pop(name, default_))
    ordered = {name: given[name] for name in config_names if name in given}
    return made(**ordered).symbolic_call(*positional, **rest)


# Hornbeam's own functions -----------------------------------------------------------------------------


class FunctionCall(Operation):
    """A function of Hornbeam's own namespace in a model: `function` is its public name (`nn.softmax`) or an op's type.

    Raises ValueError for another name, and for functions that reach beyond tensors (files, printing, Python code).
    """

    _keras_module = "hornbeam.keras.operations"

    def __init__(self, function: str, name: str | None = None) -> None:
        super().__init__(name=name or auto_name(function.rpartition(".")[2]))
        self.function = function
        self._target = _function_named(function)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self._target(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "function": self.function}


_BEYOND_TENSORS = ("hornbeam.ops.host", "hornbeam.ops.printing", "hornbeam.ops.files")


def _function_named(function: str) -> Callable[..., Any]:
    target: Any = declarations.get(function.removeprefix("raw_ops.")) if function.startswith("raw_ops.") else None
    if target is None:
        held = names_v2.get(function)
        target = None if held is None else held.target
    module = getattr(target, "__module__", "")
    of_tensors = module.startswith("hornbeam.ops.") and module not in _BEYOND_TENSORS
    if target is None or isinstance(target, type) or not of_tensors:
        raise ValueError(f"{function!r} is not the name of a function of tensors.")
    return target


class _PrivateCall(Operation):
    """A function without a public name in a model, which cannot be written to a file."""

    def __init__(self, target: Callable[..., Any]) -> None:
        self._target = target
        super().__init__(name=auto_name(getattr(target, "__name__", "call").strip("_<>")))

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self._target(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{self._target!r} has no public name, so a model that calls it cannot be written "
                                  "to a file. Call it in a layer of your own.")


@functools.cache
def _public_names() -> dict[int, str]:
    return {id(held.target): name for name, held in reversed(names_v2.items())
            if not name.startswith(("raw_ops.", "keras."))}


def call_of_function(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A call of one of Hornbeam's own functions on KerasTensors, as a node."""
    name = f"raw_ops.{function.type}" if isinstance(function, Op) else _public_names().get(id(function))
    inner = getattr(function, "__wrapped__", None)
    if name is None and inner is not None:
        return inner(*args, **kwargs)  # made of public ones, each of which becomes a node
    label = kwargs.get("name")
    kwargs = {k: v for k, v in kwargs.items() if k != "name"}
    try:
        operation: Operation = _PrivateCall(function) if name is None else FunctionCall(name)
    except ValueError:
        operation = _PrivateCall(function)
    if isinstance(label, str) and label and "/" not in label:
        operation.name = auto_name(label)
    return operation.symbolic_call(*args, **kwargs)


graph_places.call_of_function.append(call_of_function)
op_classes.register("hornbeam.keras.operations>FunctionCall", FunctionCall)
