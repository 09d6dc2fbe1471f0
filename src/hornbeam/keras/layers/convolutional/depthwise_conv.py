"""DepthwiseConv and SeparableConv: a kernel for each channel, then for separable ones a mix of the channels."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.convolutional.base_conv import Convolution
from hornbeam.keras.names import keras_export


class BaseDepthwiseConv(Convolution):
    """activation(each channel by `depth_multiplier` kernels of its own + bias).

    `kernel` is [*kernel_size, channels, depth_multiplier]; the result has channels · depth_multiplier channels. Other
    arguments as for `Conv2D`.
    """

    _kernels = ("depthwise",)

    def __init__(self, kernel_size: Any, strides: Any = 1, padding: str = "valid", depth_multiplier: int = 1,
                 data_format: str | None = None, dilation_rate: Any = 1, activation: Any = None, use_bias: bool = True,
                 depthwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 depthwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 depthwise_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any) -> None:
        if not isinstance(depth_multiplier, int) or depth_multiplier <= 0:
            raise ValueError("Invalid value for argument `depth_multiplier`. Expected a strictly positive value. "
                             f"Received depth_multiplier={depth_multiplier}.")
        given = dict(locals())
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, given,
                         **kwargs)
        self.depth_multiplier = depth_multiplier

    def build(self, input_shape: Any) -> None:
        channels = self._channels_in(input_shape)
        self.compute_output_shape(input_shape)
        self.kernel = self._add_kernel("kernel", (*self.kernel_size, channels, self.depth_multiplier), "depthwise")
        self._add_bias(channels * self.depth_multiplier)

    def call(self, inputs: Any) -> Any:
        return self._finished(ops.depthwise_conv(inputs, self.kernel, strides=self.strides, padding=self.padding,
                                                 data_format=self.data_format, dilation_rate=self.dilation_rate))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        channels = input_shape[1] if self.data_format == "channels_first" else input_shape[-1]
        return self._shape_with(input_shape, channels * self.depth_multiplier)

    def get_config(self) -> dict[str, Any]:
        return self._config("depth_multiplier")


@keras_export("layers.DepthwiseConv1D")
class DepthwiseConv1D(BaseDepthwiseConv):
    """Depthwise convolution of sequences [batch, steps, channels]."""

    rank = 1


@keras_export("layers.DepthwiseConv2D")
class DepthwiseConv2D(BaseDepthwiseConv):
    """Depthwise convolution of images [batch, rows, columns, channels]."""

    rank = 2

    def __init__(self, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid", depth_multiplier: int = 1,
                 data_format: str | None = None, dilation_rate: Any = (1, 1), activation: Any = None,
                 use_bias: bool = True, depthwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 depthwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 depthwise_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any) -> None:
        super().__init__(kernel_size, strides, padding, depth_multiplier, data_format, dilation_rate, activation,
                         use_bias, depthwise_initializer, bias_initializer, depthwise_regularizer, bias_regularizer,
                         activity_regularizer, depthwise_constraint, bias_constraint, **kwargs)


class BaseSeparableConv(Convolution):
    """activation(depthwise convolution, then a convolution of size 1 that mixes the channels, + bias).

    `depthwise_kernel` is [*kernel_size, channels, depth_multiplier], `pointwise_kernel` [1, …, channels ·
    depth_multiplier, filters]. Other arguments as for `Conv2D`. Chollet 2017.
    """

    _kernels = ("depthwise", "pointwise")

    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str | None = None, dilation_rate: Any = 1, depth_multiplier: int = 1,
                 activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = "glorot_uniform",
                 pointwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 depthwise_regularizer: Any = None, pointwise_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, depthwise_constraint: Any = None, pointwise_constraint: Any = None,
                 bias_constraint: Any = None, **kwargs: Any) -> None:
        if not isinstance(filters, int) or filters <= 0:
            raise ValueError("Invalid value for argument `filters`. Expected a strictly positive value. Received "
                             f"filters={filters}.")
        if not isinstance(depth_multiplier, int) or depth_multiplier <= 0:
            raise ValueError("Invalid value for argument `depth_multiplier`. Expected a strictly positive value. "
                             f"Received depth_multiplier={depth_multiplier}.")
        given = dict(locals())
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, given,
                         **kwargs)
        self.filters, self.depth_multiplier = filters, depth_multiplier

    def build(self, input_shape: Any) -> None:
        channels = self._channels_in(input_shape)
        self.compute_output_shape(input_shape)
        self.depthwise_kernel = self._add_kernel("depthwise_kernel", (*self.kernel_size, channels,
                                                                    self.depth_multiplier), "depthwise")
        self.pointwise_kernel = self._add_kernel("pointwise_kernel", (*(1,) * self.rank, channels
                                                                    * self.depth_multiplier, self.filters),
                                                 "pointwise")
        self._add_bias(self.filters)

    def call(self, inputs: Any) -> Any:
        return self._finished(ops.separable_conv(
            inputs, self.depthwise_kernel, self.pointwise_kernel, strides=self.strides, padding=self.padding,
            data_format=self.data_format, dilation_rate=self.dilation_rate))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return self._shape_with(input_shape, self.filters)

    def get_config(self) -> dict[str, Any]:
        return self._config("filters depth_multiplier")


@keras_export("layers.SeparableConv1D", "layers.SeparableConvolution1D")
class SeparableConv1D(BaseSeparableConv):
    """Separable convolution of sequences [batch, steps, channels]."""

    rank = 1


@keras_export("layers.SeparableConv2D", "layers.SeparableConvolution2D")
class SeparableConv2D(BaseSeparableConv):
    """Separable convolution of images [batch, rows, columns, channels]."""

    rank = 2

    def __init__(self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
                 data_format: str | None = None, dilation_rate: Any = (1, 1), depth_multiplier: int = 1,
                 activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = "glorot_uniform",
                 pointwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 depthwise_regularizer: Any = None, pointwise_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, depthwise_constraint: Any = None, pointwise_constraint: Any = None,
                 bias_constraint: Any = None, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
                         activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer,
                         depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer,
                         depthwise_constraint, pointwise_constraint, bias_constraint, **kwargs)
