"""The public names of `hornbeam.v1.contrib.learn.python`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.learn.python import learn as learn
