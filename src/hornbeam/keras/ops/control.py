"""Branches, loops and scans: Python's own where values are at hand, operations that hold graphs where they are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import mode
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.keras.ops.declare import core_op
from hornbeam.keras.ops.numpy import shaping
from hornbeam.keras.ops.numpy.binary import clip
from hornbeam.keras.ops.tensors import axis_of, dims, rank, tensor
from hornbeam.keras.tree import structures as tree
from hornbeam.ops import control_flow, joining
from hornbeam.ops.constants import range_op


@core_op(config="")
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """What `true_fn()` returns where `pred` holds, else what `false_fn()` does; their structure and dtypes agree."""
    if isinstance(pred, (bool, np.bool_)):
        return tree.map_structure(tensor, true_fn() if pred else false_fn(), none_is_leaf=False)
    return control_flow.cond(tensor(pred, "bool"), true_fn, false_fn)


@core_op(config="")
def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """What branch number `index` returns for the operands; the first or last one for numbers outside."""
    at = clip(tensor(index, "int32"), 0, len(branches) - 1)
    return control_flow.switch_case(at, [lambda f=f: f(*operands) for f in branches])


# Loops --------------------------------------------------------------------------------------------------


@core_op(config="cond body maximum_iterations")
def while_loop(cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any,
               maximum_iterations: Any = None) -> Any:
    """The loop variables after `body` was applied to them for as long as `cond` of them holds.

    loop_vars: a tensor, or a tuple or list of (nested) tensors, which stand for the arguments of both functions.
    """
    several = isinstance(loop_vars, (tuple, list))
    start = tuple(loop_vars) if several else (loop_vars,)

    def step(*now: Any) -> Any:
        made = body(*now)
        return list(made) if several else [made]

    found = control_flow.while_loop(cond, step, tree.map_structure(tensor, list(start)),
                                    maximum_iterations=maximum_iterations)
    return tuple(found) if several else found[0]


@core_op(config="lower upper body_fun")
def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """`init_val` after `body_fun(i, value)` for each i from `lower` to `upper`, the latter left out."""
    known = all(isinstance(v, (int, np.integer)) for v in (lower, upper))
    leaves = tree.flatten(init_val)
    if known and graph_for(*leaves) is None:
        value = tree.map_structure(tensor, init_val)
        for i in range(int(lower), int(upper)):
            value = body_fun(i, value)
        return value
    end = tensor(upper, "int32")

    def step(i: Any, *values: Any) -> Any:
        made = body_fun(i, tree.pack_sequence_as(init_val, values))
        return [i + 1, *tree.flatten(made)]

    found = control_flow.while_loop(lambda i, *_: i < end, step, [tensor(lower, "int32"), *map(tensor, leaves)],
                                    maximum_iterations=max(int(upper) - int(lower), 0) if known else None)
    return tree.pack_sequence_as(init_val, list(found)[1:])


# Scans --------------------------------------------------------------------------------------------------


def _rows(xs: Any, length: Any) -> list[Any]:
    """The leaves that a scan goes along. Raises ValueError where there are none and no length."""
    if xs is None or not tree.flatten(xs):
        if length is None:
            raise ValueError("Got no `xs` to scan over and `length` not provided.")
        return [range_op(np.int32(0), tensor(length, "int32"), np.int32(1))]
    return [tensor(x) for x in tree.flatten(xs)]


def scanned(f: Callable[[Any, Any], tuple[Any, Any]], init: Any, xs: Any, length: Any, reverse: bool) -> Any:
    """`scan`, in whichever mode its inputs say."""
    rows = _rows(xs, length)
    carried = [tensor(x) for x in tree.flatten(init)]
    seen: list[Any] = []

    def step(now: Sequence[Any], row: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        given = None if xs is None else tree.pack_sequence_as(xs, row)
        after, out = f(tree.pack_sequence_as(init, list(now)), given)
        seen.append(out)
        return [tensor(t) for t in tree.flatten(after)], [tensor(t) for t in tree.flatten(out) if t is not None]

    graph = graph_for(*carried, *rows)
    if graph is None:
        last, stacked = _at_once(step, carried, rows, reverse)
    else:
        with mode.opened(graph):
            made = control_flow.scanned(graph, step, [as_tensor(t, None, graph) for t in carried],
                                        [as_tensor(t, None, graph) for t in rows], reverse)
        last, stacked = made[:len(carried)], made[len(carried):]
    return tree.pack_sequence_as(init, list(last)), _refilled(seen[0], stacked)


def _refilled(like: Any, leaves: Sequence[Any]) -> Any:
    if like is None:
        return None
    given = iter(leaves)
    return tree.pack_sequence_as(like, [None if t is None else next(given) for t in tree.flatten(like)])


def _at_once(step: Any, carried: list[Any], rows: list[Any], reverse: bool) -> tuple[list[Any], list[Any]]:
    count = dims(rows[0])[0] or 0
    kept: list[list[Any]] = []
    for i in reversed(range(count)) if reverse else range(count):
        carried, out = step(carried, [x[i] for x in rows])
        kept.append(out)
    if not kept:  # what it would have given tells the structure
        _, out = step(carried, [_blank(x) for x in rows])
        return carried, [shaping.reshape(tensor(np.zeros(0, t.dtype.np_dtype)), (0, *dims(t))) for t in out]
    columns = zip(*(reversed(kept) if reverse else kept), strict=True)
    return carried, [joining.pack(list(c), axis=0) for c in columns]


def _blank(x: Any) -> Any:
    return tensor(np.zeros([d or 0 for d in dims(x)[1:]], x.dtype.base_dtype.np_dtype))


@core_op(config="length reverse unroll")
def scan(f: Callable[[Any, Any], tuple[Any, Any]], init: Any, xs: Any = None, length: Any = None,
         reverse: bool = False, unroll: Any = 1) -> Any:
    """`f(carry, x)` for each slice x of `xs`, from `init` on: the last carry, and the results stacked.

    f: gives (carry, result); the carry keeps its structure, shapes and dtypes. length: how often where `xs` is None.
    reverse: from the last slice to the first. unroll: accepted; the compiler decides.
    Raises TypeError where `f` cannot be called, ValueError where nothing says how often.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"`unroll` must be an positive integer or boolean. Received: unroll={unroll}")
    return scanned(f, init, xs, length, bool(reverse))


@core_op(config="")
def map_(f: Callable[[Any], Any], xs: Any) -> Any:
    """`f` of each slice of `xs` along the first dimension, the results stacked."""
    return scanned(lambda _, x: ((), f(x)), (), xs, None, False)[1]


@core_op(config="function")
def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """`function` of each slice of `elements` along the first dimension, the results stacked."""
    return scanned(lambda _, x: ((), function(x)), (), elements, None, False)[1]


@core_op(config="reverse axis")
def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """All partial results of combining the slices along `axis` by `f`, an associative function of whole tensors.

    `f(a, b)` gets tensors of equally many slices and combines them pairwise, `a` the earlier ones. It is called
    log₂ n times. Raises TypeError where it cannot be called, ValueError where sizes differ or are unknown.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    values = [tensor(x) for x in tree.flatten(elems)]
    at = axis_of(axis, min(rank(v) for v in values))
    counts = {dims(v)[at] for v in values}
    if len(counts) != 1:
        raise ValueError(f"Array inputs to associative_scan must have the same first dimension. (saw: {counts})")
    count = counts.pop()
    if count is None:
        raise ValueError("associative_scan needs a known number of slices")
    values = [shaping.flip(v, at) for v in values] if reverse else values
    reach = 1
    while reach < count:
        sooner = [shaping.split(v, [count - reach], at)[0] for v in values]
        heads, later = zip(*(shaping.split(v, [reach], at) for v in values), strict=True)
        made = tree.flatten(f(tree.pack_sequence_as(elems, sooner), tree.pack_sequence_as(elems, list(later))))
        values = [joining.concat([h, tensor(m)], at) for h, m in zip(heads, made, strict=True)]
        reach *= 2
    return tree.pack_sequence_as(elems, [shaping.flip(v, at) for v in values] if reverse else values)

