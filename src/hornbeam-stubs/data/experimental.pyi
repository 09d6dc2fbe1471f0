"""The public names of `hornbeam.data.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.data import ThreadingOptions as ThreadingOptions
from hornbeam.data.api.dataset_tables import DatasetInitializer as DatasetInitializer
from hornbeam.data.api.dataset_tables import index_table_from_dataset as index_table_from_dataset
from hornbeam.data.api.dataset_tables import table_from_dataset as table_from_dataset
from hornbeam.data.api.dataset_v1 import get_structure as get_structure
from hornbeam.data.api.experimental import Reducer as Reducer
from hornbeam.data.api.experimental import TFRecordWriter as TFRecordWriter
from hornbeam.data.api.experimental import assert_cardinality as assert_cardinality
from hornbeam.data.api.experimental import at as at
from hornbeam.data.api.experimental import bucket_by_sequence_length as bucket_by_sequence_length
from hornbeam.data.api.experimental import cardinality as cardinality
from hornbeam.data.api.experimental import choose_from_datasets as choose_from_datasets
from hornbeam.data.api.experimental import copy_to_device as copy_to_device
from hornbeam.data.api.experimental import dense_to_ragged_batch as dense_to_ragged_batch
from hornbeam.data.api.experimental import dense_to_sparse_batch as dense_to_sparse_batch
from hornbeam.data.api.experimental import enable_debug_mode as enable_debug_mode
from hornbeam.data.api.experimental import enumerate_dataset as enumerate_dataset
from hornbeam.data.api.experimental import from_list as from_list
from hornbeam.data.api.experimental import from_variant as from_variant
from hornbeam.data.api.experimental import get_single_element as get_single_element
from hornbeam.data.api.experimental import group_by_reducer as group_by_reducer
from hornbeam.data.api.experimental import group_by_window as group_by_window
from hornbeam.data.api.experimental import ignore_errors as ignore_errors
from hornbeam.data.api.experimental import load as load
from hornbeam.data.api.experimental import make_saveable_from_iterator as make_saveable_from_iterator
from hornbeam.data.api.experimental import map_and_batch as map_and_batch
from hornbeam.data.api.experimental import pad_to_cardinality as pad_to_cardinality
from hornbeam.data.api.experimental import parallel_interleave as parallel_interleave
from hornbeam.data.api.experimental import prefetch_to_device as prefetch_to_device
from hornbeam.data.api.experimental import rejection_resample as rejection_resample
from hornbeam.data.api.experimental import sample_from_datasets as sample_from_datasets
from hornbeam.data.api.experimental import save as save
from hornbeam.data.api.experimental import scan as scan
from hornbeam.data.api.experimental import shuffle_and_repeat as shuffle_and_repeat
from hornbeam.data.api.experimental import snapshot as snapshot
from hornbeam.data.api.experimental import take_while as take_while
from hornbeam.data.api.experimental import to_variant as to_variant
from hornbeam.data.api.experimental import unbatch as unbatch
from hornbeam.data.api.experimental import unique as unique
from hornbeam.data.api.file_pipelines import parse_example_dataset as parse_example_dataset
from hornbeam.data.api.iterators import get_next_as_optional as get_next_as_optional
from hornbeam.data.api.optional import Optional as Optional
from hornbeam.data.api.options import AutoShardPolicy as AutoShardPolicy
from hornbeam.data.api.options import AutotuneAlgorithm as AutotuneAlgorithm
from hornbeam.data.api.options import AutotuneOptions as AutotuneOptions
from hornbeam.data.api.options import DistributeOptions as DistributeOptions
from hornbeam.data.api.options import ExternalStatePolicy as ExternalStatePolicy
from hornbeam.data.api.options import OptimizationOptions as OptimizationOptions
from hornbeam.data.api.options import ServiceOptions as ServiceOptions
from hornbeam.data.api.readers import CsvDataset as CsvDataset
from hornbeam.data.api.readers import RandomDataset as RandomDataset
from hornbeam.data.api.readers import SqlDataset as SqlDataset
from typing import Any

AUTOTUNE: int
def Counter(start: Any = 0, step: Any = 1, dtype: Any = ...) -> Any:
    r"""The numbers from `start` on by `step`, without end. As `Dataset.counter`."""
INFINITE_CARDINALITY: int
SHARD_HINT: int
UNKNOWN_CARDINALITY: int
def make_batched_features_dataset(file_pattern: Any, batch_size: int, features: Any, reader: Any = None, label_key: str | None = None, reader_args: Any = None, num_epochs: int | None = None, shuffle: bool = True, shuffle_buffer_size: int = 10000, shuffle_seed: int | None = None, prefetch_buffer_size: int | None = None, reader_num_threads: int | None = None, parser_num_threads: int | None = None, sloppy_ordering: bool = False, drop_final_batch: bool = False) -> Any:
    r"""Batches of the `Example`s of files: dictionaries of the tensors that `features` describe."""
def make_csv_dataset(file_pattern: Any, batch_size: int, column_names: Any = None, column_defaults: Any = None, label_name: str | None = None, select_columns: Any = None, field_delim: str = ',', use_quote_delim: bool = True, na_value: str = '', header: bool = True, num_epochs: int | None = None, shuffle: bool = True, shuffle_buffer_size: int = 10000, shuffle_seed: int | None = None, prefetch_buffer_size: int | None = None, num_parallel_reads: int | None = None, sloppy: bool = False, num_rows_for_inference: int | None = 100, compression_type: str | None = None, ignore_errors: bool = False, encoding: str = 'utf-8') -> Any:
    r"""Batches of the rows of CSV files: dictionaries of columns, with the column `label_name` beside them."""
