"""Models."""

from hornbeam.keras.old_names import Later, Old, with_old_names

_INPUTS = "hornbeam.keras.layers.core.input_layer"

__getattr__ = with_old_names(__name__, {
    **{name: Old(Later(_INPUTS, name), f"keras.layers.{name}") for name in ("Input", "InputLayer")},
    **dict.fromkeys(("Container", "Network"), "models.Model"),  # of `keras.engine`
    "model_from_yaml": Old(Later("hornbeam.keras.models.old_files", "model_from_yaml"), "keras.models.model_from_json"),
    "model_from_config": Old(Later("hornbeam.keras.models.old_files", "model_from_config"),
                             "keras.saving.deserialize_keras_object")})
