"""The public names of `hornbeam.keras.initializers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras import Initializer as Initializer
from hornbeam.keras.initializers.constant_initializers import Constant as Constant
from hornbeam.keras.initializers.constant_initializers import Identity as Identity
from hornbeam.keras.initializers.constant_initializers import Ones as Ones
from hornbeam.keras.initializers.constant_initializers import STFT as STFT
from hornbeam.keras.initializers.constant_initializers import Zeros as Zeros
from hornbeam.keras.initializers.names_of_initializers import deserialize as deserialize
from hornbeam.keras.initializers.names_of_initializers import get as get
from hornbeam.keras.initializers.names_of_initializers import serialize as serialize
from hornbeam.keras.initializers.random_initializers import GlorotNormal as GlorotNormal
from hornbeam.keras.initializers.random_initializers import GlorotUniform as GlorotUniform
from hornbeam.keras.initializers.random_initializers import HeNormal as HeNormal
from hornbeam.keras.initializers.random_initializers import HeUniform as HeUniform
from hornbeam.keras.initializers.random_initializers import LecunNormal as LecunNormal
from hornbeam.keras.initializers.random_initializers import LecunUniform as LecunUniform
from hornbeam.keras.initializers.random_initializers import Orthogonal as Orthogonal
from hornbeam.keras.initializers.random_initializers import RandomNormal as RandomNormal
from hornbeam.keras.initializers.random_initializers import RandomUniform as RandomUniform
from hornbeam.keras.initializers.random_initializers import TruncatedNormal as TruncatedNormal
from hornbeam.keras.initializers.random_initializers import VarianceScaling as VarianceScaling

IdentityInitializer = Identity
OrthogonalInitializer = Orthogonal
STFTInitializer = STFT
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
stft = STFT
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros
