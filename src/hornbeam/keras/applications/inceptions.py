"""Inception (Szegedy et al. 2015, 2016): branches of several convolutions side by side, with shortcuts or without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import Classifier, channels_axis, keras_files, normalized
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import internal

_HASHES = {"inception_v3": ("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"),
           "inception_resnet_v2": ("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4")}

Step = tuple[int, Any]
"""A convolution: its width and its kernel."""


def _conv(x: Any, width: int, kernel: Any, stride: int = 1, padding: str = "same") -> Any:
    """A convolution without bias, normalized, and ReLU."""
    x = layers.Conv2D(width, kernel, strides=stride, padding=padding, use_bias=False)(x)
    return normalized(x, None, "relu", scale=False)


def _chain(x: Any, *steps: Step, halved: bool = False) -> Any:
    """Convolutions one after another; the last one halves the size, if wanted."""
    for i, (width, kernel) in enumerate(steps, 1):
        last = halved and i == len(steps)
        x = _conv(x, width, kernel, 2 if last else 1, "valid" if last else "same")
    return x


def _joined(parts: Sequence[Any], name: str | None) -> Any:
    return layers.Concatenate(axis=channels_axis(), name=name)(list(parts))


def _mean(x: Any, width: int) -> Any:
    return _conv(layers.AveragePooling2D(3, strides=1, padding="same")(x), width, 1)


def _halved(x: Any) -> Any:
    return layers.MaxPooling2D(3, strides=2)(x)


def _stem(x: Any) -> Any:
    x = _conv(x, 32, 3, 2, "valid")
    x = _conv(_conv(x, 32, 3, padding="valid"), 64, 3)
    x = _conv(_conv(_halved(x), 80, 1, padding="valid"), 192, 3, padding="valid")
    return _halved(x)


# The third version -------------------------------------------------------------------------------------

_ROW, _COLUMN = (1, 7), (7, 1)


def _wide(x: Any, width: int, name: str) -> Any:
    """The branches with kernels of 7 by 1 and 1 by 7."""
    return _joined([_conv(x, 192, 1), _chain(x, (width, 1), (width, _ROW), (192, _COLUMN)),
                    _chain(x, (width, 1), (width, _COLUMN), (width, _ROW), (width, _COLUMN), (192, _ROW)),
                    _mean(x, 192)], name)


def _last(x: Any, number: int) -> Any:
    """The branches that fork once more at their ends."""
    first = _conv(x, 320, 1)
    forked = _conv(x, 384, 1)
    forked = _joined([_conv(forked, 384, (1, 3)), _conv(forked, 384, (3, 1))], f"mixed9_{number}")
    twice = _chain(x, (448, 1), (384, 3))
    twice = _joined([_conv(twice, 384, (1, 3)), _conv(twice, 384, (3, 1))], None)
    return _joined([first, forked, twice, _mean(x, 192)], f"mixed{9 + number}")


@keras_export("applications.InceptionV3", "applications.inception_v3.InceptionV3")
def InceptionV3(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
                pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
                name: str | None = "inception_v3") -> Model:
    """Inception, third version. Arguments as for `VGG16`; images are 299 by 299, or with another top from 75 by 75."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 299, 75)
    x = _stem(net.inputs)
    for i, width in enumerate((32, 64, 64)):
        x = _joined([_conv(x, 64, 1), _chain(x, (48, 1), (64, 5)), _chain(x, (64, 1), (96, 3), (96, 3)),
                     _mean(x, width)], f"mixed{i}")
    x = _joined([_chain(x, (384, 3), halved=True), _chain(x, (64, 1), (96, 3), (96, 3), halved=True), _halved(x)],
                "mixed3")
    for i, width in enumerate((128, 160, 160, 192), 4):
        x = _wide(x, width, f"mixed{i}")
    x = _joined([_chain(x, (192, 1), (320, 3), halved=True),
                 _chain(x, (192, 1), (192, _ROW), (192, _COLUMN), (192, 3), halved=True), _halved(x)], "mixed8")
    for i in range(2):
        x = _last(x, i)
    x = net.dense_top(x) if net.top else net.pooled(x, named=False)
    return net.model(x, name, lambda: keras_files("inception_v3", "inception_v3", _HASHES["inception_v3"]))


# With shortcuts ----------------------------------------------------------------------------------------


@internal("keras.src.applications.inception_resnet_v2")
class CustomScaleLayer(Layer):
    """The first input plus `scale` times the second."""

    def __init__(self, scale: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        return inputs[0] + inputs[1] * self.scale

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale}


_BRANCHES: dict[str, tuple[tuple[Step, ...], ...]] = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1))))}


def _shortcut(x: Any, scale: float, kind: str, number: int, relu: bool = True) -> Any:
    """Branches, joined and added to their input after scaling."""
    name = f"{kind}_{number}"
    mixed = _joined([_chain(x, *steps) for steps in _BRANCHES[kind]], f"{name}_mixed")
    up = layers.Conv2D(x.shape[channels_axis()], 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, up])
    return layers.Activation("relu", name=f"{name}_ac")(x) if relu else x


@keras_export("applications.InceptionResNetV2", "applications.inception_resnet_v2.InceptionResNetV2")
def InceptionResNetV2(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                      input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                      classifier_activation: Any = "softmax", name: str | None = "inception_resnet_v2") -> Model:
    """Inception with shortcuts. Arguments as for `InceptionV3`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 299, 75)
    x = _stem(net.inputs)
    x = _joined([_conv(x, 96, 1), _chain(x, (48, 1), (64, 5)), _chain(x, (64, 1), (96, 3), (96, 3)), _mean(x, 64)],
                "mixed_5b")
    for i in range(1, 11):
        x = _shortcut(x, 0.17, "block35", i)
    x = _joined([_chain(x, (384, 3), halved=True), _chain(x, (256, 1), (256, 3), (384, 3), halved=True), _halved(x)],
                "mixed_6a")
    for i in range(1, 21):
        x = _shortcut(x, 0.1, "block17", i)
    x = _joined([_chain(x, (256, 1), (384, 3), halved=True), _chain(x, (256, 1), (288, 3), halved=True),
                 _chain(x, (256, 1), (288, 3), (320, 3), halved=True), _halved(x)], "mixed_7a")
    for i in range(1, 10):
        x = _shortcut(x, 0.2, "block8", i)
    x = _shortcut(x, 1.0, "block8", 10, relu=False)
    x = layers.Conv2D(1536, 1, padding="same", use_bias=False, name="conv_7b")(x)
    x = normalized(x, "conv_7b_bn", "relu", "conv_7b_ac", scale=False)
    x = net.dense_top(x) if net.top else net.pooled(x, named=False)
    kind = "inception_resnet_v2"
    return net.model(x, name, lambda: keras_files(kind, kind, _HASHES[kind]))
