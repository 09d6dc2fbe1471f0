"""Optimizers whose steps follow from the squares of gradients: Adagrad, Adadelta, RMSprop, Ftrl, Adafactor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.keras import initializers, ops
from hornbeam.keras.names import keras_export
from hornbeam.keras.optimizers.old_spellings import small_number
from hornbeam.keras.optimizers.optimizer import Optimizer
from hornbeam.keras.optimizers.optimizer_variables import replaced_by_gradient
from hornbeam.keras.variables import Variable
from hornbeam.ops import training


@keras_export("optimizers.Adagrad")
class Adagrad(Optimizer):
    """a ← a + g²; w ← w − lr · g / √(a + ε). Duchi et al. 2011. initial_accumulator_value: what `a` starts from."""

    _own_settings = ("initial_accumulator_value", "epsilon")

    def __init__(self, learning_rate: Any = 0.001, initial_accumulator_value: float = 0.1, epsilon: float = 1e-7,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, small_number(epsilon)

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the sums of squares."""
        if self.built:
            return
        super().build(var_list)
        start = initializers.Constant(self.initial_accumulator_value)
        self._accumulators = self.add_optimizer_variables(var_list, "accumulator", initializer=start)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of Adagrad."""
        gradient, rate, _ = self._numbers(gradient, variable, learning_rate)
        accumulator = self._of(self._accumulators, variable)
        total = accumulator + ops.square(gradient)
        self.assign(accumulator, total)
        self.assign_sub(variable, rate * gradient / ops.sqrt(total + self.epsilon))


@keras_export("optimizers.Adadelta")
class Adadelta(Optimizer):
    """Steps scaled by the ratio of the running root mean squares of steps and gradients. Zeiler 2012."""

    _own_settings = ("rho", "epsilon")

    def __init__(self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.rho, self.epsilon = rho, small_number(epsilon)

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the running means of squares."""
        if self.built:
            return
        super().build(var_list)
        self._accumulated_grads, self._accumulated_delta_vars = self.add_optimizer_variables(
            var_list, ["accumulated_grad", "accumulated_delta_var"])

    def update_step(self, grad: Any, variable: Any, learning_rate: Any) -> None:
        """A step of Adadelta."""
        grad, rate, _ = self._numbers(grad, variable, learning_rate)
        squares, steps = self._of(self._accumulated_grads, variable), self._of(self._accumulated_delta_vars, variable)
        square = self.rho * squares + (1 - self.rho) * ops.square(grad)
        step = ops.sqrt(steps + self.epsilon) * grad / ops.sqrt(square + self.epsilon)
        self.assign(squares, square)
        self.assign(steps, self.rho * steps + (1 - self.rho) * ops.square(step))
        self.assign_sub(variable, rate * step)


@keras_export("optimizers.RMSprop")
class RMSprop(Optimizer):
    """v ← running mean of g²; w ← w − lr · g / √(v + ε), with `momentum` on these steps. Tieleman and Hinton 2012.

    centered: v is the running variance.
    """

    _own_settings = ("rho", "momentum", "epsilon", "centered")

    def __init__(self, learning_rate: Any = 0.001, rho: float = 0.9, momentum: float = 0.0, epsilon: float = 1e-7,
                 centered: bool = False, weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.rho, self.momentum, self.epsilon, self.centered = rho, momentum, small_number(epsilon), centered

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the running means."""
        if self.built:
            return
        super().build(var_list)
        self._velocities = self.add_optimizer_variables(var_list, "velocity")
        self._momentums = self.add_optimizer_variables(var_list, "momentum") if self.momentum > 0 else []
        self._average_gradients = self.add_optimizer_variables(var_list, "average_gradient") if self.centered else []

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of RMSprop."""
        gradient, rate, _ = self._numbers(gradient, variable, learning_rate)
        velocity = self._of(self._velocities, variable)
        if not self.centered and not self.momentum and self._in_place(variable):
            training.apply_rms_prop_without_momentum(variable, velocity, rate, self.rho, self.epsilon, gradient)
            return
        spread = self.rho * velocity + (1 - self.rho) * ops.square(gradient)
        self.assign(velocity, spread)
        if self.centered:
            average = self._of(self._average_gradients, variable)
            mean = self.rho * average + (1 - self.rho) * gradient
            self.assign(average, mean)
            spread = spread - ops.square(mean)
        step = rate * gradient / ops.sqrt(spread + self.epsilon)
        if self.momentum > 0:
            momentum = self._of(self._momentums, variable)
            step = self.momentum * momentum + step
            self.assign(momentum, step)
        self.assign_sub(variable, step)


@keras_export("optimizers.Ftrl")
class Ftrl(Optimizer):
    """Follow the regularised leader: few weights that are not 0, for wide sparse models. McMahan et al. 2013.

    learning_rate_power: how the rate falls with the sum of squares (≤ 0). l1_regularization_strength,
    l2_regularization_strength: penalties of the weights; l2_shrinkage_regularization_strength: of their size at each
    step, without moving the optimum of the others. beta: added to the root of the sum of squares. Raises ValueError
    for negative strengths and initial values, and for a positive power.
    """

    _own_settings = ("learning_rate_power", "initial_accumulator_value", "l1_regularization_strength",
                     "l2_regularization_strength", "l2_shrinkage_regularization_strength", "beta")

    def __init__(self, learning_rate: Any = 0.001, learning_rate_power: float = -0.5,
                 initial_accumulator_value: float = 0.1, l1_regularization_strength: float = 0.0,
                 l2_regularization_strength: float = 0.0, l2_shrinkage_regularization_strength: float = 0.0,
                 beta: float = 0.0, weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        if initial_accumulator_value < 0.0:
            raise ValueError("`initial_accumulator_value` needs to be positive or zero. Received: "
                             f"initial_accumulator_value={initial_accumulator_value}.")
        if learning_rate_power > 0.0:
            raise ValueError("`learning_rate_power` needs to be negative or zero. Received: "
                             f"learning_rate_power={learning_rate_power}.")
        for name, strength in (("l1_regularization_strength", l1_regularization_strength),
                               ("l2_regularization_strength", l2_regularization_strength),
                               ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength)):
            if strength < 0.0:
                raise ValueError(f"`{name}` needs to be positive or zero. Received: {name}={strength}.")
        self.learning_rate_power, self.initial_accumulator_value = learning_rate_power, initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the sums of squares and the linear terms."""
        if self.built:
            return
        super().build(var_list)
        start = initializers.Constant(self.initial_accumulator_value)
        self._accumulators, self._linears = self.add_optimizer_variables(
            var_list, ["accumulator", "linear"], initializer=[start, "zeros"])

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step: the weight that minimises the linear loss so far with both penalties."""
        gradient, rate, _ = self._numbers(gradient, variable, learning_rate)
        squares, linear = self._of(self._accumulators, variable), self._of(self._linears, variable)
        l1 = self.l1_regularization_strength
        l2 = self.l2_regularization_strength + self.beta / (2.0 * rate)
        total = squares + ops.square(gradient)
        before, after = (ops.power(x, -self.learning_rate_power) for x in (squares, total))
        pull = gradient + 2 * self.l2_shrinkage_regularization_strength * variable - (after - before) / rate * variable
        line = linear + pull
        self.assign(squares, total)
        self.assign(linear, line)
        self.assign(variable, (ops.clip(line, -l1, l1) - line) / (after / rate + 2 * l2))


@keras_export("optimizers.Adafactor")
class Adafactor(Optimizer):
    """Squares kept as the means of rows and columns, steps relative to the size of weights. Shazeer and Stern 2018.

    beta_2_decay: how the memory of squares grows. epsilon_1, epsilon_2: least squares and sizes. clip_threshold: the
    largest root mean square of a step. relative_step: accepted; the learning rate is at most 1/√t either way.
    """

    _own_settings = ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step")

    def __init__(self, learning_rate: Any = 0.001, beta_2_decay: float = -0.8, epsilon_1: float = 1e-30,
                 epsilon_2: float = 0.001, clip_threshold: float = 1.0, relative_step: bool = True,
                 weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum,
                         ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name, **kwargs)
        self.beta_2_decay, self.epsilon_1, self.epsilon_2 = beta_2_decay, epsilon_1, epsilon_2
        self.clip_threshold, self.relative_step = clip_threshold, relative_step

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the means of squares: of rows and columns where there are two dimensions, and of all."""
        if self.built:
            return
        super().build(var_list)
        self._r: list[Any] = []
        self._c: list[Any] = []
        self._v: list[Any] = []
        for variable in var_list:
            shape, replaced = tuple(variable.shape), replaced_by_gradient(variable)
            for held, kept in ((self._r, shape[:-1]), (self._c, (*shape[:-2], *shape[-1:]))):
                if len(shape) < 2:  # stands for the absent one, so that files have the same variables
                    held.append(Variable(0, name=_plain_name(variable), trainable=False))
                    self._variables.append(held[-1])
                else:
                    held.append(None if replaced else self.add_variable(kept, dtype=variable.dtype,
                                                                        name=_plain_name(variable)))
            self._v.append(None if replaced else self.add_variable_from_reference(variable, "velocity"))

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """A step of Adafactor."""
        gradient, rate, step = self._numbers(gradient, variable, learning_rate)
        most = 1 / ops.sqrt(step)
        scale = ops.maximum(_root_mean_square(variable), self.epsilon_2) * ops.minimum(rate, most)
        squares = ops.square(gradient) + self.epsilon_1
        memory = 1 - ops.power(step, self.beta_2_decay)
        mean = self._of(self._v, variable)
        if len(variable.shape) >= 2:
            rows, columns = self._of(self._r, variable), self._of(self._c, variable)
            row = memory * rows + (1 - memory) * ops.mean(squares, axis=-1)
            column = memory * columns + (1 - memory) * ops.mean(squares, axis=-2)
            self.assign(rows, row)
            self.assign(columns, column)
            row = row / ops.mean(row, axis=-1, keepdims=True)
            square = ops.expand_dims(row, -1) * ops.expand_dims(column, -2)
        else:
            square = memory * mean + (1 - memory) * squares
        self.assign(mean, square)
        move = gradient / ops.sqrt(square)
        move = move / ops.maximum(_root_mean_square(move) / self.clip_threshold, 1.0)
        self.assign_sub(variable, scale * move)


def _plain_name(variable: Any) -> str:
    return variable.name.replace("/", "_").replace(":", "_")


def _root_mean_square(x: Any) -> Any:
    return ops.sqrt(ops.mean(ops.square(x)))
