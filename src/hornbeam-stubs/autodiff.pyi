"""The public names of `hornbeam.autodiff`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import GradientTape as GradientTape
from hornbeam.autodiff.forward import ForwardAccumulator as ForwardAccumulator
