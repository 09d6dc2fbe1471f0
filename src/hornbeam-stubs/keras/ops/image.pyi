"""The public names of `hornbeam.keras.ops.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.ops.image.colours import hsv_to_rgb as hsv_to_rgb
from hornbeam.keras.ops.image.colours import rgb_to_grayscale as rgb_to_grayscale
from hornbeam.keras.ops.image.colours import rgb_to_hsv as rgb_to_hsv
from hornbeam.keras.ops.image.filters import extract_patches as extract_patches
from hornbeam.keras.ops.image.filters import extract_patches_3d as extract_patches_3d
from hornbeam.keras.ops.image.filters import gaussian_blur as gaussian_blur
from hornbeam.keras.ops.image.filters import sobel_edges as sobel_edges
from hornbeam.keras.ops.image.filters import ssim as ssim
from hornbeam.keras.ops.image.geometry import affine_transform as affine_transform
from hornbeam.keras.ops.image.geometry import crop_images as crop_images
from hornbeam.keras.ops.image.geometry import elastic_transform as elastic_transform
from hornbeam.keras.ops.image.geometry import map_coordinates as map_coordinates
from hornbeam.keras.ops.image.geometry import pad_images as pad_images
from hornbeam.keras.ops.image.geometry import perspective_transform as perspective_transform
from hornbeam.keras.ops.image.geometry import resize as resize
from hornbeam.keras.ops.image.geometry import scale_and_translate as scale_and_translate
