"""VGG16 and VGG19 (Simonyan, Zisserman 2014): 3 by 3 convolutions, five times halved."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import Classifier, keras_files
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export

_HASHES = {"vgg16": ("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
           "vgg19": ("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6")}


def _vgg(kind: str, deep: int, net: Classifier, name: str | None) -> Model:
    """The model. deep: how many convolutions each of the last three blocks has."""
    x = net.inputs
    for block, (count, width) in enumerate(((2, 64), (2, 128), (deep, 256), (deep, 512), (deep, 512)), 1):
        for i in range(1, count + 1):
            x = layers.Conv2D(width, 3, activation="relu", padding="same", name=f"block{block}_conv{i}")(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if net.top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        net.check_activation()
        x = layers.Dense(net.classes, activation=net.activation, name="predictions")(x)
    else:
        x = net.pooled(x, named=False)
    return net.model(x, name, lambda: keras_files(kind, kind, _HASHES[kind]))


@keras_export("applications.VGG16", "applications.vgg16.VGG16")
def VGG16(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
          pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
          name: str | None = "vgg16") -> Model:
    """A model of 16 layers with weights.

    include_top: with the dense layers at its end. weights: 'imagenet' (downloaded), None (drawn anew) or the path of a
    file. input_tensor: a KerasTensor to begin with. input_shape: of one image, without top any from 32 by 32. pooling:
    without top, None (the last feature maps), 'avg' or 'max' of each channel. classes, classifier_activation: of the
    last layer. Raises ValueError for arguments that do not go together.
    """
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _vgg("vgg16", 3, net, name)


@keras_export("applications.VGG19", "applications.vgg19.VGG19")
def VGG19(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
          pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
          name: str | None = "vgg19") -> Model:
    """A model of 19 layers with weights. Arguments as for `VGG16`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _vgg("vgg19", 4, net, name)
