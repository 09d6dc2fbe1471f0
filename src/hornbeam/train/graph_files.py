"""Files of one protobuf message: written all at once, read with errors that name the file."""

from __future__ import annotations

import os
from typing import Any

from hornbeam.graph.bundle import files
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public


@public("io.write_graph", v1=("train.write_graph",))
def write_graph(graph_or_graph_def: Any, logdir: Any, name: str, as_text: bool = True) -> str:
    """Write a graph, or any protobuf message, to the file `name` in the folder `logdir`, which is made; gives the path.

    as_text: in the text format; otherwise binary.
    """
    message = graph_or_graph_def.as_graph_def() if isinstance(graph_or_graph_def, Graph) else graph_or_graph_def
    path = os.path.join(os.fspath(logdir), name)
    write_message(message, path, as_text)
    return path


def write_message(message: Any, path: str, as_text: bool) -> None:
    """Give the file `path` this content, all at once; its folder is made."""
    from google.protobuf import text_format
    with files.told(path):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    content = text_format.MessageToString(message).encode() if as_text else message.SerializeToString(
        deterministic=True)
    files.replace(path, content)


def read_message(message: Any, path: str) -> Any:
    """Fill `message` from a file in the binary or the text format. Raises OSError, which names the file."""
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError
    if not os.path.isfile(path):
        raise OSError(f"File {path} does not exist.")
    with open(path, "rb") as file:
        content = file.read()
    try:
        message.ParseFromString(content)
    except DecodeError as binary:
        message.Clear()
        try:
            text_format.Merge(content.decode(), message)
        except UnicodeDecodeError:
            raise OSError(f"Cannot parse file {path}: {binary}.") from None
        except (text_format.ParseError, ValueError, RecursionError) as error:
            raise OSError(f"Cannot parse file {path}: {error}.") from None
    return message
