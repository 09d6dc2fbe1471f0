"""The public names of `hornbeam.linalg.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.conjugate_gradient import conjugate_gradient as conjugate_gradient
