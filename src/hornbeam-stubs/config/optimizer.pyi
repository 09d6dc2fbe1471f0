"""The public names of `hornbeam.config.optimizer`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.process_options import get_jit as get_jit
from hornbeam.runtime.process_options import get_optimizer_experimental_options as _get_experimental_options
from hornbeam.runtime.process_options import set_jit as set_jit
from hornbeam.runtime.process_options import set_optimizer_experimental_options as _set_experimental_options

get_experimental_options = _get_experimental_options
set_experimental_options = _set_experimental_options
