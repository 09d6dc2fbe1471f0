"""The public names of `hornbeam.v1.io`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.image import decode_and_crop_jpeg as decode_and_crop_jpeg
from hornbeam.image import decode_bmp as decode_bmp
from hornbeam.image import decode_gif as decode_gif
from hornbeam.image import decode_image as decode_image
from hornbeam.image import decode_jpeg as decode_jpeg
from hornbeam.image import decode_jxl as decode_jxl
from hornbeam.image import decode_png as decode_png
from hornbeam.image import decode_webp as decode_webp
from hornbeam.image import encode_jpeg as encode_jpeg
from hornbeam.image import encode_png as encode_png
from hornbeam.image import extract_jpeg_shape as extract_jpeg_shape
from hornbeam.image import is_jpeg as is_jpeg
from hornbeam.io import decode_base64 as decode_base64
from hornbeam.io import decode_compressed as decode_compressed
from hornbeam.io import encode_base64 as encode_base64
from hornbeam.io import read_file as read_file
from hornbeam.io import write_file as write_file
from hornbeam.v1 import decode_raw as decode_raw
from hornbeam.v1.io import gfile as gfile
