"""`CriticalSection`: what it executes runs one after the other."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

from hornbeam.graph import mode, nest
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.operation import Operation


@public("CriticalSection")
class CriticalSection:
    """Functions executed by one section do not overlap: in threads of eager code, and among a graph's operations.

    name, shared_name: what it is called. critical_section_def, import_scope: accepted.
    Raises ValueError where one execution stands inside another of the same section, which would wait for ever.
    """

    def __init__(self, name: str | None = None, shared_name: str | None = None, critical_section_def: Any = None,
                 import_scope: str | None = None) -> None:
        self._name = name or shared_name or "critical_section"
        self._lock = threading.Lock()
        self._inside = threading.local()
        self._last: weakref.WeakKeyDictionary[Graph, list[Operation]] = weakref.WeakKeyDictionary()

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    def execute(self, fn: Callable[[], Any], exclusive_resource_access: bool = True, name: str | None = None) -> Any:
        """What `fn()` returns, as tensors, once it has run alone.

        exclusive_resource_access: accepted; each section excludes for itself.
        """
        if getattr(self._inside, "running", False):
            raise ValueError(f"Attempting to lock a CriticalSection ({self._name}) in which we are already running. "
                             "This is illegal and may cause deadlocks.")
        graph = mode.current_graph()
        self._inside.running = True
        try:
            if graph is None:
                with self._lock:
                    return _tensors(fn())
            with graph.name_scope(name or "critical_section_execute"):
                return self._in_order(graph, fn)
        finally:
            self._inside.running = False

    def _in_order(self, graph: Graph, fn: Callable[[], Any]) -> Any:
        """In a graph: all that `fn` makes waits for what the section executed before, and its results for all that."""
        first = len(graph.get_operations())
        with graph.control_dependencies(self._last.get(graph, [])):
            result = fn()
        made = graph.get_operations()[first:]
        self._last[graph] = made
        with graph.control_dependencies(made):
            return nest.map_structure(lambda leaf: None if leaf is None else ops["Identity"](convert(leaf)), result)


def _tensors(result: Any) -> Any:
    return nest.map_structure(lambda leaf: leaf if leaf is None or hasattr(leaf, "dtype") else convert(leaf), result)
