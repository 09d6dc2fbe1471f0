"""The public names of `hornbeam.nest`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.graph.nest import assert_same_structure as assert_same_structure
from hornbeam.graph.nest import flatten as flatten
from hornbeam.graph.nest import is_nested as is_nested
from hornbeam.graph.nest import map_structure as map_structure
from hornbeam.graph.nest import pack_sequence_as as pack_sequence_as
