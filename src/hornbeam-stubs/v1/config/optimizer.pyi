"""The public names of `hornbeam.v1.config.optimizer`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.config.optimizer import get_experimental_options as get_experimental_options
from hornbeam.config.optimizer import get_jit as get_jit
from hornbeam.config.optimizer import set_experimental_options as set_experimental_options
from hornbeam.config.optimizer import set_jit as set_jit
