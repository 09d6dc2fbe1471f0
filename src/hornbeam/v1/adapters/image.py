"""Images as TensorFlow 1 spells them: `resize_images` with numbered methods and `align_corners`, older arguments."""

from __future__ import annotations

from typing import Any, final

from hornbeam.graph import dtypes, seeds
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.ops import array, image_boxes, image_crops, image_resize
from hornbeam.ops.image_batches import scoped
from hornbeam.ops.image_resizing import (
    resize_area_op,
    resize_bicubic_op,
    resize_bilinear_op,
    resize_nearest_neighbor_op,
)
from hornbeam.v1.adapters.array import either


@public(v1=("image.ResizeMethod",))
@final
class ResizeMethod:
    """The ways of `resize_images`."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


_OPS = {ResizeMethod.BILINEAR: resize_bilinear_op, ResizeMethod.NEAREST_NEIGHBOR: resize_nearest_neighbor_op,
        ResizeMethod.BICUBIC: resize_bicubic_op, ResizeMethod.AREA: resize_area_op}
_OPS |= {"bilinear": resize_bilinear_op, "nearest": resize_nearest_neighbor_op, "bicubic": resize_bicubic_op,
         "area": resize_area_op}


def _resized(method: Any, align_corners: bool, images: Any, size: Any) -> Any:
    resize_op = _OPS.get(method)
    if resize_op is None:
        raise ValueError(f"Resize method is not implemented: {method}")
    return resize_op(images, size, align_corners=align_corners)


@public(v1=("image.resize_images", "image.resize"))
@composite("resize")
def resize_images(images: Any, size: Any, method: Any = ResizeMethod.BILINEAR, align_corners: bool = False,
                  preserve_aspect_ratio: bool = False, name: str | None = None) -> Any:
    """Images of another size, as TensorFlow 1 resizes them: the corner of a pixel, not its middle, has its place.

    images: [height, width, channels] or [batch, height, width, channels]. size: int32 [2], the new height and width.
    method: of `ResizeMethod`. align_corners: the corner pixels stay where they are. preserve_aspect_ratio: the
    largest size within `size` that keeps the proportions. Images that have the size already come back as they are;
    else float32 comes back, but the nearest neighbour has the images' dtype. Raises ValueError for other ranks, sizes
    and methods.
    """
    return image_resize.resized(images, size, lambda batch, wanted: _resized(method, align_corners, batch, wanted),
                                preserve_aspect_ratio, keep_same=True)


@public(v1=("image.resize_image_with_pad",))
@scoped("resize_image_with_pad")
def resize_image_with_pad(image: Any, target_height: Any, target_width: Any, method: Any = ResizeMethod.BILINEAR,
                          align_corners: bool = False) -> Any:
    """The image resized in its proportions to fit `target_height` × `target_width`, and padded with black evenly."""
    return image_resize.padded(image, target_height, target_width,
                               lambda images, size: resize_images(images, size, method, align_corners))


@public(v1=("image.resize_bilinear",))
def resize_bilinear(images: Any, size: Any, align_corners: bool = False, name: str | None = None,
                    half_pixel_centers: bool = False) -> Any:
    """Images [batch, height, width, channels] resized by linear interpolation, as float32."""
    return resize_bilinear_op(images, size, align_corners=align_corners, half_pixel_centers=half_pixel_centers,
                              name=name)


@public(v1=("image.resize_bicubic",))
def resize_bicubic(images: Any, size: Any, align_corners: bool = False, name: str | None = None,
                   half_pixel_centers: bool = False) -> Any:
    """Images [batch, height, width, channels] resized by cubic convolution, as float32."""
    return resize_bicubic_op(images, size, align_corners=align_corners, half_pixel_centers=half_pixel_centers,
                             name=name)


@public(v1=("image.resize_nearest_neighbor",))
def resize_nearest_neighbor(images: Any, size: Any, align_corners: bool = False, name: str | None = None,
                            half_pixel_centers: bool = False) -> Any:
    """Images [batch, height, width, channels] resized by taking the nearest pixel."""
    return resize_nearest_neighbor_op(images, size, align_corners=align_corners,
                                      half_pixel_centers=half_pixel_centers, name=name)


# Older arguments ------------------------------------------------------------------------------------------


@public(v1=("image.crop_and_resize",))
def crop_and_resize(image: Any, boxes: Any, box_ind: Any = None, crop_size: Any = None, method: str = "bilinear",
                    extrapolation_value: float = 0, name: str | None = None, box_indices: Any = None) -> Any:
    """Parts of images, each resized to `crop_size`, as float32. `box_ind` is the older name of `box_indices`."""
    indices = either(box_indices, box_ind, ("box_indices", "box_ind"))
    return image_crops.crop_and_resize(image, boxes, indices, crop_size, method, extrapolation_value, name)


@public(v1=("image.draw_bounding_boxes",))
def draw_bounding_boxes(images: Any, boxes: Any, name: str | None = None, colors: Any = None) -> Any:
    """Images with the outlines of boxes, in ten colours that take turns, or in `colors`."""
    return image_boxes.draw_bounding_boxes(images, boxes, colors, name)


@public(v1=("image.extract_glimpse",))
def extract_glimpse(input: Any, size: Any, offsets: Any, centered: bool = True, normalized: bool = True,
                    uniform_noise: bool = True, name: str | None = None) -> Any:
    """Windows of images, one an image, whose middles lie at the offsets.

    input: float32 [batch, height, width, channels]. size: int32 [2], height and width. offsets: float32 [batch, 2] of
    [y, x], from the image's middle (`centered`) or first corner, in pixels or (`normalized`) image sizes. Outside of
    the image stands noise.
    """
    return image_crops.extract_glimpse_op(input, size, offsets, centered=centered, normalized=normalized,
                                          uniform_noise=uniform_noise, **seeds.attributes(None), name=name)


@public(v1=("image.sample_distorted_bounding_box",))
@composite("sample_distorted_bounding_box")
def sample_distorted_bounding_box(image_size: Any, bounding_boxes: Any, seed: int | None = None,
                                  seed2: int | None = None, min_object_covered: Any = 0.1,
                                  aspect_ratio_range: Any = None, area_range: Any = None,
                                  max_attempts: int | None = None, use_image_if_no_bounding_boxes: bool | None = None,
                                  name: str | None = None) -> Any:
    """A random part of an image that holds enough of some object: begin, size, and the part as a box [1, 1, 4].

    seed, seed2: the two words of a seed, both 0 for a random one. The other arguments are those of TensorFlow 2.
    """
    return image_boxes.sample_distorted_bounding_box_op(
        image_size, bounding_boxes, array.convert(min_object_covered, dtypes.float32), seed=seed or 0,
        seed2=seed2 or 0, **image_boxes.given(aspect_ratio_range=aspect_ratio_range, area_range=area_range,
                                              max_attempts=max_attempts,
                                              use_image_if_no_bounding_boxes=use_image_if_no_bounding_boxes))
