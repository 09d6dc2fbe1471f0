"""Learning rates that fall with the step: TF1's decays. In a graph each gives a tensor; eagerly, a function of no
arguments that gives the rate when it is called, as optimizers accept.

`global_step` is a number, a tensor or a variable; `decay_steps` and the other settings are numbers or tensors.
"""

from __future__ import annotations

import functools
import inspect
import math as numbers
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import composite, graph_for
from hornbeam.graph.names import public
from hornbeam.graph.op import registry
from hornbeam.ops import array, math
from hornbeam.ops.random import own_name, random_normal

Function = TypeVar("Function", bound=Callable[..., Any])


def _schedule(scope: str) -> Callable[[Function], Function]:
    """Decorator: a composite in the name scope `scope`; where calls run at once, its call is put off."""
    def declare(function: Function) -> Function:
        built = composite(scope)(function)
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            signature.bind(*args, **kwargs)
            if graph_for(*args, *kwargs.values()) is None and mode.executing_eagerly():
                return functools.partial(built, *args, **kwargs)
            return built(*args, **kwargs)

        return call  # type: ignore[return-value]

    return declare


class _Terms:
    """The rate, the step and the settings of a decay in the rate's dtype."""

    def __init__(self, learning_rate: Any, global_step: Any, *settings: Any) -> None:
        self.rate = array.convert(learning_rate, name="initial_learning_rate")
        self.dtype = self.rate.dtype.base_dtype
        self.settings = [self.number(s) for s in settings]
        self.step = self.number(global_step)

    def number(self, value: Any) -> Any:
        """`value` as a tensor of the rate's dtype."""
        return math.cast(array.convert(value), self.dtype)

    def progress(self, steps: Any) -> tuple[Any, Any]:
        """The step, at most `steps`, and which part of them it is."""
        step = math.minimum(self.step, steps)
        return step, step / steps


@public(v1=("train.exponential_decay",))
@_schedule("ExponentialDecay")
def exponential_decay(learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any,
                      staircase: bool = False, name: str | None = None) -> Any:
    """learning_rate · decay_rate^(global_step / decay_steps); with `staircase` the exponent is rounded down."""
    terms = _Terms(learning_rate, global_step, decay_steps, decay_rate)
    steps, rate = terms.settings
    power = terms.step / steps
    if staircase:
        power = math.floor(power)
    return math.multiply(terms.rate, math.pow(rate, power), name=own_name())


@public(v1=("train.natural_exp_decay",))
def natural_exp_decay(learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any,
                      staircase: bool = False, name: str | None = None) -> Any:
    """learning_rate · exp(-decay_rate · global_step / decay_steps); `staircase` rounds the quotient down."""
    if isinstance(decay_rate, (int, float)):
        factor: Any = numbers.exp(-decay_rate)
    else:
        factor = math.exp(math.negative(decay_rate))
    return exponential_decay(learning_rate, global_step, decay_steps, factor, staircase, name)


@public(v1=("train.inverse_time_decay",))
@_schedule("InverseTimeDecay")
def inverse_time_decay(learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any,
                       staircase: bool = False, name: str | None = None) -> Any:
    """learning_rate / (1 + decay_rate · global_step / decay_steps); `staircase` rounds the quotient down."""
    terms = _Terms(learning_rate, global_step, decay_steps, decay_rate)
    steps, rate = terms.settings
    part = terms.step / steps
    if staircase:
        part = math.floor(part)
    return math.real_div(terms.rate, 1 + rate * part, name=own_name())


@public(v1=("train.polynomial_decay",))
@_schedule("PolynomialDecay")
def polynomial_decay(learning_rate: Any, global_step: Any, decay_steps: Any, end_learning_rate: Any = 0.0001,
                     power: Any = 1.0, cycle: bool = False, name: str | None = None) -> Any:
    """From `learning_rate` to `end_learning_rate` by (1 - global_step / decay_steps)^power.

    cycle: beyond `decay_steps` begin again, towards the next multiple of it; otherwise the rate stays at its end.
    """
    terms = _Terms(learning_rate, global_step, decay_steps, end_learning_rate, power)
    steps, end, power = terms.settings
    step = terms.step
    if cycle:
        rounds = math.maximum(math.ceil(step / steps), terms.number(1.0))
        steps = math.multiply(steps, rounds)
    else:
        step = math.minimum(step, steps)
    left = math.pow(1 - step / steps, power)
    return math.add_v2(math.multiply(terms.rate - end, left), end, name=own_name())


@public(v1=("train.cosine_decay",))
@_schedule("CosineDecay")
def cosine_decay(learning_rate: Any, global_step: Any, decay_steps: Any, alpha: Any = 0.0,
                 name: str | None = None) -> Any:
    """From `learning_rate` to `alpha` of it along half a cosine. Loshchilov and Hutter 2017."""
    terms = _Terms(learning_rate, global_step, decay_steps)
    _, part = terms.progress(terms.settings[0])
    return math.multiply(terms.rate, (1 - alpha) * _half_cosine(numbers.pi * part) + alpha)


def _half_cosine(angle: Any) -> Any:
    return 0.5 * (1.0 + math.cos(angle))


@public(v1=("train.cosine_decay_restarts",))
@_schedule("SGDRDecay")
def cosine_decay_restarts(learning_rate: Any, global_step: Any, first_decay_steps: Any, t_mul: Any = 2.0,
                          m_mul: Any = 1.0, alpha: Any = 0.0, name: str | None = None) -> Any:
    """`cosine_decay` again and again, each period `t_mul` times as long and `m_mul` times as high as the one before.

    Loshchilov and Hutter 2017.
    """
    terms = _Terms(learning_rate, global_step, first_decay_steps, alpha, t_mul, m_mul)
    steps, alpha, longer, higher = terms.settings
    part = terms.step / steps
    even = math.floor(part)
    # Periods 1, t, t², … end at (tⁿ - 1) / (t - 1): the number of the period and the part of it that is done.
    safe = _where(math.equal(longer, 1.0), terms.number(2.0), longer)
    period = math.floor(math.log(1.0 - part * (1.0 - safe)) / math.log(safe))
    length = math.pow(safe, period)
    grown = (part - (1.0 - length) / (1.0 - safe)) / length
    is_even = math.equal(longer, 1.0)
    restarts, done = _where(is_even, even, period), _where(is_even, part - even, grown)
    height = math.pow(higher, restarts) * _half_cosine(numbers.pi * done)
    return math.multiply(terms.rate, (1.0 - alpha) * height + alpha, name=own_name())


def _where(condition: Any, x: Any, y: Any) -> Any:
    return registry["SelectV2"](condition, x, y)


@public(v1=("train.linear_cosine_decay",))
@_schedule("LinearCosineDecay")
def linear_cosine_decay(learning_rate: Any, global_step: Any, decay_steps: Any, num_periods: Any = 0.5,
                        alpha: Any = 0.0, beta: Any = 0.001, name: str | None = None) -> Any:
    """learning_rate · ((alpha + linear) · cosine + beta), with `num_periods` of the cosine. Bello et al. 2017."""
    terms = _Terms(learning_rate, global_step, decay_steps, num_periods, alpha, beta)
    steps, periods, alpha, beta = terms.settings
    step, part = terms.progress(steps)
    return _linear_cosine(terms.rate, (steps - step) / steps, part, periods, alpha, beta)


@public(v1=("train.noisy_linear_cosine_decay",))
@_schedule("NoisyLinearCosineDecay")
def noisy_linear_cosine_decay(learning_rate: Any, global_step: Any, decay_steps: Any, initial_variance: Any = 1.0,
                              variance_decay: Any = 0.55, num_periods: Any = 0.5, alpha: Any = 0.0,
                              beta: Any = 0.001, name: str | None = None) -> Any:
    """`linear_cosine_decay` with noise on the linear part, of variance initial_variance / (1 + step)^variance_decay."""
    terms = _Terms(learning_rate, global_step, decay_steps, initial_variance, variance_decay, num_periods, alpha, beta)
    steps, variance, decay, periods, alpha, beta = terms.settings
    step, part = terms.progress(steps)
    deviation = math.sqrt(variance / math.pow(1.0 + step, decay))
    noise = random_normal([], stddev=deviation, dtype=terms.dtype)
    return _linear_cosine(terms.rate, (steps - step) / steps + noise, part, periods, alpha, beta)


def _linear_cosine(rate: Any, linear: Any, part: Any, periods: Any, alpha: Any, beta: Any) -> Any:
    cosine = _half_cosine(numbers.pi * (2.0 * periods * part))
    return math.multiply(rate, (alpha + linear) * cosine + beta, name=own_name())


@public(v1=("train.piecewise_constant", "train.piecewise_constant_decay"))
@_schedule("PiecewiseConstant")
def piecewise_constant(x: Any, boundaries: Sequence[Any], values: Sequence[Any], name: str | None = None) -> Any:
    """values[0] while x <= boundaries[0], values[1] up to boundaries[1], …, the last one beyond the last boundary.

    Raises ValueError unless there is one value more than boundaries, all of one dtype, and the boundaries have x's.
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    x = array.convert(x)
    limits = [_limit(array.convert(b), x) for b in boundaries]
    levels = [array.convert(v) for v in values]
    for level in levels[1:]:
        if level.dtype.base_dtype is not levels[0].dtype.base_dtype:
            raise ValueError(f"Values must have elements all with the same dtype ({levels[0].dtype.base_dtype!r} vs "
                             f"{level.dtype.base_dtype!r}).")
    result = levels[0]
    for limit, level in zip(limits, levels[1:], strict=True):
        result = _where(math.greater(x, limit), level, result)
    return result


def _limit(boundary: Any, x: Any) -> Any:
    have, wanted = boundary.dtype.base_dtype, x.dtype.base_dtype
    if have is wanted:
        return boundary
    if have is dtypes.int32 and wanted is dtypes.int64:
        return math.cast(boundary, wanted)
    raise ValueError(f"Boundaries ({have!r}) must have the same dtype as x ({wanted!r}).")
