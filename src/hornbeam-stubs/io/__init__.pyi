"""The public names of `hornbeam.io`. Written by tools/make_api.py: run `make api`, do not edit."""

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
from hornbeam.io import gfile as gfile
from hornbeam.ops.string_parsing import decode_raw as decode_raw
from typing import Any

def decode_base64(input: Any, name: str | None = None) -> Any:
    r"""What strings of web-safe base64 hold, padded or not. Raises InvalidArgumentError for other characters."""
def decode_compressed(bytes: Any, compression_type: str = '', name: str | None = None) -> Any:
    r"""Strings unpacked. compression_type: "ZLIB", "GZIP", or "" for strings that are not packed."""
def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Any:
    r"""Strings in the web-safe base64 (`-` and `_` for `+` and `/`). pad: with `=` up to a multiple of 4."""
def read_file(filename: Any, name: str | None = None) -> Any:
    r"""The contents of a file, a scalar string; read whenever it runs."""
def write_file(filename: Any, contents: Any, name: str | None = None) -> Any:
    r"""Writes a string to a file, whose folder is made where it is absent. In a graph an operation."""
