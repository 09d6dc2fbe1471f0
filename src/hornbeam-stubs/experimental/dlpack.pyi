"""The public names of `hornbeam.experimental.dlpack`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.interchange import from_dlpack as from_dlpack
from hornbeam.runtime.interchange import to_dlpack as to_dlpack
