"""What a `for` of a graph takes one by one: the rows of a tensor, the numbers of a range, several of these at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, final

import numpy as np

from hornbeam.autograph.state import fault, symbolic, tensor_of
from hornbeam.graph import infer, mode
from hornbeam.graph.call import as_tensor, convert_to_tensor
from hornbeam.graph.dtypes import int32
from hornbeam.graph.errors import OperatorNotAllowedInGraphError
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import EagerTensor, GraphTensor


class Rows(ABC):
    """Things that are taken one by one while a graph runs."""

    graph: Graph

    @abstractmethod
    def count(self) -> GraphTensor:
        """How many there are, a scalar int32."""

    @abstractmethod
    def row(self, index: GraphTensor) -> Any:
        """The one at `index`."""

    def tensors(self) -> list[GraphTensor] | None:
        """The tensors whose rows these are made of; None where they are not rows of tensors of one length."""
        return None

    def from_rows(self, given: Sequence[GraphTensor]) -> Any:
        """One of them, made of rows of `tensors()`."""
        return given[0]

    def __iter__(self) -> Iterator[Any]:
        raise OperatorNotAllowedInGraphError("how many there are is known only when the graph runs: use a `for` "
                                             "statement of a function that is converted")


@final
class TensorRows(Rows):
    """The rows of a tensor."""

    def __init__(self, tensor: GraphTensor) -> None:
        if tensor._dims == ():
            raise fault(ValueError, f"len requires a non-scalar tensor, got one of shape {tensor.shape}: {tensor}",
                        "loop over `tf.range(n)`, or reshape it")
        if tensor._dims is None:
            raise fault(ValueError, f"a loop over {tensor} needs to know its rank",
                        "say it: `x = tf.ensure_shape(x, [None, 3])`, or `x.set_shape`")
        self.tensor, self.graph = tensor, tensor.op.graph

    def count(self) -> GraphTensor:
        length = self.tensor._dims[0]  # type: ignore[index]
        if length is not None:
            return as_tensor(np.int32(length), None, self.graph, self.graph.unique_name("length", False))
        return ops["GatherV2"](ops["Shape"](self.tensor), np.int32(0), np.int32(0))

    def row(self, index: GraphTensor) -> Any:
        return ops["GatherV2"](self.tensor, index, np.int32(0))

    def tensors(self) -> list[GraphTensor] | None:
        return [self.tensor]


@final
class Numbers(Rows):
    """The numbers of `tf.range(start, limit, delta)`, never made as a whole."""

    def __init__(self, made: GraphTensor) -> None:
        self.start, self.limit, self.delta = made.op.inputs
        self.graph = made.op.graph

    def count(self) -> GraphTensor:
        start, limit, delta = (infer.constant_value(t) for t in (self.start, self.limit, self.delta))
        if start is not None and limit is not None and delta is not None:
            length = max(0, int(np.ceil((np.asarray(limit) - start) / delta)))
            return as_tensor(np.int32(length), None, self.graph, self.graph.unique_name("length", False))
        span = self.limit if start is not None and start == 0 else ops["Sub"](self.limit, self.start)
        if self.limit.dtype.base_dtype.is_integer:
            if delta is None or delta != 1:
                span = ops["Neg"](ops["FloorDiv"](ops["Neg"](span), self.delta))
        else:
            span = ops["Ceil"](ops["RealDiv"](span, self.delta))
        return ops["Maximum"](ops["Cast"](span, DstT=int32), np.int32(0))

    def row(self, index: GraphTensor) -> Any:
        found = ops["Cast"](index, DstT=self.start.dtype.base_dtype)
        delta, start = infer.constant_value(self.delta), infer.constant_value(self.start)
        if delta is None or delta != 1:
            found = ops["Mul"](found, self.delta)
        return found if start is not None and start == 0 else ops["AddV2"](self.start, found)


@final
class Numbered(Rows):
    """`enumerate`: pairs of an index and one of others."""

    def __init__(self, items: Rows, start: Any) -> None:
        self.items, self.start, self.graph = items, start, items.graph

    def count(self) -> GraphTensor:
        return self.items.count()

    def row(self, index: GraphTensor) -> Any:
        number = index if isinstance(self.start, int) and self.start == 0 else ops["AddV2"](index, self.start)
        return number, self.items.row(index)


@final
class Together(Rows):
    """`zip`: one of each, as many as all of them have."""

    def __init__(self, parts: Sequence[Rows], graph: Graph) -> None:
        self.parts, self.graph = parts, graph

    def count(self) -> GraphTensor:
        counts = [p.count() for p in self.parts]
        known = [infer.constant_value(c) for c in counts]
        if all(k is not None for k in known):
            return as_tensor(np.int32(min(int(k) for k in known)), None, self.graph,  # type: ignore[arg-type]
                             self.graph.unique_name("length", False))
        least = counts[0]
        for other in counts[1:]:
            least = ops["Minimum"](least, other)
        return least

    def row(self, index: GraphTensor) -> Any:
        return tuple(p.row(index) for p in self.parts)

    def tensors(self) -> list[GraphTensor] | None:
        """All of them, where they are tensors of one known length."""
        tensors = [p.tensor for p in self.parts if isinstance(p, TensorRows)]
        lengths = {t._dims[0] for t in tensors}  # type: ignore[index]
        return tensors if len(tensors) == len(self.parts) and len(lengths) == 1 and None not in lengths else None

    def from_rows(self, given: Sequence[GraphTensor]) -> Any:
        return tuple(given)


def is_row_by_row(items: Any) -> bool:
    """Whether a graph takes the rows of something: a tensor, of which one that has a value is captured."""
    return symbolic(items) or (type(items) is EagerTensor and mode.current_graph() is not None)


def rows_of(items: Any) -> Rows | None:
    """What a graph takes one by one; None for what Python iterates over."""
    if isinstance(items, Rows):
        return items
    if not is_row_by_row(items):
        return None
    tensor = tensor_of(items)
    if type(items) is GraphTensor and items.op.type == "Range":
        return Numbers(items)
    return TensorRows(tensor)


def of_its_own(items: Any) -> Any:
    """A dataset, in a graph: it has `enumerate`, `zip` and `map` of its own. None for anything else."""
    mine = hasattr(items, "_autograph_for") and hasattr(items, "enumerate") and mode.current_graph() is not None
    return items if mine else None


def numbered(items: Any, start: Any = 0) -> Any:
    """`enumerate`."""
    own = of_its_own(items)
    if own is not None:
        return own.enumerate(start)
    found = rows_of(items)
    if found is None:
        return enumerate(items, start)
    return Numbered(found, start)


def together(*items: Any, strict: bool = False) -> Any:
    """`zip`; Python's sequences go along with tensors where they can be tensors."""
    own = [of_its_own(i) for i in items]
    if own and all(o is not None for o in own):
        return own[0].zip(tuple(own))
    found = [rows_of(i) for i in items]
    graph = next((f.graph for f in found if f is not None), None)
    if graph is None:
        return zip(*items, strict=strict)
    parts: list[Rows] = []
    for item, rows in zip(items, found, strict=True):
        if rows is None:
            if not hasattr(item, "__len__"):
                raise fault(TypeError, f"zip of a tensor and a {type(item).__name__}, whose length is not known",
                            "make it a list or a tensor")
            rows = TensorRows(tensor_of(convert_to_tensor(list(item))))
        parts.append(rows)
    return Together(parts, graph)


def unrolled(items: Any) -> Any:
    """What a comprehension iterates over: of a symbolic tensor its rows, where their number is known."""
    if not (isinstance(items, Rows) or is_row_by_row(items)):
        return items
    found = rows_of(items)
    length = None if found is None else infer.constant_value(found.count())
    if found is None or length is None:
        raise fault(OperatorNotAllowedInGraphError,
                    "Iterating over a symbolic `tf.Tensor` is not allowed in a comprehension where its length is not "
                    f"known: {items!r}", "use `tf.map_fn`, or a `for` statement that writes to a `tf.TensorArray`")
    graph = found.graph
    if isinstance(found, TensorRows):
        return ops["Unpack"](found.tensor, num=int(length))
    return [found.row(as_tensor(np.int32(i), None, graph, graph.unique_name("index", False)))
            for i in range(int(length))]
