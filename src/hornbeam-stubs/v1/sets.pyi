"""The public names of `hornbeam.v1.sets`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.sets import difference as _set_difference
from hornbeam.sets import difference as difference
from hornbeam.sets import intersection as _set_intersection
from hornbeam.sets import intersection as intersection
from hornbeam.sets import size as _set_size
from hornbeam.sets import size as size
from hornbeam.sets import union as _set_union
from hornbeam.sets import union as union

set_difference = _set_difference
set_intersection = _set_intersection
set_size = _set_size
set_union = _set_union
