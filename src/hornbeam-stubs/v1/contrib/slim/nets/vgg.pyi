"""The public names of `hornbeam.v1.contrib.slim.nets.vgg`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.plain import vgg_16 as vgg_16
from hornbeam.v1.contrib.slim.nets.plain import vgg_19 as vgg_19
from hornbeam.v1.contrib.slim.nets.plain import vgg_a as vgg_a
from hornbeam.v1.contrib.slim.nets.plain import vgg_arg_scope as vgg_arg_scope

vgg_d = vgg_16
vgg_e = vgg_19
