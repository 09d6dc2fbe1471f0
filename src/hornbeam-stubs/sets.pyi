"""The public names of `hornbeam.sets`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.set_operations import difference as difference
from hornbeam.ops.set_operations import intersection as intersection
from hornbeam.ops.set_operations import size as size
from hornbeam.ops.set_operations import union as union
