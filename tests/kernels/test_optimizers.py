"""Updates in one pass against the ops' own functions in float64."""

import numpy as np
import pytest
from tests.kernels.conftest import relative

import hornbeam.v1 as tf
from hornbeam import keras
from hornbeam.backend.compiler import compiled
from hornbeam.backend.x64 import x64
from hornbeam.graph.op import registry
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
    assert kernel is optimizers.ADAM
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
    var, m, v = compiled(optimizers.ADAM)(*args)
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


RULES = {
    "ApplyRMSPropWithoutMomentum": ("vp", (0.01, 0.9, 1e-7)),
    "ApplyRMSProp": ("vpv", (0.01, 0.9, 0.3, 1e-7)),
}


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("shape", [(), (1,), (17,), (513, 257), (1 << 18,)], ids=str)
def test_one_update_of_rms_prop(native, shape, name):
    arrays, scalars = RULES[name]
    made = {"v": lambda: RNG.normal(size=shape), "p": lambda: RNG.uniform(0, 2, shape)}
    args = [np.asarray(x, np.float32) for x in [*(made[a]() for a in arrays), *scalars, made["v"]()]]
    check(registry[name], args, {})


@pytest.mark.parametrize("use_nesterov", [False, True])
@pytest.mark.parametrize("shape", [(), (17,), (1 << 18,)], ids=str)
def test_one_update_of_momentum(native, shape, use_nesterov):
    var, accum, grad = (np.asarray(RNG.normal(size=shape), np.float32) for _ in range(3))
    check(registry["ApplyMomentum"], [var, accum, np.float32(0.01), grad, np.float32(0.9)],
          {"use_nesterov": use_nesterov})


def check(op, args, attrs):
    attrs = {**op.defaults, **attrs}
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function
    run = compiled(lambda *a: kernel(*a, **attrs))
    with x64():
        found, again = run(*args), run(*args)
        expected = op.function(*[a.astype(np.float64) for a in args], **attrs)
    for one, same, exact in zip(found, again, expected, strict=True):
        np.testing.assert_array_equal(one, same)
        assert relative(one, exact) < 1e-6


def test_a_flag_keeps_everything_as_it_was(native):
    args = arguments((300,))
    run = compiled(lambda failed, *a: optimizers.ADAM(*a, failed=failed, after=a[0]))
    for kept, old in zip(run(np.True_, *args), args[:3], strict=True):
        np.testing.assert_array_equal(kept, old)
    assert not np.array_equal(run(np.False_, *args)[0], args[0])


def test_weights_are_updated_in_place(native):
    model = keras.Sequential([keras.Input((300,)), keras.layers.Dense(256, "relu"), keras.layers.Dense(256, "relu"),
                              keras.layers.Dense(7, "softmax")])
    model.compile("rmsprop", "sparse_categorical_crossentropy")
    x, y = RNG.normal(size=(64, 300)).astype(np.float32), RNG.integers(0, 7, 64)
    model.fit(x, y, batch_size=64, verbose=0)
    losses = model.fit(x, y, batch_size=64, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 5
    y[3] = 9
    before = model.get_weights()
    with pytest.raises(tf.errors.InvalidArgumentError, match="valid range"):
        model.fit(x, y, batch_size=64, verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
