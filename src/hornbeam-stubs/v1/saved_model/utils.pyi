"""The public names of `hornbeam.v1.saved_model.utils`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.saved_model import build_tensor_info as build_tensor_info
from hornbeam.v1.saved_model import get_tensor_from_tensor_info as get_tensor_from_tensor_info
