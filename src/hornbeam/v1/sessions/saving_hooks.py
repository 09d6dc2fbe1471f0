"""Hooks that write: checkpoints, summaries and traces."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.sessions.hooks import due_step, needed_global_step
from hornbeam.v1.sessions.run_hooks import SessionRunArgs, SessionRunHook
from hornbeam.v1.sessions.timeline import Timeline
from hornbeam.v1.sessions.timing import SecondOrStepTimer


@public(v1=("train.CheckpointSaverListener", "estimator.CheckpointSaverListener"))
class CheckpointSaverListener:
    """What is called around the saving of checkpoints. Here its methods do nothing."""

    def begin(self) -> None:
        """Once, while operations may still be added to the graph."""

    def before_save(self, session: Any, global_step_value: int) -> None:
        """Before each checkpoint is written."""

    def after_save(self, session: Any, global_step_value: int) -> bool | None:
        """After each checkpoint was written; True asks to stop."""

    def end(self, session: Any, global_step_value: int) -> None:
        """At the end, after the last checkpoint."""


def saver_of(collection: str, who: str) -> Any:
    """The saver of a collection. Raises RuntimeError unless it holds one."""
    found = tf.get_collection(collection)
    if not found:
        raise RuntimeError(f"No items in collection {collection}. Please add a saver to the collection or provide a "
                           f"saver or scaffold to {who}.")
    if len(found) > 1:
        raise RuntimeError(f"More than one item in collection {collection}. Please indicate which one to use by "
                           "passing it to the constructor.")
    return found[0]


@public(v1=("train.CheckpointSaverHook", "estimator.CheckpointSaverHook"))
class CheckpointSaverHook(SessionRunHook):
    """Saves a checkpoint after the session was made, every `save_steps` steps or `save_secs` seconds, and at the end.

    checkpoint_dir: where; the graph is written there too, unless `save_graph_def` is False. saver or scaffold: what
    saves. listeners: `CheckpointSaverListener`s. Raises ValueError where both or neither of two are given.
    """

    def __init__(self, checkpoint_dir: str, save_secs: float | None = None, save_steps: int | None = None,
                 saver: Any = None, checkpoint_basename: str = "model.ckpt", scaffold: Any = None,
                 listeners: Sequence[CheckpointSaverListener] | None = None, save_graph_def: bool = True) -> None:
        tf.logging.info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver, self._scaffold, self._listeners = saver, scaffold, list(listeners or [])
        self._checkpoint_dir = os.fspath(checkpoint_dir)
        self._save_path = os.path.join(self._checkpoint_dir, checkpoint_basename)
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._save_graph_def = save_graph_def
        self._summary_writer: Any = None

    def begin(self) -> None:
        self._summary_writer = tf.summary.FileWriterCache.get(self._checkpoint_dir)
        self._global_step = needed_global_step("CheckpointSaverHook")
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        step = int(session.run(self._global_step))
        graph = tf.get_default_graph()
        if self._save_graph_def:
            tf.train.write_graph(graph.as_graph_def(add_shapes=True), self._checkpoint_dir, "graph.pbtxt")
        self._summary_writer.add_graph(graph)
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context: Any) -> Any:
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        step = due_step(self._timer, self._global_step, run_context, run_values)
        if step is not None:
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session: Any) -> None:
        last = int(session.run(self._global_step))
        if last != self._timer.last_triggered_step():
            self._save(session, last)
        for listener in self._listeners:
            listener.end(session, last)

    def _save(self, session: Any, step: int) -> bool:
        """Save; whether a listener asks to stop."""
        tf.logging.info("Saving checkpoints for %d into %s.", step, self._save_path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._save_path, global_step=step, write_meta_graph=self._save_graph_def)
        self._summary_writer.add_session_log(
            tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=self._save_path), step)
        stops = [listener.after_save(session, step) for listener in self._listeners]
        if any(stops):
            tf.logging.info("A CheckpointSaverListener requested that training be stopped.")
        return any(stops)

    def _get_saver(self) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        self._saver = saver_of(tf.GraphKeys.SAVERS, "the CheckpointSaverHook")
        return self._saver


@public(v1=("train.SummarySaverHook", "estimator.SummarySaverHook"))
class SummarySaverHook(SessionRunHook):
    """Writes summaries every `save_steps` steps or `save_secs` seconds.

    summary_op: a tensor of summaries, or a list of them; or that of a `scaffold`. Raises ValueError unless exactly
    one of the two is given.
    """

    def __init__(self, save_steps: int | None = None, save_secs: float | None = None, output_dir: str | None = None,
                 summary_writer: Any = None, scaffold: Any = None, summary_op: Any = None) -> None:
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op, self._scaffold = summary_op, scaffold
        self._summary_writer, self._output_dir = summary_writer, output_dir
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self) -> None:
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = tf.summary.FileWriterCache.get(self._output_dir)
        self._next_step: int | None = None
        self._global_step = needed_global_step("SummarySaverHook")

    def before_run(self, run_context: Any) -> Any:
        self._due = self._next_step is None or self._timer.should_trigger_for_step(self._next_step)
        requests = {"global_step": self._global_step}
        if self._due and (summary := self._summaries()) is not None:
            requests["summary"] = summary
        return SessionRunArgs(requests)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        if not self._summary_writer:
            return
        step = int(run_values.results["global_step"]) + 1
        if self._next_step is None or self._due:
            step = int(run_context.session.run(self._global_step))
        if self._next_step is None:
            self._summary_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), step)
        if self._due:
            self._timer.update_last_triggered_step(step)
            for summary in run_values.results.get("summary", ()):
                self._summary_writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session: Any = None) -> None:
        if self._summary_writer:
            self._summary_writer.flush()

    def _summaries(self) -> list[Any] | None:
        found = self._summary_op if self._summary_op is not None else self._scaffold.summary_op
        if found is None:
            return None
        return list(found) if isinstance(found, (list, tuple)) else [found]


@public(v1=("train.ProfilerHook", "estimator.ProfilerHook"))
class ProfilerHook(SessionRunHook):
    """Measures a run every so many steps or seconds, operation by operation.

    Writes `timeline-STEP.json` into `output_dir` for the browser's trace viewer, and the same for TensorBoard's page of
    graphs, tagged `step_STEP`. show_dataflow, show_memory: what the timelines show besides. Raises ValueError unless
    exactly one of `save_steps` and `save_secs` is given.
    """

    def __init__(self, save_steps: int | None = None, save_secs: float | None = None, output_dir: str = "",
                 show_dataflow: bool = True, show_memory: bool = False) -> None:
        self._output_dir = output_dir
        self._shown = (show_dataflow, show_memory)
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self) -> None:
        self._next_step: int | None = None
        self._global_step = needed_global_step("ProfilerHook")

    def before_run(self, run_context: Any) -> Any:
        self._due = self._next_step is not None and self._timer.should_trigger_for_step(self._next_step)
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE) if self._due else None
        return SessionRunArgs({"global_step": self._global_step}, options=options)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        before = int(run_values.results["global_step"])
        step = before + 1
        if self._next_step is None:
            self._timer.update_last_triggered_step(before)
        if self._due:
            step = int(run_context.session.run(self._global_step))
            self._timer.update_last_triggered_step(step)
            self._write(step, run_values.run_metadata)
        self._next_step = step + 1

    def _write(self, step: int, run_metadata: Any) -> None:
        os.makedirs(self._output_dir or ".", exist_ok=True)
        with open(os.path.join(self._output_dir, f"timeline-{step}.json"), "w", encoding="utf-8") as file:
            file.write(Timeline(run_metadata.step_stats).generate_chrome_trace_format(*self._shown))
        tf.summary.FileWriterCache.get(self._output_dir or ".").add_run_metadata(run_metadata, f"step_{step}", step)
