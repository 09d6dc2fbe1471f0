"""Writing summaries as operations: what TF2's `summary.write` is made of, at once, in traced functions and in graphs.

The attribute `writer` is an object with `add(data)`, `flush()`, `close()` and `open()`: an event file.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.op import never, op
from hornbeam.ops import summary_values
from hornbeam.ops.summary_values import message

_EFFECT = never("no outputs")
_WRITES = {"samples": "writes files"}


def _write(writer: Any, step: Any, **what: Any) -> tuple[()]:
    step = np.asarray(step)
    if step.size != 1:
        raise InvalidArgumentError(None, None, f"step must be a scalar, not of shape {list(step.shape)}")
    event = message("Event", "event_pb2")(wall_time=time.time(), step=int(step.reshape(())), **what)
    writer.add(event.SerializeToString())
    return ()


def _bytes(value: Any) -> bytes:
    item = np.asarray(value)[()]
    return item if isinstance(item, bytes) else str(item).encode()


@op("CreateSummaryFileWriter", inputs="", host=True, stateful=True, differentiable=_EFFECT, waive=_WRITES)
def create_summary_file_writer_op(*, writer: Any):
    """Opens the file of a writer."""
    writer.open()
    writer.flush()
    return ()


@op("FlushSummaryWriter", inputs="", host=True, stateful=True, differentiable=_EFFECT, waive=_WRITES)
def flush_summary_writer_op(*, writer: Any):
    """Writes what a writer holds back."""
    writer.flush()
    return ()


@op("CloseSummaryWriter", inputs="", host=True, stateful=True, differentiable=_EFFECT, waive=_WRITES)
def close_summary_writer_op(*, writer: Any):
    """Writes what a writer holds back and closes its file."""
    writer.close()
    return ()


@op("WriteSummary", inputs="step: int64, tensor: T, tag: string", host=True, stateful=True, differentiable=_EFFECT,
    waive=_WRITES)
def write_summary_op(step, tensor, tag, *, writer: Any, summary_metadata: Any = b""):
    """Writes a tensor under a tag. summary_metadata: the bytes of a `SummaryMetadata`."""
    summary = message("Summary")()
    value = summary.value.add(tag=_bytes(tag).decode(errors="replace"))
    value.tensor.CopyFrom(summary_values.tensor(np.asarray(tensor)))
    if summary_metadata:
        summary_values.parsed(value.metadata, summary_metadata, "Could not parse the summary metadata")
    return _write(writer, step, summary=summary)


@op("WriteRawProtoSummary", inputs="step: int64, tensor: string", host=True, stateful=True, differentiable=_EFFECT,
    waive=_WRITES)
def write_raw_proto_summary_op(step, tensor, *, writer: Any):
    """Writes summaries that are given as bytes, one event for all."""
    summary = message("Summary")()
    for data in np.reshape(tensor, -1):
        summary_values.parsed(summary, data, "Bad tf.compat.v1.Summary binary proto tensor string")
    return _write(writer, step, summary=summary)


@op("WriteGraphSummary", inputs="step: int64, tensor: string", host=True, stateful=True, differentiable=_EFFECT,
    waive=_WRITES)
def write_graph_summary_op(step, tensor, *, writer: Any):
    """Writes a graph, given as the bytes of a `GraphDef`."""
    return _write(writer, step, graph_def=_bytes(tensor))


@op("ImportEvent", inputs="event: string", host=True, stateful=True, differentiable=_EFFECT, waive=_WRITES)
def import_event_op(event, *, writer: Any):
    """Writes an event as it is."""
    writer.add(_bytes(event))
    return ()


for _op in (create_summary_file_writer_op, flush_summary_writer_op, close_summary_writer_op, write_summary_op,
            write_raw_proto_summary_op, write_graph_summary_op, import_event_op):
    _op.shape(lambda inputs, attrs: [])


# What is written --------------------------------------------------------------------------------------


@op("HistogramBuckets", inputs="values: float64", host=True, differentiable=never("counts"),
    samples=[((np.array([1.0, 2.0, 2.0]),), {"count": 3}), ((np.ones(2),), {"count": 2}),
             ((np.zeros([0]),), {"count": 2})])
def histogram_buckets_op(values, *, count: int):
    """Values counted in buckets of equal width from the least to the largest: [count, 3], left, right, how many."""
    flat, found = np.reshape(values, -1), np.zeros([count, 3])
    if not flat.size or not count:
        return (found,)
    low, high = flat.min(), flat.max()
    if low == high:
        found[:, :2], found[-1, 2] = low, flat.size
        return (found,)
    places = np.minimum(np.floor((flat - low) / ((high - low) / count)), count - 1)
    edges = np.linspace(low, high, count + 1)
    found[:, 0], found[:, 1] = edges[:-1], edges[1:]
    found[:, 2] = np.bincount(places.astype(int), minlength=count)
    return (found,)


@histogram_buckets_op.shape
def _(inputs, attrs):
    return [((attrs["count"], 3), dtypes.float64)]


@op("EncodeWavs", inputs="sounds: float32, sample_rate: int32", host=True, differentiable=never("strings"),
    samples=[((np.zeros([2, 3, 1], np.float32), np.int32(8000)), {})])
def encode_wavs_op(sounds, sample_rate):
    """Sounds [batch, frames, channels] as WAV files: [batch, 2], each with an empty label."""
    found = np.full([len(sounds), 2], b"", object)
    found[:, 0] = [summary_values.wav(s, int(sample_rate)) for s in sounds]
    return (found,)


@encode_wavs_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [((None if dims is None else dims[0], 2), dtypes.string)]
