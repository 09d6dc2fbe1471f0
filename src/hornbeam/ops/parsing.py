"""The ops that take examples apart; `features.py` is what users call, `example_parsing.py` does the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.op import never, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import example_parsing, sequence_parsing
from hornbeam.ops.dims import ShapeFault
from hornbeam.ops.example_parsing import TYPES, Columns, Dense, Sparse

_NEVER = never("strings")
_WAIVE = {"samples": "messages: tests of their own"}


def _texts(keys: Iterable[Any]) -> list[str]:
    return [k if isinstance(k, str) else bytes(np.asarray(k)[()]).decode() for k in keys]


def _dims(shape: Any) -> tuple[int | None, ...]:
    return tuple(TensorShape(shape)._dims or ())


def _sparse(keys: Iterable[Any], types: Iterable[DType]) -> list[Sparse]:
    return [Sparse(*pair) for pair in zip(_texts(keys), types, strict=True)]


def _dense(keys: Iterable[Any], types: Iterable[DType], shapes: Iterable[Any],
           defaults: Iterable[np.ndarray] | None = None) -> list[Dense]:
    names = _texts(keys)
    given = [np.zeros(0)] * len(names) if defaults is None else defaults
    return [Dense(k, t, _dims(s), d) for k, t, s, d in zip(names, types, shapes, given, strict=True)]


def _flat(columns: Columns) -> list[np.ndarray]:
    """In the order of the op's outputs: all indices, all values, all shapes, then the dense ones."""
    return [parts[i] for i in range(3) for parts in columns.sparse] + columns.dense


def _outputs(rows: int, count: Any, sparse_types: Sequence[DType], dense_types: Sequence[DType],
             dense_shapes: Sequence[Any]) -> list[Any]:
    """The static shapes of `_flat`, where `rows` dimensions come before a feature's own, the first one `count`."""
    for dtype in (*sparse_types, *dense_types):
        if dtype not in TYPES:
            raise ShapeFault(f"features are float32, int64 or string, not {dtype.name}")
    before: Any = (count, None)[:rows]
    return [*[((None, rows + 1), dtypes.int64)] * len(sparse_types), *[((None,), t) for t in sparse_types],
            *[((rows + 1,), dtypes.int64)] * len(sparse_types),
            *[((*before, *_dims(s)), t) for s, t in zip(dense_shapes, dense_types, strict=True)]]


def _rank(given: Any, rank: int) -> None:
    if given.dims is not None and len(given.dims) != rank:
        raise ShapeFault(f"Shape must be rank {rank} but is rank {len(given.dims)}")


# Examples ------------------------------------------------------------------------------------------------


@op("ParseExample", inputs="serialized: string, names: string, sparse_keys: string list, dense_keys: string list, "
    "dense_defaults: list", host=True, returns_list=True, differentiable=_NEVER, waive=_WAIVE,
    lengths={"sparse_keys": "Nsparse", "dense_keys": "Ndense", "dense_defaults": "Tdense"},
    attr_types={"Tdense": "list(type)"})
def parse_example_op(serialized, names, sparse_keys, dense_keys, dense_defaults, *, sparse_types: Any,
                     dense_shapes: Any, Nsparse: int = 0, Ndense: int = 0, Tdense: Any = ()):
    """The features of a vector of serialized examples: indices, values and shapes of sparse ones, then dense ones."""
    return _flat(example_parsing.parse_batch(list(serialized), list(names), _sparse(sparse_keys, sparse_types),
                                             _dense(dense_keys, Tdense, dense_shapes, dense_defaults)))


@parse_example_op.shape
def _(inputs, attrs):
    _rank(inputs[0], 1)
    return _outputs(1, None if inputs[0].dims is None else inputs[0].dims[0], attrs["sparse_types"], attrs["Tdense"],
                    attrs["dense_shapes"])


@op("ParseExampleV2", inputs="serialized: string, names: string, sparse_keys: string, dense_keys: string, "
    "ragged_keys: string, dense_defaults: list", host=True, returns_list=True, differentiable=_NEVER, waive=_WAIVE,
    attr_types={"Tdense": "list(type)"})
def parse_example_v2_op(serialized, names, sparse_keys, dense_keys, ragged_keys, dense_defaults, *, num_sparse: int,
                        sparse_types: Any, ragged_value_types: Any = (), ragged_split_types: Any = (),
                        dense_shapes: Any = (), Tdense: Any = ()):
    """As `ParseExample`, of a vector of serialized examples or a single one."""
    if len(ragged_keys):
        raise ShapeFault("features of rows of different lengths cannot be parsed")
    sparse = _sparse(sparse_keys, sparse_types)
    dense = _dense(dense_keys, Tdense, dense_shapes, dense_defaults)
    if not serialized.ndim:
        return _flat(example_parsing.parse_one(serialized[()], sparse, dense))
    return _flat(example_parsing.parse_batch(list(serialized), list(names), sparse, dense))


@parse_example_v2_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims is None:
        return [(None, dtype) for _, dtype in _outputs(1, None, attrs["sparse_types"], attrs["Tdense"],
                                                       attrs["dense_shapes"])]
    if len(dims) > 1:
        raise ShapeFault(f"Shape must be at most rank 1 but is rank {len(dims)}")
    return _outputs(len(dims), dims[0] if dims else None, attrs["sparse_types"], attrs["Tdense"],
                    attrs["dense_shapes"])


@op("ParseSingleExample", inputs="serialized: string, dense_defaults: list", host=True, returns_list=True,
    differentiable=_NEVER, waive=_WAIVE, attr_types={"Tdense": "list(type)"})
def parse_single_example_op(serialized, dense_defaults, *, num_sparse: int, sparse_keys: Any, dense_keys: Any,
                            sparse_types: Any, dense_shapes: Any, Tdense: Any = ()):
    """As `ParseExample`, of a single serialized example."""
    return _flat(example_parsing.parse_one(serialized[()], _sparse(sparse_keys, sparse_types),
                                           _dense(dense_keys, Tdense, dense_shapes, dense_defaults)))


@parse_single_example_op.shape
def _(inputs, attrs):
    _rank(inputs[0], 0)
    return _outputs(0, None, attrs["sparse_types"], attrs["Tdense"], attrs["dense_shapes"])


# Sequence examples ---------------------------------------------------------------------------------------


@op("ParseSingleSequenceExample", inputs="serialized: string, feature_list_dense_missing_assumed_empty: string, "
    "context_sparse_keys: string list, context_dense_keys: string list, feature_list_sparse_keys: string list, "
    "feature_list_dense_keys: string list, context_dense_defaults: list, debug_name: string", host=True,
    returns_list=True, differentiable=_NEVER, waive=_WAIVE, attr_types={"Tcontext_dense": "list(type)"},
    lengths={"context_sparse_keys": "Ncontext_sparse", "context_dense_keys": "Ncontext_dense",
             "feature_list_sparse_keys": "Nfeature_list_sparse", "feature_list_dense_keys": "Nfeature_list_dense",
             "context_dense_defaults": "Tcontext_dense"})
def parse_single_sequence_example_op(
        serialized, feature_list_dense_missing_assumed_empty, context_sparse_keys, context_dense_keys,
        feature_list_sparse_keys, feature_list_dense_keys, context_dense_defaults, debug_name, *,
        Ncontext_sparse: int = 0, Ncontext_dense: int = 0, Nfeature_list_sparse: int = 0,
        Nfeature_list_dense: int = 0, context_sparse_types: Any = (), Tcontext_dense: Any = (),
        feature_list_dense_types: Any = (), context_dense_shapes: Any = (), feature_list_sparse_types: Any = (),
        feature_list_dense_shapes: Any = ()):
    """The context and the lists of a single serialized sequence example, each as `ParseExample` orders them."""
    found = sequence_parsing.parse_one(
        serialized[()], bytes(debug_name[()]).decode(), _sparse(context_sparse_keys, context_sparse_types),
        _dense(context_dense_keys, Tcontext_dense, context_dense_shapes, context_dense_defaults),
        _sparse(feature_list_sparse_keys, feature_list_sparse_types),
        _dense(feature_list_dense_keys, feature_list_dense_types, feature_list_dense_shapes),
        _texts(feature_list_dense_missing_assumed_empty))
    return _flat(found.context) + _flat(found.lists)


def _sequence_outputs(rows: int, count: Any, attrs: dict[str, Any]) -> list[Any]:
    return [*_outputs(rows, count, attrs["context_sparse_types"], attrs["Tcontext_dense"],
                      attrs["context_dense_shapes"]),
            *_outputs(rows + 1, count, attrs["feature_list_sparse_types"], attrs["feature_list_dense_types"],
                      attrs["feature_list_dense_shapes"])]


@parse_single_sequence_example_op.shape
def _(inputs, attrs):
    _rank(inputs[0], 0)
    return _sequence_outputs(0, None, attrs)


@op("ParseSequenceExample", inputs="serialized: string, debug_name: string, context_dense_defaults: list", host=True,
    returns_list=True, differentiable=_NEVER, waive=_WAIVE, attr_types={"Tcontext_dense": "list(type)"})
def parse_sequence_example_op(
        serialized, debug_name, context_dense_defaults, *, feature_list_dense_missing_assumed_empty: Any = (),
        context_sparse_keys: Any = (), context_dense_keys: Any = (), feature_list_sparse_keys: Any = (),
        feature_list_dense_keys: Any = (), Ncontext_sparse: int = 0, Ncontext_dense: int = 0,
        Nfeature_list_sparse: int = 0, Nfeature_list_dense: int = 0, context_sparse_types: Any = (),
        Tcontext_dense: Any = (), feature_list_dense_types: Any = (), context_dense_shapes: Any = (),
        feature_list_sparse_types: Any = (), feature_list_dense_shapes: Any = ()):
    """As `ParseSingleSequenceExample`, of a vector of them; last come the lengths of the dense lists."""
    found = sequence_parsing.parse_batch(
        list(serialized), list(debug_name), _sparse(context_sparse_keys, context_sparse_types),
        _dense(context_dense_keys, Tcontext_dense, context_dense_shapes, context_dense_defaults),
        _sparse(feature_list_sparse_keys, feature_list_sparse_types),
        _dense(feature_list_dense_keys, feature_list_dense_types, feature_list_dense_shapes),
        _texts(feature_list_dense_missing_assumed_empty))
    return _flat(found.context) + _flat(found.lists) + found.lengths


@parse_sequence_example_op.shape
def _(inputs, attrs):
    _rank(inputs[0], 1)
    count = None if inputs[0].dims is None else inputs[0].dims[0]
    lengths = [((count,), dtypes.int64)] * len(attrs["feature_list_dense_types"])
    return [*_sequence_outputs(1, count, attrs), *lengths]


@op("ParseSequenceExampleV2", inputs="serialized: string, debug_name: string, context_sparse_keys: string, "
    "context_dense_keys: string, context_ragged_keys: string, feature_list_sparse_keys: string, "
    "feature_list_dense_keys: string, feature_list_ragged_keys: string, "
    "feature_list_dense_missing_assumed_empty: bool, context_dense_defaults: list", host=True, returns_list=True,
    differentiable=_NEVER, waive=_WAIVE, attr_types={"Tcontext_dense": "list(type)"})
def parse_sequence_example_v2_op(
        serialized, debug_name, context_sparse_keys, context_dense_keys, context_ragged_keys,
        feature_list_sparse_keys, feature_list_dense_keys, feature_list_ragged_keys,
        feature_list_dense_missing_assumed_empty, context_dense_defaults, *, Ncontext_sparse: int = 0,
        Nfeature_list_sparse: int = 0, Nfeature_list_dense: int = 0, context_sparse_types: Any = (),
        Tcontext_dense: Any = (), feature_list_dense_types: Any = (), context_dense_shapes: Any = (),
        feature_list_sparse_types: Any = (), feature_list_dense_shapes: Any = (),
        context_ragged_value_types: Any = (), context_ragged_split_types: Any = (),
        feature_list_ragged_value_types: Any = (), feature_list_ragged_split_types: Any = ()):
    """As `ParseSequenceExample`, of a vector of serialized sequence examples or a single one."""
    if len(context_ragged_keys) or len(feature_list_ragged_keys):
        raise ShapeFault("features of rows of different lengths cannot be parsed")
    lists = _texts(feature_list_dense_keys)
    missing = [key for key, may in zip(lists, feature_list_dense_missing_assumed_empty, strict=True) if may]
    asked = (_sparse(context_sparse_keys, context_sparse_types),
             _dense(context_dense_keys, Tcontext_dense, context_dense_shapes, context_dense_defaults),
             _sparse(feature_list_sparse_keys, feature_list_sparse_types),
             _dense(lists, feature_list_dense_types, feature_list_dense_shapes), missing)
    if serialized.ndim:
        found = sequence_parsing.parse_batch(list(serialized), list(debug_name), *asked)
        return _flat(found.context) + _flat(found.lists) + found.lengths
    name = bytes(debug_name.reshape(-1)[0]).decode() if debug_name.size else ""
    found = sequence_parsing.parse_one(serialized[()], name, *asked)
    lengths = [np.array(len(values), np.int64) for values in found.lists.dense]
    return _flat(found.context) + _flat(found.lists) + lengths


@parse_sequence_example_v2_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims is None:
        return [(None, dtype) for _, dtype in [*_sequence_outputs(1, None, attrs),
                                               *[((), dtypes.int64)] * len(attrs["feature_list_dense_types"])]]
    if len(dims) > 1:
        raise ShapeFault(f"Shape must be at most rank 1 but is rank {len(dims)}")
    lengths = [(dims, dtypes.int64)] * len(attrs["feature_list_dense_types"])
    return [*_sequence_outputs(len(dims), dims[0] if dims else None, attrs), *lengths]
