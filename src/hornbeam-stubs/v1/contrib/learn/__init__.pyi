"""The public names of `hornbeam.v1.contrib.learn`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.learn import datasets as datasets
from hornbeam.v1.contrib.learn import python as python
