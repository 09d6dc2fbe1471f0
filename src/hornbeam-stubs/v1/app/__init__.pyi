"""The public names of `hornbeam.v1.app`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.adapters.command_line import run as run
from hornbeam.v1.app import flags as flags
