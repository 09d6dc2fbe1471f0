"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hornbeam as tf
from hornbeam.keras import ops
from hornbeam.keras.names import keras_export
from hornbeam.keras.optimizers.gradients import is_rows
from hornbeam.keras.optimizers.optimizer import Optimizer


@keras_export("optimizers.SGD")
class SGD(Optimizer):
    """w ← w − lr · g; with momentum m ← momentum · m − lr · g, w ← w + m, or with `nesterov` a look ahead.

    Raises ValueError for a momentum outside [0, 1]. Other arguments as of `keras.Optimizer`. Sutskever et al. 2013.

    >>> from hornbeam import keras
    >>> w = keras.Variable([1.0, 2.0])
    >>> keras.optimizers.SGD(0.5).apply([[1.0, 1.0]], [w])
    >>> w.numpy().tolist()
    [0.5, 1.5]
    """

    _own_settings = ("momentum", "nesterov")

    def __init__(self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        if isinstance(momentum, (bool, str)) or not hasattr(momentum, "__float__") or not 0 <= momentum <= 1:
            raise ValueError("`momentum` must be a float between [0, 1].")
        self.momentum = float(momentum)
        self.nesterov = nesterov

    def build(self, variables: Sequence[Any]) -> None:
        """Make the momenta, where there is momentum."""
        if self.built:
            return
        super().build(variables)
        self.momentums = self.add_optimizer_variables(variables, "momentum") if self.momentum != 0 else []

    def _takes_rows(self) -> bool:
        return self.momentum == 0

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """w ← w − lr · g, or with momentum."""
        if is_rows(gradient):
            rows = ops.cast(gradient.values, variable.dtype) * ops.cast(learning_rate, variable.dtype)
            self.assign(variable, tf.tensor_scatter_nd_sub(variable, tf.expand_dims(gradient.indices, 1), rows))
            return
        step = ops.cast(gradient, variable.dtype) * ops.cast(learning_rate, variable.dtype)
        if self.momentum == 0:
            self.assign_sub(variable, step)
            return
        momentum = self._of(self.momentums, variable)
        new = momentum * self.momentum - step
        self.assign(momentum, new)
        self.assign_add(variable, new * self.momentum - step if self.nesterov else new)
