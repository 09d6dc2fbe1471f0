"""Where variables keep their values: each session has a store, eager code shares the process's cells."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.backend.devices import placed
from hornbeam.graph.errors import FailedPreconditionError
from hornbeam.graph.operation import Operation
from hornbeam.graph.resources import Waiting
from hornbeam.graph.seeds import draw_key

RUNNING = threading.RLock()
"""Held while a compiled program has the buffers of variables: threads that run or read others of them wait."""


class Cell:
    """One variable's value, None until it is first assigned.

    `lent` says that others may hold the array: its buffer is not to be given away. `lock` is held from the read to the
    write of an eager update.
    """

    __slots__ = ("lent", "lock", "name", "value")

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.value: Any = None
        self.lent = False

    def read(self) -> Any:
        """The value. Raises FailedPreconditionError where there is none yet."""
        if self.value is None:
            raise FailedPreconditionError(None, None, f"Attempting to use uninitialized value {self.name}")
        with RUNNING:
            self.lent = True
            return self.value

    def give(self) -> Any:
        """The value for a program that may reuse its buffer, None where there is none yet."""
        if self.lent and not isinstance(self.value, np.ndarray) and self.value is not None:
            return self.value.copy()
        return self.value

    def placed(self) -> Any:
        """The value for a compiled program that only reads it, on the device from then on."""
        if type(self.value) is np.ndarray:
            self.value = placed(self.value)
        return self.value

    def write(self, value: Any) -> None:
        """Take a new value, which nobody else holds."""
        self.value = value
        self.lent = False


@final
class SharedState:
    """What the sessions of a server share: cells and resources by name."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.resources: dict[Any, Any] = {}
        self.lock = threading.RLock()

    def cell(self, variable: Operation) -> Cell:
        """The cell of the variables of this name."""
        with self.lock:
            return self.cells.setdefault(variable.name, Cell(variable.name))

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            for resource in self.resources.values():
                resource.release()
            self.resources.clear()
            self.cells.clear()


@final
class Store:
    """The cells of a graph's variables, its resources, and how often each random op was run: a session's whole state.

    `waiting`: what its runs wait for. shared: says for an operation where what it keeps is shared with other sessions.
    """

    def __init__(self, shared: Callable[[Operation], SharedState] | None = None) -> None:
        self._shared = shared
        self.cells: dict[Operation, Cell] = {}
        self.waiting = Waiting()
        self._resources: dict[Any, Any] = {}
        self._making = threading.RLock()
        self._draws: dict[Any, int] = {}
        self._entropy = random.SystemRandom().getrandbits(32)
        self._unseeded: dict[Any, int] = {}
        self._serial = itertools.count(1)

    def cell(self, variable: Operation) -> Cell:
        """The cell of the variable that a `VariableV2` operation stands for."""
        found = self.cells.get(variable)
        if found is None:
            found = self.cells[variable] = variable.attrs.get("cell") or self._new_cell(variable)
        return found

    def _new_cell(self, variable: Operation) -> Cell:
        return Cell(variable.name) if self._shared is None else self._shared(variable).cell(variable)

    def resource(self, op: Operation, make: Callable[[], Any], name: str | None = None) -> Any:
        """The resource that an operation's handle stands for, made when first asked for (`graph/resources.py`).

        name: what it is found by if not by the operation, or its attribute `shared_name`.
        """
        shared_name = op.attrs.get("shared_name") or name
        if self._shared is None:
            kept, lock = self._resources, self._making
            key = (op.attrs.get("container"), shared_name) if shared_name else op
        else:
            state = self._shared(op)
            kept, lock, key = state.resources, state.lock, (op.attrs.get("container"), shared_name or op.name)
        found = kept.get(key)
        if found is None:
            with lock:
                found = kept.get(key)
                if found is None:
                    found = kept[key] = make()
        return found

    def close(self) -> None:
        """End what waits in runs, and let go of the resources."""
        self.waiting.cancel()
        for resource in list(self._resources.values()):
            resource.release()
        self._resources.clear()

    def stream(self, op: Operation, drawn: dict[Operation, np.ndarray] | None = None) -> np.ndarray:
        """The next place in the sequence of a random op: its key, as two uint32.

        An op without seeds draws from the session's own entropy; copies of an op (in the gradient of a branch) share
        its `stream` attribute and so its draws. drawn: the places that this run took already.
        """
        key = stream_of(op)
        if drawn is not None and key in drawn:
            return drawn[key]
        draw = self._draws.get(key, 0)
        self._draws[key] = draw + 1
        seed, seed2 = op.attrs["seed"], op.attrs["seed2"]
        if not seed and not seed2:
            seed, seed2 = self._entropy, self._unseeded.setdefault(key, next(self._serial))
        made = draw_key(seed, seed2, draw)
        if drawn is not None:
            drawn[key] = made
        return made

    def draws(self, ops: Sequence[Operation]) -> dict[str, Any]:
        """Where the sequences of these random ops stand, in numbers that `set_draws` takes."""
        keys = [stream_of(op) for op in ops]
        return {"entropy": self._entropy, "draws": [self._draws.get(k, 0) for k in keys],
                "unseeded": [self._unseeded.get(k, 0) for k in keys]}

    def set_draws(self, ops: Sequence[Operation], state: dict[str, Any]) -> None:
        """Go on with the draws of these random ops where `draws` found them."""
        self._entropy = state["entropy"]
        for op, draw, serial in zip(ops, state["draws"], state["unseeded"], strict=True):
            self._draws[stream_of(op)] = draw
            if serial:
                self._unseeded[stream_of(op)] = serial
        self._serial = itertools.count(max(self._unseeded.values(), default=0) + 1)


def stream_of(op: Operation) -> Operation:
    """The random operation whose draws `op` shares: itself, or what it is a copy of."""
    return op.attrs.get("stream") or op
