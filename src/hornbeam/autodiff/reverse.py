"""One traversal, backwards over recorded calls, for `gradients()` on a graph and for the tape.

Comes in: targets with their gradients, sources, and `producer(tensor)`, which says what call made a tensor (an
`Operation`, or a tape's record: both have `inputs`, `outputs`, `attrs`, `declaration`, `index`). Goes out: one
gradient a source, None where no path leads to it. Invariant: a call is visited once, after all that use its outputs.
"""

from __future__ import annotations

import heapq
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from hornbeam.autodiff.generic import generic_gradient
from hornbeam.graph import dtypes
from hornbeam.graph.errors import NotDifferentiable
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.op import GENERIC, Never
from hornbeam.graph.source import Frame
from hornbeam.ops import array, math

Producer = Callable[[Any], Any]


def reverse(targets: Sequence[Any], target_grads: Sequence[Any], sources: Sequence[Any], producer: Producer,
            stops: Collection[int] = (), scope: Callable[[Any], Any] | None = None) -> list[Any]:
    """The gradient of every source: Σ over targets of (target's gradient) · ∂target/∂source.

    stops: ids of tensors that count as constants. scope: a context for each visited call (names, devices).
    Raises NotDifferentiable never by itself: a path through an op that is declared so ends there, with a warning
    where nothing else leads to a source.
    """
    source_ids = {id(s) for s in sources}
    useful = _calls_between(targets, source_ids, producer, stops)
    grads: dict[int, list[Any]] = {}
    for target, grad in zip(targets, target_grads, strict=True):
        grads.setdefault(id(target), []).append(grad)
    blocked: list[tuple[Any, Never]] = []
    for call in _users_first(useful, producer):
        dys = [_total(grads, out) for out in call.outputs]
        if all(dy is None for dy in dys):
            continue
        with _entered(scope, call):
            found = _call_gradients(call, dys, blocked)
        for tensor, grad in zip(call.inputs, found, strict=True):
            if grad is not None and carries(tensor) and id(tensor) not in stops:
                grads.setdefault(id(tensor), []).append(grad)
    results = [_total(grads, source) for source in sources]
    if blocked and any(r is None for r in results):
        _warn_blocked(blocked)
    return results


def _calls_between(targets: Sequence[Any], source_ids: set[int], producer: Producer,
                   stops: Collection[int]) -> dict[int, Any]:
    """The calls that lie on a path from a source to a target, by id."""
    useful: dict[int, Any] = {}
    seen: dict[int, bool] = {}
    stack: list[tuple[Any, bool]] = [(c, False) for t in targets if (c := producer(t)) is not None]
    while stack:
        call, done = stack.pop()
        if done:
            reaches = any(id(t) not in stops and (id(t) in source_ids or seen.get(id(producer(t)), False))
                          for t in call.inputs if carries(t))
            seen[id(call)] = reaches
            if reaches:
                useful[id(call)] = call
            continue
        if id(call) in seen:
            continue
        seen[id(call)] = False
        stack.append((call, True))
        for tensor in call.inputs:
            made_by = producer(tensor) if id(tensor) not in stops and carries(tensor) else None
            if made_by is not None and id(made_by) not in seen:
                stack.append((made_by, False))
    return useful


def _users_first(useful: dict[int, Any], producer: Producer) -> Iterator[Any]:
    """The calls, each after all that use its outputs; among those that could come next, the latest made."""
    waiting = dict.fromkeys(useful, 0)
    makers = {key: {id(c) for t in call.inputs if (c := producer(t)) is not None and id(c) in useful}
              for key, call in useful.items()}
    for made_by in makers.values():
        for key in made_by:
            waiting[key] += 1
    queue = [(-call.index, key) for key, call in useful.items() if not waiting[key]]
    heapq.heapify(queue)
    while queue:
        _, key = heapq.heappop(queue)
        yield useful[key]
        for earlier in makers[key]:
            waiting[earlier] -= 1
            if not waiting[earlier]:
                heapq.heappush(queue, (-useful[earlier].index, earlier))


def carries(tensor: Any) -> bool:
    """Whether gradients flow through tensors of this dtype."""
    dtype = tensor.dtype.base_dtype
    return dtype.is_floating or dtype.is_complex


def gradients_of_call(call: Any, dys: list[Any]) -> Sequence[Any]:
    """One gradient an input of a call, None where there is none, for the gradients of its outputs."""
    return _call_gradients(call, dys, [])


def _call_gradients(call: Any, dys: list[Any], blocked: list[tuple[Any, Never]]) -> Sequence[Any]:
    """One gradient an input, by the call's own rule, its op's, or the generic one."""
    op = call.declaration
    own = getattr(call, "rule", None) or _overridden(call)
    rule = own or op.gradient
    if rule is None:
        if isinstance(op.differentiable, Never):
            blocked.append((call, op.differentiable))
            return [None] * len(call.inputs)
        if op.differentiable is not GENERIC:
            raise NotDifferentiable(op.type, "its declaration does not say", getattr(call, "made_at", None))
        rule = generic_gradient
    if own is not None or op.type not in _HANDS_ON:
        dys = [array.convert(dy) if isinstance(dy, IndexedSlices) else dy for dy in dys]
    if own is not None:
        dys = [array.zeros_like(out) if dy is None and carries(out) else dy
               for dy, out in zip(dys, call.outputs, strict=True)]
    found = rule(call, *dys)
    if found is NotImplemented:
        found = generic_gradient(call, *dys)
    if not isinstance(found, (tuple, list)):
        found = [found]
    if len(found) != len(call.inputs):
        raise ValueError(f"the gradient of {op.type} gave {len(found)} gradients for {len(call.inputs)} inputs")
    return found


_HANDS_ON = frozenset(("Identity", "IdentityN", "Snapshot"))
"""Ops whose gradient is what came in, which may be `IndexedSlices`."""

custom_rules: dict[str, Callable[..., Any]] = {}
"""Gradients registered by name (`RegisterGradient`), for `Graph.gradient_override_map`."""


def _overridden(call: Any) -> Callable[..., Any] | None:
    name = getattr(call, "gradient_type", None)
    if name is None:
        return None
    if name not in custom_rules:
        raise LookupError(f"No gradient is registered under the name {name!r}; registered: "
                          f"{', '.join(sorted(custom_rules)) or 'none'}")
    return custom_rules[name]


def _total(grads: dict[int, list[Any]], tensor: Any) -> Any:
    """The sum of the gradients that reached a tensor; kept, so that it is added once."""
    parts = grads.get(id(tensor))
    if not parts:
        return None
    if len(parts) > 1:
        parts[:] = [_sum(parts)]
    return parts[0]


def _sum(parts: list[Any]) -> Any:
    if all(isinstance(p, IndexedSlices) for p in parts):
        indices = [p.indices for p in parts]
        if any(i.dtype.base_dtype is not indices[0].dtype.base_dtype for i in indices):
            indices = [math.cast(i, dtypes.int64) for i in indices]
        return IndexedSlices(array.concat([p.values for p in parts], 0), array.concat(indices, 0),
                             parts[0].dense_shape)
    return math.add_n([array.convert(p) for p in parts])


class _entered:
    """The given scope around one call, or none."""

    def __init__(self, scope: Callable[[Any], Any] | None, call: Any) -> None:
        self.context = None if scope is None else scope(call)

    def __enter__(self) -> None:
        if self.context is not None:
            self.context.__enter__()

    def __exit__(self, *exc: Any) -> None:
        if self.context is not None:
            self.context.__exit__(*exc)


_said: set[tuple[str, tuple[Frame, ...]]] = set()


def _warn_blocked(blocked: Sequence[tuple[Any, Never]]) -> None:
    """Say once for each op and line that gradients stopped there."""
    for call, reason in blocked:
        key = (call.declaration.type, getattr(call, "frames", ()))
        if key not in _said:
            _said.add(key)
            where = getattr(call, "made_at", "")
            warnings.warn(f"gradient stops at {call.declaration.type} ({reason.why})" + (f", {where}" if where else ""),
                          stacklevel=4)
