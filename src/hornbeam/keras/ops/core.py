"""Tensors themselves: made, cast, asked, sliced, written into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.autodiff import custom
from hornbeam.graph.op import registry
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.ops import tensors
from hornbeam.keras.ops.declare import core_op
from hornbeam.keras.ops.tensors import axis_of, dims, dtype_of, rank, shape_vector, sizes, tensor
from hornbeam.ops import clip, conversion, gathering, identity, joining, numpy_scatter
from hornbeam.ops.moving import slice as slice_of
from hornbeam.ops.ragged_tensor import RaggedTensor

_scatters = {None: "TensorScatterUpdate", "add": "TensorScatterAdd", "max": "TensorScatterMax",
             "min": "TensorScatterMin", "mul": "TensorScatterMul"}


@core_op(config="dtype")
def cast(x: Any, dtype: Any) -> Any:
    """`x` in another dtype: floats lose their fraction, numbers other than 0 are true. A sparse tensor stays one."""
    if isinstance(x, (SparseTensor, RaggedTensor)):
        return tensors.cast(x, dtype)
    return tensor(x, standardize_dtype(dtype))


@core_op(config="dtype")
def saturate_cast(x: Any, dtype: Any) -> Any:
    """As `cast`; what the dtype cannot hold becomes its nearest number instead of wrapping."""
    x, wanted = tensor(x), standardize_dtype(dtype)
    if x.dtype.base_dtype.is_bool or wanted in (dtype_of(x), "bool"):
        return tensors.cast(x, wanted)
    return clip.saturate_cast(x, wanted)


@core_op
def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """`x` (a tensor, variable, array, number or nested list) as a tensor, cast to `dtype` where one is given.

    sparse, ragged: results are dense; a request for others raises ValueError.
    """
    if sparse or ragged:
        raise ValueError("Only dense tensors are made: `sparse` and `ragged` cannot be True.")
    return tensor(x, None if dtype is None else standardize_dtype(dtype))


@core_op(symbolic=False)
def convert_to_numpy(x: Any) -> Any:
    """The value as a NumPy array, which may be written to."""
    return x if isinstance(x, np.ndarray) else np.array(tensor(x))


@core_op(symbolic=False)
def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor that ops take as it is."""
    return conversion.is_tensor(x) and not isinstance(x, KerasTensor)


@core_op(symbolic=False)
def dtype(x: Any) -> str:
    """The dtype, as a string."""
    held = getattr(x, "dtype", None)
    return standardize_dtype(held) if held is not None else dtype_of(tensor(x))


@core_op(symbolic=False)
def shape(x: Any) -> Any:
    """The shape as a tuple: integers, and scalar tensors (of KerasTensors: None) where a size is unknown."""
    if isinstance(x, KerasTensor):
        return x.shape
    return tuple(sizes(tensor(x)))


@core_op
def stop_gradient(variable: Any) -> Any:
    """The same values, through which no gradient flows."""
    return identity.stop_gradient(tensor(variable))


@core_op(symbolic=False)
def custom_gradient(f: Callable[..., Any]) -> Any:
    """Decorator: `f(*args)` gives its result and a function from the result's gradient to those of `args`."""
    return custom.custom_gradient(f)


@core_op
def unstack(x: Any, num: int | None = None, axis: int = 0) -> Any:
    """A list of the slices along a dimension. Raises ValueError where their number is unknown and not given."""
    x = tensor(x)
    at = axis_of(axis, rank(x))
    count = dims(x)[at] if num is None else num
    if count is None:
        raise ValueError(f"Cannot infer argument `num` from shape {dims(x)}. Either provide a tensor with a concrete "
                         "shape in the `axis` dimension or explicitly pass the `num` argument.")
    return list(joining.unpack(x, num=count, axis=at))


# Slices and places --------------------------------------------------------------------------------------


def _starts(start_indices: Any) -> Any:
    if isinstance(start_indices, (list, tuple)):
        return shape_vector(start_indices)
    found = tensor(start_indices)
    return found if dtype_of(found) in ("int32", "int64") else tensors.cast(found, "int32")


@core_op(config="shape")
def slice_(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """A block of `inputs` of a shape, from a place on; -1 in the shape takes all that follows.

    A block that would reach beyond the end is moved. Raises ValueError for a place or shape of another length than
    the inputs' rank.
    """
    x = tensor(inputs)
    at = _starts(start_indices)
    wanted = list(shape)
    if at.shape[0] not in (None, rank(x)):
        raise ValueError("The number of dimensions in `start_indices` must match the number of dimensions in `inputs`. "
                         f"Received: {at.shape[0]} and {rank(x)}")
    if len(wanted) != rank(x):
        raise ValueError("The number of dimensions in `inputs` must match the number of dimensions in `shape`. "
                         f"Received: {rank(x)} and {len(wanted)}")
    if not all(isinstance(w, (int, np.integer)) for w in wanted):
        return slice_of(x, at, shape_vector(wanted))
    if isinstance(at, np.ndarray):
        have = dims(x)
        limits = [None if h is None else h - (w if w != -1 else 0) for h, w in zip(have, wanted, strict=True)]
        begin = [int(b) if lim is None else max(0, min(int(b), lim)) for b, lim in zip(at, limits, strict=True)]
        return slice_of(x, np.array(begin, np.int32), np.array(wanted, np.int32))
    if any(w == -1 for w in wanted):
        return slice_of(x, at, np.array(wanted, np.int32))
    return numpy_scatter.dynamic_slice(x, at, sizes=tuple(int(w) for w in wanted))


@core_op
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """`inputs` with a block replaced by `updates`, from a place on."""
    x = tensor(inputs)
    return numpy_scatter.dynamic_update_slice(x, _starts(start_indices), tensor(updates, dtype_of(x)))


@core_op(config="shape")
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Zeros of a shape with `values` added at the places in the rows of `indices`."""
    at = tensor(indices)
    at = at if dtype_of(at) in ("int32", "int64") else tensors.cast(at, "int32")
    return gathering.scatter_nd(at, tensor(values), tensors.cast(tensor(shape_vector(shape)), dtype_of(at)))


@core_op
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Any:
    """`inputs` with the elements (or slices) at the places in the rows of `indices` changed.

    reduction: None replaces them; "add", "max", "min" and "mul" combine. Raises ValueError for other words.
    """
    if reduction not in _scatters:
        raise ValueError(f"Unsupported reduction: {reduction}")
    x = tensor(inputs)
    at = tensor(indices)
    at = at if dtype_of(at) in ("int32", "int64") else tensors.cast(at, "int32")
    return registry[_scatters[reduction]](x, at, tensor(updates, dtype_of(x)))


