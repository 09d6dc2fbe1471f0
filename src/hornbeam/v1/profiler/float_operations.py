"""How many floating-point operations one operation takes, as TensorFlow counts them: a multiply-add is two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from hornbeam.graph.operation import Operation

Shapes = Sequence[tuple[int, ...]]
"""The shapes of an operation's inputs, or of its outputs."""
_Rule = Callable[[Operation, Shapes, Shapes], float]

_OF_EACH_ELEMENT = {
    "Add": 1, "AddV2": 1, "AssignAdd": 1, "AssignSub": 1, "BiasAdd": 1, "Equal": 1, "Greater": 1, "GreaterEqual": 1,
    "Less": 1, "LessEqual": 1, "Log": 1, "Maximum": 1, "Minimum": 1, "Mul": 1, "Neg": 1, "NotEqual": 1, "Pow": 1,
    "RealDiv": 1, "Reciprocal": 1, "Rsqrt": 2, "RsqrtGrad": 4, "Softmax": 5, "Square": 1, "SquaredDifference": 2,
    "Sub": 1}
"""Operations of each element of the result."""


def float_operations(op: Operation, inputs: Shapes, outputs: Shapes) -> int:
    """The number for an operation with these shapes; 0 for kinds that are not counted.

    >>> import hornbeam.v1 as tf
    >>> product = tf.matmul(tf.zeros([4, 7]), tf.zeros([7, 3]))
    >>> float_operations(product.op, [(4, 7), (7, 3)], [(4, 3)])
    168
    """
    each = _OF_EACH_ELEMENT.get(op.type)
    if each is not None:
        return each * prod(outputs[0])
    rule = _RULES.get(op.type)
    return 0 if rule is None else int(rule(op, inputs, outputs))


def _area(op: Operation, attribute: str) -> int:
    return prod(op.get_attr(attribute))


def _product(op: Operation, inputs: Shapes, outputs: Shapes) -> int:
    a = inputs[0]
    transposed = any(op.attrs.get(name) for name in ("transpose_a", "adj_x"))
    return 2 * prod(outputs[0]) * a[-2 if transposed else -1]


def _reduction(op: Operation, inputs: Shapes, outputs: Shapes) -> int:
    return prod(inputs[0]) - prod(outputs[0])


def _convolution(op: Operation, inputs: Shapes, outputs: Shapes) -> int:
    return 2 * prod(outputs[0]) * prod(inputs[1][:-1])


def _filter_per_channel(op: Operation, inputs: Shapes, outputs: Shapes) -> int:
    return 2 * prod(outputs[0]) * prod(inputs[1][:2])


def _gradient_by_image(op: Operation, inputs: Shapes, outputs: Shapes) -> float:
    height, width, _, depth = inputs[1]
    return 2 * prod(outputs[0]) * height * width * depth / _area(op, "strides")


def _gradient_by_filter(op: Operation, inputs: Shapes, outputs: Shapes) -> float:
    height, width, _, depth = outputs[0]
    return 2 * prod(inputs[0]) * height * width * depth / _area(op, "strides")


_RULES: dict[str, _Rule] = {
    "AddN": lambda op, inputs, outputs: (len(inputs) - 1) * prod(outputs[0]),
    "ArgMax": _reduction,
    "ArgMin": _reduction,
    "AvgPool": lambda op, inputs, outputs: prod(outputs[0]) * _area(op, "ksize"),
    "AvgPoolGrad": lambda op, inputs, outputs: 2 * prod(inputs[1]) * _area(op, "ksize"),
    "BatchMatMul": _product,
    "BatchMatMulV2": _product,
    "BatchMatMulV3": _product,
    "BiasAddGrad": _reduction,
    "Conv2D": _convolution,
    "Conv2DBackpropFilter": _gradient_by_filter,
    "Conv2DBackpropInput": _gradient_by_image,
    "Conv3D": _convolution,
    "DepthwiseConv2dNative": _filter_per_channel,
    "Dilation2D": _filter_per_channel,
    "L2Loss": lambda op, inputs, outputs: 3 * prod(inputs[0]) - 1,
    "MatMul": _product,
    "MaxPool": lambda op, inputs, outputs: prod(outputs[0]) * _area(op, "ksize"),
    "MaxPoolGrad": lambda op, inputs, outputs: prod(inputs[1]) * (_area(op, "ksize") + 1),
    "Mean": lambda op, inputs, outputs: prod(inputs[0]),
    "Sum": _reduction,
    "SumLike": _reduction,
}
