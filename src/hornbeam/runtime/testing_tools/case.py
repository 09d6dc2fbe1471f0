"""The test case of `tf.test`: every test starts with an empty default graph and the same seeds.

`TestCase` is TF2's: outside open graphs tensors have values. `TestCaseV1` is TF1's: there is always a graph.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from hornbeam.graph import mode, nest, seeds
from hornbeam.graph.errors import InvalidArgumentError, OpError
from hornbeam.graph.graph import Graph
from hornbeam.ops.conversion import is_symbolic_tensor, is_tensor
from hornbeam.runtime.device_spec import DeviceSpec
from hornbeam.runtime.session import Session, get_default_session
from hornbeam.runtime.testing import get_temp_dir
from hornbeam.runtime.testing_tools.arrays import ArrayAssertions


class TestCase(ArrayAssertions):
    """A test case that knows tensors, sessions and Hornbeam's errors."""

    _kept_open = 0  # how many open graphs, or eager blocks, setting up leaves open
    _builds = False  # whether a call whose inputs do not say makes a node

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._cached: _CachedSession | None = None
        self._threads: list[CheckedThread] = []
        self._folder: str | None = None

    def setUp(self) -> None:
        """An empty default graph, and seeds that are the same in every test."""
        super().setUp()
        self._close_cached()
        random.seed(1)
        np.random.seed(1)
        opened = list(mode.state.open_graphs)
        # A test that failed within `as_default()` may have left its graph open; an empty one was opened for this test.
        fresh = bool(opened) and opened[-1] is not None and not opened[-1].get_operations()
        kept = opened if fresh else opened[:self._kept_open]
        mode.state.open_graphs.clear()
        mode.reset_default_graph()
        mode.state.open_graphs.extend(kept)
        for graph in (mode.global_default_graph(), kept[-1] if fresh else None):
            if graph is not None:
                graph.seed = seeds.DEFAULT_GRAPH_SEED
        seeds.set_eager_seed(seeds.DEFAULT_GRAPH_SEED)

    def tearDown(self) -> None:
        """Every thread of the test has been joined; the session that it kept is closed."""
        for thread in self._threads:
            thread.check_joined()
        self._threads.clear()
        self._close_cached()
        super().tearDown()

    def _close_cached(self) -> None:
        if self._cached is not None:
            self._cached.session.close()
            self._cached = None

    def _runs_at_once(self) -> bool:
        if not self._builds:
            return mode.executing_eagerly()
        with mode.graph_first():
            return mode.executing_eagerly()

    # Values ----------------------------------------------------------------------------------------

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors in nested structures, as NumPy arrays; other things as they are.

        Symbolic tensors are run in the default session, else in the session of `cached_session()`.
        """
        leaves = nest.flatten(tensors)
        if not any(is_symbolic_tensor(leaf) for leaf in leaves) and (
                self._runs_at_once() or all(is_tensor(leaf) for leaf in leaves)):
            return nest.map_structure(_value, tensors)
        session = get_default_session()
        if session is not None:
            return session.run(tensors)
        with self._kept_session(None, None) as kept:
            return kept.run(tensors)

    def evaluate_if_both_tensors(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Both values where both are tensors, else both as they are."""
        return self.evaluate((a, b)) if is_tensor(a) and is_tensor(b) else (a, b)

    # Sessions --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def session(self, graph: Graph | None = None, config: Any = None, use_gpu: bool = True,
                force_gpu: bool = False) -> Iterator[Any]:
        """A new session, the default one within the block, as its graph is the default one.

        use_gpu: unless true, what is made within is asked to run on the CPU. force_gpu: on the GPU.
        """
        if self._runs_at_once():
            yield NoSession()
            return
        with Session(graph=graph, config=config) as session, _placed(session.graph, use_gpu, force_gpu):
            yield session

    @contextlib.contextmanager
    def cached_session(self, graph: Graph | None = None, config: Any = None, use_gpu: bool = True,
                       force_gpu: bool = False) -> Iterator[Any]:
        """As `session()`, but one session for the whole test: its variables keep their values between blocks.

        Raises ValueError where a later block asks for another graph or configuration.
        """
        if self._runs_at_once():
            yield NoSession()
            return
        with self._kept_session(graph, config) as session, _placed(session.graph, use_gpu, force_gpu):
            yield session

    @property
    def test_session(self) -> Callable[..., contextlib.AbstractContextManager[Any]]:
        """The older name of `cached_session()`, and of `session()` where a graph is given."""
        return self._either_session  # a property, as by its name a method would be taken for a test

    def _either_session(self, graph: Graph | None = None, config: Any = None, use_gpu: bool = True,
                        force_gpu: bool = False) -> contextlib.AbstractContextManager[Any]:
        choose = self.cached_session if graph is None else self.session
        return choose(graph, config, use_gpu, force_gpu)

    @contextlib.contextmanager
    def _kept_session(self, graph: Graph | None, config: Any) -> Iterator[Session]:
        if self._cached is None:
            self._cached = _CachedSession(Session(graph=graph, config=config), graph, config)
        kept = self._cached
        for what, given, before in (("graph", graph, kept.graph), ("config", config, kept.config)):
            if given is not before:
                raise ValueError(f"The {what} used to get the cached session is different than the one that was used "
                                 "to create the session. Maybe create a new session with self.session()")
        with kept.session.graph.as_default(), kept.session.as_default():
            yield kept.session

    # Errors ----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type: type[BaseException],
                                       expected_err_re_or_predicate: str | Callable[[Any], Any]) -> Iterator[None]:
        """Within the block an exception of this type is raised.

        expected_err_re_or_predicate: a regular expression that is found in its text (of Hornbeam's errors also in
        the name of the operation), or a function of the exception that says whether it is the right one.
        """
        try:
            yield
        except exception_type as error:
            if callable(expected_err_re_or_predicate):
                matches = expected_err_re_or_predicate(error)
            else:
                matches = re.search(expected_err_re_or_predicate, _text_of(error))
            if not matches:
                raise AssertionError(f"Exception of type {type(error)}: {error}, which does not match "
                                     f"{expected_err_re_or_predicate!r}") from error
        else:
            self.fail(f"{exception_type.__name__} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: str | Callable[[Any], Any]) -> Any:
        """`assertRaisesWithPredicateMatch` for `tf.errors.OpError`."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)

    def assertRaisesIncompatibleShapesError(self, exception_type: type[BaseException] = InvalidArgumentError) -> Any:
        """Within the block an exception says that shapes do not fit."""
        return self.assertRaisesWithPredicateMatch(
            exception_type, r"Incompatible shapes|Dimensions must be equal|required broadcastable shapes")

    # Files and threads -----------------------------------------------------------------------------

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: str | None = None) -> None:
        """Fail unless two devices, named or given as a `DeviceSpec`, are the same; None is the same as no name."""
        first, second = (_device_name(device) for device in (device1, device2))
        self.assertEqual(first, second, f"Devices {first} and {second} are not equal. {msg}")

    def get_temp_dir(self) -> str:
        """A folder of this test, the same at each call; it is removed when the process ends."""
        if self._folder is None:
            self._folder = tempfile.mkdtemp(dir=get_temp_dir())
        return self._folder

    def checkedThread(self, target: Callable[..., Any], args: tuple[Any, ...] | None = None,
                      kwargs: dict[str, Any] | None = None) -> CheckedThread:
        """A thread whose exception fails the test when it is joined. Each one started must be joined."""
        thread = CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(thread)
        return thread

    @contextlib.contextmanager
    def captureWritesToStream(self, stream: Any) -> Iterator[CapturedWrites]:
        """What is written to a stream's file descriptor within the block, by whatever code: see `contents()`."""
        stream.flush()
        number = stream.fileno()
        kept = os.dup(number)
        captured = CapturedWrites(os.path.join(self.get_temp_dir(), f"captured_{kept}"))
        try:
            with open(captured.file, "wb") as file:
                os.dup2(file.fileno(), number)
            try:
                yield captured
            finally:
                stream.flush()
                os.dup2(kept, number)
        finally:
            os.close(kept)


class TestCaseV1(TestCase):
    """TF1's test case: there is always a graph, and `session()` always gives a session."""

    _builds = True


class CheckedThread:
    """A thread of a test; `join()` fails the test where the thread raised something."""

    def __init__(self, case: TestCase, target: Callable[..., Any], args: tuple[Any, ...],
                 kwargs: dict[str, Any]) -> None:
        self._case, self._error = case, None
        self._work = lambda: target(*args, **kwargs)
        self._thread = threading.Thread(target=self._run)
        self._joined = True

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self._error = error

    def start(self) -> None:
        """Start the thread."""
        self._joined = False
        self._thread.start()

    def join(self) -> None:
        """Wait for the thread. Fails the test where it raised something."""
        self._joined = True
        self._thread.join()
        if self._error is not None:
            self._case.fail(f"Error in checkedThread: {self._error}")

    def is_alive(self) -> bool:
        """Whether the thread is running."""
        return self._thread.is_alive()

    def check_joined(self) -> None:
        """Fail the test where the thread was started and not joined."""
        if not self._joined:
            self._case.fail("A checked thread was not joined.")


class CapturedWrites:
    """What was written within `captureWritesToStream`."""

    def __init__(self, file: str) -> None:
        self.file = file

    def contents(self) -> str:
        """Everything that was written so far."""
        with open(self.file, encoding="utf-8") as file:
            return file.read()


class NoSession:
    """Stands for a session where tensors have values: using it is an error that says what to do."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"There is no session here, so it has no {name!r}: eager execution is on. Use "
                             "`self.evaluate(...)`, or build within `with tf.Graph().as_default():`")


class _CachedSession:
    """The session of a test, and what was asked for when it was made."""

    def __init__(self, session: Session, graph: Graph | None, config: Any) -> None:
        self.session, self.graph, self.config = session, graph, config


def _placed(graph: Graph, use_gpu: bool, force_gpu: bool) -> Any:
    if force_gpu:
        return graph.device("/device:GPU:0")
    return contextlib.nullcontext() if use_gpu else graph.device("/device:CPU:0")


def _device_name(device: Any) -> str:
    return DeviceSpec.from_string(device or "").to_string() if isinstance(device, str | None) else device.to_string()


def _value(item: Any) -> Any:
    if callable(item):
        item = item()
    return item.numpy() if hasattr(item, "numpy") else item


def _text_of(error: BaseException) -> str:
    if not isinstance(error, OpError):
        return str(error)
    return error.message if error.op is None else f"{error.message}\nCaused by: {error.op.name}"
