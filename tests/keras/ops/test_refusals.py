"""What operations refuse, and what they warn of."""

from __future__ import annotations

import numpy as np
import pytest

from hornbeam import keras
from hornbeam.keras import ops

X = np.ones((2, 4, 3), np.float32)
PAIR = (np.ones((1, 2)), np.ones((1, 2)))

REFUSED = [
    (lambda: ops.conv(X, np.ones((3, 5, 4)), padding="valid"), "input channels must match the kernel"),
    (lambda: ops.conv_transpose(X, np.ones((2, 4, 5)), 1), "input channels must match the kernel"),
    (lambda: ops.depth_to_space(np.ones((1, 2, 2, 12)), 1), "`block_size` must be at least 2"),
    (lambda: ops.space_to_depth(np.ones((1, 4, 4, 3)), -1), "`block_size` must be at least 2"),
    (lambda: ops.batch_normalization(X, np.ones(3), np.ones(3), -1, offset=np.ones(5)), "`offset` must be a vector of"),
    (lambda: ops.stft(np.ones(8), 2, 0, 4), "`sequence_stride` must be a positive integer"),
    (lambda: ops.istft(PAIR, 2, 1.5, 4), "`sequence_stride` must be a positive integer"),
    (lambda: ops.istft((np.ones(3), np.ones(3)), 2, 1, 4), "Input should have rank >= 2"),
    (lambda: ops.fft2((np.ones(3), np.ones(3))), "Input should have rank >= 2"),
    (lambda: ops.rfft(np.float32(1.0)), "Input should have rank >= 1"),
    (lambda: ops.extract_sequences(np.float32(1.0), 2, 1), "Input should have rank >= 1"),
    (lambda: ops.segment_sum(np.arange(4), np.zeros((2, 2), np.int32)), "`segment_ids` should be an 1-D vector"),
    (lambda: ops.segment_max(np.arange(3), np.zeros(4, np.int32)), "should have same leading dimension"),
]


@pytest.mark.parametrize(("make", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_softmax_of_one_number_is_told():
    with pytest.warns(UserWarning, match=r"a softmax over axis -1 of a tensor of shape \(2, 1\)"):
        keras.layers.Dense(1, activation="softmax")(np.ones((2, 3)))


IMAGES = [
    (lambda: ops.image.rgb_to_hsv(np.ones((2, 2, 4))), "must have 3 channels, but received images with 4"),
    (lambda: ops.image.affine_transform(np.ones((10, 10)), np.ones(6)), "Invalid images rank: expected rank 3"),
    (lambda: ops.image.perspective_transform(np.ones((9, 9)), np.ones(6), np.ones(6)), "Invalid images rank"),
    (lambda: ops.image.pad_images(np.ones((9, 9, 3)), 2, 2, target_height=-1, target_width=30), "target_height must"),
]


@pytest.mark.parametrize(("make", "words"), IMAGES, ids=[words for _, words in IMAGES])
def test_images_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_volumes_have_windows_of_three_sizes():
    with pytest.raises(TypeError, match="a tuple of length 3"):
        ops.image.extract_patches_3d(np.ones((1, 8, 8, 8, 1)), (4, 4))


def test_images_of_unknown_size_are_padded_to_a_target():
    x = keras.Input((None, None, 3))
    y = ops.image.pad_images(x, 2, 3, target_height=20, target_width=30)
    assert y.shape == (None, 20, 30, 3)
    padded = keras.Model(x, y)(np.ones((1, 15, 25, 3)))
    np.testing.assert_array_equal(padded, ops.image.pad_images(np.ones((1, 15, 25, 3)), 2, 3, 3, 2))


def test_a_diagonal_lies_in_two_dimensions():
    for axes in ((0, 0), (-1, 2)):
        with pytest.raises(ValueError, match="cannot be the same"):
            ops.diagonal(np.ones((2, 3, 3)), axis1=axes[0], axis2=axes[1])


def test_shapes_of_negative_sizes():
    with pytest.raises(ValueError, match=r"non-negative integer.*newshape=\(-2, 5\)"):
        ops.reshape(np.zeros(20), (-2, 5))
    with pytest.raises(ValueError, match="at most one unknown dimension"):
        ops.reshape(np.zeros(20), (-1, -1, 5))


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: ops.eye(3.0), TypeError, "`N` must be an integer"),
    (lambda: ops.eye(3, ops.max(ops.arange(4.0))), TypeError, "`M` must be an integer"),
    (lambda: ops.histogram(np.ones(3), bins=-5), ValueError, "`bins` should be a non-negative integer"),
    (lambda: ops.histogram(np.ones(3), range=(1,)), ValueError, "`range` must be a tuple of two elements"),
    (lambda: ops.histogram(np.ones(3), range=(5, 1)), ValueError, "must be greater than the first"),
    (lambda: ops.transpose(np.ones((2, 3, 4)), [0, 0, 0]), ValueError, "valid permutation"),
    (lambda: ops.transpose(np.ones((2, 3)), [0, 5]), ValueError, "valid permutation"),
], ids=range(7))
def test_arguments_out_of_range(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call()
