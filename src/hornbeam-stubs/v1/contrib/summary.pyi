"""The public names of `hornbeam.v1.contrib.summary`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.summary import SummaryWriter as SummaryWriter
from hornbeam.summary import flush as flush
from hornbeam.v1.adapters.summary import all_v2_summary_ops as _all_summary_ops
from hornbeam.v1.adapters.summary import initialize as initialize
from hornbeam.v1.contrib.summary.writing import always_record_summaries as always_record_summaries
from hornbeam.v1.contrib.summary.writing import audio as audio
from hornbeam.v1.contrib.summary.writing import create_file_writer as create_file_writer
from hornbeam.v1.contrib.summary.writing import eval_dir as eval_dir
from hornbeam.v1.contrib.summary.writing import generic as generic
from hornbeam.v1.contrib.summary.writing import graph as graph
from hornbeam.v1.contrib.summary.writing import histogram as histogram
from hornbeam.v1.contrib.summary.writing import image as image
from hornbeam.v1.contrib.summary.writing import import_event as import_event
from hornbeam.v1.contrib.summary.writing import never_record_summaries as never_record_summaries
from hornbeam.v1.contrib.summary.writing import record_summaries_every_n_global_steps as record_summaries_every_n_global_steps
from hornbeam.v1.contrib.summary.writing import scalar as scalar
from hornbeam.v1.contrib.summary.writing import should_record_summaries as should_record_summaries
from hornbeam.v1.contrib.summary.writing import summary_writer_initializer_op as summary_writer_initializer_op

all_summary_ops = _all_summary_ops
create_summary_file_writer = create_file_writer
