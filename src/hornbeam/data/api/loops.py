"""`for x in dataset` in a traced function: a loop of the graph, which the host drives element by element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hornbeam.data.api.optional import Optional, optional_has_value, optional_none
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import control_flow

Step = Callable[[Any, Sequence[GraphTensor]], Sequence[GraphTensor]]


def loop_over(iterator: Any, step: Step, start: Sequence[GraphTensor],
              go_on: Callable[[Sequence[GraphTensor]], Any] | None) -> list[GraphTensor]:
    """`step(item, tensors)` for each element that is left, as long as `go_on(tensors)` holds.

    No element is taken that the loop does not come to.
    """
    spec = iterator.element_spec

    def following(tensors: Sequence[GraphTensor]) -> Any:
        if go_on is None:
            return iterator.get_next_as_optional()._tensor()
        return control_flow.cond(go_on(tensors), lambda: iterator.get_next_as_optional()._tensor(), optional_none)

    def body(box: Any, *tensors: GraphTensor) -> list[Any]:
        found = list(step(Optional(box, spec).get_value(), list(tensors)))
        return [following(found), *found]

    made = control_flow.while_loop(lambda box, *tensors: optional_has_value(box), body, [following(start), *start])
    return list(made[1:])
