"""The public names of `hornbeam.train.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train.checkpoints.trackables import PythonState as PythonState
