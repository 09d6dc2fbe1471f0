"""Between what users see and what datasets hold: structures of tensors, and flat leaves of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hornbeam.data import structure
from hornbeam.data.pipeline.node import Node, value_of
from hornbeam.graph import dtypes
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorSpec, SparseTensorValue
from hornbeam.graph.tensor import EagerTensor
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec
from hornbeam.ops.ragged_tensor import RaggedTensor, RaggedTensorSpec, RaggedValue

VARIANT = TensorSpec((), dtypes.variant)


class SpecOfElements(TypeSpec):
    """The spec of something that gives elements of the structure `element_spec`, and travels as one variant."""

    __slots__ = ("_element_spec",)

    def __init__(self, element_spec: Any) -> None:
        self._element_spec = element_spec

    def _serialize(self) -> tuple[Any, ...]:
        return (self._element_spec,)

    @property
    def _component_specs(self) -> Any:
        return VARIANT

    def _to_components(self, value: Any) -> Any:
        return value._tensor()


def normalized(value: Any) -> tuple[Any, list[Any]]:
    """The spec of a user's element, and its leaves: arrays, tensors of a graph, sparse values of them, nodes, boxes."""
    specs, leaves = [], []
    for leaf in structure.flatten(value):
        spec, made = _leaf(leaf)
        specs.append(spec)
        leaves.append(made)
    return structure.pack(value, specs), leaves


def _leaf(leaf: Any) -> tuple[TypeSpec, Any]:
    if leaf is None:
        return structure.NoneTensorSpec(), None
    if isinstance(leaf, (SparseTensor, SparseTensorValue)):
        sparse = SparseTensor.from_value(leaf) if isinstance(leaf, SparseTensorValue) else leaf
        parts = [value_of(p) for p in (sparse.indices, sparse.values, sparse.dense_shape)]
        return SparseTensorSpec(sparse.shape, sparse.dtype), SparseTensorValue(*parts)
    if isinstance(leaf, RaggedTensor):
        return leaf._type_spec, RaggedValue(value_of(p) for p in leaf._flat())
    node = getattr(leaf, "_node", None)
    if isinstance(node, Node):
        return leaf._type_spec, node
    if hasattr(leaf, "_boxed_value"):
        box = leaf._boxed_value()
        return leaf._type_spec, np.asarray(box._value)[()] if isinstance(box, EagerTensor) else box
    made = value_of(leaf, None, "component")
    if isinstance(made, np.ndarray):
        return TensorSpec(made.shape, dtypes.from_numpy(made.dtype) if made.dtype != object else dtypes.string), made
    return TensorSpec(made.shape, made.dtype.base_dtype), made


def parts_of(leaves: Sequence[Any]) -> list[Any]:
    """Leaves as flat tensors: a sparse one is three."""
    return [part for leaf in leaves if leaf is not None
            for part in (leaf if isinstance(leaf, (SparseTensorValue, RaggedValue)) else [leaf])]


def from_parts(spec: Any, parts: Sequence[Any]) -> Any:
    """An element of the user's, from the tensors that it consists of."""
    given = iter(parts)
    return structure.pack(spec, [_from_tensors(leaf, given) for leaf in structure.flatten(spec)])


def _from_tensors(spec: Any, given: Iterator[Any]) -> Any:
    if isinstance(spec, structure.NoneTensorSpec):
        return None
    if isinstance(spec, TensorSpec):
        return next(given)
    if isinstance(spec, SparseTensorSpec):
        return spec._from_components([next(given), next(given), next(given)])
    if isinstance(spec, RaggedTensorSpec):
        return spec._from_components([next(given) for _ in range(spec.ragged_rank + 1)])
    box = next(given)
    return spec._from_box(np.asarray(box._value) if isinstance(box, EagerTensor) else box)


def to_user(spec: Any, leaves: Sequence[Any]) -> Any:
    """An element as the user sees it, with values."""
    if type(spec) is TensorSpec:
        return EagerTensor(leaves[0])
    return structure.pack(spec, [_to_user(s, v) for s, v in zip(structure.flatten(spec), leaves, strict=True)])


def _to_user(spec: Any, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return EagerTensor(value)
    if isinstance(value, (SparseTensorValue, RaggedValue)):
        return spec._from_components([EagerTensor(np.asarray(part)) for part in value])
    return None if value is None else spec._user_value(value)


def to_numpy(spec: Any, leaves: Sequence[Any]) -> Any:
    """An element as arrays: NumPy scalars for those without dimensions, bytes for strings.

    Raises TypeError for leaves that are neither tensors nor sparse.
    """
    return structure.pack(spec, [_to_numpy(s, v) for s, v in zip(structure.flatten(spec), leaves, strict=True)])


def _to_numpy(spec: Any, value: Any) -> Any:
    if isinstance(value, SparseTensorValue):
        return SparseTensorValue(*[np.array(part) for part in value])
    if isinstance(value, RaggedValue):
        return spec._from_components([EagerTensor(part) for part in value]).numpy()
    if isinstance(value, np.ndarray):
        return EagerTensor(value).numpy()
    if value is None:
        return None
    return spec._numpy_value(value)

