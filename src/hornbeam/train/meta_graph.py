"""MetaGraphs: a graph with its collections, and how it is saved and restored, as one file.

A collection is written as the protobufs of its items where functions for it are registered
(`runtime/collection_protos.py`), else as names of tensors and operations, strings or numbers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.errors import NotFoundError
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.op_signatures import without_defaults
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.collection_protos import (
    prepend_scope,
    proto_functions,
    register_proto_functions,
    strip_scope,
)
from hornbeam.runtime.collections import GraphKeys, home
from hornbeam.runtime.import_graph_def import LEFT_OUT, import_graph_def
from hornbeam.runtime.logs import get_logger
from hornbeam.runtime.variable import Variable
from hornbeam.train.checkpoints.saver import Saver
from hornbeam.train.graph_files import read_message, write_message

_UNBOUND = "unbound_inputs"
_SAVER_OPS = frozenset(("SaveV2", "Save", "SaveSlices", "RestoreV2", "Restore", "RestoreSlice", "MergeV2Checkpoints",
                        "ShardedFilename"))
VERSION = "2.21.0"
"""The version of TensorFlow whose formats are written."""


def _refuse_eager() -> None:
    with mode.graph_first():  # methods of TF1's classes are called from anywhere
        eager = mode.executing_eagerly()
    if eager:
        raise RuntimeError("Exporting/importing meta graphs is not supported when eager execution is enabled. No graph "
                           "exists when eager execution is enabled.")


# Out --------------------------------------------------------------------------------------------------


@public(v1=("train.export_meta_graph",))
def export_meta_graph(filename: Any = None, meta_info_def: Any = None, graph_def: Any = None, saver_def: Any = None,
                      collection_list: Iterable[str] | None = None, as_text: bool = False, graph: Graph | None = None,
                      export_scope: str | None = None, clear_devices: bool = False,
                      clear_extraneous_savers: bool = False, strip_default_attrs: bool = False,
                      save_debug_info: bool = False, **kwargs: Any) -> Any:
    """The `MetaGraphDef` of a graph (the default one), which is also written to `filename` where that is given.

    graph_def: what to take for the graph. collection_list: the collections to write, by default all. as_text: write
    the text format. export_scope: only what stands below this name scope, whose name is left out; what comes in from
    outside is listed as unbound inputs. clear_devices: leave devices out. clear_extraneous_savers: leave out the
    operations of other savers than `saver_def`. strip_default_attrs: leave out attributes that have their default.
    save_debug_info: accepted; lines of programs are not written.
    Raises TypeError where an argument is of another kind, RuntimeError where calls run at once.
    """
    _refuse_eager()
    graph = home() if graph is None else graph
    if not isinstance(graph, Graph):
        raise TypeError(f"graph must be of type Graph. Received type: {type(graph)}")
    made = meta_graph_def(graph, meta_info_def, graph_def, saver_def, collection_list, export_scope, clear_devices,
                          clear_extraneous_savers, strip_default_attrs)
    if filename:
        write_message(made, os.fspath(filename), as_text)
    return made


def meta_graph_def(graph: Graph, meta_info_def: Any = None, graph_def: Any = None, saver_def: Any = None,
                   collection_list: Iterable[str] | None = None, export_scope: str | None = None,
                   clear_devices: bool = False, clear_extraneous_savers: bool = False,
                   strip_default_attrs: bool = False) -> Any:
    """The `MetaGraphDef` of a graph. Arguments as for `export_meta_graph`."""
    from hornbeam.graph.messages.meta_graph_pb2 import MetaGraphDef
    made = MetaGraphDef()
    if meta_info_def is not None:
        made.meta_info_def.MergeFrom(meta_info_def)
    made.meta_info_def.tensorflow_version = VERSION
    made.meta_info_def.stripped_default_attrs = strip_default_attrs
    made.graph_def.MergeFrom(graph.as_graph_def(add_shapes=True) if graph_def is None else graph_def)
    if saver_def is not None:
        made.saver_def.MergeFrom(saver_def)
    if clear_extraneous_savers:
        _clear_savers(made.graph_def, saver_def)
    unbound = _restrict(made.graph_def, export_scope) if export_scope else []
    if clear_devices:
        for node in _all_nodes(made.graph_def):
            node.device = ""
    if strip_default_attrs:
        for node in _all_nodes(made.graph_def):
            without_defaults(node)
    _write_collections(made, graph, collection_list, export_scope)
    if unbound:
        made.collection_def[_UNBOUND].bytes_list.value.extend(name.encode() for name in unbound)
    return made


def _all_nodes(graph_def: Any) -> Iterable[Any]:
    yield from graph_def.node
    for function in graph_def.library.function:
        yield from function.node_def


def _restrict(graph_def: Any, scope: str) -> list[str]:
    """Keep the nodes below a scope, under their names within it; the names of what comes in from outside."""
    prefix = scope.rstrip("/") + "/"
    kept = [node for node in graph_def.node if node.name.startswith(prefix)]
    if not kept:
        raise ValueError(f"there is nothing in the scope {scope!r} to export")
    unbound: dict[str, None] = {}
    for node in kept:
        node.name = strip_scope(node.name, scope)
        for i, text in enumerate(node.input):
            if text.lstrip("^").startswith(prefix):
                node.input[i] = strip_scope(text, scope)
            else:
                name = re.sub(r"[^A-Za-z0-9_:./-]", "", text)
                unbound[f"$unbound_inputs_{name}"] = None
                node.input[i] = ("^" if text.startswith("^") else "") + f"$unbound_inputs_{name}"
        if "_class" in node.attr:
            groups = [strip_scope(s.decode(), scope) for s in node.attr["_class"].list.s
                      if s.decode().removeprefix("loc:@").startswith(prefix)]
            del node.attr["_class"]
            if groups:
                node.attr["_class"].list.s.extend(g.encode() for g in groups)
    copies = [type(node).FromString(node.SerializeToString()) for node in kept]
    del graph_def.node[:]
    graph_def.node.extend(copies)
    return list(unbound)


def _clear_savers(graph_def: Any, saver_def: Any) -> None:
    """Leave out the nodes of savers but the one of `saver_def`."""
    def folder(name: str) -> str:
        return name.rpartition("/")[0] + "/"

    own = folder(saver_def.save_tensor_name.split(":")[0]) if saver_def is not None else None
    scopes = {folder(n.name) for n in graph_def.node if n.op in _SAVER_OPS}
    others = tuple(s for s in scopes if s not in (own, "/") and not (own and s.startswith(own)))
    kept = [type(n).FromString(n.SerializeToString()) for n in graph_def.node
            if not (others and n.name.startswith(others))]
    del graph_def.node[:]
    graph_def.node.extend(kept)


def _write_collections(made: Any, graph: Graph, wanted: Iterable[str] | None, scope: str | None) -> None:
    for key in graph.get_all_collection_keys() if wanted is None else wanted:
        if key in (GraphKeys.COND_CONTEXT, GraphKeys.WHILE_CONTEXT) or key.startswith("__"):
            continue
        try:
            _write_collection(made, key, graph.get_collection(key), scope)
        except (TypeError, ValueError, AttributeError) as error:
            get_logger().warning("Issue encountered when serializing %s. Type is unsupported, or the types of the "
                                 "items don't match field type in CollectionDef. Note this is a warning and probably "
                                 "safe to ignore. %s", key, error)
            made.collection_def.pop(key, None)


def _write_collection(made: Any, key: str, items: list[Any], scope: str | None) -> None:
    if not items:
        return
    functions = proto_functions(key)
    if functions is not None and not isinstance(items[0], (GraphTensor, Operation)):
        flat = [part for item in items for part in (item if hasattr(item, "partitions") else (item,))]
        protos = [p for item in flat if (p := functions.to_proto(item, scope)) is not None]
        if protos:
            made.collection_def[key].bytes_list.value.extend(p.SerializeToString() for p in protos)
        return
    kind = _kind(items[0])
    if kind == "node_list":
        names = [str(_named(item).name) for item in items]
        inside = [n for n in names if not scope or n.lstrip("^").startswith(scope.rstrip("/") + "/")]
        if inside:
            made.collection_def[key].node_list.value.extend(strip_scope(n, scope) for n in inside)
    elif kind == "bytes_list":
        held = [item if isinstance(item, bytes) else item.encode() for item in items]
        made.collection_def[key].bytes_list.value.extend(held)
    else:
        getattr(made.collection_def[key], kind).value.extend(items)


def _kind(item: Any) -> str:
    if isinstance(item, (str, bytes)):
        return "bytes_list"
    if isinstance(item, bool):
        raise TypeError("booleans have no place in a CollectionDef")
    if isinstance(item, int):
        return "int64_list"
    if isinstance(item, float):
        return "float_list"
    return "node_list"


def _named(item: Any) -> Any:
    """The tensor or operation that an item stands for."""
    convert = getattr(item, "_as_graph_element", None)
    found = item if convert is None else convert()
    if not isinstance(found, (GraphTensor, Operation)):
        raise TypeError(f"{type(item).__name__} has no name in a graph")
    return found


# In ---------------------------------------------------------------------------------------------------


def read_meta_graph_file(filename: Any) -> Any:
    """The `MetaGraphDef` in a file, binary or text. Raises OSError where there is none, or something else."""
    from hornbeam.graph.messages.meta_graph_pb2 import MetaGraphDef
    return read_message(MetaGraphDef(), os.fspath(filename))


@public(v1=("train.import_meta_graph",))
def import_meta_graph(meta_graph_or_file: Any, clear_devices: bool = False, import_scope: str | None = None,
                      **kwargs: Any) -> Any:
    """Add the graph of a MetaGraph to the default graph, with its collections; gives the `Saver` it was written with.

    meta_graph_or_file: a `MetaGraphDef` or the path of one. clear_devices: forget the devices. import_scope: a name
    scope to put everything in. kwargs: `input_map` for what the graph was cut off from, `return_elements`.
    The Saver is a new one where the file says nothing of it, and None where there are no variables.
    Raises OSError for files that are missing or no MetaGraphs, ValueError for graphs that do not fit, RuntimeError
    where calls run at once.
    """
    return import_with_elements(meta_graph_or_file, clear_devices, import_scope, **kwargs)[0]


def import_with_elements(meta_graph_or_file: Any, clear_devices: bool = False, import_scope: str | None = None,
                         return_elements: Iterable[str] | None = None, **kwargs: Any) -> tuple[Any, Any]:
    """As `import_meta_graph`, with the elements that `return_elements` names."""
    _refuse_eager()
    if hasattr(meta_graph_or_file, "graph_def"):
        return _imported(meta_graph_or_file, clear_devices, import_scope, return_elements, **kwargs)
    made = read_meta_graph_file(meta_graph_or_file)
    try:
        return _imported(made, clear_devices, import_scope, return_elements, **kwargs)
    except NotFoundError as error:
        raise NotFoundError(None, None, f"{os.fspath(meta_graph_or_file)}: {error.message}") from error
    except (ValueError, KeyError, TypeError) as error:
        text = error.args[0] if error.args else error
        raise ValueError(f"{os.fspath(meta_graph_or_file)}: {text}") from error


def _imported(made: Any, clear_devices: bool, scope: str | None, elements: Any, **kwargs: Any) -> tuple[Any, Any]:
    variables, returned = import_scoped(made, clear_devices, scope, elements, **kwargs)
    return _saver(made, scope, variables), returned


def import_scoped(meta_graph: Any, clear_devices: bool = False, import_scope: str | None = None,
                  return_elements: Any = None, graph: Graph | None = None, input_map: Mapping[str, Any] | None = None,
                  unbound_inputs_col_name: str = _UNBOUND,
                  restore_collections_predicate: Any = lambda key: True) -> tuple[dict[str, Any], Any]:
    """Add a `MetaGraphDef` to a graph: its variables by their names in the file, and the elements named."""
    from google.protobuf.message import DecodeError
    graph = home() if graph is None else graph
    if graph.finalized:
        raise RuntimeError("Graph is finalized and cannot be modified.")
    unbound = meta_graph.collection_def[unbound_inputs_col_name].bytes_list.value \
        if unbound_inputs_col_name in meta_graph.collection_def else ()
    missing = [n.decode() for n in unbound if n.decode() not in (input_map or {})]
    if missing:
        raise ValueError(f"Graph contains unbound inputs: {missing}. Must provide these inputs through input_map.")
    graph_def = type(meta_graph.graph_def)()
    graph_def.CopyFrom(meta_graph.graph_def)
    if clear_devices:
        for node in _all_nodes(graph_def):
            node.device = ""
    with graph.as_default():
        scope = graph.unique_name(import_scope or "", mark_as_used=False) if import_scope else ""
        returned = import_graph_def(graph_def, input_map, return_elements, name=scope)
        variables: dict[str, Variable] = {}
        for key in sorted(meta_graph.collection_def):
            if restore_collections_predicate(key) and key != unbound_inputs_col_name:
                try:
                    _read_collection(graph, key, meta_graph.collection_def[key], scope, variables)
                except (DecodeError, KeyError, ValueError, TypeError, AttributeError) as error:
                    raise ValueError(f"the collection {key!r} cannot be read: "
                                     f"{error.args[0] if error.args else error}") from error
    return {strip_scope(v.name, scope).removesuffix(":0"): v for v in variables.values()}, returned


_CONTEXTS = (GraphKeys.COND_CONTEXT, GraphKeys.WHILE_CONTEXT)


def _read_collection(graph: Graph, key: str, held: Any, scope: str, variables: dict[str, Variable]) -> None:
    """Put what a file has of a collection into the graph's; a variable in several is one object."""
    kind = held.WhichOneof("kind")
    if kind is None or key in _CONTEXTS:
        return
    values = getattr(held, kind).value
    functions = proto_functions(key)
    if functions is not None and kind == "bytes_list":
        for data in values:
            item = functions.from_proto(functions.message().FromString(data), import_scope=scope)
            if isinstance(item, Variable):
                item = variables.setdefault(item.name, item)
            graph.add_to_collection(key, item)
    elif kind == "node_list":
        left_out = set(graph.get_collection((LEFT_OUT,)))
        for name in values:
            full = prepend_scope(name, scope)
            if full.split(":")[0] not in left_out:
                graph.add_to_collection(key, graph.as_graph_element(full))
    else:
        for value in values:
            graph.add_to_collection(key, value)


def _saver(made: Any, scope: str | None, variables: Mapping[str, Any]) -> Any:
    if made.HasField("saver_def"):
        if variables:
            key, variable = next(iter(variables.items()))
            scope = variable.name.removesuffix(":0").removesuffix(key).rstrip("/") or None
        return Saver(saver_def=made.saver_def, name=scope)
    if any(home().get_collection(key) for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS)):
        return Saver()
    get_logger().info("Saver not created because there are no variables in the graph to restore")
    return None


def _saver_def() -> Any:
    from hornbeam.graph.messages.saver_pb2 import SaverDef
    return SaverDef


register_proto_functions((GraphKeys.SAVERS,), _saver_def, lambda saver, scope: saver.to_proto(scope),
                         lambda message, import_scope: Saver.from_proto(message, import_scope))
