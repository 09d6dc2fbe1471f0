"""What a feature column is, and the columns of numbers."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.names import names_v2, public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops import array

Variables = Callable[..., Any]
"""`variables(column, name, shape, initializer, trainable)` gives the variable of a column."""


def function(name: str) -> Any:
    """A public function, by its name."""
    return names_v2[name].target


class FeatureColumn(ABC):
    """What a model takes from raw features. `name` says what it is; columns that are equal are one."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The column's name, which its variables have."""

    @property
    @abstractmethod
    def parse_example_spec(self) -> dict[str, Any]:
        """The features it needs, as `parse_example` takes them."""

    @abstractmethod
    def transform(self, features: Features) -> Any:
        """What the column makes of the features, before what has variables."""


class DenseColumn(FeatureColumn):
    """A column that gives a dense tensor: [batch, *variable_shape]."""

    @property
    @abstractmethod
    def variable_shape(self) -> tuple[int, ...]:
        """The shape of one example's values."""

    @abstractmethod
    def dense(self, features: Features, variables: Variables) -> Any:
        """The values, [batch, *variable_shape]."""


class CategoricalColumn(FeatureColumn):
    """A column that gives ids below `num_buckets`."""

    @property
    @abstractmethod
    def num_buckets(self) -> int:
        """How many ids there are."""

    @abstractmethod
    def ids(self, features: Features) -> tuple[SparseTensor, SparseTensor | None]:
        """The ids of each example, int64, and their weights."""


class Features:
    """Raw features, and what columns made of them: each column does so once."""

    def __init__(self, features: Mapping[Any, Any]) -> None:
        self._raw = dict(features)
        self._made: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        """A raw feature by its name, [batch, …], or what a column makes. Raises ValueError for names there are not."""
        if key in self._made:
            return self._made[key]
        if isinstance(key, str):
            made = self._feature(key)
        elif isinstance(key, FeatureColumn):
            made = key.transform(self)
        else:
            raise TypeError(f'"key" must be either a "str" or "FeatureColumn". Provided: {key}')
        self._made[key] = made
        return made

    def _feature(self, key: str) -> Any:
        if key not in self._raw:
            raise ValueError(f"Feature {key} is not in features dictionary.")
        found = self._raw[key]
        if isinstance(found, (SparseTensor, SparseTensorValue)):
            return as_sparse(found)
        if hasattr(found, "to_sparse"):
            return found.to_sparse()
        tensor = convert_to_tensor(found)
        rank = tensor.shape.rank
        if rank == 0:
            raise ValueError(f"Feature (key: {key}) cannot have rank 0. Given: {tensor}")
        return function("expand_dims")(tensor, -1) if rank == 1 else tensor


def as_ids(tensor: Any, ignored: Any = None) -> SparseTensor:
    """A dense tensor as a sparse one without what stands for nothing: "" among strings, -1 among numbers."""
    if isinstance(tensor, SparseTensor):
        return tensor
    if ignored is None:
        ignored = "" if tensor.dtype.base_dtype is dtypes.string else -1
    nothing = array.constant(np.array(ignored, object if isinstance(ignored, str) else tensor.dtype.np_dtype))
    places = function("where")(ops["NotEqual"](tensor, nothing))
    return SparseTensor(places, function("gather_nd")(tensor, places), array.shape(tensor, out_type=dtypes.int64))


def check_key(key: Any) -> str:
    """A feature's name. Raises ValueError for what is none."""
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Given: {key!r} of type {type(key).__name__}.")
    return key


# Numbers ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NumericColumn(DenseColumn):
    """Numbers as they are."""

    key: str
    shape: tuple[int, ...]
    default_value: Any
    dtype: Any
    normalizer_fn: Any

    @property
    def name(self) -> str:
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: function("io.FixedLenFeature")(self.shape, self.dtype, self.default_value)}

    @property
    def variable_shape(self) -> tuple[int, ...]:
        return self.shape

    def transform(self, features: Features) -> Any:
        found = features.get(self.key)
        if isinstance(found, SparseTensor):
            raise ValueError("The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not "
                             f"supported. key: {self.key}")
        if self.normalizer_fn is not None:
            found = self.normalizer_fn(found)
        return function("cast")(found, dtypes.float32)

    def dense(self, features: Features, variables: Variables) -> Any:
        return features.get(self)


def sizes_of(shape: Any, key: str) -> tuple[int, ...]:
    """A shape as integers. Raises TypeError for what are none, ValueError for those below 1."""
    sizes = tuple(shape) if isinstance(shape, (list, tuple)) else (shape,)
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"shape dimensions must be integer. shape: {sizes}, key: {key}")
        if size < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {sizes}, key: {key}")
    return sizes


def _default(value: Any, shape: tuple[int, ...], dtype: Any, key: str) -> Any:
    """The default of a feature, one for each of its numbers; None for none."""
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if dtype.is_integer and isinstance(value, float):
            raise TypeError(f"default_value must be compatible with dtype. default_value: {value}, dtype: {dtype}, "
                            f"key: {key}")
        made: Any = np.full(shape, value).tolist()
    else:
        if np.shape(value) != shape:
            raise ValueError("The shape of default_value must be equal to given shape. "
                             f"default_value: {value}, shape: {shape}, key: {key}")
        if np.asarray(value).dtype.kind not in "iuf" or (dtype.is_integer and np.asarray(value).dtype.kind == "f"):
            raise TypeError(f"default_value must be compatible with dtype. default_value: {value}, dtype: {dtype}, "
                            f"key: {key}")
        made = np.asarray(value).tolist()
    return _tuples(made)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


@public("feature_column.numeric_column")
def numeric_column(key: str, shape: Any = (1,), default_value: Any = None, dtype: Any = dtypes.float32,
                   normalizer_fn: Callable[[Any], Any] | None = None) -> NumericColumn:
    """Numbers of a feature, float32, of this shape in each example.

    default_value: what parsing gives where an example has none. normalizer_fn: a function of the tensor.
    Raises ValueError and TypeError for shapes, defaults and dtypes that do not fit.
    """
    sizes, held = sizes_of(shape, check_key(key)), dtypes.as_dtype(dtype)
    if not (held.is_integer or held.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {held}, key: {key}")
    default = _default(default_value, sizes, held, key)
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    return NumericColumn(key, sizes, default, held, normalizer_fn)


@dataclass(frozen=True)
class BucketizedColumn(DenseColumn, CategoricalColumn):
    """Between which boundaries numbers fall: a vector with one 1, or an id."""

    source_column: NumericColumn
    boundaries: tuple[float, ...]

    @property
    def name(self) -> str:
        return f"{self.source_column.name}_bucketized"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.source_column.parse_example_spec

    @property
    def variable_shape(self) -> tuple[int, ...]:
        return (*self.source_column.shape, len(self.boundaries) + 1)

    @property
    def num_buckets(self) -> int:
        return (len(self.boundaries) + 1) * self.source_column.shape[0]

    def transform(self, features: Features) -> Any:
        return ops["Bucketize"](features.get(self.source_column), boundaries=self.boundaries)

    def dense(self, features: Features, variables: Variables) -> Any:
        return function("one_hot")(function("cast")(features.get(self), dtypes.int64), len(self.boundaries) + 1, 1.0,
                                   0.0)

    def ids(self, features: Features) -> tuple[SparseTensor, None]:
        found = features.get(self)
        many, buckets = self.source_column.shape[0], len(self.boundaries) + 1
        batch = array.shape(found)[0]
        rows = array.reshape(function("tile")(function("expand_dims")(function("range")(0, batch), 1), [1, many]),
                             (-1,))
        columns = function("tile")(function("range")(0, many), [batch])
        flat = array.reshape(found, (-1,)) + buckets * columns
        places = function("cast")(function("transpose")(function("stack")((rows, columns))), dtypes.int64)
        shape = function("cast")(function("stack")([batch, many]), dtypes.int64)
        return SparseTensor(places, function("cast")(flat, dtypes.int64), shape), None


@public("feature_column.bucketized_column")
def bucketized_column(source_column: Any, boundaries: Sequence[float]) -> BucketizedColumn:
    """Between which of the sorted `boundaries` the numbers of a one-dimensional numeric column fall.

    Raises ValueError for other columns, and boundaries that are empty or not sorted.
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(f"source_column must be a column generated with numeric_column(). Given: {source_column}")
    if len(source_column.shape) > 1:
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if boundaries is None or not len(boundaries):
        raise ValueError("boundaries must not be empty.")
    held = tuple(boundaries)
    if not all(low < high for low, high in itertools.pairwise(held)):
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, held)


# Together --------------------------------------------------------------------------------------------


def normalized(feature_columns: Any, kind: type[FeatureColumn] = FeatureColumn) -> list[Any]:
    """Columns as a list. Raises ValueError for none, for what is no column, and for two of one name."""
    if isinstance(feature_columns, FeatureColumn):
        feature_columns = [feature_columns]
    if isinstance(feature_columns, Iterator):
        feature_columns = list(feature_columns)
    if isinstance(feature_columns, Mapping):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError("Items of feature_columns must be a _FeatureColumn. Given (type "
                             f"{type(column)}): {column}.")
    if not feature_columns:
        raise ValueError("feature_columns must not be empty.")
    names: dict[str, Any] = {}
    for column in feature_columns:
        if column.name in names:
            raise ValueError(f"Duplicate feature column name found for columns: {column} and {names[column.name]}. "
                             "This usually means that these columns refer to same base feature. Either one must be "
                             "discarded or a duplicated but renamed item must be inserted in features dict.")
        names[column.name] = column
    return sorted(feature_columns, key=lambda c: c.name)


@public("feature_column.make_parse_example_spec")
def make_parse_example_spec(feature_columns: Any) -> dict[str, Any]:
    """The features that columns need, as `io.parse_example` takes them.

    Raises ValueError for what is no column, and where two columns want one feature otherwise.
    """
    found: dict[str, Any] = {}
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(f"All feature_columns must be _FeatureColumn instances. Given: {column}")
        for key, value in column.parse_example_spec.items():
            if key in found and value != found[key]:
                raise ValueError(f"feature_columns contain different parse_spec for key {key}. Given {value} and "
                                 f"{found[key]}")
            found[key] = value
    return found
