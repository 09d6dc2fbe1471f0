"""The public names of `hornbeam.v1.contrib.learn.learn_runner`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.learn.estimators import run as run
