"""TFSMLayer: a SavedModel as a layer."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import in_safe_mode
from hornbeam.keras.variables import Variable
from hornbeam.runtime.variable import variable_creator_scope
from hornbeam.train.saved_model.objects import load_v2


def _weight(next_creator: Callable[..., Any], **given: Any) -> Any:
    """A variable of a SavedModel as a layer's weight."""
    if "initial_value" not in given:  # this one is being made
        return next_creator(**given)
    name = (given["name"] or "variable").split(":")[0].replace("/", "_")
    return Variable(given["initial_value"], dtype=given["dtype"], trainable=given["trainable"], autocast=False,
                    name=name)


@keras_export("layers.TFSMLayer")
class TFSMLayer(Layer):
    """An endpoint of a SavedModel, whichever program wrote it, as a layer.

    filepath: the folder. call_endpoint: the name of a function of the loaded object or of a signature
    ('serving_default'). call_training_endpoint: another one for training. Raises ValueError for a name that is neither.
    The layer's weights are the variables that the endpoints use. A configuration is only read where safe mode is off.
    """

    def __init__(self, filepath: Any, call_endpoint: str = "serve", call_training_endpoint: str | None = None,
                 trainable: bool = True, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype)
        self.filepath = os.fspath(filepath)
        self.call_endpoint, self.call_training_endpoint = call_endpoint, call_training_endpoint
        with variable_creator_scope(_weight):
            self._reloaded_obj = load_v2(self.filepath)
        self.call_endpoint_fn = self._endpoint(call_endpoint)
        if call_training_endpoint:
            self.call_training_endpoint_fn = self._endpoint(call_training_endpoint)
        traces = [t for fn in self._endpoints() for t in getattr(fn, "concrete_functions", [fn])]
        for variable in {id(v): v for trace in traces for v in trace.variables}.values():
            self._track_variable(variable)
        self.built = True

    def _endpoint(self, name: str) -> Any:
        loaded = self._reloaded_obj
        found = getattr(loaded, name, None)
        if found is None:
            found = loaded.signatures.get(name)
        if found is None:
            raise ValueError(f"The endpoint '{name}' is neither an attribute of the reloaded SavedModel, nor an entry "
                             "in the `signatures` field of the reloaded SavedModel. Select another endpoint via the "
                             "`call_endpoint` argument. Available endpoints for this SavedModel: "
                             f"{list(loaded.signatures)}")
        return found

    def _endpoints(self) -> list[Any]:
        return [self.call_endpoint_fn, *([self.call_training_endpoint_fn] if self.call_training_endpoint else [])]

    def call(self, inputs: Any, training: bool = False, **kwargs: Any) -> Any:
        endpoint = self._endpoints()[-1] if training else self.call_endpoint_fn
        return endpoint(inputs, **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filepath": self.filepath, "call_endpoint": self.call_endpoint,
                "call_training_endpoint": self.call_training_endpoint}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None, safe_mode: bool | None = None) -> Any:
        if (in_safe_mode() if safe_mode is None else safe_mode) is not False:
            raise ValueError("Requested the deserialization of a `TFSMLayer`, which loads an external SavedModel. This "
                             "carries a potential risk of arbitrary code execution and thus it is disallowed by "
                             "default. If you trust the source of the artifact, you can override this error by passing "
                             "`safe_mode=False` to the loading function, or calling "
                             "`keras.config.enable_unsafe_deserialization().")
        return cls(**config)
