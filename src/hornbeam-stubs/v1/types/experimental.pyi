"""The public names of `hornbeam.v1.types.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.types.experimental import TensorLike as TensorLike
