"""ResNets (He, Zhang, Ren, Sun 2015, 2016): blocks of three convolutions whose inputs are added to their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import Classifier, keras_files, normalized
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export

_HASHES = {"resnet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
           "resnet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
           "resnet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
           "resnet50v2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
           "resnet101v2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
           "resnet152v2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33")}
_BLOCKS = {"50": (3, 4, 6, 3), "101": (3, 4, 23, 3), "152": (3, 8, 36, 3)}
_WIDTHS = (64, 128, 256, 512)
_EPSILON = 1.001e-5


def _norm(x: Any, name: str, relu: str | None = None) -> Any:
    return normalized(x, name, "relu" if relu else None, relu, epsilon=_EPSILON)


def _block(x: Any, width: int, stride: int, projected: bool, name: str) -> Any:
    """A block of the first kind: convolution, normalization, ReLU."""
    shortcut = x
    if projected:
        shortcut = _norm(layers.Conv2D(4 * width, 1, strides=stride, name=f"{name}_0_conv")(x), f"{name}_0_bn")
    x = layers.Conv2D(width, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = _norm(x, f"{name}_1_bn", f"{name}_1_relu")
    x = layers.Conv2D(width, 3, padding="same", name=f"{name}_2_conv")(x)
    x = _norm(x, f"{name}_2_bn", f"{name}_2_relu")
    x = _norm(layers.Conv2D(4 * width, 1, name=f"{name}_3_conv")(x), f"{name}_3_bn")
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.Activation("relu", name=f"{name}_out")(x)


def _block_v2(x: Any, width: int, stride: int, projected: bool, name: str) -> Any:
    """A block of the second kind: normalization and ReLU come before the convolutions."""
    ready = _norm(x, f"{name}_preact_bn", f"{name}_preact_relu")
    if projected:
        shortcut = layers.Conv2D(4 * width, 1, strides=stride, name=f"{name}_0_conv")(ready)
    else:
        shortcut = layers.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = layers.Conv2D(width, 1, use_bias=False, name=f"{name}_1_conv")(ready)
    x = _norm(x, f"{name}_1_bn", f"{name}_1_relu")
    x = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = layers.Conv2D(width, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = _norm(x, f"{name}_2_bn", f"{name}_2_relu")
    x = layers.Conv2D(4 * width, 1, name=f"{name}_3_conv")(x)
    return layers.Add(name=f"{name}_out")([shortcut, x])


def _body(x: Any, counts: Sequence[int], second: bool) -> Any:
    for stack, (width, count) in enumerate(zip(_WIDTHS, counts, strict=True), 2):
        for i in range(1, count + 1):
            name = f"conv{stack}_block{i}"
            if second:  # the last block of a stack halves, but for the last stack's
                x = _block_v2(x, width, 2 if i == count and stack < 5 else 1, i == 1, name)
            else:  # the first block of a stack halves, but for the first stack's
                x = _block(x, width, 2 if i == 1 and stack > 2 else 1, i == 1, name)
    return x


def _resnet(kind: str, net: Classifier, name: str | None) -> Model:
    second = kind.endswith("v2")
    x = layers.ZeroPadding2D(3, name="conv1_pad")(net.inputs)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = x if second else _norm(x, "conv1_bn", "conv1_relu")
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    x = _body(x, _BLOCKS[kind.removeprefix("resnet").removesuffix("v2")], second)
    x = _norm(x, "post_bn", "post_relu") if second else x
    x = net.dense_top(x) if net.top else net.pooled(x)
    return net.model(x, name, lambda: keras_files("resnet", kind, _HASHES[kind]))


@keras_export("applications.ResNet50", "applications.resnet50.ResNet50", "applications.resnet.ResNet50")
def ResNet50(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
             input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
             classifier_activation: Any = "softmax", name: str | None = "resnet50") -> Model:
    """A ResNet of 50 layers with weights. Arguments as for `VGG16`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _resnet("resnet50", net, name)


@keras_export("applications.ResNet101", "applications.resnet.ResNet101")
def ResNet101(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
              input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
              classifier_activation: Any = "softmax", name: str | None = "resnet101") -> Model:
    """A ResNet of 101 layers. Arguments as for `VGG16`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _resnet("resnet101", net, name)


@keras_export("applications.ResNet152", "applications.resnet.ResNet152")
def ResNet152(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
              input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
              classifier_activation: Any = "softmax", name: str | None = "resnet152") -> Model:
    """A ResNet of 152 layers. Arguments as for `VGG16`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _resnet("resnet152", net, name)


@keras_export("applications.ResNet50V2", "applications.resnet_v2.ResNet50V2")
def ResNet50V2(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
               input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
               classifier_activation: Any = "softmax", name: str | None = "resnet50v2") -> Model:
    """A ResNet of 50 layers, of the second kind. Arguments as for `VGG16`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _resnet("resnet50v2", net, name)


@keras_export("applications.ResNet101V2", "applications.resnet_v2.ResNet101V2")
def ResNet101V2(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                classifier_activation: Any = "softmax", name: str | None = "resnet101v2") -> Model:
    """A ResNet of 101 layers, of the second kind. Arguments as for `VGG16`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _resnet("resnet101v2", net, name)


@keras_export("applications.ResNet152V2", "applications.resnet_v2.ResNet152V2")
def ResNet152V2(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                classifier_activation: Any = "softmax", name: str | None = "resnet152v2") -> Model:
    """A ResNet of 152 layers, of the second kind. Arguments as for `VGG16`."""
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, 224)
    return _resnet("resnet152v2", net, name)
