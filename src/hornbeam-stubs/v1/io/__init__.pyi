"""The public names of `hornbeam.v1.io`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.io import gfile as gfile
