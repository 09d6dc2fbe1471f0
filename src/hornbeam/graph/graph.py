"""Graph: operations in the order they were made, their names, and the scopes that are open while it is built.

Invariants: names are unique without regard to case; an operation's inputs are in the same graph and, but for loops
closed later by control inputs, were made before it; nothing is added to a finalized graph.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.operation import Operation
from hornbeam.graph.seeds import DEFAULT_GRAPH_SEED, pair
from hornbeam.graph.shapes import Dims
from hornbeam.graph.source import user_frames
from hornbeam.graph.tensor import GraphTensor

if TYPE_CHECKING:
    from hornbeam.graph.op import Op

_VALID_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
_TENSOR_NAMES = 'Tensor names must be of the form "<op_name>:<output_index>".'
_VALID_SCOPE = re.compile(r"^[A-Za-z0-9_.\\/>-]*$")


class Graph:
    """Operations and the tensors that flow between them. Building adds nodes; a `Session` runs them.

    `v1` graphs answer as TensorFlow 1's do: shapes hold `Dimension`s and `==` between tensors is identity.
    """

    v1 = False

    def __init__(self) -> None:
        self._operations: list[Operation] = []
        self._by_name: dict[str, Operation] = {}
        self._name_counts: dict[str, int] = {}
        self._scope = ""
        self._collections: dict[Any, list[Any]] = {}
        self._control_stack: list[list[Operation] | None] = []
        self._device_stack: list[Any] = []
        self._gradient_types: dict[str, str] = {}
        self._attr_scope: dict[str, Any] = {}
        self._finalized = False
        self._version = 0
        self._edits = 0
        self.seed: int | None = None
        self._seeded = 0
        self._serial = next(_serials)
        self._not_fed: set[GraphTensor] = set()
        self._not_fetched: set[Operation] = set()
        self.plans: dict[Any, Any] = {}
        self.programs: dict[Any, Any] = {}  # what was compiled, by the ops of its stage
        self._later: list[Callable[[], None]] = []
        self._catching_up = False

    # Reading ------------------------------------------------------------------------------------

    def get_operations(self) -> list[Operation]:
        """The operations, in the order they were made."""
        self.catch_up()
        return list(self._operations)

    @property
    def operations(self) -> list[Operation]:
        """The operations, in the order they were made."""
        return self.get_operations()

    def num_operations(self) -> int:
        """How many operations there are."""
        self.catch_up()
        return len(self._operations)

    @property
    def last_added(self) -> Operation:
        """The newest operation."""
        return self._operations[-1]

    @property
    def collections(self) -> list[Any]:
        """The names of the collections that hold something."""
        return list(self._collections)

    @property
    def graph_def_versions(self) -> Any:
        """The `VersionDef` that its `GraphDef` has."""
        return self.as_graph_def().versions

    @property
    def building_function(self) -> bool:
        """Whether this is the graph of a traced function."""
        return self.in_program_order

    @property
    def version(self) -> int:
        """How many operations were ever added."""
        return self._version

    @property
    def edits(self) -> int:
        """Counts changes to operations that exist (control inputs added later); plans made before are stale."""
        return self._edits

    def edited(self) -> None:
        """Note that an existing operation was changed."""
        self._edits += 1
        self.programs.clear()

    @property
    def finalized(self) -> bool:
        """Whether the graph refuses new operations."""
        return self._finalized

    def finalize(self) -> None:
        """Refuse new operations from now on."""
        self.catch_up()
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _get_control_flow_context(self) -> None:
        """None: branches and loops are graphs of their own, which take what they need from the graph around them."""

    def prevent_feeding(self, tensor: GraphTensor) -> None:
        """From now on nothing may be fed for `tensor`."""
        self._not_fed.add(tensor)
        self.edited()

    def is_feedable(self, tensor: GraphTensor) -> bool:
        """Whether values may be fed for `tensor`."""
        return tensor not in self._not_fed

    def prevent_fetching(self, op: Operation) -> None:
        """From now on neither `op` nor its outputs may be fetched."""
        self._not_fetched.add(op)
        self.edited()

    def is_fetchable(self, tensor_or_op: GraphTensor | Operation) -> bool:
        """Whether an operation, or what a tensor comes from, may be fetched."""
        return getattr(tensor_or_op, "op", tensor_or_op) not in self._not_fetched

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of that name. Raises KeyError where there is none, ValueError where it is a tensor's."""
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        if ":" in name:
            raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
        return self._find_operation(name)

    def get_tensor_by_name(self, name: str) -> GraphTensor:
        """The tensor `op:index`. Raises KeyError where there is none, ValueError where the name is no tensor's."""
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        if ":" not in name:
            raise ValueError(self._no_tensor_name(name))
        return self._find_tensor(name)

    def _find_operation(self, name: str) -> Operation:
        self.catch_up()
        if name not in self._by_name:
            raise KeyError(f"The name {name!r} refers to an Operation not in the graph.")
        return self._by_name[name]

    def _find_tensor(self, name: str) -> GraphTensor:
        op_name, _, index = name.rpartition(":")
        if ":" in op_name or not index.isdigit():
            raise ValueError(f"The name {name!r} looks a like a Tensor name, but is not a valid one. {_TENSOR_NAMES}")
        self.catch_up()
        if op_name not in self._by_name:
            raise KeyError(f"The name {name!r} refers to a Tensor which does not exist. "
                           f"The operation, {op_name!r}, does not exist in the graph.")
        outputs = self._by_name[op_name].outputs
        if int(index) >= len(outputs):
            raise KeyError(f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, "
                           f"exists but only has {len(outputs)} outputs.")
        return outputs[int(index)]

    def _no_tensor_name(self, name: str) -> str:
        if name in self._by_name:
            return f"The name {name!r} refers to an Operation, not a Tensor. {_TENSOR_NAMES}"
        return f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. {_TENSOR_NAMES}"

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """The Tensor or Operation that `obj` (an object or a name) stands for in this graph.

        Raises KeyError for an unknown name, ValueError for another graph's object and for a name of the other kind,
        TypeError for anything else.
        """
        if not allow_tensor and not allow_operation:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        convert = getattr(obj, "_as_graph_element", None)
        if convert is not None:
            obj = convert()
        if isinstance(obj, bytes):
            obj = obj.decode()
        wanted = " or ".join(["Tensor"] * allow_tensor + ["Operation"] * allow_operation)
        if isinstance(obj, str):
            if ":" in obj and allow_tensor:
                return self._find_tensor(obj)
            if ":" not in obj and allow_operation:
                return self._find_operation(obj)
            raise ValueError(f"Name {obj!r} appears to refer to a Tensor, not a Operation." if ":" in obj else
                             self._no_tensor_name(obj))
        if isinstance(obj, GraphTensor) and allow_tensor:
            if obj.op.graph is not self:
                raise ValueError(f"Tensor {obj} is not an element of this graph.")
            return obj
        if isinstance(obj, Operation) and allow_operation:
            if obj.graph is not self:
                raise ValueError(f"Operation {obj!r} is not an element of this graph.")
            return obj
        kind = "Tensor" if isinstance(obj, GraphTensor) else "Graph" if isinstance(obj, Graph) else type(obj).__name__
        raise TypeError(f"Can not convert a {kind} into a {wanted}.")

    # Building -----------------------------------------------------------------------------------

    def add(self, declaration: Op, name: str, inputs: Sequence[GraphTensor], attrs: dict[str, Any],
            outputs: Iterable[tuple[Dims, dtypes.DType]]) -> Operation:
        """Add one operation under a name that is already unique, with the scopes open now.

        Raises RuntimeError where the graph is finalized.
        """
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")
        op = Operation(self, declaration, name, inputs, attrs, self._controls_for(inputs),
                       self._device_for(name, declaration.type, inputs), user_frames())
        op.outputs = [GraphTensor(op, i, dims, dtype) for i, (dims, dtype) in enumerate(outputs)]
        op.gradient_type = self._gradient_types.get(op.type)
        if self._attr_scope:
            op.attrs.update(self._attr_scope)
        op.index = self._version
        self._version += 1
        self._operations.append(op)
        self._by_name[name] = op
        for tape in mode.state.tapes:
            tape.saw(op)
        return op

    def add_later(self, add: Callable[[], None]) -> None:
        """Call this when somebody looks the operations up: it adds some, whose names are taken already."""
        self._later.append(add)

    def catch_up(self) -> None:
        """Add what was left for later."""
        if self._later and not self._catching_up:
            self._catching_up = True
            try:
                while self._later:
                    self._later.pop(0)()
            finally:
                self._catching_up = False

    def owns(self, tensor: GraphTensor) -> bool:
        """Whether `tensor` is one of this graph's."""
        return tensor.op.graph is self

    def bring_in(self, tensor: GraphTensor) -> GraphTensor:
        """`tensor` as an input for operations of this graph.

        Raises ValueError for a tensor of another graph (the body of a loop or branch captures instead).
        """
        if tensor.op.graph is not self and "cell" not in tensor.op.attrs:
            raise ValueError(f"Tensor {tensor!r} must be from the same graph as the operation that is being made; "
                             f"it was {tensor.op.made_at or 'made elsewhere'}.")
        return tensor

    def bring_in_reference(self, tensor: GraphTensor) -> GraphTensor:
        """A variable, as what an operation of this graph writes."""
        return self.bring_in(tensor)

    def capture(self, tensor: Any) -> GraphTensor | None:
        """A tensor that has a value as an input of this graph; None where it becomes a constant."""
        return None

    @property
    def in_program_order(self) -> bool:
        """Whether operations run in the order they were made, as a traced function's do."""
        return False

    @property
    def outermost(self) -> Graph:
        """The graph that variables and collections of this one live in."""
        return self

    # Names --------------------------------------------------------------------------------------

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name` within the open name scope, with `_1`, `_2`, … appended where it is taken."""
        return self.unique_full_name(f"{self._scope}/{name}" if self._scope else name, mark_as_used)

    def unique_full_name(self, full: str, mark_as_used: bool = True) -> str:
        """As `unique_name`, for a name that already holds its scopes."""
        key = full.lower()
        count = self._name_counts.get(key, 0)
        if mark_as_used:
            self._name_counts[key] = count + 1
        if not count:
            return full
        while True:
            candidate = f"{full}_{count}"
            if candidate.lower() not in self._name_counts:
                break
            count += 1
        if mark_as_used:
            self._name_counts[key] = count + 1
            self._name_counts[candidate.lower()] = 1
        return candidate

    def name_for(self, name: str) -> str:
        """The full unique name of a new operation: `name` may end in `/` to be taken as it is.

        Raises ValueError for characters that names cannot have.
        """
        if isinstance(name, bytes):
            name = name.decode()
        if name.endswith("/"):
            full = name[:-1]
            self._name_counts.setdefault(full.lower(), 1)
            return full
        if not _VALID_NAME.match(name) and not (self._scope and _VALID_SCOPE.match(name)):
            raise ValueError(f"'{name}' is not a valid node name: names start with a letter, a digit or a dot, and "
                             "hold letters, digits and _ . \\ / > -")
        return self.unique_name(name)

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Prefix the names made within by a unique `name/`; one ending in `/` is re-entered; None or '' is the root.

        Yields the scope with its `/`.
        """
        if name is not None and not isinstance(name, str):
            raise ValueError(f"A scope's name is a string, not {type(name).__name__}.")
        if name and not (_VALID_SCOPE if self._scope or name.endswith("/") else _VALID_NAME).match(name):
            raise ValueError(f"'{name}' is not a valid scope name")
        before = self._scope
        if not name:
            self._scope = ""
        elif name.endswith("/"):
            self._scope = name[:-1]
        else:
            self._scope = self.unique_name(name)
        try:
            yield f"{self._scope}/" if self._scope else ""
        finally:
            self._scope = before

    def get_name_scope(self) -> str:
        """The open name scope, without its last `/`."""
        return self._scope

    # Scopes -------------------------------------------------------------------------------------

    @contextmanager
    def as_default(self) -> Iterator[Graph]:
        """Build in this graph within the block."""
        with mode.opened(self):
            yield self

    @contextmanager
    def control_dependencies(self, control_inputs: Iterable[Any] | None) -> Iterator[None]:
        """Operations made within run after `control_inputs` (operations or tensors). None forgets the outer ones."""
        before = self._control_stack
        if control_inputs is None:
            self._control_stack = []
        else:
            elements = [self.as_graph_element(self._control_element(x)) for x in control_inputs]
            ops = [x if isinstance(x, Operation) else x.op for x in elements]
            self._control_stack = [*before, list(dict.fromkeys(ops))]
        try:
            yield
        finally:
            self._control_stack = before

    def _control_element(self, item: Any) -> Any:
        handle = getattr(item, "_control_element", None)
        return item if handle is None else handle()

    def _controls_for(self, inputs: Sequence[GraphTensor]) -> list[Operation]:
        if not self._control_stack:
            return []
        producers = {t.op for t in inputs}
        wanted = itertools.chain.from_iterable(c for c in self._control_stack if c)
        return [op for op in dict.fromkeys(wanted) if op not in producers]

    @property
    def open_controls(self) -> list[Operation]:
        """The operations that what is built now will wait for."""
        return list(dict.fromkeys(itertools.chain.from_iterable(c for c in self._control_stack if c)))

    @contextmanager
    def device(self, device_name_or_function: Any) -> Iterator[None]:
        """Ask for a device for the operations made within: a name, a function of the operation, or None for none."""
        self._device_stack.append(device_name_or_function)
        try:
            yield
        finally:
            self._device_stack.pop()

    def _device_for(self, name: str, kind: str, inputs: Sequence[GraphTensor]) -> str:
        """What the open devices say together, the inner ones first: functions see what those within them have said."""
        device = ""
        for asked in reversed(self._device_stack):
            if asked is None:
                break
            if callable(asked):
                device = merge_devices([str(asked(_Unmade(self, name, kind, inputs, device)) or "")])
            else:
                device = merge_devices([str(asked), device])
        return device

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Iterator[None]:
        """Ask for the device of `op` for the operations made within."""
        with self.device(None), self.device(getattr(op, "device", "") or ""):
            yield

    @contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """Operations of the types named, made within, use the gradient registered under another name."""
        if not isinstance(op_type_map, dict) or not all(isinstance(x, str) for kv in op_type_map.items() for x in kv):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        before = self._gradient_types
        self._gradient_types = {**before, **op_type_map}
        try:
            yield
        finally:
            self._gradient_types = before

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """Accepted for programs that name resource containers; a session here has one store."""
        yield container_name

    # Collections --------------------------------------------------------------------------------

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Append `value` to the collection `name`."""
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Append `value` to each of the named collections."""
        for name in dict.fromkeys((names,) if isinstance(names, str) else names):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The collection itself: changing the list changes the collection."""
        return self._collections.setdefault(name, [])

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """A copy of the collection; with `scope`, the items whose name it matches from the start (a regex)."""
        items = self._collections.get(name, [])
        if scope is None:
            return list(items)
        pattern = re.compile(scope)
        return [item for item in items if hasattr(item, "name") and pattern.match(item.name)]

    def get_all_collection_keys(self) -> list[Any]:
        """The names of the collections that hold something."""
        return [key for key, items in self._collections.items() if isinstance(key, str) and items]

    def clear_collection(self, name: Any) -> None:
        """Forget the collection."""
        self._collections.pop(name, None)

    # Random seeds -------------------------------------------------------------------------------

    def op_seeds(self, op_seed: int | None) -> tuple[int, int] | None:
        """The two seeds of a random op made now, or None where neither graph nor op has one.

        As TensorFlow 2.21: the graph's seed with the op's, or with the number of ops that asked so far.
        """
        if self.seed is None:
            return None if op_seed is None else pair(DEFAULT_GRAPH_SEED, op_seed)
        if op_seed is None:
            op_seed = self._seeded
            self._seeded += 1
        return pair(self.seed, op_seed)

    # Protobufs and pictures are made elsewhere and bound here, so that this file needs neither.

    def node_def(self, op: Operation) -> Any:
        """The `NodeDef` protobuf of `op`."""
        return _exporters["node_def"](op)

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """The `GraphDef` protobuf of this graph."""
        return _exporters["graph_def"](self, from_version, add_shapes)

    def write_picture(self, path: Any) -> str:
        """Draw the graph into `path` (`.svg` or `.dot`); the way is returned."""
        return _exporters["picture"](self, path)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} with {len(self._operations)} operations>"


_serials = itertools.count()
_exporters: dict[str, Callable[..., Any]] = {}


def register_exporter(kind: str, function: Callable[..., Any]) -> None:
    """Bind the maker of `node_def`, `graph_def` or `picture`."""
    _exporters[kind] = function


class _Unmade:
    """What a device function sees of the operation that is being made."""

    def __init__(self, graph: Graph, name: str, kind: str, inputs: Sequence[GraphTensor], device: str) -> None:
        self.graph, self.name, self.type, self.inputs, self.device = graph, name, kind, tuple(inputs), device


def merge_devices(names: Sequence[str]) -> str:
    """One device name from several, the later parts winning: ('/job:w', '/gpu:0') → '/job:w/device:GPU:0'."""
    parts: dict[str, str] = {}
    for name in names:
        for part in filter(None, name.split("/")):
            key, _, value = part.partition(":")
            if key.lower() in ("cpu", "gpu", "tpu"):
                key, value = "device", f"{key.upper()}:{value or '0'}"
            elif key == "device":
                kind, _, index = value.partition(":")
                value = f"{kind.upper()}:{index or '0'}"
            elif key not in ("job", "replica", "task"):
                raise ValueError(f"Unknown attribute '{key}' is encountered while parsing the device spec: '{name}'.")
            parts[key] = value
    return "".join(f"/{key}:{parts[key]}" for key in ("job", "replica", "task", "device") if key in parts)


def scope_of(graph: Graph | None, name: str | None) -> AbstractContextManager[str]:
    """The name scope `name` of `graph`, or none where calls run at once."""
    return _no_scope() if graph is None else graph.name_scope(name)


@contextmanager
def _no_scope() -> Iterator[str]:
    yield ""


class GraphV1(Graph):
    """A graph that answers as TensorFlow 1's do."""

    v1 = True


mode.set_graph_factory(GraphV1)
