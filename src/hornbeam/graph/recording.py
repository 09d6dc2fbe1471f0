"""What tapes are told: calls of ops as they run, and operations as they are added to a graph.

A tape is any object in `mode.state.tapes`. It has `saw(call)`, which takes an `Operation` or a `Record`, and
`read(variable, tensor)` for a variable's value that was read at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, final

from hornbeam.graph import mode

_state = mode.state
_numbers = itertools.count()


@final
class Record:
    """A call that ran at once, as gradients see it: the fields that an `Operation` has too.

    `inputs` and `outputs` are flat lists of tensors; `rule`, where given, is the call's own gradient.
    """

    __slots__ = ("__weakref__", "attrs", "declaration", "gradient_type", "index", "inputs", "name", "outputs", "rule")

    def __init__(self, declaration: Any, inputs: Sequence[Any], outputs: Sequence[Any], attrs: dict[str, Any],
                 rule: Callable[..., Any] | None = None) -> None:
        self.declaration = declaration
        self.inputs = inputs
        self.outputs = outputs
        self.attrs = attrs
        self.rule = rule
        self.gradient_type = None
        self.index = next(_numbers)
        self.name = declaration.type

    def get_attr(self, name: str) -> Any:
        """An attribute of the call."""
        return self.attrs[name]

    @property
    def type(self) -> str:
        """The type of the op that was called."""
        return self.declaration.type


def record(declaration: Any, inputs: Sequence[Any], outputs: Sequence[Any], attrs: dict[str, Any],
           rule: Callable[..., Any] | None = None) -> None:
    """Tell the tapes of a call that ran."""
    made = Record(declaration, inputs, outputs, attrs, rule)
    for tape in tuple(_state.tapes):
        tape.saw(made)


class paused:
    """Within the block no tape is told anything."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = _state.tapes
        _state.tapes = []

    def __exit__(self, *exc: object) -> None:
        _state.tapes = self._before
