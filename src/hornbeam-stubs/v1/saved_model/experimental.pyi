"""The public names of `hornbeam.v1.saved_model.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.saved_model import save as save
