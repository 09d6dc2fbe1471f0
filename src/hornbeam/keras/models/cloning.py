"""clone_model: a model of the same layers with new weights, on new inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.core.input_layer import Input, InputLayer
from hornbeam.keras.models.functional import Functional, is_made_by_inputs_and_outputs
from hornbeam.keras.models.sequential import Sequential
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.tree import structures as tree


@keras_export("models.clone_model")
def clone_model(model: Any, input_tensors: Any = None, clone_function: Callable[[Any], Any] | None = None,
                call_function: Callable[..., Any] | None = None, recursive: bool = False, **kwargs: Any) -> Any:
    """A model of the same layers, with new weights.

    input_tensors: KerasTensors to build it on, by default new inputs. clone_function: gives the copy of a layer, by
    default one from its configuration. call_function: `(layer, *args, **kwargs)`, in place of calling the copy; for
    functional models alone. recursive: whether inner models are cloned in the same way.
    Raises ValueError where an argument does not go with the kind of model.
    """
    cache = kwargs.pop("cache", None)
    if kwargs:
        raise ValueError(f"Unexpected keyword argument(s): {tuple(kwargs)}")
    if not isinstance(model, (Sequential, Functional)):
        return _from_configuration(model, input_tensors, clone_function, call_function)
    if clone_function is not None and not callable(clone_function):
        raise ValueError(f"Expected `clone_function` argument to be a callable. Received: "
                         f"clone_function={clone_function}")
    copier = _Copier(clone_function, call_function, recursive, {} if cache is None else cache)
    if isinstance(model, Functional):
        made = _functional(model, copier, call_function, input_tensors)
    elif call_function is not None:
        raise ValueError("`call_function` argument is not supported with Sequential models. In a Sequential model, "
                         "layers aren't called at model-construction time (they're merely listed). Use "
                         "`call_function` with Functional models only.")
    else:
        made = _sequential(model, copier, input_tensors)
    if model.compiled:
        made.compile_from_config(model.get_compile_config())
    return made


class _Copier:
    """Copies layers, each once."""

    def __init__(self, clone: Any, call_function: Any, recursive: bool, cache: dict[int, Any]) -> None:
        self._clone = clone or (lambda layer: type(layer).from_config(layer.get_config()))
        self._call_function, self._recursive, self._cache = call_function, recursive, cache

    def __call__(self, layer: Any) -> Any:
        if id(layer) not in self._cache:
            if self._recursive and isinstance(layer, (Sequential, Functional)):
                call = self._call_function if isinstance(layer, Functional) else None
                made = clone_model(layer, clone_function=self._clone, call_function=call, recursive=True,
                                   cache=self._cache)
            else:
                made = self._clone(layer)
            self._cache[id(layer)] = made
        return self._cache[id(layer)]


def _from_configuration(model: Any, input_tensors: Any, clone_function: Any, call_function: Any) -> Any:
    if clone_function or input_tensors:
        raise ValueError("Arguments `clone_function` and `input_tensors` are only supported for Sequential models or "
                         f"Functional models. Received model of type '{type(model).__name__}', with "
                         f"clone_function={clone_function} and input_tensors={input_tensors}")
    if call_function is not None:
        raise ValueError("Argument `call_function` is only supported for Functional models. Received model of type "
                         f"'{type(model).__name__}', with call_function={call_function}")
    return deserialize_keras_object(serialize_keras_object(model), custom_objects={type(model).__name__: type(model)})


def _sequential(model: Sequential, copier: _Copier, input_tensors: Any) -> Any:
    layers = [copier(layer) for layer in model.layers]
    first = model._layers[0] if model._layers and isinstance(model._layers[0], InputLayer) else None
    if input_tensors is not None:
        if isinstance(input_tensors, (list, tuple)):
            if len(input_tensors) != 1:
                raise ValueError("Argument `input_tensors` must contain a single tensor.")
            input_tensors = input_tensors[0]
        if not isinstance(input_tensors, KerasTensor):
            raise ValueError("Argument `input_tensors` must be a KerasTensor. Received invalid value: "
                             f"input_tensors={input_tensors}")
        layers.insert(0, Input(tensor=input_tensors, name=None if first is None else first.name))
    elif first is not None:
        layers.insert(0, Input(batch_shape=first.batch_shape, dtype=first.dtype, name=first.name,
                               optional=first.optional))
    return Sequential(layers, name=model.name, trainable=model.trainable)


def _functional(model: Functional, copier: _Copier, call_function: Any, input_tensors: Any) -> Any:
    if input_tensors is None:
        input_tensors = tree.map_structure(lambda x: Input(batch_shape=x.shape, dtype=x.dtype, name=x._own_name),
                                           model.input)
    else:
        if not all(isinstance(x, KerasTensor) for x in tree.flatten(input_tensors)):
            raise ValueError("All entries in `input_tensors` must be KerasTensors. Received invalid values: "
                             f"inputs_tensors={input_tensors}")
        try:
            tree.assert_same_structure(input_tensors, model.input)
        except ValueError as error:
            raise ValueError("`input_tensors` must have the same structure as model.input\nReference structure: "
                             f"{model.input}\nReceived structure: {input_tensors}") from error

    def called(operation: Any) -> Callable[..., Any]:
        made = copier(operation)
        return made if call_function is None else lambda *args, **kwargs: call_function(made, *args, **kwargs)

    outputs = model._run_through_graph(input_tensors, called)
    cls = type(model) if is_made_by_inputs_and_outputs(type(model)) else Functional
    return cls(input_tensors, outputs, name=model.name)
