"""The public names of `hornbeam.v1.nn.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.nn.experimental import general_dropout as general_dropout
from hornbeam.nn.experimental import stateless_dropout as stateless_dropout
