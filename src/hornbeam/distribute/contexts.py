"""Where a program stands: in no strategy, in the scope of one, or in a replica that `Strategy.run` runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, final

from hornbeam.distribute.reduction import reduce_op
from hornbeam.graph.names import public

if TYPE_CHECKING:
    from hornbeam.distribute.strategy import Strategy


class _Place(NamedTuple):
    strategy: Strategy
    replica: ReplicaContext | None


class _Places(threading.local):
    """The scopes that are open in a thread, the innermost last."""

    def __init__(self) -> None:
        self.open: list[_Place] = []


_places = _Places()
_of_process: list[_Place] = []  # what `experimental_set_strategy` set
_default: list[Strategy] = []


def set_default(strategy: Strategy) -> None:
    """Say which strategy there is where no other is."""
    _default[:] = [strategy]


def _here() -> _Place:
    if _places.open:
        return _places.open[-1]
    return _of_process[-1] if _of_process else _Place(_default[0], ReplicaContext(_default[0], 0))


@contextmanager
def entered(strategy: Strategy, replica: ReplicaContext | None) -> Iterator[Strategy]:
    """Within, the program stands in this strategy. Raises RuntimeError where it stands in another one."""
    now = get_strategy()
    if has_strategy() and now is not strategy:
        raise RuntimeError(f"Mixing different tf.distribute.Strategy objects: {now} is not {strategy}")
    _places.open.append(_Place(strategy, replica))
    try:
        yield strategy
    finally:
        _places.open.pop()


@public(v2=("distribute.get_strategy",))
def get_strategy() -> Strategy:
    """The strategy in whose scope the program is; else the default one, of one replica."""
    return _here().strategy


@public(v2=("distribute.has_strategy",))
def has_strategy() -> bool:
    """Whether the program is in the scope of a strategy."""
    return get_strategy() is not _default[0]


@public(v2=("distribute.get_replica_context",))
def get_replica_context() -> ReplicaContext | None:
    """The replica that runs; None in a strategy's scope outside of `run`."""
    return _here().replica


@public(v2=("distribute.in_cross_replica_context",))
def in_cross_replica_context() -> bool:
    """Whether the program is in a strategy's scope outside of `run`."""
    return get_replica_context() is None


@public(v2=("distribute.experimental_set_strategy",))
def experimental_set_strategy(strategy: Strategy | None) -> None:
    """Make a strategy that of the whole process, without a scope; None: none. Raises RuntimeError in a scope."""
    if _places.open:
        raise RuntimeError("Must not be called inside a `tf.distribute.Strategy` scope.")
    _of_process[:] = [] if strategy is None or strategy is _default[0] else [_Place(strategy, None)]


@public(v2=("distribute.ReplicaContext",))
class ReplicaContext:
    """One replica, as the function that `Strategy.run` runs sees it: `get_replica_context()`."""

    def __init__(self, strategy: Strategy, replica_id_in_sync_group: Any) -> None:
        self._strategy, self._id = strategy, replica_id_in_sync_group

    @property
    def strategy(self) -> Strategy:
        """The strategy that runs it."""
        return self._strategy

    @property
    def replica_id_in_sync_group(self) -> Any:
        """Its number among those that step together."""
        return self._id

    @property
    def num_replicas_in_sync(self) -> int:
        """How many step together."""
        return self._strategy.num_replicas_in_sync

    @property
    def devices(self) -> tuple[str, ...]:
        """The names of the devices that it runs on."""
        return self._strategy.extended.worker_devices

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """`merge_fn(strategy, *args, **kwargs)`, called for all replicas together."""
        if not has_strategy():
            return merge_fn(self._strategy, *args, **(kwargs or {}))
        with entered(self._strategy, None):
            return merge_fn(self._strategy, *args, **(kwargs or {}))

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        """The sum or mean of the replicas' values, which of one replica is its value."""
        return _checked_reduction(reduce_op, value)

    def all_gather(self, value: Any, axis: int, options: Any = None) -> Any:
        """The replicas' values one after the other along an axis, which of one replica is its value."""
        return value


def _checked_reduction(name: Any, value: Any) -> Any:
    reduce_op(name)
    return value


@final
@public("distribute.InputContext")
class InputContext:
    """What a function that makes a dataset may want to know: which of how many it makes, and for how many replicas.

    >>> InputContext(num_replicas_in_sync=4).get_per_replica_batch_size(8)
    2
    """

    def __init__(self, num_input_pipelines: int = 1, input_pipeline_id: int = 0, num_replicas_in_sync: int = 1) -> None:
        self._pipelines, self._id, self._replicas = num_input_pipelines, input_pipeline_id, num_replicas_in_sync

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas step together."""
        return self._replicas

    @property
    def input_pipeline_id(self) -> int:
        """The number of the dataset."""
        return self._id

    @property
    def num_input_pipelines(self) -> int:
        """How many datasets there are."""
        return self._pipelines

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """A replica's share of a batch. Raises ValueError where the batch cannot be divided."""
        if global_batch_size % self._replicas:
            raise ValueError(f"The `global_batch_size` {global_batch_size!r} is not divisible by "
                             f"`num_replicas_in_sync` {self._replicas!r} ")
        return global_batch_size // self._replicas

    def __str__(self) -> str:
        return f"tf.distribute.InputContext(input pipeline id {self._id}, total: {self._pipelines})"


@final
@public("distribute.experimental.ValueContext")
class ValueContext:
    """What a function that makes a value for a replica may want to know: which of how many it makes."""

    def __init__(self, replica_id_in_sync_group: int = 0, num_replicas_in_sync: int = 1) -> None:
        self._id, self._replicas = replica_id_in_sync_group, num_replicas_in_sync

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas step together."""
        return self._replicas

    @property
    def replica_id_in_sync_group(self) -> int:
        """The number of the replica."""
        return self._id

    def __str__(self) -> str:
        return (f"tf.distribute.ValueContext(replica id {self._id},  total replicas in sync: {self._replicas})")
