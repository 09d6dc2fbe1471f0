"""Pooling and its gradients, in one to three dimensions, over images with the channels last (`native/pooling.cc`).

A ReLU's gradient after a maximum's costs nothing: where its input is not positive, nor is the maximum that equals it,
so that the smaller array of the two is masked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.kernels.fusion import masked
from hornbeam.kernels.selection import Kernel, call, computes_in, forced, kernel
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


def _suits(op_type: str, attrs: dict[str, Any], dims: Sequence[int], *arrays: Any) -> bool:
    """Whether the kernels compute this, and are worth it: not for few numbers, nor few channels."""
    dtype = arrays[0].dtype
    if any(a.dtype != dtype for a in arrays) or not computes_in(dtype) or 0 in dims:
        return False
    if _slide(op_type, attrs, dims) is None:
        return False
    return forced() or (math.prod(dims) > SMALL and dims[-1] >= FEWEST[op_type.replace("3D", "")])


def _call(target: str, op_type: str, attrs: dict[str, Any], dims: Sequence[int], result: Sequence[int],
          *arrays: Any) -> Any:
    """A kernel's result. dims: of the images that windows slide over."""
    slide = _slide(op_type, attrs, dims)
    assert slide is not None
    of_space = {"window": slide.window, "strides": slide.strides, "before": [low for low, _ in slide.pads(dims)]}
    return call(target, result, arrays[0].dtype, *map(jnp.asarray, arrays),
                **{k: np.array(v[1:-1], np.int64) for k, v in of_space.items()})


def _forward(op_type: str, target: str) -> Callable[[Sequence[Any], dict[str, Any]], Kernel | None]:
    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        return run if _suits(op_type, attrs, args[0].shape, args[0]) else None

    def run(x: Any, **attrs: Any) -> Any:
        return _call(target, op_type, attrs, x.shape, pooling.pooling(op_type, attrs, len(x.shape)).outputs(x.shape), x)

    return rule


def _max_gradient(op_type: str) -> Callable[[Sequence[Any], dict[str, Any]], Kernel | None]:
    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        return run if _suits(op_type, attrs, args[0].shape, *args) else None

    def run(x: Any, y: Any, dy: Any, **attrs: Any) -> Any:
        return _call("hornbeam_max_pool_gradient", op_type, attrs, x.shape, x.shape, x, y, dy)

    return rule


def _average_gradient(op_type: str) -> Callable[[Sequence[Any], dict[str, Any]], Kernel | None]:
    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        return run if _suits(op_type, attrs, _sizes(args[0]), args[1]) else None

    def run(sizes: Any, dy: Any, **attrs: Any) -> Any:
        dims = _sizes(sizes)
        return _call("hornbeam_average_pool_gradient", op_type, attrs, dims, dims, dy)

    return rule


def _sizes(value: Any) -> tuple[int, ...]:
    return tuple(int(v) for v in np.asarray(value))


for _op, _target in ((pooling.max_pool_op, "hornbeam_max_pool"), (pooling.max_pool3d_op, "hornbeam_max_pool"),
                     (pooling.avg_pool_op, "hornbeam_average_pool"), (pooling.avg_pool3d_op, "hornbeam_average_pool")):
    kernel(_op)(_forward(_op.type, _target))
_max_gradients = {_op.type: _max_gradient(_op.type) for _op in (pooling.max_pool_grad_op, pooling.max_pool3d_grad_op)}
for _op in (pooling.max_pool_grad_op, pooling.max_pool3d_grad_op):
    kernel(_op)(_max_gradients[_op.type])
for _op in (pooling.avg_pool_grad_op, pooling.avg_pool3d_grad_op):
    kernel(_op)(_average_gradient(_op.type))


@masked(pooling.max_pool_grad_op, pooling.max_pool3d_grad_op)
def _(operation: Any, producer: Any, args: list[Any]) -> Kernel | None:
    """Of a ReLU whose result was pooled: `dy` where the maximum is positive, at the maximum."""
    pools = _max_gradients[producer.type](args, producer.attrs)
    if pools is None or producer.inputs[0] is not operation.inputs[1]:
        return None
    x, y, dy = args
    return lambda *_: pools(x, y, jnp.where(y > 0, dy, jnp.zeros((), dy.dtype)), **producer.attrs)
