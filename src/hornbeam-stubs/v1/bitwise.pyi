"""The public names of `hornbeam.v1.bitwise`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.bitwise import bitwise_and as bitwise_and
from hornbeam.bitwise import bitwise_or as bitwise_or
from hornbeam.bitwise import bitwise_xor as bitwise_xor
from hornbeam.bitwise import invert as invert
from hornbeam.bitwise import left_shift as left_shift
from hornbeam.bitwise import right_shift as right_shift
