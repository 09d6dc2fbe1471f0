"""The public names of `hornbeam.v1.autodiff`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.autodiff import ForwardAccumulator as ForwardAccumulator
