"""TF2's summary writers: which one is the default, the default step, and `write`, which all summaries come down to.

At once a summary is written when its function is called; in a traced function each time that runs; in a graph of TF1
by operations, which are collected in `SUMMARY_OPS`, the writers' initializers in `WRITER_INITS`.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, infer, mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.tensor import EagerTensor, Tensor
from hornbeam.ops import math, summary_writes
from hornbeam.ops.control_flow import cond
from hornbeam.runtime.collections import add_to_collection, get_collection
from hornbeam.runtime.graph_functions import get_current_name_scope, inside_function, name_scope, no_op
from hornbeam.runtime.session import get_default_session
from hornbeam.train.event_files import EventFile

SUMMARY_OPS, WRITER_INITS = "_SUMMARY_V2", "_SUMMARY_WRITER_V2"
_NOT_IN_A_SCOPE = re.compile(r"[^-_/.A-Za-z0-9]")
_NO_STEP = ("No step set. Please specify one either through the `step` argument or through "
            "tf.summary.experimental.set_step()")


class _State(threading.local):
    def __init__(self) -> None:
        self.writer: Any = None
        self.step: Any = None
        self.recording: Any = None


_state = _State()


def default_writer() -> Any:
    """The writer that summaries go to in this thread, or None."""
    return _state.writer


# Writers ----------------------------------------------------------------------------------------------


class _Default(contextlib.AbstractContextManager["SummaryWriter"]):
    """A writer as the default one of this thread, with a step where one is given."""

    def __init__(self, writer: SummaryWriter, step: Any) -> None:
        self._writer, self._step = writer, step

    def __enter__(self) -> SummaryWriter:
        self._before = _state.writer, _state.step
        _state.writer = self._writer
        if self._step is not None:
            _state.step = self._step
        return self._writer

    def __exit__(self, *exc: object) -> None:
        self._writer.flush()
        _state.writer = self._before[0]
        if self._step is not None:
            _state.step = self._before[1]


@public(v2=("summary.SummaryWriter",))
class SummaryWriter:
    """Where summaries are written to. `create_file_writer` makes one."""

    def set_as_default(self, step: Any = None) -> None:
        """Make it the default writer of this thread, and `step` the default step where it is given."""
        self.as_default(step).__enter__()

    def as_default(self, step: Any = None) -> contextlib.AbstractContextManager[Any]:
        """A block in which it is the default writer, and `step` the default step; flushed at its end."""
        return _Default(self, step)

    def init(self) -> Any:
        """Open it: an operation in a graph."""
        raise NotImplementedError

    def flush(self) -> Any:
        """Write what it holds back: an operation in a graph."""
        raise NotImplementedError

    def close(self) -> Any:
        """Flush and close it: an operation in a graph."""
        raise NotImplementedError


@final
class _Held:
    """An event file that holds back `most` events, or those of `seconds`."""

    def __init__(self, folder: str, suffix: str, most: int, seconds: float) -> None:
        self.name = folder
        self._file = EventFile(folder, suffix, own=True)
        self._most, self._seconds = most, seconds
        self._waiting, self._flushed = 0, time.time()
        self.open, self.close = self._file.open, self._file.close

    def add(self, data: bytes) -> None:
        """Append an event."""
        self._file.add(data)
        self._waiting += 1
        if self._waiting > self._most or time.time() - self._flushed > self._seconds:
            self.flush()

    def flush(self) -> None:
        """Hand what was added to the system."""
        self._file.flush()
        self._waiting, self._flushed = 0, time.time()


@final
class _FileWriter(SummaryWriter):
    def __init__(self, held: _Held) -> None:
        self._file = held
        self._closed = False
        graph = mode.current_graph()
        self._graph = None if graph is None or inside_function() else graph.outermost
        if self._graph is None:
            held.open()
            held.flush()
            self._init = None
        else:
            with self._graph.as_default():
                self._init = summary_writes.create_summary_file_writer_op(writer=held)
            add_to_collection(WRITER_INITS, self._init)

    def _check(self) -> None:
        if self._closed and mode.executing_eagerly():
            raise RuntimeError(f"SummaryWriter {self!r} is already closed")

    def set_as_default(self, step: Any = None) -> None:
        self._check()
        super().set_as_default(step)

    def as_default(self, step: Any = None) -> contextlib.AbstractContextManager[Any]:
        self._check()
        return super().as_default(step)

    def init(self) -> Any:
        self._check()
        return self._init

    def flush(self) -> Any:
        if not (self._closed and mode.executing_eagerly()):
            return summary_writes.flush_summary_writer_op(writer=self._file)
        return None

    def close(self) -> Any:
        if self._closed and mode.executing_eagerly():
            return None
        self._closed = mode.executing_eagerly()
        return summary_writes.close_summary_writer_op(writer=self._file)


@final
class _NoWriter(SummaryWriter):
    def set_as_default(self, step: Any = None) -> None:
        pass

    def as_default(self, step: Any = None) -> contextlib.AbstractContextManager[Any]:
        return contextlib.nullcontext()

    def init(self) -> None:
        pass

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Tensor):
        known = value._value if isinstance(value, EagerTensor) else infer.constant_value(value)  # type: ignore[arg-type]
        if known is None:
            raise ValueError(f"Invalid graph Tensor argument '{name}={value}' to "
                             "create_file_writer() inside an @tf.function.")
        value = np.asarray(known)[()]
    return value.decode() if isinstance(value, bytes) else value


@public(v2=("summary.create_file_writer",))
def create_file_writer(logdir: Any, max_queue: Any = None, flush_millis: Any = None, filename_suffix: Any = None,
                       name: str | None = None, experimental_trackable: bool = False,
                       experimental_mesh: Any = None) -> SummaryWriter:
    """A writer of summaries into a new event file of the folder `logdir`.

    max_queue: how many events are held back, 10 by default. flush_millis: for how long, two minutes by default.
    filename_suffix: the end of the file's name, `.v2` by default. name, experimental_trackable, experimental_mesh:
    accepted. Raises ValueError without a folder.
    """
    if logdir is None:
        raise ValueError("Argument `logdir` cannot be None")
    logdir = _plain("logdir", logdir)
    suffix, most, millis = (_plain(n, v) for n, v in (("filename_suffix", filename_suffix), ("max_queue", max_queue),
                                                      ("flush_millis", flush_millis)))
    return _FileWriter(_Held(os.fspath(logdir), ".v2" if suffix is None else suffix, 10 if most is None else int(most),
                             120 if millis is None else int(millis) / 1000))


@public(v2=("summary.create_noop_writer",))
def create_noop_writer() -> SummaryWriter:
    """A writer that writes nothing; making it the default one changes nothing."""
    return _NoWriter()


@public(v2=("summary.flush",))
def flush(writer: Any = None, name: str | None = None) -> Any:
    """Write what a writer, by default the default one, holds back. name: accepted. Raises ValueError for others."""
    chosen = _state.writer if writer is None else writer
    if chosen is None:
        return no_op()
    if not isinstance(chosen, SummaryWriter):
        raise ValueError(f"Invalid argument to flush(): {chosen!r}")
    return chosen.flush()


def initialize(graph: Any, session: Any) -> None:
    """Open the writers of the default graph in a session, and write `graph` where it is given."""
    writer = _state.writer
    if writer is None:
        raise RuntimeError("No default tf.contrib.summary.SummaryWriter found")
    session = session or get_default_session()
    if session is None:
        raise ValueError("Argument `session must be passed if no default session exists")
    session.run(get_collection(WRITER_INITS))
    if graph is not None:
        summary_writes.write_graph_summary_op.function(0, _graph_bytes(graph), writer=writer._file)


# Steps and whether to record ------------------------------------------------------------------------


@public(v2=("summary.experimental.get_step",))
def get_step() -> Any:
    """The default step of this thread, or None."""
    return _state.step


@public(v2=("summary.experimental.set_step",))
def set_step(step: Any) -> None:
    """Set the default step of this thread: a number, a variable, or None for none.

    A traced function keeps the number that it was traced with; a variable is read each time it runs.
    """
    _state.step = step


@public(v2=("summary.record_if",))
@contextlib.contextmanager
def record_if(condition: Any) -> Iterator[None]:
    """A block in which summaries are written where `condition` holds: a boolean, a tensor, or a function of neither.

    A function is called for each summary, in traced functions while they are traced.
    """
    before, _state.recording = _state.recording, condition
    try:
        yield
    finally:
        _state.recording = before


def recording_is_set() -> bool:
    """Whether there is a default writer, and a block that says where summaries are recorded."""
    return _state.writer is not None and _state.recording is not None


def _recording() -> Any:
    """Whether summaries are written here: a bool, or a tensor of a graph."""
    if _state.writer is None:
        return False
    condition = _state.recording() if callable(_state.recording) else _state.recording
    if condition is None or isinstance(condition, (bool, np.bool_)):
        return condition is None or bool(condition)
    tensor = convert(condition)
    known = tensor._value if isinstance(tensor, EagerTensor) else infer.constant_value(tensor)
    return tensor if known is None else bool(np.asarray(known))


@public(v2=("summary.should_record_summaries",))
def should_record_summaries() -> Any:
    """Whether summaries are written here, as a boolean tensor: there is a default writer, and `record_if` holds."""
    return convert(_recording())


# Writing ----------------------------------------------------------------------------------------------


@public(v2=("summary.experimental.summary_scope",))
@contextlib.contextmanager
def summary_scope(name: str, default_name: str = "summary", values: Any = None) -> Iterator[tuple[str, str]]:
    """A block for one summary: gives its tag, which is `name` within the open name scope, and the scope it opens."""
    name = name or default_name
    around = get_current_name_scope()
    tag = f"{around}/{name}" if around else name
    with name_scope(_NOT_IN_A_SCOPE.sub("", name) or default_name) as scope:
        yield tag, scope


def _step_of(step: Any) -> Any:
    """A step as a scalar int64 tensor. Raises ValueError for other shapes."""
    given = convert(step) if hasattr(step, "dtype") else convert(step, dtypes.int64)
    if given.dims is not None and any(d != 1 for d in given.dims):
        raise ValueError(f"Argument `step` must be a scalar. Received step with shape {given.shape}.")
    return given if given.dtype.base_dtype is dtypes.int64 else math.cast(given, dtypes.int64)


def _written(write: Any, step: Any) -> Any:
    """`write(step)` where summaries are recorded, and whether it was: a boolean tensor."""
    def record() -> Any:
        if step is None:
            raise ValueError(_NO_STEP)
        made = write(_step_of(step))
        graph = mode.current_graph()
        if graph is None:
            return convert(True)
        with graph.control_dependencies([made]):
            return convert(True)

    recording = _recording()
    if isinstance(recording, bool):
        found = record() if recording else convert(False)
    else:
        found = cond(recording, record, lambda: convert(False), name="summary_cond")
    if not mode.executing_eagerly():
        add_to_collection(SUMMARY_OPS, found)
    return found


@public(v2=("summary.write",))
def write(tag: Any, tensor: Any, step: Any = None, metadata: Any = None, name: str | None = None) -> Any:
    """Write a tensor under a tag with the default writer; gives whether it was written, a boolean tensor.

    tensor: a tensor, or a function that makes it, called only where it is recorded. step: an integer, by default
    `get_step()`; ValueError where there is none. metadata: a `SummaryMetadata` or its bytes.
    """
    if step is not None:
        _step_of(step)
    with name_scope(name or "write_summary"):
        writer = _state.writer
        if writer is None:
            return convert(False)
        data = metadata.SerializeToString() if hasattr(metadata, "SerializeToString") else bytes(metadata or b"")
        return _written(lambda at: summary_writes.write_summary_op(
            at, tensor() if callable(tensor) else tensor, tag, writer=writer._file, summary_metadata=data),
            get_step() if step is None else step)


@public(v2=("summary.experimental.write_raw_pb",))
def write_raw_pb(tensor: Any, step: Any = None, name: str | None = None) -> Any:
    """Write summaries that are given as the bytes of `Summary` messages; gives whether they were written."""
    with name_scope(name or "write_raw_pb"):
        writer = _state.writer
        if writer is None:
            return convert(False)
        at = get_step() if step is None else step
        if at is None:
            raise ValueError(_NO_STEP)
        return _written(lambda now: summary_writes.write_raw_proto_summary_op(
            now, tensor() if callable(tensor) else tensor, writer=writer._file), at)


def _graph_bytes(graph: Any) -> bytes:
    return (graph.as_graph_def(add_shapes=True) if isinstance(graph, Graph) else graph).SerializeToString()


def write_graph(graph: Any, step: Any) -> Any:
    """Write a graph, or the bytes of its `GraphDef` as a tensor, whatever is recorded: an operation in a graph."""
    if _state.writer is None:
        return no_op()
    data = graph if isinstance(graph, (Tensor, bytes)) else _graph_bytes(graph)
    return summary_writes.write_graph_summary_op(_step_of(step), data, writer=_state.writer._file)


def write_event(event: Any) -> Any:
    """Write the bytes of an `Event`: an operation in a graph."""
    return no_op() if _state.writer is None else summary_writes.import_event_op(event, writer=_state.writer._file)


@public(v2=("summary.graph",))
def graph(graph_data: Any) -> Any:
    """Write a `Graph` or `GraphDef`; gives whether it was written. Raises ValueError within a graph, or for others."""
    if not mode.executing_eagerly():
        raise ValueError("graph() cannot be invoked inside a graph context.")
    if _state.writer is None or not _recording():
        return convert(False)
    if not isinstance(graph_data, Graph) and not hasattr(graph_data, "SerializeToString"):
        raise ValueError("Argument 'graph_data' is not tf.Graph or tf.compat.v1.GraphDef. Received graph_data="
                         f"{graph_data} of type {type(graph_data).__name__}.")
    summary_writes.write_graph_summary_op(np.int64(0), _graph_bytes(graph_data), writer=_state.writer._file)
    return convert(True)
