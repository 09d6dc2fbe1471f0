"""Conv1D, Conv2D, Conv3D."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.convolutional.base_conv import Convolution
from hornbeam.keras.names import keras_export


class BaseConv(Convolution):
    """activation(convolution of the inputs by kernel + bias).

    inputs: [batch, …, channels], or [batch, channels, …] for `channels_first`. `kernel` is [*kernel_size,
    channels / groups, filters]. padding: 'valid', 'same', for sequences 'causal' (a step sees none after it). strides,
    dilation_rate: numbers, or one each; not both above 1. kernel_*, bias_*: as for `Dense`. Raises ValueError for
    `filters` that `groups` does not divide, and where the kernel does not fit into the inputs.
    """

    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str | None = None, dilation_rate: Any = 1, groups: int = 1, activation: Any = None,
                 use_bias: bool = True, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any) -> None:
        if not isinstance(filters, int) or filters <= 0:
            raise ValueError(f"Invalid value for argument `filters`. Expected a strictly positive value. Received "
                             f"filters={filters}.")
        if groups <= 0:
            raise ValueError(f"The number of groups must be a positive integer. Received: groups={groups}.")
        if filters % groups:
            raise ValueError("The number of filters must be evenly divisible by the number of groups. Received: "
                             f"groups={groups}, filters={filters}.")
        given = dict(locals())
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, given,
                         allow_causal=self.rank == 1, **kwargs)
        self.filters, self.groups = filters, groups
        if self.padding == "causal" and self.data_format != "channels_last":
            raise ValueError("Causal padding is only supported with `channels_last` data.")

    def build(self, input_shape: Any) -> None:
        channels = self._channels_in(input_shape)
        if channels % self.groups:
            raise ValueError("The number of input channels must be evenly divisible by the number of groups. Received "
                             f"groups={self.groups}, but the input has {channels} channels (full input shape is "
                             f"{input_shape}).")
        self._kernel_shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.compute_output_shape(input_shape)
        self.kernel = self._add_kernel("kernel", self._kernel_shape)
        self._add_bias(self.filters)

    def call(self, inputs: Any) -> Any:
        padding = self.padding
        if padding == "causal":
            before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
            inputs, padding = ops.pad(inputs, [[0, 0], [before, 0], [0, 0]]), "valid"
        return self._finished(ops.conv(inputs, self.kernel, strides=self.strides, padding=padding,
                                       data_format=self.data_format, dilation_rate=self.dilation_rate))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return self._shape_with(input_shape, self.filters)

    def get_config(self) -> dict[str, Any]:
        return self._config("filters groups")


@keras_export("layers.Conv1D", "layers.Convolution1D")
class Conv1D(BaseConv):
    """Convolution of sequences [batch, steps, channels]. Arguments as `BaseConv` says."""

    rank = 1


@keras_export("layers.Conv2D", "layers.Convolution2D")
class Conv2D(BaseConv):
    """Convolution of images [batch, rows, columns, channels]. Arguments as `BaseConv` says."""

    rank = 2

    def __init__(self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
                 data_format: str | None = None, dilation_rate: Any = (1, 1), groups: int = 1, activation: Any = None,
                 use_bias: bool = True, kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, **kwargs)


@keras_export("layers.Conv3D", "layers.Convolution3D")
class Conv3D(BaseConv):
    """Convolution of volumes [batch, depth, rows, columns, channels]. Arguments as `BaseConv` says."""

    rank = 3

    def __init__(self, filters: int, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
                 data_format: str | None = None, dilation_rate: Any = (1, 1, 1), groups: int = 1,
                 activation: Any = None, use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation,
                         use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, **kwargs)

