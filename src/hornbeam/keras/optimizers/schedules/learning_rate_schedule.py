"""Learning rates as functions of the number of steps made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.identifiers import Identifiers
from hornbeam.keras.names import keras_export


@keras_export("optimizers.schedules.LearningRateSchedule")
class LearningRateSchedule:
    """Base of schedules: a subclass gives the learning rate at a step, `__call__(step)`, and its configuration."""

    def __call__(self, step: Any) -> Any:
        """The learning rate after `step` steps."""
        raise NotImplementedError(f"Learning rate schedule '{type(self).__name__}' must override "
                                  "`__call__(self, step)`.")

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the schedule from."""
        raise NotImplementedError(f"Learning rate schedule '{type(self).__name__}' must override `get_config()` in "
                                  "order to be serializable.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The schedule that `get_config` described."""
        return cls(**config)


def _positive(name: str, value: Any) -> None:
    if value <= 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={value}")


def _numbers(first: Any, *others: Any) -> list[Any]:
    """The first as a tensor and the others in its dtype."""
    first = ops.convert_to_tensor(first)
    return [first, *(ops.cast(other, first.dtype) for other in others)]


class _Decay(LearningRateSchedule):
    """Base of the schedules that fall with step / decay_steps, in whole numbers with `staircase`."""

    def __init__(self, initial_learning_rate: Any, decay_steps: Any, decay_rate: Any, staircase: bool,
                 name: str) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name
        _positive("decay_steps", decay_steps)

    def _at(self, step: Any) -> tuple[Any, Any, Any]:
        """The initial learning rate, the decay rate, and how many times `decay_steps` have passed."""
        initial, steps, rate, step = _numbers(self.initial_learning_rate, self.decay_steps, self.decay_rate, step)
        passed = step / steps
        return initial, rate, ops.floor(passed) if self.staircase else passed

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the schedule from."""
        return {"initial_learning_rate": self.initial_learning_rate, "decay_steps": self.decay_steps,
                "decay_rate": self.decay_rate, "staircase": self.staircase, "name": self.name}


@keras_export("optimizers.schedules.ExponentialDecay")
class ExponentialDecay(_Decay):
    """initial_learning_rate · decay_rate^(step / decay_steps); with `staircase` the exponent is a whole number.

    Raises ValueError for `decay_steps` that are not positive.

    >>> from hornbeam import keras
    >>> float(keras.optimizers.schedules.ExponentialDecay(1.0, 100, 0.5)(200))
    0.25
    """

    def __init__(self, initial_learning_rate: Any, decay_steps: Any, decay_rate: Any, staircase: bool = False,
                 name: str = "ExponentialDecay") -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def __call__(self, step: Any) -> Any:
        """The learning rate after `step` steps."""
        initial, rate, passed = self._at(step)
        return initial * ops.power(rate, passed)


@keras_export("optimizers.schedules.InverseTimeDecay")
class InverseTimeDecay(_Decay):
    """initial_learning_rate / (1 + decay_rate · step / decay_steps); with `staircase` in steps.

    Raises ValueError for `decay_steps` that are not positive.
    """

    def __init__(self, initial_learning_rate: Any, decay_steps: Any, decay_rate: Any, staircase: bool = False,
                 name: str = "InverseTimeDecay") -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def __call__(self, step: Any) -> Any:
        """The learning rate after `step` steps."""
        initial, rate, passed = self._at(step)
        return initial / (1 + rate * passed)


@keras_export("optimizers.schedules.PiecewiseConstantDecay")
class PiecewiseConstantDecay(LearningRateSchedule):
    """`values[i]` up to and including step `boundaries[i]`, then the next.

    Raises ValueError unless there is one value more than boundaries.
    """

    def __init__(self, boundaries: Sequence[Any], values: Sequence[Any], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError("The length of boundaries should be 1 less than the length of values. Received: "
                             f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of length "
                             f"{len(values)}.")
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Any:
        """The learning rate after `step` steps."""
        step = ops.convert_to_tensor(step)
        rate = ops.convert_to_tensor(self.values[0])
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = ops.where(step > ops.cast(boundary, step.dtype), ops.cast(value, rate.dtype), rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the schedule from."""
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}


@keras_export("optimizers.schedules.PolynomialDecay")
class PolynomialDecay(LearningRateSchedule):
    """From `initial_learning_rate` to `end_learning_rate` in `decay_steps`, by (1 − step / decay_steps)^power.

    cycle: where the end is reached, start again from a point on a decay of twice, three times, … the length.
    Raises ValueError for `decay_steps` that are not positive.
    """

    def __init__(self, initial_learning_rate: Any, decay_steps: Any, end_learning_rate: Any = 0.0001,
                 power: Any = 1.0, cycle: bool = False, name: str = "PolynomialDecay") -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name
        _positive("decay_steps", decay_steps)

    def __call__(self, step: Any) -> Any:
        """The learning rate after `step` steps."""
        initial, end, power, step, steps = _numbers(self.initial_learning_rate, self.end_learning_rate, self.power,
                                                    step, self.decay_steps)
        if self.cycle:
            steps = steps * ops.where(ops.equal(step, 0), ops.ones_like(step), ops.ceil(step / steps))
        else:
            step = ops.minimum(step, steps)
        return (initial - end) * ops.power(1 - step / steps, power) + end

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the schedule from."""
        return {"initial_learning_rate": self.initial_learning_rate, "decay_steps": self.decay_steps,
                "end_learning_rate": self.end_learning_rate, "power": self.power, "cycle": self.cycle,
                "name": self.name}


@keras_export("optimizers.schedules.CosineDecay")
class CosineDecay(LearningRateSchedule):
    """Half a cosine from `initial_learning_rate` down to `alpha` times it. Loshchilov and Hutter 2017.

    warmup_target: before that, the rate grows linearly to this in `warmup_steps` (and falls from there).
    Raises ValueError for `decay_steps` that are not positive.
    """

    def __init__(self, initial_learning_rate: Any, decay_steps: Any, alpha: Any = 0.0, name: str = "CosineDecay",
                 warmup_target: Any = None, warmup_steps: Any = 0) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_steps = warmup_steps
        self.warmup_target = warmup_target
        _positive("decay_steps", decay_steps)

    def __call__(self, step: Any) -> Any:
        """The learning rate after `step` steps."""
        initial, steps, step = _numbers(self.initial_learning_rate, self.decay_steps, step)
        if self.warmup_target is None:
            return self._decayed(initial, ops.minimum(step, steps) / steps)
        target, warmup = (ops.cast(x, initial.dtype) for x in (self.warmup_target, self.warmup_steps))
        step = ops.minimum(step, steps + warmup)
        rising = (target - initial) * (step / warmup) + initial
        return ops.where(step < warmup, rising, self._decayed(target, (step - warmup) / steps))

    def _decayed(self, start: Any, passed: Any) -> Any:
        return start * ((1 - self.alpha) * 0.5 * (1.0 + ops.cos(math.pi * passed)) + self.alpha)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the schedule from."""
        return {"initial_learning_rate": self.initial_learning_rate, "decay_steps": self.decay_steps,
                "alpha": self.alpha, "name": self.name, "warmup_target": self.warmup_target,
                "warmup_steps": self.warmup_steps}


@keras_export("optimizers.schedules.CosineDecayRestarts")
class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines one after the other: each `t_mul` times as long as the one before and from `m_mul` times its height.

    alpha: where each ends, as a part of the initial learning rate. Loshchilov and Hutter 2017. Raises ValueError for
    `first_decay_steps` that are not positive.
    """

    def __init__(self, initial_learning_rate: Any, first_decay_steps: Any, t_mul: Any = 2.0, m_mul: Any = 1.0,
                 alpha: Any = 0.0, name: str = "SGDRDecay") -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self._t_mul = t_mul
        self._m_mul = m_mul
        self.alpha = alpha
        self.name = name
        _positive("first_decay_steps", first_decay_steps)

    def __call__(self, step: Any) -> Any:
        """The learning rate after `step` steps."""
        initial, first, growth, fall, step = _numbers(self.initial_learning_rate, self.first_decay_steps, self._t_mul,
                                                      self._m_mul, step)
        passed = step / first
        if self._t_mul == 1.0:
            restarts = ops.floor(passed)
            passed = passed - restarts
        else:
            restarts = ops.floor(ops.log(1.0 - passed * (1.0 - growth)) / ops.log(growth))
            length = ops.power(growth, restarts)
            passed = (passed - (1.0 - length) / (1.0 - growth)) / length
        height = 0.5 * ops.power(fall, restarts) * (1.0 + ops.cos(math.pi * passed))
        return initial * ((1 - self.alpha) * height + self.alpha)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the schedule from."""
        return {"initial_learning_rate": self.initial_learning_rate, "first_decay_steps": self.first_decay_steps,
                "t_mul": self._t_mul, "m_mul": self._m_mul, "alpha": self.alpha, "name": self.name}


SCHEDULES = Identifiers("optimizers.schedules", "learning rate schedule")


@keras_export("optimizers.schedules.serialize")
def serialize(learning_rate_schedule: Any) -> Any:
    """A schedule's configuration."""
    return SCHEDULES.serialize(learning_rate_schedule)


@keras_export("optimizers.schedules.deserialize")
def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The schedule that a configuration describes; `custom_objects` by name come first."""
    return SCHEDULES.deserialize(config, custom_objects)
