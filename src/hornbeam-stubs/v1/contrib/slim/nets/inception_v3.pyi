"""The public names of `hornbeam.v1.contrib.slim.nets.inception_v3`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.inception import inception_v3 as inception_v3
from hornbeam.v1.contrib.slim.nets.inception import inception_v3_arg_scope as inception_v3_arg_scope
from hornbeam.v1.contrib.slim.nets.inception import inception_v3_base as inception_v3_base
