"""Restoring objects: the graph in a checkpoint and the objects of the program, matched from the root by names.

An object that is not there yet gets its values when it comes: what was matched and lacks children is told
(`_deferred_restorations`), and resumes the matching when attributes are set or variables made.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, final

import numpy as np

from hornbeam.graph import errors, mode
from hornbeam.runtime.logs import get_logger
from hornbeam.runtime.variable import Variable
from hornbeam.train.checkpoints.object_graph import ObjectGraph, nodes_with_values
from hornbeam.train.checkpoints.trackables import Value, children, dtype_of, refuse_other_shape, slots, values

_DEFERRED = "_deferred_restorations"


def resume(item: Any) -> None:
    """Go on restoring below an object that may have got new children. Nothing happens where nothing waits."""
    for waiting in tuple(getattr(item, "__dict__", {}).get(_DEFERRED, ())):
        waiting.resume(item)


@final
class Restoration:
    """One checkpoint on its way into objects.

    `bound` are the objects by their numbers in the checkpoint. Values for variables of a graph wait in `loads` for a
    session.
    """

    def __init__(self, reader: Any, graph: Any, prefix: str, skip_slots: bool = False) -> None:
        self.prefix = prefix
        self.graph = graph
        self.bound: dict[int, Any] = {}
        self.unused: list[tuple[Any, str]] = []
        self.loads: list[tuple[Variable, np.ndarray]] = []
        self.skip_slots = skip_slots
        self._reader = reader
        self._numbers: dict[int, int] = {}
        self._told: set[tuple[int, int]] = set()
        self._has_values = nodes_with_values(graph, through_slots=False)

    # Matching ---------------------------------------------------------------------------------------

    def start(self, root: Any, extra: Callable[[], dict[str, Any]]) -> None:
        """Match from the root, which has the children `extra` too."""
        self._extra = extra
        self._bind(root, 0)
        self._walk([0])

    def resume(self, item: Any) -> None:
        """Match again below an object."""
        number = self._numbers.get(id(item))
        if number is not None:
            self._walk([number])

    def resume_all(self) -> None:
        """Match again from the root."""
        self._walk([0])

    def _walk(self, start: list[int]) -> None:
        seen, queue = set(start), list(start)
        order: list[int] = []
        while queue:
            number = queue.pop(0)
            order.append(number)
            item, node = self.bound[number], self.graph.nodes[number]
            held = children(item)
            if not number:
                held = {**self._extra(), **held}
            for child in node.children:
                if child.local_name in held and child.node_id < len(self.graph.nodes):
                    self._bind(held[child.local_name], child.node_id)
                    if child.node_id not in seen and self.bound.get(child.node_id) is held[child.local_name]:
                        seen.add(child.node_id)
                        queue.append(child.node_id)
        if not self.skip_slots:
            self._bind_slots()
        self._defer(order)

    def _bind_slots(self) -> None:
        variables = [v for v in self.bound.values() if isinstance(v, Variable)]
        for number, node in enumerate(self.graph.nodes):
            if not node.slot_variables or number not in self.bound:
                continue
            found = {(name, id(variable)): slot for name, variable, slot in slots(self.bound[number], variables)}
            for slot in node.slot_variables:
                variable = self.bound.get(slot.original_variable_node_id)
                held = found.get((slot.slot_name, id(variable)))
                if held is not None and slot.slot_variable_node_id < len(self.graph.nodes):
                    self._bind(held, slot.slot_variable_node_id)

    def _bind(self, item: Any, number: int) -> None:
        held = self.bound.get(number)
        if held is not None:
            if held is not item and self._has_values[number] and (number, id(item)) not in self._told:
                self._told.add((number, id(item)))
                get_logger().warning("Inconsistent references when loading the checkpoint into this object graph. For "
                                     "example, in the saved checkpoint object, `model.layer.weight` and "
                                     "`model.layer_copy.weight` reference the same variable, while in the current "
                                     "object these are two different variables. The referenced variables are: "
                                     "(%s and %s).", held, item)
            return
        self.bound[number] = item
        if id(item) not in self._numbers:  # of two objects of the checkpoint that are one here, the first holds
            self._numbers[id(item)] = number
            self._restore(item, number)

    def _restore(self, item: Any, number: int) -> None:
        held = {v.attribute: v for v in values(item)}
        for attribute in self.graph.nodes[number].attributes:
            value = held.pop(attribute.name, None)
            if value is None:
                self.unused.append((item, attribute.name))
            else:
                self._give(value, attribute.checkpoint_key)

    def _give(self, value: Value, key: str) -> None:
        array = read(self._reader, key, value)
        variable = value.variable
        if variable is not None and variable._in_sessions_alone:
            refuse_other_shape(variable, array)
            self.loads.append((variable, array))
        else:
            with mode.opened(None):  # also where a function is being traced
                value.write(array)

    def _defer(self, numbers: list[int]) -> None:
        """Tell the objects below which something is still to come."""
        incomplete = {n for n in numbers if any(
            self._has_values[c.node_id] and c.node_id not in self.bound for c in self.graph.nodes[n].children)
            or any(s.slot_variable_node_id not in self.bound for s in self.graph.nodes[n].slot_variables)}
        above: dict[int, list[int]] = {}
        for number in numbers:
            for child in self.graph.nodes[number].children:
                above.setdefault(child.node_id, []).append(number)
        stack = list(incomplete)
        while stack:
            for parent in above.get(stack.pop(), ()):
                if parent not in incomplete:
                    incomplete.add(parent)
                    stack.append(parent)
        for number in numbers:
            held = getattr(self.bound[number], "__dict__", None)
            if held is not None and not isinstance(self.bound[number], Variable):
                if number in incomplete:
                    held[_DEFERRED] = (self,)
                elif self in held.get(_DEFERRED, ()):
                    del held[_DEFERRED]

    def __deepcopy__(self, memo: dict[int, Any]) -> Restoration:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _Ended, ()  # what waits for objects of this process does not travel with a pickled one

    # What is missing --------------------------------------------------------------------------------

    def unresolved(self) -> tuple[str, Any] | None:
        """The name and node of a value in the checkpoint that no object has taken; None where all have."""
        for number, node in enumerate(self.graph.nodes):
            if node.attributes and number not in self.bound:
                return names_of(self.graph)[number], node
        return None


@final
class _Ended:
    """Stands for a restoration in an object that was pickled."""

    def resume(self, item: Any) -> None:
        """Nothing comes any more."""


def names_of(graph: Any) -> list[str]:
    """How messages name the nodes of a checkpoint: `(root).layer.kernel`."""
    found = ["(root)"] + [""] * (len(graph.nodes) - 1)
    queue = [0]
    while queue:
        number = queue.pop(0)
        for child in graph.nodes[number].children:
            if not found[child.node_id]:
                found[child.node_id] = f"{found[number]}.{child.local_name}"
                queue.append(child.node_id)
        for slot in graph.nodes[number].slot_variables:
            found[slot.slot_variable_node_id] = (f"{found[number]}'s state '{slot.slot_name}' for "
                                                 f"{found[slot.original_variable_node_id]}")
    return found


def read(reader: Any, key: str, value: Value) -> np.ndarray:
    """A value from a checkpoint. Raises InvalidArgumentError where it has another dtype than the variable."""
    wanted, held = dtype_of(value), reader.entry(key).dtype
    if wanted is not None and held is not wanted:
        names = {"float32": "float", "float64": "double", "float16": "half"}
        raise errors.InvalidArgumentError(
            None, None, f"tensor_name = {key}; expected dtype {names.get(wanted.name, wanted.name)} does not equal "
            f"original dtype {names.get(held.name, held.name)}")
    return reader.get(key)


# What `restore` answers with -------------------------------------------------------------------------


def _default_session(session: Any) -> Any:
    from hornbeam.runtime.session import get_default_session
    found = session or get_default_session()
    if found is None:
        raise RuntimeError("Restoring variables of a graph needs a session: pass one, or open one with `with`.")
    return found


def _with_values(graph: ObjectGraph) -> list[Any]:
    return [item for item in graph.objects if values(item)]


class LoadStatus:
    """What became of a restoration, and what it still waits for."""

    def assert_consumed(self) -> LoadStatus:
        """Raise AssertionError unless every value of the checkpoint was taken, and every object got one."""
        return self

    def assert_existing_objects_matched(self) -> LoadStatus:
        """Raise AssertionError unless every object of the program that has values got them."""
        return self

    def assert_nontrivial_match(self) -> LoadStatus:
        """Raise AssertionError where nothing but the root was matched."""
        return self

    def run_restore_ops(self, session: Any = None) -> None:
        """In a graph, give the variables of `session` their values. Eagerly they have them already."""

    def initialize_or_restore(self, session: Any = None) -> None:
        """In a graph, restore what is in the checkpoint, and initialize the other variables."""

    def expect_partial(self) -> LoadStatus:
        """Say that some values of the checkpoint will not be used."""
        return self


@final
class CheckpointLoadStatus(LoadStatus):
    """The status of a checkpoint of objects."""

    def __init__(self, restoration: Restoration, root: Any, extra: Callable[[], dict[str, Any]]) -> None:
        self._restoration = restoration
        self._root, self._extra = root, extra

    def _objects(self) -> ObjectGraph:
        self._restoration.resume_all()
        return ObjectGraph(self._root, self._extra())

    def assert_consumed(self) -> LoadStatus:
        self._objects()
        missing = self._restoration.unresolved()
        if missing is not None:
            raise AssertionError(f"Unresolved object in checkpoint {missing[0]}: {missing[1]}")
        if self._restoration.unused:
            shown = "\n".join(f"{item}: {attribute}" for item, attribute in self._restoration.unused)
            raise AssertionError("Unused attributes in these objects (the attributes exist in the checkpoint but were "
                                 f"not restored):\n{shown}")
        return self.assert_existing_objects_matched()

    def assert_existing_objects_matched(self) -> LoadStatus:
        taken = {id(item) for item in self._restoration.bound.values()}
        left = [item for item in _with_values(self._objects()) if id(item) not in
                taken | {id(item) for item in self._restoration.bound.values()}]
        if left:
            raise AssertionError(f"Found {len(left)} Python objects that were not bound to checkpointed values, likely "
                                 f"due to changes in the Python program. Showing {min(10, len(left))} of {len(left)} "
                                 f"unmatched objects: {left[:10]}")
        return self

    def assert_nontrivial_match(self) -> LoadStatus:
        everything = self._objects()
        others = [item for number, item in self._restoration.bound.items() if number]
        if not others:
            left = list(_with_values(everything))
            raise AssertionError("Nothing except the root object matched a checkpointed value. Typically this means "
                                 "that the checkpoint does not match the Python program. The following objects have "
                                 f"no matching checkpointed value: {left}")
        return self

    def run_restore_ops(self, session: Any = None) -> None:
        if self._restoration.loads:
            session = _default_session(session)
            for variable, array in self._restoration.loads:
                variable.load(array, session)

    def initialize_or_restore(self, session: Any = None) -> None:
        taken = {id(item) for item in self._restoration.bound.values()}
        _initialize([item for item in self._objects().objects if id(item) not in taken], session)
        self.run_restore_ops(session)


def _initialize(items: list[Any], session: Any) -> None:
    of_graph = [v for v in items if isinstance(v, Variable) and v._in_sessions_alone]
    if of_graph:
        _default_session(session).run([v.initializer for v in of_graph])


@final
class InitializationOnlyStatus(LoadStatus):
    """The status where no checkpoint was named: there is nothing to restore."""

    def __init__(self, root: Any, extra: Callable[[], dict[str, Any]]) -> None:
        self._root, self._extra = root, extra

    def _refuse(self) -> LoadStatus:
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_consumed = assert_existing_objects_matched = assert_nontrivial_match = _refuse

    def run_restore_ops(self, session: Any = None) -> None:
        self._refuse()

    def initialize_or_restore(self, session: Any = None) -> None:
        _initialize(ObjectGraph(self._root, self._extra()).objects, session)


@final
class NameBasedSaverStatus(LoadStatus):
    """The status of a checkpoint that a `Saver` wrote: variables are found by their own names."""

    def __init__(self, reader: Any, root: Any, extra: Callable[[], dict[str, Any]]) -> None:
        self._reader, self._root, self._extra = reader, root, extra
        self._done: weakref.WeakSet[Any] = weakref.WeakSet()
        self._taken: set[int] = set()
        self._loads: list[tuple[Variable, np.ndarray]] = []
        self._restore()

    def _restore(self) -> None:
        for item in ObjectGraph(self._root, self._extra()).objects:
            if not isinstance(item, Variable) or id(item) in self._taken:
                continue
            for value in values(item):
                name = item.name.split(":")[0] if value.full_name not in self._reader else value.full_name
                if name in self._reader:
                    self._taken.add(id(item))
                    array = read(self._reader, name, value)
                    if not item._in_sessions_alone:
                        value.write(array)
                    else:
                        refuse_other_shape(item, array)
                        self._loads.append((item, array))

    def assert_consumed(self) -> LoadStatus:
        return self.assert_existing_objects_matched()

    def assert_existing_objects_matched(self) -> LoadStatus:
        self._restore()
        left = [item for item in _with_values(ObjectGraph(self._root, self._extra()))
                if id(item) not in self._taken and getattr(item, "name", "") not in ("save_counter:0", "save_counter")]
        if left:
            raise AssertionError("Some objects had attributes which were not restored: " + "".join(
                f"\n    {item}: {[v.full_name for v in values(item)]}" for item in left))
        return self

    def assert_nontrivial_match(self) -> LoadStatus:
        self._restore()
        if not self._taken:
            raise AssertionError("Nothing except the root object matched a checkpointed value.")
        return self

    def run_restore_ops(self, session: Any = None) -> None:
        if self._loads:
            session = _default_session(session)
            for variable, array in self._loads:
                variable.load(array, session)

    def initialize_or_restore(self, session: Any = None) -> None:
        _initialize([item for item in ObjectGraph(self._root, self._extra()).objects if id(item) not in self._taken],
                    session)
        self.run_restore_ops(session)
