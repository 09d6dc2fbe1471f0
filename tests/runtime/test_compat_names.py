"""`tf.compat` reads dimensions of either generation; `tf.initializers` are Keras's."""

from __future__ import annotations

import hornbeam as tf
import hornbeam.v1 as tf1


def test_dimensions_of_either_generation() -> None:
    for space in (tf, tf1):
        assert space.compat.dimension_value(tf1.Dimension(3)) == 3
        assert space.compat.dimension_value(None) is None
        assert space.compat.dimension_at_index(tf1.TensorShape([1, 2]), 1).value == 2


def test_no_date_is_waited_for() -> None:
    with tf.compat.forward_compatibility_horizon(2020, 1, 1):
        assert tf.compat.forward_compatible(2100, 1, 1)


def test_initializers_of_the_second_generation_are_keras() -> None:
    assert tf.initializers.GlorotUniform is tf.keras.initializers.GlorotUniform
    assert tf.initializers.Zeros()((2,)).numpy().tolist() == [0, 0]
