"""`slim.evaluation`: evaluating checkpoints a number of times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.checkpoints import reading
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.training.evaluations import StopAfterNEvalsHook, SummaryAtEndHook, evaluate_checkpoint

_DEFAULT: Any = 0
"""Says that all summaries of the graph are written: None says that none are."""


class _Runs:
    """The evaluation of one checkpoint, as the arguments of both functions say it."""

    def __init__(self, master: str, logdir: str | None, num_evals: int, initial: tuple[Any, Any], init_fn: Any,
                 eval_op: Any, eval_feed: Any, final: tuple[Any, Any], summary: tuple[Any, Any],
                 variables_to_restore: Any, config: Any, hooks: Sequence[Any] | None) -> None:
        op, summary_feed = summary
        if op is _DEFAULT:
            op = tf.summary.merge_all()
        self._hooks = [StopAfterNEvalsHook(num_evals), *(hooks or ())]
        if op is not None and logdir is not None:
            self._hooks.append(SummaryAtEndHook(log_dir=logdir, summary_op=op, feed_dict=summary_feed))
        saver = tf.train.Saver(variables_to_restore) if variables_to_restore is not None else None
        self._scaffold = tf.train.Scaffold(init_op=initial[0], init_feed_dict=initial[1], saver=saver,
                                           init_fn=(lambda _, session: init_fn(session)) if init_fn else None)
        self._rest = master, self._scaffold, eval_op if eval_op is not None else tf.no_op(), eval_feed, *final
        self._config = config

    def of(self, path: str | None) -> Any:
        """The values of the final operations for a checkpoint."""
        return evaluate_checkpoint(path, *self._rest, self._hooks, self._config)


@public(v1=("contrib.slim.evaluation.evaluate_once",))
def evaluate_once(master: str, checkpoint_path: str | None, logdir: str | None, num_evals: int = 1,
                  initial_op: Any = None, initial_op_feed_dict: Any = None, eval_op: Any = None,
                  eval_op_feed_dict: Any = None, final_op: Any = None, final_op_feed_dict: Any = None,
                  summary_op: Any = _DEFAULT, summary_op_feed_dict: Any = None, variables_to_restore: Any = None,
                  session_config: Any = None, hooks: Sequence[Any] | None = None) -> Any:
    """Restore a checkpoint, run `eval_op` `num_evals` times, then `final_op`, whose value it gives.

    logdir: where the summaries (`summary_op`, by default all) go. initial_op: run where nothing is restored.
    """
    return _Runs(master, logdir, num_evals, (initial_op, initial_op_feed_dict), None, eval_op, eval_op_feed_dict,
                 (final_op, final_op_feed_dict), (summary_op, summary_op_feed_dict), variables_to_restore,
                 session_config, hooks).of(checkpoint_path)


@public(v1=("contrib.slim.evaluation.evaluation_loop",))
def evaluation_loop(master: str, checkpoint_dir: str, logdir: str | None, num_evals: int = 1, initial_op: Any = None,
                    initial_op_feed_dict: Any = None, init_fn: Callable[[Any], Any] | None = None, eval_op: Any = None,
                    eval_op_feed_dict: Any = None, final_op: Any = None, final_op_feed_dict: Any = None,
                    summary_op: Any = _DEFAULT, summary_op_feed_dict: Any = None, variables_to_restore: Any = None,
                    eval_interval_secs: float = 60, max_number_of_evaluations: int | None = None,
                    session_config: Any = None, timeout: float | None = None,
                    timeout_fn: Callable[[], bool] | None = None, hooks: Sequence[Any] | None = None) -> Any:
    """As `evaluate_once` for each new checkpoint of a folder; gives the last value of `final_op`.

    eval_interval_secs: how long from one evaluation to the next at least. timeout: seconds to wait for a checkpoint.
    """
    runs = _Runs(master, logdir, num_evals, (initial_op, initial_op_feed_dict), init_fn, eval_op, eval_op_feed_dict,
                 (final_op, final_op_feed_dict), (summary_op, summary_op_feed_dict), variables_to_restore,
                 session_config, hooks)
    value = None
    for done, path in enumerate(reading.checkpoints_iterator(checkpoint_dir, eval_interval_secs, timeout, timeout_fn)):
        value = runs.of(path)
        if max_number_of_evaluations is not None and done + 1 >= max_number_of_evaluations:
            break
    return value
