"""The public names of `hornbeam.v1.graph_util`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import import_graph_def as import_graph_def
