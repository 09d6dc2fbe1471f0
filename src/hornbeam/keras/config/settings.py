"""Settings: the float type, epsilon, the order of image axes, limits of training."""

from __future__ import annotations

import os
from typing import Any

from hornbeam.keras.names import keras_export

_settings: dict[str, Any] = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "max_epochs": int(os.environ["KERAS_MAX_EPOCHS"]) if os.environ.get("KERAS_MAX_EPOCHS") else None,
    "max_steps_per_epoch": (int(os.environ["KERAS_MAX_STEPS_PER_EPOCH"])
                            if os.environ.get("KERAS_MAX_STEPS_PER_EPOCH") else None),
    "flash_attention": None,
    "interactive_logging": True,
    "traceback_filtering": True,
    "unsafe_deserialization": False,
}


@keras_export("config.floatx", "backend.floatx")
def floatx() -> str:
    """The dtype of floats where none is said: `"float32"` until `set_floatx` says otherwise."""
    return _settings["floatx"]


@keras_export("config.set_floatx", "backend.set_floatx")
def set_floatx(value: str) -> None:
    """Say the dtype of floats: 'bfloat16', 'float16', 'float32' or 'float64'. Raises ValueError for another."""
    accepted = {"bfloat16", "float16", "float32", "float64"}
    if value not in accepted:
        raise ValueError(f"Unknown `floatx` value: {value}. Expected one of {accepted}")
    _settings["floatx"] = str(value)


@keras_export("config.epsilon", "backend.epsilon")
def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite: 1e-7 until `set_epsilon`."""
    return _settings["epsilon"]


@keras_export("config.set_epsilon", "backend.set_epsilon")
def set_epsilon(value: float) -> None:
    """Say the small number of `epsilon()`."""
    _settings["epsilon"] = value


@keras_export("config.image_data_format", "backend.image_data_format")
def image_data_format() -> str:
    """Where the channels of an image stand: 'channels_last' or 'channels_first'."""
    return _settings["image_data_format"]


@keras_export("config.set_image_data_format", "backend.set_image_data_format")
def set_image_data_format(data_format: str) -> None:
    """Say where the channels of an image stand. Raises ValueError for another word."""
    _settings["image_data_format"] = standardize_data_format(data_format)


def standardize_data_format(data_format: Any) -> str:
    """A `data_format` argument in lower case, None as `image_data_format()`. Raises ValueError for another word."""
    if data_format is None:
        return image_data_format()
    word = str(data_format).lower()
    if word not in ("channels_first", "channels_last"):
        raise ValueError("The `data_format` argument must be one of ('channels_first', 'channels_last'). "
                         f"Received: data_format={word}")
    return word


@keras_export("config.backend", "backend.backend")
def backend() -> str:
    """'tensorflow': the conventions that programs may count on (tensors, tape, dtypes of Python's numbers)."""
    return "tensorflow"


@keras_export("config.set_backend")
def set_backend(backend: str) -> None:
    """Nothing for 'tensorflow', the one backend there is. Raises ValueError for another."""
    if backend != "tensorflow":
        raise ValueError(f"Hornbeam runs Keras on its own tensors alone; the backend {backend!r} cannot be set.")


@keras_export("config.is_nnx_enabled")
def is_nnx_enabled() -> bool:
    """False: layers are no Flax modules."""
    return False


@keras_export("config.max_epochs")
def max_epochs() -> int | None:
    """The most epochs that `fit` runs, whatever it is asked; None for no limit."""
    return _settings["max_epochs"]


@keras_export("config.set_max_epochs")
def set_max_epochs(max_epochs: int | None) -> None:
    """Limit the epochs of every `fit`. Also the environment's `KERAS_MAX_EPOCHS`."""
    _settings["max_epochs"] = max_epochs


@keras_export("config.max_steps_per_epoch")
def max_steps_per_epoch() -> int | None:
    """The most steps an epoch runs, in `fit`, `evaluate` and `predict`; None for no limit."""
    return _settings["max_steps_per_epoch"]


@keras_export("config.set_max_steps_per_epoch")
def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limit the steps of every epoch. Also the environment's `KERAS_MAX_STEPS_PER_EPOCH`."""
    _settings["max_steps_per_epoch"] = max_steps_per_epoch


@keras_export("config.enable_flash_attention")
def enable_flash_attention() -> None:
    """Allow a fused kernel for attention where one fits."""
    _settings["flash_attention"] = None


@keras_export("config.disable_flash_attention")
def disable_flash_attention() -> None:
    """Never use a fused kernel for attention."""
    _settings["flash_attention"] = False


@keras_export("config.is_flash_attention_enabled")
def is_flash_attention_enabled() -> bool | None:
    """None: where it fits; False: never."""
    return _settings["flash_attention"]


@keras_export("config.enable_interactive_logging", "utils.enable_interactive_logging")
def enable_interactive_logging() -> None:
    """Progress bars and messages go to the standard output."""
    _settings["interactive_logging"] = True


@keras_export("config.disable_interactive_logging", "utils.disable_interactive_logging")
def disable_interactive_logging() -> None:
    """Messages go to the log instead of the standard output."""
    _settings["interactive_logging"] = False


@keras_export("config.is_interactive_logging_enabled", "utils.is_interactive_logging_enabled")
def is_interactive_logging_enabled() -> bool:
    """Whether messages go to the standard output."""
    return _settings["interactive_logging"]


@keras_export("config.enable_traceback_filtering")
def enable_traceback_filtering() -> None:
    """Errors in a layer's call say which layer and with which arguments (the default)."""
    _settings["traceback_filtering"] = True


@keras_export("config.disable_traceback_filtering")
def disable_traceback_filtering() -> None:
    """Errors in a layer's call are raised as they are."""
    _settings["traceback_filtering"] = False


@keras_export("config.is_traceback_filtering_enabled")
def is_traceback_filtering_enabled() -> bool:
    """Whether errors in a layer's call say the layer and its arguments."""
    return _settings["traceback_filtering"]


@keras_export("config.enable_unsafe_deserialization")
def enable_unsafe_deserialization() -> None:
    """From now on loading may run code that stands in a file (that of `Lambda` layers)."""
    _settings["unsafe_deserialization"] = True


def unsafe_deserialization() -> bool:
    """Whether loading may run code that stands in a file."""
    return _settings["unsafe_deserialization"]
