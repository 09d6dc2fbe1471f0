"""Arguments of layers as Keras 1 spelled them: `Dense(output_dim=…, W_regularizer=…)`, `Convolution2D(32, 3, 3)`.

Keras 2 took them with a warning, and so do the layers here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.conventions import Conventions
from hornbeam.keras.lookup import named
from hornbeam.keras.old_names import warn_of_old_spelling

_WEIGHTS = {"init": "kernel_initializer", "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer",
            "W_constraint": "kernel_constraint", "b_constraint": "bias_constraint", "bias": "use_bias"}
_IMAGE = {"border_mode": "padding", "dim_ordering": "data_format"}
_CONV = {**_WEIGHTS, **_IMAGE, "nb_filter": "filters", "subsample": "strides", "atrous_rate": "dilation_rate"}
_RECURRENT = {"output_dim": "units", "init": "kernel_initializer", "inner_init": "recurrent_initializer",
              "inner_activation": "recurrent_activation", "W_regularizer": "kernel_regularizer",
              "b_regularizer": "bias_regularizer", "U_regularizer": "recurrent_regularizer",
              "dropout_W": "dropout", "dropout_U": "recurrent_dropout"}
_POOL_1D = {"pool_length": "pool_size", "stride": "strides", "border_mode": "padding"}

RENAMED: dict[str, dict[str, str]] = {
    "Dense": {**_WEIGHTS, "output_dim": "units"},
    "Embedding": {"init": "embeddings_initializer", "W_regularizer": "embeddings_regularizer",
                  "W_constraint": "embeddings_constraint"},
    "Conv1D": {**_CONV, "filter_length": "kernel_size", "subsample_length": "strides"},
    "Conv2D": _CONV, "Conv3D": _CONV, "Conv2DTranspose": _CONV, "Conv3DTranspose": _CONV,
    "SeparableConv2D": {**_CONV, "depthwise_init": "depthwise_initializer", "pointwise_init": "pointwise_initializer"},
    "MaxPooling1D": _POOL_1D, "AveragePooling1D": _POOL_1D,
    **{f"{kind}Pooling{rank}D": _IMAGE for kind in ("Max", "Average") for rank in (2, 3)},
    **{f"Global{kind}Pooling{rank}D": {"dim_ordering": "data_format"} for kind in ("Max", "Average")
       for rank in (2, 3)},
    **{f"{kind}{rank}D": {"dim_ordering": "data_format"} for kind in ("ZeroPadding", "UpSampling", "Cropping")
       for rank in (2, 3)},
    "UpSampling1D": {"length": "size"},
    "SimpleRNN": _RECURRENT, "GRU": _RECURRENT, "LSTM": _RECURRENT, "ConvLSTM2D": {**_CONV, **_RECURRENT},
    "BatchNormalization": {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
    "Dropout": {"p": "rate"}, "SpatialDropout1D": {"p": "rate"}, "GaussianDropout": {"p": "rate"},
    "SpatialDropout2D": {"p": "rate", "dim_ordering": "data_format"},
    "SpatialDropout3D": {"p": "rate", "dim_ordering": "data_format"},
    "GaussianNoise": {"sigma": "stddev"}, "PReLU": {"init": "alpha_initializer"},
}
_SIZES = {"Conv2D": ("nb_row", "nb_col"), "Conv2DTranspose": ("nb_row", "nb_col"),
          "SeparableConv2D": ("nb_row", "nb_col"), "ConvLSTM2D": ("nb_row", "nb_col"),
          "Conv3D": ("kernel_dim1", "kernel_dim2", "kernel_dim3"),
          "Conv3DTranspose": ("kernel_dim1", "kernel_dim2", "kernel_dim3")}
_WITHOUT_EFFECT = {"BatchNormalization": ("mode",), "LSTM": ("consume_less", "forget_bias_init"),
                   "GRU": ("consume_less",), "SimpleRNN": ("consume_less",), "Embedding": ("dropout",)}
_VALUES: dict[str, dict[Any, Any]] = {"data_format": {"th": "channels_first", "tf": "channels_last",
                                                      "default": None}}


def take_keras_1_arguments() -> None:
    """From now on the layers take these arguments. Called once, when all of them are loaded."""
    for name, renamed in RENAMED.items():
        cls = named(f"layers.{name}")
        cls.__init__ = _taking(cls.__init__, name, renamed)


def _taking(init: Callable[..., None], name: str, renamed: dict[str, str]) -> Callable[..., None]:
    sizes, ignored = _SIZES.get(name, ()), _WITHOUT_EFFECT.get(name, ())
    old = {*renamed, *sizes, *ignored}

    @functools.wraps(init)
    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        if Conventions.keras_2:
            args, kwargs = tuple(map(_as_int, args)), {key: _as_int(value) for key, value in kwargs.items()}
        if not old.isdisjoint(kwargs):
            _rename(name, kwargs, renamed, sizes, ignored)
        if sizes and Conventions.keras_2 and len(args) == len(sizes) + 1 and all(type(a) is int for a in args):
            warn_of_old_spelling(f"`{name}({', '.join(map(str, args))})` is now `{name}({args[0]}, {args[1:]})`.")
            args = (args[0], args[1:])
        init(self, *args, **kwargs)

    return call


def _as_int(value: Any) -> Any:
    """NumPy's integers, as of `max(labels) + 1`, are numbers of units to Keras 2."""
    return int(value) if isinstance(value, np.integer) else value


def _rename(name: str, kwargs: dict[str, Any], renamed: dict[str, str], sizes: tuple[str, ...],
            ignored: tuple[str, ...]) -> None:
    """Keras 1's arguments under today's names. Raises ValueError where one is given twice."""
    for before in [key for key in kwargs if key in renamed]:
        now = renamed[before]
        if now in kwargs:
            raise ValueError(f"{name} was given `{before}` and `{now}`, which are the same.")
        value = kwargs.pop(before)
        known = _VALUES.get(now, {})
        kwargs[now] = known.get(value, value) if isinstance(value, str) else value
        warn_of_old_spelling(f"The argument `{before}` of `{name}` is now `{now}`.")
    if sizes and all(size in kwargs for size in sizes):
        kwargs["kernel_size"] = tuple(kwargs.pop(size) for size in sizes)
        warn_of_old_spelling(f"The arguments {', '.join(f'`{s}`' for s in sizes)} of `{name}` are now `kernel_size`.")
    for before in ignored:
        if kwargs.pop(before, None):
            warn_of_old_spelling(f"The argument `{before}` of `{name}` belongs to Keras 1 and has no effect.")
