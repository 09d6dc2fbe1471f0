"""The public names of `hornbeam.lookup.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.lookup_mutable import DenseHashTable as DenseHashTable
from hornbeam.runtime.lookup_mutable import MutableHashTable as MutableHashTable
