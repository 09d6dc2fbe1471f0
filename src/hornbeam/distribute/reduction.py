"""How the values of several replicas become one."""

from __future__ import annotations

import enum

from hornbeam.graph.names import public


@public("distribute.ReduceOp")
class ReduceOp(enum.Enum):
    """Sum or mean.

    >>> ReduceOp("SUM") is ReduceOp.SUM
    True
    """

    SUM = "SUM"
    MEAN = "MEAN"

    @staticmethod
    def from_variable_aggregation(aggregation: object) -> ReduceOp:
        """The one for a `VariableAggregation`. Raises ValueError for one that is neither."""
        name = getattr(aggregation, "name", aggregation)
        if name not in ("SUM", "MEAN"):
            raise ValueError(f"Could not convert from `tf.VariableAggregation` {aggregation} to "
                             "`tf.distribute.ReduceOp` type")
        return ReduceOp(name)


def reduce_op(given: object) -> ReduceOp:
    """A `ReduceOp` or its name in any case. Raises ValueError for other values."""
    return given if isinstance(given, ReduceOp) else ReduceOp(str(given).upper())


@public("distribute.CrossDeviceOps")
class CrossDeviceOps:
    """How replicas on several devices exchange values. One device exchanges none, so that the kinds do not differ."""


@public("distribute.ReductionToOneDevice")
class ReductionToOneDevice(CrossDeviceOps):
    """Values are brought to one device and reduced there.

    reduce_to_device: its name. accumulation_fn: what adds them.
    """

    def __init__(self, reduce_to_device: str | None = None, accumulation_fn: object = None) -> None:
        self.reduce_to_device, self.accumulation_fn = reduce_to_device, accumulation_fn


@public("distribute.NcclAllReduce")
class NcclAllReduce(CrossDeviceOps):
    """Values are reduced by the devices together.

    num_packs: into how many parts they are put. Raises ValueError for a negative number.
    """

    def __init__(self, num_packs: int = 1) -> None:
        if num_packs < 0:
            raise ValueError(f"NCCL all-reduce requires num_packs >= 0, but {num_packs} is specified")
        self.num_packs = num_packs


@public("distribute.HierarchicalCopyAllReduce")
class HierarchicalCopyAllReduce(NcclAllReduce):
    """Values are reduced in groups of devices first."""

    def __init__(self, num_packs: int = 1) -> None:
        if num_packs < 0:
            raise ValueError(f"HierarchicalCopy requires num_packs >= 0, but {num_packs} is specified")
        super().__init__(num_packs)
