"""The public names of `hornbeam.v1.saved_model.loader`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.saved_model import contains_saved_model as _maybe_saved_model_directory
from hornbeam.v1.saved_model import load as load

maybe_saved_model_directory = _maybe_saved_model_directory
