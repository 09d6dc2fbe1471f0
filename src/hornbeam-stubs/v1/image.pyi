"""The public names of `hornbeam.v1.image`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.image import adjust_brightness as adjust_brightness
from hornbeam.image import adjust_contrast as adjust_contrast
from hornbeam.image import adjust_gamma as adjust_gamma
from hornbeam.image import adjust_hue as adjust_hue
from hornbeam.image import adjust_jpeg_quality as adjust_jpeg_quality
from hornbeam.image import adjust_saturation as adjust_saturation
from hornbeam.image import central_crop as central_crop
from hornbeam.image import combined_non_max_suppression as combined_non_max_suppression
from hornbeam.image import convert_image_dtype as convert_image_dtype
from hornbeam.image import crop_to_bounding_box as crop_to_bounding_box
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
from hornbeam.image import extract_patches as extract_patches
from hornbeam.image import flip_left_right as flip_left_right
from hornbeam.image import flip_up_down as flip_up_down
from hornbeam.image import generate_bounding_box_proposals as generate_bounding_box_proposals
from hornbeam.image import grayscale_to_rgb as grayscale_to_rgb
from hornbeam.image import hsv_to_rgb as hsv_to_rgb
from hornbeam.image import image_gradients as image_gradients
from hornbeam.image import is_jpeg as is_jpeg
from hornbeam.image import non_max_suppression as non_max_suppression
from hornbeam.image import non_max_suppression_overlaps as non_max_suppression_overlaps
from hornbeam.image import non_max_suppression_padded as non_max_suppression_padded
from hornbeam.image import non_max_suppression_with_scores as non_max_suppression_with_scores
from hornbeam.image import pad_to_bounding_box as pad_to_bounding_box
from hornbeam.image import per_image_standardization as per_image_standardization
from hornbeam.image import psnr as psnr
from hornbeam.image import random_brightness as random_brightness
from hornbeam.image import random_contrast as random_contrast
from hornbeam.image import random_crop as random_crop
from hornbeam.image import random_flip_left_right as random_flip_left_right
from hornbeam.image import random_flip_up_down as random_flip_up_down
from hornbeam.image import random_hue as random_hue
from hornbeam.image import random_jpeg_quality as random_jpeg_quality
from hornbeam.image import random_saturation as random_saturation
from hornbeam.image import resize_with_crop_or_pad as _resize_image_with_crop_or_pad
from hornbeam.image import resize_with_crop_or_pad as resize_with_crop_or_pad
from hornbeam.image import rgb_to_grayscale as rgb_to_grayscale
from hornbeam.image import rgb_to_hsv as rgb_to_hsv
from hornbeam.image import rgb_to_yiq as rgb_to_yiq
from hornbeam.image import rgb_to_yuv as rgb_to_yuv
from hornbeam.image import rot90 as rot90
from hornbeam.image import sobel_edges as sobel_edges
from hornbeam.image import ssim as ssim
from hornbeam.image import ssim_multiscale as ssim_multiscale
from hornbeam.image import total_variation as total_variation
from hornbeam.image import transpose as _transpose_image
from hornbeam.image import transpose as transpose
from hornbeam.image import yiq_to_rgb as yiq_to_rgb
from hornbeam.image import yuv_to_rgb as yuv_to_rgb
from hornbeam.v1 import extract_image_patches as extract_image_patches
from hornbeam.v1.adapters.image import ResizeMethod as ResizeMethod
from hornbeam.v1.adapters.image import crop_and_resize as crop_and_resize
from hornbeam.v1.adapters.image import draw_bounding_boxes as draw_bounding_boxes
from hornbeam.v1.adapters.image import extract_glimpse as extract_glimpse
from hornbeam.v1.adapters.image import resize_bicubic as resize_bicubic
from hornbeam.v1.adapters.image import resize_bilinear as resize_bilinear
from hornbeam.v1.adapters.image import resize_image_with_pad as resize_image_with_pad
from hornbeam.v1.adapters.image import resize_images as _resize
from hornbeam.v1.adapters.image import resize_nearest_neighbor as resize_nearest_neighbor
from hornbeam.v1.adapters.image import sample_distorted_bounding_box as sample_distorted_bounding_box
from typing import Any

resize = _resize
def resize_area(images: Any, size: Any, align_corners: bool = False, name: str | None = None) -> Any:
    r"""Images resized by averaging what each new pixel covers, as float32."""
resize_image_with_crop_or_pad = _resize_image_with_crop_or_pad
resize_images = resize
transpose_image = _transpose_image
