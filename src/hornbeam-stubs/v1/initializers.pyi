"""The public names of `hornbeam.v1.initializers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.initializers import Constant as _constant
from hornbeam.ops.initializers import GlorotNormal as _glorot_normal
from hornbeam.ops.initializers import GlorotUniform as _glorot_uniform
from hornbeam.ops.initializers import Identity as _identity
from hornbeam.ops.initializers import Ones as _ones
from hornbeam.ops.initializers import Orthogonal as _orthogonal
from hornbeam.ops.initializers import RandomNormal as _random_normal
from hornbeam.ops.initializers import RandomUniform as _random_uniform
from hornbeam.ops.initializers import TruncatedNormal as _truncated_normal
from hornbeam.ops.initializers import UniformUnitScaling as _uniform_unit_scaling
from hornbeam.ops.initializers import VarianceScaling as _variance_scaling
from hornbeam.ops.initializers import Zeros as _zeros
from hornbeam.ops.initializers import he_normal as he_normal
from hornbeam.ops.initializers import he_uniform as he_uniform
from hornbeam.ops.initializers import lecun_normal as lecun_normal
from hornbeam.ops.initializers import lecun_uniform as lecun_uniform
from hornbeam.runtime.collections import global_variables_initializer as _global_variables
from hornbeam.runtime.collections import local_variables_initializer as _local_variables
from hornbeam.runtime.collections import tables_initializer as tables_initializer
from hornbeam.runtime.collections import variables_initializer as _variables

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
