"""The updates of TF1's optimizers: each one op, from the old variable, slots and gradient to the new ones."""

from __future__ import annotations

from hornbeam.graph.op import INEXACT, never, op
from hornbeam.ops import rules

_UPDATE = never("a variable is updated in place")


@op("ApplyGradientDescent", inputs="var: T ref, alpha: T, delta: T", writes=("var",), differentiable=_UPDATE, T=INEXACT)
def apply_gradient_descent(var, alpha, delta, *, use_locking: bool = False):
    """var ← var - alpha · delta."""
    return var - alpha * delta


apply_gradient_descent.shape(rules.as_first)
