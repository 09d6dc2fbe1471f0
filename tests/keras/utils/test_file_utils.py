"""get_file: kept, checked, unpacked, never half there; and images in files."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hornbeam.keras import preprocessing, utils


def get(tmp_path: Path, source: Path, **kwargs: object) -> Path:
    return Path(utils.get_file(origin=source.as_uri(), cache_dir=tmp_path / "cache", **kwargs))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()


def test_a_file_is_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("one")
    path = get(tmp_path, source, cache_subdir="other")
    assert path == tmp_path / "cache" / "other" / "a.txt"
    assert path.read_text() == "one"
    source.write_text("two")
    assert get(tmp_path, source, cache_subdir="other").read_text() == "one"
    assert get(tmp_path, source, cache_subdir="other", force_download=True).read_text() == "two"


@pytest.mark.parametrize(("kind", "name"), [("sha256", "file_hash"), ("md5", "file_hash"), ("md5", "md5_hash")])
def test_digests_are_checked(tmp_path: Path, kind: str, name: str) -> None:
    source = tmp_path / "a.txt"
    source.write_text("one")
    digest = hashlib.new(kind, b"one").hexdigest()
    path = get(tmp_path, source, **{name: digest})
    path.write_text("damaged")
    assert get(tmp_path, source, **{name: digest}).read_text() == "one"
    path.unlink()
    with pytest.raises(ValueError, match="Incomplete or corrupted file detected"):
        get(tmp_path, source, **{name: digest[::-1]})
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_archives_are_unpacked(tmp_path: Path, kind: str) -> None:
    (tmp_path / "in.txt").write_text("inside")
    source = tmp_path / f"some.{kind}"
    if kind == "tar":
        with tarfile.open(source, "w:gz") as archive:
            archive.add(tmp_path / "in.txt", "folder/in.txt")
    else:
        with zipfile.ZipFile(source, "w") as archive:
            archive.write(tmp_path / "in.txt", "folder/in.txt")
    folder = get(tmp_path, source, fname=f"some.{kind}", extract=True)
    assert folder.name == "some_extracted"
    assert (folder / "folder" / "in.txt").read_text() == "inside"
    assert get(tmp_path, source, extract=True, cache_subdir="other").name == f"some.{kind}"
    with pytest.warns(UserWarning, match="Could not extract"):
        get(tmp_path, tmp_path / "in.txt", extract=True)


def test_what_is_not_there_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="URL fetch failure on file:"):
        get(tmp_path, tmp_path / "absent.txt")
    assert list((tmp_path / "cache" / "datasets").iterdir()) == []
    with pytest.raises(ValueError, match='Please specify the "origin"'):
        utils.get_file("a")
    with pytest.raises(ValueError, match="Paths are no longer accepted"):
        get(tmp_path, tmp_path / "a", fname="b/c")


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_images_are_written_and_read(tmp_path: Path, channels: int) -> None:
    x = np.random.RandomState(0).randint(0, 256, (6, 5, channels)).astype(np.float32)
    utils.save_img(tmp_path / "a.png", x, scale=False)
    mode = {1: "grayscale", 3: "rgb", 4: "rgba"}[channels]
    found = utils.load_img(tmp_path / "a.png", color_mode=mode)
    assert np.array_equal(utils.img_to_array(found), x)
    small = utils.load_img(str(tmp_path / "a.png"), color_mode=mode, target_size=(3, 4), keep_aspect_ratio=True)
    assert small.size == (4, 3)
    assert utils.img_to_array(found, data_format="channels_first").shape == (channels, 6, 5)
    scaled = np.asarray(utils.array_to_img(x * 0.1))
    assert scaled.max() in (254, 255)
    assert scaled.min() == 0


def test_images_of_other_kinds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Unsupported channel number: 2"):
        utils.array_to_img(np.zeros((3, 3, 2)))
    with pytest.raises(ValueError, match="rank 3"):
        utils.array_to_img(np.zeros((3, 3)))
    with pytest.raises(TypeError, match="path should be"):
        utils.load_img(3)
    assert preprocessing.image.smart_resize(np.zeros((9, 5, 3)), (4, 4)).shape == (4, 4, 3)
