"""The public names of `hornbeam.v1.compat`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.compat import as_bytes as as_bytes
from hornbeam.compat import as_str as _as_text
from hornbeam.compat import as_str as as_str
from hornbeam.compat import as_str_any as as_str_any
from hornbeam.compat import bytes_or_text_types as bytes_or_text_types
from hornbeam.compat import complex_types as complex_types
from hornbeam.compat import dimension_at_index as dimension_at_index
from hornbeam.compat import dimension_value as dimension_value
from hornbeam.compat import forward_compatibility_horizon as forward_compatibility_horizon
from hornbeam.compat import forward_compatible as forward_compatible
from hornbeam.compat import integral_types as integral_types
from hornbeam.compat import path_to_str as path_to_str
from hornbeam.compat import real_types as real_types
from hornbeam.compat import v1 as v1
from hornbeam.compat import v2 as v2

as_text = _as_text
