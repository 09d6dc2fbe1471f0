"""The public names of `hornbeam.v1.contrib.checkpoint`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train import CheckpointManager as CheckpointManager
