"""The public names of `hornbeam.v1.train.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train.experimental import PythonState as PythonState
