"""Columns of ids: hashed, listed, numbered, weighted and crossed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import names_v1, public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import array, hashing, sparse_cross, tables
from hornbeam.runtime import lookup
from hornbeam.train.feature_columns.columns import (
    CategoricalColumn,
    Features,
    as_ids,
    check_key,
    function,
)


def _var_len(key: str, dtype: Any) -> dict[str, Any]:
    return {key: function("io.VarLenFeature")(dtype)}


def _check_dtype(dtype: Any, given: Any, what: str, key: str) -> None:
    """Raises ValueError where a feature is of another kind than its column."""
    held = given.dtype.base_dtype
    if not (held.is_integer or held is dtypes.string):
        raise ValueError(f"column_name: {key} input_tensor dtype must be string or integer. dtype: {held}.")
    if dtype.is_integer != held.is_integer:
        raise ValueError(f"Column dtype and SparseTensors dtype must be compatible. key: {key}, column dtype: {dtype}, "
                         f"tensor dtype: {held}")


def check_word_dtype(dtype: Any, prefix: str) -> Any:
    """A dtype of strings or integers. Raises ValueError for others."""
    held = dtypes.as_dtype(dtype)
    if not (held.is_integer or held is dtypes.string):
        raise ValueError(f"{prefix} dtype must be string or integer. dtype: {held}.")
    return held


def with_values(ids: SparseTensor, values: Any) -> SparseTensor:
    """Other values at the same places."""
    return SparseTensor(ids.indices, values, ids.dense_shape)


class _Plain(CategoricalColumn):
    """A column of the ids of one feature, without weights."""

    key: str

    @property
    def name(self) -> str:
        return self.key

    def ids(self, features: Features) -> tuple[SparseTensor, SparseTensor | None]:
        return features.get(self), None

    def transform(self, features: Features) -> Any:
        return self.of_words(as_ids(features.get(self.key)))

    def of_words(self, words: SparseTensor) -> SparseTensor:
        """The ids of a feature's values."""
        raise NotImplementedError


@dataclass(frozen=True)
class HashedCategoricalColumn(_Plain):
    """The hashes of strings or integers."""

    key: str
    hash_bucket_size: int
    dtype: Any

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return _var_len(self.key, self.dtype)

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def of_words(self, words: SparseTensor) -> SparseTensor:
        _check_dtype(self.dtype, words, "hash", self.key)
        values = words.values if self.dtype is dtypes.string else ops["AsString"](words.values)
        return with_values(words, hashing.to_hash_bucket_fast(values, num_buckets=self.hash_bucket_size,
                                                              name="lookup"))


@public("feature_column.categorical_column_with_hash_bucket")
def categorical_column_with_hash_bucket(key: str, hash_bucket_size: int, dtype: Any = dtypes.string) -> Any:
    """Ids below `hash_bucket_size` by the hash of a feature's strings or integers.

    Raises ValueError for sizes below 1 and other dtypes.
    """
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}")
    return HashedCategoricalColumn(check_key(key), hash_bucket_size, check_word_dtype(dtype, f"column_name: {key}"))


@dataclass(frozen=True)
class IdentityCategoricalColumn(_Plain):
    """Ids as they are."""

    key: str
    number_buckets: int
    default_value: int | None

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return _var_len(self.key, dtypes.int64)

    @property
    def num_buckets(self) -> int:
        return self.number_buckets

    def of_words(self, words: SparseTensor) -> SparseTensor:
        if not words.dtype.is_integer:
            raise ValueError(f"Invalid input, not integer. key: {self.key} dtype: {words.dtype}")
        ids = function("cast")(words.values, dtypes.int64)
        last, first = array.constant(np.int64(self.number_buckets)), array.constant(np.int64(0))
        if self.default_value is None:
            asserts = names_v1["assert_less"].target, names_v1["assert_greater_equal"].target
            checks = [asserts[0](ids, last, [ids, last], name="assert_less_than_num_buckets"),
                      asserts[1](ids, first, [ids], name="assert_greater_or_equal_0")]
            if graph_for(ids) is not None:
                with mode.default_graph().control_dependencies([c for c in checks if c is not None]):
                    ids = array.identity(ids)
        else:
            outside = ops["LogicalOr"](ops["Less"](ids, first), ops["GreaterEqual"](ids, last))
            filling = function("fill")(array.shape(ids), np.int64(self.default_value))
            ids = ops["SelectV2"](outside, filling, ids)
        return with_values(words, ids)


@public("feature_column.categorical_column_with_identity")
def categorical_column_with_identity(key: str, num_buckets: int, default_value: int | None = None) -> Any:
    """A feature's integers as ids. default_value: what those outside of 0 … num_buckets-1 become, else they fail.

    Raises ValueError for numbers of buckets below 1 and defaults outside.
    """
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}")
    return IdentityCategoricalColumn(check_key(key), num_buckets, default_value)


def _looked_up(words: SparseTensor, key: str, default: int, buckets: int, initializer: Any, dtype: Any) -> SparseTensor:
    """The ids of words by a table that is filled as `initializer()` says."""
    _check_dtype(dtype, words, "vocabulary", key)
    values = words.values
    if dtype.is_integer and values.dtype.base_dtype is not dtypes.int64:
        values = function("cast")(values, dtypes.int64)
    with lookup.scoped(f"{key}_lookup", values), lookup.scoped("hash_table"):
        table = lookup.InitializableTable(-1 if buckets else default, initializer())
        ids = lookup.IdTable(table, buckets).lookup(values) if buckets else table.lookup(values)
    return with_values(words, ids)


@dataclass(frozen=True)
class VocabularyListCategoricalColumn(_Plain):
    """The places of strings or integers in a list."""

    key: str
    vocabulary_list: tuple[Any, ...]
    dtype: Any
    default_value: int
    num_oov_buckets: int

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return _var_len(self.key, self.dtype)

    @property
    def num_buckets(self) -> int:
        return len(self.vocabulary_list) + self.num_oov_buckets

    def of_words(self, words: SparseTensor) -> SparseTensor:
        def initializer() -> Any:
            words = [w.encode() if isinstance(w, str) else w for w in self.vocabulary_list]
            keys = np.array(words, np.int64 if self.dtype.is_integer else object)
            return lookup.KeyValueTensorInitializer(keys, np.arange(len(keys)), name="table_init")

        return _looked_up(words, self.key, self.default_value, self.num_oov_buckets, initializer, self.dtype)


@public("feature_column.categorical_column_with_vocabulary_list")
def categorical_column_with_vocabulary_list(key: str, vocabulary_list: Sequence[Any], dtype: Any = None,
                                            default_value: int = -1, num_oov_buckets: int = 0) -> Any:
    """Ids by the place of a feature's values in a list; others get `default_value`, or one of the buckets behind it.

    Raises ValueError for lists that are empty or hold a value twice, dtypes that do not fit, and where both a default
    and buckets are given.
    """
    if vocabulary_list is None or not len(vocabulary_list):
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {check_key(key)}")
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f"Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}")
    own = dtypes.from_numpy(np.array(list(vocabulary_list)).dtype)
    _check_buckets(key, num_oov_buckets, default_value)
    if own is not dtypes.string and not own.is_integer:
        raise ValueError(f"column_name: {key} vocabulary dtype must be string or integer. dtype: {own}.")
    held = own if dtype is None else check_word_dtype(dtype, f"column_name: {key}")
    if own.is_integer != held.is_integer:
        raise ValueError(f"dtype {held} and vocabulary dtype {own} do not match, column_name: {key}")
    return VocabularyListCategoricalColumn(key, tuple(vocabulary_list), held, default_value, num_oov_buckets)


def _check_buckets(key: str, buckets: int, default: int | None) -> None:
    if buckets:
        if default not in (-1, None):
            raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
        if buckets < 0:
            raise ValueError(f"Invalid num_oov_buckets {buckets} in {key}.")


@dataclass(frozen=True)
class VocabularyFileCategoricalColumn(_Plain):
    """The numbers of the lines that hold strings or integers."""

    key: str
    vocabulary_file: str
    vocabulary_size: int
    num_oov_buckets: int
    dtype: Any
    default_value: int

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return _var_len(self.key, self.dtype)

    @property
    def num_buckets(self) -> int:
        return self.vocabulary_size + self.num_oov_buckets

    def of_words(self, words: SparseTensor) -> SparseTensor:
        def initializer() -> Any:
            return lookup.TextFileInitializer(
                self.vocabulary_file, dtypes.int64 if self.dtype.is_integer else self.dtype, tables.WHOLE_LINE,
                dtypes.int64, tables.LINE_NUMBER, self.vocabulary_size, name="table_init")

        return _looked_up(words, self.key, self.default_value, self.num_oov_buckets, initializer, self.dtype)


def vocabulary_file_column(key: str, vocabulary_file: Any, vocabulary_size: int | None, num_oov_buckets: int,
                           default_value: int | None, dtype: Any) -> Any:
    """`categorical_column_with_vocabulary_file`, whose arguments stand in another order in each generation."""
    if not vocabulary_file:
        raise ValueError(f"Missing vocabulary_file in {check_key(key)}.")
    path = str(vocabulary_file)
    if vocabulary_size is None:
        try:
            with open(path, "rb") as file:
                vocabulary_size = sum(1 for _ in file)
        except FileNotFoundError:
            raise ValueError(f"vocabulary_file in {key} does not exist.") from None
    if vocabulary_size < 1:
        raise ValueError(f"Invalid vocabulary_size in {key}.")
    _check_buckets(key, num_oov_buckets, default_value)
    held = check_word_dtype(dtype, f"column_name: {key}")
    return VocabularyFileCategoricalColumn(key, path, vocabulary_size, num_oov_buckets or 0, held,
                                           -1 if default_value is None else default_value)


@public(v2=("feature_column.categorical_column_with_vocabulary_file",))
def categorical_column_with_vocabulary_file(key: str, vocabulary_file: Any, vocabulary_size: int | None = None,
                                            dtype: Any = dtypes.string, default_value: int | None = None,
                                            num_oov_buckets: int = 0, file_format: str | None = None) -> Any:
    """Ids by the lines of a text file; values that are not there get the default, or one of the buckets behind it.

    vocabulary_size: how many lines count, by default all. file_format: None, lines of text.
    Raises ValueError for no file, sizes below 1, and where both a default and buckets are given.
    """
    if file_format is not None:
        raise ValueError(f"Unsupported file_format {file_format!r}: files are lines of text")
    return vocabulary_file_column(key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype)


@public(v1=("feature_column.categorical_column_with_vocabulary_file",))
def categorical_column_with_vocabulary_file_v1(key: str, vocabulary_file: Any, vocabulary_size: int | None = None,
                                               num_oov_buckets: int = 0, default_value: int | None = None,
                                               dtype: Any = dtypes.string) -> Any:
    """Ids by the lines of a text file. See `hornbeam.feature_column.categorical_column_with_vocabulary_file`."""
    return vocabulary_file_column(key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype)


# Made of others --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeightedCategoricalColumn(CategoricalColumn):
    """Ids, each with a weight from another feature."""

    categorical_column: CategoricalColumn
    weight_feature_key: str
    dtype: Any

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        found = dict(self.categorical_column.parse_example_spec)
        if self.weight_feature_key in found:
            raise ValueError(f"Parse config {found[self.weight_feature_key]} already exists for "
                             f"{self.weight_feature_key}.")
        return {**found, **_var_len(self.weight_feature_key, self.dtype)}

    @property
    def num_buckets(self) -> int:
        return self.categorical_column.num_buckets

    def transform(self, features: Features) -> Any:
        weights = features.get(self.weight_feature_key)
        if self.dtype is not weights.dtype.base_dtype:
            raise ValueError(f"Bad dtype, expected {self.dtype}, but got {weights.dtype}.")
        sparse = as_ids(weights, 0.0)
        if not self.dtype.is_floating:
            sparse = with_values(sparse, function("cast")(sparse.values, dtypes.float32))
        return self.categorical_column.ids(features)[0], sparse

    def ids(self, features: Features) -> tuple[SparseTensor, SparseTensor | None]:
        return features.get(self)


@public("feature_column.weighted_categorical_column")
def weighted_categorical_column(categorical_column: CategoricalColumn, weight_feature_key: str,
                                dtype: Any = dtypes.float32) -> Any:
    """The ids of a column, each with the weight that stands in the same place of another feature.

    Raises ValueError for dtypes that are no numbers.
    """
    if dtype is None or not (dtypes.as_dtype(dtype).is_integer or dtypes.as_dtype(dtype).is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, dtypes.as_dtype(dtype))


@dataclass(frozen=True)
class CrossedColumn(CategoricalColumn):
    """The hashes of combinations of several features."""

    keys: tuple[Any, ...]
    hash_bucket_size: int
    hash_key: int | None

    def leaves(self) -> list[Any]:
        """The features and columns that are crossed, those of crossed columns among them."""
        return [leaf for key in self.keys for leaf in (key.leaves() if isinstance(key, CrossedColumn) else [key])]

    @property
    def name(self) -> str:
        return "_X_".join(sorted(leaf if isinstance(leaf, str) else leaf.name for leaf in self.leaves()))

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self.keys:
            found.update(_var_len(key, dtypes.string) if isinstance(key, str) else key.parse_example_spec)
        return found

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def transform(self, features: Features) -> Any:
        inputs = []
        for leaf in self.leaves():
            if isinstance(leaf, str):
                inputs.append(features.get(leaf))
                continue
            ids, weights = leaf.ids(features)
            if weights is not None:
                raise ValueError(f"crossed_column does not support weight_tensor, but the given column populates "
                                 f"weight_tensor. Given column: {leaf.name}")
            inputs.append(ids)
        return sparse_cross.sparse_cross_hashed(inputs, self.hash_bucket_size, self.hash_key)

    def ids(self, features: Features) -> tuple[SparseTensor, SparseTensor | None]:
        return features.get(self), None


@public("feature_column.crossed_column")
def crossed_column(keys: Sequence[Any], hash_bucket_size: int, hash_key: int | None = None) -> Any:
    """Ids below `hash_bucket_size` by the hash of combinations of features.

    keys: names of features, or columns of ids other than hashed ones. Raises ValueError for fewer than two.
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        wrong = not isinstance(key, (str, CategoricalColumn)) or isinstance(key, HashedCategoricalColumn)
        if wrong and not isinstance(key, HashedCategoricalColumn):
            raise ValueError("Unsupported key type. All keys must be either string, or categorical column except "
                             f"HashedCategoricalColumn. Given: {key}")
        if wrong:
            raise ValueError("categorical_column_with_hash_bucket is not supported for crossing. Hashing before "
                             "crossing will increase probability of collision. Instead, use the feature name as a "
                             f"string. Given: {key}")
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)
