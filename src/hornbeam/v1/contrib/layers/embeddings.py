"""contrib's embeddings."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.framework.variables import model_variable
from hornbeam.v1.contrib.layers.outputs import collect_named_outputs
from hornbeam.v1.contrib.names import of_layers


@of_layers("embedding_lookup_unique")
def embedding_lookup_unique(params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None) -> Any:
    """As `tf.nn.embedding_lookup`, each row taken once however often its id comes."""
    with tf.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        flat = tf.reshape(ids, tf.reduce_prod(tf.shape(ids), keepdims=True))
        unique, index = tf.unique(flat)
        rows = tf.gather(tf.nn.embedding_lookup(params, unique, partition_strategy=partition_strategy), index)
        found = tf.reshape(rows, tf.concat([tf.shape(ids), tf.shape(rows)[1:]], 0))
        found.set_shape(ids.shape.concatenate(rows.shape[1:]))
        return found


@of_layers("embed_sequence")
def embed_sequence(ids: Any, vocab_size: int | None = None, embed_dim: int | None = None, unique: bool = False,
                   initializer: Any = None, regularizer: Any = None, trainable: bool = True, scope: Any = None,
                   reuse: Any = None) -> Any:
    """The rows of the variable `embeddings` [vocab_size, embed_dim] that `ids` [batch, length] name.

    unique: take each row once. Raises ValueError where the sizes are missing (unless `reuse`).
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError("Must specify vocab size and embedding dimension when not reusing. Got vocab_size="
                         f"{vocab_size} and embed_dim={embed_dim}")
    with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = [vocab_size, embed_dim]
        if reuse and (vocab_size is None or embed_dim is None):
            shape = None
        table = model_variable("embeddings", shape, initializer=initializer, regularizer=regularizer,
                               trainable=trainable)
        return embedding_lookup_unique(table, ids) if unique else tf.nn.embedding_lookup(table, ids)


@of_layers("dense_to_sparse")
@add_arg_scope
def dense_to_sparse(tensor: Any, eos_token: Any = 0, outputs_collections: Any = None, scope: Any = None) -> Any:
    """The elements that differ from `eos_token`, as a sparse tensor."""
    with tf.variable_scope(scope, "dense_to_sparse", [tensor]) as opened:
        tensor = tf.convert_to_tensor(tensor)
        places = tf.where(tf.not_equal(tensor, tf.constant(eos_token, tensor.dtype)))
        found = tf.SparseTensor(places, tf.gather_nd(tensor, places), tf.shape(tensor, out_type=dtypes.int64))
        return collect_named_outputs(outputs_collections, opened.name, found)


@of_layers("bow_encoder")
def bow_encoder(ids: Any, vocab_size: int, embed_dim: int, sparse_lookup: bool = True, initializer: Any = None,
                regularizer: Any = None, trainable: bool = True, scope: Any = None, reuse: Any = None) -> Any:
    """The mean of the embeddings of each row of `ids`: [batch, embed_dim]. sparse_lookup: id 0 does not count.

    Raises TypeError for ids that are neither a tensor nor sparse.
    """
    with tf.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        table = model_variable("embeddings", [vocab_size, embed_dim], initializer=initializer, regularizer=regularizer,
                               trainable=trainable)
        if isinstance(ids, tf.SparseTensor):
            return safe_embedding_lookup_sparse([table], ids, combiner="mean", default_id=0)
        if not isinstance(ids, tf.Tensor):
            raise TypeError(f"ids are expected to be dense Tensor or SparseTensor, got: {ids}")
        if sparse_lookup:
            return safe_embedding_lookup_sparse([table], dense_to_sparse(ids), combiner="mean", default_id=0)
        return tf.reduce_mean(tf.nn.embedding_lookup(table, ids), 1)


@of_layers("safe_embedding_lookup_sparse")
def safe_embedding_lookup_sparse(embedding_weights: Any, sparse_ids: Any, sparse_weights: Any = None,
                                 combiner: str | None = None, default_id: Any = None, name: str | None = None,
                                 partition_strategy: str = "div", max_norm: float | None = None) -> Any:
    """Rows of an embedding combined for each row of `sparse_ids`, without ids below 0 and weights of 0 or less.

    combiner: "mean" (the default), "sqrtn" or "sum". default_id: what a row without ids takes; None gives zeros.
    """
    return tf.nn.safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights, combiner or "mean",
                                              default_id, name or "embedding_lookup", partition_strategy, max_norm)
