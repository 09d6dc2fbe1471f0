"""Which elements come, and when: `shuffle`, `repeat`, `take`, `skip`, `shard`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from hornbeam.data.pipeline.mapping import joined
from hornbeam.data.pipeline.node import INFINITE, UNKNOWN, Context, Elements, Node, Rows
from hornbeam.data.pipeline.sources import generator, random_state, set_random_state
from hornbeam.graph import errors
from hornbeam.graph.tensor import GraphTensor


class _Same(Node):
    """A node whose elements are those of its parent, or some of them."""

    def __init__(self, parent: Node, *values: Any) -> None:
        self.parents, self.spec, self.values = (parent,), parent.spec, values

    def known(self, context: Context) -> bool:
        """Whether the values of the parameters are known."""
        return all(not isinstance(v, GraphTensor) or v in context.values for v in self.values)


class _From(Elements):
    """A pass over another, with a state of its own beside that of the other."""

    def __init__(self, source: Elements) -> None:
        self._source = source

    def own(self) -> Any:
        """What is kept beside the source's state."""
        return None

    def set_own(self, state: Any) -> None:
        """Take it back."""

    def state(self) -> Any:
        return [self._source.state(), self.own()]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self.set_own(state[1])

    def close(self) -> None:
        self._source.close()


# shuffle ----------------------------------------------------------------------------------------------


@final
class ShuffleNode(_Same):
    """Elements drawn from a buffer of `size` that the next ones fill up.

    seeds: two numbers. again: whether each pass has another order.
    """

    def __init__(self, parent: Node, size: Any, seeds: Sequence[Any], again: bool) -> None:
        super().__init__(parent, size, *seeds)
        self._again = again

    def elements(self, context: Context) -> Elements:
        size = context.integer(self.values[0])
        if size < 1 and size != UNKNOWN:
            raise errors.InvalidArgumentError(
                None, None, "buffer_size must be greater than zero or UNKNOWN_CARDINALITY")
        draws = generator(context, self, self.values[1:], self._again)
        source = self.parents[0].elements(context)
        if size == UNKNOWN:
            size = 1 << 62
        rows = source.rows
        return _RowShuffle(rows, size, draws) if rows is not None else _ElementShuffle(source, size, draws)

    def cardinality(self, context: Context) -> int:
        return self.parents[0].cardinality(context)


class _Draws:
    """The order of things that come one by one, drawn from a buffer. `take` gives the next thing, or `_END`."""

    def __init__(self, size: int, draws: np.random.Generator) -> None:
        self.size, self.draws = size, draws
        self.buffer: list[Any] = []
        self.ended = False

    def draw(self, length: int) -> int:
        """A number below `length`, each as likely."""
        return int(self.draws.random() * length)

    def draw_many(self, length: int, count: int) -> list[int]:
        """What `count` calls of `draw` would give."""
        return (self.draws.random(count) * length).astype(np.int64).tolist()

    def state(self) -> Any:
        """The buffer, and where the random numbers stand."""
        return [list(self.buffer), self.ended, random_state(self.draws)]

    def restore(self, state: Any) -> None:
        """Go to where `state` stood."""
        self.buffer, self.ended = list(state[0]), state[1]
        set_random_state(self.draws, state[2])


@final
class _RowShuffle(Elements):
    """A shuffle of elements that can be taken in any order: only their numbers are in the buffer."""

    def __init__(self, rows: Rows, size: int, draws: np.random.Generator) -> None:
        self._rows = rows
        self._all = size >= rows.length
        self._order = _Draws(size, draws)
        self._next = 0
        self._start = random_state(draws)
        self._permutation: np.ndarray | None = None

    def _numbers(self, count: int) -> np.ndarray:
        if self._all:
            if self._permutation is None:
                self._permutation = self._order.draws.permutation(self._rows.length)
            found = self._permutation[self._next:self._next + count]
            self._next += len(found)
            return found
        return np.array(self._drawn(count), np.int64)

    def _drawn(self, count: int) -> list[int]:
        order, length = self._order, self._rows.length
        buffer = order.buffer
        if self._next < order.size:
            buffer.extend(range(self._next, order.size))
            self._next = order.size
        found = []
        filling = min(count, length - self._next)
        for place, number in zip(order.draw_many(len(buffer), filling), range(self._next, length), strict=False):
            found.append(buffer[place])
            buffer[place] = number
        self._next += filling
        for _ in range(min(count - filling, len(buffer))):
            place = order.draw(len(buffer))
            found.append(buffer[place])
            buffer[place] = buffer[-1]
            buffer.pop()
        return found

    def next(self) -> list[Any] | None:
        found = self._numbers(1)
        return self._rows.row(int(found[0])) if len(found) else None

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        found = self._numbers(count)
        return len(found), self._rows.gather(found) if len(found) else []

    def state(self) -> Any:
        if self._all:
            return {"start": self._start, "next": self._next}
        order = self._order.state()
        return {"order": [np.array(order[0], np.int64), *order[1:]], "next": self._next}

    def restore(self, state: Any) -> None:
        self._next = state["next"]
        if self._all:
            self._start = state["start"]
            self._permutation = None
            set_random_state(self._order.draws, self._start)
        else:
            order = state["order"]
            self._order.restore([order[0].tolist(), *order[1:]])


@final
class _ElementShuffle(Elements):
    """A shuffle whose buffer holds elements."""

    def __init__(self, source: Elements, size: int, draws: np.random.Generator) -> None:
        self._source = source
        self._order = _Draws(size, draws)

    def next(self) -> list[Any] | None:
        order = self._order
        while not order.ended and len(order.buffer) < order.size:
            element = self._source.next()
            if element is None:
                order.ended = True
            else:
                order.buffer.append(element)
        if not order.buffer:
            return None
        place = order.draw(len(order.buffer))
        found = order.buffer[place]
        order.buffer[place] = order.buffer[-1]
        order.buffer.pop()
        return found

    def state(self) -> Any:
        return [self._source.state(), self._order.state()]

    def restore(self, state: Any) -> None:
        self._source.restore(state[0])
        self._order.restore(state[1])

    def close(self) -> None:
        self._source.close()


# repeat -----------------------------------------------------------------------------------------------


@final
class RepeatNode(_Same):
    """All elements, `count` times over; without end where it is negative."""

    def elements(self, context: Context) -> Elements:
        return _RepeatElements(self.parents[0], context, context.integer(self.values[0]))

    def cardinality(self, context: Context) -> int:
        count = self.parents[0].cardinality(context)
        if not self.known(context):
            return UNKNOWN
        times = context.integer(self.values[0])
        if times < 0:
            return 0 if count == 0 else INFINITE
        if times == 0:
            return 0
        return count if count < 0 else count * times


@final
class _RepeatElements(Elements):
    def __init__(self, parent: Node, context: Context, times: int) -> None:
        self._parent, self._context, self._times = parent, context, times
        self._source: Elements | None = None
        self._done = 0
        self._first = True

    def _opened(self) -> Elements | None:
        if self._source is None and self._done != self._times:
            self._source = self._parent.elements(self._context)
            self._first = True
        return self._source

    def _ended(self) -> bool:
        """Go on to the next pass; whether there is none, or it would be empty for ever."""
        assert self._source is not None
        self._source.close()
        self._source = None
        self._done += 1
        if self._first and self._times < 0:
            self._times = self._done
        return self._done == self._times

    def next(self) -> list[Any] | None:
        while (source := self._opened()) is not None:
            element = source.next()
            if element is not None:
                self._first = False
                return element
            if self._ended():
                break
        return None

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        parts: list[list[np.ndarray]] = []
        total = 0
        while total < count and (source := self._opened()) is not None:
            found, given = source.next_many(count - total)
            if found:
                self._first = False
                parts.append(given)
                total += found
            if total < count and self._ended():
                break
        return total, joined(parts) if parts else []

    def state(self) -> Any:
        return {"done": self._done, "times": self._times, "first": self._first,
                "source": None if self._source is None else [self._source.state()]}

    def restore(self, state: Any) -> None:
        self._done, self._times, self._first = state["done"], state["times"], state["first"]
        self._source = None
        if state["source"] is not None:
            self._source = self._parent.elements(self._context)
            self._source.restore(state["source"][0])
            self._first = state["first"]

    def close(self) -> None:
        if self._source is not None:
            self._source.close()


# take, skip, shard --------------------------------------------------------------------------------------


@final
class TakeNode(_Same):
    """The first `count` elements; all where it is negative."""

    def elements(self, context: Context) -> Elements:
        return _TakeElements(self.parents[0].elements(context), context.integer(self.values[0]))

    def cardinality(self, context: Context) -> int:
        count = self.parents[0].cardinality(context)
        if not self.known(context):
            return UNKNOWN
        most = context.integer(self.values[0])
        if count == UNKNOWN or most < 0:
            return count
        return most if count == INFINITE else min(most, count)


@final
class _TakeElements(_From):
    def __init__(self, source: Elements, most: int) -> None:
        super().__init__(source)
        self._left = most

    def next(self) -> list[Any] | None:
        if not self._left:
            return None
        element = self._source.next()
        if element is None:
            self._left = 0
        else:
            self._left -= 1
        return element

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        if self._left >= 0:
            count = min(count, self._left)
        if not count:
            return 0, []
        found, given = self._source.next_many(count)
        self._left = self._left - found if found == count else 0
        return found, given

    @property
    def rows(self) -> Rows | None:
        rows = self._source.rows
        return rows if rows is None or self._left < 0 or self._left >= rows.length else _FirstRows(rows, self._left)

    def own(self) -> Any:
        return self._left

    def set_own(self, state: Any) -> None:
        self._left = state


@final
class _FirstRows(Rows):
    def __init__(self, rows: Rows, length: int) -> None:
        self._rows, self.length = rows, length

    def row(self, index: int) -> list[Any]:
        return self._rows.row(index)

    def gather(self, indices: np.ndarray) -> list[np.ndarray]:
        return self._rows.gather(indices)


@final
class SkipNode(_Same):
    """All but the first `count` elements; none where it is -1."""

    def elements(self, context: Context) -> Elements:
        return _SkipElements(self.parents[0].elements(context), context.integer(self.values[0]))

    def cardinality(self, context: Context) -> int:
        count = self.parents[0].cardinality(context)
        if not self.known(context):
            return UNKNOWN
        left_out = context.integer(self.values[0])
        return count if count < 0 else 0 if left_out < 0 else max(0, count - left_out)


@final
class _SkipElements(_From):
    def __init__(self, source: Elements, left_out: int) -> None:
        super().__init__(source)
        self._left_out = left_out

    def _skip(self) -> bool:
        """Pass over the first elements; whether any may be left."""
        if self._left_out < 0:
            return False
        while self._left_out:
            if self._source.next() is None:
                self._left_out = -1
                return False
            self._left_out -= 1
        return True

    def next(self) -> list[Any] | None:
        return self._source.next() if self._skip() else None

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        return self._source.next_many(count) if self._skip() else (0, [])

    @property
    def rows(self) -> Rows | None:
        rows = self._source.rows
        if rows is None:
            return None
        return _LaterRows(rows, rows.length if self._left_out < 0 else min(self._left_out, rows.length))

    def own(self) -> Any:
        return self._left_out

    def set_own(self, state: Any) -> None:
        self._left_out = state


@final
class _LaterRows(Rows):
    def __init__(self, rows: Rows, start: int) -> None:
        self._rows, self._start = rows, start
        self.length = rows.length - start

    def row(self, index: int) -> list[Any]:
        return self._rows.row(index + self._start)

    def gather(self, indices: np.ndarray) -> list[np.ndarray]:
        return self._rows.gather(indices + self._start)


@final
class ShardNode(_Same):
    """Every `number`-th element, from the one with number `index` on."""

    def elements(self, context: Context) -> Elements:
        number, index = (context.integer(v) for v in self.values)
        if number < 1:
            raise errors.InvalidArgumentError(None, None, "Number of shards must be greater than zero (currently "
                                                          f"num_shards = {number}).")
        if not 0 <= index < number:
            raise errors.InvalidArgumentError(
                None, None, f"Index must be between 0 and {number - 1} (currently index = {index}).")
        return _ShardElements(self.parents[0].elements(context), number, index)

    def cardinality(self, context: Context) -> int:
        count = self.parents[0].cardinality(context)
        if not self.known(context):
            return UNKNOWN
        number, index = (context.integer(v) for v in self.values)
        return count if count < 0 else count // number + (index < count % number)


@final
class _ShardElements(_From):
    def __init__(self, source: Elements, number: int, index: int) -> None:
        super().__init__(source)
        self._number, self._index, self._at = number, index, 0

    def next(self) -> list[Any] | None:
        while (element := self._source.next()) is not None:
            self._at += 1
            if (self._at - 1) % self._number == self._index:
                return element
        return None

    def own(self) -> Any:
        return self._at

    def set_own(self, state: Any) -> None:
        self._at = state
