"""Evaluating checkpoints: once, or each new one of a folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public, register
from hornbeam.train.checkpoints import reading
from hornbeam.v1.api import tf
from hornbeam.v1.sessions.hooks import FinalOpsHook
from hornbeam.v1.sessions.run_hooks import SessionRunHook


@public(v1=("contrib.training.get_or_create_eval_step",))
def get_or_create_eval_step() -> Any:
    """The graph's count of evaluation steps, a local variable; made where there is none."""
    held = tf.get_collection(tf.GraphKeys.EVAL_STEP)
    if len(held) > 1:
        raise ValueError("Multiple tensors added to tf.GraphKeys.EVAL_STEP")
    if held:
        return held[0]
    return tf.get_local_variable("eval_step", shape=[], dtype=dtypes.int64, initializer=tf.zeros_initializer(),
                                 trainable=False, collections=[tf.GraphKeys.EVAL_STEP])


@public(v1=("contrib.training.StopAfterNEvalsHook",))
class StopAfterNEvalsHook(SessionRunHook):
    """Asks to stop after `num_evals` steps of evaluation. log_progress: whether to say how far it is."""

    def __init__(self, num_evals: int | None, log_progress: bool = True) -> None:
        self._num_evals, self._log_progress, self._done = num_evals, log_progress, 0

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Start counting anew."""
        self._done = 0

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Count, and ask to stop at the end."""
        self._done += 1
        if self._log_progress:
            tf.logging.info("Evaluation [%d%s]", self._done, f"/{self._num_evals}" if self._num_evals else "")
        if self._num_evals is not None and self._done >= self._num_evals:
            run_context.request_stop()


@public(v1=("contrib.training.SummaryAtEndHook",))
class SummaryAtEndHook(SessionRunHook):
    """Writes the summaries once, at the end of a session.

    log_dir: where to, or summary_writer: what writes them (ValueError without either). summary_op: by default all
    summaries of the graph. feed_dict: to evaluate them with.
    """

    def __init__(self, log_dir: str | None = None, summary_writer: Any = None, summary_op: Any = None,
                 feed_dict: Any = None) -> None:
        if log_dir is None and summary_writer is None:
            raise ValueError("exactly one of log_dir or summary_writer should be specified")
        self._log_dir, self._summary_writer, self._feed_dict = log_dir, summary_writer, feed_dict
        self._summary_op, self._step = summary_op, None

    def begin(self) -> None:
        """Find the summaries and the step."""
        self._summary_op = tf.summary.merge_all() if self._summary_op is None else self._summary_op
        self._step = tf.train.get_or_create_global_step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Write the graph."""
        if self._summary_writer is None:
            self._summary_writer = tf.summary.FileWriter(self._log_dir)
        self._summary_writer.add_graph(session.graph)

    def end(self, session: Any) -> None:
        """Write the summaries."""
        if self._summary_op is not None:
            summary, step = session.run([self._summary_op, self._step], self._feed_dict)
            self._summary_writer.add_summary(summary, step)
        self._summary_writer.flush()


def evaluate_checkpoint(checkpoint_path: str | None, master: str, scaffold: Any, eval_ops: Any, feed_dict: Any,
                        final_ops: Any, final_ops_feed_dict: Any, hooks: Sequence[Any], config: Any) -> Any:
    """Restore a checkpoint, run `eval_ops` until a hook asks to stop, and give the values of `final_ops`."""
    final = FinalOpsHook(final_ops, final_ops_feed_dict)
    creator = tf.train.ChiefSessionCreator(scaffold=scaffold, checkpoint_filename_with_path=checkpoint_path,
                                           master=master, config=config)
    started = time.time()
    with tf.train.MonitoredSession(session_creator=creator, hooks=[*hooks, final]) as session:
        if eval_ops is not None:
            while not session.should_stop():
                session.run(eval_ops, feed_dict)
    tf.logging.info("Evaluation took %.1f seconds", time.time() - started)
    return final.final_ops_values


@public(v1=("contrib.training.evaluate_once",))
def evaluate_once(checkpoint_path: str | None, master: str = "", scaffold: Any = None, eval_ops: Any = None,
                  feed_dict: Any = None, final_ops: Any = None, final_ops_feed_dict: Any = None,
                  hooks: Sequence[Any] | None = None, config: Any = None) -> Any:
    """Evaluate a checkpoint: `eval_ops` until a hook asks to stop; gives the values of `final_ops`."""
    step = get_or_create_eval_step()
    return evaluate_checkpoint(checkpoint_path, master, scaffold, _counting(eval_ops, step), feed_dict, final_ops,
                               final_ops_feed_dict, hooks or (), config)


def _counting(eval_ops: Any, step: Any) -> Any:
    """The operations of a step with one that counts it."""
    if eval_ops is None:
        return None
    count = tf.assign_add(step, 1)
    if isinstance(eval_ops, Mapping):
        return {**eval_ops, "update_eval_step": count}
    return [*eval_ops, count] if isinstance(eval_ops, (list, tuple)) else [eval_ops, count]


@public(v1=("contrib.training.evaluate_repeatedly",))
def evaluate_repeatedly(checkpoint_dir: str, master: str = "", scaffold: Any = None, eval_ops: Any = None,
                        feed_dict: Any = None, final_ops: Any = None, final_ops_feed_dict: Any = None,
                        eval_interval_secs: float = 60, hooks: Sequence[Any] | None = None, config: Any = None,
                        max_number_of_evaluations: int | None = None, timeout: float | None = None,
                        timeout_fn: Callable[[], bool] | None = None) -> Any:
    """Evaluate each new checkpoint of a folder; gives the last values of `final_ops`.

    eval_interval_secs: how long from one evaluation to the next at least. timeout, timeout_fn: when to give up waiting,
    see `train.checkpoints_iterator`.
    """
    counted = _counting(eval_ops, get_or_create_eval_step())
    values = None
    for done, path in enumerate(reading.checkpoints_iterator(checkpoint_dir, eval_interval_secs, timeout, timeout_fn)):
        values = evaluate_checkpoint(path, master, scaffold, counted, feed_dict, final_ops, final_ops_feed_dict,
                                     hooks or (), config)
        if max_number_of_evaluations is not None and done + 1 >= max_number_of_evaluations:
            break
    return values


for _space in ("contrib.training", "contrib.slim.evaluation"):
    register(reading.checkpoints_iterator, v1=(f"{_space}.checkpoints_iterator",))
    register(reading.wait_for_new_checkpoint, v1=(f"{_space}.wait_for_new_checkpoint",))
