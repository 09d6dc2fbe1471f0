"""Looking at graphs of objects: those of checkpoints, and those of the program."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import errors
from hornbeam.graph.bundle.opening import open_checkpoint
from hornbeam.graph.names import public
from hornbeam.train.checkpoints.object_graph import ObjectGraph
from hornbeam.train.checkpoints.object_names import object_graph
from hornbeam.train.checkpoints.state_file import path_of
from hornbeam.train.checkpoints.trackables import children


@public(v2=("train.TrackableView",))
class TrackableView:
    """The objects that can be reached from `root`."""

    def __init__(self, root: Any) -> None:
        self._root = root

    @property
    def root(self) -> Any:
        """The object it starts from."""
        return self._root

    @classmethod
    def children(cls, obj: Any, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        """The objects that an object holds, by name. save_type, kwargs: accepted."""
        return children(obj)

    def descendants(self) -> list[Any]:
        """All objects, the root first, nearer ones before others."""
        return ObjectGraph(self._root, with_slots=False).objects


@public(v2=("train.CheckpointView",))
class CheckpointView:
    """The objects of a checkpoint, by numbers. Raises ValueError where the checkpoint holds none.

    save_path: the checkpoint's name.
    """

    def __init__(self, save_path: Any) -> None:
        with open_checkpoint(path_of(save_path)) as reader:
            graph = object_graph(reader)
        if graph is None:
            raise errors.NotFoundError(None, None, f"The specified checkpoint \"{save_path}\" does not appear to be "
                                       "object-based (saved with TF2) since it is missing the key "
                                       "\"_CHECKPOINTABLE_OBJECT_GRAPH\". Likely it was created with the TF1 "
                                       "name-based saver and does not contain an object dependency graph.")
        self._graph = graph

    def children(self, node_id: int) -> dict[str, int]:
        """The numbers of the objects that an object holds, by name."""
        return {child.local_name: child.node_id for child in self._graph.nodes[node_id].children}

    def descendants(self) -> list[int]:
        """The numbers of all objects, the root's first, nearer ones before others."""
        found = [0]
        for number in found:
            found += [n for n in dict.fromkeys(self.children(number).values()) if n not in found]
        return found

    def match(self, obj: Any) -> dict[int, Any]:
        """The objects below `obj` that stand at the same places, by their numbers in the checkpoint."""
        found = {0: obj}
        for number in (queue := [0]):
            held = children(found[number])
            for name, child in self.children(number).items():
                if name in held and child not in found:
                    found[child] = held[name]
                    queue.append(child)
        return found

    def diff(self, obj: Any) -> tuple[dict[int, Any], list[int], list[Any]]:
        """(what `match` gives, numbers that only the checkpoint has, objects that only the program has)."""
        matched = self.match(obj)
        taken = {id(item) for item in matched.values()}
        return (matched, [n for n in self.descendants() if n not in matched],
                [item for item in ObjectGraph(obj, with_slots=False).objects if id(item) not in taken])
