"""BatchNormalization: by the moments of the batch while training, by moving averages of them else."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.names import keras_export
from hornbeam.keras.ops.nn.normalizations import normalized_by_batch

_FUSED = ("float16", "bfloat16", "float32")
"""Types whose moments are computed in float32."""
_NAMES = ("beta_initializer gamma_initializer moving_mean_initializer moving_variance_initializer beta_regularizer "
          "gamma_regularizer beta_constraint gamma_constraint")


@keras_export("layers.BatchNormalization")
class BatchNormalization(Layer):
    """gamma · (x - mean) / sqrt(variance + epsilon) + beta, for each index of `axis`.

    While training with `trainable` true, mean and variance are the batch's, and the moving ones follow them by
    `momentum`; else the moving ones are used. center, scale: whether there is a `beta`, a `gamma`. A mask leaves
    positions out of the moments. synchronized: accepted in one process. Ioffe, Szegedy 2015.
    renorm: while training, move and scale what the batch's moments normalize towards what averages of moments over
    time (by `renorm_momentum`) would have given; `renorm_clipping` bounds the factor ("rmin", "rmax") and the shift
    ("dmax"). Ioffe 2017. Raises ValueError for other keys and bounds that contradict each other.
    """

    def __init__(self, axis: int = -1, momentum: float = 0.99, epsilon: float = 0.001, center: bool = True,
                 scale: bool = True, beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
                 moving_mean_initializer: Any = "zeros", moving_variance_initializer: Any = "ones",
                 beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
                 gamma_constraint: Any = None, renorm: bool = False, renorm_clipping: Any = None,
                 renorm_momentum: float = 0.99, synchronized: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis, self.momentum, self.epsilon = int(axis), float(momentum), epsilon
        self.center, self.scale, self.synchronized = center, scale, synchronized
        self.renorm, self.renorm_momentum = renorm, renorm_momentum
        self.renorm_clipping = _checked_clipping(renorm_clipping or {}) if renorm else renorm_clipping
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
        if self.renorm:
            self._add_renorm_state(shape)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: input_shape[self.axis]})
        self._axes = [i for i in range(len(input_shape)) if i != self.axis % len(input_shape)]

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if mask is not None and len(mask.shape) != len(inputs.shape) - 1:
            raise ValueError("The mask provided should be one dimension less than the inputs. Received: mask.shape="
                             f"{mask.shape}, inputs.shape={inputs.shape}")
        in_training = training and self.trainable
        if in_training and mask is None and not self.renorm and self.compute_dtype in _FUSED:
            return self._normalized_by_batch(inputs)
        x = ops.cast(inputs, "float32") if self.compute_dtype in _FUSED else inputs
        scale, offset = (None if w is None else ops.cast(w, x.dtype) for w in (self.gamma, self.beta))
        if in_training:
            mean, variance = self._moments(x, mask)
            if self.renorm:
                scale, offset = self._renormed(mean, variance, scale, offset)
                self._follow_renorm(mean, variance)
            else:
                _follow(self.moving_mean, mean, self.momentum)
                _follow(self.moving_variance, variance, self.momentum)
        else:
            mean, variance = self.moving_mean, self.moving_variance
        outputs = ops.batch_normalization(x, ops.cast(mean, x.dtype), ops.cast(variance, x.dtype), self.axis,
                                          offset=offset, scale=scale, epsilon=self.epsilon)
        return ops.cast(outputs, self.compute_dtype)

    def _normalized_by_batch(self, x: Any) -> Any:
        size = x.shape[self.axis]
        scale = ops.ones(size, "float32") if self.gamma is None else ops.cast(self.gamma, "float32")
        offset = ops.zeros(size, "float32") if self.beta is None else ops.cast(self.beta, "float32")
        outputs, mean, variance = normalized_by_batch(x, self.axis, scale, offset, self.epsilon)
        _follow(self.moving_mean, mean, self.momentum)
        _follow(self.moving_variance, variance, self.momentum)
        return outputs

    def _add_renorm_state(self, shape: tuple[int, ...]) -> None:
        def deviation(shape: Any, dtype: Any = None) -> Any:
            return ops.sqrt(_again(self.moving_variance_initializer)(shape, dtype=dtype))

        for name, initializer in (("moving_stddev", deviation),
                                  ("renorm_mean", _again(self.moving_mean_initializer)),
                                  ("renorm_stddev", deviation)):
            setattr(self, name, self.add_weight(shape=shape, name=name, initializer=initializer, trainable=False,
                                                autocast=False))

    def _renormed(self, mean: Any, variance: Any, scale: Any, offset: Any) -> tuple[Any, Any]:
        """Scale and offset that take what the batch normalizes to where the averages would have put it."""
        bounds: dict[str, float] = self.renorm_clipping or {}
        deviation = ops.sqrt(variance + self.epsilon)
        usual = ops.maximum(ops.cast(self.renorm_stddev, mean.dtype), self.epsilon ** 0.5)
        factor = ops.divide(deviation, usual)
        shift = ops.divide(mean - ops.cast(self.renorm_mean, mean.dtype), usual)
        if bounds.get("rmin") is not None:
            factor = ops.maximum(factor, bounds["rmin"])
        if bounds.get("rmax") is not None:
            factor = ops.minimum(factor, bounds["rmax"])
        if bounds.get("dmax") is not None:
            shift = ops.clip(shift, -bounds["dmax"], bounds["dmax"])
        factor, shift = ops.stop_gradient(factor), ops.stop_gradient(shift)
        if scale is not None:
            factor, shift = factor * scale, shift * scale
        return factor, shift if offset is None else shift + offset

    def _follow_renorm(self, mean: Any, variance: Any) -> None:
        deviation = ops.sqrt(variance + self.epsilon)
        _follow(self.renorm_mean, mean, self.renorm_momentum)
        _follow(self.renorm_stddev, deviation, self.renorm_momentum)
        _follow(self.moving_mean, mean, self.momentum)
        _follow(self.moving_stddev, deviation, self.momentum)
        moving = ops.convert_to_tensor(self.moving_stddev)
        self.moving_variance.assign(ops.relu(moving * moving - self.epsilon))

    def _moments(self, x: Any, mask: Any) -> tuple[Any, Any]:
        if mask is None:
            return ops.moments(x, axes=self._axes)
        weights = ops.expand_dims(ops.cast(mask, x.dtype), axis=-1)
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


def _follow(average: Any, value: Any, momentum: float) -> None:
    average.assign(average * momentum + ops.cast(value, average.dtype) * (1.0 - momentum))


def _again(initializer: Any) -> Any:
    """An initializer like another, which draws what that one draws."""
    return type(initializer).from_config(initializer.get_config()) if hasattr(initializer, "get_config") else (
        initializer)


def _checked_clipping(bounds: dict[str, float]) -> dict[str, float]:
    known = ["rmax", "rmin", "dmax"]
    if set(bounds) - set(known):
        raise ValueError(f"Received invalid keys for `renorm_clipping` argument: {bounds}. Supported values: {known}.")
    rmax, rmin, dmax = (bounds.get(key) for key in known)
    if rmax is not None and rmin is not None and rmax < rmin:
        raise ValueError("rmax should be greater than rmin in the `renorm_clipping` argument. Received: "
                         f"rmax={rmax}, rmin={rmin}.")
    if dmax is not None and dmax < 0:
        raise ValueError(f"dmax should be non-negative in the `renorm_clipping` argument. Received: dmax={dmax}.")
    return bounds
