"""The public names of `hornbeam.v1.summary`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.graph.messages.event_pb2 import TaggedRunMetadata as TaggedRunMetadata
from hornbeam.graph.messages.summary_pb2 import SummaryDescription as SummaryDescription
from hornbeam.train.file_writer import FileWriter as FileWriter
from hornbeam.train.file_writer import FileWriterCache as FileWriterCache
from hornbeam.v1 import Event as Event
from hornbeam.v1 import SessionLog as SessionLog
from hornbeam.v1 import Summary as Summary
from hornbeam.v1.adapters.summary import audio as audio
from hornbeam.v1.adapters.summary import get_summary_description as get_summary_description
from hornbeam.v1.adapters.summary import histogram as histogram
from hornbeam.v1.adapters.summary import image as image
from hornbeam.v1.adapters.summary import merge as merge
from hornbeam.v1.adapters.summary import merge_all as merge_all
from hornbeam.v1.adapters.summary import scalar as scalar
from hornbeam.v1.adapters.summary import tensor_summary as tensor_summary
from hornbeam.v1.adapters.summary import text as text
from hornbeam.v1.contrib.summary import all_summary_ops as _all_v2_summary_ops
from hornbeam.v1.contrib.summary import initialize as initialize

all_v2_summary_ops = _all_v2_summary_ops
