"""The data sets, from small files of their forms that stand where Keras keeps them."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hornbeam.keras import datasets
from hornbeam.keras.datasets import fashion_mnist as fashion
from hornbeam.keras.datasets import files


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keras's folder, in which every digest is taken to be right; nothing else is in reach."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("HORNBEAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "has_digest", lambda path, digest: True)
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    return folder


def test_housing_is_shuffled_and_split(home: Path) -> None:
    x, y = np.arange(40.0).reshape(20, 2), np.arange(20.0)
    np.savez(home / "boston_housing.npz", x=x, y=y)
    np.savez(home / "california_housing.npz", x=np.repeat(x, 50, 0), y=np.repeat(y, 50))
    (x_train, y_train), (x_test, y_test) = datasets.boston_housing.load_data(test_split=0.25, seed=1)
    order = np.arange(20)
    np.random.RandomState(1).shuffle(order)
    assert np.array_equal(y_train, y[order[:15]])
    assert np.array_equal(x_test, x[order[15:]])
    assert np.array_equal(x_train[:, 0], y_train * 2)
    assert y_test.shape == (5,)
    (small, _), _ = datasets.california_housing.load_data("small")
    assert small.shape == (480, 2)
    with pytest.raises(ValueError, match="Invalid `test_split`"):
        datasets.boston_housing.load_data(test_split=1.0)
    with pytest.raises(ValueError, match="must be one of 'small', 'large'"):
        datasets.california_housing.load_data("tiny")


def _texts(*texts: list[int]) -> np.ndarray:
    return files.lists(list(texts))


def test_texts_are_shifted_and_cut(home: Path) -> None:
    x = _texts([1, 2, 9], [3], [4, 5])
    np.savez(home / "imdb.npz", x_train=x, y_train=np.arange(3), x_test=x, y_test=np.arange(3))
    order = np.arange(3)
    np.random.RandomState(113).shuffle(order)
    (x_train, y_train), _ = datasets.imdb.load_data()
    want = [[1, *(2 if w + 3 >= 12 else w + 3 for w in x[i])] for i in order]
    assert x_train.dtype == object
    assert list(x_train) == want
    assert y_train.tolist() == order.tolist()
    (x_train, y_train), _ = datasets.imdb.load_data(maxlen=3, num_words=7, oov_char=None, start_char=None, index_from=0)
    assert list(x_train) == [list(x[i]) for i in order if len(x[i]) < 3]
    assert 0 not in y_train
    with pytest.raises(ValueError, match="no sequence was kept"):
        datasets.imdb.load_data(maxlen=1)
    np.savez(home / "reuters.npz", x=_texts(*[[i] for i in range(10)]), y=np.arange(10))
    (x_train, y_train), (x_test, y_test) = datasets.reuters.load_data(start_char=None, num_words=99)
    assert [text[0] - 3 for text in x_train] == y_train.tolist()
    assert len(x_test) == len(y_test) == 2
    (home / "imdb_word_index.json").write_text(json.dumps({"the": 1}))
    assert datasets.imdb.get_word_index() == {"the": 1}
    assert len(datasets.reuters.get_label_names()) == 46


def _archive(path: Path, batches: dict[str, Any]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, batch in batches.items():
            content = pickle.dumps(batch, protocol=2)
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def test_pictures_of_cifar(home: Path) -> None:
    data = np.random.RandomState(0).randint(0, 256, (2, 3072)).astype(np.uint8)
    one = {b"data": data, b"labels": [3, 4], b"fine_labels": [30, 40], b"coarse_labels": [5, 6]}
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    _archive(home / "cifar-10-batches-py-target_archive", {f"cifar-10-batches-py/{name}": one for name in names})
    _archive(home / "cifar-100-python-target_archive", {f"cifar-100-python/{n}": one for n in ("train", "test")})
    (x_train, y_train), (x_test, y_test) = datasets.cifar10.load_data()
    assert x_train.shape == (10, 32, 32, 3)
    assert x_train.dtype == y_train.dtype == np.uint8
    assert np.array_equal(x_test[0, 0, 1], data[0, [1, 1025, 2049]])
    assert y_test.tolist() == [[3], [4]]
    assert datasets.cifar100.load_data()[0][1].tolist() == [[30], [40]]
    assert datasets.cifar100.load_data("coarse")[1][1].tolist() == [[5], [6]]
    with pytest.raises(ValueError, match="`label_mode` must be one of"):
        datasets.cifar100.load_data("other")


def test_clothes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion, "_COUNTS", {"train": 3, "t10k": 2})
    (home / "fashion-mnist").mkdir()
    for name, n in (("train", 3), ("t10k", 2)):
        for kind, shape in (("images-idx3", (n, 28, 28)), ("labels-idx1", (n,))):
            head = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
            body = (np.arange(np.prod(shape)) % 251).astype(np.uint8).tobytes()
            (home / "fashion-mnist" / f"{name}-{kind}-ubyte.gz").write_bytes(gzip.compress(head + body))
    (x_train, y_train), (x_test, _y_test) = datasets.fashion_mnist.load_data()
    assert x_train.shape == (3, 28, 28)
    assert y_train.tolist() == [0, 1, 2]
    assert x_test[1, 0, 0] == 784 % 251
    monkeypatch.setattr(fashion, "_COUNTS", {"train": 60000, "t10k": 10000})
    with pytest.raises(ValueError, match="not Fashion-MNIST's"):
        datasets.fashion_mnist.load_data()


def test_what_was_tried_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("HORNBEAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "ORIGIN", f"{tmp_path.as_uri()}/")
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    (tmp_path / "keras" / "datasets" / "boston_housing.npz").write_bytes(b"something else")
    with pytest.raises(FileNotFoundError) as info:
        datasets.boston_housing.load_data()
    words = str(info.value)
    assert "wrong checksum" in words
    assert "URL fetch failure" in words
    assert str(tmp_path / "cache") in words
    (tmp_path / "boston_housing.npz").write_bytes(b"not what it should be")
    with pytest.raises(FileNotFoundError, match="Incomplete or corrupted"):
        datasets.boston_housing.load_data()
    assert list((tmp_path / "cache" / "datasets").iterdir()) == []
