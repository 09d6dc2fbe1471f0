"""Declaring an op: one pure function of arrays, and everything that follows from it.

    @op("Softplus", names=("nn.softplus", "math.softplus"), T=FLOATS)
    def softplus(features):
        '''log(1 + exp(x)), without overflow.'''
        return jnp.logaddexp(features, 0)

    @softplus.grad
    def _(call, dy):
        return dy * sigmoid(call.inputs[0])

The positional parameters are tensors, the keyword-only ones attributes. `inputs` says more about the tensors:
`"x: T, axis: Tidx static"`. Calling the op asks `graph/call.py` whether that makes a node or runs at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.graph import dtypes, names
from hornbeam.graph.dtypes import DType
from hornbeam.graph.parameters import parameters_of
from hornbeam.graph.registry import Registry, caller_place

FLOATS = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)
COMPLEX = (dtypes.complex64, dtypes.complex128)
SIGNED = (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)
UNSIGNED = (dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64)
INTEGERS = SIGNED + UNSIGNED
INDEX = (dtypes.int32, dtypes.int64)
REALS = FLOATS + INTEGERS
NUMERIC = REALS + COMPLEX
INEXACT = FLOATS + COMPLEX
BOOL = (dtypes.bool,)
STRING = (dtypes.string,)


@final
class Arg(NamedTuple):
    """One tensor argument: `type` is a type variable's name, a dtype, or None for any.

    `many`: a list of tensors. `static`: its value must be known before the op is compiled. `ref`: a variable.
    """

    name: str
    type: str | DType | None
    many: bool = False
    static: bool = False
    ref: bool = False


@final
class Never(NamedTuple):
    """Says that an op is not differentiable, and why."""

    why: str


def never(why: str) -> Never:
    """The declaration `differentiable=never("integer result")`."""
    return Never(why)


class _Generic:
    """The gradient that follows from the op's own function (its vector–Jacobian product)."""

    def __repr__(self) -> str:
        return "GENERIC"


GENERIC = _Generic()
registry: Registry[Op] = Registry("op")


def _parse(spec: str, type_variables: Iterable[str]) -> tuple[Arg, ...]:
    """`"x: T, axis: Tidx static"` → the arguments."""
    args = []
    for part in filter(None, (p.strip() for p in spec.split(","))):
        name, _, words = part.partition(":")
        flags = words.split()
        kinds = [w for w in flags if w not in ("list", "static", "ref")]
        if len(kinds) > 1:
            raise ValueError(f"one type for each input, not {kinds} for {name!r}")
        kind: str | DType | None = kinds[0] if kinds else None
        if kind is not None and kind not in type_variables and not kind[0].isupper():
            kind = dtypes.as_dtype(kind)
        args.append(Arg(name.strip(), kind, "list" in flags, "static" in flags, "ref" in flags))
    return tuple(args)


def _registered(type: str) -> Op:
    return registry[type]


@final
class Op:
    """A declared op. Call it with tensors and attributes; read about it in `registry`."""

    def __init__(self, type: str, function: Callable[..., Any], *, inputs: str | None = None,
                 differentiable: Any = GENERIC, stateful: bool = False, host: bool = False, random: bool = False,
                 writes: Sequence[str] = (), outputs: Sequence[str] = (), returns_list: bool = False,
                 structural: bool = False, gives_strings: bool = True, attr_types: Mapping[str, str] | None = None,
                 samples: Any = None, waive: Mapping[str, str] | None = None,
                 types: Mapping[str, Sequence[DType]] | None = None,
                 lengths: Mapping[str, str] | None = None) -> None:
        self.type = type
        self.function = function
        self.__doc__ = function.__doc__
        self.__name__ = self.__qualname__ = function.__name__.rstrip("_")
        self.__module__ = function.__module__
        self.types = {name: tuple(allowed) for name, allowed in (types or {}).items()}
        given = parameters_of(function)
        tensors = given.positional
        if random:
            tensors = tensors[1:]
        self.args = _parse(", ".join(f"{n}: T" for n in tensors) if inputs is None else inputs, self.types)
        # Attributes without a default come first, as they do in TensorFlow's signatures.
        attributes = sorted(given.keyword_only, key=lambda name: name in given.defaults)
        self.defaults: dict[str, Any] = {name: given.defaults.get(name) for name in attributes}
        self.attr_kinds: dict[str, str] = {name: _KIND_WORDS[kind] for name in attributes
                                           if (kind := str(given.annotations.get(name))) in _KIND_WORDS}
        self.required = tuple(name for name in attributes if name not in given.defaults)
        self.differentiable = differentiable
        self.stateful = stateful or random or bool(writes)
        self.host = host
        self.random = random
        self.writes = tuple(writes)
        self.output_names = tuple(outputs)
        self.returns_list = returns_list
        self.structural = structural
        self.gives_strings = gives_strings
        self.attr_types = dict(attr_types or {})
        self.lengths = dict(lengths or {})
        self.samples = samples
        self.waive = dict(waive or {})
        self.gradient: Callable[..., Any] | None = None
        self.shape_rule: Callable[..., Any] | None = None
        self.value_rule: Callable[..., Any] | None = None
        self.checker: Callable[..., Any] | None = None
        self.explain: Callable[..., str] | None = None
        self.static_rule: Callable[..., Any] | None = None
        self.lowering: Callable[..., Any] | None = None
        self.kernel_rule: Callable[..., Any] | None = None
        self.fused_rule: Callable[..., Any] | None = None
        self.programs: dict[Any, Any] = {}
        self.inferred: dict[Any, Any] = {}
        self.accepted: set[Any] = set()
        self.simple = not (host or random or writes or structural) and all(
            not (a.many or a.static or a.ref) for a in self.args)
        if not (len(tensors) == len(self.args) or inputs is not None):
            raise ValueError(f"{type}: inputs={inputs!r} does not fit {given}")

    # What stands beside the declaration ---------------------------------------------------------

    def grad(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator: `rule(call, *dys)` gives the gradients of the inputs (None where there is none).

        `call` has `inputs`, `outputs` and `attrs`; the rule uses public ops, so that it works eagerly, in graphs and
        at second order. A single gradient need not be put into a tuple. `dy` is None for outputs nothing depends on,
        unless it is the only one. A rule that returns NotImplemented leaves the call to the generic gradient.
        """
        self.gradient = rule
        return rule

    def shape(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator: `rule(inputs, attrs)` gives `[(dims, dtype), ...]`, faster than abstract evaluation.

        `inputs` are `infer.Input`s: dims, dtype, and the value where it is known.
        """
        self.shape_rule = rule
        return rule

    def value(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator: `rule(tensor, known)` gives a value that the graph tells without running, else None.

        `known(other)` asks the same of another tensor.
        """
        self.value_rule = rule
        return rule

    def static(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator: `rule(operation)` lists the inputs that must be known to compile, fewer than are declared so.

        The function then gets the others as arrays that it may not look into.
        """
        self.static_rule = rule
        return rule

    def check(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator: `rule(*arrays, **attrs)` gives `(failed, numbers)`: a flag and up to 8 numbers for the message.

        Runs with the op, on the device; `message` says what the numbers mean.
        """
        self.checker = rule
        return rule

    def message(self, rule: Callable[..., str]) -> Callable[..., str]:
        """Decorator: `rule(numbers, inputs, attrs)` gives the text of the error that `check` found."""
        self.explain = rule
        return rule

    def lower(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator, for ops that hold other graphs: `rule(context, call, values)` gives the output values."""
        self.lowering = rule
        return rule

    def kernel(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator: `rule(args, attrs)` gives another implementation for arguments of these shapes, or None.

        It computes what the op's function does, and is called the same way. Only compiled programs use it, and there
        only where nothing transforms the function: it need not be differentiable or batched.
        """
        self.kernel_rule = rule
        return rule

    def fused(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator: `rule(operation, given)` gives one kernel for an operation and those before it, or None.

        `given(other)` lists the arguments that an operation before it was compiled with, or is None. The kernel is
        called as the op's function is, under the terms of `kernel`.
        """
        self.fused_rule = rule
        return rule

    def compiles_to(self, args: Sequence[Any], attrs: dict[str, Any]) -> Callable[..., Any]:
        """The function that a compiled program calls for `args`: a kernel that suits them, else the op's own."""
        return (self.kernel_rule and self.kernel_rule(args, attrs)) or self.function

    # Calling ------------------------------------------------------------------------------------

    def __call__(self, *args: Any, name: str | None = None, **kwargs: Any) -> Any:
        if kwargs or self.required or len(args) != len(self.args):
            if len(args) == len(self.args) + len(self.defaults) + 1:
                args, name = args[:-1], args[-1]  # the last positional argument, as in `subtract(x, y, "difference")`
            inputs, attrs = self.bind(args, kwargs)
            return _call(self, inputs, attrs, name)
        return _call(self, args, self.defaults, name)

    def bind(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The tensors and the attributes of a call. Raises TypeError as Python does for a wrong signature."""
        names_ = [a.name for a in self.args] + list(self.defaults)
        if len(args) > len(names_):
            raise TypeError(f"{self.__name__}() takes {len(names_)} arguments, {len(args)} were given")
        given = dict(zip(names_, args, strict=False))
        for key, value in kwargs.items():
            if key in given:
                raise TypeError(f"{self.__name__}() got multiple values for argument '{key}'")
            if key not in names_:
                raise TypeError(f"{self.__name__}() got an unexpected keyword argument '{key}'. "
                                f"Its arguments are {', '.join(names_)}, name")
            given[key] = value
        missing = [n for n in (*(a.name for a in self.args), *self.required) if n not in given]
        if missing:
            raise TypeError(f"{self.__name__}() missing {len(missing)} required argument"
                            f"{'s' * (len(missing) > 1)}: {', '.join(map(repr, missing))}")
        inputs = tuple(given.pop(a.name) for a in self.args)
        if any(value is None for value in given.values()):  # an attribute that is None is as one that is not given
            given = {key: value for key, value in given.items() if value is not None or self.defaults.get(key) is None}
        return inputs, self.normalized({**self.defaults, **given})

    def normalized(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Attributes in the one form that keys and graphs use: dtypes interned, lists as tuples.

        Raises TypeError where one is of another kind than its annotation or default says.
        """
        try:
            return {k: _normal(k, v, self.defaults.get(k), self.attr_types.get(k), self.attr_kinds.get(k))
                    for k, v in attrs.items()}
        except TypeError as error:
            raise TypeError(f"{error} ({self.type})") from None

    def all_attrs(self, call: Any) -> dict[str, Any]:
        """The attributes of a call with its type variables, as a `NodeDef` has them."""
        found: dict[str, Any] = dict(call.attrs)
        groups = self.group(call.inputs, call.attrs)
        for arg, value in zip(self.args, groups, strict=True):
            if isinstance(arg.type, str) and value is not None and (not arg.many or value):
                found.setdefault(arg.type, (value[0] if arg.many else value).dtype.base_dtype)
            if arg.many and arg.type is not None and value is not None and arg.name not in self.lengths:
                found.setdefault("N", len(value))
            if arg.many and arg.type is None and value is not None:
                found.update((name, tuple(v.dtype.base_dtype for v in value)) for name, kind in self.attr_types.items()
                             if kind == "list(type)")
        return found

    def group(self, flat: Sequence[Any], attrs: Mapping[str, Any] | None = None) -> list[Any]:
        """The flat inputs of a node as one item an argument: lists for list arguments.

        The lists are of equal length, unless the attribute `list_lengths`, or those that `lengths` names, say how long
        each is.
        """
        lists = sum(a.many for a in self.args)
        if not lists:
            return list(flat)
        if self.lengths and attrs:
            said = [attrs[self.lengths[a.name]] for a in self.args if a.many]
            lengths = iter([n if isinstance(n, int) else len(n) for n in said])
        else:
            each = (len(flat) - (len(self.args) - lists)) // lists
            lengths = iter((attrs or {}).get("list_lengths") or (each,) * lists)
        groups, at = [], 0
        for arg in self.args:
            if arg.many:
                length = next(lengths)
                groups.append(list(flat[at:at + length]))
                at += length
            else:
                groups.append(flat[at])
                at += 1
        return groups

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(a.name, kind) for a in self.args]
        parameters += [inspect.Parameter(n, kind, default=inspect.Parameter.empty if n in self.required else d)
                       for n, d in self.defaults.items()]
        return inspect.Signature([*parameters, inspect.Parameter("name", kind, default=None)])

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as functions are: by name, being the same op."""
        return _registered, (self.type,)

    def __repr__(self) -> str:
        return f"<op {self.type}>"

    def __str__(self) -> str:
        return self.type


_RAW_NAMES = {"reduction_indices": "axis", "split_dim": "axis", "squeeze_dims": "axis"}
"""Arguments that TensorFlow's `raw_ops` call otherwise than its op definitions do."""


@final
class RawOp:
    """An op as `raw_ops` offers it: by TensorFlow's argument names alone. `renamed`: op's argument → raw_ops' name."""

    def __init__(self, op: Op, renamed: Mapping[str, str]) -> None:
        self._op = op
        self._renamed = {**_RAW_NAMES, **renamed}
        self._own = {raw: own for own, raw in self._renamed.items()
                     if own in op.defaults or any(own == a.name for a in op.args)}
        self.__name__ = self.__qualname__ = op.type
        self.__doc__ = op.__doc__
        self.__module__ = op.__module__

    def __call__(self, **arguments: Any) -> Any:
        return self._op(**{self._own.get(name, name): value for name, value in arguments.items()})

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.Signature([
            p.replace(name=self._renamed.get(p.name, p.name), kind=inspect.Parameter.KEYWORD_ONLY)
            for p in self._op.__signature__.parameters.values()])


_KIND_WORDS = {"int": "int", "float": "float", "bool": "bool", "str": "string"}
"""Annotations of attributes that are checked, and what messages call them."""


def _normal(name: str, value: Any, default: Any, type_kind: str | None, kind: str | None) -> Any:
    if type_kind == "type" or (isinstance(default, DType) and value is not None):
        return dtypes.as_dtype(value).base_dtype
    if type_kind == "list(type)" and value is not None:
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"Expected list for '{name}' argument, not {value!r}.")
        return tuple(dtypes.as_dtype(v).base_dtype for v in value)
    if kind is not None:
        return _of_kind(name, value, kind)
    if isinstance(default, tuple) and not isinstance(value, (list, tuple)):
        raise TypeError(f"Expected list for '{name}' argument, not {value!r}.")
    if isinstance(value, list):
        return tuple(value)
    return value


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (bool, str, bytes, list, tuple)) and np.ndim(value) == 0


def _of_kind(name: str, value: Any, kind: str) -> Any:
    """A plain Python value of the kind. Whole floats are integers too; nothing else is converted."""
    number = _is_scalar(value)
    if kind == "int" and number and hasattr(value, "__int__"):
        whole = None if value != value or value in (np.inf, -np.inf) else int(value)
        if whole is not None and whole == value and -2**63 <= whole < 2**63:
            return whole
    elif kind == "float" and number and hasattr(value, "__float__"):
        return float(value)
    elif kind == "bool" and isinstance(value, (bool, np.bool_, int)) and value in (0, 1):
        return bool(value)
    elif kind == "string" and isinstance(value, (str, bytes)):
        return value if isinstance(value, str) else value.decode()
    raise TypeError(f"Expected {kind} for argument '{name}' not {value!r}.")


def _call(op: Op, inputs: Sequence[Any], attrs: dict[str, Any], name: str | None) -> Any:
    raise RuntimeError("graph.call is not loaded")


def set_call(function: Callable[..., Any]) -> None:
    """Bind the one point where a call becomes a node or runs (`graph/call.py`)."""
    global _call
    _call = function


def op(type: str, *, names: Iterable[str] = (), v1: Iterable[str] | None = None, v2: Iterable[str] | None = None,
       old_arguments: Mapping[str, str] | None = None, inputs: str | None = None, differentiable: Any = GENERIC,
       stateful: bool = False, host: bool = False, random: bool = False, writes: Sequence[str] = (),
       outputs: Sequence[str] = (), returns_list: bool = False, structural: bool = False, gives_strings: bool = True,
       attr_types: Mapping[str, str] | None = None, samples: Any = None, waive: Mapping[str, str] | None = None,
       raw: Mapping[str, str] | None = None, lengths: Mapping[str, str] | None = None,
       **types: Sequence[DType]) -> Callable[[Callable[..., Any]], Op]:
    """Decorator: declare an op by its pure function.

    type: TensorFlow's name of the op. names, v1, v2, old_arguments: as for `names.public`; none for an op that only
    other functions call. inputs: the tensor arguments, `"x: T, axis: Tidx static"`, where `list` marks a list of
    tensors, `static` a value that must be known when the op is compiled, `ref` a variable; by default all share T.
    Capitalised keywords say which dtypes a type variable may be (`T=FLOATS`).
    differentiable: GENERIC, or `never("why")`. host: runs on NumPy arrays between compiled stages. random: the
    function's first parameter is a key. writes: the `ref` arguments whose new values the function returns first.
    outputs: their names, where there are several. returns_list: the results are one list. gives_strings: whether the
    first output of a call on strings is strings too (false for comparisons). raw: argument names that `raw_ops` spells
    otherwise. lengths: the attributes that say how long lists of tensors are, a number or a list as long, by argument.
    """
    def declare(function: Callable[..., Any]) -> Op:
        made = Op(type, function, inputs=inputs, differentiable=differentiable, stateful=stateful, host=host,
                  random=random, writes=writes, outputs=outputs, returns_list=returns_list, structural=structural,
                  gives_strings=gives_strings, attr_types=attr_types, samples=samples, waive=waive, types=types,
                  lengths=lengths)
        registry.register(type, made, caller_place())
        _register_names(RawOp(made, raw or {}), (f"raw_ops.{type}",))
        names_ = tuple(names)
        if names_ or v1 or v2:
            _register_names(made, names_, v1, v2, old_arguments)
        return made

    return declare


_register_names = names.register
