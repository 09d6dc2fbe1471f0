"""A product or a convolution, its bias and ReLU in one kernel: the sum is rectified while it lies in the cache.

That saves two passes over the results. What computes the product says which kernel does so (`rectified`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph.op import Op
from hornbeam.kernels.selection import Kernel, fused
from hornbeam.ops.activations import relu

_LOOK_AT_SHAPES = frozenset(("Shape", "ShapeN", "Size", "Rank", "SumLike"))
_ADDS = ("BiasAdd", "AddV2", "Add")

Rule = Callable[[str, Sequence[Any], dict[str, Any], Any], Kernel | None]
_rules: dict[str, Rule] = {}


def rectified(*ops: Op) -> Callable[[Rule], Rule]:
    """Decorator: `rule(type, args, attrs, bias)` gives the kernel of one of these ops with a bias and ReLU, or None.

    bias: one number a channel of the result, its last dimension; of no more dimensions than the result. The kernel is
    called as `Relu` is, with what it need not look at.
    """
    def declare(rule: Rule) -> Rule:
        _rules.update((op.type, rule) for op in ops)
        return rule

    return declare


@fused(relu)
def _(operation: Any, given: Callable[[Any], list[Any] | None]) -> Kernel | None:
    add = _only_for(operation.inputs[0], operation)
    if add is None or add.type not in _ADDS or given(add) is None \
            or add.attrs.get("data_format", "NHWC").startswith("NC"):
        return None
    side = next((i for i, t in enumerate(add.inputs) if t.op.type in _rules), None)
    if side is None or (producer := _only_for(add.inputs[side], add)) is None or (args := given(producer)) is None:
        return None
    product, bias = (given(add)[i] for i in (side, 1 - side))  # type: ignore[index]
    if not 1 <= np.ndim(bias) <= np.ndim(product) or math.prod(np.shape(bias)) != np.shape(bias)[-1] \
            or np.shape(bias)[-1] != np.shape(product)[-1]:
        return None
    return _rules[producer.type](producer.type, args, producer.attrs, bias)


def _only_for(tensor: Any, user: Any) -> Any:
    """The operation that makes a tensor, where `user` alone looks at its values."""
    others = [c for c in tensor.consumers() if c is not user and c.type not in _LOOK_AT_SHAPES]
    return None if others else tensor.op
