"""Resizing: figures from TensorFlow, what must hold of any resampling, and gradients as the transposed map."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.ops import image_taps

RAMP = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1)


def flat(tensor: object) -> list[float]:
    return np.asarray(tensor, np.float64).reshape(-1).round(4).tolist()


def test_methods_give_tensorflows_figures():
    x = np.array([[[1.0], [4.0], [9.0], [16.0]]], np.float32)
    assert flat(hb.image.resize(x, [1, 3])) == [1.5, 6.5, 14.8333]
    assert flat(hb.image.resize(x, [1, 3], "nearest")) == [1, 9, 16]
    assert flat(hb.image.resize(x, [1, 3], "area")) == [1.75, 6.5, 14.25]
    assert flat(hb.image.resize(x, [1, 6], "bicubic")) == [0.8023, 2.1176, 4.6959, 8.0259, 13, 16.4612]
    assert flat(hb.image.resize(x, [1, 2], "lanczos3", antialias=True)) == [2.4804, 12.0992]
    assert flat(hb.image.resize(x, [1, 2], antialias=True)) == [3.4286, 11.2857]


def test_first_generation_puts_corners_and_not_middles_in_place():
    x = np.array([[[[1.0], [4.0], [9.0], [16.0]]]], np.float32)
    with tf.Session() as session:
        found = session.run([tf.image.resize_images(x, [1, 3]), tf.image.resize_images(x, [1, 3], align_corners=True),
                             tf.image.resize_images(x, [1, 3], tf.image.ResizeMethod.NEAREST_NEIGHBOR)])
    assert [flat(v) for v in found] == [[1, 5.6667, 13.6667], [1, 6.5, 16], [1, 4, 9]]


@pytest.mark.parametrize("method", ["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian",
                                    "mitchellcubic"])
@pytest.mark.parametrize("antialias", [False, True])
def test_even_images_stay_even(method: str, antialias: bool):
    x = np.full((2, 5, 7, 3), 0.3, np.float32)
    for size in ([3, 4], [11, 9], [1, 1]):
        found = hb.image.resize(x, size, method, antialias=antialias).numpy()
        assert found.shape == (2, *size, 3)
        np.testing.assert_allclose(found, 0.3, rtol=1e-6)


def test_bilinear_keeps_even_parts_to_the_last_bit():
    x = np.full((1, 5, 7, 1), 0.1, np.float32)
    assert (hb.image.resize(x, [13, 3]).numpy() == np.float32(0.1)).all()


def test_dtypes():
    x = np.arange(12, dtype=np.uint8).reshape(3, 4, 1)
    assert hb.image.resize(x, [2, 2]).dtype == hb.float32
    assert hb.image.resize(x, [2, 2], "nearest").dtype == hb.uint8
    assert tf.image.resize_images(x, [3, 4]).dtype == tf.uint8  # nothing to do, so nothing done


def test_proportions_are_kept_where_asked():
    assert hb.image.resize(RAMP, [6, 6], preserve_aspect_ratio=True).shape == (1, 4, 6, 1)
    placeholder = tf.placeholder(tf.float32, [None, None, None, 1])
    made = tf.image.resize_images(placeholder, [6, 6], preserve_aspect_ratio=True)
    with tf.Session() as session:
        assert session.run(made, {placeholder: RAMP}).shape == (1, 4, 6, 1)


def test_static_shapes():
    placeholder = tf.placeholder(tf.float32, [None, None, None, 3])
    assert tf.image.resize_images(placeholder, [6, 5]).shape.as_list() == [None, 6, 5, 3]
    size = tf.placeholder(tf.int32, [2])
    made = tf.image.resize_bilinear(placeholder, size)
    assert made.shape.as_list() == [None, None, None, 3]
    with tf.Session() as session:
        assert session.run(made, {placeholder: np.ones((2, 3, 4, 3)), size: [5, 2]}).shape == (2, 5, 2, 3)


def test_images_with_a_frame():
    found = hb.image.resize_with_pad(np.ones((2, 4, 1), np.float32), 4, 4).numpy()[..., 0]
    assert found.sum(1).tolist() == [0, 4, 4, 0]
    found = hb.image.resize_with_crop_or_pad(RAMP, 2, 6).numpy()[0, :, :, 0]
    assert found.tolist() == [[0, 0, 1, 2, 3, 0], [0, 4, 5, 6, 7, 0]]


@pytest.mark.parametrize(("size", "text"), [([2], "2 elements"), ([2.5, 1.0], "1-D int32"), ([[2, 2]], "2 elements")])
def test_sizes_that_are_none(size: object, text: str):
    with pytest.raises(ValueError, match=text):
        hb.image.resize(RAMP, size)


def test_what_cannot_be_resized():
    with pytest.raises(ValueError, match="must have either 3 or 4 dimensions"):
        hb.image.resize(np.ones((2, 2)), [1, 1])
    with pytest.raises(ValueError, match="contains no shape"):
        tf.image.resize_images(tf.placeholder(tf.float32), [1, 1])
    with pytest.raises(ValueError, match="Resize method is not implemented"):
        hb.image.resize(RAMP, [1, 1], "cubic")
    with pytest.raises(ValueError, match="align_corners must be False"):
        tf.image.resize_bilinear(RAMP, [2, 2], align_corners=True, half_pixel_centers=True)
    with pytest.raises(hb.errors.InvalidArgumentError, match="output dimensions must be positive"):
        hb.image.resize(RAMP, [0, 2])


@pytest.mark.parametrize("resize", [
    lambda x: hb.raw_ops.ResizeBilinear(images=x, size=[5, 3], half_pixel_centers=True),
    lambda x: hb.raw_ops.ResizeBilinear(images=x, size=[2, 9], align_corners=True),
    lambda x: hb.raw_ops.ResizeBicubic(images=x, size=[5, 3], half_pixel_centers=True),
    lambda x: hb.raw_ops.ResizeBicubic(images=x, size=[2, 9]),
    lambda x: hb.raw_ops.ResizeNearestNeighbor(images=x, size=[5, 3], half_pixel_centers=True),
    lambda x: hb.raw_ops.ResizeArea(images=x, size=[2, 3]),
    lambda x: hb.image.resize(x, [2, 9], "lanczos3", antialias=True),
    lambda x: hb.image.resize(x, [5, 3], "mitchellcubic"),
], ids=["bilinear", "bilinear, corners", "bicubic", "bicubic, old", "nearest", "area", "lanczos", "mitchell"])
def test_gradients_are_the_transposed_map(resize: object):
    rng = np.random.default_rng(3)
    x = hb.constant(rng.normal(size=(2, 3, 4, 2)).astype(np.float32))
    with hb.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = resize(x)  # type: ignore[operator]
        dy = hb.constant(rng.normal(size=y.shape).astype(np.float32))
        tape.watch(dy)
        dx = tape.gradient(y, x, dy)
        again = hb.reduce_sum(dx * x)
    np.testing.assert_allclose(float(hb.reduce_sum(y * dy)), float(again), rtol=1e-4)
    np.testing.assert_allclose(tape.gradient(again, dy), y, rtol=1e-4, atol=1e-5)  # and the transposed of that


def test_a_table_transposed_is_the_matrix_transposed():
    for taps in (image_taps.linear(5, 9, False, True), image_taps.cubic(9, 4, False, False),
                 image_taps.area(7, 3, False), image_taps.nearest(4, 6, True, False)):
        np.testing.assert_array_equal(taps.transposed().matrix, taps.matrix.T)
