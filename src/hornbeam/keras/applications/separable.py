"""Xception (Chollet 2016): convolutions of each channel and then across channels, with shortcuts."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import Classifier, keras_files, normalized
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export

_HASHES = ("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97")


def _separable(x: Any, width: int, name: str) -> Any:
    x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False, name=name)(x)
    return normalized(x, f"{name}_bn")


def _relu(x: Any, name: str) -> Any:
    return layers.Activation("relu", name=f"{name}_act")(x)


def _halving(x: Any, widths: tuple[int, int], block: int) -> Any:
    """Two convolutions and a maximum, added to a projection of the input."""
    shortcut = layers.Conv2D(widths[1], 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = normalized(shortcut, None)
    for i, width in enumerate(widths, 1):
        name = f"block{block}_sepconv{i}"
        x = x if block == 2 and i == 1 else _relu(x, name)
        x = _separable(x, width, name)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
    return layers.Add()([x, shortcut])


@keras_export("applications.Xception", "applications.xception.Xception")
def Xception(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
             pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
             name: str | None = "xception") -> Model:
    """Xception. Arguments as for `VGG16`; images are 299 by 299, or without top from 71 by 71."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 299, 71)
    x = layers.Conv2D(32, 3, strides=2, use_bias=False, name="block1_conv1")(net.inputs)
    x = _relu(normalized(x, "block1_conv1_bn"), "block1_conv1")
    x = layers.Conv2D(64, 3, use_bias=False, name="block1_conv2")(x)
    x = _relu(normalized(x, "block1_conv2_bn"), "block1_conv2")
    for block, width in ((2, 128), (3, 256), (4, 728)):
        x = _halving(x, (width, width), block)
    for block in range(5, 13):
        before = x
        for i in range(1, 4):
            x = _separable(_relu(x, f"block{block}_sepconv{i}"), 728, f"block{block}_sepconv{i}")
        x = layers.Add()([x, before])
    x = _halving(x, (728, 1024), 13)
    for i, width in enumerate((1536, 2048), 1):
        x = _relu(_separable(x, width, f"block14_sepconv{i}"), f"block14_sepconv{i}")
    x = net.dense_top(x) if net.top else net.pooled(x, named=False)
    return net.model(x, name, lambda: keras_files("xception", "xception", _HASHES))
