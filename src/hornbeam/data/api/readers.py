"""Datasets of files: lines of text, TFRecords, records of one length, rows of CSV files and of SQL queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.data.api.dataset import Dataset
from hornbeam.data.api.dataset_v1 import DatasetV1
from hornbeam.data.api.transformations import flag
from hornbeam.data.pipeline import csv, files, mapping
from hornbeam.data.pipeline.functions import TracedFunction
from hornbeam.data.pipeline.node import Node, integer_of, value_of
from hornbeam.data.pipeline.sources import SlicesNode
from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec

_BUFFER = 256 * 1024


def _file_node(filenames: Any, compression_type: Any, buffer_size: Any, num_parallel_reads: Any, opened: files.Open,
               numbers: Sequence[Any] = ()) -> Node:
    """The node of the items of files. Several files at a time take turns, an item each."""
    compression = value_of("" if compression_type is None else compression_type, dtypes.string)
    size = integer_of(_BUFFER if buffer_size is None else buffer_size, "buffer_size")
    given = tuple(integer_of(n, "record_bytes") for n in numbers)

    def of(names: Any) -> Node:
        return files.FilesNode(names, compression, size, given, opened)

    if isinstance(filenames, Dataset):
        spec = filenames.element_spec
        if not isinstance(spec, TensorSpec) or spec.dtype is not dtypes.string:
            raise TypeError("The `filenames` argument must contain `tf.string` elements. Got a dataset of "
                            f"{spec!r} elements.")
        source = filenames._node
    else:
        names = value_of(filenames, dtypes.string)
        if (names.dtype if isinstance(names, GraphTensor) else dtypes.string) is not dtypes.string or \
                (isinstance(names, np.ndarray) and names.dtype != object):
            raise TypeError("The `filenames` argument must contain `tf.string` elements.")
        if num_parallel_reads is None:
            return of(names)
        if isinstance(names, np.ndarray):
            names = names.reshape(-1)
        source = SlicesNode([names], TensorSpec((None,) if isinstance(names, GraphTensor) else names.shape,
                                                dtypes.string))
    function = TracedFunction(lambda name: Dataset._wrap(of(name)), source.spec, "a dataset of files")
    if num_parallel_reads is None:
        return mapping.FlatMapNode(source, function)
    cycle = integer_of(num_parallel_reads, "num_parallel_reads")
    return mapping.InterleaveNode(source, function, cycle, np.array(1, np.int64))


class _Files(Dataset):
    """What datasets of files have in common."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}V2 element_spec={self.element_spec!r}>"


def _line_reader(path: str, compression: str, buffer_size: int, numbers: list[int]) -> files.Reader:
    return files.Lines(path, compression, buffer_size)


def _record_reader(path: str, compression: str, buffer_size: int, numbers: list[int]) -> files.Reader:
    return files.Records(path, compression, buffer_size)


def _fixed_reader(path: str, compression: str, buffer_size: int, numbers: list[int]) -> files.Reader:
    return files.FixedRecords(path, compression, buffer_size, *numbers)


@public(v2=("data.TextLineDataset",))
class TextLineDataset(_Files):
    """The lines of text files, without their ends: scalar strings.

    filenames: a string tensor, or a dataset of names. compression_type: "", "ZLIB" or "GZIP". buffer_size: bytes read
    at a time. num_parallel_reads: how many files take turns, a line each; one file after another by default.
    Files that are not there are NotFoundErrors when their turn comes.
    """

    def __init__(self, filenames: Any, compression_type: Any = None, buffer_size: Any = None,
                 num_parallel_reads: Any = None, name: str | None = None) -> None:
        self._node = _file_node(filenames, compression_type, buffer_size, num_parallel_reads, _line_reader)


@public(v2=("data.TFRecordDataset",))
class TFRecordDataset(_Files):
    """The records of TFRecord files: scalar strings. Damaged ones are DataLossErrors that name the file.

    Arguments as for `TextLineDataset`.
    """

    def __init__(self, filenames: Any, compression_type: Any = None, buffer_size: Any = None,
                 num_parallel_reads: Any = None, name: str | None = None) -> None:
        self._node = _file_node(filenames, compression_type, buffer_size, num_parallel_reads, _record_reader)


@public(v2=("data.FixedLengthRecordDataset",))
class FixedLengthRecordDataset(_Files):
    """Records of `record_bytes` bytes each, scalar strings, between a header and a footer that are left out.

    Other arguments as for `TextLineDataset`. A file that does not consist of whole records is an
    InvalidArgumentError.
    """

    def __init__(self, filenames: Any, record_bytes: Any, header_bytes: Any = None, footer_bytes: Any = None,
                 buffer_size: Any = None, compression_type: Any = None, num_parallel_reads: Any = None,
                 name: str | None = None) -> None:
        numbers = [record_bytes, 0 if header_bytes is None else header_bytes,
                   0 if footer_bytes is None else footer_bytes]
        self._node = _file_node(filenames, compression_type, buffer_size, num_parallel_reads, _fixed_reader, numbers)


# CSV and SQL --------------------------------------------------------------------------------------------


def _csv_node(filenames: Any, record_defaults: Sequence[Any], compression_type: Any, buffer_size: Any, header: Any,
              field_delim: Any, use_quote_delim: Any, na_value: Any, select_cols: Any, exclude_cols: Any) -> Node:
    if select_cols is not None and exclude_cols is not None:
        raise ValueError("You must specify at most one of `exclude_cols` or `select_cols`")
    defaults, kinds = zip(*map(_default, record_defaults), strict=True) if record_defaults else ((), ())
    columns = [] if select_cols is None else [int(c) for c in np.asarray(select_cols).reshape(-1)]
    if columns and (columns != sorted(set(columns)) or columns[0] < 0):
        raise ValueError("Columns in `select_cols` must be strictly increasing and not negative.")
    excluded = [] if exclude_cols is None else [int(c) for c in np.asarray(exclude_cols).reshape(-1)]
    if columns and len(columns) != len(kinds):
        raise_length(len(columns), len(kinds))
    if excluded:
        total = len(kinds) + len(excluded)
        columns = [c for c in range(total) if c not in excluded]
    values = (value_of(filenames, dtypes.string), value_of("" if compression_type is None else compression_type,
                                                           dtypes.string),
              integer_of(_BUFFER if buffer_size is None else buffer_size, "buffer_size"), flag(header),
              value_of(field_delim, dtypes.string), flag(use_quote_delim), value_of(na_value, dtypes.string))

    def rows(given: list[np.ndarray]) -> Any:
        names, compression, size, head, delimiter, quotes, missing = given
        return csv.csv_rows(names, compression, int(size), bool(head), delimiter.item(), bool(quotes), missing.item(),
                            columns, defaults, kinds)

    return files.RowsNode(tuple(TensorSpec((), k) for k in kinds), values, rows)


def raise_length(columns: int, defaults: int) -> None:
    """Raises InvalidArgumentError for columns that are not as many as defaults."""
    from hornbeam.graph.errors import InvalidArgumentError
    raise InvalidArgumentError(None, None, f"select_cols should match output size: {columns} columns, {defaults} "
                                           "defaults")


def _default(given: Any) -> tuple[np.ndarray, dtypes.DType]:
    """A default as a list of one value, or of none where the field must be there, and its dtype."""
    if isinstance(given, (dtypes.DType, type, np.dtype)):
        kind = dtypes.as_dtype(given)
        return np.empty(0, object), kind
    value = value_of(given)
    kind = dtypes.string if value.dtype == object else dtypes.from_numpy(value.dtype)
    if kind not in (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string):
        raise TypeError(f"CsvDataset has no fields of {kind.name}")
    return value.reshape(-1), kind


@public(v2=("data.experimental.CsvDataset",))
class CsvDataset(_Files):
    """The rows of CSV files (RFC 4180): tuples of scalars.

    record_defaults: for each column a default, or a dtype where the field must be there. header: whether the first
    line of each file is left out. na_value: stands for a missing field besides "". select_cols: numbers of the
    columns, all by default; exclude_cols: those left out. Rows that do not fit are InvalidArgumentErrors.
    """

    def __init__(self, filenames: Any, record_defaults: Sequence[Any], compression_type: Any = None,
                 buffer_size: Any = None, header: bool = False, field_delim: str = ",", use_quote_delim: bool = True,
                 na_value: str = "", select_cols: Any = None, exclude_cols: Any = None) -> None:
        self._node = _csv_node(filenames, record_defaults, compression_type, buffer_size, header, field_delim,
                               use_quote_delim, na_value, select_cols, exclude_cols)


def _sql_node(driver_name: Any, data_source_name: Any, query: Any, output_types: Any) -> Node:
    kinds = [dtypes.as_dtype(t) for t in (output_types if isinstance(output_types, (tuple, list)) else [output_types])]
    values = tuple(value_of(v, dtypes.string) for v in (driver_name, data_source_name, query))
    specs = tuple(TensorSpec((), k) for k in kinds)
    return files.RowsNode(specs, values, lambda given: csv.sql_rows(given[0].item().decode(), given[1].item().decode(),
                                                                      given[2].item().decode(), kinds))


@public(v2=("data.experimental.SqlDataset",))
class SqlDataset(_Files):
    """The rows of a query: tuples of scalars of `output_types`.

    driver_name: "sqlite". data_source_name: the file. Queries that fail are InvalidArgumentErrors.
    """

    def __init__(self, driver_name: Any, data_source_name: Any, query: Any, output_types: Any) -> None:
        self._node = _sql_node(driver_name, data_source_name, query, output_types)


@public(v2=("data.experimental.RandomDataset",))
class RandomDataset(_Files):
    """Random int64 numbers below 2³², without end. As `Dataset.random`."""

    def __init__(self, seed: Any = None, rerandomize_each_iteration: bool | None = None,
                 name: str | None = None) -> None:
        self._node = Dataset.random(seed, rerandomize_each_iteration)._node


# TF1's classes --------------------------------------------------------------------------------------------


def _of_v1(kind: type[Dataset], *names: str) -> Callable[[type], type]:
    """Decorator: the class of TF1 that is made as `kind` is, under these names."""
    def declare(cls: Any) -> Any:
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            self._node = kind(*args, **kwargs)._node

        cls.__init__ = __init__
        cls.__init__.__wrapped__ = kind.__init__
        cls.__name__ = cls.__qualname__ = kind.__name__
        cls.__doc__ = kind.__doc__
        return public(v1=names)(cls)

    return declare


@_of_v1(TextLineDataset, "data.TextLineDataset", "contrib.data.TextLineDataset")
class TextLineDatasetV1(DatasetV1):
    """TF1's `TextLineDataset`."""


@_of_v1(TFRecordDataset, "data.TFRecordDataset", "contrib.data.TFRecordDataset")
class TFRecordDatasetV1(DatasetV1):
    """TF1's `TFRecordDataset`."""


@_of_v1(FixedLengthRecordDataset, "data.FixedLengthRecordDataset", "contrib.data.FixedLengthRecordDataset")
class FixedLengthRecordDatasetV1(DatasetV1):
    """TF1's `FixedLengthRecordDataset`."""


@_of_v1(CsvDataset, "data.experimental.CsvDataset", "contrib.data.CsvDataset")
class CsvDatasetV1(DatasetV1):
    """TF1's `CsvDataset`."""


@_of_v1(SqlDataset, "data.experimental.SqlDataset", "contrib.data.SqlDataset")
class SqlDatasetV1(DatasetV1):
    """TF1's `SqlDataset`."""


@_of_v1(RandomDataset, "data.experimental.RandomDataset", "contrib.data.RandomDataset")
class RandomDatasetV1(DatasetV1):
    """TF1's `RandomDataset`."""
