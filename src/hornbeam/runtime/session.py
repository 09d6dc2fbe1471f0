"""Session: runs parts of a graph, and keeps the values of its variables.

The way of `run`: fetches and feeds → a `Binding`, found in a dictionary after the first time → the feeds checked →
`Runner.run` → the caller's structure.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, final

import numpy as np

from hornbeam.backend.aligned import own
from hornbeam.backend.lazy import jax
from hornbeam.graph import convert, dtypes, mode, nest
from hornbeam.graph.errors import InvalidArgumentError, NotFoundError
from hornbeam.graph.execute import of_machine
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.resources import time_limit
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.runtime.executor import Runner
from hornbeam.runtime.fetches import Restore, conversion_of, fetched
from hornbeam.runtime.partial_run import PartialRun
from hornbeam.runtime.placement import check_devices
from hornbeam.runtime.plan import Plan
from hornbeam.runtime.server import server_at
from hornbeam.runtime.step_stats import StepMeasure, write_partition
from hornbeam.runtime.store import Store

_serials = itertools.count()
_MOST_BINDINGS = 500
"""Sets of fetches that a session knows: a program that makes new ones in a loop would fill the memory with them."""


@final
class Feeder:
    """Turns what is fed for one tensor into an array of its dtype and shape."""

    __slots__ = ("_accepted", "_np_dtype", "_text", "tensor")

    def __init__(self, tensor: GraphTensor) -> None:
        self.tensor = tensor
        self._np_dtype = tensor.dtype.base_dtype.np_dtype
        self._text = tensor.dtype.base_dtype is dtypes.string
        self._accepted: set[tuple[int, ...]] = set()

    def array(self, value: Any) -> np.ndarray:
        """The value as an array. Raises TypeError for tensors, ValueError for what does not fit."""
        if type(value) is not np.ndarray or value.dtype != self._np_dtype or self._text:
            value = self._converted(value)
        if value.shape not in self._accepted:
            self._accept(value.shape)
        return value

    def _converted(self, value: Any) -> np.ndarray:
        tensor = self.tensor
        if isinstance(value, GraphTensor) or getattr(value, "_graph_home", None) is not None:
            raise TypeError(
                "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, "
                "strings, lists, numpy ndarrays, or TensorHandles. For reference, the tensor object was "
                f"{value!r} which was passed to the argument `feed_dict` with key {tensor!r}.")
        if isinstance(value, EagerTensor):
            value = value.numpy()
        if self._np_dtype.kind == "O":
            return convert.to_array(value, tensor.dtype)
        if isinstance(value, int) and not isinstance(value, bool) and tensor.dtype.is_integer:
            low, high = tensor.dtype.min, tensor.dtype.max
            if not low <= value <= high:
                raise TypeError(f"Type of feed value {value} with type {type(value)} is not compatible with Tensor "
                                f"type {tensor.dtype.name}. Try explicitly setting the type of the feed tensor to a "
                                "larger type (e.g. int64).")
        try:
            with np.errstate(all="ignore"):
                return np.asarray(value, dtype=self._np_dtype)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{error} (fed for {tensor.name}, dtype {tensor.dtype.name})") from None

    def _accept(self, shape: tuple[int, ...]) -> None:
        if not self.tensor.shape.is_compatible_with(shape):
            raise ValueError(f"Cannot feed value of shape {shape} for Tensor {self.tensor.name}, which has shape "
                             f"{self.tensor.shape}")
        if len(self._accepted) > 256:
            self._accepted.clear()
        self._accepted.add(shape)


@final
class Binding:
    """One set of fetches and feeds, ready to run in one session."""

    __slots__ = ("edits", "feeders", "keys", "restore", "runner")

    def __init__(self, runner: Runner, feeders: list[Feeder], restore: Restore, edits: int) -> None:
        self.runner = runner
        self.feeders = feeders
        self.restore = restore
        self.edits = edits

    def run(self, values: Sequence[Any], measure: StepMeasure | None = None) -> Any:
        """The answers for these fed values, in the caller's structure."""
        fed = [f.array(v) for f, v in zip(self.feeders, values, strict=True)]
        try:
            return self.restore([_answer(r) for r in self.runner.run(fed, measure)])
        except (MemoryError, jax.errors.JaxRuntimeError) as error:
            names = ", ".join(t.name for t in self.runner.plan.fetches[:3])
            raise of_machine(error, f"the run that fetches {names or 'operations'}") from error


def _answer(value: Any) -> Any:
    """A result as the caller's own: a writable array, or a NumPy scalar."""
    array = np.asarray(value)
    if array.ndim == 0:
        return array[()]
    return np.array(array)


def _one_by_one(feed_dict: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """The feeds, those of a tuple of tensors (the state of a cell, say) one by one.

    Raises ValueError where the values are in another structure.
    """
    for key, value in _expanded(feed_dict):
        if not isinstance(key, tuple) or hasattr(key, "_feed_parts"):
            yield key, value
            continue
        found = value if nest.is_nested(value) else list(value)
        leaves, values = nest.flatten(key), nest.flatten(found)
        if len(leaves) != len(values):
            raise ValueError(f"Could not flatten dictionary. Key had {len(leaves)} elements, but value had "
                             f"{len(values)} elements. Key: {key}, value: {value}.")
        yield from zip(leaves, values, strict=True)


def _expanded(feed_dict: dict[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """The feeds, with those that a program has registered a conversion for converted."""
    for key, value in feed_dict.items():
        found = conversion_of(key)
        if found is not None and found.feed is not None:
            yield from found.feed(key, value)
        else:
            yield key, value


class BaseSession:
    """What sessions of both kinds share."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f"Argument `graph` must be a tf.Graph, but got \"{type(graph).__name__}\"")
        if not isinstance(target, (str, bytes)):
            raise TypeError(f"Argument `target` must be a string, but got \"{type(target).__name__}\"")
        if config is not None and not hasattr(config, "operation_timeout_in_ms"):
            raise TypeError(f"Argument `config` must be a tf.ConfigProto, but got \"{type(config).__name__}\"")
        self._graph = graph if graph is not None else mode.default_graph()
        self._target = target
        self._config = config
        self._most_ms = getattr(config, "operation_timeout_in_ms", 0) or 0
        self._server = server_at(self.sess_str)
        if self._server is None and self.sess_str not in ("", "local"):
            raise NotFoundError(None, None, "No session factory registered for the given session options: "
                                f'{{target: "{self.sess_str}"}}')
        self._store = self._new_store()
        self._bindings: dict[Any, Binding] = {}
        self._partial_runs: dict[str, PartialRun] = {}
        self._closed = False

    def _new_store(self) -> Store:
        return Store(None if self._server is None else self._server.state_for)

    @property
    def graph(self) -> Graph:
        """The graph that this session runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as a `GraphDef` protobuf, with shapes where the config's `infer_shapes` asks for them."""
        options = getattr(self._config, "graph_options", None)
        return self._graph.as_graph_def(add_shapes=bool(getattr(options, "infer_shapes", False)))

    @property
    def sess_str(self) -> str:
        """The target that this session was made with."""
        return self._target if isinstance(self._target, str) else self._target.decode()

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run what `fetches` needs and answer in its structure: arrays for tensors, None for operations.

        fetches: a tensor, operation, variable or name, or nested lists, tuples and dictionaries of them.
        feed_dict: values for tensors; each replaces what the graph would compute. options: a `RunOptions`, whose
        `timeout_in_ms` ends what waits longer with DeadlineExceededError, whose `trace_level` lets the run go operation
        by operation and measures each. run_metadata: a `RunMetadata` that is told what was measured (`step_stats`), and
        the graph that ran where the options ask for it (`output_partition_graphs`).
        Raises RuntimeError where the session is closed or the graph empty, ValueError and TypeError for fetches and
        feeds that do not fit, and the errors of the operations that ran. A run that fails changes no variable.
        """
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if feed_dict is None:
            keys, values = (), ()
        else:
            keys, values = self._feeds(feed_dict)
        key = _fetch_key(fetches)
        binding = self._bindings.get((key, keys)) if key is not None else None
        if binding is None or binding.edits != self._graph._edits:
            binding = self._bind(fetches, keys)
            if len(self._bindings) >= _MOST_BINDINGS:
                self._bindings.clear()
            if key is not None:
                self._bindings[key, keys] = binding
        if options is None and run_metadata is None and not self._most_ms:
            return binding.run(values)
        return self._run_with(binding, values, options, run_metadata)

    def partial_run_setup(self, fetches: Any, feeds: Sequence[Any] | None = None) -> str:
        """Begin a run in parts; what `partial_run` knows it by.

        fetches, feeds: everything that the parts will fetch and feed. Raises InvalidArgumentError without fetches,
        TypeError and ValueError for what cannot be fetched or fed.
        """
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        converted: list[Any] = []
        for feed in feeds or ():
            found = conversion_of(feed)
            converted += found.partial_feed(feed) if found is not None and found.partial_feed else [feed]
        keys = [self._fed_element(feed) for feed in converted]
        handle = f"partial_run_{len(self._partial_runs)}_{next(_serials)}"
        self._partial_runs[handle] = PartialRun(self._store, fetched(self._graph, fetches), keys)
        return handle

    def partial_run(self, handle: str, fetches: Any, feed_dict: Any = None) -> Any:
        """Go on with a run in parts: feed more, and fetch what these feeds and those before are enough for.

        handle: of `partial_run_setup`. What was computed is not computed again; a run whose feeds and fetches all
        came is over. Raises InvalidArgumentError for other handles, for feeds and fetches that were not said in the
        beginning or come a second time, and for fetches that depend on what was not fed.
        """
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        run = self._partial_runs.get(handle)
        if run is None:
            raise InvalidArgumentError(None, None, "Must run 'setup' before performing partial runs!")
        keys, values = self._resolved(feed_dict or {})
        wanted = fetched(self._graph, fetches)
        arrays = [own(Feeder(k).array(v)) for k, v in zip(keys, values, strict=True)]
        answers = wanted.restore([_answer(r) for r in run.run(wanted, keys, arrays)])
        if run.finished:
            del self._partial_runs[handle]
        return answers

    def _run_with(self, binding: Binding, values: Sequence[Any], options: Any, run_metadata: Any = None) -> Any:
        """A run with options, told of in `run_metadata`."""
        measure = StepMeasure() if run_metadata is not None and getattr(options, "trace_level", 0) else None
        with self._time_limit(options):
            answers = binding.run(values, measure)
        if run_metadata is not None:
            run_metadata.Clear()
            if measure is not None:
                measure.write(run_metadata.step_stats)
            if getattr(options, "output_partition_graphs", False):
                plan = binding.runner.plan
                write_partition(run_metadata, plan.ops, plan.feeds)
        return answers

    def _time_limit(self, options: Any = None) -> AbstractContextManager[None]:
        """The time that a run may wait for others, by its own options or the session's."""
        most_ms = getattr(options, "timeout_in_ms", 0) or self._most_ms
        return time_limit(most_ms / 1000) if most_ms else nullcontext()

    def _feeds(self, feed_dict: Any) -> tuple[tuple[Any, ...], Sequence[Any]]:
        if not isinstance(feed_dict, dict):
            raise TypeError(f"`feed_dict` is a dictionary from tensors to values, not {type(feed_dict).__name__}")
        keys = tuple(feed_dict)
        for key in keys:
            if type(key) is not GraphTensor or key.op.graph is not self._graph:
                return self._resolved(feed_dict)
        return keys, tuple(feed_dict.values())

    def _resolved(self, feed_dict: dict[Any, Any]) -> tuple[tuple[Any, ...], Sequence[Any]]:
        """Feeds whose keys are names, variables or composites."""
        keys, values = [], []
        for key, value in _one_by_one(feed_dict):
            parts = getattr(key, "_feed_parts", None)
            for part, part_value in parts(value) if parts is not None else [(key, value)]:
                keys.append(self._fed_element(part))
                values.append(part_value)
        return tuple(keys), values

    def _fed_element(self, key: Any) -> GraphTensor:
        try:
            return self._graph.as_graph_element(key, allow_operation=False)
        except (KeyError, ValueError, TypeError) as error:
            text = error.args[0] if error.args else error
            raise TypeError(f"Cannot interpret feed_dict key as Tensor: {text}") from None

    def _bind(self, fetches: Any, keys: tuple[GraphTensor, ...]) -> Binding:
        if not self._graph._operations:
            raise RuntimeError("The Session graph is empty. Add operations to the graph before calling run().")
        wanted = fetched(self._graph, fetches)
        for key in keys:
            if not self._graph.is_feedable(key):
                raise ValueError(f"Tensor {key} may not be fed.")
        plan = _plan(self._graph, wanted.tensors, wanted.operations, keys)
        check_devices(plan.ops, self._config)
        if self._server is not None:
            self._server.check(plan.ops)
        runner = Runner(plan, self._store, borrows=True)
        return Binding(runner, [Feeder(k) for k in keys], wanted.restore, self._graph._edits)

    def make_callable(self, fetches: Any, feed_list: Sequence[Any] | None = None,
                      accept_options: bool = False) -> Callable[..., Any]:
        """A function that runs `fetches`; its arguments are the values for `feed_list`, in order."""
        keys = tuple(self._graph.as_graph_element(k, allow_operation=False) for k in feed_list or ())
        binding = self._bind(fetches, keys)

        def run(*values: Any, **options: Any) -> Any:
            nonlocal binding
            if self._closed:
                raise RuntimeError("Attempted to use a closed Session.")
            if len(values) != len(keys):
                raise ValueError(f"this callable takes {len(keys)} fed values, {len(values)} were given")
            if binding.edits != self._graph._edits:
                binding = self._bind(fetches, keys)
            return self._run_with(binding, values, options.get("options"), options.get("run_metadata"))

        return run

    def list_devices(self) -> list[Any]:
        """The devices that this session may run on."""
        from hornbeam.backend.devices import device_attributes
        return device_attributes()

    def close(self) -> None:
        """Free the variables, and end what waits in other threads. The session cannot run any more."""
        self._closed = True
        self._bindings.clear()
        self._partial_runs.clear()
        self._store.close()
        self._store = self._new_store()

    def as_default(self) -> AbstractContextManager[Any]:
        """Within the block this is the default session, which `eval()` and `run()` use."""
        return _default_session(self)


def _fetch_key(fetches: Any) -> Any:
    """What fetches are known by: themselves, or their elements; None for nested structures."""
    kind = type(fetches)
    if kind is GraphTensor or kind is Operation or kind is str:
        return fetches
    if kind is list or kind is tuple:
        for item in fetches:
            if type(item) is not GraphTensor and type(item) is not Operation and type(item) is not str:
                return None
        return (kind, *fetches)
    return None


def _plan(graph: Graph, tensors: Sequence[GraphTensor], operations: Sequence[Operation],
          feeds: tuple[GraphTensor, ...]) -> Plan:
    """The plan of these fetches and feeds; a graph's sessions share plans and what was compiled for them."""
    plans = graph.plans
    key = (tuple(tensors), tuple(dict.fromkeys(operations)), feeds, graph._edits)
    found = plans.get(key)
    if found is None:
        if len(plans) >= _MOST_BINDINGS:
            plans.clear()
        found = plans[key] = Plan(tensors, key[1], feeds)
    return found


@contextmanager
def _default_session(session: BaseSession):
    mode.state.sessions.append(session)
    try:
        yield session
    finally:
        innermost = mode.state.sessions[-1]
        mode.state.sessions.remove(session)
        if innermost is not session and isinstance(innermost, Session):
            raise AssertionError(f"Nesting violated for default stack of {type(session)} objects")


@public(v1=("Session",))
class Session(BaseSession):
    """Runs a graph. `with Session() as sess:` also makes it the default session and opens its graph.

    target: by default a session keeps its variables for itself; those with the target of a `train.Server` of this
    process share them. graph: by default the default graph. config: a `ConfigProto`.
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._entered: list[AbstractContextManager[Any]] = []

    def __enter__(self) -> Session:
        if self._entered:
            raise RuntimeError("Session context managers are not re-entrant. Use `Session.as_default()` if you want "
                               "to enter a session multiple times.")
        graph, session = self._graph.as_default(), self.as_default()
        graph.__enter__()
        session.__enter__()
        self._entered = [session, graph]
        return self

    def __exit__(self, *exc: Any) -> None:
        for context in self._entered:
            context.__exit__(*exc)
        self._entered = []
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Forget all variables and other resources of a server of this process. containers, config: accepted."""
        server = server_at(target if isinstance(target, str) else target.decode())
        if server is not None:
            server.reset()


@public(v1=("InteractiveSession",))
class InteractiveSession(BaseSession):
    """A session that is the default one from the start, for shells and notebooks. `close()` ends that."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._explicit = graph
        self._opened = self._graph.as_default() if graph is not None else None
        if self._opened is not None:
            self._opened.__enter__()
        mode.state.sessions.append(self)

    def close(self) -> None:
        """Free the variables, and stop being the default session."""
        super().close()
        if self in mode.state.sessions:
            mode.state.sessions.remove(self)
        if self._opened is not None:
            opened, self._opened = self._opened, None
            opened.__exit__(None, None, None)


@public(v1=("get_default_session",))
def get_default_session() -> BaseSession | None:
    """The innermost default session, or None."""
    return mode.state.sessions[-1] if mode.state.sessions else None


__all__ = ["BaseSession", "InteractiveSession", "InvalidArgumentError", "Session", "get_default_session"]
