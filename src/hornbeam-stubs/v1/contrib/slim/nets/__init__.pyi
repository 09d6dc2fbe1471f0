"""The public names of `hornbeam.v1.contrib.slim.nets`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.nets import alexnet as alexnet
from hornbeam.v1.contrib.slim.nets import inception as inception
from hornbeam.v1.contrib.slim.nets import inception_v1 as inception_v1
from hornbeam.v1.contrib.slim.nets import inception_v3 as inception_v3
from hornbeam.v1.contrib.slim.nets import overfeat as overfeat
from hornbeam.v1.contrib.slim.nets import resnet_utils as resnet_utils
from hornbeam.v1.contrib.slim.nets import resnet_v1 as resnet_v1
from hornbeam.v1.contrib.slim.nets import resnet_v2 as resnet_v2
from hornbeam.v1.contrib.slim.nets import vgg as vgg
