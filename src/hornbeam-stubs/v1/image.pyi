"""The public names of `hornbeam.v1.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.image import extract_patches as extract_patches
from hornbeam.image import random_crop as random_crop
from hornbeam.v1 import extract_image_patches as extract_image_patches
