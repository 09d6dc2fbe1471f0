"""Images turned, mirrored, cropped, padded, and changed at random."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

IMAGE = np.arange(24).reshape(2, 4, 3)
BATCH = np.stack([IMAGE, IMAGE + 100])


@pytest.mark.parametrize("x", [IMAGE, BATCH], ids=["image", "batch"])
def test_turns_are_numpys(x: np.ndarray):
    rows, columns = x.ndim - 3, x.ndim - 2
    np.testing.assert_array_equal(hb.image.flip_left_right(x), np.flip(x, columns))
    np.testing.assert_array_equal(hb.image.flip_up_down(x), np.flip(x, rows))
    np.testing.assert_array_equal(hb.image.transpose(x), np.swapaxes(x, rows, columns))
    for k in range(-1, 5):
        np.testing.assert_array_equal(hb.image.rot90(x, k), np.rot90(x, k, (rows, columns)))


@pytest.mark.parametrize("x", [IMAGE, BATCH], ids=["image", "batch"])
def test_turns_of_unknown_rank(x: np.ndarray):
    image, k = tf.placeholder(tf.int64), tf.placeholder(tf.int32, [])
    made = [tf.image.flip_left_right(image), tf.image.flip_up_down(image), tf.image.transpose_image(image),
            tf.image.rot90(image, k)]
    rows, columns = x.ndim - 3, x.ndim - 2
    with tf.Session() as session:
        found = session.run(made, {image: x, k: 3})
    for mine, theirs in zip(found, [np.flip(x, columns), np.flip(x, rows), np.swapaxes(x, rows, columns),
                                    np.rot90(x, 3, (rows, columns))], strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_parts():
    np.testing.assert_array_equal(hb.image.crop_to_bounding_box(BATCH, 1, 1, 1, 2), BATCH[:, 1:, 1:3])
    np.testing.assert_array_equal(hb.image.central_crop(IMAGE, 0.5), IMAGE[:, 1:3])
    np.testing.assert_array_equal(hb.image.pad_to_bounding_box(IMAGE, 1, 0, 4, 5),
                                  np.pad(IMAGE, [(1, 1), (0, 1), (0, 0)]))


@pytest.mark.parametrize(("arguments", "text"), [
    ((-1, 0, 1, 1), "offset_height must be >= 0"), ((0, -1, 1, 1), "offset_width must be >= 0"),
    ((0, 0, 0, 1), "target_height must be > 0"), ((0, 0, 1, 0), "target_width must be > 0"),
    ((1, 0, 2, 1), "height must be >= target"), ((0, 3, 1, 2), "width must be >= target")])
def test_parts_that_are_none(arguments: tuple[int, ...], text: str):
    with pytest.raises(ValueError, match=text):
        hb.image.crop_to_bounding_box(IMAGE, *arguments)
    numbers = [tf.placeholder(tf.int32, []) for _ in arguments]
    made = tf.image.crop_to_bounding_box(tf.placeholder_with_default(IMAGE, [None, None, None]), *numbers)
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=text):
        session.run(made, dict(zip(numbers, arguments, strict=True)))


def test_parts_of_unknown_images():
    image = tf.placeholder(tf.int64, [None, None, 3])
    made = [tf.image.crop_to_bounding_box(image, 0, 1, 2, 2), tf.image.pad_to_bounding_box(image, 0, 1, 3, 6),
            tf.image.resize_image_with_crop_or_pad(image, 3, 2), tf.image.central_crop(image, 0.5)]
    assert [m.shape.as_list() for m in made] == [[2, 2, 3], [3, 6, 3], [3, 2, 3], [None, None, 3]]
    with tf.Session() as session:
        found = session.run(made, {image: IMAGE})
    np.testing.assert_array_equal(found[0], IMAGE[:2, 1:3])
    np.testing.assert_array_equal(found[1], np.pad(IMAGE, [(0, 1), (1, 1), (0, 0)]))
    np.testing.assert_array_equal(found[2], np.pad(IMAGE[:, 1:3], [(0, 1), (0, 0), (0, 0)]))
    np.testing.assert_array_equal(found[3], IMAGE[:, 1:3])


@pytest.mark.parametrize("function", [hb.image.flip_left_right, hb.image.rot90, hb.image.transpose,
                                      hb.image.random_flip_up_down])
def test_ranks_that_are_none(function: object):
    with pytest.raises(ValueError, match=r"'image' \(shape \(3,\)\) must be at least three-dimensional"):
        function([1, 2, 3])  # type: ignore[operator]
    with pytest.raises(ValueError, match="3 or 4 dimensions"):
        function(np.zeros((1, 1, 1, 1, 1)))  # type: ignore[operator]
    with pytest.raises(ValueError, match=r"inner 3 dims of 'image.shape' must be > 0"):
        function(np.zeros((2, 0, 3)))  # type: ignore[operator]


# At random -------------------------------------------------------------------------------------------------


def test_flips_happen_to_each_image_by_itself():
    x = np.tile(IMAGE, (200, 1, 1, 1))
    found = hb.image.stateless_random_flip_left_right(x, [3, 4]).numpy()
    same, turned = (found == x).all((1, 2, 3)), (found == x[:, :, ::-1]).all((1, 2, 3))
    assert (same | turned).all()
    assert 60 < same.sum() < 140
    np.testing.assert_array_equal(found, hb.image.stateless_random_flip_left_right(x, [3, 4]))


@pytest.mark.parametrize(("name", "arguments"), [
    ("brightness", (0.3,)), ("contrast", (0.5, 1.5)), ("saturation", (0.5, 1.5)), ("hue", (0.3,)),
    ("flip_left_right", ()), ("flip_up_down", ())])
def test_draws_follow_their_seeds(name: str, arguments: tuple[float, ...]):
    x = np.random.default_rng(0).uniform(0, 1, (2, 3, 4, 3)).astype(np.float32)
    stateless = getattr(hb.image, f"stateless_random_{name}")
    first = stateless(x, *arguments, seed=[1, 2]).numpy()
    np.testing.assert_array_equal(first, stateless(x, *arguments, seed=[1, 2]))
    seen = {stateless(x, *arguments, seed=[1, k]).numpy().tobytes() for k in range(12)}
    assert len(seen) > 1
    made = getattr(tf.image, f"random_{name}")(tf.constant(x), *arguments, seed=7)
    runs = []
    for _ in range(2):
        with tf.Session() as session:
            runs.append([session.run(made) for _ in range(4)])
    np.testing.assert_array_equal(runs[0], runs[1])
    assert len({r.tobytes() for r in runs[0]}) > 1


def test_brightness_is_drawn_from_its_range():
    zeros = np.zeros((1, 1, 1), np.float32)
    drawn = [hb.image.stateless_random_brightness(zeros, 0.25, [k, 0]).numpy().item() for k in range(60)]
    assert -0.25 <= min(drawn) < -0.15
    assert 0.15 < max(drawn) < 0.25


@pytest.mark.parametrize(("call", "text"), [
    (lambda: hb.image.random_brightness(IMAGE, -1.0), "max_delta must be non-negative"),
    (lambda: hb.image.random_hue(IMAGE, 0.7), "max_delta must be <= 0.5"),
    (lambda: hb.image.random_contrast(IMAGE, 0.5, 0.5), "upper must be > lower"),
    (lambda: hb.image.random_saturation(IMAGE, -0.5, 0.5), "lower must be non-negative"),
    (lambda: hb.image.random_jpeg_quality(IMAGE, 50, 20), "must be less than"),
    (lambda: hb.image.stateless_random_jpeg_quality(IMAGE, 50, 120, [1, 2]), "between 0 and 100")])
def test_ranges_that_are_none(call: object, text: str):
    with pytest.raises(ValueError, match=text):
        call()  # type: ignore[operator]


def test_random_parts():
    x = np.arange(20).reshape(4, 5)
    found = hb.image.stateless_random_crop(x, [2, 3], [5, 6]).numpy()
    top, left = divmod(int(found[0, 0]), 5)
    np.testing.assert_array_equal(found, x[top:top + 2, left:left + 3])
    with pytest.raises(hb.errors.InvalidArgumentError, match=r"Need value\.shape >= size"):
        hb.image.stateless_random_crop(x, [5, 3], [5, 6])
