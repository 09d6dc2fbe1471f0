"""Datasets of files in folders, of windows of a series, and in two parts; as Keras 3.15 on TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam.keras import ops, utils


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for label, kind in enumerate("ab"):
        (tmp_path / kind).mkdir()
        for i in range(3):
            pixels = np.full((4 + i, 6, 3), 100 * label + i, np.uint8)
            (tmp_path / kind / f"f{i}.png").write_bytes(tf.io.encode_png(pixels).numpy())
            (tmp_path / kind / f"f{i}.txt").write_text(f"text {kind}{i}")
    return tmp_path


@pytest.mark.parametrize("how", [{}, {"crop_to_aspect_ratio": True}, {"data_format": "channels_first"}])
def test_images(folder: Path, how: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    found = utils.image_dataset_from_directory(folder, shuffle=False, image_size=(2, 2), batch_size=4, **how)
    assert capsys.readouterr().out == "Found 6 files belonging to 2 classes.\n"
    images, labels = next(iter(found))
    assert images.shape == ((4, 3, 2, 2) if how.get("data_format") else (4, 2, 2, 3))
    np.testing.assert_allclose(images.numpy()[:, 0, 0, 0], [0, 1, 2, 100], rtol=1e-5)
    assert labels.numpy().tolist() == [0, 0, 0, 1]
    assert found.class_names == ["a", "b"]
    assert [Path(p).name for p in found.file_paths[:2]] == ["f0.png", "f1.png"]


def test_texts(folder: Path) -> None:
    words = {"shuffle": False, "verbose": False}
    found = utils.text_dataset_from_directory(folder, label_mode="categorical", max_length=6, **words)
    texts, labels = next(iter(found))
    assert texts.numpy().tolist() == [b"text a"] * 3 + [b"text b"] * 3
    assert labels.numpy().tolist() == [[1, 0]] * 3 + [[0, 1]] * 3
    last = utils.text_dataset_from_directory(folder, validation_split=0.2, subset="validation", batch_size=None,
                                             label_mode="binary", **words)
    assert [(t.numpy(), y.numpy().tolist()) for t, y in last] == [(b"text b2", [1.0])]
    # Both parts come from the same order, which the seed gives.
    both = utils.text_dataset_from_directory(folder, validation_split=0.5, subset="both", seed=3, labels=None,
                                             verbose=False)
    assert len({t for part in both for batch in part for t in batch.numpy()}) == 6


@pytest.mark.parametrize(("arguments", "words"), [
    ({"class_names": ["c"]}, "did not match"), ({"labels": [1]}, "Expected the lengths of `labels`"),
    ({"validation_split": 0.2}, "If `subset` is set"), ({"label_mode": "x"}, "`label_mode` argument must be one of"),
    ({"validation_split": 0.2, "subset": "both"}, "must provide a `seed`")])
def test_refused_folders(folder: Path, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        utils.text_dataset_from_directory(folder, **arguments)


def test_windows() -> None:
    rows, targets = np.arange(20), np.arange(20) * 10
    found = list(utils.timeseries_dataset_from_array(rows, targets, 3, sequence_stride=2, sampling_rate=3,
                                                     start_index=1, end_index=15, batch_size=3))
    assert [x.numpy().tolist() for x, _ in found] == [[[1, 4, 7], [3, 6, 9], [5, 8, 11]], [[7, 10, 13]]]
    assert [y.numpy().tolist() for _, y in found] == [[10, 30, 50], [70]]
    with pytest.raises(ValueError, match="`sequence_stride` must be lower"):
        utils.timeseries_dataset_from_array(rows, None, 3, sequence_stride=20)


def test_two_parts() -> None:
    x, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    left, right = utils.split_dataset((x, y), left_size=0.4)
    assert [int(t) for _, t in left] == [0, 1]
    assert [int(t) for _, t in right] == [2, 3, 4]
    batches = tf.data.Dataset.from_tensor_slices({"x": x, "y": y}).batch(2)
    _, right = utils.split_dataset(batches, right_size=3)
    assert [b["y"].numpy().tolist() for b in right] == [[2, 3], [4]]
    with pytest.raises(ValueError, match="`left_size` should be either"):
        utils.split_dataset(x, left_size=5)


def test_proportions_of_images_that_are_not_known_yet() -> None:
    images = np.arange(60.0, dtype=np.float32).reshape(4, 5, 3)
    for how in ({"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "fill_value": 7}):
        resized = tf.function(lambda x, how=how: ops.image.resize(x, (3, 3), **how),
                              input_signature=[tf.TensorSpec((None, None, 3))])
        np.testing.assert_allclose(resized(images), ops.image.resize(images, (3, 3), **how), rtol=1e-5)


def test_sounds_of_a_folder(tmp_path: Path) -> None:
    for i, (name, samples) in enumerate([("high", 20), ("high", 30), ("low", 25)]):
        (tmp_path / name).mkdir(exist_ok=True)
        tf.io.write_file(str(tmp_path / name / f"{i}.wav"), tf.audio.encode_wav(np.full((samples, 1), 0.5), 8000))
    sounds, labels = next(iter(utils.audio_dataset_from_directory(tmp_path, shuffle=False, verbose=False)))
    assert sounds.shape == (3, 30, 1)
    np.testing.assert_allclose(sounds[0, :, 0], [0.5] * 20 + [0.0] * 10, atol=1e-4)
    assert labels.numpy().tolist() == [0, 0, 1]
    parts = utils.audio_dataset_from_directory(tmp_path, labels=None, output_sequence_length=8, batch_size=None,
                                                     validation_split=0.4, subset="both", seed=1, verbose=False)
    assert [[x.shape for x in part] for part in parts] == [[(8, 1)] * 2, [(8, 1)]]
    ragged, _ = next(iter(utils.audio_dataset_from_directory(tmp_path, ragged=True, shuffle=False, verbose=False)))
    assert ragged.row_lengths().numpy().tolist() == [20, 30, 25]
    with pytest.raises(ValueError, match="Cannot set both `ragged` and `output_sequence_length`"):
        utils.audio_dataset_from_directory(tmp_path, ragged=True, output_sequence_length=8)
    with pytest.raises(ValueError, match="`sampling_rate` should be higher than 0"):
        utils.audio_dataset_from_directory(tmp_path, sampling_rate=-1)
