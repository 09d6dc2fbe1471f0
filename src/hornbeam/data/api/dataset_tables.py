"""Lookup tables that are filled from datasets."""

from __future__ import annotations

from typing import Any, final

from hornbeam.data.api.dataset import Dataset
from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.runtime import lookup

_ALL = 1 << 40


@final
@public("data.experimental.DatasetInitializer")
class DatasetInitializer(lookup.TableInitializerBase):
    """Fills a table from a dataset of pairs: scalar keys, which must differ, and scalar values.

    Raises ValueError for datasets of anything else.
    """

    def __init__(self, dataset: Any) -> None:
        spec = dataset.element_spec
        if not isinstance(spec, tuple) or len(spec) != 2:
            raise ValueError("element should contain two elements, a key and a value.")
        for part in spec:
            if not isinstance(part, TensorSpec) or part.shape.rank not in (0, None):
                raise ValueError("keys and values should be scalar tensors.")
        self.dataset = dataset
        super().__init__(spec[0].dtype, spec[1].dtype)

    def initialize(self, table: Any) -> Any:
        keys, values = self.dataset.batch(_ALL).get_single_element()
        return lookup.KeyValueTensorInitializer(keys, values).initialize(table)


@public("data.experimental.table_from_dataset")
def table_from_dataset(dataset: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None,
                       default_value: Any = None, hasher_spec: Any = lookup.FAST_HASH, key_dtype: Any = dtypes.string,
                       name: str | None = None) -> Any:
    """A table from the keys to the values of a dataset of pairs.

    num_oov_buckets: how many further ids keys that are not there get, by their hash; otherwise they get
    `default_value`. vocab_size: how many pairs to read, by default all. Raises ValueError and TypeError for arguments
    that do not fit.
    """
    if vocab_size is not None and (not isinstance(vocab_size, int) or vocab_size < 1):
        raise ValueError(f"`vocab_size` must be greater than 0, got {vocab_size}.")
    if num_oov_buckets < 0:
        raise ValueError(f"`num_oov_buckets` must be greater than or equal to 0, got {num_oov_buckets}.")
    if not isinstance(dataset, Dataset):
        raise ValueError("`dataset` must be a dataset of pairs of a key and a value.")
    if default_value is None:
        default_value = -1 if dataset.element_spec[1].dtype.is_integer else ""
    if vocab_size is not None:
        dataset = dataset.take(vocab_size)
    filling = DatasetInitializer(dataset)
    if not num_oov_buckets:
        return lookup.StaticHashTable(filling, default_value, name)
    return lookup.StaticVocabularyTable(filling, num_oov_buckets, dtypes.as_dtype(key_dtype), name)


@public("data.experimental.index_table_from_dataset")
def index_table_from_dataset(dataset: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None,
                             default_value: int = -1, hasher_spec: Any = lookup.FAST_HASH,
                             key_dtype: Any = dtypes.string, name: str | None = None) -> Any:
    """A table from the elements of a dataset of keys to their numbers. Other arguments as for `table_from_dataset`."""
    pairs = dataset.enumerate().map(lambda number, key: (key, number))
    return table_from_dataset(pairs, num_oov_buckets, vocab_size, default_value, hasher_spec, key_dtype, name)
