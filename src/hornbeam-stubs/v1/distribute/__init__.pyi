"""The public names of `hornbeam.v1.distribute`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.distribute import CrossDeviceOps as CrossDeviceOps
from hornbeam.distribute import HierarchicalCopyAllReduce as HierarchicalCopyAllReduce
from hornbeam.distribute import InputContext as InputContext
from hornbeam.distribute import NcclAllReduce as NcclAllReduce
from hornbeam.distribute import ReduceOp as ReduceOp
from hornbeam.distribute import ReductionToOneDevice as ReductionToOneDevice
from hornbeam.v1.distribute import cluster_resolver as cluster_resolver
from hornbeam.v1.distribute import experimental as experimental
