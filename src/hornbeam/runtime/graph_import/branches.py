"""Branches as TensorFlow 1 writes them: `Switch` sends a value one way or the other, `Merge` takes the one that came.

Comes in: nodes and loops, in order. Goes out: the same, with those that run under a condition gathered in `Branch`es.
Everything between the switches and the merges of one condition could be one branch operation, were it not that
results may come back as inputs (the gradient of a branch runs under its condition, after the loss). So each item has
a level, the number of branches that were left on the way to it: the merges of one condition on one level, what they are
computed from and hangs together, is one `Branch`. Items that run under a condition and are needed on a higher level
alone are left out: whoever needs them adds them there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, final

from hornbeam.runtime.graph_import.loops import Frame
from hornbeam.runtime.graph_import.nodes import MERGES, SWITCHES, Node, Ref, in_order

Conditions = dict[str, int]
"""The conditions that an item runs under: the tensor that decides, and 1 where it must hold, 0 where not."""


@final
class Known:
    """What is known of the items around a branch: all of them by name, and the conditions that they run under."""

    def __init__(self, owner: Mapping[str, Any], conditions: Mapping[int, Conditions], settled: frozenset[str]) -> None:
        self.owner, self.conditions, self.settled = owner, conditions, settled

    def inside(self, key: str) -> Known:
        """The same, for what runs under one condition more."""
        return Known(self.owner, self.conditions, self.settled | {key})

    def of(self, item: Any) -> Conditions:
        """The conditions that are not settled where this is asked."""
        return {k: v for k, v in self.conditions[id(item)].items() if k not in self.settled}


NOTHING = Known({}, {}, frozenset())


@final
class Branch:
    """What runs under one condition: the items of either side, and the merges that hand results on.

    `merges`: with the tensors that they take where the condition does not hold, and where it does. `kept`: tensors made
    on one side (its number beside) which items of other branches take.
    """

    def __init__(self, condition: Ref, known: Known) -> None:
        self.condition, self.known = condition, known
        self.sides: tuple[list[Any], list[Any]] = ([], [])
        self.merges: list[tuple[Node, Ref, Ref]] = []
        self.kept: dict[Ref, int] = {}

    def items(self) -> Iterable[Any]:
        """Everything it holds."""
        yield from self.sides[0]
        yield from self.sides[1]
        yield from (merge for merge, _, _ in self.merges)

    def gives(self) -> list[str]:
        """The names of the nodes it holds."""
        return [name for item in self.items() for name in item.gives()]

    def needs(self) -> list[str]:
        """The names of the nodes that come before."""
        own = set(self.gives())
        return [self.condition.node, *(n for item in self.items() for n in item.needs() if n not in own)]


def gathered(items: Sequence[Node | Frame], around: Known = NOTHING) -> list[Any]:
    """The items with those under conditions gathered, in order. Raises ValueError for what no `cond` makes.

    around: what the branch that the items stand in says of the others.
    """
    ordered = in_order(items, lambda i: i.needs(), lambda i: i.gives())
    if not any(isinstance(i, Node) and i.op in MERGES | SWITCHES for i in ordered):
        return ordered
    return _Gathering(ordered, around).result()


@final
class _Gathering:
    def __init__(self, ordered: Sequence[Node | Frame], around: Known) -> None:
        self.ordered, self.around = ordered, around
        self.owner: dict[str, Any] = {name: item for item in ordered for name in item.gives()}
        self.conditions: dict[int, Conditions] = {}
        self.level: dict[int, int] = {}
        self.leaves: dict[int, tuple[str, tuple[Ref, Ref]]] = {}
        self.decides: dict[str, Ref] = {}
        for item in ordered:
            self._place(item)

    def result(self) -> list[Any]:
        branches = self._branches()
        held = {id(i) for b in branches for i in b.items()}
        rest = [i for i in self.ordered if id(i) not in held and not self.conditions[id(i)]]
        return in_order([*rest, *branches], lambda i: i.needs(), lambda i: i.gives())

    # Which conditions an item runs under ----------------------------------------------------------

    def _key(self, ref: Ref) -> str:
        """One name for the tensors that are the same condition."""
        item = self._item(ref.node)
        while isinstance(item, Node) and item.op == "Identity" and item.inputs:
            ref = item.inputs[0]
            item = self._item(ref.node)
        return str(ref)

    def _item(self, name: str) -> Any:
        return self.owner.get(name) or self.around.owner.get(name)

    def _of(self, item: Any) -> Conditions:
        found = self.conditions.get(id(item))
        return self.around.of(item) if found is None else found

    def _along(self, ref: Ref) -> Conditions:
        """The conditions under which a tensor has a value."""
        item = self._item(ref.node)
        if item is None:
            return {}
        found = self._of(item)
        if isinstance(item, Node) and item.op in SWITCHES:
            key = self._key(item.inputs[1])
            self.decides.setdefault(key, item.inputs[1])
            if key not in self.around.settled and found.get(key, ref.port) == ref.port:
                return {**found, key: ref.port}
        return found

    def _after(self, name: str) -> Conditions:
        """The conditions under which a node has run."""
        item = self._item(name)
        return {} if item is None else self._of(item)

    def _place(self, item: Node | Frame) -> None:
        level = max((self.level[id(self.owner[n])] for n in item.needs() if n in self.owner), default=0)
        if isinstance(item, Node) and item.op in MERGES:
            self._place_merge(item)
            level += not self.conditions[id(item)]
        else:
            found: Conditions = {}
            for along in (*map(self._along, item.takes()), *map(self._after, item.waits())):
                if any(found.setdefault(key, side) != side for key, side in along.items()):
                    raise ValueError(f"Node {next(iter(item.gives()))!r} takes values of both branches of a condition")
            self.conditions[id(item)] = found
        self.level[id(item)] = level

    def _place_merge(self, merge: Node) -> None:
        if len(merge.inputs) != 2:
            raise ValueError(f"Node {merge.name!r}: a Merge of {len(merge.inputs)} values is not what tf.cond makes")
        first, second = (self._along(r) for r in merge.inputs)
        keys = [k for k in first if second.get(k, first[k]) != first[k]]
        if len(keys) != 1:
            raise ValueError(f"Node {merge.name!r}: its inputs are not the two sides of one condition")
        at_side = merge.inputs if first[keys[0]] == 0 else reversed(merge.inputs)
        off, on = at_side
        self.leaves[id(merge)] = keys[0], (off, on)
        self.conditions[id(merge)] = {k: v for k, v in first.items() if second.get(k) == v}

    # What hangs together ---------------------------------------------------------------------------

    def _outer(self, found: Conditions) -> str:
        """The outermost of some conditions: the one that is known without the others."""
        return min(found, key=lambda k: len(self._along(self.decides[k])))

    def _groups(self) -> dict[int, Any]:
        """For the merges that leave a condition, and what they are computed from under it: condition and level."""
        group: dict[int, Any] = {}
        for item in reversed(self.ordered):
            leaving = self.leaves.get(id(item))
            if leaving is not None and not self.conditions[id(item)]:
                group[id(item)] = leaving[0], self.level[id(item)] - 1
            if id(item) not in group:
                continue
            for name in item.needs():
                before = self.owner.get(name)
                found = self.conditions[id(before)] if before is not None else {}
                if found and (self._outer(found), self.level[id(before)]) == group[id(item)]:
                    group[id(before)] = group[id(item)]
        return group

    def _branches(self) -> list[Branch]:
        group = self._groups()
        parent: dict[int, int] = {i: i for i in group}

        def root(key: int) -> int:
            while parent[key] != key:
                parent[key] = key = parent[parent[key]]
            return key

        for item in self.ordered:
            for name in item.needs() if id(item) in group else ():
                before = self.owner.get(name)
                if before is not None and group.get(id(before)) == group[id(item)] and self.conditions[id(before)]:
                    parent[root(id(before))] = root(id(item))
        made: dict[int, Branch] = {}
        known = Known({**self.around.owner, **self.owner}, {**self.around.conditions, **self.conditions},
                      self.around.settled)
        for item in self.ordered:
            if id(item) not in group:
                continue
            key = group[id(item)][0]
            branch = made.setdefault(root(id(item)), Branch(self.decides[key], known.inside(key)))
            if self.conditions[id(item)]:
                branch.sides[self.conditions[id(item)][key]].append(item)
            elif isinstance(item, Node):
                branch.merges.append((item, *self.leaves[id(item)][1]))
        self._keep(made, {i: root(i) for i in group})
        return list(made.values())

    def _keep(self, made: dict[int, Branch], home: dict[int, int]) -> None:
        """Note which tensors of a branch others take."""
        for item in self.ordered:
            for ref in item.takes():
                before = self.owner.get(ref.node)
                if before is None or id(before) not in home or not self.conditions[id(before)] \
                        or home.get(id(item)) == home[id(before)]:
                    continue
                branch = made[home[id(before)]]
                key = self._key(branch.condition)
                branch.kept[ref] = self.conditions[id(before)][key]
