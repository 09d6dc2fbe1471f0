"""The public names of `hornbeam.v1.contrib.eager`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import GradientTape as GradientTape
from hornbeam import TensorSpec as TensorSpec
from hornbeam import custom_gradient as custom_gradient
from hornbeam import function as function
from hornbeam import py_function as _py_func
from hornbeam.train.checkpoints.checkpoint import CheckpointV1 as _Checkpoint
from hornbeam.v1 import Variable as Variable
from hornbeam.v1 import enable_eager_execution as enable_eager_execution
from hornbeam.v1 import executing_eagerly as executing_eagerly
from hornbeam.v1 import make_template as make_template
from hornbeam.v1.contrib.eager import metrics as metrics
from hornbeam.v1.contrib.eager.functions import Iterator_ as _Iterator
from hornbeam.v1.contrib.eager.functions import defun as defun
from hornbeam.v1.contrib.eager.functions import get_optimizer_variables as get_optimizer_variables
from hornbeam.v1.contrib.eager.functions import gradients_function as gradients_function
from hornbeam.v1.contrib.eager.functions import implicit_gradients as implicit_gradients
from hornbeam.v1.contrib.eager.functions import implicit_value_and_gradients as implicit_value_and_gradients
from hornbeam.v1.contrib.eager.functions import in_eager_mode as in_eager_mode
from hornbeam.v1.contrib.eager.functions import list_devices as list_devices
from hornbeam.v1.contrib.eager.functions import num_gpus as num_gpus
from hornbeam.v1.contrib.eager.functions import value_and_gradients_function as value_and_gradients_function

Checkpoint = _Checkpoint
Iterator = _Iterator
py_func = _py_func
