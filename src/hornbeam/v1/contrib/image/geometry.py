"""`tf.contrib.image`: rotating, shifting and warping images by projective transforms."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.ops.image_transform import image_projective_transform_v2
from hornbeam.v1.api import tf

_IMAGE_TYPES = (dtypes.uint8, dtypes.int32, dtypes.int64, dtypes.float16, dtypes.float32, dtypes.float64)


@public(v1=("contrib.image.transform",))
def transform(images: Any, transforms: Any, interpolation: str = "NEAREST", output_shape: Any = None,
              name: str | None = None) -> Any:
    """Images whose pixel (x, y) comes from ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), k = c0 x + c1 y + 1.

    images: [height, width], [height, width, channels] or [batch, height, width, channels]. transforms: the eight
    numbers [a0, a1, a2, b0, b1, b2, c0, c1], or one row of them an image. interpolation: "NEAREST" or "BILINEAR".
    output_shape: (height, width) of the result, by default the input's. Pixels from outside are 0.
    Raises TypeError for other dtypes and ranks, ValueError for an output shape that is none.
    """
    with tf.name_scope(name or "transform"):
        given = tf.convert_to_tensor(images, name="images")
        rows = tf.convert_to_tensor(transforms, name="transforms", dtype=dtypes.float32)
        if given.dtype.base_dtype not in _IMAGE_TYPES:
            raise TypeError(f"Invalid dtype {given.dtype}.")
        batched = _batched(given)
        if output_shape is None:
            size = tf.shape(batched)[1:3]
        else:
            size = tf.convert_to_tensor(output_shape, dtypes.int32, name="output_shape")
            if not size.shape.is_compatible_with([2]):
                raise ValueError("output_shape must be a 1-D Tensor of 2 elements: new_height, new_width, instead got "
                                 f"{output_shape}")
        if rows.shape.rank is None:
            raise TypeError("transforms rank must be statically known")
        if rows.shape.rank not in (1, 2):
            raise TypeError("Transforms should have rank 1 or 2.")
        found = image_projective_transform_v2(batched, rows[None] if rows.shape.rank == 1 else rows, size,
                                              interpolation=interpolation.upper())
        return _as_given(found, given.shape.rank)


def _batched(images: Any) -> Any:
    """Images as [batch, height, width, channels]. Raises TypeError for other ranks."""
    rank = images.shape.rank
    if rank is None:
        raise TypeError("image rank must be statically known")
    if rank == 2:
        return images[None, :, :, None]
    if rank == 3:
        return images[None]
    if rank == 4:
        return images
    raise TypeError("Images should have rank between 2 and 4.")


def _as_given(images: Any, rank: int) -> Any:
    return images[0, :, :, 0] if rank == 2 else images[0] if rank == 3 else images


@public(v1=("contrib.image.rotate",))
def rotate(images: Any, angles: Any, interpolation: str = "NEAREST", name: str | None = None) -> Any:
    """Images turned counterclockwise about their middle by `angles` (radians): one, or one an image."""
    with tf.name_scope(name or "rotate"):
        given = tf.convert_to_tensor(images)
        size = tf.cast(tf.shape(_batched(given)), dtypes.float32)
        return transform(given, angles_to_projective_transforms(angles, size[1], size[2]), interpolation)


@public(v1=("contrib.image.translate",))
def translate(images: Any, translations: Any, interpolation: str = "NEAREST", name: str | None = None) -> Any:
    """Images shifted by (dx, dy): one pair, or one an image."""
    with tf.name_scope(name or "translate"):
        return transform(images, translations_to_projective_transforms(translations), interpolation)


@public(v1=("contrib.image.angles_to_projective_transforms",))
def angles_to_projective_transforms(angles: Any, image_height: Any, image_width: Any, name: str | None = None) -> Any:
    """The transforms [n, 8] that turn images of this size about their middle. Raises TypeError for ranks above 1."""
    with tf.name_scope(name or "angles_to_projective_transforms"):
        angles = tf.convert_to_tensor(angles, name="angles", dtype=dtypes.float32)
        if angles.shape.rank not in (0, 1):
            raise TypeError("Angles should have rank 0 or 1.")
        turn = angles[None] if angles.shape.rank == 0 else angles
        cos, sin = tf.cos(turn), tf.sin(turn)
        x, y = image_width - 1, image_height - 1
        right, down = (x - (cos * x - sin * y)) / 2.0, (y - (sin * x + cos * y)) / 2.0
        none = tf.zeros_like(turn)
        return tf.stack([cos, -sin, right, sin, cos, down, none, none], 1)


@public(v1=("contrib.image.translations_to_projective_transforms",))
def translations_to_projective_transforms(translations: Any, name: str | None = None) -> Any:
    """The transforms [n, 8] that shift images by (dx, dy). Raises TypeError for ranks above 2."""
    with tf.name_scope(name or "translations_to_projective_transforms"):
        pairs = tf.convert_to_tensor(translations, name="translations", dtype=dtypes.float32)
        if pairs.shape.rank is None:
            raise TypeError("translations rank must be statically known")
        if pairs.shape.rank not in (1, 2):
            raise TypeError("Translations should have rank 1 or 2.")
        pairs = pairs[None] if pairs.shape.rank == 1 else pairs
        none, one = tf.zeros_like(pairs[:, 0]), tf.ones_like(pairs[:, 0])
        return tf.stack([one, none, -pairs[:, 0], none, one, -pairs[:, 1], none, none], 1)


@public(v1=("contrib.image.flat_transforms_to_matrices",))
def flat_transforms_to_matrices(transforms: Any) -> Any:
    """Rows of eight numbers as 3 × 3 matrices, whose last element is 1. Raises ValueError for other ranks."""
    with tf.name_scope("flat_transforms_to_matrices"):
        rows = tf.convert_to_tensor(transforms, name="transforms")
        if rows.shape.rank not in (1, 2):
            raise ValueError(f"Transforms should be 1D or 2D, got: {rows}")
        rows = tf.reshape(rows, [-1, 8])
        return tf.reshape(tf.concat([rows, tf.ones_like(rows[:, :1])], 1), [-1, 3, 3])


@public(v1=("contrib.image.matrices_to_flat_transforms",))
def matrices_to_flat_transforms(transform_matrices: Any) -> Any:
    """3 × 3 matrices as rows of eight numbers, divided by their last elements. Raises ValueError for other ranks."""
    with tf.name_scope("matrices_to_flat_transforms"):
        matrices = tf.convert_to_tensor(transform_matrices, name="matrices")
        if matrices.shape.rank not in (2, 3):
            raise ValueError(f"Matrices should be 2D or 3D, got: {matrices}")
        rows = tf.reshape(matrices, [-1, 9])
        return (rows / rows[:, 8:9])[:, :8]


@public(v1=("contrib.image.compose_transforms",))
def compose_transforms(*transforms: Any) -> Any:
    """The transforms one after the other as one. Raises ValueError for none."""
    if not transforms:
        raise ValueError("compose_transforms needs one transform at least")
    with tf.name_scope("compose_transforms"):
        product = flat_transforms_to_matrices(transforms[0])
        for following in transforms[1:]:
            product = tf.matmul(product, flat_transforms_to_matrices(following))
        return matrices_to_flat_transforms(product)


@public(v1=("contrib.image.dense_image_warp",))
def dense_image_warp(image: Any, flow: Any, name: str = "dense_image_warp") -> Any:
    """Images whose pixel (y, x) comes from (y, x) - flow[y, x], interpolated, and from the border beyond it.

    image: floats [batch, height, width, channels], 2 × 2 at least. flow: [batch, height, width, 2].
    """
    with tf.name_scope(name):
        image, flow = tf.convert_to_tensor(image), tf.convert_to_tensor(flow)
        batch, height, width, channels = (tf.shape(image)[i] for i in range(4))
        columns, rows = tf.meshgrid(tf.range(width), tf.range(height))
        grid = tf.cast(tf.stack([rows, columns], axis=2), flow.dtype)
        places = tf.reshape(grid[None] - flow, [batch, height * width, 2])
        found = tf.reshape(_interpolated(image, places), [batch, height, width, channels])
        found.set_shape(image.shape)
        return found


def _interpolated(image: Any, places: Any) -> Any:
    """The image at places (y, x), by the four pixels around each: [batch, places, channels]."""
    shape = tf.shape(image)
    batch, height, width, channels = (shape[i] for i in range(4))
    corners, parts = [], []
    for axis, size in enumerate((height, width)):
        at = places[:, :, axis]
        low = tf.minimum(tf.maximum(0.0, tf.floor(at)), tf.cast(size - 2, at.dtype))
        corners.append(tf.cast(low, dtypes.int32))
        parts.append(tf.cast(tf.clip_by_value(at - low, 0.0, 1.0), image.dtype)[:, :, None])
    flat = tf.reshape(image, [batch * height * width, channels])
    first = tf.reshape(tf.range(batch) * height * width, [-1, 1])

    def pixel(down: int, right: int) -> Any:
        return tf.gather(flat, first + (corners[0] + down) * width + corners[1] + right)

    above = parts[1] * (pixel(0, 1) - pixel(0, 0)) + pixel(0, 0)
    below = parts[1] * (pixel(1, 1) - pixel(1, 0)) + pixel(1, 0)
    return parts[0] * (below - above) + above
