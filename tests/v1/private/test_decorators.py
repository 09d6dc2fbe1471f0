"""What programs import from TensorFlow's private modules about decorators and retired arguments."""

import inspect
import logging

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.v1.private import decorators, deprecation
from hornbeam.v1.private.modules import LazyLoader, list_local_devices


def doubled(function):
    return decorators.make_decorator(function, lambda *args, **kwargs: 2 * function(*args, **kwargs))


@doubled
def added(x, y=1, *rest, z=0, **more):
    """A sum."""
    return x + y


def test_a_decorated_function_keeps_its_name_and_arguments():
    assert added(1, 2) == 6
    assert added.__name__ == "added"
    assert added.__doc__ == "A sum."
    assert decorators.getargspec(added) == (["x", "y"], "rest", "more", (1,))
    (made,), target = decorators.unwrap(added)
    assert made.decorator_name == "doubled"
    assert target(1, 2) == 3


def test_programs_ask_for_the_arguments_of_functions_here():
    assert "maximum_iterations" in inspect.getfullargspec(tf.while_loop).args
    ones = decorators.getfullargspec(tf.ones)
    assert ones == (["shape", "dtype", "name"], None, None, (tf.float32, None), [], None, {})


def test_a_context_manager():
    @decorators.contextmanager
    def given(x):
        yield x

    with given(3) as found:
        assert found == 3


@pytest.fixture
def told(caplog):
    deprecation._told.clear()
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        yield lambda: [record.getMessage().partition(": ")[2] for record in caplog.records]


def test_a_retired_function_warns_once_for_a_place(told):
    @deprecation.deprecated("2020-01-02", "Use new.")
    def old(x):
        return x

    assert [old(i) for i in range(3)] == [0, 1, 2]
    assert len(told()) == 1
    assert "after 2020-01-02.\nInstructions for updating:\nUse new." in told()[0]


def test_retired_arguments_warn_where_they_are_given(told):
    @deprecation.deprecated_args(None, "Use axis.", "dim", ("keep", False))
    def f(axis=None, dim=None, keep=False):
        return deprecation.deprecated_argument_lookup("axis", axis, "dim", dim)

    assert f(axis=1) == 1
    assert f(1, keep=False) == 1
    assert not told()
    assert f(dim=2) == 2
    assert "with dim is deprecated" in told()[0]
    with pytest.raises(ValueError, match="Cannot specify both 'dim' and 'axis'"):
        f(1, 2)


def test_modules_later_and_devices():
    assert LazyLoader("json_later", globals(), "json").loads("[1]") == [1]
    assert next(d.name for d in list_local_devices() if d.device_type == "CPU") == "/device:CPU:0"


def test_shapes_as_private_functions_give_them():
    from hornbeam.v1.private import arrays, variables
    x = tf.placeholder(tf.float32, [2, 3])
    assert tf.get_static_value(arrays.shape_internal(x)).tolist() == [2, 3]
    assert arrays.shape_internal(x, optimize=False).op.type == "Shape"
    assert tf.get_static_value(arrays._tensor_shape_tensor_conversion_function(x.shape, tf.int64)).dtype == "int64"
    assert x._shape_tuple() == (2, 3)
    assert variables.variable(1.0, name="at", trainable=False).dtype.base_dtype is tf.float32


def test_matrices_in_batches_that_broadcast():
    from hornbeam.v1.private import linear_algebra
    a, b = np.array([[2.0, 0.0], [1.0, 1.0]]), np.arange(6.0).reshape(3, 2, 1)
    with tf.Session() as session:
        found = session.run([linear_algebra.matrix_triangular_solve_with_broadcast(a, b),
                             linear_algebra.matrix_solve_with_broadcast(a, b),
                             linear_algebra.cholesky_solve_with_broadcast(np.linalg.cholesky(a @ a.T), b),
                             linear_algebra.matmul_with_broadcast(a, b)])
    for have, want in zip(found, [np.linalg.solve(a, b)] * 2 + [np.linalg.solve(a @ a.T, b), a @ b], strict=True):
        np.testing.assert_allclose(have, want, rtol=1e-9)
    with pytest.raises(ValueError, match="must have at least two dimensions"):
        linear_algebra.broadcast_matrix_batch_dims([a, [1.0]])


def test_rows_that_are_replaced():
    from hornbeam.v1.private import inplace
    x = tf.reshape(tf.range(6), [3, 2])
    with tf.Session() as session:
        found = session.run([inplace.inplace_update(x, 1, [7, 8]), inplace.inplace_add(x, [2, 0], [[1, 1], [2, 2]]),
                             inplace.inplace_sub(x, None, x), x])
    assert [f.tolist() for f in found] == [[[0, 1], [7, 8], [4, 5]], [[2, 3], [2, 3], [5, 6]],
                                           [[0, 0]] * 3, [[0, 1], [2, 3], [4, 5]]]


def test_functions_and_conversions_of_programs():
    from hornbeam.v1.private import conversion, functions
    one = functions.Defun(tf.float32, func_name="one")(lambda x: (2 * x,))
    assert one(tf.ones([2])).shape.as_list() == [2]
    assert conversion.convert_to_tensor([1.0], dtype=tf.float32, name="x", as_ref=False).shape.as_list() == [1]
