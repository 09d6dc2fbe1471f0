"""What makes tensors of feature columns in TF1: `input_layer` and `linear_model`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.feature_columns.columns import CategoricalColumn, DenseColumn, Features, normalized
from hornbeam.train.feature_columns.dense import EmbeddingColumn, IndicatorColumn, SharedEmbeddingColumn
from hornbeam.train.feature_columns.sequences import SequenceCategoricalColumn, SequenceNumericColumn
from hornbeam.v1.api import tf


def _variable(name: str, shape: Any, initializer: Any, trainable: bool, collections: Iterable[str]) -> Any:
    keys = list(dict.fromkeys([*collections, tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.MODEL_VARIABLES]))
    return tf.get_variable(name, shape, tf.float32, initializer, trainable=trainable, collections=keys)


def column_variables(trainable: bool, collections: Iterable[str]) -> Any:
    """How `input_layer` gives columns their variables: in the open scope, shared ones once."""
    def variables(column: Any, name: str, shape: Any, initializer: Any, own: bool) -> Any:
        if isinstance(column, SharedEmbeddingColumn):
            held = tf.get_collection(column.collection)
            if len(held) > 1:
                raise ValueError(f"Collection {held} can only contain one variable. Suggested fix A: Choose a unique "
                                 "name for this collection. Suggested fix B: Do not add any variables to this "
                                 "collection. The feature_column library already adds a variable under the hood.")
            if held:
                if held[0].shape.as_list() != list(shape):
                    raise ValueError(f"Shared embedding collection {column.collection} contains variable "
                                     f"{held[0].name} of unexpected shape {held[0].shape}. Expected shape is {shape}.")
                return held[0]
        made = _variable(name, shape, initializer, own and trainable, collections)
        if isinstance(column, SharedEmbeddingColumn):
            tf.add_to_collection(column.collection, made)
        return made

    return variables


def _scope(column: Any) -> str:
    return getattr(column, "scope", column.name)


def concatenated(features: Any, columns: list[Any], trainable: bool, collections: Iterable[str],
                 cols_to_vars: dict[Any, Any] | None = None, cols_to_output_tensors: dict[Any, Any] | None = None,
                 scope: Any = None) -> Any:
    """The dense values of columns side by side, [batch, n]. Raises ValueError for columns that are not dense."""
    for column in columns:
        if not isinstance(column, DenseColumn):
            raise ValueError("Items of feature_columns must be a _DenseColumn. You can wrap a categorical column with "
                             f"an embedding_column or indicator_column. Given: {column}")
        _check_not_sequence(column)
    held = Features(features)
    parts = []
    with tf.variable_scope(scope, default_name="input_layer", values=list(features.values())):
        for column in columns:
            with tf.variable_scope(None, default_name=_scope(column)):
                before = set(tf.global_variables())
                tensor = column.dense(held, column_variables(trainable, collections))
                size = 1
                for dim in column.variable_shape:
                    size *= dim
                output = tf.reshape(tensor, [tf.shape(tensor)[0], size])
                output.set_shape([tensor.shape[0].value if tensor.shape.ndims else None, size])
                if cols_to_vars is not None:
                    cols_to_vars[column] = [v for v in tf.global_variables() if v not in before] or _shared(column)
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = output
                parts.append(output)
        return tf.concat(parts, 1)


def _check_not_sequence(column: Any) -> None:
    if isinstance(getattr(column, "categorical_column", None), SequenceCategoricalColumn):
        raise ValueError(f"In {'indicator' if isinstance(column, IndicatorColumn) else 'embedding'}_column: "
                         f"{column.name}. categorical_column must not be of type _SequenceCategoricalColumn. Suggested "
                         "fix A: If you wish to use DenseFeatures, use a non-sequence categorical_column_with_*. "
                         "Suggested fix B: If you wish to create sequence input, use sequence_input_layer.")


def _shared(column: Any) -> list[Any]:
    return tf.get_collection(column.collection) if isinstance(column, SharedEmbeddingColumn) else []


@public(v1=("feature_column.input_layer",))
def input_layer(features: dict[str, Any], feature_columns: Any, weight_collections: Any = None, trainable: bool = True,
                cols_to_vars: dict[Any, Any] | None = None,
                cols_to_output_tensors: dict[Any, Any] | None = None) -> Any:
    """The values of dense columns side by side, ordered by the columns' names: float32 [batch, n].

    features: a dictionary from names to tensors, sparse ones among them. weight_collections: collections for the
    variables. cols_to_vars, cols_to_output_tensors: filled with what each column made.
    Raises ValueError for features that are missing, and columns that are not dense or named twice.
    """
    columns = normalized(feature_columns)
    return concatenated(features, columns, trainable, list(weight_collections or []), cols_to_vars,
                        cols_to_output_tensors)


def weighted_sum(features: Any, columns: list[Any], units: int, sparse_combiner: str, trainable: bool,
                 collections: Iterable[str], cols_to_vars: dict[Any, Any] | None = None) -> Any:
    """The sum of columns times their weights, and a bias, in the open scope: [batch, units]."""
    held, total = Features(features), None
    for column in columns:
        if not isinstance(column, (DenseColumn, CategoricalColumn)):
            raise ValueError("Items of feature_columns must be either a _DenseColumn or _CategoricalColumn. Given: "
                             f"{column}")
        with tf.variable_scope(_scope(column)):
            part, weights = _weighted(column, held, units, sparse_combiner, trainable, collections)
        total = part if total is None else tf.add(total, part)
        if cols_to_vars is not None:
            cols_to_vars[column] = weights
    bias = _variable("bias_weights", [units], tf.zeros_initializer(), trainable, collections)
    if cols_to_vars is not None:
        cols_to_vars["bias"] = [bias]
    return tf.nn.bias_add(total, bias, name="weighted_sum")


def _weighted(column: Any, features: Features, units: int, sparse_combiner: str, trainable: bool,
              collections: Iterable[str]) -> tuple[Any, list[Any]]:
    zeros = tf.zeros_initializer()
    if isinstance(column, CategoricalColumn):
        ids, by = column.ids(features)
        weights = _variable("weights", [column.num_buckets, units], zeros, trainable, collections)
        batch = tf.shape(ids, out_type=tf.int64)[0]
        ids = tf.sparse_reshape(ids, tf.stack([batch, -1]))
        by = None if by is None else tf.sparse_reshape(by, tf.stack([batch, -1]))
        return tf.nn.safe_embedding_lookup_sparse(weights, ids, by, combiner=sparse_combiner,
                                                  name="weighted_sum"), [weights]
    made: list[Any] = []

    def variables(*args: Any) -> Any:
        made.append(column_variables(trainable, collections)(*args))
        return made[-1]

    tensor = column.dense(features, variables)
    size = 1
    for dim in column.variable_shape:
        size *= dim
    weights = _variable("weights", [size, units], zeros, trainable, collections)
    flat = tf.reshape(tensor, [tf.shape(tensor)[0], size])
    return tf.matmul(flat, weights, name="weighted_sum"), [*made, weights]


@public(v1=("feature_column.linear_model",))
def linear_model(features: dict[str, Any], feature_columns: Any, units: int = 1, sparse_combiner: str = "sum",
                 weight_collections: Any = None, trainable: bool = True,
                 cols_to_vars: dict[Any, Any] | None = None) -> Any:
    """The sum of columns times weights, which begin with zeros, and a bias: float32 [batch, units].

    Columns of ids need no indicators. sparse_combiner: how the weights of several ids of one column are combined,
    "sum", "mean" or "sqrtn". cols_to_vars: filled with the variables of each column, and "bias".
    Raises ValueError for features that are missing, and columns that are named twice.
    """
    columns = normalized(feature_columns)
    with tf.variable_scope(None, default_name="linear_model", values=list(features.values())):
        return weighted_sum(features, columns, units, sparse_combiner, trainable, list(weight_collections or []),
                            cols_to_vars)


@public(v1=("contrib.feature_column.sequence_input_layer",))
def sequence_input_layer(features: dict[str, Any], feature_columns: Any, weight_collections: Any = None,
                         trainable: bool = True) -> tuple[Any, Any]:
    """The values of columns of sequences side by side, ordered by the columns' names, and the sequences' lengths.

    features: a dictionary from names to sparse tensors. Returns (float32 [batch, steps, n], int64 [batch]).
    Raises ValueError for columns that are none of sequences, InvalidArgumentError where lengths differ.
    """
    columns, held = normalized(feature_columns), Features(features)
    parts, lengths = [], []
    with tf.variable_scope(None, default_name="sequence_input_layer", values=list(features.values())):
        for column in columns:
            with tf.variable_scope(None, default_name=_scope(column)):
                tensor, length = _sequence(column, held, column_variables(trainable, list(weight_collections or [])))
                size = 1
                for dim in column.variable_shape:
                    size *= dim
                shape = tf.concat([tf.shape(tensor)[:2], [size]], 0)
                parts.append(tf.reshape(tensor, shape))
                parts[-1].set_shape([None, None, size])
                lengths.append(length)
        return tf.concat(parts, -1), _agreed(lengths)


def _sequence(column: Any, features: Features, variables: Any) -> tuple[Any, Any]:
    if isinstance(column, SequenceNumericColumn):
        return column.sequence(features, variables)
    if not isinstance(column, (EmbeddingColumn, IndicatorColumn)):
        raise ValueError("All feature_columns must be of type _SequenceDenseColumn. You can wrap a "
                         "sequence_categorical_column with an embedding_column or indicator_column. Given (type "
                         f"{type(column)}): {column}")
    inner = column.categorical_column
    if not isinstance(inner, SequenceCategoricalColumn):
        kind = "indicator" if isinstance(column, IndicatorColumn) else "embedding"
        raise ValueError(f"In {kind}_column: {column.name}. categorical_column must be of type "
                         "_SequenceCategoricalColumn to use SequenceFeatures. Suggested fix: Use one of "
                         f"sequence_categorical_column_with_*. Given (type {type(inner)}): {inner}")
    return column.dense(features, variables), inner.steps(features)


def _agreed(lengths: list[Any]) -> Any:
    """The lengths, which all columns must have."""
    checks = [tf.assert_equal(lengths[0], other) for other in lengths[1:]]
    if not checks:
        return lengths[0]
    with tf.control_dependencies(checks):
        return tf.identity(lengths[0])
