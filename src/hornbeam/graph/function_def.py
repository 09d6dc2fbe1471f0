"""The graphs inside branches and loops as `FunctionDef`s, as TensorFlow's `If`, `Case` and `While` hold them.

A function of TensorFlow sees nothing of the graph around it, so the variables that it reads become arguments, which
`Identity` nodes beside the branch or loop read. One that writes variables has no such form; it keeps one of its own, in
which nodes name the variables outside, and which only Hornbeam reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, final

from hornbeam.graph.body import Body, bodies
from hornbeam.graph.dtypes import DType
from hornbeam.graph.expansions import written_type
from hornbeam.graph.op_signatures import signature
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import GraphTensor

PORTABLE = frozenset(("If", "Case", "While"))
"""The ops that hold graphs and that TensorFlow has too."""
_ARGUMENTS_AFTER = {"If": 1, "Case": 1, "While": 0}


def is_portable(op: Operation) -> bool:
    """Whether TensorFlow can hold what `op` holds: nothing that writes variables."""
    return op.type in PORTABLE and all(_reads_only(inner) for body in bodies(op) for inner in body.needed)


def _reads_only(op: Operation) -> bool:
    if op.declaration.structural:
        return is_portable(op)
    references = [t for t in op.inputs if t.dtype._is_ref_dtype]
    return not references or op.type == "Identity"


def variables_read(op: Operation) -> list[Operation]:
    """The variables that the graphs in `op` read, those of graphs inside them included."""
    found: dict[Operation, None] = {}
    for body in bodies(op):
        for inner in body.needed:
            found.update(dict.fromkeys(t.op for t in inner.inputs if t.op.type == "VariableV2"))
            if inner.declaration.structural:
                found.update(dict.fromkeys(variables_read(inner)))
    return list(found)


def output_name(tensor: GraphTensor) -> str:
    """`argument:number`, as functions name an output of a node."""
    found = signature(written_type(tensor.op))
    outputs = found.outputs if found is not None else ()
    lists = [i for i, a in enumerate(outputs) if a.is_list]
    if len(lists) != 1:
        at = tensor.value_index
        return f"{outputs[at].name}:0" if at < len(outputs) else f"output:{at}"
    at, after = lists[0], len(outputs) - lists[0] - 1
    length = len(tensor.op.outputs) - at - after
    if tensor.value_index < at:
        return f"{outputs[tensor.value_index].name}:0"
    if tensor.value_index < at + length:
        return f"{outputs[at].name}:{tensor.value_index - at}"
    return f"{outputs[tensor.value_index - length + 1].name}:0"


@final
class Functions:
    """Writes functions into a library.

    node_def: gives the node of an operation; node_defs: those that it is written as, with inputs named by a function;
    write_shape: writes a static shape.
    """

    def __init__(self, library: Any, node_def: Callable[[Operation], Any], node_defs: Callable[..., list[Any]],
                 write_shape: Callable[..., None]) -> None:
        self.library, self.node_def, self.node_defs, self.write_shape = library, node_def, node_defs, write_shape

    def nodes(self, op: Operation, inside: Callable[[GraphTensor], str] | None = None,
              variables: dict[Operation, str] | None = None) -> Iterable[Any]:
        """The nodes of an operation that holds graphs, whose functions are added to the library.

        inside: names inputs where `op` stands in a function; variables: what stands for variables there.
        """
        node = self.node_def(op)
        if not is_portable(op):
            for body in bodies(op):
                self._plain(body)
            return [node]
        read = variables_read(op)
        made = []
        named = dict(variables or {})
        for variable in read:
            if variable not in named:
                made.append(self._reading(node, op, variable))
                named[variable] = made[-1].name
        first = _ARGUMENTS_AFTER[op.type]
        controls = [text for text in node.input if text.startswith("^")]
        texts = [t for t in node.input if not t.startswith("^")] if inside is None else [inside(t) for t in op.inputs]
        del node.input[:]
        node.input.extend([*texts, *(named[v] for v in read), *controls])
        taken = [*op.inputs[first:], *(v.outputs[0] for v in read)]
        fill_types(node, op, [(t.dtype.base_dtype, t._dims) for t in taken], self.write_shape)
        for body, name in named_bodies(op):
            self._function(body, name, read, as_loop=op.type == "While" and body is op.attrs["body"])
        return [*made, node]

    def _reading(self, like: Any, op: Operation, variable: Operation) -> Any:
        node = type(like)(name=f"{op.name}/{variable.name}/read", op="Identity", input=[variable.name])
        node.attr["T"].type = variable.outputs[0].dtype.base_dtype.as_datatype_enum
        return node

    def _function(self, body: Body, name: str, read: Sequence[Operation], as_loop: bool) -> None:
        """One graph as a function of its inputs and of the variables that it and its fellows read."""
        function = self.library.function.add()
        function.signature.name = name
        given: dict[GraphTensor, str] = {}
        for tensor in body.inputs:
            given[tensor] = self._argument(function, tensor)
        variables = {v: self._argument(function, v.outputs[0]) for v in read}

        def text(tensor: GraphTensor) -> str:
            if tensor in given:
                return given[tensor]
            if tensor.op.type == "VariableV2":
                return variables[tensor.op]
            return f"{tensor.op.name}:{output_name(tensor)}"

        inside = {op.name for op in body.needed}
        for op in body.needed:
            if op.declaration.structural:
                function.node_def.extend(self.nodes(op, text, variables))
                continue
            for node in self.node_defs(op, text):
                node.attr.pop("_class", None)
                kept = [i for i in node.input if not i.startswith("^") or i[1:] in inside]
                del node.input[:]
                node.input.extend(kept)
                function.node_def.append(node)
        rest = [*body.inputs[len(body.outputs):], *(v.outputs[0] for v in read)] if as_loop else []
        for i, tensor in enumerate((*body.outputs, *rest)):
            function.signature.output_arg.add(name=f"output_{i}", type=tensor.dtype.base_dtype.as_datatype_enum)
            function.ret[f"output_{i}"] = text(tensor)

    def _argument(self, function: Any, tensor: GraphTensor) -> str:
        number = len(function.signature.input_arg)
        name = f"arg_{number}"
        function.signature.input_arg.add(name=name, type=tensor.dtype.base_dtype.as_datatype_enum)
        self.write_shape(function.arg_attr[number].attr["_output_shapes"].list.shape.add(), tensor._dims)
        return name

    def _plain(self, body: Body) -> None:
        """A graph whose nodes name variables outside, in the form that only Hornbeam reads."""
        function = self.library.function.add()
        function.signature.name = plain_name(body)
        for i, tensor in enumerate(body.inputs):
            function.signature.input_arg.add(name=tensor.op.name, type=tensor.dtype.as_datatype_enum)
            self.write_shape(function.arg_attr[i].attr["_output_shapes"].list.shape.add(), tensor._dims)
        for i, tensor in enumerate(body.outputs):
            function.signature.output_arg.add(name=f"output_{i}", type=tensor.dtype.base_dtype.as_datatype_enum)
            function.ret[f"output_{i}"] = tensor.name
        for op in body.needed:
            function.node_def.append(self.node_def(op))
            for inner in bodies(op):
                self._plain(inner)


def fill_types(node: Any, op: Operation, taken: Sequence[tuple[DType, Dims]], write_shape: Callable[..., None]) -> None:
    """Give the node of a branch or loop the attributes that TensorFlow's has.

    taken: dtypes and static shapes of what its functions take.
    """
    enums = [dtype.as_datatype_enum for dtype, _ in taken]
    if op.type == "While":
        kinds = {"T": enums}
    else:
        kinds = {"Tin": enums, "Tout": [t.dtype.base_dtype.as_datatype_enum for t in op.outputs]}
    for name, types in kinds.items():
        node.attr[name].Clear()
        node.attr[name].list.SetInParent()
        node.attr[name].list.type.extend(types)
    shapes = node.attr["output_shapes"].list
    shapes.SetInParent()
    rest = [dims for _, dims in taken[len(op.outputs):]] if op.type == "While" else []
    for dims in (*(t._dims for t in op.outputs), *rest):
        write_shape(shapes.shape.add(), dims)
    for name in ("count", "counted", "limit", "N", "list_lengths"):
        node.attr.pop(name, None)
    for name, value in op.attrs.items():
        if isinstance(value, Body):
            node.attr[name].func.name = _function_name(op, name)
        elif isinstance(value, tuple) and value and isinstance(value[0], Body):
            node.attr[name].Clear()
            for i in range(len(value)):
                node.attr[name].list.func.add(name=_function_name(op, f"{name}_{i}"))


def plain_name(body: Body) -> str:
    """The name of a function in the form that only Hornbeam reads."""
    return f"body_{body._serial}"


def _function_name(op: Operation, what: str) -> str:
    graph = op.graph._serial
    return re.sub(r"\W", "_", f"{op.name}_{what}_{graph}")


def named_bodies(op: Operation) -> Iterable[tuple[Body, str]]:
    """The graphs in a branch or loop, with the names of their functions."""
    for name, value in op.attrs.items():
        if isinstance(value, Body):
            yield value, _function_name(op, name)
        elif isinstance(value, tuple):
            for i, body in enumerate(value):
                if isinstance(body, Body):
                    yield body, _function_name(op, f"{name}_{i}")
