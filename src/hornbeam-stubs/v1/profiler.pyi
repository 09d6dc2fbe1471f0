"""The public names of `hornbeam.v1.profiler`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.graph.messages.tfprof_output_pb2 import GraphNodeProto as GraphNodeProto
from hornbeam.graph.messages.tfprof_output_pb2 import MultiGraphNodeProto as MultiGraphNodeProto
from hornbeam.v1.profiler.options import ProfileOptionBuilder as ProfileOptionBuilder
from hornbeam.v1.profiler.reports import profile as profile
