"""The public names of `hornbeam.v1.contrib.learn.io`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.estimator.input_functions import numpy_input_fn as numpy_input_fn
from hornbeam.v1.estimator.input_functions import pandas_input_fn as pandas_input_fn
