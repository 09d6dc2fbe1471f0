"""`contrib.learn.Estimator`: `fit`, `evaluate` and `predict` of arrays or input functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.learn.specs import MetricSpec, ModeKeys, ModelFnOps, NotFittedError
from hornbeam.v1.estimator import estimator as current
from hornbeam.v1.estimator.spec import EstimatorSpec


def _array(values: Any) -> Any:
    """An array in the dtype that models are given: float32, int64 or words."""
    if isinstance(values, dict):
        return {key: _array(value) for key, value in values.items()}
    found = np.asarray(values)
    return found.astype({"f": np.float32, "i": np.int64, "u": np.int64}[found.dtype.kind]) \
        if found.dtype.kind in "fiu" else found


def array_input_fn(x: Any, y: Any, batch_size: int | None, epochs: int | None, shuffle: bool) -> Callable[[], Any]:
    """An input function of arrays. batch_size: by default all rows at once."""
    x, y = _array(x), None if y is None else _array(y)
    rows = len(next(iter(x.values())) if isinstance(x, dict) else x)

    def input_fn() -> Any:
        data = tf.data.Dataset.from_tensor_slices(x if y is None else (x, y))
        if shuffle and (batch_size or rows) < rows:
            data = data.shuffle(rows)
        found = data.repeat(epochs).batch(min(batch_size or rows, rows))
        following = tf.data.make_one_shot_iterator(found).get_next()
        return (following, None) if y is None else following

    return input_fn


@public(v1=("contrib.learn.Estimator",))
class Estimator:
    """A model that a function of features, labels and a mode describes, trained on arrays or input functions.

    model_fn: takes features, labels (called as it likes), and where it names them `mode`, `params`, `config` and
    `model_dir`; returns `ModelFnOps` or (predictions, loss, train_op). model_dir: of checkpoints, by default a
    temporary folder. config: a `RunConfig`. params: handed to the function. feature_engineering_fn: changes features
    and labels before.
    """

    def __init__(self, model_fn: Callable[..., Any] | None = None, model_dir: str | None = None, config: Any = None,
                 params: Any = None, feature_engineering_fn: Callable[..., Any] | None = None) -> None:
        if model_fn is not None:
            names = current.argument_names(model_fn)
            if params is not None and "params" not in names:
                raise ValueError(f"Estimator's model_fn ({model_fn}) has less than 4 arguments, but not None params "
                                 f"({params}) are passed.")
        self._function, self._given_params = model_fn, params
        self._engineering = feature_engineering_fn
        self._metrics: Any = None
        self._estimator = current.Estimator(self._model_fn, model_dir, config)

    # The model ------------------------------------------------------------------------------------------

    def _get_ops(self, features: Any, labels: Any, mode: str) -> Any:
        function = self._function
        assert function is not None
        offered = {"mode": mode, "params": self._given_params, "config": self.config, "model_dir": self.model_dir}
        given = {name: offered[name] for name in current.argument_names(function) if name in offered}
        return function(features, labels, **given)

    def _model_fn(self, features: Any, labels: Any, mode: str) -> EstimatorSpec:
        if self._engineering is not None:
            features, labels = self._engineering(features, labels)
        found = self._get_ops(features, labels, mode)
        if not isinstance(found, ModelFnOps):
            predictions, loss, train_op = found
            found = ModelFnOps(mode, predictions, loss, train_op)
        metrics = dict(found.eval_metric_ops or {})
        if mode == ModeKeys.EVAL:
            metrics.update(self._more_metrics(features, labels, found.predictions))
        return EstimatorSpec(mode, found.predictions, found.loss, found.train_op, metrics or None,
                             training_chief_hooks=found.training_chief_hooks, training_hooks=found.training_hooks,
                             scaffold=found.scaffold)

    def _more_metrics(self, features: Any, labels: Any, predictions: Any) -> dict[str, Any]:
        made = {}
        for key, metric in (self._metrics or {}).items():
            name, prediction_key = key if isinstance(key, tuple) else (key, None)
            if not isinstance(metric, MetricSpec):
                metric = MetricSpec(metric, prediction_key)
            made[name] = metric.create_metric_ops(features, labels, predictions)
        return made

    # What users call ------------------------------------------------------------------------------------

    @property
    def model_dir(self) -> str:
        """The folder of checkpoints and summaries."""
        return self._estimator.model_dir

    @property
    def config(self) -> Any:
        """A copy of the settings."""
        return self._estimator.config

    @property
    def params(self) -> Any:
        """What the model function is handed."""
        return self._given_params

    def get_variable_names(self) -> list[str]:
        """The names of the variables in the last checkpoint."""
        return self._estimator.get_variable_names()

    def get_variable_value(self, name: str) -> np.ndarray:
        """The value of a variable in the last checkpoint."""
        return self._estimator.get_variable_value(name)

    def fit(self, x: Any = None, y: Any = None, input_fn: Callable[[], Any] | None = None, steps: int | None = None,
            batch_size: int | None = None, monitors: Any = None, max_steps: int | None = None) -> Any:
        """Train on arrays (again and again) or on what an input function gives, `steps` more steps or until step
        `max_steps`; monitors: `SessionRunHook`s. Returns the estimator.

        Raises ValueError where both numbers, or both arrays and a function, are given.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        hooks = [monitors] if isinstance(monitors, tf.train.SessionRunHook) else monitors
        self._estimator.train(_input(x, y, input_fn, batch_size, None, True), hooks, steps, max_steps)
        return self

    def partial_fit(self, x: Any = None, y: Any = None, input_fn: Callable[[], Any] | None = None, steps: int = 1,
                    batch_size: int | None = None, monitors: Any = None) -> Any:
        """Train some steps more."""
        return self.fit(x, y, input_fn, steps, batch_size, monitors)

    def evaluate(self, x: Any = None, y: Any = None, input_fn: Callable[[], Any] | None = None, feed_fn: Any = None,
                 batch_size: int | None = None, steps: int | None = None, metrics: Any = None, name: str | None = None,
                 checkpoint_path: str | None = None, hooks: Any = None, log_progress: bool = True) -> dict[str, Any]:
        """The loss, the metrics and the global step. metrics: further ones, `MetricSpec`s or functions by name.

        Raises NotFittedError before training.
        """
        self._check_fitted(checkpoint_path)
        self._metrics = metrics
        try:
            return self._estimator.evaluate(_input(x, y, input_fn, batch_size, 1, False), steps, hooks,
                                            checkpoint_path, name)
        finally:
            self._metrics = None

    def predict(self, x: Any = None, input_fn: Callable[[], Any] | None = None, batch_size: int | None = None,
                outputs: Any = None, as_iterable: bool = True, iterate_batches: bool = False) -> Any:
        """What is predicted, example by example, or with `as_iterable=False` at once. outputs: which of several.

        Raises NotFittedError before training.
        """
        self._check_fitted(None)
        batches = self._batches(_input(x, None, input_fn, batch_size, 1, False), outputs)
        if as_iterable:
            return batches if iterate_batches else (example for batch in batches for example in _examples(batch))
        held = list(batches)
        if held and isinstance(held[0], dict):
            return {key: np.concatenate([batch[key] for batch in held]) for key in held[0]}
        return np.concatenate(held)

    def _batches(self, input_fn: Callable[[], Any], outputs: Any) -> Iterator[Any]:
        """The predictions of each batch; of one batch where the input is the same for ever."""
        same: list[bool] = []

        def noted() -> Any:
            found, graph = input_fn(), tf.get_default_graph()
            same.append(not tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
                        and not any("Iterator" in op.type for op in graph.get_operations()))
            return found

        for batch in self._estimator.predict(noted, outputs, yield_single_examples=False):
            yield batch
            if same[-1]:
                return

    def export_savedmodel(self, export_dir_base: str, serving_input_fn: Callable[[], Any],
                          default_output_alternative_key: str | None = None, assets_extra: Any = None,
                          as_text: bool = False, checkpoint_path: str | None = None, **kwargs: Any) -> bytes:
        """Write a SavedModel into a new folder below `export_dir_base`."""
        return self._estimator.export_saved_model(export_dir_base, serving_input_fn, assets_extra, as_text,
                                                  checkpoint_path)

    def _check_fitted(self, checkpoint_path: str | None) -> None:
        if not (checkpoint_path or self._estimator.latest_checkpoint()):
            raise NotFittedError(f"Couldn't find trained model at {self.model_dir}.")


def _examples(batch: Any) -> Iterator[Any]:
    if not isinstance(batch, dict):
        yield from batch
        return
    for values in zip(*batch.values(), strict=True):
        yield dict(zip(batch, values, strict=True))


def _input(x: Any, y: Any, input_fn: Callable[[], Any] | None, batch_size: int | None, epochs: int | None,
           shuffle: bool) -> Callable[[], Any]:
    if input_fn is None:
        if x is None:
            raise ValueError("Either x or input_fn must be provided.")
        return array_input_fn(x, y, batch_size, epochs, shuffle)
    if x is not None or y is not None or batch_size is not None:
        raise ValueError("Can not provide both input_fn and x, y or batch_size.")
    return input_fn


@public(v1=("contrib.learn.SKCompat",))
class SKCompat:
    """An estimator with the methods of scikit-learn's: `fit`, `score` and `predict` of arrays."""

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator

    def fit(self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None, max_steps: int | None = None,
            monitors: Any = None) -> SKCompat:
        """Train on arrays."""
        self._estimator.fit(x, y, None, steps, batch_size, monitors, max_steps)
        return self

    def score(self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None, metrics: Any = None,
              name: str | None = None) -> dict[str, Any]:
        """The loss and the metrics on arrays."""
        return self._estimator.evaluate(x, y, batch_size=batch_size, steps=steps, metrics=metrics, name=name)

    def predict(self, x: Any, batch_size: int = 128, outputs: Any = None) -> Any:
        """What is predicted for all rows."""
        return self._estimator.predict(x, batch_size=batch_size, outputs=outputs, as_iterable=False)


@public(v1=("contrib.learn.Experiment",))
class Experiment:
    """An estimator with its input functions, and how many steps it is trained and evaluated.

    train_monitors: hooks of training. export_strategies: each one's `export(estimator, folder)` is called after an
    evaluation. Those of several workers, and of evaluations while training goes on, are accepted: one process trains,
    and then evaluates.
    """

    def __init__(self, estimator: Any, train_input_fn: Any, eval_input_fn: Any, eval_metrics: Any = None,
                 train_steps: int | None = None, eval_steps: int | None = 100, train_monitors: Any = None,
                 eval_hooks: Any = None, local_eval_frequency: int | None = None, eval_delay_secs: float = 120,
                 continuous_eval_throttle_secs: float = 60, min_eval_frequency: int | None = None,
                 delay_workers_by_global_step: bool = False, export_strategies: Any = None,
                 train_steps_per_iteration: int | None = None, checkpoint_and_export: bool = False,
                 saving_listeners: Any = None, check_interval_secs: float = 5) -> None:
        self._estimator = estimator
        self._train_input_fn, self._eval_input_fn = train_input_fn, eval_input_fn
        self._eval_metrics, self._train_steps, self._eval_steps = eval_metrics, train_steps, eval_steps
        self._train_monitors, self._eval_hooks = train_monitors, eval_hooks
        given = export_strategies or ()
        self._strategies = list(given) if isinstance(given, (list, tuple, set)) else [given]

    @property
    def estimator(self) -> Any:
        """The estimator."""
        return self._estimator

    def train(self, delay_secs: Any = None) -> Any:
        """Train until step `train_steps`."""
        if isinstance(self._estimator, Estimator):
            return self._estimator.fit(input_fn=self._train_input_fn, max_steps=self._train_steps,
                                       monitors=self._train_monitors)
        return self._estimator.train(self._train_input_fn, self._train_monitors, max_steps=self._train_steps)

    def evaluate(self, delay_secs: Any = None, name: str | None = None) -> dict[str, Any]:
        """Evaluate on `eval_steps` batches."""
        if isinstance(self._estimator, Estimator):
            return self._estimator.evaluate(input_fn=self._eval_input_fn, steps=self._eval_steps,
                                            metrics=self._eval_metrics, name=name, hooks=self._eval_hooks)
        return self._estimator.evaluate(self._eval_input_fn, self._eval_steps, self._eval_hooks, name=name)

    def train_and_evaluate(self) -> tuple[dict[str, Any], list[Any]]:
        """Train, then evaluate, then export: (the metrics, the folders of what was exported)."""
        self.train()
        found = self.evaluate(name="one_pass")
        base = os.path.join(self._estimator.model_dir, "export")
        return found, [s.export(self._estimator, os.path.join(base, s.name)) for s in self._strategies]


@public(v1=("contrib.learn.learn_runner.run",))
def run(experiment_fn: Callable[..., Experiment], output_dir: str | None = None, schedule: str | None = None,
        run_config: Any = None, hparams: Any = None) -> Any:
    """Make an experiment and do what `schedule` says, by default `train_and_evaluate`."""
    if output_dir is not None and run_config is None:
        made = experiment_fn(output_dir)
    else:
        made = experiment_fn(run_config, hparams)
    return getattr(made, schedule or "train_and_evaluate")()


def iterated(found: Any, key: str, as_iterable: bool) -> Any:
    """One of the predictions, example by example or at once."""
    def each() -> Iterator[Any]:
        for prediction in found:
            yield prediction[key]

    return each() if as_iterable else found[key]
