"""Values as tensors, and what can be asked of any value: `convert_to_tensor`, `is_tensor`, `get_static_value`."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import call, dtypes, mode
from hornbeam.graph.call import graph_for
from hornbeam.graph.convert import converters, holds_tensors
from hornbeam.graph.graph import Graph
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import Dimension, TensorShape
from hornbeam.graph.tensor import EagerTensor, GraphTensor, Tensor
from hornbeam.ops import dims as shapes


def convert(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """As `convert_to_tensor`; a list that holds tensors becomes a node named `packed` where no name is given."""
    if isinstance(value, (list, tuple, TensorShape)):
        value = dimensions(value)
        if holds_tensors(value):
            graph = graph_for(value)
            if graph is not None and not (name or "").endswith("/"):
                name = f"{graph.unique_name(name or 'packed')}/"
    return call.convert_to_tensor(value, dtype, dtype_hint, name)


@public(v2=("convert_to_tensor",))
def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """`value` (a tensor, variable, NumPy array, Python number or nested list of these) as a tensor.

    dtype: the result's dtype; a tensor of another is refused (ValueError), as are Python numbers it cannot hold
    (TypeError). dtype_hint: tried first where `dtype` is None.
    """
    return convert(value, dtype, dtype_hint, name)


def convert_or_slices(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` as a tensor, or as it is where it is an `IndexedSlices`."""
    if isinstance(value, IndexedSlices):
        if dtype is not None and value.dtype != dtype:
            raise ValueError(f"IndexedSlices of dtype {value.dtype.name} were asked for as {dtype}")
        return value
    return convert(value, dtype, None, name)


def dimensions(shape: Any) -> Any:
    """A shape as an argument of an op: TensorShapes and Dimensions as integers, empty lists as int32."""
    if isinstance(shape, TensorShape):
        return _sizes(shape)
    if isinstance(shape, (list, tuple)) and any(isinstance(d, Dimension) for d in shape):
        return [_size(d) if isinstance(d, Dimension) else d for d in shape]
    return shape


def _sizes(shape: TensorShape) -> np.ndarray:
    if not shape.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape {shape} to a Tensor.")
    sizes = np.array(shape.as_list(), np.int64)
    return sizes if (sizes > np.iinfo(np.int32).max).any() else sizes.astype(np.int32)


def _size(dimension: Dimension) -> int:
    if dimension.value is None:
        raise ValueError(f"Cannot convert unknown Dimension {dimension} to a Tensor.")
    return dimension.value


def _as_vector(value: TensorShape, dtype: Any, name: str | None) -> Any:
    return call.as_tensor(_sizes(value), dtype, mode.current_graph(), name or "shape_as_tensor")


def _as_scalar(value: Dimension, dtype: Any, name: str | None) -> Any:
    return call.as_tensor(_size(value), dtype, mode.current_graph(), name or "shape_as_tensor")


converters.extend([(TensorShape, _as_vector), (Dimension, _as_scalar)])


def shape_argument(shape: Any) -> Any:
    """What users give as a shape, for an op's integer input."""
    shape = dimensions(shape)
    return np.zeros(0, np.int32) if isinstance(shape, (list, tuple)) and not shape else shape


def scope_name() -> str | None:
    """Inside a `composite`: the name by which a node bears the scope's own name; None where calls run at once."""
    graph = mode.current_graph()
    scope = None if graph is None else graph.get_name_scope()
    return f"{scope}/" if scope else None


def held(array: np.ndarray, name: str, *decide: Any) -> Any:
    """An array as a constant of the graph that a call with the values `decide` builds in, or as an eager tensor."""
    graph = graph_for(*decide)
    return EagerTensor(array) if graph is None else constant_in(graph, array, name)


def constant_in(graph: Graph, array: np.ndarray, name: str) -> GraphTensor:
    """A `Const` of `graph`; `name` is taken in the open scope, or as it is where it ends in `/`."""
    if array.nbytes >= 2**31:
        raise ValueError("Cannot create a tensor proto whose content is larger than 2GB.")
    dtype = dtypes.from_numpy(array.dtype)
    node = graph.add(ops["Const"], graph.name_for(name), (), {"value": array, "dtype": dtype}, [(array.shape, dtype)])
    return node.outputs[0]


@public("is_tensor")
def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, a variable, or `IndexedSlices`: something that ops take as it is."""
    return isinstance(x, (Tensor, IndexedSlices)) or hasattr(x, "_as_tensor")


@public("is_symbolic_tensor")
def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether `tensor` belongs to a graph and has no value of its own."""
    return isinstance(tensor, GraphTensor) or getattr(tensor, "_graph_home", None) is not None


@public("get_static_value")
def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value of a tensor as a NumPy array where the graph alone tells it, else None; what is no tensor as it is.

    partial: of a vector that is known in parts, an object array with None for the unknown entries.
    """
    if not isinstance(tensor, Tensor) and not hasattr(tensor, "_as_tensor"):
        return tensor
    value = shapes.static_value(tensor)
    if value is not None:
        return value[()] if value.ndim == 0 else value
    if not partial or type(tensor) is not GraphTensor or tensor.op.type != "Pack":
        return None
    entries = [get_static_value(t) for t in tensor.op.inputs]
    if all(e is None for e in entries) or any(t.dims != () for t in tensor.op.inputs):
        return None
    return np.array(entries, object)
