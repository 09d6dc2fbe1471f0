"""The public names of `hornbeam.keras.datasets.cifar10`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.datasets.cifar10 import load_data as load_data
