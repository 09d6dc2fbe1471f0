"""A run in parts: what is fetched first may decide what is fed later, and nothing is computed twice.

The parts run operation by operation; what one has computed the next ones find.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.evaluation import Stepping
from hornbeam.runtime.fetches import Fetched
from hornbeam.runtime.order import Accesses, accesses, is_reference, needed, ordered
from hornbeam.runtime.store import Store


@final
class PartialRun:
    """One run of the fetches and feeds that were said before it began. Each is given and asked for at most once."""

    def __init__(self, store: Store, wanted: Fetched, feeds: Iterable[GraphTensor]) -> None:
        self._store = store
        self._fetches = dict.fromkeys([*wanted.tensors, *wanted.operations], False)
        self._feeds = dict.fromkeys(feeds, False)
        if not self._fetches:
            raise _refused("Must specify at least one target to fetch or execute.")
        self._values: dict[GraphTensor, Any] = {}
        self._drawn: dict[Operation, np.ndarray] = {}
        self._done: set[Operation] = set()

    @property
    def finished(self) -> bool:
        """Whether everything was fed and fetched."""
        return all(self._feeds.values()) and all(self._fetches.values())

    def run(self, wanted: Fetched, feeds: Sequence[GraphTensor], values: Sequence[np.ndarray]) -> list[Any]:
        """The values of these fetches, with these feeds added to those of the parts before.

        Raises InvalidArgumentError for what was not said before, or comes a second time, and for fetches that
        depend on what was not fed yet.
        """
        items = [*wanted.tensors, *wanted.operations]
        _refuse(self._feeds, feeds, "feed", "fed")
        _refuse(self._fetches, items, "fetch", "fetched")
        fed = {*self._values, *feeds}
        roots = [t.op for t in wanted.tensors if t not in fed] + list(wanted.operations)
        ops = [op for op in ordered(needed(roots, fed), fed) if op not in self._done]
        if any(t in self._feeds and t not in fed for op in ops for t in op.outputs):
            names = ", ".join(item.name for item in items)
            raise _refused(f"Fetch {names} can't be computed from the feeds that have been fed so far.")
        self._values.update(zip(feeds, values, strict=True))
        self._feeds.update(dict.fromkeys(feeds, True))
        self._fetches.update(dict.fromkeys(items, True))
        return self._compute(ops, wanted.tensors, fed)

    def _compute(self, ops: Sequence[Operation], tensors: Sequence[GraphTensor], fed: set[GraphTensor]) -> list[Any]:
        found: list[Accesses] = [accesses(op, fed) for op in ops]
        fetched = [t.op for t in tensors if t not in fed and t.op.type == "VariableV2"]
        touched = dict.fromkeys([v for a in found for v in a.reads + a.writes] + fetched)
        cells = {v: self._store.cell(v) for v in touched}
        variables: dict[Operation, Any] = {}
        for variable, cell in cells.items():
            cell.lent = True
            variables[variable] = cell.value
        stepping = Stepping(self._values, variables, self._store, drawn=self._drawn)
        stepping.fed = frozenset(t for t in fed if is_reference(t))
        stepping.run(ops)
        for variable in dict.fromkeys(v for a in found for v in a.writes):
            cells[variable].write(variables[variable])
        self._done.update(ops)
        return [stepping.value(t) for t in tensors]


def _refuse(said: Mapping[Any, bool], items: Iterable[GraphTensor | Operation], kind: str, past: str) -> None:
    """Raise for what was not said in the beginning, or came before."""
    for item in items:
        if item not in said:
            raise _refused(f"The {kind} {item.name} was not specified in partial_run_setup.")
        if said[item]:
            raise _refused(f"The {kind} {item.name} has already been {past}.")


def _refused(text: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, text)
