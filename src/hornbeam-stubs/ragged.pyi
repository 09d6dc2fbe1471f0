"""The public names of `hornbeam.ragged`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.ragged import boolean_mask as boolean_mask
from hornbeam.ops.ragged import constant as constant
from hornbeam.ops.ragged import ragged_range as _range
from hornbeam.ops.ragged import stack as stack
from hornbeam.ops.ragged_calls import map_flat_values as map_flat_values

range = _range
