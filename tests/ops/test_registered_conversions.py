"""Objects that programs registered a conversion for, where tensors are expected."""

import numpy as np

import hornbeam as tf


class _Parameter:
    """It has a dtype and a shape as tensors do, and is none."""

    dtype = tf.float32
    shape = tf.TensorShape([2, 2])


tf.register_tensor_conversion_function(_Parameter, lambda value, dtype=None, name=None, as_ref=False: 2 * tf.eye(2))


def test_products_of_what_becomes_a_tensor():
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    for product in (tf.matmul(_Parameter(), x), tf.matmul(x, _Parameter()), x @ _Parameter(),
                    tf.einsum("ij,jk->ik", _Parameter(), x), tf.tensordot(x, _Parameter(), 1)):
        np.testing.assert_array_equal(product, [[2, 4], [6, 8]])
    np.testing.assert_array_equal(tf.linalg.matvec(_Parameter(), [1.0, 2.0]), [2, 4])
    np.testing.assert_array_equal(tf.function(lambda a: tf.matmul(_Parameter(), a, transpose_b=True))(x),
                                  [[2, 6], [4, 8]])
