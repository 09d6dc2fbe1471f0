"""The public names of `hornbeam.v1.contrib.slim.nets.alexnet`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.plain import alexnet_v2 as alexnet_v2
from hornbeam.v1.contrib.slim.nets.plain import alexnet_v2_arg_scope as alexnet_v2_arg_scope
