"""The public names of `hornbeam.v1.contrib.data`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.data.api.contrib import assert_element_shape as assert_element_shape
from hornbeam.data.api.contrib import batch_and_drop_remainder as batch_and_drop_remainder
from hornbeam.data.api.contrib import padded_batch_and_drop_remainder as padded_batch_and_drop_remainder
from hornbeam.data.api.contrib import reduce_dataset as reduce_dataset
from hornbeam.data.api.contrib import sliding_window_batch as sliding_window_batch
from hornbeam.data.api.contrib import sloppy_interleave as sloppy_interleave
from hornbeam.data.api.dataset_v1 import Dataset as Dataset
from hornbeam.data.api.experimental import choose_from_datasets_v1 as _choose_from_datasets
from hornbeam.data.api.experimental import sample_from_datasets_v1 as _sample_from_datasets
from hornbeam.data.api.file_pipelines import read_batch_features as read_batch_features
from hornbeam.data.api.readers import CsvDatasetV1 as _CsvDataset
from hornbeam.data.api.readers import FixedLengthRecordDatasetV1 as _FixedLengthRecordDataset
from hornbeam.data.api.readers import RandomDatasetV1 as _RandomDataset
from hornbeam.data.api.readers import SqlDatasetV1 as _SqlDataset
from hornbeam.data.api.readers import TFRecordDatasetV1 as _TFRecordDataset
from hornbeam.data.api.readers import TextLineDatasetV1 as _TextLineDataset
from hornbeam.data.experimental import Optional as Optional
from hornbeam.data.experimental import Reducer as Reducer
from hornbeam.data.experimental import TFRecordWriter as TFRecordWriter
from hornbeam.data.experimental import bucket_by_sequence_length as bucket_by_sequence_length
from hornbeam.data.experimental import copy_to_device as copy_to_device
from hornbeam.data.experimental import dense_to_ragged_batch as dense_to_ragged_batch
from hornbeam.data.experimental import dense_to_sparse_batch as dense_to_sparse_batch
from hornbeam.data.experimental import enumerate_dataset as enumerate_dataset
from hornbeam.data.experimental import get_next_as_optional as get_next_as_optional
from hornbeam.data.experimental import get_single_element as get_single_element
from hornbeam.data.experimental import group_by_reducer as group_by_reducer
from hornbeam.data.experimental import group_by_window as group_by_window
from hornbeam.data.experimental import ignore_errors as ignore_errors
from hornbeam.data.experimental import make_saveable_from_iterator as make_saveable_from_iterator
from hornbeam.data.experimental import map_and_batch as map_and_batch
from hornbeam.data.experimental import parallel_interleave as parallel_interleave
from hornbeam.data.experimental import parse_example_dataset as parse_example_dataset
from hornbeam.data.experimental import prefetch_to_device as prefetch_to_device
from hornbeam.data.experimental import rejection_resample as rejection_resample
from hornbeam.data.experimental import scan as scan
from hornbeam.data.experimental import shuffle_and_repeat as shuffle_and_repeat
from hornbeam.data.experimental import unbatch as unbatch
from hornbeam.data.experimental import unique as unique
from typing import Any

AUTOTUNE: int
def Counter(start: Any = 0, step: Any = 1, dtype: Any = ...) -> Any:
    r"""The numbers from `start` on by `step`, without end. As `Dataset.counter`."""
CsvDataset = _CsvDataset
FixedLengthRecordDataset = _FixedLengthRecordDataset
RandomDataset = _RandomDataset
SqlDataset = _SqlDataset
TFRecordDataset = _TFRecordDataset
TextLineDataset = _TextLineDataset
choose_from_datasets = _choose_from_datasets
def make_batched_features_dataset(file_pattern: Any, batch_size: int, features: Any, reader: Any = None, label_key: str | None = None, reader_args: Any = None, num_epochs: int | None = None, shuffle: bool = True, shuffle_buffer_size: int = 10000, shuffle_seed: int | None = None, prefetch_buffer_size: int | None = None, reader_num_threads: int | None = None, parser_num_threads: int | None = None, sloppy_ordering: bool = False, drop_final_batch: bool = False) -> Any:
    r"""Batches of the `Example`s of files: dictionaries of the tensors that `features` describe."""
def make_csv_dataset(file_pattern: Any, batch_size: int, column_names: Any = None, column_defaults: Any = None, label_name: str | None = None, select_columns: Any = None, field_delim: str = ',', use_quote_delim: bool = True, na_value: str = '', header: bool = True, num_epochs: int | None = None, shuffle: bool = True, shuffle_buffer_size: int = 10000, shuffle_seed: int | None = None, prefetch_buffer_size: int | None = None, num_parallel_reads: int | None = None, sloppy: bool = False, num_rows_for_inference: int | None = 100, compression_type: str | None = None, ignore_errors: bool = False, encoding: str = 'utf-8') -> Any:
    r"""Batches of the rows of CSV files: dictionaries of columns, with the column `label_name` beside them."""
sample_from_datasets = _sample_from_datasets
