"""The public names of `hornbeam.types`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.types import experimental as experimental
