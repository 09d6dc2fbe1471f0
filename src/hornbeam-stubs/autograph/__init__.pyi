"""The public names of `hornbeam.autograph`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.autograph import experimental as experimental
from hornbeam.autograph.public import set_verbosity as set_verbosity
from hornbeam.autograph.public import to_code as to_code
from hornbeam.autograph.public import to_graph as to_graph
from hornbeam.autograph.public import trace as trace
