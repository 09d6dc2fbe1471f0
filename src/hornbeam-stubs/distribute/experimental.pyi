"""The public names of `hornbeam.distribute.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.distribute.contexts import ValueContext as ValueContext
