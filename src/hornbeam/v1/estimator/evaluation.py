"""Evaluating a checkpoint: metrics over batches, and their summaries."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.v1.api import tf
from hornbeam.v1.estimator.spec import EstimatorSpec
from hornbeam.v1.sessions.hooks import FinalOpsHook
from hornbeam.v1.sessions.monitored import ChiefSessionCreator, MonitoredSession
from hornbeam.v1.sessions.run_hooks import SessionRunArgs, SessionRunHook


class _StopsAfter(SessionRunHook):
    """Asks to stop after so many runs."""

    def __init__(self, count: int) -> None:
        self._count, self._done = count, 0

    def before_run(self, run_context: Any) -> Any:
        return SessionRunArgs(None)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        self._done += 1
        if self._done >= self._count:
            run_context.request_stop()


def evaluated(spec: EstimatorSpec, global_step: Any, path: str | None, hooks: list[Any], steps: int | None,
              config: Any) -> dict[str, Any]:
    """The metrics of a model over `steps` batches or all, with "loss" and "global_step"."""
    metrics = dict(spec.eval_metric_ops)
    if "loss" in metrics:
        raise ValueError("Metric with name \"loss\" is not allowed, because Estimator already defines a default metric "
                         "with the same name.")
    metrics["loss"] = tf.metrics.mean(spec.loss)
    update = tf.group(*[u for _, u in metrics.values()])
    values = {key: value for key, (value, _) in metrics.items()}
    if tf.GraphKeys.GLOBAL_STEP in values:
        raise ValueError("Metric with name `global_step` is not allowed, because Estimator already defines a default "
                         "metric with the same name.")
    values[tf.GraphKeys.GLOBAL_STEP] = global_step
    final = FinalOpsHook(values)
    counted = [] if steps is None else [_StopsAfter(steps)]
    creator = ChiefSessionCreator(spec.scaffold, config=config, checkpoint_filename_with_path=path)
    with MonitoredSession(creator, [*hooks, *counted, final]) as sess:
        while not sess.should_stop():
            sess.run(update)
    return final.final_ops_values


def write(folder: str, found: dict[str, Any], path: str | None) -> None:
    """Log the metrics and write them as summaries."""
    step = int(found[tf.GraphKeys.GLOBAL_STEP])
    tf.logging.info("Saving dict for global step %d: %s", step,
                    ", ".join(f"{k} = {v}" for k, v in sorted(found.items())))
    writer = tf.summary.FileWriterCache.get(folder)
    summary = tf.Summary()
    for key, value in found.items():
        if key == tf.GraphKeys.GLOBAL_STEP:
            continue
        if isinstance(value, bytes):
            summary.value.add(tag=f"{key}/0").simple_value = 0.0
            summary.MergeFromString(value)
        elif np.ndim(value) == 0 and np.asarray(value).dtype.kind in "fiu":
            summary.value.add(tag=key, simple_value=float(value))
        elif np.asarray(value).dtype.kind in "fiu":
            summary.value.add(tag=key).tensor.CopyFrom(tf.make_tensor_proto(value))
        else:
            tf.logging.warning("Skipping summary for %s, must be a float, np.float32, np.int64, np.int32 or int or "
                               "np.ndarray or a serialized string of Summary.", key)
    writer.add_summary(summary, step)
    if path:
        summary = tf.Summary()
        summary.value.add(tag="checkpoint_path").tensor.CopyFrom(tf.make_tensor_proto(path, dtype=tf.string))
        writer.add_summary(summary, step)
    writer.flush()
