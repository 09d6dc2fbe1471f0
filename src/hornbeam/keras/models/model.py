"""Model: a layer that trains, saves and describes itself. Given symbolic inputs and outputs it is functional."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving import saving_api
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.trainers.trainer import Trainer
from hornbeam.keras.utils import summary as summaries

_functional: list[Any] = []
"""The class of functional models, which stands above this one."""


@keras_export("Model", "models.Model")
class Model(Trainer, Layer):
    """A layer that can be trained and saved.

    `Model(inputs, outputs, name=…)` is a functional model: what stands between symbolic tensors. A subclass makes its
    layers in `__init__` and computes in `call`.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model and is_functional_call(args, kwargs):
            return _functional[0].__new__(_functional[0], *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._lock = False
        Trainer.__init__(self)
        functional = _functional[0]
        if is_functional_call(args, kwargs) and not isinstance(self, functional):
            _become_functional(type(self))
        if isinstance(self, functional) and is_functional_call(args, kwargs):
            functional.__init__(self, *args, **kwargs)
        else:
            Layer.__init__(self, *args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """What the model computes: subclasses write this."""
        raise NotImplementedError(f"Model {type(self).__name__} does not have a `call()` method implemented.")

    @property
    def layers(self) -> list[Layer]:
        """The layers that the model is made of."""
        return self._flatten_layers(include_self=False, recursive=False)

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("`Model.layers` attribute is reserved and should not be used. Please use another name.")

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of that name, or at that place. Raises ValueError where there is none, or for both or neither."""
        layers = self.layers
        if index is not None and name is not None:
            raise ValueError(f"Provide only a layer name or a layer index. Received: index={index}, name={name}.")
        if index is not None:
            if len(layers) <= index:
                raise ValueError(f"Was asked to retrieve layer at index {index} but model only has {len(layers)} "
                                 "layers.")
            return layers[index]
        if name is None:
            raise ValueError("Provide either a layer name or layer index at `get_layer`.")
        for layer in layers:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}. Existing layers are: {[layer.name for layer in layers]}.")

    def summary(self, line_length: int | None = None, positions: Any = None,
                print_fn: Callable[..., None] | None = None, expand_nested: bool = False, show_trainable: bool = False,
                layer_range: Any = None) -> None:
        """Print a table of the layers: name and class, output shape, number of parameters.

        line_length: the width. positions: where columns end, as parts of the width or in characters. print_fn: gets
        the text, by default it is printed. expand_nested: whether inner models' layers are listed. show_trainable:
        a column that says which are. layer_range: names (or patterns) of the first and the last layer to list.
        Raises ValueError for positions or ranges that make no sense.
        """
        summaries.print_summary(self, line_length=line_length, positions=positions, print_fn=print_fn,
                                expand_nested=expand_nested, show_trainable=show_trainable, layer_range=layer_range)

    # Building -------------------------------------------------------------------------------------

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Build for the shapes that `get_build_config` gave."""
        if not config:
            return
        shapes = config.get("input_shape") if "input_shape" in config else config.get("shapes_dict")
        if shapes is None:
            return
        if not getattr(type(self).build, "_is_default", False) or not self._build_by_call(shapes, config):
            super().build_from_config(config)

    def _build_by_call(self, shapes: Any, config: dict[str, Any]) -> bool:
        """Build a model without a `build` of its own by a symbolic call. Returns whether that went well."""
        from_names = {} if "input_shape" in config else shapes
        try:
            if from_names:
                self.compute_output_shape(**from_names)
            else:
                self.compute_output_shape(shapes)
        except Exception:
            return False
        self.built = True
        return True

    # Configurations and files ---------------------------------------------------------------------

    def to_json(self, **kwargs: Any) -> str:
        """The configuration as JSON, for `model_from_json`; weights are not part of it. kwargs: `json.dumps`'s."""
        return json.dumps(serialize_keras_object(self), **kwargs)

    def save(self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
        """Write configuration, weights and the optimizer's state to a file, `.keras` or `.h5`.

        overwrite: False asks before a file is replaced. zipped: False writes a folder. kwargs: `include_optimizer` for
        `.h5`. Raises ValueError for another ending.
        """
        saving_api.save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def export(self, filepath: Any, format: str = "tf_saved_model", verbose: bool | None = None,
               input_signature: Any = None, **kwargs: Any) -> None:
        """Write a SavedModel with the endpoint `serve`, which needs no Python code of the model.

        verbose: False prints nothing. input_signature: what it takes, for a model that was never called or for other
        shapes: a list of `InputSpec`s. Raises ValueError for a model that is not built and for another format.
        """
        from hornbeam.keras.export.archive import export_model
        export_model(self, filepath, format, verbose, input_signature, **kwargs)

    @property
    def _default_save_signature(self) -> Any:
        from hornbeam.keras.export.archive import default_signature
        return default_signature(self)

    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None) -> None:
        """Write the weights to a file that ends in `.weights.h5`, or to several (`.weights.json`).

        max_shard_size: of each file, in GB. Raises ValueError for another ending.
        """
        saving_api.save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> Any:
        """Take the weights from a file that `save_weights` or `save` wrote, or from a TensorFlow checkpoint.

        skip_mismatch: layers whose weights do not fit are left alone, with a warning. kwargs: `by_name` for `.h5`.
        Raises ValueError where the file does not fit the model.
        """
        return saving_api.load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """A model from what `get_config` gave. Raises TypeError where `__init__` refuses it."""
        functional = _functional[0]
        wanted = inspect.getfullargspec(cls.__init__)
        alike = (cls in (functional, Model)
                 or wanted.args[1:] == inspect.getfullargspec(functional.__init__).args[1:]
                 or (wanted.varargs == "args" and wanted.varkw == "kwargs"))
        if alike and all(key in config for key in ("name", "layers", "input_layers", "output_layers")):
            return functional.made_from_config(cls, config, custom_objects)
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError("Unable to revive model from config. When overriding the `get_config()` method, make sure "
                            "that the returned config contains all items used as arguments in the constructor to "
                            f"{cls}, which is the default behavior. You can override this default behavior by defining "
                            "a `from_config(cls, config)` class method to specify how to create an instance of "
                            f"{cls.__name__} from its config.\n\nReceived config={config}\n\nError encountered during "
                            f"deserialization: {error}") from error

    # State as a tree ------------------------------------------------------------------------------

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """The values of all variables, nested as their paths are, in four groups (`trainable_variables`, …).

        value_format: 'backend_tensor' or 'numpy_array'. Raises ValueError where two variables have one path.
        """
        optimizer = getattr(self, "optimizer", None)
        groups = {"trainable_variables": self.trainable_variables,
                  "non_trainable_variables": self.non_trainable_variables,
                  "optimizer_variables": [] if optimizer is None else optimizer.variables,
                  "metrics_variables": self.metrics_variables}
        return {name: _nested(variables, value_format) for name, variables in groups.items()}

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Take values that `get_state_tree` gave. Raises ValueError for an unknown group."""
        for name, values in state_tree.items():
            if name not in ("trainable_variables", "non_trainable_variables", "optimizer_variables",
                            "metrics_variables"):
                raise ValueError(f"Unknown variable name: {name}")
            holder = getattr(self, "optimizer", None) if name == "optimizer_variables" else self
            own = getattr(holder, "variables" if holder is not self else name, [])
            by_path = {v.path: v for v in own}
            for path, value in _flat(values).items():
                if path in by_path:
                    by_path[path].assign(value)


def is_functional_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether `Model(...)` got inputs and outputs."""
    inputs, outputs = not {"inputs", "input"}.isdisjoint(kwargs), not {"outputs", "output"}.isdisjoint(kwargs)
    return len(args) == 2 or (len(args) == 1 and outputs) or (inputs and outputs)


def _become_functional(cls: type) -> None:
    """Let a subclass of Model that calls `super().__init__(inputs, outputs)` be a subclass of functional models."""
    functional = _functional[0]
    if cls is object or issubclass(cls, functional):
        return
    bases = []
    for base in cls.__bases__:
        if base is Model:
            bases.append(functional)
        else:
            if issubclass(base, Model):
                _become_functional(base)
            bases.append(base)
    if tuple(bases) != cls.__bases__:
        cls.__bases__ = tuple(bases)


def _nested(variables: list[Any], value_format: str) -> dict[str, Any]:
    if value_format not in ("backend_tensor", "numpy_array"):
        raise ValueError("Invalid `value_format` argument. Expected one of {'numpy_array', 'backend_tensor'}. "
                         f"Received: value_format={value_format}")
    tree: dict[str, Any] = {}
    seen = set()
    for v in variables:
        if v.path in seen:
            raise ValueError(f"The following variable path is found twice in the model: '{v.path}'. "
                             "`get_state_tree()` can only be called when all variable paths are unique. Make sure to "
                             "give unique names to your layers (and other objects).")
        seen.add(v.path)
        *parents, last = v.path.split("/")
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = v.value if value_format == "backend_tensor" else v.numpy()
    return tree


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= _flat(value, f"{prefix}{key}/") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


@keras_export("models.model_from_json")
def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """A model from what `Model.to_json` gave, with new weights.

    custom_objects: classes and functions by name. Raises ValueError and TypeError as `deserialize_keras_object`.
    """
    config = json.loads(json_string)
    if isinstance(config, dict) and "module" not in config:
        return saving_api.model_from_old_config(config, custom_objects)
    return deserialize_keras_object(config, custom_objects=custom_objects)
