"""Graphs as `GraphDef` protobufs, out and in.

Nodes carry TensorFlow's op types, argument order and attributes, so a forward graph made here runs in TensorFlow and
the other way round; ops that TensorFlow lacks (gradients of broadcasting, say) keep Hornbeam's own types.
The graphs inside branches and loops stand in the library of functions, their nodes written as the graph's are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, infer, mode
from hornbeam.graph.body import Body, bodies
from hornbeam.graph.dtypes import DType
from hornbeam.graph.graph import Graph, register_exporter
from hornbeam.graph.names import Lazy, public, register
from hornbeam.graph.op import Op, registry
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import GraphTensor

PRODUCER = 2474
"""The version of TensorFlow's graph format that is written."""

for _name, _module in (("GraphDef", "graph_pb2"), ("NodeDef", "node_def_pb2"), ("AttrValue", "attr_value_pb2"),
                       ("MetaGraphDef", "meta_graph_pb2"), ("NameAttrList", "attr_value_pb2")):
    register(Lazy(f"hornbeam.graph.messages.{_module}", _name), v1=(_name,))


# Out ---------------------------------------------------------------------------------------------------


def node_def(op: Operation) -> Any:
    """The `NodeDef` of an operation."""
    from hornbeam.graph.messages.node_def_pb2 import NodeDef
    node = NodeDef(name=op.name, op=op.type, device=op.device)
    for tensor in op.inputs:
        node.input.append(tensor.op.name if tensor.value_index == 0 else tensor.name)
    node.input.extend(f"^{c.name}" for c in op.control_inputs)
    for name, value in op.declaration.all_attrs(op).items():
        if name not in _PRIVATE and (value is not None or name == "shape"):
            kind = "shape" if name == "shape" else op.declaration.attr_types.get(name)
            _write_attr(node.attr[name], value, kind)
    return node


_PRIVATE = frozenset(("beside", "initializes", "on_host", "stream"))


def graph_def(graph: Graph, from_version: int | None = None, add_shapes: bool = False) -> Any:
    """The `GraphDef` of a graph: nodes in the order they were made, from `from_version` on.

    add_shapes: each node also says its outputs' static shapes (`_output_shapes`).
    """
    from hornbeam.graph.messages.graph_pb2 import GraphDef
    message = GraphDef()
    message.versions.producer = PRODUCER
    for op in graph.get_operations():
        if from_version is None or op.index >= from_version:
            node = node_def(op)
            if add_shapes and op.outputs:
                for tensor in op.outputs:
                    _write_shape(node.attr["_output_shapes"].list.shape.add(), tensor._dims)
            message.node.append(node)
            for body in bodies(op):
                _write_function(message.library, body)
    return message


def _function_name(body: Body) -> str:
    return f"body_{body._serial}"


def _write_function(library: Any, body: Body) -> None:
    """The graph inside a branch or loop as a `FunctionDef`, and those inside it."""
    function = library.function.add()
    function.signature.name = _function_name(body)
    for i, tensor in enumerate(body.inputs):
        function.signature.input_arg.add(name=tensor.op.name, type=tensor.dtype.as_datatype_enum)
        _write_shape(function.arg_attr[i].attr["_output_shapes"].list.shape.add(), tensor._dims)
    for i, tensor in enumerate(body.outputs):
        function.signature.output_arg.add(name=f"output_{i}", type=tensor.dtype.base_dtype.as_datatype_enum)
        function.ret[f"output_{i}"] = tensor.name
    given = {t.op for t in body.inputs}
    for op in body.get_operations():
        if op not in given:
            function.node_def.append(node_def(op))
            for inner in bodies(op):
                _write_function(library, inner)


def _write_attr(attr: Any, value: Any, kind: str | None) -> None:
    if kind == "shape":
        _write_shape(attr.shape, TensorShape(value)._dims)
    elif isinstance(value, bool):
        attr.b = value
    elif isinstance(value, DType):
        attr.type = value.as_datatype_enum
    elif isinstance(value, (int, np.integer)):
        attr.i = int(value)
    elif isinstance(value, (float, np.floating)):
        attr.f = float(value)
    elif isinstance(value, (str, bytes)):
        attr.s = value.encode() if isinstance(value, str) else value
    elif isinstance(value, TensorShape):
        _write_shape(attr.shape, value._dims)
    elif isinstance(value, np.ndarray):
        attr.tensor.CopyFrom(make_tensor_proto(value))
    elif isinstance(value, Body):
        attr.func.name = _function_name(value)
    elif isinstance(value, (list, tuple)):
        _write_list(attr.list, value, kind)
    else:
        raise ValueError(f"an attribute of type {type(value).__name__} cannot stand in a GraphDef")


def _write_list(field: Any, values: Sequence[Any], kind: str | None) -> None:
    field.SetInParent()
    for value in values:
        if isinstance(value, bool):
            field.b.append(value)
        elif isinstance(value, DType):
            field.type.append(value.as_datatype_enum)
        elif isinstance(value, (int, np.integer)):
            field.i.append(int(value))
        elif isinstance(value, float):
            field.f.append(value)
        elif isinstance(value, (str, bytes)):
            field.s.append(value.encode() if isinstance(value, str) else value)
        elif isinstance(value, TensorShape):
            _write_shape(field.shape.add(), value._dims)
        elif isinstance(value, Body):
            field.func.add(name=_function_name(value))
        else:
            raise ValueError(f"a list of {type(value).__name__} cannot stand in a GraphDef")


def _write_shape(message: Any, dims: Any) -> None:
    message.SetInParent()
    if dims is None:
        message.unknown_rank = True
    else:
        for d in dims:
            message.dim.add().size = -1 if d is None else d


@public("make_tensor_proto")
def make_tensor_proto(values: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False,
                      allow_broadcast: bool = False) -> Any:
    """A `TensorProto` that holds `values`.

    Raises TypeError where the values do not fill the shape (a single value fills any, unless `verify_shape`).
    """
    from hornbeam.graph.convert import to_array
    from hornbeam.graph.messages.tensor_pb2 import TensorProto
    array = to_array(values, None if dtype is None else dtypes.as_dtype(dtype))
    if shape is not None and array.shape != tuple(shape):
        if array.size == 1 and not verify_shape:
            array = np.broadcast_to(array.reshape(()), tuple(shape)).copy()
        elif array.size == int(np.prod(shape)) and not verify_shape:
            array = array.reshape(tuple(shape))
        else:
            raise TypeError(f"Expected Tensor's shape: {tuple(shape)}, got {array.shape}.")
    message = TensorProto(dtype=dtypes.from_numpy(array.dtype).as_datatype_enum)
    _write_shape(message.tensor_shape, array.shape)
    if array.dtype == object:
        message.string_val.extend(array.reshape(-1).tolist())
    else:
        message.tensor_content = np.ascontiguousarray(array).tobytes()
    return message


@public("make_ndarray")
def make_ndarray(tensor: Any) -> np.ndarray:
    """The array that a `TensorProto` holds. Raises TypeError for a type that NumPy has none for."""
    dtype = dtypes.as_dtype(tensor.dtype)
    shape = tuple(d.size for d in tensor.tensor_shape.dim)
    count = int(np.prod(shape))
    if dtype is dtypes.string:
        out = np.empty(count, object)
        held = list(tensor.string_val)
        out[:] = held + held[-1:] * (count - len(held))
        return out.reshape(shape)
    np_dtype = dtype.np_dtype
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, np_dtype).reshape(shape).copy()
    return _listed_values(tensor, dtype, np_dtype, count).reshape(shape)


def _listed_values(tensor: Any, dtype: DType, np_dtype: np.dtype, count: int) -> np.ndarray:
    """The values of a proto that lists them one by one; the last one fills the rest."""
    if dtype in (dtypes.float16, dtypes.bfloat16):
        held = np.array(tensor.half_val, np.uint16).view(np_dtype)
    elif dtype.is_complex:
        field = tensor.scomplex_val if dtype is dtypes.complex64 else tensor.dcomplex_val
        held = np.array(field).reshape(-1, 2) @ np.array([1, 1j])
    else:
        fields = {dtypes.float32: "float_val", dtypes.float64: "double_val", dtypes.int64: "int64_val",
                  dtypes.bool: "bool_val", dtypes.uint32: "uint32_val", dtypes.uint64: "uint64_val"}
        held = np.array(getattr(tensor, fields.get(dtype, "int_val")))
    held = held.astype(np_dtype)
    if not held.size:
        return np.zeros(count, np_dtype)
    return np.concatenate([held, np.repeat(held[-1:], count - held.size)])


# In ----------------------------------------------------------------------------------------------------


@public("graph_util.import_graph_def", "import_graph_def")
def import_graph_def(graph_def: Any, input_map: Mapping[str, Any] | None = None,
                     return_elements: Iterable[str] | None = None, name: str | None = None,
                     op_dict: Any = None, producer_op_list: Any = None) -> list[Any] | None:
    """Add the nodes of a `GraphDef` to the default graph, below the scope `name` ("import").

    input_map: tensors that take the place of named tensors of `graph_def`. return_elements: names of operations and
    tensors to return. op_dict, producer_op_list: accepted.
    Raises TypeError for what is no GraphDef, ValueError for unknown op types, names, and inputs that do not fit.
    """
    if not hasattr(graph_def, "node"):
        raise TypeError("Argument `graph_def` must be a GraphDef proto.")
    graph = mode.default_graph()
    replaced = {_tensor_name(k): v for k, v in (input_map or {}).items()}
    used: set[str] = set()
    prefix = "import" if name is None else name.rstrip("/")
    made: dict[str, Operation] = {}
    functions = {f.signature.name: f for f in graph_def.library.function}
    with graph.as_default(), graph.name_scope(prefix or None) as scope, graph.control_dependencies(None):
        for node in _inputs_first(graph_def.node, replaced):
            made[node.name] = _add(graph, node, scope, made, functions, replaced, used)
    unused = set(replaced) - used
    if unused:
        raise ValueError(f"Attempted to map inputs that were not found in graph_def: [{', '.join(sorted(unused))}]")
    if return_elements is None:
        return None
    return [_element(made, str(e)) for e in return_elements]


def _tensor_name(name: str) -> str:
    return name if ":" in name or name.startswith("^") else f"{name}:0"


def _element(made: Mapping[str, Operation], name: str) -> Any:
    op_name, _, index = name.partition(":")
    if op_name not in made:
        raise ValueError(f"Requested return_element {name!r} not found in graph_def.")
    return made[op_name].outputs[int(index)] if index else made[op_name]


def _inputs_first(nodes: Iterable[Any], replaced: Mapping[str, Any]) -> list[Any]:
    """The nodes in an order in which inputs come before what takes them."""
    by_name = {n.name: n for n in nodes}
    out: list[Any] = []
    state: dict[str, int] = {}
    for first in by_name.values():
        stack = [first]
        while stack:
            node = stack[-1]
            if state.get(node.name) == 2:
                stack.pop()
                continue
            pending = [by_name[s] for i in node.input if _tensor_name(i) not in replaced
                       for s in (i.lstrip("^").partition(":")[0],) if s in by_name and state.get(s) != 2]
            if not pending:
                state[node.name] = 2
                out.append(node)
                stack.pop()
            elif state.get(node.name) == 1:
                raise ValueError(f"graph_def has a cycle through {node.name!r}: loops made of Enter and NextIteration "
                                 "nodes cannot be imported; write the loop with tf.while_loop")
            else:
                state[node.name] = 1
                stack.extend(pending)
    return out


def _add(graph: Graph, node: Any, scope: str, made: Mapping[str, Operation], functions: Mapping[str, Any],
         replaced: Mapping[str, Any] | None = None, used: set[str] | None = None) -> Operation:
    declaration = registry.get(node.op)
    if declaration is None:
        raise ValueError(f"No op named {node.op} in defined operations. (Node {node.name!r})")
    inputs: list[GraphTensor] = []
    controls: list[Operation] = []
    for text in node.input:
        key = _tensor_name(text)
        if replaced is not None and used is not None and key in replaced:
            used.add(key)
            inputs.append(infer_tensor(graph, replaced[key]))
            continue
        source, _, index = text.lstrip("^").partition(":")
        if source not in made:
            raise ValueError(f"Node {node.name!r}: unknown input node {source!r}")
        if text.startswith("^"):
            controls.append(made[source])
        else:
            inputs.append(made[source].outputs[int(index or 0)])
    attrs = _read_attrs(declaration, node, lambda name: _read_function(graph, functions[name], scope, made, functions))
    groups = declaration.group(inputs)
    described = [[_input(t) for t in g] if isinstance(g, list) else _input(g) for g in groups]
    try:
        outputs = infer.outputs_of(declaration, described, attrs)
    except infer.ShapeFault as fault:
        raise ValueError(f"Node {node.name!r} ({node.op}): {fault.build}") from None
    if declaration.writes:
        outputs = outputs[len(declaration.writes) - 1:]
        outputs = [(outputs[0][0], outputs[0][1]._as_ref), *outputs[1:]]
    with graph.device(node.device or None) if node.device else graph.colocate_with(None, True):
        op = graph.add(declaration, graph.unique_full_name(f"{scope}{node.name}"), inputs, attrs, outputs)
    op._add_control_inputs(controls)
    return op


def infer_tensor(graph: Graph, value: Any) -> GraphTensor:
    """A value of `input_map` as a tensor of the graph."""
    from hornbeam.graph.call import as_tensor
    return as_tensor(value, None, graph, "input_map")


def _input(tensor: GraphTensor) -> infer.Input:
    value = infer.constant_value(tensor)
    return infer.Input(tensor._dims, tensor.dtype.base_dtype, value,
                       None if value is not None else infer.partial_shape(tensor))


def _read_function(outer: Graph, function: Any, scope: str, made: Mapping[str, Operation],
                   functions: Mapping[str, Any]) -> Body:
    """The graph inside a branch or loop of `outer`."""
    body = Body(outer, scope)
    inside = dict(made)  # variables stand outside
    given = []
    with body.as_default():
        for i, arg in enumerate(function.signature.input_arg):
            dims = _read_shape(function.arg_attr[i].attr["_output_shapes"].list.shape[0])._dims
            given.append(body.add_input(dims, dtypes.as_dtype(arg.type), arg.name.rpartition("/")[2]))
            inside[arg.name] = given[-1].op
        for node in function.node_def:
            inside[node.name] = _add(body, node, scope, inside, functions)
        body.outputs = [_element(inside, function.ret[out.name]) for out in function.signature.output_arg]
    body.close((), given)
    return body


def _read_attrs(declaration: Op, node: Any, function: Callable[[str], Body]) -> dict[str, Any]:
    attrs = dict(declaration.defaults)
    for name in attrs:
        if name in node.attr:
            attrs[name] = _read_attr(node.attr[name], isinstance(attrs[name], bytes), function)
    return declaration.normalized(attrs)


def _read_attr(attr: Any, as_bytes: bool, function: Callable[[str], Body]) -> Any:
    kind = attr.WhichOneof("value")
    if kind == "func":
        return function(attr.func.name)
    if kind == "s":
        return attr.s if as_bytes else attr.s.decode()
    if kind == "type":
        return dtypes.as_dtype(attr.type)
    if kind == "shape":
        return _read_shape(attr.shape)
    if kind == "tensor":
        return make_ndarray(attr.tensor)
    if kind == "list":
        items = attr.list
        for field in ("i", "f", "b"):
            if getattr(items, field):
                return tuple(getattr(items, field))
        if items.s:
            return tuple(s.decode() for s in items.s)
        if items.func:
            return tuple(function(f.name) for f in items.func)
        if items.type:
            return tuple(dtypes.as_dtype(t) for t in items.type)
        return tuple(_read_shape(s) for s in items.shape)
    return getattr(attr, kind) if kind else None


def _read_shape(message: Any) -> TensorShape:
    return TensorShape(None if message.unknown_rank else [None if d.size < 0 else d.size for d in message.dim])


register_exporter("node_def", node_def)
register_exporter("graph_def", graph_def)
