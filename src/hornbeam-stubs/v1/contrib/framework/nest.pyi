"""The public names of `hornbeam.v1.contrib.framework.nest`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.nest import assert_same_structure as assert_same_structure
from hornbeam.nest import flatten as flatten
from hornbeam.nest import is_nested as is_nested
from hornbeam.nest import map_structure as map_structure
from hornbeam.nest import pack_sequence_as as pack_sequence_as
from hornbeam.v1.contrib.framework.nests import assert_shallow_structure as assert_shallow_structure
from hornbeam.v1.contrib.framework.nests import flatten_dict_items as flatten_dict_items
from hornbeam.v1.contrib.framework.nests import flatten_up_to as flatten_up_to
from hornbeam.v1.contrib.framework.nests import flatten_with_joined_string_paths as flatten_with_joined_string_paths
from hornbeam.v1.contrib.framework.nests import flatten_with_tuple_paths as flatten_with_tuple_paths
from hornbeam.v1.contrib.framework.nests import flatten_with_tuple_paths_up_to as flatten_with_tuple_paths_up_to
from hornbeam.v1.contrib.framework.nests import get_traverse_shallow_structure as get_traverse_shallow_structure
from hornbeam.v1.contrib.framework.nests import is_sequence as is_sequence
from hornbeam.v1.contrib.framework.nests import is_sequence_or_composite as is_sequence_or_composite
from hornbeam.v1.contrib.framework.nests import map_structure_up_to as map_structure_up_to
from hornbeam.v1.contrib.framework.nests import map_structure_with_paths as map_structure_with_paths
from hornbeam.v1.contrib.framework.nests import map_structure_with_tuple_paths as map_structure_with_tuple_paths
from hornbeam.v1.contrib.framework.nests import map_structure_with_tuple_paths_up_to as map_structure_with_tuple_paths_up_to
from hornbeam.v1.contrib.framework.nests import yield_flat_paths as yield_flat_paths
