"""Well-known classifiers: names and sizes recorded from Keras 3.15, and what goes into them and comes out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hornbeam import keras
from hornbeam.keras import applications

SMALL = {"include_top": False, "input_shape": (32, 32, 3)}


def told(model: Any) -> str:
    """A digest of the layers' names and the weights' shapes, in order."""
    parts = [layer.name for layer in model.layers] + [str(tuple(w.shape)) for w in model.weights]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@pytest.mark.parametrize(("name", "arguments", "count", "digest"), [
    ("MobileNet", {"alpha": 0.25}, 218544, "a77331512d54"),
    ("MobileNetV2", {"alpha": 0.35}, 410208, "91750a47ca9e"),
    ("MobileNetV3Small", {"minimalistic": True}, 441000, "d4d9291ff8f9")])
def test_layers_and_weights(name: str, arguments: dict[str, Any], count: int, digest: str) -> None:
    keras.backend.clear_session()
    model = getattr(applications, name)(weights=None, **SMALL, **arguments)
    assert model.count_params() == count
    assert told(model) == digest


def test_a_top_and_weights_from_a_file(tmp_path: Path) -> None:
    shape = {"input_shape": (32, 32, 3), "alpha": 0.25, "classes": 3}
    model = applications.MobileNet(weights=None, **shape)
    assert (model.name, model.output_shape) == ("mobilenet_0.25_32", (None, 3))
    model.save_weights(tmp_path / "m.weights.h5")
    again = applications.MobileNet(weights=str(tmp_path / "m.weights.h5"), **shape)
    for mine, theirs in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize(("arguments", "words"), [
    ({"weights": "nowhere"}, "The `weights` argument should be either"),
    ({"classes": 3}, "`classes` should be 1000"), ({"weights": None, "input_shape": (16, 16, 3)}, "at least 32x32"),
    ({"weights": None, "input_shape": (None, None, 3)}, "static `input_shape`"),
    ({"input_shape": (64, 64, 3)}, r"`input_shape` should be \(224, 224, 3\)")])
def test_refusals(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        applications.VGG16(**arguments)


@pytest.mark.parametrize("kind", ["array", "tensor"])
@pytest.mark.parametrize(("mode", "wanted"), [
    ("tf", [-1.0, 0.0, 1.0]), ("torch", [-2.117904, 0.196428567, 2.64]), ("caffe", [151.061, 10.721, -123.68])])
def test_inputs(mode: str, wanted: list[float], kind: str) -> None:
    last, first = "channels_last", "channels_first"
    for order, shape in ((last, (1, 1, 1, 3)), (first, (1, 3, 1, 1)), (first, (3, 1, 1))):
        x: Any = np.array([0, 127.5, 255], np.float32).reshape(shape)
        x = x if kind == "array" else keras.ops.convert_to_tensor(x)
        made = applications.imagenet_utils.preprocess_input(x, data_format=order, mode=mode)
        np.testing.assert_allclose(np.ravel(made), wanted, rtol=1e-5, atol=1e-5)


def test_answers_have_the_shape_of_imagenet() -> None:
    with pytest.raises(ValueError, match="expects a batch of predictions"):
        applications.vgg16.decode_predictions(np.zeros((2, 10)))
