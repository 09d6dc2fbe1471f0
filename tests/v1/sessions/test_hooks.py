"""The hooks of the library: arguments, what they log, write and raise."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hornbeam.v1 as tf

train = tf.train


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Any:
    logger = tf.get_logger()
    level, propagates = logger.level, logger.propagate
    logger.setLevel(logging.INFO)
    logger.propagate = True
    yield caplog
    logger.setLevel(level)
    logger.propagate = propagates


def _counting() -> tuple[Any, Any]:
    step = train.get_or_create_global_step()
    return step, tf.assign_add(step, 1)


def _run(hooks: list[Any], runs: int) -> None:
    _, count = _counting()
    with train.MonitoredSession(hooks=hooks) as sess:
        for _ in range(runs):
            sess.run(count)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: train.StopAtStepHook(), "One of num_steps or last_step must be specified"),
    (lambda: train.StopAtStepHook(1, 2), "Only one of num_steps or last_step"),
    (lambda: train.LoggingTensorHook([]), "exactly one of every_n_iter and every_n_secs"),
    (lambda: train.LoggingTensorHook([], every_n_iter=0), "invalid every_n_iter=0"),
    (lambda: train.StepCounterHook(None), "exactly one of every_n_steps and every_n_secs"),
    (lambda: train.SecondOrStepTimer(), "Either every_secs or every_steps"),
    (lambda: train.SecondOrStepTimer(1, 1), "Can not provide both every_secs and every_steps"),
    (lambda: train.SummarySaverHook(1), "Exactly one of scaffold or summary_op"),
    (lambda: train.CheckpointSaverHook("x", save_steps=1, saver=1, scaffold=1), "both saver and scaffold"),
])
def test_arguments_that_do_not_fit(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("hook", [train.StopAtStepHook(1), train.StepCounterHook()])
def test_hooks_that_need_the_global_step_say_so(hook: Any) -> None:
    with pytest.raises(RuntimeError, match="Global step should be created"):
        train.MonitoredSession(hooks=[hook])


def test_a_timer_is_due_at_once_and_then_every_so_many_steps() -> None:
    timer = train.SecondOrStepTimer(every_steps=3)
    assert timer.should_trigger_for_step(1)
    assert timer.update_last_triggered_step(1) == (None, None)
    assert [s for s in range(1, 9) if timer.should_trigger_for_step(s)] == [4, 5, 6, 7, 8]
    assert timer.update_last_triggered_step(4)[1] == 3
    timer.reset()
    assert timer.should_trigger_for_step(4)


def test_tensors_are_logged_every_so_many_runs(log: pytest.LogCaptureFixture) -> None:
    step, count = _counting()
    hooks = [train.LoggingTensorHook({"number": step}, every_n_iter=2),
             train.LoggingTensorHook([step.name], at_end=True),
             train.LoggingTensorHook([step], every_n_iter=100, formatter=lambda values: f"own {len(values)}")]
    with train.MonitoredSession(hooks=hooks) as sess:
        for _ in range(5):
            sess.run(count)
    lines = [r.getMessage() for r in log.records]
    assert lines.count("own 1") == 1
    assert [x.split(" (")[0] for x in lines if x.startswith("number")] == ["number = 0", "number = 2", "number = 4"]
    assert "global_step:0 = 5" in lines


def test_a_loss_that_is_nan_ends_training() -> None:
    loss = tf.constant(float("nan"))
    _, count = _counting()
    with (pytest.raises(train.NanLossDuringTrainingError, match="NaN loss during training"),
          train.MonitoredSession(hooks=[train.NanTensorHook(loss)]) as sess):
        sess.run(count)
    with train.MonitoredSession(hooks=[train.NanTensorHook(loss, fail_on_nan_loss=False)]) as sess:
        sess.run(count)
        assert sess.should_stop()


def test_final_operations_run_at_the_end() -> None:
    step, _ = _counting()
    hook = train.FinalOpsHook({"step": step})
    assert hook.final_ops_values is None
    _run([hook], 3)
    assert hook.final_ops_values == {"step": 3}


def test_others_wait_for_the_global_step() -> None:
    step, count = _counting()

    class Counts(train.SessionRunHook):
        def before_run(self, run_context: Any) -> Any:
            for _ in range(4):
                run_context.session.run(count)

    with train.MonitoredSession(hooks=[Counts(), train.GlobalStepWaiterHook(4)]) as sess:
        assert sess.run(step) >= 4


def _written(folder: Path) -> list[Any]:
    (path,) = [p for p in folder.iterdir() if "tfevents" in p.name]
    return list(train.summary_iterator(str(path)))


def test_summaries_are_written_every_so_many_steps(tmp_path: Path) -> None:
    step, _ = _counting()
    summary = tf.summary.scalar("step", tf.cast(step, tf.float32))
    _run([train.SummarySaverHook(save_steps=2, output_dir=str(tmp_path), summary_op=summary)], 5)
    found = [(e.step, e.summary.value[0].simple_value) for e in _written(tmp_path) if e.summary.value]
    assert [s for s, _ in found] == [1, 3, 5]


def test_steps_are_counted_by_the_second(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    _counting()
    _run([train.StepCounterHook(every_n_steps=2, output_dir=str(tmp_path))], 5)
    tf.summary.FileWriterCache.get(str(tmp_path)).flush()
    found = [e.summary.value[0] for e in _written(tmp_path) if e.summary.value]
    assert found
    assert all(v.tag == "global_step/sec" and v.simple_value > 0 for v in found)
    assert any(r.getMessage().startswith("global_step/sec: ") for r in log.records)


def test_traces_are_files_for_the_browser(tmp_path: Path) -> None:
    _counting()
    _run([train.ProfilerHook(save_steps=2, output_dir=str(tmp_path))], 4)
    tf.summary.FileWriterCache.get(str(tmp_path)).flush()
    assert sorted(p.name for p in tmp_path.glob("*.json")) == ["timeline-2.json", "timeline-4.json"]
    events = json.loads((tmp_path / "timeline-2.json").read_text())["traceEvents"]
    assert {"VariableV2", "AssignAdd"} <= {e["name"] for e in events if e["ph"] == "X"}
    traces = [e.tagged_run_metadata for e in _written(tmp_path) if e.HasField("tagged_run_metadata")]
    assert [t.tag for t in traces] == ["step_2", "step_4"]
    assert tf.RunMetadata.FromString(traces[0].run_metadata).step_stats.dev_stats
