"""Readers: records of files whose names come from a queue. `reader_kinds.py` does the reading."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import public
from hornbeam.graph.op import Op, never, op
from hornbeam.graph.resources import handle, held, kept, waits
from hornbeam.graph.tensor import Tensor
from hornbeam.ops import reader_kinds
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.reader_kinds import Reader, from_queue
from hornbeam.ops.records import TFRecordOptions

_NEVER = never("strings")
_KEPT = {"samples": "its result is a handle"}
_READS = {"samples": "reads files"}


@op("WholeFileReaderV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_KEPT)
def whole_file_reader_op(*, container: str = "", shared_name: str = ""):
    """The handle of a reader of whole files."""
    return handle(reader_kinds.WholeFileReader())


@op("IdentityReaderV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_KEPT)
def identity_reader_op(*, container: str = "", shared_name: str = ""):
    """The handle of a reader that gives the works themselves."""
    return handle(reader_kinds.IdentityReader())


@op("TextLineReaderV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_KEPT)
def text_line_reader_op(*, skip_header_lines: int = 0, container: str = "", shared_name: str = ""):
    """The handle of a reader of lines."""
    return handle(reader_kinds.TextLineReader(skip_header_lines))


@op("TFRecordReaderV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_KEPT)
def tf_record_reader_op(*, container: str = "", shared_name: str = "", compression_type: str = ""):
    """The handle of a reader of TFRecords."""
    return handle(reader_kinds.TFRecordReader(compression_type))


@op("FixedLengthRecordReaderV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_KEPT)
def fixed_length_record_reader_op(*, record_bytes: int, header_bytes: int = 0, footer_bytes: int = 0,
                                  hop_bytes: int = 0, container: str = "", shared_name: str = "", encoding: str = ""):
    """The handle of a reader of records of one length."""
    return handle(reader_kinds.FixedLengthRecordReader(header_bytes, record_bytes, footer_bytes, hop_bytes, encoding))


for _op in (whole_file_reader_op, identity_reader_op, text_line_reader_op, tf_record_reader_op,
            fixed_length_record_reader_op):
    kept(_op)


def _string(value: bytes) -> np.ndarray:
    return np.array(value, object)


@op("ReaderReadV2", inputs="reader_handle: resource, queue_handle: resource", host=True, stateful=True,
    outputs=("key", "value"), differentiable=_NEVER, waive=_READS)
def reader_read(reader_handle, queue_handle):
    """The next record, with its key."""
    ((key, value),) = held(reader_handle).read(from_queue(held(queue_handle)))
    return _string(key), _string(value)


@op("ReaderReadUpToV2", inputs="reader_handle: resource, queue_handle: resource, num_records: int64", host=True,
    stateful=True, outputs=("keys", "values"), differentiable=_NEVER, waive=_READS)
def reader_read_up_to(reader_handle, queue_handle, num_records):
    """The next records of one file, with their keys."""
    if num_records <= 0:
        raise ShapeFault(f"num_records should be positive, not {int(num_records)}")
    found = held(reader_handle).read(from_queue(held(queue_handle)), int(num_records))
    columns = np.empty((2, len(found)), object)
    columns[0], columns[1] = [key for key, _ in found], [value for _, value in found]
    return columns[0], columns[1]


@op("ReaderNumRecordsProducedV2", inputs="reader_handle: resource", host=True, stateful=True, differentiable=_NEVER,
    waive=_READS)
def reader_num_records_produced(reader_handle):
    """How many records were read."""
    return np.array(held(reader_handle).produced, np.int64)


@op("ReaderNumWorkUnitsCompletedV2", inputs="reader_handle: resource", host=True, stateful=True,
    differentiable=_NEVER, waive=_READS)
def reader_num_work_units_completed(reader_handle):
    """How many files were read to their end."""
    return np.array(held(reader_handle).finished, np.int64)


@op("ReaderSerializeStateV2", inputs="reader_handle: resource", host=True, stateful=True, differentiable=_NEVER,
    waive=_READS)
def reader_serialize_state(reader_handle):
    """How far a reader is, as a string."""
    return _string(held(reader_handle).state())


@op("ReaderRestoreStateV2", inputs="reader_handle: resource, state: string", host=True, stateful=True,
    differentiable=_NEVER, waive=_READS)
def reader_restore_state(reader_handle, state):
    """Lets a reader go on from a state."""
    held(reader_handle).restore(bytes(state[()]))
    return ()


@op("ReaderResetV2", inputs="reader_handle: resource", host=True, stateful=True, differentiable=_NEVER, waive=_READS)
def reader_reset(reader_handle):
    """Lets a reader begin again."""
    held(reader_handle).reset()
    return ()


def _gives(*outputs: Any) -> Any:
    return lambda inputs, attrs: list(outputs)


def _rule(declaration: Op, *outputs: Any) -> None:
    declaration.shape(_gives(*outputs))
    waits(declaration)


_rule(reader_read, ((), dtypes.string), ((), dtypes.string))
_rule(reader_read_up_to, ((None,), dtypes.string), ((None,), dtypes.string))
_rule(reader_num_records_produced, ((), dtypes.int64))
_rule(reader_num_work_units_completed, ((), dtypes.int64))
_rule(reader_serialize_state, ((), dtypes.string))
_rule(reader_restore_state)
_rule(reader_reset)


def _queue_ref(queue: Any) -> Any:
    return queue if isinstance(queue, Tensor) else queue.queue_ref


@public(v1=("ReaderBase",))
class ReaderBase:
    """A reader of records, with its handle; the classes below make readers.

    reader_ref: the handle. supports_serialize: whether `serialize_state` works.
    Raises RuntimeError in eager execution: `tf.data` reads there.
    """

    def __init__(self, reader_ref: Any, supports_serialize: bool = False) -> None:
        if graph_for(reader_ref) is None:
            raise RuntimeError("Readers are not supported when eager execution is enabled. Instead, please use tf.data "
                               "to get data into your model.")
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self) -> Any:
        """The handle: a scalar tensor of dtype `resource`."""
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        """Whether `serialize_state` works."""
        return self._supports_serialize

    def read(self, queue: Any, name: str | None = None) -> Any:
        """The next record, two scalar strings: (key, value).

        queue: a queue of strings, or its handle, which gives the next file when one is at its end. Raises, when it
        runs, OutOfRangeError where the queue is closed and empty.
        """
        return reader_read(self._reader_ref, _queue_ref(queue), name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """The next records, at least one and at most `num_records`, all of one file: two string vectors."""
        return reader_read_up_to(self._reader_ref, _queue_ref(queue), num_records, name=name)

    def num_records_produced(self, name: str | None = None) -> Any:
        """How many records were read: a scalar int64."""
        return reader_num_records_produced(self._reader_ref, name=name)

    def num_work_units_completed(self, name: str | None = None) -> Any:
        """How many files were read to their end: a scalar int64."""
        return reader_num_work_units_completed(self._reader_ref, name=name)

    def serialize_state(self, name: str | None = None) -> Any:
        """How far the reader is: a scalar string for `restore_state`. Raises UnimplementedError for most kinds."""
        return reader_serialize_state(self._reader_ref, name=name)

    def restore_state(self, state: Any, name: str | None = None) -> Any:
        """An operation that lets the reader go on from what `serialize_state` gave."""
        return reader_restore_state(self._reader_ref, state, name=name)

    def reset(self, name: str | None = None) -> Any:
        """An operation that lets the reader begin again, as if nothing had been read."""
        return reader_reset(self._reader_ref, name=name)


def _made(declaration: Op, name: str | None, **attrs: Any) -> Any:
    with mode.graph_first():
        return declaration(name=name, **attrs)


@public(v1=("WholeFileReader",))
class WholeFileReader(ReaderBase):
    """Gives the contents of files; the keys are their names."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(_made(whole_file_reader_op, name), supports_serialize=True)


@public(v1=("TextLineReader",))
class TextLineReader(ReaderBase):
    """Gives the lines of files without their ends; the keys are `file:line`, counted from 1.

    skip_header_lines: how many lines of each file are passed over.
    """

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        super().__init__(_made(text_line_reader_op, name, skip_header_lines=skip_header_lines or 0))


@public(v1=("FixedLengthRecordReader",))
class FixedLengthRecordReader(ReaderBase):
    """Gives records of `record_bytes` bytes; the keys are `file:number`, counted from 0.

    header_bytes, footer_bytes: what is passed over at the beginning and the end of each file. hop_bytes: from one
    record's beginning to the next, by default `record_bytes`. encoding: "ZLIB" or "GZIP" for compressed files.
    """

    def __init__(self, record_bytes: int, header_bytes: int | None = None, footer_bytes: int | None = None,
                 hop_bytes: int | None = None, name: str | None = None, encoding: str | None = None) -> None:
        super().__init__(_made(fixed_length_record_reader_op, name, record_bytes=record_bytes,
                               header_bytes=header_bytes or 0, footer_bytes=footer_bytes or 0,
                               hop_bytes=hop_bytes or 0, encoding=encoding or ""))


@public(v1=("TFRecordReader",))
class TFRecordReader(ReaderBase):
    """Gives the records of TFRecord files; the keys are `file:offset`. options: how they are compressed.

    Raises, when it runs, DataLossError with the file's name where one is cut short or corrupt.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        super().__init__(_made(tf_record_reader_op, name,
                               compression_type=TFRecordOptions.get_compression_type_string(options)))


@public(v1=("IdentityReader",))
class IdentityReader(ReaderBase):
    """Gives what comes from the queue, as key and value: names of files, say."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(_made(identity_reader_op, name), supports_serialize=True)


__all__ = ["FixedLengthRecordReader", "IdentityReader", "Reader", "ReaderBase", "TFRecordReader", "TextLineReader",
           "WholeFileReader"]
