"""The public names of `hornbeam.v1.contrib.stateless`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.stateless_random import stateless_multinomial as stateless_multinomial
from hornbeam.random import stateless_normal as _stateless_random_normal
from hornbeam.random import stateless_truncated_normal as stateless_truncated_normal
from hornbeam.random import stateless_uniform as _stateless_random_uniform

stateless_random_normal = _stateless_random_normal
stateless_random_uniform = _stateless_random_uniform
