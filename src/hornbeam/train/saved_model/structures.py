"""Nested Python values as `StructuredValue` messages say them: signatures of functions."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.graph_def import make_ndarray, write_shape
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


def encoded(value: Any) -> Any:
    """The `StructuredValue` of a nested value. Raises ValueError for what files cannot say."""
    from hornbeam.graph.messages.struct_pb2 import StructuredValue
    made = StructuredValue()
    _encode(made, value)
    return made


def _encode(made: Any, value: Any) -> None:
    if value is None:
        made.none_value.SetInParent()
    elif isinstance(value, bool):
        made.bool_value = value
    elif isinstance(value, (int, np.integer)):
        made.int64_value = int(value)
    elif isinstance(value, (float, np.floating)):
        made.float64_value = float(value)
    elif isinstance(value, str):
        made.string_value = value
    elif isinstance(value, TensorShape):
        write_shape(made.tensor_shape_value, value._dims)
    elif isinstance(value, dtypes.DType):
        made.tensor_dtype_value = value.as_datatype_enum
    elif isinstance(value, TensorSpec):
        made.tensor_spec_value.name = value.name or ""
        write_shape(made.tensor_spec_value.shape, value.shape._dims)
        made.tensor_spec_value.dtype = value.dtype.as_datatype_enum
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        made.named_tuple_value.name = type(value).__name__
        for key in value._fields:  # pyright: ignore[reportAttributeAccessIssue]
            pair = made.named_tuple_value.values.add(key=key)
            _encode(pair.value, getattr(value, key))
    elif isinstance(value, (list, tuple)):
        field = made.list_value if isinstance(value, list) else made.tuple_value
        field.SetInParent()
        for item in value:
            _encode(field.values.add(), item)
    elif isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
        made.dict_value.SetInParent()
        for key, item in value.items():
            _encode(made.dict_value.fields[key], item)
    else:
        raise ValueError(f"a signature holds {value!r}, a {type(value).__name__}, which cannot be saved")
