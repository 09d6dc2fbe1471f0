"""The public names of `hornbeam.keras.legacy`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.legacy import saving as saving
