"""The public names of `hornbeam.keras.tree`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.tree.structures import MAP_TO_NONE as MAP_TO_NONE
from hornbeam.keras.tree.structures import assert_same_paths as assert_same_paths
from hornbeam.keras.tree.structures import assert_same_structure as assert_same_structure
from hornbeam.keras.tree.structures import flatten as flatten
from hornbeam.keras.tree.structures import flatten_with_path as flatten_with_path
from hornbeam.keras.tree.structures import is_nested as is_nested
from hornbeam.keras.tree.structures import lists_to_tuples as lists_to_tuples
from hornbeam.keras.tree.structures import map_shape_structure as map_shape_structure
from hornbeam.keras.tree.structures import map_structure as map_structure
from hornbeam.keras.tree.structures import map_structure_up_to as map_structure_up_to
from hornbeam.keras.tree.structures import pack_sequence_as as pack_sequence_as
from hornbeam.keras.tree.structures import traverse as traverse
