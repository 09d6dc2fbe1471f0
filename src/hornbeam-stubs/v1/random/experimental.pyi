"""The public names of `hornbeam.v1.random.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.random import Algorithm as Algorithm
from hornbeam.random import Generator as Generator
from hornbeam.random import create_rng_state as create_rng_state
from hornbeam.random import fold_in as _stateless_fold_in
from hornbeam.random import get_global_generator as get_global_generator
from hornbeam.random import set_global_generator as set_global_generator
from hornbeam.random import split as _stateless_split
from hornbeam.random.experimental import index_shuffle as index_shuffle
from hornbeam.random.experimental import stateless_shuffle as stateless_shuffle

stateless_fold_in = _stateless_fold_in
stateless_split = _stateless_split
