"""`FileWriter`: summaries, graphs and logs of TF1 programs in event files."""

from __future__ import annotations

import os
import threading
import warnings
from pathlib import Path
from typing import Any, ClassVar, final

from hornbeam.graph import mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import Lazy, public, register
from hornbeam.ops.summary_values import message
from hornbeam.runtime.logs import get_logger
from hornbeam.train.event_files import EventFileWriter, event
from hornbeam.train.meta_graph import meta_graph_def

_EVENTS, _SUMMARIES = "hornbeam.graph.messages.event_pb2", "hornbeam.graph.messages.summary_pb2"
register(Lazy(_SUMMARIES, "Summary"), v1=("Summary", "summary.Summary"))
register(Lazy(_SUMMARIES, "SummaryMetadata"), v1=("SummaryMetadata",))
register(Lazy(_SUMMARIES, "SummaryDescription"), v1=("summary.SummaryDescription",))
register(Lazy("hornbeam.graph.messages.histogram_pb2", "HistogramProto"), v1=("HistogramProto",))
register(Lazy(_EVENTS, "Event"), v1=("Event", "summary.Event"))
register(Lazy(_EVENTS, "SessionLog"), v1=("SessionLog", "summary.SessionLog"))
register(Lazy(_EVENTS, "LogMessage"), v1=("LogMessage",))
register(Lazy(_EVENTS, "TaggedRunMetadata"), v1=("summary.TaggedRunMetadata",))

_PLUGIN_ASSETS = "__tensorboard_plugin_asset__"


def _of_kind(value: Any, name: str) -> bool:
    """Whether `value` is a message of this name, ours or another package's."""
    return getattr(getattr(value, "DESCRIPTOR", None), "name", None) == name


@public(v1=("summary.FileWriter", "train.SummaryWriter"))
class FileWriter:
    """Writes events of a training run into a file of the folder `logdir`, for TensorBoard.

    graph: a graph that is written first. max_queue: how many events may wait for the thread that writes. flush_secs:
    how often what is written is flushed. graph_def: an older way to give a graph. filename_suffix: the end of the
    file's name. session: accepted; what it runs and this object write to files of their own.
    The file is made with the first event. Raises RuntimeError where calls run at once (`enable_eager_execution`).
    """

    def __init__(self, logdir: Any, graph: Any = None, max_queue: int = 10, flush_secs: float = 120,
                 graph_def: Any = None, filename_suffix: str | None = None, session: Any = None) -> None:
        if not mode.v1_builds() and not mode.state.open_graphs:
            raise RuntimeError("v1.summary.FileWriter is not compatible with eager execution. Use "
                               "`tf.summary.create_file_writer`,or a `with v1.Graph().as_default():` context")
        self.event_writer = EventFileWriter(logdir, max_queue, flush_secs,
                                            filename_suffix or (".v2" if session is not None else None))
        self._closed = False
        self._seen_tags: set[str] = set()
        self._session_tags: set[str] = set()
        if graph is not None or graph_def is not None:
            self.add_graph(graph, graph_def=graph_def)
            written = graph_def if graph is None else graph
            self.add_meta_graph(_meta_graph(written))

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def get_logdir(self) -> str:
        """The folder of the file."""
        return self.event_writer.get_logdir()

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Write a summary: what an operation of `tf.summary` gave, or a `Summary` message.

        What is said of a tag besides its value is written with its first value only.
        """
        kind = message("Summary")
        if isinstance(summary, bytes):
            summary = kind.FromString(summary)
        elif not isinstance(summary, kind) and _of_kind(summary, "Summary"):
            summary = kind.FromString(summary.SerializeToString())
        for value in summary.value:
            if not value.HasField("metadata"):
                continue
            if value.tag in self._seen_tags:
                value.ClearField("metadata")
            self._seen_tags.add(value.tag)
        self._add(event(global_step, summary=summary))

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Write a `SessionLog`: that a session started, stopped or saved."""
        self._add(event(global_step, session_log=session_log))

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Write a graph, a `Graph` or a `GraphDef`. Raises TypeError for other things, ValueError for two graphs."""
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        given = graph_def if graph is None else graph
        if isinstance(given, Graph):
            self._write_assets(given)
            data = given.as_graph_def(add_shapes=True)
        elif given is not None and _of_kind(given, "GraphDef"):
            get_logger().warning("Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph` object "
                                 "instead, such as `sess.graph`.")
            data = given
        else:
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._add(event(global_step, graph_def=data.SerializeToString()))

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Write a `MetaGraphDef`. Raises TypeError for other things."""
        if not _of_kind(meta_graph_def, "MetaGraphDef"):
            raise TypeError(f"meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}")
        self._add(event(global_step, meta_graph_def=meta_graph_def.SerializeToString()))

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Write what a run measured of itself under a tag. Raises ValueError for a tag that was used."""
        if tag in self._session_tags:
            raise ValueError("The provided tag was already used for this event type")
        self._session_tags.add(tag)
        tagged = message("TaggedRunMetadata", "event_pb2")(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._add(event(global_step, tagged_run_metadata=tagged))

    def add_event(self, event: Any) -> None:
        """Write an `Event` as it is."""
        self._warn_if_closed()
        self.event_writer.add_event(event)

    def flush(self) -> None:
        """Wait until everything is in the file."""
        self._warn_if_closed()
        self.event_writer.flush()

    def close(self) -> None:
        """Write what is left and close the file."""
        self.event_writer.close()
        self._closed = True

    def reopen(self) -> None:
        """Go on after `close`, in a new file of the folder."""
        self.event_writer.reopen()
        self._closed = False

    def _add(self, made: Any) -> None:
        self._warn_if_closed()
        self.event_writer.add_event(made)

    def _warn_if_closed(self) -> None:
        if self._closed:
            warnings.warn("Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter "
                          "is explicitly reopened.", stacklevel=3)

    def _write_assets(self, graph: Graph) -> None:
        """Files that plugins left in the graph's collections (`tensorboard`'s projector, say)."""
        for name in graph.get_collection(_PLUGIN_ASSETS):
            folder = Path(self.get_logdir(), "plugins", name)
            folder.mkdir(parents=True, exist_ok=True)
            for asset in graph.get_collection(_PLUGIN_ASSETS + name):
                for file, content in asset.assets().items():
                    folder.joinpath(file).write_bytes(content if isinstance(content, bytes) else content.encode())


def _meta_graph(graph: Any) -> Any:
    """The `MetaGraphDef` of a graph; of a `GraphDef`, one without collections."""
    if isinstance(graph, Graph):
        return meta_graph_def(graph)
    made = message("MetaGraphDef", "meta_graph_pb2")()
    made.graph_def.ParseFromString(graph.SerializeToString())
    return made


@public(v1=("summary.FileWriterCache", "train.SummaryWriterCache"))
@final
class FileWriterCache:
    """One `FileWriter` for each folder of the process."""

    _cache: ClassVar[dict[str, FileWriter]] = {}
    _lock: ClassVar[Any] = threading.RLock()

    @staticmethod
    def clear() -> None:
        """Flush the writers and forget them."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._cache.values():
                writer.flush()
            FileWriterCache._cache.clear()

    @staticmethod
    def get(logdir: Any) -> FileWriter:
        """The writer of a folder, made where there is none."""
        name = os.fspath(logdir)
        with FileWriterCache._lock:
            if name not in FileWriterCache._cache:
                FileWriterCache._cache[name] = FileWriter(name, graph=mode.default_graph())
            return FileWriterCache._cache[name]
