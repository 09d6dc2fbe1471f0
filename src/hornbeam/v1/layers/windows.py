"""Arguments of windows as layers take them, and the sizes that follow."""

from __future__ import annotations

from typing import Any


def sizes(value: Any, n: int, name: str) -> tuple[int, ...]:
    """One number for all of `n` dimensions, or one each. Raises ValueError otherwise."""
    if isinstance(value, int):
        return (value,) * n
    refused = ValueError(f"The `{name}` argument must be a tuple of {n} integers. Received: {value}")
    try:
        listed = tuple(value)
    except TypeError:
        raise refused from None
    if len(listed) != n:
        raise refused
    try:
        return tuple(int(v) for v in listed)
    except (TypeError, ValueError):
        raise ValueError(f"{refused} including element {listed} of type {type(listed)}") from None


def known_padding(padding: Any) -> str:
    """"valid", "same" or "causal". Raises ValueError for anything else."""
    value = padding.lower() if isinstance(padding, str) else padding
    if value not in ("valid", "same", "causal"):
        raise ValueError('The `padding` argument must be a list/tuple or one of "valid", "same" (or "causal", only for '
                         f"`Conv1D). Received: {padding}")
    return value


def output_length(length: int | None, window: int, padding: str, stride: int, dilation: int = 1) -> int | None:
    """How many windows there are along a dimension."""
    if length is None:
        return None
    covered = window + (window - 1) * (dilation - 1)
    found = length - covered + 1 if padding == "valid" else length
    return (found + stride - 1) // stride


def transposed_length(length: Any, window: int, padding: str, stride: int) -> Any:
    """The size (a number, a tensor, None) that a transposed convolution makes of a dimension."""
    if length is None:
        return None
    length = length * stride
    return length + max(window - stride, 0) if padding == "valid" and window > stride else length


def spatial_axes(data_format: str, n: int) -> tuple[int, ...]:
    """Where the `n` dimensions of space are."""
    return tuple(range(2, n + 2)) if data_format == "channels_first" else tuple(range(1, n + 1))


def order_of(data_format: str, n: int) -> str:
    """The format as ops spell it: `NHWC`, …"""
    space = {1: "W", 2: "HW", 3: "DHW"}[n]
    return f"NC{space}" if data_format == "channels_first" else f"N{space}C"
