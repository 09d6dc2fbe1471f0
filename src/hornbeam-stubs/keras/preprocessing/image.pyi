"""The public names of `hornbeam.keras.preprocessing.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.utils.image_utils import array_to_img as array_to_img
from hornbeam.keras.utils.image_utils import img_to_array as img_to_array
from hornbeam.keras.utils.image_utils import load_img as load_img
from hornbeam.keras.utils.image_utils import save_img as save_img
from hornbeam.keras.utils.image_utils import smart_resize as smart_resize
