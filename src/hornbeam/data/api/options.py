"""`data.Options`: what a program says of how its datasets may be computed."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, ClassVar

from hornbeam.data.pipeline.node import AUTOTUNE, INFINITE, UNKNOWN
from hornbeam.graph.names import public, register

register(AUTOTUNE, ("data.experimental.AUTOTUNE", "data.AUTOTUNE"), v1=("contrib.data.AUTOTUNE",))
register(INFINITE, ("data.INFINITE_CARDINALITY", "data.experimental.INFINITE_CARDINALITY"))
register(UNKNOWN, ("data.UNKNOWN_CARDINALITY", "data.experimental.UNKNOWN_CARDINALITY"))
register(-1, ("data.experimental.SHARD_HINT",))


@public("data.experimental.AutoShardPolicy")
class AutoShardPolicy(enum.IntEnum):
    """How a dataset is divided among workers."""

    OFF = -1
    AUTO = 0
    FILE = 1
    DATA = 2
    HINT = 3


@public("data.experimental.ExternalStatePolicy")
class ExternalStatePolicy(enum.Enum):
    """What happens where a dataset's state lies outside it while its position is saved."""

    WARN = 0
    IGNORE = 1
    FAIL = 2


@public("data.experimental.AutotuneAlgorithm")
class AutotuneAlgorithm(enum.Enum):
    """How numbers of threads and buffers would be tuned."""

    DEFAULT = 0
    HILL_CLIMB = 1
    GRADIENT_DESCENT = 2
    MAX_PARALLELISM = 3
    STAGE_BASED = 4


class _Option:
    """One option: None until it is set, and only to a value of its type."""

    def __init__(self, name: str, kind: Any) -> None:
        self.name, self.kind = name, kind

    def __get__(self, options: Any, owner: Any = None) -> Any:
        return self if options is None else options._values.get(self.name)

    def __set__(self, options: Any, value: Any) -> None:
        if value is not None and not isinstance(value, self.kind):
            raise TypeError(f"The option {self.name!r} must be of type {self.kind}, but is {value!r}.")
        options._values[self.name] = value


class OptionsBase:
    """A group of options. `_options` says each option's type; None means that it was not set."""

    _options: ClassVar[Mapping[str, Any]] = {}
    _spellings: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        for name, kind in cls._options.items():
            setattr(cls, name, _Option(name, kind))
        for older, name in cls._spellings.items():
            setattr(cls, older, _Option(name, cls._options[name]))

    def __init__(self) -> None:
        object.__setattr__(self, "_values", {
            name: kind() for name, kind in self._options.items() if issubclass(kind, OptionsBase)})

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._options and name not in self._spellings:
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        object.__setattr__(self, name, value)

    def merged(self, other: OptionsBase) -> Any:
        """These options, with those that `other` sets in their place."""
        made = type(self)()
        for name in self._options:
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(made, name, mine.merged(theirs) if isinstance(mine, OptionsBase) else
                    mine if theirs is None else theirs)
        return made

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and all(getattr(self, n) == getattr(other, n) for n in self._options)

    __hash__ = None  # type: ignore[assignment]


@public("data.experimental.AutotuneOptions")
class AutotuneOptions(OptionsBase):
    """Options of automatic tuning: accepted, nothing is tuned by itself."""

    _options: ClassVar = {"autotune_algorithm": AutotuneAlgorithm, "cpu_budget": int, "enabled": bool,
                          "initial_parallelism": int, "min_parallelism": int, "ram_budget": int}


@public("data.experimental.DistributeOptions")
class DistributeOptions(OptionsBase):
    """Options of datasets that are divided among workers."""

    _options: ClassVar = {"auto_shard_policy": AutoShardPolicy, "num_devices": int}


@public("data.experimental.OptimizationOptions")
class OptimizationOptions(OptionsBase):
    """Options of rewriting a dataset: accepted. What runs on many elements at once gives the same results."""

    _options: ClassVar = dict.fromkeys((
        "apply_default_optimizations", "filter_fusion", "filter_parallelization", "inject_prefetch",
        "map_and_batch_fusion", "map_and_filter_fusion", "map_fusion", "map_parallelization", "noop_elimination",
        "parallel_batch", "seq_interleave_prefetch", "shuffle_and_repeat_fusion"), bool)


@public("data.experimental.ThreadingOptions", "data.ThreadingOptions")
class ThreadingOptions(OptionsBase):
    """Options of threads: accepted."""

    _options: ClassVar = {"max_intra_op_parallelism": int, "private_threadpool_size": int}


@public("data.experimental.ServiceOptions")
class ServiceOptions(OptionsBase):
    """Options of a dataset service: accepted."""

    _options: ClassVar = {"pinned": bool}


_GROUPS = {"autotune": AutotuneOptions, "experimental_distribute": DistributeOptions,
           "experimental_optimization": OptimizationOptions, "experimental_service": ServiceOptions,
           "threading": ThreadingOptions}


@public("data.Options")
class Options(OptionsBase):
    """Options of a dataset, for `with_options`. An option that is not set is None; an unknown one AttributeError.

    deterministic: whether elements come in one order whatever the threads do; they do anyway.

    >>> options = Options()
    >>> options.deterministic = False
    >>> options.deterministic
    False
    """

    _options: ClassVar = {
        **_GROUPS, "dataset_name": str, "deterministic": bool,
        "experimental_external_state_policy": ExternalStatePolicy, "experimental_slack": bool,
        "experimental_symbolic_checkpoint": bool, "experimental_warm_start": bool, "framework_type": list}
    _spellings: ClassVar = {"experimental_deterministic": "deterministic", "experimental_threading": "threading"}

    def merge(self, options: Any) -> Options:
        """These options, with those that `options` sets in their place."""
        return self.merged(options)
