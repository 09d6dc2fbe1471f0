"""Boxes: suppressed, cropped, drawn, drawn at random; glimpses; projective transforms. Figures are TensorFlow's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

BOXES = np.array([[0, 0, 1, 1], [0, 0.1, 1, 1.1], [2, 2, 3, 3], [1, 1, 0, 0.05]], np.float32)
SCORES = np.array([0.9, 0.8, 0.7, 0.95], np.float32)
IMAGE = np.arange(25, dtype=np.float32).reshape(1, 5, 5, 1) + 1

# Suppressed -------------------------------------------------------------------------------------------------


def test_the_best_boxes_that_do_not_overlap():
    assert hb.image.non_max_suppression(BOXES, SCORES, 4).numpy().tolist() == [3, 2]
    assert hb.image.non_max_suppression(BOXES, SCORES, 4, 0.9).numpy().tolist() == [3, 1, 2]
    assert hb.image.non_max_suppression(BOXES, SCORES, 1).numpy().tolist() == [3]
    assert hb.image.non_max_suppression(BOXES, SCORES, 4, score_threshold=0.75).numpy().tolist() == [3]
    assert hb.image.non_max_suppression(BOXES, np.ones(4, np.float32), 4, 1.0).numpy().tolist() == [0, 1, 2, 3]


def test_soft_suppression_lowers_scores():
    indices, scores = hb.image.non_max_suppression_with_scores(BOXES, SCORES, 4, soft_nms_sigma=0.5)
    assert indices.numpy().tolist() == [3, 2, 1, 0]
    np.testing.assert_allclose(scores, [0.95, 0.7, 0.3837219, 0.1868812], rtol=1e-6)


def test_suppression_of_batches_and_classes():
    indices, count = hb.image.non_max_suppression_padded(BOXES[None], SCORES[None], 5, pad_to_max_output_size=True)
    assert indices.shape == (1, 5)
    assert count.numpy().tolist() == [3]
    with pytest.raises(ValueError, match="must be True for batched input"):
        hb.image.non_max_suppression_padded(BOXES[None], SCORES[None], 5)
    both = np.stack([SCORES, SCORES[::-1]], -1)[None]
    found = hb.image.combined_non_max_suppression(BOXES[None, :, None], both, 2, 5)
    np.testing.assert_allclose(found.nmsed_scores.numpy()[0], [0.95, 0.95, 0.8, 0.7, 0], rtol=1e-6)
    assert found.nmsed_classes.numpy()[0].tolist() == [0, 1, 1, 0, 0]
    assert found.valid_detections.numpy().tolist() == [4]
    assert found.nmsed_boxes.numpy().max() == 1


def test_suppression_in_a_graph():
    boxes = tf.placeholder(tf.float32, [None, 4])
    made = tf.image.non_max_suppression(boxes, SCORES, 4)
    assert made.shape.as_list() == [None]
    with tf.Session() as session:
        assert session.run(made + 10, {boxes: BOXES}).tolist() == [13, 12]
        with pytest.raises(tf.errors.InvalidArgumentError, match="scores has incompatible shape"):
            session.run(made, {boxes: BOXES[:3]})


@pytest.mark.parametrize(("arguments", "text"), [
    ((BOXES, SCORES, 3, 1.5), r"iou_threshold must be in \[0, 1\]"), ((BOXES[:, :3], SCORES, 3), "boxes must have 4"),
    ((BOXES, SCORES[:2], 3), "scores has incompatible shape"), ((BOXES[0], SCORES, 3), "boxes must be 2-D"),
    ((BOXES, SCORES, [3]), "max_output_size must be 0-D"), ((BOXES, SCORES, -3), "output size must be non-negative")])
def test_suppressions_that_are_none(arguments: Any, text: str):
    with pytest.raises(hb.errors.InvalidArgumentError, match=text):
        hb.image.non_max_suppression(*arguments)


def test_proposals_are_moved_cut_and_suppressed():
    anchors = np.array([[0, 0, 10, 10], [0, 0, 10, 11], [20, 20, 30, 30], [0, 0, 2, 2]], np.float32)
    scores = np.array([0.9, 0.8, 0.7, 0.99], np.float32).reshape(1, 2, 2, 1)
    deltas = np.zeros((1, 2, 2, 4), np.float32)
    deltas[0, 1, 0] = [0.5, 0, 0, np.log(2)]  # the third: half its height down, twice as wide
    rois, chances = hb.image.generate_bounding_box_proposals(scores, deltas, [[32.0, 34.0, 1.0, 32.0, 34.0]], anchors,
                                                             min_size=5, post_nms_topn=3)
    np.testing.assert_allclose(rois[0], [[0, 0, 10, 10], [25, 15, 32, 34], [0, 0, 0, 0]], rtol=1e-6)
    np.testing.assert_allclose(chances[0], [0.9, 0.7, 0], rtol=1e-6)


# Cropped ----------------------------------------------------------------------------------------------------


def test_crops():
    found = hb.image.crop_and_resize(IMAGE, [[0.25, 0.25, 0.75, 0.75], [1.0, 1.0, 0.5, 0.5]], [0, 0], [2, 2])
    assert found.numpy().reshape(2, -1).tolist() == [[7, 9, 17, 19], [25, 23, 15, 13]]
    outside = hb.image.crop_and_resize(IMAGE, [[0.0, 0.0, 1.5, 0.0]], [0], [2, 1], extrapolation_value=-5.0)
    assert outside.numpy().reshape(-1).tolist() == [1, -5]


@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_gradients_of_crops(method: str):
    rng = np.random.default_rng(1)
    images = rng.normal(size=(2, 5, 4, 2)).astype(np.float32)
    boxes = np.array([[0.1, 0.2, 0.83, 0.91], [0.7, 0.9, 0.22, 0.05], [-0.3, 0.4, 0.6, 1.4]], np.float32)
    weights = rng.normal(size=(3, 3, 2, 2)).astype(np.float32)

    def total(x: Any, b: Any) -> Any:
        return hb.reduce_sum(hb.image.crop_and_resize(x, b, [1, 0, 1], [3, 2], method) * weights)

    x, b = hb.constant(images), hb.constant(boxes)
    with hb.GradientTape() as tape:
        tape.watch([x, b])
        value = total(x, b)
    of_images, of_boxes = tape.gradient(value, [x, b])
    np.testing.assert_allclose(float(hb.reduce_sum(of_images * x)), float(value), rtol=1e-4)
    if method == "bilinear":
        for at in range(12):
            moved = np.zeros(12, np.float32)
            moved[at] = 1e-3
            ends = [float(total(x, boxes + s * moved.reshape(3, 4))) for s in (1, -1)]
            assert of_boxes.numpy().reshape(-1)[at] == pytest.approx((ends[0] - ends[1]) / 2e-3, rel=0.02, abs=0.03)


@pytest.mark.parametrize(("arguments", "text"), [
    ((IMAGE, BOXES, [0, 0, 0, 1], [2, 2]), "box_index has values outside"),
    ((IMAGE, BOXES, [0, 0], [2, 2]), "box_index has incompatible shape"),
    ((IMAGE, BOXES, [0] * 4, [2]), "crop_size must have two elements"),
    ((IMAGE, BOXES, [0] * 4, [2, 0]), "crop dimensions must be positive"),
    ((IMAGE[0], BOXES, [0] * 4, [2, 2]), "input image must be 4-D"),
    ((IMAGE, BOXES, [0] * 4, [2, 2], "cubic"), "attr 'method'"),
    ((IMAGE, np.full_like(BOXES, np.inf), [0] * 4, [2, 2]), "not finite")])
def test_crops_that_are_none(arguments: Any, text: str):
    with pytest.raises(hb.errors.InvalidArgumentError, match=text):
        hb.image.crop_and_resize(*arguments)


@pytest.mark.parametrize(("how", "offset", "expected"), [
    ({}, [0.0, 0.0], [[7, 8], [12, 13], [17, 18]]), ({}, [0.3, -0.4], [[6, 7], [11, 12], [16, 17]]),
    ({}, [1.0, 1.0], [[20, 0], [25, 0], [0, 0]]), ({}, [-1.0, 0.5], [[0, 0], [3, 4], [8, 9]]),
    ({"normalized": False}, [2.0, -1.0], [[22, 23], [0, 0], [0, 0]]),
    ({"normalized": False}, [-1.0, 0.5], [[9, 10], [14, 15], [19, 20]]),
    ({"centered": False}, [0.0, 0.0], [[1, 2], [6, 7], [11, 12]]),
    ({"centered": False, "normalized": False}, [2.0, -1.0], [[0, 11], [0, 16], [0, 21]])])
def test_glimpses(how: dict[str, bool], offset: list[float], expected: list[list[int]]):
    found = hb.image.extract_glimpse(IMAGE, [3, 2], [offset], noise="zero", **how)
    assert found.numpy().reshape(3, 2).tolist() == expected


@pytest.mark.parametrize(("how", "offset", "expected"), [
    ({}, [0.3, -0.4], [[6, 7], [11, 12], [16, 17]]),
    ({"normalized": False}, [2.0, -1.0], [[12, 13], [17, 18], [22, 23]]),
    ({"centered": False, "normalized": False}, [2.0, 1.0], [[1, 2], [6, 7], [11, 12]])])
def test_glimpses_of_the_first_generation(how: dict[str, bool], offset: list[float], expected: list[list[int]]):
    with tf.Session() as session:
        found = session.run(tf.image.extract_glimpse(IMAGE, [3, 2], [offset], **how))
    assert found.reshape(3, 2).tolist() == expected


@pytest.mark.parametrize("noise", ["uniform", "gaussian"])
def test_outside_of_a_glimpse_stands_noise(noise: str):
    found = hb.image.extract_glimpse(IMAGE, [40, 40], [[0.0, 0.0]], noise=noise).numpy()
    assert (found[0, 17:22, 17:22] == IMAGE[0]).all()
    around = np.delete(found.reshape(-1), [40 * r + c for r in range(17, 22) for c in range(17, 22)])
    assert abs(around.mean() - 13) < 1
    assert abs(around.std() - (IMAGE.std() if noise == "gaussian" else 24 / np.sqrt(12))) < 0.7


# Drawn ------------------------------------------------------------------------------------------------------


def test_outlines():
    boxes = [[[0.1, 0.2, 0.7, 0.9], [-0.5, -0.5, 0.5, 0.5], [0.9, 0.9, 0.1, 0.1]]]
    found = hb.image.draw_bounding_boxes(np.zeros((1, 6, 8, 1), np.float32), boxes, [[1.0], [2.0]])
    assert found.numpy()[0, :, :, 0].astype(int).tolist() == [
        [0, 1, 1, 2, 1, 1, 1, 0], [0, 1, 0, 2, 0, 0, 1, 0], [2, 2, 2, 2, 0, 0, 1, 0], [0, 1, 1, 1, 1, 1, 1, 0],
        [0] * 8, [0] * 8]
    many = hb.image.draw_bounding_boxes(np.zeros((1, 4, 4, 3), np.float32),
                                        [[[k / 12, 0, k / 12, 1] for k in range(12)]], None)
    assert many.numpy()[0, :, 1].tolist() == [[0, 1, 0], [0, 0, 0.5], [0, 0, 1], [0, 0, 0]]
    with pytest.raises(hb.errors.InvalidArgumentError, match="Channel depth should be"):
        hb.image.draw_bounding_boxes(np.zeros((1, 4, 4, 2), np.float32), boxes, None)


def test_parts_drawn_at_random_hold_what_they_must():
    boxes = np.array([[[0.2, 0.3, 0.6, 0.9]]], np.float32)
    for k in range(40):
        begin, size, box = hb.image.stateless_sample_distorted_bounding_box(
            [40, 50, 3], boxes, [k, 1], min_object_covered=0.5, area_range=(0.1, 0.8), aspect_ratio_range=(0.8, 1.25))
        (top, left, _), (height, width, last) = begin.numpy(), size.numpy()
        assert last == -1
        assert 0 <= top <= 40 - height
        assert 0 <= left <= 50 - width
        assert 0.1 <= height * width / 2000 <= 0.8
        assert 0.75 < width / height < 1.34
        np.testing.assert_allclose(box.numpy()[0, 0], [top / 40, left / 50, (top + height) / 40, (left + width) / 50],
                                   rtol=1e-6)
        shared = max(0, min(top + height, 24) - max(top, 8)) * max(0, min(left + width, 45) - max(left, 15))
        assert shared >= 0.5 * 16 * 30


def test_a_part_that_cannot_be_found_is_the_whole_image():
    begin, size, _ = hb.image.sample_distorted_bounding_box(
        [40, 50, 3], [[[0.0, 0.0, 1.0, 1.0]]], seed=1, min_object_covered=1.0, area_range=(0.1, 0.2))
    assert begin.numpy().tolist() == [0, 0, 0]
    assert size.numpy().tolist() == [40, 50, -1]


@pytest.mark.parametrize(("size", "boxes", "how", "text"), [
    ([4, 5], [[[0.0, 0, 1, 1]]], {}, "image_size must contain 3 elements"),
    ([4, 5, 3], np.zeros((1, 0, 4), np.float32), {}, "No bounding boxes provided"),
    ([4, 5, 3], [[[0.0, 0, 1, 1.1]]], {}, r"must be in \[0.0, 1.0\]: 1.1"),
    ([4, 5, 3], [[[0.0, 0, 1, 1]]], {"area_range": [0.0, 2.0]}, "Area range must be non-negative"),
    ([4, 5, 3], [[[0.0, 0, 1, 1]]], {"max_attempts": 0}, "Max attempts must be non-negative"),
    ([4, 5, 3], [[[0.0, 0, 1, 1]]], {"min_object_covered": -1.0}, "Min object covered must be non-negative")])
def test_parts_drawn_at_random_that_are_none(size: Any, boxes: Any, how: Any, text: str):
    with pytest.raises(hb.errors.InvalidArgumentError, match=text):
        hb.image.sample_distorted_bounding_box(size, boxes, seed=1, **how)


# Transformed ------------------------------------------------------------------------------------------------


def test_a_projective_transform_that_shifts():
    shift = [[1.0, 0, 1, 0, 1, 0, 0, 0]]  # each pixel comes from its right neighbour

    def moved(mode: str, way: str = "NEAREST") -> list[int]:
        found = hb.raw_ops.ImageProjectiveTransformV3(images=IMAGE, transforms=shift, output_shape=[5, 5],
                                                      fill_value=-1.0, interpolation=way, fill_mode=mode)
        return found.numpy()[0, 0, :, 0].astype(int).tolist()

    assert moved("CONSTANT") == [2, 3, 4, 5, -1]
    assert moved("CONSTANT", "BILINEAR") == [2, 3, 4, 5, -1]
    assert moved("NEAREST") == [2, 3, 4, 5, 5]
    assert moved("REFLECT") == [2, 3, 4, 5, 5]
    assert moved("WRAP") == [2, 3, 4, 5, 1]


# Where some of it is known before ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["crop", "nearest", "gradient", "glimpse", "transform", "sample", "glimpse, old"])
def test_images_that_are_constants_of_a_compiled_program(name: str):
    rng = np.random.default_rng(5)
    images = rng.normal(size=(4, 90, 80, 3)).astype(np.float32)
    boxes = rng.uniform(0, 1, (64, 4)).astype(np.float32)
    offsets = np.array([[0.1, 0.2]] * 4, np.float32)
    turns = np.array([[0.9, 0.1, 3, -0.1, 0.9, 2, 0, 0]], np.float32)
    of = [0, 1, 2, 3] * 16
    calls: dict[str, tuple[np.ndarray, Any]] = {
        "crop": (boxes, lambda x: tf.image.crop_and_resize(images, x, of, [30, 20])),
        "nearest": (boxes, lambda x: tf.image.crop_and_resize(images, x, of, [30, 20], "nearest")),
        "gradient": (boxes, lambda x: tf.gradients(
            tf.square(tf.image.crop_and_resize(images, x, of, [30, 20])), x)[0]),
        "glimpse": (offsets, lambda x: tf.raw_ops.ExtractGlimpseV2(
            input=images, size=[40, 50], offsets=x, noise="zero", uniform_noise=False)),
        "glimpse, old": (offsets, lambda x: tf.image.extract_glimpse(images, [20, 25], x)),
        "transform": (turns, lambda x: tf.raw_ops.ImageProjectiveTransformV3(
            images=images, transforms=x, output_shape=[70, 90], fill_value=0.0, interpolation="BILINEAR")),
        "sample": (images, lambda x: tf.image.sample_distorted_bounding_box(
            tf.shape(x)[1:], [[[0.0, 0.0, 1.0, 1.0]]], seed=3)[1] + tf.cast(tf.reduce_max(x), tf.int32) * 0)}
    value, build = calls[name]
    placeholder = tf.placeholder(tf.float32, value.shape)
    made = build(placeholder)
    with tf.Session() as session:
        found = session.run(made, {placeholder: value})
    with tf.Session() as session:
        stepped = session.run(build(tf.constant(value)))
    np.testing.assert_allclose(found, stepped, rtol=1e-2 if name == "gradient" else 1e-4, atol=1e-4)
