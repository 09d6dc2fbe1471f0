"""The public names of `hornbeam.v1.strings`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import as_string as as_string
from hornbeam.strings import format as format
from hornbeam.strings import join as join
from hornbeam.strings import lower as lower
from hornbeam.strings import strip as strip
from hornbeam.strings import upper as upper
from hornbeam.v1 import substr as substr
from hornbeam.v1.adapters.array import string_length as _length

length = _length
