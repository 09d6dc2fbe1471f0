"""The public names of `hornbeam.v1.contrib.slim.model_analyzer`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.slim.analysis import analyze_ops as analyze_ops
from hornbeam.v1.contrib.slim.analysis import analyze_vars as analyze_vars
from hornbeam.v1.contrib.slim.analysis import tensor_description as tensor_description
