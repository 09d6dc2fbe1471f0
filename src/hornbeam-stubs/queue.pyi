"""The public names of `hornbeam.queue`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.queues import FIFOQueue as FIFOQueue
from hornbeam.ops.queues import PaddingFIFOQueue as PaddingFIFOQueue
from hornbeam.ops.queues import PriorityQueue as PriorityQueue
from hornbeam.ops.queues import QueueBase as QueueBase
from hornbeam.ops.queues import RandomShuffleQueue as RandomShuffleQueue
