"""The public names of `hornbeam.summary`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.summary import experimental as experimental
from hornbeam.train.summary_functions import audio as audio
from hornbeam.train.summary_functions import histogram as histogram
from hornbeam.train.summary_functions import image as image
from hornbeam.train.summary_functions import scalar as scalar
from hornbeam.train.summary_functions import text as text
from hornbeam.train.summary_traces import trace_export as trace_export
from hornbeam.train.summary_traces import trace_off as trace_off
from hornbeam.train.summary_traces import trace_on as trace_on
from hornbeam.train.summary_writer import SummaryWriter as SummaryWriter
from hornbeam.train.summary_writer import create_file_writer as create_file_writer
from hornbeam.train.summary_writer import create_noop_writer as create_noop_writer
from hornbeam.train.summary_writer import flush as flush
from hornbeam.train.summary_writer import graph as graph
from hornbeam.train.summary_writer import record_if as record_if
from hornbeam.train.summary_writer import should_record_summaries as should_record_summaries
from hornbeam.train.summary_writer import write as write
