"""Counting as TensorFlow 1 spells it: other orders of arguments, and retired names."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.ops import counting


@public(v1=("count_nonzero", "math.count_nonzero"))
def count_nonzero(input_tensor: Any = None, axis: Any = None, keepdims: bool | None = None, dtype: Any = dtypes.int64,
                  name: str | None = None, reduction_indices: Any = None, keep_dims: bool | None = None,
                  input: Any = None) -> Any:
    """How many elements over dimensions are not zero; of strings, not empty.

    reduction_indices, keep_dims, input: retired names of `axis`, `keepdims` and `input_tensor`.
    """
    pairs = ((axis, reduction_indices, "axis"), (keepdims, keep_dims, "keepdims"),
             (input_tensor, input, "input_tensor"))
    for new, old, name_ in pairs:
        if new is not None and old is not None:
            raise ValueError(f"`{name_}` is given twice, the second time under its retired name.")
    x = input if input_tensor is None else input_tensor
    return counting.count_nonzero(x, reduction_indices if axis is None else axis,
                                  keep_dims if keepdims is None else keepdims, dtype, name)


@public(v1=("bincount", "math.bincount"))
def bincount(arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None,
             dtype: Any = dtypes.int32) -> Any:
    """How often each number 0, 1, … stands in a tensor of integers; see the function of TensorFlow 2."""
    return counting.bincount(arr, weights, minlength, maxlength, dtype)


@public(v1=("confusion_matrix", "math.confusion_matrix"))
def confusion_matrix(labels: Any, predictions: Any, num_classes: Any = None, dtype: Any = dtypes.int32,
                     name: str | None = None, weights: Any = None) -> Any:
    """How often each label (row) was predicted as each class (column): [classes, classes]."""
    return counting.confusion_matrix(labels, predictions, num_classes, weights, dtype, name)


@public(v1=("nn.in_top_k", "math.in_top_k"))
def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Any:
    """Whether each target is among the k most likely classes of its row: bool [n]. Ties at the border are."""
    return counting.in_top_k(targets, predictions, k, name)
