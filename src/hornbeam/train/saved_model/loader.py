"""Reading SavedModels into sessions."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.names import public
from hornbeam.runtime.collection_protos import prepend_scope
from hornbeam.runtime.collections import (
    global_variables_initializer,
    local_variables_initializer,
    tables_initializer,
)
from hornbeam.runtime.graph_functions import group
from hornbeam.train.graph_files import read_message
from hornbeam.train.meta_graph import import_with_elements
from hornbeam.train.saved_model import constants
from hornbeam.train.saved_model.signatures import element_from_info


def _path(export_dir: Any) -> str:
    return export_dir.decode() if isinstance(export_dir, bytes) else os.fspath(export_dir)


@public("saved_model.contains_saved_model", v1=("saved_model.maybe_saved_model_directory",
                                                "saved_model.loader.maybe_saved_model_directory"))
def contains_saved_model(export_dir: Any) -> bool:
    """Whether a folder holds a SavedModel."""
    folder = _path(export_dir)
    return any(os.path.isfile(os.path.join(folder, name))
               for name in (constants.SAVED_MODEL_FILENAME_PB, constants.SAVED_MODEL_FILENAME_PBTXT))


def parse_saved_model(export_dir: Any) -> Any:
    """The `SavedModel` message of a folder. Raises OSError, which names the file, where it cannot be read."""
    from hornbeam.graph.messages.saved_model_pb2 import SavedModel
    folder = _path(export_dir)
    for name in (constants.SAVED_MODEL_FILENAME_PB, constants.SAVED_MODEL_FILENAME_PBTXT):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return read_message(SavedModel(), path)
    raise OSError(f"SavedModel file does not exist at: {folder}{os.path.sep}"
                  f"{{{constants.SAVED_MODEL_FILENAME_PBTXT}|{constants.SAVED_MODEL_FILENAME_PB}}}")


def meta_graph_with_tags(saved_model: Any, tags: Iterable[str], export_dir: Any) -> Any:
    """The `MetaGraphDef` of exactly these tags. Raises RuntimeError where there is none."""
    wanted = {tags} if isinstance(tags, str) else set(tags)
    held = [set(m.meta_info_def.tags) for m in saved_model.meta_graphs]
    for meta_graph, own in zip(saved_model.meta_graphs, held, strict=True):
        if own == wanted:
            return meta_graph
    raise RuntimeError(f"MetaGraphDef associated with tags {str(sorted(wanted))[1:-1]} could not be found in "
                       f"SavedModel, with available tags '{held}' ({_path(export_dir)}). To inspect available tag-sets "
                       "in the SavedModel, please use the SavedModel CLI: `saved_model_cli`")


def assets_of(meta_graph: Any, export_dir: Any, import_scope: str | None = None) -> dict[str, str]:
    """The paths of the files that the graph needs, by the names of the tensors that take them."""
    from hornbeam.graph.messages.meta_graph_pb2 import AssetFileDef
    held = list(meta_graph.asset_file_def)
    if not held and constants.ASSETS_KEY in meta_graph.collection_def:
        held = [AssetFileDef.FromString(a.value)
                for a in meta_graph.collection_def[constants.ASSETS_KEY].any_list.value]
    folder = os.path.join(_path(export_dir), constants.ASSETS_DIRECTORY)
    return {prepend_scope(a.tensor_info.name, import_scope): os.path.join(folder, os.path.basename(a.filename))
            for a in held}


def init_op_of(meta_graph: Any, graph: Any, import_scope: str | None = None) -> Any:
    """The operation to run once the variables have their values; None where there is none."""
    key = constants.INIT_OP_SIGNATURE_KEY
    if key in meta_graph.signature_def:
        return element_from_info(meta_graph.signature_def[key].outputs[key], graph, import_scope)
    for collection in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
        if collection in meta_graph.collection_def:
            names = meta_graph.collection_def[collection].node_list.value
            if len(names) != 1:
                raise RuntimeError(f"Expected exactly one main op in : {names}")
            return graph.as_graph_element(prepend_scope(names[0], import_scope))
    return None


@public(v1=("saved_model.load", "saved_model.loader.load"))
def load(sess: Any, tags: Iterable[str], export_dir: Any, import_scope: str | None = None, **saver_kwargs: Any) -> Any:
    """Load the graph of a SavedModel that has exactly these tags into the graph of a session, and its values.

    import_scope: a name scope for everything. saver_kwargs: as for `train.import_meta_graph`.
    Gives the `MetaGraphDef`, whose signatures name inputs and outputs.
    Raises OSError for a folder that is no SavedModel, RuntimeError where no graph has these tags.
    """
    meta_graph = meta_graph_with_tags(parse_saved_model(export_dir), tags, export_dir)
    graph = sess.graph
    with graph.as_default(), mode.graph_first():
        try:
            saver, _ = import_with_elements(meta_graph, import_scope=import_scope, **saver_kwargs)
            if saver is not None:
                saver.restore(sess, variables_path(export_dir))
            init_op = init_op_of(meta_graph, graph, import_scope)
            if init_op is not None:
                sess.run(init_op, assets_of(meta_graph, export_dir, import_scope))
        except (ValueError, KeyError, TypeError) as error:
            text = error.args[0] if error.args else error
            raise ValueError(f"{_path(export_dir)}: {text}") from error
    return meta_graph


def variables_path(export_dir: Any) -> str:
    """The prefix of the checkpoint within a SavedModel."""
    return os.path.join(_path(export_dir), constants.VARIABLES_DIRECTORY, constants.VARIABLES_FILENAME)


@public(v1=("saved_model.main_op.main_op",))
def main_op() -> Any:
    """An operation that initializes everything: global and local variables, and tables."""
    return group(global_variables_initializer(), local_variables_initializer(), tables_initializer())


@public(v1=("saved_model.main_op_with_restore", "saved_model.main_op.main_op_with_restore"))
def main_op_with_restore(restore_op_name: str) -> Any:
    """An operation that initializes everything, then runs the operation of this name, which restores."""
    graph = mode.default_graph()
    with graph.control_dependencies([main_op()]):
        return group(graph.get_operation_by_name(restore_op_name))
