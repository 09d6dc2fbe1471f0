"""The public names of `hornbeam.v1.contrib.learn.datasets`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.learn.data_sets import load_dataset as load_dataset
from hornbeam.v1.contrib.learn.datasets import base as base
from hornbeam.v1.contrib.learn.datasets import mnist as mnist
