"""`if`, `and`, `or`, `not`, `a if c else b`, chains of comparisons and `assert`: Python's, or operations of a graph."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.autograph.state import (
    RETURNED,
    Absent,
    State,
    absent,
    fault,
    is_number,
    is_tensor_like,
    leaves,
    refilled,
    symbolic,
    tensor_of,
)
from hornbeam.graph import mode, nest
from hornbeam.graph.body import Body
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import checks, control_flow

SIDES = "main", "else"


def condition(value: Any, of: str) -> GraphTensor:
    """A symbolic value as the scalar boolean that decides. Raises ValueError for anything else."""
    flag = tensor_of(value)
    advice = "to check for None, use `is not None`"
    if not flag.dtype.base_dtype.is_bool:
        raise fault(ValueError, f"condition of {of} expected to be `tf.bool` scalar, got {flag}; to use as boolean "
                                f"Tensor, use `tf.cast`; {advice}", "compare it: `x != 0`")
    dims = flag._dims
    if dims and any(d is not None and d > 1 for d in dims):
        raise fault(ValueError, f"condition of {of} expected to be `tf.bool` scalar, got {flag}; {advice}",
                    "reduce it: `tf.reduce_all(x)` or `tf.reduce_any(x)`")
    return flag if dims == () else ops["Reshape"](flag, np.zeros(0, np.int32))


# if -------------------------------------------------------------------------------------------------


def if_stmt(test: Any, body: Callable[[], None], orelse: Callable[[], None], names: Sequence[str], count: int,
            getters: Sequence[Callable[[], Any]], setter: Any) -> None:
    """An `if` statement; `transform.py` says what the arguments are."""
    if not symbolic(test):
        if test:
            body()
        else:
            orelse()
        return
    chosen(test, body, orelse, State(names, count, getters, setter))


def chosen(test: Any, body: Callable[[], None], orelse: Callable[[], None], state: State) -> None:
    """An `if` of a symbolic condition: both branches are built, and the state is what they agree on."""
    graph = _graph_of(test)
    with mode.opened(graph), graph.name_scope("cond"):
        flag = condition(test, "if statement")
        before = state.read()
        sides = [_traced(graph, branch, before, state) for branch in (body, orelse)]
        merge = _Merge(state, before, [values for _, values in sides], [b for b, _ in sides])
        state.write(merge.results(graph, flag))


def _graph_of(test: Any) -> Graph:
    graph = graph_for(test)
    if graph is None:
        raise ValueError(f"{test!r} is symbolic, but no graph is open")
    return graph


def _traced(graph: Graph, branch: Callable[[], None], before: Sequence[Any], state: State) -> tuple[Body, list[Any]]:
    def run() -> list[Any]:
        state.write(before)
        branch()
        return state.read()

    return control_flow.traced(graph, run)


@final
class _Merge:
    """What two branches left, made one."""

    def __init__(self, state: State, before: Sequence[Any], after: Sequence[list[Any]], bodies: Sequence[Body]) -> None:
        self.state, self.before, self.bodies = state, before, bodies
        self.sides = after
        self.flagged = any(name.startswith("do_return") for name in state.names)
        self.outputs: list[tuple[GraphTensor, GraphTensor]] = []

    def results(self, graph: Graph, flag: GraphTensor) -> list[Any]:
        """The values after the branch; those that differ are outputs of one operation."""
        made: list[Callable[[Sequence[Any]], Any]] = []
        for i, name in enumerate(self.state.names):
            values = self.sides[0][i], self.sides[1][i]
            if i < self.state.count:
                made.append(self._merged(name, self.before[i], *values))
            else:
                made.append(self._restored(name, self.before[i], *values))
        for body, side in zip(self.bodies, zip(*self.outputs, strict=True) if self.outputs else ((), ()), strict=True):
            body.outputs = list(side)
        found = control_flow.merged(graph, flag, self.bodies)
        return [make(found) for make in made]

    def _restored(self, name: str, before: Any, first: Any, second: Any) -> Callable[[Sequence[Any]], Any]:
        """A variable that is read afterwards only by functions that were made earlier, if at all."""
        taken = len(self.outputs)
        try:
            return self._merged(name, before, first, second)
        except (TypeError, ValueError):
            del self.outputs[taken:]
            return lambda found: Absent(name)

    def _merged(self, name: str, before: Any, first: Any, second: Any) -> Callable[[Sequence[Any]], Any]:
        """How the value of a variable is made from the operation's outputs. Raises where the branches disagree."""
        if first is second and (first is before or not is_number(first)):
            return lambda found: first
        if absent(first) or absent(second):
            if absent(first) and absent(second):
                return lambda found: first
            first, second = self._filled(name, first, second)
        try:
            nest.assert_same_structure(first, second, expand_composites=True)
        except (TypeError, ValueError) as error:
            self._refuse_none(name, first, second)
            raise fault(TypeError, f"'{name}' must have the same nested structure in the main and else branches:\n\n"
                                   f"{error}") from None
        parts = [self._part(name, name.startswith("do_return"), *pair)
                 for pair in zip(leaves(first), leaves(second), strict=True)]
        return lambda found: refilled(first, [part(found) for part in parts])

    def _refuse_none(self, name: str, first: Any, second: Any) -> None:
        for value, side in zip((first, second), SIDES, strict=True):
            if value is None:
                raise fault(ValueError, f"'{name}' is None at the end of the {side} branch.",
                            "both branches must leave tensors, or both None")

    def _filled(self, name: str, first: Any, second: Any) -> tuple[Any, Any]:
        """Zeros for what one branch returns and the other does not, where a flag tells which did."""
        side = SIDES[0] if absent(first) else SIDES[1]
        if name.startswith(RETURNED):
            if not self.flagged:
                raise fault(ValueError, f"the {side} branch must also have a return statement.",
                            "return a value of the same dtype and structure in either case")
            if absent(first):
                return self._blank(second, 0), second
            return first, self._blank(first, 1)
        raise fault(ValueError, f"'{name}' must also be initialized in the {side} branch",
                    f"give '{name}' a value before the `if`, or in both branches")

    def _blank(self, like: Any, side: int) -> Any:
        def blank(part: Any) -> Any:
            if not is_tensor_like(part):
                return part
            with mode.opened(self.bodies[1 - side]):
                tensor = as_tensor(part, None, self.bodies[1 - side])
            return zeros(self.bodies[side], tensor._dims, tensor)

        return refilled(like, [blank(part) for part in leaves(like)])

    def _part(self, name: str, is_flag: bool, first: Any, second: Any) -> Callable[[Sequence[Any]], Any]:
        if first is second and not is_number(first):
            return lambda found: first
        if type(first) is type(second) and (isinstance(first, str) or (is_flag and isinstance(first, bool))) \
                and first == second:
            return lambda found: first
        self._refuse_none(name, first, second)
        for value, side in zip((first, second), SIDES, strict=True):
            if not is_tensor_like(value):
                raise fault(TypeError, f"'{name}' is a {type(value).__name__} at the end of the {side} branch, which "
                                       "is not a Tensor", "branches of a tensor can only leave tensors that differ")
        pair = tuple(_inside(body, v) for body, v in zip(self.bodies, (first, second), strict=True))
        a, b = (t.dtype.base_dtype for t in pair)
        if a is not b:
            raise fault(TypeError, f"'{name}' has dtype {a.name} in the main branch, but dtype {b.name} in the else "
                                   "branch", f"use `tf.cast`, or a constant of dtype {a.name}")
        at = len(self.outputs)
        self.outputs.append(pair)  # type: ignore[arg-type]
        return lambda found: found[at]


def _inside(body: Body, value: Any) -> GraphTensor:
    with mode.opened(body):
        return as_tensor(value, None, body, body.unique_name("Const", False))


def zeros(graph: Graph, dims: Dims, like: GraphTensor) -> GraphTensor:
    """Zeros for a value that is not read; a dimension that nobody knows is empty."""
    dtype = like.dtype.base_dtype
    shape = () if dims is None else tuple(0 if d is None else d for d in dims)
    with mode.opened(graph):
        return ops["Fill"](np.array(shape, np.int32), "" if dtype.name == "string" else np.zeros((), dtype.np_dtype))


# Expressions ----------------------------------------------------------------------------------------


def if_exp(test: Any, body: Callable[[], Any], orelse: Callable[[], Any], text: str) -> Any:
    """`body() if test else orelse()`; `text` is the test as it is written."""
    if not symbolic(test):
        return body() if test else orelse()
    held: list[Any] = [Absent(text)]

    def keep(values: Sequence[Any]) -> None:
        held[0] = values[0]

    def side(value: Callable[[], Any]) -> Callable[[], None]:
        return lambda: keep([value()])

    chosen(test, side(body), side(orelse), State((text,), 1, (lambda: held[0],), keep))
    return held[0]


def not_(value: Any) -> Any:
    """`not value`."""
    return ops["LogicalNot"](condition(value, "`not`")) if symbolic(value) else not value


def and_(first: Any, *others: Callable[[], Any]) -> Any:
    """`first and …`: what follows is evaluated only where all before it hold."""
    return _lazily(first, others, True)


def or_(first: Any, *others: Callable[[], Any]) -> Any:
    """`first or …`: what follows is evaluated only where nothing before it holds."""
    return _lazily(first, others, False)


def _lazily(value: Any, others: Sequence[Callable[[], Any]], wanted: bool) -> Any:
    if not others:
        return value
    if not symbolic(value):
        return _lazily(others[0](), others[1:], wanted) if bool(value) is wanted else value
    word = "and" if wanted else "or"
    flag = condition(value, f"`{word}`")

    def rest() -> Any:
        found = _lazily(others[0](), others[1:], wanted)
        return condition(found, f"`{word}`") if symbolic(found) else bool(found)

    graph = _graph_of(flag)
    with mode.opened(graph), graph.name_scope(word):
        return control_flow.branched(graph, flag, [rest, lambda: flag] if wanted else [lambda: flag, rest], False)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "is": operator.is_,
    "is not": operator.is_not, "in": lambda x, y: x in y, "not in": lambda x, y: x not in y}


def compared(symbols: Sequence[str], first: Any, *others: Callable[[], Any]) -> Any:
    """`first < b < c`: each is evaluated once, and only where all comparisons before it hold."""
    def step(left: Any, at: int) -> Any:
        right = others[at]()
        found = _compare(symbols[at], left, right)
        if at + 1 == len(others):
            return found
        return and_(found, lambda: step(right, at + 1))

    return step(first, 0)


def _compare(symbol: str, left: Any, right: Any) -> Any:
    if symbol in ("==", "!="):
        if (symbolic(left) or symbolic(right)) and left is not None and right is not None:
            return ops["Equal" if symbol == "==" else "NotEqual"](left, right, incompatible_shape_error=False)
        return left == right if symbol == "==" else left != right
    return _OPERATORS[symbol](left, right)


def checked(test: Any, text: str, message: Callable[[], Any] | None = None) -> Any:
    """What Python's `assert` looks at: of a symbolic test, True, and the graph checks it."""
    if not symbolic(test):
        return test
    flag = condition(test, "assert statement")
    said = f"assert {text}" if message is None else message()
    checks.assert_(flag, [said] if isinstance(said, (str, GraphTensor)) else [str(said)])  # noqa: PT009 (an op)
    return True


def returned(value: Callable[[], Any], flag: Any = True) -> Any:
    """What a function returns at its end: `value()`, None where it set none.

    flag: whether it returned before its end, where it does not certainly do.
    """
    try:
        found = value()
    except NameError:
        return None
    if symbolic(flag) and found is not None:
        raise fault(ValueError, "the function must also have a return statement at its end: it returns a value where a "
                                "tensor says so, and None where it does not.")
    return found

