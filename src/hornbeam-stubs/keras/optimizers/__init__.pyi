"""The public names of `hornbeam.keras.optimizers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras import Optimizer as Optimizer
from hornbeam.keras.mixed_precision import LossScaleOptimizer as LossScaleOptimizer
from hornbeam.keras.optimizers import legacy as legacy
from hornbeam.keras.optimizers import schedules as schedules
from hornbeam.keras.optimizers.adaptive import Adadelta as Adadelta
from hornbeam.keras.optimizers.adaptive import Adafactor as Adafactor
from hornbeam.keras.optimizers.adaptive import Adagrad as Adagrad
from hornbeam.keras.optimizers.adaptive import Ftrl as Ftrl
from hornbeam.keras.optimizers.adaptive import RMSprop as RMSprop
from hornbeam.keras.optimizers.descent import SGD as SGD
from hornbeam.keras.optimizers.lookup import deserialize as deserialize
from hornbeam.keras.optimizers.lookup import get as get
from hornbeam.keras.optimizers.lookup import serialize as serialize
from hornbeam.keras.optimizers.moments import Adam as Adam
from hornbeam.keras.optimizers.moments import AdamW as AdamW
from hornbeam.keras.optimizers.moments import Adamax as Adamax
from hornbeam.keras.optimizers.moments import Lamb as Lamb
from hornbeam.keras.optimizers.moments import Lion as Lion
from hornbeam.keras.optimizers.moments import Muon as Muon
from hornbeam.keras.optimizers.moments import Nadam as Nadam
from hornbeam.keras.optimizers.moments import ScheduleFreeAdamW as ScheduleFreeAdamW
from hornbeam.keras.optimizers.multi_optimizer import MultiOptimizer as MultiOptimizer
from hornbeam.keras.optimizers.multi_optimizer import OptimizerMap as OptimizerMap
