"""Names from before TensorFlow 1.0."""

import pytest

import hornbeam.v1 as tf
from hornbeam.v1.adapters.before_1_0 import RENAMED


@pytest.mark.parametrize(("old", "now"), RENAMED.items())
def test_old_names_stand_for_todays(old: str, now: str) -> None:
    assert getattr(tf, old).__wrapped__ is getattr(tf, now).__wrapped__


def test_they_build_what_they_built() -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        total = tf.sub(tf.mul(tf.pack([1.0, 2.0]), 3.0), tf.neg([1.0, 1.0]))
        assert sess.run(total).tolist() == [4.0, 7.0]
