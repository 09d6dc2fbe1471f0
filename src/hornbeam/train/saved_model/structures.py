"""Nested Python values as `StructuredValue` messages say them: signatures of functions."""

from __future__ import annotations

import collections
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.graph_def import make_ndarray
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor_spec import TensorSpec


def decoded(message: Any) -> Any:
    """The value that a `StructuredValue` holds. Raises ValueError for kinds that have no counterpart here."""
    kind = message.WhichOneof("kind")
    if kind in (None, "none_value"):
        return None
    value = getattr(message, kind)
    if kind in ("float64_value", "int64_value", "string_value", "bool_value"):
        return value
    if kind == "tensor_shape_value":
        return shape_of(value)
    if kind == "tensor_dtype_value":
        return dtypes.as_dtype(value)
    if kind in ("tensor_spec_value", "bounded_tensor_spec_value"):
        return TensorSpec(shape_of(value.shape), dtypes.as_dtype(value.dtype), value.name or None)
    if kind == "list_value":
        return [decoded(v) for v in value.values]
    if kind == "tuple_value":
        return tuple(decoded(v) for v in value.values)
    if kind == "dict_value":
        return {key: decoded(v) for key, v in sorted(value.fields.items())}
    if kind == "named_tuple_value":
        made = collections.namedtuple(value.name, [p.key for p in value.values])  # type: ignore[misc]
        return made(*[decoded(p.value) for p in value.values])
    if kind in ("tensor_value", "numpy_value"):
        return make_ndarray(value)
    raise ValueError(f"a signature holds a {value.type_spec_class_name or kind}, which cannot be loaded")


def shape_of(message: Any) -> TensorShape:
    """A `TensorShapeProto` as a shape."""
    return TensorShape(None if message.unknown_rank else [None if d.size < 0 else d.size for d in message.dim])
