"""Draws, initializers and activations against what Keras gives on JAX for the same seeds; seed generators."""

from __future__ import annotations

import json
import random as python_random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.keras.ops.test_against_keras import differs
from tests.oracle import keras_ops_cases
from tests.oracle.keras_ops_record import packed

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.keras import activations, initializers, random
from hornbeam.keras.state import clear
from hornbeam.keras.utils.random_seed import set_random_seed

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[2] / "golden" / "keras_random.json").read_text())
NAMES = {**keras_ops_cases.NAMES, "random": random, "initializers": initializers, "activations": activations,
         "set_random_seed": set_random_seed}


@pytest.mark.parametrize("expression", GOLDEN)
def test_values_are_those_of_keras_on_jax(expression: str) -> None:
    if ".STFT(" in expression:
        pytest.importorskip("scipy")
    state = python_random.getstate(), np.random.get_state()
    try:
        got = packed(keras_ops_cases._plain(eval(expression, NAMES)))
    finally:
        python_random.setstate(state[0])
        np.random.set_state(state[1])
    assert differs(got, GOLDEN[expression]) is None


def test_a_seed_generator_moves_on_and_a_number_does_not() -> None:
    generator = random.SeedGenerator(3)
    first, second = random.normal((4,), seed=generator), random.normal((4,), seed=generator)
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(random.normal((4,), seed=3), random.normal((4,), seed=3))
    np.testing.assert_array_equal(first, random.normal((4,), seed=3))


def test_a_seed_generator_is_made_again_from_its_configuration() -> None:
    generator = random.SeedGenerator(5, name="mine")
    assert generator.get_config() == {"seed": 5, "name": "mine"}
    again = random.SeedGenerator.from_config(generator.get_config())
    np.testing.assert_array_equal(generator.next(), again.next())
    assert generator.state.path == "mine/seed_generator_state"
    assert generator.state.dtype == "uint32"


def test_seeds_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="must be an integer"):
        random.SeedGenerator("a")
    with pytest.raises(ValueError, match="either an integer or an instance of `SeedGenerator`"):
        random.normal((2,), seed="a")
    with pytest.raises(ValueError, match="Unrecognized keyword arguments"):
        random.SeedGenerator(1, colour="red")
    with pytest.raises(ValueError, match="to be an integer"):
        set_random_seed(1.5)


def test_dtypes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="floating point"):
        random.uniform((2,), dtype="int32")
    with pytest.raises(ValueError, match="integer `dtype`"):
        random.randint((2,), 0, 5, dtype="float32")
    with pytest.raises(ValueError, match="2-D tensor"):
        random.categorical([1.0, 2.0], 3)


def test_the_global_generator_starts_again_when_the_session_is_cleared() -> None:
    state = python_random.getstate()
    try:
        set_random_seed(3)
        first = np.asarray(random.normal((3,)))
        assert not np.allclose(first, random.normal((3,)))
        clear()
        python_random.seed(3)
        np.testing.assert_array_equal(first, random.normal((3,)))
    finally:
        python_random.setstate(state)


def test_dropout_keeps_the_mean_and_its_gradient_has_the_same_zeros() -> None:
    x = hb.constant(np.ones((200, 200), np.float32))
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = random.dropout(x, 0.4, seed=1)
    assert abs(float(hb.reduce_mean(y)) - 1) < 0.02
    np.testing.assert_array_equal(tape.gradient(y, x), y)
    assert not np.any(np.asarray(random.dropout(x, 1.0)))
    np.testing.assert_array_equal(random.dropout(x, 0.0), x)


def test_in_a_graph_of_tensorflow_1_every_run_draws_anew() -> None:
    with tf.Graph().as_default():
        generator = random.SeedGenerator(3)
        drawn = random.normal((3,), seed=generator)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            first, second = session.run(drawn), session.run(drawn)
    np.testing.assert_allclose(first, random.normal((3,), seed=3), rtol=1e-6)
    assert not np.allclose(first, second)


def test_in_a_function_every_call_draws_anew() -> None:
    generator = random.SeedGenerator(3)

    @hb.function
    def draw() -> Any:
        return random.normal((3,), seed=generator)

    first, second = draw(), draw()
    np.testing.assert_allclose(first, random.normal((3,), seed=3), rtol=1e-6)
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(generator.state.value, [3, 2])


def test_gradients_flow_to_the_parameters_of_draws() -> None:
    mean, alpha = hb.constant(2.0), hb.constant(3.0)
    with hb.GradientTape() as tape:
        tape.watch([mean, alpha])
        total = hb.reduce_mean(random.normal((500,), mean, 0.5, seed=1)) + hb.reduce_mean(
            random.gamma((500,), alpha, seed=2))
    to_mean, to_alpha = tape.gradient(total, [mean, alpha])
    assert abs(float(to_mean) - 1) < 1e-5
    assert abs(float(to_alpha) - 1) < 0.1  # the mean of a gamma distribution is its shape
