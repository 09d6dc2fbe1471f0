"""The public names of `hornbeam.v1.contrib.slim.nets.resnet_v1`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.residual import bottleneck_v1 as _bottleneck
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1 as resnet_v1
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1_101 as resnet_v1_101
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1_152 as resnet_v1_152
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1_200 as resnet_v1_200
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1_50 as resnet_v1_50
from hornbeam.v1.contrib.slim.nets.residual import resnet_v1_block as resnet_v1_block
from hornbeam.v1.contrib.slim.nets.resnet_utils import resnet_arg_scope as resnet_arg_scope

bottleneck = _bottleneck
