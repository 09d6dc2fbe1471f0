"""The public names of `hornbeam.keras.regularizers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras import Regularizer as Regularizer
from hornbeam.keras.regularizers.regularizers import L1 as L1
from hornbeam.keras.regularizers.regularizers import L1L2 as L1L2
from hornbeam.keras.regularizers.regularizers import L2 as L2
from hornbeam.keras.regularizers.regularizers import OrthogonalRegularizer as OrthogonalRegularizer
from hornbeam.keras.regularizers.regularizers import deserialize as deserialize
from hornbeam.keras.regularizers.regularizers import get as get
from hornbeam.keras.regularizers.regularizers import serialize as serialize

l1 = L1
l1_l2 = L1L2
l2 = L2
orthogonal_regularizer = OrthogonalRegularizer
