"""What the classifiers have in common: arguments and inputs checked, the last layers, weights from files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

from hornbeam.keras import activations, layers
from hornbeam.keras.config.settings import image_data_format
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.core.input_layer import Input
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.file_utils import get_file
from hornbeam.keras.utils.source_inputs import get_source_inputs

STORE = "https://storage.googleapis.com/tensorflow/keras-applications/"

File = tuple[str, str | None]
"""Where a file with weights stands, and its MD5."""


def channels_axis() -> int:
    """The dimension of the channels, of images of rank 4."""
    return 1 if image_data_format() == "channels_first" else 3


def keras_files(folder: str, name: str, hashes: tuple[str, str]) -> tuple[File, File]:
    """The two files of a model, with and without its top, under the usual names."""
    stem = f"{STORE}{folder}/{name}_weights_tf_dim_ordering_tf_kernels"
    return (f"{stem}.h5", hashes[0]), (f"{stem}_notop.h5", hashes[1])


@keras_export(*(f"applications.{name}.preprocess_input"
                for name in ("convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3")))
def as_they_are(x: Any, data_format: str | None = None) -> Any:
    """The images themselves: these models scale their inputs."""
    return x


class Classifier:
    """One model while it is built.

    The arguments are those of the functions in this folder. size: the height and width by default. least: the
    smallest. fixed: whether a top needs a shape that is known. Raises ValueError for weights that are neither None,
    'imagenet' nor a file, for shapes that do not fit, and for other than 1000 classes with ImageNet's weights and top.
    """

    def __init__(self, include_top: bool, weights: Any, input_tensor: Any, input_shape: Any, pooling: str | None,
                 classes: int, activation: Any, size: int, least: int = 32, fixed: bool = True) -> None:
        if weights not in ("imagenet", None) and not os.path.exists(weights):
            raise ValueError("The `weights` argument should be either `None` (random initialization), 'imagenet' "
                             "(pre-training on ImageNet), or the path to the weights file to be loaded. Received: "
                             f"weights={weights}")
        if weights == "imagenet" and include_top and classes != 1000:
            raise ValueError("If using `weights='imagenet'` with `include_top=True`, `classes` should be 1000. "
                             f"Received classes={classes}")
        self.top, self.weights, self.pooling = include_top, weights, pooling
        self.classes, self.activation, self.given = classes, activation, input_tensor
        self.axis = channels_axis()
        self.fixed = include_top and fixed
        self.shape = self._image_shape(input_shape, size, least)
        if input_tensor is None:
            self.inputs: Any = Input(shape=self.shape)
        elif isinstance(input_tensor, KerasTensor):
            self.inputs = input_tensor
        else:
            self.inputs = Input(tensor=input_tensor, shape=self.shape)

    def _image_shape(self, given: Any, size: int, least: int) -> tuple[Any, ...]:
        def shaped(side: Any, channels: int) -> tuple[Any, ...]:
            return (channels, side, side) if self.axis == 1 else (side, side, channels)

        at = self.axis - 1
        if self.weights == "imagenet" and self.fixed:
            if given is not None and tuple(given) != shaped(size, 3):
                raise ValueError("When setting `include_top=True` and loading `imagenet` weights, `input_shape` should "
                                 f"be {shaped(size, 3)}.  Received: input_shape={given}")
            return shaped(size, 3)
        if not given:
            return shaped(size if self.fixed else None, 3)
        if len(given) != 3:
            raise ValueError("`input_shape` must be a tuple of three integers.")
        if self.weights == "imagenet" and given[at] != 3:
            raise ValueError(f"The input must have 3 channels; Received `input_shape={given}`")
        if given[at] not in (1, 3):
            warnings.warn("This model usually expects 1 or 3 input channels. However, it was passed an input_shape "
                          f"with {given[at]} input channels.", stacklevel=4)
        if any(side is not None and side < least for i, side in enumerate(given) if i != at):
            raise ValueError(f"Input size must be at least {least}x{least}; Received: input_shape={given}")
        if self.fixed and None in given:
            raise ValueError("If `include_top` is True, you should specify a static `input_shape`. Received: "
                             f"input_shape={given}")
        return tuple(given)

    @property
    def rows(self) -> Any:
        """The height of the images."""
        return self.shape[1 if self.axis == 1 else 0]

    def check_activation(self) -> None:
        """Raises ValueError for an activation that ImageNet's weights were not trained with."""
        if self.weights is not None and activations.get(self.activation) not in (activations.get("softmax"),
                                                                                 activations.get(None)):
            raise ValueError("Only `None` and `softmax` activations are allowed for the `classifier_activation` "
                             "argument when using pretrained weights, with `include_top=True`; Received: "
                             f"classifier_activation={self.activation}")

    def dense_top(self, x: Any, name: str | None = "avg_pool", dropout: float = 0.0, **options: Any) -> Any:
        """The mean of each channel, and a dense layer of the classes."""
        x = layers.GlobalAveragePooling2D(name=name)(x)
        x = layers.Dropout(dropout, name="top_dropout")(x) if dropout > 0 else x
        self.check_activation()
        return layers.Dense(self.classes, activation=self.activation, name="predictions", **options)(x)

    def pooled(self, x: Any, named: bool = True) -> Any:
        """What a model without top gives: the channels' means or maxima where `pooling` says so."""
        if self.pooling == "avg":
            return layers.GlobalAveragePooling2D(name="avg_pool" if named else None)(x)
        if self.pooling == "max":
            return layers.GlobalMaxPooling2D(name="max_pool" if named else None)(x)
        return x

    def model(self, x: Any, name: str | None, files: Callable[[], tuple[File, File]]) -> Model:
        """The model, with its weights. files: those with and without top."""
        inputs = self.inputs if self.given is None else get_source_inputs(self.given)
        made = Model(inputs, x, name=name)
        if self.weights == "imagenet":
            address, md5 = files()[0 if self.top else 1]
            made.load_weights(get_file(address.rpartition("/")[2], address, cache_subdir="models", file_hash=md5))
        elif self.weights is not None:
            made.load_weights(self.weights)
        return made


# Layers that many of them have -------------------------------------------------------------------------


def normalized(x: Any, name: str | None, activation: Any = None, activation_name: str | None = None,
               **options: Any) -> Any:
    """Batch normalization, and an activation after it: a word or a layer."""
    x = layers.BatchNormalization(axis=channels_axis(), name=name, **options)(x)
    if activation is None:
        return x
    return layers.Activation(activation, name=activation_name)(x)


def even_padding(x: Any, size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The zeros around images with which a convolution of stride 2 divides by two as 'same' does."""
    first = 2 if channels_axis() == 1 else 1
    odd = [1 if side is None else 1 - side % 2 for side in x.shape[first:first + 2]]
    half = size // 2
    if x.shape[first] is None:
        odd = [1, 1]
    return (half - odd[0], half), (half - odd[1], half)


def of_eights(width: float, divisor: int = 8) -> int:
    """The multiple of the divisor next to a number of channels, not below nine tenths of it."""
    made = max(divisor, int(width + divisor / 2) // divisor * divisor)
    return made + divisor if made < 0.9 * width else made
