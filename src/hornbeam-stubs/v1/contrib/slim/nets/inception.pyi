"""The public names of `hornbeam.v1.contrib.slim.nets.inception`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.inception_one import inception_v1 as inception_v1
from hornbeam.v1.contrib.slim.nets.inception_one import inception_v1_arg_scope as inception_v1_arg_scope
from hornbeam.v1.contrib.slim.nets.inception_one import inception_v1_base as inception_v1_base
from hornbeam.v1.contrib.slim.nets.inception_three import inception_v3 as inception_v3
from hornbeam.v1.contrib.slim.nets.inception_three import inception_v3_arg_scope as inception_v3_arg_scope
from hornbeam.v1.contrib.slim.nets.inception_three import inception_v3_base as inception_v3_base
