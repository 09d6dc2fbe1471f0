"""Activations as layers."""

from __future__ import annotations

import warnings
from typing import Any

from hornbeam.keras import activations, ops
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.names import keras_export


class _Pointwise(Layer):
    """Base: the shape stays, masks go on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@keras_export("layers.Activation")
class Activation(_Pointwise):
    """A function, or one of `keras.activations` by name, as a layer."""

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        return self.activation(inputs)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "activation")


@keras_export("layers.ReLU")
class ReLU(_Pointwise):
    """x above `threshold`, negative_slope · (x - threshold) below it, at most `max_value`.

    Raises ValueError for negative arguments.
    """

    def __init__(self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, value in (("max_value", max_value), ("negative_slope", negative_slope), ("threshold", threshold)):
            may_be_none = name == "max_value"
            if (value is None and not may_be_none) or (value is not None and value < 0.0):
                raise ValueError(f"{name} of a ReLU layer cannot be {'' if may_be_none else 'None or '}a negative "
                                 f"value. Received: {name}={value}")
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, inputs: Any) -> Any:
        return activations.relu(inputs, negative_slope=self.negative_slope, max_value=self.max_value,
                                threshold=self.threshold)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "max_value negative_slope threshold")


@keras_export("layers.LeakyReLU")
class LeakyReLU(_Pointwise):
    """x above 0, negative_slope · x below. Raises ValueError for a slope of None or below 0."""

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        if "alpha" in kwargs:
            warnings.warn("Argument `alpha` is deprecated. Use `negative_slope` instead.", stacklevel=2)
            negative_slope = kwargs.pop("alpha")
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError("The negative_slope value of a Leaky ReLU layer cannot be None or negative value. "
                             f"Expected a float. Received: negative_slope={negative_slope}")
        self.negative_slope = negative_slope

    def call(self, inputs: Any) -> Any:
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "negative_slope")


@keras_export("layers.PReLU")
class PReLU(Layer):
    """x above 0, alpha · x below, with an `alpha` that is learned for each place. shared_axes: axes that share one."""

    def __init__(self, alpha_initializer: Any = "Zeros", alpha_regularizer: Any = None, alpha_constraint: Any = None,
                 shared_axes: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        parameters(self, locals(), "alpha_initializer alpha_regularizer alpha_constraint")
        self.shared_axes = ([shared_axes] if isinstance(shared_axes, int) else
                            None if shared_axes is None else list(shared_axes))

    def build(self, input_shape: Any) -> None:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_weight(shape=tuple(shape), name="alpha", initializer=self.alpha_initializer,
                                     regularizer=self.alpha_regularizer, constraint=self.alpha_constraint)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={i: input_shape[i] for i in range(1, len(input_shape))
                                                                if i not in (self.shared_axes or ())})

    def call(self, inputs: Any) -> Any:
        return activations.relu(inputs) - self.alpha * activations.relu(-inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(),
                         "alpha_initializer alpha_regularizer alpha_constraint shared_axes")


@keras_export("layers.ELU")
class ELU(_Pointwise):
    """x above 0, alpha · (exp(x) - 1) below."""

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, inputs: Any) -> Any:
        return activations.elu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "alpha")


@keras_export("layers.Softmax")
class Softmax(_Pointwise):
    """exp(x) / Σ exp(x) over `axis`; places where `mask` is false take no part.

    Raises ValueError for a mask that does not broadcast to the inputs.
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any, mask: Any = None) -> Any:
        if mask is not None:
            _check_mask(inputs.shape, mask.shape)
            lowest = -3e4 if inputs.dtype == "float16" else -1e9
            inputs = inputs + (1.0 - ops.cast(mask, inputs.dtype)) * lowest
        axes: list[int] = list(self.axis) if isinstance(self.axis, (list, tuple)) else [self.axis]
        if len(axes) > 1:
            outputs = ops.exp(inputs - ops.logsumexp(inputs, axis=axes, keepdims=True))
        else:
            outputs = activations.softmax(inputs, axis=axes[0])
        return outputs if mask is None else outputs * ops.cast(mask, outputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "axis")


def _check_mask(shape: Any, mask: Any) -> None:
    shape, mask = tuple(shape), tuple(mask)
    if len(mask) > len(shape):
        raise ValueError(f"The mask of a Softmax layer must not have more dimensions than the inputs. Received: "
                         f"inputs.shape={shape}, mask.shape={mask}")
    pairs = zip(reversed(shape), reversed(mask), strict=False)
    if any(m not in (1, None, d) and d is not None for d, m in pairs):
        raise ValueError(f"The mask of a Softmax layer must be broadcastable to the inputs. Received: "
                         f"inputs.shape={shape}, mask.shape={mask}")
