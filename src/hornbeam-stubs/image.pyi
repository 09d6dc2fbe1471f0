"""The public names of `hornbeam.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.blocks import extract_patches as extract_patches
from hornbeam.ops.random import random_crop as random_crop
