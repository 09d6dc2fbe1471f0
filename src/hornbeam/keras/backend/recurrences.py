"""Keras 2's `K.rnn`: a step repeated over time, with masks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.backend.old import old


@old("keras.layers.RNN")
def rnn(step_function: Callable[[Any, Any], tuple[Any, Any]], inputs: Any, initial_states: Any,
        go_backwards: bool = False, mask: Any = None, constants: Any = None, unroll: bool = False,
        input_length: int | None = None) -> tuple[Any, Any, list[Any]]:
    """The last output, all outputs [batch, time, …] and the last states of `step_function(input, states)`.

    inputs: [batch, time, …]. initial_states: a list. go_backwards: from the last step on. mask: [batch, time]; where it
    is False the states stay, and the output is the one before (zeros at first). constants: follow the states that the
    step is given. unroll: steps one by one instead of a loop; needs a known number. input_length: not needed.
    Raises ValueError for inputs of fewer than 3 dimensions.
    """
    if len(inputs.shape) < 3:
        raise ValueError("Input should be at least 3D.")
    fixed = list(constants or ())
    steps = ops.transpose(inputs, (1, 0, *range(2, len(inputs.shape))))
    masks = None if mask is None else ops.transpose(ops.cast(mask, "bool"), (1, 0, *range(2, len(mask.shape))))

    def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        output, new = step_function(x, [*states, *fixed])
        return output, list(new)

    states = list(initial_states)
    first, _ = step(steps[0], states)
    blank = ops.zeros_like(first)

    def body(carried: list[Any], now: Any) -> tuple[list[Any], Any]:
        before, held = carried[0], list(carried[1:])
        x, kept = now if masks is not None else (now, None)
        output, new = step(x, held)
        if kept is not None:
            output = ops.where(_fitting(kept, output), output, before)
            new = [ops.where(_fitting(kept, n), n, h) for n, h in zip(new, held, strict=True)]
        return [output, *new], output

    over = steps if masks is None else (steps, masks)
    if unroll:
        return _unrolled(body, [blank, *states], over, go_backwards)
    if go_backwards:
        over = ops.flip(steps, 0) if masks is None else (ops.flip(steps, 0), ops.flip(masks, 0))
    carried, outputs = ops.scan(body, [blank, *states], over)
    return carried[0], ops.transpose(outputs, (1, 0, *range(2, len(outputs.shape)))), list(carried[1:])


def _unrolled(body: Callable[[list[Any], Any], tuple[list[Any], Any]], carried: list[Any], over: Any,
              go_backwards: bool) -> tuple[Any, Any, list[Any]]:
    steps = over[0] if isinstance(over, tuple) else over
    if steps.dims[0] is None:
        raise ValueError("Unrolling requires a fixed number of timesteps.")
    outputs = []
    for i in reversed(range(steps.shape[0])) if go_backwards else range(steps.shape[0]):
        carried, output = body(carried, tuple(part[i] for part in over) if isinstance(over, tuple) else over[i])
        outputs.append(output)
    return carried[0], ops.stack(outputs, axis=1), list(carried[1:])


def _fitting(mask: Any, x: Any) -> Any:
    """A mask [batch] or [batch, 1] that spreads over `x`."""
    missing = len(x.shape) - len(mask.shape)
    return ops.expand_dims(mask, tuple(range(len(mask.shape), len(mask.shape) + missing))) if missing > 0 else mask
