"""`saved_model.save` of TensorFlow 2: an object with its variables, functions and signatures, as a folder.

The folder holds `saved_model.pb`, a checkpoint of the variables and the assets. The message says the objects with their
children and what functions are bound to; its graph has the library of functions and, for servers and the loaders of
TensorFlow 1, the signatures as calls, with nodes that restore the variables.
"""

from __future__ import annotations

import inspect
import os
import shutil
from collections.abc import Mapping
from typing import Any, final

import numpy as np

from hornbeam.graph import mode
from hornbeam.graph.bundle import files
from hornbeam.graph.graph_def import PRODUCER, write_shape
from hornbeam.graph.names import public
from hornbeam.graph.tensor import EagerTensor
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.runtime.concrete_function import ConcreteFunction
from hornbeam.runtime.function import Function
from hornbeam.runtime.variable import Variable
from hornbeam.train.checkpoints.checkpoint import Checkpoint
from hornbeam.train.checkpoints.object_graph import ObjectGraph
from hornbeam.train.checkpoints.trackables import children, is_trackable
from hornbeam.train.graph_files import write_message
from hornbeam.train.meta_graph import VERSION
from hornbeam.train.saved_model import constants
from hornbeam.train.saved_model.function_writer import (
    Trace,
    Written,
    function_spec,
    signature_functions,
    traces_of,
    write_trace,
)
from hornbeam.train.saved_model.objects import Asset, LoadedConcrete, LoadedFunction, Signatures
from hornbeam.train.saved_model.serving_graph import ServingGraph
from hornbeam.train.saved_model.structures import encoded

_FUNCTIONS = (Function, ConcreteFunction, LoadedFunction, LoadedConcrete)
_KINDS: tuple[tuple[type, str], ...] = ((list, "trackable_list_wrapper"), (tuple, "trackable_tuple_wrapper"),
                                        (Mapping, "trackable_dict_wrapper"), (object, "_generic_user_object"))


@public("saved_model.SaveOptions")
class SaveOptions:
    """How `saved_model.save` saves.

    function_aliases: names for functions, by which they are found in the file. extra_tags: tags besides `serve`.
    The others are accepted, or follow from there being one device.
    """

    def __init__(self, namespace_whitelist: Any = None, save_debug_info: bool = False, function_aliases: Any = None,
                 experimental_debug_stripper: bool = False, experimental_io_device: str | None = None,
                 experimental_variable_policy: Any = None, experimental_custom_gradients: bool = True,
                 experimental_image_format: bool = False, experimental_skip_saver: bool = False,
                 experimental_sharding_callback: Any = None, extra_tags: Any = None) -> None:
        self.namespace_whitelist = list(namespace_whitelist or ())
        self.save_debug_info = save_debug_info
        self.function_aliases = dict(function_aliases or {})
        self.experimental_debug_stripper = experimental_debug_stripper
        self.experimental_io_device = experimental_io_device
        self.experimental_variable_policy = experimental_variable_policy
        self.experimental_custom_gradients = experimental_custom_gradients
        self.experimental_image_format = experimental_image_format
        self.experimental_skip_saver = experimental_skip_saver
        self.experimental_sharding_callback = experimental_sharding_callback
        self.extra_tags = extra_tags


@public(v2=("saved_model.save",), v1=("saved_model.save", "saved_model.experimental.save"))
def save(obj: Any, export_dir: Any, signatures: Any = None, options: SaveOptions | None = None) -> None:
    """Save an object, such as a `Module`, with its variables and traced functions, for `saved_model.load`.

    signatures: a function to serve, or such functions by key; without it the object's default one, where it has one.
    A function is one with an `input_signature`, a trace, or one that was traced once. Functions that were never
    called and have no signature are saved without traces.
    Raises ValueError for an object or signature that cannot be saved, and for operations that TensorFlow lacks;
    AssertionError where a function uses a variable that is no part of the object.
    """
    if not is_trackable(obj):
        raise ValueError(f"Expected an object of type `Trackable`, such as `tf.Module` or a subclass of the `Trackable`"
                         f" class, for export. Got {obj!r} with type {type(obj)}.")
    options = options or SaveOptions()
    folder = os.fspath(export_dir) if not isinstance(export_dir, bytes) else export_dir.decode()
    with mode.opened(None):
        if signatures is None:
            signatures = getattr(obj, "_default_save_signature", None)
        made = _Saving(obj, signature_functions(signatures), options)
        variables = os.path.join(folder, constants.VARIABLES_DIRECTORY)
        with files.told(folder):
            os.makedirs(variables, exist_ok=True)
        Checkpoint(root=obj).write(os.path.join(variables, constants.VARIABLES_FILENAME))
        made.copy_assets(os.path.join(folder, constants.ASSETS_DIRECTORY))
        write_message(made.message, os.path.join(folder, constants.SAVED_MODEL_FILENAME_PB), False)


@final
class _Saving:
    """The message of one object."""

    def __init__(self, root: Any, signatures: Mapping[str, ConcreteFunction], options: SaveOptions) -> None:
        from hornbeam.graph.messages.saved_model_pb2 import SavedModel
        self.message = SavedModel(saved_model_schema_version=constants.SAVED_MODEL_SCHEMA_VERSION)
        self.meta_graph = self.message.meta_graphs.add()
        info = self.meta_graph.meta_info_def
        tags = [options.extra_tags] if isinstance(options.extra_tags, str) else list(options.extra_tags or ())
        info.tags.extend(dict.fromkeys([constants.SERVING, *tags]))
        info.tensorflow_version, info.tensorflow_git_version = VERSION, "unknown"
        self.meta_graph.graph_def.versions.producer = PRODUCER
        self.graph = ServingGraph(self.meta_graph)
        self.objects: list[Any] = []
        self.numbers: dict[int, int] = {}
        self.written: dict[int, Written] = {}
        self.assets: list[Asset] = []
        self.signatures = Signatures(signatures)
        self._collect(root)
        self._write_objects()
        self._write_functions()
        keys = {id(v.variable): k for k, v in ObjectGraph(root).saved() if v.variable is not None}
        self.graph.restore({number: keys[id(item)] for number, item in enumerate(self.objects) if id(item) in keys},
                           self.objects)
        for key, concrete in self.signatures.items():
            written = self.written[id(concrete)]
            self.graph.signature(key, written, concrete, [self.numbers[id(b)] for b in written.bound])
        for name, function in options.function_aliases.items():
            for trace in traces_of(function):
                if id(trace.concrete) in self.written:
                    info.function_aliases[self.written[id(trace.concrete)].name] = name

    # Objects ----------------------------------------------------------------------------------------

    def _collect(self, root: Any) -> None:
        """Number the objects, breadth first, and note their children."""
        self._number(root)
        self.edges: list[dict[str, int]] = []
        while len(self.edges) < len(self.objects):
            item = self.objects[len(self.edges)]
            below = self._below(item)
            if item is root:
                below.pop("signatures", None)
                below["signatures"] = self.signatures
            self.edges.append({name: self._number(child) for name, child in below.items()})

    def _number(self, item: Any) -> int:
        found = self.numbers.get(id(item))
        if found is None:
            found = self.numbers[id(item)] = len(self.objects)
            self.objects.append(item)
        return found

    def _below(self, item: Any) -> dict[str, Any]:
        if isinstance(item, Signatures):
            return dict(item)
        if isinstance(item, (Variable, Asset, *_FUNCTIONS)):
            return {}
        found = dict(children(item))
        if not isinstance(item, (list, tuple, Mapping)):
            held = vars(item) if hasattr(item, "__dict__") else {}
            found.update((k, v) for k, v in held.items() if isinstance(v, Asset))
            found.update(functions_of(item))
        elif isinstance(item, Mapping):
            found.update((k, v) for k, v in item.items() if isinstance(v, (Asset, *_FUNCTIONS)))
        else:
            found.update((str(i), v) for i, v in enumerate(item) if isinstance(v, (Asset, *_FUNCTIONS)))
        return found

    def _write_objects(self) -> None:
        message = self.meta_graph.object_graph_def
        for item, edges in zip(list(self.objects), self.edges, strict=True):
            node = message.nodes.add()
            for name, number in edges.items():
                node.children.add(node_id=number, local_name=name)
            if isinstance(item, Variable):
                self._write_variable(node, item)
            elif isinstance(item, Asset):
                node.asset.asset_file_def_index = self._asset(item)
            elif not isinstance(item, _FUNCTIONS):
                identifier = "signature_map" if isinstance(item, Signatures) else next(
                    name for kind, name in _KINDS if isinstance(item, kind))
                node.user_object.identifier = identifier
                node.user_object.version.producer = node.user_object.version.min_consumer = 1

    def _write_variable(self, node: Any, variable: Variable) -> None:
        held = node.variable
        held.dtype = variable.dtype.base_dtype.as_datatype_enum
        write_shape(held.shape, variable.shape._dims)
        held.trainable = bool(variable.trainable)
        held.synchronization = int(getattr(variable.synchronization, "value", 0))
        held.aggregation = int(getattr(variable.aggregation, "value", 0))
        held.name = (getattr(variable, "path", None) or variable.name).split(":")[0]
        self.graph.variable(self.numbers[id(variable)], held)

    def _constant(self, value: EagerTensor) -> int:
        """The number of a tensor with a value that a function is bound to."""
        found = self.numbers.get(id(value))
        if found is None:
            found = self._number(value)
            node = self.meta_graph.object_graph_def.nodes.add()
            node.constant.operation = self.graph.constant(found, np.asarray(value), value.dtype)
        return found

    # Functions ----------------------------------------------------------------------------------------

    def _write_functions(self) -> None:
        message = self.meta_graph.object_graph_def
        for number, item in list(enumerate(self.objects)):
            if not isinstance(item, _FUNCTIONS):
                continue
            node = message.nodes[number]
            if isinstance(item, (ConcreteFunction, LoadedConcrete)):
                (trace,) = traces_of(item)
                written = self._trace(trace)
                node.bare_concrete_function.concrete_function_name = written.name
                node.bare_concrete_function.argument_keywords.extend(written.arguments)
                node.bare_concrete_function.allowed_positional_arguments = len(written.arguments)
            else:
                node.function.concrete_functions.extend(sorted(self._trace(t).name for t in traces_of(item)))
                function_spec(node.function.function_spec, item)

    def _trace(self, trace: Trace) -> Written:
        found = self.written.get(id(trace.concrete))
        if found is not None:
            return found
        name = f"__inference_{''.join(c if c.isalnum() else '_' for c in trace.name)}_{len(self.written)}"
        found = self.written[id(trace.concrete)] = write_trace(self.meta_graph.graph_def.library, trace, name)
        held = self.meta_graph.object_graph_def.concrete_functions[name]
        for bound in found.bound:
            number = self.numbers.get(id(bound))
            if number is None and isinstance(bound, Variable):
                raise AssertionError(
                    f"Tried to export a function which references an 'untracked' resource. TensorFlow objects (e.g. "
                    f"tf.Variable) captured by functions must be 'tracked' by assigning them to an attribute of a "
                    f"tracked object or assigned to an attribute of the main object directly: {bound.name} is used by "
                    f"{trace.name}.")
            held.bound_inputs.append(self._constant(bound) if number is None else number)
        held.canonicalized_input_signature.CopyFrom(encoded(trace.signature))
        held.output_signature.CopyFrom(encoded(_named(trace.outputs)))
        return found

    # Assets -------------------------------------------------------------------------------------------

    def _asset(self, asset: Asset) -> int:
        self.assets.append(asset)
        return self.graph.asset(os.path.basename(self._source(asset)), len(self.assets) - 1)

    @staticmethod
    def _source(asset: Asset) -> str:
        return np.asarray(asset.asset_path).item().decode()

    def copy_assets(self, folder: str) -> None:
        """Copy the files that assets name."""
        for asset, held in zip(self.assets, self.meta_graph.asset_file_def, strict=True):
            with files.told(self._source(asset)):
                os.makedirs(folder, exist_ok=True)
                target = os.path.join(folder, held.filename)
                if os.path.abspath(target) != os.path.abspath(self._source(asset)):
                    shutil.copyfile(self._source(asset), target)


def _named(outputs: Any) -> Any:
    """The specs of outputs that a dictionary holds, each with its key for a name."""
    if type(outputs) is not dict:
        return outputs
    return {k: TensorSpec(s.shape, s.dtype, k) if isinstance(s, TensorSpec) else s for k, s in outputs.items()}


def functions_of(item: Any) -> dict[str, Any]:
    """The traced functions that are attributes of an object or methods of its class, by name."""
    found = {}
    held = vars(item) if hasattr(item, "__dict__") else {}
    for name in sorted({*held, *dir(type(item))}):
        static = held[name] if name in held else inspect.getattr_static(type(item), name, None)
        if isinstance(static, _FUNCTIONS):
            own = "__call__" if name == "_saved_call" else name  # of an object that was loaded
            found[own] = static if name in held else getattr(item, name)
    return found
