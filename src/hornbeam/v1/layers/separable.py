"""`tf.layers`: separable convolutions."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.layers import lookup
from hornbeam.v1.layers.base import output_function
from hornbeam.v1.layers.convolutional import Convolution
from hornbeam.v1.layers.lookup import ZEROS
from hornbeam.v1.layers.windows import order_of


class _Separable(Convolution):
    """Each channel convolved with `depth_multiplier` filters of its own, then a convolution of windows of size 1.

    Variables: `depthwise_kernel` [...space, in, multiplier], `pointwise_kernel` [...1, in · multiplier, filters],
    `bias` [filters]. Strides must be equal.
    """

    def __init__(self, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str = "channels_last", dilation_rate: Any = 1, depth_multiplier: int = 1,
                 activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = None,
                 pointwise_initializer: Any = None, bias_initializer: Any = ZEROS, depthwise_regularizer: Any = None,
                 pointwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 depthwise_constraint: Any = None, pointwise_constraint: Any = None, bias_constraint: Any = None,
                 trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                         bias_initializer=bias_initializer, bias_regularizer=bias_regularizer,
                         activity_regularizer=activity_regularizer, bias_constraint=bias_constraint,
                         trainable=trainable, name=name, **kwargs)
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = lookup.initializer_of(depthwise_initializer)
        self.pointwise_initializer = lookup.initializer_of(pointwise_initializer)
        self.depthwise_regularizer, self.pointwise_regularizer = depthwise_regularizer, pointwise_regularizer
        self.depthwise_constraint, self.pointwise_constraint = depthwise_constraint, pointwise_constraint

    def build(self, input_shape: Any) -> None:
        """Make both kernels and the bias."""
        channels = self._channels(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer, regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint)
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel", (*(1,) * self._rank, channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer, regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint)
        self._add_bias()
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Both convolutions, the bias added, the activation applied."""
        inputs = self._padded(tf.convert_to_tensor(inputs))
        deep, points = self.depthwise_kernel, self.pointwise_kernel
        axis = 2 if self.data_format == "channels_first" else 1
        if self._rank == 1:
            inputs, deep, points = tf.expand_dims(inputs, axis), tf.expand_dims(deep, 0), tf.expand_dims(points, 0)
        steps, rates = self.strides * (3 - self._rank), (1,) * (2 - self._rank) + self.dilation_rate
        strides = (1, 1, *steps) if self.data_format == "channels_first" else (1, *steps, 1)
        outputs = tf.nn.separable_conv2d(inputs, deep, points, strides, self._op_padding(), rate=rates,
                                         data_format=order_of(self.data_format, 2))
        outputs = self._biased(outputs)
        return output_function(self.activation, tf.squeeze(outputs, [axis]) if self._rank == 1 else outputs)


@public(v1=("layers.SeparableConv1D",))
class SeparableConv1D(_Separable):
    """A separable convolution of sequences [batch, steps, channels]."""

    _rank = 1


@public(v1=("layers.SeparableConv2D",))
class SeparableConv2D(_Separable):
    """A separable convolution of images [batch, height, width, channels]."""

    _rank = 2


@public(v1=("layers.separable_conv1d",))
def separable_conv1d(inputs: Any, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                     data_format: str = "channels_last", dilation_rate: Any = 1, depth_multiplier: int = 1,
                     activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = None,
                     pointwise_initializer: Any = None, bias_initializer: Any = ZEROS,
                     depthwise_regularizer: Any = None, pointwise_regularizer: Any = None,
                     bias_regularizer: Any = None, activity_regularizer: Any = None, depthwise_constraint: Any = None,
                     pointwise_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
                     name: str | None = None, reuse: Any = None) -> Any:
    """The layer `SeparableConv1D` called once: each channel of sequences convolved by itself, then all mixed."""
    return SeparableConv1D(filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
                           activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer,
                           depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer,
                           depthwise_constraint, pointwise_constraint, bias_constraint, trainable, name, _reuse=reuse,
                           _scope=name)(inputs)


@public(v1=("layers.separable_conv2d",))
def separable_conv2d(inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
                     data_format: str = "channels_last", dilation_rate: Any = (1, 1), depth_multiplier: int = 1,
                     activation: Any = None, use_bias: bool = True, depthwise_initializer: Any = None,
                     pointwise_initializer: Any = None, bias_initializer: Any = ZEROS,
                     depthwise_regularizer: Any = None, pointwise_regularizer: Any = None,
                     bias_regularizer: Any = None, activity_regularizer: Any = None, depthwise_constraint: Any = None,
                     pointwise_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
                     name: str | None = None, reuse: Any = None) -> Any:
    """The layer `SeparableConv2D` called once: each channel of images convolved by itself, then all mixed."""
    return SeparableConv2D(filters, kernel_size, strides, padding, data_format, dilation_rate, depth_multiplier,
                           activation, use_bias, depthwise_initializer, pointwise_initializer, bias_initializer,
                           depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer,
                           depthwise_constraint, pointwise_constraint, bias_constraint, trainable, name, _reuse=reuse,
                           _scope=name)(inputs)
