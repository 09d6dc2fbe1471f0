"""What queues do, apart from any graph: elements wait between threads that put them in and threads that take them out.

Who comes first is served first. An enqueue of several elements puts them in as places become free, a dequeue of several
takes them as they come; what waits behind it waits. A dequeue that the closing of the queue leaves without enough
elements puts back what it took.
"""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.backend.philox import philox
from hornbeam.graph.dtypes import DType, c_name, int64, string
from hornbeam.graph.errors import CancelledError, InvalidArgumentError, OpError, OutOfRangeError
from hornbeam.graph.resources import Resource, wait_until
from hornbeam.graph.shapes import Dims
from hornbeam.ops.rules import text

Element = tuple[Any, ...]
_serial = itertools.count()


class _Attempt:
    """One enqueue, dequeue or closing that is not through yet."""

    __slots__ = ("done", "elements", "error", "fewer", "left", "wakes")

    def __init__(self, elements: Iterable[Element] = (), left: int = 0, fewer: bool = False) -> None:
        self.elements = deque(elements)
        self.left = left
        self.fewer = fewer
        self.done = False
        self.error: OpError | None = None
        self.wakes: threading.Condition | None = None

    def finish(self, error: OpError | None = None) -> None:
        """It is through: the thread that waits for it, if one does, goes on."""
        self.error, self.done = error, True
        if self.wakes is not None:
            self.wakes.notify_all()


class Queue(Resource):
    """Elements of one or several components, whose dtypes are `types` and whose shapes, if known, are `shapes`.

    name: what messages call it. capacity: how many elements it holds, no limit where it is negative.
    """

    kind = "Queue"

    def __init__(self, name: str, capacity: int, types: Sequence[DType], shapes: Sequence[Dims]) -> None:
        self.name = name
        self.capacity = capacity if capacity >= 0 else 2**31 - 1
        self.types, self.shapes = tuple(types), tuple(shapes)
        self.closed = False
        self._lock = threading.Lock()
        self._enqueues: deque[_Attempt] = deque()
        self._dequeues: deque[_Attempt] = deque()

    def named(self, name: str) -> None:
        self.name = f"_{next(_serial)}_{name}"

    # Where elements lie: each kind of queue says it ---------------------------------------------

    @abstractmethod
    def __len__(self) -> int:
        """How many elements there are."""

    @abstractmethod
    def _put(self, element: Element) -> None:
        """Put an element in."""

    @abstractmethod
    def _take(self) -> Element:
        """Take the next element out."""

    @abstractmethod
    def _put_back(self, elements: Sequence[Element]) -> None:
        """Put elements back where they were taken, in the order they were taken."""

    def _available(self) -> int:
        """How many elements may be taken now."""
        return len(self)

    # In and out -----------------------------------------------------------------------------------

    def enqueue(self, elements: Sequence[Element]) -> None:
        """Put elements in, waiting for places. Raises CancelledError where the queue is closed or the run ends."""
        self._wait(self._enqueues, _Attempt(elements), "Enqueue operation was cancelled")

    def dequeue(self, count: int, fewer: bool = False) -> list[Element]:
        """The next `count` elements, waiting for them; or what is left of a closed queue, where `fewer` may be given.

        Raises OutOfRangeError where the queue is closed and there are not enough, CancelledError where the run ends.
        """
        attempt = self._wait(self._dequeues, _Attempt(left=count, fewer=fewer), "Dequeue operation was cancelled")
        return list(attempt.elements)

    def close(self, cancel: bool) -> None:
        """No further elements come: what waits to be put in still is, or with `cancel` is refused.

        Raises CancelledError where it is closed already, unless with `cancel`.
        """
        if not cancel:
            self._wait(self._enqueues, _Close(), "Close operation was cancelled")
            return
        with self._lock:
            self.closed = True
            while self._enqueues:
                self._enqueues.popleft().finish(CancelledError(None, None, "Enqueue operation was cancelled"))
            self._advance()

    def _wait(self, line: deque[_Attempt], attempt: _Attempt, cancelled: str) -> _Attempt:
        with self._lock:
            line.append(attempt)
            self._advance()
            try:
                if not attempt.done:
                    attempt.wakes = threading.Condition(self._lock)
                    wait_until(attempt.wakes, lambda: attempt.done, cancelled)
            except BaseException:
                if not attempt.done:
                    line.remove(attempt)
                    if line is self._dequeues and attempt.elements:
                        self._put_back(list(attempt.elements))
                    self._advance()
                raise
        if attempt.error is not None:
            raise attempt.error
        return attempt

    def _advance(self) -> None:
        """Serve who waits, as far as it goes."""
        moved = True
        while moved:
            moved = False
            while self._enqueues and self._serve_enqueue(self._enqueues[0]):
                moved = True
                if self._enqueues[0].done:
                    self._enqueues.popleft()
            while self._dequeues and self._serve_dequeue(self._dequeues[0]):
                moved = True
                if self._dequeues[0].done:
                    self._dequeues.popleft()

    def _serve_enqueue(self, attempt: _Attempt) -> bool:
        """Go on with the first in line; whether that changed anything."""
        if isinstance(attempt, _Close):
            if self.closed:
                attempt.finish(CancelledError(None, None, f"Queue '{self.name}' is already closed."))
            else:
                self.closed = True
                attempt.finish()
            return True
        if self.closed:
            attempt.finish(CancelledError(None, None, f"{self.kind} '{self.name}' is closed."))
            return True
        moved = False
        while attempt.elements and len(self) < self.capacity:
            self._put(attempt.elements.popleft())
            moved = True
        if not attempt.elements:
            attempt.finish()
            return True
        return moved

    def _serve_dequeue(self, attempt: _Attempt) -> bool:
        if self.closed and len(self) < attempt.left:
            return self._serve_rest(attempt, len(self))
        moved = False
        while attempt.left and self._available() > 0:
            attempt.elements.append(self._take())
            attempt.left -= 1
            moved = True
        if not attempt.left:
            attempt.finish()
            return True
        return moved

    def _serve_rest(self, attempt: _Attempt, size: int) -> bool:
        """A dequeue from a closed queue that has too few elements."""
        self._put_back(list(attempt.elements))
        attempt.elements.clear()
        if attempt.fewer and len(self):
            while len(self):
                attempt.elements.append(self._take())
            attempt.left = 0
            attempt.finish()
            return True
        attempt.finish(OutOfRangeError(None, None, f"{self.kind} '{self.name}' is closed and has insufficient elements "
                                     f"(requested {attempt.left}, current size {size})"))
        return True

    # What elements must be ------------------------------------------------------------------------

    def agrees(self, attrs: dict[str, Any]) -> None:
        name = attrs["shared_name"] or self.name
        capacity, types = attrs["capacity"], self._types_of(attrs)
        if (capacity if capacity >= 0 else 2**31 - 1) != self.capacity:
            raise InvalidArgumentError(None, None, f"Shared queue '{name}' has capacity {self.capacity} but requested "
                                       f"capacity was {capacity}")
        if types != self.types:
            raise InvalidArgumentError(None, None, f"Shared queue '{name}' has component types {_types(self.types)} "
                                       f"but requested component types were {_types(types)}")
        shapes = self._shapes_of(attrs)
        if shapes != self.shapes:
            raise InvalidArgumentError(None, None, f"Shared queue '{name}' has component shapes {_shapes(self.shapes)} "
                                       f"but requested component shapes were {_shapes(shapes)}")

    @classmethod
    def _types_of(cls, attrs: dict[str, Any]) -> tuple[DType, ...]:
        return tuple(attrs["component_types"])

    @classmethod
    def _shapes_of(cls, attrs: dict[str, Any]) -> tuple[Dims, ...]:
        return tuple(None if s is None else s._dims for s in attrs["shapes"])

    def check(self, arrays: Sequence[np.ndarray], many: bool) -> None:
        """Raises InvalidArgumentError where arrays are no element, or no batch of elements."""
        if len(arrays) != len(self.types):
            raise InvalidArgumentError(None, None, "Wrong number of components in tuple. Expected "
                                       f"{len(self.types)}, got {len(arrays)}")
        for i, (array, dtype) in enumerate(zip(arrays, self.types, strict=True)):
            if array.dtype != dtype.np_dtype:
                raise InvalidArgumentError(None, None, f"Type mismatch in tuple component {i}. Expected "
                                           f"{c_name(dtype)}, got {array.dtype}")
        if many:
            self._check_batch(arrays)
        else:
            for i, (array, wanted) in enumerate(zip(arrays, self.shapes, strict=False)):
                if not _fits(array.shape, wanted):
                    raise _shape_mismatch(i, wanted, array.shape)

    def _check_batch(self, arrays: Sequence[np.ndarray]) -> None:
        first = arrays[0].shape
        size = first[0] if first else 0
        for i, array in enumerate(arrays):
            if self.shapes:
                wanted = self.shapes[i]
                if not array.ndim or array.shape[0] != size or not _fits(array.shape[1:], wanted):
                    raise _shape_mismatch(i, None if wanted is None else (size, *wanted), array.shape)
            elif not array.ndim:
                raise InvalidArgumentError(None, None, f"Component {i} must have at least one dimension to be "
                                           "enqueued as many elements, got a scalar")
            elif array.shape[0] != size:
                raise InvalidArgumentError(None, None, "All input tensors must have the same size in the 0th "
                                           f"dimension. Component {i} has {array.shape[0]}, and should have {size}")

    def batch(self, elements: Sequence[Element]) -> list[np.ndarray]:
        """Elements as arrays with one more dimension, one a component. Raises InvalidArgumentError without shapes."""
        if not self.shapes:
            raise InvalidArgumentError(None, None, f"{self.kind}'s DequeueMany and DequeueUpTo require the components "
                                       "to have specified shapes.")
        return [stacked([e[i] for e in elements], dtype, dims or ())
                for i, (dtype, dims) in enumerate(zip(self.types, self.shapes, strict=True))]


@final
class _Close(_Attempt):
    """The closing of a queue, in line with what waits to be put in."""

    __slots__ = ()


def _types(types: Sequence[DType]) -> str:
    return ", ".join(map(c_name, types))


def _shapes(shapes: Sequence[Dims]) -> str:
    return f"[{','.join(map(text, shapes))}]"


def _fits(shape: Sequence[int], wanted: Dims) -> bool:
    return wanted is None or (len(shape) == len(wanted) and all(
        w is None or w == d for w, d in zip(wanted, shape, strict=True)))


def _shape_mismatch(component: int, wanted: Dims, got: tuple[int, ...]) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, f"Shape mismatch in tuple component {component}. Expected "
                                f"{text(wanted)}, got {text(got)}")


def stacked(items: Sequence[Any], dtype: DType, dims: Sequence[int | None]) -> np.ndarray:
    """Arrays of one shape along a new first dimension; `dims` is the shape where there are none."""
    if not items:
        return np.zeros((0, *(d or 0 for d in dims)), dtype.np_dtype)
    if dtype is string and not np.ndim(items[0]):
        out = np.empty(len(items), object)
        out[:] = [item[()] if isinstance(item, np.ndarray) else item for item in items]
        return out
    return np.array(items, dtype.np_dtype) if not np.ndim(items[0]) else np.stack(items)


def component(item: Any) -> np.ndarray:
    """A component of an element as an array of its own dtype."""
    if isinstance(item, (np.ndarray, np.generic)):
        return np.asarray(item)
    out = np.empty((), object)
    out[()] = item
    return out


# The kinds ---------------------------------------------------------------------------------------------


class FIFOQueue(Queue):
    """Elements come out in the order they went in."""

    kind = "FIFOQueue"

    def __init__(self, name: str, capacity: int, types: Sequence[DType], shapes: Sequence[Dims]) -> None:
        super().__init__(name, capacity, types, shapes)
        self._elements: deque[Element] = deque()

    def __len__(self) -> int:
        return len(self._elements)

    def _put(self, element: Element) -> None:
        self._elements.append(element)

    def _take(self) -> Element:
        return self._elements.popleft()

    def _put_back(self, elements: Sequence[Element]) -> None:
        self._elements.extendleft(reversed(elements))


@final
class PaddingFIFOQueue(FIFOQueue):
    """As a FIFO queue; elements that come out together are filled up with zeros to one shape."""

    kind = "PaddingFIFOQueue"

    def batch(self, elements: Sequence[Element]) -> list[np.ndarray]:
        return [self._padded([e[i] for e in elements], dtype, dims or ())
                for i, (dtype, dims) in enumerate(zip(self.types, self.shapes, strict=True))]

    @staticmethod
    def _padded(items: Sequence[Any], dtype: DType, dims: Sequence[int | None]) -> np.ndarray:
        if None not in dims or not items:
            return stacked(items, dtype, dims)
        largest = tuple(max(sizes) for sizes in zip(*(np.shape(item) for item in items), strict=True))
        out = np.full((len(items), *largest), b"", object) if dtype is string else np.zeros(
            (len(items), *largest), dtype.np_dtype)
        for i, item in enumerate(items):
            out[(i, *map(slice, np.shape(item)))] = item
        return out


@final
class RandomShuffleQueue(Queue):
    """Elements come out in a random order; `least` of them stay in until the queue is closed."""

    kind = "RandomShuffleQueue"

    def __init__(self, name: str, capacity: int, types: Sequence[DType], shapes: Sequence[Dims], least: int,
                 seeds: tuple[int, int]) -> None:
        super().__init__(name, capacity, types, shapes)
        self.least, self.seeds = least, seeds
        self._draw = philox(*(seeds if any(seeds) else (random.getrandbits(63), random.getrandbits(63))))
        self._elements: list[Element] = []

    def agrees(self, attrs: dict[str, Any]) -> None:
        super().agrees(attrs)
        name = attrs["shared_name"]
        if attrs["min_after_dequeue"] != self.least:
            raise InvalidArgumentError(None, None, f"Shared queue '{name}' has min_after_dequeue {self.least} but "
                                       f"requested min_after_dequeue was {attrs['min_after_dequeue']}.")
        asked = attrs["seed"] or 0, attrs["seed2"] or 0
        if any(asked) and asked != self.seeds:
            raise InvalidArgumentError(None, None, f"Shared queue '{name}' has random seeds ({self.seeds[0]}, "
                                       f"{self.seeds[1]}) but requested seeds are ({asked[0]}, {asked[1]}).")

    def __len__(self) -> int:
        return len(self._elements)

    def _put(self, element: Element) -> None:
        self._elements.append(element)

    def _take(self) -> Element:
        at = next(self._draw) % len(self._elements)
        self._elements[at], self._elements[-1] = self._elements[-1], self._elements[at]
        return self._elements.pop()

    def _put_back(self, elements: Sequence[Element]) -> None:
        self._elements.extend(elements)

    def _available(self) -> int:
        return len(self._elements) - (0 if self.closed else self.least)


@final
class PriorityQueue(Queue):
    """The element whose first component, an integer, is least comes out first."""

    kind = "PriorityQueue"

    def __init__(self, name: str, capacity: int, types: Sequence[DType], shapes: Sequence[Dims]) -> None:
        super().__init__(name, capacity, types, shapes)
        self._heap: list[tuple[int, int, Element]] = []
        self._order = itertools.count()

    @classmethod
    def _types_of(cls, attrs: dict[str, Any]) -> tuple[DType, ...]:
        return (int64, *attrs["component_types"])

    @classmethod
    def _shapes_of(cls, attrs: dict[str, Any]) -> tuple[Dims, ...]:
        given = super()._shapes_of(attrs)
        return ((), *given) if given else given

    def __len__(self) -> int:
        return len(self._heap)

    def _put(self, element: Element) -> None:
        heapq.heappush(self._heap, (int(element[0]), next(self._order), element))

    def _take(self) -> Element:
        return heapq.heappop(self._heap)[2]

    def _put_back(self, elements: Sequence[Element]) -> None:
        for element in elements:
            self._put(element)
