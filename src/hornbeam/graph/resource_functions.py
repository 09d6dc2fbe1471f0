"""Traced graphs as `FunctionDef`s in the form of TensorFlow 2: variables come in as resources.

In a trace operations run in the order the program made them, and one that writes a variable gives its new value. In a
function of TensorFlow only control inputs say what runs before what: reads wait for the last write, writes for the
reads since, and whatever has effects for what had some before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, final

from hornbeam.graph import dtypes, op_signatures
from hornbeam.graph.body import Body, bodies, has_effects, written_variables
from hornbeam.graph.function_def import fill_types, named_bodies, output_name
from hornbeam.graph.graph_def import node_def, node_defs, write_shape
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor

_ARGUMENTS_AFTER = {"If": 1, "Case": 1, "While": 0}
_RENAMED = {"Assign": "AssignVariableOp", "AssignAdd": "AssignAddVariableOp", "AssignSub": "AssignSubVariableOp",
            "IsVariableInitialized": "VarIsInitializedOp"}


def write_function(library: Any, name: str, graph: Body, arguments: Sequence[tuple[str, GraphTensor]],
                   variables: Sequence[Operation]) -> Any:
    """Add a function to a library, and those of its branches and loops. Gives the `FunctionDef`.

    arguments: the tensors that are its inputs, with names; variables: those that it uses, its last inputs.
    Raises ValueError for operations that TensorFlow does not have.
    """
    return _Writer(library, name, graph, arguments, variables).function


def variables_of(graph: Body) -> list[Operation]:
    """The variables that a graph, or one inside it, reads or writes."""
    found: dict[Operation, None] = {}
    for op in graph.needed:
        found.update(dict.fromkeys(root(t) for t in op.inputs if t.dtype._is_ref_dtype))
        for body in bodies(op):
            found.update(dict.fromkeys(variables_of(body)))
    return list(found)


def root(tensor: GraphTensor) -> Operation:
    """The variable that a reference leads to."""
    while tensor.op.type != "VariableV2":
        tensor = tensor.op.inputs[0]
    return tensor.op


@final
class _Writer:
    """One function on its way into a library."""

    def __init__(self, library: Any, name: str, graph: Body, arguments: Iterable[tuple[str, GraphTensor]],
                 variables: Sequence[Operation], handed_on: int | None = None) -> None:
        self.library = library
        self.function = library.function.add()
        self.function.signature.name = name
        self.inside: set[str] = set()
        self.given: dict[GraphTensor, str] = {}
        for argument, tensor in arguments:
            self.given[tensor] = self._argument(argument, tensor.dtype.base_dtype, tensor._dims)
        self.handles = {v: self._argument(f"variable_{i}", dtypes.resource, ()) for i, v in enumerate(variables)}
        taken = list(self.function.signature.input_arg)[len(self.given):]
        for argument, variable in zip(taken, variables, strict=True):
            tensor = variable.outputs[0]
            held = argument.handle_data.add(dtype=tensor.dtype.base_dtype.as_datatype_enum)
            write_shape(held.shape, tensor._dims)
        self.reads: dict[Operation, str] = {}
        self.written: dict[Operation, str] = {}
        self.since: dict[Operation, list[str]] = {}
        self.news: dict[GraphTensor, str] = {}
        self.effect = ""
        self.used = {t for op in graph.needed for t in op.inputs} | set(graph.outputs)
        for op in graph.needed:
            if op.type not in ("_Arg", "VariableV2"):
                self._write(op)
        self._finish(graph, handed_on)

    def _argument(self, name: str, dtype: dtypes.DType, dims: Any) -> str:
        number = len(self.function.signature.input_arg)
        self.function.signature.input_arg.add(name=name, type=dtype.as_datatype_enum)
        write_shape(self.function.attr["_input_shapes"].list.shape.add(), dims)
        if dtype is not dtypes.resource:
            write_shape(self.function.arg_attr[number].attr["_output_shapes"].list.shape.add(), dims)
        return name

    def _finish(self, graph: Body, handed_on: int | None) -> None:
        """The results; of a loop's body also the inputs from `handed_on` on, which go round as they are."""
        signature = self.function.signature
        results = [(t.dtype.base_dtype, self._text(t)) for t in graph.outputs]
        if handed_on is not None:
            results += [(dtypes.as_dtype(a.type), a.name) for a in list(signature.input_arg)[handed_on:]]
        for i, (dtype, text) in enumerate(results):
            signature.output_arg.add(name=f"output_{i}", type=dtype.as_datatype_enum)
            self.function.ret[f"output_{i}"] = text
        for name in dict.fromkeys([*self.written.values(), *([self.effect] if self.effect else [])]):
            signature.control_output.append(name)
            self.function.control_ret[name] = name
            signature.is_stateful = True

    # Nodes ----------------------------------------------------------------------------------------------

    def _write(self, op: Operation) -> None:
        if op.declaration.structural:
            self._structural(op)
        elif op.declaration.writes or (op.type == "IsVariableInitialized"):
            self._update(op)
        elif op.type == "Identity" and op.inputs[0].op.type == "VariableV2":
            self.reads.pop(op.inputs[0].op, None)
            self.news[op.outputs[0]] = self._read(op.inputs[0].op, op.name)
        else:
            for node in node_defs(op, self._text):
                self._add(node, [self.effect] if has_effects(op) else ())
            if has_effects(op):
                self.effect = op.name

    def _add(self, node: Any, waits: Iterable[str] = ()) -> None:
        """Add a node, which waits for these and for what it waited for where that stands in this function."""
        if op_signatures.signature(node.op) is None:
            raise ValueError(f"{node.name} is a {node.op}, which TensorFlow does not have: it cannot be saved")
        node.attr.pop("_class", None)
        data = [i for i in node.input if not i.startswith("^")]
        controls = [i[1:] for i in node.input if i.startswith("^") and i[1:] in self.inside]
        del node.input[:]
        node.input.extend([*data, *(f"^{c}" for c in dict.fromkeys([*controls, *waits]) if c)])
        self.function.node_def.append(node)
        self.inside.add(node.name)

    def _text(self, tensor: GraphTensor) -> str:
        """How a node of the function names an input."""
        if tensor in self.given:
            return self.given[tensor]
        if tensor.op.type == "VariableV2":
            return self._read(tensor.op)
        if tensor in self.news:
            return self.news[tensor]
        return f"{tensor.op.name}:{output_name(tensor)}"

    def _read(self, variable: Operation, name: str = "") -> str:
        """The value that a variable has now."""
        if variable not in self.reads:
            from hornbeam.graph.messages.node_def_pb2 import NodeDef
            name = name or f"{variable.name}/Read_{len(self.function.node_def)}"
            node = NodeDef(name=name, op="ReadVariableOp", input=[self.handles[variable]])
            node.attr["dtype"].type = variable.outputs[0].dtype.base_dtype.as_datatype_enum  # type: ignore[assignment]
            self._add(node, [self.written.get(variable, "")])
            self.reads[variable] = f"{name}:value:0"
            self.since.setdefault(variable, []).append(name)
        return self.reads[variable]

    def _now_written(self, variable: Operation, by: str) -> None:
        self.written[variable] = by
        self.since[variable] = []
        self.reads.pop(variable, None)

    def _update(self, op: Operation) -> None:
        """An operation that takes variables as such."""
        type = _RENAMED.get(op.type, f"Resource{op.type}")
        changed = {t: None for a, t in zip(op.declaration.args, op.inputs, strict=False) if t.dtype._is_ref_dtype
                   and (a.name in op.declaration.writes or op.type == "IsVariableInitialized")}
        texts = [self.handles[root(t)] if t in changed else self._text(t) for t in op.inputs]
        node = node_def(op)
        node.op = type
        del node.input[:]
        node.input.extend([*texts, *(f"^{c.name}" for c in op.control_inputs)])
        found = op_signatures.signature(type)
        kept = dict(node.attr.items())
        kind = next(iter(changed)).dtype.base_dtype.as_datatype_enum
        for name in list(node.attr):
            if found is not None and name not in found.attrs:
                del node.attr[name]
        for name, attribute in (found.attrs if found is not None else {}).items():
            if name in ("dtype", "T") and attribute.kind == "type" and name not in kept:
                node.attr[name].type = kind
        variables = [root(t) for t in changed]
        waits = [w for v in variables for w in (self.written.get(v, ""), *self.since.get(v, ()))]
        self._add(node, waits)
        if op.declaration.writes:
            for tensor, variable in zip(op.outputs, variables, strict=False):
                self._now_written(variable, op.name)
                if tensor in self.used:
                    self.news[tensor] = self._read(variable, f"{op.name}/ReadVariableOp")

    # Branches and loops ---------------------------------------------------------------------------------

    def _structural(self, op: Operation) -> None:
        if op.type not in _ARGUMENTS_AFTER:
            raise ValueError(f"{op.name} is a {op.type}, which TensorFlow does not have: it cannot be saved")
        used = list(dict.fromkeys(v for body in bodies(op) for v in variables_of(body)))
        changed = written_variables(bodies(op))
        first = _ARGUMENTS_AFTER[op.type]
        node = node_def(op)
        controls = [i for i in node.input if i.startswith("^")]
        texts = [self._text(t) for t in op.inputs]
        del node.input[:]
        node.input.extend([*texts, *(self.handles[v] for v in used), *controls])
        fill_types(node, op, [*((t.dtype.base_dtype, t._dims) for t in op.inputs[first:]),
                              *((dtypes.resource, ()) for _ in used)], write_shape)
        names = {}
        for body, name in named_bodies(op):
            names[name] = f"{self.function.signature.name}_{len(self.inside)}_{name}"
            as_loop = op.type == "While" and body is op.attrs["body"]
            _Writer(self.library, names[name], body, [(f"arg_{i}", t) for i, t in enumerate(body.inputs)], used,
                    handed_on=len(body.outputs) if as_loop else None)
        _rename(node, names)
        effects = has_effects(op)
        if not (effects or used):
            node.op = f"Stateless{op.type}"
        waits = [self.written.get(v, "") for v in used] + [r for v in changed for r in self.since.get(v, ())]
        self._add(node, [*waits, *([self.effect] if effects else [])])
        for variable in used:
            if variable in changed:
                self._now_written(variable, op.name)
            else:
                self.since.setdefault(variable, []).append(op.name)
        if effects:
            self.effect = op.name


def _rename(node: Any, names: Mapping[str, str]) -> None:
    for attr in node.attr.values():
        if attr.WhichOneof("value") == "func":
            attr.func.name = names[attr.func.name]
        for function in attr.list.func if attr.WhichOneof("value") == "list" else ():
            function.name = names[function.name]
