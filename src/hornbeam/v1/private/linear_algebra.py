"""Helpers of `tensorflow.python.ops.linalg.linear_operator_util`: products and solutions of matrices in batches.

The batches broadcast, as in `tf.matmul`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hornbeam.v1 as tf


def matmul_with_broadcast(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False,
                          adjoint_a: bool = False, adjoint_b: bool = False, a_is_sparse: bool = False,
                          b_is_sparse: bool = False, name: str | None = None) -> Any:
    """As `tf.matmul`."""
    return tf.matmul(a, b, transpose_a, transpose_b, adjoint_a, adjoint_b, a_is_sparse, b_is_sparse, name=name)


def matrix_solve_with_broadcast(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """x of matrix · x = rhs."""
    matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
    return tf.linalg.solve(matrix, rhs, adjoint=adjoint, name=name)


def matrix_triangular_solve_with_broadcast(matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False,
                                           name: str | None = None) -> Any:
    """x of matrix · x = rhs, where the matrix is a triangular one."""
    matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
    return tf.linalg.triangular_solve(matrix, rhs, lower=lower, adjoint=adjoint, name=name)


def cholesky_solve_with_broadcast(chol: Any, rhs: Any, name: str | None = None) -> Any:
    """x of A · x = rhs, where `chol` is the Cholesky factor of A."""
    chol, rhs = broadcast_matrix_batch_dims([chol, rhs])
    return tf.linalg.cholesky_solve(chol, rhs, name=name)


def broadcast_matrix_batch_dims(batch_matrices: Sequence[Any], name: str | None = None) -> list[Any]:
    """Matrices in batches, as many of each.  Raises ValueError where one is no matrix.

    >>> [m.shape.as_list() for m in broadcast_matrix_batch_dims([tf.ones([2, 1, 3, 4]), tf.ones([5, 1])])]
    [[2, 1, 3, 4], [2, 1, 5, 1]]
    """
    with tf.name_scope(name, "broadcast_matrix_batch_dims"):
        given = [tf.convert_to_tensor(matrix) for matrix in batch_matrices]
        for i, matrix in enumerate(given):
            if matrix.shape.ndims is not None and matrix.shape.ndims < 2:
                raise ValueError(f"All batch matrices must have at least two dimensions. Number {i}: {matrix.shape}")
        if len(given) < 2 or all(m.shape.dims is not None and m.shape[:-2].is_fully_defined()
                                 and m.shape[:-2] == given[0].shape[:-2] for m in given):
            return given
        known = tf.TensorShape([])
        for matrix in given:
            known = tf.broadcast_static_shape(known, matrix.shape[:-2])
        if known.is_fully_defined():
            return [tf.broadcast_to(m, tf.concat([known.as_list(), tf.shape(m)[-2:]], 0)) for m in given]
        batch = tf.zeros([0], tf.int32)
        for matrix in given:
            batch = tf.broadcast_dynamic_shape(batch, tf.shape(matrix)[:-2])
        return [tf.broadcast_to(m, tf.concat([batch, tf.shape(m)[-2:]], 0)) for m in given]


def shape_tensor(shape: Any, name: str | None = None) -> Any:
    """A shape as a vector of int32."""
    return tf.convert_to_tensor(shape, tf.int32, name=name or "shape")
