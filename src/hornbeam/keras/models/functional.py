"""Functional models: what stands between symbolic inputs and outputs, as a model."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import hornbeam as tf
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.functions import Function, history_of, is_model_input
from hornbeam.keras.graph_places import symbolic
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.core.input_layer import InputLayer
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.tracking import no_tracking
from hornbeam.keras.lookup import named
from hornbeam.keras.masks import get_keras_mask, set_keras_mask
from hornbeam.keras.models import functional_config
from hornbeam.keras.models.model import Model, _functional
from hornbeam.keras.models.subgraphs import copied_nodes
from hornbeam.keras.old_names import taking_old_arguments
from hornbeam.keras.saving.serialization import internal
from hornbeam.keras.state import thread
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.variables import to_tensor


@internal("keras.src.models.functional")
class Functional(Function, Model):
    """A model between symbolic inputs and outputs: what `Model(inputs, outputs)` makes.

    inputs, outputs: KerasTensors or structures of them; the inputs may be results in the middle of another model.
    name, trainable: as for layers. Raises ValueError for anything else, and where outputs do not follow from inputs.
    """

    _layers_have_places = True  # in checkpoints

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return Layer.__new__(cls, *args, **kwargs)

    @taking_old_arguments(input="inputs", output="outputs")
    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        self._lock = False
        if isinstance(inputs, dict):
            _warn_of_other_names(inputs)
        outputs = tree.map_structure(symbolic, outputs)
        trainable = kwargs.pop("trainable", None)
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            for x in tree.flatten(structure):
                if not isinstance(x, KerasTensor):
                    raise ValueError(f"All `{what}` values must be KerasTensors. Received: {what}={structure} "
                                     f"including invalid value {x} of type {type(x)}")
        if not all(is_model_input(x) for x in tree.flatten(inputs)):
            inputs, outputs = copied_nodes(inputs, outputs)
        with no_tracking():
            Model.__init__(self, name=name)
            self._set_graph(inputs, outputs)
            self._symbolic_losses: list[KerasTensor] = []
        if trainable is not None:
            self.trainable = trainable
        for layer in self.layers:
            self._tracker.track(layer)
        self.build(None)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.output_names = [history_of(x).operation.name for x in self._outputs]

    def _lock_state(self) -> None:
        """Nothing: layers may be attached beside the graph."""

    def _obj_type(self) -> str:
        return "Functional"

    @property
    def layers(self) -> list[Layer]:
        """The layers between inputs and outputs, inputs first."""
        return [operation for operation in self._operations if isinstance(operation, Layer)]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("`Model.layers` attribute is reserved and should not be used. Please use another name.")

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [history_of(x).operation.name for x in self._inputs]

    _passes_training_on = True

    # Calling --------------------------------------------------------------------------------------

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None, **kwargs: Any) -> Any:
        """The outputs for these inputs."""
        flat = self._standardize_inputs(inputs)
        if mask is not None:
            for x, own in zip(flat, tree.flatten(mask), strict=False):
                if own is not None:
                    set_keras_mask(x, own)
        passed = {"training": training, **kwargs}
        values = self._values_for(flat, lambda node, args, given: call_operation(node, args, given, passed))
        if thread.forward is not None:
            thread.forward.update(values)
        for loss in self._symbolic_losses:
            self.add_loss(values[id(loss)])
        outputs = tree.pack_sequence_as(self._outputs_struct, [values[id(x)] for x in self._outputs])
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Shapes and dtypes of the outputs."""
        return Function.compute_output_spec(self, inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs."""
        return Function.compute_output_shape(self, input_shape)

    def build(self, input_shape: Any) -> None:
        self.built = True

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or a list of the inputs' shapes."""
        shapes = [x.shape for x in self._inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or a list of the outputs' shapes."""
        shapes = [x.shape for x in self._outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def input(self) -> Any:
        """The symbolic inputs in the structure that they were given in."""
        return self._inputs_struct

    @property
    def output(self) -> Any:
        """The symbolic outputs in the structure that they were given in."""
        return self._outputs_struct

    def add_loss(self, loss: Any) -> None:
        """Add a scalar loss: of a call, or symbolic, which is then computed with every call."""
        losses = [symbolic(x) for x in tree.flatten(loss)]
        added = [x for x in losses if isinstance(x, KerasTensor)]
        if added:
            with no_tracking():
                self._symbolic_losses = [*self._symbolic_losses, *added]
                self._map_graph([*self._outputs, *self._symbolic_losses])
            for layer in self.layers:
                self._tracker.track(layer)
        rest = [x for x in losses if not isinstance(x, KerasTensor)]
        if rest:
            super().add_loss(rest)

    # Inputs ---------------------------------------------------------------------------------------

    @property
    def input_spec(self) -> Any:
        """What the inputs must be: rank and sizes, whatever the batch."""
        manual = self.__dict__.get("_manual_input_spec", _UNSET)
        if manual is not _UNSET:
            return manual
        if isinstance(self._inputs_struct, dict):
            if not all(isinstance(x, KerasTensor) for x in self._inputs_struct.values()):
                return None
            return [_spec_of(self._inputs_struct[name], name) for name in sorted(self._inputs_struct)]
        return [_spec_of(x, None) for x in self._inputs]

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._manual_input_spec = value

    def _assert_input_compatibility(self, inputs: Any) -> None:
        for x, ref in zip(tree.flatten(inputs), self._inputs, strict=False):
            if x is None:
                _refuse_missing(ref)
        Layer._assert_input_compatibility(self, inputs)

    def _standardize_inputs(self, inputs: Any) -> list[Any]:
        """The inputs as a flat list of tensors of the inputs' dtypes and ranks."""
        struct = self._inputs_struct
        must_fit = False
        if isinstance(struct, list) and len(struct) == 1 and not tree.is_nested(inputs):
            inputs = [inputs]
        elif isinstance(inputs, dict) and not isinstance(struct, dict):
            inputs, must_fit = _by_name(inputs, struct)
        if isinstance(struct, dict) and not isinstance(inputs, dict) and list(struct) != sorted(struct):
            must_fit = True
        self._compare_structure(inputs, must_fit)
        flat = tree.flatten(inputs)
        return [self._adjusted(i, x) for i, x in enumerate(flat[:len(self._inputs)])]

    def _compare_structure(self, inputs: Any, must_fit: bool) -> None:
        try:
            tree.assert_same_structure(tree.lists_to_tuples(inputs), tree.lists_to_tuples(self._inputs_struct))
            return
        except ValueError:
            pass
        expected = tree.map_structure(lambda x: "None" if x is None else x.name, self._inputs_struct)
        found = tree.map_structure(lambda x: "None" if x is None else f"Tensor(shape={tuple(x.shape)})", inputs)
        text = (f"The structure of `inputs` doesn't match the expected structure.\nExpected: {expected}\n"
                f"Received: inputs={found}")
        if must_fit:
            raise ValueError(text)
        warnings.warn(text, stacklevel=6)

    def _adjusted(self, index: int, x: Any) -> Any:
        ref = self._inputs[index]
        if x is None:
            _refuse_missing(ref)
            return None
        mask = get_keras_mask(x)
        made = named("ops.cast")(x, ref.dtype) if isinstance(x, KerasTensor) and x.dtype != ref.dtype else (
            x if isinstance(x, KerasTensor) else to_tensor(x, ref.dtype))
        rank, wanted = len(made.shape), len(ref.shape)
        if rank == wanted + 1 and made.shape[-1] == 1:
            made = tf.squeeze(made, axis=-1)
        elif rank == wanted - 1 and ref.shape[-1] == 1:
            made = tf.expand_dims(made, -1)
        elif rank != wanted:
            path = ".".join(str(p) for p in tree.flatten_with_path(self._inputs_struct)[index][0])
            raise ValueError(f"Invalid input shape for input {x} with name '{ref.name}' and path '{path}'. Expected "
                             f"shape {ref.shape}, but input has incompatible shape {tuple(made.shape)}")
        if mask is not None:
            set_keras_mask(made, mask)
        return made

    # Configurations -------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Layers, the calls between them, inputs and outputs; of a subclass with its own `__init__`, its arguments."""
        if not is_made_by_inputs_and_outputs(type(self)):
            return Layer.get_config(self)
        return functional_config.config_of(self)

    @staticmethod
    def made_from_config(kind: type, config: dict[str, Any], custom_objects: Any) -> Any:
        """A model of class `kind` from a functional model's configuration."""
        return functional_config.model_of(kind, config, custom_objects)


_functional.append(Functional)
_UNSET = object()


def call_operation(node: Any, args: Any, kwargs: dict[str, Any], passed: dict[str, Any]) -> Any:
    """Call a node's operation, with `training` and its kin where it takes them.

    In a program of Keras 2 what was said when the model was made holds: `Dropout(0.5)(x, training=True)`.
    """
    names = getattr(node.operation, "_call_context_args", ())
    given = {name: value for name, value in passed.items() if name in names and value is not None}
    if node.said and Conventions.keras_2:
        given = {name: value for name, value in given.items() if node.said.get(name) is None}
    return node.operation(*args, **{**kwargs, **given})


def is_made_by_inputs_and_outputs(cls: type) -> bool:
    """Whether a class is made by inputs and outputs, as functional models are."""
    spec = inspect.getfullargspec(cls.__init__)
    return spec.args[1:] == ["inputs", "outputs", "name"] or (spec.varargs is not None and spec.varkw is not None)


def _warn_of_other_names(inputs: dict[str, Any]) -> None:
    for key, x in inputs.items():
        if isinstance(x, KerasTensor) and key != x._own_name:
            warnings.warn("When providing `inputs` as a dict, all keys in the dict must match the names of the "
                          f"corresponding tensors. Received key '{key}' mapping to value {x} which has name "
                          f"'{x._own_name}'. "
                          f"Change the tensor name to '{key}' (via `Input(..., name='{key}')`)", stacklevel=4)


def _refuse_missing(ref: KerasTensor) -> None:
    layer = history_of(ref).operation
    if isinstance(layer, InputLayer) and not layer.optional:
        raise ValueError(f"The input '{ref.name}' is not optional, but None was passed. Please provide a valid tensor.")


def _spec_of(x: KerasTensor, name: str | None) -> InputSpec:
    layer = history_of(x).operation
    shape = (None, *x.shape[1:]) if x.shape else ()
    return InputSpec(shape=shape, allow_last_axis_squeeze=True, name=layer.name if name is None else name,
                     optional=isinstance(layer, InputLayer) and layer.optional)


def _by_name(inputs: dict[str, Any], struct: Any) -> tuple[Any, bool]:
    """Inputs given by name in the order of a list of symbolic inputs, and whether that could not be done."""
    refs = [struct] if isinstance(struct, KerasTensor) else struct
    if isinstance(refs, (list, tuple)) and all(isinstance(x, KerasTensor) for x in refs) and all(
            x._own_name in inputs for x in refs):
        return [inputs[x._own_name] for x in refs], False
    return inputs, True
