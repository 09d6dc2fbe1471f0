"""The public names of `hornbeam.random`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.nn import all_candidate_sampler as all_candidate_sampler
from hornbeam.nn import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from hornbeam.nn import learned_unigram_candidate_sampler as learned_unigram_candidate_sampler
from hornbeam.ops.candidate_sampling import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from hornbeam.ops.candidate_sampling import uniform_candidate_sampler as uniform_candidate_sampler
from hornbeam.ops.random import categorical as categorical
from hornbeam.ops.random import random_gamma as _gamma
from hornbeam.ops.random import random_normal as _normal
from hornbeam.ops.random import random_poisson as _poisson
from hornbeam.ops.random import random_shuffle as _shuffle
from hornbeam.ops.random import random_uniform as _uniform
from hornbeam.ops.random import set_seed as set_seed
from hornbeam.ops.random import truncated_normal as truncated_normal
from hornbeam.ops.stateless_random import fold_in as fold_in
from hornbeam.ops.stateless_random import split as split
from hornbeam.ops.stateless_random import stateless_binomial as stateless_binomial
from hornbeam.ops.stateless_random import stateless_categorical as stateless_categorical
from hornbeam.ops.stateless_random import stateless_gamma as stateless_gamma
from hornbeam.ops.stateless_random import stateless_normal as stateless_normal
from hornbeam.ops.stateless_random import stateless_parameterized_truncated_normal as stateless_parameterized_truncated_normal
from hornbeam.ops.stateless_random import stateless_poisson as stateless_poisson
from hornbeam.ops.stateless_random import stateless_truncated_normal_ as _stateless_truncated_normal
from hornbeam.ops.stateless_random import stateless_uniform as stateless_uniform
from hornbeam.random import experimental as experimental
from hornbeam.runtime.generator import Algorithm as Algorithm
from hornbeam.runtime.generator import Generator as Generator
from hornbeam.runtime.generator import create_rng_state as create_rng_state
from hornbeam.runtime.generator import get_global_generator as get_global_generator
from hornbeam.runtime.generator import set_global_generator as set_global_generator

gamma = _gamma
normal = _normal
poisson = _poisson
shuffle = _shuffle
stateless_truncated_normal = _stateless_truncated_normal
uniform = _uniform
