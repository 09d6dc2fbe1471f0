"""Sessions that look after themselves: what hooks see, when they end, and what is kept."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


class _Diary(tf.train.SessionRunHook):
    """Writes down what is called."""

    def __init__(self, fetches: Any = None, feeds: Any = None) -> None:
        self.lines: list[Any] = []
        self._args = tf.train.SessionRunArgs(fetches, feeds)

    def begin(self) -> None:
        self.lines.append("begin")

    def after_create_session(self, session: Any, coord: Any) -> None:
        self.lines.append("created")

    def before_run(self, run_context: Any) -> Any:
        return self._args

    def after_run(self, run_context: Any, run_values: Any) -> None:
        self.lines.append(run_values.results)

    def end(self, session: Any) -> None:
        self.lines.append("end")


def _counting() -> tuple[Any, Any]:
    step = tf.train.get_or_create_global_step()
    return step, tf.assign_add(step, 1)


def test_hooks_are_called_around_runs() -> None:
    _, count = _counting()
    diary = _Diary({"twice": tf.constant(2) * 2})
    with tf.train.MonitoredSession(hooks=[diary]) as sess:
        assert sess.run(count) == 1
        assert sess.run({"a": [count]}) == {"a": [2]}
    assert diary.lines == ["begin", "created", {"twice": 4}, {"twice": 4}, "end"]


def test_a_hook_feeds_and_none_feeds_twice() -> None:
    x = tf.placeholder(tf.float32)
    with tf.train.SingularMonitoredSession(hooks=[tf.train.FeedFnHook(lambda: {x: 3.0})]) as sess:
        assert sess.run(x) == 3.0
        assert sess.raw_session().run(x, {x: 4.0}) == 4.0
        with pytest.raises(RuntimeError, match="Same tensor is fed"):
            sess.run(x, {x: 5.0})


def test_training_stops_at_the_step() -> None:
    step, count = _counting()
    runs = 0
    with tf.train.MonitoredSession(hooks=[tf.train.StopAtStepHook(last_step=5)]) as sess:
        while not sess.should_stop():
            sess.run(count)
            runs += 1
        with pytest.raises(RuntimeError, match="even after should_stop"):
            sess.run(step)
    assert runs == 5


def test_the_end_of_input_ends_the_block_and_other_errors_do_not() -> None:
    _, count = _counting()
    diary = _Diary()
    with tf.train.MonitoredSession(hooks=[diary]) as sess:
        sess.run(count)
        raise tf.errors.OutOfRangeError(None, None, "ended")
    assert diary.lines[-1] == "end"
    other = _Diary()
    with pytest.raises(ValueError, match="mine"), tf.train.MonitoredSession(hooks=[other]) as sess:
        raise ValueError("mine")
    assert "end" not in other.lines
    assert sess.should_stop()
    with pytest.raises(RuntimeError, match="Session is already closed"):
        sess.run(count)


def test_the_graph_is_final_within_and_open_after() -> None:
    _counting()
    with tf.train.MonitoredSession():
        assert tf.get_default_graph().finalized
        with pytest.raises(RuntimeError, match="finalized"):
            tf.constant(1)
    tf.constant(1)


def test_a_session_is_made_again_after_preemption(tmp_path: Path) -> None:
    step, count = _counting()
    failing = [True]

    def fail() -> Any:
        if failing and failing.pop():
            raise tf.errors.AbortedError(None, None, "gone")
        return np.int64(0)

    with tf.control_dependencies([tf.py_func(fail, [], tf.int64)]):
        counted = tf.identity(count)
    with tf.train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), save_checkpoint_steps=1) as sess:
        assert sess.run(counted) == 1
        assert sess.run(step) == 1


def test_a_session_that_cannot_be_made_is_spoken_of_once() -> None:
    said: list[str] = []

    class Ears(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    class Creator(tf.train.ChiefSessionCreator):
        tries = 0

        def create_session(self) -> Any:
            self.tries += 1
            if self.tries < 5:
                raise tf.errors.UnavailableError(None, None, "out of reach")
            return super().create_session()

    creator, ears = Creator(), Ears(logging.WARNING)
    tf.get_logger().addHandler(ears)
    try:
        with tf.train.MonitoredSession(creator):
            assert creator.tries == 5
    finally:
        tf.get_logger().removeHandler(ears)
    assert len(said) == 1
    assert "out of reach" in said[0]


def test_checkpoints_are_saved_on_the_way_and_restored(tmp_path: Path) -> None:
    for last in (7, 12):
        with tf.Graph().as_default():
            _, count = _counting()
            saved: list[int] = []

            class Listener(tf.train.CheckpointSaverListener):
                def before_save(self, session: Any, global_step_value: int) -> None:
                    saved.append(global_step_value)  # noqa: B023

            saver = tf.train.CheckpointSaverHook(str(tmp_path), save_steps=5, listeners=[Listener()])
            tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver())
            with tf.train.MonitoredTrainingSession(
                    checkpoint_dir=str(tmp_path), save_checkpoint_secs=None,
                    hooks=[saver, tf.train.StopAtStepHook(last_step=last)]) as sess:
                while not sess.should_stop():
                    sess.run(count)
        assert saved == ([0, 5, 7] if last == 7 else [7, 12])
    assert tf.train.latest_checkpoint(str(tmp_path)) == os.path.join(str(tmp_path), "model.ckpt-12")
    assert (tmp_path / "graph.pbtxt").exists()


def test_scaffold_takes_what_is_given() -> None:
    variable = tf.get_variable("v", [], initializer=tf.zeros_initializer())
    given = tf.placeholder(tf.float32)
    scaffold = tf.train.Scaffold(init_op=variable.assign(given), init_feed_dict={given: 5.0},
                                 init_fn=lambda scaffold, sess: sess.run(doubled))
    doubled = variable.assign(variable * 2)
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold)) as sess:
        assert sess.run(variable) == 10.0


def test_what_stays_uninitialized_is_named() -> None:
    tf.get_variable("forgotten", [])
    scaffold = tf.train.Scaffold(init_op=tf.no_op())
    with pytest.raises(RuntimeError, match=r"not make model ready.*Variables not initialized: forgotten"):
        tf.train.MonitoredSession(tf.train.ChiefSessionCreator(scaffold))


def test_tables_and_local_variables_are_initialized() -> None:
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    found = table.lookup(tf.constant(["a"]))
    local = tf.get_local_variable("local", initializer=3.0)
    with tf.train.MonitoredSession() as sess:
        assert sess.run([found, local]) == [[1], 3.0]


def test_steps_of_a_function() -> None:
    step, count = _counting()

    def twice(step_context: Any) -> Any:
        step_context.session.run(count)
        return step_context.run_with_hooks(count)

    diary = _Diary(step)
    with tf.train.MonitoredSession(hooks=[diary]) as sess:
        assert sess.run_step_fn(twice) == 2
        with pytest.raises(ValueError, match="step_context"):
            sess.run_step_fn(lambda x: x)
    assert diary.lines[2:] == [1, "end"]  # the hook reads before the step counts


def test_queue_runners_are_started_and_their_end_ends_the_session() -> None:
    producer = tf.train.range_input_producer(3, num_epochs=1, shuffle=False)
    element = producer.dequeue()
    seen = []
    with tf.train.MonitoredSession() as sess:
        while not sess.should_stop():
            seen.append(int(sess.run(element)))
    assert seen == [0, 1, 2]
