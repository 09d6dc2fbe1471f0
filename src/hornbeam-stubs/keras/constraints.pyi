"""The public names of `hornbeam.keras.constraints`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.constraints.constraints import Constraint as Constraint
from hornbeam.keras.constraints.constraints import MaxNorm as MaxNorm
from hornbeam.keras.constraints.constraints import MinMaxNorm as MinMaxNorm
from hornbeam.keras.constraints.constraints import NonNeg as NonNeg
from hornbeam.keras.constraints.constraints import UnitNorm as UnitNorm
from hornbeam.keras.constraints.constraints import deserialize as deserialize
from hornbeam.keras.constraints.constraints import get as get
from hornbeam.keras.constraints.constraints import serialize as serialize

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
