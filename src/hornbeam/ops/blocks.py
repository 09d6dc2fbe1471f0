"""Blocks of an image or tensor as batch entries or channels, and patches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, INDEX, NUMERIC, REALS, op
from hornbeam.graph.op import registry as ops
from hornbeam.ops import dims as shapes
from hornbeam.ops.constants import constant, zeros
from hornbeam.ops.conversion import convert
from hornbeam.ops.dims import ShapeFault, static_value
from hornbeam.ops.joining import stack

# Space to batch --------------------------------------------------------------------------------------


def _pairs(values: Any) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in values]


def _to_batch(x: Any, blocks: Sequence[int], paddings: Any) -> Any:
    """The elements of each block spread over as many batch entries."""
    count = len(blocks)
    rest = jnp.ndim(x) - 1 - count
    x = jnp.pad(x, [(0, 0), *_pairs(paddings), *[(0, 0)] * rest])
    dims = jnp.shape(x)
    split = [dims[0]]
    for size, block in zip(dims[1:1 + count], blocks, strict=True):
        split += [size // block, block]
    x = jnp.reshape(x, [*split, *dims[1 + count:]])
    inner, outer = [2 + 2 * i for i in range(count)], [1 + 2 * i for i in range(count)]
    x = jnp.transpose(x, [*inner, 0, *outer, *range(1 + 2 * count, jnp.ndim(x))])
    return jnp.reshape(x, [dims[0] * int(np.prod(blocks)), *split[1::2], *dims[1 + count:]])


def _from_batch(x: Any, blocks: Sequence[int], crops: Any) -> Any:
    count, dims = len(blocks), jnp.shape(x)
    batch = dims[0] // max(1, int(np.prod(blocks)))
    x = jnp.reshape(x, [*blocks, batch, *dims[1:]])
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    x = jnp.transpose(x, [*order, *range(2 * count + 1, jnp.ndim(x))])
    x = jnp.reshape(x, [batch, *(d * b for d, b in zip(dims[1:], blocks, strict=False)), *dims[1 + count:]])
    cut = [slice(None)]
    for (a, b), size in zip(_pairs(crops), jnp.shape(x)[1:], strict=False):
        cut.append(slice(a, size - b))
    return x[tuple(cut)]


def _times(x: int | None, y: int | None) -> int | None:
    return None if x is None or y is None else x * y


def _batch_shape(inputs: Any, attrs: dict[str, Any], out: bool) -> Any:
    """Shapes of SpaceToBatchND (`out`) and BatchToSpaceND."""
    (dims, dtype), blocks, edges = inputs[0][:2], inputs[1], inputs[2]
    if dims is None or blocks.dims is None or blocks.dims[0] is None:
        return [(None, dtype)]
    count = blocks.dims[0]
    if len(dims) < count + 1:
        raise ShapeFault(f"Shape must be at least rank {count + 1} but is rank {len(dims)}",
                         f"input rank should be >= {1 + count} instead of {len(dims)}")
    if edges.dims is not None and (len(edges.dims) != 2 or edges.dims[0] not in (None, count)):
        raise ShapeFault(f"Dimensions must be equal, but are {edges.dims[0] if edges.dims else 0} and {count}",
                         f"paddings should have shape [{count}, 2] instead of {shapes.text(edges.dims)}")
    if blocks.value is None:
        return [((None,) * (count + 1) + tuple(dims[count + 1:]), dtype)]
    sizes = [int(b) for b in blocks.value]
    if any(b < 1 for b in sizes):
        raise ShapeFault("All values in block_shape must be positive, got " + str(min(sizes)))
    pairs: list[Any] = [(None, None)] * count if edges.value is None else _pairs(edges.value)
    if any(a is not None and (a < 0 or b < 0) for a, b in pairs):
        raise ShapeFault("paddings cannot be negative" if out else "crops cannot be negative")
    result: list[int | None] = []
    factor = int(np.prod(sizes))
    if out:
        result.append(_times(dims[0], factor))
    else:
        batch = dims[0]
        if batch is not None and batch % factor:
            odd = next((b for b in sizes if batch % b), factor)
            raise ShapeFault(f"Dimension size must be evenly divisible by {odd} but is {batch}",
                             f"Input batch dimension ({batch}) is not divisible by product of block sizes ({factor})")
        result.append(None if batch is None else batch // factor)
    for i, (d, b, (low, high)) in enumerate(zip(dims[1:], sizes, pairs, strict=False)):
        result.append(_block_size(i, d, b, low, high, out))
    return [((*result, *dims[1 + count:]), dtype)]


def _block_size(i: int, size: int | None, block: int, low: int | None, high: int | None, out: bool) -> int | None:
    if size is None or low is None or high is None:
        return None
    if out:
        whole = size + low + high
        if whole % block:
            raise ShapeFault(f"Dimension size must be evenly divisible by {block} but is {whole}",
                             f"padded_shape[{i}]={whole} is not divisible by block_shape[{i}]={block}")
        return whole // block
    cropped = size * block - low - high
    if cropped < 0:
        raise ShapeFault(f"cropped_shape[{i}]={cropped} must be non-negative")
    return cropped


def _space(rng: np.random.Generator) -> list[Any]:
    return [((rng.normal(size=(2, 4, 6, 1)), np.array([2, 3]), np.array([[0, 0], [2, 1]])), {})]


@op("SpaceToBatchND", inputs="input: T, block_shape: Tblock_shape static, paddings: Tpaddings static",
    names=("space_to_batch_nd",), v1=("manip.space_to_batch_nd",), Tblock_shape=INDEX, Tpaddings=INDEX,
    samples=_space)
def space_to_batch_nd(input, block_shape, paddings):
    """The elements of each block of the padded spatial dimensions spread over as many batch entries.

    input: [batch, *spatial, ...]. block_shape: one size a spatial dimension. paddings: two numbers each.
    Raises where a padded size is not divisible by its block.
    """
    return _to_batch(input, [int(b) for b in block_shape], paddings)


space_to_batch_nd.shape(lambda inputs, attrs: _batch_shape(inputs, attrs, True))


@space_to_batch_nd.grad
def _(call, dy):
    return batch_to_space_op(dy, *call.inputs[1:]), None, None


@op("BatchToSpaceND", inputs="input: T, block_shape: Tblock_shape static, crops: Tcrops static",
    v1=("batch_to_space_nd", "manip.batch_to_space_nd"), Tblock_shape=INDEX, Tcrops=INDEX,
    samples=lambda rng: [((rng.normal(size=(12, 2, 3, 1)), np.array([2, 3]), np.array([[0, 0], [2, 1]])), {})])
def batch_to_space_op(input, block_shape, crops):
    """The inverse of `space_to_batch_nd`: batch entries put back into blocks, then cropped."""
    return _from_batch(input, [int(b) for b in block_shape], crops)


batch_to_space_op.shape(lambda inputs, attrs: _batch_shape(inputs, attrs, False))


@batch_to_space_op.grad
def _(call, dy):
    return space_to_batch_nd(dy, *call.inputs[1:]), None, None


@op("SpaceToBatch", inputs="input: T, paddings: Tpaddings static", Tpaddings=INDEX,
    samples=lambda rng: [((rng.normal(size=(1, 4, 4, 2)), np.array([[0, 0], [1, 1]])), {"block_size": 2})])
def space_to_batch_op(input, paddings, *, block_size: int):
    """As `SpaceToBatchND` over height and width, with square blocks."""
    return _to_batch(input, [block_size] * 2, paddings)


@op("BatchToSpace", inputs="input: T, crops: Tidx static", Tidx=INDEX,
    samples=lambda rng: [((rng.normal(size=(4, 2, 3, 2)), np.array([[0, 0], [1, 1]])), {"block_size": 2})])
def batch_to_space_square_op(input, crops, *, block_size: int):
    """As `BatchToSpaceND` over height and width, with square blocks."""
    return _from_batch(input, [block_size] * 2, crops)


def _square(inputs: Any, attrs: dict[str, Any], out: bool) -> Any:
    """The shape rules of SpaceToBatch (`out`) and BatchToSpace: those of the general ops with square blocks."""
    size = attrs["block_size"]
    if not isinstance(size, int) or size < 2:
        raise ShapeFault(f"Block size should be > 1: {size}")
    shapes.want_rank(inputs[0].dims, 4)
    x = inputs[0] if inputs[0].dims is not None else inputs[0]._replace(dims=(None,) * 4)
    blocks = inputs[1]._replace(dims=(2,), value=np.array([size, size]), partial=None)
    return _batch_shape([x, blocks, inputs[1]], attrs, out)


space_to_batch_op.shape(lambda inputs, attrs: _square(inputs, attrs, True))
batch_to_space_square_op.shape(lambda inputs, attrs: _square(inputs, attrs, False))


@space_to_batch_op.grad
def _(call, dy):
    return batch_to_space_square_op(dy, call.inputs[1], block_size=call.attrs["block_size"]), None


@batch_to_space_square_op.grad
def _(call, dy):
    return space_to_batch_op(dy, call.inputs[1], block_size=call.attrs["block_size"]), None


@public(v2=("space_to_batch", "nn.space_to_batch"))
def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    """The elements of each block of the padded spatial dimensions spread over as many batch entries."""
    return space_to_batch_nd(input, block_shape, paddings, name=name)


@public(v2=("batch_to_space",))
def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    """The inverse of `space_to_batch`: batch entries put back into blocks, then cropped."""
    return batch_to_space_op(input, block_shape, crops, name=name)


@public("required_space_to_batch_paddings")
@composite("required_space_to_batch_paddings")
def required_space_to_batch_paddings(input_shape: Any, block_shape: Any, base_paddings: Any = None,
                                     name: str | None = None) -> Any:
    """The paddings, at least `base_paddings`, that make sizes divisible by blocks, and the crops that undo them.

    Both are matrices with two columns; constants where the arguments are known.
    """
    sizes = convert(input_shape, dtypes.int32, name="input_shape")
    blocks = convert(block_shape, dtypes.int32, name="block_shape")
    if blocks.dims is None or blocks.dims[0] is None:
        raise ValueError("block_shape must have a known number of entries")
    count = blocks.dims[0]
    if count == 0:
        return zeros([0, 2], dtypes.int32), zeros([0, 2], dtypes.int32)
    base = zeros([count, 2], dtypes.int32) if base_paddings is None else convert(
        base_paddings, dtypes.int32, name="base_paddings")
    known = [static_value(t) for t in (sizes, blocks, base)]
    if all(k is not None for k in known):
        total, block, pad = known
        low = pad[:, 0]  # type: ignore[index]
        extra = -(total + pad.sum(1)) % block  # type: ignore[union-attr,operator]
        return (constant(np.stack([low, pad[:, 1] + extra], 1).astype(np.int32), name="paddings"),  # type: ignore[index]
                constant(np.stack([np.zeros_like(extra), extra], 1).astype(np.int32), name="crops"))
    low, high = base[:, 0], base[:, 1]
    full = sizes + low + high
    extra = (blocks - full % blocks) % blocks
    return (stack([low, high + extra], axis=1, name="paddings"),
            stack([ops["ZerosLike"](extra), extra], axis=1, name="crops"))


# Space to depth --------------------------------------------------------------------------------------


def _last(x: Any, data_format: str) -> Any:
    if data_format == "NHWC":
        return x
    return jnp.transpose(x, (0, 2, 3, 1))


def _first(x: Any, data_format: str) -> Any:
    return x if data_format == "NHWC" else jnp.transpose(x, (0, 3, 1, 2))


def _format(dims: Any, attrs: dict[str, Any]) -> tuple[Any, Any]:
    """The dims in the order NHWC, and how to put them back."""
    form = attrs["data_format"]
    if form not in ("NHWC", "NCHW"):
        raise ShapeFault(f"data_format is NHWC or NCHW, not {form}")
    if attrs["block_size"] < 2:
        raise ShapeFault(f"Block size should be > 1, but was: {attrs['block_size']}")
    shapes.want_rank(dims, 4)
    if dims is None:
        return (None,) * 4, (lambda d: d) if form == "NHWC" else (lambda d: (d[0], d[3], d[1], d[2]))
    if form == "NHWC":
        return dims, lambda d: d
    return (dims[0], dims[2], dims[3], dims[1]), lambda d: (d[0], d[3], d[1], d[2])


def _divided(size: int | None, by: int, run: str) -> int | None:
    if size is not None and size % by:
        raise ShapeFault(f"Dimension size must be evenly divisible by {by} but is {size}", run)
    return None if size is None else size // by


@op("SpaceToDepth", inputs="input: T",
    samples=lambda rng: [((rng.normal(size=(1, 4, 2, 3)),), {"block_size": 2}),
                         ((rng.normal(size=(1, 3, 4, 2)),), {"block_size": 2, "data_format": "NCHW"})])
def space_to_depth_op(input, *, block_size: int, data_format: str = "NHWC"):
    """The elements of each square block as channels."""
    x = _last(input, data_format)
    n, h, w, c = jnp.shape(x)
    b = block_size
    x = jnp.reshape(x, (n, h // b, b, w // b, b, c)).transpose(0, 1, 3, 2, 4, 5)
    return _first(jnp.reshape(x, (n, h // b, w // b, b * b * c)), data_format)


@space_to_depth_op.shape
def _(inputs, attrs):
    (n, h, w, c), back = _format(inputs[0].dims, attrs)
    b = attrs["block_size"]
    run = f"Image width {w} and height {h} should be divisible by block_size: {b}"
    return [(back((n, _divided(h, b, run), _divided(w, b, run), _times(c, b * b))), inputs[0].dtype)]


@op("DepthToSpace", inputs="input: T",
    samples=lambda rng: [((rng.normal(size=(1, 2, 3, 8)),), {"block_size": 2}),
                         ((rng.normal(size=(1, 4, 2, 3)),), {"block_size": 2, "data_format": "NCHW"})])
def depth_to_space_op(input, *, block_size: int, data_format: str = "NHWC"):
    """Channels as the elements of square blocks."""
    x = _last(input, data_format)
    n, h, w, c = jnp.shape(x)
    b = block_size
    x = jnp.reshape(x, (n, h, w, b, b, c // (b * b))).transpose(0, 1, 3, 2, 4, 5)
    return _first(jnp.reshape(x, (n, h * b, w * b, c // (b * b))), data_format)


@depth_to_space_op.shape
def _(inputs, attrs):
    (n, h, w, c), back = _format(inputs[0].dims, attrs)
    b = attrs["block_size"]
    run = f"Input depth dimension {c} should be divisible by: {b * b}"
    return [(back((n, _times(h, b), _times(w, b), _divided(c, b * b, run))), inputs[0].dtype)]


@space_to_depth_op.grad
def _(call, dy):
    return depth_to_space_op(dy, **call.attrs)


@depth_to_space_op.grad
def _(call, dy):
    return space_to_depth_op(dy, **call.attrs)


@public(v2=("nn.space_to_depth",))
def space_to_depth(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Images whose square blocks became channels: [n, h, w, c] → [n, h/b, w/b, b²c]. data_format: NHWC or NCHW."""
    return space_to_depth_op(input, block_size=int(block_size), data_format=data_format, name=name)


@public(v2=("nn.depth_to_space",))
def depth_to_space(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Images whose channels became square blocks: [n, h, w, c] → [n, hb, wb, c/b²]. data_format: NHWC or NCHW."""
    return depth_to_space_op(input, block_size=int(block_size), data_format=data_format, name=name)


# Patches ---------------------------------------------------------------------------------------------


def _window(size: int | None, kernel: int, stride: int, rate: int, padding: str) -> tuple[int | None, int, int]:
    """How many windows fit, and the padding before and after."""
    if size is None:
        return None, 0, 0
    reach = (kernel - 1) * rate + 1
    if padding == "VALID":
        return max(0, -(-(size - reach + 1) // stride)), 0, 0
    count = -(-size // stride)
    pad = max(0, (count - 1) * stride + reach - size)
    return count, pad // 2, pad - pad // 2


def _patched(x: Any, kernel: Sequence[int], strides: Sequence[int], rates: Sequence[int], padding: str) -> Any:
    """Windows over the spatial dimensions as channels: [n, *out, prod(kernel) * c]."""
    spatial = len(kernel)
    channels = jnp.shape(x)[-1]
    plans = [_window(d, k, s, r, padding) for d, k, s, r in
             zip(jnp.shape(x)[1:-1], kernel, strides, rates, strict=True)]
    x = jnp.pad(x, [(0, 0), *((low, high) for _, low, high in plans), (0, 0)])
    for i, ((count, _, _), k, s, r) in enumerate(zip(plans, kernel, strides, rates, strict=True)):
        places = np.arange(count or 0)[:, None] * s + np.arange(k)[None, :] * r
        x = jnp.take(x, places, 1 + 2 * i, mode="clip")
    out = [1 + 2 * i for i in range(spatial)]
    inner = [2 + 2 * i for i in range(spatial)]
    x = jnp.transpose(x, (0, *out, *inner, 2 * spatial + 1))
    return jnp.reshape(x, (jnp.shape(x)[0], *(c for c, _, _ in plans), int(np.prod(kernel)) * channels))


def _patch_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    dims, dtype = inputs[0][:2]
    kernel, strides = (shapes.integers(attrs[k], k) for k in ("ksizes", "strides"))
    rates = shapes.integers(attrs["rates"], "rates") if "rates" in attrs else (1,) * len(kernel)
    if len(kernel) not in (4, 5):
        raise ShapeFault(f"ksizes must hold 4 or 5 integers, not {list(kernel)}")
    rank = len(kernel)
    shapes.want_rank(dims, rank)
    if attrs["padding"] not in ("SAME", "VALID"):
        raise ShapeFault(f"padding is SAME or VALID, not {attrs['padding']}")
    for n, v in (("ksizes", kernel), ("strides", strides), ("rates", rates)):
        if len(v) != rank or v[0] != 1 or v[-1] != 1 or min(v) < 1:
            raise ShapeFault(f"{n} must hold {rank} positive integers, the first and last 1, not {list(v)}")
    if dims is None:
        return [((None,) * rank, dtype)]
    sizes = [_window(d, k, s, r, attrs["padding"])[0]
             for d, k, s, r in zip(dims[1:-1], kernel[1:-1], strides[1:-1], rates[1:-1], strict=True)]
    return [((dims[0], *sizes, _times(dims[-1], int(np.prod(kernel)))), dtype)]


@op("ExtractImagePatches", inputs="images: T", T=NUMERIC + BOOL,
    samples=lambda rng: [((rng.normal(size=(2, 5, 6, 2)),), {
        "ksizes": (1, 2, 3, 1), "strides": (1, 2, 1, 1), "rates": (1, 1, 2, 1), "padding": p})
        for p in ("SAME", "VALID")])
def extract_image_patches_op(images, *, ksizes: Any, strides: Any, rates: Any, padding: str):
    """Windows of images as channels."""
    return _patched(images, ksizes[1:-1], strides[1:-1], rates[1:-1], padding)


@op("ExtractVolumePatches", inputs="input: T", T=REALS,
    samples=lambda rng: [((rng.normal(size=(1, 3, 4, 3, 1)),), {
        "ksizes": (1, 2, 2, 1, 1), "strides": (1, 1, 2, 1, 1), "padding": "SAME"})])
def extract_volume_patches_op(input, *, ksizes: Any, strides: Any, padding: str):
    """Windows of volumes as channels."""
    return _patched(input, ksizes[1:-1], strides[1:-1], (1, 1, 1), padding)


extract_image_patches_op.shape(_patch_shape)
extract_volume_patches_op.shape(_patch_shape)


@public("image.extract_patches")
def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None) -> Any:
    """Windows of images as channels: [n, h, w, c] → [n, out_h, out_w, size_h · size_w · c].

    sizes, strides, rates: [1, rows, columns, 1]; `rates` spreads a window's elements. padding: "SAME" or "VALID".
    """
    return extract_image_patches_op(images, ksizes=tuple(int(s) for s in sizes), strides=tuple(int(s) for s in strides),
                                    rates=tuple(int(r) for r in rates), padding=str(padding).upper(), name=name)


@public("extract_volume_patches")
def extract_volume_patches(input: Any, ksizes: Any, strides: Any, padding: str, name: str | None = None) -> Any:
    """Windows of volumes as channels: [n, d, h, w, c] → [n, out_d, out_h, out_w, prod(ksizes) · c]."""
    return extract_volume_patches_op(input, ksizes=tuple(int(s) for s in ksizes),
                                     strides=tuple(int(s) for s in strides), padding=str(padding).upper(), name=name)
