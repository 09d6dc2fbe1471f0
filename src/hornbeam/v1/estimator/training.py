"""Training and evaluation in turns."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.estimator.estimator import Estimator, checked_hooks
from hornbeam.v1.estimator.exporters import Exporter
from hornbeam.v1.sessions.saving_hooks import CheckpointSaverListener


class _Train(NamedTuple):
    input_fn: Any
    max_steps: Any
    hooks: Any


@public(v1=("estimator.TrainSpec",))
class TrainSpec(_Train):
    """How `train_and_evaluate` trains: on what, until which global step (None: until the input ends), with which hooks.

    Raises TypeError for an `input_fn` that is no function, ValueError for steps below 1.
    """

    __slots__ = ()

    def __new__(cls, input_fn: Callable[..., Any], max_steps: int | None = None,
                hooks: Sequence[Any] | None = None) -> TrainSpec:
        _check_function(input_fn)
        if max_steps is not None and max_steps <= 0:
            raise ValueError(f"Must specify max_steps > 0, given: {max_steps}")
        return super().__new__(cls, input_fn, max_steps, tuple(checked_hooks(hooks)))


class _Eval(NamedTuple):
    input_fn: Any
    steps: Any
    name: Any
    hooks: Any
    exporters: Any
    start_delay_secs: Any
    throttle_secs: Any


@public(v1=("estimator.EvalSpec",))
class EvalSpec(_Eval):
    """How `train_and_evaluate` evaluates: on what, on how many batches (None: all), and what it exports.

    throttle_secs: an evaluation begins no sooner after the last; the one at the end takes place all the same.
    start_delay_secs: accepted. Raises TypeError and ValueError for what is of another kind.
    """

    __slots__ = ()

    def __new__(cls, input_fn: Callable[..., Any], steps: int | None = 100, name: str | None = None,
                hooks: Sequence[Any] | None = None, exporters: Any = None, start_delay_secs: float = 120,
                throttle_secs: float = 600) -> EvalSpec:
        _check_function(input_fn)
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"`name` must be string, given: {name}")
        for what, seconds in (("start_delay_secs", start_delay_secs), ("throttle_secs", throttle_secs)):
            if seconds < 0:
                raise ValueError(f"Must specify {what} >= 0, given: {seconds}")
        return super().__new__(cls, input_fn, steps, name, tuple(checked_hooks(hooks)), _exporters(exporters),
                               start_delay_secs, throttle_secs)


def _check_function(input_fn: Any) -> None:
    if not callable(input_fn):
        raise TypeError(f"`input_fn` must be callable, given: {input_fn}")


def _exporters(given: Any) -> tuple[Exporter, ...]:
    found = (given,) if isinstance(given, Exporter) else tuple(given or ())
    names: set[str] = set()
    for exporter in found:
        if not isinstance(exporter, Exporter):
            raise TypeError(f"`exporters` must be an Exporter, an iterable of Exporter, or `None`, found {exporter}.")
        if not isinstance(exporter.name, str) or not exporter.name:
            raise ValueError(f"An Exporter must have a name that is a string, given: {exporter.name}")
        if exporter.name in names:
            raise ValueError(f"`exporters` must have unique names. Such a name was found twice: {exporter.name}")
        names.add(exporter.name)
    return found


class _Evaluations(CheckpointSaverListener):
    """Evaluates, and exports, what was saved, once its time has come."""

    def __init__(self, estimator: Estimator, spec: EvalSpec, max_steps: int | None) -> None:
        self._estimator, self._spec, self._max_steps = estimator, spec, max_steps
        self._last: float | None = None
        self._first, self._evaluated = True, None
        self.result: Any = None
        self.exports: list[Any] = []

    def begin(self) -> None:
        self._first = True

    def after_save(self, session: Any, global_step_value: int) -> None:
        if self._first:  # what was there before the first step
            self._first, self._last = False, time.time()
            return
        if self._max_steps is not None and global_step_value >= self._max_steps:
            return  # `end` evaluates
        if self._last is None or time.time() >= self._last + self._spec.throttle_secs:
            self._evaluate(global_step_value, False)
        else:
            tf.logging.info("Skip the current checkpoint eval due to throttle secs (%s secs).",
                            self._spec.throttle_secs)

    def end(self, session: Any, global_step_value: int) -> None:
        self._evaluate(global_step_value, True)

    def _evaluate(self, step: int, final: bool) -> None:
        path = self._estimator.latest_checkpoint()
        if self._evaluated != step:
            self.result = self._estimator.evaluate(self._spec.input_fn, steps=self._spec.steps, name=self._spec.name,
                                                   checkpoint_path=path, hooks=self._spec.hooks)
            self._evaluated, self._last = step, time.time()
        below = os.path.join(self._estimator.model_dir, "export")
        self.exports = [e.export(estimator=self._estimator, export_path=os.path.join(below, e.name),
                                 checkpoint_path=path or "", eval_result=self.result, is_the_final_export=final)
                        for e in self._spec.exporters]


@public(v1=("estimator.train_and_evaluate",))
def train_and_evaluate(estimator: Estimator, train_spec: TrainSpec, eval_spec: EvalSpec) -> Any:
    """Train, and evaluate and export what is saved on the way and at the end.

    Returns the last evaluation's metrics and the list of what the exporters returned.
    Raises TypeError for arguments of another kind, ValueError where the settings save no checkpoints.
    """
    for what, given, kind in (("estimator", estimator, Estimator), ("train_spec", train_spec, TrainSpec),
                              ("eval_spec", eval_spec, EvalSpec)):
        if not isinstance(given, kind):
            raise TypeError(f"`{what}` must have type `tf.estimator.{kind.__name__}`, given: {type(given)}")
    config = estimator.config
    if not (config.save_checkpoints_secs or config.save_checkpoints_steps):
        raise ValueError("`train_and_evaluate` evaluates what was saved: `RunConfig.save_checkpoints_secs` or "
                         "`RunConfig.save_checkpoints_steps` must be set.")
    listener = _Evaluations(estimator, eval_spec, train_spec.max_steps)
    tf.logging.info("Running training and evaluation locally (non-distributed).")
    estimator.train(train_spec.input_fn, hooks=list(train_spec.hooks), max_steps=train_spec.max_steps,
                    saving_listeners=[listener])
    if listener.result is None:  # nothing was left to train
        listener._evaluate(estimator._trained_steps(), True)
    return listener.result, listener.exports
