"""ConvNeXts (Liu et al. 2022): convolutions arranged as the blocks of transformers are."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import initializers, layers, ops, random
from hornbeam.keras.applications.classifier import STORE, Classifier, File
from hornbeam.keras.config.settings import image_data_format
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.models.model import Model
from hornbeam.keras.models.sequential import Sequential
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import internal

_HASHES = {
    "tiny": ("8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
        "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1"),
    "small": ("ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
        "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab"),
    "base": ("52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
        "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45"),
    "large": ("070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
        "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd"),
    "xlarge": ("c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
        "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05"),
}
# How many blocks each stage has, and how wide they are.
_SIZES = {
    "tiny": ((3, 3, 9, 3), (96, 192, 384, 768)),
    "small": ((3, 3, 27, 3), (96, 192, 384, 768)),
    "base": ((3, 3, 27, 3), (128, 256, 512, 1024)),
    "large": ((3, 3, 27, 3), (192, 384, 768, 1536)),
    "xlarge": ((3, 3, 27, 3), (256, 512, 1024, 2048)),
}
_MEANS, _DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_MODULE = "keras.src.applications.convnext"


@internal(_MODULE)
class StochasticDepth(Layer):
    """Drops the whole of some samples while a model trains, each with the probability `drop_path_rate`."""

    def __init__(self, drop_path_rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x: Any, training: bool | None = None) -> Any:
        if not training:
            return x
        kept = 1 - self.drop_path_rate
        shape = (ops.shape(x)[0], *(1,) * (len(x.shape) - 1))
        return x / kept * ops.floor(kept + random.uniform(shape, 0, 1))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}


@internal(_MODULE)
class LayerScale(Layer):
    """Each channel times a weight of its own, which begins at `init_values`."""

    def __init__(self, init_values: float, projection_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.init_values, self.projection_dim = init_values, projection_dim

    def build(self, input_shape: Any) -> None:
        self.gamma = self.add_weight(shape=(self.projection_dim,), trainable=True,
                                     initializer=initializers.Constant(self.init_values))

    def call(self, x: Any) -> Any:
        return x * self.gamma

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "init_values": self.init_values, "projection_dim": self.projection_dim}


def _norm(name: str | None = None) -> Any:
    return layers.LayerNormalization(epsilon=1e-6, name=name)


def _block(x: Any, width: int, name: str) -> Any:
    whole = x
    x = layers.Conv2D(width, 7, padding="same", groups=width, name=f"{name}_depthwise_conv")(x)
    x = _norm(f"{name}_layernorm")(x)
    x = layers.Dense(4 * width, name=f"{name}_pointwise_conv_1")(x)
    x = layers.Activation("gelu", name=f"{name}_gelu")(x)
    x = layers.Dense(width, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(1e-6, width, name=f"{name}_layer_scale")(x)
    return whole + layers.Activation("linear", name=f"{name}_identity")(x)


def _convnext(kind: str, include_top: bool, preprocessing: bool, weights: Any, input_tensor: Any, input_shape: Any,
              pooling: str | None, classes: int, activation: Any, name: str) -> Model:
    if image_data_format() == "channels_first":
        raise ValueError("ConvNeXt does not support the `channels_first` image data format. Switch to `channels_last` "
                         "by editing your local config file at ~/.keras/keras.json")
    depths, widths = _SIZES[kind]
    if weights == "imagenet" and f"convnext_{kind}" not in name:
        raise ValueError(f'Model name "{name}" does not match weights variant "convnext_{kind}". When using imagenet '
                         "weights, model name must contain the weights variant.")
    net = Classifier(include_top, weights, input_tensor, input_shape, pooling, classes, activation, 224)
    x = net.inputs
    if preprocessing and net.shape[-1] == 3:
        x = layers.Normalization(mean=[m * 255 for m in _MEANS], variance=[(d * 255) ** 2 for d in _DEVIATIONS],
                                 name=f"{name}_prestem_normalization")(x)
    smaller = [Sequential([layers.Conv2D(widths[0], 4, strides=4, name=f"{name}_stem_conv"),
                           _norm(f"{name}_stem_layernorm")], name=f"{name}_stem")]
    for i, width in enumerate(widths[1:]):
        smaller.append(Sequential([_norm(f"{name}_downsampling_layernorm_{i}"),
                                   layers.Conv2D(width, 2, strides=2, name=f"{name}_downsampling_conv_{i}")],
                                  name=f"{name}_downsampling_block_{i}"))
    for stage, (count, width) in enumerate(zip(depths, widths, strict=True)):
        x = smaller[stage](x)
        for i in range(count):
            x = _block(x, width, f"{name}_stage_{stage}_block_{i}")
    if net.top:
        net.check_activation()
        x = layers.GlobalAveragePooling2D(name=f"{name}_head_gap")(x)
        x = _norm(f"{name}_head_layernorm")(x)
        x = layers.Dense(classes, activation=activation, name=f"{name}_head_dense")(x)
    else:
        x = _norm()(net.pooled(x, named=False))

    def files() -> tuple[File, File]:
        stem = f"{STORE}convnext/{name}"
        return (f"{stem}.h5", _HASHES[kind][0]), (f"{stem}_notop.h5", _HASHES[kind][1])

    return net.model(x, name, files)


@keras_export("applications.ConvNeXtTiny", "applications.convnext.ConvNeXtTiny")
def ConvNeXtTiny(include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet",
                 input_tensor: Any = None, input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                 classifier_activation: Any = "softmax", name: str = "convnext_tiny") -> Model:
    """A tiny ConvNeXt. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _convnext("tiny", include_top, include_preprocessing, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)


@keras_export("applications.ConvNeXtSmall", "applications.convnext.ConvNeXtSmall")
def ConvNeXtSmall(include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet",
                  input_tensor: Any = None, input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                  classifier_activation: Any = "softmax", name: str = "convnext_small") -> Model:
    """A small ConvNeXt. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _convnext("small", include_top, include_preprocessing, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)


@keras_export("applications.ConvNeXtBase", "applications.convnext.ConvNeXtBase")
def ConvNeXtBase(include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet",
                 input_tensor: Any = None, input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                 classifier_activation: Any = "softmax", name: str = "convnext_base") -> Model:
    """A base ConvNeXt. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _convnext("base", include_top, include_preprocessing, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)


@keras_export("applications.ConvNeXtLarge", "applications.convnext.ConvNeXtLarge")
def ConvNeXtLarge(include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet",
                  input_tensor: Any = None, input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                  classifier_activation: Any = "softmax", name: str = "convnext_large") -> Model:
    """A large ConvNeXt. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _convnext("large", include_top, include_preprocessing, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)


@keras_export("applications.ConvNeXtXLarge", "applications.convnext.ConvNeXtXLarge")
def ConvNeXtXLarge(include_top: bool = True, include_preprocessing: bool = True, weights: Any = "imagenet",
                   input_tensor: Any = None, input_shape: Any = None, pooling: str | None = None, classes: int = 1000,
                   classifier_activation: Any = "softmax", name: str = "convnext_xlarge") -> Model:
    """A xlarge ConvNeXt. include_preprocessing: the model itself scales values in [0, 255]. Others as for `VGG16`."""
    return _convnext("xlarge", include_top, include_preprocessing, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name)
