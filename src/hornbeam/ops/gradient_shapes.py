"""What gradient graphs of TensorFlow compute from shapes: which dimensions were broadcast."""

from __future__ import annotations

import numpy as np

from hornbeam.graph.op import INDEX, never, op


@op("BroadcastGradientArgs", inputs="s0: T static, s1: T static", outputs=("r0", "r1"), T=INDEX,
    differentiable=never("integer result"),
    samples=lambda rng: [((np.array([2, 1, 3]), np.array([4, 3])), {}), ((np.array([], np.int64), np.array([4])), {})])
def broadcast_gradient_args(s0, s1):
    """The dimensions that the gradients of the two operands of a broadcasting op are summed along.

    s0, s1: their shapes. Two vectors, empty where nothing was broadcast.
    """
    rank = max(len(s0), len(s1))
    first, second = ([1] * (rank - len(s)) + [int(d) for d in s] for s in (s0, s1))
    if any(a != b and 1 not in (a, b) for a, b in zip(first, second, strict=True)):
        raise ValueError(f"Incompatible shapes: {[int(d) for d in s0]} vs. {[int(d) for d in s1]}")
    same = list(s0) == list(s1)
    sums = ([] if same else [i for i, size in enumerate(sizes) if size == 1] for sizes in (first, second))
    return tuple(np.array(s, s0.dtype) for s in sums)


@broadcast_gradient_args.shape
def _(inputs, attrs):
    if any(i.value is None for i in inputs):
        return [((None,), inputs[0].dtype)] * 2
    return [(r.shape, inputs[0].dtype) for r in broadcast_gradient_args.function(*(i.value for i in inputs))]
