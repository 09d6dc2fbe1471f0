"""Supervisor: where it begins, what its threads write, how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hornbeam.v1 as tf


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _counting() -> tuple[Any, Any]:
    step = tf.train.get_or_create_global_step()
    return step, tf.assign_add(step, 1)


def test_it_begins_where_the_last_checkpoint_ended(tmp_path: Path) -> None:
    for began in (0, 3):
        with tf.Graph().as_default():
            step, count = _counting()
            tf.summary.scalar("number", tf.cast(step, tf.float32))
            supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_summaries_secs=0, save_model_secs=0)
            with supervisor.managed_session() as sess:
                assert sess.run(step) == began
                for _ in range(3):
                    sess.run(count)
                supervisor.saver.save(sess, supervisor.save_path, global_step=step)
                supervisor.summary_computed(sess, sess.run(supervisor.summary_op))
            assert supervisor.should_stop()
    assert (tmp_path / "graph.pbtxt").exists()
    values = [(e.step, v.simple_value) for p in sorted(tmp_path.glob("*tfevents*"))
              for e in tf.train.summary_iterator(str(p)) for v in e.summary.value]
    assert sorted(values) == [(3, 3.0), (6, 6.0)]


def test_its_threads_save_and_summarize(tmp_path: Path) -> None:
    step, count = _counting()
    tf.summary.scalar("number", tf.cast(step, tf.float32))
    supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_summaries_secs=30, save_model_secs=30)
    with supervisor.managed_session() as sess:
        sess.run(count)
        while not tf.train.latest_checkpoint(str(tmp_path)):
            sess.run(count)
    assert Path(tf.train.latest_checkpoint(str(tmp_path)) + ".index").exists()


def test_the_end_of_input_ends_it_and_other_errors_are_raised() -> None:
    _counting()
    supervisor = tf.train.Supervisor()
    with supervisor.managed_session():
        raise tf.errors.OutOfRangeError(None, None, "ended")
    with pytest.raises(ValueError, match="mine"), supervisor.managed_session():
        raise ValueError("mine")


def test_a_loop_of_steps() -> None:
    _, count = _counting()
    supervisor = tf.train.Supervisor()
    seen = []

    def step(sess: Any, by: int, last: int = 0) -> None:
        seen.append(int(sess.run(count)) * by)
        if len(seen) == last:
            supervisor.request_stop()

    tf.train.basic_train_loop(supervisor, step, args=(10,), kwargs={"last": 2})
    assert seen == [10, 20]


def test_only_the_chief_starts_services(tmp_path: Path) -> None:
    _counting()
    supervisor = tf.train.Supervisor(logdir=str(tmp_path), is_chief=False)
    assert supervisor.summary_writer is None
    with pytest.raises(RuntimeError, match="Only chief supervisor can start standard services"), tf.Session() as sess:
        supervisor.start_standard_services(sess)
