"""The public names of `hornbeam.v1.lookup.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.lookup import MutableDenseHashTable as _DenseHashTable
from hornbeam.v1.contrib.lookup import MutableHashTable as MutableHashTable

DenseHashTable = _DenseHashTable
