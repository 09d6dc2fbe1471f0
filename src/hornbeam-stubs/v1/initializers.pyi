"""The public names of `hornbeam.v1.initializers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.initializers import Identity as _identity
from hornbeam.ops.initializers import he_normal as he_normal
from hornbeam.ops.initializers import he_uniform as he_uniform
from hornbeam.ops.initializers import lecun_normal as lecun_normal
from hornbeam.ops.initializers import lecun_uniform as lecun_uniform
from hornbeam.v1 import constant_initializer as _constant
from hornbeam.v1 import global_variables_initializer as _global_variables
from hornbeam.v1 import glorot_normal_initializer as _glorot_normal
from hornbeam.v1 import glorot_uniform_initializer as _glorot_uniform
from hornbeam.v1 import local_variables_initializer as _local_variables
from hornbeam.v1 import ones_initializer as _ones
from hornbeam.v1 import orthogonal_initializer as _orthogonal
from hornbeam.v1 import random_normal_initializer as _random_normal
from hornbeam.v1 import random_uniform_initializer as _random_uniform
from hornbeam.v1 import tables_initializer as tables_initializer
from hornbeam.v1 import truncated_normal_initializer as _truncated_normal
from hornbeam.v1 import uniform_unit_scaling_initializer as _uniform_unit_scaling
from hornbeam.v1 import variables_initializer as _variables
from hornbeam.v1 import variance_scaling_initializer as _variance_scaling
from hornbeam.v1 import zeros_initializer as _zeros

constant = _constant
global_variables = _global_variables
glorot_normal = _glorot_normal
glorot_uniform = _glorot_uniform
identity = _identity
local_variables = _local_variables
ones = _ones
orthogonal = _orthogonal
random_normal = _random_normal
random_uniform = _random_uniform
truncated_normal = _truncated_normal
uniform_unit_scaling = _uniform_unit_scaling
variables = _variables
variance_scaling = _variance_scaling
zeros = _zeros
