"""The public names of `hornbeam.v1.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.blocks import extract_patches as extract_patches
from hornbeam.ops.random import random_crop as random_crop
from hornbeam.v1.adapters.array import extract_image_patches as extract_image_patches
