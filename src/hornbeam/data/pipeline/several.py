"""Several datasets as one, and one as several: `concatenate`, `zip`, `choose_from_datasets`, `window`."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.batching import static
from hornbeam.data.pipeline.mapping import joined
from hornbeam.data.pipeline.node import INFINITE, UNKNOWN, Context, Elements, Made, Node, Rows
from hornbeam.data.pipeline.sources import KeptNode, generator, random_state, set_random_state
from hornbeam.graph import errors
from hornbeam.graph.dtypes import int64
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec

# Several datasets ---------------------------------------------------------------------------------------


@final
class ConcatenateNode(Node):
    """The elements of one dataset, then those of another."""

    def __init__(self, first: Node, second: Node, spec: Any) -> None:
        self.parents, self.spec = (first, second), spec

    def elements(self, context: Context) -> Elements:
        return _ConcatenateElements(self.parents, context)

    def cardinality(self, context: Context) -> int:
        counts = [p.cardinality(context) for p in self.parents]
        if INFINITE in counts:
            return INFINITE
        return UNKNOWN if UNKNOWN in counts else sum(counts)


@final
class _ConcatenateElements(Elements):
    def __init__(self, parents: Sequence[Node], context: Context) -> None:
        self._parents, self._context = parents, context
        self._which = 0
        self._source: Elements = parents[0].elements(context)

    def _turn(self) -> bool:
        if self._which + 1 >= len(self._parents):
            return False
        self._source.close()
        self._which += 1
        self._source = self._parents[self._which].elements(self._context)
        return True

    def next(self) -> list[Any] | None:
        while (element := self._source.next()) is None:
            if not self._turn():
                return None
        return element

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        parts: list[list[np.ndarray]] = []
        total = 0
        while total < count:
            found, given = self._source.next_many(count - total)
            if found:
                parts.append(given)
                total += found
            if total < count and not self._turn():
                break
        return total, joined(parts) if parts else []

    def state(self) -> Any:
        return [self._which, self._source.state()]

    def restore(self, state: Any) -> None:
        self._which = state[0]
        self._source = self._parents[self._which].elements(self._context)
        self._source.restore(state[1])

    def close(self) -> None:
        self._source.close()


@final
class ZipNode(Node):
    """The elements of several datasets side by side, as long as all have some."""

    def __init__(self, parents: Sequence[Node], spec: Any) -> None:
        self.parents, self.spec = tuple(parents), spec

    def elements(self, context: Context) -> Elements:
        return _ZipElements([p.elements(context) for p in self.parents])

    def cardinality(self, context: Context) -> int:
        counts = [p.cardinality(context) for p in self.parents]
        if UNKNOWN in counts:
            return UNKNOWN
        finite = [c for c in counts if c != INFINITE]
        return min(finite) if finite else INFINITE


@final
class _ZipElements(Elements):
    def __init__(self, sources: Sequence[Elements]) -> None:
        self._sources = list(sources)
        self._ended = False

    def next(self) -> list[Any] | None:
        found: list[Any] = []
        for source in self._sources:
            element = None if self._ended else source.next()
            if element is None:
                self._ended = True
                return None
            found += element
        return found

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        if self._ended:
            return 0, []
        parts = []
        least = count
        for source in self._sources:
            found, given = source.next_many(least)
            parts.append(given)
            if found < least:
                self._ended, least = True, found
            if not least:
                return 0, []
        return least, [c[:least] for part in parts for c in part]

    @property
    def rows(self) -> Rows | None:
        rows = [s.rows for s in self._sources]
        return None if any(r is None for r in rows) else _ZipRows([r for r in rows if r is not None])

    def state(self) -> Any:
        return [[s.state() for s in self._sources], self._ended]

    def restore(self, state: Any) -> None:
        for source, kept in zip(self._sources, state[0], strict=True):
            source.restore(kept)
        self._ended = state[1]

    def close(self) -> None:
        for source in self._sources:
            source.close()


@final
class _ZipRows(Rows):
    def __init__(self, rows: Sequence[Rows]) -> None:
        self._rows = rows
        self.length = min(r.length for r in rows)

    def row(self, index: int) -> list[Any]:
        return [leaf for r in self._rows for leaf in r.row(index)]

    def gather(self, indices: np.ndarray) -> list[np.ndarray]:
        return [c for r in self._rows for c in r.gather(indices)]


@final
class ChooseNode(Node):
    """The next element of the dataset that the first parent's next number names.

    stop: whether to end with the first dataset that has no more, rather than to go on without it.
    """

    def __init__(self, choices: Node, datasets: Sequence[Node], spec: Any, stop: bool) -> None:
        self.parents, self.spec, self._stop = (choices, *datasets), spec, stop

    def elements(self, context: Context) -> Elements:
        return _ChooseElements([p.elements(context) for p in self.parents], self._stop)

    def cardinality(self, context: Context) -> int:
        counts = [p.cardinality(context) for p in self.parents[1:]]
        return INFINITE if INFINITE in counts else UNKNOWN


@final
class _ChooseElements(Elements):
    def __init__(self, sources: Sequence[Elements], stop: bool) -> None:
        self._choices, self._sources, self._stop = sources[0], list(sources[1:]), stop
        self._live = [True] * len(self._sources)
        self._over = False

    def next(self) -> list[Any] | None:
        while not self._over and any(self._live):
            choice = self._choices.next()
            if choice is None:
                self._over = True
                break
            which = int(choice[0])
            if not 0 <= which < len(self._sources):
                raise errors.InvalidArgumentError(
                    None, None, f"Selector index out of range: {which} >= {len(self._sources)}")
            if not self._live[which]:
                continue
            element = self._sources[which].next()
            if element is not None:
                return element
            self._live[which] = False
            self._over = self._stop
        return None

    def state(self) -> Any:
        return [self._choices.state(), [s.state() for s in self._sources], list(self._live), self._over]

    def restore(self, state: Any) -> None:
        self._choices.restore(state[0])
        for source, kept in zip(self._sources, state[1], strict=True):
            source.restore(kept)
        self._live, self._over = list(state[2]), state[3]

    def close(self) -> None:
        for source in (self._choices, *self._sources):
            source.close()


@final
class WeightedChoiceNode(Node):
    """Numbers below the number of weights, without end, each as often as its weight says.

    weights: an array, or None where the parent gives weights for each number.
    """

    def __init__(self, weights: Any, seeds: Sequence[int], again: bool, parent: Node | None = None) -> None:
        self.parents = () if parent is None else (parent,)
        self.values = (*seeds, *(() if weights is None else (weights,)))
        self.spec = TensorSpec((), int64)
        self._again = again

    def elements(self, context: Context) -> Elements:
        draws = generator(context, self, self.values[:2], self._again)
        source = self.parents[0].elements(context) if self.parents else None
        return _ChoiceElements(source, None if source else context.value(self.values[2]), draws)

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context) if self.parents else INFINITE


@final
class _ChoiceElements(Elements):
    def __init__(self, source: Elements | None, weights: Any, draws: np.random.Generator) -> None:
        self._source, self._weights, self._draws = source, weights, draws

    def next(self) -> list[Any] | None:
        weights = self._weights
        if self._source is not None:
            element = self._source.next()
            if element is None:
                return None
            weights = element[0]
        bounds = np.cumsum(np.asarray(weights, np.float64))
        drawn = self._draws.random() * bounds[-1]
        return [np.array(min(int(np.searchsorted(bounds, drawn, "right")), len(bounds) - 1), np.int64)]

    def state(self) -> Any:
        return [None if self._source is None else self._source.state(), random_state(self._draws)]

    def restore(self, state: Any) -> None:
        if self._source is not None:
            self._source.restore(state[0])
        set_random_state(self._draws, state[1])

    def close(self) -> None:
        if self._source is not None:
            self._source.close()


# window -------------------------------------------------------------------------------------------------


@final
class WindowNode(Node):
    """Datasets of `size` elements, every `stride`-th of those from the start of the window; `shift` between starts."""

    def __init__(self, parent: Node, spec: Any, size: Any, shift: Any, stride: Any, drop: Any) -> None:
        self.parents, self.spec, self.values = (parent,), spec, (size, shift, stride, drop)

    def elements(self, context: Context) -> Elements:
        size, shift, stride = (context.integer(v) for v in self.values[:3])
        for name, value in (("size", size), ("shift", shift), ("stride", stride)):
            if value <= 0:
                raise errors.InvalidArgumentError(None, None, f"Window {name} must be greater than zero.")
        return _WindowElements(self.parents[0].elements(context), self.parents[0].spec, size, shift, stride,
                               bool(context.value(self.values[3])))

    def cardinality(self, context: Context) -> int:
        count = self.parents[0].cardinality(context)
        if count < 0 or any(isinstance(v, GraphTensor) for v in self.values):
            return count if count < 0 else UNKNOWN
        size, shift, stride = (context.integer(v) for v in self.values[:3])
        if static(self.values[3]):
            whole = count - (size - 1) * stride - 1
            return 0 if whole < 0 else whole // shift + 1
        return -(-count // shift)


@final
class _WindowElements(Elements):
    def __init__(self, source: Elements, spec: Any, size: int, shift: int, stride: int, drop: bool) -> None:
        self._source, self._specs, self._drop = source, structure.flatten(spec), drop
        self._size, self._shift, self._stride = size, shift, stride
        self._buffer: deque[list[Any]] = deque()
        self._skip = 0
        self._ended = False

    def next(self) -> list[Any] | None:
        span = self._stride * (self._size - 1) + 1
        while self._skip and not self._ended:
            self._ended = self._source.next() is None
            self._skip -= 1
        while len(self._buffer) < span and not self._ended:
            element = self._source.next()
            if element is None:
                self._ended = True
            else:
                self._buffer.append(element)
        if not self._buffer or (self._drop and len(self._buffer) < span):
            return None
        kept = list(self._buffer)[:span:self._stride]
        for _ in range(min(self._shift, len(self._buffer))):
            self._buffer.popleft()
        self._skip = max(0, self._shift - span)
        return [Made(KeptNode([[e[i]] for e in kept], spec)) for i, spec in enumerate(self._specs)]

    def state(self) -> Any:
        return {"source": self._source.state(), "buffer": list(self._buffer), "skip": self._skip,
                "ended": self._ended}

    def restore(self, state: Any) -> None:
        self._source.restore(state["source"])
        self._buffer, self._skip, self._ended = deque(state["buffer"]), state["skip"], state["ended"]

    def close(self) -> None:
        self._source.close()

