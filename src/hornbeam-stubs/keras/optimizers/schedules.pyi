"""The public names of `hornbeam.keras.optimizers.schedules`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.optimizers.schedules.learning_rate_schedule import CosineDecay as CosineDecay
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import CosineDecayRestarts as CosineDecayRestarts
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import ExponentialDecay as ExponentialDecay
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import InverseTimeDecay as InverseTimeDecay
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import LearningRateSchedule as LearningRateSchedule
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import PiecewiseConstantDecay as PiecewiseConstantDecay
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import PolynomialDecay as PolynomialDecay
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import deserialize as deserialize
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import serialize as serialize
