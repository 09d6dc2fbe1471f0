"""`tf.CriticalSection`: one execution at a time, in threads, functions and sessions."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import hornbeam as tf
import hornbeam.v1 as tf1


def test_results_come_back_as_tensors() -> None:
    section = tf.CriticalSection(name="c")
    assert section.name == "c"
    assert tf.CriticalSection(shared_name="b").name == "b"
    assert section.execute(lambda: tf.constant(3)).numpy() == 3
    found = section.execute(lambda: {"a": 1, "b": [tf.constant(2)]})
    assert found["a"].numpy() + found["b"][0].numpy() == 3
    assert section.execute(lambda: None) is None
    with pytest.raises(TypeError):
        section.execute(3)  # type: ignore[arg-type]


def test_within_itself_it_would_wait_for_ever() -> None:
    section, other = tf.CriticalSection(), tf.CriticalSection()
    with pytest.raises(ValueError, match="in which we are already running"):
        section.execute(lambda: section.execute(lambda: tf.constant(1)))
    assert section.execute(lambda: other.execute(lambda: tf.constant(1))).numpy() == 1


def test_threads_take_turns() -> None:
    section, count = tf.CriticalSection(), tf.Variable(0)

    def add() -> Any:
        before = count.read_value()
        count.assign(before + 1)
        return before

    threads = [threading.Thread(target=lambda: [section.execute(add) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.numpy() == 80


def test_in_a_function() -> None:
    section, count = tf.CriticalSection(), tf.Variable(1.0)

    @tf.function
    def twice() -> Any:
        first = section.execute(lambda: count.assign_add(1.0))
        second = section.execute(lambda: count.assign(count * 10.0))
        return first, second

    assert [t.numpy() for t in twice()] == [2.0, 20.0]


def test_in_a_graph_the_second_execution_waits_for_the_first() -> None:
    with tf1.Graph().as_default(), tf1.Session() as session:
        section, v = tf1.CriticalSection(), tf1.get_variable("v", initializer=1.0, use_resource=True)
        with tf.Graph().as_default():  # another graph has executions of its own
            section.execute(lambda: tf.constant(1))
        section.execute(lambda: v.assign_add(1.0))
        second = section.execute(lambda: v.assign(v.read_value() * 10.0))
        session.run(tf1.global_variables_initializer())
        assert session.run(second) == 20.0
