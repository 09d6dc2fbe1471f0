"""Coordinator: several threads stop together, and what went wrong in one is raised where they are joined."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from hornbeam.graph import errors
from hornbeam.graph.names import public
from hornbeam.runtime.logs import get_logger

_POLL_SECONDS = 0.05


@public("train.Coordinator")
class Coordinator:
    """Lets threads stop together.

    Each thread asks `should_stop()` now and then and ends once it is true; anyone may call `request_stop`, with an
    exception where there is one. `join` waits for the threads and raises the first exception that was reported.

    clean_stop_exception_types: exceptions that mean the end of the data rather than an error, by default
    OutOfRangeError: reported, they stop the threads and are not raised.

    >>> coord = Coordinator()
    >>> def work():
    ...     with coord.stop_on_exception():
    ...         raise ValueError("no data")
    >>> thread = threading.Thread(target=work); thread.start()
    >>> coord.join([thread])
    Traceback (most recent call last):
    ValueError: no data
    """

    def __init__(self, clean_stop_exception_types: Iterable[type[BaseException]] | None = None) -> None:
        given = (errors.OutOfRangeError,) if clean_stop_exception_types is None else clean_stop_exception_types
        self._clean_stop_exception_types = tuple(given)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._to_raise: BaseException | None = None
        self._joined = False
        self._registered_threads: set[threading.Thread] = set()

    def request_stop(self, ex: Any = None) -> None:
        """Ask the threads to stop.

        ex: an exception, or what `sys.exc_info()` gave, that `join` is to raise. Only the first counts; after `join`
        it is raised here.
        """
        error = ex[1] if isinstance(ex, tuple) else ex
        if error is not None and not isinstance(error, BaseException):
            raise TypeError(f"request_stop takes an exception or what sys.exc_info() gives, not {ex!r}")
        if isinstance(error, self._clean_stop_exception_types):
            error = None
        with self._lock:
            if self._joined and error is not None:
                raise error
            if self._stop_event.is_set():
                return
            if error is not None and self._to_raise is None:
                get_logger().info("Error reported to Coordinator: %s, %s", type(error), error)
                self._to_raise = error
            self._stop_event.set()

    def clear_stop(self) -> None:
        """Forget that a stop was asked for, and with which exception."""
        with self._lock:
            self._joined = False
            self._to_raise = None
            self._stop_event.clear()

    def should_stop(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop_event.is_set()

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """Within the block an exception asks the threads to stop, and is kept for `join` instead of being raised."""
        try:
            yield
        except BaseException:
            self.request_stop(sys.exc_info())

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Wait until a stop is asked for, or for `timeout` seconds. Whether it was."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """Have `join` wait for this thread too."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(self, threads: Iterable[threading.Thread] | None = None, stop_grace_period_secs: float = 120,
             ignore_live_threads: bool = False) -> None:
        """Wait until the threads end.

        Once a stop is asked for they have `stop_grace_period_secs` left. threads: besides the registered ones.
        Raises the exception that was reported; RuntimeError with the names of threads that still run, which
        `ignore_live_threads` only logs.
        """
        with self._lock:
            waited = list(self._registered_threads.union(() if threads is None else threads))
        while any(t.is_alive() for t in waited) and not self._stop_event.wait(_POLL_SECONDS):
            pass
        until = time.monotonic() + stop_grace_period_secs
        for thread in waited:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
        late = [t.name for t in waited if t.is_alive()]
        with self._lock:
            self._joined = True
            self._registered_threads = set()
            if self._to_raise is not None:
                raise self._to_raise
        if late:
            text = f"Coordinator stopped with threads still running: {' '.join(late)}"
            if not ignore_live_threads:
                raise RuntimeError(text)
            get_logger().info("%s", text)

    @property
    def joined(self) -> bool:
        """Whether `join` has ended."""
        return self._joined

    def raise_requested_exception(self) -> None:
        """Raise the exception that was reported, if one was."""
        with self._lock:
            if self._to_raise is not None:
                raise self._to_raise


@public(v1=("train.LooperThread",))
class LooperThread(threading.Thread):
    """A daemon thread that calls `target(*args, **kwargs)` again and again until its coordinator says to stop.

    timer_interval_secs: a call at each of these intervals; None calls without a pause. Classes may override
    `run_loop`, and `start_loop` and `stop_loop`, which run before and after. An exception stops the coordinator.
    """

    def __init__(self, coord: Coordinator, timer_interval_secs: float | None, target: Callable[..., Any] | None = None,
                 args: Sequence[Any] | None = None, kwargs: Mapping[str, Any] | None = None) -> None:
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__(daemon=True)
        if target is None and (args or kwargs):
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        self._coord, self._timer_interval_secs = coord, timer_interval_secs
        self._called, self._call_args, self._call_kwargs = target, tuple(args or ()), dict(kwargs or {})
        coord.register_thread(self)

    @staticmethod
    def loop(coord: Coordinator, timer_interval_secs: float | None, target: Callable[..., Any],
             args: Sequence[Any] | None = None, kwargs: Mapping[str, Any] | None = None) -> LooperThread:
        """Make such a thread and start it."""
        thread = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        thread.start()
        return thread

    def run(self) -> None:
        """What the thread does."""
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._timer_interval_secs is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                at = time.monotonic()
                while not self._coord.wait_for_stop(max(0.0, at - time.monotonic())):
                    at += self._timer_interval_secs
                    self.run_loop()
            self.stop_loop()

    def start_loop(self) -> None:
        """Called before the first `run_loop`."""

    def stop_loop(self) -> None:
        """Called after the last `run_loop`."""

    def run_loop(self) -> None:
        """Called again and again."""
        if self._called is not None:
            self._called(*self._call_args, **self._call_kwargs)
