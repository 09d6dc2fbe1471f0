"""The public names of `hornbeam.summary.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train.summary_writer import get_step as get_step
from hornbeam.train.summary_writer import set_step as set_step
from hornbeam.train.summary_writer import summary_scope as summary_scope
from hornbeam.train.summary_writer import write_raw_pb as write_raw_pb
