"""Adam and its kin: steps by the running means of gradients and of their squares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.names import keras_export
from hornbeam.keras.optimizers.old_spellings import small_number
from hornbeam.keras.optimizers.optimizer import Optimizer
from hornbeam.keras.optimizers.optimizer_variables import replaced_by_gradient
from hornbeam.keras.variables import Variable
from hornbeam.ops import training


class _Moments(Optimizer):
    """Base of the optimizers with two running means, of gradients and of their squares."""

    beta_1: float
    beta_2: float

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the running means."""
        if self.built:
            return
        super().build(var_list)
        self._momentums, self._velocities = self.add_optimizer_variables(var_list, ["momentum", "velocity"])

    def _moments(self, gradient: Any, variable: Any) -> tuple[Any, Any]:
        """Both running means with this gradient."""
        momentum, velocity = self._of(self._momentums, variable), self._of(self._velocities, variable)
        new = momentum + (gradient - momentum) * (1 - self.beta_1)
        square = velocity + (ops.square(gradient) - velocity) * (1 - self.beta_2)
        self.assign(momentum, new)
        self.assign(velocity, square)
        return new, square


@keras_export("optimizers.Adam")
class Adam(_Moments):
    """m, v ← running means of g and g²; w ← w − lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε). Kingma and Ba 2014.

    amsgrad: v is the largest so far (Reddi et al. 2018). Other arguments as of `keras.Optimizer`.
    """

    _own_settings: tuple[str, ...] = ("beta_1", "beta_2", "epsilon", "amsgrad")

    def __init__(self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
                 amsgrad: bool = False, weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.beta_1, self.beta_2, self.epsilon, self.amsgrad = beta_1, beta_2, small_number(epsilon), amsgrad

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the running means, with `amsgrad` also the largest."""
        if self.built:
            return
        super().build(var_list)
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(var_list, "velocity_hat")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of Adam."""
        gradient, rate, step = self._numbers(gradient, variable, learning_rate)
        if not self.amsgrad and self._in_place(variable):
            training.apply_adam(variable, self._of(self._momentums, variable), self._of(self._velocities, variable),
                                self._power(self.beta_1, step), self._power(self.beta_2, step), rate, self.beta_1,
                                self.beta_2, self.epsilon, gradient)
            return
        rate = self._once(("corrected", variable.dtype), lambda: rate * ops.sqrt(self._correction(self.beta_2, step))
                          / self._correction(self.beta_1, step))
        mean, square = self._moments(gradient, variable)
        if self.amsgrad:
            largest = self._of(self._velocity_hats, variable)
            square = ops.maximum(largest, square)
            self.assign(largest, square)
        self.assign_sub(variable, mean * rate / (ops.sqrt(square) + self.epsilon))


@keras_export("optimizers.AdamW")
class AdamW(Adam):
    """Adam with weight decay. Loshchilov and Hutter 2019. Raises ValueError for a weight decay of None."""

    def __init__(self, learning_rate: Any = 0.001, weight_decay: float | None = 0.004, beta_1: float = 0.9,
                 beta_2: float = 0.999, epsilon: float = 1e-7, amsgrad: bool = False, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipnorm, clipvalue,
                         global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor,
                         gradient_accumulation_steps, name, **kwargs)
        if self.weight_decay is None:
            raise ValueError("Argument `weight_decay` must be a float. Received: weight_decay=None")


@keras_export("optimizers.Lamb")
class Lamb(_Moments):
    """Adam's step, scaled for each variable by ‖w‖ / ‖step‖. You et al. 2020."""

    _own_settings = ("beta_1", "beta_2", "epsilon")

    def __init__(self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, small_number(epsilon)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of LAMB."""
        gradient, rate, step = self._numbers(gradient, variable, learning_rate)
        mean, square = self._moments(gradient, variable)
        mean, square = mean / self._correction(self.beta_1, step), square / self._correction(self.beta_2, step)
        move = mean / (ops.sqrt(square) + self.epsilon)
        size, length = (ops.sqrt(ops.sum(ops.square(x))) for x in (variable, move))
        usable = ops.logical_and(size > 0, length > 0)
        ratio = ops.where(usable, size / ops.where(usable, length, ops.ones_like(length)), ops.ones_like(size))
        self.assign_sub(variable, ratio * rate * move)


@keras_export("optimizers.Nadam")
class Nadam(_Moments):
    """Adam with Nesterov's look ahead. Dozat 2015."""

    _own_settings = ("beta_1", "beta_2", "epsilon")

    def __init__(self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, small_number(epsilon)

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the running means and the product of all momenta so far."""
        if self.built:
            return
        super().build(var_list)
        self._u_product = Variable(1.0, dtype=var_list[0].dtype if var_list else None)

    def _momentum_at(self, step: Any) -> Any:
        """The momentum of a step: it grows towards β₁."""
        return self.beta_1 * (1.0 - 0.5 * ops.power(0.96, step))

    def _update_all(self, grads: Sequence[Any], variables: Sequence[Any], learning_rate: Any) -> None:
        step = ops.cast(self.iterations + 1, self._u_product.dtype)
        self.assign(self._u_product, self._u_product * self._momentum_at(step))
        super()._update_all(grads, variables, learning_rate)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of Nadam."""
        gradient, rate, step = self._numbers(gradient, variable, learning_rate)
        now = self._once(("now", variable.dtype), lambda: self._momentum_at(step))
        following = self._once(("following", variable.dtype), lambda: self._momentum_at(step + 1))
        product = ops.cast(self._u_product, variable.dtype)
        mean, square = self._moments(gradient, variable)
        ahead = following * mean / (1 - product * following) + (1 - now) * gradient / (1 - product)
        square = square / self._correction(self.beta_2, step)
        self.assign_sub(variable, ahead * rate / (ops.sqrt(square) + self.epsilon))


@keras_export("optimizers.Adamax")
class Adamax(Optimizer):
    """m ← running mean of g; u ← max(β₂ u, |g|); w ← w − lr / (1 − β₁ᵗ) · m / (u + ε). Kingma and Ba 2014."""

    _own_settings = ("beta_1", "beta_2", "epsilon")

    def __init__(self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, small_number(epsilon)

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the running means and largest sizes."""
        if self.built:
            return
        super().build(var_list)
        self._m, self._u = self.add_optimizer_variables(var_list, ["momentum", "norm"])

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of AdaMax."""
        gradient, rate, step = self._numbers(gradient, variable, learning_rate)
        momentum, norm = self._of(self._m, variable), self._of(self._u, variable)
        mean = momentum + (gradient - momentum) * (1 - self.beta_1)
        largest = ops.maximum(self.beta_2 * norm, ops.abs(gradient))
        self.assign(momentum, mean)
        self.assign(norm, largest)
        self.assign_sub(variable, rate * mean / (self._correction(self.beta_1, step) * (largest + self.epsilon)))


@keras_export("optimizers.Lion")
class Lion(Optimizer):
    """w ← w − lr · sign(β₁ m + (1 − β₁) g); m ← β₂ m + (1 − β₂) g. Chen et al. 2023.

    Raises ValueError for a `beta_1` outside (0, 1].
    """

    _own_settings = ("beta_1", "beta_2")

    def __init__(self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        if beta_1 <= 0 or beta_1 > 1:
            raise ValueError("Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer degenerates to "
                             f"SignSGD. Received: beta_1={beta_1}.")
        self.beta_1, self.beta_2 = beta_1, beta_2

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the momenta."""
        if self.built:
            return
        super().build(var_list)
        self._momentums = self.add_optimizer_variables(var_list, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of Lion."""
        gradient, rate, _ = self._numbers(gradient, variable, learning_rate)
        momentum = self._of(self._momentums, variable)
        direction = ops.sign(momentum * self.beta_1 + gradient * (1.0 - self.beta_1))
        self.assign(momentum, momentum * self.beta_2 + gradient * (1.0 - self.beta_2))
        self.assign_sub(variable, rate * direction)


@keras_export("optimizers.ScheduleFreeAdamW")
class ScheduleFreeAdamW(_Moments):
    """Adam without a schedule: gradients are taken at a mean of the steps and of their running average.

    warmup_steps: over which the learning rate grows from 0. Defazio et al. 2024.
    """

    _own_settings = ("beta_1", "beta_2", "epsilon", "warmup_steps")

    def __init__(self, learning_rate: Any = 0.0025, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8,
                 warmup_steps: int = 0, weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, small_number(epsilon)
        self.warmup_steps = warmup_steps

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the running mean of squares, and the iterates: they start from the weights."""
        if self.built:
            return
        super().build(var_list)
        for iterate, variable in zip(self._momentums, var_list, strict=True):
            if iterate is not None:
                self.assign(iterate, variable)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step: the iterate moves by Adam's rule, its average follows, the weight is between both."""
        gradient, rate, step = self._numbers(gradient, variable, learning_rate)
        if self.warmup_steps > 0:
            rate = rate * ops.minimum(step / self.warmup_steps, 1.0)
        iterate, velocity = self._of(self._momentums, variable), self._of(self._velocities, variable)
        square = velocity + (ops.square(gradient) - velocity) * (1 - self.beta_2)
        moved = iterate - rate * gradient / (ops.sqrt(square / self._correction(self.beta_2, step)) + self.epsilon)
        average = (variable - (1 - self.beta_1) * iterate) / self.beta_1
        average = average + (moved - average) / step
        self.assign(velocity, square)
        self.assign(iterate, moved)
        self.assign(variable, (1 - self.beta_1) * moved + self.beta_1 * average)


@keras_export("optimizers.Muon")
class Muon(Optimizer):
    """Momentum made orthogonal for matrices, AdamW for everything else. Jordan et al. 2024.

    adam_beta_1, adam_beta_2, adam_weight_decay, epsilon, adam_lr_ratio: of AdamW's part. momentum, nesterov,
    weight_decay: of the matrices' part; ns_steps: steps of Newton and Schulz's iteration with the coefficients
    muon_a, muon_b, muon_c; rms_rate: scales its steps by √(longer side) times this, None leaves them. exclude_layers:
    patterns of paths that AdamW updates; exclude_embeddings: it updates embeddings too.
    """

    _own_settings = ("adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b", "muon_c",
                     "adam_lr_ratio", "momentum", "ns_steps", "nesterov", "exclude_embeddings", "adam_weight_decay",
                     "rms_rate")

    def __init__(self, learning_rate: Any = 0.001, adam_beta_1: float = 0.9, adam_beta_2: float = 0.999,
                 adam_weight_decay: float | None = 0.004, epsilon: float = 1e-7, weight_decay: float | None = 0.004,
                 clipnorm: float | None = None, clipvalue: float | None = None, global_clipnorm: float | None = None,
                 use_ema: bool = False, ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, exclude_layers: Iterable[str] | None = None, exclude_embeddings: bool = True,
                 muon_a: float = 3.4445, muon_b: float = -4.775, muon_c: float = 2.0315, adam_lr_ratio: float = 1,
                 momentum: float = 0.95, ns_steps: int = 5, nesterov: bool = True, rms_rate: float | None = 0.2,
                 **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.adam_beta_1, self.adam_beta_2, self.epsilon = adam_beta_1, adam_beta_2, small_number(epsilon)
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.muon_a, self.muon_b, self.muon_c, self.ns_steps = muon_a, muon_b, muon_c, ns_steps
        self.momentum, self.nesterov, self.rms_rate = momentum, nesterov, rms_rate
        self.exclude_embeddings = exclude_embeddings
        self.exclude_layers = exclude_layers or []

    def _should_use_adamw(self, variable: Any) -> bool:
        path = getattr(variable, "path", variable.name)
        return (len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in path.lower())
                or any(re.search(pattern, path) for pattern in self.exclude_layers))

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the momenta, and the running mean of squares where AdamW updates."""
        if self.built:
            return
        super().build(var_list)
        self.momentums: list[Any] = [None] * len(var_list)
        self.adam_velocities: list[Any] = [None] * len(var_list)
        for i, variable in enumerate(var_list):
            if not replaced_by_gradient(variable):
                self.momentums[i] = self.add_variable_from_reference(variable, "momentum")
                if self._should_use_adamw(variable):
                    self.adam_velocities[i] = self.add_variable_from_reference(variable, "velocity")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of AdamW or of Muon."""
        gradient, rate, step = self._numbers(gradient, variable, learning_rate)
        momentum, velocity = self._of(self.momentums, variable), self._of(self.adam_velocities, variable)
        if velocity is not None:
            self._adam_step(gradient, variable, rate * self.adam_lr_ratio, step, momentum, velocity)
            return
        mean = momentum * self.momentum + gradient
        self.assign(momentum, mean)
        ahead = gradient + self.momentum * mean if self.nesterov else mean
        move = rate * self.zeropower_via_newtonschulz5(ahead, self.ns_steps)
        self.assign_sub(variable, self.lr_adjust(move))

    def _adam_step(self, gradient: Any, variable: Any, rate: Any, step: Any, momentum: Any, velocity: Any) -> None:
        rate = rate * ops.sqrt(self._correction(self.adam_beta_2, step)) / self._correction(self.adam_beta_1, step)
        mean = momentum + (gradient - momentum) * (1 - self.adam_beta_1)
        square = velocity + (ops.square(gradient) - velocity) * (1 - self.adam_beta_2)
        self.assign(momentum, mean)
        self.assign(velocity, square)
        self.assign_sub(variable, mean * rate / (ops.sqrt(square) + self.epsilon))

    def lr_adjust(self, x: Any) -> Any:
        """A matrix's step scaled by its longer side, so that its size goes with Adam's."""
        return x if self.rms_rate is None else x * (max(x.shape[0], x.shape[1])**0.5 * self.rms_rate)

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Nearly the orthogonal matrix closest to `x` [rows, columns]: its singular values go towards 1.

        Raises ValueError for tensors with fewer than two dimensions.
        """
        if len(x.shape) < 2:
            raise ValueError("Expected gradient or momentum to have at least 2 dimensions. Received: "
                             f"shape={tuple(x.shape)}")
        tall = x.shape[-2] > x.shape[-1]
        x = ops.swapaxes(x, -1, -2) if tall else x
        x = x / (ops.sqrt(ops.sum(ops.square(x), axis=(-2, -1), keepdims=True)) + 1e-7)
        for _ in range(steps):
            square = ops.matmul(x, ops.swapaxes(x, -1, -2))
            x = self.muon_a * x + ops.matmul(self.muon_b * square + self.muon_c * ops.matmul(square, square), x)
        return ops.swapaxes(x, -1, -2) if tall else x

    def _weight_decay_of(self, variable: Any) -> float | None:
        return self.adam_weight_decay if self._should_use_adamw(variable) else self.weight_decay
