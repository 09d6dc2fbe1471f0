"""Colours: figures from TensorFlow, laws that hold of them, gradients of what float32 ops leave to this file."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

COLOURS = np.random.default_rng(2).uniform(0.05, 0.95, (2, 4, 3, 3)).astype(np.float32)


def test_dtypes_are_scaled():
    convert = hb.image.convert_image_dtype
    assert convert(np.array([0, 128, 255], np.uint8), hb.uint16).numpy().tolist() == [0, 32768, 65280]
    assert convert(np.array([0, 65535], np.uint16), hb.uint8).numpy().tolist() == [0, 255]
    assert convert(np.array([-0.5, 0.5, 1.5]), hb.uint8, saturate=True).numpy().tolist() == [0, 127, 255]
    assert convert(np.array([1], np.int8), hb.float64).numpy().tolist() == [1 / 127]
    with pytest.raises(AttributeError, match="dtype must be either floating point or integer"):
        convert(COLOURS, hb.bool)


def test_hsv_and_back():
    np.testing.assert_allclose(hb.image.rgb_to_hsv([[1.0, 0.5, 0.0], [0.2, 0.2, 0.2]]), [[1 / 12, 1, 1], [0, 0, 0.2]],
                               rtol=1e-6)
    np.testing.assert_allclose(hb.image.hsv_to_rgb(hb.image.rgb_to_hsv(COLOURS)), COLOURS, atol=1e-6)


@pytest.mark.parametrize("space", ["yiq", "yuv"])
def test_brightness_and_chroma_and_back(space: str):
    there, back = getattr(hb.image, f"rgb_to_{space}"), getattr(hb.image, f"{space}_to_rgb")
    np.testing.assert_allclose(back(there(COLOURS)), COLOURS, atol=1e-4)
    np.testing.assert_allclose(there([[1.0, 1.0, 1.0]]), [[1, 0, 0]], atol=1e-4)


def test_hue_turned_all_the_way_is_the_same():
    np.testing.assert_allclose(hb.image.adjust_hue(COLOURS, 1.0), COLOURS, atol=1e-5)
    turned = hb.image.adjust_hue(COLOURS, 1 / 3).numpy()
    np.testing.assert_allclose(turned, COLOURS[..., [2, 0, 1]], atol=1e-5)
    with pytest.raises(ValueError, match=r"delta must be in the interval \[-1, 1\]"):
        hb.image.adjust_hue(COLOURS, 1.5)


def test_saturation_contrast_brightness_gamma():
    grey = hb.image.adjust_saturation(COLOURS, 0.0).numpy()
    np.testing.assert_allclose(grey, np.repeat(COLOURS.max(-1, keepdims=True), 3, -1), rtol=1e-6)
    mean = COLOURS.mean((1, 2), keepdims=True)
    np.testing.assert_allclose(hb.image.adjust_contrast(COLOURS, 2.0), 2 * COLOURS - mean, rtol=1e-4, atol=1e-6)
    small = np.array([[[10, 100, 250]]], np.uint8)
    assert hb.image.adjust_brightness(small, 0.1).numpy().reshape(-1).tolist() == [35, 125, 255]
    assert hb.image.adjust_gamma(small, 2.0).numpy().reshape(-1).tolist() == [0, 39, 245]
    with pytest.raises(ValueError, match="Gamma should be a non-negative real number"):
        hb.image.adjust_gamma(COLOURS, -1)


def test_gamma_of_a_graph_is_checked_when_it_runs():
    gamma = tf.placeholder(tf.float32, [])
    made = tf.image.adjust_gamma(tf.constant(COLOURS), gamma)
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(made, {gamma: 0.5}), np.sqrt(COLOURS), rtol=1e-6)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Gamma should be"):
            session.run(made, {gamma: -1.0})


def test_grey():
    np.testing.assert_allclose(hb.image.rgb_to_grayscale(COLOURS)[..., 0], COLOURS @ [0.2989, 0.587, 0.114], rtol=1e-5)
    assert hb.image.grayscale_to_rgb([[[7]]]).numpy().tolist() == [[[7, 7, 7]]]
    with pytest.raises(ValueError, match="Last dimension of a grayscale image should be size 1"):
        hb.image.grayscale_to_rgb(COLOURS)
    placeholder = tf.placeholder(tf.float32, [None, None, None])
    assert tf.image.grayscale_to_rgb(placeholder).shape.as_list() == [None, None, 3]


def test_standardised_images_have_mean_0_and_variance_1():
    found = hb.image.per_image_standardization(COLOURS).numpy()
    np.testing.assert_allclose(found.mean((1, 2, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(found.std((1, 2, 3)), 1, rtol=1e-5)
    assert (hb.image.per_image_standardization(np.full((2, 2, 1), 9, np.uint8)).numpy() == 0).all()
    with pytest.raises(ValueError, match="must be at least three-dimensional"):
        hb.image.per_image_standardization([1.0])


@pytest.mark.parametrize("change", [
    hb.image.rgb_to_hsv, hb.image.hsv_to_rgb, lambda x: hb.image.adjust_hue(x, 0.3),
    lambda x: hb.image.adjust_saturation(x, 0.6), lambda x: hb.image.adjust_contrast(x, 1.7),
    lambda x: hb.image.adjust_gamma(x, 0.7)], ids=["hsv", "rgb", "hue", "saturation", "contrast", "gamma"])
def test_gradients_are_those_of_differences(change: object):
    rng = np.random.default_rng(4)
    x = np.stack([rng.permutation([0.2, 0.45, 0.8]) for _ in range(12)]).reshape(1, 4, 3, 3).astype(np.float32)
    weights = rng.normal(size=x.shape).astype(np.float32)
    tensor = hb.constant(x)
    with hb.GradientTape() as tape:
        tape.watch(tensor)
        total = hb.reduce_sum(change(tensor) * weights)  # type: ignore[operator]
    found = tape.gradient(total, tensor).numpy().reshape(-1)
    step = 1e-2
    for at in (0, 7, 19, 35):
        moved = [x.copy().reshape(-1) for _ in range(2)]
        moved[0][at] += step
        moved[1][at] -= step
        ends = [float(np.sum(np.asarray(change(m.reshape(x.shape))) * weights)) for m in moved]  # type: ignore[operator]
        assert found[at] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=2e-2, abs=2e-2)
