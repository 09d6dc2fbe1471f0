"""Ids as vectors: of zeros and ones, or learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbeam.graph.names import names_v1, public
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import initializers
from hornbeam.train.feature_columns.categories import WeightedCategoricalColumn
from hornbeam.train.feature_columns.columns import (
    CategoricalColumn,
    DenseColumn,
    FeatureColumn,
    Features,
    Variables,
    function,
)


@dataclass(frozen=True)
class IndicatorColumn(DenseColumn):
    """How often each id occurs."""

    categorical_column: Any

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_indicator"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.categorical_column.parse_example_spec

    @property
    def variable_shape(self) -> tuple[int, ...]:
        return (self.categorical_column.num_buckets,)

    def transform(self, features: Features) -> Any:
        ids, weights = self.categorical_column.ids(features)
        many = function("one_hot")(function("sparse.to_dense")(ids, np.int64(-1)), self.variable_shape[0], 1.0, 0.0)
        if weights is not None:
            by = function("sparse.to_dense")(SparseTensor(ids.indices, weights.values, ids.dense_shape), 0.0)
            many = many * function("expand_dims")(by, -1)
        return many

    def dense(self, features: Features, variables: Variables) -> Any:
        return function("reduce_sum")(features.get(self), -2)

    def sequence(self, features: Features) -> Any:
        """The values of each step, [batch, steps, ids]."""
        return function("reduce_sum")(features.get(self), -2)


@public("feature_column.indicator_column")
def indicator_column(categorical_column: Any) -> Any:
    """How often each id of a column occurs in an example: float32 [batch, num_buckets].

    Raises ValueError for columns of another kind.
    """
    if not isinstance(categorical_column, CategoricalColumn):
        raise ValueError("Unsupported input type. Input must be a CategoricalColumn. "
                         f"Given: {categorical_column}")
    return IndicatorColumn(categorical_column)


@dataclass(frozen=True)
class EmbeddingColumn(DenseColumn):
    """The learned vectors of ids, combined."""

    categorical_column: Any
    dimension: int
    combiner: str
    initializer: Any
    ckpt_to_load_from: str | None
    tensor_name_in_ckpt: str | None
    max_norm: float | None
    trainable: bool
    use_safe_embedding_lookup: bool = True

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_embedding"

    @property
    def scope(self) -> str:
        """The name scope of the variable."""
        return self.name

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.categorical_column.parse_example_spec

    @property
    def variable_shape(self) -> tuple[int, ...]:
        return (self.dimension,)

    def transform(self, features: Features) -> Any:
        return self.categorical_column.ids(features)

    def weights(self, variables: Variables) -> Any:
        """The vectors, [num_buckets, dimension]."""
        made = variables(self, "embedding_weights", (self.categorical_column.num_buckets, self.dimension),
                         self.initializer, self.trainable)
        if self.ckpt_to_load_from is not None:
            names_v1["train.init_from_checkpoint"].target(self.ckpt_to_load_from, {self.tensor_name_in_ckpt: made})
        return made

    def dense(self, features: Features, variables: Variables) -> Any:
        ids, by = features.get(self)
        weights = self.weights(variables)
        if self.use_safe_embedding_lookup:
            return names_v1["nn.safe_embedding_lookup_sparse"].target(
                weights, ids, by, combiner=self.combiner, name=f"{self.name}_weights", max_norm=self.max_norm)
        return names_v1["nn.embedding_lookup_sparse"].target(
            weights, ids, by, combiner=self.combiner, name=f"{self.name}_weights", max_norm=self.max_norm)


def _initializer(given: Any, dimension: int, key: Any, combiner: Any) -> Any:
    if given is not None and not callable(given):
        raise ValueError(f"initializer must be callable if specified. Embedding of column_name: {key}")
    return initializers.TruncatedNormal(0.0, 1 / math.sqrt(dimension)) if given is None else given


def _check_embedding(dimension: Any, checkpoint: Any, tensor: Any) -> None:
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (checkpoint is None) != (tensor is None):
        raise ValueError("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.")


@public("feature_column.embedding_column")
def embedding_column(categorical_column: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
                     ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None,
                     max_norm: float | None = None, trainable: bool = True,
                     use_safe_embedding_lookup: bool = True) -> Any:
    """Learned vectors of the ids of a column: float32 [batch, dimension], combined by "mean", "sqrtn" or "sum".

    initializer: by default a truncated normal one of deviation 1/√dimension. ckpt_to_load_from, tensor_name_in_ckpt:
    where the vectors come from. max_norm: longer vectors are cut. Raises ValueError for arguments that do not fit.
    """
    _check_embedding(dimension, ckpt_to_load_from, tensor_name_in_ckpt)
    held = _initializer(initializer, dimension, categorical_column.name, combiner)
    return EmbeddingColumn(categorical_column, dimension, combiner, held, ckpt_to_load_from, tensor_name_in_ckpt,
                           max_norm, trainable, use_safe_embedding_lookup)


@dataclass(frozen=True)
class SharedEmbeddingColumn(EmbeddingColumn):
    """The learned vectors of ids that several columns share."""

    collection: str = ""

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def scope(self) -> str:
        return self.collection


def shared(categorical_columns: Sequence[Any], dimension: int, combiner: str, initializer: Any,
           shared_embedding_collection_name: str | None, ckpt_to_load_from: str | None, tensor_name_in_ckpt: str | None,
           max_norm: float | None, trainable: bool, use_safe_embedding_lookup: bool) -> list[Any]:
    """Columns that share their vectors. Raises ValueError where their ids are not of one kind."""
    _check_embedding(dimension, ckpt_to_load_from, tensor_name_in_ckpt)
    ordered = sorted(categorical_columns, key=lambda c: c.name)

    def inner(column: FeatureColumn) -> Any:
        return column.categorical_column if isinstance(column, WeightedCategoricalColumn) else column

    first = ordered[0]
    for column in ordered[1:]:
        if type(inner(column)) is not type(inner(first)):
            raise ValueError("To use shared_embedding_column, all categorical_columns must have the same type, or be "
                             f"weighted_categorical_column of the same type. Given column: {first} of type: "
                             f"{type(inner(first))} does not match given column: {column} of type: "
                             f"{type(inner(column))}")
        if column.num_buckets != first.num_buckets:
            raise ValueError("To use shared_embedding_column, all categorical_columns must have the same number of "
                             f"buckets. Given column: {first} with buckets: {first.num_buckets} does  not match "
                             f"column: {column} with buckets: {column.num_buckets}")
    collection = shared_embedding_collection_name or "_".join(c.name for c in ordered) + "_shared_embedding"
    held = _initializer(initializer, dimension, collection, combiner)
    return [SharedEmbeddingColumn(column, dimension, combiner, held, ckpt_to_load_from, tensor_name_in_ckpt, max_norm,
                                  trainable, use_safe_embedding_lookup, collection) for column in categorical_columns]


@public(v2=("feature_column.shared_embeddings",))
def shared_embeddings(categorical_columns: Sequence[Any], dimension: int, combiner: str = "mean",
                      initializer: Any = None, shared_embedding_collection_name: str | None = None,
                      ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None,
                      max_norm: float | None = None, trainable: bool = True,
                      use_safe_embedding_lookup: bool = True) -> list[Any]:
    """A column for each of `categorical_columns`, whose learned vectors are the same. See `embedding_column`.

    Raises ValueError where the columns are of different kinds or have different numbers of ids.
    """
    return shared(categorical_columns, dimension, combiner, initializer, shared_embedding_collection_name,
                  ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable, use_safe_embedding_lookup)


@public(v1=("feature_column.shared_embedding_columns",))
def shared_embedding_columns(categorical_columns: Sequence[Any], dimension: int, combiner: str = "mean",
                             initializer: Any = None, shared_embedding_collection_name: str | None = None,
                             ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None,
                             max_norm: float | None = None, trainable: bool = True,
                             use_safe_embedding_lookup: bool = True) -> list[Any]:
    """A column for each of `categorical_columns`, whose learned vectors are the same. See `embedding_column`."""
    return shared(categorical_columns, dimension, combiner, initializer, shared_embedding_collection_name,
                  ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable, use_safe_embedding_lookup)

