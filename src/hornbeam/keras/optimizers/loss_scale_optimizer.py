"""Loss scaling: gradients in float16 stay above what vanishes and below what overflows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.keras import initializers, ops
from hornbeam.keras.names import keras_export
from hornbeam.keras.optimizers.gradients import is_rows, scaled
from hornbeam.keras.optimizers.optimizer import Optimizer
from hornbeam.keras.optimizers.optimizer_variables import replaced_by_gradient
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object

_DEFAULTS = {"weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None, "use_ema": False,
             "ema_momentum": 0.99, "ema_overwrite_frequency": None, "loss_scale_factor": None,
             "gradient_accumulation_steps": None}


@keras_export("optimizers.LossScaleOptimizer", "mixed_precision.LossScaleOptimizer")
class LossScaleOptimizer(Optimizer):
    """Scales the loss for another optimizer: up while gradients stay finite, down when they do not.

    inner_optimizer: makes the steps. initial_scale: the first scale. dynamic_growth_steps: after so many finite steps
    the scale doubles; where a gradient is not finite it halves, and the step is left out. Raises ValueError for
    arguments that belong to the inner optimizer.
    """

    def __init__(self, inner_optimizer: Any, initial_scale: float = 2.0**15, dynamic_growth_steps: int = 2000,
                 name: str | None = None, **kwargs: Any) -> None:
        if not kwargs.pop("dynamic", True):
            raise ValueError("LossScaleOptimizer no longer supports `dynamic=False`. Instead, simply set "
                             "`loss_scale_factor` directly on the `inner_optimizer`.")
        for argument, default in _DEFAULTS.items():
            if kwargs.pop(argument, default) != default:
                raise ValueError(f"LossScaleOptimizer does not support `{argument}`. Instead, set `{argument}` on the "
                                 "`inner_optimizer`.")
        if kwargs:
            raise ValueError(f"LossScaleOptimizer does not support arguments: `{'`, `'.join(kwargs)}`.")
        super().__init__(learning_rate=0.0, name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        self.inner_optimizer.loss_scale_factor = None

    def build(self, var_list: Sequence[Any]) -> None:
        """Make the scale, the number of finite steps, and the inner optimizer's variables."""
        self.step_counter = self.add_variable((), "zeros", dtype="int64", name="step_counter")
        self.dynamic_scale = self.add_variable((), initializers.Constant(self.initial_scale), dtype="float32",
                                               name="dynamic_scale")
        self.inner_optimizer.build(var_list)
        super().build(var_list)

    @property
    def variables(self) -> list[Any]:
        """The variables here, then the inner optimizer's."""
        return self._variables + self.inner_optimizer.variables

    def _step(self, grads: list[Any], variables: list[Any]) -> None:
        def step() -> None:
            unscaled = [g if g is None or replaced_by_gradient(v) else scaled(g, 1.0 / self.dynamic_scale)
                        for g, v in zip(grads, variables, strict=True)]
            self.inner_optimizer.apply(unscaled, variables)
            due = ops.equal(self.step_counter, self.dynamic_growth_steps - 1)
            self.step_counter.assign(ops.where(due, ops.zeros_like(self.step_counter), self.step_counter + 1))
            self.dynamic_scale.assign(ops.where(due, self.dynamic_scale * 2.0, self.dynamic_scale))

        def skip() -> None:
            self.step_counter.assign(0)
            self.dynamic_scale.assign(self.dynamic_scale * 0.5)

        self._choose(self.check_finite(grads), step, skip)

    def _can_be_compiled(self, variables: Sequence[Any]) -> bool:
        return self.inner_optimizer._can_be_compiled(variables)

    def _settings_now(self) -> str:
        return f"{self.dynamic_growth_steps}{self.inner_optimizer._settings_now()}"

    def check_finite(self, grads: Sequence[Any]) -> Any:
        """Whether all numbers in all gradients are finite."""
        values = [g.values if is_rows(g) else g for g in grads if g is not None]
        return ops.all(ops.stack([ops.all(ops.isfinite(v)) for v in values]))

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's learning rate."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        self.inner_optimizer.learning_rate = learning_rate

    @property
    def iterations(self) -> Any:
        """How many updates the inner optimizer made."""
        return self.inner_optimizer.iterations

    def scale_loss(self, loss: Any) -> Any:
        """The loss times the scale."""
        return ops.multiply(loss, self.dynamic_scale if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """As the inner optimizer does."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the optimizer from."""
        return {"name": self.name, "inner_optimizer": serialize_keras_object(self.inner_optimizer),
                "initial_scale": self.initial_scale, "dynamic_growth_steps": self.dynamic_growth_steps}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The optimizer that `get_config` described."""
        config = dict(config)
        inner = deserialize_keras_object(config.pop("inner_optimizer"), custom_objects=custom_objects)
        return cls(inner, **config)
