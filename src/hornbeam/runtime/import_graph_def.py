"""`import_graph_def`: graphs of `GraphDef` protobufs, added to the default graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.graph_def import PRODUCER
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.graph_import.builder import Builder, Place, load_translations
from hornbeam.runtime.graph_import.loop_gradients import IN_GRADIENTS, LoopGradients
from hornbeam.runtime.graph_import.nodes import parsed
from hornbeam.runtime.logs import get_logger


@public("graph_util.import_graph_def", "import_graph_def")
def import_graph_def(graph_def: Any, input_map: Mapping[str, Any] | None = None,
                     return_elements: Iterable[str] | None = None, name: str | None = None,
                     op_dict: Any = None, producer_op_list: Any = None) -> list[Any] | None:
    """Add the nodes of a `GraphDef` to the default graph, below the scope `name` ("import").

    input_map: tensors that take the place of named tensors of `graph_def`. return_elements: names of operations and
    tensors to return. op_dict: accepted. producer_op_list: the ops of the program that wrote the graph; attributes
    that are unknown here are ignored with or without it. Variables kept as resources become variables like any other,
    and the parts of `tf.cond` and `tf.while_loop` the operations that hold graphs. The gradients of such a
    loop are taken anew where an optimizer takes them; what else needs them is left out, with a warning.
    Names that the graph has already become unique. Raises TypeError for what is no GraphDef, NotFoundError for unknown
    op types, ValueError for names and inputs that do not fit.
    """
    if not (hasattr(graph_def, "node") and hasattr(graph_def, "library")):
        raise TypeError(f"graph_def must be a GraphDef proto. Argument `graph_def` was {type(graph_def).__name__}.")
    replaced = _replacements(input_map)
    wanted = _elements(return_elements)
    _refuse_versions(graph_def.versions)
    nodes = parsed(graph_def.node)
    load_translations()
    graph = mode.default_graph()
    if name is not None and not isinstance(name, str):
        raise TypeError(f"name must be a string, not {type(name).__name__}.")
    prefix = "import" if name is None else name.rstrip("/")
    functions = {f.signature.name: f for f in graph_def.library.function}
    with graph.as_default(), graph.name_scope(prefix or None) as scope, graph.control_dependencies(None):
        builder = Builder(scope, functions, replaced)
        place = Place(graph)
        loops = LoopGradients(nodes)
        builder.build(loops.rest, place)
        if loops.left_out:
            loops.add(builder, place)
            _note_left_out(loops.left_out, graph, scope)
    unused = set(replaced) - builder.used
    if unused:
        raise ValueError(f"Attempted to map inputs that were not found in graph_def: [{', '.join(sorted(unused))}]")
    return None if wanted is None else [_element(place, e) for e in wanted]


def _replacements(input_map: Any) -> dict[str, Any]:
    if input_map is None:
        return {}
    if not isinstance(input_map, Mapping) or not all(isinstance(k, str) for k in input_map):
        raise TypeError("Argument `input_map` must be a dictionary. Got "
                        f"{type(input_map).__name__}")
    return {k if ":" in k or k.startswith("^") else f"{k}:0": v for k, v in input_map.items()}


def _elements(return_elements: Any) -> list[str] | None:
    if return_elements is None:
        return None
    wanted = list(return_elements)
    if not all(isinstance(e, str) for e in wanted):
        raise TypeError("Argument `return_elements` must be a list of strings.")
    return wanted


def _refuse_versions(versions: Any) -> None:
    if versions.min_consumer > PRODUCER:
        raise ValueError(f"GraphDef min consumer version {versions.min_consumer} above current version {PRODUCER} for "
                         "TensorFlow 2.21.0.  Please upgrade TensorFlow.")
    if PRODUCER in versions.bad_consumers:
        raise ValueError(f"GraphDef disallows consumer version {PRODUCER}.  Please upgrade TensorFlow: this version "
                         "is likely buggy.")


LEFT_OUT = "__left_out_of_import"
"""The collection of the names, in full, of operations that were left out."""


def _note_left_out(names: set[str], graph: Graph, scope: str) -> None:
    """Remember what was left out, and say so where it is more than the gradients themselves."""
    graph.get_collection_ref((LEFT_OUT,)).extend(scope + name for name in names)
    others = sorted(n for n in names if not IN_GRADIENTS.match(n))
    if others:
        get_logger().warning("%d operations that need the gradient of a loop are left out of the imported graph; take "
                             "the gradients anew. Among them: %s", len(others), ", ".join(others[:5]))


def _element(place: Place, name: str) -> Operation | GraphTensor:
    op_name, _, index = name.partition(":")
    if index:
        tensor = place.tensors.get(f"{op_name}:{index}")
        if tensor is not None:
            return tensor
    elif (op := place.operations.get(op_name)) is not None:
        return op
    raise ValueError(f"Requested return_element {name!r} not found in graph_def.")
