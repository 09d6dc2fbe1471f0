"""The public names of `hornbeam.v1.contrib.tfprof.model_analyzer`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.profiler.reports import print_model_analysis as print_model_analysis
from typing import Any

FLOAT_OPS_OPTIONS: Any
PRINT_ALL_TIMING_MEMORY: Any
TRAINABLE_VARS_PARAMS_STAT_OPTIONS: Any
