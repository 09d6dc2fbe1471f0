"""What runs around each `run` of a monitored session."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.graph.names import public


@public(v1=("train.SessionRunArgs", "estimator.SessionRunArgs"))
class SessionRunArgs(NamedTuple):
    """What a hook adds to a run: fetches, whose values it gets, feeds and options."""

    fetches: Any
    feed_dict: Any = None
    options: Any = None


@public(v1=("train.SessionRunValues", "estimator.SessionRunValues"))
class SessionRunValues(NamedTuple):
    """What a run gave a hook: the values of its fetches, the options and the metadata."""

    results: Any
    options: Any
    run_metadata: Any


@public(v1=("train.SessionRunContext", "estimator.SessionRunContext"))
class SessionRunContext:
    """One call of `run`: what was asked for, the session, and whether hooks want it to stop."""

    def __init__(self, original_args: SessionRunArgs, session: Any) -> None:
        self._original_args, self._session, self._stop_requested = original_args, session, False

    @property
    def original_args(self) -> SessionRunArgs:
        """The fetches and feeds of the caller."""
        return self._original_args

    @property
    def session(self) -> Any:
        """The session that runs."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether a hook has asked to stop."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Ask that the loop around the runs ends: `should_stop()` is True from here on."""
        self._stop_requested = True


@public(v1=("train.SessionRunHook", "estimator.SessionRunHook"))
class SessionRunHook:
    """A hook: its methods are called around the runs of a monitored session. Here they do nothing."""

    def begin(self) -> None:
        """Once, before the session is made: operations may still be added to the graph."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """After a session was made, also after a failure: the graph is final, variables have their values."""

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Before each run: what is to be fetched and fed besides."""

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """After each run; not where it raised."""

    def end(self, session: Any) -> None:
        """At the end, unless it came by an exception other than OutOfRangeError and StopIteration."""
