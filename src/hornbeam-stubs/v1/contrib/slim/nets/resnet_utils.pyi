"""The public names of `hornbeam.v1.contrib.slim.nets.resnet_utils`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.residual import Block as Block
from hornbeam.v1.contrib.slim.nets.residual import conv2d_same as conv2d_same
from hornbeam.v1.contrib.slim.nets.residual import resnet_arg_scope as resnet_arg_scope
from hornbeam.v1.contrib.slim.nets.residual import stack_blocks_dense as stack_blocks_dense
from hornbeam.v1.contrib.slim.nets.residual import subsample as subsample
