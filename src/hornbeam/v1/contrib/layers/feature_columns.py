"""The feature columns of `contrib.layers`, which are those of `tf.feature_column` under their older names."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.train.feature_columns.columns import CategoricalColumn, Features, normalized
from hornbeam.v1.adapters.feature_columns import concatenated
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.names import of_layers


@of_layers("real_valued_column")
def real_valued_column(column_name: str, dimension: int = 1, default_value: Any = None, dtype: Any = dtypes.float32,
                       normalizer: Callable[[Any], Any] | None = None) -> Any:
    """Numbers, `dimension` for each example. default_value: in examples that have none. normalizer: applied to them.

    Raises ValueError for dimensions below 1 and dtypes that are no numbers.
    """
    return tf.feature_column.numeric_column(column_name, (dimension,), default_value, dtypes.as_dtype(dtype),
                                            normalizer)


@of_layers("bucketized_column")
def bucketized_column(source_column: Any, boundaries: Sequence[float]) -> Any:
    """The numbers of the ranges that a column of numbers falls into; `boundaries` ascend."""
    return tf.feature_column.bucketized_column(source_column, boundaries)


@of_layers("sparse_column_with_hash_bucket")
def sparse_column_with_hash_bucket(column_name: str, hash_bucket_size: int, combiner: str = "sum",
                                   dtype: Any = dtypes.string, hash_keys: Any = None) -> Any:
    """Words, or integers, as numbers below `hash_bucket_size` by their hash."""
    return tf.feature_column.categorical_column_with_hash_bucket(column_name, hash_bucket_size, dtypes.as_dtype(dtype))


@of_layers("sparse_column_with_keys")
def sparse_column_with_keys(column_name: str, keys: Sequence[Any], default_value: int = -1, combiner: str = "sum",
                            dtype: Any = dtypes.string) -> Any:
    """Words as their numbers in `keys`; others are `default_value`."""
    return tf.feature_column.categorical_column_with_vocabulary_list(column_name, keys, dtypes.as_dtype(dtype),
                                                                     default_value)


@of_layers("sparse_column_with_vocabulary_file")
def sparse_column_with_vocabulary_file(column_name: str, vocabulary_file: str, num_oov_buckets: int = 0,
                                       vocab_size: int | None = None, default_value: int = -1, combiner: str = "sum",
                                       dtype: Any = dtypes.string) -> Any:
    """Words as their lines in a file."""
    return tf.feature_column.categorical_column_with_vocabulary_file(
        column_name, vocabulary_file, vocab_size, num_oov_buckets, None if num_oov_buckets else default_value,
        dtypes.as_dtype(dtype))


@of_layers("sparse_column_with_integerized_feature")
def sparse_column_with_integerized_feature(column_name: str, bucket_size: int, combiner: str = "sum",
                                           dtype: Any = dtypes.int64) -> Any:
    """Numbers below `bucket_size`, as they are."""
    return tf.feature_column.categorical_column_with_identity(column_name, bucket_size)


@of_layers("weighted_sparse_column")
def weighted_sparse_column(sparse_id_column: Any, weight_column_name: str, dtype: Any = dtypes.float32) -> Any:
    """The numbers of a column, each with a weight of another feature."""
    return tf.feature_column.weighted_categorical_column(sparse_id_column, weight_column_name, dtypes.as_dtype(dtype))


@of_layers("crossed_column")
def crossed_column(columns: Sequence[Any], hash_bucket_size: int, combiner: str = "sum",
                   ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None,
                   hash_key: int | None = None) -> Any:
    """Combinations of several columns' values as numbers below `hash_bucket_size` by their hash."""
    return tf.feature_column.crossed_column(columns, hash_bucket_size, hash_key)


@of_layers("embedding_column")
def embedding_column(sparse_id_column: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
                     ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None,
                     max_norm: float | None = None, trainable: bool = True) -> Any:
    """Dense vectors of a column's numbers. initializer: by default normal with 1/√(how many numbers there are)."""
    if initializer is None:
        initializer = tf.truncated_normal_initializer(mean=0.0, stddev=1 / math.sqrt(sparse_id_column.num_buckets))
    return tf.feature_column.embedding_column(sparse_id_column, dimension, combiner, initializer, ckpt_to_load_from,
                                              tensor_name_in_ckpt, max_norm, trainable)


@of_layers("shared_embedding_columns")
def shared_embedding_columns(sparse_id_columns: Sequence[Any], dimension: int, combiner: str = "mean",
                             shared_embedding_name: str | None = None, initializer: Any = None,
                             ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None,
                             max_norm: float | None = None, trainable: bool = True) -> list[Any]:
    """Dense vectors of several columns' numbers, of one matrix."""
    return tf.feature_column.shared_embedding_columns(
        sparse_id_columns, dimension, combiner, initializer, shared_embedding_name, ckpt_to_load_from,
        tensor_name_in_ckpt, max_norm, trainable)


@of_layers("one_hot_column")
def one_hot_column(sparse_id_column: Any) -> Any:
    """How often each number of a column occurs."""
    return tf.feature_column.indicator_column(sparse_id_column)


@of_layers("create_feature_spec_for_parsing")
def create_feature_spec_for_parsing(feature_columns: Any) -> dict[str, Any]:
    """What `tf.parse_example` needs to read the features of these columns."""
    return tf.feature_column.make_parse_example_spec(list(feature_columns))


@of_layers("parse_feature_columns_from_examples")
def parse_feature_columns_from_examples(serialized: Any, feature_columns: Any, name: str | None = None,
                                        example_names: Any = None) -> dict[str, Any]:
    """The features of serialized examples that these columns need."""
    return tf.parse_example(serialized, create_feature_spec_for_parsing(feature_columns), name=name,
                            example_names=example_names)


@of_layers("input_from_feature_columns")
def input_from_feature_columns(columns_to_tensors: dict[str, Any], feature_columns: Any, weight_collections: Any = None,
                               trainable: bool = True, scope: Any = None, cols_to_outs: Any = None) -> Any:
    """The values of dense columns side by side, ordered by the columns' names: [batch, n]."""
    with tf.variable_scope(scope, default_name="input_from_feature_columns",
                           values=list(columns_to_tensors.values())) as opened:
        return concatenated(columns_to_tensors, normalized(feature_columns), trainable, list(weight_collections or []),
                            cols_to_output_tensors=cols_to_outs, scope=opened)


@of_layers("weighted_sum_from_feature_columns")
def weighted_sum_from_feature_columns(columns_to_tensors: dict[str, Any], feature_columns: Any, num_outputs: int,
                                      weight_collections: Any = None, trainable: bool = True,
                                      scope: Any = None) -> tuple[Any, dict[Any, list[Any]], Any]:
    """(the sum of columns times weights, and a bias [batch, num_outputs]; the weights by column; the bias).

    Variables: `<column>/weight` of numbers, `<column>/weights` of categories, and `bias_weight`.
    """
    keys = [*(weight_collections or ()), tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.MODEL_VARIABLES]

    def variable(name: str, shape: list[int]) -> Any:
        return tf.get_variable(name, shape, tf.float32, tf.zeros_initializer(), trainable=trainable, collections=keys)

    held, total, weights = Features(columns_to_tensors), None, {}
    with tf.variable_scope(scope, default_name="weighted_sum_from_feature_columns",
                           values=list(columns_to_tensors.values())):
        for column in normalized(feature_columns):
            if isinstance(column, CategoricalColumn):
                ids, by = column.ids(held)
                kernel = variable(f"{column.name}/weights", [column.num_buckets, num_outputs])
                part = tf.nn.safe_embedding_lookup_sparse(kernel, ids, by, combiner="sum")
            else:
                dense = column.dense(held, lambda *_: None)
                width = math.prod(column.variable_shape)
                kernel = variable(f"{column.name}/weight", [width, num_outputs])
                part = tf.matmul(tf.reshape(dense, [-1, width]), kernel)
            weights[column] = [kernel]
            total = part if total is None else total + part
        bias = variable("bias_weight", [num_outputs])
        return tf.nn.bias_add(total, bias), weights, bias
