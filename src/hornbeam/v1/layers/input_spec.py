"""What a layer says of its inputs, and the check against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.graph import nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape


@public(v1=("layers.InputSpec",))
class InputSpec:
    """The dtype, shape and rank that a layer wants of an input; what is None is not checked.

    dtype: of the input. shape: dimensions, None where any will do. ndim, max_ndim, min_ndim: bounds of the rank.
    axes: the sizes of single dimensions.
    """

    def __init__(self, dtype: Any = None, shape: Any = None, ndim: int | None = None, max_ndim: int | None = None,
                 min_ndim: int | None = None, axes: Mapping[int, int | None] | None = None) -> None:
        self.dtype, self.shape = dtype, shape
        self.ndim = len(shape) if shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(k): v for k, v in (axes or {}).items()}

    def __repr__(self) -> str:
        parts = {"dtype": self.dtype and str(self.dtype), "shape": self.shape and str(self.shape), "ndim": self.ndim,
                 "max_ndim": self.max_ndim, "min_ndim": self.min_ndim, "axes": self.axes and str(self.axes)}
        return f"InputSpec({', '.join(f'{k}={v}' for k, v in parts.items() if v)})"


def check_inputs(spec: Any, inputs: Any, layer: str) -> None:
    """Raise ValueError where the inputs of a layer are not as it says."""
    specs = nest.flatten(spec)
    tensors = nest.flatten(inputs)
    if len(tensors) != len(specs):
        raise ValueError(f"Layer {layer} expects {len(specs)} inputs, but it received {len(tensors)} input tensors. "
                         f"Inputs received: {tensors}")
    for number, (wanted, tensor) in enumerate(zip(specs, tensors, strict=True)):
        if wanted is not None:
            problem = _problem(wanted, TensorShape(tensor.shape), tensor.dtype)
            if problem:
                raise ValueError(f"Input {number} of layer {layer} is incompatible with the layer: {problem}")


def _problem(spec: InputSpec, shape: TensorShape, dtype: Any) -> str | None:
    ranked = (spec.ndim, spec.min_ndim, spec.max_ndim) != (None, None, None)
    if shape.rank is None:
        return "its rank is undefined, but the layer requires a defined rank." if ranked or spec.axes else None
    dims, rank = shape.as_list(), shape.rank
    full = f"Full shape received: {dims}"
    if spec.ndim is not None and rank != spec.ndim:
        return f"expected ndim={spec.ndim}, found ndim={rank}. {full}"
    if spec.max_ndim is not None and rank > spec.max_ndim:
        return f"expected max_ndim={spec.max_ndim}, found ndim={rank}"
    if spec.min_ndim is not None and rank < spec.min_ndim:
        return f": expected min_ndim={spec.min_ndim}, found ndim={rank}. {full}"
    if spec.dtype is not None and dtype != spec.dtype:
        return f"expected dtype={spec.dtype}, found dtype={dtype}"
    for axis, value in spec.axes.items():
        if value is not None and dims[axis] not in (int(value), None):
            return f"expected axis {axis} of input shape to have value {value} but received input with shape {dims}"
    if spec.shape is not None:
        for wanted, got in zip(spec.shape, dims, strict=True):
            if wanted is not None and got is not None and int(wanted) != got:
                return f"expected shape={spec.shape}, found shape={dims}"
    return None
