"""The public names of `hornbeam.v1.contrib`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib import layers as layers
