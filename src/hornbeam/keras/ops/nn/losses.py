"""Cross-entropies, and numbers as indicator vectors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras.config.settings import epsilon, floatx
from hornbeam.keras.ops.declare import nn_op
from hornbeam.keras.ops.numpy.elementwise import log
from hornbeam.keras.ops.numpy.reductions import max_, sum_
from hornbeam.keras.ops.numpy.shaping import moveaxis
from hornbeam.keras.ops.tensors import (
    axis_of,
    cast,
    dims,
    dtype_of,
    inexact,
    np_dtype,
    promote_inexact,
    rank,
    tensor,
)
from hornbeam.ops import arithmetic
from hornbeam.ops.clip import clip_by_value
from hornbeam.ops.compare import is_nan, select
from hornbeam.ops.constants import one_hot as indicator
from hornbeam.ops.division import real_div
from hornbeam.ops.losses import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy,
    sparse_softmax_cross_entropy,
)
from hornbeam.ops.shaping import reshape, squeeze_op


def _refuse_unlike(target: Any, output: Any, upto: int | None = None) -> None:
    a, b = dims(target), dims(output)[:upto]
    if len(a) != len(b) or any(d != e for d, e in zip(a, b, strict=True) if None not in (d, e)):
        what = "the same shape. Received" if upto is None else "the same shape up until the last dimension"
        raise ValueError(f"Arguments `target` and `output` must have {what}: target.shape={dims(target)}, "
                         f"output.shape={dims(output)}")


def _clipped(p: Any) -> Any:
    small = epsilon()
    return clip_by_value(p, tensor(small, dtype_of(p)), tensor(1 - small, dtype_of(p)))


def _logits_behind(output: Any, from_logits: bool, activation: str, function: str) -> tuple[Any, bool]:
    """What `output` was made of where a graph shows that an activation made it: probabilities that round to 0 or 1
    still have their logits. Warns where such an output is called logits.
    """
    made_by = output.op.type if isinstance(output, GraphTensor) else None
    if made_by != activation:
        return output, from_logits
    if from_logits:
        warnings.warn(f'"`{function}` received `from_logits=True`, but the `output` argument was produced by a '
                      f"{activation} activation and thus does not represent logits. Was this intended?", stacklevel=4)
    return output.op.inputs[0], True


@nn_op
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-Σ target · log(output) over the classes along `axis`.

    target, output: probabilities of one shape; `output` may be logits. Raises ValueError for different shapes.
    """
    target, output = promote_inexact(target, output)
    if rank(output) < 1:
        raise ValueError("Arguments `target` and `output` must be at least rank 1. Received: "
                         f"target.shape={dims(target)}, output.shape={dims(output)}")
    _refuse_unlike(target, output)
    if axis_of(axis, rank(output)) == rank(output) - 1:
        output, from_logits = _logits_behind(output, from_logits, "Softmax", "categorical_crossentropy")
    if from_logits:
        return softmax_cross_entropy(target, output, axis)
    log_probabilities = log(_clipped(real_div(output, sum_(output, axis, True))))
    return arithmetic.negative(sum_(arithmetic.multiply(target, log_probabilities), axis))


@nn_op
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-log(output) of the class that `target` numbers.

    target: integers of the shape of `output` without the classes, or with one dimension of size 1 for them.
    Raises ValueError for other shapes, InvalidArgumentError for numbers of no class.
    """
    target, output = tensor(target), inexact(output)
    if dtype_of(target) not in ("int32", "int64"):
        if target.dtype.base_dtype.is_floating:
            target = select(is_nan(target), -1.0, target)  # no class: the check below says so
        target = cast(target, "int64")
    if rank(output) < 1:
        raise ValueError(f"Argument `output` must be at least rank 1. Received: output.shape={dims(output)}")
    if rank(target) == rank(output) and dims(target)[-1] == 1:
        target = squeeze_op(target, squeeze_dims=(rank(target) - 1,))
    at = axis_of(axis, rank(output))
    if at == rank(output) - 1:
        output, from_logits = _logits_behind(output, from_logits, "Softmax", "sparse_categorical_crossentropy")
    else:
        output = moveaxis(output, at, -1)
    _refuse_unlike(target, output, -1)
    # The cross entropy of logarithms divides by the sum of the probabilities, as that of logits does.
    logits = output if from_logits else log(_clipped(output))
    if rank(logits) == 1:
        rows = reshape(logits, [1, -1])
        return reshape(sparse_softmax_cross_entropy(reshape(target, [1]), rows), [])
    return sparse_softmax_cross_entropy(target, logits)


@nn_op
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-(target · log(output) + (1 - target) · log(1 - output)), element by element.

    target, output: probabilities of one shape; `output` may be logits. Raises ValueError for different shapes.
    """
    target, output = promote_inexact(target, output)
    _refuse_unlike(target, output)
    output, from_logits = _logits_behind(output, from_logits, "Sigmoid", "binary_crossentropy")
    if from_logits:
        return sigmoid_cross_entropy_with_logits(target, output)
    one = tensor(1, dtype_of(target))
    output = _clipped(output)
    yes, no = log(output), log(arithmetic.subtract(one, output))
    rest = arithmetic.subtract(one, target)
    return arithmetic.negative(arithmetic.add_v2(arithmetic.multiply(target, yes), arithmetic.multiply(rest, no)))


# Indicators ---------------------------------------------------------------------------------------------


def _refuse_sparse(sparse: bool) -> None:
    if sparse:
        raise ValueError("Unsupported value `sparse=True`: results are dense tensors.")


@nn_op(config="num_classes axis dtype sparse")
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    """For each integer a vector along a new dimension with 1 at its place and 0 elsewhere; of others, zeros.

    >>> one_hot([1, 0], 2).numpy().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    _refuse_sparse(sparse)
    x = tensor(x)
    x = x if dtype_of(x) in ("int32", "int64", "uint8", "int8") else cast(x, "int32")
    kind = floatx() if dtype is None else dtype
    at = axis_of(axis, rank(x) + 1)
    one = np.ones((), np_dtype(kind))
    return indicator(x, int(num_classes), one, np.zeros_like(one), axis=-1 if at == rank(x) else at)


@nn_op(config="num_classes axis dtype sparse")
def multi_hot(inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False,
              **kwargs: Any) -> Any:
    """For each row of integers one vector with 1 at their places and 0 elsewhere."""
    classes = kwargs.pop("num_tokens", None) if num_classes is None else num_classes
    if kwargs:
        raise ValueError(f"Arguments not recognized: {kwargs}")
    if classes is None:
        raise ValueError("Argument `num_classes` must be specified.")
    x = tensor(inputs, "int32")
    return max_(one_hot(x, classes, axis, dtype, sparse), 1 if rank(x) > 1 else 0)


