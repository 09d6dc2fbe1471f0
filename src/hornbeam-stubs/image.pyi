"""The public names of `hornbeam.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.blocks import extract_patches as extract_patches
from hornbeam.ops.image_boxes import draw_bounding_boxes as draw_bounding_boxes
from hornbeam.ops.image_boxes import sample_distorted_bounding_box as sample_distorted_bounding_box
from hornbeam.ops.image_boxes import stateless_sample_distorted_bounding_box as stateless_sample_distorted_bounding_box
from hornbeam.ops.image_codecs import adjust_jpeg_quality as adjust_jpeg_quality
from hornbeam.ops.image_codecs import decode_image as decode_image
from hornbeam.ops.image_codecs import encode_png as encode_png
from hornbeam.ops.image_codecs import is_jpeg as is_jpeg
from hornbeam.ops.image_codecs import random_jpeg_quality as random_jpeg_quality
from hornbeam.ops.image_codecs import stateless_random_jpeg_quality as stateless_random_jpeg_quality
from hornbeam.ops.image_colour import adjust_brightness as adjust_brightness
from hornbeam.ops.image_colour import adjust_contrast as adjust_contrast
from hornbeam.ops.image_colour import adjust_gamma as adjust_gamma
from hornbeam.ops.image_colour import adjust_hue as adjust_hue
from hornbeam.ops.image_colour import adjust_saturation as adjust_saturation
from hornbeam.ops.image_colour import convert_image_dtype as convert_image_dtype
from hornbeam.ops.image_colour import grayscale_to_rgb as grayscale_to_rgb
from hornbeam.ops.image_colour import per_image_standardization as per_image_standardization
from hornbeam.ops.image_colour import rgb_to_grayscale as rgb_to_grayscale
from hornbeam.ops.image_colour import rgb_to_yiq as rgb_to_yiq
from hornbeam.ops.image_colour import rgb_to_yuv as rgb_to_yuv
from hornbeam.ops.image_colour import yiq_to_rgb as yiq_to_rgb
from hornbeam.ops.image_colour import yuv_to_rgb as yuv_to_rgb
from hornbeam.ops.image_crops import crop_and_resize as crop_and_resize
from hornbeam.ops.image_crops import extract_glimpse as extract_glimpse
from hornbeam.ops.image_detection import combined_non_max_suppression as combined_non_max_suppression
from hornbeam.ops.image_detection import generate_bounding_box_proposals as generate_bounding_box_proposals
from hornbeam.ops.image_detection import non_max_suppression_padded as non_max_suppression_padded
from hornbeam.ops.image_geometry import central_crop as central_crop
from hornbeam.ops.image_geometry import crop_to_bounding_box as crop_to_bounding_box
from hornbeam.ops.image_geometry import flip_left_right as flip_left_right
from hornbeam.ops.image_geometry import flip_up_down as flip_up_down
from hornbeam.ops.image_geometry import pad_to_bounding_box as pad_to_bounding_box
from hornbeam.ops.image_geometry import resize_with_crop_or_pad as resize_with_crop_or_pad
from hornbeam.ops.image_geometry import rot90 as rot90
from hornbeam.ops.image_geometry import transpose as transpose
from hornbeam.ops.image_quality import image_gradients as image_gradients
from hornbeam.ops.image_quality import psnr as psnr
from hornbeam.ops.image_quality import sobel_edges as sobel_edges
from hornbeam.ops.image_quality import ssim as ssim
from hornbeam.ops.image_quality import ssim_multiscale as ssim_multiscale
from hornbeam.ops.image_quality import total_variation as total_variation
from hornbeam.ops.image_random import random_brightness as random_brightness
from hornbeam.ops.image_random import random_contrast as random_contrast
from hornbeam.ops.image_random import random_flip_left_right as random_flip_left_right
from hornbeam.ops.image_random import random_flip_up_down as random_flip_up_down
from hornbeam.ops.image_random import random_hue as random_hue
from hornbeam.ops.image_random import random_saturation as random_saturation
from hornbeam.ops.image_random import stateless_random_brightness as stateless_random_brightness
from hornbeam.ops.image_random import stateless_random_contrast as stateless_random_contrast
from hornbeam.ops.image_random import stateless_random_crop as stateless_random_crop
from hornbeam.ops.image_random import stateless_random_flip_left_right as stateless_random_flip_left_right
from hornbeam.ops.image_random import stateless_random_flip_up_down as stateless_random_flip_up_down
from hornbeam.ops.image_random import stateless_random_hue as stateless_random_hue
from hornbeam.ops.image_random import stateless_random_saturation as stateless_random_saturation
from hornbeam.ops.image_resize import ResizeMethod as ResizeMethod
from hornbeam.ops.image_resize import resize as resize
from hornbeam.ops.image_resize import resize_with_pad as resize_with_pad
from hornbeam.ops.image_suppression import non_max_suppression as non_max_suppression
from hornbeam.ops.image_suppression import non_max_suppression_overlaps as non_max_suppression_overlaps
from hornbeam.ops.image_suppression import non_max_suppression_with_scores as non_max_suppression_with_scores
from hornbeam.ops.random import random_crop as random_crop
from typing import Any

def decode_and_crop_jpeg(contents: Any, crop_window: Any, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True, try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = '', name: str | None = None) -> Any:
    r"""A part of a JPEG file as an image, uint8 [height, width, channels]."""
def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Any:
    r"""An uncompressed BMP file as an image, uint8 [height, width, channels]."""
def decode_gif(contents: Any, name: str | None = None) -> Any:
    r"""The frames of a GIF file, uint8 [frames, height, width, 3]."""
def decode_jpeg(contents: Any, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True, try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = '', name: str | None = None) -> Any:
    r"""A JPEG file as an image, uint8 [height, width, channels]."""
def decode_jxl(contents: Any, channels: int = 0, dtype: Any = ..., name: str | None = None) -> Any:
    r"""A JPEG XL file as an image, uint8 [height, width, channels]; needs the package pillow-jxl-plugin."""
def decode_png(contents: Any, channels: int = 0, dtype: Any = ..., name: str | None = None) -> Any:
    r"""A PNG file as an image [height, width, channels]."""
def decode_webp(contents: Any, channels: int = 0, dtype: Any = ..., name: str | None = None) -> Any:
    r"""The frames of a WebP file, uint8 [frames, height, width, channels]; other formats give [height, width, channels]."""
def encode_jpeg(image: Any, format: str = '', quality: int = 95, progressive: bool = False, optimize_size: bool = False, chroma_downsampling: bool = True, density_unit: str = 'in', x_density: int = 300, y_density: int = 300, xmp_metadata: str = '', name: str | None = None) -> Any:
    r"""An image as the bytes of a JPEG file, a scalar string."""
def extract_jpeg_shape(contents: Any, output_type: Any = ..., name: str | None = None) -> Any:
    r"""Height, width and channels of a JPEG file, whose pixels are not decoded."""
def hsv_to_rgb(images: Any, name: str | None = None) -> Any:
    r"""Colours from hue, saturation and value, each in [0, 1]."""
def rgb_to_hsv(images: Any, name: str | None = None) -> Any:
    r"""Colours as hue, saturation and value, each in [0, 1] for colours in [0, 1]."""
