"""The public names of `hornbeam.v1.contrib.sparsemax`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.spellings import sparsemax as sparsemax
from hornbeam.v1.contrib.spellings import sparsemax_loss as sparsemax_loss
