"""EfficientNets of the second kind (Tan, Le 2021): the first blocks are plain convolutions; they train faster."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import Classifier, File, normalized
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export

_HASHES = {
    "b0": ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"),
    "b1": ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"),
    "b2": ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"),
    "b3": ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"),
    "s": ("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070"),
    "m": ("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342"),
    "l": ("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615"),
}
# Of each stage: repeats, widths before and after, expansion, stride, whether its blocks are fused.
_BLOCKS = {
    "s": ((2, 24, 24, 1, 1, 1), (4, 24, 48, 4, 2, 1), (4, 48, 64, 4, 2, 1), (6, 64, 128, 4, 2, 0), (9, 128, 160,
          6, 1, 0), (15, 160, 256, 6, 2, 0)),
    "m": ((3, 24, 24, 1, 1, 1), (5, 24, 48, 4, 2, 1), (5, 48, 80, 4, 2, 1), (7, 80, 160, 4, 2, 0), (14, 160,
          176, 6, 1, 0), (18, 176, 304, 6, 2, 0), (5, 304, 512, 6, 1, 0)),
    "l": ((4, 32, 32, 1, 1, 1), (7, 32, 64, 4, 2, 1), (7, 64, 96, 4, 2, 1), (10, 96, 192, 4, 2, 0), (19, 192,
          224, 6, 1, 0), (25, 224, 384, 6, 2, 0), (7, 384, 640, 6, 1, 0)),
    "b": ((1, 32, 16, 1, 1, 1), (2, 16, 32, 4, 2, 1), (2, 32, 48, 4, 2, 1), (3, 48, 96, 4, 2, 0), (5, 96, 112,
          6, 1, 0), (8, 112, 192, 6, 2, 0)),
}
# Width and depth compared with the smallest's, height and width of images.
_SIZES = {"b0": (1.0, 1.0, 224), "b1": (1.0, 1.1, 240), "b2": (1.1, 1.2, 260), "b3": (1.2, 1.4, 300),
          "s": (1.0, 1.0, 384), "m": (1.0, 1.0, 480), "l": (1.0, 1.0, 480)}
_MEANS, _DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_DROPPED = 0.2


def _drawn(scale: float, distribution: str) -> dict[str, Any]:
    return {"class_name": "VarianceScaling",
            "config": {"scale": scale, "mode": "fan_out", "distribution": distribution}}


_KERNEL, _DENSE = _drawn(2.0, "truncated_normal"), _drawn(1 / 3, "uniform")


def _width(channels: int, wide: float) -> int:
    return max(8, int(channels * wide + 4) // 8 * 8)


def _conv(x: Any, width: int, kernel: int, name: str, **options: Any) -> Any:
    return layers.Conv2D(width, kernel, padding="same", kernel_initializer=_KERNEL, name=name,
                         **{"use_bias": False, **options})(x)


def _norm(x: Any, name: str, activation: str | None = None) -> Any:
    return normalized(x, name, "swish" if activation else None, activation, momentum=0.9)


def _weighed(x: Any, before: int, width: int, name: str, axis: int) -> Any:
    """Each channel times a number that follows from the means of all."""
    scale = layers.GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    scale = layers.Reshape((width, 1, 1) if axis == 1 else (1, 1, width), name=f"{name}se_reshape")(scale)
    scale = _conv(scale, max(1, int(before * 0.25)), 1, f"{name}se_reduce", activation="swish", use_bias=True)
    scale = _conv(scale, width, 1, f"{name}se_expand", activation="sigmoid", use_bias=True)
    return layers.Multiply(name=f"{name}se_excite")([x, scale])


def _block(x: Any, spec: tuple[int, int, int, int, bool], dropout: float, name: str, axis: int) -> Any:
    before, after, expansion, stride, fused = spec
    whole, width = x, before * expansion
    if expansion != 1:
        x = _conv(x, width, 3 if fused else 1, f"{name}expand_conv", strides=stride if fused else 1)
        x = _norm(x, f"{name}expand_bn", f"{name}expand_activation")
    if not fused:
        x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False, depthwise_initializer=_KERNEL,
                                   name=f"{name}dwconv2")(x)
        x = _norm(x, f"{name}bn", f"{name}activation")
        x = _weighed(x, before, width, name, axis)
    plain = fused and expansion == 1
    x = _conv(x, after, 3 if plain else 1, f"{name}project_conv", strides=stride if plain else 1)
    x = _norm(x, f"{name}project_bn", f"{name}project_activation" if plain else None)
    if stride != 1 or before != after:
        return x
    if dropout:
        x = layers.Dropout(dropout, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return layers.Add(name=f"{name}add")([x, whole])


def _scaled(x: Any, kind: str, axis: int) -> Any:
    """Values from [0, 255] as the model takes them."""
    if kind.startswith("b") and x.shape[axis] == 3:
        return layers.Normalization(mean=_MEANS, variance=[d**2 for d in _DEVIATIONS], axis=axis)(
            layers.Rescaling(scale=1.0 / 255)(x))
    return layers.Rescaling(scale=1.0 / 128.0, offset=-1)(x)


def _efficientnet(kind: str, include_top: bool, weights: Any, input_tensor: Any, input_shape: Any, pooling: str | None,
                  classes: int, activation: Any, preprocessing: bool, name: str | None) -> Model:
    wide, deep, size = _SIZES[kind]
    stages = _BLOCKS[kind[0]]
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, activation, size)
    x = _scaled(net.inputs, kind, net.axis) if preprocessing else net.inputs
    x = _norm(_conv(x, _width(stages[0][1], wide), 3, "stem_conv", strides=2), "stem_bn", "stem_activation")
    number, total = 0, sum(stage[0] for stage in stages)
    for i, (repeats, before, after, expansion, stride, fused) in enumerate(stages, 1):
        before, after = _width(before, wide), _width(after, wide)
        for j in range(math.ceil(deep * repeats)):
            spec = (after if j else before, after, expansion, 1 if j else stride, bool(fused))
            x = _block(x, spec, _DROPPED * number / total, f"block{i}{chr(j + 97)}_", net.axis)
            number += 1
    x = _norm(_conv(x, _width(1280, wide), 1, "top_conv"), "top_bn", "top_activation")
    x = net.dense_top(x, dropout=0.2, kernel_initializer=_DENSE) if net.top else net.pooled(x)

    def files() -> tuple[File, File]:
        stem = f"https://storage.googleapis.com/tensorflow/keras-applications/efficientnet_v2/{name}"
        return (f"{stem}.h5", _HASHES[kind][0]), (f"{stem}_notop.h5", _HASHES[kind][1])

    return net.model(x, name, files)


@keras_export("applications.EfficientNetV2B0", "applications.efficientnet_v2.EfficientNetV2B0")
def EfficientNetV2B0(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                     input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                     classifier_activation: Any = "softmax", include_preprocessing: bool = True,
                     name: str | None = "efficientnetv2-b0") -> Model:
    """EfficientNet V2 B0. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _efficientnet("b0", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, include_preprocessing, name)


@keras_export("applications.EfficientNetV2B1", "applications.efficientnet_v2.EfficientNetV2B1")
def EfficientNetV2B1(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                     input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                     classifier_activation: Any = "softmax", include_preprocessing: bool = True,
                     name: str | None = "efficientnetv2-b1") -> Model:
    """EfficientNet V2 B1. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _efficientnet("b1", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, include_preprocessing, name)


@keras_export("applications.EfficientNetV2B2", "applications.efficientnet_v2.EfficientNetV2B2")
def EfficientNetV2B2(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                     input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                     classifier_activation: Any = "softmax", include_preprocessing: bool = True,
                     name: str | None = "efficientnetv2-b2") -> Model:
    """EfficientNet V2 B2. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _efficientnet("b2", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, include_preprocessing, name)


@keras_export("applications.EfficientNetV2B3", "applications.efficientnet_v2.EfficientNetV2B3")
def EfficientNetV2B3(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                     input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                     classifier_activation: Any = "softmax", include_preprocessing: bool = True,
                     name: str | None = "efficientnetv2-b3") -> Model:
    """EfficientNet V2 B3. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _efficientnet("b3", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, include_preprocessing, name)


@keras_export("applications.EfficientNetV2S", "applications.efficientnet_v2.EfficientNetV2S")
def EfficientNetV2S(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                    input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                    classifier_activation: Any = "softmax", include_preprocessing: bool = True,
                    name: str | None = "efficientnetv2-s") -> Model:
    """EfficientNet V2 S. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _efficientnet("s", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, include_preprocessing, name)


@keras_export("applications.EfficientNetV2M", "applications.efficientnet_v2.EfficientNetV2M")
def EfficientNetV2M(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                    input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                    classifier_activation: Any = "softmax", include_preprocessing: bool = True,
                    name: str | None = "efficientnetv2-m") -> Model:
    """EfficientNet V2 M. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _efficientnet("m", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, include_preprocessing, name)


@keras_export("applications.EfficientNetV2L", "applications.efficientnet_v2.EfficientNetV2L")
def EfficientNetV2L(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                    input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                    classifier_activation: Any = "softmax", include_preprocessing: bool = True,
                    name: str | None = "efficientnetv2-l") -> Model:
    """EfficientNet V2 L. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _efficientnet("l", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, include_preprocessing, name)
