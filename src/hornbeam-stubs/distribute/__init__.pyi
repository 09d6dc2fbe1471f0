"""The public names of `hornbeam.distribute`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.distribute import cluster_resolver as cluster_resolver
from hornbeam.distribute import experimental as experimental
from hornbeam.distribute.contexts import InputContext as InputContext
from hornbeam.distribute.contexts import ReplicaContext as ReplicaContext
from hornbeam.distribute.contexts import experimental_set_strategy as experimental_set_strategy
from hornbeam.distribute.contexts import get_replica_context as get_replica_context
from hornbeam.distribute.contexts import get_strategy as get_strategy
from hornbeam.distribute.contexts import has_strategy as has_strategy
from hornbeam.distribute.contexts import in_cross_replica_context as in_cross_replica_context
from hornbeam.distribute.reduction import CrossDeviceOps as CrossDeviceOps
from hornbeam.distribute.reduction import HierarchicalCopyAllReduce as HierarchicalCopyAllReduce
from hornbeam.distribute.reduction import NcclAllReduce as NcclAllReduce
from hornbeam.distribute.reduction import ReduceOp as ReduceOp
from hornbeam.distribute.reduction import ReductionToOneDevice as ReductionToOneDevice
from hornbeam.distribute.strategy import MirroredStrategy as MirroredStrategy
from hornbeam.distribute.strategy import OneDeviceStrategy as OneDeviceStrategy
from hornbeam.distribute.strategy import RunOptions as RunOptions
from hornbeam.distribute.strategy import Strategy as Strategy
from hornbeam.distribute.strategy import StrategyExtended as StrategyExtended
