"""What a caller asks for: nested fetches as a flat list, and the answers put back into their structure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from hornbeam.graph.graph import Graph
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor

Restore = Callable[[list[Any]], Any]


class Fetched(NamedTuple):
    """The tensors and operations of some fetches; `restore(values)` gives the caller's structure."""

    tensors: list[GraphTensor]
    operations: list[Operation]
    restore: Restore


class Conversion(NamedTuple):
    """How sessions treat objects of a program's own type: see `register_session_run_conversion_functions`."""

    kind: type
    fetch: Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]]
    feed: Callable[[Any, Any], list[tuple[Any, Any]]] | None
    partial_feed: Callable[[Any], list[Any]] | None


_conversions: list[Conversion] = []


def register_session_run_conversion_functions(
        tensor_type: type, fetch_function: Callable[[Any], tuple[list[Any], Callable[[list[Any]], Any]]],
        feed_function: Callable[[Any, Any], list[tuple[Any, Any]]] | None = None,
        feed_function_for_partial_run: Callable[[Any], list[Any]] | None = None) -> None:
    """Let sessions fetch and feed objects of `tensor_type`.

    fetch_function: takes such an object; the tensors to fetch, and a function that makes the answer of their values.
    feed_function: takes an object and what is fed for it; pairs of tensors and values. The last one takes an object;
    the tensors that are fed for it. Raises ValueError for a type that is registered already.
    """
    if any(issubclass(tensor_type, c.kind) for c in _conversions):
        raise ValueError(f"{tensor_type} has already been registered so ignore it.")
    _conversions.insert(0, Conversion(tensor_type, fetch_function, feed_function, feed_function_for_partial_run))


def conversion_of(item: Any) -> Conversion | None:
    """What was registered for the type of `item`."""
    return next((c for c in _conversions if isinstance(item, c.kind)), None)


def fetched(graph: Graph, fetches: Any) -> Fetched:
    """Flatten nested fetches: tensors, operations, variables, names, lists, tuples, dicts, named tuples.

    Raises TypeError for what cannot be fetched, ValueError for names and objects that are not in the graph.
    """
    tensors: list[GraphTensor] = []
    operations: list[Operation] = []
    positions: dict[GraphTensor, int] = {}

    def walk(item: Any) -> Restore:
        if isinstance(item, (list, tuple)):
            parts = [walk(i) for i in item]
            kind: Any = type(item)
            if hasattr(item, "_fields"):
                return lambda values: kind(*[p(values) for p in parts])
            return lambda values: kind([p(values) for p in parts])
        if isinstance(item, Mapping):
            keys, parts = list(item), [walk(v) for v in item.values()]
            kind = partial(type(item), item.default_factory) if isinstance(item, defaultdict) else type(item)
            return lambda values: kind((k, p(values)) for k, p in zip(keys, parts, strict=True))
        if isinstance(item, IndexedSlices):
            parts = [walk(p) for p in (item.values, item.indices, item.dense_shape) if p is not None]
            return lambda values: IndexedSlicesValue(*[p(values) for p in parts])
        special = getattr(item, "_fetch_parts", None)
        if special is not None:
            inner, rebuild = special()
            parts = [walk(p) for p in inner]
            return lambda values: rebuild([p(values) for p in parts])
        converted = conversion_of(item)
        if converted is not None:
            inner, rebuild = converted.fetch(item)
            parts = [walk(p) for p in inner]
            return lambda values: rebuild([p(values) for p in parts])
        element = _element(graph, item)
        if not graph.is_fetchable(element):
            raise ValueError(f"Operation {getattr(element, 'op', element).name!r} has been marked as not fetchable.")
        if isinstance(element, Operation):
            operations.append(element)
            return lambda values: None
        position = positions.setdefault(element, len(tensors))
        if position == len(tensors):
            tensors.append(element)
        return lambda values: values[position]

    restore = walk(fetches)
    return Fetched(tensors, operations, restore)


class IndexedSlicesValue(NamedTuple):
    """The value of fetched `IndexedSlices`."""

    values: Any
    indices: Any
    dense_shape: Any = None


def _element(graph: Graph, item: Any) -> GraphTensor | Operation:
    try:
        return graph.as_graph_element(item)
    except TypeError:
        raise TypeError(f"Argument `fetch` = {item!r} has invalid type \"{type(item).__name__}\" must be a string or "
                        f"Tensor. (Can not convert a {type(item).__name__} into a Tensor or Operation.)") from None
    except (KeyError, ValueError) as error:
        text = str(error.args[0]) if error.args else str(error)
        raise ValueError(f"Argument `fetch` = {item} cannot be interpreted as a Tensor. ({text})") from None
