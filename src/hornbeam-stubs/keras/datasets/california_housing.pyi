"""The public names of `hornbeam.keras.datasets.california_housing`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.datasets.california_housing import load_data as load_data
