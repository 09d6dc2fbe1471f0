"""BatchNormalization: by the moments of the batch while training, by moving averages of them else."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.names import keras_export

_NAMES = ("beta_initializer gamma_initializer moving_mean_initializer moving_variance_initializer beta_regularizer "
          "gamma_regularizer beta_constraint gamma_constraint")


@keras_export("layers.BatchNormalization")
class BatchNormalization(Layer):
    """gamma · (x - mean) / sqrt(variance + epsilon) + beta, for each index of `axis`.

    While training with `trainable` true, mean and variance are the batch's, and the moving ones follow them by
    `momentum`; else the moving ones are used. center, scale: whether there is a `beta`, a `gamma`. A mask leaves
    positions out of the moments. synchronized: accepted in one process. renorm: absent, so only False is taken.
    Ioffe, Szegedy 2015.
    """

    def __init__(self, axis: int = -1, momentum: float = 0.99, epsilon: float = 0.001, center: bool = True,
                 scale: bool = True, beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
                 moving_mean_initializer: Any = "zeros", moving_variance_initializer: Any = "ones",
                 beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
                 gamma_constraint: Any = None, renorm: bool = False, renorm_clipping: Any = None,
                 renorm_momentum: float = 0.99, synchronized: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if renorm:
            raise ValueError("BatchNormalization: `renorm` is not supported here; it must be False.")
        self.axis, self.momentum, self.epsilon = int(axis), float(momentum), epsilon
        self.center, self.scale, self.synchronized = center, scale, synchronized
        self.renorm, self.renorm_clipping, self.renorm_momentum = renorm, renorm_clipping, renorm_momentum
        parameters(self, locals(), _NAMES)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        shape = (input_shape[self.axis],)
        self.gamma = self.add_weight(shape=shape, name="gamma", initializer=self.gamma_initializer,
                                     regularizer=self.gamma_regularizer, constraint=self.gamma_constraint,
                                     trainable=True, autocast=False) if self.scale else None
        self.beta = self.add_weight(shape=shape, name="beta", initializer=self.beta_initializer,
                                    regularizer=self.beta_regularizer, constraint=self.beta_constraint,
                                    trainable=True, autocast=False) if self.center else None
        self.moving_mean = self.add_weight(shape=shape, name="moving_mean", initializer=self.moving_mean_initializer,
                                           trainable=False, autocast=False)
        self.moving_variance = self.add_weight(shape=shape, name="moving_variance",
                                               initializer=self.moving_variance_initializer, trainable=False,
                                               autocast=False)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: input_shape[self.axis]})
        self._axes = [i for i in range(len(input_shape)) if i != self.axis % len(input_shape)]

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if mask is not None and len(mask.shape) > 2:
            mask = None
        wide = self.compute_dtype in ("float16", "bfloat16")
        x = ops.cast(inputs, "float32") if wide else inputs
        if training and self.trainable:
            mean, variance = self._moments(x, mask)
            for moving, found in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(moving * self.momentum + ops.cast(found, moving.dtype) * (1.0 - self.momentum))
        else:
            mean, variance = self.moving_mean, self.moving_variance
        outputs = ops.batch_normalization(x, ops.cast(mean, x.dtype), ops.cast(variance, x.dtype), self.axis,
                                          offset=None if self.beta is None else ops.cast(self.beta, x.dtype),
                                          scale=None if self.gamma is None else ops.cast(self.gamma, x.dtype),
                                          epsilon=self.epsilon)
        return ops.cast(outputs, self.compute_dtype)

    def _moments(self, x: Any, mask: Any) -> tuple[Any, Any]:
        if mask is None:
            return ops.moments(x, axes=self._axes)
        weights = ops.expand_dims(ops.cast(mask, x.dtype), axis=list(range(2, len(x.shape))))
        count = ops.sum(weights * ops.ones_like(x), self._axes, keepdims=True) + 1e-7
        mean = ops.sum(x * weights, self._axes, keepdims=True) / count
        variance = ops.sum(weights * ops.square(x - mean), self._axes, keepdims=True) / count
        return ops.squeeze(mean, self._axes), ops.squeeze(variance, self._axes)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if isinstance(self.axis, int) and not -len(input_shape) <= self.axis < len(input_shape):
            raise ValueError(f"Axis {self.axis} is out of bounds for input shape {input_shape}. Received: axis="
                             f"{self.axis}")
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(),
                         f"axis momentum epsilon center scale {_NAMES} synchronized renorm renorm_clipping "
                         "renorm_momentum")
