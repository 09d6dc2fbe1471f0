"""`slim.learning`: a training operation and a loop that saves, records and logs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.optimizer import Optimizer
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.training import steps
from hornbeam.v1.sessions.timeline import Timeline

_DEFAULT: Any = 0
"""Says that the loop makes what is not given: None says that there is none."""


@public(v1=("contrib.slim.learning.create_train_op",))
def create_train_op(total_loss: Any, optimizer: Any, global_step: Any = steps.USE_GLOBAL_STEP,
                    update_ops: Iterable[Any] | None = None, variables_to_train: Sequence[Any] | None = None,
                    clip_gradient_norm: float = 0, summarize_gradients: bool = False,
                    gate_gradients: int = Optimizer.GATE_OP, aggregation_method: Any = None,
                    colocate_gradients_with_ops: bool = False, gradient_multipliers: Mapping[Any, Any] | None = None,
                    check_numerics: bool = True) -> Any:
    """The loss, as a tensor whose evaluation trains one step.

    clip_gradient_norm: a bound of each gradient's norm, where above 0. gradient_multipliers: factors by variable or
    name. The rest as `contrib.training.create_train_op`.
    """
    def transform(grads: Any) -> Any:
        if gradient_multipliers:
            with tf.name_scope("multiply_grads"):
                grads = steps.multiply_gradients(grads, gradient_multipliers)  # type: ignore[arg-type]
        if clip_gradient_norm > 0:
            with tf.name_scope("clip_grads"):
                grads = steps.clip_gradient_norms(grads, clip_gradient_norm)
        return grads

    return steps.create_train_op(total_loss, optimizer, global_step, update_ops, variables_to_train, transform,
                                 summarize_gradients, gate_gradients, aggregation_method, colocate_gradients_with_ops,
                                 check_numerics)


@public(v1=("contrib.slim.learning.train_step",))
def train_step(sess: Any, train_op: Any, global_step: Any, train_step_kwargs: Mapping[str, Any]) -> tuple[Any, bool]:
    """One step: (the loss, whether to stop).

    train_step_kwargs: tensors `should_stop` and `should_log`, read after the step, and `should_trace`, read before it:
    whether the step is measured operation by operation and written to `logdir` as `tf_trace-STEP.json`, and to
    `summary_writer` where that is there. Raises ValueError for `should_trace` without `logdir`.
    """
    options = metadata = None
    if "should_trace" in train_step_kwargs:
        if "logdir" not in train_step_kwargs:
            raise ValueError("logdir must be present in train_step_kwargs when should_trace is present")
        if sess.run(train_step_kwargs["should_trace"]):
            options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    started = time.time()
    loss, step = sess.run([train_op, global_step], options=options, run_metadata=metadata)
    elapsed = time.time() - started
    if metadata is not None:
        _write_trace(metadata, int(step), train_step_kwargs)
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        tf.logging.info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, elapsed)
    stop = bool(sess.run(train_step_kwargs["should_stop"])) if "should_stop" in train_step_kwargs else False
    return loss, stop


def _write_trace(metadata: Any, step: int, train_step_kwargs: Mapping[str, Any]) -> None:
    path = os.path.join(train_step_kwargs["logdir"], f"tf_trace-{step}.json")
    tf.logging.info("Writing trace to %s", path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(Timeline(metadata.step_stats).generate_chrome_trace_format())
    if "summary_writer" in train_step_kwargs:
        train_step_kwargs["summary_writer"].add_run_metadata(metadata, f"run_metadata-{step}")


@public(v1=("contrib.slim.learning.train",))
def train(train_op: Any, logdir: str | None, train_step_fn: Callable[..., tuple[Any, bool]] = train_step,
          train_step_kwargs: Any = _DEFAULT, log_every_n_steps: int = 1, graph: Any = None, master: str = "",
          is_chief: bool = True, global_step: Any = None, number_of_steps: int | None = None, init_op: Any = _DEFAULT,
          init_feed_dict: Any = None, local_init_op: Any = _DEFAULT, init_fn: Callable[[Any], Any] | None = None,
          ready_op: Any = _DEFAULT, summary_op: Any = _DEFAULT, save_summaries_secs: float = 600,
          summary_writer: Any = _DEFAULT, startup_delay_steps: int = 0, saver: Any = None,
          save_interval_secs: float = 600, sync_optimizer: Any = None, session_config: Any = None,
          session_wrapper: Callable[[Any], Any] | None = None, trace_every_n_steps: int | None = None,
          ignore_live_threads: bool = False) -> Any:
    """Train until `number_of_steps`, a tensor `should_stop`, or an error; gives the last loss.

    train_op: what `create_train_op` gave. logdir: where checkpoints and summaries go, every `save_interval_secs` and
    `save_summaries_secs` seconds; None writes nothing. Training goes on from the last checkpoint there. train_step_fn:
    one step, given (session, train_op, global_step, train_step_kwargs). init_fn: called with the session once variables
    are initialized. session_wrapper: what the loop uses in place of the session. trace_every_n_steps: how often a step
    is measured, operation by operation, for a timeline in `logdir`. The other arguments go to
    `tf.train.Supervisor`. Raises ValueError where arguments exclude one another.
    """
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    if logdir is None and (summary_op is not _DEFAULT and summary_op is not None):
        raise ValueError("Cannot provide summary_op because logdir=None")
    if logdir is None and saver is not None:
        raise ValueError("Cannot provide saver because logdir=None")
    if logdir is None and trace_every_n_steps is not None:
        raise ValueError("Cannot provide trace_every_n_steps because logdir=None")
    if number_of_steps is not None and number_of_steps <= 0:
        raise ValueError("`number_of_steps` must be either None or a positive number.")
    graph = graph or tf.get_default_graph()
    with graph.as_default():
        step = tf.train.get_or_create_global_step() if global_step is None else global_step
        saver = saver or tf.train.Saver()
        arguments = _made({"init_op": init_op, "local_init_op": local_init_op, "ready_op": ready_op,
                           "summary_op": summary_op}, logdir)
        kwargs = train_step_kwargs or {} if train_step_kwargs is not _DEFAULT else _step_arguments(
            step, number_of_steps, log_every_n_steps, trace_every_n_steps, logdir)
    writer = {} if summary_writer is _DEFAULT else {"summary_writer": summary_writer}
    supervisor = tf.train.Supervisor(
        graph=graph, is_chief=is_chief, logdir=logdir, saver=saver, global_step=step, init_feed_dict=init_feed_dict,
        save_summaries_secs=save_summaries_secs, save_model_secs=save_interval_secs if logdir else 0, init_fn=init_fn,
        **arguments, **writer)
    loss = None
    with supervisor.managed_session(master, start_standard_services=False, config=session_config) as session:
        if is_chief and logdir:
            supervisor.start_standard_services(session)
        elif not is_chief:
            _wait_for(session, step, min(startup_delay_steps, number_of_steps or startup_delay_steps))
        threads = supervisor.start_queue_runners(session)
        tf.logging.info("Starting Queues.")
        if supervisor.summary_writer is not None:
            kwargs = {"summary_writer": supervisor.summary_writer, **kwargs}
        running = session_wrapper(session) if session_wrapper is not None else session
        try:
            while not supervisor.should_stop():
                loss, stop = train_step_fn(running, train_op, step, kwargs)
                if stop:
                    tf.logging.info("Stopping Training.")
                    supervisor.request_stop()
        except tf.errors.OutOfRangeError as error:
            tf.logging.info("Caught OutOfRangeError. Stopping Training. %s", error)
        if logdir and supervisor.is_chief:
            tf.logging.info("Finished training! Saving model to disk.")
            supervisor.saver.save(session, supervisor.save_path, global_step=supervisor.global_step)
        supervisor.stop(threads, close_summary_writer=False, ignore_live_threads=ignore_live_threads)
    return loss


def _made(given: dict[str, Any], logdir: str | None) -> dict[str, Any]:
    """The operations of the supervisor, made where they are not given."""
    make = {"init_op": tf.global_variables_initializer,
            "local_init_op": lambda: tf.group(tf.local_variables_initializer(), tf.tables_initializer()),
            "ready_op": tf.report_uninitialized_variables,
            "summary_op": tf.summary.merge_all if logdir else lambda: None}
    return {name: make[name]() if value is _DEFAULT else value for name, value in given.items()}


def _step_arguments(step: Any, number_of_steps: int | None, log_every: int, trace_every: int | None,
                    logdir: str | None) -> dict[str, Any]:
    """The tensors that say whether to measure a step, and after it whether to stop and to log."""
    with tf.name_scope("train_step"):
        found: dict[str, Any] = {}
        if number_of_steps:
            found["should_stop"] = tf.greater_equal(step, number_of_steps)
        if log_every > 0:
            found["should_log"] = tf.equal(tf.mod(tf.cast(step, tf.int64), log_every), 0)
        if trace_every is not None:
            found |= {"should_trace": tf.equal(tf.mod(tf.cast(step, tf.int64), trace_every), 0), "logdir": logdir}
        return found


def _wait_for(session: Any, step: Any, number: int) -> None:
    while session.run(step) < number:
        tf.logging.info("Waiting for step %d before starting training.", number)
        time.sleep(1)
