"""`tf.layers`: convolutions."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.v1.api import tf
from hornbeam.v1.layers import lookup
from hornbeam.v1.layers.base import Layer, output_function
from hornbeam.v1.layers.core import known_format
from hornbeam.v1.layers.input_spec import InputSpec
from hornbeam.v1.layers.lookup import ZEROS
from hornbeam.v1.layers.windows import known_padding, order_of, output_length, sizes, spatial_axes


class Convolution(Layer):
    """activation(inputs * kernel + bias) in `_rank` dimensions of space.

    filters: how many outputs. kernel_size, strides, dilation_rate: numbers, or one a dimension; not both of the last
    two above 1. padding: "valid", "same" (in one dimension "causal" too). data_format: "channels_last" or
    "channels_first". Variables: `kernel` [...space, in, filters], `bias` [filters].
    Raises ValueError for other arguments and where the number of channels is unknown.
    """

    _rank = 2

    def __init__(self, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str = "channels_last", dilation_rate: Any = 1, activation: Any = None,
                 use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.rank = self._rank
        self.filters = None if filters is None else int(filters)
        self.kernel_size = sizes(kernel_size, self._rank, "kernel_size")
        self.strides = sizes(strides, self._rank, "strides")
        self.padding = known_padding(padding)
        if self.padding == "causal" and self._rank != 1:
            raise ValueError("Causal padding is only supported for `Conv1D` and ``SeparableConv1D`.")
        self.data_format = known_format(data_format)
        self.dilation_rate = sizes(dilation_rate, self._rank, "dilation_rate")
        self.activation = lookup.activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = lookup.initializer_of(kernel_initializer)
        self.bias_initializer = lookup.initializer_of(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def _channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else -1

    def _channels(self, input_shape: Any) -> int:
        """The number of channels, which `input_spec` wants from here on."""
        axis = self._channel_axis()
        found = TensorShape(input_shape).as_list()[axis]
        if found is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self._rank + 2, axes={axis: found})
        return found

    def _kernel_shape(self, channels: int) -> tuple[int, ...]:
        return (*self.kernel_size, channels, self.filters or 0)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        self.kernel = self.add_weight("kernel", self._kernel_shape(self._channels(input_shape)),
                                      initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self._add_bias()
        self.built = True

    def _add_bias(self) -> None:
        self.bias = self.add_weight("bias", [self.filters], initializer=self.bias_initializer,
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """The convolution, the bias added, the activation applied."""
        outputs = self._convolved(self._padded(tf.convert_to_tensor(inputs)))
        return output_function(self.activation, self._biased(outputs))

    def _padded(self, inputs: Any) -> Any:
        """Causal padding: zeros before the first step only."""
        if self.padding != "causal":
            return inputs
        before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
        space = [[before, 0]]
        return tf.pad(inputs, [[0, 0], *space, [0, 0]] if self._channel_axis() == -1 else [[0, 0], [0, 0], *space])

    def _op_padding(self) -> str:
        return "VALID" if self.padding == "causal" else self.padding.upper()

    def _convolved(self, inputs: Any) -> Any:
        order = order_of(self.data_format, self._rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        if self._rank == 1:
            return tf.nn.conv1d(inputs, self.kernel, self.strides, self._op_padding(), data_format=order,
                                dilations=self.dilation_rate)
        full = (lambda x: (1, 1, *x)) if self._channel_axis() == 1 else (lambda x: (1, *x, 1))
        convolve = tf.nn.conv2d if self._rank == 2 else tf.nn.conv3d
        return convolve(inputs, self.kernel, full(self.strides), self._op_padding(), data_format=order,
                        dilations=full(self.dilation_rate))

    def _biased(self, outputs: Any) -> Any:
        if self.bias is None:
            return outputs
        return tf.nn.bias_add(outputs, self.bias, data_format=order_of(self.data_format, 2))

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape with the number of windows along each dimension of space, and `filters` channels."""
        dims = TensorShape(input_shape).as_list()
        for i, axis in enumerate(spatial_axes(self.data_format, self._rank)):
            dims[axis] = output_length(dims[axis], self.kernel_size[i], self.padding, self.strides[i],
                                       self.dilation_rate[i])
        dims[self._channel_axis()] = self.filters
        return TensorShape(dims)


@public(v1=("layers.Conv1D",))
class Conv1D(Convolution):
    """A convolution of sequences [batch, steps, channels]."""

    _rank = 1


@public(v1=("layers.Conv2D",))
class Conv2D(Convolution):
    """A convolution of images [batch, height, width, channels]."""

    _rank = 2


@public(v1=("layers.Conv3D",))
class Conv3D(Convolution):
    """A convolution of volumes [batch, depth, height, width, channels]."""

    _rank = 3


@public(v1=("layers.conv1d",))
def conv1d(inputs: Any, filters: Any, kernel_size: Any, strides: Any = 1, padding: str = "valid",
           data_format: str = "channels_last", dilation_rate: Any = 1, activation: Any = None, use_bias: bool = True,
           kernel_initializer: Any = None, bias_initializer: Any = ZEROS, kernel_regularizer: Any = None,
           bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
           bias_constraint: Any = None, trainable: bool = True, name: str | None = None, reuse: Any = None) -> Any:
    """The layer `Conv1D` called once: a convolution of sequences [batch, steps, channels].

    filters: how many outputs. reuse: True takes the variables of the layer of this name.
    """
    return Conv1D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
                  kernel_constraint, bias_constraint, trainable, name, _reuse=reuse, _scope=name)(inputs)


@public(v1=("layers.conv2d",))
def conv2d(inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
           data_format: str = "channels_last", dilation_rate: Any = (1, 1), activation: Any = None,
           use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
           kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
           kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True, name: str | None = None,
           reuse: Any = None) -> Any:
    """The layer `Conv2D` called once: a convolution of images [batch, height, width, channels].

    filters: how many outputs. reuse: True takes the variables of the layer of this name.
    """
    return Conv2D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
                  kernel_constraint, bias_constraint, trainable, name, _reuse=reuse, _scope=name)(inputs)


@public(v1=("layers.conv3d",))
def conv3d(inputs: Any, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
           data_format: str = "channels_last", dilation_rate: Any = (1, 1, 1), activation: Any = None,
           use_bias: bool = True, kernel_initializer: Any = None, bias_initializer: Any = ZEROS,
           kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
           kernel_constraint: Any = None, bias_constraint: Any = None, trainable: bool = True, name: str | None = None,
           reuse: Any = None) -> Any:
    """The layer `Conv3D` called once: a convolution of volumes [batch, depth, height, width, channels].

    filters: how many outputs. reuse: True takes the variables of the layer of this name.
    """
    return Conv3D(filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
                  kernel_constraint, bias_constraint, trainable, name, _reuse=reuse, _scope=name)(inputs)
