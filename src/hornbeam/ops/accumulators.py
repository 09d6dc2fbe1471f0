"""Accumulators: gradients of several workers wait until there are enough, then their average comes out.

A gradient says of which step it is; one of a step before the accumulator's is stale and dropped.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.dtypes import DType
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.op import NUMERIC, never, op
from hornbeam.graph.resources import Resource, handle, held, kept, wait_until, waits
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.ops.casts import cast_op
from hornbeam.ops.rules import text

_NEVER = never("a handle of an accumulator")
_WAIVE = {"samples": "waits for other threads"}


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


class Accumulator(Resource):
    """What was added since gradients were last taken, and how many they were."""

    def __init__(self, dtype: DType, dims: Dims, reduction: str) -> None:
        if reduction not in ("MEAN", "SUM"):
            raise _invalid(f"Value for attr 'reduction_type' of \"{reduction}\" is not in the list of allowed values: "
                           '"MEAN", "SUM"')
        self.dtype, self.dims, self.mean = dtype, dims, reduction == "MEAN"
        self.count = self.step = 0
        self._changed = threading.Condition()

    @abstractmethod
    def _add(self, gradient: Any) -> None:
        """Add a gradient to what was added."""

    @abstractmethod
    def _sum(self, divisor: int) -> Any:
        """What was added, divided; nothing is added then."""

    def apply(self, gradient: Any, step: int) -> None:
        """Add a gradient, unless it is of a step before this one's."""
        with self._changed:
            if step >= self.step:
                self._add(gradient)
                self.count += 1
                self._changed.notify_all()

    def take(self, required: int) -> Any:
        """The average, or sum, of at least so many gradients, waiting for them; the next step then begins."""
        if required < 1:
            raise _invalid(f"Argument num_required must be >= 1, not {required}")
        with self._changed:
            wait_until(self._changed, lambda: self.count >= required, "TakeGrad operation was cancelled")
            found = self._sum(self.count if self.mean else 1)
            self.count = 0
            self.step += 1
            return found

    def set_step(self, step: int) -> None:
        """Gradients of steps before this one are stale."""
        with self._changed:
            self.step = max(self.step, step)

    def agrees(self, attrs: dict[str, Any]) -> None:
        if attrs["dtype"] is not self.dtype or TensorShape(attrs["shape"])._dims != self.dims:
            raise _invalid(f"Shared conditional accumulator '{attrs['shared_name']}' has dtype {self.dtype.name} and "
                           f"shape {text(self.dims)}")


@final
class DenseAccumulator(Accumulator):
    """Of gradients of one shape."""

    def __init__(self, dtype: DType, dims: Dims, reduction: str) -> None:
        super().__init__(dtype, dims, reduction)
        self._total: Any = None

    def apply(self, gradient: Any, step: int) -> None:
        shape = self.dims if self._total is None else self._total.shape
        if shape is not None and not TensorShape(shape).is_compatible_with(gradient.shape):
            raise _invalid(f"Shape mismatch: expected {text(shape)}, got {text(gradient.shape)}")
        super().apply(gradient, step)

    def _add(self, gradient: Any) -> None:
        self._total = np.array(gradient) if self._total is None else self._total + gradient

    def _sum(self, divisor: int) -> Any:
        total, self._total = self._total, None
        return np.asarray(total / divisor, self.dtype.np_dtype) if divisor > 1 else np.asarray(total)


@final
class SparseAccumulator(Accumulator):
    """Of gradients of some rows each: a row is divided by how many gradients had it."""

    def __init__(self, dtype: DType, dims: Dims, reduction: str) -> None:
        super().__init__(dtype, dims, reduction)
        self._rows: dict[int, tuple[np.ndarray, int]] = {}
        self._shape: np.ndarray | None = None

    def _add(self, gradient: Any) -> None:
        indices, values, shape = gradient
        if len(shape):
            self._shape = shape
        for index, value in zip(indices.tolist(), values, strict=True):
            total, count = self._rows.get(index, (0, 0))
            self._rows[index] = (total + value, count + 1)

    def _sum(self, divisor: int) -> Any:
        rows, self._rows = sorted(self._rows.items()), {}
        indices = np.array([index for index, _ in rows], np.int64)
        values = [total / count if divisor > 1 and count > 1 else total for _, (total, count) in rows]
        shape = self._shape
        if shape is None:
            shape = np.array([-1 if d is None else d for d in self.dims or ()], np.int64)
        return indices, np.array(values, self.dtype.np_dtype), shape


def _checked_slices(accumulator: Accumulator, indices: np.ndarray, values: np.ndarray,
                    shape: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if indices.ndim != 1:
        raise _invalid("Input indices should be vector but received shape: " + text(indices.shape))
    if not values.ndim or len(values) != len(indices):
        raise _invalid("Expected values to have as many rows as there are indices: values have shape "
                       f"{text(values.shape)}, indices {text(indices.shape)}")
    known = TensorShape(accumulator.dims or None)  # the shape () says nothing here
    if len(shape) and not known.is_compatible_with(shape.tolist()):
        raise _invalid(f"Shape mismatch: expected {text(accumulator.dims)}, got {text(tuple(shape.tolist()))}")
    if known.rank is not None and not known[1:].is_compatible_with(values.shape[1:]):
        raise _invalid(f"Shape mismatch: expected rows of shape {text(known[1:]._dims)}, got {text(values.shape[1:])}")
    rows = (known.as_list()[0] if known.rank else None) or (int(shape[0]) if len(shape) else None)
    for index in indices.tolist():
        if index < 0 or (rows is not None and index >= rows):
            raise _invalid(f"Index {index} is not in [0, {rows})")
    return np.array(indices), np.array(values), np.array(shape)


# Ops ---------------------------------------------------------------------------------------------------------


@op("ResourceConditionalAccumulator", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_WAIVE,
    attr_types={"dtype": "type", "shape": "shape"})
def accumulator_op(*, dtype: Any, shape: Any, container: str = "", shared_name: str = "",
                   reduction_type: str = "MEAN"):
    """The handle of an accumulator of gradients."""
    return handle(DenseAccumulator(dtype, TensorShape(shape)._dims, reduction_type))


@op("SparseConditionalAccumulator", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_WAIVE,
    attr_types={"dtype": "type", "shape": "shape"})
def sparse_accumulator_op(*, dtype: Any, shape: Any, container: str = "", shared_name: str = "",
                          reduction_type: str = "MEAN"):
    """The handle of an accumulator of gradients of some rows."""
    return handle(SparseAccumulator(dtype, TensorShape(shape)._dims, reduction_type))


kept(accumulator_op)
kept(sparse_accumulator_op)


@op("ResourceAccumulatorApplyGradient", inputs="handle: resource, local_step: int64, gradient: dtype", host=True,
    stateful=True, differentiable=_NEVER, waive=_WAIVE, dtype=NUMERIC)
def apply_gradient_op(handle, local_step, gradient):
    """Adds a gradient to an accumulator."""
    held(handle).apply(gradient, int(local_step))
    return ()


@op("SparseAccumulatorApplyGradient", inputs="handle: resource, local_step: int64, gradient_indices: int64, "
    "gradient_values: dtype, gradient_shape: int64", host=True, stateful=True, differentiable=_NEVER, waive=_WAIVE,
    dtype=NUMERIC)
def apply_sparse_gradient_op(handle, local_step, gradient_indices, gradient_values, gradient_shape, *,
                             has_known_shape: bool):
    """Adds a gradient of some rows to an accumulator."""
    accumulator: Accumulator = held(handle)
    accumulator.apply(_checked_slices(accumulator, gradient_indices, gradient_values, gradient_shape), int(local_step))
    return ()


@op("ResourceAccumulatorTakeGradient", inputs="handle: resource, num_required: int32", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVE, attr_types={"dtype": "type"})
def take_gradient_op(handle, num_required, *, dtype: Any):
    """Takes the average of what was added."""
    return held(handle).take(int(num_required))


@op("SparseAccumulatorTakeGradient", inputs="handle: resource, num_required: int32", host=True, stateful=True,
    outputs=("indices", "values", "shape"), differentiable=_NEVER, waive=_WAIVE, attr_types={"dtype": "type"})
def take_sparse_gradient_op(handle, num_required, *, dtype: Any):
    """Takes the average of the rows that were added."""
    return held(handle).take(int(num_required))


@op("ResourceAccumulatorNumAccumulated", inputs="handle: resource", host=True, stateful=True, differentiable=_NEVER,
    waive=_WAIVE)
def num_accumulated_op(handle):
    """How many gradients were added."""
    return np.array(held(handle).count, np.int32)


@op("ResourceAccumulatorSetGlobalStep", inputs="handle: resource, new_global_step: int64", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVE)
def set_global_step_op(handle, new_global_step):
    """Says from which step on gradients are not stale."""
    held(handle).set_step(int(new_global_step))
    return ()


for _op in (apply_gradient_op, apply_sparse_gradient_op, set_global_step_op):
    _op.shape(lambda inputs, attrs: [])
num_accumulated_op.shape(lambda inputs, attrs: [((), dtypes.int32)])
take_gradient_op.shape(lambda inputs, attrs: [(None, attrs["dtype"])])
take_sparse_gradient_op.shape(lambda inputs, attrs: [((None,), dtypes.int64), (None, attrs["dtype"]),
                                                     ((None,), dtypes.int64)])
waits(take_gradient_op)
waits(take_sparse_gradient_op)


# What users hold -----------------------------------------------------------------------------------------------


@public(v1=("ConditionalAccumulatorBase",))
class ConditionalAccumulatorBase:
    """An accumulator of gradients: dtype, static shape, and its handle."""

    def __init__(self, dtype: Any, shape: Any, accumulator_ref: Any) -> None:
        self._dtype = dtypes.as_dtype(dtype)
        self._shape = TensorShape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.rpartition("/")[2]

    @property
    def accumulator_ref(self) -> Any:
        """The handle."""
        return self._accumulator_ref

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The dtype of the gradients."""
        return self._dtype

    def num_accumulated(self, name: str | None = None) -> Any:
        """How many gradients were added since some were taken: a scalar int32."""
        return num_accumulated_op(self._accumulator_ref, name=name or f"{self._name}_NumAccumulated")

    def set_global_step(self, new_global_step: Any, name: str | None = None) -> Any:
        """An operation after which gradients of steps before `new_global_step` are dropped."""
        return set_global_step_op(self._accumulator_ref, _int64(new_global_step), name=name)


def _int64(value: Any) -> Any:
    found = convert_to_tensor(value, None if hasattr(value, "dtype") else dtypes.int64)
    return found if found.dtype is dtypes.int64 else cast_op(found, DstT=dtypes.int64)


def _made(declaration: Any, dtype: Any, shape: Any, shared_name: str | None, name: str, reduction_type: str) -> Any:
    if dtypes.as_dtype(dtype).base_dtype not in NUMERIC:
        raise TypeError(f"Value passed to parameter 'dtype' has DataType {dtypes.as_dtype(dtype).name} not in list of "
                        f"allowed values: {', '.join(d.name for d in NUMERIC)}")
    if reduction_type not in ("MEAN", "SUM"):
        raise ValueError(f'Attr \'reduction_type\' passed "{reduction_type}" not in: "MEAN", "SUM".')
    with mode.graph_first():
        return declaration(dtype=dtype, shape=TensorShape(shape), shared_name=shared_name or "", name=name,
                           reduction_type=reduction_type)


@public(v1=("ConditionalAccumulator",))
class ConditionalAccumulator(ConditionalAccumulatorBase):
    """Gradients of one shape: `take_grad` gives their average, or with reduction_type "SUM" their sum.

    dtype: numbers. shape: of a gradient, where it is known. shared_name: accumulators of this name are one.
    """

    def __init__(self, dtype: Any, shape: Any = None, shared_name: str | None = None,
                 name: str = "conditional_accumulator", reduction_type: str = "MEAN") -> None:
        super().__init__(dtype, shape, _made(accumulator_op, dtype, shape, shared_name, name, reduction_type))

    def apply_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Any:
        """An operation that adds a gradient of the step `local_step`; a stale one is dropped.

        Raises ValueError for another shape.
        """
        gradient = convert_to_tensor(grad, self._dtype)
        gradient.shape.assert_is_compatible_with(self._shape)
        return apply_gradient_op(self._accumulator_ref, _int64(local_step), gradient, name=name)

    def take_grad(self, num_required: Any, name: str | None = None) -> Any:
        """The average of all gradients once there are `num_required`, waiting for them. The next step then begins."""
        found = take_gradient_op(self._accumulator_ref, num_required, dtype=self._dtype, name=name)
        found.set_shape(self._shape)
        return found


@public(v1=("SparseConditionalAccumulator", "sparse.SparseConditionalAccumulator"))
class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """Gradients of some rows each: `take_grad` gives the rows' averages, each of those gradients that had the row."""

    def __init__(self, dtype: Any, shape: Any = None, shared_name: str | None = None,
                 name: str = "sparse_conditional_accumulator", reduction_type: str = "MEAN") -> None:
        super().__init__(dtype, shape, _made(sparse_accumulator_op, dtype, shape, shared_name, name, reduction_type))

    def apply_indexed_slices_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Any:
        """An operation that adds an `IndexedSlices`."""
        return self.apply_grad(grad.indices, grad.values, grad.dense_shape, local_step, name)

    def apply_grad(self, grad_indices: Any, grad_values: Any, grad_shape: Any = None, local_step: Any = 0,
                   name: str | None = None) -> Any:
        """An operation that adds rows `grad_values` [n, ...] at the places `grad_indices` [n]."""
        known = grad_shape is not None
        return apply_sparse_gradient_op(
            self._accumulator_ref, _int64(local_step), _int64(grad_indices),
            convert_to_tensor(grad_values, self._dtype), _int64(grad_shape if known else []), has_known_shape=known,
            name=name)

    def take_grad(self, num_required: Any, name: str | None = None) -> Any:
        """(indices, values, shape) of the averages once `num_required` gradients are there, waiting for them."""
        return take_sparse_gradient_op(self._accumulator_ref, num_required, dtype=self._dtype, name=name)

    def take_indexed_slices_grad(self, num_required: Any, name: str | None = None) -> IndexedSlices:
        """As `take_grad`, as an `IndexedSlices`."""
        found = self.take_grad(num_required, name)
        return IndexedSlices(found.values, found.indices, found.shape)
