"""The public names of `hornbeam.keras.activations`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.activations.functions import celu as celu
from hornbeam.keras.activations.functions import elu as elu
from hornbeam.keras.activations.functions import exponential as exponential
from hornbeam.keras.activations.functions import gelu as gelu
from hornbeam.keras.activations.functions import glu as glu
from hornbeam.keras.activations.functions import hard_shrink as hard_shrink
from hornbeam.keras.activations.functions import hard_sigmoid as hard_sigmoid
from hornbeam.keras.activations.functions import hard_silu as hard_silu
from hornbeam.keras.activations.functions import hard_tanh as hard_tanh
from hornbeam.keras.activations.functions import leaky_relu as leaky_relu
from hornbeam.keras.activations.functions import linear as linear
from hornbeam.keras.activations.functions import log_sigmoid as log_sigmoid
from hornbeam.keras.activations.functions import log_softmax as log_softmax
from hornbeam.keras.activations.functions import mish as mish
from hornbeam.keras.activations.functions import relu as relu
from hornbeam.keras.activations.functions import relu6 as relu6
from hornbeam.keras.activations.functions import selu as selu
from hornbeam.keras.activations.functions import sigmoid as sigmoid
from hornbeam.keras.activations.functions import silu as silu
from hornbeam.keras.activations.functions import soft_shrink as soft_shrink
from hornbeam.keras.activations.functions import softmax as softmax
from hornbeam.keras.activations.functions import softplus as softplus
from hornbeam.keras.activations.functions import softsign as softsign
from hornbeam.keras.activations.functions import sparse_plus as sparse_plus
from hornbeam.keras.activations.functions import sparse_sigmoid as sparse_sigmoid
from hornbeam.keras.activations.functions import sparsemax as sparsemax
from hornbeam.keras.activations.functions import squareplus as squareplus
from hornbeam.keras.activations.functions import tanh as tanh
from hornbeam.keras.activations.functions import tanh_shrink as tanh_shrink
from hornbeam.keras.activations.functions import threshold as threshold
from hornbeam.keras.activations.names_of_functions import deserialize as deserialize
from hornbeam.keras.activations.names_of_functions import get as get
from hornbeam.keras.activations.names_of_functions import serialize as serialize

hard_swish = hard_silu
swish = silu
