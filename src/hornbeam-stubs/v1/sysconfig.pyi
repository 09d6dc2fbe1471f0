"""The public names of `hornbeam.v1.sysconfig`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.sysconfig import CXX11_ABI_FLAG as CXX11_ABI_FLAG
from hornbeam.sysconfig import CXX_VERSION as CXX_VERSION
from hornbeam.sysconfig import get_compile_flags as get_compile_flags
from hornbeam.sysconfig import get_include as get_include
from hornbeam.sysconfig import get_lib as get_lib
from hornbeam.sysconfig import get_link_flags as get_link_flags
