"""Arguments of layers that work on windows: sizes, strides, paddings."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras import ops
from hornbeam.ops.nn import bias_add_op


def sizes(value: Any, rank: int, name: str, allow_zero: bool = False) -> tuple[int, ...]:
    """One number for each dimension. Raises ValueError for other lengths and for numbers that are too small."""
    if isinstance(value, (int, np.integer)):
        found: tuple[Any, ...] = (int(value),) * rank
    else:
        try:
            found = tuple(value)
        except TypeError:
            found = ()
    if len(found) != rank or not all(isinstance(v, (int, np.integer)) for v in found):
        raise ValueError(f"The `{name}` argument must be a tuple of {rank} integers. Received {name}={value}")
    least = 0 if allow_zero else 1
    if wrong := {int(v) for v in found if v < least}:
        raise ValueError(f"The `{name}` argument must be a tuple of {rank} integers. Received {name}={value}, "
                         f"including values {wrong} that do not satisfy `value {'>= 0' if allow_zero else '> 0'}`")
    return tuple(int(v) for v in found)


def padding_word(value: Any, allow_causal: bool = False) -> str:
    """A padding in lower case. Raises ValueError for an unknown one."""
    word = value.lower() if isinstance(value, str) else value
    allowed = ("valid", "same", "causal") if allow_causal else ("valid", "same")
    if word not in allowed:
        raise ValueError("The `padding` argument must be a list/tuple or one of "
                         f"{{{', '.join(repr(a) for a in allowed)}}}. Received: {value}")
    return word


def window_count(size: int | None, window: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """How many windows fit into `size` places."""
    if size is None:
        return None
    extent = dilation * (window - 1) + 1
    if padding in ("same", "causal"):
        return -(-size // stride)
    return (size - extent) // stride + 1


def spatial(shape: Any, rank: int, data_format: str) -> tuple[Any, ...]:
    """The dimensions between batch and channels."""
    return tuple(shape[2:2 + rank]) if data_format == "channels_first" else tuple(shape[1:1 + rank])


def with_spatial(batch: Any, inner: tuple[Any, ...], channels: Any, data_format: str) -> tuple[Any, ...]:
    """A whole shape from its parts."""
    return (batch, channels, *inner) if data_format == "channels_first" else (batch, *inner, channels)


def channels_of(shape: Any, data_format: str) -> Any:
    """The number of channels."""
    return shape[1] if data_format == "channels_first" else shape[-1]


def pairs(value: Any, rank: int, name: str) -> tuple[tuple[int, int], ...]:
    """A number before and one after for each dimension: from a number, from one each, or from pairs."""
    if isinstance(value, (int, np.integer)):
        return ((int(value), int(value)),) * rank
    given = tuple(value) if hasattr(value, "__len__") else ()
    if rank == 1 and len(given) == 2 and all(isinstance(v, (int, np.integer)) for v in given):
        return ((int(given[0]), int(given[1])),)
    if rank == 1 and (isinstance(value, str) or len(given) != 2):
        raise ValueError(f"`{name}` should have 2 elements. Received: {value}.")
    if len(given) != rank:
        raise ValueError(f"`{name}` should have {rank} elements. Received: {value}.")
    return tuple(sizes(v, 2, name, allow_zero=True) for v in given)  # type: ignore[misc]


def with_bias(x: Any, bias: Any, data_format: str = "channels_last") -> Any:
    """`x` plus one number for each channel."""
    return bias_add_op(x, ops.cast(bias, x.dtype), data_format="NHWC" if data_format == "channels_last" else "NCHW")
