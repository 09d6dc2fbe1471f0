"""`BlockLSTM` and `BlockLSTMV2` against what TensorFlow 2.21 gives, and their gradients against derivatives."""

from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam.backend.lazy import jax, jnp
from hornbeam.backend.x64 import x64
from hornbeam.graph.op import registry
from hornbeam.ops.recurrent import block_lstm_v2

NAMES = "x cs_prev h_prev w wci wcf wco b".split()
SHAPES = ((3, 1, 1), (1, 2), (1, 2), (3, 8), (2,), (2,), (2,), (8,))
RECORDED: dict[str, dict[str, list[float]]] = {
    "": {"cs": [0.295576, 0.3, -0.041697, 0.3, 0.0, 0.0], "h": [0.115251, 0.191248, -0.018741, 0.204444, 0.0, 0.0],
         "x": [-0.270633, 0.220587, 0.0], "cs_prev": [0.133264, -0.436643], "h_prev": [0.026979, 0.298243],
         "wci": [0.005138, 0.022303], "wcf": [0.032782, -0.000909], "wco": [4.4e-05, -0.013122],
         "b": [0.072664, 0.085831, -0.35762, 0.121598, -0.002429, 0.024268, 0.002098, -0.04374],
         "w": [0.101741, 0.087818, -0.011591, 0.000551, -0.149442, 0.067105]},
    "V2": {"cs": [0.3, 0.137603, 0.3, -0.123473, 0.0, 0.0], "h": [0.11679, 0.084706, 0.121045, -0.077575, 0.0, 0.0],
           "x": [-0.147308, 0.036137, 0.0], "cs_prev": [0.017435, 0.170364], "h_prev": [-0.290828, -0.150328],
           "wci": [0.061941, -0.026388], "wcf": [0.124712, 0.016257], "wco": [0.017167, 0.001726],
           "b": [0.014742, -0.1569, 0.108151, 0.061928, -0.043229, 0.413975, 0.057225, -0.041661],
           "w": [-0.090722, 0.309126, -0.031446, 0.06132, -0.095557, 0.004516]}}


def wave(*shape: int, at: int) -> Any:
    return np.sin(np.arange(np.prod(shape)) * 1.7 + at).reshape(shape).astype(np.float32)


@pytest.mark.parametrize("version", RECORDED)
def test_two_steps_of_three_with_peepholes_and_a_bound(version):
    given = {name: tf.constant(wave(*shape, at=k)) for k, (name, shape) in enumerate(zip(NAMES, SHAPES, strict=True))}
    attrs = {"cell_clip": 0.3, "use_peephole": True} | ({} if version else {"forget_bias": 0.7})
    op = getattr(tf.raw_ops, f"BlockLSTM{version}")
    with tf.GradientTape() as tape:
        tape.watch(given)
        _, cs, *_, h = op(seq_len_max=tf.constant(2, tf.int64), **given, **attrs)
        loss = tf.reduce_sum(cs * wave(3, 1, 2, at=8)) + tf.reduce_sum(h * wave(3, 1, 2, at=9))
    found = {"cs": cs, "h": h, **tape.gradient(loss, given)}
    assert set(found) == set(RECORDED[version])
    for name, expected in RECORDED[version].items():
        flat = np.ravel(found[name])
        np.testing.assert_allclose(flat[[0, 5, 9, 14, 18, 23]] if name == "w" else flat, expected, atol=2e-6,
                                   err_msg=name)


@pytest.mark.parametrize("use_peephole", [False, True])
@pytest.mark.parametrize("version", RECORDED)
def test_the_gradient_is_the_derivative(version, use_peephole):
    forward, backward = registry[f"BlockLSTM{version}"].function, registry[f"BlockLSTMGrad{version}"].function
    shapes = ((4, 2, 3), (2, 2), (2, 2), (5, 8), (2,), (2,), (2,), (8,))
    given = [wave(*shape, at=k).astype(np.float64) for k, shape in enumerate(shapes)]
    dys = [wave(4, 2, 2, at=k).astype(np.float64) for k in (8, 9)]
    with x64():
        @jax.jit
        def both(given):
            results, pull = jax.vjp(lambda *a: forward(3, *a, cell_clip=0.0, use_peephole=use_peephole), *given)
            none = jnp.zeros_like(results[0])
            return (backward(3, *given, *results, *dys, use_peephole=use_peephole),
                    pull((none, dys[0], none, none, none, none, dys[1])))

        found, expected = both(given)
    for one, other, name in zip(found, expected, NAMES, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12, err_msg=name)


def test_gradients_of_gradients_pass_through_every_gate():
    given = [tf.constant(wave(*shape, at=k)) for k, shape in enumerate(SHAPES)]

    @tf.function
    def slope_of_slope(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                h = block_lstm_v2(np.int64(3), x, *given[1:])[6]
            slope = tape.gradient(h, x)
            loss = tf.reduce_sum(slope * slope)
        return outer.gradient(loss, x)

    found = slope_of_slope(given[0])
    arrays = [np.asarray(a) for a in given]
    expected = jax.jit(jax.grad(lambda x: jnp.sum(jax.grad(
        lambda x: jnp.sum(block_lstm_v2.function(3, x, *arrays[1:])[6]))(x) ** 2)))(arrays[0])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_nothing_and_what_does_not_fit():
    def results(*shapes):
        return tf.raw_ops.BlockLSTMV2(seq_len_max=tf.constant(0, tf.int64),
                                      **{n: tf.zeros(s) for n, s in zip(NAMES, shapes, strict=True)})

    assert results((0, 1, 1), *SHAPES[1:])[6].shape == (0, 1, 2)
    assert results((3, 0, 1), (0, 2), (0, 2), *SHAPES[3:])[1].shape == (3, 0, 2)
    for at, wrong in ((0, (3, 1)), (1, (2, 2)), (3, (4, 8)), (7, (9,)), (5, (1,))):
        with pytest.raises(tf.errors.InvalidArgumentError, match=NAMES[at]):
            results(*SHAPES[:at], wrong, *SHAPES[at + 1:])
