"""Graphs as `GraphDef` protobufs, out and in.

Nodes carry TensorFlow's op types, argument order and attributes, so a forward graph made here runs in TensorFlow and
the other way round; ops that TensorFlow lacks (gradients of broadcasting, say) keep Hornbeam's own types.
The graphs inside branches and loops stand in the library of functions, their nodes written as the graph's are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, op_signatures
from hornbeam.graph.body import Body
from hornbeam.graph.dtypes import DType
from hornbeam.graph.expansions import expanded
from hornbeam.graph.function_def import Functions, plain_name
from hornbeam.graph.gates import gates
from hornbeam.graph.graph import Graph, register_exporter
from hornbeam.graph.names import Lazy, public, register
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
    """The `NodeDef` of an operation, without what it notes for the runtime and for gradients."""
    from hornbeam.graph.messages.node_def_pb2 import NodeDef
    node = NodeDef(name=op.name, op=op.type, device=op.device)
    node.input.extend(_text(t) for t in op.inputs)
    node.input.extend(f"^{c.name}" for c in op.control_inputs)
    for name, value in op.declaration.all_attrs(op).items():
        noted = name in op.attrs and name not in op.declaration.defaults and not name.startswith("_")
        if not noted and (value is not None or name == "shape"):
            kind = "shape" if name == "shape" else op.declaration.attr_types.get(name)
            _write_attr(node.attr[name], value, kind)
    if not op.declaration.structural:
        op_signatures.conform(node, op.declaration.group(op.inputs, op.attrs), op.outputs)
    if op.gradient_type is not None:
        node.attr["_gradient_op_type"].s = op.gradient_type.encode()
    return node


def node_defs(op: Operation, text: Callable[[GraphTensor], str] | None = None) -> list[Any]:
    """The nodes that an operation is written as, the last of which has its name.

    text: names an input; by default as the nodes of a graph do.
    """
    text = _text if text is None else text
    found = expanded(op)
    if found is None:
        nodes, own = [node_def(op)], [op]
        stands_for: Mapping[GraphTensor, GraphTensor] = {}
    else:
        own, stands_for, _ = found
        nodes = [node_def(o) for o in own]
        nodes[-1].name = op.name
        for node in nodes:
            node.device = op.device
    controls = [f"^{c.name}" for c in op.control_inputs]
    for node, made in zip(nodes, own, strict=True):
        del node.input[:]
        node.input.extend(text(stands_for.get(t, t)) for t in made.inputs)
        node.input.extend(controls)
    return nodes


def _text(tensor: GraphTensor) -> str:
    return tensor.op.name if tensor.value_index == 0 else tensor.name


def graph_def(graph: Graph, from_version: int | None = None, add_shapes: bool = False) -> Any:
    """The `GraphDef` of a graph: nodes in the order they were made, from `from_version` on.

    add_shapes: each node also says its outputs' static shapes (`_output_shapes`).
    """
    from hornbeam.graph.messages.graph_pb2 import GraphDef
    message = GraphDef()
    message.versions.producer = PRODUCER
    functions = Functions(message.library, node_def, node_defs, write_shape)
    waits = gates(graph.get_operations())
    for op in graph.get_operations():
        if from_version is None or op.index >= from_version:
            if op.declaration.structural:
                nodes = list(functions.nodes(op))
            else:
                nodes = node_defs(op)
            nodes[-1].input.extend(f"^{other.name}" for other in waits.get(op, ()))
            message.node.extend(nodes)
            if add_shapes and op.outputs:
                for tensor in op.outputs:
                    write_shape(message.node[-1].attr["_output_shapes"].list.shape.add(), tensor._dims)
    return message


def _write_attr(attr: Any, value: Any, kind: str | None) -> None:
    if kind == "shape":
        write_shape(attr.shape, TensorShape(value)._dims)
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
        write_shape(attr.shape, value._dims)
    elif isinstance(value, np.ndarray):
        attr.tensor.CopyFrom(make_tensor_proto(value))
    elif isinstance(value, Body):
        attr.func.name = plain_name(value)
    elif isinstance(value, (list, tuple)):
        _write_list(attr.list, value, kind)
    elif isinstance(getattr(value, "name", None), str):
        attr.s = value.name.encode()  # an object of this process: a Python function, a writer
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
            write_shape(field.shape.add(), value._dims)
        elif value is None or isinstance(value, tuple):  # the dimensions of a shape, as `output_shapes` lists them
            write_shape(field.shape.add(), value)
        elif isinstance(value, Body):
            field.func.add(name=plain_name(value))
        else:
            raise ValueError(f"a list of {type(value).__name__} cannot stand in a GraphDef")


def write_shape(message: Any, dims: Any) -> None:
    """Write a static shape into a `TensorShapeProto`."""
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

    Raises TypeError where the values do not fill the shape (a single value fills any, unless `verify_shape`),
    ValueError where there are more than it holds.
    """
    from hornbeam.graph.convert import to_array
    from hornbeam.graph.messages.tensor_pb2 import TensorProto
    try:
        array = to_array(values, None if dtype is None else dtypes.as_dtype(dtype))
    except dtypes.Unconvertible as error:
        raise error.in_graph(values) from None
    if shape is not None and array.shape != tuple(shape):
        if array.size == 1 and not verify_shape:
            array = np.broadcast_to(array.reshape(()), tuple(shape)).copy()
        elif array.size == int(np.prod(shape)) and not verify_shape:
            array = array.reshape(tuple(shape))
        elif array.size > int(np.prod(shape)) and not verify_shape:
            raise ValueError(f"Too many elements provided. Takes at most {int(np.prod(shape))}, but got {array.size}.")
        else:
            raise TypeError(f"Expected Tensor's shape: {tuple(shape)}, got {array.shape}.")
    message = TensorProto(dtype=dtypes.from_numpy(array.dtype).as_datatype_enum)  # type: ignore[arg-type]
    write_shape(message.tensor_shape, array.shape)
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


register_exporter("node_def", node_def)
register_exporter("graph_def", graph_def)
