"""`tf.contrib.staging.StagingArea`: elements come out in the order they went in."""

from __future__ import annotations

import hornbeam.v1 as tf


def test_elements_wait_between_steps() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        area = tf.contrib.staging.StagingArea([tf.float32, tf.int32], shapes=[[2], []], capacity=3)
        number = tf.placeholder(tf.int32, [])
        put, got, size, clear = area.put([tf.zeros([2]), number]), area.get(), area.size(), area.clear()
        assert [t.shape.as_list() for t in got] == [[2], []]
        assert (area.name, put.name, got[0].op.name) == ("StagingArea", "StagingArea_put", "StagingArea_get")
        for k in range(3):
            session.run(put, {number: k})
        assert [session.run(got)[1] for _ in range(2)] == [0, 1]
        session.run(put, {number: 7})
        session.run(clear)
        assert session.run(size) == 0


def test_components_with_names_are_dictionaries() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        area = tf.contrib.staging.StagingArea([tf.float32], names=["x"])
        put, got = area.put({"x": 2.0}), area.get()
        session.run(put)
        assert session.run(got) == {"x": 2.0}
