"""Images as ImageNet's classifiers take them, and their answers as names of classes."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np

from hornbeam.keras import ops
from hornbeam.keras.config.settings import floatx, standardize_data_format
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.file_utils import get_file

_NAMES = ("https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
          "c2c37ea517e94d9795004a39431a14cb")
_TORCH = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
_CAFFE = (103.939, 116.779, 123.68)


@keras_export("applications.imagenet_utils.preprocess_input")
def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Images with values in [0, 255], of rank 3 or 4, as a classifier takes them.

    mode: 'caffe' (blue, green, red, less ImageNet's means), 'tf' (between -1 and 1) or 'torch' (between 0 and 1, less
    the means, over the deviations). An array gives an array (a floating one is changed in place), a tensor a tensor.
    Raises ValueError for other modes and data formats.

    >>> preprocess_input(np.full((1, 1, 3), 255.0), mode="tf").tolist()
    [[[1.0, 1.0, 1.0]]]
    """
    if mode not in ("caffe", "tf", "torch"):
        raise ValueError(f"Expected mode to be one of `caffe`, `tf` or `torch`. Received: mode={mode}")
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError("Expected data_format to be one of `channels_first` or `channels_last`. Received: "
                         f"data_format={data_format}")
    rank = len(x.shape)
    axis = rank - (3 if standardize_data_format(data_format) == "channels_first" else 1)
    if isinstance(x, np.ndarray):
        return _array(x if issubclass(x.dtype.type, np.floating) else x.astype(floatx()), axis, mode)
    if mode == "tf":
        return x / 127.5 - 1.0
    x = x / 255.0 if mode == "torch" else ops.flip(x, axis)
    spread = [1] * rank
    spread[axis] = 3
    means, deviations = _TORCH if mode == "torch" else (_CAFFE, None)
    x = x - ops.convert_to_tensor(np.reshape(means, spread), dtype=x.dtype)
    return x if deviations is None else x / ops.convert_to_tensor(np.reshape(deviations, spread), dtype=x.dtype)


def _array(x: np.ndarray, axis: int, mode: str) -> np.ndarray:
    """An array changed in place."""
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    if mode == "torch":
        x /= 255.0
    else:
        x = np.flip(x, axis)
    means, deviations = _TORCH if mode == "torch" else (_CAFFE, (1.0, 1.0, 1.0))
    channels = np.moveaxis(x, axis, -1)
    channels -= np.asarray(means, x.dtype)
    if mode == "torch":
        channels /= np.asarray(deviations, x.dtype)
    return x


@functools.lru_cache
def _classes() -> dict[str, list[str]]:
    path = get_file("imagenet_class_index.json", _NAMES[0], cache_subdir="models", file_hash=_NAMES[1])
    return json.loads(Path(path).read_text(encoding="utf-8"))


@keras_export("applications.imagenet_utils.decode_predictions", *(
    f"applications.{name}.decode_predictions" for name in (
        "convnext", "densenet", "efficientnet", "efficientnet_v2", "inception_resnet_v2", "inception_v3", "mobilenet",
        "mobilenet_v2", "mobilenet_v3",
        "resnet", "resnet50", "resnet_v2", "vgg16", "vgg19", "xception")))
def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[Any, ...]]]:
    """For each row of predictions [samples, 1000], its `top` classes: (WordNet's number, name, prediction).

    The names are downloaded once. Raises ValueError for other shapes.
    """
    if len(preds.shape) != 2 or preds.shape[1] != 1000:
        raise ValueError("`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape (samples, "
                         f"1000)). Received array with shape: {tuple(preds.shape)}")
    names = _classes()
    return [[(*names[str(i)][:2], row[i]) for i in row.argsort()[::-1][:top]] for row in np.asarray(preds)]


def _preparing(mode: str) -> Any:
    def prepare(x: Any, data_format: str | None = None) -> Any:
        return preprocess_input(x, data_format=data_format, mode=mode)

    prepare.__doc__ = f"Images as this model takes them: `imagenet_utils.preprocess_input` with the mode {mode!r}."
    prepare.__name__ = prepare.__qualname__ = "preprocess_input"
    return prepare


_MODES = {"tf": ("inception_resnet_v2", "inception_v3", "mobilenet", "mobilenet_v2", "resnet_v2", "xception"),
          "caffe": ("resnet", "resnet50", "vgg16", "vgg19"), "torch": ("densenet",)}
for _mode, _names in _MODES.items():
    keras_export(*(f"applications.{name}.preprocess_input" for name in _names))(_preparing(_mode))
