"""MobileNets of the third kind (Howard et al. 2019), found by a search, with channels weighed by their means."""

from __future__ import annotations

import warnings
from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import (
    STORE,
    Classifier,
    File,
    channels_axis,
    even_padding,
    normalized,
    of_eights,
)
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export

_SLOW: dict[str, Any] = {"epsilon": 1e-3, "momentum": 0.999}
_HASHES = {
    "large_224_0.75_float": ("765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"),
    "large_224_1.0_float": ("59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"),
    "large_minimalistic_224_1.0_float": ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
    "small_224_0.75_float": ("cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"),
    "small_224_1.0_float": ("8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"),
    "small_minimalistic_224_1.0_float": ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
}
# Of each block: expansion, width, kernel (0: 3, or 5 in models that are not minimalistic), stride, whether channels are
# weighed, and whether the activation is ReLU in every model.
_SMALL = ((1, 16, 3, 2, 1, 1), (72 / 16, 24, 3, 2, 0, 1), (88 / 24, 24, 3, 1, 0, 1), (4, 40, 0, 2, 1, 0),
          (6, 40, 0, 1, 1, 0), (6, 40, 0, 1, 1, 0), (3, 48, 0, 1, 1, 0), (3, 48, 0, 1, 1, 0), (6, 96, 0, 2, 1, 0),
          (6, 96, 0, 1, 1, 0), (6, 96, 0, 1, 1, 0))
_LARGE = ((1, 16, 3, 1, 0, 1), (4, 24, 3, 2, 0, 1), (3, 24, 3, 1, 0, 1), (3, 40, 0, 2, 1, 1), (3, 40, 0, 1, 1, 1),
          (3, 40, 0, 1, 1, 1), (6, 80, 3, 2, 0, 0), (2.5, 80, 3, 1, 0, 0), (2.3, 80, 3, 1, 0, 0), (2.3, 80, 3, 1, 0, 0),
          (6, 112, 3, 1, 1, 0), (6, 112, 3, 1, 1, 0), (6, 160, 0, 2, 1, 0), (6, 160, 0, 1, 1, 0), (6, 160, 0, 1, 1, 0))


def _relu(x: Any) -> Any:
    return layers.ReLU()(x)


def _hard_swish(x: Any) -> Any:
    return layers.Activation("hard_swish")(x)


def _weighed(x: Any, width: int, prefix: str) -> Any:
    """Each channel times a number that follows from the means of all."""
    scale = layers.GlobalAveragePooling2D(keepdims=True, name=f"{prefix}avg_pool")(x)
    scale = layers.Conv2D(of_eights(width * 0.25), 1, padding="same", name=f"{prefix}conv")(scale)
    scale = layers.ReLU(name=f"{prefix}relu")(scale)
    scale = layers.Conv2D(width, 1, padding="same", name=f"{prefix}conv_1")(scale)
    scale = layers.ReLU(6.0)(scale + 3.0) * (1.0 / 6.0)
    return layers.Multiply(name=f"{prefix}mul")([x, scale])


def _block(x: Any, spec: tuple[Any, ...], alpha: float, activation: Any, plain: bool, number: int, axis: int) -> Any:
    expansion, width, kernel, stride, weigh, always_relu = spec
    width, kernel = of_eights(width * alpha), kernel or (3 if plain else 5)
    activation = _relu if always_relu else activation
    before, channels = x, x.shape[axis]
    inner = of_eights(channels * expansion)
    prefix = f"expanded_conv_{number}_" if number else "expanded_conv_"
    if number:
        x = layers.Conv2D(inner, 1, padding="same", use_bias=False, name=f"{prefix}expand")(x)
        x = activation(normalized(x, f"{prefix}expand_bn", **_SLOW))
    if stride == 2:
        x = layers.ZeroPadding2D(even_padding(x, kernel), name=f"{prefix}depthwise_pad")(x)
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False,
                               name=f"{prefix}depthwise")(x)
    x = activation(normalized(x, f"{prefix}depthwise_bn", **_SLOW))
    if weigh and not plain:
        x = _weighed(x, inner, f"{prefix}squeeze_excite_")
    x = layers.Conv2D(width, 1, padding="same", use_bias=False, name=f"{prefix}project")(x)
    x = normalized(x, f"{prefix}project_bn", **_SLOW)
    return layers.Add(name=f"{prefix}add")([before, x]) if stride == 1 and channels == width else x


def _shape(shape: Any, tensor: Any, axis: int) -> Any:
    """The shape of an image: what is given, or what the tensor has, or one that is not known."""
    if shape is not None:
        if isinstance(tensor, KerasTensor) and tensor.shape[1 if axis == 1 else 2] != shape[1]:
            raise ValueError("input_shape[1] must equal the side of input_tensor. Received "
                             f"input_shape={shape}, input_tensor.shape={tensor.shape}")
        return shape
    if isinstance(tensor, KerasTensor):
        return tuple(tensor.shape[1:])
    return (3, None, None) if axis == 1 else (None, None, 3)


def _mobilenet(kind: str, input_shape: Any, alpha: float, minimalistic: bool, include_top: bool, weights: Any,
               input_tensor: Any, classes: int, pooling: str | None, dropout: float, activation: Any,
               preprocessing: bool, name: str | None) -> Model:
    axis = channels_axis()
    shape = _shape(input_shape, input_tensor, axis)
    net = Classifier(include_top, weights, input_tensor, shape, pooling, classes, activation, 224, fixed=False)
    if weights == "imagenet":
        if alpha not in ((1.0,) if minimalistic else (0.75, 1.0)):
            raise ValueError("If imagenet weights are being loaded, alpha can be one of `0.75`, `1.0` for non "
                             "minimalistic or `1.0` for minimalistic only.")
        if net.rows != 224:
            warnings.warn("`input_shape` is undefined or non-square, or `rows` is not 224. Weights for input shape "
                          "(224, 224) will be loaded as the default.", stacklevel=3)
    act = _relu if minimalistic else _hard_swish
    x = layers.Rescaling(scale=1.0 / 127.5, offset=-1.0)(net.inputs) if preprocessing else net.inputs
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = act(normalized(x, "conv_bn", **_SLOW))
    for i, spec in enumerate(_SMALL if kind == "small" else _LARGE):
        x = _block(x, spec, alpha, act, minimalistic, i, axis)
    x = layers.Conv2D(of_eights(x.shape[axis] * 6), 1, padding="same", use_bias=False, name="conv_1")(x)
    x = act(normalized(x, "conv_1_bn", **_SLOW))
    last = 1024 if kind == "small" else 1280
    if net.top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = act(layers.Conv2D(of_eights(last * alpha) if alpha > 1.0 else last, 1, padding="same", name="conv_2")(x))
        x = layers.Dropout(dropout)(x) if dropout > 0 else x
        x = layers.Flatten()(layers.Conv2D(classes, 1, padding="same", name="logits")(x))
        net.check_activation()
        x = layers.Activation(activation, name="predictions")(x)
    else:
        x = net.pooled(x)

    def files() -> tuple[File, File]:
        stem = f"{kind}{'_minimalistic' if minimalistic else ''}_224_{alpha}_float"
        address = f"{STORE}mobilenet_v3/weights_mobilenet_v3_{stem}"
        return (f"{address}.h5", _HASHES[stem][0]), (f"{address}_no_top_v2.h5", _HASHES[stem][1])

    return net.model(x, name, files)


@keras_export("applications.MobileNetV3Small")
def MobileNetV3Small(input_shape: Any = None, alpha: float = 1.0, minimalistic: bool = False, include_top: bool = True,
                     weights: Any = "imagenet", input_tensor: Any = None, classes: int = 1000,
                     pooling: str | None = None, dropout_rate: float = 0.2, classifier_activation: Any = "softmax",
                     include_preprocessing: bool = True, name: str | None = "MobileNetV3Small") -> Model:
    """A small MobileNet of the third kind. minimalistic: without weighed channels, hard swish and kernels of 5 by 5.
    include_preprocessing: the model itself scales values in [0, 255]. Other arguments as for `MobileNet`.
    """
    return _mobilenet("small", input_shape, alpha, minimalistic, include_top, weights, input_tensor, classes, pooling,
                      dropout_rate, classifier_activation, include_preprocessing, name)


@keras_export("applications.MobileNetV3Large")
def MobileNetV3Large(input_shape: Any = None, alpha: float = 1.0, minimalistic: bool = False, include_top: bool = True,
                     weights: Any = "imagenet", input_tensor: Any = None, classes: int = 1000,
                     pooling: str | None = None, dropout_rate: float = 0.2, classifier_activation: Any = "softmax",
                     include_preprocessing: bool = True, name: str | None = "MobileNetV3Large") -> Model:
    """A large MobileNet of the third kind. Arguments as for `MobileNetV3Small`."""
    return _mobilenet("large", input_shape, alpha, minimalistic, include_top, weights, input_tensor, classes, pooling,
                      dropout_rate, classifier_activation, include_preprocessing, name)
