"""Lambda: a function as a layer."""

from __future__ import annotations

import inspect
import types
from typing import Any

from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving import code
from hornbeam.keras.saving.serialization import deserialize_keras_object, in_safe_mode, serialize_keras_object
from hornbeam.keras.tracing import output_spec
from hornbeam.keras.tree import structures as tree


@keras_export("layers.Lambda")
class Lambda(Layer):
    """`function(inputs, **arguments)`; it may take `mask` and `training` as well.

    output_shape: the output's shape without the batch, or a function of the input's, where it cannot be found by
    calling the function on placeholders. mask: the output's mask, or a function `mask(inputs, mask)`. arguments: more
    of the function's arguments. A `lambda` is written to files as code, which is run again only where loading is
    told to (`safe_mode=False`): give a registered function a name instead.
    Raises ValueError for a function that layers cannot call.
    """

    def __init__(self, function: Any, output_shape: Any = None, mask: Any = None, arguments: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.arguments = arguments or {}
        self.function = function
        self.supports_masking = mask is not None
        self.mask = mask
        self._output_shape = output_shape
        names = inspect.getfullargspec(function).args
        self._fn_expects_training_arg = "training" in names
        self._fn_expects_mask_arg = "mask" in names

    @property
    def _passes_training_on(self) -> bool:
        return not self._fn_expects_training_arg

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        given = dict(self.arguments)
        if self._fn_expects_mask_arg:
            given["mask"] = mask
        if self._fn_expects_training_arg:
            given["training"] = training
        return self.function(inputs, **given)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self._output_shape is None:
            specs = tree.map_shape_structure(lambda s: KerasTensor(s, dtype=self.compute_dtype), input_shape)
            return tree.map_structure(lambda x: x.shape, self._inferred(specs))
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        batch = tree.flatten(input_shape)[0]
        return tree.map_shape_structure(lambda shape: (batch, *shape), self._output_shape)

    def compute_output_spec(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        if self._output_shape is None:
            return self._inferred(inputs)
        return super().compute_output_spec(inputs)

    def _inferred(self, inputs: Any) -> Any:
        try:
            return output_spec(self.call, inputs)
        except Exception as error:
            raise NotImplementedError("We could not automatically infer the shape of the Lambda's output. Please "
                                      "specify the `output_shape` argument for this Lambda layer. "
                                      f"The function failed: {error}") from error

    # Configurations -------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "function": _written(self.function)}
        if self._output_shape is not None:
            config["output_shape"] = _written(self._output_shape) if callable(self._output_shape) else (
                self._output_shape)
        if self.mask is not None:
            config["mask"] = _written(self.mask) if callable(self.mask) else serialize_keras_object(self.mask)
        return {**config, "arguments": serialize_keras_object(dict(self.arguments))}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None, safe_mode: bool | None = None) -> Any:
        """A layer from what `get_config` gave. Raises ValueError for code where that is not allowed to run."""
        config = dict(config)
        stated = in_safe_mode() if safe_mode is None else safe_mode
        for name in ("function", "output_shape", "mask", "arguments"):
            if name in config:
                config[name] = _read(config[name], custom_objects, stated is not False)
        shape = config.get("output_shape")
        if isinstance(shape, list) and tree.is_shape(shape):
            config["output_shape"] = tuple(shape)
        return super().from_config(config)


def _written(function: Any) -> Any:
    if isinstance(function, types.FunctionType) and function.__name__ == "<lambda>":
        text, defaults, closure = code.dump(function)
        return {"class_name": "__lambda__", "config": {"code": text, "defaults": defaults, "closure": closure}}
    if callable(function):
        return serialize_keras_object(function)
    raise ValueError(f"Invalid input type for serialization. Received: {function} of type {type(function)}.")


def _read(config: Any, custom_objects: Any, safe: bool) -> Any:
    if callable(config):
        return config
    if isinstance(config, dict) and config.get("class_name") == "__lambda__":
        if safe:
            raise ValueError("Requested the deserialization of a `Lambda` layer whose `function` is a Python lambda. "
                             "This carries a potential risk of arbitrary code execution and thus it is disallowed by "
                             "default. If you trust the source of the artifact, you can override this error by passing "
                             "`safe_mode=False` to the loading function, or calling "
                             "`keras.config.enable_unsafe_deserialization().")
        inner = config["config"]
        return code.load([inner["code"], inner["defaults"], inner["closure"]])
    return deserialize_keras_object(config, custom_objects=custom_objects)
