"""Checkpoints of objects as checkpoints of names."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import errors
from hornbeam.graph.bundle.opening import open_checkpoint
from hornbeam.graph.bundle.table import lost

OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""The key of the object graph in a checkpoint."""


def object_graph(reader: Any) -> Any:
    """The `TrackableObjectGraph` of a checkpoint, None where it holds no objects. Raises DataLossError."""
    from google.protobuf.message import DecodeError

    from hornbeam.graph.messages.trackable_object_graph_pb2 import TrackableObjectGraph
    if OBJECT_GRAPH not in reader:
        return None
    try:
        return TrackableObjectGraph.FromString(bytes(reader.get(OBJECT_GRAPH)[()]))
    except DecodeError:
        raise lost(reader.prefix, "the graph of objects cannot be parsed") from None


def names_to_keys(prefix: str) -> dict[str, str] | None:
    """The keys of a checkpoint of objects by the names that the variables had; None for a checkpoint of names."""
    try:
        with open_checkpoint(prefix) as reader:
            graph = object_graph(reader)
    except errors.NotFoundError:
        return None
    if graph is None:
        return None
    return {a.full_name: a.checkpoint_key for node in graph.nodes for a in node.attributes}
