"""A product or a convolution and what follows it up to a ReLU, in one kernel, while its results lie in the cache.

What follows: a bias, a normalisation with known moments, in whatever operations it is written, and the addition of
another image. Each saves a pass over the results. What computes the product says which kernel does so (`rectified`).
The gradient of a ReLU is part of the kernel that computes the gradient of its results (`masked`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, final

import numpy as np

from hornbeam.backend.lazy import jnp, lax
from hornbeam.graph.op import Op
from hornbeam.kernels.selection import Kernel, fused
from hornbeam.ops.activations import relu, relu_grad

_LOOK_AT_SHAPES = frozenset(("Shape", "ShapeN", "Size", "Rank", "SumLike"))
_ADDS = ("BiasAdd", "AddV2", "Add")
_NORMS = ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")

Given = Callable[[Any], list[Any] | None]
R = TypeVar("R")


@final
class After(NamedTuple):
    """What is rectified: scale · product + bias + more. scale, bias: one number a channel; each may be None."""

    scale: Any = None
    bias: Any = None
    more: Any = None


Rule = Callable[[str, Sequence[Any], dict[str, Any], After], Kernel | None]
_rules: dict[str, Rule] = {}


def rectified(*ops: Op) -> Callable[[Rule], Rule]:
    """Decorator: `rule(type, args, attrs, after)` gives the kernel of one of these ops with what follows, or None.

    A channel is an index of the result's last dimension; `more` has the result's shape. The kernel is called as `Relu`
    is, with what it need not look at.
    """
    return _adding(_rules, ops)


def _adding(rules: dict[str, R], ops: Sequence[Op]) -> Callable[[R], R]:
    """Decorator: keeps a rule for the types of these ops."""
    def declare(rule: R) -> R:
        rules.update((op.type, rule) for op in ops)
        return rule

    return declare


@fused(relu)
def _(operation: Any, given: Given) -> Kernel | None:
    found, more = _followed(operation.inputs[0], operation, given), None
    if found is None:
        found, more = _sum_of_two(operation, given)
    if found is None or (found.scale is None and found.bias is None and more is None):
        return None
    after = After(found.scale, found.bias, more)
    return _rules[found.producer.type](found.producer.type, found.args, found.producer.attrs, after)


Mask = Callable[[Any, Any, list[Any]], Kernel | None]
_masks: dict[str, Mask] = {}


def masked(*ops: Op) -> Callable[[Mask], Mask]:
    """Decorator: `rule(operation, producer, args)` gives the kernel of a `ReluGrad` and of what made its gradient.

    `args` are the producer's, which is one of these ops. The kernel is called as `ReluGrad` is.
    """
    return _adding(_masks, ops)


@fused(relu_grad)
def _(operation: Any, given: Given) -> Kernel | None:
    producer = _only_for(operation.inputs[0], operation)
    if producer is None or producer.type not in _masks:
        return None
    args = given(producer)
    return None if args is None else _masks[producer.type](operation, producer, args)


@final
class _Followed(NamedTuple):
    """A product, its arguments, and the scale and the bias of each channel after it."""

    producer: Any
    args: list[Any]
    scale: Any
    bias: Any


def _sum_of_two(operation: Any, given: Given) -> tuple[_Followed | None, Any]:
    """The product that is one of two images whose sum an operation takes, and the other image."""
    total = _only_for(operation.inputs[0], operation)
    args = None if total is None or total.type not in ("AddV2", "Add") else given(total)
    if total is None or args is None or np.shape(args[0]) != np.shape(args[1]):
        return None, None
    for side in (0, 1):
        found = _followed(total.inputs[side], total, given)
        if found is not None:
            return found, args[1 - side]
    return None, None


def _followed(tensor: Any, user: Any, given: Given) -> _Followed | None:
    """The product that a tensor is made of, with what scales and shifts it on the way."""
    scale = bias = None
    while True:
        operation = _only_for(tensor, user)
        args = None if operation is None else given(operation)
        if operation is None or args is None or tensor.value_index:
            return None
        if operation.type in _rules:
            return _Followed(operation, args, scale, bias)
        step = _step(operation, args)
        if step is None:
            return None
        side, by, shift = step
        if shift is not None:
            shift = shift if scale is None else scale * shift
            bias = shift if bias is None else bias + shift
        if by is not None:
            scale = by if scale is None else scale * by
        tensor, user = operation.inputs[side], operation


def _step(operation: Any, args: list[Any]) -> tuple[int, Any, Any] | None:
    """Which input an operation scales and shifts by channel, and by what (vectors or None). None for others."""
    kind, attrs = operation.type, operation.attrs
    if kind in _NORMS:
        if attrs["is_training"] or not attrs["data_format"].endswith("C"):
            return None
        _, scale, offset, mean, variance = args
        by = scale * lax.rsqrt(variance + attrs["epsilon"])
        return 0, by, offset - mean * by
    if kind not in (*_ADDS, "Mul") or attrs.get("data_format", "NHWC").startswith("NC"):
        return None
    for side in (0, 1):
        vector = args[1 - side]
        if _is_by_channel(vector, np.shape(args[side])):
            vector = jnp.reshape(vector, (-1,))
            return (side, vector, None) if kind == "Mul" else (side, None, vector)
    return None


def _is_by_channel(vector: Any, shape: tuple[int, ...]) -> bool:
    dims = np.shape(vector)
    return 1 <= len(dims) <= len(shape) and math.prod(dims) == dims[-1] == shape[-1]


def _only_for(tensor: Any, user: Any) -> Any:
    """The operation that makes a tensor, where `user` alone looks at its values."""
    others = [c for c in tensor.consumers() if c is not user and c.type not in _LOOK_AT_SHAPES]
    return None if others else tensor.op
