"""The gradient of `py_function`: what its Python function did is recorded as it runs, and the record is walked back.

A record is kept for the last call alone. Where it is of other values (a loop went on since), or where a tape listens
to the walk itself, the function is called again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.autodiff.reverse import carries
from hornbeam.autodiff.tape import GradientTape
from hornbeam.graph import mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.ops import array, host
from hornbeam.ops.host import PythonFunction


@final
class _Call(NamedTuple):
    """One recorded call of a Python function."""

    tape: GradientTape
    inputs: Sequence[Any]
    returned: Any


def _recorded(function: PythonFunction, inputs: Sequence[Any]) -> Any:
    """What the function returns for these tensors; the call is kept."""
    function.last = _record(function, inputs)
    return function.last.returned


def _record(function: PythonFunction, inputs: Sequence[Any]) -> _Call:
    with GradientTape(persistent=True) as tape:
        tape.watch([x for x in inputs if carries(x)])
        return _Call(tape, inputs, function.function(*inputs))


PythonFunction.recorder = staticmethod(_recorded)  # type: ignore[assignment]


def _is_of(call: _Call | None, inputs: Sequence[Any]) -> bool:
    """Whether a record can be used for these inputs."""
    return call is not None and not mode.state.tapes and all(
        np.array_equal(np.asarray(x), np.asarray(y)) for x, y in zip(call.inputs, inputs, strict=True))


def _backward(function: PythonFunction, count: int, outputs: Sequence[int]) -> Callable[..., Any]:
    """The function of inputs and gradients of outputs that gives the inputs' gradients."""
    def back(*given: Any) -> Any:
        inputs, dys = given[:count], given[count:]
        call = function.last if _is_of(function.last, inputs) else _record(function, inputs)
        returned = call.returned if isinstance(call.returned, (list, tuple)) else [call.returned]
        targets = [convert(returned[i]) for i in outputs]
        sources = [x for x in call.inputs if carries(x)]
        found = call.tape.gradient(targets, sources, list(dys))
        return [array.zeros_like(x) if g is None else convert(g) for x, g in zip(sources, found, strict=True)]

    return back


@host.eager_py_func_op.grad
def _(call, *dys):
    function = call.attrs["token"]
    function.recorded = True
    outputs = [i for i, dy in enumerate(dys) if dy is not None and carries(call.outputs[i])]
    sources = [i for i, x in enumerate(call.inputs) if carries(x)]
    if not outputs or not sources:
        return [None] * len(call.inputs)
    back = PythonFunction(_backward(function, len(call.inputs), outputs), True)
    wanted = tuple(call.inputs[i].dtype.base_dtype for i in sources)
    found = host.eager_py_func_op([*call.inputs, *(dys[i] for i in outputs)], token=back, Tout=wanted)
    for place, gradient in zip(sources, found, strict=True):
        if hasattr(gradient, "op") and not hasattr(gradient, "_value"):
            gradient.set_shape(call.inputs[place].shape)
    grads = dict(zip(sources, found, strict=True))
    return [grads.get(i) for i in range(len(call.inputs))]
