"""In traced functions cross-entropies go back to the logits of a softmax or sigmoid, as Keras's do."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras

LOGITS = np.array([[200.0, 0.0, -200.0]], "float32")
"""Their softmax is 1, 0, 0 in float32: probabilities alone would be cut at epsilon."""


@pytest.mark.parametrize(("loss", "target", "activation", "wanted"), [
    (keras.losses.SparseCategoricalCrossentropy(), [1], keras.activations.softmax, 200.0),
    (keras.losses.CategoricalCrossentropy(), [[0, 0, 1]], keras.activations.softmax, 400.0),
    (keras.losses.BinaryCrossentropy(), [[0, 0, 0]], keras.activations.sigmoid, (200 + np.log(2)) / 3),
], ids=["sparse", "categorical", "binary"])
def test_probabilities_that_round(loss, target, activation, wanted):
    def value(x):
        return loss(np.array(target), activation(x))

    np.testing.assert_allclose(tf.function(value)(LOGITS), wanted, rtol=1e-5)
    assert float(value(LOGITS)) < wanted / 2


def test_an_activation_is_no_logits():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with pytest.warns(UserWarning, match="produced by a Softmax activation and thus does not represent logits"):
        tf.function(lambda x: loss(np.array([1]), keras.activations.softmax(x)))(LOGITS)


def test_labels_that_are_no_class():
    for labels in ([3], [-1]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Received a label value of"):
            keras.losses.sparse_categorical_crossentropy(np.array(labels), LOGITS)


def test_large_labels_stay_distinct():
    """Labels keep their integers: float32 could not tell these two."""
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=2**24 + 1, reduction=None)
    with pytest.raises(tf.errors.InvalidArgumentError, match="16777216"):
        loss(np.array([2**24, 2**24 + 1]), np.ones((2, 3), "float32"))
