"""Layers that Keras 2 had and today's Keras has not."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.backend import convolutions
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.merging.merge import Merge
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.saving.object_registration import register_keras_serializable

_OF_WEIGHTS = ("activation kernel_initializer bias_initializer kernel_regularizer bias_regularizer kernel_constraint "
               "bias_constraint")


@register_keras_serializable(package="keras2")
class ThresholdedReLU(Layer):
    """x where it is above `theta`, 0 else."""

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = float(theta)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return ops.multiply(inputs, ops.cast(ops.greater(inputs, self.theta), inputs.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "theta": self.theta}


class _Merge(Merge):
    """Base of layers that make one tensor of a list of them: subclasses write `_merge_function(inputs)`."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        return super()._merge(inputs)

    def _merge(self, inputs: list[Any]) -> Any:
        return self._merge_function(inputs)


class _LocallyConnected(Layer):
    """Base: a convolution whose kernel is another at each place. Raises ValueError for padding other than 'valid'."""

    rank: int

    def __init__(self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
                 data_format: str | None = None, activation: Any = None, use_bias: bool = True,
                 kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        if padding.lower() != "valid":
            raise ValueError(f"Invalid border mode for {type(self).__name__} (only \"valid\" is supported): {padding}")
        self.filters, self.use_bias, self.padding = filters, use_bias, "valid"
        self.kernel_size = (kernel_size,) * self.rank if isinstance(kernel_size, int) else tuple(kernel_size)
        self.strides = (strides,) * self.rank if isinstance(strides, int) else tuple(strides)
        self.data_format = standardize_data_format(data_format)
        parameters(self, locals(), _OF_WEIGHTS)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _space(self, input_shape: Any) -> tuple[int, ...]:
        sizes = input_shape[2:] if self.data_format == "channels_first" else input_shape[1:-1]
        if any(size is None for size in sizes):
            raise ValueError(f"The spatial dimensions of the inputs to a {type(self).__name__} layer should be fully "
                             f"defined, but layer received the inputs shape {input_shape}")
        return tuple((size - kernel) // stride + 1
                     for size, kernel, stride in zip(sizes, self.kernel_size, self.strides, strict=True))

    def build(self, input_shape: Any) -> None:
        channels = input_shape[1 if self.data_format == "channels_first" else -1]
        space = self._space(input_shape)
        places, inputs = 1, channels
        for size, kernel in zip(space, self.kernel_size, strict=True):
            places, inputs = places * size, inputs * kernel
        self.kernel = self.add_weight(name="kernel", shape=(places, inputs, self.filters),
                                      initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.bias = self.add_weight(name="bias", shape=(*space, self.filters), initializer=self.bias_initializer,
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        made = self._convolved(inputs)
        if self.bias is not None:
            bias = self.bias
            if self.data_format == "channels_first":
                bias = ops.transpose(bias, (self.rank, *range(self.rank)))
            made = ops.add(made, bias)
        return made if self.activation is None else self.activation(made)

    def _convolved(self, inputs: Any) -> Any:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        space = self._space(input_shape)
        first = self.data_format == "channels_first"
        return (input_shape[0], self.filters, *space) if first else (input_shape[0], *space, self.filters)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(),
                         f"filters kernel_size strides padding data_format use_bias {_OF_WEIGHTS}")


@register_keras_serializable(package="keras2")
class LocallyConnected1D(_LocallyConnected):
    """As `Conv1D`, with a kernel of its own for each place of [batch, time, channels]."""

    rank = 1

    def _convolved(self, inputs: Any) -> Any:
        return convolutions.local_conv1d(inputs, self.kernel, self.kernel_size, self.strides, self.data_format)


@register_keras_serializable(package="keras2")
class LocallyConnected2D(_LocallyConnected):
    """As `Conv2D`, with a kernel of its own for each place of images."""

    rank = 2

    def _convolved(self, inputs: Any) -> Any:
        space = self._space(inputs.shape)
        return convolutions.local_conv2d(inputs, self.kernel, self.kernel_size, self.strides, space, self.data_format)


@register_keras_serializable(package="keras2")
class Highway(Layer):
    """t · activation(x · W + b) + (1 − t) · x, where t = sigmoid(x · W_carry + b_carry). Srivastava et al. 2015.

    init, W_…, b_…: initializer, regularizers and constraints of both kernels and biases. bias: whether there are
    biases.
    """

    def __init__(self, init: Any = "glorot_uniform", activation: Any = None, weights: Any = None,
                 W_regularizer: Any = None, b_regularizer: Any = None, activity_regularizer: Any = None,
                 W_constraint: Any = None, b_constraint: Any = None, bias: bool = True, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        parameters(self, {"kernel_initializer": init, "activation": activation, "kernel_regularizer": W_regularizer,
                          "bias_regularizer": b_regularizer, "kernel_constraint": W_constraint,
                          "bias_constraint": b_constraint},
                   "activation kernel_initializer kernel_regularizer bias_regularizer kernel_constraint "
                   "bias_constraint")
        self.bias = bias
        if weights is not None:
            self._initial_weights = list(weights)

    def build(self, input_shape: Any) -> None:
        size = input_shape[-1]
        for name in ("W", "W_carry"):
            setattr(self, name, self.add_weight(name=name, shape=(size, size), initializer=self.kernel_initializer,
                                                regularizer=self.kernel_regularizer if name == "W" else None,
                                                constraint=self.kernel_constraint if name == "W" else None))
        if self.bias:
            self.b = self.add_weight(name="b", shape=(size,), initializer="zeros", regularizer=self.bias_regularizer,
                                     constraint=self.bias_constraint)
            self.b_carry = self.add_weight(name="b_carry", shape=(size,), initializer="ones")

    def call(self, inputs: Any) -> Any:
        gate, made = ops.matmul(inputs, self.W_carry), ops.matmul(inputs, self.W)
        if self.bias:
            gate, made = ops.add(gate, self.b_carry), ops.add(made, self.b)
        gate = ops.sigmoid(gate)
        made = made if self.activation is None else self.activation(made)
        return ops.add(ops.multiply(made, gate), ops.multiply(ops.subtract(1.0, gate), inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        held = config_of(self, {}, "activation kernel_initializer kernel_regularizer bias_regularizer "
                                   "kernel_constraint bias_constraint")
        return {**super().get_config(), "init": held["kernel_initializer"], "activation": held["activation"],
                "W_regularizer": held["kernel_regularizer"], "b_regularizer": held["bias_regularizer"],
                "W_constraint": held["kernel_constraint"], "b_constraint": held["bias_constraint"], "bias": self.bias}


@register_keras_serializable(package="keras2")
class MaxoutDense(Layer):
    """The largest of `nb_feature` linear functions, for each of `output_dim` outputs. Goodfellow et al. 2013."""

    def __init__(self, output_dim: int, nb_feature: int = 4, init: Any = "glorot_uniform", weights: Any = None,
                 W_regularizer: Any = None, b_regularizer: Any = None, activity_regularizer: Any = None,
                 W_constraint: Any = None, b_constraint: Any = None, bias: bool = True, input_dim: int | None = None,
                 **kwargs: Any) -> None:
        if input_dim is not None:
            kwargs["input_shape"] = (input_dim,)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        parameters(self, {"kernel_initializer": init, "kernel_regularizer": W_regularizer,
                          "bias_regularizer": b_regularizer, "kernel_constraint": W_constraint,
                          "bias_constraint": b_constraint},
                   "kernel_initializer kernel_regularizer bias_regularizer kernel_constraint bias_constraint")
        self.output_dim, self.nb_feature, self.bias = output_dim, nb_feature, bias
        if weights is not None:
            self._initial_weights = list(weights)
        self.input_spec = InputSpec(ndim=2)

    def build(self, input_shape: Any) -> None:
        self.W = self.add_weight(name="W", shape=(self.nb_feature, input_shape[-1], self.output_dim),
                                 initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
                                 constraint=self.kernel_constraint)
        if self.bias:
            self.b = self.add_weight(name="b", shape=(self.nb_feature, self.output_dim), initializer="zeros",
                                     regularizer=self.bias_regularizer, constraint=self.bias_constraint)

    def call(self, inputs: Any) -> Any:
        made = ops.einsum("bi,fio->bfo", inputs, self.W)
        return ops.max(ops.add(made, self.b) if self.bias else made, axis=1)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return (input_shape[0], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        held = config_of(self, {}, "kernel_initializer kernel_regularizer bias_regularizer kernel_constraint "
                                   "bias_constraint")
        return {**super().get_config(), "output_dim": self.output_dim, "nb_feature": self.nb_feature,
                "init": held["kernel_initializer"], "W_regularizer": held["kernel_regularizer"],
                "b_regularizer": held["bias_regularizer"], "W_constraint": held["kernel_constraint"],
                "b_constraint": held["bias_constraint"], "bias": self.bias}
