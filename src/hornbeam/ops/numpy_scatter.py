"""Writing into a copy of a tensor where TensorFlow has no op for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp, lax
from hornbeam.graph.op import INDEX, NUMERIC, op
from hornbeam.ops.arithmetic import multiply
from hornbeam.ops.division import real_div
from hornbeam.ops.gathering import gather_nd_op


def _blocks(rng: np.random.Generator) -> Any:
    return [((rng.normal(size=(4, 3)), np.array([1, 0], np.int32), rng.normal(size=(2, 2))), {}),
            ((rng.normal(size=(4,)), np.array([9], np.int32), rng.normal(size=(2,))), {})]


@op("DynamicUpdateSlice", inputs="x: T, start: I, updates: T", I=INDEX, samples=_blocks)
def dynamic_update_slice(x, start, updates):
    """`x` with a block of it replaced, from the place `start` on; the block is moved where it would reach beyond."""
    return lax.dynamic_update_slice(x, updates, tuple(start[i] for i in range(x.ndim)))


@op("DynamicSlice", inputs="x: T, start: I", I=INDEX,
    samples=lambda rng: [((rng.normal(size=(4, 3)), np.array([1, 5], np.int32)), {"sizes": (2, 2)})])
def dynamic_slice(x, start, *, sizes: Any):
    """A block of `x` from the place `start` on; it is moved where it would reach beyond."""
    return lax.dynamic_slice(x, tuple(start[i] for i in range(x.ndim)), sizes)


@op("TensorScatterMul", inputs="tensor: T, indices: I, updates: T", T=NUMERIC, I=INDEX, samples=lambda rng: [
    ((rng.uniform(1, 2, (4, 3)), np.array([[1], [3], [1]], np.int32), rng.uniform(1, 2, (3, 3))), {})])
def tensor_scatter_mul(tensor, indices, updates):
    """`tensor` with the elements (or slices) at `indices` multiplied, once for each time they are named."""
    return jnp.asarray(tensor).at[tuple(jnp.moveaxis(indices, -1, 0))].multiply(updates)


tensor_scatter_mul.shape(lambda inputs, attrs: [(inputs[0].dims, inputs[0].dtype)])


@tensor_scatter_mul.grad
def _(call, dy):
    _, indices, updates = call.inputs
    share = real_div(gather_nd_op(multiply(dy, call.outputs[0]), indices), updates)
    return tensor_scatter_mul(dy, indices, updates), None, share
