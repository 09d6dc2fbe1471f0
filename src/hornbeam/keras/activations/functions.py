"""The activation functions of layers: those of `keras.ops`, and a few with arguments of their own."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.keras_tensor import any_symbolic
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import taking_old_arguments
from hornbeam.keras.operations import Operation
from hornbeam.keras.ops.nn import activations as nn
from hornbeam.keras.ops.numpy import binary, elementwise
from hornbeam.keras.ops.tensors import dtype_of, tensor
from hornbeam.keras.saving.serialization import internal


@internal("keras.src.activations.activations")
class ReLU(Operation):
    """`relu` with its arguments, in models and files."""

    def __init__(self, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0,
                 name: str | None = None) -> None:
        super().__init__(name=name)
        self.negative_slope, self.max_value, self.threshold = negative_slope, max_value, threshold

    def call(self, x: Any) -> Any:
        """`relu` of x."""
        return _relu(x, self.negative_slope, self.max_value, self.threshold)


@internal("keras.src.activations.activations")
class Mish(Operation):
    """`mish` in models and files."""

    def call(self, x: Any) -> Any:
        """`mish` of x."""
        return _mish(x)


def _relu(x: Any, negative_slope: float, max_value: float | None, threshold: float) -> Any:
    x = tensor(x)
    if negative_slope and max_value is None and threshold == 0:
        return nn.leaky_relu(x, negative_slope=negative_slope)
    below = None
    if negative_slope:
        below = nn.relu(binary.add(elementwise.negative(x), threshold) if threshold else elementwise.negative(x))
    if threshold:
        y = binary.chosen(binary.greater(x, tensor(threshold, dtype_of(x))), x, 0)
    else:
        y = nn.relu6(x) if max_value == 6 else nn.relu(x)
    if max_value is not None and not (max_value == 6 and not threshold):
        y = binary.clip(y, 0, tensor(max_value, dtype_of(x)))
    return y if below is None else binary.subtract(y, binary.multiply(below, negative_slope))


def _mish(x: Any) -> Any:
    return binary.multiply(x, elementwise.tanh(nn.softplus(x)))


@keras_export("activations.relu")
@taking_old_arguments(alpha="negative_slope")
def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """max(x, 0); below the threshold x · negative_slope, and at most max_value.

    >>> relu([-1., 2.]).numpy().tolist()
    [0.0, 2.0]
    """
    if any_symbolic((x,), {}):
        return ReLU(negative_slope=negative_slope, max_value=max_value, threshold=threshold)(x)
    return _relu(x, negative_slope, max_value, threshold)


@keras_export("activations.leaky_relu")
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """x where it is positive, else x · negative_slope."""
    return nn.leaky_relu(x, negative_slope=negative_slope)


@keras_export("activations.relu6")
def relu6(x: Any) -> Any:
    """x between 0 and 6."""
    return nn.relu6(x)


@keras_export("activations.softmax")
def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) / Σ exp(x) along `axis`."""
    return nn.softmax(x, axis=axis)


@keras_export("activations.log_softmax")
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """x - log Σ exp(x) along `axis`."""
    return nn.log_softmax(x, axis=axis)


@keras_export("activations.sparsemax")
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Like softmax, with zeros: x less a threshold, cut at 0."""
    return nn.sparsemax(x, axis=axis)


@keras_export("activations.elu")
def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha · (exp(x) - 1)."""
    return nn.elu(x, alpha=alpha)


@keras_export("activations.selu")
def selu(x: Any) -> Any:
    """A scaled elu that keeps mean and variance through layers."""
    return nn.selu(x)


@keras_export("activations.celu")
def celu(x: Any, alpha: float = 1.0) -> Any:
    """max(x, 0) + min(alpha · (exp(x / alpha) - 1), 0)."""
    return nn.celu(x, alpha=alpha)


@keras_export("activations.softplus")
def softplus(x: Any) -> Any:
    """log(1 + exp(x))."""
    return nn.softplus(x)


@keras_export("activations.softsign")
def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""
    return nn.softsign(x)


@keras_export("activations.squareplus")
def squareplus(x: Any, b: float = 4) -> Any:
    """(x + √(x² + b)) / 2."""
    return nn.squareplus(x, b=b)


@keras_export("activations.soft_shrink")
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x moved towards 0 by the threshold, 0 within it."""
    return nn.soft_shrink(x, threshold=threshold)


@keras_export("activations.hard_shrink")
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x where it is further from 0 than the threshold, else 0."""
    return nn.hard_shrink(x, threshold=threshold)


@keras_export("activations.tanh_shrink")
def tanh_shrink(x: Any) -> Any:
    """x - tanh(x)."""
    return nn.tanh_shrink(x)


@keras_export("activations.threshold")
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """x where it is above the threshold, else the default value."""
    return nn.threshold(x, threshold, default_value)


@keras_export("activations.sparse_plus")
def sparse_plus(x: Any) -> Any:
    """0 up to -1, x from 1 on, (x + 1)² / 4 between."""
    return nn.sparse_plus(x)


@keras_export("activations.sparse_sigmoid")
def sparse_sigmoid(x: Any) -> Any:
    """0 up to -1, 1 from 1 on, (x + 1) / 2 between."""
    return nn.sparse_sigmoid(x)


@keras_export("activations.silu", "activations.swish")
def silu(x: Any) -> Any:
    """x · sigmoid(x)."""
    return nn.silu(x)


@keras_export("activations.gelu")
def gelu(x: Any, approximate: bool = False) -> Any:
    """x · Φ(x), Φ being the normal distribution's function; approximated by tanh where asked for."""
    return nn.gelu(x, approximate=approximate)


@keras_export("activations.glu")
def glu(x: Any, axis: int = -1) -> Any:
    """The first half along `axis`, times the sigmoid of the second."""
    return nn.glu(x, axis=axis)


@keras_export("activations.mish")
def mish(x: Any) -> Any:
    """x · tanh(softplus(x))."""
    return Mish()(x) if any_symbolic((x,), {}) else _mish(tensor(x))


@keras_export("activations.tanh")
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return elementwise.tanh(x)


@keras_export("activations.hard_tanh")
def hard_tanh(x: Any) -> Any:
    """x between -1 and 1."""
    return nn.hard_tanh(x)


@keras_export("activations.sigmoid")
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return nn.sigmoid(x)


@keras_export("activations.log_sigmoid")
def log_sigmoid(x: Any) -> Any:
    """log(sigmoid(x))."""
    return nn.log_sigmoid(x)


@keras_export("activations.hard_sigmoid")
def hard_sigmoid(x: Any) -> Any:
    """x / 6 + 1/2, between 0 and 1."""
    return nn.hard_sigmoid(x)


@keras_export("activations.hard_silu", "activations.hard_swish")
def hard_silu(x: Any) -> Any:
    """x · hard_sigmoid(x)."""
    return nn.hard_silu(x)


@keras_export("activations.exponential")
def exponential(x: Any) -> Any:
    """exp(x)."""
    return elementwise.exp(x)


@keras_export("activations.linear")
def linear(x: Any) -> Any:
    """x as it is."""
    return x
