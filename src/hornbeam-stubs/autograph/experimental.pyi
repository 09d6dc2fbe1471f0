"""The public names of `hornbeam.autograph.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.autograph.public import Feature as Feature
from hornbeam.autograph.public import do_not_convert as do_not_convert
from hornbeam.autograph.public import set_loop_options as set_loop_options
