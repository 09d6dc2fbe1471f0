"""TFRecord files by path, under TensorFlow's names: `TFRecordWriter`, its options, `tf_record_iterator`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, ClassVar

from hornbeam.backend.records import RecordReader, RecordWriter, ZlibOptions
from hornbeam.graph import errors
from hornbeam.graph.names import public
from hornbeam.ops.files import told


@public(v1=("io.TFRecordCompressionType", "python_io.TFRecordCompressionType"))
class TFRecordCompressionType:
    """How a TFRecord file is compressed: NONE, ZLIB or GZIP, as numbers."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


@public("io.TFRecordOptions", v1=("python_io.TFRecordOptions",))
class TFRecordOptions:
    """How TFRecord files are compressed: `compression_type` is "GZIP", "ZLIB", "" or a `TFRecordCompressionType`.

    The others are zlib's own settings, None for its defaults: flush_mode, window_bits, compression_level (0 to 9),
    compression_method, mem_level (1 to 9), compression_strategy; input_buffer_size and output_buffer_size are bytes.
    Raises ValueError for a compression that there is not.
    """

    compression_type_map: ClassVar[dict[int, str]] = {
        TFRecordCompressionType.ZLIB: "ZLIB", TFRecordCompressionType.GZIP: "GZIP", TFRecordCompressionType.NONE: ""}

    def __init__(self, compression_type: Any = None, flush_mode: int | None = None,
                 input_buffer_size: int | None = None, output_buffer_size: int | None = None,
                 window_bits: int | None = None, compression_level: int | None = None,
                 compression_method: int | None = None, mem_level: int | None = None,
                 compression_strategy: int | None = None) -> None:
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """The compression that options, a number or a string say: "GZIP", "ZLIB" or "".

        >>> TFRecordOptions.get_compression_type_string(TFRecordCompressionType.GZIP)
        'GZIP'
        """
        if isinstance(options, TFRecordOptions):
            options = options.compression_type
        if not options:
            return ""
        if options in cls.compression_type_map:
            return cls.compression_type_map[options]
        if options in cls.compression_type_map.values():
            return options
        raise ValueError(f'Not a valid compression_type: "{options}"')

    def _zlib(self) -> ZlibOptions:
        given = {"level": self.compression_level, "method": self.compression_method, "window_bits": self.window_bits,
                 "mem_level": self.mem_level, "strategy": self.compression_strategy, "flush_mode": self.flush_mode}
        return ZlibOptions(**{key: value for key, value in given.items() if value is not None})


@public("io.TFRecordWriter", v1=("python_io.TFRecordWriter",))
class TFRecordWriter:
    """Writes records to a TFRecord file at `path`, which is replaced. `close` it, or use it in a `with`.

    options: a `TFRecordOptions`, or a compression by name or number. Raises NotFoundError where the folder is absent.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "a.tfrecord")
    >>> with TFRecordWriter(path) as writer:
    ...     writer.write(b"first"); writer.write(b"second")
    >>> list(tf_record_iterator(path))
    [b'first', b'second']
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        given = options if isinstance(options, TFRecordOptions) else TFRecordOptions(options)
        with told():
            self._writer = RecordWriter(os.fsdecode(path), TFRecordOptions.get_compression_type_string(given),
                                        given._zlib())

    def _open(self) -> RecordWriter:
        if self._writer.closed:
            raise errors.FailedPreconditionError(None, None, "Writer is closed.")
        return self._writer

    def write(self, record: bytes) -> None:
        """Append a record: bytes, or a string, which is written as UTF-8."""
        if isinstance(record, str):
            record = record.encode()
        if not isinstance(record, (bytes, bytearray, memoryview)):
            raise TypeError(f"write(): a record is bytes, not {type(record).__name__}: {record!r}")
        writer = self._open()
        with told():
            writer.write(bytes(record))

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        writer = self._open()
        with told():
            writer.flush()

    def close(self) -> None:
        """Write what is left and close the file."""
        with told():
            self._writer.close()

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@public(v1=("io.tf_record_iterator", "python_io.tf_record_iterator"))
def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """The records of the TFRecord file at `path`, as bytes.

    options: how it is compressed, as for `TFRecordWriter`. Raises NotFoundError where there is no file, and
    DataLossError, with the file's name, where it is cut short or corrupt.
    """
    compression = TFRecordOptions.get_compression_type_string(options)
    with told():
        reader = RecordReader(os.fsdecode(path), compression)
    return _records(reader)


def _records(reader: RecordReader) -> Iterator[bytes]:
    with reader, told():
        yield from reader
