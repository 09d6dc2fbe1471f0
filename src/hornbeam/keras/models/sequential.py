"""Sequential models: layers one after another."""

from __future__ import annotations

import copy
import inspect
from typing import Any

from hornbeam.keras.conventions import Conventions
from hornbeam.keras.layers.core.input_layer import InputLayer
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.masks import get_keras_mask
from hornbeam.keras.models.functional import Functional
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.legacy_objects import layer_of_old_config, serialize_for_h5
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.shapes import standardize_shape
from hornbeam.keras.tree import structures as tree


@keras_export("Sequential", "models.Sequential")
class Sequential(Model):
    """Layers one after another, each with one input and one output.

    layers: a list of layers, an `Input` first where the shape is known: then the model is built at once, else by its
    first input. trainable, name: as for layers.
    """

    _layers_have_places = True  # in checkpoints

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return Layer.__new__(cls, *args, **kwargs)

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None) -> None:
        super().__init__(trainable=trainable, name=name)
        self._functional: Any = None
        if layers:
            for layer in layers:
                self.add(layer, rebuild=False)
            self._maybe_rebuild()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer at the end. Raises ValueError for what is no layer, a name that is taken, a second Input."""
        if not self._layers and getattr(layer, "_input_shape_arg", None) is not None:
            self.add(InputLayer(shape=layer._input_shape_arg, batch_size=getattr(layer, "_input_batch_size", None),
                                name=self._name_of_input(layer)))
        history = getattr(layer, "_keras_history", None)
        if history is not None and isinstance(history.operation, InputLayer):
            layer = history.operation
        if not isinstance(layer, Layer):
            raise ValueError("Only instances of `keras.Layer` can be added to a Sequential model. Received: "
                             f"{layer} (of type {type(layer)})")
        if any(layer.name == other.name and other is not layer for other in self._layers):
            raise ValueError(f"All layers added to a Sequential model should have unique names. Name '{layer.name}' is "
                             "already the name of a layer in this model. Update the `name` argument to pass a unique "
                             "name.")
        if isinstance(layer, InputLayer) and self._layers and isinstance(self._layers[0], InputLayer):
            raise ValueError(f"Sequential model '{self.name}' has already been configured to use input shape "
                             f"{self._layers[0].batch_shape}. You cannot add a different Input layer to it.")
        self._layers.append(layer)
        if rebuild:
            self._maybe_rebuild()
        else:
            self.built = False
            self._functional = None

    def pop(self, rebuild: bool = True) -> Layer:
        """Take the last layer away, and return it."""
        layer = self._layers.pop()
        self.built = False
        self._functional = None
        if rebuild:
            self._maybe_rebuild()
        return layer

    def _maybe_rebuild(self) -> None:
        self.built = False
        self._functional = None
        if len(self._layers) < 2:
            return
        first = self._layers[0]
        if isinstance(first, InputLayer):
            self.build(first.batch_shape)
        elif isinstance(first, Model):
            shape = getattr(first, "input_shape", None)  # where it is known
            if shape is not None:
                self.build(shape)

    @staticmethod
    def _name_of_input(first: Any) -> str | None:
        """The name of an input that nobody has made: in programs of Keras 2 it goes by the first layer."""
        return f"{first.name}_input" if Conventions.keras_2 else None

    def _lock_state(self) -> None:
        """Nothing: layers may be added after building."""

    def _obj_type(self) -> str:
        return "Sequential"

    def build(self, input_shape: Any = None) -> None:
        """Build for one input of this shape; for other structures the first call does.

        Raises ValueError where there are no layers, the model has another input shape, or a layer takes no input.
        """
        try:
            input_shape = standardize_shape(input_shape)
        except (TypeError, ValueError):
            return
        if not self._layers:
            raise ValueError(f"Sequential model {self.name} cannot be built because it has no layers. Call "
                             "`model.add(layer)`.")
        if not isinstance(self._layers[0], InputLayer):
            first = self._layers[0]
            self._layers.insert(0, InputLayer(batch_shape=input_shape, dtype=first.compute_dtype,
                                              name=self._name_of_input(first)))
        elif self._layers[0].batch_shape != input_shape:
            raise ValueError(f"Sequential model '{self.name}' has already been configured to use input shape "
                             f"{self._layers[0].batch_shape}. You cannot build it with input_shape {input_shape}")
        inputs = x = self._layers[0].output
        for layer in self._layers[1:]:
            try:
                x = self._called_on(layer, x)
            except NotImplementedError:
                return  # its output's shape is not known without a call
            except TypeError:
                _refuse_layer(layer)
                raise
        self._functional = Functional(inputs=inputs, outputs=x, name=self.name if Conventions.keras_2 else None)

    @staticmethod
    def _called_on(layer: Any, x: Any) -> Any:
        """What a layer makes of a symbolic tensor: in programs of Keras 2 it is called once, however often layers are
        added after it."""
        if Conventions.keras_2 or x._place is not None:
            for node in layer._inbound_nodes:
                if node.input_tensors == [x] and len(node.outputs) == 1:
                    return node.outputs[0]
        return layer(x)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_functional":
            object.__setattr__(self, name, value)  # its layers are this model's own
        else:
            super().__setattr__(name, value)

    _passes_training_on = True

    # Calling --------------------------------------------------------------------------------------

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None, **kwargs: Any) -> Any:
        """The output of the last layer."""
        if self._functional is not None:
            return self._functional.call(inputs, training=training, mask=mask, **kwargs)
        for layer in self.layers:
            given = {k: kwargs[k] for k in layer._call_has_context_arg if k in kwargs}
            if layer._call_has_mask_arg:
                given["mask"] = mask
            if layer._call_has_training_arg and training is not None:
                given["training"] = training
            inputs = layer(inputs, **given)
            mask = tree.map_structure(get_keras_mask, inputs)
        return inputs

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None, **kwargs: Any) -> Any:
        """Shape and dtype of the output."""
        if self._functional is not None:
            return self._functional.compute_output_spec(inputs, training=training, mask=mask, **kwargs)
        for layer in self.layers:
            inputs = layer.compute_output_spec(inputs, training=training, **kwargs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output."""
        if self._functional is not None:
            return self._functional.compute_output_shape(input_shape)
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the input's."""
        layers = self._layers
        return list(layers[1:] if layers and isinstance(layers[0], InputLayer) else layers)

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("`Sequential.layers` attribute is reserved and should not be used. Use `add()` and "
                             "`pop()` to change the layers in this model.")

    def _of_graph(self, what: str) -> Any:
        if self._functional is None:
            raise AttributeError(f"Sequential model '{self.name}' has no defined {what.replace('_', ' ')} yet.")
        return getattr(self._functional, what)

    @property
    def input_shape(self) -> Any:
        """The shape of the input. Raises AttributeError before the model is built."""
        return self._of_graph("input_shape")

    @property
    def output_shape(self) -> Any:
        """The shape of the output. Raises AttributeError before the model is built."""
        return self._of_graph("output_shape")

    @property
    def inputs(self) -> Any:
        """The symbolic input, in a list. Raises AttributeError before the model is built."""
        return self._of_graph("inputs")

    @property
    def outputs(self) -> Any:
        """The symbolic output, in a list. Raises AttributeError before the model is built."""
        return self._of_graph("outputs")

    @property
    def input_names(self) -> Any:
        """The input's name, in a list."""
        return self._of_graph("input_names")

    @property
    def output_names(self) -> Any:
        """The output's name, in a list."""
        return self._of_graph("output_names")

    @property
    def input(self) -> Any:
        """The symbolic input."""
        return self._of_graph("inputs")[0] if self._functional is not None else super().input

    @property
    def output(self) -> Any:
        """The symbolic output."""
        return self._of_graph("outputs")[0] if self._functional is not None else super().output

    @property
    def input_dtype(self) -> str:
        """The dtype that the input is cast to."""
        layers = self._layers
        return layers[0].dtype if layers and isinstance(layers[0], InputLayer) else super().input_dtype

    # Configurations -------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """The layers' configurations."""
        layers = [serialize_for_h5(layer) or serialize_keras_object(layer) for layer in self._layers]
        config = {**Model.get_config(self), "name": self.name, "layers": copy.deepcopy(layers)}
        if self._functional is not None:
            config["build_input_shape"] = self._layers[0].batch_shape
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """A model from what `get_config` gave. Raises ValueError for anything else."""
        if "name" not in config:
            raise ValueError("A Sequential model configuration must be a dictionary containing the 'name' and 'layers' "
                             f"keys. Received: config={config}")
        model = cls(name=config["name"])
        for entry in config["layers"]:
            if "module" in entry:
                layer = deserialize_keras_object(entry, custom_objects=custom_objects)
            else:
                layer = layer_of_old_config(entry, custom_objects)
            model.add(layer)
        shape = config.get("build_input_shape")
        if not model._functional and isinstance(shape, (list, tuple)) and shape:
            model.build(tuple(shape) if tree.is_shape(shape) else shape)
        return model


def _refuse_layer(layer: Layer) -> None:
    """Raise ValueError for a layer that does not take exactly one input."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [p for p in inspect.signature(layer.call).parameters.values() if p.kind in kinds]
    required = [p for p in positional if p.default is inspect.Parameter.empty]
    if not positional:
        raise ValueError("Layers added to a Sequential model should have a single positional argument, the input "
                         f"tensor. Layer {type(layer).__name__} has no positional arguments.")
    if len(required) > 1:
        raise ValueError("Layers added to a Sequential model can only have a single required positional argument, the "
                         f"input tensor. Layer {type(layer).__name__} has multiple required positional arguments: "
                         f"{required}")
