"""Monitored sessions: made by a creator, watched by hooks and a coordinator, made again where a machine is lost.

The way of one `run`: `_Monitored.run` → hooks say what else to fetch and feed → the session → hooks get their values.
"""

from __future__ import annotations

import inspect
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from hornbeam.graph import errors
from hornbeam.graph.names import public
from hornbeam.runtime.fetches import fetched
from hornbeam.v1.api import tf
from hornbeam.v1.sessions.hooks import StepCounterHook
from hornbeam.v1.sessions.run_hooks import SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues
from hornbeam.v1.sessions.saving_hooks import CheckpointSaverHook, SummarySaverHook
from hornbeam.v1.sessions.scaffold import Scaffold
from hornbeam.v1.sessions.session_manager import SessionManager

USE_DEFAULT = object()
"""An argument that was not given, where None says something else."""

PREEMPTED = (errors.AbortedError, errors.UnavailableError)
"""After these a session is made again from the last checkpoint."""

_FIRST_PAUSE = 0.02
"""Seconds between the second and the third try to make a session."""


# Who makes the session -------------------------------------------------------------------------------


@public(v1=("train.SessionCreator",))
class SessionCreator(ABC):
    """Makes sessions: `create_session()`."""

    @abstractmethod
    def create_session(self) -> Any:
        """A new session."""


@public(v1=("train.ChiefSessionCreator",))
class ChiefSessionCreator(SessionCreator):
    """Makes sessions whose variables are restored from the last checkpoint of a folder, or initialized."""

    def __init__(self, scaffold: Scaffold | None = None, master: str = "", config: Any = None,
                 checkpoint_dir: str | None = None, checkpoint_filename_with_path: str | None = None) -> None:
        self._scaffold = scaffold or Scaffold()
        self._master, self._config = master, config
        self._where: dict[str, Any] = {"checkpoint_dir": checkpoint_dir,
                                       "checkpoint_filename_with_path": checkpoint_filename_with_path}

    def create_session(self) -> Any:
        scaffold = self._scaffold
        scaffold.finalize()
        manager = SessionManager(
            local_init_op=scaffold.local_init_op, ready_op=scaffold.ready_op,
            ready_for_local_init_op=scaffold.ready_for_local_init_op, graph=tf.get_default_graph(),
            local_init_feed_dict=scaffold.local_init_feed_dict)
        return manager.prepare_session(
            self._master, saver=scaffold.saver, config=self._config, init_op=scaffold.init_op,
            init_feed_dict=scaffold.init_feed_dict, init_fn=scaffold.init_fn, **self._where)


@public(v1=("train.WorkerSessionCreator",))
class WorkerSessionCreator(SessionCreator):
    """Makes sessions that wait until somebody else has initialized the variables."""

    def __init__(self, scaffold: Scaffold | None = None, master: str = "", config: Any = None,
                 max_wait_secs: float = 30 * 60) -> None:
        self._scaffold = scaffold or Scaffold()
        self._master, self._config, self._max_wait_secs = master, config, max_wait_secs

    def create_session(self) -> Any:
        scaffold = self._scaffold
        scaffold.finalize()
        manager = SessionManager(
            local_init_op=scaffold.local_init_op, ready_op=scaffold.ready_op,
            ready_for_local_init_op=scaffold.ready_for_local_init_op, graph=tf.get_default_graph())
        return manager.wait_for_session(self._master, config=self._config, max_wait_secs=self._max_wait_secs)


# The session -----------------------------------------------------------------------------------------


class _Watched:
    """A session with its coordinator and its hooks."""

    def __init__(self, creator: SessionCreator, hooks: Sequence[SessionRunHook], stop_grace_period_secs: float) -> None:
        self.session = creator.create_session()
        self.hooks, self.stop_grace_period_secs = hooks, stop_grace_period_secs
        self.coordinator = tf.train.Coordinator(clean_stop_exception_types=[])
        self.stops = False
        if tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS):
            tf.train.start_queue_runners(sess=self.session, coord=self.coordinator)
        for hook in hooks:
            hook.after_create_session(self.session, self.coordinator)

    def should_stop(self) -> bool:
        return self.coordinator.should_stop() or self.stops

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        try:
            return self._run(fetches, feed_dict, options, run_metadata)
        except PREEMPTED:
            raise
        except Exception as error:
            # Another thread may have failed first: what it raised is the reason.
            try:
                self.coordinator.raise_requested_exception()
            except PREEMPTED:
                raise
            except Exception as first:
                raise first from error
            raise

    def _run(self, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
        if self.stops:
            raise RuntimeError("Run called even after should_stop requested.")
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict), self.session)
        wanted, feeds = {"caller": fetches}, dict(feed_dict or {})
        options = options if options is not None else tf.RunOptions()
        for hook in self.hooks:
            request = hook.before_run(context)
            if request is None:
                continue
            if request.fetches is not None:
                wanted[hook] = request.fetches  # type: ignore[index]
            given = request.feed_dict or {}
            for by, held in (("user", feed_dict or {}), ("hooks", feeds)):
                if twice := [tensor for tensor in given if tensor in held]:
                    who = "a SessionRunHook and user" if by == "user" else "two hooks"
                    raise RuntimeError(f"Same tensor is fed by {who}. Conflict(s): {twice}")
            feeds.update(given)
            if request.options is not None:
                options = _both_options(options, request.options)
        run_metadata = run_metadata if run_metadata is not None else tf.RunMetadata()
        found = run_flat(self.session, wanted, feeds, options, run_metadata)
        for hook in self.hooks:
            hook.after_run(context, SessionRunValues(found.get(hook), options, run_metadata))
        self.stops = self.stops or context.stop_requested
        return found["caller"]

    def run_step_fn(self, step_fn: Callable[..., Any], raw: Any) -> Any:
        """Call `step_fn` with a `StepContext`."""
        def run_with_hooks(*args: Any, **kwargs: Any) -> Any:
            return self.run(*args, **kwargs)

        return step_fn(StepContext(self.session, run_with_hooks))

    def close(self) -> None:
        self.coordinator.request_stop()
        try:
            self.coordinator.join(stop_grace_period_secs=self.stop_grace_period_secs, ignore_live_threads=True)
        finally:
            self.session.close()


def _both_options(options: Any, more: Any) -> Any:
    """The options of a run that does what either asks."""
    numbers = {name: max(getattr(options, name), getattr(more, name))
               for name in ("trace_level", "timeout_in_ms", "inter_op_thread_pool")}
    return tf.RunOptions(
        output_partition_graphs=options.output_partition_graphs or more.output_partition_graphs, **numbers)


def run_flat(session: Any, fetches: Any, feeds: Any, options: Any, run_metadata: Any) -> Any:
    """`session.run`, of fetches that change from run to run in one form, whose plan the session finds again."""
    wanted = fetched(session.graph, fetches)
    values = session.run([*wanted.tensors, *wanted.operations], feeds or None, options, run_metadata)
    return wanted.restore(values[:len(wanted.tensors)])


class StepContext:
    """What the function of `run_step_fn` gets: the session, and `run_with_hooks`."""

    def __init__(self, session: Any, run_with_hooks_fn: Callable[..., Any]) -> None:
        self._session, self._run_with_hooks = session, run_with_hooks_fn

    @property
    def session(self) -> Any:
        """The session without hooks."""
        return self._session

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """`MonitoredSession.run`."""
        return self._run_with_hooks(*args, **kwargs)

    def request_stop(self) -> None:
        """Ask that the loop around the steps ends: raises StopIteration, which the session takes as the end."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class _Monitored:
    """What both kinds share."""

    def __init__(self, session_creator: SessionCreator | None, hooks: Sequence[SessionRunHook] | None,
                 should_recover: bool, stop_grace_period_secs: float = 120) -> None:
        self._graph_was_finalized = tf.get_default_graph().finalized
        self._hooks = list(hooks or [])
        for hook in self._hooks:
            hook.begin()
        self._creator = session_creator or ChiefSessionCreator()
        self._should_recover, self._stop_grace_period_secs = should_recover, stop_grace_period_secs
        self._sess: _Watched | None = None
        self._sess = self._create()

    def _create(self) -> _Watched:
        pause = 0.0
        while True:
            try:
                return _Watched(self._creator, self._hooks, self._stop_grace_period_secs)
            except PREEMPTED as error:
                if not self._should_recover:
                    raise
                # What fails again at once may fail for ever, as a server of another process does.
                self._tell(error, tf.logging.warning if pause == _FIRST_PAUSE else tf.logging.info)
                time.sleep(pause)
                pause = min(max(2 * pause, _FIRST_PAUSE), 1.0)

    @staticmethod
    def _tell(error: Exception, say: Callable[..., None] = tf.logging.info) -> None:
        say("An error was raised while a session was being created or run. This may be due to a preemption of a "
            "connected worker or parameter server. A new session will be created. Error: %s", error)

    @property
    def graph(self) -> Any:
        """The graph that runs, None once the session is closed."""
        return None if self._sess is None else self._sess.session.graph

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run `fetches`, with the hooks around it. Arguments as for `Session.run`."""
        while True:
            try:
                return self._open().run(fetches, feed_dict, options, run_metadata)
            except PREEMPTED as error:
                self._recover(error)

    def run_step_fn(self, step_fn: Callable[..., Any]) -> Any:
        """Call `step_fn(step_context)`: its `session` runs without hooks, its `run_with_hooks` with them.

        Raises ValueError for a function of other arguments.
        """
        names = list(inspect.signature(step_fn).parameters)
        if "step_context" not in names or len(names) > 2 or (len(names) == 2 and "self" not in names):
            raise ValueError("`step_fn` may either have one `step_context` argument, or `self` and `step_context` "
                             f"arguments if it's an instance method. Got {tuple(names)} instead.")
        while True:
            try:
                return self._open().run_step_fn(step_fn, None)
            except PREEMPTED as error:
                self._recover(error)

    def _open(self) -> _Watched:
        if self._sess is None:
            raise RuntimeError("Session is already closed.")
        return self._sess

    def _recover(self, error: Exception) -> None:
        if not self._should_recover:
            raise error
        self._tell(error)
        self._open().close()
        self._sess = self._create()

    def should_stop(self) -> bool:
        """Whether the loop around the runs is to end: a hook or a thread asked for it, or the session is closed."""
        return self._sess is None or self._sess.should_stop()

    def close(self) -> None:
        """End the hooks and the threads, and close the session."""
        self._close(None)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 traceback: TracebackType | None) -> bool:
        if kind in (errors.OutOfRangeError, StopIteration):
            kind = None
        self._close(kind)
        return kind is None

    def _close(self, kind: type[BaseException] | None) -> None:
        try:
            if not kind:
                watched = self._open()
                for hook in self._hooks:
                    hook.end(watched.session)
        finally:
            watched, self._sess = self._sess, None
            graph = tf.get_default_graph() if watched is None else watched.session.graph
            try:
                if watched is not None:
                    watched.close()
            finally:
                if not self._graph_was_finalized:
                    graph._unsafe_unfinalize()

    def _is_closed(self) -> bool:
        return self._sess is None

    def _tf_sess(self) -> Any:
        """The session without hooks."""
        return None if self._sess is None else self._sess.session


@public(v1=("train.MonitoredSession",))
class MonitoredSession(_Monitored):
    """A session with hooks around its runs, which is made again after AbortedError and UnavailableError.

    session_creator: by default a `ChiefSessionCreator`. hooks: `SessionRunHook`s. As a context manager it ends at
    OutOfRangeError and StopIteration as after the last statement.
    """

    StepContext = StepContext

    def __init__(self, session_creator: SessionCreator | None = None, hooks: Sequence[SessionRunHook] | None = None,
                 stop_grace_period_secs: float = 120) -> None:
        super().__init__(session_creator, hooks, True, stop_grace_period_secs)


@public(v1=("train.SingularMonitoredSession",))
class SingularMonitoredSession(_Monitored):
    """A session with hooks around its runs, which is made once."""

    StepContext = StepContext

    def __init__(self, hooks: Sequence[SessionRunHook] | None = None, scaffold: Scaffold | None = None,
                 master: str = "", config: Any = None, checkpoint_dir: str | None = None,
                 stop_grace_period_secs: float = 120, checkpoint_filename_with_path: str | None = None) -> None:
        creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path)
        super().__init__(creator, hooks, False, stop_grace_period_secs)

    def raw_session(self) -> Any:
        """The session without hooks."""
        return self._tf_sess()


@public(v1=("train.MonitoredTrainingSession",))
def MonitoredTrainingSession(  # the name of a class is TensorFlow's
        master: str = "", is_chief: bool = True, checkpoint_dir: str | None = None, scaffold: Scaffold | None = None,
        hooks: Sequence[SessionRunHook] | None = None, chief_only_hooks: Sequence[SessionRunHook] | None = None,
        save_checkpoint_secs: Any = USE_DEFAULT, save_summaries_steps: Any = USE_DEFAULT,
        save_summaries_secs: Any = USE_DEFAULT, config: Any = None, stop_grace_period_secs: float = 120,
        log_step_count_steps: int | None = 100, max_wait_secs: float = 7200, save_checkpoint_steps: Any = USE_DEFAULT,
        summary_dir: str | None = None, save_graph_def: bool = True) -> MonitoredSession:
    """A `MonitoredSession` for training, which initializes or restores, saves checkpoints and writes summaries.

    checkpoint_dir: where checkpoints are, and summaries unless `summary_dir` is given; without it nothing is written.
    By default a checkpoint is saved every 600 seconds and summaries every 100 steps; 0 or None stops that.
    is_chief: others wait until the chief has initialized the variables.
    """
    scaffold = scaffold or Scaffold()
    if save_summaries_steps is USE_DEFAULT and save_summaries_secs is USE_DEFAULT:
        save_summaries_steps, save_summaries_secs = 100, None
    if save_checkpoint_steps is USE_DEFAULT and save_checkpoint_secs is USE_DEFAULT:
        save_checkpoint_steps, save_checkpoint_secs = None, 600
    save_summaries_steps, save_summaries_secs, save_checkpoint_steps, save_checkpoint_secs = (
        None if v is USE_DEFAULT else v
        for v in (save_summaries_steps, save_summaries_secs, save_checkpoint_steps, save_checkpoint_secs))
    if not is_chief:
        creator: SessionCreator = WorkerSessionCreator(scaffold, master, config, max_wait_secs)
        return MonitoredSession(creator, hooks or [], stop_grace_period_secs)
    all_hooks: list[SessionRunHook] = list(chief_only_hooks or [])
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    summary_dir = summary_dir or checkpoint_dir
    if summary_dir:
        summary_dir = os.fspath(summary_dir)
        if log_step_count_steps and log_step_count_steps > 0:
            all_hooks.append(StepCounterHook(every_n_steps=log_step_count_steps, output_dir=summary_dir))
        if (save_summaries_steps or 0) > 0 or (save_summaries_secs or 0) > 0:
            all_hooks.append(SummarySaverHook(save_summaries_steps, save_summaries_secs, summary_dir,
                                              scaffold=scaffold))
    if checkpoint_dir and ((save_checkpoint_secs or 0) > 0 or (save_checkpoint_steps or 0) > 0):
        all_hooks.append(CheckpointSaverHook(checkpoint_dir, save_checkpoint_secs, save_checkpoint_steps,
                                             scaffold=scaffold, save_graph_def=save_graph_def))
    return MonitoredSession(creator, [*all_hooks, *(hooks or [])], stop_grace_period_secs)
