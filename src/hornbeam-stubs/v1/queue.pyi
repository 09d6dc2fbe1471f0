"""The public names of `hornbeam.v1.queue`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.queue import QueueBase as QueueBase
from hornbeam.v1 import FIFOQueue as FIFOQueue
from hornbeam.v1 import PaddingFIFOQueue as PaddingFIFOQueue
from hornbeam.v1 import PriorityQueue as PriorityQueue
from hornbeam.v1 import RandomShuffleQueue as RandomShuffleQueue
