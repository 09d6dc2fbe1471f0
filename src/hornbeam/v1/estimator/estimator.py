"""Estimator: the walk of `train`, `evaluate` and `predict`.

Each of them builds a graph of its own: the input function gives features and labels, the model function what to run,
and a monitored session runs it, from the last checkpoint on.
"""

from __future__ import annotations

import copy
import inspect
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.estimator import evaluation, serving
from hornbeam.v1.estimator.run_config import RunConfig
from hornbeam.v1.estimator.spec import EstimatorSpec, ModeKeys
from hornbeam.v1.estimator.warm_starting import WarmStartSettings, warm_start
from hornbeam.v1.sessions.hooks import LoggingTensorHook, NanTensorHook, StopAtStepHook
from hornbeam.v1.sessions.monitored import ChiefSessionCreator, MonitoredSession, MonitoredTrainingSession
from hornbeam.v1.sessions.run_hooks import SessionRunHook
from hornbeam.v1.sessions.saving_hooks import CheckpointSaverHook, CheckpointSaverListener
from hornbeam.v1.sessions.scaffold import Scaffold

_ARGUMENTS = {"features", "labels", "mode", "params", "config", "self"}


def argument_names(function: Any) -> list[str]:
    """The names of a function's arguments, also of partial ones and of objects that can be called."""
    return [name for name, p in inspect.signature(function).parameters.items()
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def checked_hooks(hooks: Any) -> list[SessionRunHook]:
    """Hooks as a list. Raises TypeError for what is none."""
    found = list(hooks or [])
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"Hooks must be a SessionRunHook, given: {hook}")
    return found


class _StartsIterator(SessionRunHook):
    """Initializes the iterator of a dataset."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def begin(self) -> None:
        self._initializer = self._iterator.initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._initializer)


@public(v1=("estimator.Estimator",))
class Estimator:
    """A model that a function of features, labels and a mode describes, with its checkpoints in a folder.

    model_fn: takes `features`, and as it names them `labels`, `mode`, `params` and `config`; returns an
    `EstimatorSpec`. model_dir: by default that of `config`, else a temporary folder. params: handed to the function.
    warm_start_from: a checkpoint, a folder of them, or `WarmStartSettings`, where a first training begins.
    Raises ValueError where the function does not take what it needs.
    """

    def __init__(self, model_fn: Callable[..., EstimatorSpec], model_dir: str | None = None, config: Any = None,
                 params: Any = None, warm_start_from: Any = None) -> None:
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        _check_model_function(model_fn, params)
        self._config = _configured(config, model_dir)
        self._model_dir: str = self._config.model_dir
        self._model_fn, self._params = model_fn, copy.deepcopy(params or {})
        self._warm_start_settings = _warm_start_settings(warm_start_from)
        tf.logging.info("Using config: %s", self._config)

    @property
    def model_dir(self) -> str:
        """The folder of checkpoints and summaries."""
        return self._model_dir

    @property
    def config(self) -> RunConfig:
        """A copy of the settings."""
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        """A copy of what the model function is handed."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable[..., EstimatorSpec]:
        """The model function, as a function of features, labels, mode and config."""
        def public_model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            return self._call_model_fn(features, labels, mode, config)

        return public_model_fn

    def get_variable_value(self, name: str) -> np.ndarray:
        """The value of a variable in the last checkpoint. Raises ValueError where there is none."""
        self._check_trained()
        return tf.train.load_variable(self._model_dir, name)

    def get_variable_names(self) -> list[str]:
        """The names of the variables in the last checkpoint. Raises ValueError where there is none."""
        self._check_trained()
        return [name for name, _ in tf.train.list_variables(self._model_dir)]

    def latest_checkpoint(self) -> str | None:
        """The path of the last checkpoint, None where there is none."""
        return tf.train.latest_checkpoint(self._model_dir)

    def _check_trained(self) -> None:
        if not self.latest_checkpoint():
            raise ValueError(f"Could not find trained model in model_dir: {self._model_dir}.")

    # Training ---------------------------------------------------------------------------------------

    def train(self, input_fn: Callable[..., Any], hooks: Any = None, steps: int | None = None,
              max_steps: int | None = None, saving_listeners: Sequence[CheckpointSaverListener] | None = None) -> Any:
        """Train: `steps` more steps, or until the global step is `max_steps`, or until the input ends.

        input_fn: returns (features, labels) or a dataset of them. hooks: `SessionRunHook`s. saving_listeners: called
        around the saving of checkpoints. Returns the estimator. Raises ValueError where both numbers are given, or
        are not positive.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        for what, number in (("steps", steps), ("max_steps", max_steps)):
            if number is not None and number <= 0:
                raise ValueError(f"Must specify {what} > 0, given: {number}")
        if max_steps is not None and self._trained_steps() >= max_steps:
            tf.logging.info("Skipping training since max_steps has already saved.")
            return self
        all_hooks = checked_hooks(hooks)
        if steps is not None or max_steps is not None:
            all_hooks.append(StopAtStepHook(steps, max_steps))
        for listener in saving_listeners or ():
            if not isinstance(listener, CheckpointSaverListener):
                raise TypeError(f"saving_listeners must be a list of CheckpointSaverListener, given: {listener}")
        loss = self._train_model(input_fn, all_hooks, list(saving_listeners or []))
        tf.logging.info("Loss for final step: %s.", loss)
        return self

    def _trained_steps(self) -> int:
        path = self.latest_checkpoint()
        return int(tf.train.load_variable(path, tf.GraphKeys.GLOBAL_STEP)) if path else 0

    @contextmanager
    def _graph(self) -> Iterator[Any]:
        """A new graph with its seed and its global step."""
        graph = tf.Graph()
        with graph.as_default():
            tf.set_random_seed(self._config.tf_random_seed)
            yield self._create_and_assert_global_step(graph)

    def _create_global_step(self, graph: Any) -> Any:
        return tf.train.create_global_step(graph)

    def _create_and_assert_global_step(self, graph: Any) -> Any:
        return self._create_global_step(graph)

    def _train_model(self, input_fn: Any, hooks: list[Any], listeners: list[Any]) -> Any:
        with self._graph() as global_step:
            features, labels, input_hooks = self._input(input_fn, ModeKeys.TRAIN)
            spec = self._call_model_fn(features, labels, ModeKeys.TRAIN, self._config)
            if self._warm_start_settings and not self.latest_checkpoint():
                tf.logging.info("Warm-starting with WarmStartSettings: %s", self._warm_start_settings)
                warm_start(*self._warm_start_settings)
            return self._train_with(spec, [*input_hooks, *hooks], listeners, global_step)

    def _train_with(self, spec: EstimatorSpec, hooks: list[Any], listeners: list[Any], global_step: Any) -> Any:
        config, keys = self._config, tf.GraphKeys
        if not any(s.op.name == "loss" for s in tf.get_collection(keys.SUMMARIES)):
            tf.summary.scalar("loss", spec.loss)
        tf.add_to_collection(keys.LOSSES, spec.loss)
        hooks = [*hooks, NanTensorHook(spec.loss)]
        if config.log_step_count_steps is not None:
            hooks.append(LoggingTensorHook({"loss": spec.loss, "step": global_step},
                                           every_n_iter=config.log_step_count_steps))
        hooks.extend(spec.training_hooks)
        if not (spec.scaffold.saver or tf.get_collection(keys.SAVERS)):
            tf.add_to_collection(keys.SAVERS, tf.train.Saver(
                sharded=True, max_to_keep=config.keep_checkpoint_max,
                keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours, defer_build=True,
                save_relative_paths=True))
        chief_hooks = list(spec.training_chief_hooks)
        savers = [h for h in (*hooks, *chief_hooks) if isinstance(h, CheckpointSaverHook)]
        if not savers and (config.save_checkpoints_secs or config.save_checkpoints_steps):
            savers = [CheckpointSaverHook(self._model_dir, config.save_checkpoints_secs, config.save_checkpoints_steps,
                                          scaffold=spec.scaffold)]
            chief_hooks.extend(savers)
        if listeners:
            if not savers:
                raise ValueError("There should be a CheckpointSaverHook to use saving_listeners. Please set one of the "
                                 "RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs.")
            savers[0]._listeners.extend(listeners)
        loss, steps = None, False
        with MonitoredTrainingSession(
                checkpoint_dir=self._model_dir, scaffold=spec.scaffold, hooks=hooks, chief_only_hooks=chief_hooks,
                save_checkpoint_secs=0, save_summaries_steps=config.save_summary_steps, config=config.session_config,
                log_step_count_steps=config.log_step_count_steps) as sess:
            while not sess.should_stop():
                _, loss = sess.run([spec.train_op, spec.loss])
                steps = True
        if not steps:
            tf.logging.warning("Training with estimator made no steps. Perhaps input is empty or misspecified.")
        return loss

    # Evaluation -------------------------------------------------------------------------------------

    def eval_dir(self, name: str | None = None) -> str:
        """The folder of the summaries of an evaluation."""
        return os.path.join(self._model_dir, "eval" if not name else f"eval_{name}")

    def evaluate(self, input_fn: Callable[..., Any], steps: int | None = None, hooks: Any = None,
                 checkpoint_path: str | None = None, name: str | None = None) -> dict[str, Any]:
        """Evaluate a checkpoint, by default the last, on `steps` batches or all.

        Returns the metrics of the model function, "loss" and "global_step", and writes them as summaries.
        Without a checkpoint the model as it is initialized is evaluated. Raises ValueError for steps below 1.
        """
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        path = checkpoint_path or self.latest_checkpoint()
        if not path:
            tf.logging.info("Could not find trained model in model_dir: %s, running initialization to evaluate.",
                            self._model_dir)
        with self._graph() as global_step:
            features, labels, input_hooks = self._input(input_fn, ModeKeys.EVAL)
            spec = self._call_model_fn(features, labels, ModeKeys.EVAL, self._config)
            if self._warm_start_settings and not path:
                warm_start(*self._warm_start_settings)
            all_hooks = [*input_hooks, *checked_hooks(hooks), *spec.evaluation_hooks]
            found = evaluation.evaluated(spec, global_step, path, all_hooks, steps, self._config.session_config)
        evaluation.write(self.eval_dir(name), found, path)
        return found

    # Prediction -------------------------------------------------------------------------------------

    def predict(self, input_fn: Callable[..., Any], predict_keys: Any = None, hooks: Any = None,
                checkpoint_path: str | None = None, yield_single_examples: bool = True) -> Iterator[Any]:
        """Yields the predictions of a checkpoint, by default the last, example by example, or batch by batch.

        input_fn: returns features, or (features, labels), whose labels are ignored. predict_keys: which of the
        predictions are wanted. Without a checkpoint the model as it is initialized predicts. Raises ValueError for
        keys that are none, and where the predictions of a batch are of different lengths.
        """
        all_hooks = checked_hooks(hooks)
        path = checkpoint_path or self.latest_checkpoint()
        if not path:
            tf.logging.info("Could not find trained model in model_dir: %s, running initialization to predict.",
                            self._model_dir)
        with self._graph():
            features, _, input_hooks = self._input(input_fn, ModeKeys.PREDICT)
            spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self._config)
            if self._warm_start_settings and not path:
                warm_start(*self._warm_start_settings)
            predictions = _wanted(spec.predictions, predict_keys)
            creator = ChiefSessionCreator(spec.scaffold, config=self._config.session_config,
                                          checkpoint_filename_with_path=path)
            sess = MonitoredSession(creator, [*input_hooks, *all_hooks, *spec.prediction_hooks])
            graph = tf.get_default_graph()
        for batch in _batches(sess, graph, predictions):
            if not yield_single_examples:
                yield batch
            elif not isinstance(batch, dict):
                yield from batch
            else:
                for place in range(_length(batch)):
                    yield {key: value[place] for key, value in batch.items()}

    # For others -------------------------------------------------------------------------------------

    def export_saved_model(self, export_dir_base: str, serving_input_receiver_fn: Callable[[], Any],
                           assets_extra: dict[str, str] | None = None, as_text: bool = False,
                           checkpoint_path: str | None = None, experimental_mode: str = ModeKeys.PREDICT) -> bytes:
        """Write a SavedModel into a new folder, named by the time, below `export_dir_base`. Returns its path.

        serving_input_receiver_fn: returns a `ServingInputReceiver`. assets_extra: files to copy, by their paths below
        `assets.extra`. Raises ValueError where there is no checkpoint.
        """
        if serving_input_receiver_fn is None:
            raise ValueError("serving_input_receiver_fn must be defined.")
        path = checkpoint_path or self.latest_checkpoint()
        if not path:
            raise ValueError(f"Couldn't find trained model at {self._model_dir}.")
        folder = _new_folder(os.fspath(export_dir_base))
        builder = tf.saved_model.builder.SavedModelBuilder(folder)
        with self._graph():
            receiver = serving_input_receiver_fn()
            spec = self._call_model_fn(receiver.features, None, experimental_mode, self._config)
            outputs = spec.export_outputs
            if not outputs:
                outputs = {tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                           serving.PredictOutput(spec.predictions)}
            found = serving.signatures(outputs, receiver)
            local_init = spec.scaffold.local_init_op or Scaffold.default_local_init_op()
            saver = spec.scaffold.saver or tf.train.Saver(sharded=True)
            with tf.Session(config=self._config.session_config) as sess:
                saver.restore(sess, path)
                builder.add_meta_graph_and_variables(
                    sess, [tf.saved_model.tag_constants.SERVING], signature_def_map=found,
                    assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS), main_op=local_init, saver=saver)
        builder.save(as_text)
        for name, source in (assets_extra or {}).items():
            target = os.path.join(folder, "assets.extra", name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(source, "rb") as read, open(target, "wb") as written:
                written.write(read.read())
        return folder.encode()

    def export_savedmodel(self, export_dir_base: str, serving_input_receiver_fn: Callable[[], Any],
                          assets_extra: dict[str, str] | None = None, as_text: bool = False,
                          checkpoint_path: str | None = None, strip_default_attrs: bool = False) -> bytes:
        """The older name of `export_saved_model`."""
        return self.export_saved_model(export_dir_base, serving_input_receiver_fn, assets_extra, as_text,
                                       checkpoint_path)

    # The two functions ------------------------------------------------------------------------------

    def _input(self, input_fn: Callable[..., Any], mode: str) -> tuple[Any, Any, list[Any]]:
        """Features, labels, and the hooks that their source needs."""
        hooks: list[Any] = []
        given = argument_names(input_fn)
        known = {"mode": mode, "params": self.params, "config": self.config}
        found = input_fn(**{k: v for k, v in known.items() if k in given})
        if hasattr(found, "element_spec") or hasattr(found, "output_shapes"):  # a dataset
            iterator = tf.data.make_initializable_iterator(found)
            hooks.append(_StartsIterator(iterator))
            found = iterator.get_next()
        if isinstance(found, (list, tuple)):
            if mode == ModeKeys.PREDICT:
                return found[0], None, hooks
            if len(found) != 2:
                raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
            return found[0], found[1], hooks
        return found, None, hooks

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        given = argument_names(self._model_fn)
        kwargs: dict[str, Any] = {}
        if "labels" in given:
            kwargs["labels"] = labels
        elif labels is not None:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        known = {"mode": mode, "params": self.params, "config": config}
        kwargs.update({k: v for k, v in known.items() if k in given})
        tf.logging.info("Calling model_fn.")
        spec = self._model_fn(features=features, **kwargs)
        tf.logging.info("Done calling model_fn.")
        if not isinstance(spec, EstimatorSpec):
            raise ValueError("model_fn should return an EstimatorSpec.")
        return spec


def _check_model_function(model_fn: Any, params: Any) -> None:
    given = set(argument_names(model_fn))
    if "features" not in given:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in given:
        raise ValueError(f"model_fn ({model_fn}) does not include params argument, but params ({params}) is passed to "
                         "Estimator.")
    if given - _ARGUMENTS:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {sorted(given - _ARGUMENTS)}")


def _configured(config: Any, model_dir: Any) -> RunConfig:
    if config is None:
        config = RunConfig()
    elif not isinstance(config, RunConfig):
        raise ValueError(f"config must be an instance of `RunConfig`, but provided {config}.")
    folder = None if model_dir is None else os.fspath(model_dir)
    if folder is not None and config.model_dir is not None and folder != config.model_dir:
        raise ValueError("`model_dir` are set both in constructor and `RunConfig`, but with different values. In "
                         f"constructor: '{folder}', in `RunConfig`: '{config.model_dir}' ")
    folder = folder or config.model_dir
    if folder is None:
        folder = tempfile.mkdtemp()
        tf.logging.warning("Using temporary folder as model directory: %s", folder)
    return config if config.model_dir == folder else config.replace(model_dir=folder)


def _warm_start_settings(given: Any) -> Any:
    if given is None or isinstance(given, WarmStartSettings):
        return given
    if isinstance(given, (str, bytes, os.PathLike)):
        return WarmStartSettings(os.fspath(given))  # type: ignore[arg-type]
    raise ValueError(f"warm_start_from must be a string or a WarmStartSettings, instead got {type(given)}")


def _wanted(predictions: Any, keys: Any) -> Any:
    if not keys:
        return predictions
    if not isinstance(predictions, Mapping):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    found = {k: v for k, v in predictions.items() if k in keys}
    if not found:
        raise ValueError(f"Expected to run at least one output from {list(predictions)}, provided {keys}.")
    return found


def _batches(sess: MonitoredSession, graph: Any, predictions: Any) -> Iterator[Any]:
    """What the runs of a session give until its input ends. The graph is open while it runs, not between."""
    ended: type[BaseException] | None = GeneratorExit
    try:
        while True:
            with graph.as_default():
                if sess.should_stop():
                    break
                batch = sess.run(predictions)
            yield batch
        ended = None
    except (tf.errors.OutOfRangeError, StopIteration):
        ended = None
    finally:
        with graph.as_default():
            sess._close(ended)


def _length(batch: dict[str, Any]) -> int:
    lengths = {len(v) for v in batch.values()}
    if len(lengths) > 1:
        raise ValueError("Batch length of predictions should be same. " + ", ".join(
            f"{k} has batch length {len(v)}" for k, v in batch.items()))
    return lengths.pop() if lengths else 0


def _new_folder(base: str) -> str:
    """A folder named by the seconds, which is not there yet."""
    for _ in range(10):
        found = os.path.join(base, str(int(time.time())))
        if not os.path.exists(found):
            return found
        time.sleep(1)
    raise RuntimeError(f"Failed to obtain a unique export directory name after 10 attempts below {base}.")
