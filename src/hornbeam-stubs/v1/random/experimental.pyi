"""The public names of `hornbeam.v1.random.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.stateless_random import fold_in as _stateless_fold_in
from hornbeam.ops.stateless_random import split as _stateless_split
from hornbeam.runtime.generator import Algorithm as Algorithm
from hornbeam.runtime.generator import Generator as Generator
from hornbeam.runtime.generator import create_rng_state as create_rng_state
from hornbeam.runtime.generator import get_global_generator as get_global_generator
from hornbeam.runtime.generator import set_global_generator as set_global_generator

stateless_fold_in = _stateless_fold_in
stateless_split = _stateless_split
