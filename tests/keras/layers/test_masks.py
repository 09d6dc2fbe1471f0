"""Masks through layers that merge and attend."""

from __future__ import annotations

import numpy as np
import pytest

from hornbeam import keras
from hornbeam.keras import Input, layers
from hornbeam.keras.masks import get_keras_mask

ONE = np.array([[[0, 0], [-1, -2], [0, 0], [-3, -4]]], np.float32)
OTHER = np.array([[[0, 0], [0, 0], [-1, -2], [-3, -4]]], np.float32)


@pytest.mark.parametrize(("kind", "expected"), [
    ("Add", [[[0, 0], [-1, -2], [-1, -2], [-6, -8]]]),
    ("Multiply", [[[0, 0], [-1, -2], [-1, -2], [9, 16]]]),
    ("Maximum", [[[0, 0], [-1, -2], [-1, -2], [-3, -4]]]),
    ("Minimum", [[[0, 0], [-1, -2], [-1, -2], [-3, -4]]]),
])
def test_a_merged_place_counts_where_one_of_the_inputs_counts(kind, expected):
    masking = layers.Masking()
    merged = getattr(layers, kind)()([masking(ONE), masking(OTHER)])
    np.testing.assert_allclose(merged, expected)
    np.testing.assert_array_equal(get_keras_mask(merged), [[False, True, True, True]])


def test_maximum_without_a_mask_on_both_hands_none_on():
    merged = layers.Maximum()([layers.Masking()(ONE), OTHER])
    np.testing.assert_allclose(merged, [[[0, 0], [0, 0], [-1, -2], [-3, -4]]])
    assert get_keras_mask(merged) is None


def test_concatenate_joins_masks_of_symbolic_tensors():
    a, b = Input((4, 2)), Input((4, 2))
    joined = layers.Concatenate(axis=1)([layers.Masking()(a), b])
    model = keras.Model([a, b], get_keras_mask(joined))
    np.testing.assert_array_equal(model([ONE, OTHER]), [[False, True, False, True, True, True, True, True]])


@pytest.mark.parametrize("layer", [
    layers.MultiHeadAttention(num_heads=4, key_dim=2), layers.GroupQueryAttention(2, 4, 2)])
def test_symbolic_attention_gives_scores_too(layer):
    x, y = Input(batch_shape=(2, 3, 5)), Input(batch_shape=(2, 6, 5))
    symbolic = layer(x, y, return_attention_scores=True)
    real = layer(np.ones((2, 3, 5)), np.ones((2, 6, 5)), return_attention_scores=True)
    assert [s.shape for s in symbolic] == [tuple(r.shape) for r in real] == [(2, 3, 5), (2, 4, 3, 6)]


def test_symbolic_dot_attention_gives_scores_too():
    output, scores = layers.Attention()([Input((3, 5)), Input((4, 5))], return_attention_scores=True)
    assert (output.shape, scores.shape) == ((None, 3, 5), (None, 3, 4))


@pytest.mark.parametrize("make", [
    lambda: layers.MultiHeadAttention(num_heads=2, key_dim=4), lambda: layers.GroupQueryAttention(4, 2, 1)])
def test_compute_attention_may_be_overridden_and_called(make):
    layer = make()
    x = np.random.default_rng(0).standard_normal((1, 5, 8)).astype("float32")
    layer(x, x)
    parts = [np.random.default_rng(i).standard_normal((1, 5, 2, 4)).astype(
        "float32") for i in range(3)]
    extra = np.ones((1, 5, 5), bool)
    extra[:, 3, 1] = False
    both, _ = layer._compute_attention(*parts, attention_mask=extra, use_causal_mask=True)
    merged, _ = layer._compute_attention(*parts, attention_mask=extra & np.tril(np.ones((5, 5), bool)))
    np.testing.assert_allclose(both, merged, rtol=1e-5)


def test_normalized_axes_may_stand_in_any_order():
    x = np.random.default_rng(0).standard_normal((2, 3, 4)).astype("float32")
    for kind in (layers.RMSNormalization, layers.LayerNormalization):
        np.testing.assert_allclose(kind(axis=[-1, -2])(x), kind(axis=[-2, -1])(x), rtol=1e-6)


def test_a_normalized_group_may_hold_what_half_floats_cannot():
    layer = layers.GroupNormalization(groups=2, dtype="mixed_float16")
    assert not np.isnan(np.asarray(layer(np.full((2, 4, 8), 70000.0, np.float32)))).any()


def test_root_mean_square_normalization_takes_no_mask_on():
    assert not layers.RMSNormalization().supports_masking
    with pytest.warns(UserWarning, match="does not support masking"):
        layers.RMSNormalization()(layers.Masking()(ONE))


def test_time_distributed_refuses_masks_of_other_lengths():
    layer = layers.TimeDistributed(layers.Dense(5))
    layer(np.zeros((4, 5, 3)), mask=np.ones((4, 5, 2), bool))
    for shape in ((4, 6), (5, 5), (4, 6, 2), (4,)):
        with pytest.raises(ValueError, match="The `mask` passed to the `TimeDistributed` layer has a shape"):
            layer(np.zeros((4, 5, 3)), mask=np.ones(shape, bool))


def test_batch_normalization_takes_masks_of_one_dimension_less():
    layer = layers.BatchNormalization(scale=False, center=False)
    np.testing.assert_array_equal(layer(np.zeros((4, 5)), mask=np.zeros(4), training=True), np.zeros((4, 5)))
    with pytest.raises(ValueError, match="one dimension less"):
        layer(np.zeros((4, 5)), mask=np.zeros((4, 5)), training=True)
