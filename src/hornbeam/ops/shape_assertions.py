"""`assert_rank`, `assert_shapes`, `assert_type` and their kin: what must hold of tensors' shapes and dtypes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.call import graph_for
from hornbeam.graph.dtypes import DType
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import EagerTensor, Tensor
from hornbeam.ops.assertions import assert_once_known, known, name_of, nothing, prefix

_STATIC = "static_checks_determined_all_ok"


def within(scope: str, name: str | None, inputs: Sequence[Any], check: Callable[[Graph | None], Any]) -> Any:
    """`check(graph)` where calls with these inputs go, its nodes in a scope."""
    graph = graph_for(*inputs)
    if graph is None:
        with mode.opened(None):
            return check(None)
    with mode.opened(graph), graph.name_scope(name or scope):
        return check(graph)


def _prefix(message: str | None) -> str:
    return f"{message}.  " if message else ""


# Ranks -----------------------------------------------------------------------------------------------


@public(v2=("debugging.assert_rank", "assert_rank"))
def assert_rank(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> Any:
    """The check that `x` has this rank.

    Raises ValueError where the shape says otherwise or `rank` is no scalar, TypeError where it is no integer; where
    only a run can tell, the operation that comes back raises InvalidArgumentError.
    """
    return rank_check(x, [rank], "must have rank", "assert_rank", message, None, None, name)


@public(v2=("debugging.assert_rank_at_least",))
def assert_rank_at_least(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> Any:
    """The check that `x` has at least this rank; raises as `assert_rank` does."""
    return rank_check(x, [rank], "must have rank at least", "assert_rank_at_least", message, None, None, name)


@public(v2=("debugging.assert_rank_in",))
def assert_rank_in(x: Any, ranks: Iterable[Any], message: str | None = None, name: str | None = None) -> Any:
    """The check that the rank of `x` is one of `ranks`; raises as `assert_rank` does."""
    return rank_check(x, list(ranks), "must have rank in", "assert_rank_in", message, None, None, name)


def rank_check(x: Any, ranks: list[Any], words: str, scope: str, message: str | None, data: Any,
               summarize: int | None, name: str | None) -> Any:
    """The checks of ranks, told apart by their words."""
    def check(graph: Graph | None) -> Any:
        tensor = x if isinstance(x, Tensor) else convert(x, name="x")
        wanted = [convert(r, name="rank") for r in ranks]
        for tensor_rank in wanted:
            if tensor_rank.dtype.base_dtype is not dtypes.int32:
                raise TypeError(f"tensor must be of type tf.int32; got {tensor_rank.dtype!r}")
            if tensor_rank.shape.rank not in (0, None):
                raise ValueError("Rank must be a scalar.")
        values = [known(r) for r in wanted]
        rank = tensor.shape.rank
        if rank is not None and None not in values:
            numbers = tuple(int(v) for v in values if v is not None)
            if not (rank >= numbers[0] if words.endswith("least") else rank in numbers):
                said = str(numbers) if words.endswith("in") else str(numbers[0])
                raise ValueError(f"{_prefix(message)}Tensor {name_of(tensor)} {words} {said}.  Received rank {rank}, "
                                 f"shape {tensor.shape}")
            return nothing(graph, _STATIC)
        found = ops["Rank"](tensor)
        if words.endswith("least"):
            holds = ops["GreaterEqual"](found, wanted[0])
        else:
            holds = ops["Any"](ops["Equal"](found, ops["Pack"](wanted)), [0])
        shown = data or [f"Tensor {name_of(tensor)} {words}", *wanted, "Received shape: ", ops["Shape"](tensor)]
        shown = [*prefix(message), *shown]
        return assert_once_known(graph, holds, shown, summarize)  # type: ignore[arg-type]

    return within(scope, name, (x, *ranks), check)


@public(v2=("debugging.assert_scalar",))
def assert_scalar(tensor: Any, message: str | None = None, name: str | None = None) -> None:
    """The check that a tensor is known to have rank 0. Raises ValueError where it is not."""
    scalar(tensor, name, message)


def scalar(tensor: Any, name: str | None, message: str | None) -> Any:
    """`assert_scalar`, which gives the tensor back in TF1."""
    def check(graph: Graph | None) -> Any:
        made = convert(tensor)
        if made.shape.rank != 0:
            which = f" for {made.name}" if graph is not None else ""
            raise ValueError(f"{_prefix(message)}Expected scalar shape{which}, saw shape: {made.shape}.")
        return made

    return within("assert_scalar", name, (tensor,), check)


# Dtypes ----------------------------------------------------------------------------------------------


@public(v2=("debugging.assert_type",))
def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """The check that a tensor has this dtype. Raises TypeError where it has not."""
    of_type(tensor, tf_type, message, name)


def of_type(tensor: Any, tf_type: Any, message: str | None, name: str | None) -> Any:
    """`assert_type`, which gives an operation in TF1."""
    wanted = dtypes.as_dtype(tf_type)

    def check(graph: Graph | None) -> Any:
        made = tensor if hasattr(tensor, "dtype") and hasattr(tensor, "shape") else convert(tensor)
        found = dtypes.as_dtype(made.dtype)
        if found.base_dtype is not wanted:
            which = "tensor" if graph is None or not hasattr(made, "name") else made.name
            raise TypeError(f"{_prefix(message)}{which} must be of type {wanted!r}; got {found!r}")
        return nothing(graph, "statically_determined_correct_type")

    return within("assert_type", name, (tensor,), check)


@public(v2=("debugging.assert_integer",))
def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> None:
    """The check that a tensor holds integers. Raises TypeError where it does not."""
    integer(x, message, name)


def integer(x: Any, message: str | None, name: str | None) -> Any:
    """`assert_integer`, which gives an operation in TF1."""
    def check(graph: Graph | None) -> Any:
        made = convert(x)
        if not made.dtype.is_integer:
            which = "tensor of" if graph is None else f"{made.name} of"
            raise TypeError(f'{_prefix(message)}Expected "x" to be integer type.  Found: {which} dtype {made.dtype!s}')
        return nothing(graph, "statically_determined_was_integer")

    return within("assert_integer", name, (x,), check)


@public("debugging.assert_proper_iterable", v1=("assert_proper_iterable",))
def assert_proper_iterable(values: Any) -> None:
    """The check that something is a list, tuple, set or other plain collection: no tensor, array or string.

    Raises TypeError where it is not.
    """
    if isinstance(values, (Tensor, np.ndarray, bytes, str)) or hasattr(values, "_as_tensor"):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


@public("debugging.assert_same_float_dtype", v1=("assert_same_float_dtype",))
def assert_same_float_dtype(tensors: Sequence[Any] | None = None, dtype: Any = None) -> DType:
    """The one float dtype of some tensors, which is `dtype` where that is given; float32 where neither says.

    Raises ValueError where the dtypes differ, or where they are no floats.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    first = None
    for tensor in tensors or ():
        found = tensor.dtype.base_dtype
        if wanted is None:
            wanted, first = found, tensor
        elif found is not wanted:
            beside = "" if first is None else f" as {_shown(first)}"
            raise ValueError(f"{_shown(tensor)}, type={found!s}, must be of the same type ({wanted!s}){beside}.")
    wanted = dtypes.float32 if wanted is None else wanted
    if not wanted.is_floating:
        raise ValueError(f"Expected floating point type, got {wanted!s}.")
    return wanted


def _shown(tensor: Any) -> str:
    return str(tensor) if isinstance(tensor, EagerTensor) else tensor.name


@public("debugging.is_numeric_tensor", v1=("is_numeric_tensor",))
def is_numeric_tensor(tensor: Any) -> bool:
    """Whether something is a tensor of numbers: floats, integers or complex numbers; booleans and strings are none."""
    return isinstance(tensor, Tensor) and (tensor.dtype.is_floating or tensor.dtype.is_integer
                                           or tensor.dtype.is_complex)


# Shapes ----------------------------------------------------------------------------------------------


@final
class _Size(NamedTuple):
    """What a symbol stands for: the tensor and the dimension where it was first seen, and the size there."""

    tensor: Any
    dimension: int
    size: Any


@public(v2=("debugging.assert_shapes",))
def assert_shapes(shapes: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
                  name: str | None = None) -> None:
    """The check that tensors have shapes whose symbols agree with each other.

    shapes: pairs (tensor, sizes), or a dictionary of them. The sizes are a sequence of integers, symbols (each stands
    for one size), None or "." for any size; "*" or `...` in the first place stands for any number of dimensions. A
    string is a sequence of characters. A scalar counts as [1] where one size is asked for.
    Raises ValueError where the shapes are known; where only a run can tell, InvalidArgumentError is raised then.

    >>> assert_shapes([([[1, 2, 3]], "ND"), ([4, 5, 6], "D")])
    """
    all_shapes(shapes, data, summarize, message, name)


def all_shapes(shapes: Any, data: Any, summarize: int | None, message: str | None, name: str | None) -> Any:
    """`assert_shapes`, which gives an operation in TF1."""
    pairs = list(shapes.items() if isinstance(shapes, Mapping) else shapes)

    def check(graph: Graph | None) -> Any:
        symbols: dict[Any, _Size] = {}
        made = []
        for value, sizes in pairs:
            tensor = value if isinstance(value, Tensor) else convert(value)
            made += _check_shape(graph, tensor, sizes, symbols, data, summarize, message)
        if graph is None:
            return None
        with graph.control_dependencies([m for m in made if m is not None]):
            return ops["NoOp"](name="group_deps")

    return within("assert_shapes", name, [t for t, _ in pairs], check)


def _check_shape(graph: Graph | None, tensor: Any, sizes: Any, symbols: dict[Any, _Size], data: Any,
                 summarize: int | None, message: str | None) -> list[Any]:
    label = _label(tensor)
    if not (hasattr(sizes, "__iter__") or hasattr(sizes, "__getitem__")):
        raise ValueError(f"{_prefix(message)}Tensor {label}.  Specified shape must be an iterable.  An iterable has "
                         f"the attribute `__iter__` or `__getitem__`.  Received specified shape: {sizes}")
    wanted = list(sizes)
    for place, size in enumerate(wanted):
        if place and _is_open(size):
            raise ValueError(f"{_prefix(message)}Tensor {label} specified shape index {place}.  Symbol `...` or `*` "
                             "for a variable number of unspecified dimensions is only allowed as the first entry")
    is_open = bool(wanted) and _is_open(wanted[0])
    wanted = (wanted[1:] if is_open else wanted) or ([] if is_open else [1])
    ranks = [len(wanted)] if len(wanted) != 1 else [0, 1]
    words = "must have rank at least" if is_open else "must have rank" if len(ranks) == 1 else "must have rank in"
    least = [ranks[0]] if is_open else ranks
    scope = {"must have rank": "assert_rank", "must have rank in": "assert_rank_in"}.get(words, "assert_rank_at_least")
    made = [rank_check(tensor, least, words, scope, message, data, summarize, None)]
    for place, size in enumerate(wanted):
        if size is None or (isinstance(size, str) and size == "."):
            continue
        dimension = place - len(wanted) if is_open else place
        found = _size_of(graph, tensor, dimension, len(wanted) == 1)
        explicit = isinstance(size, (int, np.integer)) or (isinstance(size, str) and size.isdigit())
        held = _Size(None, 0, int(size)) if explicit else symbols.setdefault(size, _Size(tensor, dimension, found))
        if held.tensor is not tensor or held.dimension != dimension:
            made.append(_same_size(graph, tensor, dimension, found, held, data, summarize, message))
    return made


def _is_open(size: Any) -> bool:
    return size is Ellipsis or (isinstance(size, str) and size == "*")


def _size_of(graph: Graph | None, tensor: Any, dimension: int, scalars: bool) -> Any:
    """The size of a dimension: a number where it is known, else a tensor. A scalar counts as [1]."""
    dims = tensor.shape
    if dims.rank is not None:
        size = 1 if dims.rank == 0 and scalars else dims._dims[dimension]
        if size is not None:
            return size
    shape = ops["Shape"](tensor)
    if dims.rank is None and scalars:
        shape = ops["ConcatV2"]([[1], shape], 0)
        dimension = -1
    return shape[dimension]


def _same_size(graph: Graph | None, tensor: Any, dimension: int, found: Any, held: _Size, data: Any,
               summarize: int | None, message: str | None) -> Any:
    origin = "Specified explicitly" if held.tensor is None else (
        f"Specified by tensor {_label(held.tensor)} dimension {held.dimension}")
    if isinstance(found, int) and isinstance(held.size, int):
        if found == held.size:
            return None
        raise ValueError(f"{_prefix(message)}{origin}.  Tensor {_label(tensor)} dimension {dimension} must have size "
                         f"{held.size}.  Received size {found}, shape {tensor.shape}")
    shown = data or [origin, f"Tensor {_label(tensor)} dimension", dimension, "must have size", held.size,
                     "Received shape: ", ops["Shape"](tensor)]
    shown = [*prefix(message), *shown]
    return assert_once_known(graph, ops["Equal"](found, held.size), shown, summarize)  # type: ignore[arg-type]


def _label(tensor: Any) -> str:
    return (f"shape={tensor.shape} dtype={tensor.dtype.name}" if isinstance(tensor, EagerTensor) else tensor.name)
