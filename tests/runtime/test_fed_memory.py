"""Arrays that are fed belong to the caller: what is written to them after a run changes nothing."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.backend.aligned import ALIGNMENT

SIZE = 400


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def fed(offset: int = 0, shape: tuple[int, ...] = (SIZE, SIZE)) -> np.ndarray:
    """An array that begins `offset` bytes after where XLA would take it in place."""
    count = int(np.prod(shape)) * 4
    memory = np.zeros(count + 2 * ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT + offset
    return memory[start:start + count].view(np.float32).reshape(shape)


def slowly(x: tf.Tensor) -> tf.Tensor:
    """`x` again, after a while."""
    y = x
    for _ in range(20):
        y = tf.matmul(y, y) * 0.0 + x
    return y


@pytest.mark.parametrize("offset", [0, 16])
def test_a_step_that_is_not_waited_for_sees_what_was_fed(offset):
    x = tf.placeholder(tf.float32, [SIZE, SIZE])
    total = tf.Variable(tf.zeros([SIZE, SIZE]))
    step = tf.assign_add(total, slowly(x)).op
    batch = fed(offset)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for number in range(20):
            batch[...] = number
            sess.run(step, {x: batch})
            batch[...] = -1
        assert (sess.run(total) == sum(range(20))).all()


def test_two_steps_in_turn_whose_variables_pass_from_one_to_the_other():
    x = tf.placeholder(tf.float32, [SIZE, SIZE])
    total = tf.Variable(tf.zeros([SIZE, SIZE]))
    plus, minus = tf.assign_add(total, slowly(x)).op, tf.assign_sub(total, slowly(x)).op
    batch = fed()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for number in range(10):
            batch[...] = number + 1
            sess.run(plus, {x: batch})
            batch[...] = number
            sess.run(minus, {x: batch})
            batch[...] = -1
        assert (sess.run(total) == 10).all()


@pytest.mark.parametrize("shape", [(2, 3), (SIZE, SIZE)])
def test_a_variable_that_was_assigned_a_fed_array_keeps_it(shape):
    x = tf.placeholder(tf.float32, shape)
    variable, other = tf.Variable(tf.zeros(shape)), tf.Variable(tf.zeros(shape))
    put, more, copy = tf.assign(variable, x).op, tf.assign_add(variable, tf.ones(shape)).op, tf.assign(other, variable)
    given = fed(0, shape)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        given[...] = 5
        sess.run(put, {x: given})
        sess.run(copy.op)
        given[...] = 7
        assert (sess.run(variable) == 5).all()
        sess.run(put, {x: given})
        sess.run(more)
        assert (given == 7).all()
        assert (sess.run(variable) == 8).all()
        assert (sess.run(other) == 5).all()


def test_a_callable_and_a_run_in_parts_copy_too():
    x = tf.placeholder(tf.float32, [SIZE, SIZE])
    total = tf.Variable(tf.zeros([SIZE, SIZE]))
    step, answer = tf.assign_add(total, slowly(x)), tf.reduce_sum(x)
    batch = fed()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        run = sess.make_callable(step.op, [x])
        for number in range(10):
            batch[...] = number
            run(batch)
            batch[...] = -1
        assert (sess.run(total) == 45).all()
        batch[...] = 2
        handle = sess.partial_run_setup([step.op, answer], [x])
        sess.partial_run(handle, step.op, {x: batch})
        batch[...] = 3
        assert sess.partial_run(handle, answer) == 2 * SIZE * SIZE


def test_threads_that_feed_one_step_do_not_mix_their_arrays():
    x = tf.placeholder(tf.float32, [SIZE, SIZE])
    low, high = tf.Variable(np.inf), tf.Variable(-np.inf)
    y = slowly(x)
    least, most = tf.reduce_min(y), tf.reduce_max(y)
    step = tf.group(tf.assign(low, tf.minimum(low, least)), tf.assign(high, tf.maximum(high, most)),
                    tf.Assert(tf.equal(least, most), [least, most]))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        errors: list[Exception] = []

        def feed(value: int) -> None:
            batch = fed()
            try:
                for _ in range(10):
                    batch[...] = value
                    sess.run(step, {x: batch})
                    batch[...] = -1
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=feed, args=(n,)) for n in (1, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert sess.run([low, high]) == [1, 3]
