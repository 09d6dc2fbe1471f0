"""The public names of `hornbeam.v1.contrib.tensorboard`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.tensorboard import plugins as plugins
