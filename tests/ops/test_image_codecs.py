"""Picture files: what TensorFlow 2.21 reads and writes (tests/golden/pictures.json), Pillow's files, bad bytes."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

images = pytest.importorskip("PIL.Image")

TOLD = json.loads((Path(__file__).parents[1] / "golden" / "pictures.json").read_text())


def array(told: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(told["data"]), told["dtype"]).reshape(told["shape"])


def data(kind: str, name: str) -> bytes:
    return base64.b64decode(TOLD[kind][name])


IMAGE = array(TOLD["image"])


@pytest.mark.parametrize(("name", "way", "told"), TOLD["jpeg_read"], ids=lambda v: None if "data" in v else str(v))
def test_a_jpeg_is_read_to_the_very_pixel(name: str, way: dict[str, Any], told: Any):
    np.testing.assert_array_equal(hb.io.decode_jpeg(data("jpeg", name), **way), array(told))


@pytest.mark.parametrize(("name", "how"), [
    ("420", {"quality": 85}), ("444", {"chroma_downsampling": False}), ("grey", {}),
    ("progressive", {"progressive": True, "optimize_size": True, "quality": 60}),
    ("notes", {"density_unit": "cm", "x_density": 7, "y_density": 9, "xmp_metadata": "words"})])
def test_a_jpeg_is_written_to_the_very_byte(name: str, how: dict[str, Any]):
    image = IMAGE[..., :1] if name == "grey" else IMAGE
    assert hb.io.encode_jpeg(image, **how).numpy() == data("jpeg", name)


@pytest.mark.parametrize(("name", "channels", "dtype", "told"), TOLD["png_read"],
                         ids=lambda v: None if isinstance(v, dict) else str(v))
def test_a_png_is_read_to_the_very_pixel(name: str, channels: int, dtype: str, told: Any):
    np.testing.assert_array_equal(hb.io.decode_png(data("png", name), channels=channels, dtype=dtype), array(told))


@pytest.mark.parametrize(("name", "dtype", "told"), TOLD["image_read"],
                         ids=lambda v: None if isinstance(v, dict) else v)
def test_an_image_is_read_in_any_dtype(name: str, dtype: str, told: Any):
    contents = data("jpeg" if name == "420" else "png", name)
    np.testing.assert_allclose(hb.io.decode_image(contents, dtype=hb.as_dtype(dtype)), array(told), rtol=1e-6)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_png_comes_back(kind: Any, channels: int):
    rng = np.random.default_rng(channels)
    smooth = np.cumsum(rng.integers(0, 9, (3, 31, 17, channels)), 1)  # so that every filter is chosen
    for x in (rng.integers(0, np.iinfo(kind).max, smooth.shape), smooth):
        files = hb.io.encode_png(x.astype(kind), compression=9)
        assert files.shape == (3,)
        for one, file in zip(x.astype(kind), files.numpy(), strict=True):
            np.testing.assert_array_equal(hb.io.decode_png(file, dtype=kind), one)
            if kind is np.uint8:
                np.testing.assert_array_equal(np.asarray(images.open(io.BytesIO(file))).reshape(one.shape), one)


def saved(image: Any, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def test_palettes_bits_and_transparency():
    picture = images.new("P", (4, 4), 1)
    picture.putpalette([0, 0, 0, 10, 20, 30, 200, 100, 50])
    picture.putpixel((1, 1), 2)
    found = hb.io.decode_png(saved(picture, "PNG", bits=4)).numpy()
    assert found[0, 0].tolist() == [10, 20, 30]
    assert found[1, 1].tolist() == [200, 100, 50]
    assert hb.io.decode_png(saved(picture, "PNG", transparency=1)).numpy()[0, 0].tolist() == [10, 20, 30, 0]
    bits = images.fromarray(np.eye(5, dtype=bool))
    assert (hb.io.decode_png(saved(bits, "PNG")).numpy()[..., 0] == 255 * np.eye(5)).all()


def test_animations():
    frames = [images.fromarray(np.full((6, 8, 3), c, np.uint8)) for c in (10, 90, 200)]
    animated = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    found = hb.io.decode_gif(animated)
    assert found.shape == (3, 6, 8, 3)
    assert found.numpy()[:, 0, 0, 0].tolist() == [10, 90, 200]
    assert hb.io.decode_image(animated).shape == (3, 6, 8, 3)
    assert hb.io.decode_image(animated, expand_animations=False).shape == (6, 8, 3)
    with pytest.raises(hb.errors.InvalidArgumentError, match="Got 3 frames"):
        hb.io.decode_png(animated)


def test_bmp_and_webp():
    rgba = np.random.default_rng(0).integers(0, 256, (5, 7, 4), np.uint8)
    for channels, x in ((1, rgba[..., 0]), (3, rgba[..., :3]), (4, rgba)):
        file = saved(images.fromarray(x), "BMP")
        np.testing.assert_array_equal(hb.io.decode_bmp(file), x.reshape(5, 7, channels))
        np.testing.assert_array_equal(hb.io.decode_image(file), x.reshape(5, 7, channels))
    with pytest.raises(hb.errors.InvalidArgumentError, match="does not match bits per pixel"):
        hb.io.decode_bmp(file, channels=3)
    with pytest.raises(hb.errors.InvalidArgumentError, match="Trying to decode BMP format using a wrong op"):
        hb.io.decode_png(file)
    webp = saved(images.fromarray(rgba[..., :3]), "WEBP", lossless=True)
    np.testing.assert_array_equal(hb.io.decode_webp(webp), rgba[None, ..., :3])


@pytest.mark.parametrize("name", ["png", "jpeg", "gif", "image", "bmp", "webp"])
@pytest.mark.parametrize(("contents", "text"), [
    (b"", "Input is empty"), (b"not a picture", "Unknown image file format. One of JPEG"),
    (b"\x89PNG\r\n\x1a\nrest", "Invalid PNG"), (b"\xff\xd8\xffrest", "Invalid JPEG data|Use `decode_jpeg`"),
    (b"GIF89a", "Invalid GIF data|Use `decode_gif`")])
def test_bytes_that_are_no_picture(name: str, contents: bytes, text: str):
    if name == "bmp" and contents.startswith(b"\x89PNG"):
        text = "Use `decode_png`"
    with pytest.raises(hb.errors.InvalidArgumentError, match=text) as caught:
        getattr(hb.io, f"decode_{name}")(contents)
    assert f"Decode{'WebP' if name == 'webp' else name.capitalize()}" in str(caught.value)


@pytest.mark.parametrize("cut", [60, 200, 400])
def test_files_that_end_early(cut: int):
    jpeg, png = data("jpeg", "420"), data("png", "rgb16")
    with pytest.raises(hb.errors.InvalidArgumentError, match="Invalid JPEG data"):
        hb.io.decode_jpeg(jpeg[:cut])
    with pytest.raises(hb.errors.InvalidArgumentError, match="Invalid PNG"):
        hb.io.decode_png(png[:cut // 4])
    assert hb.io.decode_jpeg(jpeg[:-50], try_recover_truncated=True, acceptable_fraction=0.5).shape == IMAGE.shape


@pytest.mark.parametrize(("call", "text"), [
    (lambda: hb.io.decode_png(data("png", "rgb"), channels=2), "`channels` must be 0, 1, 3 or 4 but got 2"),
    (lambda: hb.io.decode_png([b"a"]), r"`contents` must be scalar but got shape\[1\]"),
    (lambda: hb.io.decode_jpeg(data("jpeg", "420"), ratio=3), "ratio must be 1, 2, 4, or 8, got 3"),
    (lambda: hb.io.decode_jpeg(data("jpeg", "420"), channels=4), "JPEG does not support 4 channels"),
    (lambda: hb.io.decode_jpeg(data("jpeg", "420"), dct_method="SLOW"), "dct_method must be one of"),
    (lambda: hb.io.encode_jpeg(IMAGE, quality=101), r"quality must be in \[0,100\], got 101"),
    (lambda: hb.io.encode_jpeg(IMAGE, format="grayscale"), r"format grayscale expects 1 channels, got \[13,19,3\]"),
    (lambda: hb.io.encode_jpeg(IMAGE[..., :2]), r"image must have 1 or 3 channels, got \[13,19,2\]"),
    (lambda: hb.io.encode_jpeg(IMAGE[0]), r"image must be 3-dimensional\[19,3\]"),
    (lambda: hb.io.encode_png(IMAGE, compression=11), r"compression should be in \[-1,9\], got 11"),
    (lambda: hb.io.encode_png(IMAGE[0]), r"images must be at least rank 3\[19,3\]"),
    (lambda: hb.io.extract_jpeg_shape(b"no"), "Invalid JPEG data, size 2"),
    (lambda: hb.image.adjust_jpeg_quality(IMAGE, 101), r"quality must be in \[0,100\], got 101")])
def test_calls_that_are_none(call: Any, text: str):
    with pytest.raises(hb.errors.InvalidArgumentError, match=text):
        call()


def test_shapes_parts_and_marks_of_jpegs():
    jpeg = data("jpeg", "420")
    assert hb.io.extract_jpeg_shape(jpeg).numpy().tolist() == [13, 19, 3]
    assert hb.io.extract_jpeg_shape(data("jpeg", "grey"), output_type=hb.int64).dtype == hb.int64
    assert hb.io.is_jpeg([jpeg, data("png", "rgb"), b""]).numpy().tolist() == [True, False, False]
    whole = hb.io.decode_jpeg(jpeg).numpy()
    np.testing.assert_array_equal(hb.io.decode_and_crop_jpeg(jpeg, [2, 3, 5, 6]), whole[2:7, 3:9])
    with pytest.raises(hb.errors.InvalidArgumentError, match="Invalid JPEG data or crop window"):
        hb.io.decode_and_crop_jpeg(jpeg, [2, 3, 5, 26])


def test_qualities_change_pixels():
    good, bad = (hb.image.adjust_jpeg_quality(IMAGE, q).numpy().astype(int) for q in (95, 5))
    assert np.abs(good - IMAGE).mean() < np.abs(bad - IMAGE).mean()
    drawn = {hb.image.stateless_random_jpeg_quality(IMAGE, 5, 95, [k, 0]).numpy().tobytes() for k in range(6)}
    assert len(drawn) > 2


def test_in_a_graph(tmp_path: Path):
    path = tmp_path / "pictures" / "a.png"
    file = tf.placeholder(tf.string, [])
    image = tf.image.decode_png(tf.read_file(file), channels=3)
    assert image.shape.as_list() == [None, None, 3]
    assert tf.image.decode_image(tf.read_file(file)).shape.ndims is None
    small = tf.image.resize_images(image, [4, 5])
    with tf.Session() as session:
        session.run(tf.write_file(str(path), tf.image.encode_png(IMAGE)))
        np.testing.assert_array_equal(session.run(image, {file: str(path)}), IMAGE)
        assert session.run(small, {file: str(path)}).shape == (4, 5, 3)
        with pytest.raises(tf.errors.NotFoundError, match=r"nowhere\.png; No such file or directory"):
            session.run(image, {file: str(tmp_path / "nowhere.png")})
        with pytest.raises(tf.errors.InvalidArgumentError, match="Unknown image file format") as caught:
            session.run(tf.image.decode_png(tf.constant("text"), name="reader"))
    assert "reader" in str(caught.value)


def test_without_pillow_the_error_says_what_to_install():
    program = ("import sys; sys.modules['PIL'] = None\n"
               "import hornbeam as hb\n"
               "file = hb.io.encode_png(hb.zeros([1, 1, 1], hb.uint8))\n"
               "hb.io.decode_png(file)")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip().endswith(
        "ImportError: images are read and written by the package 'pillow': pip install 'hornbeam[image]'")
