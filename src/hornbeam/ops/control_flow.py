"""Branches and loops: `cond`, `case`, `switch_case`, `while_loop`.

Where calls run at once they are Python's. In a graph each is one operation that holds the graphs of its branches, or
of its condition and body; `structural.py` says how these run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, infer, mode, nest
from hornbeam.graph.body import Body, written_variables
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.dtypes import DType
from hornbeam.graph.graph import Graph
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import checks, row_products, structural

# Graphs from functions ------------------------------------------------------------------------------


def traced(graph: Graph, function: Callable[..., Any], *args: Any) -> tuple[Body, Any]:
    """The graph that `function` builds within `graph`, and what it returned. The graph is still open."""
    body = Body(graph, graph.get_name_scope())
    with mode.opened(body):
        result = function(*args)
    return body, result


def as_outputs(body: Body, leaves: Iterable[Any], wanted: Sequence[DType | None] | None = None) -> list[GraphTensor]:
    """What a function returned as tensors of its graph; an operation becomes a true value that waits for it."""
    found: list[GraphTensor] = []
    with mode.opened(body):
        for i, leaf in enumerate(leaves):
            if isinstance(leaf, Operation):
                with body.control_dependencies([leaf]):
                    found.append(ops["Identity"](as_tensor(True, None, body, "done")))
            else:
                name = body.unique_name("Const", False)
                found.append(as_tensor(leaf, wanted[i] if wanted else None, body, name))
    return found


def close_all(graph: Graph, bodies: Sequence[Body], given: Sequence[Sequence[GraphTensor]]) -> list[GraphTensor]:
    """Close graphs that one operation will hold; the tensors of `graph` that any of them uses, its further inputs."""
    written = written_variables(bodies)
    for body in bodies:
        if written:
            body.read_inside(written)
        body.forget_unused()
    sources = list(dict.fromkeys(s for body in bodies for s in body.captures))
    for body, first in zip(bodies, given, strict=True):
        body.close(sources, first)
    return sources


def waits_of(bodies: Iterable[Body]) -> list[Operation]:
    """The operations outside that something inside waits for."""
    return list(dict.fromkeys(op for body in bodies for op in body.outer_controls))


# Branches -------------------------------------------------------------------------------------------


@public(v2=("cond",))
def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: str | None = None) -> Any:
    """What `true_fn()` returns where `pred` holds, else what `false_fn()` returns.

    pred: a scalar boolean. true_fn, false_fn: functions without arguments; what they return has the same structure
    and dtypes. In a graph both are called once, to build their parts; only one part runs, its writes included. What
    was made outside them runs in either case. Raises TypeError where a function is missing or the results differ.

    >>> int(cond(2 > 1, lambda: 10, lambda: 20))
    10
    """
    for label, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if function is None:
            raise TypeError(f"cond(): '{label}' argument required")
        if not callable(function):
            raise TypeError(f"'{label}' must be callable.")
    graph = graph_for(pred)
    if graph is None:
        return nest.map_structure(_result, true_fn() if _truth(pred) else false_fn())
    with mode.opened(graph), graph.name_scope(name or "cond"):
        flag = convert(pred)
        if flag.dims is None or flag.dims:
            flag = ops["Reshape"](flag, np.zeros(0, np.int32))
        return branched(graph, flag, [true_fn, false_fn], False)


def _result(value: Any) -> Any:
    return value if value is None or isinstance(value, Operation) or hasattr(value, "_parts") else convert(value)


def _truth(pred: Any) -> bool:
    return bool(np.asarray(convert(pred)._value).reshape(()))


def branched(graph: Graph, choice: GraphTensor, functions: Sequence[Any], unpack: bool,
             strict_v1: bool = False) -> Any:
    """One of the functions' results, by a boolean (the first where it holds) or an index.

    unpack: a list of one is handed on as its element. Raises TypeError and ValueError where results differ.
    """
    made = [traced(graph, f) for f in functions]
    bodies = [body for body, _ in made]
    results = [_unpacked(r) if unpack else r for _, r in made]
    if strict_v1:
        for label, result in zip(("true_fn", "false_fn"), results, strict=True):
            if result is None:
                raise ValueError(f"'{label}' must have a return value.")
    _refuse_unlike(results, strict_v1)
    for body, result in zip(bodies, results, strict=True):
        body.outputs = as_outputs(body, (x for x in nest.flatten(result, True) if x is not None))
    picked = iter(merged(graph, choice, bodies))
    leaves = [None if x is None else next(picked) for x in nest.flatten(results[0], True)]
    return nest.pack_sequence_as(results[0], leaves, True)


def merged(graph: Graph, choice: GraphTensor, bodies: Sequence[Body]) -> list[GraphTensor]:
    """The outputs of one of several graphs, as tensors of `graph`. Raises ValueError where their dtypes differ."""
    _refuse_dtypes([b.outputs for b in bodies])
    sources = close_all(graph, bodies, [()] * len(bodies))
    with graph.control_dependencies(waits_of(bodies)):
        if len(bodies) == 2:
            made = structural.if_op(choice, sources, then_branch=bodies[0], else_branch=bodies[1])
        else:
            made = structural.case_op(choice, sources, branches=tuple(bodies))
    return [ops["Identity"](t, name="Merge") for t in _listed(made)]


def _listed(made: Any) -> list[Any]:
    return made if isinstance(made, list) else []


def _unpacked(result: Any) -> Any:
    return result[0] if isinstance(result, (list, tuple)) and len(result) == 1 else result


def _refuse_unlike(results: Sequence[Any], v1: bool) -> None:
    for other in results[1:]:
        try:
            nest.assert_same_structure(results[0], other, expand_composites=True)
            nones = [[x is None for x in nest.flatten(r, True)] for r in (results[0], other)]
            if nones[0] != nones[1]:
                raise TypeError("one of them returns None where the other does not")
        except (TypeError, ValueError) as error:
            if v1:
                raise
            raise TypeError("true_fn and false_fn arguments to tf.cond must have the same number, type, and overall "
                            f"structure of return values.\n\n{error}") from None


def _refuse_dtypes(outputs: Sequence[Sequence[GraphTensor]]) -> None:
    for other in outputs[1:]:
        for x, y in zip(outputs[0], other, strict=True):
            if x.dtype.base_dtype is not y.dtype.base_dtype:
                raise ValueError("Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received "
                                 f"{x.dtype.base_dtype.name} from 'true_fn' and {y.dtype.base_dtype.name} from "
                                 "'false_fn'.")


@public("case")
def case(pred_fn_pairs: Any, default: Any = None, exclusive: bool = False, strict: bool = False,
         name: str = "case") -> Any:
    """What the function beside the first true predicate returns, else what `default()` returns.

    pred_fn_pairs: pairs (scalar boolean, function), or a dictionary. Without `default` one predicate must hold.
    exclusive: at most one may hold. strict: a list of one result stays a list.
    Raises TypeError for anything else, InvalidArgumentError where the predicates break these rules.

    >>> int(case([(1 > 2, lambda: 1), (2 > 1, lambda: 2)], default=lambda: 3))
    2
    """
    pairs = _pairs(pred_fn_pairs, default)
    graph = graph_for([p for p, _ in pairs])
    if graph is None:
        return _case_now(pairs, default, exclusive)
    with mode.opened(graph), graph.name_scope(name):
        predicates = [convert(p) for p, _ in pairs]
        waits = _case_checks(predicates, default, exclusive)
        remaining = list(zip(predicates, [f for _, f in pairs], strict=True))
        if default is None:
            default = remaining.pop()[1]

        def chosen(at: int) -> Any:
            if at == len(remaining):
                return default()
            with mode.opened(graph_here := mode.default_graph()), graph_here.name_scope("cond"):
                return branched(graph_here, graph_here.bring_in(remaining[at][0]),
                                [remaining[at][1], lambda: chosen(at + 1)], not strict)

        with graph.control_dependencies(waits):
            return chosen(0)


def _pairs(given: Any, default: Any) -> list[tuple[Any, Any]]:
    if not isinstance(given, (list, tuple, Mapping)):
        raise TypeError("'pred_fn_pairs' must be a list, tuple, or dict. Received: "
                        f"{type(given)}")
    pairs = list(given.items()) if isinstance(given, Mapping) else list(given)
    pairs = [(p.deref() if hasattr(p, "deref") else p, f) if isinstance(given, Mapping) else (p, f)
             for p, f in map(_pair, pairs)]
    if not pairs and default is None:
        raise ValueError("at least one pair of a predicate and a function, or a default, is needed")
    if default is not None and not callable(default):
        raise TypeError("'default' must be callable.")
    return pairs


def _pair(item: Any) -> tuple[Any, Any]:
    if not isinstance(item, tuple) or len(item) != 2:
        raise TypeError(f"Each entry in 'pred_fn_pairs' must be a 2-tuple. Received {item}.")
    if not callable(item[1]):
        raise TypeError(f"callable for pred {item[0]} must be callable.")
    return item


def _case_now(pairs: Sequence[tuple[Any, Any]], default: Any, exclusive: bool) -> Any:
    truths = [_truth(p) for p, _ in pairs]
    _case_checks([convert(t) for t in truths], default, exclusive)
    for truth, (_, function) in zip(truths, pairs, strict=True):
        if truth:
            return nest.map_structure(_result, function())
    return nest.map_structure(_result, default())


def _case_checks(predicates: Sequence[Any], default: Any, exclusive: bool) -> list[Any]:
    names = ", ".join(getattr(p, "name", str(p)) if type(p) is GraphTensor else str(p) for p in predicates)
    count = convert(0)
    if exclusive or default is None:
        for predicate in predicates:
            count = ops["AddV2"](count, ops["Cast"](predicate, DstT=dtypes.int32))
    made = []
    if exclusive:
        many = f"More than one condition evaluated as True but exclusive=True.  Conditions: ({names}), Values:"
        made.append(checks.assert_(ops["Less"](count, 2), [many, *predicates]))  # noqa: PT009 (an op)
    if default is None:
        none = f"None of conditions evaluated as True. Conditions: ({names}), Values:"
        made.append(checks.assert_(ops["Greater"](count, 0), [none, *predicates]))  # noqa: PT009 (an op)
    return [m for m in made if m is not None]


@public("switch_case")
def switch_case(branch_index: Any, branch_fns: Any, default: Any = None, name: str = "switch_case") -> Any:
    """What the function number `branch_index` returns; the default's (else the last's) where there is none.

    branch_index: a scalar int32. branch_fns: functions, or pairs (index, function), or a dictionary of them.
    Raises TypeError and ValueError for anything else.

    >>> int(switch_case(1, [lambda: 10, lambda: 20]))
    20
    """
    functions = _numbered(branch_fns, default)
    graph = graph_for(branch_index)
    if graph is None:
        index = int(convert(branch_index))
        return nest.map_structure(_result, functions[index if 0 <= index < len(functions) else -1]())
    with mode.opened(graph), graph.name_scope(name):
        index = convert(branch_index)
        if index.dtype.base_dtype.name != "int32":
            raise TypeError(f"branch_index must have dtype int32, got {index.dtype.name}")
        if len(functions) == 1:
            functions = functions * 2
        choice = ops["Equal"](index, 0) if len(functions) == 2 else index
        return branched(graph, choice, functions, False)


def _numbered(branch_fns: Any, default: Any) -> list[Any]:
    if not isinstance(branch_fns, (list, tuple, Mapping)) or not branch_fns:
        raise TypeError("'branch_fns' must be a list, tuple, or dict with at least one entry. "
                        f"Received {branch_fns!r}.")
    items = list(branch_fns.items()) if isinstance(branch_fns, Mapping) else list(branch_fns)
    if all(callable(f) for f in items):
        items = list(enumerate(items))
    for item in items:
        if not isinstance(item, tuple) or len(item) != 2 or not isinstance(item[0], int):
            raise TypeError(f"Each entry in 'branch_fns' must be a 2-tuple of an int and a callable. Received {item}.")
        if not callable(item[1]):
            raise TypeError(f"callable for key {item[0]} must be callable.")
    table = dict(items)
    if len(table) != len(items) or sorted(table) != list(range(len(table))):
        raise ValueError(f"branch indices must form contiguous range of [0 to {len(items)}) but found "
                         f"{{{','.join(str(k) for k, _ in items)}}}.")
    functions: list[Any] = [table[i] for i in range(len(table))]
    if default is not None:
        if not callable(default):
            raise TypeError("'default' must be callable.")
        functions.append(default)
    return functions


# Loops ----------------------------------------------------------------------------------------------


def loop(graph: Graph, condition: Callable[..., Any], body: Callable[..., Any], start: Sequence[GraphTensor],
         dims: Sequence[Dims] | None = None, counted: bool = True, limit: int | None = None) -> list[GraphTensor]:
    """`body` of the loop variables for as long as `condition` of them holds, as an operation of `graph`.

    `condition` and `body` take tensors; `body` gives as many, and may give more: those are what the last iteration
    made, and zero where there was none. dims: what is known of their shapes in every iteration. limit: a number of
    iterations that is known not to be exceeded.
    """
    shapes = [t._dims for t in start] if dims is None else list(dims)
    made: list[tuple[Body, list[GraphTensor]]] = []
    for function in (condition, body):
        inside = Body(graph, graph.get_name_scope())
        given = [inside.add_input(d, t.dtype) for d, t in zip(shapes, start, strict=True)]
        with mode.opened(inside):
            result = function(*given)
        leaves = result if isinstance(result, (list, tuple)) else [result]
        wanted = [t.dtype.base_dtype for t in start] if function is body and len(leaves) == len(start) else None
        inside.outputs = as_outputs(inside, leaves, wanted)
        made.append((inside, given))
    test, inner = made[0][0], made[1][0]
    _refuse_changed(start, shapes, inner.outputs[:len(start)])
    start = [*start, *(_unset(graph, t) for t in inner.outputs[len(start):])]
    for t in inner.outputs[len(shapes):]:
        for inside, given in made:
            given.append(inside.add_input(t._dims, t.dtype))
    sources = close_all(graph, [test, inner], [made[0][1], made[1][1]])
    with graph.control_dependencies(waits_of([test, inner])):
        return structural.while_op([*start, *sources], cond=test, body=inner, count=len(start), counted=counted,
                                   limit=limit)


def _unset(graph: Graph, like: GraphTensor) -> GraphTensor:
    """The value before the first iteration of what each iteration makes anew."""
    dtype = like.dtype.base_dtype
    with mode.opened(graph):
        if like._dims is None or None in like._dims:
            return ops["TensorArrayNew"](np.int32(0), dtype=dtype, element_shape=None)
        shape = np.array(like._dims, np.int32)
        return ops["Fill"](shape, "" if dtype.name == "string" else np.zeros((), dtype.np_dtype))


def scanned(graph: Graph, body: Callable[..., Any], start: Sequence[GraphTensor], rows: Sequence[GraphTensor],
            reverse: bool = False, counted: bool = True) -> list[GraphTensor]:
    """`body(carried, row)` for each row of `rows`, as an operation of `graph`: it gives (carried, row of results).

    The results: what is carried at the end, and the rows stacked.
    """
    inside = Body(graph, graph.get_name_scope())
    carried = [inside.add_input(t._dims, t.dtype) for t in start]
    taken = [inside.add_input(None if t._dims is None else t._dims[1:], t.dtype) for t in rows]
    with mode.opened(inside):
        now, results = body(carried, taken)
        after = as_outputs(inside, now, [t.dtype.base_dtype for t in start])
        inside.outputs = [*after, *as_outputs(inside, results)]
    _refuse_changed(start, [t._dims for t in start], after)
    rows = list(rows)
    row_products.taken_out(graph, inside, carried, taken, rows)
    sources = close_all(graph, [inside], [[*carried, *taken]])
    with graph.control_dependencies(waits_of([inside])):
        return structural.scan_op([*start, *rows, *sources], body=inside, carried=len(start), rows=len(rows),
                                  reverse=reverse, counted=counted)


def _refuse_changed(start: Sequence[GraphTensor], shapes: Sequence[Dims], outputs: Sequence[GraphTensor]) -> None:
    """Raise where an iteration gives another dtype or shape than it takes."""
    for before, dims, after in zip(start, shapes, outputs, strict=True):
        if before.dtype.base_dtype is not after.dtype.base_dtype:
            raise TypeError(f"Input tensor '{before.name}' enters the loop with dtype {before.dtype.base_dtype.name}, "
                            f"but has dtype {after.dtype.base_dtype.name} after one iteration.")
        if not TensorShape(dims).is_compatible_with(TensorShape(after._dims)):
            raise ValueError(f"Input tensor '{before.name}' enters the loop with shape {before.shape}, but has "
                             f"shape {TensorShape(after._dims)} after one iteration. To allow the shape to vary across "
                             "iterations, use the `shape_invariants` argument of tf.while_loop to specify a "
                             "less-specific shape.")


@public(v2=("while_loop",))
def while_loop(cond: Any, body: Any, loop_vars: Any, shape_invariants: Any = None, parallel_iterations: int = 10,
               back_prop: bool = True, swap_memory: bool = False, maximum_iterations: Any = None,
               name: str | None = None) -> Any:
    """The loop variables after `body` was applied to them for as long as `cond` of them holds.

    cond, body: functions of the loop variables; `cond` gives a scalar boolean, `body` new loop variables of the same
    dtypes and shapes. loop_vars: tensors, or nested lists of them. shape_invariants: shapes for variables whose shape
    changes from iteration to iteration; such a loop runs on the host. maximum_iterations: a limit.
    parallel_iterations, swap_memory: accepted. back_prop: whether gradients flow through the loop of a graph.
    Raises TypeError where dtypes change and for no positive `parallel_iterations`, ValueError where shapes or
    structures do.

    >>> [int(v) for v in while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), [0, 0])]
    [5, 10]
    """
    return looped(cond, body, loop_vars, shape_invariants, maximum_iterations, name, False, parallel_iterations,
                  back_prop)


def looped(cond: Any, body: Any, loop_vars: Any, shape_invariants: Any, maximum_iterations: Any, name: str | None,
           v1: bool, parallel_iterations: int = 10, back_prop: bool = True) -> Any:
    """`while_loop` of either generation: the first gives the structure that `body` returned."""
    if not callable(cond):
        raise TypeError("'cond' must be callable.")
    if not callable(body):
        raise TypeError("'body' must be callable.")
    if loop_vars is not None and not isinstance(loop_vars, (list, tuple)) and not nest.is_nested(loop_vars):
        loop_vars = [loop_vars]
    if not loop_vars:
        raise ValueError("'loop_vars' must be provided.")
    if parallel_iterations < 1:
        raise TypeError("'parallel_iterations' must be a positive integer.")
    graph = graph_for(nest.flatten(loop_vars, True), maximum_iterations)
    if graph is None:
        return _looped_now(cond, body, loop_vars, maximum_iterations)
    with mode.opened(graph), graph.name_scope(name or "while"):
        found = _Loop(graph, cond, body, loop_vars, v1).build(shape_invariants, maximum_iterations)
        return found if back_prop else nest.map_structure(ops["StopGradient"], found, expand_composites=True)


def _looped_now(cond: Any, body: Any, loop_vars: Any, limit: Any) -> Any:
    steps = 0 if limit is None else int(limit)
    current = nest.map_structure(_result, loop_vars)
    while (limit is None or steps > 0) and _truth(cond(*_arguments(current))):
        result = _wrapped(body(*_arguments(current)), current)
        nest.assert_same_structure(list(_arguments(current)), list(_arguments(result)), expand_composites=True)
        leaves = [_like(r, c) for r, c in zip(nest.flatten(result, True), nest.flatten(current, True), strict=True)]
        current = nest.pack_sequence_as(current, leaves, True)
        steps -= 1
    return current


def _like(value: Any, before: Any) -> Any:
    return convert(value, dtype_hint=getattr(before, "dtype", None))


def _arguments(variables: Any) -> Any:
    return variables if isinstance(variables, (list, tuple)) else (variables,)


def _wrapped(result: Any, like: Any) -> Any:
    """What a body returned, in a list where the loop variables are a list of one."""
    if isinstance(like, (list, tuple)) and (not isinstance(result, (list, tuple)) or (
            len(like) == 1 and nest.is_nested(like[0]) and len(result) != 1)):
        return [result]
    return result


class _Loop:
    """One call of `while_loop` in a graph."""

    def __init__(self, graph: Graph, cond: Any, body: Any, loop_vars: Any, v1: bool) -> None:
        self.graph, self.cond, self.body, self.v1 = graph, cond, body, v1
        self.structure = loop_vars
        self.returned: Any = loop_vars
        leaves = nest.flatten(loop_vars, True)
        self.start = [as_tensor(x, None, graph, graph.unique_name("Const", False)) for x in leaves]

    def build(self, shape_invariants: Any, maximum_iterations: Any) -> Any:
        """The loop's operation, and its results in the caller's structure."""
        dims = self._dims(shape_invariants)
        start, condition, body = list(self.start), self._condition, self._body
        limited = maximum_iterations is not None
        known: Any = None
        if limited:
            limit = ops["Cast"](convert(maximum_iterations), DstT=dtypes.int32)
            condition, body = self._limited(limit)
            counter = self.graph.unique_name("iteration_counter", False)
            start.insert(0, as_tensor(np.int32(0), None, self.graph, counter))
            dims.insert(0, ())
            known = infer.constant_value(limit) if isinstance(limit, GraphTensor) else None
        made = loop(self.graph, condition, body, start, dims, limit=None if known is None else int(known))
        results = [ops["Identity"](t, name="Exit") for t in made]
        return nest.pack_sequence_as(self.returned if self.v1 else self.structure, results[limited:], True)

    def _packed(self, given: Sequence[Any]) -> Any:
        return _arguments(nest.pack_sequence_as(self.structure, list(given), True))

    def _condition(self, *given: Any) -> Any:
        flag = convert(self.cond(*self._packed(given)))
        if not flag.dtype.base_dtype.is_bool:
            raise TypeError(f"'cond' of a while loop must give a boolean, not {flag.dtype.name}")
        if self.v1 and flag.dims:
            raise ValueError(f"Shape must be rank 0 but is rank {len(flag.dims)} for the condition of a while loop: "
                             f"{flag}")
        return flag

    def _body(self, *given: Any) -> list[Any]:
        result = _wrapped(self.body(*self._packed(given)), self.structure)
        self.returned = result
        nest.assert_same_structure(list(_arguments(self.structure)), list(_arguments(result)), expand_composites=True)
        return nest.flatten(result, True)

    def _limited(self, limit: Any) -> tuple[Any, Any]:
        """Condition and body with a counter of iterations in front."""
        def condition(counter: Any, *given: Any) -> Any:
            return ops["LogicalAnd"](ops["Less"](counter, limit), self._condition(*given))

        return condition, lambda counter, *given: [ops["AddV2"](counter, 1), *self._body(*given)]

    def _dims(self, shape_invariants: Any) -> list[Dims]:
        variables = nest.flatten(self.structure)
        if shape_invariants is None:
            given: list[Any] = [None if isinstance(v, SparseTensor) else _SAME for v in variables]
        else:
            given = list(_invariants(shape_invariants))
        if len(given) == len(variables):
            parts = iter(self.start)
            leaves = [dims for variable, said in zip(variables, given, strict=True)
                      for dims in _part_dims(variable, said, parts)]
        else:
            leaves = given
        if len(leaves) != len(self.start):
            raise ValueError("The two structures don't have the same nested structure: `shape_invariants` has "
                             f"{len(given)} shapes for {len(variables)} loop variables.")
        for tensor, dims in zip(self.start, leaves, strict=True):
            if not includes(dims, tensor._dims):
                raise ValueError(
                    f"The shape invariant specified for {tensor.name} is not compatible with the initial shape of the "
                    f"loop variable. It enters the loop with shape {TensorShape(tensor._dims)}, but the specified "
                    f"shape invariant is {TensorShape(dims)}.")
        return leaves


_SAME: Any = object()
"""In place of a shape invariant: the shape that a variable has at the start."""


def _part_dims(variable: Any, said: Any, parts: Iterator[GraphTensor]) -> list[Dims]:
    """What is known in every iteration of the tensors that stand for a variable, of the next ones of `parts`.

    said: the dimensions of its invariant. That of a sparse tensor is of the dense shape; how many elements there are
    may change. That of slices is of their rows.
    """
    if isinstance(variable, SparseTensor):
        indices, _, shape = (next(parts)._dims for _ in range(3))
        rank = shape[0] if shape else None if said is None else len(said)
        return [(None, rank if indices is None else indices[1]), (None,), (rank,)]
    if isinstance(variable, IndexedSlices):
        held = [next(parts)._dims for _ in nest.flatten(variable, True)]
        return held if said is _SAME or said is None else [said, (said[0],), *held[2:]]
    if hasattr(variable, "_parts"):
        return [next(parts)._dims for _ in nest.flatten(variable, True)]
    start = next(parts)
    return [start._dims if said is _SAME else said]


def _invariants(structure: Any) -> Iterable[Dims]:
    if isinstance(structure, TensorShape) or structure is None:
        yield None if structure is None else structure._dims
    elif hasattr(structure, "shape") and not isinstance(structure, (list, tuple, Mapping)):
        yield TensorShape(structure.shape)._dims
    else:
        children = [structure[k] for k in sorted(structure)] if isinstance(structure, Mapping) else structure
        for child in children:
            yield from _invariants(child)


def includes(general: Dims, dims: Dims) -> bool:
    """Whether every shape that `dims` allows is one that `general` allows."""
    if general is None:
        return True
    return dims is not None and len(dims) == len(general) and all(
        g is None or g == d for g, d in zip(general, dims, strict=True))
