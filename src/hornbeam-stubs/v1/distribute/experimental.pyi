"""The public names of `hornbeam.v1.distribute.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.distribute.experimental import ValueContext as ValueContext
