"""The public names of `hornbeam.keras.config`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.backend import backend as backend
from hornbeam.keras.backend import epsilon as epsilon
from hornbeam.keras.backend import floatx as floatx
from hornbeam.keras.backend import image_data_format as image_data_format
from hornbeam.keras.backend import set_epsilon as set_epsilon
from hornbeam.keras.backend import set_floatx as set_floatx
from hornbeam.keras.backend import set_image_data_format as set_image_data_format
from hornbeam.keras.config.settings import disable_flash_attention as disable_flash_attention
from hornbeam.keras.config.settings import disable_interactive_logging as disable_interactive_logging
from hornbeam.keras.config.settings import disable_traceback_filtering as disable_traceback_filtering
from hornbeam.keras.config.settings import enable_flash_attention as enable_flash_attention
from hornbeam.keras.config.settings import enable_interactive_logging as enable_interactive_logging
from hornbeam.keras.config.settings import enable_traceback_filtering as enable_traceback_filtering
from hornbeam.keras.config.settings import enable_unsafe_deserialization as enable_unsafe_deserialization
from hornbeam.keras.config.settings import is_flash_attention_enabled as is_flash_attention_enabled
from hornbeam.keras.config.settings import is_interactive_logging_enabled as is_interactive_logging_enabled
from hornbeam.keras.config.settings import is_nnx_enabled as is_nnx_enabled
from hornbeam.keras.config.settings import is_traceback_filtering_enabled as is_traceback_filtering_enabled
from hornbeam.keras.config.settings import max_epochs as max_epochs
from hornbeam.keras.config.settings import max_steps_per_epoch as max_steps_per_epoch
from hornbeam.keras.config.settings import set_backend as set_backend
from hornbeam.keras.config.settings import set_max_epochs as set_max_epochs
from hornbeam.keras.config.settings import set_max_steps_per_epoch as set_max_steps_per_epoch
from hornbeam.keras.dtype_policies.policy import dtype_policy as dtype_policy
from hornbeam.keras.dtype_policies.policy import set_dtype_policy as set_dtype_policy
