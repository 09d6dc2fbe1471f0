"""`tensorflow.python.ops.inplace_ops`: tensors with other rows.

Where TensorFlow writes into a tensor, the result here is a new one: what it was given keeps its rows.
"""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf


def alias_inplace_update(x: Any, i: Any, v: Any) -> Any:
    """`x` whose rows `i` are `v`: one row where `i` is a scalar, several where it is a vector, all where it is None.

    >>> with tf.Session() as session:
    ...     session.run(inplace_update(tf.zeros([3]), [2, 0], [1.0, 2.0])).tolist()
    [2.0, 0.0, 1.0]
    """
    return tf.convert_to_tensor(v) if i is None else tf.tensor_scatter_nd_update(x, *_rows(i, v))


def alias_inplace_add(x: Any, i: Any, v: Any) -> Any:
    """`x` with `v` added to its rows `i`."""
    return tf.add(x, v) if i is None else tf.tensor_scatter_nd_add(x, *_rows(i, v))


def alias_inplace_sub(x: Any, i: Any, v: Any) -> Any:
    """`x` with `v` taken from its rows `i`."""
    return tf.subtract(x, v) if i is None else tf.tensor_scatter_nd_sub(x, *_rows(i, v))


inplace_update, inplace_add, inplace_sub = alias_inplace_update, alias_inplace_add, alias_inplace_sub


def empty(shape: Any, dtype: Any, init: bool = False, name: str | None = None) -> Any:
    """A tensor of this shape; zeros, whatever `init` says."""
    return tf.zeros(shape, dtype, name=name)


def empty_like(x: Any, init: bool | None = None, name: str | None = None) -> Any:
    """A tensor of the shape and dtype of `x`; zeros, whatever `init` says."""
    return tf.zeros_like(x, name=name)


def _rows(i: Any, v: Any) -> tuple[Any, Any]:
    """Indices and updates as the scattering ops take them."""
    i, v = tf.convert_to_tensor(i), tf.convert_to_tensor(v)
    if i.shape.ndims == 0:
        return tf.reshape(i, [1, 1]), tf.expand_dims(v, 0)
    return tf.expand_dims(i, -1), v
