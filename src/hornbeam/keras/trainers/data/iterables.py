"""Generators and other iterables as sources: each item is a batch."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, final

import numpy as np

from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras.trainers.data.source import Source, with_class_weight
from hornbeam.keras.tree import structures as tree


@final
class IterableSource(Source):
    """Batches that an iterable gives: a generator once, anything with `__iter__` anew for each epoch."""

    def __init__(self, items: Iterable[Any], class_weight: dict[int, float] | None = None) -> None:
        self._once = iter(items) is items
        self._items = items
        self._class_weight = class_weight
        self._bare = hasattr(items, "element_spec")  # a dataset, whose elements are batches as they are
        self.num_batches = _length(items)
        self._first: Any = None
        if self._once:
            self._items = self._peeked(iter(items))

    def _peeked(self, items: Iterator[Any]) -> Iterator[Any]:
        none = object()
        first = next(items, none)
        if first is none:
            return iter(())
        return itertools.chain([first], items)

    @property
    def repeats(self) -> bool:
        return not self._once

    def batches(self) -> Iterator[Any]:
        for item in self._items:
            _check(item)
            yield with_class_weight(as_batch(item, self._bare), self._class_weight)


def _length(items: Any) -> int | None:
    try:
        length = len(items)
    except TypeError:
        cardinality = getattr(items, "cardinality", None)
        if cardinality is None:
            return None
        length = int(cardinality())
    return None if length < 0 else length


def _check(item: Any) -> None:
    if item is None:
        raise ValueError("A generator of batches gave None.")


def as_batch(item: Any, bare: bool = False) -> Any:
    """An item as a tuple of structures of arrays. Raises ValueError for tuples of more than three.

    bare: what is no tuple is left so, as steps of the user's own may know.
    """
    if isinstance(item, list):
        item = tuple(item)
    if not isinstance(item, tuple):
        if bare:
            return tree.map_structure(_leaf, item)
        item = (item,)
    if not 1 <= len(item) <= 3:
        raise ValueError("Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, found: "
                         f"{item}")
    return tree.map_structure(_leaf, item)


def _leaf(value: Any) -> Any:
    if value is None or isinstance(value, (EagerTensor, np.ndarray)):
        return np.asarray(value, np.float32) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype == np.float64 else array
