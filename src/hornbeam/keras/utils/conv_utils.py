"""Sizes of convolutions, as layers of Keras 2's programs compute them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.keras.config.settings import standardize_data_format as normalize_data_format

__all__ = ["conv_input_length", "conv_output_length", "convert_kernel", "deconv_length", "normalize_data_format",
           "normalize_padding", "normalize_tuple"]


def normalize_tuple(value: Any, n: int, name: str) -> tuple[int, ...]:
    """A number as a tuple of `n` of it, a sequence as a tuple. Raises ValueError for other lengths and elements."""
    if isinstance(value, int):
        return (value,) * n
    try:
        found = tuple(int(item) for item in value)
    except (TypeError, ValueError):
        found = ()
    if len(found) != n:
        raise ValueError(f"The `{name}` argument must be a tuple of {n} integers. Received: {value}")
    return found


def normalize_padding(value: str) -> str:
    """'valid', 'same' or 'causal' in small letters. Raises ValueError for others."""
    if value.lower() not in ("valid", "same", "causal"):
        raise ValueError('The `padding` argument must be one of "valid", "same" (or "causal" for Conv1D). '
                         f"Received: {value}")
    return value.lower()


def conv_output_length(input_length: int | None, filter_size: int, padding: str, stride: int,
                       dilation: int = 1) -> int | None:
    """The size of a convolution's output. padding: also 'full'."""
    if input_length is None:
        return None
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    size = {"same": input_length, "causal": input_length, "valid": input_length - reach + 1,
            "full": input_length + reach - 1}[padding]
    return (size + stride - 1) // stride


def conv_input_length(output_length: int | None, filter_size: int, padding: str, stride: int) -> int | None:
    """The size of the input that gives an output of this size."""
    if output_length is None:
        return None
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_length(dim_size: int | None, stride_size: int, kernel_size: int, padding: str,
                  output_padding: int | None = None, dilation: int = 1) -> int | None:
    """The size of a transposed convolution's output. padding: also 'full'."""
    if dim_size is None:
        return None
    reach = kernel_size + (kernel_size - 1) * (dilation - 1)
    if output_padding is None:
        size = dim_size * stride_size
        return size + {"valid": max(reach - stride_size, 0), "full": -(stride_size + reach - 2), "same": 0}[padding]
    pad = {"same": reach // 2, "valid": 0, "full": reach - 1}[padding]
    return (dim_size - 1) * stride_size + reach - 2 * pad + output_padding


def convert_kernel(kernel: Any) -> np.ndarray:
    """A kernel turned round in its spatial dimensions: correlation becomes convolution.

    Raises ValueError for other ranks than 3 to 5.
    """
    kernel = np.asarray(kernel)
    if not 3 <= kernel.ndim <= 5:
        raise ValueError(f"Invalid kernel shape: {kernel.shape}")
    return np.copy(np.flip(kernel, tuple(range(kernel.ndim - 2))))
