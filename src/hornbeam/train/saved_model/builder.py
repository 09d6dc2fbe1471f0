"""Writing SavedModels from graphs and sessions."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

from hornbeam.graph import dtypes, infer
from hornbeam.graph.bundle import files
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.collections import GraphKeys, get_collection, global_variables, home
from hornbeam.train.checkpoints.saver import Saver
from hornbeam.train.graph_files import write_message
from hornbeam.train.saved_model import constants
from hornbeam.train.saved_model.signatures import op_signature_def, predict_signature_def


@public(v1=("saved_model.Builder", "saved_model.builder.SavedModelBuilder"))
class Builder:
    """Writes a SavedModel: graphs under sets of tags, of which the first one brings the variables' values.

    export_dir: the folder, which is made. Raises AssertionError where it holds something.
    """

    def __init__(self, export_dir: Any) -> None:
        from hornbeam.graph.messages.saved_model_pb2 import SavedModel
        self._message = SavedModel(saved_model_schema_version=constants.SAVED_MODEL_SCHEMA_VERSION)
        self._folder = os.fspath(export_dir) if not isinstance(export_dir, bytes) else export_dir.decode()
        if os.path.isdir(self._folder) and os.listdir(self._folder):
            raise AssertionError("Export directory already exists, and isn't empty. Please choose a different export "
                                 "directory, or delete all the contents of the specified directory: "
                                 f"{self._folder}")
        with files.told(self._folder):
            os.makedirs(self._folder, exist_ok=True)
        self._has_variables = False

    def add_meta_graph_and_variables(self, sess: Any, tags: Iterable[str],
                                     signature_def_map: Mapping[str, Any] | None = None,
                                     assets_collection: Any = None, legacy_init_op: Any = None,
                                     clear_devices: bool = False, main_op: Any = None,
                                     strip_default_attrs: bool = False, saver: Any = None) -> None:
        """Add the default graph, with the values that its variables have in `sess`.

        tags: the set that the graph is loaded by. signature_def_map: `SignatureDef`s by key. assets_collection: string
        tensors that hold the paths of files to copy. main_op, or by its older name legacy_init_op: an operation to
        run after loading. clear_devices: leave devices out. strip_default_attrs: leave out attributes that have their
        default. saver: what saves the variables.
        Raises AssertionError where variables are there already, or a signature is incomplete; TypeError for an
        initial operation that is none, ValueError for two.
        """
        if self._has_variables:
            raise AssertionError("Graph state including variables and assets has already been saved. Please invoke "
                                 "`add_meta_graph()` instead.")
        saver = saver or _saver()
        folder = os.path.join(self._folder, constants.VARIABLES_DIRECTORY)
        _check_signatures(signature_def_map)
        with files.told(folder):
            os.makedirs(folder, exist_ok=True)
        saver.save(sess, os.path.join(folder, constants.VARIABLES_FILENAME), write_meta_graph=False, write_state=False)
        self._add(tags, signature_def_map, clear_devices, strip_default_attrs, saver)
        self._finish(assets_collection, legacy_init_op, main_op)
        self._has_variables = True

    def add_meta_graph(self, tags: Iterable[str], signature_def_map: Mapping[str, Any] | None = None,
                       assets_collection: Any = None, legacy_init_op: Any = None, clear_devices: bool = False,
                       main_op: Any = None, strip_default_attrs: bool = False, saver: Any = None) -> None:
        """Add another graph, the default one, whose variables have the values that were saved with the first.

        Arguments as of `add_meta_graph_and_variables`. Raises AssertionError where that was not called before.
        """
        if not self._has_variables:
            raise AssertionError("Graph state including variables and assets has not been saved yet. Please invoke "
                                 "`add_meta_graph_and_variables()` first.")
        _check_signatures(signature_def_map)
        self._add(tags, signature_def_map, clear_devices, strip_default_attrs, saver or _saver())
        self._finish(assets_collection, legacy_init_op, main_op)

    def _add(self, tags: Iterable[str], signatures: Mapping[str, Any] | None, clear_devices: bool,
             strip_default_attrs: bool, saver: Any) -> None:
        made = saver.export_meta_graph(clear_devices=clear_devices, strip_default_attrs=strip_default_attrs)
        made.meta_info_def.tags.extend([tags] if isinstance(tags, str) else tags)
        for key, signature in (signatures or {}).items():
            made.signature_def[key].CopyFrom(signature)
        self._message.meta_graphs.add().CopyFrom(made)

    def _finish(self, assets: Any, legacy_init_op: Any, main_op: Any) -> None:
        """Add to the last graph what is done after loading: files brought along, and an operation."""
        made = self._message.meta_graphs[-1]
        if legacy_init_op is not None and main_op is not None:
            raise ValueError("Cannot specify both main_op and legacy_init_op to the SavedModelBuilder: they say the "
                             "same.")
        init_op = main_op if main_op is not None else legacy_init_op
        if init_op is not None:
            if not isinstance(init_op, Operation):
                raise TypeError(f"Expected {init_op!r} to be an Operation: it is run after loading")
            key = constants.MAIN_OP_KEY if main_op is not None else constants.LEGACY_INIT_OP_KEY
            made.collection_def[key].node_list.value[:] = [init_op.name]
            made.signature_def[constants.INIT_OP_SIGNATURE_KEY].CopyFrom(
                op_signature_def(init_op, constants.INIT_OP_SIGNATURE_KEY))
        self._copy_assets(made, home().get_collection(assets) if isinstance(assets, str) else assets)

    def _copy_assets(self, made: Any, assets: Any) -> None:
        """Copy the files that constants name, and note which constant names which."""
        names: dict[str, str] = {}
        for tensor in assets or ():
            source = _asset_path(tensor)
            name = os.path.basename(source)
            if names.setdefault(name, source) != source:
                stem, dot, end = name.partition(".")
                number = 1
                while names.setdefault(f"{stem}_{number}{dot}{end}", source) != source:
                    number += 1
                name = f"{stem}_{number}{dot}{end}"
            asset = made.asset_file_def.add(filename=name)
            asset.tensor_info.name = tensor.name
            held = made.collection_def[constants.ASSETS_KEY].any_list.value.add()
            held.type_url = "type.googleapis.com/tensorflow.AssetFileDef"
            held.value = asset.SerializeToString()
        folder = os.path.join(self._folder, constants.ASSETS_DIRECTORY)
        for name, source in names.items():
            with files.told(source):
                os.makedirs(folder, exist_ok=True)
                shutil.copyfile(source, os.path.join(folder, name))

    def save(self, as_text: bool = False) -> bytes:
        """Write the graphs, in the binary or the text format; gives the path of the file."""
        name = constants.SAVED_MODEL_FILENAME_PBTXT if as_text else constants.SAVED_MODEL_FILENAME_PB
        path = os.path.join(self._folder, name)
        write_message(self._message, path, as_text)
        return path.encode()


def _saver() -> Any:
    return Saver([*global_variables(), *get_collection(GraphKeys.SAVEABLE_OBJECTS)], sharded=True, allow_empty=True)


def _asset_path(tensor: Any) -> str:
    """The path that a constant holds. Raises TypeError for anything else."""
    if not isinstance(tensor, GraphTensor):
        raise TypeError(f"Asset path tensor must be a Tensor. Found {tensor!r}.")
    value = infer.constant_value(tensor) if tensor.op.type == "Const" else None
    if value is None:
        raise TypeError(f"Asset path tensor must be a constant. Found {tensor!r}.")
    if tensor.dtype.base_dtype is not dtypes.string or value.size != 1:
        raise TypeError(f"Asset path tensor must be a single string. Found {tensor!r}.")
    return value.reshape(-1)[0].decode()


def _check_signatures(signatures: Mapping[str, Any] | None) -> None:
    """Raise AssertionError for what no loader could find again."""
    for key, signature in (signatures or {}).items():
        if key in (constants.INIT_OP_SIGNATURE_KEY, constants.TRAIN_OP_SIGNATURE_KEY):
            raise KeyError(f"SignatureDef map key \"{key}\" is reserved. Please use a different key.")
        for info in (*signature.inputs.values(), *signature.outputs.values()):
            if info.WhichOneof("encoding") is None:
                raise AssertionError("All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' "
                                     f"fields (e.g., name or coo_sparse) set: {info}")
            if info.WhichOneof("encoding") == "name" and (not info.name or not info.dtype):
                raise AssertionError("All TensorInfo protos used in the SignatureDefs must have the 'name' and 'dtype' "
                                     f"fields set: {info}")


@public(v1=("saved_model.simple_save",))
def simple_save(session: Any, export_dir: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Any],
                legacy_init_op: Any = None) -> None:
    """Write the default graph, with the values of `session`, as a SavedModel for prediction.

    inputs, outputs: tensors by the keys of its signature `serving_default`. legacy_init_op: run after loading.
    Raises AssertionError where the folder holds something.
    """
    signatures = {constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: predict_signature_def(inputs, outputs)}
    made = Builder(export_dir)
    made.add_meta_graph_and_variables(session, [constants.SERVING], signatures,
                                      get_collection(GraphKeys.ASSET_FILEPATHS), legacy_init_op, clear_devices=True)
    made.save()
