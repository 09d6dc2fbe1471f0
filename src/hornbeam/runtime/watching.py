"""`debugging`: what is told of each call that runs at once: numbers that are none, and where it runs.

A watcher hears of calls as tapes do (`graph/recording.py`). It belongs to the thread that asked for it.
"""

from __future__ import annotations

import sys
from typing import Any, final

import numpy as np

from hornbeam.autodiff import tape
from hornbeam.graph import mode
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.names import public
from hornbeam.graph.tensor import EagerTensor
from hornbeam.runtime import config


class _Watcher:
    """What a tape answers that follows nothing."""

    levels = 0

    def follows(self, tensors: Any) -> bool:
        """No: gradients do not concern it."""
        return False

    def read(self, variable: Any, tensor: Any) -> None:
        """A variable's value was read."""


@final
class _NumberCheck(_Watcher):
    """Raises where a call gives NaN or infinity."""

    def saw(self, call: Any) -> None:
        """Look at the results of a call that ran."""
        for place, output in enumerate(call.outputs):
            if isinstance(output, EagerTensor) and (output.dtype.is_floating or output.dtype.is_complex):
                value = np.asarray(output._value)
                if not np.isfinite(value).all():
                    raise InvalidArgumentError(None, None, _found(call, place, output, value))

    def read(self, variable: Any, tensor: Any) -> None:
        value = np.asarray(getattr(tensor, "_value", 0.0))
        if value.dtype.kind not in "OSU" and not np.isfinite(value).all():
            raise InvalidArgumentError(None, None, f"Detected Infinity or NaN in the value of {variable.name}: "
                                                   f"{_kinds(value)}")


def _kinds(value: np.ndarray) -> str:
    real = np.real(value)
    found = (("-Inf", np.isneginf(real)), ("+Inf", np.isposinf(real)), ("NaN", np.isnan(value)))
    words = [word for word, there in found if there.any()]
    return f"Tensor had {' and '.join(words or ['Inf'])} values"


def _found(call: Any, place: int, output: Any, value: np.ndarray) -> str:
    real = np.real(value)
    counts = (("-Inf", np.isneginf(real).sum()), ("+Inf", np.isposinf(real).sum()), ("+NaN", np.isnan(value).sum()))
    lines = [f'!!! Detected Infinity or NaN in output {place} of eagerly-executing op "{call.type}" '
             f"(# of outputs: {len(call.outputs)}) !!!", f"  dtype: {output.dtype!s}", f"  shape: {output.shape}",
             *(f"  # of {word} elements: {count}" for word, count in counts if count), ""]
    inputs = [t for t in call.inputs if isinstance(t, EagerTensor)]
    if len(inputs) == 1:
        lines.append(f"  Input tensor: {inputs[0]!s}")
    elif inputs:
        lines += [f"  Input tensors ({len(inputs)}):", *(f"         {i}: {t!s}" for i, t in enumerate(inputs))]
    return "\n\n" + "\n".join(lines) + f"\n\n : {_kinds(value)}"


@final
class _PlacementLog(_Watcher):
    """Says on standard error where each call runs."""

    def saw(self, call: Any) -> None:
        """A call ran, on the device that holds its results."""
        device = next((t.device for t in call.outputs if isinstance(t, EagerTensor)), None)
        if device is not None:
            print(f"Executing op {call.type} in device {device}", file=sys.stderr)


_check = _NumberCheck()
_log = _PlacementLog()


def _is_on(watcher: _Watcher) -> bool:
    return any(t is watcher for t in mode.state.tapes)


def _switch(watcher: _Watcher, on: bool) -> None:
    if on and not _is_on(watcher):
        tape.enter(watcher)
    elif not on:
        tape.leave(watcher)


@public("debugging.enable_check_numerics")
def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """From here on a call that gives NaN or infinity raises InvalidArgumentError, which names the op and its inputs.

    Traced functions run op by op meanwhile, so that the op is found. Holds for the thread that asked for it, until
    `disable_check_numerics`. stack_height_limit, path_length_limit: accepted; Python's own traceback tells the line.
    """
    _switch(_check, True)
    config.debug_functions(True)


@public("debugging.disable_check_numerics")
def disable_check_numerics() -> None:
    """Let calls give NaN and infinity again."""
    _switch(_check, False)
    config.debug_functions(False)


@public("debugging.set_log_device_placement")
def set_log_device_placement(enabled: bool) -> None:
    """Whether calls of this thread that run at once say on standard error where they run."""
    _switch(_log, bool(enabled))


@public("debugging.get_log_device_placement")
def get_log_device_placement() -> bool:
    """Whether calls say where they run."""
    return _is_on(_log)


# Tracebacks ------------------------------------------------------------------------------------------

_filtering = {"on": True}


@public("debugging.is_traceback_filtering_enabled")
def is_traceback_filtering_enabled() -> bool:
    """What the last of `enable_traceback_filtering` and `disable_traceback_filtering` said; True at first."""
    return _filtering["on"]


@public("debugging.enable_traceback_filtering")
def enable_traceback_filtering() -> None:
    """Accepted: errors of calls are raised a few frames below the user's line, and nothing is taken out of them."""
    _filtering["on"] = True


@public("debugging.disable_traceback_filtering")
def disable_traceback_filtering() -> None:
    """Accepted: tracebacks are whole."""
    _filtering["on"] = False
