"""Functions over the rows of tensors: `map_fn`, `scan`, `foldl`, `foldr`.

Where calls run at once they are loops of Python; in a graph one `Scan` operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode, nest
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.errors import OutOfRangeError
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.ops import control_flow


def _rows_of(elems: Any, graph: Graph | None) -> list[Any]:
    """The leaves of `elems` as tensors of one number of rows. Raises ValueError otherwise."""
    leaves = [as_tensor(x, None, graph, graph.unique_name("elems", False) if graph else "elems")
              for x in nest.flatten(elems, True)]
    if not leaves:
        raise ValueError("elems must be a Tensor or (possibly nested) sequence of Tensors. Got no tensors.")
    if any(x.dims == () for x in leaves):
        raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    lengths = [x.dims[0] for x in leaves if x.dims and x.dims[0] is not None]
    for length in lengths[1:]:
        if length != lengths[0]:
            raise ValueError(f"Dimensions {lengths[0]} and {length} are not compatible")
    return leaves


def _called(fn: Any) -> None:
    if not callable(fn):
        raise TypeError(f"The provided function {getattr(fn, '__name__', fn)!r} is not callable.")


def _row(x: Any, index: int) -> Any:
    return x[index]


def _stacked(rows: Sequence[Any], like: Any = None) -> Any:
    if not rows:
        dims = (0, *(like.dims[1:] if like is not None else ()))
        return convert(np.zeros(dims, (like.dtype if like is not None else dtypes.float32).np_dtype))
    return ops["Pack"](list(rows))


# map_fn ---------------------------------------------------------------------------------------------


@public("map_fn")
def map_fn(fn: Any, elems: Any, dtype: Any = None, parallel_iterations: int | None = None, back_prop: bool = True,
           swap_memory: bool = False, infer_shape: bool = True, name: str | None = None,
           fn_output_signature: Any = None) -> Any:
    """`fn` of each row of `elems`, the results stacked.

    elems: a tensor, or nested tensors of equally many rows, of which `fn` gets one row each. fn_output_signature,
    dtype: what `fn` returns, as dtypes or `TensorSpec`s in its structure; needed where that is not the structure and
    dtypes of `elems`. parallel_iterations, swap_memory, back_prop, infer_shape: accepted.
    Raises ValueError for scalars, rows of different number, and another structure; TypeError for another dtype.

    >>> map_fn(lambda x: x * x, np.array([1, 2, 3])).numpy().tolist()
    [1, 4, 9]
    """
    _called(fn)
    signature = fn_output_signature if fn_output_signature is not None else dtype
    wanted = elems if signature is None else signature
    graph = graph_for(nest.flatten(elems, True))
    if graph is None:
        return _mapped_now(fn, elems, wanted)
    with mode.opened(graph), graph.name_scope(name or "map"):
        leaves = _rows_of(elems, graph)

        def body(_: Any, rows: Sequence[Any]) -> Any:
            return [], _checked(fn(nest.pack_sequence_as(elems, rows, True)), wanted)

        made = control_flow.scanned(graph, body, [], leaves)
        results = [ops["Identity"](t, name="TensorArrayV2Stack") for t in made]
        return nest.pack_sequence_as(wanted, results, True)


def _mapped_now(fn: Any, elems: Any, wanted: Any) -> Any:
    leaves = _rows_of(elems, None)
    found = [_checked(fn(nest.pack_sequence_as(elems, [_row(x, i) for x in leaves], True)), wanted)
             for i in range(leaves[0].dims[0])]
    width = len(nest.flatten(wanted, True))
    columns = [[row[i] for row in found] for i in range(width)]
    likes = [leaves[i] if i < len(leaves) else leaves[0] for i in range(width)]
    return nest.pack_sequence_as(wanted, [_stacked(c, x) for c, x in zip(columns, likes, strict=True)], True)


def _checked(result: Any, wanted: Any) -> list[Any]:
    """What `fn` returned as tensors of the dtypes that were said."""
    nest.assert_same_structure(wanted, result, check_types=False, expand_composites=True)
    found = []
    for value, like in zip(nest.flatten(result, True), nest.flatten(wanted, True), strict=True):
        dtype = _dtype_of(like)
        tensor = convert(value, dtype_hint=dtype)
        if dtype is not None and tensor.dtype.base_dtype is not dtype:
            raise TypeError(f"map_fn was told that `fn` returns {dtype.name}, but it returned "
                            f"{tensor.dtype.base_dtype.name}: pass fn_output_signature")
        found.append(tensor)
    return found


def _dtype_of(like: Any) -> Any:
    kind = getattr(like, "dtype", like)
    try:
        return dtypes.as_dtype(kind).base_dtype
    except TypeError:
        return None


# scan, foldl, foldr ---------------------------------------------------------------------------------


def _initial(initializer: Any, elems: Any, leaves: Sequence[Any], graph: Graph | None) -> tuple[Any, list[Any]]:
    """The structure of the accumulated value, and its first values."""
    if initializer is None:
        return elems, list(leaves)
    values = [as_tensor(x, None, graph, graph.unique_name("initializer", False) if graph else "initializer")
              for x in nest.flatten(initializer, True)]
    return initializer, values


def _accumulate(fn: Any, structure: Any, elems: Any) -> Callable[[Sequence[Any], Sequence[Any]], list[Any]]:
    """`fn` on flat lists. Raises ValueError where it gives another structure, TypeError another dtype."""
    def step(now: Sequence[Any], rows: Sequence[Any]) -> list[Any]:
        result = fn(nest.pack_sequence_as(structure, list(now), True),
                    nest.pack_sequence_as(elems, list(rows), True))
        nest.assert_same_structure(structure, result, check_types=False, expand_composites=True)
        return [convert(r, dtype_hint=n.dtype) for r, n in zip(nest.flatten(result, True), now, strict=True)]

    return step


def _part(x: Any, begin: int | None, end: int | None) -> Any:
    """The rows `x[begin:end]`, where they are all but the first or the last."""
    return x[begin:end]


@public("scan")
def scan(fn: Any, elems: Any, initializer: Any = None, parallel_iterations: int = 10, back_prop: bool = True,
         swap_memory: bool = False, infer_shape: bool = True, reverse: bool = False, name: str | None = None) -> Any:
    """The values of `a = fn(a, row)` over the rows of `elems`, stacked.

    initializer: the first `a`; without it, the first row. reverse: from the last row to the first.
    parallel_iterations, swap_memory, back_prop, infer_shape: accepted. Errors as for `map_fn`.

    >>> scan(lambda a, x: a + x, np.array([1, 2, 3])).numpy().tolist()
    [1, 3, 6]
    """
    _called(fn)
    graph = graph_for(nest.flatten([elems, [] if initializer is None else initializer], True))
    if graph is None:
        return _folded_now(fn, elems, initializer, reverse, True)
    with mode.opened(graph), graph.name_scope(name or "scan"):
        leaves = _rows_of(elems, graph)
        structure, values = _initial(initializer, elems, leaves, graph)
        step = _accumulate(fn, structure, elems)
        edge = -1 if reverse else 0
        if initializer is None:
            start, rows = [_row(v, edge) for v in values], [_part(x, *((None, -1) if reverse else (1, None)))
                                                             for x in leaves]
        else:
            start, rows = values, leaves

        def body(now: Sequence[Any], row: Sequence[Any]) -> Any:
            after = step(now, row)
            return after, after

        made = control_flow.scanned(graph, body, start, rows, reverse)[len(start):]
        if initializer is None:
            firsts = [ops["ExpandDims"](s, np.int32(0)) for s in start]
            made = [ops["ConcatV2"]([m, f] if reverse else [f, m], np.int32(0))
                    for m, f in zip(made, firsts, strict=True)]
        results = [ops["Identity"](t, name="TensorArrayV2Stack") for t in made]
        return nest.pack_sequence_as(structure, results, True)


def _folded_now(fn: Any, elems: Any, initializer: Any, reverse: bool, every: bool) -> Any:
    leaves = _rows_of(elems, None)
    count = leaves[0].dims[0]
    order = list(range(count))[::-1] if reverse else list(range(count))
    structure, values = _initial(initializer, elems, leaves, None)
    step = _accumulate(fn, structure, elems)
    kept: list[list[Any]] = []
    if initializer is None:
        if not order:
            raise OutOfRangeError(None, None, "Tried to read from index 0 but array size is: 0 ")
        values = [_row(x, order[0]) for x in leaves]
        kept.append(values)
        order = order[1:]
    for index in order:
        values = step(values, [_row(x, index) for x in leaves])
        kept.append(values)
    if not every:
        return nest.pack_sequence_as(structure, values, True)
    kept = kept[::-1] if reverse else kept
    columns = [_stacked([row[i] for row in kept], ops["ExpandDims"](values[i], np.int32(0)))
               for i in range(len(values))]
    return nest.pack_sequence_as(structure, columns, True)


def _fold(fn: Any, elems: Any, initializer: Any, reverse: bool, name: str) -> Any:
    _called(fn)
    graph = graph_for(nest.flatten([elems, [] if initializer is None else initializer], True))
    if graph is None:
        return _folded_now(fn, elems, initializer, reverse, False)
    with mode.opened(graph), graph.name_scope(name):
        leaves = _rows_of(elems, graph)
        structure, values = _initial(initializer, elems, leaves, graph)
        step = _accumulate(fn, structure, elems)
        rows = leaves
        if initializer is None:
            values = [_row(v, -1 if reverse else 0) for v in values]
            rows = [_part(x, *((None, -1) if reverse else (1, None))) for x in leaves]
        made = control_flow.scanned(graph, lambda now, row: (step(now, row), []), values, rows, reverse)
        return nest.pack_sequence_as(structure, [ops["Identity"](t) for t in made], True)


@public("foldl")
def foldl(fn: Any, elems: Any, initializer: Any = None, parallel_iterations: int = 10, back_prop: bool = True,
          swap_memory: bool = False, name: str | None = None) -> Any:
    """The last value of `a = fn(a, row)` over the rows of `elems`, from the first.

    initializer: the first `a`; without it, the first row. The other arguments are accepted. Errors as for `map_fn`.

    >>> int(foldl(lambda a, x: a - x, np.array([1, 2, 3])))
    -4
    """
    return _fold(fn, elems, initializer, False, name or "foldl")


@public("foldr")
def foldr(fn: Any, elems: Any, initializer: Any = None, parallel_iterations: int = 10, back_prop: bool = True,
          swap_memory: bool = False, name: str | None = None) -> Any:
    """The last value of `a = fn(a, row)` over the rows of `elems`, from the last. See `foldl`.

    >>> int(foldr(lambda a, x: a - x, np.array([1, 2, 3])))
    0
    """
    return _fold(fn, elems, initializer, True, name or "foldr")


