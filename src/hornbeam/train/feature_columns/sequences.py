"""Columns of sequences: of ids, for embedding and indicator columns, and of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import array
from hornbeam.train.feature_columns import categories
from hornbeam.train.feature_columns.columns import (
    CategoricalColumn,
    FeatureColumn,
    Features,
    Variables,
    check_key,
    function,
    sizes_of,
)


def steps_of(sparse: SparseTensor, each: int = 1) -> Any:
    """How many steps the rows of a sparse tensor have, int64 [batch]; `each`: how many columns a step takes."""
    rows, columns = sparse.indices[:, 0], sparse.indices[:, 1]
    last = ops["FloorDiv"](columns, array.constant(np.int64(each))) + array.constant(np.int64(1))
    found = ops["UnsortedSegmentMax"](last, rows, sparse.dense_shape[0])
    return ops["Maximum"](found, array.constant(np.int64(0)), name="sequence_length")


@dataclass(frozen=True)
class SequenceCategoricalColumn(CategoricalColumn):
    """The ids of each step."""

    categorical_column: Any

    @property
    def name(self) -> str:
        return self.categorical_column.name

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.categorical_column.parse_example_spec

    @property
    def num_buckets(self) -> int:
        return self.categorical_column.num_buckets

    def transform(self, features: Features) -> Any:
        return self.categorical_column.transform(features)

    def ids(self, features: Features) -> tuple[SparseTensor, SparseTensor | None]:
        """The ids, [batch, steps, ids of a step]."""
        flat = features.get(self)
        shape = flat.dense_shape
        if flat.shape.rank == 2:
            wanted = function("concat")([shape, array.constant(np.array([1]))], 0)
            flat = function("sparse.reshape")(flat, wanted)
        return flat, None

    def steps(self, features: Features) -> Any:
        """How many steps there are, int64 [batch]."""
        return steps_of(features.get(self))


@public("feature_column.sequence_categorical_column_with_identity")
def sequence_categorical_column_with_identity(key: str, num_buckets: int, default_value: int | None = None) -> Any:
    """The integers of each step as ids. Arguments as for `categorical_column_with_identity`."""
    return SequenceCategoricalColumn(categories.categorical_column_with_identity(key, num_buckets, default_value))


@public("feature_column.sequence_categorical_column_with_hash_bucket")
def sequence_categorical_column_with_hash_bucket(key: str, hash_bucket_size: int, dtype: Any = dtypes.string) -> Any:
    """The hashes of each step's values. Arguments as for `categorical_column_with_hash_bucket`."""
    return SequenceCategoricalColumn(categories.categorical_column_with_hash_bucket(key, hash_bucket_size, dtype))


@public("feature_column.sequence_categorical_column_with_vocabulary_list")
def sequence_categorical_column_with_vocabulary_list(key: str, vocabulary_list: Sequence[Any], dtype: Any = None,
                                                     default_value: int = -1, num_oov_buckets: int = 0) -> Any:
    """The ids of each step by a list. Arguments as for `categorical_column_with_vocabulary_list`."""
    return SequenceCategoricalColumn(categories.categorical_column_with_vocabulary_list(
        key, vocabulary_list, dtype, default_value, num_oov_buckets))


@public("feature_column.sequence_categorical_column_with_vocabulary_file")
def sequence_categorical_column_with_vocabulary_file(key: str, vocabulary_file: Any,
                                                     vocabulary_size: int | None = None, num_oov_buckets: int = 0,
                                                     default_value: int | None = None,
                                                     dtype: Any = dtypes.string) -> Any:
    """The ids of each step by the lines of a file. Arguments as for `categorical_column_with_vocabulary_file`."""
    return SequenceCategoricalColumn(categories.vocabulary_file_column(
        key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype))


@dataclass(frozen=True)
class SequenceNumericColumn(FeatureColumn):
    """The numbers of each step."""

    key: str
    shape: tuple[int, ...]
    default_value: float
    dtype: Any
    normalizer_fn: Any

    @property
    def name(self) -> str:
        return self.key

    @property
    def variable_shape(self) -> tuple[int, ...]:
        """The shape of one step's numbers."""
        return self.shape

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: function("io.VarLenFeature")(self.dtype)}

    def transform(self, features: Features) -> Any:
        found = features.get(self.key)
        if self.normalizer_fn is not None:
            found = self.normalizer_fn(found)
        if not isinstance(found, SparseTensor):
            raise TypeError(f"The numbers of sequences are sparse tensors. key: {self.key}, given: {found}")
        return found

    def sequence(self, features: Features, variables: Variables) -> tuple[Any, Any]:
        """The numbers, [batch, steps, *shape], and how many steps there are, int64 [batch]."""
        sparse = features.get(self)
        each = int(np.prod(self.shape))
        dense = function("sparse.to_dense")(sparse, np.array(self.default_value, self.dtype.np_dtype))
        shaped = array.reshape(dense, function("concat")(
            [array.shape(dense)[:1], array.constant(np.array([-1, *self.shape], np.int32))], 0))
        return shaped, steps_of(sparse, each)


@public("feature_column.sequence_numeric_column", v1=("contrib.feature_column.sequence_numeric_column",))
def sequence_numeric_column(key: str, shape: Any = (1,), default_value: float = 0.0, dtype: Any = dtypes.float32,
                            normalizer_fn: Callable[[Any], Any] | None = None) -> Any:
    """Numbers of this shape in each step of a sparse feature. default_value: what fills shorter sequences.

    Raises ValueError and TypeError for shapes and dtypes that do not fit.
    """
    sizes, held = sizes_of(shape, check_key(key)), dtypes.as_dtype(dtype)
    if not (held.is_integer or held.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {held}, key: {key}")
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    return SequenceNumericColumn(key, sizes, default_value, held, normalizer_fn)
