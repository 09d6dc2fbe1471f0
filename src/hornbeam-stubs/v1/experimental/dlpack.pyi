"""The public names of `hornbeam.v1.experimental.dlpack`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.experimental.dlpack import from_dlpack as from_dlpack
from hornbeam.experimental.dlpack import to_dlpack as to_dlpack
