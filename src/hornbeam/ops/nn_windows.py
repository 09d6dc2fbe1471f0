"""Windows of images as columns and back, and convolutions transposed with any padding."""

from __future__ import annotations

from typing import Any

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, NUMERIC, op

_LETTERS = {1: "W", 2: "HW", 3: "DHW"}


@op("ConvTranspose", inputs="x: T, kernel: T", T=FLOATS, samples=lambda rng: [
    ((rng.normal(size=(1, 3, 2)), rng.normal(size=(2, 3, 2))), {"strides": (2,), "pads": ((1, 1),), "dilations": (1,)}),
    ((rng.normal(size=(1, 2, 3, 2)), rng.normal(size=(3, 2, 4, 2))),
     {"strides": (2, 1), "pads": ((2, 1), (1, 0)), "dilations": (1, 1)}),
    ((rng.normal(size=(1, 2, 3)), rng.normal(size=(2, 3, 2))),
     {"strides": (2,), "pads": ((2, 2),), "dilations": (2,), "channels_first": True})])
def conv_transpose(x, kernel, *, strides: Any, pads: Any, dilations: Any, channels_first: bool = False):
    """A convolution of the input spread out by `strides` and padded by `pads`, with the kernel turned over.

    kernel: [...space, out, in].
    """
    space = _LETTERS[len(strides)]
    order = f"NC{space}" if channels_first else f"N{space}C"
    turned = jnp.flip(kernel, range(len(strides)))
    return lax.conv_general_dilated(x, turned, (1,) * len(strides), [tuple(p) for p in pads], lhs_dilation=strides,
                                    rhs_dilation=dilations, dimension_numbers=(order, f"{space}OI", order))


@conv_transpose.shape
def _(inputs, attrs):
    (x, dtype), w = inputs[0][:2], inputs[1].dims
    strides, pads, dilations = attrs["strides"], attrs["pads"], attrs["dilations"]
    rank = len(strides) + 2
    x, w = (None,) * rank if x is None else x, (None,) * rank if w is None else w
    first = 2 if attrs["channels_first"] else 1
    if len(x) != rank or len(w) != rank:
        raise ShapeFault(f"Shape must be rank {rank} but is rank {len(x) if len(x) != rank else len(w)}")
    depth = x[1] if attrs["channels_first"] else x[-1]
    if None not in (depth, w[-1]) and depth != w[-1]:
        raise ShapeFault(f"Dimensions must be equal, but are {depth} and {w[-1]}")
    space = [None if n is None or k is None else max((n - 1) * s + 1 + sum(pad) - (k - 1) * d, 0)
             for n, k, s, d, pad in zip(x[first:], w, strides, dilations, pads, strict=False)]
    channels = (w[-2],)
    return [((x[0], *channels, *space) if attrs["channels_first"] else (x[0], *space, *channels), dtype)]


def _outputs(size: int, kernel: int, dilation: int, padding: int, stride: int) -> int:
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


_USUAL = {"kernel": (2, 2), "dilation": (1, 1), "padding": (0, 0), "stride": (1, 1)}
_ODD = {"kernel": (2, 3), "dilation": (2, 1), "padding": (1, 0), "stride": (1, 2)}


@op("Unfold", inputs="x: T", T=NUMERIC, samples=lambda rng: [((rng.normal(size=(2, 3, 4, 5)),), _USUAL),
                                                            ((rng.normal(size=(1, 2, 4, 5)),), _ODD)])
def unfold(x, *, kernel: Any, dilation: Any, padding: Any, stride: Any):
    """The windows of images [n, channels, height, width] as columns [n, channels · kernel, windows]."""
    n, channels, *space = x.shape
    padded = jnp.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    high, wide = (_outputs(s, k, d, p, t) for s, k, d, p, t in zip(space, kernel, dilation, padding, stride,
                                                                  strict=True))
    taps = [lax.slice(padded, (0, 0, i * dilation[0], j * dilation[1]),
                      (n, channels, i * dilation[0] + (high - 1) * stride[0] + 1,
                       j * dilation[1] + (wide - 1) * stride[1] + 1), (1, 1, *stride))
            for i in range(kernel[0]) for j in range(kernel[1])]
    return jnp.reshape(jnp.stack(taps, 2), (n, channels * kernel[0] * kernel[1], high * wide))


@op("Fold", inputs="x: T", T=FLOATS, samples=lambda rng: [
    ((rng.normal(size=(2, 12, 12)),), {"size": (4, 5), **_USUAL}), ((rng.normal(size=(1, 12, 8)),),
                                                                   {"size": (4, 5), **_ODD})])
def fold(x, *, size: Any, kernel: Any, dilation: Any, padding: Any, stride: Any):
    """Images from the columns of `Unfold`; where windows overlap, sums."""
    channels = x.shape[1] // (kernel[0] * kernel[1])
    like = jax.ShapeDtypeStruct((x.shape[0], channels, *size), x.dtype)
    (images,) = jax.linear_transpose(lambda v: unfold.function(v, kernel=kernel, dilation=dilation, padding=padding,
                                                               stride=stride), like)(x)
    return images


