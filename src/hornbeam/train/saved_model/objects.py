"""`saved_model.load` of TensorFlow 2: objects with variables and functions, or the signatures of a TF1 graph.

A function of the file becomes a traced function here: its nodes are added to the graph that is traced, so gradients
flow through it and it compiles as any other.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, mode, nest
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.graph_def import make_ndarray
from hornbeam.graph.names import public
from hornbeam.graph.op import registry
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.runtime.concrete_function import ConcreteFunction
from hornbeam.runtime.function import function as traced
from hornbeam.runtime.graph_import.builder import Builder, load_translations
from hornbeam.runtime.graph_import.nodes import Node
from hornbeam.runtime.module import Module
from hornbeam.runtime.variable import Variable, VariableAggregation, VariableSynchronization
from hornbeam.train.checkpoints.reading import NewCheckpointReader
from hornbeam.train.checkpoints.trackables import attributes
from hornbeam.train.saved_model.loader import assets_of, meta_graph_with_tags, parse_saved_model, variables_path
from hornbeam.train.saved_model.structures import decoded, shape_of

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


@public("saved_model.LoadOptions")
class LoadOptions:
    """How `saved_model.load` loads. Raises ValueError for options that nothing here follows.

    allow_partial_checkpoint: whether variables may be missing in the checkpoint; they keep zeros. The others are
    accepted, or follow from there being one device.
    """

    def __init__(self, allow_partial_checkpoint: bool = False, experimental_io_device: str | None = None,
                 experimental_skip_checkpoint: bool = False, experimental_variable_policy: Any = None,
                 experimental_load_function_aliases: bool = False) -> None:
        self.allow_partial_checkpoint = allow_partial_checkpoint
        self.experimental_io_device = experimental_io_device
        self.experimental_skip_checkpoint = experimental_skip_checkpoint
        self.experimental_variable_policy = experimental_variable_policy
        self.experimental_load_function_aliases = experimental_load_function_aliases


@public(v2=("saved_model.load",), v1=("saved_model.load_v2",))
def load_v2(export_dir: Any, tags: Any = None, options: LoadOptions | None = None) -> Any:
    """The object that a SavedModel holds: its variables, functions and parts as attributes; signatures by key.

    tags: the set of the graph, where there are several. options: see `LoadOptions`.
    `signatures[key](**tensors)` gives a dictionary of tensors. Of a TensorFlow 1 graph there are signatures and
    variables alone. Raises OSError for a folder that is no SavedModel, RuntimeError where no graph has the tags,
    ValueError for what cannot be loaded.
    """
    options = options or LoadOptions()
    folder = os.fspath(export_dir)
    saved_model = parse_saved_model(folder)
    if tags is None:
        if len(saved_model.meta_graphs) != 1:
            raise ValueError(f"Importing a SavedModel with `tf.saved_model.load` requires a `tags=` argument if there "
                             f"is more than one MetaGraph. Got `tags=None`, but there are "
                             f"{len(saved_model.meta_graphs)} MetaGraphs in {folder}.")
        meta_graph = saved_model.meta_graphs[0]
    else:
        meta_graph = meta_graph_with_tags(saved_model, tags, folder)
    load_translations()
    with mode.opened(None), _named(folder):
        if meta_graph.HasField("object_graph_def"):
            found = _Objects(meta_graph, folder, options).root()
        else:
            from hornbeam.train.saved_model.old_graphs import loaded
            found = loaded(meta_graph, folder, tags)
    found.tensorflow_version = meta_graph.meta_info_def.tensorflow_version
    found.tensorflow_git_version = meta_graph.meta_info_def.tensorflow_git_version
    return found


@contextlib.contextmanager
def _named(folder: str) -> Iterator[None]:
    """Errors about what a file says, a damaged one perhaps, as a ValueError that names it."""
    try:
        yield
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        text = error.args[0] if error.args else error
        if folder in str(text):
            raise
        raise ValueError(f"{folder}: {text}") from error


def _saved_or_found(name: str) -> property:
    """What was saved as an attribute of this name, else what modules answer."""
    def get(self: Any) -> Any:
        saved = self.__dict__.get("_saved", {})
        return saved[name] if name in saved else getattr(Module, name).fget(self)

    return property(get)


class Loaded(Module):
    """An object of a SavedModel."""

    variables = _saved_or_found("variables")
    trainable_variables = _saved_or_found("trainable_variables")
    non_trainable_variables = _saved_or_found("non_trainable_variables")
    submodules = _saved_or_found("submodules")
    name = _saved_or_found("name")
    name_scope = _saved_or_found("name_scope")

    def _trackable_children(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The parts under the names that they were saved under."""
        return {**attributes(self, ("_saved",)), **self.__dict__.get("_saved", {})}


class _Callable(Loaded):
    """An object that can be called."""

    _saved_call: Any

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._saved_call(*args, **kwargs)


class Signatures(Mapping[str, Any]):
    """The functions of a SavedModel that servers call, by key."""

    def __init__(self, functions: Mapping[str, Any]) -> None:
        self._functions = dict(functions)

    def __getitem__(self, key: str) -> Any:
        return self._functions[key]

    def __iter__(self) -> Any:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def __repr__(self) -> str:
        return f"_SignatureMap({self._functions})"


@final
class LoadedConcrete:
    """One function of the file, with the variables it uses.

    structured_input_signature: (args, kwargs) of specs. structured_outputs: the specs of what it gives.
    """

    def __init__(self, name: str, library: Mapping[str, Any], bound: Sequence[Any], signature: Any, outputs: Any,
                 keywords: Sequence[str] = ()) -> None:
        self.name = name
        self.structured_input_signature = signature
        self.structured_outputs = outputs
        self._keywords = list(keywords)
        self._library, self._bound = library, bound
        self._specs = [s for s in nest.flatten(signature, True) if isinstance(s, TensorSpec)]
        self._traced: Any = None

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables that it uses."""
        return tuple(b for b in self._bound if isinstance(b, Variable))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """The variables that it uses and that optimizers change."""
        return tuple(v for v in self.variables if v.trainable)

    @property
    def inputs(self) -> list[Any]:
        """The specs of the tensors that it takes."""
        return list(self._specs)

    @property
    def outputs(self) -> list[Any]:
        """The specs of the tensors that it gives."""
        return [s for s in nest.flatten(self.structured_outputs, True) if isinstance(s, TensorSpec)]

    @property
    def flat(self) -> ConcreteFunction:
        """The trace that it is here, which takes the tensors among its arguments in order and gives a list."""
        if self._traced is None:
            specs = [TensorSpec(s.shape, s.dtype) for s in self._specs]
            self._traced = traced(self._build).get_concrete_function(*specs)
        return self._traced

    def call_flat(self, tensors: Sequence[Any]) -> Any:
        """What it gives for the tensors among its arguments, in order."""
        found = iter(self.flat(*[convert_to_tensor(t, s.dtype) for t, s in zip(tensors, self._specs, strict=True)]))
        leaves = [next(found) if isinstance(leaf, TensorSpec) else leaf
                  for leaf in nest.flatten(self.structured_outputs, True)]
        return nest.pack_sequence_as(self.structured_outputs, leaves, True)

    def _build(self, *tensors: Any) -> list[Any]:
        from hornbeam.graph.messages.node_def_pb2 import NodeDef
        graph = mode.default_graph()
        given = [*tensors, *(self._held(graph, b) for b in self._bound)]
        node = Node(NodeDef(name="call", op="PartitionedCall"), [], [])
        results, _ = Builder("", self._library, {}).called(self.name, node, graph, given)
        return [registry["Identity"](t) for t in results]

    @staticmethod
    def _held(graph: Any, bound: Any) -> Any:
        if isinstance(bound, Variable):
            return bound.handle
        if isinstance(bound, Asset):
            return bound.asset_path
        if callable(bound):
            return bound()
        return convert_to_tensor(bound)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it with tensors, by position or by name. Raises TypeError for other arguments."""
        if self._keywords:
            names = self._keywords
        else:
            names = sorted(self.structured_input_signature[1])
        unknown = set(kwargs) - set(names)
        if unknown or len(args) > len(names) or (set(names[:len(args)]) & set(kwargs)):
            raise TypeError(f"{self.name} takes the arguments {', '.join(names)}; got {len(args)} positional and "
                            f"{', '.join(kwargs) or 'no named ones'}")
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        missing = [n for n in names if n not in given]
        if missing:
            raise TypeError(f"{self.name} missing required arguments: {', '.join(missing)}")
        return self.call_flat([given[s.name if s.name in given else n]
                               for s, n in zip(self._specs, sorted(names), strict=True)])


@final
class LoadedFunction:
    """A traced function of the file: the traces that were saved, of which a call takes the one that fits."""

    def __init__(self, concrete: Sequence[LoadedConcrete], spec: Any) -> None:
        self.concrete_functions = list(concrete)
        self.spec = spec
        full = decoded(spec.fullargspec)
        self._names = list(getattr(full, "args", []) or [])
        defaults = list(getattr(full, "defaults", None) or [])
        self._defaults = dict(zip(self._names[len(self._names) - len(defaults):], defaults, strict=True))
        self._defaults.update(getattr(full, "kwonlydefaults", None) or {})
        if spec.is_method and self._names[:1] == ["self"]:
            self._names = self._names[1:]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the trace that fits. Raises ValueError where none does."""
        given, rest = self._canonical(args, kwargs)
        for concrete in self.concrete_functions:
            tensors = _fitting(concrete.structured_input_signature, (given, rest))
            if tensors is not None:
                return concrete.call_flat(tensors)
        options = "\n  ".join(str(c.structured_input_signature) for c in self.concrete_functions)
        raise ValueError(f"Could not find matching concrete function to call loaded from the SavedModel. Got:\n  "
                         f"{(given, rest)}\nExpected these arguments to match one of the following "
                         f"{len(self.concrete_functions)} option(s):\n  {options}")

    def _canonical(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Named arguments that have a place put there, and defaults filled in."""
        rest = dict(kwargs)
        given = list(args)
        for name in self._names[len(args):]:
            if name in rest:
                given.append(rest.pop(name))
            elif name in self._defaults:
                given.append(self._defaults[name])
            else:
                break
        for name, value in self._defaults.items():
            if name not in self._names:
                rest.setdefault(name, value)
        return tuple(given), rest

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> LoadedConcrete:
        """The trace for specs or values like these. Raises ValueError where none fits."""
        given, rest = self._canonical(args, kwargs)
        if not args and not kwargs and len(self.concrete_functions) == 1:
            return self.concrete_functions[0]
        for concrete in self.concrete_functions:
            if _fitting(concrete.structured_input_signature, (given, rest)) is not None:
                return concrete
        raise ValueError(f"Could not find matching concrete function for {(given, rest)}")


def _fitting(signature: Any, given: Any) -> list[Any] | None:
    """The tensors among the arguments, where they fit a signature of specs and Python values; else None."""
    try:
        nest.assert_same_structure(signature, given, check_types=False, expand_composites=True)
    except (TypeError, ValueError):
        return None
    tensors = []
    for wanted, value in zip(nest.flatten(signature, True), nest.flatten(given, True), strict=True):
        if isinstance(wanted, TensorSpec):
            if value is None or (isinstance(value, (str, bool)) and wanted.dtype not in (dtypes.string, dtypes.bool)):
                return None
            try:
                spec = value if isinstance(value, TensorSpec) else convert_to_tensor(value, dtype_hint=wanted.dtype)
            except (TypeError, ValueError):
                return None
            if spec.dtype.base_dtype is not wanted.dtype or not wanted.shape.is_compatible_with(spec.shape):
                return None
            tensors.append(value)
        elif type(wanted) is not type(value) or wanted != value:
            return None
    return tensors


@final
class _Objects:
    """The objects of one SavedModel, made one by one."""

    def __init__(self, meta_graph: Any, folder: str, options: LoadOptions) -> None:
        self.meta_graph, self.folder, self.options = meta_graph, folder, options
        self.message = meta_graph.object_graph_def
        self.library = {f.signature.name: f for f in meta_graph.graph_def.library.function}
        self.assets = list(assets_of(meta_graph, folder).values())
        self.keys = {} if options.experimental_skip_checkpoint else self._checkpoint_keys()
        self.made: dict[int, Any] = {}
        self.concrete: dict[str, LoadedConcrete] = {}

    def root(self) -> Any:
        """The first object, with all others below it."""
        order = sorted(range(len(self.message.nodes)), key=lambda i: self._rank(self.message.nodes[i]))
        for i in order:
            self.made[i] = self._object(i)
        for i, node in enumerate(self.message.nodes):
            for child in node.children:
                self._attach(self.made[i], child.local_name, self.made[child.node_id])
        root = self.made[0]
        if not hasattr(root, "signatures"):
            root.signatures = Signatures({})
        return root

    @staticmethod
    def _rank(node: Any) -> int:
        """Functions come last: they are bound to the other objects."""
        return node.WhichOneof("kind") in ("function", "bare_concrete_function")

    def _attach(self, owner: Any, name: str, child: Any) -> None:
        if isinstance(owner, dict):
            owner[name] = child
        elif isinstance(owner, Signatures):
            owner._functions[name] = child
        elif name == "__call__" and isinstance(owner, Loaded):
            owner._saved_call = child
        elif isinstance(owner, list):
            place = int(name) if name.isdigit() else len(owner)
            owner.extend([None] * (place + 1 - len(owner)))
            owner[place] = child
        elif isinstance(owner, Loaded):
            if isinstance(getattr(type(owner), name, None), property):
                owner.__dict__.setdefault("_saved", {})[name] = child
            else:
                setattr(owner, name, child)

    def _object(self, index: int) -> Any:
        node = self.message.nodes[index]
        kind = node.WhichOneof("kind")
        if kind == "variable":
            return self._variable(index, node.variable)
        if kind == "constant":
            return self._constant(node.constant.operation)
        if kind == "asset":
            return Asset(self.assets[node.asset.asset_file_def_index])
        if kind == "function":
            return LoadedFunction([self._concrete(n) for n in node.function.concrete_functions],
                                  node.function.function_spec)
        if kind == "bare_concrete_function":
            held = node.bare_concrete_function
            return self._concrete(held.concrete_function_name, held.argument_keywords)
        if kind == "user_object" and node.user_object.identifier == "signature_map":
            return Signatures({})
        if kind == "user_object" and node.user_object.identifier == "trackable_list_wrapper":
            return []
        if kind == "user_object" and node.user_object.identifier == "trackable_dict_wrapper":
            return {}
        return _Callable() if any(c.local_name == "__call__" for c in node.children) else Loaded()

    def _variable(self, index: int, held: Any) -> Variable:
        dtype, shape = dtypes.as_dtype(held.dtype), shape_of(held.shape)
        key = self.keys.get(index)
        if key is not None:
            value = self.reader.get_tensor(key)
        elif self.options.allow_partial_checkpoint or self.options.experimental_skip_checkpoint:
            value = np.zeros([d or 0 for d in shape.as_list()], dtype.np_dtype)
        else:
            raise ValueError(f"{self.folder}: the checkpoint has no value for the variable {held.name!r}")
        return Variable(value, trainable=held.trainable, name=held.name or None, dtype=dtype, shape=shape,
                        synchronization=VariableSynchronization(held.synchronization),
                        aggregation=VariableAggregation(held.aggregation))

    def _checkpoint_keys(self) -> dict[int, str]:
        """The names in the checkpoint of the variables, by the numbers of their objects.

        The checkpoint has a graph of objects of its own, in which each stands where the same names lead to it.
        """
        from hornbeam.graph.messages.trackable_object_graph_pb2 import TrackableObjectGraph
        path = variables_path(self.folder)
        if not os.path.exists(f"{path}.index"):
            return {}
        self.reader = NewCheckpointReader(path)
        if not self.reader.has_tensor(_OBJECT_GRAPH):
            return {}
        content = self.reader.get_tensor(_OBJECT_GRAPH)
        graph = TrackableObjectGraph.FromString(content if isinstance(content, bytes) else content.item())
        keys: dict[int, str] = {}
        seen: set[tuple[int, int]] = set()
        stack = [(0, 0)]
        while stack:
            pair = stack.pop()
            if pair in seen or pair[1] >= len(graph.nodes):
                continue
            seen.add(pair)
            here, there = self.message.nodes[pair[0]], graph.nodes[pair[1]]
            for attribute in there.attributes:
                if attribute.name == "VARIABLE_VALUE":
                    keys[pair[0]] = attribute.checkpoint_key
            names = {c.local_name: c.node_id for c in there.children}
            stack.extend((c.node_id, names[c.local_name]) for c in here.children if c.local_name in names)
            slots = {(s.original_variable_node_id, s.slot_name): s.slot_variable_node_id for s in there.slot_variables}
            numbers = {b: a for a, b in seen}
            for slot in here.slot_variables:
                for (original, name), target in slots.items():
                    if name == slot.slot_name and numbers.get(original) == slot.original_variable_node_id:
                        stack.append((slot.slot_variable_node_id, target))
        return keys

    def _constant(self, name: str) -> Any:
        for node in self.meta_graph.graph_def.node:
            if node.name == name and node.op == "Const":
                return convert_to_tensor(make_ndarray(node.attr["value"].tensor))
        raise ValueError(f"{self.folder}: the constant {name!r} is not in the graph")

    def _concrete(self, name: str, keywords: Iterable[str] = ()) -> LoadedConcrete:
        found = self.concrete.get(name)
        if found is None:
            held = self.message.concrete_functions[name]
            bound = [self._bound(i) for i in held.bound_inputs]
            found = self.concrete[name] = LoadedConcrete(
                name, self.library, bound, decoded(held.canonicalized_input_signature),
                decoded(held.output_signature), list(keywords))
        if keywords and not found._keywords:
            found._keywords = list(keywords)
        return found

    def _bound(self, index: int) -> Any:
        """What a function is bound to: a variable, or a value."""
        if self.message.nodes[index].WhichOneof("kind") in ("variable", "constant", "asset"):
            return self.made[index]
        kind = self.message.nodes[index].WhichOneof("kind")
        return _refuser(f"{self.folder}: a function uses a {kind} object, which cannot be loaded")


def _refuser(text: str) -> Callable[[], Any]:
    def refuse() -> Any:
        raise ValueError(text)

    return refuse


@public("saved_model.Asset")
class Asset:
    """A file that a model needs. path: where it is; `asset_path` is that as a tensor."""

    def __init__(self, path: Any) -> None:
        self._path = path

    @property
    def asset_path(self) -> Any:
        """The path, a string tensor."""
        return convert_to_tensor(self._path if not isinstance(self._path, os.PathLike) else os.fspath(self._path),
                                 dtypes.string)

