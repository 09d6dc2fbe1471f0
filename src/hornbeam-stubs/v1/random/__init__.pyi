"""The public names of `hornbeam.v1.random`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.nn import all_candidate_sampler as all_candidate_sampler
from hornbeam.nn import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from hornbeam.nn import learned_unigram_candidate_sampler as learned_unigram_candidate_sampler
from hornbeam.random import Algorithm as Algorithm
from hornbeam.random import Generator as Generator
from hornbeam.random import categorical as categorical
from hornbeam.random import create_rng_state as create_rng_state
from hornbeam.random import fold_in as fold_in
from hornbeam.random import gamma as gamma
from hornbeam.random import get_global_generator as get_global_generator
from hornbeam.random import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from hornbeam.random import normal as normal
from hornbeam.random import set_global_generator as set_global_generator
from hornbeam.random import shuffle as shuffle
from hornbeam.random import split as split
from hornbeam.random import stateless_binomial as stateless_binomial
from hornbeam.random import stateless_categorical as stateless_categorical
from hornbeam.random import stateless_gamma as stateless_gamma
from hornbeam.random import stateless_normal as stateless_normal
from hornbeam.random import stateless_parameterized_truncated_normal as stateless_parameterized_truncated_normal
from hornbeam.random import stateless_poisson as stateless_poisson
from hornbeam.random import stateless_truncated_normal as stateless_truncated_normal
from hornbeam.random import stateless_uniform as stateless_uniform
from hornbeam.random import truncated_normal as truncated_normal
from hornbeam.random import uniform as uniform
from hornbeam.random import uniform_candidate_sampler as uniform_candidate_sampler
from hornbeam.v1 import get_seed as get_seed
from hornbeam.v1 import multinomial as multinomial
from hornbeam.v1 import random_poisson as _poisson
from hornbeam.v1 import set_random_seed as set_random_seed
from hornbeam.v1.contrib.stateless import stateless_multinomial as stateless_multinomial
from hornbeam.v1.random import experimental as experimental

poisson = _poisson
