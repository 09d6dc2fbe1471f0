"""Neural-network functions."""

from __future__ import annotations

from typing import Any

import jax

from hornbeam.graph.op import FLOATS, op
from hornbeam.ops import math, rules


@op("Softmax", inputs="logits: T", names=("nn.softmax",), T=FLOATS)
def softmax(logits):
    """exp(x) over its sum along the last dimension."""
    return jax.nn.softmax(logits, axis=-1)


softmax.shape(rules.as_first)


@softmax.grad
def _(call, dy):
    y = call.outputs[0]
    total = math.reduce_sum(math.multiply(dy, y), -1, True)
    return math.multiply(math.subtract(dy, total), y)
