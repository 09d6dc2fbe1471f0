"""Conv1DTranspose, Conv2DTranspose, Conv3DTranspose: the gradient of a convolution as a layer."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers import sizes
from hornbeam.keras.layers.convolutional.base_conv import Convolution
from hornbeam.keras.names import keras_export


class BaseConvTranspose(Convolution):
    """activation(transposed convolution of the inputs by kernel + bias): strides make the output larger.

    `kernel` is [*kernel_size, filters, channels]. output_padding: what the output is longer by, in each dimension,
    smaller than the stride. Other arguments as for `Conv2D`.
    """

    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 output_padding: Any = None, data_format: str | None = None, dilation_rate: Any = 1,
                 activation: Any = None, use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
                 **kwargs: Any) -> None:
        if not isinstance(filters, int) or filters <= 0:
            raise ValueError("Invalid value for argument `filters`. Expected a strictly positive value. Received "
                             f"filters={filters}.")
        given = dict(locals())
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, given,
                         **kwargs)
        self.filters = filters
        self.output_padding = None if output_padding is None else sizes.sizes(output_padding, self.rank,
                                                                              "output_padding", allow_zero=True)
        if self.output_padding and any(p >= s for p, s in zip(self.output_padding, self.strides, strict=True)):
            raise ValueError("`output_padding` must be strictly less than `strides`. Received: "
                             f"output_padding={self.output_padding} and strides={self.strides}")

    def build(self, input_shape: Any) -> None:
        channels = self._channels_in(input_shape)
        self.kernel = self._add_kernel("kernel", (*self.kernel_size, self.filters, channels))
        self._add_bias(self.filters)

    def call(self, inputs: Any) -> Any:
        return self._finished(ops.conv_transpose(
            inputs, self.kernel, strides=self.strides, padding=self.padding, output_padding=self.output_padding,
            data_format=self.data_format, dilation_rate=self.dilation_rate))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        inner = sizes.spatial(input_shape, self.rank, self.data_format)
        extra = self.output_padding or (None,) * self.rank
        grown = tuple(_grown(*parts, self.padding) for parts in zip(
            inner, self.kernel_size, self.strides, self.dilation_rate, extra, strict=True))
        return sizes.with_spatial(input_shape[0], grown, self.filters, self.data_format)

    def get_config(self) -> dict[str, Any]:
        return self._config("filters output_padding")


def _grown(size: int | None, kernel: int, stride: int, rate: int, extra: int | None, padding: str) -> int | None:
    """The size of the output in one dimension."""
    if size is None:
        return None
    extent = (kernel - 1) * rate + 1
    if extra is None:
        return size * stride if padding == "same" else size * stride + max(extent - stride, 0)
    pad = extent // 2 if padding == "same" else 0
    return (size - 1) * stride + extent - 2 * pad + extra


@keras_export("layers.Conv1DTranspose", "layers.Convolution1DTranspose")
class Conv1DTranspose(BaseConvTranspose):
    """Transposed convolution of sequences [batch, steps, channels]."""

    rank = 1


@keras_export("layers.Conv2DTranspose", "layers.Convolution2DTranspose")
class Conv2DTranspose(BaseConvTranspose):
    """Transposed convolution of images [batch, rows, columns, channels]."""

    rank = 2

    def __init__(self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
                 output_padding: Any = None, data_format: str | None = None, dilation_rate: Any = (1, 1),
                 activation: Any = None, use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
                         activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                         bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint, **kwargs)


@keras_export("layers.Conv3DTranspose", "layers.Convolution3DTranspose")
class Conv3DTranspose(BaseConvTranspose):
    """Transposed convolution of volumes [batch, depth, rows, columns, channels]."""

    rank = 3

    def __init__(self, filters: int, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
                 data_format: str | None = None, output_padding: Any = None, dilation_rate: Any = (1, 1, 1),
                 activation: Any = None, use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, output_padding, data_format, dilation_rate,
                         activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                         bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint, **kwargs)
