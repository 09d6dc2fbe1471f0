"""The public names of `hornbeam.v1.types`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.types import experimental as experimental
