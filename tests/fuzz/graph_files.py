"""Graph files with bytes changed, cut off or put in: what loading them gives."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import text_format
from google.protobuf.message import DecodeError
from tests.recorded_graphs import unpacked

import hornbeam.v1 as tf
from hornbeam.graph.messages.meta_graph_pb2 import MetaGraphDef
from hornbeam.graph.messages.saved_model_pb2 import SavedModel


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """`content` with one to four changes: bits flipped, bytes replaced, a piece left out, doubled, or cut off."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(len(data)))
        kind = int(rng.integers(6))
        length = int(rng.integers(1, 40))
        if kind == 0:
            data[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            data[at] = int(rng.integers(256))
        elif kind == 2:
            del data[at:at + length]
        elif kind == 3:
            data[at:at] = data[at:at + length]
        elif kind == 4:
            data[at:at + length] = rng.integers(0, 256, length, np.uint8).tobytes()
        else:
            del data[max(at, 1):]
        if not data:
            data = bytearray(b"\0")
    return bytes(data)


def mutated_graph(graph: Any, rng: np.random.Generator) -> None:
    """Change one to three nodes of a graph: their names, types, inputs and attributes."""
    for _ in range(int(rng.integers(1, 4))):
        if not graph.node:
            return
        node, other = (graph.node[int(rng.integers(len(graph.node)))] for _ in range(2))
        kind = int(rng.integers(10))
        if kind == 0:
            node.op = other.op
        elif kind == 1:
            node.name = other.name if rng.integers(2) else node.name + "_"
        elif kind == 2 and node.input:
            del node.input[int(rng.integers(len(node.input)))]
        elif kind == 3:
            node.input.append(other.name)
        elif kind == 4 and node.input:
            node.input[int(rng.integers(len(node.input)))] = f"{other.name}:{int(rng.integers(3))}"
        elif kind == 5 and node.attr:
            del node.attr[sorted(node.attr)[int(rng.integers(len(node.attr)))]]
        elif kind == 6 and node.attr and other.attr:
            own, others = (sorted(n.attr)[int(rng.integers(len(n.attr)))] for n in (node, other))
            node.attr[own].CopyFrom(other.attr[others])
        elif kind == 7 and "value" in node.attr:
            shape = node.attr["value"].tensor.tensor_shape
            shape.dim.add(size=int(rng.choice([0, 1, 2, 7, -1, 2**40])))
        elif kind == 8 and "value" in node.attr:
            node.attr["value"].tensor.dtype = int(rng.integers(30))
        else:
            graph.node.remove(node)


class Files:
    """What is mutated, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = unpacked(folder / "recorded")
        self.contents: dict[str, bytes] = {}
        for name in ("branches", "resources"):
            self.contents[f"{name}.meta"] = (self.source / name / "model.meta").read_bytes()
        for name in ("branches", "loops", "dynamic_rnn"):
            self.contents[f"{name}.pb"] = (self.source / name / "frozen.pb").read_bytes()
        model = (self.source / "branches" / "saved_model" / "saved_model.pb").read_bytes()
        self.contents["saved_model.pb"] = model
        self.contents["saved_model.pbtxt"] = text_format.MessageToString(SavedModel.FromString(model)).encode()
        meta = MetaGraphDef.FromString(self.contents["branches.meta"])
        self.contents["text.meta"] = text_format.MessageToString(meta).encode()

    def kinds(self) -> list[str]:
        """The names of the files."""
        return list(self.contents)

    def fault(self, kind: str, seed: int) -> str | None:
        """What is wrong with how a mutated file is refused; None where it is well refused, or loaded."""
        rng = np.random.default_rng([seed, self.kinds().index(kind)])
        content = self._node_mutated(kind, rng) if seed % 2 else mutated(self.contents[kind], rng)
        path = self.folder / kind
        if kind.startswith("saved_model"):
            path = self.folder / "model" / kind
            shutil.rmtree(path.parent, ignore_errors=True)
            shutil.copytree(self.source / "branches" / "saved_model", path.parent)
            (path.parent / "saved_model.pb").unlink()
        path.write_bytes(content)
        return outcome(path, _loader(kind))

    def _node_mutated(self, kind: str, rng: np.random.Generator) -> bytes:
        message = (MetaGraphDef if kind.endswith(".meta") else SavedModel if kind.startswith("saved_model")
                   else tf.GraphDef)()
        if kind.startswith("text") or kind.endswith("txt"):
            text_format.Merge(self.contents[kind].decode(), message)
        else:
            message.ParseFromString(self.contents[kind])
        held = message.meta_graphs[0] if kind.startswith("saved_model") else message
        mutated_graph(held.graph_def if hasattr(held, "graph_def") else held, rng)
        if kind.startswith("text") or kind.endswith("txt"):
            return text_format.MessageToString(message).encode()
        return message.SerializeToString()


def _loader(kind: str) -> Callable[[Path], str | None]:
    if kind.endswith(".meta"):
        return _meta_graph
    return _graph_def if kind.endswith(".pb") and not kind.startswith("saved_model") else _saved_model


def _meta_graph(path: Path) -> str:
    tf.train.import_meta_graph(str(path))
    return str(path)


def _saved_model(path: Path) -> str:
    with tf.Session() as sess:
        tf.saved_model.load(sess, ["serve"], str(path.parent))
    return str(path.parent)


def _graph_def(path: Path) -> str:
    message = tf.GraphDef()
    try:
        message.ParseFromString(path.read_bytes())
    except DecodeError:  # of the program's own making
        return ""
    tf.import_graph_def(message, name="")
    return ""


def outcome(path: Path, load: Callable[[Path], str | None]) -> str | None:
    """Load a file in a graph of its own; what is wrong with the error, None where nothing is."""
    named = "" if load is _graph_def else str(path.parent if load is _saved_model else path)
    with warnings.catch_warnings(), tf.Graph().as_default():
        warnings.simplefilter("ignore")
        try:
            load(path)
        except (OSError, ValueError, RuntimeError, tf.errors.OpError) as error:
            return None if named in str(error) else f"the file is not named: {type(error).__name__}: {error}"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return None
