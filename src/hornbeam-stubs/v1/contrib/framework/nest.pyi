"""The public names of `hornbeam.v1.contrib.framework.nest`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.nest import assert_same_structure as assert_same_structure
from hornbeam.nest import flatten as flatten
from hornbeam.nest import is_nested as is_nested
from hornbeam.nest import map_structure as map_structure
from hornbeam.nest import pack_sequence_as as pack_sequence_as
