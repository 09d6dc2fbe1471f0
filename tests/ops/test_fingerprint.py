"""`fingerprint` gives TensorFlow's bytes; `timestamp` the time when it runs."""

from __future__ import annotations

import time

import pytest

import hornbeam as tf
import hornbeam.v1 as tf1


def test_rows_of_strings_and_numbers() -> None:
    assert tf.fingerprint(["a", "bc"]).numpy().tolist() == [
        [227, 117, 223, 182, 101, 66, 69, 179], [119, 129, 82, 223, 68, 160, 90, 83]]
    assert tf.fingerprint([["a", "b"], ["c", "d"]]).numpy().tolist() == [
        [122, 64, 59, 169, 136, 60, 55, 83], [52, 252, 224, 38, 64, 226, 155, 60]]
    assert tf.fingerprint(tf.constant([[1, 2], [3, 4]])).numpy().tolist() == [
        [76, 18, 253, 133, 168, 204, 240, 10], [254, 162, 60, 240, 103, 244, 53, 255]]
    assert tf.fingerprint(tf.constant([1, 2])).dtype is tf.uint8


def test_what_has_no_fingerprint() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="`data` should have at least one dimension"):
        tf.fingerprint(3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Unsupported fingerprint method: foo"):
        tf.fingerprint(["a"], method="foo")


def test_the_time_is_told_when_it_runs() -> None:
    assert abs(tf.timestamp().numpy() - time.time()) < 5
    with tf1.Graph().as_default(), tf1.Session() as session:
        now = tf1.timestamp()
        first = session.run(now)
        assert session.run(now) > first
    clock = tf.function(lambda: tf.timestamp())
    assert clock().numpy() < clock().numpy()
