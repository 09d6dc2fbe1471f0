"""FeatureSpace: the columns of a table as one vector, or as a dictionary of tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hornbeam.data.api.dataset import Dataset
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.graph.tensor import Tensor
from hornbeam.keras import ops
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.layers.core.identity import Identity
from hornbeam.keras.layers.core.input_layer import Input
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.merging.merge import Concatenate
from hornbeam.keras.layers.preprocessing.categories import CategoryEncoding, Discretization
from hornbeam.keras.layers.preprocessing.hashing import HashedCrossing, Hashing
from hornbeam.keras.layers.preprocessing.lookups import IntegerLookup, StringLookup
from hornbeam.keras.layers.preprocessing.scaling import Normalization, Rescaling
from hornbeam.keras.layers.preprocessing.text import TextVectorization
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.saving_api import save_model
from hornbeam.keras.saving.serialization import deserialize_keras_object, internal, serialize_keras_object
from hornbeam.keras.utils.naming import auto_name

_MODULE = "keras.src.layers.preprocessing.feature_space"


def _check_mode(mode: str, known: tuple[str, ...]) -> None:
    if mode not in known:
        raise ValueError(f"Invalid value for argument `output_mode`. Expected one of {{{str(known)[1:-1]}}}. Received: "
                         f"output_mode={mode}")


@internal(_MODULE)
class Cross:
    """Features whose combinations are hashed to `crossing_dim` numbers, as those ('int') or as vectors ('one_hot')."""

    def __init__(self, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> None:
        _check_mode(output_mode, ("int", "one_hot"))
        self.feature_names, self.crossing_dim, self.output_mode = tuple(feature_names), crossing_dim, output_mode

    @property
    def name(self) -> str:
        """The names of the features, joined."""
        return "_X_".join(self.feature_names)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"feature_names": self.feature_names, "crossing_dim": self.crossing_dim,
                "output_mode": self.output_mode}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Cross:
        """The cross that `get_config` told."""
        return cls(**config)


@internal(_MODULE)
class Feature:
    """A column: its dtype, the layer that prepares it, and how it comes out: 'int', 'one_hot' or 'float'."""

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        _check_mode(output_mode, ("int", "one_hot", "float"))
        self.dtype, self.output_mode = dtype, output_mode
        self.preprocessor = deserialize_keras_object(preprocessor) if isinstance(preprocessor, dict) else preprocessor

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"dtype": self.dtype, "preprocessor": serialize_keras_object(self.preprocessor),
                "output_mode": self.output_mode}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Feature:
        """The feature that `get_config` told."""
        return cls(**config)


@keras_export("utils.FeatureSpace")
class FeatureSpace(Layer):
    """Columns of a table, each prepared as its kind says, joined to one vector a row.

    features: for each name a kind ('float', 'float_rescaled', 'float_normalized', 'float_discretized',
    'integer_categorical', 'string_categorical', 'integer_hashed', 'string_hashed') or what the class method of that
    name gives. output_mode: 'concat' for one vector, the columns in the order of their names, or 'dict'. crosses: pairs
    of names (or what `cross` gives) whose combinations are columns too, of `crossing_dim` numbers. hashing_dim,
    num_discretization_bins: of the kinds that are given as words. `adapt(dataset)` learns vocabularies, means and bins.
    Called on a dictionary of tensors, arrays or single values; works within `Dataset.map` too. `get_inputs()` and
    `get_encoded_features()` make it the beginning of a model. Raises ValueError for other kinds and modes, names that
    are no features, and a call before `adapt`.

    >>> space = FeatureSpace({"a": "float", "b": FeatureSpace.integer_hashed(num_bins=2)})
    >>> space({"a": [0.5], "b": [3]}).shape.as_list()
    [1, 3]
    """

    @classmethod
    def cross(cls, feature_names: Any, crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Features to combine."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """A column of any kind: a layer prepares it."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        """Numbers as they are."""
        return Feature("float32", Identity(dtype="float32", name=_layer_name(name, "float")), "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None) -> Feature:
        """Numbers times `scale` plus `offset`."""
        return Feature("float32", Rescaling(scale, offset, name=_layer_name(name, "float_rescaled")), "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """Numbers less their mean, over their deviation."""
        return Feature("float32", Normalization(axis=-1, name=_layer_name(name, "float_normalized")), "float")

    @classmethod
    def float_discretized(cls, num_bins: Any, bin_boundaries: Any = None, output_mode: str = "one_hot",
                          name: str | None = None) -> Feature:
        """Numbers as the bins they lie in."""
        layer = Discretization(bin_boundaries, num_bins, name=_layer_name(name, "float_discretized"))
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(cls, max_tokens: int | None = None, num_oov_indices: int = 1, output_mode: str = "one_hot",
                            name: str | None = None) -> Feature:
        """Integers as places in a vocabulary."""
        layer = IntegerLookup(max_tokens, num_oov_indices, name=_layer_name(name, "integer_categorical"))
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(cls, max_tokens: int | None = None, num_oov_indices: int = 1, output_mode: str = "one_hot",
                           name: str | None = None) -> Feature:
        """Strings as places in a vocabulary."""
        layer = StringLookup(max_tokens, num_oov_indices, name=_layer_name(name, "string_categorical"))
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Strings as the numbers of bins."""
        return Feature("string", Hashing(num_bins, name=_layer_name(name, "string_hashed")), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Integers as the numbers of bins."""
        return Feature("int32", Hashing(num_bins, name=_layer_name(name, "integer_hashed")), output_mode)

    def __init__(self, features: Mapping[str, Any], output_mode: str = "concat", crosses: Any = None,
                 crossing_dim: int = 32, hashing_dim: int = 32, num_discretization_bins: int = 32,
                 name: str | None = None) -> None:
        super().__init__(name=name)
        if not features:
            raise ValueError("The `features` argument cannot be None or empty.")
        self.crossing_dim, self.hashing_dim = crossing_dim, hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {key: self._feature(key, value) for key, value in features.items()}
        self.crosses = [self._cross(c) for c in crosses or ()]
        _check_mode(output_mode, ("dict", "concat"))
        self.output_mode = output_mode
        self.inputs = {key: Input((1,), dtype=value.dtype, name=key) for key, value in self.features.items()}
        self.preprocessors = {key: value.preprocessor for key, value in self.features.items()}
        self.crossers = {c.name: HashedCrossing(c.crossing_dim, name=c.name) for c in self.crosses}
        self.one_hot_encoders: dict[str, Any] = {}
        self.concat: Any = None
        self.encoded_features: Any = None
        self._is_adapted = False

    def _feature(self, name: str, given: Any) -> Feature:
        if isinstance(given, Feature):
            return given
        if isinstance(given, dict):
            return deserialize_keras_object(given)
        plain = ("float", "float_normalized", "float_rescaled", "integer_categorical", "string_categorical")
        options = {"float_discretized": (self.num_discretization_bins,), "integer_hashed": (self.hashing_dim,),
                   "string_hashed": (self.hashing_dim,), **dict.fromkeys(plain, ())}
        if given not in options:
            raise ValueError(f"Invalid feature type: {given}")
        return getattr(self, given)(*options[given], name=name)

    def _cross(self, given: Any) -> Cross:
        made = deserialize_keras_object(given) if isinstance(given, dict) else given
        if isinstance(made, Cross):
            return made
        if not self.crossing_dim:
            raise ValueError("When specifying `crosses`, the argument `crossing_dim` (dimensionality of the crossing "
                             "space) should be specified as well.")
        if any(key not in self.features for key in made):
            raise ValueError("All features referenced in the `crosses` argument should be present in the `features` "
                             f"dict. Received unknown features: {made}")
        return Cross(made, self.crossing_dim)

    # Learning ----------------------------------------------------------------------------------------

    def _to_adapt(self) -> list[str]:
        def learns(layer: Any) -> bool:
            if isinstance(layer, Normalization):
                return layer.input_mean is None
            if isinstance(layer, TextVectorization):
                return not layer._lookup_layer._has_input_vocabulary
            return hasattr(layer, "adapt")

        return [name for name, layer in self.preprocessors.items() if learns(layer)]

    def adapt(self, dataset: Any) -> None:
        """Learns what the columns need from a `Dataset` of dictionaries (or a dictionary of arrays)."""
        if isinstance(dataset, dict):
            dataset = Dataset.from_tensor_slices(dataset)
        if not isinstance(dataset, Dataset):
            raise ValueError("`adapt()` can only be called on a tf.data.Dataset or a dict of arrays/lists. Received "
                             f"instead: {dataset} (of type {type(dataset)})")
        for name in self._to_adapt():
            column = dataset.map(lambda row, name=name: row[name])
            rank = len(next(iter(column)).shape)
            column = column.batch(32) if rank == 0 else column
            self.preprocessors[name].adapt(column.map(lambda x: ops.expand_dims(x, -1)) if rank < 2 else column)
        self._is_adapted = True
        self.get_encoded_features()

    def _check_adapted(self) -> None:
        if not self._is_adapted and self._to_adapt():
            raise ValueError("You need to call `.adapt(dataset)` on the FeatureSpace before you can start using it.")
        self._is_adapted = True

    def get_inputs(self) -> dict[str, Any]:
        """The symbolic inputs, one for each column."""
        self.get_encoded_features()
        return self.inputs

    def get_encoded_features(self) -> Any:
        """What the layer gives for `get_inputs()`, symbolic."""
        self._check_adapted()
        if self.encoded_features is None:
            self.encoded_features = self._encoded(self.inputs)
            self.built = True
        return self.encoded_features

    # Encoding ----------------------------------------------------------------------------------------

    def _encoded(self, columns: Mapping[str, Any]) -> Any:
        ready = {name: self.preprocessors[name](columns[name]) for name in columns}
        crossed = {c.name: self.crossers[c.name]([ready[name] for name in c.feature_names]) for c in self.crosses}
        specs = {**self.features, **{c.name: c for c in self.crosses}}
        made = {name: self._one_hot(name, values[name], specs[name])
                for values in (ready, crossed) for name in sorted(values)}
        if self.output_mode == "dict":
            return made
        for name, value in made.items():
            dtype = standardize_dtype(value.dtype)
            if dtype.startswith("int") or dtype == "string":
                raise ValueError(f"Cannot concatenate features because feature '{name}' has not been encoded (it has "
                                 f"dtype {dtype}). Consider using `output_mode='dict'`.")
        self.concat = self.concat or Concatenate(axis=-1)
        parts = list(made.values())
        return self.concat(parts) if len(parts) > 1 else parts[0]

    def _one_hot(self, name: str, value: Any, spec: Any) -> Any:
        if spec.output_mode != "one_hot":
            return value
        if name not in self.one_hot_encoders:
            layer = self.preprocessors.get(name) or self.crossers[name]
            dtype = standardize_dtype(value.dtype)
            if not dtype.startswith("int"):
                raise ValueError(f"Feature '{name}' has `output_mode='one_hot'`. Thus its preprocessor should return "
                                 f"an integer dtype. Instead it returns a {dtype} dtype.")
            count = _categories(layer)
            if count is None:
                raise ValueError(f"Feature '{name}' has `output_mode='one_hot'`. However it isn't a standard feature "
                                 "and the dimensionality of its output space is not known, thus it cannot be one-hot "
                                 "encoded. Try using `output_mode='int'`.")
            self.one_hot_encoders[name] = CategoryEncoding(count, output_mode="multi_hot")
        return self.one_hot_encoders[name](value)

    def __call__(self, data: Any) -> Any:
        self.get_encoded_features()
        if not isinstance(data, dict):
            raise ValueError(f"A FeatureSpace can only be called with a dict. Received: data={data} (of type "
                             f"{type(data)}")
        columns = {name: x if isinstance(x, (Tensor, SparseTensor)) else convert_to_tensor(x)
                   for name, x in data.items()}
        one = any(len(x.shape) == 0 for x in columns.values())
        columns = {name: ops.reshape(x, (1, 1)) if len(x.shape) == 0 else ops.expand_dims(x, -1)
                   if len(x.shape) == 1 else x for name, x in columns.items()}
        made = self._encoded(columns)
        if not one:
            return made
        if self.output_mode == "concat":
            return ops.squeeze(made, axis=0)
        return {name: ops.squeeze(x, axis=0) if len(x.shape) == 2 and x.shape[0] == 1 else x
                for name, x in made.items()}

    # Keeping it --------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        return {"features": serialize_keras_object(self.features), "output_mode": self.output_mode,
                "crosses": serialize_keras_object(self.crosses), "crossing_dim": self.crossing_dim,
                "hashing_dim": self.hashing_dim, "num_discretization_bins": self.num_discretization_bins}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**config)

    def get_build_config(self) -> dict[str, Any]:
        return {name: feature.preprocessor.get_build_config() for name, feature in self.features.items()}

    def build_from_config(self, config: Any) -> None:
        for name, of_layer in config.items():
            layer = self.features[name].preprocessor
            if not layer.built:
                layer.build_from_config(of_layer)
        self._is_adapted = True

    def save(self, filepath: Any) -> None:
        """Writes the layer, with what it learnt, to a `.keras` file, which `keras.models.load_model` reads."""
        save_model(self, filepath)

    def save_own_variables(self, store: Any) -> None:
        """The layers in it keep what there is."""

    def load_own_variables(self, store: Any) -> None:
        """The layers in it keep what there is."""


def _layer_name(name: str | None, kind: str) -> str:
    return f"{name or auto_name(kind)}_preprocessor"


def _categories(layer: Any) -> int | None:
    """How many numbers a layer gives; None where that is not known."""
    if isinstance(layer, (IntegerLookup, StringLookup)):
        return layer.vocabulary_size()
    if isinstance(layer, Discretization) and layer.num_bins is None:
        return len(np.asarray(layer.bin_boundaries)) + 1
    if isinstance(layer, (Discretization, Hashing, HashedCrossing)):
        return layer.num_bins
    return layer.num_tokens if isinstance(layer, CategoryEncoding) else None
