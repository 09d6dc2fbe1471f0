"""`tf.layers`: transposed convolutions."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.v1.api import tf
from hornbeam.v1.layers.convolutional import Convolution
from hornbeam.v1.layers.lookup import ZEROS
from hornbeam.v1.layers.windows import order_of, spatial_axes, transposed_length


class _Transposed(Convolution):
    """The transpose of a convolution. Variables: `kernel` [...space, filters, in], `bias` [filters]."""

    def _kernel_shape(self, channels: int) -> tuple[int, ...]:
        return (*self.kernel_size, self.filters or 0, channels)

    def _convolved(self, inputs: Any) -> Any:
        axes = spatial_axes(self.data_format, self._rank)
        known = tf.shape(inputs)
        dims: list[Any] = [known[i] for i in (0, *axes)]
        made = [transposed_length(d, k, self.padding, s)
                for d, k, s in zip(dims[1:], self.kernel_size, self.strides, strict=True)]
        first = self.data_format == "channels_first"
        shape = tf.stack([dims[0], self.filters, *made] if first else [dims[0], *made, self.filters])
        strides = (1, 1, *self.strides) if first else (1, *self.strides, 1)
        convolve = tf.nn.conv2d_transpose if self._rank == 2 else tf.nn.conv3d_transpose
        outputs = convolve(inputs, self.kernel, shape, strides, padding=self.padding.upper(),
                           data_format=order_of(self.data_format, self._rank))
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape made larger, with `filters` channels."""
        dims = TensorShape(input_shape).as_list()
        for i, axis in enumerate(spatial_axes(self.data_format, self._rank)):
            dims[axis] = transposed_length(dims[axis], self.kernel_size[i], self.padding, self.strides[i])
        dims[self._channel_axis()] = self.filters
        return TensorShape(dims)


@public(v1=("layers.Conv2DTranspose",))
class Conv2DTranspose(_Transposed):
    """A transposed convolution of images [batch, height, width, channels], which makes them larger."""

    _rank = 2

    def __init__(self, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
                 data_format: str = "channels_last", activation: Any = None, use_bias: bool = True,
                 kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
                 bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
                 bias_constraint: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, 1, activation, use_bias,
                         kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, trainable, name, **kwargs)


@public(v1=("layers.Conv3DTranspose",))
class Conv3DTranspose(_Transposed):
    """A transposed convolution of volumes [batch, depth, height, width, channels], which makes them larger."""

    _rank = 3

    def __init__(self, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
                 data_format: str = "channels_last", activation: Any = None, use_bias: bool = True,
                 kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
                 bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
                 bias_constraint: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, 1, activation, use_bias,
                         kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                         activity_regularizer, kernel_constraint, bias_constraint, trainable, name, **kwargs)


@public(v1=("layers.conv2d_transpose",))
def conv2d_transpose(inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
                     data_format: str = "channels_last", activation: Any = None, use_bias: bool = True,
                     kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
                     bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
                     bias_constraint: Any = None, trainable: bool = True, name: str | None = None,
                     reuse: Any = None) -> Any:
    """The layer `Conv2DTranspose` called once: images [batch, height, width, channels] made larger.

    filters: how many outputs. reuse: True takes the variables of the layer of this name.
    """
    return Conv2DTranspose(filters, kernel_size, strides, padding, data_format, activation, use_bias,
                           kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                           activity_regularizer, kernel_constraint, bias_constraint, trainable, name, _reuse=reuse,
                           _scope=name)(inputs)


@public(v1=("layers.conv3d_transpose",))
def conv3d_transpose(inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
                     data_format: str = "channels_last", activation: Any = None, use_bias: bool = True,
                     kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
                     bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
                     bias_constraint: Any = None, trainable: bool = True, name: str | None = None,
                     reuse: Any = None) -> Any:
    """The layer `Conv3DTranspose` called once: volumes [batch, depth, height, width, channels] made larger.

    filters: how many outputs. reuse: True takes the variables of the layer of this name.
    """
    return Conv3DTranspose(filters, kernel_size, strides, padding, data_format, activation, use_bias,
                           kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                           activity_regularizer, kernel_constraint, bias_constraint, trainable, name, _reuse=reuse,
                           _scope=name)(inputs)
