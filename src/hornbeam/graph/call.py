"""The one point where a call of an op becomes a node of a graph or runs at once.

The question, in order: is an input symbolic, or a graph open? Then a node. Does an input have a value? Then it runs.
Otherwise the namespace that is being called says (`mode.current_graph`).
"""

from __future__ import annotations

import functools
import sys
from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

import numpy as np

from hornbeam.graph import convert, dtypes, errors, infer, mode, recording, seeds
from hornbeam.graph import op as declarations
from hornbeam.graph.dtypes import DType
from hornbeam.graph.execute import Failed, ShapeFault, error_of, execute
from hornbeam.graph.graph import Graph
from hornbeam.graph.infer import Input
from hornbeam.graph.op import Arg, Op
from hornbeam.graph.operation import Operation
from hornbeam.graph.parameters import parameters_of
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import EagerTensor, GraphTensor

_state = mode.state
Function = TypeVar("Function", bound=Callable[..., Any])


def call(op: Op, inputs: Sequence[Any], attrs: dict[str, Any], name: str | None = None) -> Any:
    """Make a node of `op` or run it; one tensor, a tuple or list of them, or an `Operation` comes back.

    Raises TypeError for dtypes the op does not take, ValueError (in a graph) or InvalidArgumentError (at once) for
    shapes and values that it does not take.
    """
    if op.simple and not _state.open_graphs:
        values = []
        for value in inputs:
            if type(value) is not EagerTensor:
                break
            values.append(value._value)
        else:
            if values:
                return _run_simple(op, inputs, values, attrs)
    taker = _taker(inputs)
    if taker is not None:
        return taker._take_call(op, tuple(inputs), {**attrs, "name": name})
    graph = _graph_for(inputs)
    return _run(op, inputs, attrs) if graph is None else _build(graph, op, inputs, attrs, name)


declarations.set_call(call)


def _graph_for(inputs: Iterable[Any]) -> Graph | None:
    """The graph in which a call with these inputs is a node; None where it runs."""
    if _state.open_graphs:
        return _state.open_graphs[-1]
    eager = False
    for value in _leaves(inputs):
        if type(value) is GraphTensor:
            return value.op.graph
        home = getattr(value, "_graph_home", None)
        if home is not None:
            return home
        eager = eager or type(value) is EagerTensor or getattr(value, "_cell", None) is not None
    return None if eager else mode.current_graph()


def graph_for(*inputs: Any) -> Graph | None:
    """As a call with these inputs would decide: the graph it builds in, or None where it runs at once."""
    return _graph_for(inputs)


def _taker(inputs: Iterable[Any]) -> Any:
    """The first argument that takes calls over: a symbolic tensor of Keras, whose graph is one of layers."""
    for value in _leaves(inputs):
        if getattr(type(value), "_take_call", None) is not None:
            return value
    return None


def _leaves(inputs: Iterable[Any]) -> Iterable[Any]:
    for value in inputs:
        if isinstance(value, (list, tuple)):
            yield from _leaves(value)
        elif isinstance(value, dict):
            yield from _leaves(value.values())
        else:
            yield value


# At once ---------------------------------------------------------------------------------------------


def _run_simple(op: Op, inputs: Sequence[Any], values: list[Any], attrs: dict[str, Any]) -> Any:
    """The hot path: plain tensors in, and a signature that was seen before or is checked now."""
    dtype_key = tuple([v.dtype for v in values])
    if dtype_key not in op.accepted:
        _check_types(op, inputs)
        op.accepted.add(dtype_key)
    try:
        results = execute(op, values, attrs, None, _state.once)
    except (ShapeFault, Failed) as fault:
        raise error_of(fault, op) from None
    outputs = [EagerTensor(r) for r in results]
    if _state.tapes:
        recording.record(op, inputs, outputs, attrs)
    if len(outputs) == 1 and not op.returns_list:
        return outputs[0]
    return _pack(op, outputs)


def _run(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> Any:
    if op.structural:
        raise TypeError(f"{op.type} holds a graph and runs only inside one; call the function that makes it.")
    tensors = _converted(op, inputs, None, "")
    _check_types(op, tensors)
    cells = {a.name: v._cell for a, v in zip(op.args, tensors, strict=True) if a.ref}
    if not op.writes:
        return _run_on(op, tensors, attrs, cells)
    with ExitStack() as held:  # other threads update a variable before or after, not between read and write
        for cell in sorted(set(cells.values()), key=id):
            held.enter_context(cell.lock)
        return _run_on(op, tensors, attrs, cells)


def _run_on(op: Op, tensors: list[Any], attrs: dict[str, Any], cells: dict[str, Any]) -> Any:
    values = []
    for arg, value in zip(op.args, tensors, strict=True):
        if arg.ref:
            values.append(value._cell.read())
        elif arg.many:
            values.append([v._value for v in value])
        else:
            values.append(np.asarray(value._value) if arg.static or op.host else value._value)
    stream = seeds.eager_stream(op, attrs) if op.random else None
    try:
        results = execute(op, values, attrs, stream, _state.once)
    except (ShapeFault, Failed) as fault:
        raise error_of(fault, op) from None
    except errors.OpError as error:
        if op.type in error.message:
            raise
        raise type(error)(None, None, f"{error.message} [Op:{op.type}]") from error  # type: ignore[call-arg]
    for written, value in zip(op.writes, results, strict=False):
        cells[written].write(value)
        cells[written].lent = True  # what the call returns holds the same array
    outputs = [EagerTensor(_array(r)) for r in results[max(0, len(op.writes) - 1):]]
    if _state.tapes and not op.writes:
        recording.record(op, [t for item in tensors for t in (item if isinstance(item, list) else (item,))], outputs,
                         attrs)
    return _pack(op, outputs)


def _array(value: Any) -> Any:
    return value if hasattr(value, "dtype") and hasattr(value, "shape") else np.asarray(value)


def composite(scope: str) -> Callable[[Function], Function]:
    """Decorator for public functions made of several ops: decides once where the call goes, and names what it makes.

    A symbolic argument opens its graph, a value opens eager execution, so that inner calls without inputs (constants,
    random numbers) follow. The nodes stand in the name scope `name`, by default `scope`.
    """
    def declare(function: Function) -> Function:
        positional = parameters_of(function).positional
        name_at = positional.index("name") if "name" in positional else sys.maxsize

        @functools.wraps(function)
        def call_composite(*args: Any, **kwargs: Any) -> Any:
            taker = _taker((*args, *kwargs.values()))
            if taker is not None:
                return taker._take_call(call_composite, args, kwargs)
            graph = _graph_for((*args, *kwargs.values()))
            if graph is None:
                if not (_state.graph_first or _state.open_graphs):
                    return function(*args, **kwargs)
                with mode.opened(None):
                    return function(*args, **kwargs)
            name = kwargs.get("name") if len(args) <= name_at else args[name_at]
            with mode.opened(graph), graph.name_scope(name or scope):
                return function(*args, **kwargs)

        return call_composite  # type: ignore[return-value]

    return declare


def own_name() -> str | None:
    """The name of the open scope, for the last node of a composite: it stands for the whole."""
    graph = graph_for()
    scope = "" if graph is None else graph.get_name_scope()
    return f"{scope}/" if scope else None


# As a node -------------------------------------------------------------------------------------------


def _build(graph: Graph, op: Op, inputs: Sequence[Any], attrs: dict[str, Any], name: str | None) -> Any:
    full_name = graph.name_for(name or op.type)
    tensors = _converted(op, inputs, graph, full_name)
    _check_types(op, tensors)
    flat = [t for item in tensors for t in (item if isinstance(item, list) else (item,))]
    try:
        outputs = infer.outputs_of(op, [_described(a, t) for a, t in zip(op.args, tensors, strict=True)], attrs)
    except ShapeFault as fault:
        raise ValueError(build_message(op, full_name, flat, fault.build)) from None
    if op.writes:
        outputs = outputs[len(op.writes) - 1:]
        outputs = [(outputs[0][0], outputs[0][1]._as_ref), *outputs[1:]]
    node = graph.add(op, full_name, flat, attrs, outputs)
    if not node.outputs and not op.returns_list:
        return node
    return _pack(op, node.outputs)


def build_message(op: Op, name: str, inputs: Sequence[GraphTensor], reason: str) -> str:
    """The words for inputs that an op cannot take, with what came in and the user's line."""
    types = ", ".join(t.dtype.name for t in inputs)
    shapes = ", ".join(_shape_text(t) for t in inputs)
    return f"{reason} for '{{{{node {name}}}}} = {op.type}[]({types})' with input shapes: {shapes}."


def _shape_text(tensor: GraphTensor) -> str:
    dims = tensor._dims
    return "?" if dims is None else "[" + ",".join("?" if d is None else str(d) for d in dims) + "]"


def _described(arg: Arg, item: Any) -> Any:
    if isinstance(item, list):
        return [_described(arg, t) for t in item]
    dtype = item.dtype.base_dtype
    if not arg.static:
        return Input(item._dims, dtype)
    value = infer.constant_value(item)
    return Input(item._dims, dtype, value, None if value is not None else infer.partial_shape(item))


# Inputs ----------------------------------------------------------------------------------------------


def _converted(op: Op, inputs: Sequence[Any], graph: Graph | None, full_name: str) -> list[Any]:
    """Every input as a tensor of the graph, or with a value: Python's take the dtype that their fellows have."""
    known: dict[str, DType] = {}
    for arg, value in zip(op.args, inputs, strict=True):
        if isinstance(arg.type, str) and arg.type not in known:
            dtype = _first_dtype(value)
            if dtype is not None:
                known[arg.type] = dtype.base_dtype
    out: list[Any] = []
    for arg, value in zip(op.args, inputs, strict=True):
        name = f"{full_name}/{arg.name}"
        if arg.many:
            if not isinstance(value, (list, tuple)):
                raise TypeError(f"Expected list for '{arg.name}' argument to '{op.type}' Op, not {value!r}.")
            item: Any = [_one(op, arg, v, known, graph, f"{name}_{i}") for i, v in enumerate(value)]
        else:
            item = _one(op, arg, value, known, graph, name)
        out.append(item)
    return out


def _first_dtype(value: Any) -> DType | None:
    if isinstance(value, (list, tuple)):
        return next((d for d in map(_first_dtype, value) if d is not None), None)
    return convert.dtype_of(value)


def _one(op: Op, arg: Arg, value: Any, known: dict[str, DType], graph: Graph | None, name: str) -> Any:
    if arg.ref:
        return _reference(op, arg, value, graph)
    wanted = known.get(arg.type) if isinstance(arg.type, str) else arg.type
    if wanted is None and isinstance(arg.type, str) and convert.dtype_of(value) is None:
        wanted = _default_dtype(op, arg, value)
    try:
        tensor = as_tensor(value, wanted, graph, name)
    except errors.LeakedTensorError:
        raise
    except TypeError as error:
        raise TypeError(f"{error} (argument '{arg.name}' of {op.type})") from None
    if isinstance(arg.type, str):
        known.setdefault(arg.type, tensor.dtype.base_dtype)
    return tensor


def _default_dtype(op: Op, arg: Arg, value: Any) -> DType | None:
    """A type variable that takes only int64, say, turns Python integers into that; empty lists are integers too."""
    allowed = op.types.get(str(arg.type))
    if isinstance(value, (list, tuple)) and not value and allowed is not None and dtypes.float32 not in allowed:
        return dtypes.int32 if dtypes.int32 in allowed else None
    if allowed is None or isinstance(value, (np.ndarray, np.generic)) or convert.holds_tensors(value):
        return None
    try:
        usual = dtypes.result_for_python(value)
    except (TypeError, ValueError):
        return None
    if usual in allowed or not usual.is_integer:
        return None
    return next((d for d in (dtypes.int64,) if d in allowed), None)


def _reference(op: Op, arg: Arg, value: Any, graph: Graph | None) -> Any:
    if graph is None:
        if getattr(value, "_cell", None) is None:
            raise TypeError(f"'{op.type}' Op requires that input '{arg.name}' be a mutable tensor (a variable), "
                            f"not {value!r}")
        return value
    tensor = value if type(value) is GraphTensor else getattr(value, "_ref", lambda: None)()
    if tensor is None or not tensor.dtype._is_ref_dtype:
        raise TypeError(f"'{op.type}' Op requires that input '{arg.name}' be a mutable tensor (e.g.: a tf.Variable)")
    return graph.bring_in_reference(tensor)


def as_tensor(value: Any, dtype: DType | None, graph: Graph | None, name: str = "Const") -> Any:
    """`value` as a tensor of `graph`, or with a value where `graph` is None.

    dtype: what Python numbers become; a tensor of another dtype stays what it is (the op says what it takes).
    name: the full name of the constant that may be made.
    """
    kind = type(value)
    if kind is GraphTensor:
        if graph is None:
            raise TypeError(f"{value!r} has no value here: it belongs to a graph. Run it in a Session.")
        return value if value.op.graph is graph else graph.bring_in(value)
    if kind is EagerTensor:
        return value if graph is None else _held(graph, value, name)
    own = getattr(value, "_as_tensor", None)
    if own is not None:
        return own(graph)
    converter = convert.converter_for(value)
    if converter is not None:
        with mode.opened(graph):
            made = converter(value, dtype, name)
        if made is not NotImplemented:
            return made
    if isinstance(value, (list, tuple)) and convert.holds_tensors(value):
        return _packed(value, dtype, graph, name)
    if graph is None:
        return EagerTensor(convert.to_array(value, dtype))
    try:
        array = convert.to_array(value, dtype)
    except dtypes.Unconvertible as error:
        raise error.in_graph(value) from None
    return constant_node(graph, array, name)


def _held(graph: Graph, value: EagerTensor, name: str) -> GraphTensor:
    """A tensor that has a value, in a graph: an input of a traced function, else a constant."""
    captured = graph.capture(value)
    return constant_node(graph, np.asarray(value._value), name) if captured is None else captured


def _packed(value: Sequence[Any], dtype: DType | None, graph: Graph | None, name: str) -> Any:
    """A nested list that holds tensors, stacked along a new first axis at each level.

    Where the first tensor has another dtype than the one asked for, all are cast; else they must have it.
    """
    own = _first_dtype(value)
    wanted = dtype or own
    if graph is not None and name == "Const":  # nobody chose it, and others may have it
        name = graph.unique_name("packed")
    with mode.opened(graph):
        parts = [as_tensor(v, wanted, graph, f"{name}/{i}") for i, v in enumerate(value)]
        if own is not None and own.base_dtype is not wanted:
            parts = [p if p.dtype.base_dtype is wanted else declarations.registry["Cast"](p, DstT=wanted)
                     for p in parts]
        return declarations.registry["Pack"](parts, name=None if graph is None else f"{name}/")


def constant_node(graph: Graph, array: np.ndarray, name: str) -> GraphTensor:
    """A `Const` of `graph` under a full name, made unique."""
    limit = 2**31
    if array.nbytes >= limit:
        raise ValueError("Cannot create a tensor proto whose content is larger than 2GB.")
    attrs = {"value": array, "dtype": dtypes.from_numpy(array.dtype)}
    node = graph.add(declarations.registry["Const"], graph.unique_full_name(name), (), attrs,
                     [(array.shape, attrs["dtype"])])
    return node.outputs[0]


def _check_types(op: Op, tensors: Sequence[Any]) -> None:
    """Inputs that share a type variable have one dtype, which the op takes. Raises TypeError otherwise."""
    bound: dict[str, tuple[DType, str]] = {}
    for arg, item in zip(op.args, tensors, strict=True):
        for tensor in item if isinstance(item, list) else (item,):
            dtype = tensor.dtype.base_dtype
            if isinstance(arg.type, DType):
                if dtype is not arg.type:
                    raise TypeError(f"Input '{arg.name}' of '{op.type}' Op has type {dtype.name} that does not match "
                                    f"expected type of {arg.type.name}.")
            elif arg.type is not None:
                first, by = bound.setdefault(arg.type, (dtype, arg.name))
                if dtype is not first:
                    if arg.many and by == arg.name:
                        raise TypeError(f"Tensors in list passed to '{arg.name}' of '{op.type}' Op have types "
                                        f"[{', '.join(t.dtype.name for t in item)}] that don't all match.")
                    raise TypeError(f"Input '{arg.name}' of '{op.type}' Op has type {dtype.name} that does not match "
                                    f"type {first.name} of argument '{by}'.")
    for variable, (dtype, by) in bound.items():
        allowed = op.types.get(variable)
        if allowed and dtype not in allowed:
            raise TypeError(f"Value passed to parameter '{by}' has DataType {dtype.name} not in list of allowed "
                            f"values: {', '.join(d.name for d in allowed)} ({op.type})")


# Results ---------------------------------------------------------------------------------------------

_tuples: dict[Op, Any] = {}


def _pack(op: Op, outputs: Sequence[Any]) -> Any:
    if op.returns_list:
        return list(outputs)
    if op.output_names:
        made = _tuples.get(op)
        if made is None:
            made = _tuples[op] = namedtuple(op.type, op.output_names)  # type: ignore[misc]
        return made(*outputs)
    if not outputs:
        return None
    return outputs[0] if len(outputs) == 1 else tuple(outputs)


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """`value` (a tensor, variable, NumPy array, Python number or nested list of these) as a tensor.

    dtype: the dtype of the result; a tensor that has another is refused. dtype_hint: tried first where `dtype` is
    None. Raises TypeError where the value does not fit the dtype, ValueError for None and ragged lists.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    own = convert.dtype_of(value)
    if wanted is not None and own is not None and own.base_dtype is not wanted:
        raise ValueError(f"Tensor conversion requested dtype {wanted.name} for Tensor with dtype "
                         f"{own.base_dtype.name}: {value!r}")
    graph = _graph_for((value,))
    full = name or "Const"
    if graph is not None and type(value) is not GraphTensor:
        full = f"{graph.get_name_scope()}/{full}" if graph.get_name_scope() and not full.endswith("/") else full
    if wanted is None and dtype_hint is not None and own is None:
        try:
            return as_tensor(value, dtypes.as_dtype(dtype_hint), graph, full.rstrip("/"))
        except (TypeError, ValueError):
            pass
    return as_tensor(value, wanted, graph, full.rstrip("/"))


def operation_of(item: Any) -> Operation:
    """The operation that a tensor, variable or operation stands for."""
    if isinstance(item, Operation):
        return item
    convert_ = getattr(item, "_as_graph_element", None)
    return (item if convert_ is None else convert_()).op


def static_shape(dims: Any) -> TensorShape:
    """Anything that says a static shape, as a TensorShape."""
    return dims if isinstance(dims, TensorShape) else TensorShape(dims)


__all__ = ["as_tensor", "call", "constant_node", "convert_to_tensor", "errors", "graph_for", "operation_of"]
