"""The public names of `hornbeam.keras.mixed_precision`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras import DTypePolicy as DTypePolicy
from hornbeam.keras import DTypePolicy as _Policy
from hornbeam.keras.config import dtype_policy as _global_policy
from hornbeam.keras.config import dtype_policy as dtype_policy
from hornbeam.keras.config import set_dtype_policy as _set_global_policy
from hornbeam.keras.config import set_dtype_policy as set_dtype_policy
from hornbeam.keras.optimizers.loss_scale_optimizer import LossScaleOptimizer as LossScaleOptimizer

Policy = _Policy
global_policy = _global_policy
set_global_policy = _set_global_policy
