"""`tf.contrib.tensorboard.plugins.projector`: which variables of a checkpoint TensorBoard's projector shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hornbeam.graph.names import Lazy, public, register

_SPACE = "contrib.tensorboard.plugins.projector"

for _name in ("ProjectorConfig", "EmbeddingInfo", "SpriteMetadata"):
    register(Lazy("tensorboard.plugins.projector.projector_config_pb2", _name, "tensorboard"),
             v1=(f"{_SPACE}.{_name}",))


@public(v1=(f"{_SPACE}.visualize_embeddings",))
def visualize_embeddings(summary_writer: Any, config: Any) -> None:
    """Write a `ProjectorConfig` beside the events of a `FileWriter`, or into a folder.

    Raises ValueError where the writer has no folder.
    """
    from google.protobuf import text_format
    logdir = summary_writer.get_logdir() if hasattr(summary_writer, "get_logdir") else summary_writer
    if logdir is None:
        raise ValueError("Summary writer must have a logdir")
    folder = Path(logdir)
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("projector_config.pbtxt").write_text(text_format.MessageToString(config))
