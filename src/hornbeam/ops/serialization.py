"""Tensors as strings and back: dense and sparse ones, examples written as JSON; names of files by pattern."""

from __future__ import annotations

import glob
import itertools
import os
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType, c_name
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.graph_def import make_ndarray, make_tensor_proto
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import rules
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.strings import mapped

_NEVER = never("strings")
_FLOATS = np.array([[1.0, 2.0]], np.float32)


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)


def _serialized(array: np.ndarray) -> bytes:
    return make_tensor_proto(array).SerializeToString()


def _strings(values: list[bytes]) -> np.ndarray:
    out = np.empty(len(values), object)
    out[:] = values
    return out


# Dense ---------------------------------------------------------------------------------------------------


@op("SerializeTensor", inputs="tensor: T", names=("io.serialize_tensor",), v1=("serialize_tensor",), host=True,
    differentiable=_NEVER, T=(), samples=lambda rng: [((_FLOATS,), {}), ((np.array(b"text", object),), {})])
def serialize_tensor(tensor):
    """A tensor as a scalar string: a serialized `TensorProto`, which `parse_tensor` reads."""
    out = np.empty((), object)
    out[()] = _serialized(tensor)
    return out


serialize_tensor.shape(lambda inputs, attrs: [((), dtypes.string)])


@op("ParseTensor", inputs="serialized: string", names=("io.parse_tensor",), v1=("parse_tensor",), host=True,
    gives_strings=False, differentiable=_NEVER, attr_types={"out_type": "type"},
    samples=lambda rng: [((np.array(_serialized(_FLOATS), object),), {"out_type": dtypes.float32})])
def parse_tensor(serialized, *, out_type: Any):
    """The tensor that a scalar string holds, a serialized `TensorProto`.

    out_type: its dtype. Raises InvalidArgumentError for other strings, and where the dtype is another.
    """
    if serialized.ndim:
        raise ShapeFault(f"Expected `serialized` to be a scalar, got shape: {rules.text(serialized.shape)}")
    data = serialized[()]
    array = _parsed(data)
    if array is None:
        raise _invalid(f"Could not parse `serialized` as TensorProto: '{data.decode('utf-8', 'replace')}'")
    found = dtypes.from_numpy(array.dtype)
    if found is not out_type:
        raise _invalid(f"Type mismatch between parsed tensor ({c_name(found)}) and dtype ({c_name(out_type)})")
    return array


parse_tensor.shape(lambda inputs, attrs: [(None, attrs["out_type"])])


def _parsed(data: bytes) -> np.ndarray | None:
    """The array of a serialized `TensorProto`, None for other bytes."""
    from google.protobuf.message import DecodeError

    from hornbeam.graph.messages.tensor_pb2 import TensorProto
    try:
        return make_ndarray(TensorProto.FromString(data))
    except (DecodeError, TypeError, ValueError, KeyError, OverflowError, MemoryError):
        return None


# Sparse --------------------------------------------------------------------------------------------------


def _refuse_other_outputs(out_type: Any) -> None:
    if out_type is not dtypes.string:
        raise ShapeFault(f"Value for attr 'out_type' of {c_name(out_type)} "
                         "is not in the list of allowed values: string")


@op("SerializeSparse", inputs="sparse_indices: int64, sparse_values: T, sparse_shape: int64", host=True,
    gives_strings=False, differentiable=_NEVER, attr_types={"out_type": "type"}, T=(),
    samples=lambda rng: [((np.array([[0, 1]]), np.array([1.0]), np.array([2, 3])), {})])
def serialize_sparse_op(sparse_indices, sparse_values, sparse_shape, *, out_type: Any = dtypes.string):
    """A sparse tensor as three strings."""
    _refuse_other_outputs(out_type)
    return _strings([_serialized(part) for part in (sparse_indices, sparse_values, sparse_shape)])


serialize_sparse_op.shape(lambda inputs, attrs: [((3,), dtypes.string)])


@op("SerializeManySparse", inputs="sparse_indices: int64, sparse_values: T, sparse_shape: int64", host=True,
    gives_strings=False, differentiable=_NEVER, attr_types={"out_type": "type"}, T=(),
    samples=lambda rng: [((np.array([[0, 1], [2, 0]]), np.array([1.0, 2.0]), np.array([3, 3])), {})])
def serialize_many_sparse_op(sparse_indices, sparse_values, sparse_shape, *, out_type: Any = dtypes.string):
    """The rows of a sparse tensor as three strings each."""
    _refuse_other_outputs(out_type)
    if len(sparse_shape) < 2:
        raise ShapeFault(f"Rank of input SparseTensor should be > 1, but saw rank: {len(sparse_shape)}")
    ends = np.searchsorted(sparse_indices[:, 0], np.arange(int(sparse_shape[0]) + 1))
    rows = [[_serialized(sparse_indices[a:b, 1:]), _serialized(sparse_values[a:b]), _serialized(sparse_shape[1:])]
            for a, b in itertools.pairwise(ends)]
    return _strings([part for row in rows for part in row]).reshape(len(rows), 3)


@serialize_many_sparse_op.shape
def _(inputs, attrs):
    shape = inputs[2].value
    return [((None if shape is None else int(shape[0]), 3), dtypes.string)]


def _sparse_parts(row: np.ndarray, number: int, dtype: DType) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    indices, values, shape = (_parsed(data) for data in row)
    if indices is None or values is None or shape is None:
        raise _invalid("Could not parse serialized proto")
    if indices.ndim != 2 or values.ndim != 1 or shape.ndim != 1 or len(indices) != len(values) \
            or indices.shape[1] != len(shape) or indices.dtype != np.int64 or shape.dtype != np.int64:
        raise _invalid(f"SparseTensor[{number}] has indices of shape {rules.text(indices.shape)}, values of shape "
                       f"{rules.text(values.shape)} and a shape of shape {rules.text(shape.shape)}: they do not fit")
    if values.dtype != dtype.np_dtype:
        raise _invalid(f"Requested SparseTensor of type {c_name(dtype)} but SparseTensor[{number}].values.dtype() == "
                       f"{c_name(dtypes.from_numpy(values.dtype))}")
    return indices, values, shape


@op("DeserializeSparse", inputs="serialized_sparse: Tserialized", host=True, gives_strings=False,
    outputs=("sparse_indices", "sparse_values", "sparse_shape"), differentiable=_NEVER, attr_types={"dtype": "type"},
    Tserialized=(dtypes.string,), waive={"samples": "strings that serialize_sparse gives"})
def deserialize_sparse_op(serialized_sparse, *, dtype: Any):
    """The sparse tensors that strings hold, three each, as one: of more dimensions where there are several."""
    if not serialized_sparse.ndim or serialized_sparse.shape[-1] != 3:
        raise ShapeFault("Serialized sparse should have 3 as the last dimension "
                         f"{rules.text(serialized_sparse.shape)}")
    outer = serialized_sparse.shape[:-1]
    if not outer:
        return _sparse_parts(serialized_sparse, 0, dtype)
    rows = [_sparse_parts(row, i, dtype) for i, row in enumerate(serialized_sparse.reshape(-1, 3))]
    if not rows:
        raise _invalid("Serialized sparse should have non-zero dimension")
    rank = len(rows[0][2])
    for i, (_, _, shape) in enumerate(rows):
        if len(shape) != rank:
            raise _invalid(f"Inconsistent shape across SparseTensors: rank prior to SparseTensor[{i}] was: {rank} but "
                           f"rank of SparseTensor[{i}] is: {len(shape)}")
    places = [np.concatenate([np.tile(np.array(np.unravel_index(i, outer), np.int64), (len(r[0]), 1)), r[0]], 1)
              for i, r in enumerate(rows)]
    size = np.concatenate([outer, np.max([shape for _, _, shape in rows], axis=0)]).astype(np.int64)
    return np.concatenate(places), np.concatenate([values for _, values, _ in rows]), size


deserialize_sparse_op.shape(lambda inputs, attrs: [((None, None), dtypes.int64), ((None,), attrs["dtype"]),
                                                   ((None,), dtypes.int64)])


@op("DeserializeManySparse", inputs="serialized_sparse: string", host=True, gives_strings=False,
    outputs=("sparse_indices", "sparse_values", "sparse_shape"), differentiable=_NEVER, attr_types={"dtype": "type"},
    waive={"samples": "strings that serialize_many_sparse gives"})
def deserialize_many_sparse_op(serialized_sparse, *, dtype: Any):
    """The sparse tensors that the rows of a matrix of strings hold, as the rows of one."""
    if serialized_sparse.ndim != 2 or serialized_sparse.shape[1] != 3:
        raise ShapeFault("Serialized sparse should be a matrix of 3 columns, not of shape "
                         f"{rules.text(serialized_sparse.shape)}")
    return deserialize_sparse_op.function(serialized_sparse, dtype=dtype)


deserialize_many_sparse_op.shape(lambda inputs, attrs: [((None, None), dtypes.int64), ((None,), attrs["dtype"]),
                                                        ((None,), dtypes.int64)])


def _as_sparse(sp_input: Any) -> SparseTensor:
    if not isinstance(sp_input, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return sp_input


@public(v1=("io.serialize_sparse", "serialize_sparse"))
def serialize_sparse(sp_input: Any, name: str | None = None, out_type: Any = dtypes.string) -> Any:
    """A SparseTensor as a vector of three strings: its indices, values and shape."""
    x = _as_sparse(sp_input)
    return serialize_sparse_op(x.indices, x.values, x.dense_shape, out_type=out_type, name=name)


@public(v1=("io.serialize_many_sparse", "serialize_many_sparse"))
def serialize_many_sparse(sp_input: Any, name: str | None = None, out_type: Any = dtypes.string) -> Any:
    """The rows of a SparseTensor as strings, [rows, 3]: each as `serialize_sparse` gives it, of one dimension less."""
    x = _as_sparse(sp_input)
    return serialize_many_sparse_op(x.indices, x.values, x.dense_shape, out_type=out_type, name=name)


@public(v2=("io.serialize_sparse",))
def serialize_sparse_v2(sp_input: Any, out_type: Any = dtypes.string, name: str | None = None) -> Any:
    """A SparseTensor as a vector of three strings: its indices, values and shape."""
    return serialize_sparse(sp_input, name, out_type)


@public(v2=("io.serialize_many_sparse",))
def serialize_many_sparse_v2(sp_input: Any, out_type: Any = dtypes.string, name: str | None = None) -> Any:
    """The rows of a SparseTensor as strings, [rows, 3]: each as `serialize_sparse` gives it, of one dimension less."""
    return serialize_many_sparse(sp_input, name, out_type)


@public("io.deserialize_many_sparse", v1=("deserialize_many_sparse",))
def deserialize_many_sparse(serialized_sparse: Any, dtype: Any, rank: int | None = None,
                            name: str | None = None) -> SparseTensor:
    """Serialized sparse tensors, [rows, 3], as the rows of one SparseTensor, which is as large as the largest.

    dtype: of the values. rank: of the result, where it is known. Raises InvalidArgumentError for other strings, and
    where ranks or dtypes differ.
    """
    found = deserialize_many_sparse_op(serialized_sparse, dtype=dtypes.as_dtype(dtype), name=name)
    if rank is not None:
        found.sparse_indices.set_shape([None, rank])
        found.sparse_shape.set_shape([rank])
    return SparseTensor(*found)


# JSON and names of files -----------------------------------------------------------------------------------


@op("DecodeJSONExample", inputs="json_examples: string", names=("io.decode_json_example",), v1=("decode_json_example",),
    host=True, differentiable=_NEVER,
    samples=lambda rng: [((np.array([b'{"features": {"feature": {"a": {"int64List": {"value": ["1"]}}}}}'],
                                    object),), {})])
def decode_json_example(json_examples):
    """`Example` messages written as JSON, as serialized messages, in the same shape.

    Raises InvalidArgumentError for what is no JSON of an `Example`.
    """
    return mapped(_from_json, json_examples)


def _from_json(data: bytes) -> bytes:
    from google.protobuf import json_format

    from hornbeam.graph.messages.example_pb2 import Example
    try:
        message = json_format.Parse(data, Example())
    except (json_format.ParseError, UnicodeDecodeError) as error:
        raise _invalid(f"Error while parsing JSON: {error}") from None
    return message.SerializeToString(deterministic=True)


decode_json_example.shape(rules.as_first)


@op("MatchingFiles", inputs="pattern: string", names=("io.matching_files",), v1=("matching_files",), host=True,
    stateful=True, differentiable=_NEVER, waive={"samples": "looks at files"})
def matching_files(pattern):
    """The names of the files that match a pattern, or any of a vector of them, in order: a vector of strings.

    In a pattern `*` stands for any characters, `?` for one and `[ab]` for one of several, none of them a `/`.
    """
    found = {path for one in pattern.reshape(-1) for path in glob.glob(os.fsdecode(one))}
    return _strings([os.fsencode(path) for path in sorted(found)])


@matching_files.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims is not None and len(dims) > 1:
        raise ShapeFault(f"Shape must be at most rank 1 but is rank {len(dims)}")
    return [((None,), dtypes.string)]
