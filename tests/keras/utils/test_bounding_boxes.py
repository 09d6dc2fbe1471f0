"""Bounding boxes, with the numbers that Keras 3.15 gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hornbeam import keras

boxes = keras.utils.bounding_boxes
BOX = np.array([[4.0, 10.0, 24.0, 15.0]], np.float32)
AS: dict[str, Any] = {
    "yxyx": [10, 4, 15, 24], "xywh": [4, 10, 20, 5], "center_xywh": [14, 12.5, 20, 5], "center_yxhw": [12.5, 14, 5, 20],
    "rel_xyxy": [0.1, 0.5, 0.6, 0.75], "rel_yxyx": [0.5, 0.1, 0.75, 0.6], "rel_xywh": [0.1, 0.5, 0.5, 0.25],
    "rel_center_xywh": [0.35, 0.625, 0.5, 0.25]}


@pytest.mark.parametrize("form", AS)
def test_boxes_are_converted_there_and_back(form: str) -> None:
    found = boxes.convert_format(BOX, "xyxy", form, height=20, width=40)
    np.testing.assert_allclose(found, [AS[form]], rtol=1e-6)
    for other in AS:
        np.testing.assert_allclose(boxes.convert_format(found, form, other, 20, 40), [AS[other]], rtol=1e-5)
    np.testing.assert_allclose(boxes.convert_format({"boxes": found}, form, "xyxy", 20, 40)["boxes"], BOX, rtol=1e-5)


def test_boxes_are_cut_and_moved() -> None:
    np.testing.assert_allclose(boxes.crop(BOX, 11, 6, 8, 10), [[0, 0, 10, 4]])
    np.testing.assert_allclose(boxes.pad(BOX, 11, 6), [[10, 21, 30, 26]])
    found = boxes.clip_to_image_size({"boxes": np.array([BOX[0], BOX[0] + 30]), "labels": np.array([3, 4])}, 12, 20)
    np.testing.assert_allclose(found["boxes"], [[4, 10, 20, 12], [20, 12, 20, 12]])
    assert np.asarray(found["labels"]).tolist() == [3, -1]
    one = [np.array([v], np.float32) for v in (90.0, 0.1, 0.0, 1.0, 0.0, 0.0)]
    np.testing.assert_allclose(boxes.affine_transform(BOX[None], *one, 21, 21), [[[10, -6, 15, 14]]], atol=1e-4)


def test_boxes_are_told_by_anchors_and_back() -> None:
    deltas = boxes.encode_box_to_deltas(BOX + 1, BOX, "xyxy", "xyxy", variance=[0.1, 0.1, 0.2, 0.2])
    np.testing.assert_allclose(deltas, [[-2, -0.5, 0, 0]], atol=1e-5)
    np.testing.assert_allclose(boxes.decode_deltas_to_boxes(BOX + 1, deltas, "xyxy", "xywh",
                                                            variance=[0.1, 0.1, 0.2, 0.2]), [AS["xywh"]], rtol=1e-5)
    with pytest.raises(ValueError, match="`variance` must be length 4"):
        boxes.encode_box_to_deltas(BOX, BOX, "xyxy", "xyxy", variance=[1.0])


def test_how_much_boxes_share() -> None:
    others = np.concatenate([BOX, np.add(BOX, [10, 0, 10, 0]), BOX - 100])
    np.testing.assert_allclose(boxes.compute_iou(BOX, others, "xyxy"), [[1, 1 / 3, 0]], rtol=1e-5)
    assert np.asarray(boxes.compute_iou(BOX, others, "xyxy", use_masking=True))[0, 2] == -1
    np.testing.assert_allclose(boxes.compute_ciou(np.tile(BOX, (2, 1)), others[:2], "xyxy"), [1, 0.2252252], rtol=1e-4)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: boxes.convert_format(BOX[:, :3], "xyxy", "xywh"), "last dimension of 4"),
    (lambda: boxes.convert_format(BOX, "xyxy", "corners"), "Invalid source or target format"),
    (lambda: boxes.convert_format(BOX, "xyxy", "rel_xyxy"), "must receive `height` and `width`"),
    (lambda: boxes.compute_iou(BOX[0], BOX, "xyxy"), "compute_iou"),
    (lambda: boxes.compute_iou(BOX, BOX, "rel_xyxy"), "`image_shape` argument must be provided"),
    (lambda: boxes.clip_to_image_size({"boxes": BOX}), "`height` and `width` must be set")])
def test_what_makes_no_sense_is_refused(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
