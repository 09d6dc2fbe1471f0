"""Nodes, branches and loops of a file, added to a graph.

Each part is built at a `Place`: a graph (the one imported into, or that inside a branch or loop) and what the names of
the file stand for there.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

from hornbeam.graph import dtypes, infer, mode
from hornbeam.graph.body import Body
from hornbeam.graph.call import _check_types, as_tensor
from hornbeam.graph.errors import NotFoundError, OpError
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import Op, registry
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import control_flow, structural
from hornbeam.runtime.graph_import import attributes
from hornbeam.runtime.graph_import.branches import NOTHING, Branch, Known, gathered
from hornbeam.runtime.graph_import.loops import Frame, split
from hornbeam.runtime.graph_import.nodes import CONTROL_FLOW, SWITCHES, Node, Ref, is_flow, ref_of

Translation = Callable[["Builder", "Place", Node], None]
translations: dict[str, Translation] = {}
"""Ops that stand for others here: how a node of each is added."""


def translates(*types: str) -> Callable[[Translation], Translation]:
    """Decorator: the function below adds nodes of these types."""
    def declare(function: Translation) -> Translation:
        translations.update(dict.fromkeys(types, function))
        return function

    return declare


@final
class Place:
    """A graph that is being built, and the tensors and operations that the file's names stand for in it."""

    def __init__(self, graph: Graph, outer: Place | None = None, known: Known = NOTHING) -> None:
        self.graph, self.known = graph, known
        self.tensors: ChainMap[str, GraphTensor] = ChainMap() if outer is None else outer.tensors.new_child()
        self.operations: ChainMap[str, Operation | None] = \
            ChainMap() if outer is None else outer.operations.new_child()

    def name(self, node: str, tensors: Sequence[GraphTensor], op: Operation | None = None) -> None:
        """Let `node` stand for these outputs; `op` is what others wait for."""
        self.operations[node] = op
        for i, tensor in enumerate(tensors):
            self.tensors[f"{node}:{i}"] = tensor


@final
class Builder:
    """Adds the nodes of one file below `scope` (with its `/`, or empty).

    functions: the file's library, by name. replaced: what takes the place of tensors (`name:port`, `^name`). open: the
    functions that are being added, around these nodes.
    """

    def __init__(self, scope: str, functions: Mapping[str, Any], replaced: Mapping[str, Any],
                 open: frozenset[str] = frozenset()) -> None:
        self.scope, self.functions, self.replaced, self.open = scope, functions, dict(replaced), open
        self.used: set[str] = set()
        self.known: dict[str, Node] = {}
        self.lost: dict[str, tuple[Any, Place]] = {}

    def build(self, nodes: Sequence[Node], place: Place) -> None:
        """Add nodes, and what they make together. Raises ValueError for what does not fit."""
        for node in nodes:
            self.known.setdefault(node.name, node)
        with mode.opened(place.graph):
            self.add_all(split(nodes), place)

    def add_all(self, items: Sequence[Any], place: Place) -> None:
        """Add items in order; those under conditions that no branch here needs are remembered for others."""
        arranged = gathered(items, place.known)
        held = {name for item in arranged for name in item.gives()}
        for item in items:
            if not held.intersection(item.gives()):
                self.lost.update(dict.fromkeys(item.gives(), (item, place)))
        for item in arranged:
            self.add(item, place)

    def add(self, item: Any, place: Place) -> None:
        """Add one node, branch or loop.

        Raises NotFoundError for an operation of no known type, ValueError, which names it, for one that makes no sense.
        """
        try:
            self._add(item, place)
        except NotFoundError:
            raise
        except _SENSELESS as error:
            name = next(iter(item.gives()), "")
            kind = item.op if isinstance(item, Node) else type(item).__name__
            text = str(error.args[0] if error.args else "") or type(error).__name__
            raise ValueError(f"Node {name!r} ({kind}): Its inputs and attributes do not fit together: {text}"
                             ) from error

    def _add(self, item: Any, place: Place) -> None:
        if isinstance(item, Branch):
            _BranchBuilder(self, place, item).build()
        elif isinstance(item, Frame):
            self._loop(item, place)
        elif item.op in SWITCHES:
            tensor = self.take(place, item.inputs[0], item)
            place.name(item.name, [tensor, tensor])
        elif item.op in CONTROL_FLOW:
            raise ValueError(f"Node {item.name!r}: {item.op} outside of a branch or loop that tf.cond or "
                             "tf.while_loop makes")
        else:
            translation = translations.get(item.op)
            if translation is not None:
                translation(self, place, item)
            else:
                self.node(place, item)

    # What nodes take ------------------------------------------------------------------------------

    def take(self, place: Place, ref: Ref, node: Node) -> GraphTensor:
        """The tensor that an input of `node` stands for. Raises ValueError where there is none."""
        text = str(ref)
        if text in self.replaced:
            self.used.add(text)
            return as_tensor(self.replaced[text], None, place.graph, "input_map")
        found = place.tensors.get(text)
        if found is None and ref.node in self.lost:
            self._again(ref.node, place)
            found = place.tensors.get(text)
        if found is not None:
            return found
        if ref.node in place.operations:
            count = sum(key.rpartition(":")[0] == ref.node for key in place.tensors)
            raise ValueError(f"Node {node.name!r}: Connecting to invalid output {ref.port} of source node {ref.node} "
                             f"which has {count} outputs.")
        raise ValueError(f"Node {node.name!r}: Unknown input node {ref.node!r}")

    def _again(self, name: str, place: Place) -> None:
        """Add what runs under a condition and was left out, or was made elsewhere under the same condition."""
        wanted: dict[str, tuple[Any, Place]] = {}
        stack = [name]
        while stack:
            name = stack.pop()
            if name in self.lost and name not in wanted and name not in place.operations:
                wanted[name] = self.lost[name]
                stack.extend(wanted[name][0].needs())
        items = list({id(item): item for item, _ in wanted.values()}.values())
        for item in items:
            _refuse_effects(item)
        for item in gathered(items, place.known):
            self.add(item, place)
        for name, (_, home) in wanted.items():
            first, again = home.operations.get(name), place.operations.get(name)
            if first is not None and again is not None and again.declaration.random and first is not again:
                again.attrs["stream"] = first.attrs.get("stream") or first

    def waits(self, place: Place, node: Node) -> list[Operation]:
        """The operations that `node` waits for."""
        found = []
        for name in node.controls:
            if f"^{name}" in self.replaced:
                self.used.add(f"^{name}")
                given = self.replaced[f"^{name}"]
                found.append(getattr(given, "op", given))
            elif name in place.operations:
                op = place.operations[name]
                found += [] if op is None else [op]
            elif name not in self.lost:
                raise ValueError(f"Node {node.name!r}: Unknown input node '^{name}'")
        return found

    # Nodes ------------------------------------------------------------------------------------------

    def node(self, place: Place, node: Node) -> Operation:
        """Add a node as the operation of its type. Raises NotFoundError where there is no such op."""
        declaration = registry.get(node.op)
        if declaration is None or node.op in _INTERNAL:
            raise NotFoundError(
                None, None, f"Op type not registered '{node.op}' in binary running on this host. No op named {node.op} "
                            f"in defined operations. (Node {node.name!r})")
        inputs = [self.take(place, ref, node) for ref in node.inputs]
        attrs = attributes.read(declaration, node.proto, lambda name: self._function(name, place, node))
        return self.operation(place, node, declaration, inputs, attrs)

    def operation(self, place: Place, node: Node, declaration: Op, inputs: Sequence[GraphTensor],
                  attrs: dict[str, Any], name: str | None = None, outputs: Any = None) -> Operation:
        """Add an operation that stands for `node`, or, under a `name` of its own, is part of what does.

        outputs: their dims and dtypes, where they are known. Raises ValueError for inputs that the op does not take.
        """
        graph = place.graph
        attrs = declaration.normalized({**declaration.defaults, **attrs})
        try:
            groups = self._grouped(declaration, inputs, attrs, graph, node)
            if outputs is None:
                described = [[_described(t) for t in g] if isinstance(g, list) else _described(g) for g in groups]
                outputs = infer.outputs_of(declaration, described, attrs)
        except infer.ShapeFault as fault:
            raise ValueError(f"Node {node.name!r} ({node.op}): {fault.build}") from None
        except (TypeError, OpError) as error:
            raise ValueError(f"Node {node.name!r} ({node.op}): {error}") from None
        if declaration.writes:
            outputs = outputs[len(declaration.writes) - 1:]
            outputs = [(outputs[0][0], outputs[0][1]._as_ref), *outputs[1:]]
        full = f"{self.scope}{name or node.name}"
        flat = [t for g in groups for t in (g if isinstance(g, list) else (g,))]
        device = node.proto.device
        with graph.control_dependencies(None), graph.control_dependencies(self.waits(place, node)), \
                graph.device(device) if device else graph.colocate_with(None, True):
            op = graph.add(declaration, graph.unique_full_name(full), flat, attrs, outputs)
        if name is None:
            self._describe(op, node)
            place.name(node.name, op.outputs, op)
        return op

    def _grouped(self, declaration: Op, inputs: Sequence[GraphTensor], attrs: dict[str, Any], graph: Graph,
                 node: Node) -> list[Any]:
        """The inputs, one item an argument, as tensors of the graph. TypeError where number or dtypes are wrong."""
        single = sum(not a.many for a in declaration.args)
        if len(inputs) < single or (len(inputs) > single and single == len(declaration.args)):
            raise TypeError(f"NodeDef expected inputs '{', '.join(a.name for a in declaration.args)}' do not match "
                            f"{len(inputs)} inputs specified")
        groups = declaration.group(inputs, attrs)
        out: list[Any] = []
        for arg, item in zip(declaration.args, groups, strict=True):
            bring = graph.bring_in_reference if arg.ref else graph.bring_in
            if arg.ref and not item.dtype._is_ref_dtype:
                raise TypeError(f"Input '{arg.name}' passed {item.dtype.name} expected ref type")
            out.append([bring(t) for t in item] if isinstance(item, list) else bring(item))
        _check_types(declaration, out)
        if declaration.type == node.op:
            attributes.refuse_other_types(declaration, node.proto, out)
        return out

    def _describe(self, op: Operation, node: Node) -> None:
        """What a node says besides: how it is differentiated, whose device it shares, its shapes."""
        held = node.proto.attr
        if "_gradient_op_type" in held:
            op.gradient_type = held["_gradient_op_type"].s.decode()
        if "_class" in held and not self.open:
            op.attrs["_class"] = [self._colocated(text, node) for text in held["_class"].list.s]
        if "_output_shapes" in held and op.type == node.op and op.type != "Identity":  # which may be of an array's flow
            for tensor, message in zip(op.outputs, held["_output_shapes"].list.shape, strict=False):
                shape = attributes.shape_of(message)
                if tensor.shape.is_compatible_with(shape):
                    tensor.set_shape(shape)

    def _colocated(self, text: bytes, node: Node) -> bytes:
        name = text.decode().removeprefix("loc:@")
        if name not in self.known:
            raise ValueError(f"Node {node.name!r} expects to be colocated with unknown node {name!r}")
        return f"loc:@{self.scope}{name}".encode()

    def alias(self, place: Place, node: Node, tensors: Sequence[GraphTensor]) -> None:
        """Let a node stand for tensors that are there already."""
        place.name(node.name, tensors, tensors[0].op if tensors and tensors[0].op.graph is place.graph else None)

    def handed_on(self, place: Place, node: Node, tensor: GraphTensor, source: Ref) -> Operation:
        """Add an operation for `node` that gives `tensor`; `source` is the tensor of the file that it stands for."""
        type = "RowsIdentity" if is_flow(self.known, source) else "Identity"
        return self.operation(place, node, registry[type], [tensor], {})

    # Loops ------------------------------------------------------------------------------------------

    def _loop(self, frame: Frame, place: Place) -> None:
        around = Place(place.graph, place)
        for enter in frame.enters:
            around.name(enter.name, [self.take(place, enter.inputs[0], enter)])
        variables = frame.variables()
        conditions, rest = frame.parts(variables)
        decides = frame.condition()
        start = [as_value(place.graph, self.take(place, v.start, decides)) for v in variables]
        found: list[Dims] = []

        def inside(given: Sequence[GraphTensor], nodes: Sequence[Node]) -> Place:
            inner = Place(mode.default_graph(), around)
            inner.name(decides.name, [])
            for variable, tensor in zip(variables, given, strict=True):
                inner.name(variable.merge, [tensor])
                if variable.switch is not None:
                    inner.name(variable.switch, [tensor, tensor])
            self.build(nodes, inner)
            return inner

        def condition(*given: GraphTensor) -> Any:
            return self.take(inside(given, conditions), decides.inputs[0], decides)

        def body(*given: GraphTensor) -> list[Any]:
            inner = inside(given, rest)
            made = [self.take(inner, v.following, decides) for v in variables]
            found[:] = [structural.merged_dims(g._dims, m._dims) for g, m in zip(given, made, strict=True)]
            return made

        with place.graph.control_dependencies([op for name in frame.waits() if (op := place.operations.get(name))]):
            results = looped(place.graph, condition, body, start, found)
        for variable, tensor in zip(variables, results, strict=True):
            if variable.exit is not None:
                self.handed_on(place, variable.exit, tensor, variable.start)

    # Functions ----------------------------------------------------------------------------------------

    def function(self, name: str, node: Node) -> Any:
        """The `FunctionDef` of a name. Raises ValueError where the library has none."""
        found = self.functions.get(name)
        if found is None:
            raise ValueError(f"Node {node.name!r}: Function {name!r} is not defined in the library")
        return found

    def called(self, name: str, node: Node, graph: Graph,
               given: Sequence[GraphTensor]) -> tuple[list[GraphTensor], list[Operation]]:
        """The results of a function, whose nodes are added to a graph, and the operations that must have run."""
        function = self.function(name, node)
        if len(given) != len(function.signature.input_arg):
            raise ValueError(f"Node {node.name!r}: Function {name!r} takes {len(function.signature.input_arg)} inputs, "
                             f"not {len(given)}")
        if name in self.open:
            raise ValueError(f"Node {node.name!r}: Function {name!r} calls itself")
        inner = Builder(f"{self.scope}{node.name}/", self.functions, {}, self.open | {name})
        place = Place(graph)
        for argument, tensor in zip(function.signature.input_arg, given, strict=True):
            place.name(argument.name, [tensor])
        protos = {proto.name: proto for proto in function.node_def}
        inner.build(attributes.function_nodes(function), place)
        results = [inner.take(place, attributes.output_ref(function.ret[out.name], protos, node.name), node)
                   for out in function.signature.output_arg]
        waits = [op for text in function.control_ret.values() if (op := place.operations.get(text)) is not None]
        return results, waits

    def _function(self, name: str, place: Place, node: Node) -> Body:
        """The graph inside a branch or loop, in the form that only Hornbeam writes."""
        function = self.function(name, node)
        body = Body(place.graph, self.scope)
        inner = Place(body, place)
        given = []
        with body.as_default():
            for i, arg in enumerate(function.signature.input_arg):
                shapes = function.arg_attr[i].attr["_output_shapes"].list.shape if i in function.arg_attr else []
                dims = attributes.shape_of(shapes[0])._dims if shapes else None
                given.append(body.add_input(dims, dtypes.as_dtype(arg.type), arg.name.rpartition("/")[2]))
                inner.name(arg.name, [given[-1]], given[-1].op)
            self.build(attributes.function_nodes(function), inner)
            body.outputs = [self.take(inner, ref_of(function.ret[out.name]), node)
                            for out in function.signature.output_arg]
        body.close((), given)
        return body


def _refuse_effects(item: Any) -> None:
    if isinstance(item, Node) and item.op in registry:
        declaration = registry[item.op]
        if declaration.stateful and not declaration.random and item.op not in ("NoOp", "Placeholder", "VariableV2"):
            raise ValueError(f"Node {item.name!r} ({item.op}) changes something under a condition, and its result is "
                             "used outside of it: this cannot be imported")


_SENSELESS = (TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, MemoryError, UnicodeDecodeError,
              OpError, infer.ShapeFault)
"""What comes of files that were damaged: nodes with too few inputs, attributes of other kinds."""
_INTERNAL = frozenset(("_Arg",))


def _described(tensor: GraphTensor) -> infer.Input:
    value = infer.constant_value(tensor)
    return infer.Input(tensor._dims, tensor.dtype.base_dtype, value,
                       None if value is not None else infer.partial_shape(tensor))


def as_value(graph: Graph, tensor: GraphTensor) -> GraphTensor:
    """A tensor as a value: a variable is read."""
    with mode.opened(graph):
        return registry["Identity"](tensor) if tensor.dtype._is_ref_dtype else tensor


def looped(graph: Graph, condition: Callable[..., Any], body: Callable[..., Any], start: list[GraphTensor],
            found: list[Dims]) -> list[GraphTensor]:
    """The loop, with as much left open of its variables' shapes as an iteration changes."""
    dims = [t._dims for t in start]
    while True:
        try:
            return control_flow.loop(graph, condition, body, start, dims)
        except ValueError:
            if not found or found == dims:
                raise
            dims, found[:] = list(found), []


@final
class _BranchBuilder:
    """One condition with what runs under it, as an `If` operation."""

    def __init__(self, builder: Builder, place: Place, branch: Branch) -> None:
        self.builder, self.place, self.branch = builder, place, branch
        self.sides = tuple(Place(Body(place.graph, builder.scope), place, branch.known) for _ in range(2))

    def build(self) -> None:
        builder, place, branch = self.builder, self.place, self.branch
        named = branch.merges[0][0] if branch.merges else next(iter(branch.items()))
        flag = builder.take(place, branch.condition, named)
        for side, inner in enumerate(self.sides):
            self._fill(side, inner)
        kept = self._kept()
        bodies = [self.sides[1].graph, self.sides[0].graph]
        sources = control_flow.close_all(place.graph, bodies, [(), ()])  # type: ignore[arg-type]
        folder = named.name.rpartition("/")[0]
        name = place.graph.unique_full_name(f"{builder.scope}{folder}/If" if folder else f"{builder.scope}If")
        with place.graph.control_dependencies(control_flow.waits_of(bodies)):  # type: ignore[arg-type]
            made = structural.if_op(flag, sources, then_branch=bodies[0], else_branch=bodies[1], name=f"{name}/")
        results = iter(made)
        for merge, _, _ in branch.merges:
            builder.handed_on(place, merge, next(results), merge.inputs[0])
            place.tensors[f"{merge.name}:1"] = registry["Cast"](flag, DstT=dtypes.int32,
                                                                name=f"{builder.scope}{merge.name}/value_index/")
        for ref in kept:
            place.tensors[str(ref)] = next(results)

    def _fill(self, side: int, inner: Place) -> None:
        """Build what runs on one side, up to the values that the merges take from it."""
        body: Any = inner.graph
        with mode.opened(body):
            self.builder.add_all(self.branch.sides[side], inner)
            body.outputs = [as_value(body, body.bring_in(self.builder.take(inner, refs[side], merge)))
                            for merge, *refs in self.branch.merges]

    def _kept(self) -> list[Ref]:
        """Add outputs for what other branches take; what has no shape to be told is repeated there instead."""
        kept = []
        for ref, side in self.branch.kept.items():
            inner, other = self.sides[side], self.sides[1 - side]
            tensor = inner.tensors.get(str(ref))
            dims = None if tensor is None else tensor._dims
            if tensor is None or not tensor.dtype.is_floating or dims is None or None in dims:
                self._lose(side)
                continue
            for place, value in ((inner, lambda t=tensor: t), (other, lambda t=tensor: _nothing(t))):
                body: Any = place.graph
                with mode.opened(body):
                    body.outputs.append(body.bring_in(value()))
            kept.append(ref)
        return kept


    def _lose(self, side: int) -> None:
        """Remember how what runs on a side is made."""
        for item in self.branch.sides[side]:
            self.builder.lost.update(dict.fromkeys(item.gives(), (item, self.sides[side])))


def _nothing(like: GraphTensor) -> Any:
    """Zeros of the shape and dtype of a tensor of another branch."""
    import numpy as np
    dtype = like.dtype.base_dtype
    zero = np.array(b"", object) if dtype is dtypes.string else np.zeros((), dtype.np_dtype)
    return registry["Fill"](np.array(like._dims, np.int32), zero)


def load_translations() -> None:
    """Import the modules that declare translations."""
    from hornbeam.runtime.graph_import import function_calls, old_ops, resources, tensor_arrays  # noqa: F401

