"""The public names of `hornbeam.v1.saved_model.builder`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.saved_model import Builder as _SavedModelBuilder

SavedModelBuilder = _SavedModelBuilder
