"""The public names of `hornbeam.v1.contrib.layers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.adapters.initializers import variance_scaling_initializer as variance_scaling_initializer
from hornbeam.v1.adapters.initializers import xavier_initializer as xavier_initializer

xavier_initializer_conv2d = xavier_initializer
