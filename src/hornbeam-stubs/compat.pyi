"""The public names of `hornbeam.compat`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.graph.shapes import dimension_at_index as dimension_at_index
from hornbeam.graph.shapes import dimension_value as dimension_value
from hornbeam.runtime.compat import as_bytes as as_bytes
from hornbeam.runtime.compat import as_str_any as as_str_any
from hornbeam.runtime.compat import as_text as _as_str
from hornbeam.runtime.compat import forward_compatibility_horizon as forward_compatibility_horizon
from hornbeam.runtime.compat import forward_compatible as forward_compatible
from hornbeam.runtime.compat import path_to_str as path_to_str
import hornbeam as _v2
import hornbeam.v1 as _v1

as_str = _as_str
as_text = as_str
bytes_or_text_types: tuple
complex_types: tuple
integral_types: tuple
real_types: tuple
v1 = _v1
v2 = _v2
