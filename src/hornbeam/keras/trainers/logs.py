"""Logs: what callbacks get, read from the device when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, final

import numpy as np

from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras.old_names import Results
from hornbeam.runtime.executor import LateChecks


def plain(value: Any) -> Any:
    """A result as a Python float, or as an array where it has dimensions."""
    array = np.asarray(value._value if type(value) is EagerTensor else value)
    return float(array) if array.ndim == 0 and array.dtype.kind in "fiubV" else array


def plain_logs(logs: Any) -> dict[str, Any]:
    """Results by name as plain values, in the order of their names. A dictionary among them gives its own results."""
    if logs is None:
        return Results()
    if not isinstance(logs, Mapping):
        raise ValueError(f"A step gives a dictionary of results, not {logs!r}")
    found = Results()
    for key, value in sorted(logs.items()):
        found.update(plain_logs(value) if isinstance(value, Mapping) else {key: plain(value)})
    return found


def rows_of(records: Mapping[str, Any], count: int) -> list[Results]:
    """The plain results of each of the first `count` steps, of arrays with one row for each."""
    columns = {}
    for name, record in sorted(records.items()):
        rows = np.asarray(record)[:count]
        columns[name] = rows.astype(float).tolist() if rows.ndim == 1 and rows.dtype.kind in "fiubV" else list(rows)
    return [Results(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@final
class Logs(Results):
    """A dictionary of results that waits for the device when it is first read.

    checks: of the step that gave the results; what they found is raised then, too.
    """

    def __init__(self, results: Mapping[str, Any], checks: LateChecks | None = None) -> None:
        super().__init__()
        self._waiting: Mapping[str, Any] | None = results
        self._checks = checks

    def _read(self) -> None:
        if self._waiting is not None:
            if self._checks is not None:
                self._checks.raise_any()
            waiting, self._waiting = self._waiting, None
            super().update(plain_logs(waiting))

    def __getitem__(self, key: str) -> Any:
        self._read()
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._read()
        super().__setitem__(key, value)

    def __iter__(self) -> Iterator[str]:
        self._read()
        return super().__iter__()

    def __len__(self) -> int:
        self._read()
        return super().__len__()

    def __contains__(self, key: object) -> bool:
        self._read()
        return super().__contains__(key)

    def __bool__(self) -> bool:
        return bool(self._waiting) or super().__len__() > 0

    def __eq__(self, other: object) -> bool:
        self._read()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        self._read()
        return super().__repr__()

    def get(self, key: str, default: Any = None) -> Any:
        self._read()
        return super().get(key, default)

    def keys(self) -> Any:
        self._read()
        return super().keys()

    def values(self) -> Any:
        self._read()
        return super().values()

    def items(self) -> Any:
        self._read()
        return super().items()

    def copy(self) -> dict[str, Any]:
        self._read()
        return dict(super().items())

    def update(self, *args: Any, **kwargs: Any) -> None:
        self._read()
        super().update(*args, **kwargs)

    def pop(self, *args: Any) -> Any:
        self._read()
        return super().pop(*args)
