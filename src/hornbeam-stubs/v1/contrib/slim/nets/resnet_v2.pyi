"""The public names of `hornbeam.v1.contrib.slim.nets.resnet_v2`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets.residual import bottleneck_v2 as _bottleneck
from hornbeam.v1.contrib.slim.nets.residual import resnet_v2 as resnet_v2
from hornbeam.v1.contrib.slim.nets.residual import resnet_v2_101 as resnet_v2_101
from hornbeam.v1.contrib.slim.nets.residual import resnet_v2_152 as resnet_v2_152
from hornbeam.v1.contrib.slim.nets.residual import resnet_v2_200 as resnet_v2_200
from hornbeam.v1.contrib.slim.nets.residual import resnet_v2_50 as resnet_v2_50
from hornbeam.v1.contrib.slim.nets.residual import resnet_v2_block as resnet_v2_block
from hornbeam.v1.contrib.slim.nets.resnet_utils import resnet_arg_scope as resnet_arg_scope

bottleneck = _bottleneck
