"""MobileNets (Howard et al. 2017, Sandler et al. 2018): convolutions of each channel, then across channels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
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


def _side(shape: Any, sizes: Sequence[int], first: int) -> int:
    """The size of images that weights were trained with: that of square images of a known one, else 224."""
    if shape is not None and len(shape) > first + 1 and shape[first] == shape[first + 1] and shape[first] in sizes:
        return shape[first]
    return 224


def _first(net_axis: int) -> int:
    return 1 if net_axis == 1 else 0


def _trained_side(net: Classifier, sizes: Sequence[int]) -> int:
    """The size that ImageNet's weights are taken for; 224 with a warning where images have none of the sizes."""
    first = _first(net.axis)
    rows, columns = net.shape[first], net.shape[first + 1]
    if rows == columns and rows in sizes:
        return rows
    warnings.warn(f"`input_shape` is undefined or non-square, or `rows` is not in {list(sizes)}. Weights for input "
                  "shape (224, 224) will be loaded as the default.", stacklevel=3)
    return 224


def _check_alpha(alpha: float, known: Sequence[float]) -> None:
    if alpha not in known:
        raise ValueError(f"If imagenet weights are being loaded, alpha can be one of {list(known)} only. Received "
                         f"alpha={alpha}")


def _relu6(x: Any, name: str) -> Any:
    return layers.ReLU(6.0, name=name)(x)


# The first ---------------------------------------------------------------------------------------------

_WIDTHS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))
_SIZES = (128, 160, 192, 224)


@keras_export("applications.MobileNet", "applications.mobilenet.MobileNet")
def MobileNet(input_shape: Any = None, alpha: float = 1.0, depth_multiplier: int = 1, dropout: float = 1e-3,
              include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
              pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax",
              name: str | None = None) -> Model:
    """A MobileNet. alpha: how wide its layers are. depth_multiplier: of the convolutions of each channel. dropout:
    before the last layer. Other arguments as for `VGG16`. Raises ValueError for other widths with ImageNet's weights.
    """
    size = _side(input_shape, _SIZES, _first(channels_axis()))
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, size)
    rows: Any = net.rows
    if weights == "imagenet":
        if depth_multiplier != 1:
            raise ValueError("If imagenet weights are being loaded, depth multiplier must be 1. Received "
                             f"depth_multiplier={depth_multiplier}")
        _check_alpha(alpha, (0.25, 0.5, 0.75, 1.0))
        rows = _trained_side(net, _SIZES)
    x = layers.Conv2D(int(32 * alpha), 3, padding="same", use_bias=False, strides=2, name="conv1")(net.inputs)
    x = _relu6(normalized(x, "conv1_bn"), "conv1_relu")
    for i, (width, stride) in enumerate(_WIDTHS, 1):
        if stride == 2:
            x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{i}")(x)
        x = layers.DepthwiseConv2D(3, padding="same" if stride == 1 else "valid", depth_multiplier=depth_multiplier,
                                   strides=stride, use_bias=False, name=f"conv_dw_{i}")(x)
        x = _relu6(normalized(x, f"conv_dw_{i}_bn"), f"conv_dw_{i}_relu")
        x = layers.Conv2D(int(width * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{i}")(x)
        x = _relu6(normalized(x, f"conv_pw_{i}_bn"), f"conv_pw_{i}_relu")
    if net.top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Dropout(dropout, name="dropout")(x)
        x = layers.Conv2D(classes, 1, padding="same", name="conv_preds")(x)
        x = layers.Reshape((classes,), name="reshape_2")(x)
        net.check_activation()
        x = layers.Activation(classifier_activation, name="predictions")(x)
    else:
        x = net.pooled(x, named=False)

    def files() -> tuple[File, File]:
        width = {1.0: "1_0", 0.75: "7_5", 0.5: "5_0", 0.25: "2_5"}[alpha]
        stem = f"{STORE}mobilenet/mobilenet_{width}_{rows}_tf"
        return (f"{stem}.h5", None), (f"{stem}_no_top.h5", None)

    return net.model(x, f"mobilenet_{alpha:0.2f}_{rows}" if name is None else name, files)


# The second --------------------------------------------------------------------------------------------

_SIZES_V2 = (96, 128, 160, 192, 224)
_BLOCKS_V2 = ((16, 1), (24, 2), (24, 1), (32, 2), (32, 1), (32, 1), (64, 2), *((64, 1),) * 3, *((96, 1),) * 3,
              (160, 2), (160, 1), (160, 1), (320, 1))


def _block_v2(x: Any, width: int, stride: int, number: int, axis: int) -> Any:
    """A block that is wide within and narrow without; it is added to its input where both are alike."""
    before, channels = x, x.shape[axis]
    prefix = f"block_{number}_" if number else "expanded_conv_"
    if number:
        x = layers.Conv2D(6 * channels, 1, padding="same", use_bias=False, name=f"{prefix}expand")(x)
        x = _relu6(normalized(x, f"{prefix}expand_BN", **_SLOW), f"{prefix}expand_relu")
    if stride == 2:
        x = layers.ZeroPadding2D(even_padding(x, 3), name=f"{prefix}pad")(x)
    x = layers.DepthwiseConv2D(3, strides=stride, use_bias=False, padding="same" if stride == 1 else "valid",
                               name=f"{prefix}depthwise")(x)
    x = _relu6(normalized(x, f"{prefix}depthwise_BN", **_SLOW), f"{prefix}depthwise_relu")
    x = layers.Conv2D(width, 1, padding="same", use_bias=False, name=f"{prefix}project")(x)
    x = normalized(x, f"{prefix}project_BN", **_SLOW)
    return layers.Add(name=f"{prefix}add")([before, x]) if channels == width and stride == 1 else x


def _check_tensor(shape: Any, tensor: Any, axis: int) -> None:
    """Raises ValueError where both are given, and the tensor is none of Keras or has another shape."""
    if shape is None or tensor is None:
        return
    if not isinstance(tensor, KerasTensor):
        raise ValueError(f"input_tensor is not a Keras tensor; Received `input_tensor={tensor}`")
    at = 1 if axis == 1 else 2
    if tensor.shape[at] != shape[1]:
        raise ValueError(f"input_tensor.shape[{at}] must equal input_shape[1]; Received `input_tensor.shape="
                         f"{tensor.shape}`, `input_shape={shape}`")


@keras_export("applications.MobileNetV2", "applications.mobilenet_v2.MobileNetV2")
def MobileNetV2(input_shape: Any = None, alpha: float = 1.0, include_top: bool = True, weights: Any = "imagenet",
                input_tensor: Any = None, pooling: str | None = None, classes: int = 1000,
                classifier_activation: Any = "softmax", name: str | None = None) -> Model:
    """A MobileNet of the second kind. Arguments as for `MobileNet`."""
    axis = channels_axis()
    _check_tensor(input_shape, input_tensor, axis)
    known = input_shape if input_shape is not None else None if input_tensor is None else input_tensor.shape[1:]
    size = _side(known, _SIZES_V2, _first(axis))
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, size)
    rows: Any = net.rows
    if weights == "imagenet":
        _check_alpha(alpha, (0.35, 0.5, 0.75, 1.0, 1.3, 1.4))
        rows = _trained_side(net, _SIZES_V2)
    x = layers.Conv2D(of_eights(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(net.inputs)
    x = _relu6(normalized(x, "bn_Conv1", **_SLOW), "Conv1_relu")
    for i, (width, stride) in enumerate(_BLOCKS_V2):
        x = _block_v2(x, of_eights(int(width * alpha)), stride, i, axis)
    x = layers.Conv2D(of_eights(1280 * alpha) if alpha > 1.0 else 1280, 1, use_bias=False, name="Conv_1")(x)
    x = _relu6(normalized(x, "Conv_1_bn", **_SLOW), "out_relu")
    x = net.dense_top(x, None) if net.top else net.pooled(x, named=False)

    def files() -> tuple[File, File]:
        stem = f"{STORE}mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{rows}"
        return (f"{stem}.h5", None), (f"{stem}_no_top.h5", None)

    return net.model(x, f"mobilenetv2_{alpha:0.2f}_{rows}" if name is None else name, files)
