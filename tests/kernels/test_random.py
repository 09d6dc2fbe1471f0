"""Random bits by the kernel: the numbers that the ops' own functions draw."""

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as v1
from hornbeam.backend import threefry
from hornbeam.backend.compiler import compiled
from hornbeam.backend.lazy import jax, jnp
from hornbeam.backend.x64 import x64
from hornbeam.graph import dtypes
from hornbeam.kernels import random as kernels
from hornbeam.kernels import selection
from hornbeam.ops import keyed_random, random

KEY = np.array([17, 2**31 + 5], np.uint32)
SHAPES = [(1,), (15,), (16,), (3, 5, 7), (70_001,), (128, 512)]


def both(op, args, attrs, key=KEY):
    """What the kernel and the op's own function draw, compiled."""
    attrs = {**op.defaults, **attrs}
    kernel = op.compiles_to(args, attrs)
    assert kernel is not op.function
    found = []
    for function in (kernel, op.function):
        def call(words, function=function):
            first = (threefry.key(words),) if op.random else ()
            return (function(*first, *[words if a is KEY else a for a in args], **attrs),)

        with x64():
            found.append(np.asarray(compiled(call)(key)[0]))
    return found


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_bits_are_those_of_jax(native, shape):
    (found,) = compiled(lambda words: (kernels.hornbeam_threefry(words, int(np.prod(shape))),))(KEY)
    expected = jax.random.bits(jax.random.wrap_key_data(jnp.asarray(KEY), impl="threefry2x32"), shape, jnp.uint32)
    np.testing.assert_array_equal(np.asarray(found).reshape(shape), expected)


@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("name", ["random_uniform_op", "random_standard_normal", "truncated_normal_op",
                                  "keyed_uniform", "keyed_normal", "keyed_truncated_normal"])
def test_draws(native, name, kind):
    keyed = name.startswith("keyed")
    op = getattr(keyed_random if keyed else random, name)
    args = [np.array([130, 77], np.int32), *([KEY] if keyed else [])]
    a, b = both(op, args, {"dtype": dtypes.as_dtype(kind)})
    assert a.shape == (130, 77)
    np.testing.assert_array_equal(a.astype(np.float64), b.astype(np.float64))


@pytest.mark.parametrize("noise", [None, (33, 1, 7), (None, 9, 1)])
def test_dropout(dtype, noise):
    x = np.random.default_rng(0).normal(size=(33, 9, 7)).astype(dtype)
    a, b = both(keyed_random.keyed_dropout, [x, KEY], {"rate": 0.3, "noise": noise})
    np.testing.assert_array_equal(a.astype(np.float32), b.astype(np.float32))
    assert 0.5 < np.mean(a != 0) < 0.9


def test_bounds(native):
    args = [np.array([300, 4], np.int32), KEY, np.float32(-2), np.arange(4, dtype=np.float32)]
    np.testing.assert_array_equal(*both(keyed_random.keyed_uniform_between, args, {}))


def test_few_numbers_are_left_to_xla(native, monkeypatch):
    op = random.random_uniform_op
    assert op.compiles_to([np.array([0, 3], np.int32)], op.defaults) is op.function
    monkeypatch.delenv(selection.VARIABLE)
    assert op.compiles_to([np.array([100, 3], np.int32)], op.defaults) is op.function
    assert op.compiles_to([np.array([100, 300], np.int32)], op.defaults) is not op.function


@pytest.mark.parametrize("keras", [False, True])
def test_programs_draw_the_same_with_and_without(native, monkeypatch, keras):
    x = np.ones((128, 512), np.float32)

    def dropped():
        if keras:
            tf.keras.utils.set_random_seed(3)
            layer = tf.keras.layers.Dropout(0.4)
            run = tf.function(lambda v: layer(v, training=True))
            return [run(tf.constant(x)).numpy() for _ in range(2)]
        with v1.Graph().as_default(), v1.Session() as session:
            v1.set_random_seed(3)
            held = v1.placeholder(np.float32, x.shape)
            y = v1.nn.dropout(held, keep_prob=0.6)
            return [v for _ in range(2) for v in session.run([y, *v1.gradients(y, held)], {held: x})]

    found = dropped()
    if not keras:
        np.testing.assert_array_equal(found[0], found[1])  # the gradient drops what the network did
    assert (found[0] != found[-1]).any()
    monkeypatch.setenv(selection.VARIABLE, "off")
    np.testing.assert_array_equal(found, dropped())
