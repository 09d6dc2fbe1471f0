"""The public names of `hornbeam.v1.estimator.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.estimator import call_logit_fn as call_logit_fn
from hornbeam.v1.contrib.estimator import dnn_logit_fn_builder as dnn_logit_fn_builder
from hornbeam.v1.contrib.estimator import linear_logit_fn_builder as linear_logit_fn_builder
from hornbeam.v1.estimator.early_stopping import make_early_stopping_hook as make_early_stopping_hook
from hornbeam.v1.estimator.early_stopping import stop_if_higher_hook as stop_if_higher_hook
from hornbeam.v1.estimator.early_stopping import stop_if_lower_hook as stop_if_lower_hook
from hornbeam.v1.estimator.early_stopping import stop_if_no_decrease_hook as stop_if_no_decrease_hook
from hornbeam.v1.estimator.early_stopping import stop_if_no_increase_hook as stop_if_no_increase_hook
