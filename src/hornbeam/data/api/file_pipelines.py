"""Whole pipelines of files: `make_csv_dataset`, `make_batched_features_dataset`, `parse_example_dataset`."""

from __future__ import annotations

import csv
import io
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.records import open_bytes
from hornbeam.data.api.dataset import Dataset
from hornbeam.data.api.dataset_v1 import DatasetV1
from hornbeam.data.api.readers import CsvDataset, TFRecordDataset
from hornbeam.data.pipeline.node import AUTOTUNE
from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.ops import features as parsing
from hornbeam.ops.files import told
from hornbeam.runtime import gfile

_KINDS = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def _files(pattern: Any, shuffled: bool) -> list[str]:
    """The files that a pattern, or any of several, names. Raises ValueError for none."""
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    if not patterns:
        raise ValueError("Invalid `file_pattern`. `file_pattern` should not be empty.")
    found = [name for p in patterns for name in gfile.glob(p)]
    if not found:
        raise ValueError(f"No files match `file_pattern` {pattern}.")
    return found if shuffled else sorted(found)


def _shuffled_and_repeated(dataset: Any, epochs: int | None, shuffle: bool, size: int, seed: int | None) -> Any:
    if shuffle:
        dataset = dataset.shuffle(size, seed)
    return dataset if epochs == 1 else dataset.repeat(epochs)


# CSV ----------------------------------------------------------------------------------------------------


def _lines(name: str, delimiter: str, quotes: bool, header: bool, compression: str, encoding: str) -> Any:
    with told(), open_bytes(name, compression) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        rows = csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)
        if header:
            next(rows, None)
        yield from rows


def _kind_of(text: str, na_value: str, before: dtypes.DType | None) -> dtypes.DType | None:
    """The narrowest dtype that holds a field and what `before` held; None where nothing is known."""
    if text in ("", na_value):
        return before
    for kind in _KINDS[0 if before is None else _KINDS.index(before):] if before is not dtypes.string else ():
        if _holds(text, kind):
            return kind
    return dtypes.string


def _holds(text: str, kind: dtypes.DType) -> bool:
    try:
        number: Any = int(text) if kind.is_integer else float(text)
    except ValueError:
        return False
    if kind.is_integer:
        return kind.min <= number <= kind.max
    return bool(np.isfinite(np.float32(number))) or kind is dtypes.float64


def _inferred(rows: Any, most: int | None, columns: Sequence[int], na_value: str) -> list[np.ndarray]:
    kinds: list[dtypes.DType | None] = [None] * len(columns)
    for count, row in enumerate(rows):
        if most is not None and count >= most:
            break
        for place, column in enumerate(columns):
            kinds[place] = _kind_of(row[column], na_value, kinds[place])
    return [np.array([b""], object) if k in (None, dtypes.string) else np.zeros(1, k.np_dtype)  # type: ignore
            for k in kinds]


def _columns(select: Sequence[Any] | None, names: Sequence[str]) -> list[int]:
    if select is None:
        return list(range(len(names)))
    found = []
    for item in select:
        if isinstance(item, str) and item not in names:
            raise ValueError(f"Column {item!r} is not one of {list(names)}.")
        found.append(names.index(item) if isinstance(item, str) else int(item))
    if found != sorted(set(found)):
        raise ValueError("Columns in `select_columns` must come in the order of the file, each once.")
    return found


def _csv_dataset(kind: type[Dataset], file_pattern: Any, batch_size: int, column_names: Any, column_defaults: Any,
                 label_name: str | None, select_columns: Any, field_delim: str, use_quote_delim: bool, na_value: str,
                 header: bool, num_epochs: int | None, shuffle: bool, shuffle_buffer_size: int,
                 shuffle_seed: int | None, prefetch_buffer_size: int | None, num_parallel_reads: int | None,
                 num_rows_for_inference: int | None, compression_type: str | None, ignore_errors: bool,
                 encoding: str) -> Any:
    names = _files(file_pattern, shuffle)
    compression = compression_type or ""

    def rows(name: str, skip: bool) -> Any:
        return _lines(name, field_delim, use_quote_delim, skip, compression, encoding)

    if column_names is None:
        if not header:
            raise ValueError("Expected `column_names` or `header=True`.")
        column_names = next(rows(names[0], False), [])
    if len(set(column_names)) != len(column_names):
        raise ValueError("Cannot have duplicate column names.")
    columns = _columns(select_columns, column_names)
    if column_defaults is None:
        column_defaults = _inferred((r for n in names for r in rows(n, header)), num_rows_for_inference, columns,
                                    na_value)
    kept = [column_names[c] for c in columns]
    if label_name is not None and label_name not in kept:
        raise ValueError(f"Invalid `label_name`. Provided `label_name` {label_name!r} must be one of the columns.")

    def of(name: Any) -> Any:
        made = CsvDataset(name, column_defaults, compression, None, header, field_delim, use_quote_delim, na_value,
                          columns if select_columns is not None else None)
        return made.ignore_errors() if ignore_errors else made

    def named(*values: Any) -> Any:
        features = OrderedDict(zip(kept, values, strict=True))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    dataset = kind.from_tensor_slices(np.array([n.encode() for n in names], object))
    if shuffle:
        dataset = dataset.shuffle(len(names), shuffle_seed)
    dataset = dataset.interleave(of, cycle_length=num_parallel_reads or 1)
    dataset = _shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=num_epochs is None).map(named)
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def _make_csv(kind: type[Dataset]) -> Callable[..., Any]:
    def make_csv_dataset(file_pattern: Any, batch_size: int, column_names: Any = None, column_defaults: Any = None,
                         label_name: str | None = None, select_columns: Any = None, field_delim: str = ",",
                         use_quote_delim: bool = True, na_value: str = "", header: bool = True,
                         num_epochs: int | None = None, shuffle: bool = True, shuffle_buffer_size: int = 10000,
                         shuffle_seed: int | None = None, prefetch_buffer_size: int | None = None,
                         num_parallel_reads: int | None = None, sloppy: bool = False,
                         num_rows_for_inference: int | None = 100, compression_type: str | None = None,
                         ignore_errors: bool = False, encoding: str = "utf-8") -> Any:
        """Batches of the rows of CSV files: dictionaries of columns, with the column `label_name` beside them.

        column_names: from the first line of the first file by default (`header`). column_defaults: as for
        `CsvDataset`; dtypes are inferred from the first `num_rows_for_inference` rows by default. num_epochs: how
        often the files are read, without end by default. Raises ValueError where names and columns do not fit.
        """
        return _csv_dataset(kind, file_pattern, batch_size, column_names, column_defaults, label_name, select_columns,
                            field_delim, use_quote_delim, na_value, header, num_epochs, shuffle, shuffle_buffer_size,
                            shuffle_seed, prefetch_buffer_size, num_parallel_reads, num_rows_for_inference,
                            compression_type, ignore_errors, encoding)

    return make_csv_dataset


public(v2=("data.experimental.make_csv_dataset",))(_make_csv(Dataset))
public(v1=("data.experimental.make_csv_dataset", "contrib.data.make_csv_dataset"))(_make_csv(DatasetV1))


# Examples -----------------------------------------------------------------------------------------------


@public("data.experimental.parse_example_dataset", v1=("contrib.data.parse_example_dataset",))
def parse_example_dataset(features: Any, num_parallel_calls: int | None = 1,
                          deterministic: bool | None = None) -> Callable[[Any], Any]:
    """For `apply` to batches of serialized `Example`s: the dictionaries of tensors that `features` describe."""
    if features is None:
        raise ValueError("Argument `features` is required, but not specified.")
    return lambda dataset: dataset.map(lambda batch: parsing.parse_example(batch, features), num_parallel_calls)


def _make_features(kind: type[Dataset]) -> Callable[..., Any]:
    def make_batched_features_dataset(
            file_pattern: Any, batch_size: int, features: Any, reader: Any = None, label_key: str | None = None,
            reader_args: Sequence[Any] | None = None, num_epochs: int | None = None, shuffle: bool = True,
            shuffle_buffer_size: int = 10000, shuffle_seed: int | None = None,
            prefetch_buffer_size: int | None = None, reader_num_threads: int | None = None,
            parser_num_threads: int | None = None, sloppy_ordering: bool = False,
            drop_final_batch: bool = False) -> Any:
        """Batches of the `Example`s of files: dictionaries of the tensors that `features` describe.

        reader: gives a dataset of serialized examples for a file name, `TFRecordDataset` by default. label_key: the
        feature that stands beside the others. num_epochs: how often the files are read, without end by default.
        """
        if label_key is not None and label_key not in features:
            raise ValueError(f"The `label_key` provided ({label_key!r}) must be one of the `features` keys: "
                             f"{', '.join(features)}.")
        names = _files(file_pattern, shuffle)
        dataset = kind.from_tensor_slices(np.array([n.encode() for n in names], object))
        if shuffle:
            dataset = dataset.shuffle(len(names), shuffle_seed)
        read = TFRecordDataset if reader is None else reader
        dataset = dataset.interleave(lambda name: read(name, *(reader_args or ())),
                                     cycle_length=reader_num_threads or 1)
        if dataset.element_spec != _STRING and isinstance(dataset.element_spec, tuple):
            dataset = dataset.map(lambda *pair: pair[1])
        dataset = _shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
        dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
        dataset = dataset.map(lambda batch: parsing.parse_example(batch, features), parser_num_threads)
        if label_key is not None:
            dataset = dataset.map(lambda found: (found, found.pop(label_key)))
        return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)

    return make_batched_features_dataset


_STRING = Dataset.from_tensors(b"").element_spec

public(v2=("data.experimental.make_batched_features_dataset",))(_make_features(Dataset))
public(v1=("data.experimental.make_batched_features_dataset",
           "contrib.data.make_batched_features_dataset"))(_make_features(DatasetV1))


@public(v1=("contrib.data.read_batch_features",))
def read_batch_features(file_pattern: Any, batch_size: int, features: Any, reader: Any = None,
                        reader_args: Sequence[Any] | None = None, randomize_input: bool = True,
                        num_epochs: int | None = None, capacity: int = 10000) -> Any:
    """The tensors of the next batch of `Example`s of files, as `make_batched_features_dataset` gives them."""
    dataset = _make_features(DatasetV1)(file_pattern, batch_size, features, reader, None, reader_args, num_epochs,
                                        randomize_input, capacity)
    return dataset.make_one_shot_iterator().get_next()
