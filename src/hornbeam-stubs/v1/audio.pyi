"""The public names of `hornbeam.v1.audio`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.audio import decode_wav as decode_wav
from hornbeam.audio import encode_wav as encode_wav
