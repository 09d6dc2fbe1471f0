"""The public names of `hornbeam.io`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.io import gfile as gfile
