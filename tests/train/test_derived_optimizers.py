"""Optimizers that programs derive, and TF1's optimizers where calls run at once."""

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf


class _Resource(tf.train.Optimizer):
    """Written for resource variables: a step against the sign of the gradient, rows alone where it has rows."""

    def __init__(self):
        super().__init__(False, "Sign")

    def _resource_apply_dense(self, grad, handle):
        return handle.assign_sub(0.5 * tf.sign(grad))

    def _resource_apply_sparse(self, grad, handle, indices):
        return tf.scatter_sub(handle, indices, 0.5 * tf.sign(grad))


class _LazyAdam(tf.train.AdamOptimizer):
    """Moves the rows of the gradient alone, by the running powers."""

    def _apply_sparse(self, grad, var):
        power, _ = self._get_beta_accumulators()
        return tf.scatter_add(var, grad.indices, tf.zeros_like(grad.values) + tf.identity(power))


def _after_one_step(optimizer, loss_of):
    with tf.Graph().as_default():
        w = tf.Variable([[1.0], [2.0], [3.0]])
        step = optimizer.minimize(loss_of(w))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(step)
            return session.run(w)[:, 0]


def test_updates_written_for_resource_variables_are_used():
    np.testing.assert_allclose(_after_one_step(_Resource(), lambda w: tf.reduce_sum(w * w)), [0.5, 1.5, 2.5])
    rows = _after_one_step(_Resource(), lambda w: tf.reduce_sum(tf.gather(w, [0, 2, 2])))
    np.testing.assert_allclose(rows, [0.5, 2.0, 2.5])


def test_a_derived_adam_may_update_rows_its_own_way():
    rows = _after_one_step(_LazyAdam(0.1), lambda w: tf.reduce_sum(tf.gather(w, [1, 1])))
    np.testing.assert_allclose(rows, [1.0, 2.9, 3.0], rtol=1e-6)


def test_an_optimizer_without_an_update_says_so():
    class Nothing(tf.train.Optimizer):
        pass

    with pytest.raises(NotImplementedError, match="_apply_dense"):
        _after_one_step(Nothing(False, "Nothing"), lambda w: tf.reduce_sum(w))


def test_losses_are_functions_where_calls_run_at_once():
    tf.reset_default_graph()
    tf.enable_eager_execution()
    try:
        w, b = hb.Variable(3.0), hb.Variable(1.0)
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        optimizer.minimize(lambda: w * w + b)
        np.testing.assert_allclose([w.numpy(), b.numpy()], [2.4, 0.9], rtol=1e-6)
        optimizer.minimize(lambda: w * w + b, var_list=[b])
        np.testing.assert_allclose([w.numpy(), b.numpy()], [2.4, 0.8], rtol=1e-6)
        (gradient, variable), = optimizer.compute_gradients(lambda: w * w, [w], grad_loss=hb.constant(2.0))
        np.testing.assert_allclose(gradient, 9.6, rtol=1e-6)
        assert variable is w
        with pytest.raises(RuntimeError, match="should be a function when eager execution is enabled"):
            optimizer.minimize(w * w)
    finally:
        tf.disable_eager_execution()
