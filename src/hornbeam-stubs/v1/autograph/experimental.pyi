"""The public names of `hornbeam.v1.autograph.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.autograph.experimental import Feature as Feature
from hornbeam.autograph.experimental import do_not_convert as do_not_convert
from hornbeam.autograph.experimental import set_loop_options as set_loop_options
