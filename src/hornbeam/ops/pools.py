"""Pooling as users call it: maxima and means of windows in one to three dimensions. `pooling.py` holds the ops."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.names import public
from hornbeam.ops import array
from hornbeam.ops.pooling import avg_pool3d_op, avg_pool_op, max_pool3d_op, max_pool_op, max_pool_with_argmax_op
from hornbeam.ops.space_to_batch import with_space_to_batch
from hornbeam.ops.windows import FORMATS, format_of, full_list, split_padding

_OPS = {("MAX", 2): max_pool_op, ("AVG", 2): avg_pool_op, ("MAX", 3): max_pool3d_op, ("AVG", 3): avg_pool3d_op}


def pooled(kind: str, x: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None, spatial: int,
           name: str | None) -> Any:
    """The pooling of a tensor with 2 or 3 spatial dimensions."""
    order = format_of(data_format, spatial)
    channel = 1 if order[1:2] == "C" else -1
    attrs: dict[str, Any] = {"ksize": full_list(ksize, spatial, channel, "ksize"), "data_format": order,
                             "strides": full_list(strides, spatial, channel, "strides")}
    if kind == "MAX" and spatial == 2:
        attrs["padding"], attrs["explicit_paddings"] = split_padding(padding)
    elif isinstance(padding, str):
        attrs["padding"] = padding
    else:
        raise TypeError(f"Expected string for argument 'padding' not {padding!r}.")
    return _OPS[kind, spatial](x, **attrs, name=name)


def pooled_1d(kind: str, input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None,
              name: str | None) -> Any:
    """The pooling of sequences, as that of images one pixel high."""
    order = format_of(data_format, 1)
    if order not in FORMATS[1]:
        raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")
    first = order == "NCW"
    axis = 2 if first else 1
    window, steps = (full_list(v, 1, 1 if first else -1, w) for v, w in ((ksize, "ksize"), (strides, "strides")))
    kind_of_padding, flat = split_padding(padding, 3)
    pads: Any = kind_of_padding
    if flat:
        pairs = [list(flat[i:i + 2]) for i in (0, 2, 4)]
        pads = [*pairs[:axis], [0, 0], *pairs[axis:]]
    found = pooled(kind, array.expand_dims(input, axis), _taller(window, axis), _taller(steps, axis), pads,
                   FORMATS[2][first], 2, name)
    return array.squeeze(found, [axis])


def _taller(values: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return (*values[:axis], 1, *values[axis:])


def any_pool(kind: str, input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None,
             name: str | None) -> Any:
    """Pooling in as many dimensions as the input has beside batch and channels."""
    x = array.convert(input)
    rank = len(data_format) if data_format else None if x.dims is None else len(x.dims)
    if rank is None:
        raise ValueError("`input` must have a static shape or `data_format` must be given. "
                         f"Received: input.shape={x.shape} and data_format={data_format}")
    if rank - 2 not in FORMATS:
        raise ValueError(f"`input.shape.rank` must be 3, 4 or 5. Received: input.shape={x.shape} of rank {rank}.")
    if rank == 3:
        return (max_pool1d if kind == "MAX" else avg_pool1d)(x, ksize, strides, padding, format_of(data_format, 1),
                                                             name=name)
    usual = "MaxPool2d" if kind == "MAX" and rank == 4 else None
    return pooled(kind, x, ksize, strides, padding, data_format, rank - 2, name or usual)


@public(v1=("nn.max_pool_v2",), v2=("nn.max_pool",))
def max_pool(input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None,
             name: str | None = None) -> Any:
    """The maximum of each window, in 1, 2 or 3 dimensions.

    input: [batch, ...space, channels], or channels second where `data_format` starts with "NC". ksize, strides: a
    number, one a spatial dimension, or one a dimension. padding: "VALID", "SAME", or (images) a list of pairs.
    The gradient goes to the first maximum of each window.

    >>> max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2, 2, "VALID").numpy().reshape(-1).tolist()
    [3.0, 2.0]
    """
    return any_pool("MAX", input, ksize, strides, padding, data_format, name)


@public(v1=("nn.avg_pool_v2",), v2=("nn.avg_pool",))
def avg_pool(input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None,
             name: str | None = None) -> Any:
    """The mean of each window, in 1, 2 or 3 dimensions; padding does not count.

    input: floats [batch, ...space, channels], or channels second where `data_format` starts with "NC". ksize,
    strides: a number, one a spatial dimension, or one a dimension. padding: "VALID" or "SAME".
    """
    return any_pool("AVG", input, ksize, strides, padding, data_format, name)


@public("nn.max_pool1d")
@composite("MaxPool1d")
def max_pool1d(input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NWC",
               name: str | None = None) -> Any:
    """The maximum of each window of sequences [batch, width, channels], or channels second with "NCW"."""
    return pooled_1d("MAX", input, ksize, strides, padding, data_format, own_name())


@public("nn.avg_pool1d")
@composite("AvgPool1D")
def avg_pool1d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NWC",
               name: str | None = None) -> Any:
    """The mean of each window of sequences [batch, width, channels], or channels second with "NCW"."""
    return pooled_1d("AVG", input, ksize, strides, padding, data_format, own_name())


@public("nn.max_pool2d")
def max_pool2d(input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC",
               name: str | None = None) -> Any:
    """The maximum of each window of images [batch, height, width, channels], or channels second with "NCHW".

    ksize, strides: a number, two, or one a dimension. padding: "VALID", "SAME" or a list of pairs, one a dimension.
    """
    return pooled("MAX", input, ksize, strides, padding, data_format, 2, name or "MaxPool2d")


@public(v2=("nn.avg_pool2d",))
def avg_pool2d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC",
               name: str | None = None) -> Any:
    """The mean of each window of images [batch, height, width, channels], or channels second with "NCHW".

    ksize, strides: a number, two, or one a dimension. padding: "VALID" or "SAME", which does not count.
    """
    return pooled("AVG", input, ksize, strides, padding, data_format, 2, name or "AvgPool2D")


@public("nn.max_pool3d")
def max_pool3d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC",
               name: str | None = None) -> Any:
    """The maximum of each window of volumes [batch, depth, height, width, channels]; "NCDHW": channels second."""
    return pooled("MAX", input, ksize, strides, padding, data_format, 3, name)


@public("nn.avg_pool3d")
def avg_pool3d(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC",
               name: str | None = None) -> Any:
    """The mean of each window of volumes [batch, depth, height, width, channels]; "NCDHW": channels second."""
    return pooled("AVG", input, ksize, strides, padding, data_format, 3, name)


@public(v2=("nn.max_pool_with_argmax",))
def max_pool_with_argmax(input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC",
                         output_dtype: Any = dtypes.int64, include_batch_in_index: bool = False,
                         name: str | None = None) -> Any:
    """The maximum of each window of images, and where it stands.

    input: [batch, height, width, channels]. Returns (output, argmax): (row · width + column) · channels + channel of
    each maximum as `output_dtype`, counted within its image or, with `include_batch_in_index`, within the batch.
    Raises ValueError for another `data_format` than "NHWC".
    """
    if data_format != "NHWC":
        raise ValueError("`data_format` values other than 'NHWC' are not supported. "
                         f"Received: data_format={data_format}")
    return max_pool_with_argmax_op(input, ksize=full_list(ksize, 2, -1, "ksize"), padding=padding,
                                   strides=full_list(strides, 2, -1, "strides"), Targmax=dtypes.as_dtype(output_dtype),
                                   include_batch_in_index=include_batch_in_index, name=name)


@public(v2=("nn.pool",))
def pool(input: Any, window_shape: Any, pooling_type: str, strides: Any = None, padding: str = "VALID",
         data_format: str | None = None, dilations: Any = None, name: str | None = None) -> Any:
    """Pooling in 1, 2 or 3 dimensions with windows whose elements may stand apart.

    input: [batch, ...space, channels], or channels second where `data_format` starts with "NC". window_shape,
    strides, dilations: one a spatial dimension. pooling_type: "MAX" or "AVG". padding: "VALID", or "SAME" where
    the dilations are 1. Raises ValueError for strides and dilations that are both above 1.
    """
    return pooled_apart(input, window_shape, pooling_type, strides, padding, data_format, dilations, name)


def pooled_apart(input: Any, window_shape: Any, pooling_type: str, strides: Any, padding: str,
                 data_format: str | None, dilations: Any, name: str | None) -> Any:
    """`pool` of both generations."""
    if pooling_type not in ("MAX", "AVG"):
        raise ValueError(f"`pooling_type` must be 'MAX' or 'AVG'. Received: pooling_type={pooling_type}")
    spatial = len(window_shape)
    steps = full_list(strides, spatial, -1, "strides")[1:-1]
    rates = full_list(dilations, spatial, -1, "dilations")[1:-1]
    if max(rates) > 1 and max(steps) > 1:
        raise ValueError("`strides` > 1 not supported in conjunction with `dilation_rate` > 1. "
                         f"Received: strides={list(steps)} and dilation_rate={list(rates)}")
    if max(rates) > 1 and padding == "SAME":
        raise ValueError("pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. "
                         f"Received: padding={padding} and dilation_rate={list(rates)}")
    return _pooled_apart(input, tuple(window_shape), pooling_type, steps, padding, data_format, rates,
                         name=name or f"{pooling_type.lower()}_pool")


@composite("pool")
def _pooled_apart(input: Any, window: tuple[int, ...], kind: str, steps: tuple[int, ...], padding: str,
                  data_format: str | None, rates: tuple[int, ...], name: str | None = None) -> Any:
    spatial = len(window)
    order = format_of(data_format, spatial)
    own = own_name()

    def apply(x: Any, _: int, padding: str) -> Any:
        if spatial == 1:
            return pooled_1d(kind, x, window, steps, padding, order, own)
        return pooled(kind, x, window, steps, padding, order, spatial, own)

    first = 2 if order[1:2] == "C" else 1
    return with_space_to_batch(array.convert(input), rates, padding, apply, filter_shape=window,
                               spatial_dims=range(first, first + spatial), data_format=order)
