"""The public names of `hornbeam.keras.optimizers.legacy`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.optimizers.legacy.legacy import Adagrad as Adagrad
from hornbeam.keras.optimizers.legacy.legacy import Adam as Adam
from hornbeam.keras.optimizers.legacy.legacy import Ftrl as Ftrl
from hornbeam.keras.optimizers.legacy.legacy import Optimizer as Optimizer
from hornbeam.keras.optimizers.legacy.legacy import RMSprop as RMSprop
from hornbeam.keras.optimizers.legacy.legacy import SGD as SGD
