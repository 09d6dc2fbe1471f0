"""The public names of `hornbeam.keras.datasets.mnist`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.datasets.mnist import load_data as load_data
