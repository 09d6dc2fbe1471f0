"""Normalizations of each sample by itself: by layer, group, root mean square, length; of weights by their spectrum."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import initializers, ops
from hornbeam.keras.layers.core.wrapper import Wrapper
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.names import keras_export

_NAMES = "beta_initializer gamma_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint"


class _Affine(Layer):
    """Base: what follows a normalization, · gamma + beta."""

    def _add_affine(self, shape: tuple[int, ...]) -> None:
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer=self.gamma_initializer,
                                     regularizer=self.gamma_regularizer, constraint=self.gamma_constraint,
                                     trainable=True, autocast=False) if self._has_gamma() else None
        self.beta = self.add_weight(name="beta", shape=shape, initializer=self.beta_initializer,
                                    regularizer=self.beta_regularizer, constraint=self.beta_constraint,
                                    trainable=True, autocast=False) if self._has_beta() else None

    def _has_gamma(self) -> bool:
        return self.scale

    def _has_beta(self) -> bool:
        return self.center


@keras_export("layers.LayerNormalization")
class LayerNormalization(_Affine):
    """gamma · (x - mean) / sqrt(variance + epsilon) + beta, by the moments over `axis` of each sample.

    axis: one or several. center, scale: whether there is a `beta`, a `gamma`. rms_scaling: scale by the root mean
    square alone. Ba, Kiros, Hinton 2016.
    """

    def __init__(self, axis: Any = -1, epsilon: float = 0.001, center: bool = True, scale: bool = True,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", beta_regularizer: Any = None,
                 gamma_regularizer: Any = None, beta_constraint: Any = None, gamma_constraint: Any = None,
                 **kwargs: Any) -> None:
        self.rms_scaling = kwargs.pop("rms_scaling", False)
        super().__init__(**kwargs)
        self.autocast = False  # half floats may not hold the inputs; what is computed is cast at the end
        if isinstance(axis, (list, tuple)):
            self.axis: Any = list(axis)
        elif isinstance(axis, int):
            self.axis = axis
        else:
            raise TypeError("Expected an int or a list/tuple of ints for the argument 'axis', but received instead: "
                            f"{axis}")
        self.epsilon, self.center, self.scale = epsilon, center, scale
        parameters(self, locals(), _NAMES)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        self._add_affine(tuple(input_shape[a] for a in self.axis))

    def _has_gamma(self) -> bool:
        return self.scale or self.rms_scaling

    def _has_beta(self) -> bool:
        return self.center and not self.rms_scaling

    def call(self, inputs: Any) -> Any:
        outputs = ops.layer_normalization(inputs, self.gamma, self.beta, self.axis, self.epsilon,
                                          **({"rms_scaling": True} if self.rms_scaling else {}))
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), f"axis epsilon center scale rms_scaling {_NAMES}")


@keras_export("layers.GroupNormalization")
class GroupNormalization(_Affine):
    """Normalizes each sample within `groups` groups of channels; -1 puts every channel into its own.

    Raises ValueError for another number, and where the channels cannot be parted so. Wu, He 2018.
    """

    def __init__(self, groups: int = 32, axis: int = -1, epsilon: float = 0.001, center: bool = True,
                 scale: bool = True, beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
                 beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
                 gamma_constraint: Any = None, **kwargs: Any) -> None:
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError("Received an invalid value for argument `groups`, expected a positive integer (or `-1` "
                             f"for instance normalization). Received: groups={groups}")
        super().__init__(**kwargs)
        self.autocast = False
        self.groups, self.axis, self.epsilon = groups, axis, epsilon
        self.center, self.scale = center, scale
        parameters(self, locals(), _NAMES)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        channels = input_shape[self.axis]
        if channels is None:
            raise ValueError(f"Axis {self.axis} of input tensor should have a defined dimension but the layer received "
                             f"an input with shape {input_shape}.")
        if self.groups == -1:
            self.groups = channels
        if channels < self.groups:
            raise ValueError(f"Number of groups ({self.groups}) cannot be more than the number of channels "
                             f"({channels}).")
        if channels % self.groups:
            raise ValueError(f"Number of groups ({self.groups}) must be a multiple of the number of channels "
                             f"({channels}).")
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        self._add_affine((channels,))

    def call(self, inputs: Any) -> Any:
        rank = len(inputs.shape)
        axis = self.axis % rank
        x = ops.cast(inputs, "float32") if self.compute_dtype in ("float16", "bfloat16") else inputs
        shape = ops.shape(x)
        parted = ops.reshape(x, (*shape[:axis], self.groups, inputs.shape[axis] // self.groups, *shape[axis + 1:]))
        axes = [i for i in range(1, rank + 1) if i != axis]
        mean, variance = ops.moments(parted, axes=axes, keepdims=True)
        outputs = ops.reshape((parted - mean) * ops.rsqrt(variance + self.epsilon), shape)
        spread = [1] * rank
        spread[axis] = inputs.shape[axis]
        if self.gamma is not None:
            outputs = outputs * ops.cast(ops.reshape(self.gamma, spread), outputs.dtype)
        if self.beta is not None:
            outputs = outputs + ops.cast(ops.reshape(self.beta, spread), outputs.dtype)
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), f"groups axis epsilon center scale {_NAMES}")


@keras_export("layers.RMSNormalization")
class RMSNormalization(Layer):
    """scale · x / sqrt(mean of x² over `axis` + epsilon). Zhang, Sennrich 2019."""

    def __init__(self, axis: Any = -1, epsilon: float = 1e-06, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis, self.epsilon = axis, epsilon

    def build(self, input_shape: Any) -> None:
        self.axis = sorted(self.axis) if isinstance(self.axis, (list, tuple)) else [self.axis]
        self.scale = self.add_weight(name="scale", shape=tuple(input_shape[a] for a in self.axis), initializer="ones",
                                     trainable=True)

    def call(self, x: Any) -> Any:
        return ops.rms_normalization(x, scale=self.scale, axis=self.axis, epsilon=self.epsilon)

    def compute_output_shape(self, input_shape: Any) -> Any:
        for axis in self.axis if isinstance(self.axis, (list, tuple)) else [self.axis]:
            if not -len(input_shape) <= axis < len(input_shape):
                raise ValueError(f"Axis {axis} is out of bounds for input shape {input_shape}. Received: "
                                 f"axis={self.axis}")
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "axis epsilon")


@keras_export("layers.UnitNormalization")
class UnitNormalization(Layer):
    """x / |x|, the length taken over `axis`. Raises TypeError for an axis that is neither number nor list."""

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError("Invalid value for `axis` argument: expected an int or a list/tuple of ints. Received: "
                            f"axis={axis}")
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)

    def compute_output_shape(self, input_shape: Any) -> Any:
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        for axis in axes:
            if not -len(input_shape) <= axis < len(input_shape):
                raise ValueError(f"Axis {self.axis} is out of bounds for input shape {input_shape}.")
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(), "axis")


@keras_export("layers.SpectralNormalization")
class SpectralNormalization(Wrapper):
    """A layer whose kernel is divided by its largest singular value while training, found by power iteration.

    power_iterations: how many a step. Raises ValueError for none, and for layers without kernel or embeddings.
    Miyato et al. 2018.
    """

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        if power_iterations <= 0:
            raise ValueError("`power_iterations` should be greater than zero. Received: `power_iterations="
                             f"{power_iterations}`")
        self.power_iterations = power_iterations

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.input_spec = InputSpec(shape=[None, *input_shape[1:]])
        for name in ("kernel", "embeddings"):
            if hasattr(self.layer, name):
                self.kernel = getattr(self.layer, name)
                break
        else:
            raise ValueError(f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings'")
        self.kernel_shape = self.kernel.shape
        self.vector_u = self.add_weight(shape=(1, self.kernel_shape[-1]),
                                        initializer=initializers.TruncatedNormal(stddev=0.02), trainable=False,
                                        name="vector_u", dtype=self.kernel.dtype)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            u, kernel = self._normalized()
            self.vector_u.assign(ops.cast(u, self.vector_u.dtype))
            self.kernel.assign(ops.cast(kernel, self.kernel.dtype))
        return ops.cast(self.layer(inputs), inputs.dtype)

    def _normalized(self) -> tuple[Any, Any]:
        weights = ops.reshape(self.kernel, [-1, self.kernel_shape[-1]])
        u = ops.convert_to_tensor(self.vector_u)
        v = u
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, ops.transpose(weights)), axis=-1, order=2, epsilon=1e-12)
            u = ops.normalize(ops.matmul(v, weights), axis=-1, order=2, epsilon=1e-12)
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.matmul(ops.matmul(v, weights), ops.transpose(u))
        return u, ops.reshape(self.kernel / sigma, self.kernel_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "power_iterations": self.power_iterations}
