"""DenseNets (Huang, Liu, van der Maaten, Weinberger 2016): each layer sees what all before it in a block gave."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import layers
from hornbeam.keras.applications.classifier import Classifier, keras_files, normalized
from hornbeam.keras.config.settings import image_data_format
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export

_HASHES = {"densenet121": ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"),
           "densenet169": ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"),
           "densenet201": ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1")}
_BLOCKS = {"densenet121": (6, 12, 24, 16), "densenet169": (6, 12, 32, 32), "densenet201": (6, 12, 48, 32)}
_GROWTH = 32


def _norm(x: Any, name: str, relu: str) -> Any:
    return normalized(x, name, "relu", relu, epsilon=1.001e-5)


def _layer(x: Any, axis: int, name: str) -> Any:
    new = _norm(x, f"{name}_0_bn", f"{name}_0_relu")
    new = layers.Conv2D(4 * _GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(new)
    new = _norm(new, f"{name}_1_bn", f"{name}_1_relu")
    new = layers.Conv2D(_GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(new)
    return layers.Concatenate(axis=axis, name=f"{name}_concat")([x, new])


def _densenet(kind: str, include_top: bool, weights: Any, input_tensor: Any, input_shape: Any, pooling: str | None,
              classes: int, activation: Any, name: str | None) -> Model:
    if image_data_format() == "channels_first":
        raise ValueError("DenseNet does not support the `channels_first` image data format. Switch to `channels_last` "
                         "by editing your local config file at ~/.keras/keras.json")
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, activation, 224)
    x = layers.ZeroPadding2D(3)(net.inputs)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _norm(x, "conv1_bn", "conv1_relu")
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for block, count in enumerate(_BLOCKS[kind], 2):
        for i in range(1, count + 1):
            x = _layer(x, net.axis, f"conv{block}_block{i}")
        if block < 5:
            x = _norm(x, f"pool{block}_bn", f"pool{block}_relu")
            x = layers.Conv2D(x.shape[net.axis] // 2, 1, use_bias=False, name=f"pool{block}_conv")(x)
            x = layers.AveragePooling2D(2, strides=2, name=f"pool{block}_pool")(x)
    x = _norm(x, "bn", "relu")
    x = net.dense_top(x) if net.top else net.pooled(x)
    return net.model(x, name, lambda: keras_files("densenet", kind, _HASHES[kind]))


@keras_export("applications.DenseNet121", "applications.densenet.DenseNet121")
def DenseNet121(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                classifier_activation: Any = "softmax", name: str | None = "densenet121") -> Model:
    """A DenseNet of 121 layers. Arguments as for `VGG16`. Raises ValueError for channels that come first."""
    return _densenet("densenet121", include_top, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)


@keras_export("applications.DenseNet169", "applications.densenet.DenseNet169")
def DenseNet169(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                classifier_activation: Any = "softmax", name: str | None = "densenet169") -> Model:
    """A DenseNet of 169 layers. Arguments as for `VGG16`. Raises ValueError for channels that come first."""
    return _densenet("densenet169", include_top, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)


@keras_export("applications.DenseNet201", "applications.densenet.DenseNet201")
def DenseNet201(include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
                input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                classifier_activation: Any = "softmax", name: str | None = "densenet201") -> Model:
    """A DenseNet of 201 layers. Arguments as for `VGG16`. Raises ValueError for channels that come first."""
    return _densenet("densenet201", include_top, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)
