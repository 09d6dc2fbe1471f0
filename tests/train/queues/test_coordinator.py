"""Coordinators: threads stop together, and what went wrong in one is raised where they are joined."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import pytest

import hornbeam as hb
import hornbeam.v1 as tf


def started(target: Any, *args: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def test_threads_stop_when_asked():
    coord = tf.train.Coordinator()
    turns: list[int] = []

    def work(i: int) -> None:
        while not coord.should_stop():
            time.sleep(0.001)
        turns.append(i)

    threads = [started(work, i) for i in range(3)]
    assert not coord.wait_for_stop(0.01)
    coord.request_stop()
    coord.join(threads)
    assert sorted(turns) == [0, 1, 2]
    assert coord.joined
    assert coord.wait_for_stop(0.0)


def test_threads_that_end_by_themselves_need_no_stop():
    coord = tf.train.Coordinator()
    coord.register_thread(started(time.sleep, 0.01))
    coord.join()
    assert not coord.should_stop()


@pytest.mark.parametrize("as_tuple", [False, True])
def test_the_first_exception_is_raised_where_threads_are_joined(as_tuple: bool):
    coord = tf.train.Coordinator()
    first = threading.Event()

    def fail(text: str, wait: bool) -> None:
        if wait:
            first.wait()
        try:
            raise RuntimeError(text)
        except RuntimeError as error:
            coord.request_stop(sys.exc_info() if as_tuple else error)
        first.set()

    threads = [started(fail, "First", False), started(fail, "Too late", True)]
    with pytest.raises(RuntimeError, match="First"):
        coord.join(threads)
    with pytest.raises(RuntimeError, match="First"):
        coord.raise_requested_exception()


def test_exceptions_in_a_block_stop_all():
    coord = hb.train.Coordinator()

    def work() -> None:
        with coord.stop_on_exception():
            raise ValueError("bad record")

    thread = started(work)
    with pytest.raises(ValueError, match="bad record"):
        coord.join([thread])


def test_the_end_of_the_data_is_no_error():
    coord = tf.train.Coordinator()
    coord.request_stop(tf.errors.OutOfRangeError(None, None, "the end"))
    assert coord.should_stop()
    coord.join([])
    special = tf.train.Coordinator(clean_stop_exception_types=(KeyError,))
    special.request_stop(KeyError("clean"))
    special.join([])
    special.clear_stop()
    special.request_stop(tf.errors.OutOfRangeError(None, None, "the end"))
    with pytest.raises(tf.errors.OutOfRangeError, match="the end"):
        special.join([])


def test_an_exception_after_all_were_joined_is_raised_at_once():
    coord = tf.train.Coordinator()
    coord.request_stop()
    coord.join([])
    coord.request_stop()
    with pytest.raises(RuntimeError, match="Too late"):
        coord.request_stop(RuntimeError("Too late"))
    coord.clear_stop()
    assert not coord.should_stop()
    assert not coord.joined


def test_threads_that_do_not_end_are_named():
    coord = tf.train.Coordinator()
    release = threading.Event()
    thread = threading.Thread(target=release.wait, name="stubborn", daemon=True)
    thread.start()
    coord.request_stop()
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="Coordinator stopped with threads still running: stubborn"):
        coord.join([thread], stop_grace_period_secs=0.1)
    assert time.monotonic() - began < 5
    coord.join([thread], stop_grace_period_secs=0.01, ignore_live_threads=True)
    release.set()
    with pytest.raises(TypeError, match="takes an exception"):
        coord.request_stop("no exception")


def test_loopers_call_until_they_are_stopped():
    coord = tf.train.Coordinator()
    turns: list[int] = []
    looper = tf.train.LooperThread.loop(coord, 0.001, target=turns.append, args=(1,))
    while len(turns) < 3:
        time.sleep(0.001)
    coord.request_stop()
    coord.join()
    assert not looper.is_alive()

    def fail() -> None:
        raise ValueError("in a loop")

    coord = tf.train.Coordinator()
    tf.train.LooperThread.loop(coord, None, target=fail)
    with pytest.raises(ValueError, match="in a loop"):
        coord.join()
    with pytest.raises(ValueError, match="'coord' argument must be a Coordinator"):
        tf.train.LooperThread(3, None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="also pass 'target'"):
        tf.train.LooperThread(coord, None, args=(1,))
