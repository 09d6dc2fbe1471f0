"""The public names of `hornbeam.sysconfig`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.sysconfig import get_compile_flags as get_compile_flags
from hornbeam.runtime.sysconfig import get_include as get_include
from hornbeam.runtime.sysconfig import get_lib as get_lib
from hornbeam.runtime.sysconfig import get_link_flags as get_link_flags

CXX11_ABI_FLAG: int
CXX_VERSION: int
