"""The public names of `hornbeam.v1.linalg.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.linalg.experimental import conjugate_gradient as conjugate_gradient
