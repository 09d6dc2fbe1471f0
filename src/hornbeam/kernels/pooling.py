"""Pooling and its gradients, in one to three dimensions, over images with the channels last (`native/pooling.cc`).

A ReLU's gradient after a maximum's costs nothing: where its input is not positive, nor is the maximum that equals it,
so that the smaller array of the two is masked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph.op import Op
from hornbeam.kernels.fusion import masked
from hornbeam.kernels.selection import Kernel, Rule, call, computes_in, forced, kernel, known_dims
from hornbeam.ops import pooling
from hornbeam.ops.windows import Slide

SMALL = 1 << 15
"""Numbers up to which XLA's own loops are taken."""
FEWEST = {"MaxPool": 16, "AvgPool": 16, "MaxPoolGrad": 32, "AvgPoolGrad": 64}
"""Channels from which on kernels pay. Measured against XLA, which fuses a gradient into what follows: 1.5 to 9 times
as fast for maxima and 2 to 10 for means, 0.8 to 25 for gradients of maxima and 1.3 to 150 for those of means; in
bfloat16 4 to 7, gradients 1.3."""


def _slide(op_type: str, attrs: dict[str, Any], dims: Sequence[int]) -> Slide | None:
    """How windows slide over images of `dims`; None where channels are pooled or come first."""
    found = pooling.pooling(op_type, attrs, len(dims))
    return found if attrs["data_format"].endswith("C") and found.window[-1] == found.strides[-1] == 1 else None


def _suits(op_type: str, attrs: dict[str, Any], dims: Sequence[int], arrays: Sequence[Any]) -> bool:
    """Whether the kernels compute this, and are worth it: not for few numbers, nor few channels."""
    dtype = arrays[0].dtype
    if any(a.dtype != dtype for a in arrays) or not computes_in(dtype) or 0 in dims:
        return False
    if _slide(op_type, attrs, dims) is None:
        return False
    return forced() or (math.prod(dims) > SMALL and dims[-1] >= FEWEST[op_type.replace("3D", "")])


_TARGETS = {"MaxPool": "hornbeam_max_pool", "MaxPoolGrad": "hornbeam_max_pool_gradient",
            "AvgPool": "hornbeam_average_pool", "AvgPoolGrad": "hornbeam_average_pool_gradient"}


def _pooling(op: Op) -> Rule:
    """The rule of one of the ops."""
    def images_and_arrays(args: Sequence[Any]) -> tuple[Sequence[int], Sequence[Any]]:
        """The dims of the images that windows slide over, and what the kernel is given."""
        return (known_dims(args[0]), args[1:]) if op.args[0].static else (args[0].shape, args)

    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        return run if _suits(op.type, attrs, *images_and_arrays(args)) else None

    def run(*args: Any, **attrs: Any) -> Any:
        dims, arrays = images_and_arrays(args)
        slide = _slide(op.type, attrs, dims)
        assert slide is not None
        of_space = {"window": slide.window, "strides": slide.strides, "before": [low for low, _ in slide.pads(dims)]}
        result = dims if "Grad" in op.type else slide.outputs(dims)
        return call(_TARGETS[op.type.replace("3D", "")], result, arrays[0].dtype, *map(jnp.asarray, arrays),
                    **{k: np.array(v[1:-1], np.int64) for k, v in of_space.items()})

    return rule


_pools = {op.type: kernel(op)(_pooling(op)) for op in (
    pooling.max_pool_op, pooling.max_pool3d_op, pooling.avg_pool_op, pooling.avg_pool3d_op,
    pooling.max_pool_grad_op, pooling.max_pool3d_grad_op, pooling.avg_pool_grad_op, pooling.avg_pool3d_grad_op)}


@masked(pooling.max_pool_grad_op, pooling.max_pool3d_grad_op)
def _(operation: Any, producer: Any, args: list[Any]) -> Kernel | None:
    """Of a ReLU whose result was pooled: `dy` where the maximum is positive, at the maximum."""
    pools = _pools[producer.type](args, producer.attrs)
    if pools is None or producer.inputs[0] is not operation.inputs[1]:
        return None
    x, y, dy = args
    return lambda *_: pools(x, y, jnp.where(y > 0, dy, jnp.zeros((), dy.dtype)), **producer.attrs)
