"""QueueRunner: threads that fill a queue, one for each operation that puts elements in."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Sequence
from typing import Any

from hornbeam.graph import errors, mode
from hornbeam.graph.names import public
from hornbeam.runtime.collection_protos import register_proto_functions
from hornbeam.runtime.collections import GraphKeys, add_to_collection, get_collection
from hornbeam.runtime.logs import get_logger
from hornbeam.runtime.session import BaseSession

_EXIT_SECONDS = 2.0
_running: weakref.WeakKeyDictionary[threading.Thread, Any] = weakref.WeakKeyDictionary()
_exiting = threading.Event()


@atexit.register
def _end_threads() -> None:
    """Before Python takes its modules down, threads that still fill queues leave what they do."""
    _exiting.set()
    for session in set(_running.values()):
        session._store.waiting.cancel()
    for thread in list(_running):
        if thread.is_alive() and thread is not threading.current_thread():
            thread.join(_EXIT_SECONDS)


@public(v1=("train.queue_runner.QueueRunner", "train.QueueRunner"))
class QueueRunner:
    """Fills a queue in threads of its own: each runs one of `enqueue_ops` again and again.

    queue: a queue. close_op, cancel_op: what closes it, with and without waiting for pending elements; by default the
    queue's own `close`. queue_closed_exception_types: errors that mean that no more elements come, by default
    OutOfRangeError: once each operation has raised one, the queue is closed.
    queue_runner_def, import_scope: a `QueueRunnerDef` to be made from instead.
    Raises ValueError without queue and operations, TypeError for types that are no errors of operations.
    """

    def __init__(self, queue: Any = None, enqueue_ops: Sequence[Any] | None = None, close_op: Any = None,
                 cancel_op: Any = None, queue_closed_exception_types: Any = None, queue_runner_def: Any = None,
                 import_scope: str | None = None) -> None:
        if queue_runner_def is not None:
            if queue is not None or enqueue_ops:
                raise ValueError("queue_runner_def and queue are mutually exclusive.")
            self._read(queue_runner_def, import_scope)
        else:
            if queue is None or not enqueue_ops:
                raise ValueError("Must provide queue and enqueue_ops.")
            _check_types(queue_closed_exception_types)
            self._queue, self._enqueue_ops = queue, list(enqueue_ops)
            self._close_op = queue.close() if close_op is None else close_op
            self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
            self._closed_types = tuple(queue_closed_exception_types or (errors.OutOfRangeError,))
        self._lock = threading.Lock()
        self._runs_per_session: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._exceptions_raised: list[BaseException] = []

    @property
    def queue(self) -> Any:
        """The queue."""
        return self._queue

    @property
    def enqueue_ops(self) -> list[Any]:
        """The operations that put elements in."""
        return self._enqueue_ops

    @property
    def close_op(self) -> Any:
        """What closes the queue once no more elements come."""
        return self._close_op

    @property
    def cancel_op(self) -> Any:
        """What closes the queue at once."""
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> tuple[type[BaseException], ...]:
        """The errors that mean that no more elements come."""
        return self._closed_types

    @property
    def exceptions_raised(self) -> list[BaseException]:
        """What went wrong in threads that have no coordinator."""
        return self._exceptions_raised

    @property
    def name(self) -> str:
        """The name of the queue."""
        return self._queue.name

    def create_threads(self, sess: Any, coord: Any = None, daemon: bool = False,
                       start: bool = False) -> list[threading.Thread]:
        """The threads that run the operations in `sess`; none where they run there already.

        coord: stops them, and is told of exceptions; one more thread then closes the queue when it stops. daemon:
        whether the process may end before them. start: whether they are started.
        """
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [threading.Thread(target=self._fill, args=(sess, op, coord),
                                    name=f"QueueRunnerThread-{self.name}-{op.name}") for op in self._enqueue_ops]
        if coord is not None:
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, coord),
                                            name=f"QueueRunnerThread-{self.name}-close_on_stop"))
        for thread in threads:
            if coord is not None:
                coord.register_thread(thread)
            if daemon:
                thread.daemon = True
            if start:
                thread.start()
        return threads

    def _fill(self, sess: Any, enqueue_op: Any, coord: Any) -> None:
        """A thread: runs one operation until there is nothing more to put in."""
        _running[threading.current_thread()] = sess
        try:
            run = sess.make_callable(enqueue_op)
            while not (coord is not None and coord.should_stop()) and not _exiting.is_set():
                run()
            self._left(sess)
        except self._closed_types:
            if self._left(sess) == 0:
                self._run_quietly(sess, self._close_op)
        except Exception as error:
            self._left(sess)
            if _exiting.is_set() or getattr(sess, "_closed", False):
                return  # the session was closed meanwhile: there is nothing to fill any more
            if coord is not None:
                coord.request_stop(error)
                return
            get_logger().error("Exception in QueueRunner: %s", error)
            with self._lock:
                self._exceptions_raised.append(error)
            raise

    def _left(self, sess: Any) -> int:
        """One thread less runs in a session; how many still do."""
        with self._lock:
            self._runs_per_session[sess] = left = self._runs_per_session.get(sess, 1) - 1
            return left

    def _close_on_stop(self, sess: Any, coord: Any) -> None:
        coord.wait_for_stop()
        self._run_quietly(sess, self._cancel_op)

    @staticmethod
    def _run_quietly(sess: Any, op: Any) -> None:
        """Close the queue, which may be closed already, or the session may be."""
        try:
            sess.run(op)
        except Exception as error:
            get_logger().debug("Ignored exception: %s", error)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """A `QueueRunnerDef` that says the names of queue and operations; None where the queue is not in the scope."""
        if export_scope is not None and not self.name.startswith(export_scope):
            return None
        return _queue_runner_def()(
            queue_name=_without(self.name, export_scope),
            enqueue_op_name=[_without(op.name, export_scope) for op in self._enqueue_ops],
            close_op_name=_without(self._close_op.name, export_scope),
            cancel_op_name=_without(self._cancel_op.name, export_scope),
            queue_closed_exception_types=[errors.error_code_from_exception_type(t) for t in self._closed_types])

    @staticmethod
    def from_proto(queue_runner_def: Any, import_scope: str | None = None) -> QueueRunner:
        """The queue runner that a `QueueRunnerDef` describes, of the default graph."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)

    def _read(self, message: Any, scope: str | None) -> None:
        graph = mode.default_graph()

        def element(name: str) -> Any:
            return graph.as_graph_element(f"{scope.rstrip('/')}/{name}" if scope else name)

        self._queue = element(message.queue_name)
        self._enqueue_ops = [element(name) for name in message.enqueue_op_name]
        self._close_op, self._cancel_op = element(message.close_op_name), element(message.cancel_op_name)
        kinds = tuple(errors.exception_type_from_error_code(code) for code in message.queue_closed_exception_types)
        self._closed_types = kinds or (errors.OutOfRangeError,)


def _queue_runner_def() -> Any:
    from hornbeam.graph.messages.queue_runner_pb2 import QueueRunnerDef
    return QueueRunnerDef


register_proto_functions((GraphKeys.QUEUE_RUNNERS,), _queue_runner_def, QueueRunner.to_proto, QueueRunner.from_proto)


def _without(name: str, scope: str | None) -> str:
    """A name as it is called within a scope."""
    return name.removeprefix(f"{scope.rstrip('/')}/") if scope else name


def _check_types(types: Any) -> None:
    if types is not None and not (isinstance(types, tuple) and types and all(
            isinstance(t, type) and issubclass(t, errors.OpError) for t in types)):
        raise TypeError(f"queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: "
                        f"{types}")


@public(v1=("train.queue_runner.add_queue_runner", "train.add_queue_runner"))
def add_queue_runner(qr: QueueRunner, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Have `start_queue_runners` start this one too: it is added to a collection of the default graph."""
    add_to_collection(collection, qr)


@public(v1=("train.queue_runner.start_queue_runners", "train.start_queue_runners"))
def start_queue_runners(sess: Any = None, coord: Any = None, daemon: bool = True, start: bool = True,
                        collection: str = GraphKeys.QUEUE_RUNNERS) -> list[threading.Thread]:
    """Start the threads of all queue runners of the graph in `sess`, by default the default session; the threads.

    coord, daemon, start: as for `QueueRunner.create_threads`. Raises ValueError without a session, TypeError for what
    is none, RuntimeError in eager execution.
    """
    if mode.executing_eagerly():
        raise RuntimeError("Queues are not compatible with eager execution.")
    if sess is None:
        if not mode.state.sessions:
            raise ValueError("Cannot start queue runners: No default session is registered. Use `with "
                             "sess.as_default()` or pass an explicit session to tf.start_queue_runners(sess=sess)")
        sess = mode.state.sessions[-1]
    if not isinstance(sess, BaseSession):
        if type(sess).__name__ in ("MonitoredSession", "SingularMonitoredSession"):
            return []  # they start the queue runners themselves
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {type(sess)}")
    with sess.graph.as_default():
        runners = get_collection(collection)
        if not runners:
            get_logger().warning("`tf.train.start_queue_runners()` was called when no queue runners were defined. "
                                 "You can safely remove the call to this deprecated function.")
        return [thread for runner in runners for thread in runner.create_threads(sess, coord, daemon, start)]
