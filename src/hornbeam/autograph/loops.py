"""`while` and `for`: Python's, or loops of a graph.

What a loop changes is its state. The tensors and numbers in it are the graph loop's variables; all else must be the
same after each iteration. A variable that has no value before the loop takes what the last iteration gave it, so the
loop must run at least once; one that is None before and is read in the loop has its first iteration built outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, final

import numpy as np

from hornbeam.autograph import rows
from hornbeam.autograph.branches import chosen, condition
from hornbeam.autograph.state import RETURNED, Absent, State, absent, fault, is_tensor_like, leaves, refilled, symbolic
from hornbeam.graph import infer, mode, nest
from hornbeam.graph.body import Body
from hornbeam.graph.call import as_tensor
from hornbeam.graph.dtypes import int32
from hornbeam.graph.graph import Graph
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import checks, control_flow, structural

INVARIANTS = "Use tf.autograph.experimental.set_loop_options to set shape invariants."


@final
class LoopOptions:
    """What the source tells of a loop.

    needed: the names that an iteration reads before it writes them. targets: the names that a `for` sets.
    binds: whether the test binds names. settings: gives the arguments of `set_loop_options`.
    """

    __slots__ = ("_settings", "binds", "needed", "targets")

    def __init__(self, needed: Sequence[str], targets: Sequence[str], binds: bool,
                 settings: Callable[[], dict[str, Any]] | None = None) -> None:
        self.needed, self.targets, self.binds, self._settings = frozenset(needed), frozenset(targets), binds, settings

    def settings(self) -> Mapping[str, Any]:
        """The arguments that `set_loop_options` was called with in the loop."""
        return {} if self._settings is None else self._settings()


# while ----------------------------------------------------------------------------------------------


def while_stmt(test: Callable[[], Any], body: Callable[[], None], names: Sequence[str], count: int,
               getters: Sequence[Callable[[], Any]], setter: Any, options: LoopOptions) -> None:
    """A `while` statement. It goes on in the graph as soon as its condition is symbolic."""
    while True:
        flag = _asked(test, options)
        if symbolic(flag):
            _While(test, body, State(names, count, getters, setter), options).build()
            return
        if not flag:
            return
        body()


def _asked(test: Callable[[], Any], options: LoopOptions) -> Any:
    """The condition now. What a symbolic one is made of is thrown away, as the loop makes it again."""
    graph = mode.state.open_graphs[-1] if mode.state.open_graphs else None
    if graph is None or options.binds:
        return test()
    with mode.opened(Body(graph, graph.get_name_scope())):
        return test()


@final
class _While:
    """A `while` whose condition is symbolic."""

    def __init__(self, test: Callable[[], Any], body: Callable[[], None], state: State, options: LoopOptions) -> None:
        self.test, self.body, self.state, self.options = test, body, state, options

    def build(self) -> None:
        """Make the loop, and set the state to what it leaves."""
        graph = mode.current_graph() or self.test().op.graph
        with mode.opened(graph), graph.name_scope("while"):
            variables = Variables(self.state, graph, self.options)
            flag = condition(self.test(), "while loop") if variables.late else None
            if variables.peeled:
                with graph.control_dependencies(_must_run(flag, variables.peeled)):
                    self.body()
                    variables, flag = Variables(self.state, graph, self.options), None
            self.loop(variables, flag)

    def loop(self, variables: Variables, flag: Any) -> None:
        def go_on(given: Sequence[GraphTensor]) -> Any:
            variables.enter(given)
            return condition(self.test(), "while loop")

        def step(given: Sequence[GraphTensor]) -> list[GraphTensor]:
            variables.enter(given)
            if self.options.binds:
                self.test()
            self.body()
            return variables.leave()

        variables.run(go_on, step, variables.settings.get("maximum_iterations"), runs=flag)
        if self.options.binds:
            self.test()


def _must_run(flag: Any, names: Sequence[str]) -> list[Any]:
    """Checks that a loop runs at least once, as these names have no value otherwise."""
    made = [checks.assert_(flag, [f"loop must iterate at least once to initialize {n}"]) for n in names]  # noqa: PT009
    return [m for m in made if m is not None]


# for ------------------------------------------------------------------------------------------------


def for_stmt(items: Any, more: Callable[[], Any] | None, body: Callable[[Any], None], names: Sequence[str], count: int,
             getters: Sequence[Callable[[], Any]], setter: Any, options: LoopOptions) -> None:
    """A `for` statement; it ends before an item for which `more()` does not hold."""
    state = State(names, count, getters, setter)
    own = getattr(items, "_autograph_for", None)
    if own is not None and mode.current_graph() is not None:
        _for_own(own, more, body, state, options)
        return
    found = rows.rows_of(items)
    if found is not None:
        _For(found, more, body, state, options).build()
        return
    _python_for(items, more, body, state)


def _python_for(items: Iterable[Any], more: Callable[[], Any] | None, body: Callable[[Any], None],
                state: State) -> None:
    """A `for` over Python's things. Where a tensor says when it ends, what is left of it is built as branches."""
    iterator = iter(items)
    while True:
        go = True if more is None else more()
        if symbolic(go):
            if not hasattr(items, "__len__"):
                raise fault(NotImplementedError,
                            "break and return statements which depend on a TF condition are not supported in Python "
                            "for loops. Did you intend to make it a TF loop?",
                            "loop over `tf.range(n)`, a tensor, or a list")
            for item in iterator:
                _one_if(more, lambda item=item: body(item), state)  # type: ignore[misc]
            return
        if not go:
            return
        try:
            item = next(iterator)
        except StopIteration:
            return
        body(item)


def _one_if(more: Any, body: Callable[[], None], state: State) -> None:
    go = more()
    if symbolic(go):
        chosen(go, body, lambda: None, state)
    elif go:
        body()


@final
class _For:
    """A `for` over the rows of tensors, or a range of numbers."""

    def __init__(self, items: rows.Rows, more: Any, body: Callable[[Any], None], state: State,
                 options: LoopOptions) -> None:
        self.items, self.more, self.body, self.state, self.options = items, more, body, state, options

    def build(self) -> None:
        """Make the loop, and set the state to what it leaves."""
        graph = mode.current_graph() or self.items.graph
        with mode.opened(graph), graph.name_scope("for"):
            count = self.items.count()
            length = infer.constant_value(count)
            variables = Variables(self.state, graph, self.options)
            flag = ops["Greater"](count, np.int32(0)) if variables.late and not length else None
            first = 0
            if variables.peeled:
                with graph.control_dependencies([] if flag is None else _must_run(flag, variables.peeled)):
                    self.body(self.items.row(as_tensor(np.int32(0), None, graph)))
                    variables, first, flag = Variables(self.state, graph, self.options), 1, None
            self.loop(graph, variables, count, first, None if length is None else int(length), flag)

    def loop(self, graph: Graph, variables: Variables, count: GraphTensor, first: int, length: int | None,
             flag: Any) -> None:
        tensors = self.items.tensors()
        if tensors is not None and self.more is None and first == 0 and variables.is_plain():
            variables.scan(tensors, self.items.from_rows, self.body)
            return
        limit = variables.settings.get("maximum_iterations")

        def go_on(given: Sequence[GraphTensor]) -> Any:
            variables.enter(given[1:])
            inside = ops["Less"](given[0], count)
            if self.more is None:
                return inside
            more = self.more()
            if symbolic(more):
                return ops["LogicalAnd"](inside, more)
            return inside if more else as_tensor(False, None, mode.default_graph())

        def step(given: Sequence[GraphTensor]) -> list[GraphTensor]:
            variables.enter(given[1:])
            self.body(self.items.row(given[0]))
            return [ops["AddV2"](given[0], np.int32(1)), *variables.leave()]

        variables.run(go_on, step, limit, as_tensor(np.int32(first), None, graph, graph.unique_name("index", False)),
                      length, flag)


def _for_own(own: Any, more: Any, body: Callable[[Any], None], state: State, options: LoopOptions) -> None:
    """A `for` over an object that builds its loops itself.

    Its method is `_autograph_for(step, start, go_on)`: `step(item, tensors)` gives the tensors after one iteration,
    `go_on(tensors)` (or None) a scalar boolean that must hold before each; it returns the tensors at the end, which
    have the dtypes and shapes of `start`.
    """
    graph = mode.default_graph()
    variables = Variables(state, graph, options)
    variables.widens = getattr(getattr(own, "__self__", None), "_autograph_widens", False)
    if variables.late or variables.peeled:
        raise fault(ValueError, f"'{state.names[variables.late[0]]}' must be defined before the loop",
                    "give it a value of the dtype and shape that it has after an iteration")

    def step(item: Any, given: Sequence[GraphTensor]) -> list[GraphTensor]:
        variables.enter(given)
        body(item)
        return variables.leave()

    def go_on(given: Sequence[GraphTensor]) -> Any:
        variables.enter(given)
        return more()

    while True:
        try:
            found = own(step, variables.widened(), None if more is None else go_on)
        except _Again:
            variables._start()
        else:
            variables.exit(found)
            return


# The variables --------------------------------------------------------------------------------------


class _Again(Exception):
    """The variables are other ones than was thought: build the loop once more."""


@final
class Variables:
    """The state of one loop of a graph: which parts of it are tensors, and what they must stay.

    late: the variables that have no value before the loop. peeled: whether one of them is None and read in the loop.
    """

    widens = False  # whether a shape that is another after an iteration leaves it open, as in loops over datasets

    def __init__(self, state: State, graph: Graph, options: LoopOptions) -> None:
        self.state, self.graph, self.options = state, graph, options
        self.before = state.read()
        self.settings = options.settings()
        count = state.count
        self.late = [i for i, v in enumerate(self.before) if (absent(v) or v is None) and i < count]
        nones = [i for i in self.late if self.before[i] is None]
        self.peeled = [state.names[i] for i in nones if state.names[i] in options.needed]
        self.forced: set[tuple[int, int]] = set()
        self.wider: dict[tuple[int, int], Dims] = {}
        self.made: dict[int, Any] = {}
        self.invariants = _Invariants(self.settings.get("shape_invariants"), state.names, self.before)
        self._start()

    def _start(self) -> None:
        self.places: list[tuple[int, int]] = []
        self.start: list[GraphTensor] = []
        self.dims: list[Dims] = []
        for i, value in enumerate(self.before):
            if i in self.late or absent(value):
                continue
            for j, part in enumerate(leaves(value)):
                if self._is_variable((i, j), part):
                    name = self.graph.unique_name(_plain(self.state.names[i]), False)
                    with mode.opened(self.graph):
                        tensor = as_tensor(part, None, self.graph, name)
                    self.places.append((i, j))
                    self.start.append(tensor)
                    dims = self.wider.get((i, j), tensor._dims)
                    self.dims.append(self.invariants.dims(self.state.names[i], i, j, dims))

    def widened(self) -> list[GraphTensor]:
        """The values before the loop, with the shapes that they may have in it."""
        return [t if t._dims == dims else ops["PlaceholderWithDefault"](t, shape=TensorShape(dims))
                for t, dims in zip(self.start, self.dims, strict=True)]

    def _is_variable(self, place: tuple[int, int], part: Any) -> bool:
        return place in self.forced or (is_tensor_like(part) and not _is_reference(part))

    def is_plain(self) -> bool:
        """Whether every variable has a value and a shape that does not change."""
        return not (self.late or self.settings)

    # Running ----------------------------------------------------------------------------------------

    def enter(self, given: Sequence[GraphTensor]) -> None:
        """Set the state to the loop's variables, at the start of an iteration."""
        self.state.write(self._values(given))

    def _values(self, given: Sequence[GraphTensor]) -> list[Any]:
        tensors = dict(zip(self.places, given, strict=False))
        made = []
        for i, value in enumerate(self.before):
            if i in self.late or absent(value):
                made.append(value)
            else:
                made.append(refilled(value, [tensors.get((i, j), p) for j, p in enumerate(leaves(value))]))
        return made

    def leave(self) -> list[GraphTensor]:
        """The loop's variables at the end of an iteration, then those that it made."""
        graph = mode.default_graph()
        after = self.state.read()
        found: dict[tuple[int, int], GraphTensor] = {}
        late: list[GraphTensor] = []
        for i, (name, before, now) in enumerate(zip(self.state.names, self.before, after, strict=True)):
            if i in self.late:
                late += self._made(i, name, now, graph)
            elif not absent(before):
                found.update(self._changed(i, name, before, now, graph))
        return [*(found[p] for p in self.places), *late]

    def _made(self, i: int, name: str, value: Any, graph: Graph) -> list[GraphTensor]:
        """What an iteration gave to a variable that had no value."""
        self.made[i] = value
        if absent(value) or value is None:
            return []
        for part in leaves(value):
            if not is_tensor_like(part):
                raise fault(ValueError, f"'{name}' must be defined before the loop: an iteration makes it a "
                                        f"{type(part).__name__}, which is not a Tensor")
        return [as_tensor(p, None, graph, graph.unique_name(_plain(name), False)) for p in leaves(value)]

    def _changed(self, i: int, name: str, before: Any, now: Any, graph: Graph) -> dict[tuple[int, int], GraphTensor]:
        """The parts of a variable after an iteration. Raises where they are not what they were."""
        if absent(now):
            if i >= self.state.count:
                now = before
            else:
                raise fault(ValueError, f"'{name}' is not defined at the end of the iteration.")
        if now is None and before is not None:
            raise fault(ValueError, f"'{name}' is None at the end of the iteration.")
        try:
            nest.assert_same_structure(before, now, expand_composites=True)
        except (TypeError, ValueError) as error:
            raise fault(TypeError, f"'{name}' does not have the same nested structure after one iteration.\n\n{error}",
                        "a list cannot grow in a loop of a graph: write to a `tf.TensorArray`") from None
        found = {}
        for j, (old, new) in enumerate(zip(leaves(before), leaves(now), strict=True)):
            if (i, j) in self.places:
                found[i, j] = self._tensor(i, j, name, new, graph, hasattr(before, "_parts"))
            elif not _same(old, new):
                self._refuse(i, j, name, old, new)
        return found

    def _refuse(self, i: int, j: int, name: str, old: Any, new: Any) -> None:
        if is_tensor_like(old):
            self.forced.add((i, j))
            raise _Again
        raise fault(TypeError, f"'{name}' is a {type(new).__name__} that is another after one iteration; loops of a "
                               "graph change only what can be converted to a Tensor")

    def _tensor(self, i: int, j: int, name: str, value: Any, graph: Graph, composite: bool) -> GraphTensor:
        at = self.places.index((i, j))
        start, dims = self.start[at], self.dims[at]
        if not is_tensor_like(value):
            what = "None" if value is None else f"a {type(value).__name__}, which is not a Tensor,"
            raise fault(ValueError if value is None else TypeError, f"'{name}' is {what} at the end of the iteration.")
        tensor = as_tensor(value, None, graph, graph.unique_name(_plain(name), False))
        a, b = start.dtype.base_dtype, tensor.dtype.base_dtype
        if a is not b:
            raise fault(TypeError, f"'{name}' has dtype {a.name} before the loop, but dtype {b.name} after one "
                                   "iteration", f"start with a value of dtype {b.name}, or use `tf.cast`")
        if not control_flow.includes(dims, tensor._dims):
            if self.widens or (composite and (i, j) not in self.wider):
                self.wider[i, j] = structural.merged_dims(dims, tensor._dims)
                raise _Again
            after = TensorShape(tensor._dims)
            if self.invariants.has(name, i, j):
                raise fault(ValueError, f"'{name}' has shape {after} after one iteration, which does not conform to "
                                        f"the shape invariant {TensorShape(dims)}.")
            raise fault(ValueError, f"'{name}' has shape {TensorShape(dims)} before the loop, but shape {after} after "
                                    f"one iteration. {INVARIANTS}")
        return tensor

    def run(self, go_on: Any, step: Any, limit: Any, index: GraphTensor | None = None,
            length: int | None = None, runs: Any = None) -> None:
        """Build the loop, and set the state to what it leaves.

        index: a variable in front that counts. runs: whether it iterates at all, where that is not certain.
        """
        while True:
            try:
                found = self._run(go_on, step, limit, index, length)
            except _Again:
                self._start()
            except NameError as error:
                raise self._undefined(error) from error
            else:
                self.exit(self._checked(found, runs))
                return

    def _checked(self, found: list[GraphTensor], runs: Any) -> list[GraphTensor]:
        """What the loop left, after a check that it ran where a variable has no value otherwise."""
        names = [self.state.names[i] for i in self.late if not absent(made := self.made.get(i)) and made is not None]
        names = [n for n in names if not n.startswith(RETURNED) and n not in self.options.targets]
        if runs is None or not names:
            return found
        with self.graph.control_dependencies(_must_run(runs, names)):
            return [ops["Identity"](t) for t in found]

    def _run(self, go_on: Any, step: Any, limit: Any, index: GraphTensor | None,
             length: int | None) -> list[GraphTensor]:
        head = [] if index is None else [index]
        test, body = go_on, step
        if limit is not None:
            most = ops["Cast"](as_tensor(limit, None, self.graph), DstT=int32)
            head.insert(0, as_tensor(np.int32(0), None, self.graph, self.graph.unique_name("iteration", False)))

            def test(given: Sequence[GraphTensor]) -> Any:
                return ops["LogicalAnd"](ops["Less"](given[0], most), go_on(given[1:]))

            def body(given: Sequence[GraphTensor]) -> list[GraphTensor]:
                return [ops["AddV2"](given[0], np.int32(1)), *step(given[1:])]

            known = infer.constant_value(most)
            length = length if known is None else min(int(known), int(known) if length is None else length)
        dims = [*(t._dims for t in head), *self.dims]
        found = control_flow.loop(self.graph, lambda *g: test(g), lambda *g: body(g), [*head, *self.start], dims,
                                  limit=length)
        return found[len(head):]

    def scan(self, tensors: Sequence[GraphTensor], from_rows: Any, body: Callable[[Any], None]) -> None:
        """Build the loop as one over rows, whose number follows from their shapes."""
        def step(carried: Sequence[GraphTensor], taken: Sequence[GraphTensor]) -> Any:
            self.enter(carried)
            body(from_rows(taken))
            return self.leave(), []

        try:
            found = control_flow.scanned(self.graph, step, self.start, tensors)
        except _Again:
            self._start()
            self.scan(tensors, from_rows, body)
        except NameError as error:
            raise self._undefined(error) from error
        else:
            self.exit(found)

    def _undefined(self, error: NameError) -> Exception:
        """What to say where an iteration reads what is not defined."""
        name = getattr(error, "name", None) or next(
            (self.state.names[i] for i in self.late if f"'{self.state.names[i]}'" in str(error)), None)
        if name is None or name not in self.state.names:
            return error
        return fault(ValueError, f"'{name}' must be defined before the loop", "the first iteration reads it")

    def exit(self, found: Sequence[GraphTensor]) -> None:
        """Set the state to what the loop left."""
        values = self._values(found)
        rest = iter(found[len(self.places):])
        for i in self.late:
            made = self.made.get(i, Absent(self.state.names[i]))
            values[i] = made if absent(made) or made is None else refilled(made, [next(rest) for _ in leaves(made)])
        for i in range(self.state.count, len(values)):
            if absent(self.before[i]):
                values[i] = self.before[i]
        self.state.write(values)


def _same(old: Any, new: Any) -> bool:
    return old is new or (type(old) is type(new) and isinstance(old, (str, bytes)) and old == new)


def _is_reference(part: Any) -> bool:
    """Whether a part is a variable object: it stays what it is, as long as it is."""
    return hasattr(part, "_as_tensor") and hasattr(part, "assign")


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in name).strip("_") or "state"


@final
class _Invariants:
    """The shapes that `set_loop_options` gives to variables."""

    def __init__(self, given: Any, names: Sequence[str], before: Sequence[Any]) -> None:
        self.names, self.found = names, {}
        for key, shape in given or ():
            if isinstance(key, str):
                self.found[key] = shape
            else:
                self.found.update((n, shape) for n, v in zip(names, before, strict=True) if v is key)

    def has(self, name: str, i: int, j: int) -> bool:
        """Whether a part of a variable has one."""
        return name in self.found

    def dims(self, name: str, i: int, j: int, dims: Dims) -> Dims:
        """The dims of a part in every iteration. Raises ValueError where it does not start with such."""
        if name not in self.found:
            return dims
        shape = self.found[name]
        if isinstance(shape, (list, tuple)) and any(isinstance(s, TensorShape) for s in shape):
            shape = shape[j]
        wanted = TensorShape(shape)._dims
        if not control_flow.includes(wanted, dims):
            raise fault(ValueError, f"'{name}' has shape {TensorShape(dims)} before the loop, which does not conform "
                                    f"with the shape invariant {TensorShape(wanted)}.")
        return wanted


def settings(**given: Any) -> dict[str, Any]:
    """The arguments of `set_loop_options` in a loop."""
    unknown = set(given) - {"parallel_iterations", "swap_memory", "maximum_iterations", "shape_invariants"}
    if unknown:
        raise TypeError(f"set_loop_options() got an unexpected keyword argument {sorted(unknown)[0]!r}")
    return given
