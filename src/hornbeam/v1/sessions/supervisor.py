"""Supervisor: what trained before there were monitored sessions. Threads save, summarize and count steps."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.sessions.session_manager import SessionManager


def _from_collection(key: str) -> Any:
    held = tf.get_collection(key)
    return held[0] if held else None


@public(v1=("train.Supervisor",))
class Supervisor:
    """Initializes or restores a session, and saves checkpoints and summaries in threads until it stops.

    logdir: where they are written; without it nothing is. is_chief: others wait until the chief has initialized.
    init_op, ready_op, ready_for_local_init_op, local_init_op, summary_op, saver, global_step, summary_writer: by
    default (0, `USE_DEFAULT`) those of the collections, or made; None for none. save_summaries_secs, save_model_secs:
    how often to write, 0 for never. The graph is finalized.
    """

    USE_DEFAULT = 0

    def __init__(self, graph: Any = None, ready_op: Any = USE_DEFAULT, ready_for_local_init_op: Any = USE_DEFAULT,
                 is_chief: bool = True, init_op: Any = USE_DEFAULT, init_feed_dict: Any = None,
                 local_init_op: Any = USE_DEFAULT, logdir: str | None = None, summary_op: Any = USE_DEFAULT,
                 saver: Any = USE_DEFAULT, global_step: Any = USE_DEFAULT, save_summaries_secs: float = 120,
                 save_model_secs: float = 600, recovery_wait_secs: float = 30, stop_grace_secs: float = 120,
                 checkpoint_basename: str = "model.ckpt", session_manager: Any = None,
                 summary_writer: Any = USE_DEFAULT, init_fn: Callable[[Any], Any] | None = None,
                 local_init_run_options: Any = None) -> None:
        self._graph = graph if graph is not None else tf.get_default_graph()
        with self._graph.as_default():
            keys = tf.GraphKeys
            self._ready_op = self._default(ready_op, keys.READY_OP, tf.report_uninitialized_variables)
            self._ready_for_local_init_op = self._default(
                ready_for_local_init_op, keys.READY_FOR_LOCAL_INIT_OP,
                lambda: tf.report_uninitialized_variables(tf.global_variables()))
            self._init_op = self._default(init_op, keys.INIT_OP, tf.global_variables_initializer)
            self._local_init_op = self._default(
                local_init_op, keys.LOCAL_INIT_OP,
                lambda: tf.group(tf.local_variables_initializer(), tf.tables_initializer()))
            self._saver = self._default(saver, keys.SAVERS, self._new_saver)
            self._summary_op = self._default(summary_op, keys.SUMMARY_OP, tf.summary.merge_all)
            self._global_step = self._default(global_step, keys.GLOBAL_STEP, tf.train.get_global_step)
        self._init_feed_dict, self._init_fn, self._is_chief = init_feed_dict, init_fn, is_chief
        self._coord, self._recovery_wait_secs, self._stop_grace_secs = tf.train.Coordinator(), recovery_wait_secs, \
            stop_grace_secs
        self._started_threads: list[Any] = []
        self._logdir = self._save_path = self._save_model_secs = self._save_summaries_secs = None
        self._summary_writer: Any = None
        if is_chief:
            self._logdir, self._save_model_secs, self._save_summaries_secs = (
                logdir, save_model_secs, save_summaries_secs)
            if logdir:
                self._save_path = os.path.join(logdir, checkpoint_basename)
                self._summary_writer = (tf.summary.FileWriter(logdir) if self._unset(summary_writer)
                                        else summary_writer)
            elif not self._unset(summary_writer):
                self._summary_writer = summary_writer
        self._graph_added_to_summary = False
        self._session_manager = session_manager or SessionManager(
            local_init_op=self._local_init_op, ready_op=self._ready_op,
            ready_for_local_init_op=self._ready_for_local_init_op if self._local_init_op is not None else None,
            graph=self._graph, recovery_wait_secs=recovery_wait_secs)
        if is_chief:
            self._write_graph()
        self._graph.finalize()

    @staticmethod
    def _unset(value: Any) -> bool:
        return isinstance(value, int) and value == Supervisor.USE_DEFAULT

    def _default(self, value: Any, key: str, make: Callable[[], Any]) -> Any:
        """What was given, what the collection holds, or what is made and put there."""
        if not self._unset(value):
            return value
        found = _from_collection(key)
        if found is None:
            found = make()
            if found is not None and key != tf.GraphKeys.GLOBAL_STEP:
                tf.add_to_collection(key, found)
        return found

    @staticmethod
    def _new_saver() -> Any:
        return tf.train.Saver() if tf.global_variables() else None

    def _write_graph(self) -> None:
        if self._logdir:
            tf.train.write_graph(self._graph.as_graph_def(add_shapes=True), self._logdir, "graph.pbtxt")
        if self._summary_writer and not self._graph_added_to_summary:
            self._summary_writer.add_graph(self._graph)
            self._graph_added_to_summary = True

    # What it holds ----------------------------------------------------------------------------------

    @property
    def is_chief(self) -> bool:
        """Whether this supervisor initializes and saves."""
        return self._is_chief

    @property
    def session_manager(self) -> Any:
        """What makes the session."""
        return self._session_manager

    @property
    def coord(self) -> Any:
        """The coordinator of the threads."""
        return self._coord

    @property
    def init_op(self) -> Any:
        """Initializes the variables."""
        return self._init_op

    @property
    def init_feed_dict(self) -> Any:
        """What is fed while `init_op` runs."""
        return self._init_feed_dict

    @property
    def ready_op(self) -> Any:
        """Names of what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self) -> Any:
        """Names of the global variables that are not initialized."""
        return self._ready_for_local_init_op

    @property
    def summary_writer(self) -> Any:
        """Writes summaries, None without a folder."""
        return self._summary_writer

    @property
    def summary_op(self) -> Any:
        """All summaries, None where there are none."""
        return self._summary_op

    @property
    def save_summaries_secs(self) -> Any:
        """How often summaries are written."""
        return self._save_summaries_secs

    @property
    def global_step(self) -> Any:
        """The global step, None where the graph has none."""
        return self._global_step

    @property
    def saver(self) -> Any:
        """Saves and restores."""
        return self._saver

    @property
    def save_model_secs(self) -> Any:
        """How often a checkpoint is saved."""
        return self._save_model_secs

    @property
    def save_path(self) -> str | None:
        """The path of checkpoints, before the step."""
        return self._save_path

    # The session ------------------------------------------------------------------------------------

    def prepare_or_wait_for_session(self, master: str = "", config: Any = None, wait_for_checkpoint: bool = False,
                                    max_wait_secs: float = 7200, start_standard_services: bool = True) -> Any:
        """A session with all variables, and the threads started. Others than the chief wait for it."""
        self._coord.clear_stop()
        if self._summary_writer:
            self._summary_writer.reopen()
        if self._is_chief:
            sess = self._session_manager.prepare_session(
                master, init_op=self._init_op, saver=self._saver, checkpoint_dir=self._logdir,
                wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs, config=config,
                init_feed_dict=self._init_feed_dict, init_fn=self._init_fn)
            if start_standard_services:
                tf.logging.info("Starting standard services.")
                self.start_standard_services(sess)
        else:
            sess = self._session_manager.wait_for_session(master, config=config, max_wait_secs=max_wait_secs)
        if start_standard_services:
            self.start_queue_runners(sess)
        return sess

    def start_standard_services(self, sess: Any) -> list[Any] | None:
        """Start the threads that count steps, summarize and save. Raises RuntimeError for others than the chief."""
        if not self._is_chief:
            raise RuntimeError("Only chief supervisor can start standard services. Because only chief supervisors can "
                               "write events.")
        if not self._logdir:
            tf.logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return None
        threads: list[Any] = []
        writes = self._save_summaries_secs and self._summary_writer
        if writes and self._global_step is not None:
            step = int(sess.run(self._global_step))
            self._summary_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), step)
        if writes:
            if self._summary_op is not None:
                threads.append(self._looper(self._save_summaries_secs, lambda: self._summarize(sess)))
            if self._global_step is not None:
                counter = _StepCounter(self, sess)
                threads.append(self._looper(self._save_summaries_secs, counter))
        if self._saver is not None and self._save_model_secs:
            threads.append(self._looper(self._save_model_secs, lambda: self._save(sess)))
        for thread in threads:
            thread.start()
        self._started_threads.extend(threads)
        return threads

    def _looper(self, seconds: Any, target: Callable[[], Any]) -> Any:
        return tf.train.LooperThread(self._coord, seconds, target=target)

    def _save(self, sess: Any) -> None:
        tf.logging.info("Saving checkpoint to path %s", self._save_path)
        self._saver.save(sess, self._save_path, global_step=self._global_step)
        if self._summary_writer and self._global_step is not None:
            self._summary_writer.add_session_log(
                tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=self._save_path),
                int(sess.run(self._global_step)))

    def _summarize(self, sess: Any) -> None:
        if self._global_step is None:
            summary, step = sess.run(self._summary_op), None
        else:
            summary, step = sess.run([self._summary_op, self._global_step])
        if self._summary_writer:
            self._summary_writer.add_summary(summary, None if step is None else int(step))

    def start_queue_runners(self, sess: Any, queue_runners: Sequence[Any] | None = None) -> list[Any]:
        """Start the threads of queue runners, by default those of the collection."""
        runners = self._graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS) if queue_runners is None else queue_runners
        threads: list[Any] = []
        for runner in runners:
            threads.extend(runner.create_threads(sess, coord=self._coord, daemon=True, start=True))
        self._started_threads.extend(threads)
        return threads

    def loop(self, timer_interval_secs: float | None, target: Callable[..., Any], args: Any = None,
             kwargs: Any = None) -> Any:
        """Start a thread that calls `target` every so many seconds (None: again and again) until it stops."""
        looper = tf.train.LooperThread(self._coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def stop(self, threads: Sequence[Any] | None = None, close_summary_writer: bool = True,
             ignore_live_threads: bool = False) -> None:
        """Stop the threads and wait for them. Raises what one of them raised."""
        self._coord.request_stop()
        try:
            self._coord.join(self._started_threads if threads is None else threads,
                             stop_grace_period_secs=self._stop_grace_secs, ignore_live_threads=ignore_live_threads)
        finally:
            if close_summary_writer and self._summary_writer:
                self._summary_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.STOP))
                self._summary_writer.close()
                self._graph_added_to_summary = False
        self._started_threads = []

    def request_stop(self, ex: Any = None) -> None:
        """Ask the threads to stop."""
        self._coord.request_stop(ex)

    def should_stop(self) -> bool:
        """Whether they were asked to stop."""
        return self._coord.should_stop()

    def stop_on_exception(self) -> Any:
        """A context manager within which an exception stops the threads."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self) -> None:
        """Wait until they are asked to stop."""
        self._coord.wait_for_stop()

    def summary_computed(self, sess: Any, summary: Any, global_step: int | None = None) -> None:
        """Write a summary that the program computed. Raises TypeError where there is no writer, RuntimeError."""
        if not self._summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self._global_step is not None:
            global_step = int(sess.run(self._global_step))
        self._summary_writer.add_summary(summary, global_step)

    @contextmanager
    def managed_session(self, master: str = "", config: Any = None, start_standard_services: bool = True,
                        close_summary_writer: bool = True) -> Iterator[Any]:
        """Within the block a session with its threads, which are stopped after it; OutOfRangeError ends it well."""
        try:
            sess = self.prepare_or_wait_for_session(master=master, config=config,
                                                    start_standard_services=start_standard_services)
            with sess.as_default():
                yield sess
        except Exception as error:  # reported by `stop`, unless it says that the input has ended
            self.request_stop(error)
        finally:
            try:
                # What raised within the block is raised again here, once all threads have ended.
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                if "sess" in locals():
                    sess.close()

    PrepareSession = prepare_or_wait_for_session
    StartQueueRunners = start_queue_runners
    StartStandardServices = start_standard_services
    Stop, RequestStop, ShouldStop, StopOnException, WaitForStop = (stop, request_stop, should_stop, stop_on_exception,
                                                                  wait_for_stop)
    SummaryComputed, Loop = summary_computed, loop


class _StepCounter:
    """Summarizes how many steps are done in a second."""

    def __init__(self, supervisor: Supervisor, sess: Any) -> None:
        self._supervisor, self._sess = supervisor, sess
        self._tag = f"{supervisor.global_step.op.name}/sec"
        self._time, self._step = time.time(), int(sess.run(supervisor.global_step))

    def __call__(self) -> None:
        step, now = int(self._sess.run(self._supervisor.global_step)), time.time()
        seconds = now - self._time
        rate = (step - self._step) / seconds if seconds else float("inf")
        self._time, self._step = now, step
        if self._supervisor.summary_writer:
            value = tf.Summary.Value(tag=self._tag, simple_value=rate)
            self._supervisor.summary_writer.add_summary(tf.Summary(value=[value]), step)
        tf.logging.info("%s: %g", self._tag, rate)


@public(v1=("train.basic_train_loop",))
def basic_train_loop(supervisor: Supervisor, train_step_fn: Callable[..., Any], args: Any = None, kwargs: Any = None,
                     master: str = "") -> None:
    """Call `train_step_fn(sess, *args, **kwargs)` in a supervisor's session until it is to stop.

    After AbortedError the session is made again.
    """
    while True:
        try:
            with supervisor.managed_session(master) as sess:
                while not supervisor.should_stop():
                    train_step_fn(sess, *(args or ()), **(kwargs or {}))
            return
        except tf.errors.AbortedError as error:
            tf.logging.info("Retrying after an error: %s", error)
