"""Features of examples, as users describe them, and the functions that parse examples into tensors."""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, convert_to_tensor
from hornbeam.graph.names import Lazy, public, register
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.graph.tensor import Tensor
from hornbeam.ops import parsing
from hornbeam.ops.example_parsing import TYPES
from hornbeam.ops.shaping import reshape
from hornbeam.ops.sparse_math import merged

for _name in ("Example", "SequenceExample"):
    register(Lazy("hornbeam.graph.messages.example_pb2", _name), (f"train.{_name}",))
for _name in ("BytesList", "FloatList", "Int64List", "Feature", "Features", "FeatureList", "FeatureLists"):
    register(Lazy("hornbeam.graph.messages.feature_pb2", _name), (f"train.{_name}",))


@public("io.VarLenFeature", v1=("VarLenFeature",))
class VarLenFeature(namedtuple("VarLenFeature", ["dtype"])):
    """A feature with any number of values: parsed as a SparseTensor. dtype: float32, int64 or string."""

    __slots__ = ()


@public("io.SparseFeature", v1=("SparseFeature",))
class SparseFeature(namedtuple("SparseFeature", ["index_key", "value_key", "dtype", "size", "already_sorted"])):
    """A sparse feature from two others: where its values stand, and the values.

    index_key: the feature of the indices, or a list of them, one a dimension. value_key: that of the values, of
    `dtype`. size: of the dimension, or a list. already_sorted: the indices of each example are in order.
    """

    __slots__ = ()

    def __new__(cls, index_key: Any, value_key: str, dtype: Any, size: Any,
                already_sorted: bool = False) -> SparseFeature:
        return super().__new__(cls, index_key, value_key, dtype, size, already_sorted)


@public("io.FixedLenFeature", v1=("FixedLenFeature",))
class FixedLenFeature(namedtuple("FixedLenFeature", ["shape", "dtype", "default_value"])):
    """A feature of one shape. default_value: what stands for a missing one; without it, the feature is required."""

    __slots__ = ()

    def __new__(cls, shape: Any, dtype: Any, default_value: Any = None) -> FixedLenFeature:
        return super().__new__(cls, shape, dtype, default_value)


@public("io.FixedLenSequenceFeature", v1=("FixedLenSequenceFeature",))
class FixedLenSequenceFeature(namedtuple("FixedLenSequenceFeature", ["shape", "dtype", "allow_missing",
                                                                     "default_value"])):
    """A feature of any number of rows of one shape; shorter ones are filled up with zeros or `default_value`.

    allow_missing: whether it may be absent; of an `Example` it must be true.
    """

    __slots__ = ()

    def __new__(cls, shape: Any, dtype: Any, allow_missing: bool = False,
                default_value: Any = None) -> FixedLenSequenceFeature:
        return super().__new__(cls, shape, dtype, allow_missing, default_value)


# What ops need to know -----------------------------------------------------------------------------------


class _Plan(NamedTuple):
    """Features in the order of the op: first sparse, then dense ones, each sorted by their names."""

    sparse: dict[str, Any]
    dense: dict[str, tuple[Any, TensorShape]]
    defaults: dict[str, Any]

    @property
    def shapes(self) -> list[TensorShape]:
        return [shape for _, shape in self.dense.values()]

    @property
    def types(self) -> list[Any]:
        return [dtype for dtype, _ in self.dense.values()]


def _plan(features: Mapping[str, Any] | None, allowed: tuple[type, ...]) -> _Plan:
    plan = _Plan({}, {}, {})
    for key in sorted(features or {}):
        feature = (features or {})[key]
        if not isinstance(feature, allowed):
            raise ValueError(f"Unsupported {type(feature).__name__} {feature} for key '{key}'")
        _plan_one(plan, key, feature)
    both = set(plan.dense) & set(plan.sparse)
    if both:
        raise ValueError(f"Dense and sparse keys must not intersect; dense_keys: {list(plan.dense)}, sparse_keys: "
                         f"{list(plan.sparse)}, intersection: {both}")
    return plan


def _plan_one(plan: _Plan, key: str, feature: Any) -> None:
    if isinstance(feature, SparseFeature):
        for part in ("index_key", "value_key"):
            if not getattr(feature, part):
                raise ValueError(f"Missing {part} for SparseFeature {feature}.")
    if not feature.dtype:
        raise ValueError(f"Missing type for feature {key}. Received feature={feature}.")
    dtype = dtypes.as_dtype(feature.dtype)
    if dtype not in TYPES:
        what = "sparse_types" if isinstance(feature, (VarLenFeature, SparseFeature)) else "dense_defaults"
        raise TypeError(f"Value passed to parameter '{what}' has DataType {dtype.name} not in list of allowed values: "
                        "float32, int64, string")
    if isinstance(feature, VarLenFeature):
        _add_sparse(plan, key, dtype)
    elif isinstance(feature, SparseFeature):
        for index in sorted(_index_keys(feature)):
            _add_sparse(plan, index, dtypes.int64)
        _add_sparse(plan, feature.value_key, dtype)
    else:
        plan.dense[key] = dtype, _dense_shape(key, feature)
        if feature.default_value is not None:
            plan.defaults[key] = feature.default_value
        elif getattr(feature, "allow_missing", False):
            plan.defaults[key] = None


def _index_keys(feature: SparseFeature) -> list[str]:
    return [feature.index_key] if isinstance(feature.index_key, str) else list(feature.index_key)


def _add_sparse(plan: _Plan, key: str, dtype: Any) -> None:
    if plan.sparse.setdefault(key, dtype) is not dtype:
        raise ValueError(f"Conflicting type {plan.sparse[key]} vs {dtype} for feature {key}.")


def _dense_shape(key: str, feature: Any) -> TensorShape:
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}. Received feature={feature}.")
    shape = TensorShape(feature.shape)
    if isinstance(feature, FixedLenFeature):
        if shape.rank and shape.as_list()[0] is None:
            raise ValueError(f"First dimension of shape for feature {key} unknown. Consider using "
                             f"FixedLenSequenceFeature. Received feature={feature}.")
        if not shape.is_fully_defined():
            raise ValueError(f"All dimensions of shape for feature {key} need to be known but received "
                             f"{feature.shape}.")
    return shape


def _defaults(plan: _Plan) -> list[Tensor]:
    """What stands for missing features, or fills up those of any number of rows; empty where one is required."""
    return [_default(key, dtype, shape, plan.defaults.get(key)) for key, (dtype, shape) in plan.dense.items()]


def _default(key: str, dtype: Any, shape: TensorShape, given: Any) -> Any:
    legal = re.sub(r"[^A-Za-z0-9_.\-/]", "_", key)
    if shape.rank and shape.as_list()[0] is None:
        if given is None:
            return convert_to_tensor("" if dtype is dtypes.string else 0, dtype)
        return reshape(convert_to_tensor(given, dtype, name=f"padding_{legal}"), [])
    if given is None:
        return convert_to_tensor([], dtype)
    if isinstance(given, Tensor):
        return given
    return reshape(convert_to_tensor(given, dtype, name=f"key_{legal}"), shape)


def _with_rows(features: Mapping[str, Any]) -> dict[str, Any]:
    """Sequence features of an `Example` have one more dimension, of unknown size."""
    out = dict(features)
    for key, feature in features.items():
        if isinstance(feature, FixedLenSequenceFeature):
            if not feature.allow_missing:
                raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
            out[key] = feature._replace(shape=[None, *feature.shape])
    return out


def _tensors(plan: _Plan, found: Sequence[Any]) -> dict[str, Any]:
    """What an op gave, by the features' names."""
    n = len(plan.sparse)
    sparse = [SparseTensor(*parts) for parts in zip(found[:n], found[n:2 * n], found[2 * n:3 * n], strict=True)]
    return dict(zip([*plan.sparse, *plan.dense], [*sparse, *found[3 * n:]], strict=True))


# Examples ------------------------------------------------------------------------------------------------

_EXAMPLE = (VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature)


@public(v2=("io.parse_example",))
def parse_example(serialized: Any, features: Mapping[str, Any], example_names: Any = None,
                  name: str | None = None) -> dict[str, Any]:
    """The features of serialized `Example` messages, as a dictionary of tensors.

    serialized: a vector of strings; a scalar gives the features of a single example. features: by their names in the
    messages, `FixedLenFeature` (a tensor [batch, ...]), `FixedLenSequenceFeature` (filled up to the longest),
    `VarLenFeature` and `SparseFeature` (a SparseTensor [batch, ...]). example_names: what errors call the messages.
    Raises ValueError for features that are not described whole; InvalidArgumentError, when it runs, where a required
    one is missing or of another type or size.

    >>> from hornbeam.graph.messages.example_pb2 import Example
    >>> example = Example(); example.features.feature["x"].int64_list.value.extend([3, 4])
    >>> parse_example([example.SerializeToString()], {"x": FixedLenFeature([2], dtypes.int64)})["x"].numpy().tolist()
    [[3, 4]]
    """
    if not features:
        raise ValueError(f"Argument `features` cannot be None or falsy. Got {features}")
    return _assembled(features, _parsed(serialized, _plan(_with_rows(features), _EXAMPLE), example_names, name=name))


@composite("ParseExample")
def _parsed(serialized: Any, plan: _Plan, names: Any, name: str | None = None) -> dict[str, Any]:
    serialized = convert_to_tensor(serialized, dtypes.string, name="serialized")
    defaults = _defaults(plan)
    names = [] if names is None else names
    common = {"sparse_types": list(plan.sparse.values()), "dense_shapes": plan.shapes, "Tdense": plan.types}
    if serialized.shape.rank == 1:
        found = parsing.parse_example_op(serialized, names, list(plan.sparse), list(plan.dense), defaults,
                                         Nsparse=len(plan.sparse), Ndense=len(plan.dense), **common)
    else:
        found = parsing.parse_example_v2_op(
            serialized, names, convert_to_tensor(list(plan.sparse), dtypes.string),
            convert_to_tensor(list(plan.dense), dtypes.string), convert_to_tensor([], dtypes.string), defaults,
            num_sparse=len(plan.sparse), **common)
    return _tensors(plan, found)


@composite("ParseSingleExample")
def _parsed_single(serialized: Any, plan: _Plan, name: str | None = None) -> dict[str, Any]:
    serialized = convert_to_tensor(serialized, dtypes.string, name="serialized")
    if serialized.shape.rank not in (None, 0):
        raise ValueError("Input serialized must be a scalar")
    found = parsing.parse_single_example_op(
        serialized, _defaults(plan), num_sparse=len(plan.sparse), sparse_keys=list(plan.sparse),
        dense_keys=list(plan.dense), sparse_types=list(plan.sparse.values()), dense_shapes=plan.shapes,
        Tdense=plan.types)
    return _tensors(plan, found)


def _assembled(features: Mapping[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The tensors of the features that were asked for: sparse features are merged from their parts."""
    out = dict(found)
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, SparseFeature):
            many = not isinstance(feature.index_key, str)
            out[key] = merged([found[k] for k in _index_keys(feature)], found[feature.value_key],
                              list(feature.size) if many else [feature.size], feature.already_sorted)
    return {key: out[key] for key in (*found, *features) if key in features}


@public(v2=("io.parse_single_example",))
def parse_single_example(serialized: Any, features: Mapping[str, Any], example_names: Any = None,
                         name: str | None = None) -> dict[str, Any]:
    """As `parse_example`, of a single serialized `Example`: a scalar string. No batch dimension comes first."""
    if features is None:
        raise ValueError("Invalid argument: features cannot be None.")
    if not features:
        raise ValueError("Invalid argument: features cannot be empty.")
    return _assembled(features, _parsed_single(serialized, _plan(_with_rows(features), _EXAMPLE), name=name))


@public(v1=("io.parse_example", "parse_example"))
def parse_example_v1(serialized: Any, features: Mapping[str, Any], name: str | None = None,
                     example_names: Any = None) -> dict[str, Any]:
    """The features of serialized `Example` messages, as a dictionary of tensors: see TF2's `io.parse_example`."""
    return parse_example(serialized, features, example_names, name)


@public(v1=("io.parse_single_example", "parse_single_example"))
def parse_single_example_v1(serialized: Any, features: Mapping[str, Any], name: str | None = None,
                            example_names: Any = None) -> dict[str, Any]:
    """The features of a single serialized `Example`: see TF2's `io.parse_single_example`."""
    return parse_single_example(serialized, features, example_names, name)


# Sequence examples ---------------------------------------------------------------------------------------

_CONTEXT = (VarLenFeature, FixedLenFeature)
_LISTS = (VarLenFeature, FixedLenSequenceFeature)


def _sequence_plans(context_features: Any, sequence_features: Any) -> tuple[_Plan, _Plan, list[str]]:
    if not (context_features or sequence_features):
        raise ValueError("Both context_features and sequence_features are None, but at least one should have values.")
    context, lists = _plan(context_features, _CONTEXT), _plan(sequence_features, _LISTS)
    for key, value in lists.defaults.items():
        if value is not None:
            raise ValueError(f"Value feature_list.dense_defaults[{key}] must be None")
    return context, lists, list(lists.defaults)


def _sequence_attrs(context: _Plan, lists: _Plan) -> dict[str, Any]:
    return {"Ncontext_sparse": len(context.sparse), "Ncontext_dense": len(context.dense),
            "Nfeature_list_sparse": len(lists.sparse), "Nfeature_list_dense": len(lists.dense),
            "context_sparse_types": list(context.sparse.values()), "Tcontext_dense": context.types,
            "context_dense_shapes": context.shapes, "feature_list_sparse_types": list(lists.sparse.values()),
            "feature_list_dense_types": lists.types, "feature_list_dense_shapes": lists.shapes}


@public("io.parse_single_sequence_example", v1=("parse_single_sequence_example",))
def parse_single_sequence_example(serialized: Any, context_features: Mapping[str, Any] | None = None,
                                  sequence_features: Mapping[str, Any] | None = None, example_name: Any = None,
                                  name: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The context and the lists of a serialized `SequenceExample`: two dictionaries of tensors.

    serialized: a scalar string. context_features: `FixedLenFeature` and `VarLenFeature`. sequence_features:
    `FixedLenSequenceFeature`, a tensor [steps, ...], and `VarLenFeature`, a SparseTensor [steps, values].
    Raises as `parse_example` does.
    """
    context, lists, missing = _sequence_plans(context_features, sequence_features)
    found = _single_sequence(serialized, context, lists, missing, example_name, name=name)
    at = 3 * len(context.sparse) + len(context.dense)
    return _tensors(context, found[:at]), _tensors(lists, found[at:])


@composite("ParseSingleSequenceExample")
def _single_sequence(serialized: Any, context: _Plan, lists: _Plan, missing: list[str], example_name: Any,
                     name: str | None = None) -> Any:
    serialized = convert_to_tensor(serialized, dtypes.string, name="serialized")
    if serialized.shape.rank not in (None, 0):
        raise ValueError("Input serialized must be a scalar")
    return parsing.parse_single_sequence_example_op(
        serialized, convert_to_tensor(missing, dtypes.string), list(context.sparse), list(context.dense),
        list(lists.sparse), list(lists.dense), _defaults(context), "" if example_name is None else example_name,
        **_sequence_attrs(context, lists))


@public("io.parse_sequence_example")
def parse_sequence_example(serialized: Any, context_features: Mapping[str, Any] | None = None,
                           sequence_features: Mapping[str, Any] | None = None, example_names: Any = None,
                           name: str | None = None) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """As `parse_single_sequence_example`, of a vector of strings; a third dictionary says the dense lists' lengths.

    Dense lists are [batch, steps, ...], filled up to the longest with zeros; sparse ones [batch, steps, values].
    """
    context, lists, missing = _sequence_plans(context_features, sequence_features)
    found = _sequences(serialized, context, lists, missing, example_names, name=name)
    at = 3 * len(context.sparse) + len(context.dense)
    end = len(found) - len(lists.dense)
    return (_tensors(context, found[:at]), _tensors(lists, found[at:end]),
            dict(zip(lists.dense, found[end:], strict=True)))


@composite("ParseSequenceExample")
def _sequences(serialized: Any, context: _Plan, lists: _Plan, missing: list[str], names: Any,
               name: str | None = None) -> Any:
    serialized = convert_to_tensor(serialized, dtypes.string, name="serialized")
    return parsing.parse_sequence_example_op(
        serialized, convert_to_tensor([] if names is None else names, dtypes.string), _defaults(context),
        feature_list_dense_missing_assumed_empty=missing, context_sparse_keys=list(context.sparse),
        context_dense_keys=list(context.dense), feature_list_sparse_keys=list(lists.sparse),
        feature_list_dense_keys=list(lists.dense), **_sequence_attrs(context, lists))


__all__ = ["FixedLenFeature", "FixedLenSequenceFeature", "SparseFeature", "VarLenFeature",
           "parse_example", "parse_sequence_example", "parse_single_example", "parse_single_sequence_example"]
