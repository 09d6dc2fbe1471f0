"""Random ops: their distributions, and when draws repeat."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph.op import registry

N = 20_000
CUT = 0.87962566
"""Standard deviation of the standard normal distribution cut at 2."""


@pytest.fixture(autouse=True)
def _by_chance_again() -> Iterator[None]:
    yield
    hb.random.set_seed(None)


@pytest.mark.parametrize(("draw", "mean", "deviation", "low", "high"), [
    (lambda: hb.random.uniform([N], -1.0, 3.0), 1.0, 4 / math.sqrt(12), -1, 3),
    (lambda: hb.random.normal([N], 2.0, 3.0), 2.0, 3.0, -math.inf, math.inf),
    (lambda: hb.random.truncated_normal([N], 1.0, 0.5), 1.0, 0.5 * CUT, 0, 2),
    (lambda: hb.random.uniform([N], 0, 10, hb.int32), 4.5, math.sqrt(99 / 12), 0, 9),
    (lambda: hb.random.gamma([N], 3.0, 2.0), 1.5, math.sqrt(3) / 2, 0, math.inf),
    (lambda: hb.random.poisson([N], 4.0), 4.0, 2.0, 0, math.inf),
    (lambda: hb.random.stateless_uniform([N], [1, 2]), 0.5, 1 / math.sqrt(12), 0, 1),
    (lambda: hb.random.stateless_normal([N], [1, 2]), 0.0, 1.0, -math.inf, math.inf),
    (lambda: hb.random.stateless_truncated_normal([N], [1, 2]), 0.0, CUT, -2, 2),
    (lambda: hb.random.stateless_gamma([N], [1, 2], 3.0, 2.0), 1.5, math.sqrt(3) / 2, 0, math.inf),
    (lambda: hb.random.stateless_poisson([N], [1, 2], 4.0), 4.0, 2.0, 0, math.inf),
    (lambda: hb.random.stateless_binomial([N], [1, 2], 10.0, 0.3), 3.0, math.sqrt(2.1), 0, 10),
    (lambda: hb.random.Generator.from_seed(3).normal([N]), 0.0, 1.0, -math.inf, math.inf),
], ids=range(13))
def test_draws_have_their_distribution(draw: Callable[[], Any], mean: float, deviation: float, low: float,
                                       high: float) -> None:
    hb.random.set_seed(7)
    x = draw().numpy().astype("d")
    assert abs(x.mean() - mean) < 5 * deviation / math.sqrt(N)
    assert abs(x.std() - deviation) < 0.04 * deviation
    assert low <= x.min()
    assert x.max() <= high


def test_categories_come_as_often_as_their_weights_say() -> None:
    hb.random.set_seed(1)
    weights = np.array([[0.1, 0.0, 0.6, 0.3], [0.0, 0.0, 0.0, 1.0]])
    with np.errstate(divide="ignore"):
        logits = np.log(weights)
    for draw in (hb.random.categorical(logits, N), hb.random.stateless_categorical(logits, N, [5, 6])):
        counts = np.stack([np.bincount(row, minlength=4) for row in draw.numpy()]) / N
        np.testing.assert_allclose(counts, weights, atol=0.015)
    few = np.concatenate([hb.random.categorical(logits, 10).numpy() for _ in range(200)], 1)
    np.testing.assert_allclose(np.bincount(few[0], minlength=4) / few.shape[1], weights[0], atol=0.05)


def test_eager_draws_follow_the_four_cases_of_seeds() -> None:
    def draws(**seed: Any) -> list[float]:
        return [float(hb.random.uniform([], **seed).numpy()) for _ in range(2)]

    free = draws()
    assert free[0] != free[1]
    assert draws() != free
    hb.random.set_seed(1)
    first = draws()
    assert first[0] != first[1]
    hb.random.set_seed(1)
    assert draws() == first
    own = draws(seed=5)
    assert own[0] != own[1]
    hb.random.set_seed(1)
    assert draws(seed=5) == own  # starts again with set_seed, whatever else was drawn
    hb.random.set_seed(2)
    assert draws(seed=5) != own


def test_a_program_is_not_made_anew_for_each_seed() -> None:
    op = registry["RandomUniform"]
    hb.random.uniform([3], seed=100)
    before = len(op.programs)
    for seed in range(5):
        hb.random.uniform([3], seed=seed)
    hb.random.set_seed(4)
    hb.random.uniform([3])
    assert len(op.programs) == before


def test_seeds_of_a_graph_are_those_measured_on_tensorflow() -> None:
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        for seed in (5, None, 5, None):
            tf.random_uniform([2], seed=seed)
        found = [(o.get_attr("seed"), o.get_attr("seed2")) for o in graph.get_operations() if o.type == "RandomUniform"]
        assert found == [(1, 5), (1, 0), (1, 5), (1, 1)]
    with tf.Graph().as_default():
        assert tf.get_seed(None) == (None, None)
        assert tf.get_seed(3) == (87654321, 3)
        tf.set_random_seed(0)
        assert tf.get_seed(0) == (0, 2**31 - 1)


def test_each_run_draws_anew_and_a_new_session_starts_again() -> None:
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        a, b = tf.random_normal([3]), tf.random_normal([3])
        runs = []
        for _ in range(2):
            with tf.Session() as session:
                runs.append([session.run([a, b, a]) for _ in range(2)])
    np.testing.assert_array_equal(runs[0], runs[1])
    (a1, b1, again), (a2, _, _) = runs[0]
    np.testing.assert_array_equal(a1, again)  # one draw a run
    assert not np.array_equal(a1, a2)
    assert not np.array_equal(a1, b1)


def test_operations_without_seeds_have_streams_of_their_own() -> None:
    with tf.Graph().as_default(), tf.Session() as first, tf.Session() as second:
        a, b = tf.random_normal([3]), tf.random_normal([3])
        drawn = a.graph.get_operation_by_name("random_normal/RandomStandardNormal")
        assert (drawn.get_attr("seed"), drawn.get_attr("seed2")) == (0, 0)
        x, y = first.run([a, b])
        assert not np.array_equal(x, y)
        assert not np.array_equal(x, second.run(a))


def test_names_are_tensorflows() -> None:
    with tf.Graph().as_default() as graph:
        tf.random_normal([2])
        tf.random_uniform([2], maxval=3.0)
        tf.truncated_normal([2], name="t")
        tf.multinomial([[1.0, 2.0]], 3)
        tf.random_shuffle([1, 2, 3])
        names = [f"{o.name} {o.type}" for o in graph.get_operations() if o.type != "Const"]
    assert names == ["random_normal/RandomStandardNormal RandomStandardNormal", "random_normal/mul Mul",
                     "random_normal AddV2", "random_uniform/RandomUniform RandomUniform", "random_uniform/Mul Mul",
                     "t/TruncatedNormal TruncatedNormal", "t/mul Mul", "t AddV2",
                     "multinomial/Multinomial Multinomial", "RandomShuffle RandomShuffle"]


def test_stateless_draws_are_functions_of_their_seed() -> None:
    x = hb.random.stateless_normal([4], [1, 2]).numpy()
    np.testing.assert_array_equal(x, hb.random.stateless_normal([4], [1, 2]).numpy())
    for other in ([2, 1], [1, 2 + 2**40], [1, -2]):
        assert not np.array_equal(x, hb.random.stateless_normal([4], np.array(other, np.int64)).numpy())
    seeds = hb.random.split([1, 2], 3).numpy()
    assert len({tuple(s) for s in seeds}) == 3
    assert hb.random.fold_in([1, 2], 7).numpy()[1] == 7


def test_generators_move_their_state_as_tensorflows() -> None:
    generator = hb.random.Generator.from_seed(1)
    states = [generator.state.numpy().tolist()]
    for draw in (lambda: generator.normal([2]), lambda: generator.uniform([3]), lambda: generator.skip(5)):
        draw()
        states.append(generator.state.numpy().tolist())
    assert states == [[1, 0, 0], [513, 0, 0], [1281, 0, 0], [2561, 0, 0]]
    generator.reset_from_key_counter(5, [2**63 - 1, 2])
    generator.reset([-1, 2, 5])
    generator.skip(1)
    assert generator.state.numpy().tolist() == [255, 3, 5]  # the carry goes into the second word
    copy = hb.random.Generator.from_state(generator.state.value(), generator.algorithm)
    np.testing.assert_array_equal(copy.normal([3]).numpy(), generator.normal([3]).numpy())
    hb.random.set_global_generator(copy)
    assert hb.random.get_global_generator() is copy


def test_a_gamma_draw_moves_with_its_parameter_along_the_distribution() -> None:
    alpha, step = np.array([0.7, 2.0, 5.0]), 1e-4
    sample = hb.random.stateless_gamma([3], [1, 2], alpha, dtype=hb.float64).numpy()
    slope = tf.raw_ops.RandomGammaGrad(alpha=hb.constant(alpha), sample=hb.constant(sample)).numpy()
    igamma = hb.math.igamma
    ahead = igamma(hb.constant(alpha + step), hb.constant(sample)).numpy()
    behind = igamma(hb.constant(alpha - step), hb.constant(sample)).numpy()
    density = sample ** (alpha - 1) * np.exp(-sample) / np.array([math.gamma(a) for a in alpha])
    np.testing.assert_allclose(slope, -(ahead - behind) / (2 * step) / density, rtol=1e-4)


def test_crops_are_parts_and_shuffles_permutations() -> None:
    image = hb.reshape(hb.range(12), [4, 3])
    crop = hb.image.random_crop(image, [2, 2]).numpy()
    assert (np.diff(crop, axis=1) == 1).all()
    assert (np.diff(crop, axis=0) == 3).all()
    rows = hb.random.shuffle(image).numpy()
    np.testing.assert_array_equal(rows[rows[:, 0].argsort()], image.numpy())
    with pytest.raises(hb.errors.InvalidArgumentError, match=r"Need value\.shape >= size"):
        hb.image.random_crop(image, [5, 1])


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: hb.random.uniform([2], dtype=hb.int32), ValueError, "Must specify maxval for integer dtype"),
    (lambda: hb.random.uniform([2], dtype=hb.uint8), ValueError, "Argument `dtype` got invalid value"),
    (lambda: hb.random.uniform([2], 5, 3, hb.int32), hb.errors.InvalidArgumentError,
     "Need minval < maxval, got 5 >= 3"),
    (lambda: hb.random.uniform([-2]), hb.errors.InvalidArgumentError, "Dimension -2 must be >= 0"),
    (lambda: hb.random.normal(2), hb.errors.InvalidArgumentError, "shape must be a vector of"),
    (lambda: hb.random.categorical([1.0, 2.0], 3), hb.errors.InvalidArgumentError,
     r"logits should be a matrix, got shape \[2\]"),
    (lambda: hb.random.stateless_uniform([2], 1), hb.errors.InvalidArgumentError, r"seed must have shape \[2\]"),
    (lambda: hb.random.stateless_gamma([2], [1, 2], [0.5, 1.0, 2.0]), hb.errors.InvalidArgumentError,
     "Shape passed in must end with broadcasted shape."),
    (lambda: hb.random.create_rng_state(1, "x"), ValueError, "Argument `alg` got unsupported value x"),
])
def test_what_cannot_be_drawn_is_refused(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
