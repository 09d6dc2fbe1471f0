"""Hooks that stop, log, measure and feed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.sessions.run_hooks import SessionRunArgs, SessionRunHook
from hornbeam.v1.sessions.timing import NeverTriggerTimer, SecondOrStepTimer


def needed_global_step(who: str) -> Any:
    """The global step's tensor to read. Raises RuntimeError where the graph has none."""
    found = tf.train.get_global_step()
    if found is None:
        raise RuntimeError(f"Global step should be created to use {who}.")
    return found


def due_step(timer: Any, global_step: Any, run_context: Any, run_values: Any) -> int | None:
    """The step that was just made, where the timer is due at it; None where it is not.

    The run read the step before; the variable is read again only where it may be time.
    """
    if not timer.should_trigger_for_step(run_values.results + 1):
        return None
    step = int(run_context.session.run(global_step))
    return step if timer.should_trigger_for_step(step) else None


def element(item: Any) -> Any:
    """What is to be fetched: a tensor or operation of the default graph, which may be named."""
    graph = tf.get_default_graph()
    if isinstance(item, str) and ":" not in item and not any(o.name == item for o in graph.get_operations()):
        return graph.as_graph_element(f"{item}:0")
    if isinstance(item, str):
        found = graph.as_graph_element(item)
        return found if not hasattr(found, "outputs") or not found.outputs else found.outputs[0]
    return graph.as_graph_element(item)


@public(v1=("train.LoggingTensorHook", "estimator.LoggingTensorHook"))
class LoggingTensorHook(SessionRunHook):
    """Logs the values of tensors every so many runs or seconds, and `at_end`.

    tensors: a list of tensors or their names, or a dictionary from the words to log to them. formatter: makes the
    line from a dictionary of values. Raises ValueError unless it is said when to log.
    """

    def __init__(self, tensors: Any, every_n_iter: int | None = None, every_n_secs: float | None = None,
                 at_end: bool = False, formatter: Callable[[dict[str, Any]], str] | None = None) -> None:
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.")
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        if not isinstance(tensors, Mapping):
            tensors = {item if isinstance(item, str) else item.name: item for item in tensors}
        self._tensors, self._tags = dict(tensors), list(tensors)
        self._formatter, self._at_end = formatter, at_end
        self._timer = NeverTriggerTimer() if only_at_end else SecondOrStepTimer(every_n_secs, every_n_iter)

    def begin(self) -> None:
        self._timer.reset()
        self._iterations = 0
        self._current = {tag: element(item) for tag, item in self._tensors.items()}

    def before_run(self, run_context: Any) -> Any:
        self._due = self._timer.should_trigger_for_step(self._iterations)
        return SessionRunArgs(self._current) if self._due else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        if self._due:
            self._log(run_values.results)
        self._iterations += 1

    def end(self, session: Any) -> None:
        if self._at_end:
            self._log(session.run(self._current))

    def _log(self, values: dict[str, Any]) -> None:
        seconds, _ = self._timer.update_last_triggered_step(self._iterations)
        if self._formatter is not None:
            tf.logging.info(self._formatter(values))
            return
        with np.printoptions(suppress=True):
            line = ", ".join(f"{tag} = {values[tag]}" for tag in self._tags)
        tf.logging.info(line if seconds is None else f"{line} ({seconds:.3f} sec)")


@public(v1=("train.StopAtStepHook", "estimator.StopAtStepHook"))
class StopAtStepHook(SessionRunHook):
    """Asks to stop after `num_steps` more steps, or where the global step reaches `last_step`.

    Raises ValueError unless exactly one of them is given.
    """

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps, self._last_step = num_steps, last_step

    def begin(self) -> None:
        self._global_step = needed_global_step("StopAtStepHook")

    def after_create_session(self, session: Any, coord: Any) -> None:
        if self._last_step is None:
            self._last_step = int(session.run(self._global_step)) + self._num_steps  # type: ignore[operator]

    def before_run(self, run_context: Any) -> Any:
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        # What was fetched may be from before the step; it is read again before anything stops.
        if run_values.results + 1 >= self._last_step and run_context.session.run(self._global_step) >= self._last_step:
            run_context.request_stop()


@public(v1=("train.StepCounterHook", "estimator.StepCounterHook"))
class StepCounterHook(SessionRunHook):
    """Logs and summarizes how many steps are done in a second, every so many steps or seconds.

    Raises ValueError unless exactly one of `every_n_steps` and `every_n_secs` is given.
    """

    def __init__(self, every_n_steps: int | None = 100, every_n_secs: float | None = None,
                 output_dir: str | None = None, summary_writer: Any = None) -> None:
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_n_secs, every_n_steps)
        self._summary_writer, self._output_dir = summary_writer, output_dir

    def begin(self) -> None:
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = tf.summary.FileWriterCache.get(self._output_dir)
        self._global_step = needed_global_step("StepCounterHook")
        self._tag = f"{self._global_step.op.name}/sec"

    def before_run(self, run_context: Any) -> Any:
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        step = due_step(self._timer, self._global_step, run_context, run_values)
        if step is not None:
            seconds, steps = self._timer.update_last_triggered_step(step)
            if seconds:
                self._log_and_record(steps or 0, seconds, step)

    def _log_and_record(self, elapsed_steps: int, elapsed_time: float, global_step: int) -> None:
        rate = elapsed_steps / elapsed_time
        if self._summary_writer is not None:
            value = tf.Summary.Value(tag=self._tag, simple_value=rate)
            self._summary_writer.add_summary(tf.Summary(value=[value]), global_step)
        tf.logging.info("%s: %g", self._tag, rate)


@public(v1=("train.NanLossDuringTrainingError", "estimator.NanLossDuringTrainingError"))
class NanLossDuringTrainingError(RuntimeError):
    """The loss was NaN."""

    def __str__(self) -> str:
        return "NaN loss during training."


@public(v1=("train.NanTensorHook", "estimator.NanTensorHook"))
class NanTensorHook(SessionRunHook):
    """Where the loss is NaN: raises NanLossDuringTrainingError, or asks to stop where `fail_on_nan_loss` is False."""

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss_tensor, self._fail_on_nan_loss = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context: Any) -> Any:
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        if not np.isnan(run_values.results):
            return
        if self._fail_on_nan_loss:
            tf.logging.error("Model diverged with loss = NaN.")
            raise NanLossDuringTrainingError
        tf.logging.warning("Model diverged with loss = NaN.")
        run_context.request_stop()


@public(v1=("train.GlobalStepWaiterHook", "estimator.GlobalStepWaiterHook"))
class GlobalStepWaiterHook(SessionRunHook):
    """Waits before the first run until the global step, which others count up, reaches `wait_until_step`."""

    def __init__(self, wait_until_step: int) -> None:
        self._wait_until_step = wait_until_step

    def begin(self) -> None:
        self._waiting = True
        self._global_step = needed_global_step("_GlobalStepWaiterHook")

    def before_run(self, run_context: Any) -> Any:
        if not self._waiting or self._wait_until_step <= 0:
            self._waiting = False
            return
        tf.logging.info("Waiting for global step %d before starting training.", self._wait_until_step)
        logged = 0
        while True:
            step = int(run_context.session.run(self._global_step))
            if step >= self._wait_until_step:
                self._waiting = False
                return
            if step - logged > 1000:
                tf.logging.info("Waiting for global step %d before starting training. Current step is %d.",
                                self._wait_until_step, step)
                logged = step
            time.sleep(0.5)


@public(v1=("train.FinalOpsHook", "estimator.FinalOpsHook"))
class FinalOpsHook(SessionRunHook):
    """Runs `final_ops` at the end; their values are `final_ops_values`."""

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None) -> None:
        self._final_ops, self._feed = final_ops, final_ops_feed_dict
        self._values: Any = None

    @property
    def final_ops_values(self) -> Any:
        """What the operations gave, None before the end."""
        return self._values

    def end(self, session: Any) -> None:
        if self._final_ops is not None:
            self._values = session.run(self._final_ops, feed_dict=self._feed)


@public(v1=("train.FeedFnHook", "estimator.FeedFnHook"))
class FeedFnHook(SessionRunHook):
    """Feeds what `feed_fn()` returns into each run."""

    def __init__(self, feed_fn: Callable[[], dict[Any, Any]]) -> None:
        self.feed_fn = feed_fn

    def before_run(self, run_context: Any) -> Any:
        return SessionRunArgs(None, self.feed_fn())
