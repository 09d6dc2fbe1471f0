"""Modules that Keras had in earlier days, and where their names are today.

Key: the module below `keras`. Value: the public namespaces that hold its names, "" for `keras` itself. A module that
is none of these is what stands there today.
"""

_LAYERS = ("layers",)
_UTILS = ("utils",)

OLD_PLACES: dict[str, tuple[str, ...]] = {
    "backend.common": ("backend",),
    "callbacks.callbacks": ("callbacks",),
    "callbacks.tensorboard_v1": ("callbacks",),
    "callbacks.tensorboard_v2": ("callbacks",),
    "engine": ("layers", "models", ""),
    "engine.base_layer": ("layers", ""),
    "engine.functional": ("models",),
    "engine.input_layer": ("layers", ""),
    "engine.input_spec": ("layers",),
    "engine.keras_tensor": ("",),
    "engine.network": ("models",),
    "engine.saving": ("models",),
    "engine.sequential": ("models",),
    "engine.topology": ("layers", "models", "utils", ""),
    "engine.training": ("models", ""),
    "layers.advanced_activations": _LAYERS,
    "layers.convolutional": _LAYERS,
    "layers.convolutional_recurrent": _LAYERS,
    "layers.core": _LAYERS,
    "layers.cudnn_recurrent": _LAYERS,
    "layers.embeddings": _LAYERS,
    "layers.experimental": _LAYERS,
    "layers.experimental.preprocessing": _LAYERS,
    "layers.local": _LAYERS,
    "layers.merge": _LAYERS,
    "layers.noise": _LAYERS,
    "layers.normalization": _LAYERS,
    "layers.pooling": _LAYERS,
    "layers.recurrent": _LAYERS,
    "layers.rnn": _LAYERS,
    "layers.wrappers": _LAYERS,
    "legacy.interfaces": ("optimizers",),
    "legacy.layers": _LAYERS,
    "utils.data_utils": _UTILS,
    "utils.generic_utils": ("utils", "saving"),
    "utils.io_utils": _UTILS,
    "utils.layer_utils": _UTILS,
    "utils.losses_utils": ("losses", "utils"),
    "utils.metrics_utils": ("metrics", "utils"),
    "utils.np_utils": _UTILS,
    "utils.tf_utils": _UTILS,
    "utils.training_utils": _UTILS,
    "utils.vis_utils": _UTILS,
    "backend.tensorflow_backend": ("backend",),
    "optimizer_v2": ("optimizers",),
    "optimizers.optimizer_v2": ("optimizers",),
    "objectives": ("losses",),
}
"""`keras.objectives` is Keras 1's name of `keras.losses`."""


def today(below: str) -> str:
    """A module's path below `keras` without what stood before it for a time: `api`, `_v1`, `_v2`, `python`, `src`."""
    parts = below.split(".") if below else []
    while parts and parts[0] in ("api", "_v1", "_v2", "python", "src", "keras"):
        parts.pop(0)
    return ".".join(parts)
