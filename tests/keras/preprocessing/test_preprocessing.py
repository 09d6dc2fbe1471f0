"""Texts, images and sequences are prepared as the real Keras 2.3.1 did (`recorded.npz`, written by `cases.py`)."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest

from hornbeam import keras

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("preprocessing_cases", HERE / "cases.py")
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)
RECORDED = np.load(HERE / "recorded.npz")


class Old:
    """A namespace without its warnings."""

    def __init__(self, namespace):
        self.namespace = namespace

    def __getattr__(self, name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return getattr(self.namespace, name)


text, image, sequence = (Old(getattr(keras.preprocessing, name)) for name in ("text", "image", "sequence"))
MODULES = {"text": text, "transforms": image, "generators": image, "sequence": sequence}


@pytest.mark.parametrize("family", cases.FAMILIES)
def test_as_keras_2(family):
    pytest.importorskip("PIL")
    found = {f"{family}: {name}": value for name, value in cases.FAMILIES[family](MODULES[family])}
    assert set(found) == {name for name in RECORDED.files if name.startswith(f"{family}: ")}
    for name, value in found.items():
        expected = RECORDED[name]
        assert np.shape(value) == expected.shape, name
        if expected.dtype.kind == "U":
            assert str(value) == str(expected), name
        else:
            np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-3, err_msg=name)


def test_each_name_warns_of_what_it_is_today():
    with pytest.warns(DeprecationWarning, match="`keras.preprocessing.image.ImageDataGenerator` is now") as seen:
        _ = keras.preprocessing.image.ImageDataGenerator
    assert [w.filename for w in seen] == [__file__]
    with pytest.warns(DeprecationWarning, match="`keras.preprocessing.text.Tokenizer` belongs to Keras 2"):
        _ = keras.preprocessing.text.Tokenizer


def folder(path, sizes):
    """Folders of grey images, the brightness of which says the class."""
    pillow = pytest.importorskip("PIL.Image")
    for number, (name, count) in enumerate(sizes.items()):
        (path / name).mkdir()
        for i in range(count):
            pillow.new("RGB", (8, 6), (100 * number, 0, 0)).save(path / name / f"{i}.png")
    (path / "notes.txt").write_text("no image")


def test_images_in_folders(tmp_path, capsys):
    folder(tmp_path, {"cats": 3, "dogs": 5})
    flow = image.ImageDataGenerator(rescale=0.01).flow_from_directory(tmp_path, target_size=(4, 5), batch_size=3,
                                                                      shuffle=False)
    assert capsys.readouterr().out == "Found 8 images belonging to 2 classes.\n"
    assert (flow.class_indices, flow.samples, len(flow)) == ({"cats": 0, "dogs": 1}, 8, 3)
    images, labels = flow[1]
    assert images.shape == (3, 4, 5, 3)
    np.testing.assert_allclose(images[..., 0].max(axis=(1, 2)), [1, 1, 1], rtol=1e-6)
    assert labels.tolist() == [[0, 1]] * 3
    split = image.ImageDataGenerator(validation_split=0.4)
    parts = {s: split.flow_from_directory(tmp_path, class_mode="binary", subset=s) for s in ("training", "validation")}
    assert {s: sorted(part.classes.tolist()) for s, part in parts.items()} == {"training": [0, 0, 1, 1, 1],
                                                                             "validation": [0, 1, 1]}
    with pytest.raises(ValueError, match="Invalid class_mode"):
        split.flow_from_directory(tmp_path, class_mode="kinds")
    with pytest.raises(ValueError, match="Invalid color mode"):
        split.flow_from_directory(tmp_path, color_mode="cmyk")


def test_a_generator_refuses_what_makes_no_sense():
    x = np.zeros((4, 3, 3, 1), "float32")
    with pytest.raises(ValueError, match="`zoom_range` should be a float or"):
        image.ImageDataGenerator(zoom_range=[1, 2, 3])
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        image.ImageDataGenerator(validation_split=2)
    with pytest.raises(ValueError, match="should have the same length"):
        image.ImageDataGenerator().flow(x, np.zeros(3))
    with pytest.raises(ValueError, match="should have rank 4"):
        image.ImageDataGenerator().flow(x[0])
    with pytest.raises(ValueError, match="rank 4"):
        image.ImageDataGenerator(featurewise_center=True).fit(x[0])
    with pytest.warns(UserWarning, match="hasn't been fit on any training data"):
        image.ImageDataGenerator(featurewise_center=True).standardize(x[0])
    with pytest.raises(ValueError, match="different number of classes"):
        image.ImageDataGenerator(validation_split=0.5).flow(x, np.array([0, 0, 1, 1]), subset="training")


def test_a_generator_trains_a_model():
    x = np.random.default_rng(0).random((12, 4, 4, 1)).astype("float32")
    flow = image.ImageDataGenerator(horizontal_flip=True).flow(x, np.ones(12), batch_size=5, seed=1)
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(flow, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_windows_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="have to be of same length"):
        sequence.TimeseriesGenerator(np.arange(5), np.arange(4), length=2)
    with pytest.raises(ValueError, match="is disallowed"):
        sequence.TimeseriesGenerator(np.arange(5), np.arange(5), length=7)
