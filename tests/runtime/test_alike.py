"""A fetch that is made anew in each round of a loop runs what was compiled in the first one."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.runtime.executor import compilations


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


class Steps:
    """A step that is trained on, and a count of what is compiled."""

    def __init__(self) -> None:
        self.x = tf.placeholder(tf.float32, [None, 100])
        self.w = tf.Variable(tf.ones([100, 50]))
        self.y = tf.matmul(self.x, self.w)
        self.loss = tf.reduce_mean(tf.square(self.y))
        self.train = tf.train.AdamOptimizer(0.01).minimize(self.loss)
        self.batch = np.random.default_rng(0).random((60, 100), np.float32)
        self.session = tf.Session()
        self.session.run(tf.global_variables_initializer())

    def rounds(self, *makes: Callable[[], object]) -> tuple[list, int]:
        """What each round fetches, and how many programs were compiled for all of them."""
        before = len(compilations)
        answers = [self.session.run(make(), {self.x: self.batch}) for make in makes]
        return answers, len(compilations) - before


def test_a_step_with_a_fetch_of_the_round_is_compiled_once():
    steps = Steps()
    answers, compiled = steps.rounds(*[lambda: [steps.train, tf.shape(steps.x), tf.reduce_sum(steps.x) + 3.0]] * 5)
    assert compiled == 1
    for _, shape, total in answers:
        assert list(shape) == [60, 100]
        np.testing.assert_allclose(total, steps.batch.sum() + 3, rtol=1e-5)


def with_shape(steps: Steps, wanted: bool) -> list:
    return [steps.loss, steps.train, *([tf.shape(steps.y)] if wanted else [])]


def test_it_trains_as_the_step_alone():
    losses = []
    for extra in (False, True):
        with tf.Graph().as_default():
            steps = Steps()
            answers, _ = steps.rounds(*[functools.partial(with_shape, steps, extra)] * 6)
            losses.append([a[0] for a in answers])
    np.testing.assert_array_equal(*losses)


@pytest.mark.parametrize(("one", "other"), [
    (lambda s: s.y * 2.0, lambda s: s.y * 3.0),  # constants
    (lambda s: tf.reduce_sum(s.y, 0), lambda s: tf.reduce_sum(s.y, 1)),
    (lambda s: tf.matmul(s.y, s.w, transpose_b=True), lambda s: tf.matmul(s.x, s.x, transpose_b=True)),  # attributes
    (lambda s: s.x - s.x * s.x, lambda s: s.x * s.x - s.x),  # the order of inputs
    (lambda s: [s.y + 1.0, s.y + 2.0], lambda s: [s.y + 2.0, s.y + 1.0]),
    (lambda s: tf.stack([s.y, s.y * s.y]), lambda s: tf.stack([s.y * s.y, s.y])),
    (lambda s: tf.split(s.y, 2)[0], lambda s: tf.split(s.y, 2)[1]),  # which result
    (lambda s: tf.cast(s.y, tf.float64), lambda s: tf.cast(s.y, tf.int32)),
    (lambda s: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + s.y), [0, s.y])[1],
     lambda s: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * s.y), [0, s.y])[1]),
    (lambda s: tf.cond(tf.reduce_sum(s.y) > 0.0, lambda: s.y, lambda: -s.y),
     lambda s: tf.cond(tf.reduce_sum(s.y) > 0.0, lambda: -s.y, lambda: s.y)),
    (lambda s: tf.py_func(lambda a: a + 1, [s.y], tf.float32) * 2.0,
     lambda s: tf.py_func(lambda a: a - 1, [s.y], tf.float32) * 2.0),
])
def test_what_differs_is_compiled_anew(one, other):
    steps = Steps()
    run = lambda make: steps.session.run(make(steps), {steps.x: steps.batch})  # noqa: E731
    first, second, again = run(one), run(other), run(one)
    with tf.Session() as sess:  # each alone, in a session that has run nothing before
        sess.run(tf.global_variables_initializer())
        with tf.Graph().as_default():
            alone = Steps()
            expected = alone.session.run(other(alone), {alone.x: alone.batch})
    np.testing.assert_array_equal(second, expected)
    np.testing.assert_array_equal(first, again)
    assert np.shape(first) != np.shape(second) or not np.array_equal(first, second)


def test_variables_of_their_own():
    steps = Steps()
    twins = [tf.Variable(tf.fill([60, 50], float(n))) for n in (1, 2)]
    steps.session.run(tf.variables_initializer(twins))
    answers, _ = steps.rounds(*[lambda v=v: tf.assign_add(v, steps.y) for v in (*twins, *twins)])
    for number, answer in enumerate(answers):
        np.testing.assert_allclose(answer, number % 2 + 1 + (number // 2 + 1) * steps.batch.sum(1, keepdims=True)
                                   .repeat(50, 1), rtol=1e-5)


def test_random_numbers_go_on():
    steps = Steps()
    answers, _ = steps.rounds(*[lambda: tf.random_normal([200, 300]) + tf.reduce_sum(steps.x)] * 3)
    assert len({float(a[0, 0]) for a in answers}) == 3
    draw = tf.random_normal([200, 300])
    answers, compiled = steps.rounds(*[lambda: [draw, tf.shape(steps.x)]] * 3)
    assert compiled == 1
    assert len({float(a[0][0, 0]) for a in answers}) == 3


def test_a_check_names_the_operation_of_the_round():
    steps = Steps()
    limit = tf.placeholder(tf.float32, [])

    def checked(name: str):
        return tf.Assert(tf.reduce_sum(steps.y) < limit, [limit], name=name)

    feed = {steps.x: steps.batch, limit: 1e9}
    before = len(compilations)
    steps.session.run([steps.train, checked("first")], feed)
    steps.session.run([steps.train, checked("second")], feed)
    with pytest.raises(tf.errors.InvalidArgumentError, match="third") as caught:
        steps.session.run([steps.train, checked("third")], feed | {limit: 0.0})
    assert caught.value.op.name.startswith("third")
    assert len(compilations) == before + 1


def test_a_change_of_the_graph_is_seen(graph):
    steps = Steps()
    steps.rounds(lambda: [steps.train, tf.shape(steps.x)])
    kept = tf.Variable(0.0)
    steps.session.run(kept.initializer)
    steps.train._add_control_input(tf.assign_add(kept, 1.0).op)
    steps.rounds(lambda: [steps.train, tf.shape(steps.x)])
    assert steps.session.run(kept) == 1
