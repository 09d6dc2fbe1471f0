"""Node and Elements: the description of a dataset, and one pass over it.

A node is immutable: an element spec, the nodes it takes elements from, values, traced functions. Values that a graph
computes are `GraphTensor`s; an iterator is made in a `Context` that has them as arrays. Elements come one by one
(`next`), or as columns of many (`next_many`), which is what a batch takes where every leaf is a tensor.

Invariant: `restore(state)` on fresh elements of the same node makes them give exactly what those that `state()` was
asked of would have given next. A state consists of None, numbers, bytes, strings, arrays, lists and dictionaries.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, errors, infer, mode
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.graph.sparse_tensor import SparseTensorValue
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.ops.ragged_tensor import RaggedValue
from hornbeam.runtime.store import Store

INFINITE = -1
UNKNOWN = -2
AUTOTUNE = -1


def value_of(value: Any, dtype: Any = None, name: str = "value") -> Any:
    """A parameter of a node: an array where it is known, else the tensor of a graph that computes it."""
    graph = mode.current_graph()
    if not is_symbolic(value) and (graph is None or not hasattr(value, "_as_tensor")):
        graph = None
    elif graph is None:
        graph = graph_for([value])
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    made = as_tensor(value, wanted, graph, "Const" if graph is None else graph.unique_name(name, False))
    if isinstance(made, EagerTensor):
        return np.asarray(made._value)
    known = infer.constant_value(made)
    return made if known is None else np.asarray(known)


def is_symbolic(value: Any) -> bool:
    """Whether a value, or something in a list of values, belongs to a graph."""
    if isinstance(value, (list, tuple)):
        return any(map(is_symbolic, value))
    return isinstance(value, GraphTensor) or getattr(value, "_graph_home", None) is not None


def integer_of(value: Any, name: str) -> Any:
    """A scalar integer parameter, int64. Raises ValueError or TypeError for what is none."""
    made = value_of(value, None if hasattr(value, "dtype") else dtypes.int64, name)
    if isinstance(made, np.ndarray):
        if made.shape:
            raise ValueError(f"{name} must be a scalar, but had shape {list(made.shape)}")
        if made.dtype.kind not in "iu":
            raise TypeError(f"{name} must be an integer, not {made.dtype.name}")
        return made.astype(np.int64)
    return made


@final
class Context:
    """What the iterators of one pass share: values of symbolic parameters, draws, and how often nodes started.

    bases: how many passes there were over each node before, for shuffles that change from pass to pass. memory: what
    nodes keep in memory from one pass to the next.
    """

    def __init__(self, values: Mapping[GraphTensor, Any] | None = None, bases: Mapping[Node, int] | None = None,
                 shared: Context | None = None, memory: Any = None) -> None:
        self.values: dict[GraphTensor, Any] = dict(values or {})
        self.bases: Mapping[Node, int] = (bases or {}) if shared is None else shared.bases
        self.store = Store() if shared is None else shared.store
        self.passes: dict[Node, int] = {} if shared is None else shared.passes
        self.memory: Any = ({} if memory is None else memory) if shared is None else shared.memory
        self.runners: dict[Any, Any] = {} if shared is None else shared.runners

    def child(self, values: Mapping[GraphTensor, Any]) -> Context:
        """The context of a dataset that a function made: its values besides, all else shared."""
        return Context({**self.values, **values}, shared=self)

    def value(self, parameter: Any) -> np.ndarray:
        """The array of a parameter."""
        return parameter if isinstance(parameter, np.ndarray) else np.asarray(self.values[parameter])

    def integer(self, parameter: Any) -> int:
        """The value of a scalar parameter."""
        return int(self.value(parameter))

    def start_of(self, node: Node) -> tuple[int, int]:
        """Which pass over `node` begins now: of all iterators over it, and within this one."""
        number = self.passes.get(node, 0)
        self.passes[node] = number + 1
        return self.bases.get(node, 0), number


class Node(ABC):
    """The description of a dataset. `spec` describes its elements, `parents` are where they come from."""

    spec: Any
    parents: tuple[Node, ...] = ()
    functions: tuple[Any, ...] = ()
    values: tuple[Any, ...] = ()
    options: Any = None

    @property
    def name(self) -> str:
        """What stands for it in a written graph: a description is an object of this process."""
        return type(self).__name__

    @abstractmethod
    def elements(self, context: Context) -> Elements:
        """A pass over the elements, from the first one on."""

    def cardinality(self, context: Context) -> int:
        """How many elements there are: a number, INFINITE or UNKNOWN."""
        return UNKNOWN

    def symbols(self) -> list[GraphTensor]:
        """The tensors of a graph that must be known before elements can be made, in a fixed order."""
        found: dict[GraphTensor, None] = {}
        for node in walk(self):
            found.update(dict.fromkeys(v for v in node.values if isinstance(v, GraphTensor)))
            for function in node.functions:
                found.update(dict.fromkeys(function.captures))
        return list(found)


def walk(node: Node) -> Iterator[Node]:
    """A node and all that it takes elements from, each once."""
    seen: set[Node] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if current not in seen:
            seen.add(current)
            yield current
            stack.extend(reversed(current.parents))


@final
class Made:
    """A dataset that is ready to run: a node, and the context that knows its values."""

    __slots__ = ("context", "node")

    def __init__(self, node: Node, context: Context | None = None) -> None:
        self.node = node
        self.context = Context() if context is None else context

    def elements(self) -> Elements:
        """A pass over its elements."""
        return self.node.elements(self.context)

    def _elements_of(self) -> Made:
        return self


class Elements(ABC):
    """One pass over a dataset. An element is a list with a value for each leaf; None says that there is no more."""

    @abstractmethod
    def next(self) -> list[Any] | None:
        """The next element, or None at the end."""

    def next_many(self, count: int) -> tuple[int, list[np.ndarray]]:
        """Up to `count` elements as columns, where every leaf is a tensor; fewer only at the end.

        Raises InvalidArgumentError where their shapes differ.
        """
        found: list[list[Any]] = []
        while len(found) < count:
            element = self.next()
            if element is None:
                break
            found.append(element)
        return len(found), columns(found)

    @property
    def rows(self) -> Rows | None:
        """Random access to the elements that are left, where that costs nothing; `next` must not be used besides."""
        return None

    @abstractmethod
    def state(self) -> Any:
        """Where the pass stands."""

    @abstractmethod
    def restore(self, state: Any) -> None:
        """Go to where a pass stood."""

    def close(self) -> None:  # noqa: B027  (most have nothing to give back)
        """Give back threads and files."""


class Forwarding(Elements):
    """A pass over another that keeps nothing besides the state of that one."""

    def __init__(self, source: Elements) -> None:
        self._source = source

    def state(self) -> Any:
        return self._source.state()

    def restore(self, state: Any) -> None:
        self._source.restore(state)

    def close(self) -> None:
        self._source.close()


class Rows(ABC):
    """Random access to the elements of a pass: they are the same in whatever order they are taken."""

    length: int

    @abstractmethod
    def row(self, index: int) -> list[Any]:
        """One element."""

    @abstractmethod
    def gather(self, indices: np.ndarray) -> list[np.ndarray]:
        """Elements as columns."""


def columns(elements: Sequence[list[Any]]) -> list[np.ndarray]:
    """Elements stacked, leaf by leaf. Raises InvalidArgumentError where shapes differ."""
    return [stacked([e[i] for e in elements], i) for i in range(len(elements[0]))] if elements else []


def stacked(values: Sequence[np.ndarray], component: int) -> np.ndarray:
    """Arrays of one shape along a new first dimension."""
    first = values[0]
    shape = first.shape
    out = np.empty((len(values), *shape), first.dtype)
    for i, value in enumerate(values):
        if value.shape != shape:
            raise errors.InvalidArgumentError(
                None, None, f"Cannot batch tensors with different shapes in component {component}. First element had "
                f"shape {_dims(shape)} and element {i} had shape {_dims(value.shape)}.")
        out[i] = value if shape else value[()]
    return out


def _dims(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]"


def arrays_of(element: Sequence[Any]) -> list[Any]:
    """An element as the flat arrays that a traced function takes: a sparse leaf is three, a dataset one."""
    found: list[Any] = []
    for value in element:
        if isinstance(value, np.ndarray):
            found.append(value)
        elif isinstance(value, (SparseTensorValue, RaggedValue)):
            found += [np.asarray(part) for part in value]
        elif value is not None:
            found.append(boxed(value))
    return found


def boxed(value: Any) -> np.ndarray:
    """An object as a scalar array, which is how it passes through graphs."""
    box = np.empty((), object)
    box[()] = value
    return box

