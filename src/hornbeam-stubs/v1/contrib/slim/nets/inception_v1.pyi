"""The public names of `hornbeam.v1.contrib.slim.nets.inception_v1`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.inception import inception_v1 as inception_v1
from hornbeam.v1.contrib.slim.nets.inception import inception_v1_arg_scope as inception_v1_arg_scope
from hornbeam.v1.contrib.slim.nets.inception import inception_v1_base as inception_v1_base
