"""The public names of `hornbeam.keras.backend`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.config.settings import backend as backend
from hornbeam.keras.config.settings import epsilon as epsilon
from hornbeam.keras.config.settings import floatx as floatx
from hornbeam.keras.config.settings import image_data_format as image_data_format
from hornbeam.keras.config.settings import set_epsilon as set_epsilon
from hornbeam.keras.config.settings import set_floatx as set_floatx
from hornbeam.keras.config.settings import set_image_data_format as set_image_data_format
from hornbeam.keras.dtypes import is_float_dtype as is_float_dtype
from hornbeam.keras.dtypes import is_int_dtype as is_int_dtype
from hornbeam.keras.dtypes import result_type as result_type
from hornbeam.keras.dtypes import standardize_dtype as standardize_dtype
from hornbeam.keras.keras_tensor import is_keras_tensor as is_keras_tensor
from hornbeam.keras.utils.naming import get_uid as get_uid
from hornbeam.keras.utils.session import clear_session as clear_session
