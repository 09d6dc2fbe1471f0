"""The public names of `hornbeam.v1.autograph`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.autograph import set_verbosity as set_verbosity
from hornbeam.autograph import trace as trace
from hornbeam.autograph.public import to_code_v1 as _to_code
from hornbeam.autograph.public import to_graph_v1 as _to_graph
from hornbeam.v1.autograph import experimental as experimental

to_code = _to_code
to_graph = _to_graph
