"""The public names of `hornbeam.nn.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.nn import general_dropout as general_dropout
from hornbeam.ops.nn import stateless_dropout as stateless_dropout
