"""The public names of `hornbeam.v1.data.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import OptionalSpec as _OptionalStructure
from hornbeam.data import DatasetSpec as _DatasetStructure
from hornbeam.data import ThreadingOptions as ThreadingOptions
from hornbeam.data.api.experimental import map_and_batch_with_legacy_function as map_and_batch_with_legacy_function
from hornbeam.data.api.experimental import sparse_tensor_structure as _SparseTensorStructure
from hornbeam.data.api.experimental import tensor_structure as _TensorStructure
from hornbeam.data.experimental import AUTOTUNE as AUTOTUNE
from hornbeam.data.experimental import AutoShardPolicy as AutoShardPolicy
from hornbeam.data.experimental import AutotuneAlgorithm as AutotuneAlgorithm
from hornbeam.data.experimental import AutotuneOptions as AutotuneOptions
from hornbeam.data.experimental import DatasetInitializer as DatasetInitializer
from hornbeam.data.experimental import DistributeOptions as DistributeOptions
from hornbeam.data.experimental import ExternalStatePolicy as ExternalStatePolicy
from hornbeam.data.experimental import INFINITE_CARDINALITY as INFINITE_CARDINALITY
from hornbeam.data.experimental import OptimizationOptions as OptimizationOptions
from hornbeam.data.experimental import Optional as Optional
from hornbeam.data.experimental import Reducer as Reducer
from hornbeam.data.experimental import SHARD_HINT as SHARD_HINT
from hornbeam.data.experimental import ServiceOptions as ServiceOptions
from hornbeam.data.experimental import TFRecordWriter as TFRecordWriter
from hornbeam.data.experimental import UNKNOWN_CARDINALITY as UNKNOWN_CARDINALITY
from hornbeam.data.experimental import assert_cardinality as assert_cardinality
from hornbeam.data.experimental import at as at
from hornbeam.data.experimental import bucket_by_sequence_length as bucket_by_sequence_length
from hornbeam.data.experimental import cardinality as cardinality
from hornbeam.data.experimental import copy_to_device as copy_to_device
from hornbeam.data.experimental import dense_to_ragged_batch as dense_to_ragged_batch
from hornbeam.data.experimental import dense_to_sparse_batch as dense_to_sparse_batch
from hornbeam.data.experimental import enable_debug_mode as enable_debug_mode
from hornbeam.data.experimental import enumerate_dataset as enumerate_dataset
from hornbeam.data.experimental import from_list as from_list
from hornbeam.data.experimental import from_variant as from_variant
from hornbeam.data.experimental import get_next_as_optional as get_next_as_optional
from hornbeam.data.experimental import get_single_element as get_single_element
from hornbeam.data.experimental import get_structure as get_structure
from hornbeam.data.experimental import group_by_reducer as group_by_reducer
from hornbeam.data.experimental import group_by_window as group_by_window
from hornbeam.data.experimental import ignore_errors as ignore_errors
from hornbeam.data.experimental import index_table_from_dataset as index_table_from_dataset
from hornbeam.data.experimental import make_saveable_from_iterator as make_saveable_from_iterator
from hornbeam.data.experimental import map_and_batch as map_and_batch
from hornbeam.data.experimental import pad_to_cardinality as pad_to_cardinality
from hornbeam.data.experimental import parallel_interleave as parallel_interleave
from hornbeam.data.experimental import parse_example_dataset as parse_example_dataset
from hornbeam.data.experimental import prefetch_to_device as prefetch_to_device
from hornbeam.data.experimental import rejection_resample as rejection_resample
from hornbeam.data.experimental import save as save
from hornbeam.data.experimental import scan as scan
from hornbeam.data.experimental import shuffle_and_repeat as shuffle_and_repeat
from hornbeam.data.experimental import snapshot as snapshot
from hornbeam.data.experimental import table_from_dataset as table_from_dataset
from hornbeam.data.experimental import take_while as take_while
from hornbeam.data.experimental import to_variant as to_variant
from hornbeam.data.experimental import unbatch as unbatch
from hornbeam.data.experimental import unique as unique
from hornbeam.v1.contrib.data import Counter as Counter
from hornbeam.v1.contrib.data import CsvDataset as CsvDataset
from hornbeam.v1.contrib.data import RandomDataset as RandomDataset
from hornbeam.v1.contrib.data import SqlDataset as SqlDataset
from hornbeam.v1.contrib.data import choose_from_datasets as choose_from_datasets
from hornbeam.v1.contrib.data import make_batched_features_dataset as make_batched_features_dataset
from hornbeam.v1.contrib.data import make_csv_dataset as make_csv_dataset
from hornbeam.v1.contrib.data import sample_from_datasets as sample_from_datasets

DatasetStructure = _DatasetStructure
OptionalStructure = _OptionalStructure
SparseTensorStructure = _SparseTensorStructure
TensorStructure = _TensorStructure
