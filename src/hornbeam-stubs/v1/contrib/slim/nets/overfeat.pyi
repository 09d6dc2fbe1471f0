"""The public names of `hornbeam.v1.contrib.slim.nets.overfeat`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.plain import overfeat as overfeat
from hornbeam.v1.contrib.slim.nets.plain import overfeat_arg_scope as overfeat_arg_scope
