"""Images turned, mirrored, cropped and padded. Single images [height, width, channels] or batches of them."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.ops import array, dims, math
from hornbeam.ops.control_flow import switch_case
from hornbeam.ops.image_batches import (
    after,
    as_batch,
    at_least_3d,
    checks_of_3d,
    is_tensor,
    larger,
    require,
    scoped,
    shaped,
    sizes_of,
    smaller,
    three_or_four,
)

# Mirrored and turned --------------------------------------------------------------------------------------


def mirrored(image: Any, axis: int) -> Any:
    """The image or batch in reverse order along an axis counted from the end."""
    rank = None if image.dims is None else len(image.dims)
    found = array.reverse(image, [axis if rank is None else rank + axis])
    return found if rank is not None else dims.with_dims(found, None)


def _flip(image: Any, axis: int) -> Any:
    x = at_least_3d(array.convert(image, name="image"))
    three_or_four(x, "")
    return mirrored(x, axis)


@public("image.flip_left_right")
@scoped("flip_left_right")
def flip_left_right(image: Any) -> Any:
    """The image mirrored: its last column first.

    image: [height, width, channels] or [batch, height, width, channels]. Raises ValueError for other ranks and for
    images without pixels.

    >>> flip_left_right([[[1], [2], [3]]]).numpy().tolist()
    [[[3], [2], [1]]]
    """
    return _flip(image, -2)


@public("image.flip_up_down")
@scoped("flip_up_down")
def flip_up_down(image: Any) -> Any:
    """The image upside down: its last row first.

    image: [height, width, channels] or [batch, height, width, channels]. Raises ValueError for other ranks and for
    images without pixels.

    >>> flip_up_down([[[1]], [[2]]]).numpy().tolist()
    [[[2]], [[1]]]
    """
    return _flip(image, -3)


def _transposed(image: Any) -> Any:
    """Rows and columns exchanged."""
    if image.dims is not None:
        return array.transpose(image, [1, 0, 2] if len(image.dims) == 3 else [0, 2, 1, 3])
    rank = array.rank(image)
    last = array.stack([rank - 2, rank - 3, rank - 1])
    return array.transpose(image, array.concat([array.range(rank - 3), last], 0))


@public("image.transpose", v1=("image.transpose_image",))
@composite("transpose")
def transpose(image: Any, name: str | None = None) -> Any:
    """The image with rows and columns exchanged.

    image: [height, width, channels] or [batch, height, width, channels]. Raises ValueError for other ranks.

    >>> transpose([[[1], [2]], [[3], [4]]]).numpy().reshape(-1).tolist()
    [1, 3, 2, 4]
    """
    x = at_least_3d(array.convert(image, name="image"))
    three_or_four(x)
    return _transposed(x)


@public("image.rot90")
@composite("rot90")
def rot90(image: Any, k: Any = 1, name: str | None = None) -> Any:
    """The image turned counter-clockwise by `k` quarter turns.

    image: [height, width, channels] or [batch, height, width, channels]. k: a scalar, also of a graph; negative ones
    turn clockwise. Raises ValueError for other ranks.

    >>> rot90([[[1], [2]], [[3], [4]]]).numpy().reshape(-1).tolist()
    [2, 4, 1, 3]
    """
    x = at_least_3d(array.convert(image, name="image"))
    three_or_four(x)
    turns = array.convert(k, dtypes.int32, name="k")
    if turns.dims not in (None, ()):
        raise ValueError(f"Shape {turns.shape} must have rank 0")
    by_turns = (lambda: x, lambda: _transposed(mirrored(x, -2)), lambda: mirrored(mirrored(x, -2), -3),
                lambda: mirrored(_transposed(x), -2))
    known = dims.static_value(turns)
    if known is not None:
        return by_turns[int(known) % 4]()
    found = switch_case(math.floormod(turns, 4), dict(enumerate(by_turns)))
    if x.dims is None:
        return found
    return dims.with_dims(found, (*x.dims[:-3], None, None, x.dims[-1]))


# Cropped --------------------------------------------------------------------------------------------------


@public("image.central_crop")
@scoped("central_crop")
def central_crop(image: Any, central_fraction: Any) -> Any:
    """The middle of the image: `central_fraction` of its height and width, rounded up to leave equal borders.

    image: [height, width, channels] or [batch, height, width, channels]. central_fraction: in (0, 1], a number or a
    scalar of a graph. Raises ValueError for other fractions and ranks.

    >>> central_crop([[[1], [2], [3], [4]]] * 4, 0.5).numpy().reshape(-1).tolist()
    [2, 3, 2, 3]
    """
    x = array.convert(image, name="image")
    known = dims.static_value(central_fraction) if is_tensor(central_fraction) else central_fraction
    if known is not None:
        if not 0.0 < known <= 1.0:
            raise ValueError("central_fraction must be within (0, 1]")
        if known == 1.0:
            return x
    else:
        inside = math.logical_and(central_fraction > 0.0, central_fraction <= 1.0)
        x = after(require(inside, "central_fraction must be within (0, 1]"), x)
    x = at_least_3d(x)
    rank = 0 if x.dims is None else len(x.dims)
    if x.dims is None or rank not in (3, 4):
        raise ValueError(f"`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = "
                         f"{None if x.dims is None else rank}.")
    height, width = sizes_of(x)[-3:-1]
    border = [_border(size, central_fraction if known is None else float(known), known) for size in (height, width)]
    sizes = [height - 2 * border[0], width - 2 * border[1]]
    lead = [0] * (rank - 3)
    found = array.slice(x, [*lead, *border, 0], [-1] * len(lead) + [*sizes, -1])
    return shaped(found, [*x.dims[:-3], *sizes, x.dims[-1]])


def _border(size: Any, fraction: Any, known: Any) -> Any:
    if known is not None and not is_tensor(size):
        return int((size - size * fraction) / 2)
    wide = math.cast(size, dtypes.float64)
    return math.cast((wide - wide * math.cast(fraction, dtypes.float64)) / 2, dtypes.int32)


@public("image.crop_to_bounding_box")
@scoped("crop_to_bounding_box")
def crop_to_bounding_box(image: Any, offset_height: Any, offset_width: Any, target_height: Any,
                         target_width: Any) -> Any:
    """The part of the image of height `target_height` and width `target_width` that begins at the offsets.

    image: [height, width, channels] or [batch, height, width, channels]. The numbers may be scalars of a graph, which
    are checked when it runs. Raises ValueError for a part that is empty or does not lie within the image.

    >>> crop_to_bounding_box([[[1], [2], [3]]], 0, 1, 1, 2).numpy().tolist()
    [[[2], [3]]]
    """
    images, undo = as_batch(array.convert(image, name="image"))
    made = checks_of_3d(images)
    batch, height, width, depth = sizes_of(images)
    made += require(offset_width >= 0, "offset_width must be >= 0.")
    made += require(offset_height >= 0, "offset_height must be >= 0.")
    made += require(target_width > 0, "target_width must be > 0.")
    made += require(target_height > 0, "target_height must be > 0.")
    made += require(width >= target_width + offset_width, "width must be >= target + offset.")
    made += require(height >= target_height + offset_height, "height must be >= target + offset.")
    found = array.slice(after(made, images), [0, offset_height, offset_width, 0],
                        [-1, target_height, target_width, -1])
    return undo(shaped(found, [batch, target_height, target_width, depth]))


# Padded ---------------------------------------------------------------------------------------------------


@public("image.pad_to_bounding_box")
@scoped("pad_to_bounding_box")
def pad_to_bounding_box(image: Any, offset_height: Any, offset_width: Any, target_height: Any,
                        target_width: Any) -> Any:
    """The image in a black frame of `target_height` × `target_width`, its first pixel at the offsets.

    image: [height, width, channels] or [batch, height, width, channels]. The numbers may be scalars of a graph, which
    are checked when it runs. Raises ValueError where an offset is negative or the image does not fit.

    >>> pad_to_bounding_box([[[7]]], 0, 1, 1, 3).numpy().reshape(-1).tolist()
    [0, 7, 0]
    """
    images, undo = as_batch(array.convert(image, name="image"))
    batch, height, width, depth = sizes_of(images)
    right, below = target_width - offset_width - width, target_height - offset_height - height
    made = checks_of_3d(images)
    made += require(offset_height >= 0, "offset_height must be >= 0")
    made += require(offset_width >= 0, "offset_width must be >= 0")
    made += require(right >= 0, "width must be <= target - offset")
    made += require(below >= 0, "height must be <= target - offset")
    found = array.pad(after(made, images), [[0, 0], [offset_height, below], [offset_width, right], [0, 0]])
    return undo(shaped(found, [batch, target_height, target_width, depth]))


@public("image.resize_with_crop_or_pad", v1=("image.resize_image_with_crop_or_pad",))
@scoped("resize_image_with_crop_or_pad")
def resize_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Any:
    """The image cut or padded with black evenly on both sides to `target_height` × `target_width`.

    image: [height, width, channels] or [batch, height, width, channels]. Raises ValueError for other ranks and for
    sizes that are not positive.

    >>> resize_with_crop_or_pad([[[1], [2], [3]]], 2, 1).numpy().reshape(-1).tolist()
    [2, 0]
    """
    images, undo = as_batch(array.convert(image, name="image"))
    made = checks_of_3d(images)
    made += require(target_width > 0, "target_width must be > 0.")
    made += require(target_height > 0, "target_height must be > 0.")
    images = after(made, images)
    _, height, width, _ = sizes_of(images)
    wider, higher = target_width - width, target_height - height
    cut = crop_to_bounding_box(images, larger(-higher // 2, 0), larger(-wider // 2, 0), smaller(target_height, height),
                               smaller(target_width, width))
    found = pad_to_bounding_box(cut, larger(higher // 2, 0), larger(wider // 2, 0), target_height, target_width)
    return undo(found)
