"""EfficientNets (Tan, Le 2019): one network, made wider, deeper and of larger images together."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import Classifier, File, even_padding, normalized, of_eights
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export

_HASHES = {
    "b0": ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"),
    "b1": ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"),
    "b2": ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"),
    "b3": ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"),
    "b4": ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"),
    "b5": ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"),
    "b6": ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"),
    "b7": ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"),
}
# Width and depth compared with B0's, height and width of images, dropout before the last layer.
_SIZES = {"b0": (1.0, 1.0, 224, 0.2), "b1": (1.0, 1.1, 240, 0.2), "b2": (1.1, 1.2, 260, 0.3),
          "b3": (1.2, 1.4, 300, 0.3), "b4": (1.4, 1.8, 380, 0.4), "b5": (1.6, 2.2, 456, 0.4),
          "b6": (1.8, 2.6, 528, 0.5), "b7": (2.0, 3.1, 600, 0.5)}
# Kernel, repeats, widths before and after, expansion, stride.
_BLOCKS = ((3, 1, 32, 16, 1, 1), (3, 2, 16, 24, 6, 2), (5, 2, 24, 40, 6, 2), (3, 3, 40, 80, 6, 2),
           (5, 3, 80, 112, 6, 1), (5, 4, 112, 192, 6, 2), (3, 1, 192, 320, 6, 1))
_DEVIATIONS = (0.229, 0.224, 0.225)
_DROPPED = 0.2
"""The dropout of the last block; that of the first is 0."""


def _drawn(scale: float, distribution: str) -> dict[str, Any]:
    return {"class_name": "VarianceScaling",
            "config": {"scale": scale, "mode": "fan_out", "distribution": distribution}}


_KERNEL, _DENSE = _drawn(2.0, "truncated_normal"), _drawn(1 / 3, "uniform")


def _conv(x: Any, width: int, kernel: int, name: str, **options: Any) -> Any:
    return layers.Conv2D(width, kernel, kernel_initializer=_KERNEL, name=name,
                         **{"padding": "same", "use_bias": False, **options})(x)


def _block(x: Any, spec: tuple[int, int, int, int, int], dropout: float, name: str, axis: int) -> Any:
    """A block that is wide within, with channels weighed by their means; added to its input where both are alike."""
    kernel, before, after, expansion, stride = spec
    whole, width = x, before * expansion
    if expansion != 1:
        x = normalized(_conv(x, width, 1, f"{name}expand_conv"), f"{name}expand_bn", "swish",
                       f"{name}expand_activation")
    if stride == 2:
        x = layers.ZeroPadding2D(even_padding(x, kernel), name=f"{name}dwconv_pad")(x)
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding="valid" if stride == 2 else "same", use_bias=False,
                               depthwise_initializer=_KERNEL, name=f"{name}dwconv")(x)
    x = normalized(x, f"{name}bn", "swish", f"{name}activation")
    scale = layers.GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    scale = layers.Reshape((width, 1, 1) if axis == 1 else (1, 1, width), name=f"{name}se_reshape")(scale)
    scale = _conv(scale, max(1, int(before * 0.25)), 1, f"{name}se_reduce", activation="swish", use_bias=True)
    scale = _conv(scale, width, 1, f"{name}se_expand", activation="sigmoid", use_bias=True)
    x = layers.Multiply(name=f"{name}se_excite")([x, scale])
    x = normalized(_conv(x, after, 1, f"{name}project_conv"), f"{name}project_bn")
    if stride != 1 or before != after:
        return x
    if dropout > 0:
        x = layers.Dropout(dropout, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return layers.Add(name=f"{name}add")([x, whole])


def _efficientnet(kind: str, include_top: bool, weights: Any, input_tensor: Any, input_shape: Any, pooling: str | None,
                  classes: int, activation: Any, name: str | None) -> Model:
    wide, deep, size, dropout = _SIZES[kind]
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, activation, size)
    x = layers.Normalization(axis=net.axis)(layers.Rescaling(1.0 / 255.0)(net.inputs))
    if weights == "imagenet":  # those were trained on images scaled once more
        x = layers.Rescaling([1.0 / math.sqrt(d) for d in _DEVIATIONS])(x)
    x = layers.ZeroPadding2D(even_padding(x, 3), name="stem_conv_pad")(x)
    x = _conv(x, of_eights(32 * wide), 3, "stem_conv", strides=2, padding="valid")
    x = normalized(x, "stem_bn", "swish", "stem_activation")
    counts = [math.ceil(deep * spec[1]) for spec in _BLOCKS]
    number = 0
    for i, (count, (kernel, _, before, after, expansion, stride)) in enumerate(zip(counts, _BLOCKS, strict=True), 1):
        before, after = of_eights(before * wide), of_eights(after * wide)
        for j in range(count):
            spec = (kernel, after if j else before, after, expansion, 1 if j else stride)
            x = _block(x, spec, _DROPPED * number / sum(counts), f"block{i}{chr(j + 97)}_", net.axis)
            number += 1
    x = _conv(x, of_eights(1280 * wide), 1, "top_conv")
    x = normalized(x, "top_bn", "swish", "top_activation")
    x = net.dense_top(x, dropout=dropout, kernel_initializer=_DENSE) if net.top else net.pooled(x)

    def files() -> tuple[File, File]:
        stem = f"https://storage.googleapis.com/keras-applications/{name}"
        return (f"{stem}.h5", _HASHES[kind][0]), (f"{stem}_notop.h5", _HASHES[kind][1])

    return net.model(x, name, files)


@keras_export("applications.EfficientNetB0", "applications.efficientnet.EfficientNetB0")
def EfficientNetB0(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb0") -> Model:
    """EfficientNet B0, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b0", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)


@keras_export("applications.EfficientNetB1", "applications.efficientnet.EfficientNetB1")
def EfficientNetB1(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb1") -> Model:
    """EfficientNet B1, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b1", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)


@keras_export("applications.EfficientNetB2", "applications.efficientnet.EfficientNetB2")
def EfficientNetB2(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb2") -> Model:
    """EfficientNet B2, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b2", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)


@keras_export("applications.EfficientNetB3", "applications.efficientnet.EfficientNetB3")
def EfficientNetB3(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb3") -> Model:
    """EfficientNet B3, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b3", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)


@keras_export("applications.EfficientNetB4", "applications.efficientnet.EfficientNetB4")
def EfficientNetB4(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb4") -> Model:
    """EfficientNet B4, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b4", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)


@keras_export("applications.EfficientNetB5", "applications.efficientnet.EfficientNetB5")
def EfficientNetB5(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb5") -> Model:
    """EfficientNet B5, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b5", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)


@keras_export("applications.EfficientNetB6", "applications.efficientnet.EfficientNetB6")
def EfficientNetB6(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb6") -> Model:
    """EfficientNet B6, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b6", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)


@keras_export("applications.EfficientNetB7", "applications.efficientnet.EfficientNetB7")
def EfficientNetB7(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                   input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str | None = "efficientnetb7") -> Model:
    """EfficientNet B7, which scales its images itself. Arguments as for `VGG16`."""
    return _efficientnet("b7", include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)
