"""Settings of an estimator's runs."""

from __future__ import annotations

import copy
import json
import os
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf

USE_DEFAULT = object()

_REPLACEABLE = (
    "model_dir", "tf_random_seed", "save_summary_steps", "save_checkpoints_steps", "save_checkpoints_secs",
    "session_config", "keep_checkpoint_max", "keep_checkpoint_every_n_hours", "log_step_count_steps",
    "train_distribute", "device_fn", "protocol", "eval_distribute", "experimental_distribute",
    "experimental_max_worker_delay_secs", "session_creation_timeout_secs")


@public(v1=("estimator.RunConfig",))
class RunConfig:
    """Settings of an estimator's runs, which do not change: `replace` gives others.

    model_dir: where checkpoints and summaries are. tf_random_seed: the graph's seed. save_summary_steps: how often
    summaries are written. save_checkpoints_steps, save_checkpoints_secs: how often a checkpoint is saved, by default
    every 600 seconds; None for both for never. session_config: a `ConfigProto`. keep_checkpoint_max: how many are
    kept, 0 or None for all. log_step_count_steps: how often loss and speed are logged. train_distribute and the rest:
    accepted; an estimator trains in this process, as its task "worker" or "chief".
    Raises ValueError for numbers that are negative, and where both ways to save are given.
    """

    def __init__(self, model_dir: str | None = None, tf_random_seed: int | None = None, save_summary_steps: int = 100,
                 save_checkpoints_steps: Any = USE_DEFAULT, save_checkpoints_secs: Any = USE_DEFAULT,
                 session_config: Any = None, keep_checkpoint_max: int | None = 5,
                 keep_checkpoint_every_n_hours: float = 10000, log_step_count_steps: int | None = 100,
                 train_distribute: Any = None, device_fn: Any = None, protocol: str | None = None,
                 eval_distribute: Any = None, experimental_distribute: Any = None,
                 experimental_max_worker_delay_secs: int | None = None,
                 session_creation_timeout_secs: float = 7200) -> None:
        if save_checkpoints_steps is USE_DEFAULT and save_checkpoints_secs is USE_DEFAULT:
            save_checkpoints_steps, save_checkpoints_secs = None, 600
        elif save_checkpoints_secs is USE_DEFAULT:
            save_checkpoints_secs = None
        elif save_checkpoints_steps is USE_DEFAULT:
            save_checkpoints_steps = None
        elif save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            raise ValueError("`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.")
        task = json.loads(os.environ.get("TF_CONFIG") or "{}")
        self._values: dict[str, Any] = {
            "model_dir": _folder(model_dir, task), "tf_random_seed": tf_random_seed,
            "save_summary_steps": save_summary_steps, "save_checkpoints_steps": save_checkpoints_steps,
            "save_checkpoints_secs": save_checkpoints_secs, "session_config": session_config,
            "keep_checkpoint_max": keep_checkpoint_max, "keep_checkpoint_every_n_hours": keep_checkpoint_every_n_hours,
            "log_step_count_steps": log_step_count_steps, "train_distribute": train_distribute,
            "device_fn": device_fn, "protocol": protocol, "eval_distribute": eval_distribute,
            "experimental_distribute": experimental_distribute,
            "experimental_max_worker_delay_secs": experimental_max_worker_delay_secs,
            "session_creation_timeout_secs": session_creation_timeout_secs}
        for name, least in (("save_summary_steps", 0), ("save_checkpoints_steps", 0), ("save_checkpoints_secs", 0),
                            ("keep_checkpoint_max", 0), ("log_step_count_steps", 1)):
            value = self._values[name]
            if value is not None and value < least:
                raise ValueError(f"{name} should be >= {least}" if least == 0 else f"{name} should be > 0")
        if keep_checkpoint_every_n_hours is not None and not keep_checkpoint_every_n_hours > 0:
            raise ValueError("keep_checkpoint_every_n_hours should be > 0")
        if tf_random_seed is not None and not isinstance(tf_random_seed, int):
            raise ValueError(f"tf_random_seed must be integer. {tf_random_seed}")
        if device_fn is not None and not callable(device_fn):
            raise ValueError("device_fn must be callable with exactly one argument \"op\".")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._values[name]

    cluster_spec = property(lambda self: tf.train.ClusterSpec({}), doc="The cluster, which is empty.")
    task_type = property(lambda self: "worker", doc='What this process does: "worker".')
    task_id = property(lambda self: 0, doc="The number of this process among its kind.")
    global_id_in_cluster = property(lambda self: 0, doc="The number of this process in the cluster.")
    is_chief = property(lambda self: True, doc="Whether this process initializes and saves.")
    master = property(lambda self: "", doc="What sessions connect to: this process.")
    evaluation_master = property(lambda self: "", doc="What evaluating sessions connect to: this process.")
    num_ps_replicas = property(lambda self: 0, doc="How many parameter servers there are.")
    num_worker_replicas = property(lambda self: 1, doc="How many workers there are.")
    service = property(lambda self: None, doc="What the platform adds, nothing.")

    def replace(self, **kwargs: Any) -> RunConfig:
        """These settings with some of them replaced. Raises ValueError for what is none of them."""
        for name in kwargs:
            if name not in _REPLACEABLE:
                raise ValueError(f"Replacing {name} is not supported. Allowed properties are {list(_REPLACEABLE)}.")
        values = {**self._values, **kwargs}
        if "save_checkpoints_steps" in kwargs and "save_checkpoints_secs" not in kwargs:
            values["save_checkpoints_secs"] = None
        elif "save_checkpoints_secs" in kwargs and "save_checkpoints_steps" not in kwargs:
            values["save_checkpoints_steps"] = None
        made = copy.copy(self)
        made.__init__(**values)  # type: ignore[misc]
        return made

    def __repr__(self) -> str:
        return f"RunConfig({', '.join(f'{k}={v!r}' for k, v in self._values.items())})"


def _folder(given: str | None, task: dict[str, Any]) -> str | None:
    """The folder that is given, or that of the environment variable TF_CONFIG."""
    found = given if given is not None else task.get("model_dir")
    if found is not None and not str(found):
        raise ValueError("model_dir should be non-empty")
    return None if found is None else os.fspath(found)


__all__ = ["RunConfig"]
