"""A product with a matrix of the open variable scope, and a layer norm: what cells are made of."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes


class Linear:
    """W · [inputs] + b with the variables `kernel` and `bias` of the scope that is open when it is made.

    args: the tensor, or a list of them, that it will be called with: [batch, size]. Raises ValueError for others.
    """

    def __init__(self, args: Any, output_size: int, build_bias: bool, bias_initializer: Any = None,
                 kernel_initializer: Any = None) -> None:
        if args is None or (isinstance(args, (list, tuple)) and not args):
            raise ValueError("`args` must be specified")
        parts = list(args) if isinstance(args, (list, tuple)) else [args]
        shapes = [a.shape for a in parts]
        for shape in shapes:
            if shape.ndims != 2:
                raise ValueError(f"linear is expecting 2D arguments: {shapes}")
            if shape.as_list()[1] is None:
                raise ValueError(f"linear expects shape[1] to be provided for shape {shape}, but saw {shape[1]}")
        total, dtype = sum(shape.as_list()[1] for shape in shapes), parts[0].dtype.base_dtype
        with tf.variable_scope(tf.get_variable_scope()) as scope:
            self.kernel = tf.get_variable("kernel", [total, output_size], dtype=dtype, initializer=kernel_initializer)
            self.bias = None
            if build_bias:
                with tf.variable_scope(scope) as inner:
                    inner.set_partitioner(None)
                    start = bias_initializer or tf.constant_initializer(0.0, dtype=dtype)
                    self.bias = tf.get_variable("bias", [output_size], dtype=dtype, initializer=start)

    def __call__(self, args: Any) -> Any:
        """The product."""
        parts = list(args) if isinstance(args, (list, tuple)) else [args]
        found = tf.matmul(parts[0] if len(parts) == 1 else tf.concat(parts, 1), self.kernel)
        return found if self.bias is None else tf.nn.bias_add(found, self.bias)


def linear(args: Any, output_size: int, bias: bool, bias_initializer: Any = None,
           kernel_initializer: Any = None) -> Any:
    """A `Linear` made and called."""
    return Linear(args, output_size, bias, bias_initializer, kernel_initializer)(args)


def layer_norm(inputs: Any, scope: str, gain: float, shift: float, dtype: Any = dtypes.float32) -> Any:
    """Rows of mean 0 and variance 1, times `gamma` plus `beta`, variables of `scope` that start as gain and shift."""
    size = inputs.shape[-1:]
    with tf.variable_scope(scope):
        gamma = tf.get_variable("gamma", shape=size, initializer=tf.constant_initializer(gain), dtype=dtype)
        beta = tf.get_variable("beta", shape=size, initializer=tf.constant_initializer(shift), dtype=dtype)
    mean, variance = tf.nn.moments(inputs, [1], keep_dims=True)
    epsilon = 1e-3 if inputs.dtype.base_dtype is dtypes.float16 else 1e-12
    return tf.nn.batch_normalization(inputs, mean, variance, offset=beta, scale=gamma, variance_epsilon=epsilon)


def known_width(inputs: Any) -> int:
    """The number of columns of a matrix. Raises ValueError where it is not known."""
    width = inputs.shape.with_rank(2).as_list()[1]
    if width is None:
        raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
    return width


_Linear, _linear = Linear, linear
"""Programs take these from TensorFlow's module under the names they have there."""
