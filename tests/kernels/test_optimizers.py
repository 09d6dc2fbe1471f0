"""Adam's update in one pass against the op's own function in float64."""

import numpy as np
import pytest
from tests.kernels.conftest import relative

import hornbeam.v1 as tf
from hornbeam.backend.compiler import compiled
from hornbeam.backend.x64 import x64
from hornbeam.kernels import optimizers
from hornbeam.ops.training import apply_adam

RNG = np.random.default_rng(5)


def arguments(shape):
    var, m, grad = (RNG.normal(size=shape).astype(np.float32) for _ in range(3))
    v = RNG.uniform(0, 2, shape).astype(np.float32)
    return [var, m, v, *(np.float32(x) for x in (0.9**3, 0.999**3, 0.01, 0.9, 0.999, 1e-7)), grad]


@pytest.mark.parametrize("use_nesterov", [False, True])
@pytest.mark.parametrize("shape", [(), (1,), (17,), (3, 5, 7), (513, 257), (1 << 18,)], ids=str)
def test_one_update(native, shape, use_nesterov):
    args = arguments(shape)
    attrs = {**apply_adam.defaults, "use_nesterov": use_nesterov}
    kernel = apply_adam.compiles_to(args, attrs)
    assert kernel is optimizers.adam
    run = compiled(lambda *a: kernel(*a, **attrs))
    with x64():
        found, again = run(*args), run(*args)
        expected = apply_adam.function(*[a.astype(np.float64) for a in args], **attrs)
    for one, same, exact in zip(found, again, expected, strict=True):
        assert one.shape == shape
        np.testing.assert_array_equal(one, same)
        assert relative(one, exact) < 1e-6


def test_other_dtypes_shapes_and_nothing_are_left_to_xla(native):
    for args in ([a.astype(np.float64) for a in arguments((3,))], arguments((0, 2)),
                 [*arguments((3,))[:-1], np.float32(1)]):
        assert apply_adam.compiles_to(args, apply_adam.defaults) is apply_adam.function


def test_what_is_not_finite_stays_so(native):
    args = arguments((40,))
    args[-1][3], args[0][5] = np.nan, np.inf
    var, m, v = compiled(optimizers.adam)(*args)
    assert np.flatnonzero(np.isnan(var)).tolist() == np.flatnonzero(np.isnan(m)).tolist() == [3]
    assert np.isnan(v[3])
    assert np.isinf(var[5])


def test_a_failed_run_leaves_the_variable_as_it_was(native):
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.Variable(tf.ones([300]))
        limit = tf.placeholder(tf.float32, [])
        loss = tf.reduce_sum(tf.square(w))
        with tf.control_dependencies([tf.Assert(limit > 0, ["no"])]):
            step = tf.train.AdamOptimizer(0.1).minimize(tf.identity(loss))
        session.run(tf.global_variables_initializer())
        session.run(step, {limit: 1.0})
        before = session.run(tf.global_variables())
        with pytest.raises(tf.errors.InvalidArgumentError, match="no"):
            session.run([step], {limit: -1.0})
        for old, new in zip(before, session.run(tf.global_variables()), strict=True):
            np.testing.assert_array_equal(old, new)
