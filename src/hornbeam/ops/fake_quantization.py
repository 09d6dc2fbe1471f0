"""Floats rounded to what few bits can hold, for training networks that will run with integers.

The values stay floats: each goes to the nearest of 2^bits evenly spaced ones. Gradients flow through as if nothing had
been rounded, inside the range. Jacob et al. 2018.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import rules

_FLOAT = (dtypes.float32,)
_WIDE = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)
_LARGEST = np.float32(np.finfo(np.float32).max)
_ROUNDED = {"gradient": "the slope is that of what was not rounded", "second_order": "zero"}
_ONCE = never("no second derivative of fake quantization")


def _steps(num_bits: int, narrow_range: bool) -> tuple[float, float]:
    """The smallest and the largest integer of so many bits."""
    if not 2 <= num_bits <= 16:
        raise ShapeFault("num_bits must be between 2 and 16, inclusive")
    return float(narrow_range), float(2**num_bits - 1)


def _nudged(low: Any, high: Any, num_bits: int, narrow_range: bool) -> tuple[Any, Any, Any]:
    """The range moved so that 0 is one of the values: its ends, and the step between values."""
    first, last = _steps(num_bits, narrow_range)
    step = (high - low) / (last - first)
    zero = jnp.clip(jnp.floor(first - low / step + 0.5), first, last)
    return (first - zero) * step, (last - zero) * step, step


def _rounded(x: Any, low: Any, high: Any, num_bits: int, narrow_range: bool) -> Any:
    left, right, step = _nudged(low, high, num_bits, narrow_range)
    clipped = jnp.maximum(jnp.minimum(x, right), left)  # in this order: what TensorFlow gives where min > max
    steps = jnp.floor((clipped - left) / step + 0.5)
    return jnp.where((low == 0) & (high == 0), 0, steps * step + left).astype(x.dtype)


def _masks(x: Any, low: Any, high: Any, num_bits: int, narrow_range: bool) -> tuple[Any, Any, Any]:
    """Where `x` is inside, below and above the range; everywhere inside where the range is empty."""
    left, right, _ = _nudged(low, high, num_bits, narrow_range)
    empty = (low == 0) & (high == 0)
    return (x >= left) & (x <= right) | empty, (x < left) & ~empty, (x > right) & ~empty


# A fixed range ---------------------------------------------------------------------------------------


def _fixed(min: float, max: float) -> tuple[np.float32, np.float32]:
    if min >= max:
        raise ShapeFault(f"min has to be smaller than max, was: {min:g} >= {max:g}")
    return np.float32(min), np.float32(max)


@op("FakeQuantWithMinMaxArgs", inputs="inputs: float32", names=("quantization.fake_quant_with_min_max_args",),
    v1=("fake_quant_with_min_max_args",), waive=_ROUNDED,
    samples=lambda rng: [((np.linspace(-7, 7, 9, dtype=np.float32),), {}), ((np.float32(0.3),), {"num_bits": 4})])
def fake_quant_with_min_max_args(inputs, *, min: float = -6, max: float = 6, num_bits: int = 8,
                                 narrow_range: bool = False):
    """`inputs`, clipped to [min, max] and rounded to 2^num_bits values, of which 0 is one.

    inputs: float32. num_bits: 2 to 16. narrow_range: one value fewer, so that the range is symmetric.
    Raises InvalidArgumentError for other bits and an empty range.
    """
    return _rounded(jnp.asarray(inputs), *_fixed(min, max), num_bits, narrow_range)


@op("FakeQuantWithMinMaxArgsGradient", inputs="gradients: float32, inputs: float32",
    names=("quantization.fake_quant_with_min_max_args_gradient",), v1=("fake_quant_with_min_max_args_gradient",),
    samples=lambda rng: [(tuple(rng.normal(size=(2, 3)).astype(np.float32)), {})], differentiable=_ONCE)
def fake_quant_with_min_max_args_gradient(gradients, inputs, *, min: float = -6, max: float = 6, num_bits: int = 8,
                                          narrow_range: bool = False):
    """`gradients` where `inputs` were inside the range of `fake_quant_with_min_max_args`, else 0."""
    inside, _, _ = _masks(inputs, *_fixed(min, max), num_bits, narrow_range)
    return gradients * inside


fake_quant_with_min_max_args.shape(rules.as_first)
fake_quant_with_min_max_args_gradient.shape(rules.as_first)


@fake_quant_with_min_max_args.grad
def _(call, dy):
    return fake_quant_with_min_max_args_gradient(dy, call.inputs[0], **call.attrs)


# A range that is learned -----------------------------------------------------------------------------


def _variable_samples(channels: bool) -> Any:
    ends = [np.full(3 if channels else (), end, np.float32) for end in (-1.0, 1.0)]
    return lambda rng: [((rng.normal(size=(4, 3)).astype(np.float32), *ends), {})]


def _gradient_samples(channels: bool) -> Any:
    ends = [np.full(3 if channels else (), end, np.float32) for end in (-1.0, 1.0)]
    return lambda rng: [((*rng.normal(size=(2, 4, 3)).astype(np.float32), *ends), {})]


def _check_ends(inputs: Any, ends: Any) -> None:
    for name, end in zip(("min", "max"), ends, strict=True):
        if jnp.ndim(end) != 1 or jnp.shape(end)[0] != jnp.shape(inputs)[-1]:
            raise ShapeFault(f"{name} has incorrect size, expected {jnp.shape(inputs)[-1]} was {jnp.size(end)}")


@op("FakeQuantWithMinMaxVars", inputs="inputs: float32, min: float32, max: float32",
    names=("quantization.fake_quant_with_min_max_vars",), v1=("fake_quant_with_min_max_vars",),
    samples=_variable_samples(False), waive=_ROUNDED)
def fake_quant_with_min_max_vars(inputs, min, max, *, num_bits: int = 8, narrow_range: bool = False):
    """As `fake_quant_with_min_max_args`, with a range [min, max] of scalar tensors, which gradients reach.

    A range of 0 and 0 gives zeros.
    """
    return _rounded(jnp.asarray(inputs), min, max, num_bits, narrow_range)


@op("FakeQuantWithMinMaxVarsPerChannel", inputs="inputs: float32, min: float32, max: float32",
    names=("quantization.fake_quant_with_min_max_vars_per_channel",), v1=("fake_quant_with_min_max_vars_per_channel",),
    samples=_variable_samples(True), waive=_ROUNDED)
def fake_quant_with_min_max_vars_per_channel(inputs, min, max, *, num_bits: int = 8, narrow_range: bool = False):
    """As `fake_quant_with_min_max_vars`, with a range for each element of the last dimension: min, max [channels]."""
    _check_ends(inputs, (min, max))
    return _rounded(jnp.asarray(inputs), min, max, num_bits, narrow_range)


_OUTPUTS = ("backprops_wrt_input", "backprop_wrt_min", "backprop_wrt_max")


@op("FakeQuantWithMinMaxVarsGradient", inputs="gradients: float32, inputs: float32, min: float32, max: float32",
    outputs=_OUTPUTS, names=("quantization.fake_quant_with_min_max_vars_gradient",),
    v1=("fake_quant_with_min_max_vars_gradient",), samples=_gradient_samples(False),
    differentiable=_ONCE)
def fake_quant_with_min_max_vars_gradient(gradients, inputs, min, max, *, num_bits: int = 8,
                                          narrow_range: bool = False):
    """The gradients of `inputs`, `min` and `max`: of those inside the range, below it and above it."""
    parts = [gradients * mask for mask in _masks(inputs, min, max, num_bits, narrow_range)]
    return parts[0], parts[1].sum(), parts[2].sum()


@op("FakeQuantWithMinMaxVarsPerChannelGradient",
    inputs="gradients: float32, inputs: float32, min: float32, max: float32", outputs=_OUTPUTS,
    names=("quantization.fake_quant_with_min_max_vars_per_channel_gradient",),
    v1=("fake_quant_with_min_max_vars_per_channel_gradient",), samples=_gradient_samples(True),
    differentiable=_ONCE)
def fake_quant_with_min_max_vars_per_channel_gradient(gradients, inputs, min, max, *, num_bits: int = 8,
                                                      narrow_range: bool = False):
    """The gradients of `inputs`, `min` and `max`, the last two for each channel."""
    _check_ends(inputs, (min, max))
    parts = [gradients * mask for mask in _masks(inputs, min, max, num_bits, narrow_range)]
    others = tuple(range(jnp.ndim(inputs) - 1))
    return parts[0], parts[1].sum(others), parts[2].sum(others)


def _refuse_ends(ends: Any) -> None:
    for name, end in zip(("min", "max"), ends, strict=True):
        if end.dims:
            raise ShapeFault(f"Shape must be rank 0 but is rank {len(end.dims)}",
                             f"`{name}` must be rank 0 but is rank {len(end.dims)}")


@fake_quant_with_min_max_vars.shape
def _(inputs, attrs):
    _refuse_ends(inputs[1:])
    return [inputs[0][:2]]


def _either(inputs: Any) -> Any:
    return inputs[0].dims if inputs[0].dims is not None else inputs[1].dims


@fake_quant_with_min_max_vars_gradient.shape
def _(inputs, attrs):
    _refuse_ends(inputs[2:])
    return [(_either(inputs), inputs[0].dtype), ((), dtypes.float32), ((), dtypes.float32)]


@fake_quant_with_min_max_vars_per_channel_gradient.shape
def _(inputs, attrs):
    found = _either(inputs)
    ends = ((None if found is None else found[-1],), dtypes.float32)
    return [(found, inputs[0].dtype), ends, ends]


@fake_quant_with_min_max_vars.grad
def _(call, dy):
    return tuple(fake_quant_with_min_max_vars_gradient(dy, *call.inputs, **call.attrs))


@fake_quant_with_min_max_vars_per_channel.grad
def _(call, dy):
    return tuple(fake_quant_with_min_max_vars_per_channel_gradient(dy, *call.inputs, **call.attrs))


# Quantized and back ----------------------------------------------------------------------------------


def _over(ends: Any, rank: int, axis: int) -> Any:
    """Ends of ranges, one for each place along `axis`, so that they broadcast."""
    return ends if axis < 0 or jnp.ndim(ends) == 0 else jnp.reshape(ends, [-1 if i == axis else 1 for i in range(rank)])


@op("QuantizeAndDequantizeV4", inputs="input: T, input_min: T, input_max: T", T=_WIDE,
    samples=lambda rng: [((rng.normal(size=(3, 2)).astype(np.float32), np.float32(-1), np.float32(1)),
                          {"range_given": True})],
    waive=_ROUNDED)
def quantize_and_dequantize_op(input, input_min, input_max, *, signed_input: bool = True, num_bits: int = 8,
                               range_given: bool = False, round_mode: str = "HALF_TO_EVEN",
                               narrow_range: bool = False, axis: int = -1):
    """`input` rounded to the multiples of a step that `num_bits` bits can count, within a range that holds 0."""
    if round_mode not in ("HALF_TO_EVEN", "HALF_UP"):
        raise ShapeFault(f"Value for attr 'round_mode' of \"{round_mode}\" is not in the list of allowed values: "
                         "\"HALF_TO_EVEN\", \"HALF_UP\"")
    if not 0 < num_bits < (62 if signed_input else 63):
        raise ShapeFault(f"num_bits is out of range: {num_bits} with signed_input_ {int(signed_input)}")
    x = jnp.asarray(input)
    if range_given:
        low, high = _over(input_min, x.ndim, axis), _over(input_max, x.ndim, axis)
    else:
        others = tuple(i for i in range(x.ndim) if i != axis)
        low, high = x.min(others, keepdims=True), x.max(others, keepdims=True)
    first = float(-(2**(num_bits - 1)) + narrow_range) if signed_input else 0.0
    last = float(2**(num_bits - 1) - 1 if signed_input else 2**num_bits - 1)
    by_low = jnp.where(first * low > 0, first / jnp.where(low == 0, 1, low), _LARGEST)
    by_high = jnp.where(last * high > 0, last / jnp.where(high == 0, 1, high), _LARGEST)
    scale = jnp.minimum(by_low, by_high)
    step = jnp.where(by_low < by_high, low / (first or 1.0), high / last)
    clipped = jnp.clip(x, step * first, step * last) if range_given else x
    steps = clipped * scale
    return ((jnp.round(steps) if round_mode == "HALF_TO_EVEN" else jnp.floor(steps + 0.5)) * step).astype(x.dtype)


quantize_and_dequantize_op.shape(rules.as_first)


@quantize_and_dequantize_op.check
def _(input, input_min, input_max, *, range_given, **_attrs):
    if not range_given:
        return jnp.asarray(False), []
    wrong = jnp.ravel(jnp.asarray(input_min) > jnp.asarray(input_max))
    place = jnp.argmax(wrong)
    return jnp.any(wrong), [jnp.ravel(jnp.asarray(end))[place] for end in (input_min, input_max)]


@quantize_and_dequantize_op.message
def _(numbers, inputs, attrs):
    return f"Invalid range: input_min {numbers[0]:g} > input_max {numbers[1]:g}"


@op("QuantizeAndDequantizeV4Grad", inputs="gradients: T, input: T, input_min: T, input_max: T", T=_WIDE,
    outputs=("input_backprop", "input_min_backprop", "input_max_backprop"), differentiable=_ONCE,
    samples=lambda rng: [((*rng.normal(size=(2, 3)).astype(np.float32), np.float32(-1), np.float32(1)), {})])
def _inside_range(gradients, input, input_min, input_max, *, axis: int = -1):
    """`gradients` where `input` is in the range, else 0; and zeros for the ends of the range."""
    low, high = (_over(end, jnp.ndim(input), axis) for end in (input_min, input_max))
    return (jnp.where((input >= low) & (input <= high), gradients, 0), jnp.zeros_like(input_min),
            jnp.zeros_like(input_max))


@_inside_range.shape
def _(inputs, attrs):
    axis, first = attrs["axis"], _either(inputs)
    along = () if axis < 0 else (None if first is None else first[axis],)
    return [(first, inputs[0].dtype),
            *((along if end.dims is None else end.dims, end.dtype) for end in inputs[2:])]


@quantize_and_dequantize_op.grad
def _(call, dy):
    return tuple(_inside_range(dy, *call.inputs, axis=call.attrs["axis"]))


@public("quantization.quantize_and_dequantize_v2")
def quantize_and_dequantize_v2(input: Any, input_min: Any, input_max: Any, signed_input: bool = True,
                               num_bits: int = 8, range_given: bool = False, round_mode: str = "HALF_TO_EVEN",
                               name: str | None = None, narrow_range: bool = False, axis: int | None = None) -> Any:
    """`input` as it comes back from integers of `num_bits` bits: rounded to multiples of a step, 0 among them.

    input: floats. input_min, input_max: the range, where `range_given`, else it is that of `input`; with `axis`, one
    for each place along it. signed_input: whether the integers have a sign. round_mode: "HALF_TO_EVEN" or "HALF_UP".
    narrow_range: leaves out the lowest integer. Gradients flow through where `input` is in the given range.
    Raises InvalidArgumentError for an empty range and bits that no integer has.
    """
    return quantize_and_dequantize_op(
        input, input_min, input_max, signed_input=signed_input, num_bits=num_bits, range_given=range_given,
        round_mode=round_mode, narrow_range=narrow_range, axis=-1 if axis is None else axis, name=name)


@public("quantization.quantize_and_dequantize")
def quantize_and_dequantize(input: Any, input_min: Any, input_max: Any, signed_input: bool = True, num_bits: int = 8,
                            range_given: bool = False, round_mode: str = "HALF_TO_EVEN", name: str | None = None,
                            narrow_range: bool = False, axis: int | None = None) -> Any:
    """The older name of `quantize_and_dequantize_v2`."""
    return quantize_and_dequantize_v2(input, input_min, input_max, signed_input, num_bits, range_given, round_mode,
                                      name, narrow_range, axis)
