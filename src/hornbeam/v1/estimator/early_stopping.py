"""Hooks that end a training when the metrics of its evaluations say so."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.estimator.estimator import Estimator
from hornbeam.v1.sessions.run_hooks import SessionRunArgs, SessionRunHook
from hornbeam.v1.sessions.timing import SecondOrStepTimer


class _StopsWhen(SessionRunHook):
    """Asks a function from time to time whether the training should end."""

    def __init__(self, should_stop_fn: Callable[[], bool], every_secs: float | None, every_steps: int | None) -> None:
        if not callable(should_stop_fn):
            raise TypeError("`should_stop_fn` must be callable.")
        self._should_stop_fn = should_stop_fn
        self._timer = SecondOrStepTimer(every_secs=every_secs, every_steps=every_steps)
        self._step: Any = None

    def begin(self) -> None:
        """Find the global step."""
        self._step = tf.train.get_global_step()

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Fetch the global step."""
        return SessionRunArgs(self._step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Ask, if it is time."""
        step = run_values.results
        if not self._timer.should_trigger_for_step(step):
            return
        self._timer.update_last_triggered_step(step)
        if self._should_stop_fn():
            tf.logging.info("Requesting early stopping at global step %d", step)
            run_context.request_stop()


@public(v1=("estimator.experimental.make_early_stopping_hook",))
def make_early_stopping_hook(estimator: Estimator, should_stop_fn: Callable[[], bool],
                             run_every_secs: float | None = 60, run_every_steps: int | None = None) -> SessionRunHook:
    """A hook that ends a training once `should_stop_fn()` is true, which is asked every so many seconds or steps.

    Raises TypeError for what is no estimator or function, ValueError where both numbers are given.
    """
    if not isinstance(estimator, Estimator):
        raise TypeError(f"`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}")
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError("Only one of `run_every_secs` and `run_every_steps` must be set.")
    return _StopsWhen(should_stop_fn, run_every_secs, run_every_steps)


def read_eval_metrics(eval_dir: str) -> dict[int, dict[str, float]]:
    """The metrics of each step that evaluations wrote into the event files of a folder, in order."""
    found: dict[int, dict[str, float]] = {}
    if tf.gfile.Exists(eval_dir):
        for path in tf.gfile.Glob(os.path.join(eval_dir, "*.tfevents.*")):
            for event in tf.train.summary_iterator(path):
                values = {v.tag: v.simple_value for v in event.summary.value if v.HasField("simple_value")}
                if values:
                    found.setdefault(event.step, {}).update(values)
    return dict(sorted(found.items()))


def _values(estimator: Estimator, metric_name: str, eval_dir: str | None, min_steps: int) -> list[tuple[int, float]]:
    metrics = read_eval_metrics(eval_dir or estimator.eval_dir())
    return [(step, values[metric_name]) for step, values in metrics.items() if step >= min_steps]


def _crossed(crosses: Callable[[float, float], bool], estimator: Estimator, metric_name: str, threshold: float,
             eval_dir: str | None, min_steps: int, secs: float | None, steps: int | None) -> SessionRunHook:
    def should_stop() -> bool:
        return any(crosses(value, threshold) for _, value in _values(estimator, metric_name, eval_dir, min_steps))

    return make_early_stopping_hook(estimator, should_stop, secs, steps)


@public(v1=("estimator.experimental.stop_if_higher_hook",))
def stop_if_higher_hook(estimator: Estimator, metric_name: str, threshold: float, eval_dir: str | None = None,
                        min_steps: int = 0, run_every_secs: float | None = 60,
                        run_every_steps: int | None = None) -> SessionRunHook:
    """A hook that ends a training once a metric is above a threshold. eval_dir: where evaluations write.

    min_steps: evaluations of earlier steps do not count.
    """
    return _crossed(operator.gt, estimator, metric_name, threshold, eval_dir, min_steps, run_every_secs,
                    run_every_steps)


@public(v1=("estimator.experimental.stop_if_lower_hook",))
def stop_if_lower_hook(estimator: Estimator, metric_name: str, threshold: float, eval_dir: str | None = None,
                       min_steps: int = 0, run_every_secs: float | None = 60,
                       run_every_steps: int | None = None) -> SessionRunHook:
    """A hook that ends a training once a metric is below a threshold. Arguments as for `stop_if_higher_hook`."""
    return _crossed(operator.lt, estimator, metric_name, threshold, eval_dir, min_steps, run_every_secs,
                    run_every_steps)


def _no_better(is_better: Callable[[float, float], bool], estimator: Estimator, metric_name: str, most: int,
               eval_dir: str | None, min_steps: int, secs: float | None, steps: int | None) -> SessionRunHook:
    def should_stop() -> bool:
        best: tuple[int, float] | None = None
        for step, value in _values(estimator, metric_name, eval_dir, min_steps):
            if best is None or is_better(value, best[1]):
                best = step, value
            if step - best[0] >= most:
                return True
        return False

    return make_early_stopping_hook(estimator, should_stop, secs, steps)


@public(v1=("estimator.experimental.stop_if_no_increase_hook",))
def stop_if_no_increase_hook(estimator: Estimator, metric_name: str, max_steps_without_increase: int,
                             eval_dir: str | None = None, min_steps: int = 0, run_every_secs: float | None = 60,
                             run_every_steps: int | None = None) -> SessionRunHook:
    """A hook that ends a training when a metric was never larger for so many steps."""
    return _no_better(operator.gt, estimator, metric_name, max_steps_without_increase, eval_dir, min_steps,
                      run_every_secs, run_every_steps)


@public(v1=("estimator.experimental.stop_if_no_decrease_hook",))
def stop_if_no_decrease_hook(estimator: Estimator, metric_name: str, max_steps_without_decrease: int,
                             eval_dir: str | None = None, min_steps: int = 0, run_every_secs: float | None = 60,
                             run_every_steps: int | None = None) -> SessionRunHook:
    """A hook that ends a training when a metric was never smaller for so many steps."""
    return _no_better(operator.lt, estimator, metric_name, max_steps_without_decrease, eval_dir, min_steps,
                      run_every_secs, run_every_steps)
