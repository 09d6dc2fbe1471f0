"""The public names of `hornbeam.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.data.experimental import Optional as Optional
from hornbeam.experimental import dlpack as dlpack
