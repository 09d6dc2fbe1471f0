"""Strategies of one replica: variables, datasets and values are as they are without a strategy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from hornbeam.distribute.contexts import InputContext, ReplicaContext, ValueContext, entered, has_strategy, set_default
from hornbeam.distribute.reduction import CrossDeviceOps, ReduceOp, reduce_op
from hornbeam.graph import nest
from hornbeam.graph.names import public
from hornbeam.ops.reduce import reduce_mean, reduce_sum
from hornbeam.runtime.device_spec import DeviceSpec
from hornbeam.runtime.graph_functions import device
from hornbeam.runtime.physical_devices import list_logical_devices

_HOST = "/job:localhost/replica:0/task:0"


def _full_name(name: str) -> str:
    spec = DeviceSpec.from_string(name)
    return f"{_HOST}/device:{spec.device_type or 'CPU'}:{spec.device_index or 0}"


def _first_device() -> str:
    """The first accelerator, else the CPU."""
    found = list_logical_devices()
    return next((d.name for d in found if d.device_type != "CPU"), "/device:CPU:0")


@public(v2=("distribute.RunOptions",))
class RunOptions:
    """How `Strategy.run` runs: these speak of TPUs' dynamic shapes and of XLA, and change nothing here."""

    def __init__(self, experimental_enable_dynamic_batch_size: bool = True,
                 experimental_bucketizing_dynamic_shape: bool = False, experimental_xla_options: Any = None) -> None:
        self.experimental_enable_dynamic_batch_size = experimental_enable_dynamic_batch_size
        self.experimental_bucketizing_dynamic_shape = experimental_bucketizing_dynamic_shape
        self.experimental_xla_options = experimental_xla_options


@public(v2=("distribute.StrategyExtended",))
class StrategyExtended:
    """What optimizers and other libraries ask of a strategy: `strategy.extended`."""

    def __init__(self, container_strategy: Any) -> None:
        self._strategy = container_strategy

    @property
    def worker_devices(self) -> tuple[str, ...]:
        """The names of the devices that compute."""
        return (self._strategy._device,)

    @property
    def parameter_devices(self) -> tuple[str, ...]:
        """The names of the devices that hold variables."""
        return (self._strategy._device,)

    @property
    def experimental_require_static_shapes(self) -> bool:
        """Whether shapes must be known: no."""
        return False

    def colocate_vars_with(self, colocate_with_variable: Any) -> AbstractContextManager[Any]:
        """Within, variables are made where another one is."""
        return nullcontext()

    def variable_created_in_scope(self, v: Any) -> bool:
        """Whether this strategy can hold the variable: of one device, any."""
        return True

    def non_slot_devices(self, var_list: Sequence[Any]) -> Any:
        """Where variables that belong to none of `var_list` are."""
        return self.parameter_devices

    def reduce_to(self, reduce_op: Any, value: Any, destinations: Any, options: Any = None) -> Any:
        """The replicas' values as one."""
        return self._strategy.reduce(reduce_op, value, None)

    def batch_reduce_to(self, reduce_op: Any, value_destination_pairs: Sequence[tuple[Any, Any]],
                        options: Any = None) -> list[Any]:
        """The same of several values."""
        return [self.reduce_to(reduce_op, value, place, options) for value, place in value_destination_pairs]

    def broadcast_to(self, tensor: Any, destinations: Any) -> Any:
        """A value for each replica."""
        return tensor

    def update(self, var: Any, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True) -> Any:
        """`fn(var, *args, **kwargs)`, which changes the variable wherever it is held."""
        found = fn(var, *args, **(kwargs or {}))
        return found if group else (found,)

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """As `Strategy.run`."""
        return self._strategy.run(fn, args, kwargs)


@public(v2=("distribute.Strategy",))
class Strategy:
    """On which devices a program trains; the base of the kinds below, each of one replica here.

    >>> strategy = OneDeviceStrategy("/cpu:0")
    >>> with strategy.scope():
    ...     print(strategy.num_replicas_in_sync)
    1
    >>> strategy.reduce("MEAN", [1.0, 3.0], axis=0).numpy().item()
    2.0
    """

    _device = f"{_HOST}/device:CPU:0"

    def __init__(self, extended: Any) -> None:
        self._extended = extended

    @property
    def extended(self) -> Any:
        """What libraries ask of it."""
        return self._extended

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas step together: one."""
        return 1

    @property
    def cluster_resolver(self) -> Any:
        """What knows of other machines: None."""
        return None

    def scope(self) -> AbstractContextManager[Any]:
        """Within, `get_strategy()` is this strategy. Raises RuntimeError in the scope of another one."""
        return self._scope()

    @contextmanager
    def _scope(self) -> Iterator[Any]:
        with entered(self, None), device(self._device):
            yield self

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        """`fn(*args, **kwargs)` in each replica: its results, which of one replica are as they are."""
        with entered(self, ReplicaContext(self, 0)), device(self._device):
            return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: Any, value: Any, axis: Any) -> Any:
        """The replicas' values as one, their sum or mean; with an axis, along that too.

        reduce_op: a `ReduceOp` or its name; ValueError for another. value: a structure of tensors.
        """
        along = _reduction(reduce_op)
        if axis is None:
            return value
        if isinstance(axis, (list, tuple)) and isinstance(value, (list, tuple)):
            return nest.pack_sequence_as(value, [x if a is None else along(x, axis=a) for x, a in
                                                 zip(nest.flatten(value), axis, strict=True)])
        return along(value, axis=axis) if isinstance(value, list) else \
            nest.map_structure(lambda x: along(x, axis=axis), value)

    def gather(self, value: Any, axis: int) -> Any:
        """The replicas' values one after the other along an axis."""
        return value

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """The value of each replica on this machine."""
        return (value,)

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """A dataset with each replica's share of every batch: of one replica, as it is."""
        if not hasattr(dataset, "element_spec"):
            raise TypeError(f"a dataset is distributed, not {dataset!r}")
        return dataset

    def distribute_datasets_from_function(self, dataset_fn: Callable[[InputContext], Any], options: Any = None) -> Any:
        """The dataset that `dataset_fn(input_context)` makes, with a replica's batches."""
        return self.experimental_distribute_dataset(dataset_fn(InputContext(1, 0, self.num_replicas_in_sync)))

    def experimental_distribute_datasets_from_function(self, dataset_fn: Callable[[InputContext], Any],
                                                       options: Any = None) -> Any:
        """The older name of `distribute_datasets_from_function`."""
        return self.distribute_datasets_from_function(dataset_fn, options)

    def experimental_distribute_values_from_function(self, value_fn: Callable[[ValueContext], Any]) -> Any:
        """What `value_fn(value_context)` gives for each replica."""
        return value_fn(ValueContext(0, self.num_replicas_in_sync))

    def __deepcopy__(self, memo: Any) -> Any:
        raise ValueError("You can only deepcopy a distribution strategy by making another one")


def _reduction(name: Any) -> Callable[..., Any]:
    return reduce_sum if reduce_op(name) is ReduceOp.SUM else reduce_mean


class _Default(Strategy):
    """The one where no other is: its scope and its `run` change nothing."""

    def __init__(self) -> None:
        super().__init__(StrategyExtended(self))

    @contextmanager
    def _scope(self) -> Iterator[Any]:
        if has_strategy():
            with entered(self, None):  # which refuses
                pass
        yield self

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        return fn(*args, **(kwargs or {}))


set_default(_Default())


@public(v2=("distribute.OneDeviceStrategy",))
class OneDeviceStrategy(Strategy):
    """One replica, on the device of this name."""

    def __init__(self, device: str) -> None:
        super().__init__(StrategyExtended(self))
        self._device = _full_name(device)


@public(v2=("distribute.MirroredStrategy",))
class MirroredStrategy(Strategy):
    """A replica on each device of a machine, here on one.

    devices: its name, in a list; by default the first accelerator, else the CPU. cross_device_ops: how devices exchange
    values, which one does not. Raises ValueError for several devices and for none.
    """

    def __init__(self, devices: Sequence[str] | None = None, cross_device_ops: CrossDeviceOps | None = None) -> None:
        super().__init__(StrategyExtended(self))
        given = [_first_device()] if devices is None else [devices] if isinstance(devices, str) else list(devices)
        if not given:
            raise ValueError("Got an empty `devices` list and unable to recognize any local devices.")
        if len(given) > 1:
            raise ValueError(f"a program trains on one device, and {len(given)} were asked for: {', '.join(given)}")
        self._device = _full_name(given[0])
